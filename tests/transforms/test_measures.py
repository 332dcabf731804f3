"""The basic measures as DuckDB macros: properties that hold for any figures."""

from __future__ import annotations

import math
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

COUNT = st.integers(0, 40_000_000).map(float)
SOME = st.integers(1, 40_000_000).map(float)
#: (lower, value, upper) of a suppressed figure
INTERVAL = st.tuples(COUNT, COUNT, COUNT).map(sorted)


def call(connection: duckdb.DuckDBPyConnection, name: str, *figures: float | None) -> Any:
    marks = ", ".join("?::DOUBLE" for _ in figures)
    row = connection.execute(f"SELECT marts.{name}({marks})", figures).fetchone()
    assert row is not None
    return row[0]


@given(part=SOME, whole=SOME)
def test_the_benchmark_has_a_quotient_of_one(measures: duckdb.DuckDBPyConnection, part: float, whole: float) -> None:
    assert call(measures, "location_quotient", part, whole, part, whole) == 1


@given(e_ij=COUNT, e_i=SOME, e_bj=SOME, e_b=SOME)
def test_the_quotient_is_the_share_over_the_share_of_the_benchmark(
    measures: duckdb.DuckDBPyConnection, e_ij: float, e_i: float, e_bj: float, e_b: float
) -> None:
    found = call(measures, "location_quotient", e_ij, e_i, e_bj, e_b)
    assert found == pytest.approx(call(measures, "share", e_ij, e_i) / call(measures, "share", e_bj, e_b), rel=1e-12)
    assert call(measures, "location_quotient", 2 * e_ij, 2 * e_i, e_bj, e_b) == pytest.approx(found, rel=1e-12)


@given(parts=st.lists(COUNT, min_size=1, max_size=30))
def test_shares_sum_to_one(measures: duckdb.DuckDBPyConnection, parts: list[float]) -> None:
    assume(any(parts))
    assert math.fsum(call(measures, "share", part, sum(parts)) for part in parts) == pytest.approx(1, abs=1e-12)


@given(e_ij=COUNT, e_i=COUNT, e_b=COUNT)
def test_without_employees_in_the_benchmark_there_is_no_quotient(
    measures: duckdb.DuckDBPyConnection, e_ij: float, e_i: float, e_b: float
) -> None:
    assert call(measures, "location_quotient", e_ij, e_i, 0.0, e_b) is None
    assert call(measures, "location_quotient", e_ij, 0.0, e_ij, e_b) is None
    assert call(measures, "share", e_ij, 0.0) is None


@given(figures=st.lists(SOME, min_size=4, max_size=4), hole=st.integers(0, 3))
def test_an_unknown_figure_makes_an_unknown_result(
    measures: duckdb.DuckDBPyConnection, figures: list[float], hole: int
) -> None:
    holed = [None if place == hole else figure for place, figure in enumerate(figures)]
    assert call(measures, "location_quotient", *holed) is None
    assert call(measures, "growth_rate", *([None, figures[0]] if hole % 2 else [figures[0], None])) is None


@given(after=COUNT)
def test_growth_from_nobody_is_undefined(measures: duckdb.DuckDBPyConnection, after: float) -> None:
    assert call(measures, "growth_rate", 0.0, after) is None


@given(before=SOME, between=SOME, after=COUNT)
def test_growth_chains(measures: duckdb.DuckDBPyConnection, before: float, between: float, after: float) -> None:
    assert call(measures, "growth_rate", before, before) == 0
    assert call(measures, "growth_rate", before, 0.0) == -1
    whole = 1 + call(measures, "growth_rate", before, after)
    steps = (1 + call(measures, "growth_rate", before, between)) * (1 + call(measures, "growth_rate", between, after))
    assert whole == pytest.approx(steps, rel=1e-9)


@given(before=INTERVAL, after=INTERVAL)
def test_the_bounds_of_growth_contain_the_growth(
    measures: duckdb.DuckDBPyConnection, before: list[float], after: list[float]
) -> None:
    truth = call(measures, "growth_rate", before[1], after[1])
    assume(truth is not None)
    lower = call(measures, "growth_rate_lower", before[2], after[0])
    upper = call(measures, "growth_rate_upper", before[0], after[2])
    assert lower <= truth
    assert (upper is None) == (before[0] == 0)
    assert upper is None or truth <= upper


@given(region=INTERVAL, rest=INTERVAL, e_i=SOME, e_b=SOME)
def test_the_bounds_in_a_summed_benchmark_contain_the_quotient(
    measures: duckdb.DuckDBPyConnection, region: list[float], rest: list[float], e_i: float, e_b: float
) -> None:
    """The region's unknown part is part of the benchmark's: both move together."""
    benchmark = [own + other for own, other in zip(region, rest, strict=True)]
    truth = call(measures, "location_quotient", region[1], e_i, benchmark[1], e_b)
    lower = call(measures, "location_quotient_lower_in_sum", region[0], region[2], e_i, benchmark[2], e_b)
    upper = call(measures, "location_quotient_upper_in_sum", region[0], region[2], e_i, benchmark[0], e_b)
    assume(truth is not None)
    assert lower is None or lower <= truth * (1 + 1e-12)
    assert upper is None or truth * (1 - 1e-12) <= upper
    loosest = call(measures, "location_quotient", region[2], e_i, benchmark[0], e_b)
    assert None in (upper, loosest) or upper <= loosest * (1 + 1e-12)


@given(bounds=INTERVAL, border=COUNT)
def test_an_interval_is_above_a_border_below_it_or_undetermined(
    measures: duckdb.DuckDBPyConnection, bounds: list[float], border: float
) -> None:
    lower, _, upper = bounds
    expected = True if lower > border else False if upper <= border else None
    assert call(measures, "above", lower, upper, border) is expected
    assert call(measures, "above", None, None, border) is None
