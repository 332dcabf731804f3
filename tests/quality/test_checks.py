"""Every check before a release can fail: a defect is written into a good warehouse and must be seen."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quality.checks import Check, CheckResult, declared_checks, record_results, run_checks
from quality.findings import found
from reference.regions import nrw_kreise
from schemas.registry import Relation, relations
from tests.warehouse.building import HIDDEN, Delivery, build_warehouse, employees, records
from warehouse.build import insert

DECLARED = declared_checks()
ONE_VALUE = "WHERE region_id = '05113' AND sector_id = 'TOTAL' AND sector_scheme = 'ba-rr'"
COUNTED = "FROM history.observation WHERE dataset = '12411-01-01-4' AND status = 'value'"
LATER = "reference_date = DATE '2021-03-31'"
#: Check → statements on a good warehouse, each of which it must see. A new check needs at least one.
#: The last release, which some checks compare with, is the good warehouse itself.
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
    "tables_agree": [
        "UPDATE history.observation SET value = value + 1 WHERE dataset = 'table_genesis-13' AND region_id = '05113'",
        "INSERT INTO history.observation BY NAME "
        f"SELECT * REPLACE ('12411-15i' AS dataset, value + 1 AS value) {COUNTED}",
    ],
    "tables_near": [
        "INSERT INTO history.observation BY NAME SELECT * REPLACE ('13111-54i' AS dataset, 1.2 * value AS value, "
        "(reference_date + INTERVAL 90 DAY)::DATE AS reference_date) "
        "FROM history.observation WHERE dataset = 'table_ba-rr' AND sector_id = 'TOTAL'"
    ],
    "ratios_agree": [
        "INSERT INTO history.observation BY NAME SELECT o.* REPLACE (n.variable AS variable, n.value AS value, "
        f"'82000-01-01-4' AS dataset) FROM (SELECT * {COUNTED}) o, "
        "(VALUES ('gdp', 20), ('gdp_per_capita', 1)) n(variable, value)"
    ],
    "vintage_order": [
        "INSERT INTO quality.revision BY NAME "
        "SELECT dataset, variable, region_id, dimensions, reference_date, unit, value AS old_value, "
        "value + 1 AS new_value, status AS old_status, status AS new_status, delivery_id AS old_delivery_id, "
        "delivery_id AS new_delivery_id, known_from AS old_known_from, known_from AS new_known_from, "
        "'correction' AS cause FROM history.observation WHERE delivery_id = 'atlas'"
    ],
    "revision_jumps": [
        "INSERT INTO quality.revision BY NAME "
        "SELECT dataset, variable, region_id, dimensions, reference_date, unit, value AS old_value, "
        "value * factor AS new_value, factor - 1 AS relative_change, status AS old_status, status AS new_status, "
        "delivery_id AS old_delivery_id, 'genesis' AS new_delivery_id, known_from AS old_known_from, "
        "known_from AS new_known_from, 'correction' AS cause "
        f"FROM (SELECT * {COUNTED}), (VALUES ({factor})) n(factor)"
        for factor in (1.2, 0.8)
    ],
    "part_exceeds_whole": [
        "INSERT INTO history.observation BY NAME "
        f"SELECT * REPLACE ('sex=female' AS dimensions, value + 1 AS value) {COUNTED}"
    ],
    "parts_make_whole": [
        "INSERT INTO history.observation BY NAME SELECT o.* REPLACE (n.sex AS dimensions, value / 2 - 6 AS value) "
        f"FROM (SELECT * {COUNTED}) o, (VALUES ('sex=male'), ('sex=female')) n(sex)"
    ],
    "total_jumps": [
        f"UPDATE history.observation SET value = 1.2 * value WHERE dataset = 'table_ba-rr' AND {LATER}",
        f"UPDATE history.observation SET value = 0.9 * value WHERE dataset = 'table_ba-rr' AND {LATER} "
        "AND region_id = '05113'",
    ],
    "categories_exchanged": [
        "UPDATE history.observation one SET value = other.value FROM history.observation other "
        "WHERE one.dataset = 'table_ba-rr' AND other.dataset = one.dataset AND one.region_id = other.region_id "
        "AND one.reference_date = DATE '2021-03-31' AND other.reference_date = one.reference_date "
        "AND (one.sector_id, other.sector_id) IN (('H', 'TOTAL'), ('TOTAL', 'H'))"
    ],
    "category_jumps": [
        f"UPDATE history.observation SET value = 1.6 * value WHERE sector_id = 'H' AND {LATER}",
    ],
    "kreise_alike": [
        "INSERT INTO history.observation BY NAME SELECT o.* REPLACE (n.age AS dimensions, 500 AS value) "
        f"FROM (SELECT * {COUNTED}) o, (VALUES ('age=0-0'), ('age=1-1'), ('age=2-2')) n(age) "
        "WHERE region_id IN ('05113', '05911')"
    ],
    "kreis_repeats": [
        "INSERT INTO history.observation BY NAME SELECT o.* REPLACE ('age=' || n.age || '-' || n.age AS dimensions, "
        "d.day AS reference_date) FROM history.observation o, range(30) n(age), "
        "(VALUES (DATE '2020-03-31'), (DATE '2021-03-31')) d(day) "
        f"WHERE o.dataset = 'table_ba-rr' AND o.region_id = '05113' AND o.sector_id = 'TOTAL' AND o.{LATER}"
    ],
    "earlier_date_again": [
        "INSERT INTO history.observation BY NAME SELECT * REPLACE ('genesis' AS delivery_id, 9 AS vintage, "
        "DATE '2022-03-31' AS reference_date) "
        f"FROM history.observation WHERE dataset = 'table_ba-rr' AND value >= 100 AND {LATER}"
    ],
    "technology_exceeds_wired": [
        "INSERT INTO marts.broadband "
        f"SELECT * REPLACE ('{part}' AS technology, coverage_pct + 0.02 AS coverage_pct) FROM marts.broadband"
        for part in ("wired", "ftth")
    ],
    "coverage_falls": [
        "UPDATE history.observation SET dataset = 'bnetza_breitbandatlas', value = value - if(reference_date = "
        "DATE '2021-03-31', 5, 0) WHERE variable = 'broadband_coverage'"
    ],
    "customers_alike": [
        "INSERT INTO marts.broadband "
        "SELECT b.* REPLACE (r.region_id AS region_id, c.customer AS customer, n.rate AS min_mbit) "
        "FROM marts.broadband b, marts.region r, range(2000, 2015) n(rate), (VALUES ('households'), ('businesses')) "
        "c(customer) WHERE r.level = 'kreis' AND b.region_id = '05' AND b.reference_date = DATE '2021-03-31'"
    ],
    "mobile_order": [
        "INSERT INTO marts.mobile_coverage "
        "SELECT m.* REPLACE (n.technology AS technology, coverage_pct - n.less AS coverage_pct) "
        "FROM marts.mobile_coverage m, (VALUES ('lte6', 1), ('lte10', 0)) n(technology, less)"
    ],
    "rate_bases": [
        "INSERT INTO history.observation BY NAME "
        "SELECT o.* REPLACE ('unemployment_rate' AS variable, n.base AS dimensions, n.value AS value) "
        f"FROM (SELECT * {COUNTED}) o, "
        "(VALUES ('base=all_civilian', 6), ('base=dependent_civilian', 5)) n(base, value)"
    ],
    "known_shares": [
        "INSERT INTO history.observation BY NAME "
        f"SELECT * REPLACE ('sex=female' AS dimensions, {share} * value AS value) {COUNTED}"
        for share in (0.4, 0.6)
    ],
    "land_between_kreise": [
        "INSERT INTO history.observation BY NAME SELECT * REPLACE ('unemployment_rate' AS variable, '%' AS unit, "
        f"if(region_id = '05', {land}, 5) AS value) FROM history.observation WHERE dataset = '12411-01-01-4'"
        for land in (4, 6)
    ],
    "provenance_dates": [
        f"UPDATE meta.delivery SET known_from = DATE '{known}' WHERE delivery_id = 'reports'"
        for known in ("2021-03-01", "2021-12-01")
    ],
    "provenance_period": [
        f"UPDATE meta.delivery SET period = '{period}' WHERE delivery_id = 'reports'"
        for period in ("2020", "2021-06-30", "2019/2022")
    ],
    "target_out_of_scale": [
        "INSERT INTO marts.target BY NAME SELECT 'population' AS indicator_id, 'RUHR' AS region_id, "
        f"{target} AS target_value, DATE '2030-12-31' AS target_date, 'x' AS decision, 'x' AS body, "
        "DATE '2026-05-04' AS decided_on"
        for target in (150, 5_000_000)
    ],
    "boundary_moves": ["UPDATE marts.boundary SET geometry = replace(geometry, '[7.', '[7.2')"],
    "size_of_edition": [
        f"UPDATE meta.delivery SET bytes = if(delivery_id = 'atlas', {new}, {old}), "
        "arrived_at = if(delivery_id = 'atlas', arrived_at + INTERVAL 1 DAY, arrived_at)"
        for new, old in ((3, 1), (1, 3))
    ],
    "complete_regions": ["DELETE FROM marts.employment WHERE region_id = '05113' AND sector_scheme = 'ba-rr'"],
    "complete_months": [
        f"INSERT INTO history.observation BY NAME SELECT * REPLACE ('ba_arbeitslose_monat' AS dataset, "
        f"'{variable}' AS variable, '' AS dimensions) FROM history.observation WHERE dataset = '12411-01-01-4'"
        for variable in ("unemployed", "unemployment_rate")
    ],
    "rounding_as_stated": [
        f"INSERT INTO history.observation BY NAME SELECT * REPLACE ('{dataset}' AS dataset, {value} AS value) "
        "FROM history.observation WHERE dataset = '12411-01-01-4' AND status = 'value'"
        for dataset, value in (("ba_eckwerte_gerundet", 1235), ("ba_eckwerte", 1230))
    ],
    "broadband_falls_with_rate": [
        "INSERT INTO marts.broadband "
        "SELECT * REPLACE (2000 AS min_mbit, coverage_pct + 0.02 AS coverage_pct) FROM marts.broadband"
    ],
    "repeated_edition": [
        "UPDATE history.observation late SET value = early.value FROM history.observation early "
        "WHERE late.reference_date = DATE '2021-03-31' AND early.reference_date = DATE '2020-03-31' "
        "AND (late.dataset, late.region_id, late.sector_id) "
        "= (early.dataset, early.region_id, early.sector_id)"
    ],
    "unit_step": [
        "UPDATE history.observation SET value = value / 1000 "
        "WHERE dataset = 'table_ba-rr' AND reference_date = DATE '2021-03-31'"
    ],
    "employment_jump": [
        "UPDATE marts.employment SET employees = 3 * employees "
        "WHERE region_id = '05113' AND sector_id = 'H' AND reference_date = DATE '2021-03-31'"
    ],
    "broadband_step": [
        "UPDATE marts.broadband SET coverage_pct = 50 WHERE region_id = '05' AND reference_date = DATE '2020-03-31'"
    ],
    "revised_values": [
        "INSERT INTO quality.revision BY NAME "
        "SELECT dataset, variable, region_id, dimensions, reference_date, unit, "
        "value AS old_value, value + 1 AS new_value, 1 / value AS relative_change, status AS old_status, "
        "status AS new_status, delivery_id AS old_delivery_id, 'genesis' AS new_delivery_id, "
        "known_from AS old_known_from, known_from AS new_known_from, 'correction' AS cause "
        "FROM history.observation WHERE delivery_id = 'atlas'"
    ],
    "delivery_dropped": ["UPDATE meta.delivery SET state = 'quarantined', message = 'expected X; found Y'"],
    "mart_shrinks": ["DELETE FROM marts.growth WHERE region_id = '05113'"],
    "indicator_vanishes": ["DELETE FROM marts.indicator_value WHERE indicator_id = 'population'"],
    "light_changed": [
        "UPDATE marts.indicator_status SET light = 'green' WHERE indicator_id = 'population' AND region_id = 'RUHR'"
    ],
}


@pytest.fixture
def built(small_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the good warehouse to write defects into."""
    return Path(shutil.copy(small_warehouse, tmp_path / "built.duckdb"))


def results_after(built: Path, previous: Path | None, *defects: str, only: str = "") -> dict[str, CheckResult]:
    with duckdb.connect(str(built)) as connection:
        for statement in defects:
            changed = connection.execute(statement).fetchone()
            assert changed is not None
            assert changed[0] > 0, f"the defect hits no row: {statement}"
    return {result.check_id: result for result in run_checks(built, previous, only)}


def test_a_good_warehouse_passes_every_check_and_every_check_looked_at_something(
    built: Path, small_warehouse: Path
) -> None:
    results = results_after(built, small_warehouse)
    assert {check_id: result.example for check_id, result in results.items() if not result.passed} == {}
    assert set(results) == {*DECLARED, *(f"key.{name}" for name in relations())}
    looked_at_nothing = {check_id for check_id in DECLARED if results[check_id].checked == 0}
    assert looked_at_nothing == {"revised_values"}  # there are no revisions in it


def test_without_a_last_release_nothing_is_compared_with_one(built: Path) -> None:
    results = results_after(built, None)
    assert set(DECLARED) - set(results) == {check_id for check_id, check in DECLARED.items() if check.previous}


def test_every_declared_check_has_a_defect_it_must_see() -> None:
    assert set(DEFECTS) == set(DECLARED)


@pytest.mark.parametrize(
    ("check_id", "number"),
    [(name, number) for name, defects in DEFECTS.items() for number in range(len(defects))],
)
def test_a_check_sees_its_defect_and_says_so(built: Path, small_warehouse: Path, check_id: str, number: int) -> None:
    result = results_after(built, small_warehouse, DEFECTS[check_id][number], only=check_id)[check_id]
    assert not result.passed
    assert result.failed > 0
    assert result.example
    declared = DECLARED[check_id]
    assert (result.severity, result.text_de, result.text_en) == (declared.severity, declared.de, declared.en)
    told = found([], [result])
    assert told
    for finding in told:
        assert finding.severity == declared.severity
        assert "{" not in finding.text_de + finding.text_en
        assert "None" not in finding.text_de + finding.text_en
    assert len({finding.finding_id for finding in told}) == len(told)


@pytest.mark.parametrize("check", DECLARED.values(), ids=list(DECLARED))
def test_a_check_is_declared_in_full(check: Check) -> None:
    assert check.of in relations()
    for text in (check.de, check.en, check.todo_de, check.todo_en, check.threshold):
        assert text.strip()
    assert len({check.finding_de is None, check.finding_en is None, check.subject is None}) == 1


def test_a_hidden_cell_that_can_only_be_zero_does_not_stop_the_release(tmp_path: Path) -> None:
    """Its own interval is [0, 0], that of the Ruhr a single number."""
    cells = [
        employees(kreis, sector, printed)
        for kreis in nrw_kreise()
        for sector, printed in (("B-F", 40), ("C", 40), ("F", HIDDEN if kreis == "05113" else 0))
    ]
    cells += [employees(kreis, "H", HIDDEN if kreis == "05113" else 5) for kreis in (*nrw_kreise(),)]
    cells.append(employees("05", "H", 5 * 52))
    results = results_after(build_warehouse(tmp_path, Delivery("d", cells)), None)
    assert [check_id for check_id, result in results.items() if result.severity == "stop" and not result.passed] == []


def test_a_key_that_is_there_twice_stops_the_release_in_every_relation(built: Path) -> None:
    with duckdb.connect(str(built)) as connection:
        for relation in relations().values():
            insert(connection, relation.name, [_any_row(relation)] * 2)
    results = {result.check_id: result for result in run_checks(built)}
    for name in relations():
        result = results[f"key.{name}"]
        assert (result.failed, result.severity) == (1, "stop"), name
        assert dict(result.rows[0])["times"] == 2


def _any_row(relation: Relation) -> dict[str, Any]:
    values: dict[str, Any] = {
        "VARCHAR": "x", "DATE": dt.date(2000, 1, 1), "TIMESTAMP": dt.datetime.fromisoformat("2000-01-01"),
        "BOOLEAN": True,
        "DOUBLE": 1.0, "BIGINT": 1, "INTEGER": 1,
    }  # fmt: skip
    lists = {f"{kind}[]": [value] for kind, value in values.items()}
    return {field.name: {**values, **lists}[field.sql_type] for field in relation.fields}


def test_the_results_are_written_into_the_warehouse(built: Path, small_warehouse: Path) -> None:
    results = results_after(built, small_warehouse, DEFECTS["coverage_in_range"][0])
    record_results(built, list(results.values()))
    written = {row["check_id"]: row for row in records(built, "FROM quality.check_result")}
    assert set(written) == set(results)
    for check_id, result in results.items():
        row = written[check_id]
        assert (row["passed"], row["failed"], row["checked"]) == (
            result.passed,
            result.failed,
            result.checked,
        )
    assert not written["coverage_in_range"]["passed"]


def test_a_loss_that_somebody_decided_on_does_not_stop_the_release(built: Path, small_warehouse: Path) -> None:
    """A file was withdrawn, by name and with a reason: that its rows are gone is no surprise."""
    results = results_after(
        built,
        small_warehouse,
        "UPDATE meta.delivery SET state = 'withdrawn', message = 'withdrawn' WHERE delivery_id = 'atlas'",
        DEFECTS["mart_shrinks"][0],
        DEFECTS["indicator_vanishes"][0],
    )
    for check_id in ("delivery_dropped", "mart_shrinks", "indicator_vanishes"):
        assert results[check_id].passed, check_id


def test_a_last_release_of_an_older_version_is_not_compared_with(built: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.duckdb"
    with duckdb.connect(str(older)) as connection:
        connection.execute("CREATE SCHEMA marts")
    results = results_after(built, older)
    assert set(DECLARED) - set(results) == {"indicator_vanishes", "light_changed", "boundary_moves"}
    assert results["mart_shrinks"].passed
