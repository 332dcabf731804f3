"""What the pages on sectors show of a sector scheme: its rows on the newest date, their cells, ranks and WZ codes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.exhibit import Cell, Column
from monitor.facts import SHOWN_REGIONS, Facts, Row
from monitor.format import Figure
from monitor.pages.sectors import Period, delivery_ids, newest_period, sector_figures, sector_name
from monitor.texts import slug
from monitor.view import View
from reference.regions import NRW, RUHR

#: The scheme with a page per sector; where the regional report is not there, the next one that is.
PAGE_SCHEMES = ("ba-rr", "genesis-13", "ldb-sections")
#: Codes that are no sector: the sum of all, and "not stated".
_NO_SECTORS = ("TOTAL", "NA")


@dataclass(frozen=True)
class Snapshot:
    """A sector scheme on its newest date, and the period its growth is measured over (None for a single date)."""

    scheme: str
    date: dt.date
    period: Period | None


def snapshot(facts: Facts, schemes: Sequence[str]) -> Snapshot | None:
    """The first of the schemes that has employees of the Ruhr, None where none has."""
    dates = {row["sector_scheme"]: row["reference_date"] for row in facts.rows(_NEWEST)}
    scheme = next((scheme for scheme in schemes if scheme in dates), None)
    return Snapshot(scheme, dates[scheme], newest_period(facts, (scheme,))) if scheme else None


def sector_rows(facts: Facts, shown: Snapshot) -> dict[str, dict[str, Row]]:
    """Rows by sector and region: employees, share, location quotient and growth with their bounds. A sum comes before
    its parts; the total and "not stated" are left out."""
    by_sector = facts.grouped(_rows_sql(shown), "sector_id")
    found = {sector_id: rows for sector_id, rows in by_sector.items() if sector_id not in _NO_SECTORS}
    ordered = sorted(found, key=lambda sector_id: _tree_order(found[sector_id][0]))
    return {sector_id: {row["region_id"]: row for row in found[sector_id]} for sector_id in ordered}


def _tree_order(row: Row) -> tuple[str, int, str]:
    divisions = [*row["divisions"], *row["partial_divisions"]]
    return min(divisions, default=""), -len(divisions), row["sector_id"]


def sector_path(sector_id: str) -> str:
    """Page of a sector of the page scheme."""
    return f"branchen/{slug(sector_id)}.html"


def wz_codes(view: View, row: Row) -> str:
    """`WZ 49–53`; `Teile von WZ 78` where a sector is a part of a division."""
    if row["divisions"]:
        return view.t("branchen.wz", codes=_ranges(row["divisions"]))
    return view.t("branchen.wz_part", codes=_ranges(row["partial_divisions"])) if row["partial_divisions"] else "–"


def _ranges(codes: Iterable[str]) -> str:
    numbers = sorted(map(int, codes))
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]:02}" if len(run) == 1 else f"{run[0]:02}–{run[-1]:02}" for run in runs)


# --- cells ----------------------------------------------------------------------------------------


def figure_columns(view: View, shown: Snapshot) -> tuple[Column, ...]:
    """Headings of `figure_cells`."""
    t = view.t
    growth = t("column.growth")
    if shown.period:
        growth = f"{growth} {view.span(shown.period.from_date, shown.period.to_date)}"
    return (
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("branchen.share"), numeric=True),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(growth, numeric=True, interval=True),
    )


def figure_cells(view: View, row: Row, shown: Snapshot) -> list[Cell]:
    """Employees, share of all employees, location quotient and growth of a sector in a region."""
    ids = delivery_ids(view.facts, shown.scheme, _days(shown), row["region_id"])
    employees, quotient = sector_figures(view, row, shown.date, "")
    share = Figure(row["share"], "share", status=_computed(row), date=shown.date)
    return [view.cell(figure, ids, is_bare=True) for figure in (employees, share, quotient, _growth(row, shown))]


def _computed(row: Row) -> str:
    return "derived" if row["employees"] is not None else str(row["status"])


def _growth(row: Row, shown: Snapshot) -> Figure:
    lower, upper = row["growth_rate_lower"], row["growth_rate_upper"]
    status = "undefined" if lower is None and upper is None else "derived"
    return Figure(row["growth_rate"], "growth", lower, upper, status, shown.period.to_date if shown.period else None)


def _days(shown: Snapshot) -> tuple[dt.date, ...]:
    return (shown.date,) if shown.period is None else (shown.period.from_date, shown.date)


def source_ids(facts: Facts, shown: Snapshot) -> list[str]:
    """Deliveries behind the rows of a snapshot."""
    return delivery_ids(facts, shown.scheme, _days(shown), RUHR)


def part_of(view: View, row: Row, rows: dict[str, dict[str, Row]]) -> Cell:
    """The sum a sector is part of."""
    parent = rows.get(row["parent_id"] or "", {}).get(RUHR)
    return view.text_cell(sector_name(view, parent), sector_path(row["parent_id"])) if parent else view.text_cell("–")


# --- ranks ----------------------------------------------------------------------------------------


def ranks(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Best and worst possible rank of each row by its location quotient."""
    bounds = [_bounds(row) for row in rows]
    return [
        (
            1 + sum(other_lower > upper for other_lower, _ in bounds),
            1 + sum(other_upper > lower for n, (_, other_upper) in enumerate(bounds) if n != own),
        )
        for own, (lower, upper) in enumerate(bounds)
    ]


def _bounds(row: Row) -> tuple[float, float]:
    lower, upper = row["location_quotient_lower"], row["location_quotient_upper"]
    return lower or 0.0, math.inf if upper is None else upper


def rank_cell(view: View, rank: tuple[int, int]) -> Cell:
    """`3`, or `3–5` where intervals overlap."""
    best, worst = rank
    if best == worst:
        return Cell(str(best), raw=best)
    return Cell(f"{best}–{worst}", lower=best, upper=worst, status=view.t("status.interval"))


def height(row: Row) -> float:
    """Location quotient for sorting: the value, else the upper bound."""
    for name in ("location_quotient", "location_quotient_upper", "location_quotient_lower"):
        if row[name] is not None:
            return float(row[name])
    return 0.0


_NEWEST = f"""
    SELECT sector_scheme, max(reference_date) AS reference_date FROM marts.employment
    WHERE region_id = '{RUHR}' GROUP BY ALL
"""


def _rows_sql(shown: Snapshot) -> str:
    period = shown.period
    growth = (
        f"(FROM marts.growth WHERE from_date = '{period.from_date}' AND to_date = '{period.to_date}')"
        if period
        else "(FROM marts.growth WHERE false)"
    )
    return f"""
        SELECT e.region_id, sector_id, e.reference_date, e.employees, e.employees_lower, e.employees_upper, e.status,
               q.share, q.benchmark_share, q.location_quotient, q.location_quotient_lower, q.location_quotient_upper,
               g.growth_rate, g.growth_rate_lower, g.growth_rate_upper,
               s.label_de, s.label_en, s.parent_id, s.divisions, s.partial_divisions, l.sector_id IS NOT NULL AS is_leaf
        FROM marts.employment e
        JOIN marts.sector s USING (sector_scheme, sector_id)
        LEFT JOIN (FROM marts.specialisation WHERE benchmark_id = '{NRW}') q
            USING (region_id, sector_scheme, sector_id, reference_date)
        LEFT JOIN marts.leaf_sector l USING (sector_scheme, sector_id, reference_date)
        LEFT JOIN {growth} g USING (region_id, sector_scheme, sector_id)
        WHERE sector_scheme = '{shown.scheme}' AND reference_date = '{shown.date}' AND e.region_id IN {SHOWN_REGIONS}
        ORDER BY sector_id, e.region_id
    """
