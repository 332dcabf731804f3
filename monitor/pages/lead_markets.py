"""The nine lead markets: what was published, what the divisions give, and what the strategy says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.charts import Bar, Bars, Bubble, Portfolio, interval_bars, portfolio
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import FINEST_FIRST, SHOWN_REGIONS, Facts, Row
from monitor.format import Figure
from monitor.page import Page
from monitor.pages.compact import compact
from monitor.pages.sectors import DIVISIONS, LONGEST_YEARS, Period, delivery_ids, sector_figures
from monitor.view import View
from reference.regions import NRW, RUHR

INDEX = "leitmaerkte/index.html"


def pages(view: View) -> Iterator[Page]:
    """One page."""
    t, period = view.t, _period(view.facts)
    exhibits = {"published": _published(view), "acceptance": _acceptance(view)}
    if period:
        exhibits["portfolio"] = _portfolio(view, period)
        exhibits["kommunen"] = _kommunen(view, period)
    yield Page(
        path=INDEX,
        template="leitmaerkte.html.j2",
        title=t("lead_markets.title"),
        section="lead_markets",
        crumbs=((t("nav.start"), "index.html"),),
        content={
            "figure_4": _figure_4(view),
            "statements": _statements(view),
            "statements_place": _places(view, view.facts.rows(_STATEMENTS)),
            "divisions": [(name, _divisions(view, name, rows)) for name, rows in _by_market(view, _DIVISIONS)],
        },
        exhibits=exhibits,
    )


def _titles(view: View) -> dict[str, str]:
    return {row["lead_market_id"]: view.of(row, "title") for row in view.facts.rows("FROM marts.lead_market")}


def _by_market(view: View, sql: str) -> list[tuple[str, list[Row]]]:
    """Titles of the lead markets with their rows."""
    found = view.facts.grouped(sql, "lead_market_id")
    return [(title, found.get(market, [])) for market, title in _titles(view).items()]


def _period(facts: Facts) -> Period | None:
    """Over which the lead markets can be drawn: the divisions only; coarser sectors leave every place open."""
    periods = [Period(DIVISIONS, row["from_date"], row["to_date"]) for row in facts.rows(_PERIODS)]
    fitting = [period for period in periods if (period.to_date - period.from_date).days <= LONGEST_YEARS * 366]
    return min(fitting, key=lambda p: (-p.to_date.toordinal(), p.from_date), default=None)


# --- what was published ---------------------------------------------------------------------------


def _printed(view: View, figure: Figure, row: Row) -> Cell:
    """A number of a document, with its place and what contradicts it."""
    t = view.t
    details = [
        (t("detail.unit"), view.unit(figure.unit)),
        (t("detail.date"), view.day(row["reference_date"])),
        (t("detail.source"), t("source.place", document=row["document"], place=row["place"])),
    ]
    if remark := view.of(row, "contradiction"):
        details.append((t("lead_markets.contradiction"), remark))
    mark = t("lead_markets.contradicted") if remark else ""
    return replace(view.cell(figure, ()), details=tuple(details), mark=mark)


def _employees(row: Row) -> Figure:
    source = f"{row['document']}, {row['place']}"
    return Figure(row["employees"], "persons", status="value", date=row["reference_date"], source=source)


def _published(view: View) -> Exhibit:
    """Employees as published, newest date, with the year before as the baseline."""
    t = view.t
    by_market = dict(_by_market(view, _VALUES))
    newest = {title: rows[-1] for title, rows in by_market.items() if rows}
    title = t("lead_markets.published")
    bars = [
        Bar(name, _employees(row), _employees(by_market[name][0]) if len(by_market[name]) > 1 else None)
        for name, row in sorted(newest.items(), key=lambda pair: -pair[1]["employees"])
    ]
    dates = sorted({row["reference_date"] for rows in by_market.values() for row in rows})
    columns = [Column(t("lead_markets.market"))]
    for day in dates:
        columns += [
            Column(t("lead_markets.employees_on", day=view.day(day)), numeric=True),
            Column(t("lead_markets.growth_on", day=view.day(day)), numeric=True),
        ]
    cells = []
    for name, rows in by_market.items():
        on = {row["reference_date"]: row for row in rows}
        cells.append([view.text_cell(name), *(cell for day in dates for cell in _published_cells(view, on.get(day)))])
    return Exhibit(
        slug="leitmaerkte-veroeffentlicht",
        title=title,
        picture=Picture(interval_bars, Bars(title, bars)) if bars else None,
        table=Table(title, tuple(columns), cells, sortable=True),
        unit=view.unit("persons"),
        date=view.span(dates[0], dates[-1]) if dates else "",
        source="; ".join(sorted({row["document"] for rows in by_market.values() for row in rows})),
        vintage="",
        explain="methodik.html#leitmaerkte",
        note=t("lead_markets.published_note"),
    )


def _published_cells(view: View, row: Row | None) -> tuple[Cell, Cell]:
    if row is None:
        return view.empty_cell("missing.no_value"), view.empty_cell("missing.no_value")
    pct = row["published_growth_pct"]
    growth = Figure(None if pct is None else pct / 100, "growth", date=row["reference_date"])
    growth_row = {**row, "contradiction_de": "", "contradiction_en": ""}
    return _printed(view, _employees(row), row), _printed(view, growth, growth_row)


# --- published against computed -------------------------------------------------------------------


def _acceptance(view: View) -> Exhibit:
    """Published beside computed employees, from the finest sector scheme of each date."""
    t = view.t
    rows = _finest(view.facts.rows(_ACCEPTANCE))
    titles = _titles(view)
    columns = (
        Column(t("lead_markets.market")),
        Column(t("column.date")),
        Column(t("lead_markets.published_short"), numeric=True),
        Column(t("lead_markets.computed"), numeric=True, interval=True),
        Column(t("lead_markets.difference"), numeric=True),
        Column(t("lead_markets.fits")),
        Column(t("lead_markets.published_growth"), numeric=True),
        Column(t("lead_markets.computed_growth"), numeric=True),
        Column(t("lead_markets.from")),
    )
    title = t("lead_markets.acceptance")
    ids = sorted({each for row in rows for each in _ids(view, row["sector_scheme"], row["reference_date"])})
    days = sorted({row["reference_date"] for row in rows})
    return Exhibit(
        slug="leitmaerkte-vergleich",
        title=title,
        picture=None,
        table=Table(title, columns, [_acceptance_cells(view, row, titles) for row in rows], sortable=True),
        unit=t("lead_markets.unit"),
        date=", ".join(map(view.day, days)),
        source=view.source(ids) if rows else "",
        vintage=view.vintage(ids) if rows else "",
        explain="methodik.html#leitmaerkte",
        note=t("lead_markets.acceptance_note") if rows else t("lead_markets.acceptance_empty"),
    )


def _finest(rows: Sequence[Row]) -> list[Row]:
    """Of the rows of a lead market and date the one from the finest scheme."""
    best: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda row: FINEST_FIRST.index(row["sector_scheme"])):
        best.setdefault((row["lead_market_id"], row["reference_date"]), row)
    return sorted(best.values(), key=lambda row: (row["reference_date"], row["published_employees"]), reverse=True)


def _acceptance_cells(view: View, row: Row, titles: dict[str, str]) -> list[Cell]:
    t, day = view.t, row["reference_date"]
    computed = Figure(row["employees"], "persons", row["employees_lower"], row["employees_upper"], "derived", day)
    published = Figure(row["published_employees"], "persons", date=day)
    numbers = compact(
        [
            view.cell(published, (), is_bare=True),
            view.cell(computed, (), is_bare=True),
            view.cell(Figure(row["relative_difference"], "growth", status="derived"), ())
            if row["relative_difference"] is not None
            else view.empty_cell("lead_markets.open"),
        ]
    )
    growths = [
        compact([view.cell(Figure(row[name], "growth"), ())])[0]
        if row[name] is not None
        else view.empty_cell("missing.none")
        for name in ("published_growth_rate", "growth_rate")
    ]
    return [
        view.text_cell(titles[row["lead_market_id"]]),
        view.day_cell(day),
        *numbers,
        view.text_cell(t("lead_markets.fits_yes" if row["is_within_bounds"] else "lead_markets.fits_no")),
        *growths,
        view.text_cell(t.word("scheme_short", row["sector_scheme"])),
    ]


def _ids(view: View, scheme: str, *days: object) -> list[str]:
    return delivery_ids(view.facts, scheme, days, RUHR)  # type: ignore[arg-type]


# --- figure 4 -------------------------------------------------------------------------------------


def _portfolio(view: View, period: Period) -> Exhibit:
    """Specialisation and growth of the lead markets, computed from the divisions."""
    t, titles = view.t, _titles(view)
    rows = [row for row in view.facts.rows(_points_sql(period)) if row["region_id"] == RUHR]
    ids = _ids(view, DIVISIONS, period.from_date, period.to_date)
    source = view.full_source(ids)
    title = t("lead_markets.portfolio", region=view.region(RUHR))
    bubbles = []
    cells = []
    for row in rows:
        employees, quotient = sector_figures(view, row, period.to_date, source)
        growth = Figure(row["growth_rate"], "growth", row["growth_rate_lower"], row["growth_rate_upper"], "derived",
                        period.to_date, source)  # fmt: skip
        quadrant = row["quadrant"]
        bubbles.append(Bubble(titles[row["target_id"]], growth, quotient, employees, quadrant))
        numbers = [view.cell(figure, ids) for figure in (employees, growth, quotient)]
        cells.append([view.text_cell(titles[row["target_id"]]), *numbers, view.text_cell(t(f"quadrant.{quadrant}"))])
    columns = (
        Column(t("lead_markets.market")),
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("column.growth"), numeric=True, interval=True),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(t("column.quadrant")),
    )
    return Exhibit(
        slug="leitmaerkte-portfolio",
        title=title,
        picture=Picture(portfolio, Portfolio(title, view.region(NRW), period.from_date, period.to_date, bubbles)),
        table=Table(title, columns, cells, sortable=True),
        unit=t("portfolio.unit"),
        date=view.span(period.from_date, period.to_date),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#portfolio",
        note=t("lead_markets.portfolio_note"),
    )


def _kommunen(view: View, period: Period) -> Exhibit:
    """Location quotients of the lead markets in the Kreise."""
    t, titles = view.t, _titles(view)
    found = {(row["region_id"], row["target_id"]): row for row in view.facts.rows(_points_sql(period))}
    ids = _ids(view, DIVISIONS, period.to_date)
    rows = []
    for region in view.facts.shown_regions[:-2]:
        href = view.kommune_path(region) if region.level == "kreis" else ""
        numbers = [
            view.cell(sector_figures(view, row, period.to_date, "")[1], ids)
            if (row := found.get((region.region_id, market)))
            else view.empty_cell("missing.none")
            for market in titles
        ]
        rows.append([view.text_cell(view.region(region.region_id), href), *compact(numbers)])
    title = t("lead_markets.kommunen")
    columns = (Column(t("column.region")), *(Column(name, numeric=True, interval=True) for name in titles.values()))
    return Exhibit(
        slug="leitmaerkte-kommunen",
        title=title,
        picture=None,
        table=Table(title, columns, rows, sortable=True),
        unit=t("lead_markets.lq_unit"),
        date=view.day(period.to_date),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#leitmaerkte",
    )


def _figure_4(view: View) -> Table:
    """What can be read of figure 4 of the strategy."""
    t, titles = view.t, _titles(view)
    rows = [
        (
            view.text_cell(titles[row["lead_market_id"]]),
            view.text_cell(t.word("legible", row["specialised"])),
            view.text_cell(t.word("legible", row["grows"])),
            view.text_cell(view.of(row, "note") or t("missing.none")),
        )
        for row in view.facts.rows("FROM marts.strategy_figure_4 ORDER BY lead_market_id")
    ]
    columns = (
        Column(t("lead_markets.market")),
        Column(t("lead_markets.specialised")),
        Column(t("lead_markets.grows")),
        Column(t("lead_markets.remark")),
    )
    return Table(t("lead_markets.figure_4"), columns, rows)


def _statements(view: View) -> Table:
    """What the strategy says of lead markets in each Kreis."""
    t, titles = view.t, _titles(view)
    by_region = view.facts.grouped(_STATEMENTS, "region_id")
    rows = [
        (
            view.text_cell(region.name, view.kommune_path(region)),
            _statement_cell(view, by_region.get(region.region_id, []), titles),
        )
        for region in view.facts.kreise
    ]
    return Table(t("lead_markets.statements"), (Column(t("column.region")), Column(t("lead_markets.statement"))), rows)


def _statement_cell(view: View, rows: list[Row], titles: dict[str, str]) -> Cell:
    if not rows:
        return view.empty_cell("lead_markets.no_statement")
    said = [(titles[row["lead_market_id"]], view.t.word("lead_market_statement", row["statement"])) for row in rows]
    return view.text_cell("; ".join(f"{market}: {statement}" for market, statement in said))


def _places(view: View, rows: Sequence[Row]) -> str:
    """The documents and places of rows, each once."""
    places = {view.t("source.place", document=row["document"], place=row["place"]) for row in rows}
    return "; ".join(sorted(places))


def _divisions(view: View, title: str, rows: list[Row]) -> Table:
    """The divisions a lead market is counted from, and how much of each."""
    t = view.t
    columns = (
        Column(t("column.division")),
        Column(t("lead_markets.weight"), numeric=True),
        Column(t("lead_markets.coverage")),
        Column(t("column.evidence")),
        Column(t("column.place")),
    )
    cells = [
        (
            view.text_cell(f"{row['division']} {view.of(row, 'label')}".rstrip()),
            replace(view.cell(Figure(row["weight"], "share"), ()), details=()),
            view.text_cell(_coverage(view, row)),
            view.text_cell(view.of(row, "evidence")),
            view.text_cell(t("source.place", document=row["document"], place=row["place"])),
        )
        for row in rows
    ]
    return Table(title, columns, cells)


def _coverage(view: View, row: Row) -> str:
    if row["coverage"] == "whole":
        return view.t("part.whole")
    note = row["coverage_note"]
    return view.t("lead_markets.part_of_division", codes=note) if note else view.t("lead_markets.part")


_VALUES = "FROM marts.lead_market_value ORDER BY lead_market_id, reference_date"
_ACCEPTANCE = "FROM marts.lead_market_acceptance"
_STATEMENTS = "FROM marts.lead_market_region ORDER BY region_id, statement, lead_market_id"
_DIVISIONS = f"""
    SELECT l.*, s.label_de, s.label_en FROM marts.lead_market_sector l
    LEFT JOIN marts.sector s ON s.sector_scheme = '{DIVISIONS}' AND s.sector_id = l.division
    ORDER BY l.lead_market_id, l.division
"""
_PERIODS = f"""
    SELECT DISTINCT from_date, to_date FROM marts.crosswalk_growth
    WHERE kind = 'lead_market' AND sector_scheme = '{DIVISIONS}' AND region_id = '{RUHR}'
"""


def _points_sql(period: Period) -> str:
    return f"""
        SELECT e.target_id, e.region_id, e.employees, e.employees_lower, e.employees_upper, e.status,
               e.location_quotient, e.location_quotient_lower, e.location_quotient_upper,
               g.growth_rate, g.growth_rate_lower, g.growth_rate_upper,
               marts.above(e.location_quotient_lower, e.location_quotient_upper, 1) AS is_specialised,
               marts.above(g.growth_rate_lower, g.growth_rate_upper, 0) AS is_growing,
               CASE WHEN is_specialised IS NULL OR is_growing IS NULL THEN 'undetermined'
                    WHEN is_specialised THEN if(is_growing, 'specialised_growing', 'specialised_shrinking')
                    ELSE if(is_growing, 'growing', 'shrinking') END AS quadrant
        FROM marts.crosswalk_employment e
        JOIN marts.crosswalk_growth g USING (kind, target_id, region_id, sector_scheme)
        WHERE kind = 'lead_market' AND sector_scheme = '{DIVISIONS}' AND e.reference_date = '{period.to_date}'
          AND g.from_date = '{period.from_date}' AND g.to_date = '{period.to_date}'
          AND e.benchmark_id = '{NRW}' AND region_id IN {SHOWN_REGIONS}
        ORDER BY target_id, region_id
    """
