"""History: nothing is overwritten, and `as of` tells what was known on a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reference.regions import NRW
from schemas.observation import KEY, Observation
from tests.warehouse.building import (
    DAY,
    HIDDEN,
    MISSING,
    Delivery,
    build_warehouse,
    observation,
    records,
    rows,
    stage,
)
from warehouse.as_of import open_as_of
from warehouse.build import MARTS, build

JUNE, DECEMBER, APRIL, MARCH = (
    dt.date(2024, 6, 29),
    dt.date(2024, 12, 3),
    dt.date(2025, 4, 10),
    dt.date(2026, 3, 10),
)
FEBRUARY, MARCH_2025 = (dt.datetime.fromisoformat(f"2025-0{month}-05") for month in (2, 3))


def population(region: str, printed: float | str, basis: str = "census2011") -> Observation:
    return observation(printed, dataset="12411-01-01-4", variable="population", region_id=region, basis=basis)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four deliveries of population, two of them known from the same day; and two sources that once failed."""
    first = [
        population(NRW, 100),
        population("05111", 10),
        population("05112", 20),
        population("05113", HIDDEN),
    ]
    second = [population(NRW, 101), population("05111", MISSING), population("05112", HIDDEN)]
    same_day = [population(NRW, 102)]
    third = [population(NRW, 90, "census2022"), population("05113", 0)]
    return build_warehouse(
        tmp_path_factory.mktemp("history"),
        Delivery("june", first, JUNE),
        Delivery("december", second, DECEMBER),
        Delivery("december_again", same_day, DECEMBER),
        Delivery("april", third, APRIL),
        Delivery("failed", [], JUNE, "quarantined", "mended", FEBRUARY, "cut off"),
        Delivery("mended", [other("05911")], DECEMBER, "accepted", "mended", MARCH_2025),
        Delivery("good", [other("05913")], JUNE, "accepted", "broken", FEBRUARY),
        Delivery("broken", [], DECEMBER, "quarantined", "broken", MARCH_2025, "cut off"),
    )


def other(region: str) -> Observation:
    return observation(1, dataset="other", variable="other", region_id=region)


def value_as_of(built: Path, day: dt.date, region: str) -> list[tuple[object, ...]]:
    return rows(
        built,
        "SELECT value, status, delivery_id FROM history.observation_as_of(?::DATE) WHERE region_id = ?",
        day,
        region,
    )


def test_nothing_was_known_before_the_first_delivery(built: Path) -> None:
    assert not rows(built, "FROM history.observation_as_of(?::DATE)", JUNE - dt.timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (JUNE, (100, "value", "june")),
        (DECEMBER - dt.timedelta(days=1), (100, "value", "june")),
        (DECEMBER, (102, "value", "december_again")),  # of two on one day the higher vintage
        (APRIL, (90, "value", "april")),
        (MARCH, (90, "value", "april")),
    ],
)
def test_the_last_vintage_known_on_a_day_counts(built: Path, day: dt.date, expected: tuple[object, ...]) -> None:
    assert value_as_of(built, day, NRW) == [expected]


def test_a_figure_that_is_missing_from_a_later_delivery_stays(built: Path) -> None:
    assert value_as_of(built, MARCH, "05111") == [(10, "value", "june")]


def test_a_figure_that_is_withdrawn_is_withdrawn_and_one_that_is_released_is_there(built: Path) -> None:
    assert value_as_of(built, MARCH, "05112") == [(None, "suppressed", "december")]
    assert value_as_of(built, DECEMBER, "05113") == [(None, "suppressed", "june")]
    assert value_as_of(built, MARCH, "05113") == [(0, "zero", "april")]


def test_latest_is_what_is_known_at_the_end_of_time_and_one_row_per_fact(built: Path) -> None:
    latest = rows(built, "FROM history.latest ORDER BY ALL")
    assert latest == rows(built, "FROM history.observation_as_of(DATE '9999-12-31') ORDER BY ALL")
    assert len(latest) == 4 + 2
    keys = ", ".join(KEY)
    assert not rows(built, f"SELECT {keys} FROM history.latest GROUP BY ALL HAVING count(*) > 1")


def test_every_vintage_stays_with_its_place_and_day(built: Path) -> None:
    kept = records(built, "FROM history.observation WHERE region_id = ? ORDER BY vintage", NRW)
    assert [(row["value"], row["known_from"], row["basis"]) for row in kept] == [
        (100, JUNE, "census2011"),
        (101, DECEMBER, "census2011"),
        (102, DECEMBER, "census2011"),
        (90, APRIL, "census2022"),
    ]
    assert all(row["locator"] and row["printed"] for row in kept)


def test_the_order_in_which_files_are_loaded_does_not_matter(built: Path, tmp_path: Path) -> None:
    """The vintage decides, not the place among the files: a file of 2024 that arrives in 2026 stays old."""
    deliveries = {row["delivery_id"]: row for row in records(built, "FROM meta.delivery")}
    files = [
        stage(
            tmp_path,
            name,
            [
                Observation(*row)
                for row in rows(
                    built,
                    f"SELECT {', '.join(Observation._fields)} FROM history.observation WHERE delivery_id = ?",
                    name,
                )
            ],
        )
        for name in reversed(list(deliveries))
        if deliveries[name]["state"] == "accepted"
    ]
    build(tmp_path / "other.duckdb", list(deliveries.values()), files)
    sql = "FROM history.latest ORDER BY ALL"
    assert rows(tmp_path / "other.duckdb", sql) == rows(built, sql)


def test_what_is_not_of_an_accepted_delivery_does_not_enter(small_warehouse: Path) -> None:
    assert rows(small_warehouse, "SELECT count(*) FROM meta.delivery WHERE state = 'quarantined'") == [(1,)]
    assert not rows(
        small_warehouse,
        "FROM history.observation ANTI JOIN (FROM meta.delivery WHERE state = 'accepted') USING (delivery_id)",
    )


def test_freshness_of_a_source_is_that_of_its_last_arrival(built: Path) -> None:
    found = {row["source_id"]: row for row in records(built, "FROM quality.freshness")}
    assert (found["broken"]["state"], found["broken"]["message"]) == ("failed", "broken.csv: cut off")
    assert found["broken"]["known_from"] == JUNE  # the last good data
    assert found["broken"]["arrived_at"] == MARCH_2025
    assert (found["mended"]["state"], found["mended"]["deliveries"]) == ("unscheduled", 2)
    assert found["mended"]["newest_reference_date"] == DAY


def test_no_day_knows_what_the_action_plan_did_later(built: Path) -> None:
    """The plan starts on 1 September 2021 with everything at 0; the day before, nothing of it is known."""
    start = dt.date(2021, 9, 1)
    days = "SELECT DISTINCT reference_date FROM {} WHERE indicator_id LIKE 'action_plan_%'"
    for day, known in ((start, [(start,)]), (start - dt.timedelta(days=1), [])):
        assert rows(built, days.format("marts.indicator_as_of(?::DATE)"), day) == known
        with open_as_of(built, day, MARTS) as connection:
            assert connection.execute(days.format("marts.indicator_value")).fetchall() == known
