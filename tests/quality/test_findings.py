"""Findings say in German and English what an officer should know, each under an id that stays the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from quality.checks import CheckResult
from quality.findings import findings, record_findings
from tests.warehouse.building import records
from warehouse.staging import Staged, StagedRemark

ACCEPTED = Staged("ab12", "ab12" * 16, "accepted", source_id="regionalstatistik_13111-01-03-4", observations=5)
INCOMPLETE = replace(
    ACCEPTED,
    remarks=[StagedRemark("genesis.level_incomplete", "employees 05 2025-06-30: 0 of 53 Kreise filled", "line 35, column 18")],
)
QUARANTINED = replace(ACCEPTED, delivery_id="cd34", state="quarantined", message="expected a data file; found an HTML page.")
PASSED = CheckResult("employment_bounds", "stop", "Grenzen", "bounds", checked=10, failed=0)
FAILED = CheckResult("reports_agree", "warn", "stimmen überein", "agree", checked=53, failed=2, example="region_id 05113")


def test_nothing_to_say_of_what_is_in_order() -> None:
    assert findings([(ACCEPTED, "a.csv")], [PASSED]) == []


def test_a_remark_on_an_accepted_file_names_file_and_place() -> None:
    (row,) = findings([(INCOMPLETE, "13111.csv")], [])
    assert (row["check_id"], row["severity"], row["state"]) == ("genesis.level_incomplete", "warn", "open")
    assert (row["delivery_id"], row["locator"]) == ("ab12", "line 35, column 18")
    assert row["text_en"] == "13111.csv: employees 05 2025-06-30: 0 of 53 Kreise filled"
    assert row["text_de"].startswith("13111.csv: Die Datei enthält für die Kreise (noch) keine Werte")
    assert "0 of 53" in row["text_de"]


def test_a_remark_nobody_translated_is_still_told() -> None:
    remarked = replace(ACCEPTED, remarks=[StagedRemark("columns_empty", "No figure in 11 columns")])
    (row,) = findings([(remarked, "a.csv")], [])
    assert row["text_de"] == "a.csv: Hinweis (No figure in 11 columns)"
    assert row["locator"] is None


def test_a_quarantined_file_says_why() -> None:
    (row,) = findings([(QUARANTINED, "b.xlsx")], [])
    assert (row["check_id"], row["severity"], row["delivery_id"]) == ("quarantined", "quarantine", "cd34")
    assert row["text_en"] == "b.xlsx was not accepted: expected a data file; found an HTML page."
    assert row["text_de"].startswith("Die Datei b.xlsx wurde nicht übernommen: ")


def test_a_check_that_did_not_pass_gives_numbers_and_an_example() -> None:
    (row,) = findings([], [PASSED, FAILED])
    assert (row["check_id"], row["severity"], row["delivery_id"]) == ("reports_agree", "warn", None)
    assert row["text_en"] == "Not met (2 / 53): agree. Example: region_id 05113"
    assert row["text_de"] == "Nicht erfüllt (2 / 53): stimmen überein. Beispiel: region_id 05113"


def test_ids_tell_findings_apart_and_stay_the_same_while_the_numbers_change() -> None:
    def ids(result: CheckResult) -> list[str]:
        return [row["finding_id"] for row in findings([(INCOMPLETE, "a"), (QUARANTINED, "b")], [result])]

    assert len(set(ids(FAILED))) == 3
    assert ids(replace(FAILED, failed=7, example="another")) == ids(FAILED)


def test_findings_are_written_into_the_warehouse(small_warehouse: Path, tmp_path: Path) -> None:
    built = shutil.copy(small_warehouse, tmp_path / "built.duckdb")
    told = findings([(INCOMPLETE, "a.csv"), (QUARANTINED, "b.csv")], [FAILED])
    record_findings(built, told)
    assert records(built, "FROM quality.finding ORDER BY check_id") == sorted(told, key=lambda row: row["check_id"])
