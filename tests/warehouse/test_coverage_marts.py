"""Coverage in the marts: nothing is compared across a change of method, and fractions become percentages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quality.checks import run_checks
from schemas.observation import Observation
from tests.warehouse.building import MISSING, Delivery, build_warehouse, observation, records, rows

OLD, LAST_OLD, FIRST_NEW, NEW = (dt.date(year, 12, 31) for year in (2019, 2021, 2022, 2023))
GIGABIT = "customer=households;min_mbit=1000;technology=all"
INDICATOR = "gigabit_coverage_households"


def coverage(printed: float | str, **fields: Any) -> Observation:
    cell = {"dataset": "bnetza_breitbandatlas", "variable": "broadband_coverage", "unit": "%", "dimensions": GIGABIT}
    return observation(printed, **cell, **fields)


def area(printed: float | str, dimensions: str, unit: str = "Anteil") -> Observation:
    cell = {"dataset": "mobile", "variable": "mobile_coverage", "unit": unit, "reference_date": NEW, "basis": ""}
    return observation(printed, **cell, dimensions=f"area_group=area;area_type=total;{dimensions}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    series = {
        OLD: (50.0, "atlas2018"),
        LAST_OLD: (60.0, "atlas2018"),
        FIRST_NEW: (40.0, "atlas2022"),
        NEW: (45.0, "atlas2022"),
    }
    fixed = [
        coverage(percent, region_id=region, reference_date=day, basis=basis)
        for day, (percent, basis) in series.items()
        for region in ("05", "05113")
    ]
    mobile = [
        area(0.58, "operator=all;technology=5g"),
        area(0.07, "operator=telekom;technology=5g"),
        area(MISSING, "operator=1und1;technology=5g"),
        area(99.97, "technology=lte10", unit="%"),
    ]
    return build_warehouse(tmp_path_factory.mktemp("coverage"), Delivery("fixed", fixed), Delivery("mobile", mobile))


def test_the_basis_of_a_coverage_is_published_with_it(built: Path) -> None:
    found = rows(built, "SELECT reference_date, basis FROM marts.broadband WHERE region_id = '05113' ORDER BY ALL")
    assert found == [(OLD, "atlas2018"), (LAST_OLD, "atlas2018"), (FIRST_NEW, "atlas2022"), (NEW, "atlas2022")]
    of_indicator = f"SELECT reference_date, basis FROM marts.indicator_value WHERE indicator_id = '{INDICATOR}'"
    assert rows(built, f"{of_indicator} AND region_id = '05113' ORDER BY ALL") == found


def test_the_traffic_light_compares_within_one_method(built: Path) -> None:
    (light,) = records(built, "FROM marts.indicator_status WHERE indicator_id = ? AND region_id = '05113'", INDICATOR)
    assert (light["reference_date"], light["previous_date"], light["change"]) == (NEW, FIRST_NEW, 5)


def test_a_change_across_the_break_is_refused_with_the_reason(built: Path) -> None:
    change = "FROM marts.indicator_change(?, ?, ?) WHERE region_id = '05113'"
    assert [row["difference"] for row in records(built, change, INDICATOR, OLD, LAST_OLD)] == [10]
    with pytest.raises(duckdb.Error, match="one rests on atlas2018, the other on atlas2022"):
        rows(built, change, INDICATOR, LAST_OLD, FIRST_NEW)


def test_the_break_is_no_step_of_coverage(built: Path) -> None:
    (result,) = (result for result in run_checks(built) if result.check_id == "broadband_step")
    assert (result.passed, result.checked) == (True, 8)


def test_fractions_and_percentages_of_area_are_published_as_percentages(built: Path) -> None:
    found = rows(built, "SELECT operator, technology, coverage_pct, status FROM marts.mobile_coverage ORDER BY ALL")
    assert found == [
        ("1und1", "5g", None, "not_available"),
        ("all", "5g", 58.0, "value"),
        ("all", "lte10", 99.97, "value"),
        ("telekom", "5g", 7.0, "value"),
    ]
