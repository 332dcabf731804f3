"""The sectors: an overview of the Ruhr, a page for each sector, and the 88 divisions where they are published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from monitor.charts import Bar, Bars, Break, Point, TimeSeries, interval_bars, time_series
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import Row
from monitor.format import Figure
from monitor.links import Links
from monitor.page import Page
from monitor.pages.branchen_parts import (
    PAGE_SCHEMES,
    Snapshot,
    figure_cells,
    figure_columns,
    height,
    part_of,
    rank_cell,
    ranks,
    sector_path,
    sector_rows,
    snapshot,
    source_ids,
    wz_codes,
)
from monitor.pages.compact import compact
from monitor.pages.sectors import (
    DIVISIONS,
    delivery_ids,
    newest_period,
    portfolio_exhibit,
    sector_figures,
    sector_name,
)
from monitor.pages.structure_parts import shift_share_of_regions, shift_share_of_sector, structure_exhibit
from monitor.texts import slug
from monitor.view import View
from reference.regions import NRW, RUHR

INDEX = "branchen/index.html"
DIVISIONS_PATH = "branchen/abteilungen.html"

#: The newest dates of a series: a page has to stay light.
_MOST_DATES = 40

#: Rows by sector and region.
Sectors = dict[str, dict[str, Row]]


def pages(view: View) -> Iterator[Page]:
    """The overview; a page per sector and the divisions as far as they are published."""
    shown, divisions = snapshot(view.facts, PAGE_SCHEMES), snapshot(view.facts, (DIVISIONS,))
    sectors = sector_rows(view.facts, shown) if shown else {}
    by_division = sector_rows(view.facts, divisions) if divisions else {}
    yield _overview(view, shown, sectors, has_divisions=divisions is not None)
    if divisions:
        yield _divisions_page(view, divisions, by_division, sectors)
    if shown:
        for sector_id in sectors:
            yield _sector(view, shown, sectors, sector_id, (divisions, by_division))


def _crumbs(view: View) -> tuple[tuple[str, str], ...]:
    return ((view.t("nav.start"), "index.html"), (view.t("nav.sectors"), INDEX))


def _overview(view: View, shown: Snapshot | None, sectors: Sectors, *, has_divisions: bool) -> Page:
    exhibits: dict[str, Exhibit] = {}
    if period := newest_period(view.facts):
        exhibits["portfolio"] = portfolio_exhibit(view, RUHR, period, "branchen-portfolio")
    if shown:
        exhibits["sectors"] = _list(view, shown, sectors)
    if shift := shift_share_of_regions(view):
        exhibits["shift_share"] = shift
    if structure := structure_exhibit(view):
        exhibits["structure"] = structure
    return Page(
        path=INDEX,
        template="branchen.html.j2",
        title=view.t("nav.sectors"),
        section="sectors",
        crumbs=_crumbs(view)[:1],
        content={"divisions_path": DIVISIONS_PATH if has_divisions else ""},
        exhibits=exhibits,
    )


def _list(view: View, shown: Snapshot, sectors: Sectors) -> Exhibit:
    """All sectors of the Ruhr with rank by location quotient; ranked are the finest ones, not their sums."""
    t = view.t
    own = {sector_id: rows[RUHR] for sector_id, rows in sectors.items() if RUHR in rows}
    finest = [row for row in own.values() if row["is_leaf"]]
    rank_of = dict(zip((row["sector_id"] for row in finest), ranks(finest), strict=True))
    columns = (
        Column(t("column.sector")),
        *figure_columns(view, shown),
        Column(t("branchen.rank", count=len(finest)), numeric=True, interval=True),
        Column(t("branchen.codes")),
        Column(t("branchen.part_of")),
    )
    rows = [
        (
            view.text_cell(view.of(row, "label"), sector_path(sector_id)),
            *compact(figure_cells(view, row, shown)),
            rank_cell(view, rank_of[sector_id]) if sector_id in rank_of else view.text_cell(t("branchen.sum")),
            view.text_cell(wz_codes(view, row)),
            part_of(view, row, sectors),
        )
        for sector_id, row in own.items()
    ]
    title = t("branchen.list", region=view.region(RUHR))
    table = Table(title, columns, rows, sortable=True)
    note = t("branchen.list_note", scheme=t.word("scheme", shown.scheme))
    return _exhibit(view, shown, "branchen-liste", title, None, table, note)


# --- the divisions --------------------------------------------------------------------------------


def _divisions_page(view: View, shown: Snapshot, divisions: Sectors, sectors: Sectors) -> Page:
    return Page(
        path=DIVISIONS_PATH,
        template="abteilungen.html.j2",
        title=view.t("branchen.divisions"),
        section="sectors",
        crumbs=_crumbs(view),
        exhibits={"divisions": _division_list(view, shown, divisions, sectors)},
    )


def _division_list(view: View, shown: Snapshot, divisions: Sectors, sectors: Sectors) -> Exhibit:
    """Every division of the Ruhr with its rank, and the sector it is part of."""
    t = view.t
    own = [rows[RUHR] for rows in divisions.values() if RUHR in rows and rows[RUHR]["is_leaf"]]
    columns = (
        Column(t("column.division")),
        *figure_columns(view, shown),
        Column(t("branchen.rank", count=len(own)), numeric=True, interval=True),
        Column(t("branchen.part_of"), choice=True),
    )
    rows = [
        (
            view.text_cell(sector_name(view, row)),
            *compact(figure_cells(view, row, shown)),
            rank_cell(view, rank),
            _sector_of(view, row["sector_id"], sectors),
        )
        for row, rank in zip(own, ranks(own), strict=True)
    ]
    title = t("branchen.division_list", region=view.region(RUHR))
    table = Table(title, columns, rows, sortable=True)
    return _exhibit(view, shown, "branchen-abteilungen", title, None, table, t("branchen.division_note"))


def _sector_of(view: View, division: str, sectors: Sectors) -> Cell:
    """The finest sector with a page that covers a division."""
    covering = [rows[RUHR] for rows in sectors.values() if RUHR in rows and division in rows[RUHR]["divisions"]]
    if not covering:
        return view.text_cell("–")
    row = min(covering, key=lambda row: len(row["divisions"]))
    return view.text_cell(view.of(row, "label"), sector_path(row["sector_id"]))


# --- one sector -----------------------------------------------------------------------------------


def _sector(
    view: View, shown: Snapshot, sectors: Sectors, sector_id: str, divisions: tuple[Snapshot | None, Sectors]
) -> Page:
    rows = sectors[sector_id]
    row = next(iter(rows.values()))
    path = sector_path(sector_id)
    parts = [(view.of(_any(sectors[other]), "label"), sector_path(other)) for other in _parts(sectors, sector_id)]
    exhibits = {"bars": _bars(view, shown, rows, path)}
    if series := _series(view, shown, sector_id):
        exhibits["series"] = series
    if shift := shift_share_of_sector(view, shown, sector_id):
        exhibits["shift_share"] = shift
    finer, by_division = divisions
    within = {division: by_division[division] for division in row["divisions"] if division in by_division}
    if finer and within:
        exhibits["divisions"] = _within(view, finer, within, sector_id)
    return Page(
        path=path,
        template="branche.html.j2",
        title=view.of(row, "label"),
        section="sectors",
        crumbs=_crumbs(view),
        content={
            "codes": wz_codes(view, row),
            "scheme": view.t.word("scheme", shown.scheme),
            "parent": part_of(view, row, sectors),
            "parts": parts,
            "headline": _headline(view, shown, rows),
            "day": view.day(shown.date),
            "divisions_path": DIVISIONS_PATH,
        },
        exhibits=exhibits,
    )


def _any(rows: dict[str, Row]) -> Row:
    return next(iter(rows.values()))


def _parts(sectors: Sectors, sector_id: str) -> list[str]:
    return [other for other, rows in sectors.items() if _any(rows)["parent_id"] == sector_id]


def _headline(view: View, shown: Snapshot, rows: dict[str, Row]) -> Table:
    """The Ruhr beside NRW."""
    t = view.t
    cells = [
        (view.text_cell(view.region(region_id)), *figure_cells(view, rows[region_id], shown))
        for region_id in (RUHR, NRW)
        if region_id in rows
    ]
    columns = (Column(t("column.region")), *figure_columns(view, shown))
    return Table(t("branchen.headline", day=view.day(shown.date)), columns, cells)


def _bars(view: View, shown: Snapshot, rows: dict[str, Row], path: str) -> Exhibit:
    """Where in the Ruhr the sector is concentrated: the Kreise by location quotient, the highest first."""
    t, links = view.t, Links(path, view.lang)
    kreise = {region.region_id: region for region in view.facts.kreise}
    own = sorted((row for region_id, row in rows.items() if region_id in kreise), key=height, reverse=True)
    rank_of = dict(zip((row["region_id"] for row in own), ranks(own), strict=True))
    listed = sorted((row for region_id, row in rows.items() if region_id in (*kreise, RUHR)), key=height, reverse=True)
    bars = [
        Bar(
            view.region(row["region_id"]),
            _quotient(view, shown, row),
            href=links.url(view.kommune_path(kreise[row["region_id"]])) if row["region_id"] in kreise else "",
            is_emphasised=row["region_id"] == RUHR,
        )
        for row in listed
    ]
    title = t("branchen.where", sector=view.of(_any(rows), "label"))
    columns = (
        Column(t("column.region")),
        *figure_columns(view, shown),
        Column(t("branchen.rank", count=len(own)), numeric=True, interval=True),
    )
    cells = [
        (
            view.text_cell(
                view.region(row["region_id"]),
                view.kommune_path(kreise[row["region_id"]]) if row["region_id"] in kreise else "",
            ),
            *figure_cells(view, row, shown),
            rank_cell(view, rank_of[row["region_id"]]) if row["region_id"] in rank_of else view.text_cell("–"),
        )
        for row in listed
    ]
    chart = Bars(title, bars, Figure(1.0, "quotient"), view.region(NRW))
    return _exhibit(view, shown, f"branche-{slug(_any(rows)['sector_id'])}-kommunen", title,
                    Picture(interval_bars, chart), Table(title, columns, cells, sortable=True),
                    t("branchen.where_note"))  # fmt: skip


def _quotient(view: View, shown: Snapshot, row: Row) -> Figure:
    ids = delivery_ids(view.facts, shown.scheme, (shown.date,), row["region_id"])
    return sector_figures(view, row, shown.date, view.full_source(ids))[1]


def _within(view: View, finer: Snapshot, divisions: Sectors, sector_id: str) -> Exhibit:
    """The divisions of a sector in the Ruhr."""
    t = view.t
    title = t("branchen.within", count=len(divisions))
    cells = [
        (view.text_cell(sector_name(view, rows[RUHR])), *compact(figure_cells(view, rows[RUHR], finer)))
        for rows in divisions.values()
        if RUHR in rows
    ]
    table = Table(title, (Column(t("column.division")), *figure_columns(view, finer)), cells, sortable=True)
    return _exhibit(view, finer, f"branche-{slug(sector_id)}-abteilungen", title, None, table, "")


def _series(view: View, shown: Snapshot, sector_id: str) -> Exhibit | None:
    """Share of all employees in the Ruhr and in NRW over time; None with fewer than two dates."""
    t = view.t
    rows = view.facts.grouped(_SERIES, "sector_scheme", "sector_id").get((shown.scheme, sector_id), [])[-_MOST_DATES:]
    if len(rows) < 2:
        return None
    title = t("branchen.series", sector=view.of(rows[0], "label"))
    ids = sorted({each for row in rows for each in _ids(view, row)})
    chart = TimeSeries(
        title=title,
        name=view.region(RUHR),
        benchmark_name=view.region(NRW),
        points=[
            Point(_share(row, "share", view.full_source(_ids(view, row))), _share(row, "benchmark_share", ""))
            for row in rows
        ],
        breaks=[
            Break(later["reference_date"], view.t.word("basis", later["basis"] or ""))
            for earlier, later in pairwise(rows)
            if earlier["basis"] != later["basis"]
        ],
    )
    columns = (
        Column(t("column.date")),
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("branchen.share_of", region=view.region(RUHR)), numeric=True),
        Column(t("branchen.share_of", region=view.region(NRW)), numeric=True),
        Column(t("column.lq"), numeric=True, interval=True),
    )
    cells = [compact(_series_cells(view, row)) for row in reversed(rows)]
    return Exhibit(
        slug=f"branche-{slug(sector_id)}-verlauf",
        title=title,
        picture=Picture(time_series, chart),
        table=Table(title, columns, cells),
        unit=t("branchen.share_unit"),
        date=view.span(rows[0]["reference_date"], rows[-1]["reference_date"]),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#spezialisierung",
    )


def _series_cells(view: View, row: Row) -> Sequence[Cell]:
    ids = _ids(view, row)
    employees, quotient = sector_figures(view, row, row["reference_date"], "")
    figures = (employees, _share(row, "share", ""), _share(row, "benchmark_share", ""), quotient)
    return (view.day_cell(row["reference_date"]), *(view.cell(figure, ids, is_bare=True) for figure in figures))


def _ids(view: View, row: Row) -> list[str]:
    return delivery_ids(view.facts, row["sector_scheme"], (row["reference_date"],), RUHR)


def _share(row: Row, name: str, source: str) -> Figure:
    """A share of all employees; where a cell it needs is hidden, that."""
    status = "suppressed" if row[name] is None else "derived"
    return Figure(row[name], "share", status=status, date=row["reference_date"], source=source)


def _exhibit(
    view: View, shown: Snapshot, name: str, title: str, picture: Picture | None, table: Table, note: str
) -> Exhibit:
    ids = source_ids(view.facts, shown)
    return Exhibit(
        slug=name,
        title=title,
        picture=picture,
        table=table,
        unit=view.t("branchen.unit"),
        date=view.day(shown.date),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#spezialisierung",
        note=note,
    )


_SERIES = f"""
    SELECT e.sector_scheme, e.sector_id, e.reference_date, e.employees, e.employees_lower, e.employees_upper, e.status,
           e.basis, q.share, q.benchmark_share, q.location_quotient, q.location_quotient_lower,
           q.location_quotient_upper, s.label_de, s.label_en
    FROM marts.employment e
    JOIN marts.sector s USING (sector_scheme, sector_id)
    JOIN marts.specialisation q USING (region_id, sector_scheme, sector_id, reference_date)
    WHERE e.region_id = '{RUHR}' AND q.benchmark_id = '{NRW}' AND sector_scheme IN {PAGE_SCHEMES}
    ORDER BY e.sector_scheme, e.sector_id, e.reference_date
"""
