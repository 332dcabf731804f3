"""Findings: what an officer should know of the data of this release, in German and English."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from quality.checks import CheckResult
from warehouse.build import insert
from warehouse.connect import open_for_building
from warehouse.staging import Staged

#: German words for what a decoder remarks on an accepted file; the numbers and cells follow as it printed them.
_REMARKS_DE = {
    "genesis.level_incomplete": "Die Datei enthält für die Kreise (noch) keine Werte",
}


def findings(staged: Iterable[tuple[Staged, str]], results: Iterable[CheckResult]) -> list[dict[str, Any]]:
    """Rows of quality.finding from the verdicts (each with its file name) and the checks that did not pass."""
    rows = []
    for verdict, file_name in staged:
        if verdict.state == "quarantined":
            rows.append(
                _row(
                    "quarantined",
                    "quarantine",
                    verdict,
                    "",
                    f"Die Datei {file_name} wurde nicht übernommen: {verdict.message}",
                    f"{file_name} was not accepted: {verdict.message}",
                )
            )
        for remark in verdict.remarks:
            german = _REMARKS_DE.get(remark.check_id, "Hinweis")
            rows.append(
                _row(
                    remark.check_id,
                    "warn",
                    verdict,
                    remark.where,
                    f"{file_name}: {german} ({remark.text})",
                    f"{file_name}: {remark.text}",
                )
            )
    for result in results:
        if not result.passed:
            count = f"{result.failed} / {result.checked}"
            rows.append(
                _row(
                    result.check_id,
                    result.severity,
                    None,
                    "",
                    f"Nicht erfüllt ({count}): {result.text_de}. Beispiel: {result.example}",
                    f"Not met ({count}): {result.text_en}. Example: {result.example}",
                )
            )
    return rows


def record_findings(built: Path, rows: list[dict[str, Any]]) -> None:
    """Write findings into a built, unpublished warehouse."""
    with open_for_building(built) as connection:
        insert(connection, "quality.finding", rows)


def _row(
    check_id: str, severity: str, verdict: Staged | None, where: str, text_de: str, text_en: str
) -> dict[str, Any]:
    delivery_id = verdict.delivery_id if verdict else None
    identity = "|".join((check_id, delivery_id or "", where))
    return {
        "finding_id": hashlib.sha256(identity.encode()).hexdigest()[:12],
        "check_id": check_id,
        "severity": severity,
        "state": "open",
        "source_id": verdict.source_id if verdict else None,
        "delivery_id": delivery_id,
        "locator": where or None,
        "text_de": text_de,
        "text_en": text_en,
    }
