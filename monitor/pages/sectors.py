"""Exhibits on sectors that several pages show: the portfolio, the top-3 lists, and the table of sectors behind both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.charts import Bubble, Portfolio, portfolio
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import FINEST_FIRST, SHOWN_REGIONS, Facts, Row
from monitor.format import Figure
from monitor.view import View
from reference.regions import NRW

#: Only the divisions of the strategy's own figures can be held against them.
DIVISIONS = "wz08-2"
#: Growth is shown over the longest period there is, up to this many years.
LONGEST_YEARS = 10


@dataclass(frozen=True)
class Period:
    """The sector scheme and the two dates that are compared."""

    scheme: str
    from_date: dt.date
    to_date: dt.date


def newest_period(facts: Facts, schemes: Sequence[str] = FINEST_FIRST) -> Period | None:
    """The newest date of the first of the schemes with growth, against the earliest date at most ten years before."""
    found = [
        Period(row["sector_scheme"], row["from_date"], row["to_date"])
        for row in facts.rows(_PERIODS)
        if row["sector_scheme"] in schemes and (row["to_date"] - row["from_date"]).days <= LONGEST_YEARS * 366
    ]
    return min(found, key=lambda p: (schemes.index(p.scheme), -p.to_date.toordinal(), p.from_date), default=None)


def delivery_ids(facts: Facts, scheme: str, dates: Iterable[dt.date], region_id: str) -> list[str]:
    """Deliveries that employees by sector of a region are read from; of all Kreise where it is a sum over them."""
    by_region = facts.grouped(_DELIVERIES, "sector_scheme", "reference_date", "region_id")
    by_date = facts.grouped(_DELIVERIES, "sector_scheme", "reference_date")
    rows: list[Row] = []
    for day in dates:
        rows += by_region.get((scheme, day, region_id)) or by_date.get((scheme, day), [])
    return sorted({row["delivery_id"] for row in rows})


def portfolio_exhibit(view: View, region_id: str, period: Period, slug: str) -> Exhibit:
    """Specialisation and growth of the sectors of a region, with employees as the size."""
    rows = view.facts.grouped(_portfolio_sql(period), "region_id").get(region_id, [])
    ids = delivery_ids(view.facts, period.scheme, (period.from_date, period.to_date), region_id)
    cells = [_portfolio_cells(view, row, period, ids) for row in rows]
    t, name = view.t, view.region(region_id)
    title = t("portfolio.title", region=name)
    columns = (
        Column(t("column.sector")),
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("column.growth"), numeric=True, interval=True),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(t("column.quadrant")),
    )
    bubbles = [_bubble(view, row, period) for row in rows]
    chart = Portfolio(title, view.region(NRW), period.from_date, period.to_date, bubbles)
    return Exhibit(
        slug=slug,
        title=title,
        picture=Picture(portfolio, chart) if rows else None,
        table=Table(title, columns, cells, sortable=True),
        unit=t("portfolio.unit"),
        date=view.span(period.from_date, period.to_date),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#portfolio",
        note=t("portfolio.note", scheme=t.word("scheme", period.scheme)) if rows else t("portfolio.empty"),
    )


def sector_name(view: View, row: Row) -> str:
    """`Verkehr und Lagerei (H)`."""
    return f"{view.of(row, 'label')} ({row['sector_id']})"


def sector_figures(view: View, row: Row, day: dt.date, source: str) -> tuple[Figure, Figure]:
    """Employees and location quotient of a row that has both with their bounds."""
    employees = Figure(
        row["employees"], "persons", row["employees_lower"], row["employees_upper"], row["status"], day, source
    )
    quotient = Figure(
        row["location_quotient"],
        "quotient",
        row["location_quotient_lower"],
        row["location_quotient_upper"],
        "derived",
        day,
        source,
    )
    return employees, quotient


def growth_figure(row: Row, day: dt.date) -> Figure:
    """Growth up to a day of a row of marts.growth or marts.portfolio; undefined where it starts from zero."""
    lower, upper = row["growth_rate_lower"], row["growth_rate_upper"]
    status = "derived" if lower is not None or upper is not None else "undefined"
    return Figure(row["growth_rate"], "growth", lower, upper, status, day)


def top_table(view: View, kind: str, region_id: str, period: Period) -> Table:
    """The strategy's three sectors beside today's: figure 5 (`specialisation`) or 6 (`growth`) of a Kreis."""
    t = view.t
    printed = view.facts.grouped(_PRINTED[kind], "region_id").get(region_id, [])
    today = view.facts.grouped(_ranking_sql(kind, period), "region_id").get(region_id, [])
    ids = delivery_ids(view.facts, period.scheme, (period.from_date, period.to_date), region_id)
    unit = "quotient" if kind == "specialisation" else "growth"
    rows = [
        (
            view.plain_cell(rank, "", 0),
            _printed_cell(view, printed, rank),
            *_ranked_cells(view, today, rank, unit, ids, period),
        )
        for rank in (1, 2, 3)
    ]
    then, now = printed[0]["period"] if printed else "", view.day(period.to_date)
    columns = (
        Column(t("column.rank"), numeric=True),
        Column(t("top.strategy", date=then)),
        Column(t("top.today", date=now)),
        Column(t("column.lq_short" if kind == "specialisation" else "column.growth"), numeric=True, interval=True),
    )
    return Table(t(f"top.{kind}", region=view.region(region_id)), columns, rows)


def _printed_cell(view: View, printed: list[Row], rank: int) -> Cell:
    row = next((row for row in printed if row["position"] == rank), None)
    if row is None:
        return view.empty_cell("missing.none")
    return view.text_cell(f"{row['label_printed']} ({row['division']})")


def _ranked_cells(
    view: View, ranking: list[Row], rank: int, unit: str, ids: list[str], period: Period
) -> tuple[Cell, Cell]:
    row = next((row for row in ranking if row["rank"] == rank), None)
    if row is None:
        return view.empty_cell("missing.none"), view.empty_cell("missing.none")
    figure = Figure(row["value"], unit, row["value_lower"], row["value_upper"], "derived", period.to_date)
    name = sector_name(view, row) + ("" if row["is_certain"] else f" ({view.t('top.uncertain')})")
    return view.text_cell(name), view.cell(figure, ids, "methodik.html#rangliste")


def _bubble(view: View, row: Row, period: Period) -> Bubble:
    source = view.full_source(delivery_ids(view.facts, period.scheme, (period.to_date,), row["region_id"]))
    employees, quotient = sector_figures(view, row, period.to_date, source)
    return Bubble(sector_name(view, row), growth_figure(row, period.to_date), quotient, employees, row["quadrant"])


def _portfolio_cells(view: View, row: Row, period: Period, ids: list[str]) -> list[Cell]:
    employees, quotient = sector_figures(view, row, period.to_date, "")
    return [
        view.text_cell(sector_name(view, row)),
        view.cell(employees, ids, is_bare=True),
        view.cell(growth_figure(row, period.to_date), ids),
        view.cell(quotient, ids),
        view.text_cell(view.t(f"quadrant.{row['quadrant']}")),
    ]


def _portfolio_sql(period: Period) -> str:
    return f"""
        SELECT p.*, e.employees_lower, e.employees_upper, e.status, s.label_de, s.label_en
        FROM marts.portfolio p
        JOIN marts.employment e
            ON e.region_id = p.region_id AND e.sector_scheme = p.sector_scheme AND e.sector_id = p.sector_id
            AND e.reference_date = p.to_date
        JOIN marts.sector s ON s.sector_scheme = p.sector_scheme AND s.sector_id = p.sector_id
        SEMI JOIN marts.leaf_sector l
            ON l.sector_scheme = p.sector_scheme AND l.sector_id = p.sector_id AND l.reference_date = p.to_date
        WHERE p.benchmark_id = '{NRW}' AND p.sector_scheme = '{period.scheme}' AND p.from_date = '{period.from_date}'
          AND p.to_date = '{period.to_date}' AND p.region_id IN {SHOWN_REGIONS}
          AND p.is_large_enough AND p.sector_id <> 'NA'
        ORDER BY p.region_id, p.sector_id
    """


def _ranking_sql(kind: str, period: Period) -> str:
    since = f"AND from_date = '{period.from_date}'" if kind == "growth" else ""
    return f"""
        SELECT r.*, s.label_de, s.label_en
        FROM marts.ranking r JOIN marts.sector s USING (sector_scheme, sector_id)
        WHERE r.kind = '{kind}' AND sector_scheme = '{period.scheme}' AND to_date = '{period.to_date}' {since}
          AND region_id IN {SHOWN_REGIONS}
        ORDER BY region_id, rank, sector_id
    """


_PERIODS = f"""
    SELECT DISTINCT sector_scheme, from_date, to_date FROM marts.portfolio
    WHERE benchmark_id = '{NRW}' AND region_id IN {SHOWN_REGIONS}
"""
_DELIVERIES = """
    SELECT DISTINCT sector_scheme, reference_date, region_id, delivery_id FROM marts.employment
    WHERE delivery_id IS NOT NULL
"""
_PRINTED = {
    "specialisation": "SELECT *, strftime(reference_date, '%m/%Y') AS period FROM marts.strategy_figure_5",
    "growth": "SELECT *, strftime(from_date, '%m/%Y') || '–' || strftime(to_date, '%m/%Y') AS period"
    " FROM marts.strategy_figure_6",
}
