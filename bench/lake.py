"""The lake against the embedded file: publishing a release, what it takes on disk, and readers' queries.

As a module it publishes one file and prints the seconds: `python -m bench.lake FILE CONNECTION DATA_PATH`.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import Run, run_module
from bench.generated import Size, write_observations
from bench.marts import FULL, fill_marts
from bench.result import Report, Result, Timing, best_times, timed
from tests.postgres import PASSWORD, Server, running_server, server_binaries
from warehouse.connect import open_for_building, open_in_memory, open_published
from warehouse.data_folder import DataFolder
from warehouse.lake import open_lake
from warehouse.lake_address import Lake
from warehouse.lake_publish import publish_to_lake
from warehouse.release import publish, record_release

SIZES = (Size(kreise=40, quarters=72), FULL)
RUNS = 5
#: Columns by which a release without the last quarter differs from one with it.
_DATED = {
    "history.observation": "reference_date",
    "marts.employment": "reference_date",
    "marts.specialisation": "reference_date",
    "marts.growth": "to_date",
    "marts.portfolio": "to_date",
    "marts.ranking_variant": "to_date",
    "marts.ranking": "to_date",
}
QUERIES = {
    "one region's portfolio": "FROM marts.portfolio WHERE region_id = '10007' AND to_date = DATE '2024-12-31'",
    "mean quotient of each region": "SELECT region_id, avg(location_quotient) FROM marts.specialisation GROUP BY 1",
    "all that is known, by vintage": "SELECT count(*) FROM history.latest",
}


@dataclass(frozen=True)
class _Measured:
    """Of one size: runs that published by release, megabytes, and best seconds of queries by name: lake, then file."""

    runs: dict[str, Run]
    publish_file: Timing
    open_lake: Timing
    megabytes: dict[str, float]
    queries: dict[str, tuple[Timing, Timing]]


def run() -> Report:
    if server_binaries() is None:
        return Report("Lake", ["NOT MEASURED: no PostgreSQL server is installed (Debian: postgresql)."], [])
    with running_server() as server:
        measured = {size: _measure(server, size) for size in SIZES}
    small, full = (measured[size] for size in SIZES)
    return Report(
        title="Lake",
        notes=[
            f"DuckLake with a PostgreSQL catalogue and a folder against the embedded file, on the same generated "
            f"releases of {SIZES[0].cells:,} and {FULL.cells:,} cells. First: into an empty lake. Next: one quarter "
            "more. Same: only the row of the release differs. Each publishes in a process of its own, both ends on "
            f"this machine; queries on open connections, best of {RUNS} in turn. The CPU of the PostgreSQL server is "
            "not counted; the clock says what a person waits.",
            *(f"{size.cells:,} cells, MB: {_amounts(measured[size].megabytes)}" for size in SIZES),
        ],
        results=[
            *(
                Result(limit, f"{size.cells:,} cells: publish the {name} release", _seconds(run))
                for size, limit in ((SIZES[0], "lake.publish"), (FULL, "lake.publish_full"))
                for name, run in measured[size].runs.items()
            ),
            Result("lake.publish_file", f"{FULL.cells:,} cells: publish the embedded file", full.publish_file),
            Result("lake.open", f"{FULL.cells:,} cells: open the lake", full.open_lake),
            Result(
                "lake.mb",
                f"{FULL.cells:,} cells: peak memory of publishing",
                max(run.peak_mb for run in full.runs.values()),
                unit="MB",
            ),
            Result(
                "lake.growth",
                f"{FULL.cells:,} cells: publish the next release",
                _seconds(full.runs["next"]),
                peer=f"{SIZES[0].cells:,} cells",
                peer_measured=_seconds(small.runs["next"]),
            ),
            *(
                Result("lake.query", f"{FULL.cells:,} cells: {name}", in_lake, peer="file", peer_measured=in_file)
                for name, (in_lake, in_file) in full.queries.items()
            ),
        ],
    )


def _measure(server: Server, size: Size) -> _Measured:
    name = f"lake{size.cells}"
    server.sql(f"CREATE DATABASE {name}")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lake = Lake(server.connection(name), PASSWORD, str(folder / "lake"))
        releases = _releases(folder, size)
        runs, sizes = {}, {"file": _megabytes(folder / "next.duckdb")}
        for release, file in releases.items():
            runs[release] = run_module(__name__, [str(file), lake.catalogue, lake.data_path])
            sizes[f"lake with the {release} release"] = _megabytes(folder / "lake")
        queries = _queries(lake, releases["same"])
        opened = best_times(RUNS, {"lake": lambda: open_lake(lake).close()})["lake"]
        return _Measured(runs, _publish_file(folder, releases["same"]), opened, sizes, queries)


def _releases(folder: Path, size: Size) -> dict[str, Path]:
    """Three releases that follow each other: without the last quarter, with it, and the same again."""
    observations, complete = folder / "generated.parquet", folder / "complete.duckdb"
    with open_in_memory() as connection:
        write_observations(connection, size, observations)
    fill_marts(complete, observations, size.kreise)
    releases = {}
    for number, name in enumerate(("first", "next", "same"), start=1):
        releases[name] = shutil.copy(complete, folder / f"{name}.duckdb")
        with open_for_building(releases[name]) as connection:
            for relation, column in _DATED.items() if name == "first" else ():
                connection.execute(f"DELETE FROM {relation} WHERE {column} = (SELECT max({column}) FROM {relation})")
        released_at = dt.datetime.fromisoformat(f"2025-0{number}-01")
        row = {"release_id": name, "inputs": name, "code_version": "0", "is_synthetic": True}
        record_release(releases[name], row | {"released_at": released_at})
    return releases


def _publish_file(folder: Path, file: Path) -> Timing:
    data = DataFolder(folder / "data")
    data.releases.mkdir(parents=True)
    built = shutil.copy(file, data.releases / "built.duckdb")
    return timed(lambda: publish(data, built, "r1"))


def _queries(lake: Lake, file: Path) -> dict[str, tuple[Timing, Timing]]:
    found = {}
    with closing(open_lake(lake)) as in_lake, closing(open_published(file)) as in_file:
        for name, query in QUERIES.items():
            ask = {
                "lake": lambda q=query: in_lake.execute(q).fetchall(),
                "file": lambda q=query: in_file.execute(q).fetchall(),
            }
            best = best_times(RUNS, ask)
            found[name] = best["lake"], best["file"]
    return found


def _seconds(run: Run) -> Timing:
    return Timing(*json.loads(run.output))


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def _amounts(megabytes: dict[str, float]) -> str:
    return ", ".join(f"{name} {amount:.1f}" for name, amount in megabytes.items())


if __name__ == "__main__":
    spent = timed(lambda: publish_to_lake(Path(sys.argv[1]), Lake(sys.argv[2], PASSWORD, sys.argv[3])))
    print(json.dumps((spent.cpu, spent.wall)))
