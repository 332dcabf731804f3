"""Innovation centres, the actors the strategy names, and the clusters of NRW."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.exhibit import Cell, Column, Exhibit, Table
from monitor.facts import Row
from monitor.format import number
from monitor.page import Page
from monitor.view import View
from reference.regions import RUHR

PATH = "akteure.html"


def pages(view: View) -> Iterator[Page]:
    """One page."""
    yield Page(
        path=PATH,
        template="akteure.html.j2",
        title=view.t("actors.title"),
        section="actors",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "counts": _counts(view),
            "centres": _centres(view),
            "clusters": _clusters(view),
        },
        exhibits={"actors": _actors(view)},
    )


def _counts(view: View) -> Table:
    """Numbers of centres: printed, computed, or not stated."""
    t = view.t
    columns = (
        Column(t("actors.group")),
        Column(t("actors.kind")),
        Column(t("column.count"), numeric=True),
        Column(t("actors.basis")),
        Column(t("actors.remark")),
    )
    rows = [
        (
            view.text_cell(view.of(row, "title")),
            view.text_cell(t(f"centre_kind.{row['kind']}")),
            view.empty_cell("actors.not_stated")
            if row["centres"] is None
            else Cell(number(row["centres"], view.lang), raw=row["centres"]),
            view.text_cell(t(f"centre_basis.{row['basis']}")),
            view.text_cell(view.of(row, "note") or t("missing.none")),
        )
        for row in view.facts.rows(_COUNTS)
    ]
    return Table(t("actors.counts"), columns, rows)


def _centres(view: View) -> Table:
    """The centres that are named, with their place and how it is known."""
    t = view.t
    sectors = {row["group_id"]: view.of(row, "title") for row in view.facts.rows(_COUNTS)}
    columns = (
        Column(t("actors.centre")),
        Column(t("column.place_of")),
        Column(t("column.region")),
        Column(t("actors.sector")),
        Column(t("actors.remark")),
    )
    rows = [
        (
            view.text_cell(row["name"]),
            view.text_cell(row["municipality"]),
            _region(view, row["region_id"]),
            view.text_cell(sectors.get(row["sector"]) or str(row["sector"])),
            view.text_cell(view.of(row, "note") or t("missing.none")),
        )
        for row in view.facts.rows("FROM marts.innovation_centre ORDER BY name")
    ]
    return Table(t("actors.centres_caption", count=len(rows)), columns, rows, sortable=True)


def _region(view: View, region_id: str) -> Cell:
    region = view.facts.regions[region_id]
    is_kommune = region.in_ruhr and region.level == "kreis"
    return view.text_cell(view.region(region_id), view.kommune_path(region) if is_kommune else "")


def _actors(view: View) -> Exhibit:
    """All actors of the strategy; scripts offer a choice of topic, Kommune and kind."""
    t = view.t
    rows = view.facts.rows(_ACTORS)
    columns = (
        Column(t("column.actor")),
        Column(t("column.topic"), choice=True),
        Column(t("column.region"), choice=True),
        Column(t("column.kind"), choice=True),
        Column(t("column.stage")),
        Column(t("column.place")),
    )
    cells = [
        (
            _name(view, row),
            view.text_cell(t.word("topic_short", row["topic_id"]), view.topic_path(row["topic_id"])),
            _region(view, row["region_id"]),
            view.text_cell(t.word("actor_type", row["actor_type"])),
            view.text_cell(t.word("stage", row["stage"])),
            view.text_cell(row["place"]),
        )
        for row in rows
    ]
    title = t("actors.actors_caption", count=len(rows))
    return Exhibit(
        slug="akteure",
        title=title,
        picture=None,
        table=Table(title, columns, cells, sortable=True),
        unit="",
        date=_years(_documents(rows)),
        source=_documents(rows),
        vintage="",
        explain="methodik.html#akteure",
        note=t("actors.actors_note", ruhr=view.region(RUHR)),
    )


def _years(documents: str) -> str:
    """The years in the names of documents."""
    return ", ".join(sorted(set(re.findall(r"\b\d{4}\b", documents))))


def _documents(rows: Sequence[Row]) -> str:
    return "; ".join(sorted({row["document"] for row in rows}))


def _name(view: View, row: Row) -> Cell:
    """Name with its municipality and remark, where the strategy has them."""
    place = f" ({row['municipality']})" if row["municipality"] else ""
    note = view.of(row, "note")
    details = ((view.t("actors.remark"), note),) if note else ()
    return Cell(f"{row['name']}{place}", raw=row["name"], details=details)


def _clusters(view: View) -> list[tuple[str, Table]]:
    """Clusters and networks of NRW by innovation field."""
    t = view.t
    columns = (Column(t("actors.cluster")), Column(t("column.kind")), Column(t("actors.remark")))
    by_field = view.facts.grouped(_CLUSTERS, "innovation_field")
    return [
        (
            view.of(rows[0], "field"),
            Table(
                view.of(rows[0], "field"),
                columns,
                [
                    (
                        view.text_cell(row["name"]),
                        view.text_cell(t(f"cluster_kind.{row['kind']}")),
                        view.text_cell(view.of(row, "note") or t("missing.none")),
                    )
                    for row in rows
                ],
            ),
        )
        for rows in by_field.values()
    ]


_COUNTS = """
    FROM marts.innovation_centre_count
    ORDER BY list_position(['total', 'sector', 'specialisation'], kind), centres DESC NULLS LAST, group_id
"""
_ACTORS = """
    SELECT a.* FROM marts.actor a JOIN marts.topic t USING (topic_id) JOIN marts.region r USING (region_id)
    ORDER BY a.actor_id
"""
_CLUSTERS = "FROM marts.nrw_cluster ORDER BY innovation_field, name"
