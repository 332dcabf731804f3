"""The whole refresh without Prefect, from files to a published release, in fresh processes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import Run, run_module
from bench.inputs import inbox
from bench.result import Report, Result

RUNS = 3
#: Published, and published with something in quarantine.
PUBLISHED = (0, 3)


def run() -> Report:
    with inbox() as files:
        first, again = zip(*(_first_and_again(files.folder) for _ in range(RUNS)), strict=True)
    helps = [run_module("flows.cli", ["--help"]) for _ in range(RUNS)]
    return Report(
        title="Refresh",
        notes=[
            f"`s3monitor refresh --no-prefect` on {files.described}, each time into an empty data "
            f"folder, then again on the same inbox; whole processes, the start of Python included. Best of {RUNS}; "
            "memory is the largest.",
        ],
        results=[
            Result("refresh, everything new", _fastest(first), 15),
            Result("refresh, everything new: peak memory", max(run.peak_mb for run in first), 700, unit="MB"),
            Result("refresh, nothing new", _fastest(again), 2),
            Result("s3monitor --help", _fastest(helps), 0.5),
        ],
    )


def _first_and_again(inbox_folder: Path) -> tuple[Run, Run]:
    with TemporaryDirectory() as data:
        arguments = ["refresh", "--inbox", str(inbox_folder), "--data", data, "--no-prefect"]
        first = run_module("flows.cli", arguments, allowed=PUBLISHED)
        return first, run_module("flows.cli", arguments, allowed=PUBLISHED)


def _fastest(runs: list[Run] | tuple[Run, ...]) -> float:
    return min(run.seconds for run in runs)
