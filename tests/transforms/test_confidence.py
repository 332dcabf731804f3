from __future__ import annotations

import math

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.marts import scalar

quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BOUNDS = "[marts.location_quotient_ci_lower($1, $2, $3, $4, $5), marts.location_quotient_ci_upper($1, $2, $3, $4, $5)]"


def interval(connection: duckdb.DuckDBPyConnection, *figures: float, z: float = 1.96) -> list[float | None]:
    found: list[float | None] = scalar(connection, BOUNDS, *figures, z)
    return found


def test_by_hand(measures: duckdb.DuckDBPyConnection) -> None:
    """20 of 100 against 60 of 400: p = 0.2, q = 40/300, P = 0.15, w = 0.25, quotient 4/3."""
    p, q = 20 / 100, 40 / 300
    variance = (0.75**2 / 0.15**4) * (q**2 * p * (1 - p) / 100 + p**2 * q * (1 - q) / 300)
    assert math.sqrt(variance) == pytest.approx(0.220736, abs=5e-7)
    low, high = 4 / 3 - 1.96 * math.sqrt(variance), 4 / 3 + 1.96 * math.sqrt(variance)
    assert interval(measures, 20, 100, 60, 400) == pytest.approx([low, high], rel=1e-12)


@quick
@given(st.integers(1, 500), st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 50_000))
def test_it_lies_around_the_quotient_and_not_below_zero(
    measures: duckdb.DuckDBPyConnection, e_ij: int, other_sectors: int, elsewhere: int, other: int
) -> None:
    e_i, e_bj = e_ij + other_sectors, e_ij + elsewhere
    figures = (e_ij, e_i, e_bj, e_i + elsewhere + other)
    low, high = interval(measures, *figures)
    quotient = scalar(measures, "marts.location_quotient(?, ?, ?, ?)", *figures)
    assert low is not None
    assert high is not None
    assert 0 <= low <= quotient <= high
    wider = interval(measures, *figures, z=2.58)
    assert wider[0] <= low  # type: ignore[operator]
    assert wider[1] >= high  # type: ignore[operator]


def test_the_benchmark_itself_is_certain_and_an_empty_sector_has_none(
    measures: duckdb.DuckDBPyConnection,
) -> None:
    assert interval(measures, 60, 400, 60, 400) == [1, 1]
    assert interval(measures, 0, 100, 60, 400) == [None, None]


def test_it_covers_the_true_quotient_as_often_as_it_says(measures: duckdb.DuckDBPyConnection) -> None:
    """5,000 draws of a region of 4,000 (5 % in the sector) in a benchmark of 100,000 (3 % elsewhere)."""
    draw = np.random.default_rng(2020)
    region, rest = draw.binomial(4_000, 0.05, 5_000), draw.binomial(96_000, 0.03, 5_000)
    truth = 0.05 / (0.04 * 0.05 + 0.96 * 0.03)
    covered = scalar(
        measures,
        "count(*) FILTER ($1 BETWEEN marts.location_quotient_ci_lower(r, 4000, r + b, 100000, 1.96)"
        " AND marts.location_quotient_ci_upper(r, 4000, r + b, 100000, 1.96)) / count(*)"
        " FROM (SELECT unnest($2::INTEGER[]) AS r, unnest($3::INTEGER[]) AS b)",
        *(truth, region.tolist(), rest.tolist()),
    )
    assert covered == pytest.approx(0.95, abs=0.01)


def test_a_part_larger_than_its_whole_has_no_interval(measures: duckdb.DuckDBPyConnection) -> None:
    """Figures of different tables may disagree; one such row must not end the whole query."""
    for figures in ((20, 100, 10, 1000), (120, 100, 500, 1000), (10, 100, 990, 1000)):
        assert interval(measures, *figures) == [None, None]
