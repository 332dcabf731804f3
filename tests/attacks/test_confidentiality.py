"""A sample of the attack on confidentiality, and whether it notices what it is there for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import pytest

from quality.checks import run_checks
from reference.regions import nrw_kreise
from reference.sectors import BA_REGIONALREPORT, DIVISIONS, GENESIS_13, TOTAL
from tests.attacks.confidentiality import attack, attack_world, report
from tests.warehouse.building import HIDDEN, Delivery, build_warehouse, employees
from tests.warehouse.worlds import Table, random_table
from warehouse.build import MARTS

EARLY, LATE = dt.date(2019, 6, 30), dt.date(2020, 6, 30)
REMSCHEID, ESSEN = "05120", "05113"
#: As the Regionalreport of Remscheid prints them: B,D,E and F are hidden and share 30.
HIDING = {"A": 5.0, "B-F": 100.0, "C": 70.0, "B,D,E": HIDDEN, "F": HIDDEN, "G-U": 300.0, "NA": HIDDEN, TOTAL: 407.0}


def test_no_published_figure_tells_more_than_the_margins() -> None:
    outcome = attack_world(8)
    assert outcome.leaks == []
    assert outcome.hidden.total() > 10
    assert outcome.claims.total() > 1000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dates of one table in which two Kreise hide what is not derivable from their margins."""
    tables = []
    for day, more in ((EARLY, 0.0), (LATE, 1.0)):
        for kreis, numbers in regional_reports(more).items():
            tables += [employees(kreis, sector, number, reference_date=day) for sector, number in numbers.items()]
    return build_warehouse(tmp_path_factory.mktemp("attacked"), Delivery("reports", tables))


def regional_reports(more: float) -> dict[str, dict[str, float | str]]:
    printed = {"A": 5.0, "B-F": 100.0, "C": 70.0, "B,D,E": 12.0, "F": 18.0 + more, "G-U": 300.0, "NA": 2.0}
    whole = printed | {"B-F": 100.0 + more, TOTAL: 407.0 + more}
    hiding = HIDING | {"B-F": 100.0 + more, TOTAL: 407.0 + more}
    return {kreis: dict(hiding if kreis in (REMSCHEID, ESSEN) else whole) for kreis in nrw_kreise()}


@pytest.fixture
def writable(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file, as long as a test lasts: what it changes is rolled back."""
    with duckdb.connect(str(built)) as connection:
        connection.begin()
        yield connection
        connection.rollback()


def test_the_table_that_is_tampered_with_has_no_leak(writable: duckdb.DuckDBPyConnection) -> None:
    outcome = attack(writable)
    assert outcome.leaks == []
    assert (outcome.hidden.total(), outcome.upper_met.total()) == (12, 12)
    assert "| made up | 2 | 12 |" in report({"made up": outcome})


#: By relation, what is changed of the rows that concern Remscheid's hidden cells.
TAMPERING = {
    "employment": "employees_upper = employees_upper - 1 WHERE region_id = '05120' AND sector_id = 'F'",
    "specialisation": "location_quotient_lower = 0.01 WHERE region_id = '05120' AND sector_id = 'F'",
    "growth": "growth_rate_lower = growth_rate_lower + 0.001 WHERE region_id = 'RUHR' AND sector_id = 'F'",
    "portfolio": "quadrant = 'growing' WHERE region_id = '05120' AND sector_id = 'F'",
    "ranking": "sector_id = 'F', value = NULL, value_lower = 1.1 WHERE region_id = '05111' AND rank = 1 "
    "AND kind = 'specialisation'",
    "crosswalk_employment": "employees_upper = employees_upper - 1 WHERE region_id = '05120' AND status = 'suppressed'",
    "crosswalk_growth": "growth_rate = 0 WHERE region_id = '05120' AND growth_rate IS NULL",
    "indicator_value": "value_upper = value_upper - 1 WHERE region_id = '05120' AND status = 'suppressed' "
    "AND starts_with(indicator_id, 'topic_employees')",
    "shift_share": "employment_change = 1 WHERE region_id = '05120' AND sector_id = 'F'",
    "structure": "value_upper = value_lower WHERE region_id = '05120' AND measure = 'entropy'",
}


@pytest.mark.parametrize(("relation", "tampering"), TAMPERING.items(), ids=TAMPERING)
def test_a_leak_is_noticed(writable: duckdb.DuckDBPyConnection, relation: str, tampering: str) -> None:
    """A claim made a little tighter in one relation is found there, although all others stay as they are."""
    (changed,) = writable.execute(f"UPDATE marts.{relation} SET {tampering}").fetchone() or (0,)
    assert changed > 0
    assert {leak.relation for leak in attack(writable).leaks} == {f"marts.{relation}"}


def test_a_table_says_the_same_whatever_other_tables_print(tmp_path: Path) -> None:
    """No mart of a scheme changes when other tables of the same Kreise and days are there, which hide other cells."""
    random = Random(3)
    mine = [random_table(random, BA_REGIONALREPORT, date) for date in (EARLY, LATE)]
    others = [random_table(random, scheme, date) for scheme in (GENESIS_13, DIVISIONS) for date in (EARLY, LATE)]
    assert all(table.hidden for table in mine)
    alone, together = (
        built_from(tmp_path / name, tables) for name, tables in (("alone", mine), ("together", [*others, *mine]))
    )
    compared = 0
    with duckdb.connect(str(together), read_only=True) as connection:
        connection.execute(f"ATTACH '{alone}' AS alone (READ_ONLY)")
        for relation in MARTS:
            columns = {name for name, *_ in connection.execute(f"DESCRIBE {relation}").fetchall()}
            if "sector_scheme" not in columns or relation in ("marts.sector", "marts.sector_weight"):
                continue
            both = [f"SELECT * FROM {name} WHERE sector_scheme = '{BA_REGIONALREPORT}'" for name in (
                relation, f"alone.{relation}")]  # fmt: skip
            for one, other in (both, both[::-1]):
                assert connection.execute(f"{one} EXCEPT ALL {other}").fetchall() == [], relation
            (rows,) = connection.execute(f"SELECT count(*) FROM ({both[0]})").fetchone() or (0,)
            compared += rows
    assert compared > 10_000


def built_from(folder: Path, tables: list[Table]) -> Path:
    folder.mkdir()
    return build_warehouse(
        folder, *(Delivery(f"{table.scheme}_{table.date}", table.observations()) for table in tables)
    )


def test_what_two_tables_tell_together_stands_nowhere(tmp_path: Path) -> None:
    """B,D,E and F are hidden in one table, another prints B-E without C: B,D,E follows from both, from none alone."""
    secret = 617_393.0
    report = {"B-F": 1_000_000.0, "C": 100_000.0, "B,D,E": HIDDEN, "F": HIDDEN, TOTAL: 2_000_000.0}
    other = {"B-F": 1_000_000.0, "B-E": 100_000.0 + secret, TOTAL: 2_000_000.0}
    built = build_warehouse(
        tmp_path,
        *(
            Delivery(
                scheme,
                [
                    employees(ESSEN, sector, number, sector_scheme=scheme, reference_date=day)
                    for day in (EARLY, LATE)
                    for sector, number in numbers.items()
                ],
            )
            for scheme, numbers in ((BA_REGIONALREPORT, report), (GENESIS_13, other))
        ),
    )
    results = run_checks(built)
    texts = [f"{result.example} {result.rows}" for result in results]
    with duckdb.connect(str(built), read_only=True) as connection:
        for relation in MARTS:
            texts += [str(row) for row in connection.execute(f"FROM {relation}").fetchall()]
    everything = "\n".join(texts)
    assert "900000" in everything  # what B-F leaves to both
    for number in (secret, 900_000 - secret):
        for written in (f"{number:.0f}", f"{number:,.0f}", f"{number:,.0f}".replace(",", ".")):
            assert written not in everything
