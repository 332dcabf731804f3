"""Findings as an officer decides on them: what was found, where, what to do, and how to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.exhibit import Column, Table
from monitor.facts import Row
from monitor.pages.quality_parts import open_findings, source_cell
from monitor.view import View
from quality.findings import PROGRAM_SAYS

#: Findings on the page, open ones and of each kind of decided ones; `s3monitor quality list` has all.
MOST_FINDINGS = 80
#: Names listed of many.
_NAMED = 5
_DECIDED = """
    FROM quality.finding WHERE state IN ('accepted', 'fixed')
    ORDER BY state, coalesce(accepted_on, last_seen::DATE) DESC, finding_id
"""


@dataclass(frozen=True)
class Finding:
    """An open finding. program_says: English, for the operators, where the text is German; concerns: pairs of word and
    what it is about; command: decides on it."""

    id: str
    text: str
    program_says: str
    severity: str
    severity_word: str
    since: str
    is_recurring: bool
    todo: str
    concerns: Sequence[tuple[str, str]]
    indicators: Sequence[tuple[str, str]]
    command: str


def findings(view: View) -> list[Finding]:
    """Findings that nobody has decided on, the most severe first, as many as fit a page."""
    found = []
    for row in open_findings(view.facts)[:MOST_FINDINGS]:
        text, _, said = view.of(row, "text").partition(PROGRAM_SAYS)
        found.append(
            Finding(
                id=row["finding_id"],
                text=text,
                program_says=said.strip(),
                severity=row["severity"],
                severity_word=view.t.word("severity", row["severity"]),
                since=view.day(row["first_seen"].date()),
                is_recurring=row["state"] == "recurring",
                todo=view.of(row, "todo"),
                concerns=_concerns(view, row),
                indicators=_indicators(view, row),
                command=view.t("quality_page.command", id=row["finding_id"]),
            )
        )
    return found


def _concerns(view: View, row: Row) -> list[tuple[str, str]]:
    t = view.t
    delivery = view.facts.deliveries.get(row["delivery_id"] or "")
    file = delivery.file_name if delivery else ""
    if file and row["locator"]:
        file = f"{file}, {view.locator(row['locator'])}"
    regions = [view.region(each) for each in row["region_ids"] or () if each in view.facts.regions]
    days = [view.day(day) for day in row["dates"] or ()]
    pairs = [
        (t("column.source"), _product(view, row["source_id"]) or (delivery.product if delivery else "")),
        (t("column.file"), file),
        (t("column.region"), _some(view, regions)),
        (t("column.dates"), _some(view, days)),
    ]
    return [(name, content) for name, content in pairs if content]


def _some(view: View, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} {view.t('more', count=more)}" if more > 0 else shown


def _product(view: View, source_id: str | None) -> str:
    found = view.facts.grouped("FROM quality.freshness", "source_id").get(source_id)
    return source_cell(view, found[0]).text if found else ""


def _indicators(view: View, row: Row) -> list[tuple[str, str]]:
    """Titles and pages of the indicators a finding is about."""
    known = (view.facts.indicators.get(each) for each in row["indicator_ids"] or ())
    return [(view.of(each, "title"), view.indicator_path(each.indicator_id)) for each in known if each]


def decided_tables(view: View) -> list[Table]:
    """Accepted findings with their reason, and fixed ones."""
    by_state = view.facts.grouped(_DECIDED, "state")
    tables = [_accepted(view, by_state.get("accepted", [])), _fixed(view, by_state.get("fixed", []))]
    return [table for table in tables if table.rows]


def _accepted(view: View, rows: Sequence[Row]) -> Table:
    t = view.t
    columns = (
        Column(t("column.finding")),
        Column(t("quality_page.reason")),
        Column(t("quality_page.accepted_by")),
        Column(t("quality_page.accepted_on")),
    )
    cells = [
        (
            view.text_cell(view.of(row, "text")),
            view.text_cell(row["reason"] or t("missing.none")),
            view.text_cell(row["accepted_by"] or t("missing.none")),
            view.day_cell(row["accepted_on"]),
        )
        for row in rows[:MOST_FINDINGS]
    ]
    return Table(t("quality_page.accepted", count=len(rows)), columns, cells, sortable=True)


def _fixed(view: View, rows: Sequence[Row]) -> Table:
    t = view.t
    columns = (Column(t("column.finding")), Column(t("column.since")), Column(t("quality_page.last_seen")))
    cells = [
        (
            view.text_cell(view.of(row, "text")),
            view.day_cell(row["first_seen"].date()),
            view.day_cell(row["last_seen"].date()),
        )
        for row in rows[:MOST_FINDINGS]
    ]
    return Table(t("quality_page.fixed", count=len(rows)), columns, cells, sortable=True)
