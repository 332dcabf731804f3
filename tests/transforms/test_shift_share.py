from __future__ import annotations

import datetime as dt
import math
import random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.marts import END, GERMANY, NRW, START, TOTAL, Cell, Cells, Figure, Row, fill, records

REGION = "05113"
COMPONENTS = (
    *("employment_change", "national_share", "industrial_mix", "regional_share"),
    *("homothetic_regional_share", "allocation_effect"),
)
MARTS = ("leaf_sector", "growth", "shift_share")
#: A fixture of the session and a warehouse per example: filling starts from empty tables each time.
quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

World = list[tuple[int, int, int, int]]
people = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 100_000))
#: Per sector: the region at both dates, the rest of the benchmark at both dates.
worlds = st.lists(st.tuples(people, people, people, people), min_size=1, max_size=6).filter(
    lambda sectors: sum(start + rest for start, _, rest, _ in sectors) > 0
)


def cells_of(world: World, times: int = 1) -> dict[Cell, Figure]:
    cells: dict[Cell, Figure] = {}
    for place, (start, end, rest_start, rest_end) in enumerate(world):
        cells[REGION, str(place), START] = times * start
        cells[REGION, str(place), END] = times * end
        cells[NRW, str(place), START] = times * (start + rest_start)
        cells[NRW, str(place), END] = times * (end + rest_end)
    return cells


def flat(cells: Cells) -> dict[str, str | None]:
    return {TOTAL: None} | {sector: TOTAL for _, sector, _ in cells if sector != TOTAL}


def shift_share(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    parents: dict[str, str | None] | None = None,
    partial: tuple[str, ...] = (),
) -> dict[str, Row]:
    """Rows of the region by sector."""
    fill(connection, cells, parents or flat(cells), partial, MARTS)
    rows = records(connection, "FROM marts.shift_share WHERE region_id = ?", REGION)
    return {row["sector_id"]: row for row in rows}


@quick
@given(worlds)
def test_components_add_up_to_the_change(measures: duckdb.DuckDBPyConnection, world: World) -> None:
    found = shift_share(measures, cells_of(world))
    assert len(found) == len(world) + 1
    for place, (start, end, _, _) in enumerate(world):
        assert found[str(place)]["employment_change"] == end - start
    assert found[TOTAL]["employment_change"] == sum(end - start for start, end, _, _ in world)
    for row in found.values():
        assert row["status"] == "derived"
        assert all(math.isfinite(row[name]) for name in COMPONENTS)
        size = 1e-9 * (1 + max(abs(row[name]) for name in COMPONENTS))
        classic = row["national_share"] + row["industrial_mix"] + row["regional_share"]
        assert math.isclose(classic, row["employment_change"], abs_tol=size)
        split = row["homothetic_regional_share"] + row["allocation_effect"]
        assert math.isclose(split, row["regional_share"], abs_tol=size)


@quick
@given(worlds, st.integers(2, 1000))
def test_components_scale_with_employment(measures: duckdb.DuckDBPyConnection, world: World, times: int) -> None:
    once, scaled = shift_share(measures, cells_of(world)), shift_share(measures, cells_of(world, times))
    for sector, row in once.items():
        size = 1e-9 * times * (1 + max(abs(row[name]) for name in COMPONENTS))
        for name in COMPONENTS:
            assert math.isclose(scaled[sector][name], times * row[name], abs_tol=size)


@quick
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    measures: duckdb.DuckDBPyConnection, world: World, order: random.Random
) -> None:
    cells = list(cells_of(world).items())
    found = shift_share(measures, dict(cells))
    order.shuffle(cells)
    assert shift_share(measures, dict(cells)) == found


@quick
@given(worlds)
def test_a_benchmark_has_no_regional_share_against_itself(measures: duckdb.DuckDBPyConnection, world: World) -> None:
    shift_share(measures, cells_of(world))
    own = records(measures, "FROM marts.shift_share WHERE region_id = benchmark_id AND sector_id <> 'TOTAL'")
    size = 1e-9 * (1 + sum(sum(figures) for figures in world))
    for start, end, rest_start, rest_end in world:
        new = end + rest_end if start + rest_start == 0 else 0
        assert math.isclose(own.pop(0)["regional_share"], new, abs_tol=size)
    assert not own


def test_a_sector_new_to_the_region_is_its_own_doing(measures: duckdb.DuckDBPyConnection) -> None:
    found = shift_share(measures, cells_of([(0, 30, 100, 110), (500, 510, 900, 900)]))["0"]
    assert [found[name] for name in COMPONENTS] == [30, 0, 0, 30, 0, 30]
    assert found["homothetic_employment"] == pytest.approx(500 * 100 / 1500)


def test_a_sector_the_benchmark_lacks_is_undefined(measures: duckdb.DuckDBPyConnection) -> None:
    cells = cells_of([(10, 20, 0, 0), (500, 510, 900, 900)]) | {(NRW, "0", START): 0}
    found = shift_share(measures, cells)
    assert (found["0"]["status"], found["0"]["regional_share"]) == ("undefined", None)
    assert (found[TOTAL]["status"], found[TOTAL]["regional_share"]) == ("undefined", None)


@pytest.mark.parametrize(("figure", "status"), [((0.0, 40.0), "suppressed"), (None, "not_available")])
@pytest.mark.parametrize("region", [REGION, NRW])
@pytest.mark.parametrize("date", [START, END])
def test_what_needs_an_unknown_cell_is_refused(
    measures: duckdb.DuckDBPyConnection, region: str, date: dt.date, figure: Figure, status: str
) -> None:
    sectors = cells_of([(20, 30, 100, 120), (500, 510, 900, 980)])
    unknown: dict[Cell, Figure] = {(region, "0", date): figure}
    for sector, row in shift_share(measures, sectors | unknown).items():
        assert row["status"] == (status if None in row.values() else "derived")
        assert row["regional_share"] is None or sector == "1"

    totals: dict[Cell, Figure] = {
        (REGION, TOTAL, START): 520,
        (REGION, TOTAL, END): 540,
        (NRW, TOTAL, START): 1520,
        (NRW, TOTAL, END): 1640,
    }
    known, with_totals = (
        shift_share(measures, sectors | totals),
        shift_share(measures, sectors | totals | unknown),
    )
    for sector in ("0", TOTAL):
        assert (with_totals[sector]["status"], with_totals[sector]["regional_share"]) == (status, None)
    assert with_totals["1"] == known["1"], "the published totals stand in for the sums"


def test_nothing_is_counted_twice(measures: duckdb.DuckDBPyConnection) -> None:
    """C is divided by the parts printed below it; C alone below B-E is only one part of it."""
    flat_world = cells_of([(20, 30, 100, 120), (500, 510, 900, 980)])
    expected = shift_share(measures, flat_world)
    nested = flat_world | {
        (region, sector, date): figure
        for (region, place, date), figure in flat_world.items()
        for sector in (("C",) if place == "0" else ("B-E", "part of it"))
    }
    parents = {TOTAL: None, "C": TOTAL, "0": "C", "B-E": TOTAL, "part of it": "B-E"}
    found = shift_share(measures, {k: v for k, v in nested.items() if k[1] != "1"}, parents, partial=("B-E",))
    assert set(found) == {"0", "B-E", TOTAL}
    assert {name: found[TOTAL][name] for name in COMPONENTS} == {name: expected[TOTAL][name] for name in COMPONENTS}


def test_dates_that_print_different_sectors_are_not_compared(measures: duckdb.DuckDBPyConnection) -> None:
    cells = cells_of([(20, 30, 100, 120), (500, 510, 900, 980)])
    fewer = {key: figure for key, figure in cells.items() if key[1:] != ("1", END)}
    assert shift_share(measures, cells)
    assert not shift_share(measures, fewer)


def test_a_country_is_not_split_against_its_state(measures: duckdb.DuckDBPyConnection) -> None:
    cells = cells_of([(20, 30, 100, 120)])
    shift_share(measures, cells | {(GERMANY, "0", date): 1000 for date in (START, END)})
    pairs = records(measures, "SELECT DISTINCT region_id, benchmark_id FROM marts.shift_share")
    assert sorted((row["region_id"], row["benchmark_id"]) for row in pairs) == [
        *((NRW, NRW), (NRW, GERMANY), (REGION, NRW), (REGION, GERMANY), (GERMANY, GERMANY)),
    ]
