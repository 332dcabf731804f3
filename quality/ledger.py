"""Where findings and decisions are kept between releases.

<data>/s3monitor.duckdb          quality.finding: the findings of the published release
<data>/quality/held.json         findings that hold back a release that was built and not published
<data>/quality/decisions.csv     findings that were accepted; survives every rebuild
<data>/quality/withdrawals.csv   files that were withdrawn; survives every rebuild
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quality.checks import SEVERITIES
from quality.decisions import read_decisions
from quality.findings import OPEN, Finding
from warehouse.connect import open_published, records
from warehouse.data_folder import DataFolder, write_atomically


def decisions_path(data: DataFolder) -> Path:
    return data.quality / "decisions.csv"


def withdrawals_path(data: DataFolder) -> Path:
    return data.quality / "withdrawals.csv"


def findings_of(published: Path) -> dict[str, dict[str, Any]]:
    """Rows of quality.finding of a published file by finding_id.

    Empty where nothing is published, or only by a version whose findings had no life yet.
    """
    if not published.exists():
        return {}
    with open_published(published) as connection:
        rows = records(connection, "FROM quality.finding")
    return {row["finding_id"]: row for row in rows if "fingerprint" in row}


def known_findings(data: DataFolder) -> list[dict[str, Any]]:
    """Findings of the release and those that hold the next one back, with the decisions made since; the gravest first.

    Raises DecisionsError where the file of decisions is malformed.
    """
    decisions = read_decisions(decisions_path(data))
    known = findings_of(data.published) | held(data)
    for row in known.values():
        decision = decisions.get(row["finding_id"])
        if decision and row["state"] in OPEN and decision.fingerprint == row["fingerprint"]:
            row |= {
                "state": "accepted",
                "accepted_by": decision.accepted_by,
                "accepted_on": decision.accepted_on,
                "reason": decision.reason,
            }
    return sorted(known.values(), key=lambda row: (SEVERITIES.index(row["severity"]), row["check_id"], row["text_de"]))


def keep_held(data: DataFolder, findings: Sequence[Finding]) -> None:
    """Remember the findings that hold a release back; none removes the file."""
    if not findings:
        _held_path(data).unlink(missing_ok=True)
        return
    rows = json.dumps([finding.to_row() for finding in findings], ensure_ascii=False, default=str, indent=1)
    write_atomically(_held_path(data), rows.encode())


def held(data: DataFolder) -> dict[str, dict[str, Any]]:
    """Findings that hold a release back, by finding_id."""
    path = _held_path(data)
    if not path.exists():
        return {}
    return {row["finding_id"]: row for row in json.loads(path.read_text(encoding="utf-8"))}


def _held_path(data: DataFolder) -> Path:
    return data.quality / "held.json"
