"""Broadband: gigabit households by Kommune and over time, technologies and rates, businesses, mobile networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markupsafe import Markup

from monitor.charts import Break, Point, TimeSeries, sparkline, time_series
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import SHOWN_REGIONS, Region, Row
from monitor.format import Figure, number
from monitor.page import Page
from monitor.pages.compact import compact
from monitor.pages.indicator_exhibits import comparison
from monitor.pages.kommunen import map_exhibit
from monitor.pages.mobile import mobile_exhibits
from monitor.pages.quality_parts import open_findings
from monitor.view import View
from reference.regions import GERMANY, NRW

PATH = "breitband.html"
GIGABIT = "gigabit_coverage_households"
#: Rates below this one say little today; a technology that has none above is shown with all it has.
_LEAST_RATE = 30
#: Technologies from the whole to the single one; others follow by name.
_TECHNOLOGIES = ("all", "wired", "ftth", "hfc", "catv", "fttc", "dsl", "wireless")

#: Exhibits on the rates of all technologies, by customer.
_RATES = {"households": "household_rates", "businesses": "business_rates"}


@dataclass(frozen=True)
class Trend:
    """The gigabit households of a Kommune; drawing: their development; words: its first and last value."""

    name: str
    path: str
    drawing: str
    words: str


def pages(view: View) -> Iterator[Page]:
    """One page."""
    exhibits: dict[str, Exhibit] = {}
    if view.facts.rows(_GIGABIT):
        exhibits = {
            "map": map_exhibit(view, GIGABIT, PATH, "breitband-karte"),
            "series": _series(view),
            **_rates(view),
            **mobile_exhibits(view),
        }
        if bars := comparison(view, view.facts.indicators[GIGABIT], PATH):
            exhibits["bars"] = replace(bars, slug="breitband-kommunen", note="")
    yield Page(
        path=PATH,
        template="breitband.html.j2",
        title=view.t("nav.broadband"),
        section="broadband",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "definition": view.of(view.facts.indicators[GIGABIT], "definition"),
            "caveat": view.of(view.facts.indicators[GIGABIT], "caveat"),
            "indicator_path": view.indicator_path(GIGABIT),
            "trends": _trends(view),
            "households": _technologies(view, "households"),
            "businesses": _technologies(view, "businesses"),
            "mobile": [exhibit for name, exhibit in exhibits.items() if name.startswith("mobile")],
            "steps": [view.of(row, "text") for row in _findings(view)],
        },
        exhibits=exhibits,
    )


def _findings(view: View) -> list[Row]:
    """Open findings on the gigabit households."""
    return [row for row in open_findings(view.facts) if GIGABIT in (row["indicator_ids"] or ())]


# --- over time ------------------------------------------------------------------------------------


def _chart(view: View, title: str, region_id: str, benchmark_id: str) -> TimeSeries:
    """Gigabit households of a region beside another one, with the breaks of the method."""
    by_region = view.facts.grouped(_GIGABIT, "region_id")
    rows = by_region.get(region_id, [])
    others = {row["reference_date"]: row for row in by_region.get(benchmark_id, [])}
    return TimeSeries(
        title=title,
        name=view.region(region_id),
        benchmark_name=view.region(benchmark_id),
        points=[
            Point(_figure(view, row), _figure(view, other) if (other := others.get(row["reference_date"])) else None)
            for row in rows
        ],
        breaks=[
            Break(later["reference_date"], view.t.word("basis", later["basis"]))
            for earlier, later in pairwise(rows)
            if earlier["basis"] != later["basis"]
        ],
    )


def _figure(view: View, row: Row) -> Figure:
    source = view.full_source([row["delivery_id"]])
    return Figure(row["coverage_pct"], "%", status=row["status"], date=row["reference_date"], source=source)


def _series(view: View) -> Exhibit:
    """NRW and Germany as a picture; every Kommune in the table, with what the strategy printed."""
    t = view.t
    rows = view.facts.rows(_GIGABIT)
    days = sorted({row["reference_date"] for row in rows})
    found = {(row["region_id"], row["reference_date"]): row for row in rows}
    printed = {row["region_id"]: row for row in view.facts.rows(_PRINTED)}
    columns = [Column(t("column.region")), *(Column(view.day(day), numeric=True) for day in days)]
    if printed:
        columns.append(Column(t("breitband.strategy"), numeric=True))
    cells = []
    for region in _regions(view):
        line = [_cell(view, found.get((region.region_id, day))) for day in days]
        if printed:
            line.append(_printed(view, printed.get(region.region_id)))
        cells.append([_name(view, region), *compact(line)])
    ids = sorted({row["delivery_id"] for row in rows})
    title = t("breitband.series")
    return Exhibit(
        slug="breitband-verlauf",
        title=title,
        picture=Picture(time_series, _chart(view, title, NRW, GERMANY)),
        table=Table(title, tuple(columns), cells, sortable=True),
        unit=t("broadband.unit"),
        date=view.span(days[0], days[-1]),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#breitband",
        note=t("breitband.series_note"),
    )


def _printed(view: View, row: Row | None) -> Cell:
    """What the strategy states, from another source."""
    if row is None:
        return view.empty_cell("missing.none")
    text = view.t("breitband.printed", number=number(row["value"], view.lang), period=row["period_printed"])
    return Cell(text, raw=row["value"])


def _trends(view: View) -> list[Trend]:
    """Each Kommune with its development as a small drawing."""
    trends = []
    for region in view.facts.kreise:
        chart = _chart(view, view.t("breitband.trend", region=region.name), region.region_id, NRW)
        if words := _words(view, chart):
            drawing = Markup(sparkline(chart, view.lang))  # noqa: S704 escaped by the chart
            trends.append(Trend(region.name, view.kommune_path(region), drawing, words))
    return trends


def _words(view: View, chart: TimeSeries) -> str:
    """The first and the newest value since the last break: across it nothing is compared."""
    since = max((each.date for each in chart.breaks), default=None)
    later = [point.figure for day, point in chart.dated if since is None or day >= since]
    known = [figure for figure in later if figure.value is not None]
    ends = known if len(known) < 2 else (known[0], known[-1])
    return " → ".join(
        view.t("breitband.on_day", number=view.cell(figure, ()).text, day=view.day(figure.date)) for figure in ends
    )


# --- technologies and rates -----------------------------------------------------------------------


def _rates(view: View) -> dict[str, Exhibit]:
    """By customer the rates of all technologies together, on the newest date."""
    exhibits = {}
    for customer, name in _RATES.items():
        tables = _tables(view, customer)
        if tables:
            technology, rows, table = tables[0]
            exhibits[name] = _rates_exhibit(view, customer, technology, rows, table)
    return exhibits


def _rates_exhibit(view: View, customer: str, technology: str, rows: Sequence[Row], table: Table) -> Exhibit:
    t = view.t
    ids = sorted({row["delivery_id"] for row in rows})
    return Exhibit(
        slug=f"breitband-{customer}",
        title=table.caption,
        picture=None,
        table=table,
        unit=t(f"breitband.unit_{customer}"),
        date=view.day(rows[0]["reference_date"]),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#breitband",
        note="" if technology == "all" else t("breitband.not_all", technology=t.word("technology", technology)),
    )


def _technologies(view: View, customer: str) -> list[tuple[str, Table]]:
    """Every further technology with its rates."""
    return [(view.t.word("technology", technology), table) for technology, _, table in _tables(view, customer)[1:]]


def _tables(view: View, customer: str) -> list[tuple[str, list[Row], Table]]:
    by_technology: dict[str, list[Row]] = {}
    for row in view.facts.grouped(_NEWEST, "customer").get(customer, []):
        by_technology.setdefault(row["technology"], []).append(row)
    ordered = sorted(by_technology, key=lambda name: (_rank(name), name))
    return [(name, by_technology[name], _table(view, customer, name, by_technology[name])) for name in ordered]


def _rank(technology: str) -> int:
    return _TECHNOLOGIES.index(technology) if technology in _TECHNOLOGIES else len(_TECHNOLOGIES)


def _table(view: View, customer: str, technology: str, rows: Sequence[Row]) -> Table:
    """Kommunen by rate."""
    t = view.t
    every = sorted({row["min_mbit"] for row in rows})
    rates = [rate for rate in every if rate >= _LEAST_RATE] or every
    found = {(row["region_id"], row["min_mbit"]): row for row in rows}
    cells = [
        (_name(view, region), *compact(_cell(view, found.get((region.region_id, rate))) for rate in rates))
        for region in _regions(view)
        # The file on businesses has no row for NRW and Germany: a row of dashes would say nothing.
        if region.level == "kreis" or any((region.region_id, rate) in found for rate in rates)
    ]
    caption = t(f"breitband.{customer}", technology=t.word("technology", technology))
    heads = [t("breitband.rate", mbit=number(rate, view.lang)) for rate in rates]
    columns = (Column(t("column.region")), *(Column(head, numeric=True) for head in heads))
    return Table(caption, columns, cells, sortable=True)


def _regions(view: View) -> list[Region]:
    """The Kreise, NRW and Germany: the atlas has no figure for the Ruhr."""
    return [region for region in view.facts.shown_regions if region.level != "ruhr"]


def _name(view: View, region: Region) -> Cell:
    return view.text_cell(view.region(region.region_id), view.kommune_path(region) if region.level == "kreis" else "")


def _cell(view: View, row: Row | None) -> Cell:
    if row is None:
        return view.empty_cell("missing.none")
    figure = Figure(row["coverage_pct"], "%", status=row["status"], date=row["reference_date"])
    return view.cell(figure, [row["delivery_id"]])


_GIGABIT = f"""
    SELECT region_id, reference_date, coverage_pct, status, basis, delivery_id FROM marts.broadband
    WHERE customer = 'households' AND technology = 'all' AND min_mbit = 1000 AND region_id IN {SHOWN_REGIONS}
    ORDER BY region_id, reference_date
"""
_NEWEST = f"""
    SELECT customer, technology, min_mbit, region_id, reference_date, coverage_pct, status, delivery_id
    FROM marts.broadband WHERE min_mbit IS NOT NULL AND region_id IN {SHOWN_REGIONS}
    QUALIFY reference_date = max(reference_date) OVER (PARTITION BY customer)
    ORDER BY customer, technology, min_mbit, region_id
"""
_PRINTED = f"""
    SELECT region_id, value, period_printed FROM marts.baseline
    WHERE indicator_id = '{GIGABIT}' AND value IS NOT NULL AND region_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY region_id ORDER BY baseline_id) = 1
"""
