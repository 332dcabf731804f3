"""How fresh the sources are and what is open: tables of the quality page, and their first lines on the start page."""

from __future__ import annotations

from monitor.exhibit import Cell, Column, Table
from monitor.facts import Facts, Row
from monitor.view import View
from quality.checks import SEVERITIES
from quality.findings import OPEN

#: States of a source that ask for attention, the worst first.
_URGENT = ("failed", "late", "due")
_LIGHTS = {"failed": "red", "late": "red", "due": "yellow", "fresh": "green", "unscheduled": "none"}


def sources(facts: Facts) -> list[Row]:
    """The rows of quality.freshness, the most urgent first."""
    return facts.rows(_FRESHNESS)


def urgent_sources(facts: Facts) -> list[Row]:
    """Sources that are failed, late or due."""
    return [row for row in sources(facts) if row["state"] in _URGENT]


def open_findings(facts: Facts) -> list[Row]:
    """Findings that nobody has decided on, the most severe first."""
    return facts.rows(_FINDINGS)


def state_cell(view: View, row: Row) -> Cell:
    """State of a source on the day of the release, as a light."""
    return Cell(view.t.word("freshness", row["state"]), raw=row["state"], light=_LIGHTS.get(row["state"], "none"))


def source_cell(view: View, row: Row) -> Cell:
    """A source by its product and the code of its table, which tells tables of one name apart."""
    name = row["product"] or row["source_id"]
    code = row["source_id"].rpartition("_")[2]
    text = f"{name} ({code})" if code[:1].isdigit() else name
    publisher = row["publisher"] or view.t("source.unknown")
    return Cell(text, raw=text, details=((view.t("download.publisher"), publisher),))


def freshness_table(view: View) -> Table:
    """All sources with their newest reference date and when the next is to be expected."""
    t = view.t
    columns = (
        Column(t("column.source")),
        Column(t("column.state")),
        Column(t("column.newest_date")),
        Column(t("detail.vintage")),
        Column(t("column.next_date")),
        Column(t("column.due_on")),
    )
    rows = [
        (
            source_cell(view, row),
            state_cell(view, row),
            view.day_cell(row["newest_reference_date"]),
            view.day_cell(row["known_from"]),
            view.day_cell(row["next_reference_date"]),
            view.day_cell(row["due_on"]),
        )
        for row in sources(view.facts)
    ]
    caption = t("quality.freshness_caption", day=view.day(view.facts.release.released_at.date()))
    return Table(caption, columns, rows, sortable=True)


_FRESHNESS = """
    FROM quality.freshness
    ORDER BY list_position(['failed', 'late', 'due', 'fresh', 'unscheduled'], state), newest_reference_date, source_id
"""
_FINDINGS = f"""
    FROM quality.finding WHERE state IN {OPEN}
    ORDER BY list_position({list(SEVERITIES)}, severity), check_id, finding_id
"""
