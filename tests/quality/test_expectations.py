"""The expectations on the marts: a plausible warehouse meets all of them, and every one can fail."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from quality import expectations
from quality.checks import CheckResult
from quality.expectations import declared_expectations, run_expectations
from tests.warehouse.building import build_warehouse

RELEASE = "20261121T231435Z-3f2a9c01"

#: All figures of a plausible warehouse: every region, one date; 05513 has a suppressed or missing figure in each mart.
_FIGURES = """
INSERT INTO marts.employment BY NAME
SELECT region_id, 'ba-rr' AS sector_scheme, sector_id, DATE '2020-03-31' AS reference_date,
       if(hidden, NULL, employees) AS employees, if(hidden, 0, employees) AS employees_lower,
       employees AS employees_upper, if(hidden, 'suppressed', 'value') AS status
FROM (SELECT *, region_id = '05513' AND sector_id = 'H' AS hidden
      FROM marts.region, (VALUES ('TOTAL', 50000), ('H', 5000)) sector(sector_id, employees));
INSERT INTO marts.specialisation BY NAME
SELECT region_id, '05' AS benchmark_id, sector_scheme, sector_id, reference_date, employees,
       employees / 50000 AS share, 0.1 AS benchmark_share, employees / 5000 AS location_quotient
FROM marts.employment WHERE sector_id = 'H';
INSERT INTO marts.broadband BY NAME
SELECT region_id, 'households' AS customer, 'all' AS technology, 1000 AS min_mbit,
       DATE '2020-12-31' AS reference_date, if(region_id = '05513', NULL, 90) AS coverage_pct,
       if(region_id = '05513', 'suppressed', 'value') AS status, 'atlas' AS delivery_id, '' AS locator
FROM marts.region WHERE region_id <> 'RUHR';
DELETE FROM marts.indicator_status;
DELETE FROM marts.indicator_value;
INSERT INTO marts.indicator_value BY NAME
SELECT indicator_id, region_id, DATE '2020-12-31' AS reference_date, if(region_id = '05513', NULL, value) AS value,
       value AS value_lower, value AS value_upper, unit,
       if(region_id = '05513', 'not_available', 'value') AS status, 'table' AS dataset
FROM marts.region, (VALUES ('population', 300000), ('unemployment_rate', 9), ('gdp_per_capita', 35000),
                           ('municipal_debt_per_capita', 3000)) figure(indicator_id, value)
JOIN marts.indicator USING (indicator_id);
INSERT INTO marts.indicator_status BY NAME
SELECT indicator_id, region_id, reference_date, value, DATE '2019-12-31' AS previous_date, 'green' AS light,
       'direction_only' AS light_reason, '1' AS rule_version
FROM marts.indicator_value;
"""
#: Expectation → the defect it must see; each defect is in other rows than the others.
DEFECTS = {
    "employment.once": "INSERT INTO marts.employment FROM marts.employment WHERE region_id = '05111'",
    "employment.region": "UPDATE marts.employment SET region_id = '99999'"
    " WHERE region_id = '05112' AND sector_id = 'H'",
    "employment.sector": "UPDATE marts.employment SET sector_id = 'X' WHERE region_id = '05113' AND sector_id = 'H'",
    "employment.status": "UPDATE marts.employment SET status = 'new' WHERE region_id = '05114'",
    "employment.hidden": "UPDATE marts.employment SET employees = 4711 WHERE status = 'suppressed'",
    "employment.present": "UPDATE marts.employment SET employees = NULL WHERE region_id = '05116'",
    "employment.not_negative": "UPDATE marts.employment SET employees = -1 WHERE region_id = '05117'",
    "employment.kreis_total": "UPDATE marts.employment SET employees = 50 WHERE region_id = '05119'",
    "employment.bounds": "UPDATE marts.employment SET employees_upper = 1 WHERE region_id = '05120'",
    "employment_complete.ruhr": "DELETE FROM marts.employment WHERE region_id = '05911'",
    "specialisation.once": "INSERT INTO marts.specialisation FROM marts.specialisation WHERE region_id = '05111'",
    "specialisation.benchmark": "UPDATE marts.specialisation SET benchmark_id = '05113' WHERE region_id = '05114'",
    "specialisation.share": "UPDATE marts.specialisation SET share = 1.5 WHERE region_id = '05116'",
    "specialisation.benchmark_share": "UPDATE marts.specialisation SET benchmark_share = -1 WHERE region_id = '05117'",
    "specialisation.hidden": "UPDATE marts.specialisation SET location_quotient = 1 WHERE region_id = '05513'",
    "specialisation.kreis_quotient": "UPDATE marts.specialisation SET location_quotient = 16 WHERE region_id = '05119'",
    "specialisation.ruhr_quotient": "UPDATE marts.specialisation SET location_quotient = 6 WHERE region_id = 'RUHR'",
    "broadband.once": "INSERT INTO marts.broadband FROM marts.broadband WHERE region_id = '05111'",
    "broadband.region": "UPDATE marts.broadband SET region_id = '99999' WHERE region_id = '05112'",
    "broadband.customer": "UPDATE marts.broadband SET customer = 'schools' WHERE region_id = '05113'",
    "broadband.coverage": "UPDATE marts.broadband SET coverage_pct = 100.02 WHERE region_id = '05114'",
    "broadband.status": "UPDATE marts.broadband SET status = 'new' WHERE region_id = '05116'",
    "broadband.hidden": "UPDATE marts.broadband SET coverage_pct = 1 WHERE status = 'suppressed'",
    "broadband_complete.ruhr": "DELETE FROM marts.broadband WHERE region_id = '05911'",
    "indicator_value.once": "INSERT INTO marts.indicator_value FROM marts.indicator_value WHERE region_id = '05111'",
    "indicator_value.region": "UPDATE marts.indicator_value SET region_id = '99999' WHERE region_id = '05112'",
    "indicator_value.unit": "UPDATE marts.indicator_value SET unit = 'km' WHERE region_id = '05113'",
    "indicator_value.status": "UPDATE marts.indicator_value SET status = 'new' WHERE region_id = '05114'",
    "indicator_value.hidden": "UPDATE marts.indicator_value SET value = 1 WHERE status = 'not_available'",
    "indicator_value.present": "UPDATE marts.indicator_value SET value = NULL WHERE region_id = '05117'",
    "indicator_value.per_cent": "UPDATE marts.indicator_value SET value = 101 WHERE unit = '%' AND region_id = '05119'",
    "indicator_value.unemployment_rate": "UPDATE marts.indicator_value SET value = 31"
    " WHERE indicator_id = 'unemployment_rate' AND region_id = '05120'",
    "indicator_value.kreis_population": "UPDATE marts.indicator_value SET value = 300"
    " WHERE indicator_id = 'population' AND region_id = '05122'",
    "indicator_value.gdp_per_head": "UPDATE marts.indicator_value SET value = 35"
    " WHERE indicator_id = 'gdp_per_capita' AND region_id = '05124'",
    "indicator_value.municipal_debt": "UPDATE marts.indicator_value SET value = -1"
    " WHERE indicator_id = 'municipal_debt_per_capita' AND region_id = '05154'",
    "indicator_value.bounds": "UPDATE marts.indicator_value SET value_lower = 1e9 WHERE region_id = '05158'",
    "indicator_complete.ruhr": "DELETE FROM marts.indicator_value WHERE region_id = '05911'",
    "region.count": "DELETE FROM marts.region WHERE region_id = 'DE'",
    "region.level": "UPDATE marts.region SET level = 'land' WHERE region_id = '05162'",
    "region.membership": "UPDATE marts.region SET in_ruhr = NOT in_ruhr WHERE region_id = '05562'",
    "region.nuts": "UPDATE marts.region SET nuts3 = 'FR101' WHERE region_id = '05170'",
    "indicator_status.once": "INSERT INTO marts.indicator_status FROM marts.indicator_status WHERE region_id = '05122'",
    "indicator_status.light": "UPDATE marts.indicator_status SET light = 'blue' WHERE region_id = '05154'",
    "indicator_status.value": "UPDATE marts.indicator_status SET reference_date = '2021-12-31'"
    " WHERE region_id = '05158'",
    "indicator_status.comparison": "UPDATE marts.indicator_status SET previous_date = NULL WHERE region_id = '05162'",
    "indicator_status.order": "UPDATE marts.indicator_status SET previous_date = '2021-12-31'"
    " WHERE region_id = '05166'",
}


@pytest.fixture(scope="module")
def plausible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built warehouse whose marts are as officers expect them; copy it before writing to it."""
    path = build_warehouse(tmp_path_factory.mktemp("plausible"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(_FIGURES)
    return path


def results(plausible: Path, folder: Path, *defects: str) -> dict[str, CheckResult]:
    """Results by id without `gx.`; the Data Docs are in `<folder>/docs`."""
    built = Path(shutil.copy(plausible, folder / "built.duckdb"))
    with duckdb.connect(str(built)) as connection:
        for defect in defects:
            changed = connection.execute(defect).fetchone()
            assert changed is not None
            assert changed[0] > 0, f"the defect hits no row: {defect}"
    return {r.check_id.removeprefix("gx."): r for r in run_expectations(built, folder / "docs", RELEASE)}


def unmet(found: dict[str, CheckResult]) -> set[str]:
    return {name for name, result in found.items() if not result.passed}


def page(folder: Path) -> str:
    return (folder / "docs" / RELEASE / "index.html").read_text(encoding="utf-8")


def test_plausible_marts_meet_every_expectation(plausible: Path, tmp_path: Path) -> None:
    found = results(plausible, tmp_path)
    assert unmet(found) == set()
    assert all(result.checked > 0 for result in found.values()), "met for want of rows"
    assert f"{len(found)} von {len(found)} Erwartungen erfüllt" in page(tmp_path)


def test_every_expectation_can_fail(plausible: Path, tmp_path: Path) -> None:
    found = results(plausible, tmp_path, *DEFECTS.values())
    assert set(DEFECTS) == set(found)
    assert unmet(found) == set(DEFECTS)
    assert all(result.example for result in found.values())


@pytest.mark.parametrize(
    ("name", "severity", "sentence", "example"),
    [
        (
            "broadband.coverage",
            "stop",
            "Die Versorgung liegt zwischen 0 und 100 Prozent",
            "region_id Krefeld (05114), customer households, technology all, min_mbit 1000,"
            " reference_date 2020-12-31, coverage_pct 100.02",
        ),
        (
            "indicator_value.unemployment_rate",
            "warn",
            "Arbeitslosenquoten liegen zwischen 0 und 30 Prozent",
            "indicator_id unemployment_rate, region_id Remscheid (05120), reference_date 2020-12-31, value 31",
        ),
        (
            "employment_complete.ruhr",
            "warn",
            "Am jüngsten Stichtag sind alle 15 Kreise der Metropole Ruhr da",
            "sector_scheme ba-rr, reference_date 2020-03-31, ruhr_kreise 14",
        ),
    ],
)
def test_a_defect_fails_its_own_expectation_and_no_other(
    plausible: Path, tmp_path: Path, name: str, severity: str, sentence: str, example: str
) -> None:
    found = results(plausible, tmp_path, DEFECTS[name])
    assert unmet(found) == {name}
    result = found[name]
    assert (result.severity, result.text_de, result.failed, result.example) == (
        severity,
        sentence,
        1,
        example,
    )
    assert example in page(tmp_path)


def test_a_suppressed_number_is_in_no_example(plausible: Path, tmp_path: Path) -> None:
    found = results(plausible, tmp_path, DEFECTS["employment.hidden"])
    assert unmet(found) == {"employment.hidden"}
    assert "Dortmund" not in found["employment.hidden"].example
    assert "Gelsenkirchen (05513)" in found["employment.hidden"].example
    assert "4711" not in page(tmp_path) + found["employment.hidden"].example


def test_marts_without_deliveries_meet_every_expectation(tmp_path: Path) -> None:
    """What is not there yet is not wrong: the first release may hold one source only."""
    assert unmet(results(build_warehouse(tmp_path), tmp_path)) == set()


def test_an_expectation_that_cannot_be_evaluated_is_not_met(
    plausible: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    declared = declared_expectations()
    region = declared.suites["region"]
    wrong = region.expectations["nuts"].model_copy(update={"kwargs": {"column": "nuts", "regex": "DEA"}})
    suite = region.model_copy(update={"expectations": {"nuts": wrong}})
    only = declared.model_copy(update={"suites": {"region": suite}})
    monkeypatch.setattr(expectations, "declared_expectations", lambda: only)
    assert unmet(results(plausible, tmp_path)) == {"region.nuts"}
    assert "gx.region.nuts could not be evaluated" in caplog.text


def test_bounds_have_a_reason_in_both_languages() -> None:
    for name, suite in declared_expectations().suites.items():
        for expectation_id, declared in suite.expectations.items():
            german, _, english = declared.threshold.partition(" / ")
            assert german, (name, expectation_id)
            assert english, (name, expectation_id)
            assert " / " not in english, (name, expectation_id)


_IN_A_FRESH_PROCESS = """
import sys, json
from pathlib import Path
calls = []
sys.addaudithook(lambda event, args: calls.append(event) if event in ("socket.connect", "socket.getaddrinfo") else None)
import quality, quality.expectations, quality.data_docs
early = sorted({"great_expectations", "jinja2", "pandas"} & set(sys.modules))
quality.expectations.run_expectations(Path("built.duckdb"), Path("docs"), "r1")
print(json.dumps({"early": early, "calls": calls}))
"""


def test_runs_without_network_and_leaves_nothing_but_its_page(plausible: Path, tmp_path: Path) -> None:
    for name in ("home", "temporary", "work"):
        (tmp_path / name).mkdir()
    shutil.copy(plausible, tmp_path / "work" / "built.duckdb")
    done = subprocess.run(
        [sys.executable, "-B", "-c", _IN_A_FRESH_PROCESS],
        cwd=tmp_path / "work",
        env={
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "temporary"),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"early": [], "calls": []}
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["work/built.duckdb", "work/docs/r1/index.html"]
