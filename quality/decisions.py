"""What people decided: findings they accepted, and files they withdrew.

CSV files that people can read and review, kept beside the data; a decision adds a row.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeVar

from warehouse.data_folder import locked, write_atomically


class DecisionsError(Exception):
    """A file of decisions cannot be read; the message names the row and what was expected."""


@dataclass(frozen=True)
class Decision:
    """A finding that somebody accepted. `fingerprint` is of its numbers: with other numbers it returns."""

    finding_id: str
    fingerprint: str
    accepted_on: dt.date
    accepted_by: str
    reason: str
    text: str


@dataclass(frozen=True)
class Withdrawal:
    """A file that could be read and is wrong. Without its row it counts again."""

    delivery_id: str
    withdrawn_on: dt.date
    withdrawn_by: str
    reason: str
    file_name: str


_Row = TypeVar("_Row", Decision, Withdrawal)


def read_decisions(path: Path) -> dict[str, Decision]:
    """The newest decision on each finding by finding_id; empty where the file does not exist.

    Raises DecisionsError where the file is malformed.
    """
    return {decision.finding_id: decision for decision in _read(path, Decision)}


def read_withdrawals(path: Path) -> dict[str, Withdrawal]:
    """The newest withdrawal of each file by delivery_id; empty where the file does not exist.

    Raises DecisionsError where the file is malformed.
    """
    return {withdrawal.delivery_id: withdrawal for withdrawal in _read(path, Withdrawal)}


def add_decision(path: Path, decision: Decision | Withdrawal) -> None:
    """Append a decision; earlier ones stay in the file, also where two people decide at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        _append(path, decision)


def _read(path: Path, kind: type[_Row]) -> list[_Row]:
    if not path.exists():
        return []
    expected = [field.name for field in fields(kind)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DecisionsError(f"{path}: expected CSV in UTF-8, found {error}.") from error
    if reader.fieldnames != expected:
        found = ", ".join(reader.fieldnames or ["nothing"])
        raise DecisionsError(f"{path}, row 1: expected the columns {', '.join(expected)}; found {found}.")
    return [_of_row(path, number, row, kind) for number, row in enumerate(rows, start=2)]


def _of_row(path: Path, number: int, row: dict[str, str], kind: type[_Row]) -> _Row:
    if None in row or None in row.values():  # as csv tells of a row with more or fewer cells than its header
        raise DecisionsError(
            f"{path}, row {number}: expected {len(fields(kind))} cells, found another number. A text with a comma "
            "needs quotes around it."
        )
    day = next(field.name for field in fields(kind) if field.name.endswith("_on"))
    try:
        decided_on = dt.date.fromisoformat(row[day])
    except ValueError:
        raise DecisionsError(
            f"{path}, row {number}, column {day}: expected a day like 2026-03-02, found “{row[day]}”."
        ) from None
    return kind(**{**row, day: decided_on})  # type: ignore[arg-type]


def _append(path: Path, decision: Decision | Withdrawal) -> None:
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [field.name for field in fields(decision)], lineterminator="\n")
    if not before:
        writer.writeheader()
    elif not before.endswith("\n"):
        before += "\n"
    writer.writerow(asdict(decision))
    write_atomically(path, (before + buffer.getvalue()).encode())
