"""Employment, specialisation with bounds, growth, portfolio and rankings on a generated table of 2.5 million cells.

As a module it fills these marts once for one size and prints the seconds of each:
`python -m bench.marts OBSERVATIONS KREISE`.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import Run, run_module
from bench.generated import Size, replace_kreise, write_observations
from bench.result import Report, Result
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
    runs = {size: _runs(size) for size in STEPS}
    seconds = {size: _fastest(of_size) for size, of_size in runs.items()}
    total = {size: sum(by_mart.values()) for size, by_mart in seconds.items()}
    return Report(
        title="Marts at scale",
        notes=[
            f"Generated: {FULL.kreise} Kreise × 88 divisions × {FULL.quarters} quarters = {FULL.cells:,} cells, "
            f"2 % suppressed, totals and NRW printed; {CORES} threads, a file on disk, history already loaded. "
            f"Best of {RUNS} processes; memory is the largest, loading included.",
            "Seconds by mart: "
            + ", ".join(f"{name.split('.')[1]} {spent:.2f}" for name, spent in seconds[FULL].items()),
        ],
        results=[
            Result(f"{FULL.cells:,} cells: all marts", total[FULL], 8),
            Result(f"{FULL.cells:,} cells: peak memory", max(run.peak_mb for run in runs[FULL]), 1500, unit="MB"),
            *(
                Result(
                    f"{large.cells:,} cells: all marts",
                    total[large],
                    large.cells / small.cells,
                    peer=f"{small.cells:,} cells",
                    peer_measured=total[small],
                )
                for small, large in pairwise(STEPS)
            ),
        ],
    )


def _runs(size: Size) -> list[Run]:
    """Each in a fresh process, on the same generated table."""
    with TemporaryDirectory() as folder:
        observations = Path(folder) / "generated.parquet"
        with open_in_memory() as connection:
            write_observations(connection, size, observations)
        return [run_module(__name__, [str(observations), str(size.kreise)]) for _ in range(RUNS)]


def _fastest(runs: list[Run]) -> dict[str, float]:
    """Seconds by mart of the run that took least in all."""
    spent: list[dict[str, float]] = [json.loads(run.output) for run in runs]
    return min(spent, key=lambda by_mart: sum(by_mart.values()))


def fill_marts(warehouse: Path, observations: Path, kreise: int) -> dict[str, float]:
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
                start = time.perf_counter()
                connection.execute(f"INSERT INTO {relation} BY NAME\n{select(relation.split('.')[1])}")
                seconds[relation] = time.perf_counter() - start
        return {relation: seconds[relation] for relation in MEASURED}


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        print(json.dumps(fill_marts(Path(temporary) / "w.duckdb", Path(sys.argv[1]), int(sys.argv[2]))))
