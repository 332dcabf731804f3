"""Timeline of the Action Plan: planned periods with their state, steps of the process, today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from monitor.charts.key import Symbol, key, stack
from monitor.charts.scale import Scale, date_ticks, day_number
from monitor.charts.svg import WIDE, drawing, element, empty, hit, label, line, lines, mark, unspoken
from monitor.charts.symbols import ARROW, arrow, hatched_box
from monitor.charts.text import LINE, text_width, wrap
from monitor.charts.words import say
from monitor.format import Language, date


@dataclass(frozen=True)
class Span:
    """start and end: first and last day.

    status  of `marts.action` (`planned`, `done`, `postponed`, `dropped`), or `step` for a step of the process
    source  source and what else is to be said on hover and focus
    """

    name: str
    start: dt.date
    end: dt.date
    status: str
    source: str = ""
    href: str = ""


@dataclass(frozen=True)
class Lane:
    """Spans under one heading, one row each."""

    name: str
    spans: Sequence[Span]


@dataclass(frozen=True)
class Timeline:
    title: str
    lanes: Sequence[Lane]
    today: dt.date


def timeline(chart: Timeline, language: Language, width: int = WIDE) -> str:
    """The timeline as SVG. Today is a line, or an arrow at the edge when the plan is over or has not begun."""
    spans = [span for lane in chart.lanes for span in lane.spans]
    if not spans:
        return empty(chart.title, say("no_activities", language), width)
    frame = _frame(spans, width)
    rows = list(_rows(chart, frame, 2 * LINE + _SPACE))
    bottom = rows[-1].top + rows[-1].height
    beneath = stack(bottom + _SPACE, [partial(key, _key_items(spans, language), width=width)])
    return drawing(
        chart.title,
        say("spans", language, count=len(spans)),
        width,
        beneath.height,
        # Behind the rows: on the narrow drawing names stand where the line runs.
        unspoken(_axis(frame, bottom), _today(chart.today, frame, bottom, language)),
        *(_row(row, frame, language) for row in rows),
        beneath.svg,
    )


# --- where things are -----------------------------------------------------------------------------

_NAMES: Final = 250.0
_THICK: Final = 12.0
_SPACE: Final = 8.0
#: Between a name and the bar beneath it.
_BELOW: Final = 2.0
_GAP: Final = 10.0
#: A shorter period would not be seen.
_LEAST: Final = 4.0


@dataclass(frozen=True)
class _Frame:
    """x: days to units; names: width of the names' column, 0 where they stand above the bars."""

    x: Scale
    first: dt.date
    last: dt.date
    width: float
    names: float

    def name(self, text: str) -> list[str]:
        return wrap(text, self.names or self.width)


@dataclass(frozen=True)
class _Row:
    """A span, or the heading of a lane where there is none."""

    span: Span | None
    name: list[str]
    top: float
    height: float


def _frame(spans: Sequence[Span], width: float) -> _Frame:
    """From the beginning of the first year to the end of the last."""
    first = dt.date(min(span.start for span in spans).year, 1, 1)
    last = dt.date(max(span.end for span in spans).year, 12, 31)
    names = _NAMES if width >= WIDE else 0
    left = names + _GAP if names else 0
    return _Frame(Scale(day_number(first), day_number(last) + 1, left, width - ARROW), first, last, width, names)


def _rows(chart: Timeline, frame: _Frame, top: float) -> Iterator[_Row]:
    for lane in chart.lanes:
        heading = wrap(lane.name, frame.width, is_bold=True)
        yield _Row(None, heading, top, len(heading) * LINE + _SPACE)
        top += len(heading) * LINE + _SPACE
        for span in sorted(lane.spans, key=lambda span: (span.start, span.end)):
            name = frame.name(span.name)
            text = len(name) * LINE
            height = (max(text, _THICK) if frame.names else text + _BELOW + _THICK) + _SPACE
            yield _Row(span, name, top, height)
            top += height


# --- drawing --------------------------------------------------------------------------------------


def _axis(frame: _Frame, bottom: float) -> str:
    """Years, or months of a short plan; a name stands behind the line its time begins at."""
    count = max(int((frame.x.end - frame.x.start) / 60), 1)
    ticks = date_ticks(frame.first, frame.last, count)
    return "".join(
        line(frame.x(day_number(day)), LINE + 4, frame.x(day_number(day)), bottom, "c-grid")
        + label(frame.x(day_number(day)) + 3, 2 * LINE, text, "c-soft")
        for day, text in ticks
    )


def _row(row: _Row, frame: _Frame, language: Language) -> str:
    first = row.top + LINE - 4
    span = row.span
    if span is None:
        return lines(0, first, row.name, "c-strong c-halo")
    start, end = frame.x(day_number(span.start)), frame.x(day_number(span.end) + 1)
    text = len(row.name) * LINE
    middle = row.top + (text / 2 if frame.names else text + _BELOW + _THICK / 2)
    days = date(span.start, language)
    if span.end != span.start:
        days += f" {say('to', language)} {date(span.end, language)}"
    words = f"{span.name}: {say(span.status, language)}, {days}"
    return mark(
        f"{words}. {span.source}" if span.source else words,
        hit(0, row.top, frame.width, row.height),
        lines(0, first, row.name, "c-halo"),
        _bar(span.status, start, max(end, start + _LEAST), middle),
        href=span.href,
    )


def _bar(status: str, start: float, end: float, middle: float) -> str:
    """Full where done, open where planned, hatched where postponed, struck through where dropped, flat for a step."""
    top, width = middle - _THICK / 2, end - start
    if status == "step":
        return element("rect", x=start, y=middle - _THICK / 4, width=width, height=_THICK / 2, class_="c-step")
    if status == "postponed":
        return hatched_box(start, top, width, _THICK, "c-planned")
    bar = element("rect", x=start, y=top, width=width, height=_THICK, class_=f"c-{status}")
    return bar + (line(start - 3, middle, end + 3, middle, "c-strike") if status == "dropped" else "")


def _today(today: dt.date, frame: _Frame, bottom: float, language: Language) -> str:
    text = say("today", language, day=date(today, language))
    half, middle = text_width(text) / 2, LINE - 4
    if frame.first <= today <= frame.last:
        x = frame.x(day_number(today))
        centre = min(max(x, half), frame.width - half)
        return line(x, LINE, x, bottom, "c-today") + label(centre, middle, text, "c-today-text", "middle")
    if today > frame.last:
        tip = arrow(frame.width - ARROW, middle - 5, (1, 0))
        return tip + label(frame.width - ARROW - 4, middle, text, "c-today-text", "end")
    return arrow(frame.x.start + ARROW, middle - 5, (-1, 0)) + label(
        frame.x.start + ARROW + 4, middle, text, "c-today-text"
    )


def _key_items(spans: Sequence[Span], language: Language) -> list[tuple[Symbol, str]]:
    statuses = dict.fromkeys(span.status for span in spans)
    return [(partial(_sample, status), say(status, language)) for status in statuses]


def _sample(status: str, x: float, y: float) -> str:
    return _bar(status, x - 11, x + 11, y)
