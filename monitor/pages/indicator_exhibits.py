"""Charts of one indicator: its development in a region, and the Kreise side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from monitor.charts import Bar, Bars, Break, Point, Reference, TimeSeries, interval_bars, time_series
from monitor.exhibit import Column, Exhibit, Picture, Table
from monitor.facts import Indicator, Value
from monitor.format import Figure
from monitor.links import Links
from monitor.pages.revisions import revisions
from monitor.texts import slug
from monitor.view import View
from reference.regions import NRW, RUHR

#: Units in which a region can be held against NRW as it is; numbers of people would only show how large NRW is.
_COMPARABLE_UNITS = ("%", "EUR")


def development(view: View, indicator: Indicator, region_id: str = RUHR) -> Exhibit | None:
    """The series of a region with baseline and breaks; None with fewer than two values."""
    values = _series(view, indicator.indicator_id, region_id)
    if len(values) < 2:
        return None
    t = view.t
    title = t("development.title", indicator=view.of(indicator, "title"), region=view.region(region_id))
    # A quotient is a comparison with NRW already: its line is the reference 1.
    has_benchmark = indicator.unit in _COMPARABLE_UNITS and region_id != NRW
    points = [Point(view.figure(value), view.benchmark_figure(value) if has_benchmark else None) for value in values]
    chart = TimeSeries(
        title=title,
        name=view.region(region_id),
        benchmark_name=view.region(NRW),
        points=points,
        breaks=_breaks(view, values),
        revisions=revisions(view, indicator, region_id),
        references=_references(view, indicator, region_id),
    )
    columns = [Column(t("column.date")), Column(view.region(region_id), numeric=True, interval=True)]
    if has_benchmark:
        columns.append(Column(view.region(NRW), numeric=True))
    rows = []
    for value in reversed(values):
        row = [view.day_cell(value.reference_date), view.value_cell(value, is_bare=True)]
        if has_benchmark:
            nrw = view.facts.value_at(indicator.indicator_id, NRW, value.reference_date)
            row.append(view.value_cell(nrw, is_bare=True))
        rows.append(row)
    return _exhibit(view, indicator, f"verlauf-{slug(region_id)}", title, Picture(time_series, chart),
                    Table(title, tuple(columns), rows), values)  # fmt: skip


def _series(view: View, indicator_id: str, region_id: str) -> list[Value]:
    """Known values that may be drawn as one series: those of topics from one sector scheme only."""
    known = [value for value in view.facts.values.get((indicator_id, region_id), []) if value.is_known]
    newest = view.facts.newest(indicator_id, region_id)
    if newest is None or not newest.dataset.startswith("crosswalk_employment/"):
        return known
    return [value for value in known if value.dataset == newest.dataset]


def _breaks(view: View, values: Sequence[Value]) -> list[Break]:
    """Where the basis changes, figures before and after cannot be compared."""
    return [
        Break(later.reference_date, view.t.word("basis", later.basis or ""))
        for earlier, later in pairwise(values)
        if later.basis != earlier.basis
    ]


def _references(view: View, indicator: Indicator, region_id: str) -> list[Reference]:
    """Baselines of the strategy and decided targets of a region; a quotient has 1, as in NRW."""
    references = [
        Reference(Figure(row["value"], indicator.unit, date=row["reference_date"]), view.t("development.baseline"))
        for row in view.facts.grouped(_BASELINES, "indicator_id", "region_id").get(
            (indicator.indicator_id, region_id), []
        )
    ]
    references += [
        Reference(Figure(row["target_value"], indicator.unit, date=row["target_date"]), view.t("development.target"))
        for row in view.facts.grouped(_TARGETS, "indicator_id", "region_id").get(
            (indicator.indicator_id, region_id), []
        )
    ]
    if indicator.unit == "quotient":
        references.append(Reference(Figure(1.0, "quotient"), view.t("development.as_nrw")))
    return references


def comparison(view: View, indicator: Indicator, path: str) -> Exhibit | None:
    """The 15 Kreise by their newest value, the highest first, against NRW; None where fewer than two have one.

    path: of the page the chart is on, for its links
    """
    values = {region.region_id: view.facts.newest(indicator.indicator_id, region.region_id) for region in
              view.facts.kreise}  # fmt: skip
    known = sorted((value for value in values.values() if value), key=_height, reverse=True)
    if len(known) < 2:
        return None
    t, links = view.t, Links(path, view.lang)
    title = t("comparison.title", indicator=view.of(indicator, "title"))
    regions = view.facts.regions
    bars = [
        Bar(regions[v.region_id].name, view.figure(v), href=links.url(view.kommune_path(regions[v.region_id])))
        for v in known
    ]
    chart = Bars(title, bars, _benchmark(view, indicator, known), view.region(NRW))
    rows = [
        [
            view.text_cell(regions[value.region_id].name, view.kommune_path(regions[value.region_id])),
            view.value_cell(value, is_bare=True),
            view.day_cell(value.reference_date),
            view.light_cell(view.facts.lights.get((indicator.indicator_id, value.region_id))),
        ]
        for value in known
    ]
    columns = (
        Column(t("column.region")),
        Column(t("column.value"), numeric=True, interval=True),
        Column(t("column.date")),
        Column(t("column.light")),
    )
    table = Table(title, columns, rows, sortable=True)
    return _exhibit(view, indicator, "vergleich", title, Picture(interval_bars, chart), table, known)


def _benchmark(view: View, indicator: Indicator, values: Sequence[Value]) -> Figure | None:
    """NRW on the date of the values, where they are of one date and can be held against it."""
    if indicator.unit == "quotient":
        return Figure(1.0, "quotient")
    dates = {value.reference_date for value in values}
    if indicator.unit not in _COMPARABLE_UNITS or len(dates) > 1:
        return None
    value = view.facts.value_at(indicator.indicator_id, NRW, dates.pop())
    return view.figure(value) if value and value.value is not None else None


def _height(value: Value) -> float:
    if value.value is not None:
        return value.value
    return value.value_upper if value.value_upper is not None else value.value_lower or 0


def _exhibit(
    view: View,
    indicator: Indicator,
    kind: str,
    title: str,
    picture: Picture,
    table: Table,
    values: Sequence[Value],
) -> Exhibit:
    days = sorted({value.reference_date for value in values})
    ids = sorted({delivery for value in values for delivery in value.delivery_ids})
    path = view.indicator_path(indicator.indicator_id)
    return Exhibit(
        slug=f"{indicator.indicator_id}-{kind}",
        title=title,
        picture=picture,
        table=table,
        unit=view.unit(indicator.unit),
        date=view.day(days[0]) if len(days) == 1 else view.span(days[0], days[-1]),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain=f"{path}#formel",
        note=view.of(indicator, "caveat"),
    )


_BASELINES = "FROM marts.baseline WHERE use = 'baseline' AND value IS NOT NULL AND reference_date IS NOT NULL"
_TARGETS = "FROM marts.target"
