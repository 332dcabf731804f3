"""What must hold for each cell: every rule can fail, and all failures are found at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from schemas.observation import Observation, to_frame
from schemas.observation_schema import BASES, failures
from tests.warehouse.building import HIDDEN, MISSING, employees, observation

GOOD = [
    employees("05113", "TOTAL", 1000),
    employees("05113", "B,D,E", HIDDEN),
    employees("05113", "NA", 0),
    observation(MISSING, region_id="DE"),
    observation(12.5, region_id="05", variable="population", dimensions="age=18-25;sex=female", status="provisional"),
    observation(100.01, variable="broadband_coverage", unit="%", dimensions="min_mbit=1000;technology=ftth"),
    observation(-3.5, variable="net_migration_rate", unit="je 1.000"),
    *(observation(1, basis=basis, locator=f"basis {basis}") for basis in BASES),
]


def frame(*cells: Observation, delivery_id: str = "d1") -> pd.DataFrame:
    typed = to_frame(cells)
    typed["reference_date"] = pd.to_datetime(typed["reference_date"]).astype("datetime64[us]")
    typed["value"] = typed["value"].astype(float)
    for column in ("sector_scheme", "sector_id"):
        typed[column] = typed[column].astype("str").where(typed[column].notna())
    return typed.assign(delivery_id=delivery_id)


def test_good_cells_have_no_failures() -> None:
    assert failures(frame(*GOOD)).to_dict("records") == []


def test_a_clock_that_is_behind_makes_no_date_implausible() -> None:
    """Else a verdict on a wrong clock would stay for as long as the program does."""
    ahead = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=500)
    cells = frame(observation(1, reference_date=ahead))
    assert set(failures(cells)["check"]) == {"reference_date date_plausible"}
    assert failures(cells, known_on=ahead).empty


BROKEN: dict[str, tuple[Observation, str]] = {
    "unknown region": (observation(1, region_id="05334000"), "region_id isin"),
    "the Ruhr, which nobody publishes": (observation(1, region_id="RUHR"), "region_id isin"),
    "region without its zero": (observation(1, region_id="5113"), "region_id isin"),
    "unknown status": (observation(HIDDEN, status="guessed"), "status isin"),
    "unknown sector": (employees("05113", "Z", 1), "sector_known"),
    "sector of another scheme": (employees("05113", "B,D,E", 1, sector_scheme="genesis-13"), "sector_known"),
    "sector without scheme": (observation(1, sector_id="A"), "sector_known"),
    "scheme without sector": (observation(1, sector_scheme="ba-rr"), "sector_known"),
    "value where none is known": (observation(1, status="suppressed"), "value_fits_status"),
    "no value where one is known": (observation(HIDDEN, status="value"), "value_fits_status"),
    "zero that is not zero": (observation(5, status="zero"), "zero_is_zero"),
    "more than all": (observation(100.02, variable="mobile_coverage", unit="%"), "coverage_0_to_100"),
    "less than none": (observation(-1, variable="broadband_coverage", unit="%"), "coverage_0_to_100"),
    "fewer than nobody": (observation(-1), "count_not_negative"),
    "a year misread": (observation(1, reference_date=dt.date(1020, 3, 31)), "reference_date date_plausible"),
    "far in the future": (
        observation(1, reference_date=dt.date(2202, 3, 31)),
        "reference_date date_plausible",
    ),
    "unknown basis": (observation(1, basis="WZ2003"), "basis isin"),
    "dataset with blanks": (observation(1, dataset="Tabelle 2.3"), "dataset str_matches"),
    "variable in capitals": (observation(1, variable="Employees"), "variable str_matches"),
    "dimension without value": (observation(1, dimensions="sex"), "dimensions str_matches"),
    "dimensions with a stray separator": (observation(1, dimensions="sex=female;"), "dimensions str_matches"),
    "no place": (observation(1, locator=""), "locator str_length"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_cell_is_named_with_its_place_and_what_is_printed(case: str) -> None:
    cell, check = BROKEN[case]
    cell = cell._replace(printed="what is printed")
    found = failures(frame(*GOOD, cell))
    assert len(found) == 1, found
    (row,) = found.to_dict("records")
    assert row["check"].startswith(check)
    assert (row["delivery_id"], row["locator"], row["value"]) == ("d1", cell.locator, "what is printed")


def test_all_failures_are_found_at_once_and_told_apart_by_delivery() -> None:
    cells = [cell._replace(locator=f"{case} ") for case, (cell, _) in BROKEN.items() if case != "no place"]
    both = pd.concat(
        [frame(*cells[::2], delivery_id="even"), frame(*GOOD, *cells[1::2], delivery_id="odd")],
        ignore_index=True,
    )
    found = failures(both)
    assert set(zip(found["delivery_id"], found["locator"], strict=True)) == {
        *(("even", cell.locator) for cell in cells[::2]),
        *(("odd", cell.locator) for cell in cells[1::2]),
    }


def test_a_cell_with_two_faults_has_two_failures() -> None:
    found = failures(frame(observation(-1, region_id="X", basis="WZ2003")))
    assert sorted(check.split("(")[0] for check in found["check"]) == [
        "basis isin",
        "count_not_negative",
        "region_id isin",
    ]


def test_a_missing_column_is_a_failure_of_every_delivery() -> None:
    both = pd.concat([frame(GOOD[0], delivery_id=name) for name in ("d1", "d2")], ignore_index=True)
    found = failures(both.drop(columns="unit"))
    assert {(row["delivery_id"], row["locator"]) for row in _records(found)} == {("d1", ""), ("d2", "")}
    assert all("unit" in str(row) for row in _records(found))


def test_a_column_of_the_wrong_type_is_a_failure() -> None:
    wrong = frame(GOOD[0]).assign(value="1.714")
    assert any("value" in row["check"] for row in _records(failures(wrong)))


def _records(found: pd.DataFrame) -> list[dict[str, Any]]:
    return found.to_dict("records")  # type: ignore[return-value]
