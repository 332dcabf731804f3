"""The six topics of the strategy: an overview with the matrix of Kommunen, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from monitor.charts import Cell as MatrixCell
from monitor.charts import Heading, Level, Matrix, matrix
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import Row
from monitor.links import Links
from monitor.page import Page
from monitor.pages.cards import Card, certainty_cell, dated_light, since_cell
from monitor.pages.indicator_exhibits import comparison, development
from monitor.pages.sector_exhibits import sector_comparison, sector_development
from monitor.pages.sectors import DIVISIONS
from monitor.pages.topic_parts import (
    MEASURES,
    category_cell,
    category_text,
    clue_cell,
    is_informative,
    sector_date,
    sectors_of_topic,
    sectors_table,
    topics,
)
from monitor.view import View
from reference.regions import RUHR

INDEX = "themen/index.html"
#: How the strategy's categories are told apart without colour.
_SYMBOLS: dict[str, Literal["full", "half", "empty"]] = {
    "pioneer": "full",
    "development_potential": "half",
    "less_in_focus": "empty",
}


def pages(view: View) -> Iterator[Page]:
    """The overview, and a page per topic."""
    yield _overview(view)
    yield from (_topic(view, topic) for topic in topics(view.facts))


def topic_card(view: View, topic: Row) -> Card:
    """A topic in one glance: employees with light, specialisation with light, development, certainty."""
    t, topic_id = view.t, topic["topic_id"]
    employees, quotient = (f"{measure}.{topic_id}" for measure in MEASURES)
    value = view.facts.newest(employees)
    light = view.facts.lights.get((employees, RUHR))
    # Where the topic's own values say nothing of its specialisation, the sector it is part of is the best there is.
    if is_informative([value]):
        third = (t("card.lq"), view.value_cell(view.facts.newest(quotient)))
    else:
        third = (t("card.clue"), clue_cell(view, topic_id, RUHR))
    return Card(
        title=t.word("topic_short", topic_id),
        path=view.topic_path(topic_id),
        light=dated_light(view, light, value),
        facts=(
            (t("column.employees"), view.value_cell(value, is_bare=True)),
            (t("card.since"), since_cell(view, view.facts.indicators[employees], light)),
            third,
            (t("card.certainty"), certainty_cell(view, value)),
        ),
    )


def _overview(view: View) -> Page:
    return Page(
        path=INDEX,
        template="topics.html.j2",
        title=view.t("topics.title"),
        section="topics",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "cards": [topic_card(view, topic) for topic in topics(view.facts)],
            "categories": view.facts.rows("FROM marts.topic_category"),
        },
        exhibits={"matrix": _matrix(view)},
    )


def _matrix(view: View) -> Exhibit:
    """Topic × Kommune, as figures 10 to 15 of the strategy."""
    t, facts, links = view.t, view.facts, Links(INDEX, view.lang)
    found = topics(facts)
    rows = facts.rows("FROM marts.topic_region")
    chart = Matrix(
        title=t("matrix.title"),
        rows=[Heading(r.region_id, r.name, links.url(view.kommune_path(r))) for r in facts.kreise],
        columns=[
            Heading(
                topic["topic_id"],
                t.word("topic_short", topic["topic_id"]),
                links.url(view.topic_path(topic["topic_id"])),
            )
            for topic in found
        ],
        levels=[
            Level(row["category"], view.of(row, "title"), _SYMBOLS.get(row["category"], "empty"))
            for row in facts.rows("FROM marts.topic_category")
        ],
        cells=[_matrix_cell(view, row) for row in rows],
    )
    columns = [Column(t("column.region")), *(Column(t.word("topic_short", topic["topic_id"])) for topic in found)]
    cells = [
        [
            view.text_cell(region.name, view.kommune_path(region)),
            *(category_cell(view, topic["topic_id"], region.region_id) for topic in found),
        ]
        for region in facts.kreise
    ]
    is_legible = any(row["category"] for row in rows)
    return Exhibit(
        slug="themen-matrix",
        title=t("matrix.title"),
        picture=Picture(matrix, chart),
        table=Table(t("matrix.title"), tuple(columns), cells),
        unit=t("matrix.unit"),
        date="2021",
        source="; ".join(sorted({f"{row['document']}" for row in rows})),
        vintage="",
        explain="themen/index.html#kategorien",
        note=t("matrix.note") if is_legible else t("matrix.not_legible"),
    )


def _matrix_cell(view: View, row: Row) -> MatrixCell:
    return MatrixCell(
        row=row["region_id"],
        column=row["topic_id"],
        level=row["category"],
        missing="" if row["category"] else view.t("category.not_legible"),
        hint=view.t.word("signal", row["prose_signal"]),
        source=view.t("source.place", document=row["document"], place=row["place"]),
    )


# --- one topic ------------------------------------------------------------------------------------


def _topic(view: View, topic: Row) -> Page:
    t, facts, topic_id = view.t, view.facts, topic["topic_id"]
    path = view.topic_path(topic_id)
    series, bars = _exhibits(view, topic_id, path)
    found = sector_date(facts, topic_id)
    is_exact = found is not None and found.scheme == DIVISIONS
    return Page(
        path=path,
        template="topic.html.j2",
        title=view.of(topic, "title"),
        section="topics",
        crumbs=((t("nav.start"), "index.html"), (t("nav.topics"), INDEX)),
        content={
            "topic": topic,
            "description": view.of(topic, "description"),
            "measures": [
                (view.of(row, "text"), row) for row in _of_topic(view, _MEASURES_OF_STRATEGY, topic_id)
            ],
            "state": _state(view, topic_id),
            "is_exact": is_exact,
            "scheme": t.word("scheme", found.scheme) if found else "",
            "sectors": sectors_table(view, topic_id, RUHR),
            "divisions": _divisions(view, topic_id),
            "kommunen": _kommunen(view, topic_id),
            "series": series,
            "bars": bars,
            "actors": _actors(view, topic_id),
        },
        exhibits={exhibit.slug: exhibit for exhibit in (*series, *bars)},
    )  # fmt: skip


def _exhibits(view: View, topic_id: str, path: str) -> tuple[list[Exhibit], list[Exhibit]]:
    """Series of the Ruhr and comparisons of the Kreise: of the topic, or of the sectors it is part of where the topic's
    own values have no lower bound and would show nothing."""
    employees, quotient = (view.facts.indicators[f"{measure}.{topic_id}"] for measure in MEASURES)
    if is_informative([view.facts.newest(employees.indicator_id)]):
        series = [development(view, employees), development(view, quotient)]
        bars = [comparison(view, quotient, path)]
    else:
        sectors = sectors_of_topic(view.facts, topic_id, RUHR)
        keys = [(row["sector_scheme"], row["sector_id"]) for row in sectors]
        prefix = f"thema-{topic_id}"
        series = [sector_development(view, scheme, sector, RUHR, prefix) for scheme, sector in keys]
        bars = [sector_comparison(view, scheme, sector, path, prefix) for scheme, sector in keys]
    return [_here(one) for one in series if one], [_here(one) for one in bars if one]


def _here(exhibit: Exhibit) -> Exhibit:
    """The same exhibit on the page of the topic, with downloads of its own."""
    return replace(exhibit, slug=f"thema-{exhibit.slug.removeprefix('thema-')}")


def _of_topic(view: View, sql: str, topic_id: str) -> list[Row]:
    return view.facts.grouped(sql, "topic_id").get(topic_id, [])


def _state(view: View, topic_id: str) -> Table:
    """The two measures of a topic in the Ruhr: what, how good, since when, how sure."""
    t = view.t
    columns = (
        Column(t("column.indicator")),
        Column(t("column.value"), numeric=True, interval=True),
        Column(t("column.light")),
        Column(t("card.since")),
        Column(t("card.certainty")),
    )
    rows = []
    for measure in MEASURES:
        indicator = view.facts.indicators[f"{measure}.{topic_id}"]
        value = view.facts.newest(indicator.indicator_id)
        light = view.facts.lights.get((indicator.indicator_id, RUHR))
        rows.append(
            [
                view.text_cell(t(f"topic.{measure}"), view.indicator_path(indicator.indicator_id)),
                view.value_cell(value),
                dated_light(view, light, value),
                since_cell(view, indicator, light),
                certainty_cell(view, value),
            ]
        )
    return Table(t("topic.state_caption"), columns, rows)


def _divisions(view: View, topic_id: str) -> Table:
    """The divisions the topic is counted from, and those named beside it."""
    t = view.t
    columns = (
        Column(t("column.division")),
        Column(t("column.role")),
        Column(t("column.counted")),
        Column(t("column.evidence")),
        Column(t("column.place")),
    )
    rows = [
        (
            view.text_cell(f"{row['division']} {view.of(row, 'label')}".rstrip()),
            view.text_cell(t.word("role", row["role"])),
            view.text_cell(t("counted.yes" if row["weight"] else "counted.no")),
            view.text_cell(view.of(row, "evidence")),
            view.text_cell(t("source.place", document=row["document"], place=row["place"])),
        )
        for row in _of_topic(view, _DIVISIONS, topic_id)
    ]
    return Table(t("topic.divisions_caption"), columns, rows)


def _kommunen(view: View, topic_id: str) -> Table:
    """What the strategy and the figures say of the topic in each Kreis."""
    t = view.t
    by_region = view.facts.grouped("FROM marts.topic_region", "topic_id", "region_id")
    columns = (
        Column(t("column.region")),
        Column(t("column.category")),
        Column(t("category.reading")),
        Column(t("column.employees"), numeric=True, interval=True),
        Column(t("column.lq"), numeric=True, interval=True),
        Column(t("column.light")),
    )
    rows = []
    for region in view.facts.kreise:
        found = by_region.get((topic_id, region.region_id))
        values = [view.facts.newest(f"{measure}.{topic_id}", region.region_id) for measure in MEASURES]
        light = view.facts.lights.get((f"{MEASURES[0]}.{topic_id}", region.region_id))
        rows.append(
            [
                view.text_cell(region.name, view.kommune_path(region)),
                view.text_cell(category_text(view, found[0])) if found else view.empty_cell("missing.none"),
                _reading(view, found[0]) if found else view.empty_cell("missing.none"),
                *(view.value_cell(value, is_bare=True) for value in values),
                dated_light(view, light, values[0]),
            ]
        )
    return Table(t("topic.kommunen_caption"), columns, rows, sortable=True)


def _reading(view: View, row: Row) -> Cell:
    details = [(view.t("category.reading"), view.of(row, "prose_signal_note"))]
    if row["quote"]:
        details.append((view.t("category.quote"), view.t("quoted", text=row["quote"])))
    details.append((view.t("detail.source"), f"{row['document']}, {row['prose_signal_place'] or row['place']}"))
    return Cell(view.t.word("signal", row["prose_signal"]), details=tuple(details))


def _actors(view: View, topic_id: str) -> Table | None:
    rows = _of_topic(view, _ACTORS, topic_id)
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("column.actor")),
        Column(t("column.kind")),
        Column(t("column.place_of")),
        Column(t("column.stage")),
    )
    cells = [
        (
            view.text_cell(row["name"]),
            view.text_cell(t.word("actor_type", row["actor_type"])),
            view.text_cell(row["municipality"] or (view.region(row["region_id"]) if row["region_id"] else "–")),
            view.text_cell(t.word("stage", row["stage"])),
        )
        for row in rows
    ]
    return Table(t("topic.actors_caption", count=len(rows)), columns, cells, sortable=True)


_MEASURES_OF_STRATEGY = "FROM marts.goal WHERE kind = 'topic_measure' ORDER BY goal_id"
_DIVISIONS = f"""
    SELECT t.*, s.label_de, s.label_en FROM marts.topic_sector t
    LEFT JOIN marts.sector s ON s.sector_scheme = '{DIVISIONS}' AND s.sector_id = t.division
    ORDER BY t.topic_id, t.weight DESC, list_position(['core', 'enabling', 'adjacent'], t.role), t.division
"""
_ACTORS = "FROM marts.actor ORDER BY topic_id, name"
