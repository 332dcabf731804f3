"""Charts of one published sector: its employees over time, and its specialisation in the 15 Kreise."""

from __future__ import annotations

from monitor.charts import Bar, Bars, Point, TimeSeries, interval_bars, time_series
from monitor.exhibit import Column, Exhibit, Picture, Table
from monitor.facts import SHOWN_REGIONS, Row
from monitor.format import Figure
from monitor.links import Links
from monitor.pages.sectors import delivery_ids, sector_figures, sector_name
from monitor.texts import slug
from monitor.view import View
from reference.regions import NRW


def sector_development(view: View, scheme: str, sector_id: str, region_id: str, prefix: str) -> Exhibit | None:
    """Employees of a sector in a region, all dates of the scheme; None with fewer than two. prefix: of the slug."""
    rows = view.facts.grouped(_sql(scheme), "sector_id", "region_id").get((sector_id, region_id), [])
    if len(rows) < 2:
        return None
    t = view.t
    title = t("sector.development", sector=sector_name(view, rows[0]), region=view.region(region_id))
    columns = (Column(t("column.date")), Column(t("column.employees"), numeric=True, interval=True))
    points, cells = [], []
    for row in rows:
        day = row["reference_date"]
        ids = delivery_ids(view.facts, scheme, (day,), region_id)
        employees, _ = sector_figures(view, row, day, view.full_source(ids))
        points.append(Point(employees))
        cells.append((view.day_cell(day), view.cell(employees, ids, is_bare=True)))
    chart = TimeSeries(title, view.region(region_id), "", points)
    first, last = rows[0]["reference_date"], rows[-1]["reference_date"]
    ids = delivery_ids(view.facts, scheme, [row["reference_date"] for row in rows], region_id)
    return Exhibit(
        slug=f"{prefix}-{slug(scheme)}-{slug(sector_id)}-verlauf",
        title=title,
        picture=Picture(time_series, chart),
        table=Table(title, columns, cells[::-1]),
        unit=view.unit("persons"),
        date=view.span(first, last),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#wachstum",
        note=t("sector.covers_more"),
    )


def sector_comparison(view: View, scheme: str, sector_id: str, path: str, prefix: str) -> Exhibit | None:
    """Location quotient of a sector in the 15 Kreise on its newest date, the highest first. path: of the page."""
    by_region = view.facts.grouped(_sql(scheme), "sector_id", "region_id")
    newest = [
        rows[-1] for region in view.facts.kreise if (rows := by_region.get((sector_id, region.region_id)))
    ]  # fmt: skip
    known = sorted((row for row in newest if row["location_quotient_upper"] is not None), key=_height, reverse=True)
    if not known:
        return None
    t, links, regions = view.t, Links(path, view.lang), view.facts.regions
    day = known[0]["reference_date"]
    ids = sorted({i for row in known for i in delivery_ids(view.facts, scheme, (day,), row["region_id"])})
    source = view.full_source(ids)
    title = t("sector.comparison", sector=sector_name(view, known[0]))
    bars, cells = [], []
    for row in known:
        region = regions[row["region_id"]]
        employees, quotient = sector_figures(view, row, day, source)
        bars.append(Bar(region.name, quotient, href=links.url(view.kommune_path(region))))
        cells.append(
            (
                view.text_cell(region.name, view.kommune_path(region)),
                view.cell(quotient, ids),
                view.cell(employees, ids, is_bare=True),
            )
        )
    columns = (
        Column(t("column.region")),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(t("column.employees"), numeric=True, interval=True),
    )
    chart = Bars(title, bars, Figure(1.0, "quotient"), view.region(NRW))
    return Exhibit(
        slug=f"{prefix}-{slug(scheme)}-{slug(sector_id)}-vergleich",
        title=title,
        picture=Picture(interval_bars, chart),
        table=Table(title, columns, cells, sortable=True),
        unit=view.unit("quotient"),
        date=view.day(day),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#spezialisierung",
        note=t("sector.covers_more"),
    )


def _height(row: Row) -> float:
    return float(row["location_quotient"] or row["location_quotient_upper"])


def _sql(scheme: str) -> str:
    return f"""
        SELECT e.*, q.location_quotient, q.location_quotient_lower, q.location_quotient_upper, s.label_de, s.label_en
        FROM marts.employment e
        JOIN marts.sector s USING (sector_scheme, sector_id)
        LEFT JOIN marts.specialisation q
            ON q.region_id = e.region_id AND q.sector_scheme = e.sector_scheme AND q.sector_id = e.sector_id
            AND q.reference_date = e.reference_date AND q.benchmark_id = '{NRW}'
        WHERE e.sector_scheme = '{scheme}' AND e.region_id IN {SHOWN_REGIONS}
        ORDER BY e.reference_date, e.region_id, e.sector_id
    """
