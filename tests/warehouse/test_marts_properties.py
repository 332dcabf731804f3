"""Marts against brute force: whatever a publisher hides, every bound holds and no figure is invented."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quality.checks import run_checks
from reference.regions import GERMANY, NRW, RUHR, nrw_kreise
from reference.sectors import BA_REGIONALREPORT, DIVISIONS, GENESIS_13, TOTAL, sectors
from tests.warehouse.building import Delivery, build_warehouse, records
from tests.warehouse.worlds import Figures, Table, growth, location_quotient, tables

DATES = (dt.date(2019, 6, 30), dt.date(2020, 6, 30))
SCHEMES = (BA_REGIONALREPORT, GENESIS_13, DIVISIONS)
COMPLETIONS = 25

Row = dict[str, Any]


# An example builds a warehouse, so shrinking would take minutes; the row in the message says what broke.
@settings(
    max_examples=4,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    report_multiple_bugs=False,
)
@given(st.tuples(*(tables(scheme, date) for scheme in SCHEMES for date in DATES)), st.integers(0, 2**32))
def test_marts_hold_for_the_truth_and_for_every_completion(worlds: tuple[Table, ...], seed: int) -> None:
    deliveries = [
        Delivery(f"{table.scheme}_{table.date}", table.observations(), dt.date(2021, 1, number))
        for number, table in enumerate(worlds, start=1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        built = build_warehouse(Path(folder), *deliveries)
        marts = {name: records(built, f"FROM marts.{name}") for name in ("employment", "specialisation", "growth")}
        failed = [check for check in run_checks(built) if check.severity == "stop" and not check.passed]
    assert failed == []
    random = Random(seed)
    completions = {(table.scheme, table.date): list(table.completions(random, COMPLETIONS)) for table in worlds}
    for table in worlds:
        of_table = _rows_of(table, completions[table.scheme, table.date])
        of_table(marts["employment"], _check_employment)
        of_table(marts["specialisation"], _check_specialisation)
        _check_shares(table, [row for row in marts["specialisation"] if _is_of(table, row)])
    for before, after in zip(worlds[::2], worlds[1::2], strict=True):
        _check_growth(before, after, marts["growth"], completions, random)


def _rows_of(table: Table, completions: list[Figures]) -> Callable[..., None]:
    def check(mart: list[Row], rule: Callable[[Table, list[Row], list[Figures]], None]) -> None:
        rule(table, [row for row in mart if _is_of(table, row)], completions)

    return check


def _is_of(table: Table, row: Row) -> bool:
    return (row["sector_scheme"], row["reference_date"]) == (table.scheme, table.date)


def _check_employment(table: Table, rows: list[Row], completions: list[Figures]) -> None:
    regions = {*nrw_kreise(), NRW, RUHR, *table.regions}
    keys = [(row["region_id"], row["sector_id"]) for row in rows]
    assert sorted(keys) == sorted((region, sector) for region in regions for sector in table.sector_ids)
    for row in rows:
        cell = row["region_id"], row["sector_id"]
        low, high = row["employees_lower"], row["employees_upper"]
        match table.status(*cell):
            case "known":
                assert row["employees"] == low == high == completions[0][cell], row
            case "not_available":
                assert row["status"] == "not_available"
                assert row["employees"] is low is high is None, row
            case "suppressed":
                assert row["status"] == "suppressed"
                assert row["employees"] is None, row
                assert all(_contains(low, high, figures[cell]) for figures in completions), row


def _check_specialisation(table: Table, rows: list[Row], completions: list[Figures]) -> None:
    regions = {*nrw_kreise(), NRW, RUHR, *table.regions}
    comparable = {region for region in regions if table.status(region, TOTAL) == "known"}
    benchmarks = comparable & {NRW, GERMANY}
    keys = [(row["region_id"], row["benchmark_id"], row["sector_id"]) for row in rows]
    assert sorted(keys) == sorted(
        (region, benchmark, sector)
        for region in comparable
        for benchmark in benchmarks
        for sector in table.sector_ids
        if sector != TOTAL and (region, benchmark) != (GERMANY, NRW)
    )
    for row in rows:
        names = row["region_id"], row["benchmark_id"], row["sector_id"]
        low, high = row["location_quotient_lower"], row["location_quotient_upper"]
        status = {table.status(region, names[2]) for region in names[:2]}
        if status == {"known"}:
            expected = location_quotient(completions[0], *names)
            assert row["location_quotient"] == low == high, row
            assert _equal(low, expected), row
            assert expected is None or names[0] != names[1] or low == 1
        elif "not_available" in status:
            assert row["location_quotient"] is low is high is None, row
        else:
            assert row["location_quotient"] is None, row
            quotients = (location_quotient(figures, *names) for figures in completions)
            assert all(q is None or _contains(low, high, q) for q in quotients), row


def _check_shares(table: Table, rows: list[Row]) -> None:
    """Where the parts of the total are all printed, their shares sum to 1."""
    codes = sectors(table.scheme)
    parts = {code.sector_id for code in codes.values() if code.parent_id == TOTAL}
    if codes[TOTAL].children != "complete" or not parts <= set(table.sector_ids):
        return
    shares: dict[tuple[str, str], list[float | None]] = {}
    for row in rows:
        if row["sector_id"] in parts:
            shares.setdefault((row["region_id"], row["benchmark_id"]), []).append(row["share"])
    for found in shares.values():
        if None not in found:
            assert math.isclose(math.fsum(share for share in found if share is not None), 1)


def _check_growth(
    before: Table,
    after: Table,
    mart: list[Row],
    completions: dict[tuple[str, dt.date], list[Figures]],
    random: Random,
) -> None:
    rows = [row for row in mart if row["sector_scheme"] == before.scheme]
    regions = {*nrw_kreise(), NRW, RUHR, *(set(before.regions) & set(after.regions))}
    common = set(before.sector_ids) & set(after.sector_ids)
    keys = [(row["region_id"], row["sector_id"]) for row in rows]
    assert sorted(keys) == sorted((region, sector) for region in regions for sector in common)
    first, last = completions[before.scheme, before.date], completions[after.scheme, after.date]
    pairs = [(first[0], last[0]), *((random.choice(first), random.choice(last)) for _ in range(COMPLETIONS))]
    for row in rows:
        cell = row["region_id"], row["sector_id"]
        low, high = row["growth_rate_lower"], row["growth_rate_upper"]
        status = {before.status(*cell), after.status(*cell)}
        if status == {"known"}:
            expected = growth(first[0][cell], last[0][cell])
            assert row["growth_rate"] == low == high, row
            assert _equal(low, expected), row
        elif "not_available" in status:
            assert row["growth_rate"] is None, row
        else:
            assert row["growth_rate"] is None, row
            rates = (growth(start[cell], end[cell]) for start, end in pairs)
            assert all(rate is None or _contains(low, high, rate) for rate in rates), row


def _contains(low: float | None, high: float | None, x: float) -> bool:
    """An absent bound is open. The solver's vertices are exact to six decimals."""
    slack = 1e-6 * (1 + abs(x))
    return (low is None or low <= x + slack) and (high is None or x - slack <= high)


def _equal(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
