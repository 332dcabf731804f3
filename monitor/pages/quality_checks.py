"""What was checked before the release, in plain words: by source, and by the figures that were looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor import format as fmt
from monitor.exhibit import Cell, Column, Table
from monitor.facts import Facts, Row
from monitor.pages.quality_parts import source_cell
from monitor.view import View
from quality.checks import SEVERITIES, declared_checks
from quality.findings import OPEN
from schemas.registry import relations

_RESULTS = f"""
    FROM quality.check_result
    ORDER BY passed, list_position({list(SEVERITIES)}, severity), check_id
"""
#: Which figures each source feeds.
_FEEDS = """
    SELECT DISTINCT relation, source_id FROM (
        SELECT 'marts.employment' AS relation, delivery_id FROM marts.employment
        UNION ALL SELECT 'marts.specialisation', delivery_id FROM marts.employment
        UNION ALL SELECT 'marts.broadband', delivery_id FROM marts.broadband
        UNION ALL SELECT 'marts.mobile_coverage', delivery_id FROM marts.mobile_coverage
        UNION ALL SELECT 'marts.boundary', delivery_id FROM marts.boundary
        UNION ALL SELECT 'marts.indicator_value', delivery_id FROM meta.lineage
        UNION ALL SELECT 'history.observation', delivery_id FROM meta.delivery WHERE state = 'accepted'
    ) JOIN meta.delivery USING (delivery_id)
"""
_FILES = """
    SELECT source_id, count(*) FILTER (state = 'accepted') AS accepted, count(*) FILTER (state <> 'accepted') AS refused
    FROM meta.delivery GROUP BY source_id
"""
_OPEN = f"""
    SELECT coalesce(f.source_id, d.source_id) AS source_id, count(*) AS findings
    FROM quality.finding f LEFT JOIN meta.delivery d USING (delivery_id)
    WHERE f.state IN {OPEN} GROUP BY ALL
"""


def _relation(check_id: str) -> str:
    """What a check looks at: told by its id (`key.marts.actor`, `gx.employment.once`), else by its declaration."""
    kind, _, rest = check_id.partition(".")
    if kind == "key":
        return rest
    if kind == "gx":
        return f"marts.{rest.partition('.')[0].removesuffix('_complete')}"
    declared = declared_checks().get(check_id)
    return declared.of if declared else ""


def _by_relation(facts: Facts) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in facts.rows(_RESULTS):
        found.setdefault(_relation(row["check_id"]), []).append(row)
    return found


def failed_table(view: View) -> Table | None:
    """Checks that did not pass; None where all did."""
    rows = [row for row in view.facts.rows(_RESULTS) if not row["passed"]]
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("quality_page.should")),
        Column(t("column.severity")),
        Column(t("quality_page.result")),
        Column(t("quality_page.bound")),
        Column(t("column.todo")),
    )
    cells = [
        (
            view.text_cell(view.of(row, "text")),
            view.text_cell(t.word("severity", row["severity"])),
            _result(view, row),
            view.text_cell(_threshold(view, row)),
            view.text_cell(view.of(row, "todo")),
        )
        for row in rows
    ]
    return Table(t("quality_page.failed_caption", count=len(rows)), columns, cells)


def _result(view: View, row: Row) -> Cell:
    numbers = {"failed": fmt.number(row["failed"], view.lang), "checked": fmt.number(row["checked"] or 0, view.lang)}
    if row["passed"]:
        return view.text_cell(view.t("quality_page.passed", **numbers))
    return view.text_cell(view.t("quality_page.not_passed", **numbers))


def _threshold(view: View, row: Row) -> str:
    """The bound in the language of the page: it is declared as `German / English`."""
    german, _, english = (row["threshold"] or "").partition(" / ")
    return english if view.lang == "en" and english else german


def sources_table(view: View) -> Table:
    """Every source: files, how many checks its figures went through, open findings."""
    t, facts = view.t, view.facts
    checks = _by_relation(facts)
    feeds = facts.grouped(_FEEDS, "source_id")
    files = facts.grouped(_FILES, "source_id")
    findings = {row["source_id"]: row["findings"] for row in facts.rows(_OPEN)}
    columns = (
        Column(t("column.source")),
        Column(t("quality_page.files"), numeric=True),
        Column(t("quality_page.files_refused"), numeric=True),
        Column(t("quality_page.checks_passed")),
        Column(t("quality_page.looked_at")),
        Column(t("quality.findings"), numeric=True),
    )
    rows = []
    for source in facts.rows("FROM quality.freshness ORDER BY publisher, product, source_id"):
        source_id = source["source_id"]
        fed = [row["relation"] for row in feeds.get(source_id, [])]
        results = [check for relation in fed for check in checks.get(relation, [])]
        counts = files.get(source_id, [{"accepted": 0, "refused": 0}])[0]
        rows.append(
            (
                source_cell(view, source),
                _count(view, counts["accepted"]),
                _count(view, counts["refused"]),
                view.text_cell(_passed(view, results)),
                view.text_cell(_titles(view, fed)),
                _count(view, findings.get(source_id, 0)),
            )
        )
    return Table(t("quality_page.by_source"), columns, rows, sortable=True)


def _count(view: View, count: int) -> Cell:
    return Cell(fmt.number(count, view.lang), raw=count)


def _passed(view: View, results: Sequence[Row]) -> str:
    if not results:
        return view.t("quality_page.only_on_arrival")
    return view.t("quality_page.checks_of", passed=sum(row["passed"] for row in results), count=len(results))


def _titles(view: View, names: Iterable[str]) -> str:
    """What relations hold, those that every source feeds left out."""
    shown = sorted(name for name in names if name != "history.observation")
    return "; ".join(_title(view, name) for name in shown) or view.t("missing.none")


def _title(view: View, relation: str) -> str:
    """What a relation holds, in the first words of its description."""
    known = relations().get(relation)
    if known is None:
        return view.t("quality_page.other_checks")
    return re.split(r"[.:;(] ?| - ", view.of(known, "description"))[0].strip()


def checks_by_relation(view: View) -> list[tuple[str, str, Table]]:
    """Title, result and table of the checks of each relation; those with nothing but their key are one table."""
    groups = _by_relation(view.facts)
    keys = [row for rows in groups.values() if len(rows) == 1 for row in rows]
    several = {relation: rows for relation, rows in groups.items() if len(rows) > 1}
    ordered = sorted(several, key=lambda relation: (-len(several[relation]), relation))
    tables = [
        (_title(view, relation), _passed(view, several[relation]), _table(view, several[relation]))
        for relation in ordered
    ]
    if keys:
        tables.append((view.t("quality_page.other_checks"), _passed(view, keys), _table(view, keys)))
    return tables


def _table(view: View, rows: Sequence[Row]) -> Table:
    t = view.t
    columns = (
        Column(t("quality_page.should")),
        Column(t("quality_page.result")),
        Column(t("quality_page.if_not")),
        Column(t("quality_page.bound")),
    )
    cells = [
        (
            view.text_cell(view.of(row, "text")),
            _result(view, row),
            view.text_cell(t.word("severity", row["severity"])),
            view.text_cell(_threshold(view, row)),
        )
        for row in rows
    ]
    return Table(t("quality_page.checks"), columns, cells)
