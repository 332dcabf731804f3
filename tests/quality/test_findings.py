"""Findings say in German and English what a person should know; they live until accepted or fixed."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from quality.checks import CheckResult
from quality.decisions import Decision, DecisionsError, add_decision, read_decisions
from quality.findings import Finding, found, record_findings, with_state
from quality.ledger import decisions_path, findings_of, held, keep_held
from tests.warehouse.building import records
from warehouse.data_folder import DataFolder
from warehouse.staging import Staged, StagedRemark

ACCEPTED = Staged("ab12", "ab12" * 16, "accepted", source_id="regionalstatistik_13111-01-03-4", observations=5)
REMARK = StagedRemark(
    "genesis.level_incomplete", "employees 05 2025-06-30: 0 of 53 Kreise filled", "line 35, column 18"
)
INCOMPLETE = replace(ACCEPTED, remarks=[REMARK])
QUARANTINED = replace(
    ACCEPTED, delivery_id="cd34", state="quarantined", message="expected a data file; found an HTML page."
)
PASSED = CheckResult("employment_bounds", "stop", "Grenzen", "bounds", checked=10, failed=0)
FAILED = CheckResult(
    "location_quotient_bounds",
    "warn",
    "stimmen überein",
    "agree",
    checked=53,
    failed=2,
    example="region_id 05113",
)
JANUARY, FEBRUARY, MARCH = (dt.datetime.fromisoformat(f"2025-0{month}-05") for month in (1, 2, 3))


def test_nothing_to_say_of_what_is_in_order() -> None:
    assert found([(ACCEPTED, "a.csv")], [PASSED]) == []


def test_a_remark_on_an_accepted_file_names_file_and_place() -> None:
    (finding,) = found([(INCOMPLETE, "13111.csv")], [])
    assert (finding.check_id, finding.severity, finding.state) == ("genesis.level_incomplete", "warn", "open")
    assert (finding.delivery_id, finding.locator) == ("ab12", "line 35, column 18")
    assert finding.text_en == "13111.csv: employees 05 2025-06-30: 0 of 53 Kreise filled"
    assert finding.text_de.startswith("13111.csv: Die Datei enthält für die Kreise (noch) keine Werte")
    assert "0 of 53" in finding.text_de
    assert finding.todo_de
    assert finding.todo_en


def test_a_remark_nobody_translated_is_still_told() -> None:
    (finding,) = found([(replace(ACCEPTED, remarks=[StagedRemark("new", "Something odd")]), "a.csv")], [])
    assert finding.text_de == "a.csv: Auffälligkeit in der Datei. Meldung des Programms: Something odd"
    assert finding.locator is None


def test_remarks_of_one_file_are_told_apart() -> None:
    other = replace(REMARK, text="employees DE 2025-06-30: 0 of 53 Kreise filled")
    findings = found([(replace(ACCEPTED, remarks=[REMARK, other]), "a.csv")], [])
    assert len({finding.finding_id for finding in findings}) == 2


def test_a_quarantined_file_says_why() -> None:
    (finding,) = found([(QUARANTINED, "b.xlsx")], [])
    assert (finding.check_id, finding.severity, finding.delivery_id) == ("quarantined", "quarantine", "cd34")
    assert finding.text_en == "b.xlsx was not accepted: expected a data file; found an HTML page."
    assert finding.text_de.startswith("Die Datei b.xlsx wurde nicht übernommen. Meldung des Programms: ")


def test_a_check_that_did_not_pass_gives_numbers_and_an_example() -> None:
    (finding,) = found([], [PASSED, FAILED])
    assert (finding.check_id, finding.severity, finding.delivery_id) == (FAILED.check_id, "warn", None)
    assert finding.text_en == "Not met (2 / 53): agree. Example: region_id 05113"
    assert finding.text_de == "Nicht erfüllt (2 / 53): stimmen überein. Beispiel: region_id 05113"


def told(result: CheckResult = FAILED) -> Finding:
    (finding,) = found([], [result])
    return finding


def living(
    finding: Finding | None, before: Finding | None, now: dt.datetime, decision: Decision | None = None
) -> Finding:
    """The finding of a release made from the one of the last release."""
    rows = {before.finding_id: before.to_row()} if before else {}
    decisions = {decision.finding_id: decision} if decision else {}
    (result,) = with_state([finding] if finding else [], rows, decisions, now)
    return result


def accept(finding: Finding) -> Decision:
    day = dt.date(2025, 1, 20)
    return Decision(finding.finding_id, finding.fingerprint, day, "Ö. Amt", "business re-coded", finding.text_de)


def test_the_life_of_a_finding() -> None:
    first = living(told(), None, JANUARY)
    assert (first.state, first.first_seen, first.last_seen) == ("open", JANUARY, JANUARY)

    again = living(told(), first, FEBRUARY)
    assert (again.state, again.first_seen, again.last_seen) == ("open", JANUARY, FEBRUARY)

    decision = accept(again)
    accepted = living(told(), again, FEBRUARY, decision)
    assert (accepted.state, accepted.accepted_by, accepted.accepted_on) == (
        "accepted",
        "Ö. Amt",
        decision.accepted_on,
    )
    assert accepted.reason == "business re-coded"

    other_numbers = told(replace(FAILED, failed=3))
    assert other_numbers.finding_id == first.finding_id  # the same finding
    recurring = living(other_numbers, accepted, MARCH, decision)
    assert (recurring.state, recurring.accepted_by, recurring.first_seen) == ("recurring", None, JANUARY)

    fixed = living(None, recurring, MARCH, decision)
    assert (fixed.state, fixed.finding_id, fixed.last_seen) == ("fixed", first.finding_id, MARCH)
    assert living(told(), fixed, MARCH).state == "recurring"


def test_only_an_undecided_finding_that_stops_holds_the_release() -> None:
    stopping = told(replace(FAILED, severity="stop"))
    states = {
        state: replace(stopping, state=state).holds_release for state in ("open", "recurring", "accepted", "fixed")
    }
    assert states == {"open": True, "recurring": True, "accepted": False, "fixed": False}
    assert not told().holds_release
    assert not found([(QUARANTINED, "b")], [])[0].holds_release  # the rest goes on


def test_decisions_are_kept_and_the_last_one_counts(data: DataFolder) -> None:
    path = decisions_path(data)
    assert read_decisions(path) == {}
    first = accept(told())
    second = replace(first, fingerprint="other", reason="“twice”, with a comma\nand a line break")
    for decision in (first, second):
        add_decision(path, decision)
    assert read_decisions(path) == {first.finding_id: second}
    assert "business re-coded" in path.read_text(encoding="utf-8")


def test_decisions_survive_a_spreadsheet(data: DataFolder) -> None:
    """Excel adds a BOM; an editor may drop the last line break."""
    path = decisions_path(data)
    add_decision(path, accept(told()))
    text = path.read_text(encoding="utf-8").removesuffix("\n")
    path.write_text("\ufeff" + text, encoding="utf-8")
    other = replace(accept(told()), finding_id="other")
    add_decision(path, other)
    assert set(read_decisions(path)) == {told().finding_id, "other"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2025-01-20", "20.01.2025", r"row 2, column accepted_on: expected a day .* found “20\.01\.2025”"),
        ("finding_id", "id", r"row 1: expected the columns finding_id, .*; found id, "),
    ],
)
def test_a_malformed_decision_is_refused_with_its_row(data: DataFolder, old: str, new: str, message: str) -> None:
    path = decisions_path(data)
    add_decision(path, accept(told()))
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DecisionsError, match=message):
        read_decisions(path)


def test_findings_are_written_into_the_warehouse_and_read_from_the_last_release(
    small_warehouse: Path, tmp_path: Path
) -> None:
    built = Path(shutil.copy(small_warehouse, tmp_path / "built.duckdb"))
    findings = with_state(found([(INCOMPLETE, "a.csv"), (QUARANTINED, "b.csv")], [FAILED]), {}, {}, JANUARY)
    record_findings(built, findings)
    before = findings_of(built)
    assert {row["finding_id"]: row["text_de"] for row in records(built, "FROM quality.finding")} == {
        finding.finding_id: finding.text_de for finding in findings
    }
    assert {f.state for f in with_state(findings, before, {}, FEBRUARY)} == {"open"}
    assert {f.first_seen for f in with_state(findings, before, {}, FEBRUARY)} == {JANUARY}
    assert {f.state for f in with_state([], before, {}, FEBRUARY)} == {"fixed"}
    assert findings_of(tmp_path / "missing.duckdb") == {}


def test_what_holds_a_release_back_can_be_read_until_it_is_released(data: DataFolder) -> None:
    assert held(data) == {}
    stopping = living(told(replace(FAILED, severity="stop")), None, JANUARY)
    keep_held(data, [stopping])
    assert held(data)[stopping.finding_id]["text_en"] == stopping.text_en
    assert held(data)[stopping.finding_id]["fingerprint"] == stopping.fingerprint
    keep_held(data, [])
    assert held(data) == {}
