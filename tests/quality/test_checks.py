"""Every check before a release can fail: for each, a defect is written into a good warehouse and must be seen."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import quality
from quality.checks import CheckResult, run_checks
from schemas.registry import Relation, relations
from tests.warehouse.building import records
from warehouse.build import insert

(_ROOM,) = quality.__path__
DECLARED: dict[str, dict[str, str]] = yaml.safe_load((Path(_ROOM) / "checks.yaml").read_text(encoding="utf-8"))

ONE_VALUE = "WHERE region_id = '05113' AND sector_id = 'TOTAL' AND sector_scheme = 'ba-rr'"
#: Check → statements, each of which it must see. A new check needs at least one.
DEFECTS = {
    "employment_has_source": [
        f"UPDATE marts.employment SET locator = NULL {ONE_VALUE}",
        f"UPDATE marts.employment SET delivery_id = NULL {ONE_VALUE}",
    ],
    "employment_bounds": [
        f"UPDATE marts.employment SET employees_lower = employees + 1 {ONE_VALUE}",
        f"UPDATE marts.employment SET employees_upper = employees - 1 {ONE_VALUE}",
        "UPDATE marts.employment SET employees_lower = employees_upper + 1 WHERE status = 'suppressed'",
    ],
    "suppressed_stays_hidden": [
        "UPDATE marts.employment SET employees = 3 WHERE status = 'suppressed'",
        "UPDATE marts.employment SET employees_lower = employees_upper WHERE status = 'suppressed'",
    ],
    "missing_is_not_zero": [
        "UPDATE history.observation SET value = 0 WHERE status = 'not_available'",
        "UPDATE history.observation SET value = 2 WHERE status = 'suppressed'",
    ],
    "benchmark_against_itself": [
        "UPDATE marts.specialisation SET location_quotient = 1.001 WHERE region_id = benchmark_id"
    ],
    "location_quotient_bounds": [
        "UPDATE marts.specialisation SET location_quotient_lower = location_quotient_upper * 1.001",
        "UPDATE marts.specialisation SET location_quotient = -1 WHERE region_id = '05113'",
    ],
    "coverage_in_range": [
        "UPDATE marts.broadband SET coverage_pct = 100.02",
        "UPDATE marts.broadband SET coverage_pct = -0.01",
    ],
    "ruhr_complete": [
        "UPDATE marts.region SET in_ruhr = true WHERE region_id = '05111'",
        "DELETE FROM marts.region WHERE region_id = '05111'",
    ],
    "observations_have_delivery": [
        "UPDATE history.observation SET delivery_id = 'nobody' WHERE region_id = '05113'",
        "UPDATE meta.delivery SET state = 'quarantined' WHERE delivery_id = 'atlas'",
    ],
    "reports_agree_with_genesis": [
        f"UPDATE marts.employment SET employees = employees + 1 {ONE_VALUE}",
    ],
}


@pytest.fixture
def built(small_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the good warehouse to write defects into."""
    return shutil.copy(small_warehouse, tmp_path / "built.duckdb")


def results_after(built: Path, *defects: str) -> dict[str, CheckResult]:
    with duckdb.connect(str(built)) as connection:
        for statement in defects:
            changed = connection.execute(statement).fetchone()
            assert changed is not None
            assert changed[0] > 0, f"the defect hits no row: {statement}"
    return {result.check_id: result for result in run_checks(built)}


def test_a_good_warehouse_passes_every_check_and_every_check_looked_at_something(built: Path) -> None:
    results = results_after(built)
    assert {check_id: result.example for check_id, result in results.items() if not result.passed} == {}
    assert {check_id for check_id in DECLARED if results[check_id].checked == 0} == set()
    assert set(results) == {*DECLARED, *(f"key.{name}" for name in relations())}


def test_every_declared_check_has_a_defect_it_must_see() -> None:
    assert set(DEFECTS) == set(DECLARED)


@pytest.mark.parametrize(("check_id", "defect"), [(name, sql) for name in DEFECTS for sql in DEFECTS[name]])
def test_a_check_sees_its_defect(built: Path, check_id: str, defect: str) -> None:
    result = results_after(built, defect)[check_id]
    assert not result.passed
    assert 0 < result.failed <= result.checked
    assert result.example
    assert result.severity == DECLARED[check_id]["severity"]
    assert (result.text_de, result.text_en) == (DECLARED[check_id]["de"], DECLARED[check_id]["en"])


@pytest.mark.parametrize("check", DECLARED.values(), ids=list(DECLARED))
def test_a_check_is_declared_in_full(check: dict[str, str]) -> None:
    assert set(check) == {"severity", "de", "en", "of", "sql"}
    assert check["severity"] in ("stop", "warn")
    assert check["of"] in relations()


def test_a_key_that_is_there_twice_stops_the_release_in_every_relation(built: Path) -> None:
    with duckdb.connect(str(built)) as connection:
        for relation in relations().values():
            insert(connection, relation.name, [_any_row(relation)] * 2)
    results = {result.check_id: result for result in run_checks(built)}
    for name in relations():
        result = results[f"key.{name}"]
        assert (result.failed, result.severity) == (1, "stop"), name
        assert "times 2" in result.example


def _any_row(relation: Relation) -> dict[str, Any]:
    values = {
        "VARCHAR": "x", "VARCHAR[]": ["x"], "DATE": dt.date(2000, 1, 1), "TIMESTAMP": dt.datetime(2000, 1, 1),
        "BOOLEAN": True, "DOUBLE": 1.0, "BIGINT": 1, "INTEGER": 1,
    }  # fmt: skip
    return {field.name: values[field.sql_type] for field in relation.fields}


def test_the_results_are_written_into_the_warehouse(built: Path) -> None:
    results = results_after(built, DEFECTS["coverage_in_range"][0])
    written = {row["check_id"]: row for row in records(built, "FROM quality.check_result")}
    assert set(written) == set(results)
    for check_id, result in results.items():
        row = written[check_id]
        assert (row["passed"], row["failed"], row["checked"]) == (result.passed, result.failed, result.checked)
    assert [check_id for check_id, row in written.items() if not row["passed"]] == ["coverage_in_range"]
