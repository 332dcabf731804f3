"""Decoding many reports in one process and on Dask: `python -m bench.decode_on_dask [FILES] [PROCESSES]`.

Prints a Markdown table of wall-clock seconds, and of the processor time that all processes took together. A scheduler
elsewhere (S3MONITOR_DASK) is measured as well, where it is set; its workers' processor time is not seen then.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows import steps
from flows.dask_decoding import decode_on_dask
from flows.prefect_flow import configure_prefect
from flows.settings import Settings
from flows.temporary_server import start_server
from sources.sample import regionalreport
from sources.sample.world import World
from warehouse.data_folder import DataFolder


def main(files: int = 2000, processes: int = 2) -> None:
    with TemporaryDirectory() as folder:
        data = DataFolder(Path(folder) / "data")
        _write_reports(Path(folder) / "inbox", files)
        steps.take_in(data, [Path(folder) / "inbox"], (), dt.datetime.now(dt.UTC))
        configure_prefect(Path(folder) / "prefect", quiet=True)
        os.environ.setdefault("PREFECT_API_URL", start_server(patience=300))
        pending = steps.to_decode(data)
        ways: dict[str, Callable[[], Any]] = {
            "one process": lambda: steps.decode(data, pending),
            f"Dask, {processes} processes here": lambda: decode_on_dask(data, pending, str(processes)),
        }
        if elsewhere := Settings().dask:
            ways[elsewhere] = lambda: decode_on_dask(data, pending, elsewhere)
        print(f"{len(pending)} reports, {sum(arrival.bytes for arrival in pending) / 1e6:.0f} MB\n")
        print("| how | seconds | processor seconds |\n|---|---|---|")
        _in_a_flow(ways)


def _write_reports(folder: Path, files: int) -> None:
    """Synthetic reports of the BA, 53 of each seed."""
    folder.mkdir()
    for seed in range(-(-files // 53)):
        for file in regionalreport.files(World(seed)):
            (folder / f"{seed}-{Path(file.path).name}").write_bytes(file.content)
    for path in sorted(folder.iterdir())[files:]:
        path.unlink()


def _in_a_flow(ways: dict[str, Callable[[], Any]]) -> None:
    from prefect import flow

    @flow(name="measure", persist_result=False)
    def measure() -> None:
        for name, way in ways.items():
            wall, processor = time.perf_counter(), _processor_seconds()
            way()
            seconds = time.perf_counter() - wall
            print(f"| {name} | {seconds:.1f} | {_processor_seconds() - processor:.1f} |", flush=True)

    measure()


def _processor_seconds() -> float:
    """Of this process and of those it waited for: worker processes have ended by then."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
