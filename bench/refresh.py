"""The whole refresh without Prefect, from files to a published release, in fresh processes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import Run, least, run_module
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
            Result("refresh.new", "refresh, everything new", least(first)),
            Result(
                "refresh.new_mb",
                "refresh, everything new: peak memory",
                max(run.peak_mb for run in first),
                unit="MB",
            ),
            Result("refresh.unchanged", "refresh, nothing new", least(again)),
            Result("refresh.help", "s3monitor --help", least(helps)),
        ],
    )


def _first_and_again(inbox_folder: Path) -> tuple[Run, Run]:
    with TemporaryDirectory() as data:
        return refresh(inbox_folder, Path(data)), refresh(inbox_folder, Path(data))


def refresh(inbox_folder: Path, data: Path) -> Run:
    """One refresh in a fresh process."""
    arguments = ["refresh", "--inbox", str(inbox_folder), "--data", str(data), "--no-prefect"]
    return run_module("flows.cli", arguments, allowed=PUBLISHED)
