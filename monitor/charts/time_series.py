"""Time series of one region with its benchmark, baseline, revisions and breaks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

from monitor.charts.axes import Tick, y_axis
from monitor.charts.key import Symbol, key, note, stack
from monitor.charts.labels import Box
from monitor.charts.scale import Scale, day_number, rounded_out, step, ticks, usual_range
from monitor.charts.series import Point, Reference, Revision, TimeSeries
from monitor.charts.svg import WIDE, drawing, element, empty, hit, label, line, lines, mark, path, unspoken
from monitor.charts.symbols import ARROW, arrow, cross, diamond, dot, missing, square, upright, whisker
from monitor.charts.text import LINE, SIZE, text_width, wrap, wrap_words
from monitor.charts.words import say
from monitor.format import Figure, Language, date, figure_text, full_text, tick, unit_word


def time_series(chart: TimeSeries, language: Language, width: int = WIDE) -> str:
    """The series as SVG."""
    if not any(figure and figure.is_known for _, point in chart.dated for figure in (point.figure, point.benchmark)):
        return empty(chart.title, say("no_figures", language), width)
    frame = _frame(chart, width, language)
    beneath = stack(
        frame.box.bottom + LINE + 10,
        [
            partial(key, _key_items(chart, frame, language), width=width),
            partial(note, say("cut_axis", language) if frame.is_cut else "", width=width),
        ],
    )
    return drawing(
        chart.title,
        _description(chart, language),
        width,
        beneath.height,
        unspoken(_axes(chart, frame, language), _breaks(chart, frame), _lines(chart, frame)),
        *(_point(day, point, chart, frame, language) for day, point in chart.dated),
        # Upon the points: a baseline is often as high as the value of its day and would lie hidden beneath it.
        *(_revision(revision, frame, language) for revision in chart.revisions),
        *(_reference(reference, frame, language) for reference in chart.references),
        "" if frame.is_narrow else unspoken(_end_labels(chart, frame, language)),
        beneath.svg,
    )


# --- where things are -----------------------------------------------------------------------------

#: Of the field, wide and narrow.
_HEIGHTS: Final = (280.0, 220.0)
_Y_TICKS: Final = 5
#: Widest name at the end of a line; from the line to it.
_END_WIDTH: Final = 160.0
_END_GAP: Final = 12.0
_END_LEADING: Final = 4.0
_INSET: Final = 14.0
_TICK_GAP: Final = 10.0
#: Half of the strip around a point that answers to the pointer, at most.
_REACH: Final = 12.0
_DOT: Final = 4.0


@dataclass(frozen=True)
class _Frame:
    """box: the field of the lines; reach: half of the strip around a point; is_cut: the axis leaves out zero."""

    box: Box
    x: Scale
    y: Scale
    width: float
    reach: float
    is_cut: bool
    is_narrow: bool

    def place(self, day: dt.date, value: float) -> tuple[float, float]:
        return self.x(day_number(day)), self.y.clamped(value)


def _figures(chart: TimeSeries) -> list[Figure]:
    """All that has a place in the field."""
    points = [figure for _, point in chart.dated for figure in (point.figure, point.benchmark)]
    beside = [*(each.old for each in chart.revisions), *(each.figure for each in chart.references)]
    return [figure for figure in (*points, *beside) if figure and figure.is_known]


def _y_range(chart: TimeSeries) -> tuple[float, float]:
    """What the axis has to show: every value, and the intervals as far as they leave the values room."""
    figures = _figures(chart)
    bounds = [bound for figure in figures for bound in (figure.lower, figure.upper) if bound is not None]
    return usual_range(bounds, [figure.value for figure in figures if figure.value is not None])


def _days(chart: TimeSeries) -> list[dt.date]:
    """Days of the points, and of baselines and targets, in order and once each."""
    beside = (each.figure.date for each in chart.references)
    return sorted({*(day for day, _ in chart.dated), *filter(None, beside)})


def _frame(chart: TimeSeries, width: float, language: Language) -> _Frame:
    is_narrow = width < WIDE
    low, high = _y_range(chart)
    # An axis from zero would press the line flat where it moves by less than half of its height.
    is_cut = low > 0.5 * high > 0 or high < 0.5 * low < 0
    pad = 0.05 * (high - low)
    low, high = rounded_out(*((low - pad, high + pad) if is_cut else (min(low, 0), max(high, 0))), _Y_TICKS)
    left = max(text_width(text) for _, text in _y_ticks(low, high, chart, language)) + 8
    right = width - 4 - (0 if is_narrow else _end_width(chart, language))
    names = sum(len(shown) for _, shown in _break_names(chart, right - left))
    top = (LINE + 10 if _unit_title(chart, language) else 8) + names * LINE
    days = [day_number(day) for day in _days(chart)]
    x = Scale(days[0], days[-1], left + _INSET, right - _INSET)
    closest = min((x(later) - x(earlier) for earlier, later in pairwise(days)), default=2 * _REACH)
    return _Frame(
        box=Box(left, top, right, top + _HEIGHTS[is_narrow]),
        x=x,
        y=Scale(low, high, top + _HEIGHTS[is_narrow], top),
        width=width,
        reach=max(min(closest / 2, _REACH), 1),
        is_cut=is_cut,
        is_narrow=is_narrow,
    )


def _y_ticks(low: float, high: float, chart: TimeSeries, language: Language) -> list[Tick]:
    distance = step(low, high, _Y_TICKS)
    unit = chart.points[0].figure.unit
    return [(value, tick(value, unit, language, distance)) for value in ticks(low, high, _Y_TICKS)]


def _unit_title(chart: TimeSeries, language: Language) -> str:
    """The unit above the axis, where the numbers beside it do not carry it."""
    word = unit_word(chart.points[0].figure.unit, language)
    return "" if word == "%" else word


# --- axes, breaks and lines -----------------------------------------------------------------------


def _axes(chart: TimeSeries, frame: _Frame, language: Language) -> str:
    box = frame.box
    zero = line(box.left, frame.y(0), box.right, frame.y(0), "c-border") if frame.y.low <= 0 <= frame.y.high else ""
    dates = "".join(
        line(x, box.bottom, x, box.bottom + 4, "c-border")
        + label(middle, box.bottom + LINE + 2, text, "c-soft", "middle")
        for x, middle, text in _x_ticks(chart, frame)
    )
    return (
        label(0, SIZE, _unit_title(chart, language), "c-soft")
        + y_axis(_y_ticks(frame.y.low, frame.y.high, chart, language), frame.y, box.left, box.right)
        + zero
        + dates
    )


def _x_ticks(chart: TimeSeries, frame: _Frame) -> list[tuple[float, float, str]]:
    """Dates of points as years, with their months where a year has several; from the last one as many as find room.

    Gives the place of the date and of the middle of its text.
    """
    days = _days(chart)
    is_yearly = len({day.year for day in days}) == len(days)
    shown: list[tuple[float, float, str]] = []
    free = math.inf
    for day in reversed(days):
        text = f"{day:%Y}" if is_yearly else f"{day:%m/%Y}"
        x, half = frame.x(day_number(day)), text_width(text) / 2
        middle = x if shown else min(x, frame.box.right - half)
        if middle + half <= free and middle >= half:
            shown.append((x, middle, text))
            free = middle - half - _TICK_GAP
    return shown


def _break_names(chart: TimeSeries, width: float) -> list[tuple[dt.date, list[str]]]:
    """Breaks with points on both sides, and their names in lines; the day is halfway between these points."""
    days = [day for day, _ in chart.dated]
    named = []
    for each in sorted(chart.breaks, key=lambda each: each.date):
        before, after = [d for d in days if d < each.date], [d for d in days if d >= each.date]
        if before and after:
            named.append((before[-1] + (after[0] - before[-1]) / 2, wrap(each.text, width)))
    return named


def _breaks(chart: TimeSeries, frame: _Frame) -> str:
    """A line down at each break, its name in rows of its own above the field."""
    box, drawn = frame.box, ""
    names = _break_names(chart, box.right - box.left)
    top = box.top - sum(len(shown) for _, shown in names) * LINE
    for day, shown in names:
        x = frame.x(day_number(day))
        left = min(x + 4, box.right - max(map(text_width, shown)))
        drawn += line(x, top + len(shown) * LINE if left < x else top, x, box.bottom, "c-break")
        drawn += lines(left, top + LINE - 4, shown, "c-halo c-soft")
        top += len(shown) * LINE
    return drawn


def _lines(chart: TimeSeries, frame: _Frame) -> str:
    series = {
        "c-benchmark": [(day, point.benchmark) for day, point in chart.dated if point.benchmark],
        "c-region": [(day, point.figure) for day, point in chart.dated],
    }
    return "".join(
        path([frame.place(day, value) for day, value in run], class_)
        for class_, figures in series.items()
        for run in chart.runs(figures)
        if len(run) > 1
    )


# --- marks ----------------------------------------------------------------------------------------


def _point(day: dt.date, point: Point, chart: TimeSeries, frame: _Frame, language: Language) -> str:
    words = f"{chart.name}: {full_text(point.figure, language)}"
    benchmark = point.benchmark
    if benchmark:
        words += f". {chart.benchmark_name}: {figure_text(benchmark, language)}"
    box, x = frame.box, frame.x(day_number(day))
    return mark(
        words,
        hit(x - frame.reach, box.top, 2 * frame.reach, box.bottom - box.top),
        _figure(x, point.figure, frame),
        square(*frame.place(day, benchmark.value)) if benchmark and benchmark.value is not None else "",
    )


def _figure(x: float, figure: Figure, frame: _Frame) -> str:
    box, (low, high) = frame.box, _ends(figure, frame)
    if figure.value is not None:
        y = frame.y.clamped(figure.value)
        # An interval no higher than the dot would only make it look odd.
        radius = min(_DOT, max(frame.reach, _DOT / 2))
        bar = whisker(upright(x, high, low, box.top, box.bottom)) if low - high > 2 * radius else ""
        return bar + dot(x, y, radius=radius, is_open=figure.status == "provisional")
    if not figure.is_interval:
        return missing(x, box.bottom - 6)
    top, bottom = max(high, box.top), min(low, box.bottom)
    tip = arrow(x, box.top + ARROW, (0, -1)) if high < box.top else ""
    half = min(_DOT, max(frame.reach - 0.5, 1))
    return element("rect", x=x - half, y=top, width=2 * half, height=max(bottom - top, 1), class_="c-range") + tip


def _ends(figure: Figure, frame: _Frame) -> tuple[float, float]:
    """Lower and upper end of the interval in the drawing; an open side lies outside of it."""
    value = figure.value
    low, high = (value if end is None else end for end in (figure.lower, figure.upper))
    return (
        frame.box.bottom if low is None else frame.y(low),
        frame.box.top - 1 if high is None else frame.y(high),
    )


def _revision(revision: Revision, frame: _Frame, language: Language) -> str:
    old = revision.old
    if old.date is None or old.value is None:
        return ""
    words = f"{say('previously', language)}: {full_text(old, language)}. {revision.text}"
    return mark(words, cross(*frame.place(old.date, old.value)))


def _reference(reference: Reference, frame: _Frame, language: Language) -> str:
    figure = reference.figure
    if figure.value is None:
        return ""
    words = f"{reference.text}: {full_text(figure, language)}"
    if figure.date:
        return mark(words, diamond(*frame.place(figure.date, figure.value)))
    y = frame.y.clamped(figure.value)
    return mark(words, line(frame.box.left, y, frame.box.right, y, "c-reference-line"))


# --- words in the drawing -------------------------------------------------------------------------


def _ends_of_lines(chart: TimeSeries, language: Language) -> list[tuple[Figure, list[str], str]]:
    """Last known figure of the region and of the benchmark, with name and value in lines, and class."""
    points = chart.dated
    series = (
        ([(day, point.figure) for day, point in points], chart.name, "c-region-text"),
        ([(day, point.benchmark) for day, point in points], chart.benchmark_name, "c-benchmark-text"),
    )
    ends = []
    for figures, name, class_ in series:
        known = [(day, figure) for day, figure in figures if figure and figure.is_known]
        if known:
            day, figure = known[-1]
            # A line that ended before the other one says when.
            value = figure_text(figure, language) + (f" ({date(day, language)})" if day != points[-1][0] else "")
            texts = [line for text in (name, value) for line in wrap_words(text, _END_WIDTH, is_bold=True)]
            ends.append((figure, texts, class_))
    return ends


def _end_width(chart: TimeSeries, language: Language) -> float:
    shown = [text for _, texts, _ in _ends_of_lines(chart, language) for text in texts]
    return max(text_width(text, is_bold=True) for text in shown) + _END_GAP


def _end_labels(chart: TimeSeries, frame: _Frame, language: Language) -> str:
    """Names and last values at the height of their lines, pushed apart where they would touch."""
    ends = sorted(_ends_of_lines(chart, language), key=lambda end: _height(end[0], frame))
    heights = [len(texts) * LINE for _, texts, _ in ends]
    middles = [_height(figure, frame) for figure, _, _ in ends]
    tops = _apart(middles, heights, frame.box)
    return "".join(
        lines(frame.box.right + _END_GAP - 6, top + LINE - 4, texts, class_)
        for top, (_, texts, class_) in zip(tops, ends, strict=True)
    )


def _apart(middles: Sequence[float], heights: Sequence[float], box: Box) -> list[float]:
    """Upper edges of one or two blocks around their middles, inside the field and clear of each other."""
    tops = [
        min(max(middle - height / 2, box.top), box.bottom - height)
        for middle, height in zip(middles, heights, strict=True)
    ]
    if len(tops) == 2:
        room = heights[0] + _END_LEADING
        overlap = max(tops[0] + room - tops[1], 0)
        tops[1] = min(max(tops[1] + overlap / 2, box.top + room), box.bottom - heights[1])
        tops[0] = min(tops[0], tops[1] - room)
    return tops


def _height(figure: Figure, frame: _Frame) -> float:
    low, high = _ends(figure, frame)
    y = (low + high) / 2 if figure.value is None else frame.y.clamped(figure.value)
    return min(max(y, frame.box.top), frame.box.bottom)


def _description(chart: TimeSeries, language: Language) -> str:
    days = [day for day, _ in chart.dated]
    start, end = date(days[0], language), date(days[-1], language)
    return say("points" if len(days) > 1 else "point", language, count=len(days), start=start, end=end)


def _key_items(chart: TimeSeries, frame: _Frame, language: Language) -> list[tuple[Symbol, str]]:
    figures = [point.figure for _, point in chart.dated]
    items: list[tuple[Symbol, str]] = []
    if frame.is_narrow:
        items.append((_key_region, chart.name))
        if any(point.benchmark for point in chart.points):
            items.append((_key_benchmark, chart.benchmark_name))
    if any(figure.status == "provisional" and figure.value is not None for figure in figures):
        items.append((partial(dot, is_open=True), say("provisional", language)))
    if any(figure.is_interval for figure in figures):
        items.append((_key_range, say("bar_interval", language)))
    if any(not figure.is_known for figure in figures):
        items.append((missing, say("missing", language)))
    if chart.revisions:
        items.append((cross, say("revised", language)))
    return items + [
        (diamond if each.figure.date else _key_line, f"{each.text}: {figure_text(each.figure, language)}")
        for each in chart.references
    ]


def _key_region(x: float, y: float) -> str:
    return line(x - 12, y, x + 12, y, "c-region") + dot(x, y)


def _key_benchmark(x: float, y: float) -> str:
    return line(x - 12, y, x + 12, y, "c-benchmark") + square(x, y)


def _key_range(x: float, y: float) -> str:
    return element("rect", x=x - 4, y=y - 9, width=8, height=18, class_="c-range")


def _key_line(x: float, y: float) -> str:
    return line(x - 12, y, x + 12, y, "c-reference-line")
