"""What several pages show of the six topics: values in a region, the sectors they are part of, categories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.exhibit import Cell, Column, Table
from monitor.facts import Facts, Row, Value
from monitor.pages.cards import dated_light
from monitor.pages.sectors import Period, delivery_ids, growth_figure, newest_period, sector_figures, sector_name
from monitor.view import View
from reference.regions import NRW, RUHR

#: The two indicators of a topic.
MEASURES = ("topic_employees", "topic_location_quotient")
#: Sectors named in a row of a table.
_NAMED = 2


@dataclass(frozen=True)
class SectorDate:
    """The sector scheme and the date that values of a topic come from."""

    scheme: str
    date: dt.date


def topics(facts: Facts) -> list[Row]:
    """The rows of marts.topic in the order of the strategy."""
    return facts.rows("FROM marts.topic")


def sector_date(facts: Facts, topic_id: str) -> SectorDate | None:
    """Where the Ruhr's newest value of a topic comes from."""
    value = facts.newest(f"{MEASURES[0]}.{topic_id}", RUHR)
    return SectorDate(value.dataset.partition("/")[2], value.reference_date) if value else None


def sectors_of_topic(facts: Facts, topic_id: str, region_id: str) -> list[Row]:
    """The published sectors a topic is part of, with employees and location quotient of a region; largest first.

    `weight_lower` = 1 says that the whole sector belongs to the topic.
    """
    found = sector_date(facts, topic_id)
    if found is None:
        return []
    period = newest_period(facts)
    return facts.grouped(_sectors_sql(found, period), "target_id", "region_id").get((topic_id, region_id), [])


def topics_of_region(view: View, region_id: str) -> Table:
    """One row per topic: values and lights of a region, the sectors it is part of, the strategy's category."""
    t = view.t
    columns = (
        Column(t("column.topic")),
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("column.light")),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(t("column.light")),
        Column(t("column.within_sectors")),
        Column(t("column.category")),
    )
    rows = []
    for topic in topics(view.facts):
        topic_id = topic["topic_id"]
        cells = [view.text_cell(t.word("topic_short", topic_id), view.topic_path(topic_id))]
        for measure in MEASURES:
            value = view.facts.newest(f"{measure}.{topic_id}", region_id)
            light = view.facts.lights.get((f"{measure}.{topic_id}", region_id))
            cells += [view.value_cell(value, is_bare=True), dated_light(view, light, value)]
        rows.append([*cells, _sectors_cell(view, topic_id, region_id), category_cell(view, topic_id, region_id)])
    return Table(t("topics.in_region", region=view.region(region_id)), columns, rows)


def _sectors_cell(view: View, topic_id: str, region_id: str) -> Cell:
    rows = sectors_of_topic(view.facts, topic_id, region_id)
    if not rows:
        return view.empty_cell("missing.none")
    named = "; ".join(_with_quotient(view, row) for row in rows[:_NAMED])
    more = len(rows) - _NAMED
    text = named + (f" {view.t('more', count=more)}" if more > 0 else "")
    return view.text_cell(text, f"{view.topic_path(topic_id)}#branchen")


def _with_quotient(view: View, row: Row) -> str:
    _, quotient = sector_figures(view, row, row["reference_date"], "")
    return f"{sector_name(view, row)}: {view.cell(quotient, ()).text}"


def clue_cell(view: View, topic_id: str, region_id: str) -> Cell:
    """The largest published sector a topic is part of, in words."""
    rows = sectors_of_topic(view.facts, topic_id, region_id)
    if not rows:
        return view.empty_cell("missing.none")
    row = rows[0]
    ids = delivery_ids(view.facts, row["sector_scheme"], (row["reference_date"],), region_id)
    employees, quotient = sector_figures(view, row, row["reference_date"], "")
    growth = view.cell(growth_figure(row, row["reference_date"]), ids)
    since = (
        view.t("card.clue_growth", growth=growth.text, day=view.day(row["from_date"])) if growth.raw is not None else ""
    )
    count = view.cell(employees, ids, is_bare=True)
    text = view.t(
        "card.clue_text",
        sector=sector_name(view, row),
        count=count.text,
        quotient=view.cell(quotient, ()).text,
        growth=since,
    )
    return Cell(text, details=count.details, href=f"{view.topic_path(topic_id)}#branchen")


def sectors_table(view: View, topic_id: str, region_id: str) -> Table:
    """The published sectors a topic is part of, with exact figures where the topic itself has only an interval."""
    t = view.t
    columns = (
        Column(t("column.sector")),
        Column(t("column.part")),
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(t("column.growth"), numeric=True, interval=True),
        Column(t("column.compared_with")),
    )
    rows = []
    for row in sectors_of_topic(view.facts, topic_id, region_id):
        ids = delivery_ids(view.facts, row["sector_scheme"], (row["reference_date"],), region_id)
        figures = sector_figures(view, row, row["reference_date"], view.full_source(ids))
        part = "part.whole" if row["weight_lower"] == 1 else "part.partly"
        rows.append(
            [
                view.text_cell(sector_name(view, row)),
                view.text_cell(t(part)),
                *(view.cell(figure, ids, is_bare=True) for figure in figures),
                view.cell(growth_figure(row, row["reference_date"]), ids),
                view.day_cell(row["from_date"]),
            ]
        )
    return Table(t("topic.sectors_caption", region=view.region(region_id)), columns, rows)


def category_cell(view: View, topic_id: str, region_id: str) -> Cell:
    """The category of the strategy's map; where its colours cannot be read, that, with what the text says."""
    row = view.facts.grouped("FROM marts.topic_region", "topic_id", "region_id").get((topic_id, region_id))
    if not row:
        return view.empty_cell("missing.none")
    found = row[0]
    details = [(view.t("category.reading"), view.of(found, "prose_signal_note"))]
    if found["quote"]:
        details.append((view.t("category.quote"), view.t("quoted", text=found["quote"])))
    details.append((view.t("detail.source"), view.t("source.place", document=found["document"], place=found["place"])))
    return Cell(
        category_text(view, found),
        mark="" if found["category"] else view.t.word("signal", found["prose_signal"]),
        details=tuple(details),
        href=f"{view.topic_path(topic_id)}#kommunen",
    )


def category_text(view: View, row: Row) -> str:
    """`Pionier`, or `nicht lesbar` where the colours of the map are not known."""
    if row["category"] is None:
        return view.t("category.not_legible")
    titles = {found["category"]: view.of(found, "title") for found in view.facts.rows("FROM marts.topic_category")}
    return titles[row["category"]]


def is_informative(values: Iterable[Value | None]) -> bool:
    """Whether a value says more than that there is an upper bound: it is exact, or at least so much."""
    return any(value is not None and (value.value is not None or (value.value_lower or 0) > 0) for value in values)


def _sectors_sql(found: SectorDate, period: Period | None) -> str:
    since = f"DATE '{period.from_date}'" if period else "NULL::DATE"
    return f"""
        SELECT w.target_id, w.weight_lower, w.weight_upper, e.region_id, e.sector_scheme, e.sector_id,
               e.reference_date, e.employees, e.employees_lower, e.employees_upper, e.status,
               q.location_quotient, q.location_quotient_lower, q.location_quotient_upper, s.label_de, s.label_en,
               g.from_date, g.growth_rate, g.growth_rate_lower, g.growth_rate_upper
        FROM marts.sector_weight w
        SEMI JOIN marts.leaf_sector l
            ON l.sector_scheme = w.sector_scheme AND l.sector_id = w.sector_id AND l.reference_date = '{found.date}'
        JOIN marts.employment e
            ON e.sector_scheme = w.sector_scheme AND e.sector_id = w.sector_id AND e.reference_date = '{found.date}'
        JOIN marts.specialisation q
            ON q.region_id = e.region_id AND q.sector_scheme = e.sector_scheme AND q.sector_id = e.sector_id
            AND q.reference_date = e.reference_date AND q.benchmark_id = '{NRW}'
        JOIN marts.sector s ON s.sector_scheme = w.sector_scheme AND s.sector_id = w.sector_id
        LEFT JOIN marts.growth g
            ON g.region_id = e.region_id AND g.sector_scheme = e.sector_scheme AND g.sector_id = e.sector_id
            AND g.to_date = e.reference_date AND g.from_date = {since}
        WHERE w.kind = 'topic' AND w.weight_upper > 0 AND w.sector_scheme = '{found.scheme}'
        ORDER BY w.target_id, e.region_id, w.weight_lower DESC,
                 coalesce(e.employees, e.employees_upper) DESC, e.sector_id
    """
