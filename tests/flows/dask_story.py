"""Refreshes on Dask in which something goes wrong, in one process and on one temporary Prefect server.

`python -m tests.flows.dask_story INBOX SCHEDULER`, in a folder where `unseen/` has its files in the archive but one.
Prints the exit codes as JSON; test_dask.py looks at the data folders.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from flows import dask_decoding
from flows.cli import main
from schemas.delivery import Arrival
from warehouse.staging import Staged

Decode = Callable[[str, str, list[Arrival]], list[Staged]]
decode_chunk: Decode = dask_decoding.decode_chunk


def dies_once(root: str, version: str, arrivals: list[Arrival]) -> list[Staged]:
    """Die after the observations of a chunk were written, the first time that any worker comes so far."""
    decoded = decode_chunk(root, version, arrivals)
    try:
        (Path(root) / "died").touch(exist_ok=False)
    except FileExistsError:
        return decoded
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def dies_always(root: str, version: str, arrivals: list[Arrival]) -> list[Staged]:
    """Die of the chunk that has a certain file, whoever has it."""
    if any(arrival.file_name == "notes.txt" for arrival in arrivals):
        os.kill(os.getpid(), signal.SIGKILL)
    return decode_chunk(root, version, arrivals)


def refresh(decode: Decode, inbox: str, name: str) -> int:
    """Exit code; what is said on standard output goes to `<name>.txt`."""
    dask_decoding.decode_chunk = decode
    sys.argv = ["s3monitor", "refresh", "--inbox", inbox, "--data", name]
    try:
        with Path(f"{name}.txt").open("w") as told, redirect_stdout(told):
            main()
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("a command ends with an exit code")


def story(inbox: str, scheduler: str) -> dict[str, int]:
    from tests.flows import dask_story  # workers find the functions there, not in `__main__`

    os.environ["S3MONITOR_DASK"] = "2"
    codes = {"once": refresh(dask_story.dies_once, inbox, "once")}

    os.environ["S3MONITOR_DASK"] = scheduler
    Path("empty").mkdir()  # the inbox would put back what the archive has lost
    codes["unseen"] = refresh(decode_chunk, "empty", "unseen")
    codes["always"] = refresh(dask_story.dies_always, inbox, "always")
    os.environ["S3MONITOR_DASK"] = "tcp://127.0.0.1:9"
    codes["nobody"] = refresh(decode_chunk, inbox, "nobody")
    return codes


if __name__ == "__main__":
    json.dump(story(*sys.argv[1:]), sys.stdout)
