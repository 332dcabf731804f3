"""Decisions on findings are kept, also where several people decide at the same moment."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quality.decisions import Decision, DecisionsError, add_decision, read_decisions


def decision(number: int) -> Decision:
    return Decision(f"f{number:03}", "ab12", dt.date(2026, 11, 29), "Amt", "geprüft", "Text")


def test_nobody_s_decision_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "quality" / "decisions.csv"
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: add_decision(path, decision(number)), range(40)))
    assert sorted(read_decisions(path)) == [f"f{number:03}" for number in range(40)]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("f002,ab12,2026-11-29,Amt,geprüft, und gut,Text", "row 3: expected 6 cells"),
        ("f002,ab12,2026-11-29", "row 3: expected 6 cells"),
        ("f002,ab12,29.11.2026,Amt,geprüft,Text", "row 3, column accepted_on: expected a day like 2026-03-02"),
    ],
)
def test_a_row_that_somebody_spoilt_is_named(tmp_path: Path, row: str, told: str) -> None:
    path = tmp_path / "decisions.csv"
    add_decision(path, decision(1))
    path.write_text(f"{path.read_text(encoding='utf-8')}{row}\n", encoding="utf-8")
    with pytest.raises(DecisionsError, match=told):
        read_decisions(path)
