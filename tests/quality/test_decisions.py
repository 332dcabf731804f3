"""Decisions on findings are kept, also where several people decide at the same moment."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from quality.decisions import Decision, add_decision, read_decisions


def decision(number: int) -> Decision:
    return Decision(f"f{number:03}", "ab12", dt.date(2026, 11, 29), "Amt", "geprüft", "Text")


def test_nobody_s_decision_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "quality" / "decisions.csv"
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: add_decision(path, decision(number)), range(40)))
    assert sorted(read_decisions(path)) == [f"f{number:03}" for number in range(40)]
