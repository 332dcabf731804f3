"""Horizontal bars with intervals as whiskers: rankings and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Final

from monitor.charts.axes import x_axis
from monitor.charts.key import Symbol, key, note, stack
from monitor.charts.scale import Scale, step, ticks, usual_range
from monitor.charts.svg import WIDE, drawing, element, empty, hit, label, line, lines, mark, unspoken
from monitor.charts.symbols import ARROW, across, arrow, diamond, missing, whisker
from monitor.charts.text import LINE, text_width, wrap, wrap_words
from monitor.charts.words import say
from monitor.format import Figure, Language, figure_text, full_text, short_text, tick, unit_word


@dataclass(frozen=True)
class Bar:
    """baseline: what it was at the start; is_emphasised: the row the page is about."""

    name: str
    figure: Figure
    baseline: Figure | None = None
    href: str = ""
    is_emphasised: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars in the order given, all in one unit; benchmark: drawn as a line with its name."""

    title: str
    bars: Sequence[Bar]
    benchmark: Figure | None = None
    benchmark_name: str = ""


def interval_bars(chart: Bars, language: Language, width: int = WIDE) -> str:
    """The bars as SVG. A figure that is not known says so in place of its bar."""
    if not chart.bars:
        return empty(chart.title, say("no_figures", language), width)
    frame = _frame(chart, language, width)
    head, top = _benchmark_name(chart, frame, language)
    tops = list(accumulate(map(frame.height, chart.bars), initial=top))
    bottom = tops[-1]
    beneath = stack(
        bottom + LINE + 12,
        [
            partial(key, _key_items(chart, frame, language), width=width),
            partial(note, _unit_note(chart, language), width=width),
        ],
    )
    rows = list(zip(chart.bars, tops, strict=False))
    # Names that stand above the bars are not to be crossed.
    spans = [frame.span(bar, y) for bar, y in rows] if frame.is_stacked else [(top, bottom)]
    return drawing(
        chart.title,
        say("bars", language, count=len(chart.bars)),
        width,
        beneath.height,
        unspoken(x_axis(_axis_ticks(chart, frame, language), frame.x, top, bottom, width), head),
        *(_row(bar, frame, y, language) for bar, y in rows),
        unspoken(*(_lines(chart, frame, *span) for span in spans)),
        beneath.svg,
    )


# --- where things are -----------------------------------------------------------------------------

#: Names are broken into lines of about this width.
_NAMES: Final = 170.0
_GAP: Final = 10.0
_THICK: Final = 14.0
_SPACE: Final = 10.0
#: Between a name and the bar beneath it.
_BELOW: Final = 2.0
#: An interval shorter than this is not drawn on the bar of a value.
_LEAST: Final = 3.0


@dataclass(frozen=True)
class _Frame:
    """x: values to units; width: of the drawing; names: room for a name.

    is_stacked     names stand above the bars, each with its value at the end of the line
    is_value_apart the values are too wide for that and have a line of their own
    """

    x: Scale
    width: float
    names: float
    is_stacked: bool
    is_value_apart: bool

    def name(self, bar: Bar) -> list[str]:
        return wrap(bar.name, self.names, is_bold=bar.is_emphasised)

    def text(self, bar: Bar) -> float:
        """Height of the text that stands above a bar or beside it."""
        return (len(self.name(bar)) + self.is_value_apart) * LINE

    def height(self, bar: Bar) -> float:
        text = self.text(bar)
        return text + _BELOW + _THICK + _SPACE if self.is_stacked else max(text, _THICK) + _SPACE

    def middle(self, bar: Bar, top: float) -> float:
        """Height at which the bar lies in a row that begins at `top`."""
        return top + (self.text(bar) + _BELOW + _THICK / 2 if self.is_stacked else self.height(bar) / 2)

    def span(self, bar: Bar, top: float) -> tuple[float, float]:
        """Upper and lower edge of the bar, with a little room."""
        middle = self.middle(bar, top)
        return middle - _THICK / 2 - 2, middle + _THICK / 2 + 2


def _frame(chart: Bars, language: Language, width: float) -> _Frame:
    ends = [end for bar in chart.bars for end in (bar.figure.lower, bar.figure.upper) if end is not None]
    figures = [chart.benchmark, *(figure for bar in chart.bars for figure in (bar.figure, bar.baseline))]
    values = [figure.value for figure in figures if figure and figure.value is not None]
    low, high = usual_range(ends, [*values, 0.0])
    high = high if high > low else low + 1
    texts = max(text_width(_value_text(bar.figure, language), is_bold=True) for bar in chart.bars)
    if width < WIDE:
        is_apart = texts > 0.5 * width
        x = Scale(low, high, ARROW, width - ARROW - 4)
        return _Frame(x, width, width if is_apart else width - texts - _GAP, True, is_apart)
    lines_ = [line for bar in chart.bars for line in wrap_words(bar.name, _NAMES, is_bold=bar.is_emphasised)]
    names = min(max(text_width(line, is_bold=True) for line in lines_), 1.2 * _NAMES)
    return _Frame(Scale(low, high, names + _GAP, width - texts - _GAP - ARROW), width, names, False, False)


def _axis_ticks(chart: Bars, frame: _Frame, language: Language) -> list[tuple[float, str]]:
    scale, unit = frame.x, chart.bars[0].figure.unit
    count = max(int((scale.end - scale.start) / 80), 2)
    distance = step(scale.low, scale.high, count)
    return [(value, tick(value, unit, language, distance)) for value in ticks(scale.low, scale.high, count)]


def _value_text(figure: Figure, language: Language) -> str:
    """The figure; its unit only where that is a sign (`%`) that belongs to the number."""
    is_bare = figure.is_known and unit_word(figure.unit, language) != "%"
    return short_text(figure, language) if is_bare else figure_text(figure, language)


def _unit_note(chart: Bars, language: Language) -> str:
    word = unit_word(chart.bars[0].figure.unit, language)
    return say("in_unit", language, unit=word) if word not in ("", "%") else ""


# --- drawing --------------------------------------------------------------------------------------


def _row(bar: Bar, frame: _Frame, top: float, language: Language) -> str:
    """Name, bar with its interval, and value; the whole row answers to the pointer."""
    name, height = frame.name(bar), frame.height(bar)
    words = f"{bar.name}: {full_text(bar.figure, language)}"
    if bar.baseline:
        words += f". {say('baseline', language)}: {full_text(bar.baseline, language)}"
    strong = "c-strong" if bar.is_emphasised else None
    middle = frame.middle(bar, top)
    first = top + LINE - 4 if frame.is_stacked else middle - len(name) * LINE / 2 + LINE - 4
    value_line = first + frame.is_value_apart * len(name) * LINE if frame.is_stacked else middle + 5
    baseline = bar.baseline.value if bar.baseline else None
    return mark(
        words,
        hit(0, top, frame.width, height),
        lines(0, first, name, f"c-halo {strong or ''}".rstrip()),
        _bar(bar, frame, middle),
        diamond(frame.x(baseline), middle) if baseline is not None else "",
        label(frame.width, value_line, _value_text(bar.figure, language), strong, "end"),
        href=bar.href,
    )


def _bar(bar: Bar, frame: _Frame, middle: float) -> str:
    figure, x = bar.figure, frame.x
    zero = x(0)
    if not figure.is_known:
        return missing(zero + 8, middle)
    class_ = "c-bar c-bar-main" if bar.is_emphasised else "c-bar"
    if figure.value is not None:
        ends = (figure.lower, figure.upper)
        start, end = (x(figure.value if each is None else each) for each in ends)
        bounds = whisker(across(middle, start, end, x.start, x.end)) if end - start > _LEAST else ""
        return _box(zero, x(figure.value), middle, class_) + bounds
    low = x.low if figure.lower is None else figure.lower
    high = x.high + 1 if figure.upper is None else figure.upper
    # What is certain is the part that both bounds share.
    sure = low if low > 0 else min(high, 0)
    tips = arrow(x.end + 2, middle, (1, 0)) if high > x.high else ""
    tips += arrow(x.start - 2, middle, (-1, 0)) if figure.lower is None or low < x.low else ""
    return (
        (_box(zero, x.clamped(sure), middle, class_) if sure else "")
        + _box(x.clamped(low), x.clamped(high), middle, "c-range")
        + whisker(across(middle, x(low), x(high), x.start, x.end))
        + tips
    )


def _box(start: float, end: float, middle: float, class_: str) -> str:
    left, width = min(start, end), max(abs(end - start), 1)
    return element("rect", x=left, y=middle - _THICK / 2, width=width, height=_THICK, class_=class_)


def _benchmark_name(chart: Bars, frame: _Frame, language: Language) -> tuple[str, float]:
    """The name of the line above it, and where the rows begin."""
    if chart.benchmark is None or chart.benchmark.value is None:
        return "", 4
    shown = wrap(f"{chart.benchmark_name}: {figure_text(chart.benchmark, language)}", frame.width)
    half = max(map(text_width, shown)) / 2
    x = min(max(frame.x(chart.benchmark.value), half), frame.width - half)
    return lines(x, LINE - 4, shown, "c-benchmark-text", "middle"), len(shown) * LINE + 6


def _lines(chart: Bars, frame: _Frame, top: float, bottom: float) -> str:
    zero = line(frame.x(0), top, frame.x(0), bottom, "c-border")
    if chart.benchmark is None or chart.benchmark.value is None:
        return zero
    x = frame.x(chart.benchmark.value)
    return zero + line(x, top, x, bottom, "c-casing") + line(x, top, x, bottom, "c-benchmark")


def _key_items(chart: Bars, frame: _Frame, language: Language) -> list[tuple[Symbol, str]]:
    items: list[tuple[Symbol, str]] = []
    if any(bar.figure.is_interval for bar in chart.bars):
        items.append((_key_range, say("bar_interval", language)))
    if any(bar.baseline for bar in chart.bars):
        items.append((diamond, say("baseline", language)))
    if not all(bar.figure.is_known for bar in chart.bars):
        items.append((missing, say("missing", language)))
    if any(_is_beyond(bar.figure, frame) for bar in chart.bars):
        items.append((_key_arrow, say("beyond_end", language)))
    return items


def _is_beyond(figure: Figure, frame: _Frame) -> bool:
    return figure.is_interval and (figure.upper is None or figure.upper > frame.x.high)


def _key_range(x: float, y: float) -> str:
    return _box(x - 11, x + 11, y, "c-range") + whisker(across(y, x - 11, x + 11, x - 11, x + 11))


def _key_arrow(x: float, y: float) -> str:
    return arrow(x - 3, y, (1, 0))
