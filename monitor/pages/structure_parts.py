"""Shift-share (what made employment change) and measures of the sector structure, as exhibits with plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from monitor.charts import Bar, Bars, interval_bars
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import FINEST_FIRST, SHOWN_REGIONS, Facts, Row
from monitor.format import Figure
from monitor.links import Links
from monitor.pages.branchen_parts import Snapshot, snapshot
from monitor.pages.compact import compact
from monitor.pages.sectors import LONGEST_YEARS, Period, delivery_ids
from monitor.texts import slug
from monitor.view import View
from reference.regions import NRW, RUHR

_PATH = "branchen/index.html"
_PARTS = ("employment_change", "national_share", "industrial_mix", "regional_share")
#: Measures of the structure and the unit each is shown in.
_MEASURES = {
    "hoover": "share",
    "equivalent_sectors": "quotient",
    "unrelated_variety": "quotient",
    "related_variety": "quotient",
}


def shift_share_of_regions(view: View) -> Exhibit | None:
    """The change of all employees in its three parts: Ruhr and Kreise; None where a hidden cell is in every period."""
    period = _shift_period(view.facts)
    if period is None:
        return None
    rows = view.facts.grouped(_shift_sql(period), "sector_id").get("TOTAL", [])
    title = view.t("shift_share.title")
    kreise = [row for row in rows if row["region_id"] != RUHR]
    chart = _chart(
        view, title, kreise, lambda row: _part(row, "regional_share", view.full_source(_ids(view, period, row)))
    )
    return _shift_exhibit(view, period, rows, "branchen-shift-share", title, chart)


def shift_share_of_sector(view: View, shown: Snapshot, sector_id: str) -> Exhibit | None:
    """The change of a sector in its three parts; None where it is a sum of sectors or there is one date only."""
    if shown.period is None:
        return None
    rows = view.facts.grouped(_shift_sql(shown.period), "sector_id").get(sector_id, [])
    if not any(row["regional_share"] is not None for row in rows):
        return None
    title = view.t("shift_share.sector_title")
    return _shift_exhibit(view, shown.period, rows, f"branche-{slug(sector_id)}-shift-share", title, None)


def _shift_period(facts: Facts) -> Period | None:
    """The newest date of the finest scheme in which no hidden cell prevents the sum, over at most ten years."""
    periods = [Period(row["sector_scheme"], row["from_date"], row["to_date"]) for row in facts.rows(_SHIFT_PERIODS)]
    fitting = [period for period in periods if (period.to_date - period.from_date).days <= LONGEST_YEARS * 366]
    return min(fitting, key=lambda p: (FINEST_FIRST.index(p.scheme), -p.to_date.toordinal(), p.from_date), default=None)


def _shift_exhibit(
    view: View, period: Period, rows: Sequence[Row], name: str, title: str, picture: Picture | None
) -> Exhibit:
    t = view.t
    columns = (Column(t("column.region")), *(Column(t(f"shift_share.{part}"), numeric=True) for part in _PARTS))
    by_region = {row["region_id"]: row for row in rows}
    cells = []
    for region in view.facts.shown_regions:
        if row := by_region.get(region.region_id):
            ids = _ids(view, period, row)
            href = view.kommune_path(region) if region.level == "kreis" else ""
            figures = [view.cell(_part(row, part, ""), ids, is_bare=True) for part in _PARTS]
            cells.append((view.text_cell(view.region(region.region_id), href), *compact(figures)))
    ids = delivery_ids(view.facts, period.scheme, (period.from_date, period.to_date), RUHR)
    note = t("shift_share.note", scheme=t.word("scheme", period.scheme))
    return Exhibit(
        slug=name,
        title=title,
        picture=picture,
        table=Table(title, columns, cells, sortable=True),
        unit=t("shift_share.unit"),
        date=view.span(period.from_date, period.to_date),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#shift-share",
        note=f"{note} {t('shift_share.picture')}" if picture else note,
    )


def _part(row: Row, part: str, source: str) -> Figure:
    status = "derived" if row[part] is not None else str(row["status"])
    return Figure(row[part], "persons_change", status=status, date=row["to_date"], source=source)


def _ids(view: View, period: Period, row: Row) -> list[str]:
    return delivery_ids(view.facts, period.scheme, (period.from_date, period.to_date), row["region_id"])


# --- structure ------------------------------------------------------------------------------------


def structure_exhibit(view: View) -> Exhibit | None:
    """How different the structure is from NRW's, and how varied: Ruhr, Kreise, NRW."""
    shown = snapshot(view.facts, FINEST_FIRST)
    if shown is None:
        return None
    t = view.t
    found = {
        (row["region_id"], row["measure"]): row
        for row in view.facts.rows(_structure_sql(shown.scheme, shown.date))
        if row["value_upper"] is not None
    }
    measures = [name for name in _MEASURES if (RUHR, name) in found]
    if not measures:
        return None
    title = t("structure.title")
    regions = [region for region in view.facts.shown_regions if (region.region_id, measures[0]) in found]
    columns = (
        Column(t("column.region")),
        *(Column(t(f"structure.{name}"), numeric=True, interval=True) for name in measures),
    )
    cells = []
    for region in regions:
        ids = delivery_ids(view.facts, shown.scheme, (shown.date,), region.region_id)
        href = view.kommune_path(region) if region.level == "kreis" else ""
        figures = [_measure(view, found.get((region.region_id, name)), name, ids) for name in measures]
        cells.append((view.text_cell(view.region(region.region_id), href), *compact(figures)))
    differences = [row for (region_id, name), row in found.items() if name == "hoover" and region_id != NRW]
    ids = delivery_ids(view.facts, shown.scheme, (shown.date,), RUHR)
    source = view.full_source(ids)
    return Exhibit(
        slug="branchen-struktur",
        title=title,
        picture=_chart(view, title, differences, lambda row: _figure(row, "share", source)),
        table=Table(title, columns, cells, sortable=True),
        unit=t("structure.unit"),
        date=view.day(shown.date),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#struktur",
        note=t("structure.note", scheme=t.word("scheme", shown.scheme)),
    )


def _measure(view: View, row: Row | None, name: str, ids: Sequence[str]) -> Cell:
    return view.cell(_figure(row, _MEASURES[name], ""), ids) if row else view.empty_cell("missing.none")


def _figure(row: Row, unit: str, source: str) -> Figure:
    bounds = (row["value_lower"], row["value_upper"])
    return Figure(row["value"], unit, *bounds, status="derived", date=row["reference_date"], source=source)


def _chart(view: View, title: str, rows: Sequence[Row], figure: Callable[[Row], Figure]) -> Picture | None:
    """Bars of the Kreise and the Ruhr, the highest first."""
    links = Links(_PATH, view.lang)
    kreise = {region.region_id: region for region in view.facts.kreise}
    figures = {row["region_id"]: figure(row) for row in rows if row["region_id"] in (*kreise, RUHR)}
    bars = [
        Bar(
            view.region(region_id),
            figures[region_id],
            href=links.url(view.kommune_path(kreise[region_id])) if region_id in kreise else "",
            is_emphasised=region_id == RUHR,
        )
        for region_id in sorted(figures, key=lambda region_id: _height(figures[region_id]), reverse=True)
    ]
    return Picture(interval_bars, Bars(title, bars)) if bars else None


def _height(figure: Figure) -> float:
    return next((each for each in (figure.value, figure.upper, figure.lower) if each is not None), 0.0)


def _shift_sql(period: Period) -> str:
    return f"""
        FROM marts.shift_share
        WHERE benchmark_id = '{NRW}' AND sector_scheme = '{period.scheme}' AND from_date = '{period.from_date}'
          AND to_date = '{period.to_date}' AND region_id IN {SHOWN_REGIONS} AND region_id <> '{NRW}'
        ORDER BY sector_id, region_id
    """


def _structure_sql(scheme: str, day: dt.date) -> str:
    return f"""
        FROM marts.structure
        WHERE sector_scheme = '{scheme}' AND reference_date = '{day}' AND region_id IN {SHOWN_REGIONS}
          AND coalesce(benchmark_id, '{NRW}') = '{NRW}'
        ORDER BY region_id, measure
    """


_SHIFT_PERIODS = f"""
    SELECT sector_scheme, from_date, to_date FROM marts.shift_share
    WHERE region_id = '{RUHR}' AND benchmark_id = '{NRW}' AND sector_id = 'TOTAL' AND regional_share IS NOT NULL
"""
