from __future__ import annotations

import math
import random
from collections.abc import Mapping

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.marts import NRW, START, TOTAL, Cell, Figure, Row, aggregate, fill, scalar, structure

REGION = "05113"
#: Divisions of three sections.
SECTION_OF = {"10": "C", "11": "C", "24": "C", "41": "F", "43": "F", "62": "J"}
PARENTS: dict[str, str | None] = {TOTAL: None, **dict.fromkeys("CFJ", TOTAL), **SECTION_OF}
MARTS = ("leaf_sector", "structure")
VARIETY = ("related_variety", "unrelated_variety")
#: A fixture of the session and a warehouse per example: filling starts from empty tables each time.
quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Employees = Mapping[str, int]
people = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 100_000))
regions = st.fixed_dictionaries(dict.fromkeys(SECTION_OF, people)).filter(lambda region: sum(region.values()) > 0)


def shares(figures: Mapping[str, float]) -> list[float]:
    return [e / sum(figures.values()) for e in figures.values()]


def entropy(figures: Mapping[str, float]) -> float:
    return math.fsum(-p * math.log2(p) for p in shares(figures) if p)


def expected(region: Employees, benchmark: Employees) -> dict[str, float]:
    """The measures by their definitions."""
    own, other = shares(region), shares(benchmark)
    h, n = math.fsum(p * p for p in own), len(own)
    sections = {s: {d: e for d, e in region.items() if SECTION_OF[d] == s} for s in "CFJ"}
    weights = {s: sum(parts.values()) / sum(region.values()) for s, parts in sections.items()}
    difference = math.fsum(abs(p - q) for p, q in zip(own, other, strict=True))
    return {
        "herfindahl": h,
        "herfindahl_normalised": (h - 1 / n) / (1 - 1 / n),
        "equivalent_sectors": 1 / h,
        "entropy": entropy(region),
        "related_variety": math.fsum(weights[s] * entropy(sections[s]) for s in "CFJ" if weights[s]),
        "unrelated_variety": entropy(weights),
        "krugman": difference,
        "hoover": 0.5 * difference,
    }


def cells_of(region: Employees, benchmark: Employees) -> dict[Cell, Figure]:
    return {
        (name, division, START): e
        for name, figures in ((REGION, region), (NRW, benchmark))
        for division, e in figures.items()
    }


def measured(connection: duckdb.DuckDBPyConnection, cells: Mapping[Cell, Figure]) -> dict[str, Row]:
    fill(connection, cells, PARENTS, marts=MARTS)
    return structure(connection, REGION)


@quick
@given(regions, regions)
def test_measures_are_what_they_mean(measures: duckdb.DuckDBPyConnection, region: Employees, rest: Employees) -> None:
    benchmark = {division: e + rest[division] for division, e in region.items()}
    found = measured(measures, cells_of(region, benchmark))
    for measure, value in expected(region, benchmark).items():
        assert found[measure]["status"] == "derived", measure
        assert math.isclose(found[measure]["value"], value, rel_tol=1e-9, abs_tol=1e-9), measure
    assert 1 / 6 - 1e-12 <= found["herfindahl"]["value"] <= 1
    assert 0 <= found["krugman"]["value"] <= 2
    variety = sum(found[measure]["value"] for measure in VARIETY)
    assert math.isclose(variety, found["entropy"]["value"], abs_tol=1e-12)


@quick
@given(regions, regions, st.integers(2, 1000), st.randoms(use_true_random=False))
def test_neither_size_nor_order_of_rows_matters(
    measures: duckdb.DuckDBPyConnection,
    region: Employees,
    benchmark: Employees,
    times: int,
    order: random.Random,
) -> None:
    cells = cells_of(region, benchmark)
    found = measured(measures, cells)
    shuffled = list(cells.items())
    order.shuffle(shuffled)
    assert measured(measures, dict(shuffled)) == found
    larger = measured(measures, cells_of({d: times * e for d, e in region.items()}, benchmark))
    for measure, row in found.items():
        assert math.isclose(larger[measure]["value"], row["value"], rel_tol=1e-9, abs_tol=1e-12), measure


@quick
@given(regions)
def test_a_benchmark_does_not_differ_from_itself(measures: duckdb.DuckDBPyConnection, region: Employees) -> None:
    measured(measures, cells_of(region, region))
    own = structure(measures, NRW)
    assert own["krugman"]["value"] == own["hoover"]["value"] == 0


@quick
@given(regions, regions, st.sets(st.sampled_from(sorted(SECTION_OF)), min_size=1, max_size=3), st.data())
def test_bounds_hold_for_every_completion_of_hidden_cells(
    measures: duckdb.DuckDBPyConnection,
    region: Employees,
    rest: Employees,
    hidden: set[str],
    data: st.DataObject,
) -> None:
    benchmark = {division: e + rest[division] for division, e in region.items()}
    upper = {division: region[division] + data.draw(st.integers(1, 50)) for division in hidden}
    cells = cells_of(region, benchmark) | {(REGION, d, START): (0.0, float(upper[d])) for d in hidden}
    found = measured(measures, cells)
    fills = st.fixed_dictionaries({d: st.integers(0, upper[d]) for d in hidden})
    for completion in (region, *(dict(region) | data.draw(fills) for _ in range(5))):
        values = expected(completion, benchmark) if sum(completion.values()) else {}
        for measure, value in values.items():
            row = found[measure]
            assert row["status"] == ("suppressed" if row["value"] is None else "derived")
            assert row["value_lower"] is None or row["value_lower"] <= value + 1e-9, (row, value)
            assert row["value_upper"] is None or row["value_upper"] >= value - 1e-9, (row, value)


@quick
@given(regions)
def test_a_benchmark_with_hidden_cells_is_still_itself(measures: duckdb.DuckDBPyConnection, region: Employees) -> None:
    hidden: dict[Cell, Figure] = {(NRW, "10", START): (0.0, 50.0), (NRW, "62", START): 1}
    measured(measures, cells_of(region, region) | hidden)
    own = structure(measures, NRW)
    assert own["krugman"]["value"] == own["hoover"]["value"] == 0


def test_equal_sectors_and_a_single_one(measures: duckdb.DuckDBPyConnection) -> None:
    even = measured(measures, cells_of(dict.fromkeys(SECTION_OF, 7), dict.fromkeys(SECTION_OF, 7)))
    assert even["herfindahl_normalised"]["value"] == pytest.approx(0, abs=1e-12)
    assert even["equivalent_sectors"]["value"] == pytest.approx(6)
    assert even["entropy"]["value"] == pytest.approx(math.log2(6))
    one = dict.fromkeys(SECTION_OF, 0) | {"62": 7}
    single = measured(measures, cells_of(one, dict.fromkeys(SECTION_OF, 7) | {"62": 0}))
    assert single["herfindahl"]["value"] == single["herfindahl_normalised"]["value"] == 1
    assert single["entropy"]["value"] == 0
    assert (single["krugman"]["value"], single["hoover"]["value"]) == (2, 1)


def test_a_printed_section_makes_the_unrelated_variety_exact(measures: duckdb.DuckDBPyConnection) -> None:
    region = {"10": 5, "11": 7, "24": 30, "41": 20, "43": 8, "62": 40}
    hidden: dict[Cell, Figure] = {(REGION, "10", START): (0.0, 12.0), (REGION, "11", START): (0.0, 12.0)}
    sections: dict[Cell, Figure] = {
        (REGION, "C", START): 42,
        (REGION, "F", START): 28,
        (REGION, "J", START): 40,
    }
    found = measured(measures, cells_of(region, region) | hidden | sections)
    assert found["unrelated_variety"]["value"] == pytest.approx(entropy({"C": 42, "F": 28, "J": 40}))
    assert (found["related_variety"]["value"], found["related_variety"]["status"]) == (None, "suppressed")


def test_variety_needs_divisions(measures: duckdb.DuckDBPyConnection) -> None:
    cells: dict[Cell, Figure] = {(region, sector, START): 10 for region in (REGION, NRW) for sector in ("C", "F", "J")}
    found = measured(measures, cells)
    assert found["entropy"]["value"] == pytest.approx(math.log2(3))
    for measure in VARIETY:
        assert (found[measure]["value"], found[measure]["status"]) == (None, "undefined")


def test_not_stated_is_no_sector(measures: duckdb.DuckDBPyConnection) -> None:
    region = dict.fromkeys(SECTION_OF, 7)
    not_stated: dict[Cell, Figure] = {(name, "NA", START): 500 for name in (REGION, NRW)}
    fill(measures, cells_of(region, region) | not_stated, PARENTS | {"NA": TOTAL}, marts=MARTS)
    assert structure(measures, REGION)["equivalent_sectors"]["value"] == pytest.approx(6)


@pytest.mark.parametrize("name", [REGION, NRW])
def test_a_missing_cell_is_refused(measures: duckdb.DuckDBPyConnection, name: str) -> None:
    region = dict.fromkeys(SECTION_OF, 7)
    found = measured(measures, cells_of(region, region) | {(name, "10", START): None})
    for measure, row in found.items():
        if name == REGION or measure in ("krugman", "hoover"):
            assert row["status"] == "not_available", measure
            assert row["value"] is row["value_lower"] is row["value_upper"] is None, measure


def test_one_unknown_share_makes_a_measure_null(measures: duckdb.DuckDBPyConnection) -> None:
    known, unknown = [0.25, 0.75], [0.25, None]
    for expression in ("herfindahl(s)", "krugman(s, b)", "entropy(s)"):
        assert aggregate(measures, f"marts.{expression}", s=known, b=known) is not None
        assert aggregate(measures, f"marts.{expression}", s=unknown, b=known) is None
    assert scalar(measures, "marts.hoover(marts.krugman(0.5, 0.25))") == 0.125
