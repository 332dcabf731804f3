"""Employment, specialisation with bounds, growth, portfolio and rankings on a generated table of 2.5 million cells.

As a module it fills these marts once for one size and prints the seconds of each:
`python -m bench.marts OBSERVATIONS KREISE`.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import run_module
from bench.generated import Size, replace_kreise, write_observations
from bench.result import Report, Result, Timing, timed
from transforms.sql import measures_sql
from warehouse import build
from warehouse.as_of import OBSERVATION_AS_OF
from warehouse.connect import open_for_building, open_in_memory
from warehouse.mart_sql import select
from warehouse.reference_tables import load_reference

FULL = Size(kreise=400, quarters=72)
STEPS = (Size(kreise=4, quarters=72), Size(kreise=40, quarters=72), FULL)  # 1, 10 and 100 times the data
CORES = 2
KNOWN_FROM = dt.date(2025, 1, 1)
RUNS = 3
_HOW = f"2 % suppressed, totals and NRW printed; {CORES} threads, a file on disk, history already loaded."
MEASURED = (
    "marts.employment",
    "marts.leaf_sector",
    "marts.specialisation",
    "marts.growth",
    "marts.portfolio",
    "marts.ranking_variant",
    "marts.ranking",
)


def run() -> Report:
    filled = {size: _filled(size, RUNS) for size in STEPS}
    largest = filled[FULL]
    return Report(
        title="Marts at scale",
        notes=[
            f"Generated: {FULL.kreise} Kreise × 88 divisions × {FULL.quarters} quarters = {FULL.cells:,} cells, "
            f"{_HOW} Best of {RUNS} processes; memory is the largest, loading included.",
            "Seconds by mart: "
            + ", ".join(f"{name.split('.')[1]} {spent.cpu:.2f}" for name, spent in largest.seconds.items()),
        ],
        results=[
            Result("marts.full", f"{FULL.cells:,} cells: all marts", largest.total),
            Result("marts.full_mb", f"{FULL.cells:,} cells: peak memory", largest.peak_mb, unit="MB"),
            *(_growth("marts.growth", small, large, filled) for small, large in pairwise(STEPS)),
        ],
    )


def run_quick() -> Report:
    """The growth over the first two steps, once: no more than seconds."""
    small, large = STEPS[:2]
    filled = {size: _filled(size, 1) for size in (small, large)}
    return Report(
        title="Marts at scale",
        notes=[f"Generated: {large.cells:,} cells, {_HOW} One process each."],
        results=[
            _growth("quick.marts.growth", small, large, filled),
            Result("quick.marts.mb", f"{large.cells:,} cells: peak memory", filled[large].peak_mb, unit="MB"),
        ],
    )


@dataclass(frozen=True)
class _Filled:
    """Of one size: seconds by mart of the run that took least, and the peak memory of all runs in MB."""

    seconds: dict[str, Timing]
    peak_mb: float

    @property
    def total(self) -> Timing:
        return _total(self.seconds)


def _total(by_mart: Mapping[str, Timing]) -> Timing:
    return Timing(sum(spent.cpu for spent in by_mart.values()), sum(spent.wall for spent in by_mart.values()))


def _growth(limit: str, small: Size, large: Size, filled: Mapping[Size, _Filled]) -> Result:
    return Result(
        limit,
        f"{large.cells:,} cells: all marts",
        filled[large].total,
        peer=f"{small.cells:,} cells",
        peer_measured=filled[small].total,
    )


def _filled(size: Size, times: int) -> _Filled:
    """Each time in a fresh process, on the same generated table."""
    with TemporaryDirectory() as folder:
        observations = Path(folder) / "generated.parquet"
        with open_in_memory() as connection:
            write_observations(connection, size, observations)
        runs = [run_module(__name__, [str(observations), str(size.kreise)]) for _ in range(times)]
    spent = [{name: Timing(*seconds) for name, seconds in json.loads(run.output).items()} for run in runs]
    return _Filled(min(spent, key=lambda by_mart: _total(by_mart).cpu), max(run.peak_mb for run in runs))


def fill_marts(warehouse: Path, observations: Path, kreise: int) -> dict[str, Timing]:
    """Seconds by mart, each filled by its own SQL into a new warehouse."""
    with open_for_building(warehouse) as connection:
        connection.execute(f"SET threads = {CORES}")
        build.create_relations(connection)
        load_reference(connection, KNOWN_FROM)
        replace_kreise(connection, kreise)
        connection.execute(
            "INSERT INTO history.observation BY NAME "
            "SELECT *, 'generated' AS delivery_id, ?::DATE AS known_from, 1 AS vintage FROM read_parquet(?)",
            [KNOWN_FROM, str(observations)],
        )
        connection.execute(OBSERVATION_AS_OF)
        connection.execute(measures_sql())
        seconds = {}
        for relation in build.MARTS:
            if relation in ("marts.region", "marts.sector", *MEASURED):
                statement = f"INSERT INTO {relation} BY NAME\n{select(relation.split('.')[1])}"
                seconds[relation] = timed(lambda sql=statement: connection.execute(sql))  # type: ignore[misc]
        return {relation: seconds[relation] for relation in MEASURED}


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        filled = fill_marts(Path(temporary) / "w.duckdb", Path(sys.argv[1]), int(sys.argv[2]))
        print(json.dumps({name: (spent.cpu, spent.wall) for name, spent in filled.items()}))
