from __future__ import annotations

import random
from collections.abc import Mapping

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.marts import NRW, START, TOTAL, Cell, Figure, Row, fill, records

MARTS = ("leaf_sector", "specialisation", "relatedness", "relatedness_density")
SECTORS = ("10", "24", "43", "62", "72")
PARENTS: dict[str, str | None] = {TOTAL: None, **dict.fromkeys(SECTORS, TOTAL)}
quick = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Employment = Mapping[tuple[str, str], float]
Matrix = dict[tuple[str, str], float | None]


def random_world(seed: int, regions: int = 50) -> dict[tuple[str, str], float]:
    """Employees by region and sector; one sector so concentrated that hardly anybody is specialised in it."""
    draw = random.Random(seed)
    return {
        (f"{place:05}", sector): float(draw.choice((0, 1, 1, 5)) if sector == "72" else draw.randint(0, 20))
        for place in range(regions)
        for sector in SECTORS
    } | {("00000", "72"): 500.0}


def specialised(world: Employment, benchmark: Employment) -> dict[str, set[str]]:
    """Regions with a location quotient above 1, by sector; totals and shares are those of `benchmark`."""
    regions = {region for region, _ in world}
    size = {region: sum(benchmark[region, sector] for sector in SECTORS) for region in regions}
    share = {s: sum(benchmark[r, s] for r in regions) / sum(size.values()) for s in SECTORS}
    return {s: {r for r in regions if size[r] and world[r, s] / size[r] > share[s]} for s in SECTORS}


def proximities(strong: Mapping[str, set[str]]) -> Matrix:
    """The smaller conditional probability; None where nobody is specialised in either sector."""
    result: Matrix = {}
    for one in SECTORS:
        for other in SECTORS:
            both, larger = len(strong[one] & strong[other]), max(len(strong[one]), len(strong[other]))
            result[one, other] = both / larger if larger else None
    return result


def densities(strong: Mapping[str, set[str]], regions: set[str]) -> Matrix:
    near = proximities(strong)
    result: Matrix = {}
    for region in regions:
        for sector in SECTORS:
            others = {other: near[sector, other] or 0 for other in SECTORS if other != sector}
            own = sum(value for other, value in others.items() if region in strong[other])
            result[region, sector] = own / sum(others.values()) if any(others.values()) else None
    return result


def marts_of(
    connection: duckdb.DuckDBPyConnection,
    world: Employment,
    hidden: Employment | None = None,
) -> tuple[dict[tuple[str, str], Row], dict[tuple[str, str], Row]]:
    """Rows of marts.relatedness by sectors, of marts.relatedness_density by region and sector."""
    regions = {region for region, _ in world}
    figures = dict(world)
    figures |= {(region, TOTAL): sum(world[region, sector] for sector in SECTORS) for region in regions}
    figures |= {(NRW, sector): sum(figures[region, sector] for region in regions) for sector in PARENTS}
    cells: dict[Cell, Figure] = {(*cell, START): e for cell, e in figures.items()}
    cells |= {(*cell, START): (0.0, upper) for cell, upper in (hidden or {}).items()}
    fill(connection, cells, PARENTS, marts=MARTS)
    pairs = records(connection, "FROM marts.relatedness")
    points = records(connection, "FROM marts.relatedness_density")
    return (
        {(row["sector_id"], row["related_sector_id"]): row for row in pairs},
        {(row["region_id"], row["sector_id"]): row for row in points},
    )


@quick
@given(st.integers(0, 2**32))
def test_by_definition(measures: duckdb.DuckDBPyConnection, seed: int) -> None:
    world = random_world(seed)
    strong = specialised(world, world)
    pairs, points = marts_of(measures, world)
    expected = {pair: value for pair, value in proximities(strong).items() if pair[0] != pair[1]}
    assert {pair: row["proximity"] for pair, row in pairs.items()} == expected
    assert {row["regions"] for row in pairs.values()} == {50}
    with_employees = {region for region, _ in world if sum(world[region, s] for s in SECTORS)}
    for point, value in densities(strong, with_employees).items():
        assert points[point]["relatedness_density"] == pytest.approx(value, abs=1e-12)


@quick
@given(st.integers(0, 2**32))
def test_bounds_hold_for_every_completion_of_hidden_cells(measures: duckdb.DuckDBPyConnection, seed: int) -> None:
    world, draw = random_world(seed), random.Random(seed)
    hidden = {cell: world[cell] + draw.randint(0, 15) for cell in draw.sample(sorted(world), 12)}
    pairs, points = marts_of(measures, world, hidden)
    for _ in range(20):
        filled = {cell: draw.choice((0.0, upper, draw.uniform(0, upper))) for cell, upper in hidden.items()}
        strong = specialised(world | filled, world)
        near = proximities(strong)
        for pair, row in pairs.items():
            _assert_within(row, "proximity", near[pair])
        for point, value in densities(strong, {region for region, _ in points}).items():
            _assert_within(points[point], "relatedness_density", value)


def _assert_within(row: Row, name: str, value: float | None) -> None:
    low, high = row[f"{name}_lower"], row[f"{name}_upper"]
    assert row[name] == (low if low == high else None)
    assert value is None or low - 1e-12 <= value <= high + 1e-12, (row, value)


def test_a_hidden_cell_that_decides_nothing_does_no_harm(
    measures: duckdb.DuckDBPyConnection,
) -> None:
    world = random_world(1)
    cell = next(cell for cell in sorted(world) if world[cell] == 0 and world[cell[0], "72"] > 0)
    assert marts_of(measures, world, {cell: 0.01}) == marts_of(measures, world)


def test_a_sector_nobody_has_is_related_to_none(measures: duckdb.DuckDBPyConnection) -> None:
    pairs, _ = marts_of(measures, {cell: 0 if cell[1] == "43" else e for cell, e in random_world(1).items()})
    assert "43" not in {sector for pair in pairs for sector in pair}


def test_fewer_than_fifty_regions_are_too_few(measures: duckdb.DuckDBPyConnection) -> None:
    assert marts_of(measures, random_world(1, regions=49)) == ({}, {})
