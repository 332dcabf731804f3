"""A tiny trend for a card: the line alone, its words in the label."""

from __future__ import annotations

from typing import Final

from monitor.charts.scale import Scale, day_number
from monitor.charts.series import TimeSeries
from monitor.charts.svg import drawing, line, path
from monitor.charts.symbols import dot
from monitor.charts.words import say
from monitor.format import Language, date, figure_text

_WIDTH: Final = 120.0
_HEIGHT: Final = 36.0
_INSET: Final = 6.0


def sparkline(chart: TimeSeries, language: Language) -> str:
    """The trend of the region as one small picture that says its first and last figure; without any, a dashed line."""
    known = [(day, point.figure) for day, point in chart.dated if point.figure.is_known]
    if not known:
        middle = line(_INSET, _HEIGHT / 2, _WIDTH - _INSET, _HEIGHT / 2, "c-leader c-dashed")
        return drawing(chart.title, say("no_figures", language), _WIDTH, _HEIGHT, middle, is_image=True)
    ends = [end for _, f in known for end in (f.value, f.lower, f.upper) if end is not None]
    x = Scale(day_number(known[0][0]), day_number(known[-1][0]), _INSET, _WIDTH - _INSET)
    y = Scale(min(ends), max(ends), _HEIGHT - _INSET, _INSET)
    runs = chart.runs([(day, point.figure) for day, point in chart.dated])
    trend = "".join(
        path([(x(day_number(day)), y(value)) for day, value in run], "c-region")
        if len(run) > 1
        else dot(x(day_number(run[0][0])), y(run[0][1]), radius=2)
        for run in runs
    )
    spans = "".join(
        line(x(day_number(day)), y(f.upper), x(day_number(day)), y(f.lower), "c-region")
        for day, f in known
        if f.value is None and f.lower is not None and f.upper is not None
    )
    day, last = known[-1]
    end = dot(x(day_number(day)), y(last.value)) if last.value is not None else ""
    return drawing(chart.title, _description(chart, language), _WIDTH, _HEIGHT, trend, spans, end, is_image=True)


def _description(chart: TimeSeries, language: Language) -> str:
    known = [(day, point.figure) for day, point in chart.dated if point.figure.is_known]
    (start, first), (end, last) = known[0], known[-1]
    if len(known) == 1:
        return f"{chart.name}: {figure_text(last, language)} ({date(end, language)})"
    return say(
        "trend",
        language,
        name=chart.name,
        first=figure_text(first, language),
        start=date(start, language),
        last=figure_text(last, language),
        end=date(end, language),
    )
