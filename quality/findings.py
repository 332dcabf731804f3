"""Findings: what a person should know of the data, and their life from first seen to accepted or fixed.

A finding is told from others by its check and its subject, so it stays the same finding when its numbers change.
Its state follows from the last release and the decisions:

    open        it is there and nobody decided
    accepted    it is there and was accepted with these very numbers
    recurring   it was accepted with other numbers, or was fixed before, and is there again
    fixed       it was there in an earlier release and is not any more
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quality.checks import CheckResult, declared_checks
from quality.decisions import Decision
from warehouse.build import insert
from warehouse.connect import open_for_building
from warehouse.staging import Staged

#: States in which a finding waits for a decision.
OPEN = ("open", "recurring")
#: Stands in a German text before words of the program, which are English.
PROGRAM_SAYS = "Meldung des Programms:"
#: German words for what a decoder remarks on an accepted file; the numbers and cells follow as it printed them.
_REMARKS_DE = {
    "genesis.level_incomplete": "Die Datei enthält für die Kreise (noch) keine Werte",
    "genesis.regions_missing": "In der Datei fehlen Regionen, die zu ihrer Ebene gehören",
    "genesis.rows_missing": "In der Datei fehlen Zeilen, die andere Regionen haben",
    "genesis.times_missing": "In der Datei fehlen Jahre innerhalb der Zeitreihe",
    "times_missing": "In der Datei fehlen Jahre oder Monate innerhalb der Zeitreihe",
    "regions_missing": "In der Datei fehlen Regionen, die zu ihrer Ebene gehören",
    "series_ends_early": "Die Zeitreihe endet vor dem Stichtag, es können Zeilen fehlen",
    "end_not_marked": "Das Ende der Tabelle ist nicht gekennzeichnet, es können Zeilen fehlen",
    "stichtage_missing": "Einer Tabelle fehlt ein Stichtag, den eine andere derselben Datei hat",
    "rows_missing": "In der Datei fehlen Zeilen, die andere Regionen haben",
    "columns_empty": "Spalten ohne Zahl",
    "last_line_open": "Die letzte Zeile endet ohne Zeilenumbruch, ihre letzte Zelle kann abgeschnitten sein",
    "name_not_declared": "Unbekannte Bezeichnung, unter ihrem eigenen Namen übernommen",
}
_REMARK_TODO = (
    "In der Datei nachsehen; fehlt dort etwas, das später kommt, nichts tun, sonst beim Herausgeber nachfragen.",
    "Look at the file; where something is missing that comes later do nothing, else ask the publisher.",
)
_QUARANTINE_TODO = (
    "Die Datei noch einmal herunterladen. Wird sie wieder nicht übernommen, hat sich ihr Aufbau geändert: den "
    "Betrieb bitten, ihn zu beschreiben (docs/new-source.md). Die Datei bleibt im Archiv.",
    "Download the file again. Where it is refused again its layout has changed: ask the operators to declare it "
    "(docs/new-source.md). The file stays archived.",
)


@dataclass(frozen=True)
class Finding:
    """One finding; fields as in quality.finding, `subject` tells findings of one check apart."""

    check_id: str
    subject: str
    layer: str
    severity: str
    text_de: str
    text_en: str
    todo_de: str = ""
    todo_en: str = ""
    source_id: str | None = None
    delivery_id: str | None = None
    locator: str | None = None
    indicator_ids: tuple[str, ...] = ()
    region_ids: tuple[str, ...] = ()
    dates: tuple[dt.date, ...] = ()
    state: str = "open"
    first_seen: dt.datetime | None = None
    last_seen: dt.datetime | None = None
    accepted_by: str | None = None
    accepted_on: dt.date | None = None
    reason: str | None = None

    @property
    def finding_id(self) -> str:
        return _hash(self.check_id, self.subject)[:12]

    @property
    def fingerprint(self) -> str:
        """Of what it says: other numbers give another fingerprint."""
        return _hash(self.text_de)[:16]

    @property
    def holds_release(self) -> bool:
        return self.severity == "stop" and self.state in OPEN

    def to_row(self) -> dict[str, Any]:
        lists = {name: list(getattr(self, name)) or None for name in ("indicator_ids", "region_ids", "dates")}
        own = {"finding_id": self.finding_id, "fingerprint": self.fingerprint}
        return {**vars(self), **lists, **own}


def found(staged: Iterable[tuple[Staged, str]], results: Iterable[CheckResult]) -> list[Finding]:
    """All findings of a build: from the verdicts (each with its file name) and the checks that did not pass."""
    findings = []
    for verdict, file_name in staged:
        findings += _of_delivery(verdict, file_name)
    for result in results:
        findings += _of_check(result)
    return findings


def with_state(
    findings: Iterable[Finding],
    before: Mapping[str, Mapping[str, Any]],
    decisions: Mapping[str, Decision],
    now: dt.datetime,
) -> list[Finding]:
    """The findings with their state, and those of the last release that are fixed now.

    before     rows of quality.finding of the last release by finding_id
    decisions  by finding_id
    """
    current = {finding.finding_id: finding for finding in findings}
    living = [_living(f, before.get(f.finding_id), decisions.get(f.finding_id), now) for f in current.values()]
    gone = [_fixed(row) for finding_id, row in before.items() if finding_id not in current]
    return living + gone


def record_findings(built: Path, findings: Iterable[Finding]) -> None:
    """Write findings into a built, unpublished warehouse."""
    with open_for_building(built) as connection:
        insert(connection, "quality.finding", [finding.to_row() for finding in findings])


def _living(finding: Finding, before: Mapping[str, Any] | None, decision: Decision | None, now: dt.datetime) -> Finding:
    accepted = decision is not None and decision.fingerprint == finding.fingerprint
    returned = decision is not None or (before is not None and before["state"] in ("fixed", "recurring"))
    return replace(
        finding,
        state="accepted" if accepted else "recurring" if returned else "open",
        first_seen=before["first_seen"] if before else now,
        last_seen=now,
        accepted_by=decision.accepted_by if decision and accepted else None,
        accepted_on=decision.accepted_on if decision and accepted else None,
        reason=decision.reason if decision and accepted else None,
    )


def _fixed(row: Mapping[str, Any]) -> Finding:
    names = set(Finding.__dataclass_fields__)
    kept = {name: value for name, value in row.items() if name in names}
    lists = {name: tuple(kept.get(name) or ()) for name in ("indicator_ids", "region_ids", "dates")}
    return Finding(**{**kept, **lists, "state": "fixed"})


def _of_delivery(verdict: Staged, file_name: str) -> list[Finding]:
    findings = []
    if verdict.state == "quarantined":
        findings.append(
            Finding(
                check_id="quarantined",
                subject=verdict.delivery_id,
                layer="arrival",
                severity="quarantine",
                text_de=f"Die Datei {file_name} wurde nicht übernommen. {PROGRAM_SAYS} {verdict.message}",
                text_en=f"{file_name} was not accepted: {verdict.message}",
                todo_de=_QUARANTINE_TODO[0],
                todo_en=_QUARANTINE_TODO[1],
                source_id=verdict.source_id,
                delivery_id=verdict.delivery_id,
            )
        )
    for remark in verdict.remarks:
        german = _REMARKS_DE.get(remark.check_id, "Auffälligkeit in der Datei")
        findings.append(
            Finding(
                check_id=remark.check_id,
                subject=f"{verdict.delivery_id} {remark.where} {remark.text}",
                layer="arrival",
                severity="warn",
                text_de=f"{file_name}: {german}. {PROGRAM_SAYS} {remark.text}",
                text_en=f"{file_name}: {remark.text}",
                todo_de=_REMARK_TODO[0],
                todo_en=_REMARK_TODO[1],
                source_id=verdict.source_id,
                delivery_id=verdict.delivery_id,
                locator=remark.where or None,
            )
        )
    return findings


def _of_check(result: CheckResult) -> list[Finding]:
    if result.passed:
        return []
    check = declared_checks().get(result.check_id)
    shared: dict[str, Any] = {
        "check_id": result.check_id,
        "layer": result.layer,
        "severity": result.severity,
        "todo_de": result.todo_de,
        "todo_en": result.todo_en,
    }
    if check and check.finding_de and check.finding_en and check.subject:
        return [
            Finding(
                **shared,
                subject=str(row[check.subject]),
                text_de=check.finding_de.format(**_german(row)),
                text_en=check.finding_en.format(**row),
                source_id=row.get("source_id"),
                delivery_id=row.get("delivery_id"),
                locator=row.get("locator"),
                indicator_ids=tuple(row.get("indicator_ids") or ()),
                region_ids=tuple(row.get("region_ids") or ()),
                dates=tuple(row.get("dates") or ()),
            )
            for row in result.rows
        ]
    count = f"{result.failed} / {result.checked}"
    return [
        Finding(
            **shared,
            subject="",
            text_de=f"Nicht erfüllt ({count}): {result.text_de}. Beispiel: {result.example}",
            text_en=f"Not met ({count}): {result.text_en}. Example: {result.example}",
        )
    ]


def _german(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row with their days as German texts write them."""
    return {name: f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else value for name, value in row.items()}


def _hash(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
