"""The 15 Kommunen: a map and a comparison of all, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.charts import Area, Bar, Bars, interval_bars
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import SHOWN_REGIONS, Region, Row
from monitor.format import Figure, number
from monitor.links import Links
from monitor.page import Page
from monitor.pages.cards import dated_light, indicator_card
from monitor.pages.indicator_tables import indicators_table
from monitor.pages.maps import region_picture
from monitor.pages.sectors import DIVISIONS, newest_period, portfolio_exhibit, top_table
from monitor.pages.topic_parts import topics_of_region
from monitor.texts import slug
from monitor.view import View
from reference.regions import GERMANY, NRW

INDEX = "kommunen/index.html"
#: What an officer asks first; an indicator the warehouse does not have is left out.
_HEADLINES = ("employees", "unemployment_rate", "gdp_per_worker", "gigabit_coverage_households")
#: Download speeds that the expansion programmes name.
_SPEEDS = (50, 100, 200, 400, 1000)


def pages(view: View) -> Iterator[Page]:
    """The overview, and a page per Kreis."""
    yield _overview(view)
    yield from (_kommune(view, region) for region in view.facts.kreise)


def _overview(view: View) -> Page:
    maps = {
        f"map_{n}": map_exhibit(view, indicator_id, INDEX, f"karte-{slug(indicator_id)}")
        for n, indicator_id in enumerate(_known(view, _HEADLINES[1:]))
    }
    return Page(
        path=INDEX,
        template="kommunen.html.j2",
        title=view.t("kommunen.title"),
        section="kommunen",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={"comparison": _comparison(view), "maps": list(maps.values())},
        exhibits=maps,
    )


def _known(view: View, indicator_ids: Sequence[str]) -> list[str]:
    return [indicator_id for indicator_id in indicator_ids if indicator_id in view.facts.indicators]


def _comparison(view: View) -> Table:
    """Headline values and lights of all Kreise side by side."""
    indicators = _known(view, _HEADLINES)
    columns = [Column(view.t("column.region"))]
    for indicator_id in indicators:
        columns += [
            Column(_short_title(view, indicator_id), numeric=True, interval=True),
            Column(view.t("column.light")),
        ]
    rows = []
    for region in view.facts.shown_regions[:-2]:
        href = view.kommune_path(region) if region.level == "kreis" else ""
        cells: list[Cell] = [view.text_cell(view.region(region.region_id), href)]
        for indicator_id in indicators:
            value = view.facts.newest(indicator_id, region.region_id)
            light = view.facts.lights.get((indicator_id, region.region_id))
            cells += [view.value_cell(value, is_bare=True), dated_light(view, light, value)]
        rows.append(cells)
    return Table(view.t("kommunen.comparison"), tuple(columns), rows, sortable=True)


def _short_title(view: View, indicator_id: str) -> str:
    indicator = view.facts.indicators[indicator_id]
    return f"{view.short_title(indicator)} ({view.unit(indicator.unit)})"


def map_exhibit(view: View, indicator_id: str, path: str, name: str) -> Exhibit:
    """The Kreise on a map, on the newest date the indicator has. path: of the page it is on; name: its slug."""
    t, indicator = view.t, view.facts.indicators[indicator_id]
    values = {region.region_id: view.facts.newest(indicator_id, region.region_id) for region in view.facts.kreise}
    links = Links(path, view.lang)
    areas = [
        Area(region.region_id, region.name, view.figure(value), links.url(view.kommune_path(region)))
        for region in view.facts.kreise
        if (value := values[region.region_id])
    ]
    known = [value for value in values.values() if value]
    ids = sorted({delivery for value in known for delivery in value.delivery_ids})
    days = sorted({value.reference_date for value in known})
    title = view.of(indicator, "title")
    columns = (Column(t("column.region")), Column(t("column.value"), numeric=True, interval=True))
    rows = [
        (
            view.text_cell(region.name, view.kommune_path(region)),
            view.value_cell(values[region.region_id], is_bare=True),
        )
        for region in view.facts.kreise
    ]
    return Exhibit(
        slug=name,
        title=title,
        picture=region_picture(view, title, areas),
        table=Table(title, columns, rows, sortable=True),
        unit=view.unit(indicator.unit),
        date=", ".join(view.day(day) for day in days),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain=view.indicator_path(indicator_id),
        note="" if areas else t("missing.no_value"),
    )


# --- one Kreis ------------------------------------------------------------------------------------


def _kommune(view: View, region: Region) -> Page:
    path, region_id, t = view.kommune_path(region), region.region_id, view.t
    period = newest_period(view.facts)
    context = [
        i.indicator_id
        for i in view.facts.indicators.values()
        if i.topic_id is None and (i.indicator_id, region_id) in view.facts.values
    ]
    cards = [indicator_card(view, indicator_id, region_id) for indicator_id in _known(view, _HEADLINES)]
    exhibits = {"broadband": _broadband(view, region)}
    if period:
        exhibits["portfolio"] = portfolio_exhibit(view, region_id, period, f"portfolio-{slug(region.name)}")
    return Page(
        path=path,
        template="kommune.html.j2",
        title=region.name,
        section="kommunen",
        crumbs=((t("nav.start"), "index.html"), (t("nav.kommunen"), INDEX)),
        content={
            "region": region,
            "cards": cards,
            "topics": topics_of_region(view, region_id),
            "tops": [top_table(view, kind, region_id, period) for kind in ("specialisation", "growth")]
            if period
            else [],
            "has_divisions": period is not None and period.scheme == DIVISIONS,
            "scheme": t.word("scheme", period.scheme) if period else "",
            "context": indicators_table(view, context, region_id, t("kommune.context_caption", region=region.name)),
            "actors": _actors(view, region_id),
            "centres": view.facts.grouped(_CENTRES, "region_id").get(region_id, []),
        },
        exhibits=exhibits,
    )


def _broadband(view: View, region: Region) -> Exhibit:
    """Households by speed, newest date, against NRW and Germany."""
    t = view.t
    by_place = view.facts.grouped(_BROADBAND, "region_id", "min_mbit")
    own = [by_place[region.region_id, speed][0] for speed in _SPEEDS if (region.region_id, speed) in by_place]
    ids = sorted({row["delivery_id"] for row in own})
    source = view.full_source(ids)
    bars = [Bar(_speed(view, row["min_mbit"]), _coverage(row, source)) for row in own]
    title = t("broadband.title", region=region.name)
    columns = (
        Column(t("column.speed")),
        *(Column(view.region(other), numeric=True) for other in (region.region_id, NRW, GERMANY)),
    )
    rows = [
        [
            view.text_cell(_speed(view, speed)),
            *(_coverage_cell(view, by_place.get((other, speed))) for other in (region.region_id, NRW, GERMANY)),
        ]
        for speed in _SPEEDS
    ]
    return Exhibit(
        slug=f"breitband-{slug(region.name)}",
        title=title,
        picture=Picture(interval_bars, Bars(title, bars)) if bars else None,
        table=Table(title, columns, rows),
        unit=t("broadband.unit"),
        date=view.day(own[0]["reference_date"]) if own else "",
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="indikator/gigabit_coverage_households.html",
        note=t("broadband.note") if own else t("broadband.empty"),
    )


def _speed(view: View, mbit: int) -> str:
    return view.t("broadband.speed", mbit=number(mbit, view.lang))


def _coverage(row: Row, source: str) -> Figure:
    return Figure(row["coverage_pct"], "%", status=row["status"], date=row["reference_date"], source=source)


def _coverage_cell(view: View, rows: list[Row] | None) -> Cell:
    if not rows:
        return view.empty_cell("missing.no_value")
    ids = [rows[0]["delivery_id"]]
    return view.cell(_coverage(rows[0], view.full_source(ids)), ids)


def _actors(view: View, region_id: str) -> list[tuple[str, list[Row]]]:
    """Actors of the strategy by topic."""
    by_topic = view.facts.grouped(_ACTORS, "region_id", "topic_id")
    return [
        (view.t(f"topic_short.{row['topic_id']}"), by_topic[region_id, row["topic_id"]])
        for row in view.facts.rows("SELECT topic_id FROM marts.topic")
        if (region_id, row["topic_id"]) in by_topic
    ]


_BROADBAND = f"""
    SELECT region_id, min_mbit, reference_date, coverage_pct, status, delivery_id FROM marts.broadband
    WHERE customer = 'households' AND technology = 'all' AND region_id IN {SHOWN_REGIONS}
      AND min_mbit IN {_SPEEDS}
      AND reference_date = (SELECT max(reference_date) FROM marts.broadband
                            WHERE customer = 'households' AND technology = 'all' AND coverage_pct IS NOT NULL)
"""
_ACTORS = "SELECT * FROM marts.actor WHERE region_id IS NOT NULL ORDER BY name"
_CENTRES = "SELECT * FROM marts.innovation_centre ORDER BY name"
