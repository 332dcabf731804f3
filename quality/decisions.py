"""Decisions on findings: a CSV file that people can read and review, kept beside the data and never rewritten."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from warehouse.data_folder import locked, write_atomically


class DecisionsError(Exception):
    """The file of decisions cannot be read; the message names the row and what was expected."""


@dataclass(frozen=True)
class Decision:
    """A finding that somebody accepted. `fingerprint` is of its numbers: with other numbers it returns."""

    finding_id: str
    fingerprint: str
    accepted_on: dt.date
    accepted_by: str
    reason: str
    text: str


def read_decisions(path: Path) -> dict[str, Decision]:
    """The newest decision on each finding by finding_id; empty where the file does not exist.

    Raises DecisionsError where the file is malformed.
    """
    if not path.exists():
        return {}
    expected = [field.name for field in fields(Decision)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DecisionsError(f"{path}: expected CSV in UTF-8, found {error}.") from error
    if reader.fieldnames != expected:
        found = ", ".join(reader.fieldnames or ["nothing"])
        raise DecisionsError(f"{path}, row 1: expected the columns {', '.join(expected)}; found {found}.")
    return {row["finding_id"]: _decision(path, number, row) for number, row in enumerate(rows, start=2)}


def add_decision(path: Path, decision: Decision) -> None:
    """Append a decision; earlier ones stay in the file, also where two people decide at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        _append(path, decision)


def _append(path: Path, decision: Decision) -> None:
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [field.name for field in fields(Decision)], lineterminator="\n")
    if not before:
        writer.writeheader()
    elif not before.endswith("\n"):
        before += "\n"
    writer.writerow(asdict(decision))
    write_atomically(path, (before + buffer.getvalue()).encode())


def _decision(path: Path, number: int, row: dict[str, str]) -> Decision:
    if None in row or None in row.values():  # as csv tells of a row with more or fewer cells than its header
        raise DecisionsError(
            f"{path}, row {number}: expected {len(fields(Decision))} cells, found another number. A text with a comma "
            "needs quotes around it."
        )
    try:
        accepted_on = dt.date.fromisoformat(row["accepted_on"])
    except ValueError:
        raise DecisionsError(
            f"{path}, row {number}, column accepted_on: expected a day like 2026-03-02, found “{row['accepted_on']}”."
        ) from None
    return Decision(**{**row, "accepted_on": accepted_on})  # type: ignore[arg-type]
