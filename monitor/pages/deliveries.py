"""Deliveries with their state, and the values that later ones revised."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import format as fmt
from monitor.exhibit import Cell, Column, Table
from monitor.facts import SHOWN_REGIONS, Row
from monitor.view import View

#: Lines of a table; the Parquet files have all.
_SHOWN_REVISIONS = 40
_SHOWN_DELIVERIES = 150

_DELIVERIES = """
    SELECT file_name, publisher, product, state, message, known_from, published_on, arrived_at, observations
    FROM meta.delivery ORDER BY arrived_at DESC, known_from DESC, file_name
"""
_SUMMARY = """
    SELECT n.product, n.publisher, r.variable, r.reference_date, r.cause, r.new_known_from, count(*) AS values,
           arg_max(r.relative_change, abs(r.relative_change)) AS largest,
           o.file_name AS old_file, n.file_name AS new_file
    FROM quality.revision r
    JOIN meta.delivery n ON n.delivery_id = r.new_delivery_id
    JOIN meta.delivery o ON o.delivery_id = r.old_delivery_id
    GROUP BY ALL ORDER BY abs(largest) DESC NULLS LAST, values DESC, variable, reference_date
"""
_REVISED = f"""
    FROM quality.revision WHERE region_id IN {SHOWN_REGIONS}
    ORDER BY abs(relative_change) DESC NULLS LAST, abs(absolute_change) DESC NULLS LAST, dataset, variable, region_id,
             dimensions
"""


def revisions_summary(view: View) -> Table | None:
    """Which files changed what and why, the biggest change first; None where nothing was revised."""
    rows = view.facts.rows(_SUMMARY)
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("column.input")),
        Column(t("column.date")),
        Column(t("quality_page.values"), numeric=True),
        Column(t("quality_page.largest"), numeric=True),
        Column(t("column.cause")),
        Column(t("quality_page.changed_on")),
        Column(t("quality_page.files_compared")),
    )
    cells = [
        (
            view.text_cell(t.word("variable", row["variable"])),
            view.day_cell(row["reference_date"]),
            Cell(fmt.number(row["values"], view.lang), raw=row["values"]),
            _share(view, row["largest"]),
            view.text_cell(t.word("cause", row["cause"])),
            view.day_cell(row["new_known_from"]),
            view.text_cell(t("quality_page.from_to", old=row["old_file"], new=row["new_file"])),
        )
        for row in rows[:_SHOWN_REVISIONS]
    ]
    return Table(t("quality_page.revisions_caption"), columns, cells, sortable=True)


def revised_table(view: View) -> Table | None:
    """The biggest changes in the shown regions."""
    rows = view.facts.rows(_REVISED)
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("column.input")),
        Column(t("column.region")),
        Column(t("column.date")),
        Column(t("column.before"), numeric=True),
        Column(t("column.now"), numeric=True),
        Column(t("column.change"), numeric=True),
        Column(t("column.cause")),
    )
    cells = [
        (
            view.text_cell(_input(view, row)),
            view.text_cell(view.region(row["region_id"])),
            view.day_cell(row["reference_date"]),
            view.number_cell(row["old_value"], row["old_status"]),
            view.number_cell(row["new_value"], row["new_status"]),
            _share(view, row["relative_change"]),
            view.text_cell(t.word("cause", row["cause"])),
        )
        for row in rows[:_SHOWN_REVISIONS]
    ]
    return Table(t("quality_page.revised_caption", shown=len(cells), count=len(rows)), columns, cells, sortable=True)


def _share(view: View, share: float | None) -> Cell:
    if share is None:
        return view.empty_cell("missing.none")
    return Cell(fmt.quantity(share, "growth", view.lang), raw=share)


def _input(view: View, row: Row) -> str:
    """What a value is about, with sector and further dimensions."""
    parts = [row["sector_id"] or "", view.t.word("dimension", row["dimensions"]) if row["dimensions"] else ""]
    detail = ", ".join(filter(None, parts))
    name = view.t.word("variable", row["variable"])
    return f"{name} ({detail})" if detail else name


def refused_table(view: View) -> Table | None:
    """Files that were not accepted, with the message; None where all were."""
    rows = [row for row in view.facts.rows(_DELIVERIES) if row["state"] != "accepted"]
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("column.file")),
        Column(t("column.state")),
        Column(t("quality_page.arrived")),
        Column(t("column.message")),
    )
    cells = [
        (
            view.text_cell(row["file_name"]),
            view.text_cell(t.word("delivery_state", row["state"])),
            view.day_cell(row["arrived_at"].date()),
            view.text_cell(row["message"] or t("missing.none")),
        )
        for row in rows[:_SHOWN_DELIVERIES]
    ]
    return Table(t("quality_page.refused_caption", count=len(rows)), columns, cells, sortable=True)


def accepted_table(view: View) -> Table | None:
    """Accepted files, the newest first."""
    rows = [row for row in view.facts.rows(_DELIVERIES) if row["state"] == "accepted"]
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("column.file")),
        Column(t("column.source")),
        Column(t("detail.vintage")),
        Column(t("quality_page.arrived")),
        Column(t("quality_page.figures"), numeric=True),
    )
    cells = [_accepted(view, row) for row in rows[:_SHOWN_DELIVERIES]]
    return Table(t("quality_page.accepted_files", shown=len(cells), count=len(rows)), columns, cells, sortable=True)


def _accepted(view: View, row: Row) -> Sequence[Cell]:
    observations = row["observations"]
    return (
        view.text_cell(row["file_name"]),
        view.text_cell(row["product"] or view.t("source.unknown")),
        view.day_cell(row["known_from"]),
        view.day_cell(row["arrived_at"].date()),
        Cell(fmt.number(observations, view.lang), raw=observations)
        if observations is not None
        else view.empty_cell("missing.none"),
    )
