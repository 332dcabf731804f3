"""Indicators, portfolio, rankings and as-of answers on the real files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.refresh import refresh
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder


@pytest.fixture(scope="module")
def warehouse(real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = DataFolder(tmp_path_factory.mktemp("real") / "data")
    assert refresh(data, [real_files]).published
    with open_published(data.published) as connection:
        yield connection


@pytest.mark.parametrize(
    ("indicator", "region", "day", "value"),
    [
        ("unemployment_rate", "05513", "2020-12-31", 14.9),
        ("gdp_per_worker", "05113", "2014-12-31", 78_370),
        ("municipal_debt_per_capita", "05119", "2015-12-31", 8_875),
        ("municipal_debt_per_capita", "05113", "2023-12-31", 5_237),
        ("net_migration_18_25", "05113", "2015-12-31", 3_822),
        ("population", "RUHR", "2024-12-31", 5_125_628),
        ("gdp", "RUHR", "2024-12-31", 215_298_086),
        ("employees", "RUHR", "2024-06-30", 1_866_914),
        ("insolvencies", "05112", "2024-12-31", 139),
        ("gigabit_coverage_households", "05911", "2020-12-31", 93.85),
        ("school_leavers_without_certificate_share", "05113", "2015-12-31", 100 * 409 / 6_059),
        ("action_plan_cost_planned", "RUHR", "2021-09-01", 115_000),
    ],
)
def test_values(warehouse: duckdb.DuckDBPyConnection, indicator: str, region: str, day: str, value: float) -> None:
    found = warehouse.execute(
        "SELECT value FROM marts.indicator_value WHERE (indicator_id, region_id, reference_date) = (?, ?, ?::DATE)",
        [indicator, region, day],
    ).fetchall()
    assert found == [(pytest.approx(value, rel=1e-12),)]


def test_the_ruhr_rate_is_implied_by_the_rates_and_counts_of_its_kreise(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """85,667 EUR per worker in 2024, with the rounding of the printed figures as bounds."""
    value, lower, upper = warehouse.execute(
        "SELECT value, value_lower, value_upper FROM marts.indicator_value "
        "WHERE indicator_id = 'gdp_per_worker' AND region_id = 'RUHR' AND reference_date = '2024-12-31'"
    ).fetchall()[0]
    assert round(value) == 85_667
    assert lower < value < upper
    assert upper - lower == pytest.approx(1, rel=0.01)


def test_every_indicator_is_explained_in_both_languages(warehouse: duckdb.DuckDBPyConnection) -> None:
    unexplained = warehouse.execute(
        "FROM marts.indicator WHERE length(definition_de) < 20 OR length(definition_en) < 20 OR formula = '' "
        "OR target_status <> 'not_set' OR light_rule_de IS NULL OR (baseline_printed IS NOT NULL) <> "
        "(baseline_place IS NOT NULL)"
    ).fetchall()
    assert unexplained == []
    with_baseline = warehouse.execute(
        "SELECT count(*) FROM marts.indicator WHERE baseline_printed IS NOT NULL"
    ).fetchone()
    assert with_baseline == (7,)


@pytest.mark.parametrize(
    ("day", "population", "basis"),
    [("2025-01-01", 5_162_812, "census2011"), ("2025-06-01", 5_126_153, "census2022")],
)
def test_indicator_as_of(warehouse: duckdb.DuckDBPyConnection, day: str, population: int, basis: str) -> None:
    found = warehouse.execute(
        "SELECT value, basis FROM marts.indicator_as_of(?::DATE) WHERE indicator_id = 'population' "
        "AND region_id = 'RUHR' AND reference_date = '2023-12-31'",
        [day],
    ).fetchall()
    assert found == [(population, basis)]


def test_as_of_the_end_of_time_is_what_the_marts_say(warehouse: duckdb.DuckDBPyConnection) -> None:
    for mart, macro in (("indicator_value", "indicator_as_of"), ("employment", "employment_as_of")):
        one_way = f"FROM marts.{macro}(DATE '9999-12-31') EXCEPT FROM marts.{mart}"
        other_way = f"FROM marts.{mart} EXCEPT FROM marts.{macro}(DATE '9999-12-31')"
        assert warehouse.execute(one_way).fetchall() == []
        assert warehouse.execute(other_way).fetchall() == []


def test_nothing_grows_across_the_census(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match="census2011, the other on census2022"):
        warehouse.execute("FROM marts.indicator_change('population', DATE '2022-12-31', DATE '2024-12-31')").fetchall()
    light = warehouse.execute(
        "SELECT previous_date FROM marts.indicator_status WHERE indicator_id = 'population' AND region_id = 'RUHR'"
    ).fetchall()
    assert light == [(dt.date(2023, 12, 31),)]


def test_portfolio_of_the_ruhr(warehouse: duckdb.DuckDBPyConnection) -> None:
    """06/2019 to 03/2020: energy, health and logistics are specialised and grow, manufacturing shrinks."""
    quadrants = dict(
        warehouse.execute(
            "SELECT sector_id, quadrant FROM marts.portfolio WHERE region_id = 'RUHR' AND benchmark_id = '05' "
            "AND sector_scheme = 'ba-rr' AND from_date = '2019-06-30' AND to_date = '2020-03-31'"
        ).fetchall()
    )
    assert len(quadrants) == 23
    assert quadrants["B,D,E"] == quadrants["86"] == quadrants["H"] == "specialised_growing"
    assert quadrants["C"] == "shrinking"
    assert quadrants["NA"] == "undetermined"


def test_top_3_of_every_kreis(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.execute(
        "SELECT DISTINCT count(*) FROM marts.ranking JOIN marts.region USING (region_id) "
        "WHERE kind = 'specialisation' AND in_ruhr AND sector_scheme IN ('ba-rr', 'genesis-13') "
        "GROUP BY region_id, sector_scheme, to_date"
    ).fetchall()
    assert counts == [(3,)]
    essen = warehouse.execute(
        "SELECT sector_id, value, is_certain FROM marts.ranking WHERE kind = 'specialisation' AND region_id = '05113' "
        "AND sector_scheme = 'ba-rr' AND to_date = '2020-03-31' ORDER BY rank"
    ).fetchall()
    assert [row[0] for row in essen] == ["B,D,E", "N-ohne-ANUE", "L,M"]
    assert essen[0][1] is None  # Remscheid hides its part of the benchmark: an interval, and still certainly first
    assert all(row[2] for row in essen)


def test_one_finding_for_the_business_that_was_re_coded_in_muelheim(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.execute(
        "SELECT text_de FROM quality.finding WHERE check_id = 'employment_jump' AND list_contains(region_ids, '05117')"
    ).fetchall()
    changes = (
        "Metall- und Elektroindustrie, Stahlindustrie (24-30,32,33) 10.313 → 6.059; "
        "Bergbau, Energie- und Wasserversorgung, Entsorgung (B,D,E) 990 → 4.917"
    )
    assert found == [
        (f"Beschäftigte in Mülheim an der Ruhr, 31.12.2019 → 31.03.2020: {changes} (Branchen nach ba-rr)",)
    ]


def test_the_broadband_step_is_a_warning_that_names_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "SELECT severity, text_de FROM quality.finding WHERE check_id = 'broadband_step' ORDER BY text_de"
    ).fetchall()
    assert found == [
        ("warn", "Haushalte ≥ 1000 Mbit/s in NRW: 17,14 % (30.06.2019) → 48,76 % (31.12.2019)"),
        ("warn", "Haushalte ≥ 1000 Mbit/s in NRW: 48,76 % (31.12.2019) → 62,00 % (30.06.2020)"),
    ]


def test_the_census_base_is_the_cause_of_the_revision(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute("SELECT DISTINCT cause FROM quality.revision").fetchall() == [("census_base",)]
    essen = warehouse.execute(
        "SELECT old_value, new_value FROM quality.revision WHERE region_id = '05113' AND dimensions = ''"
    ).fetchall()
    assert essen == [(586_608, 574_082)]
