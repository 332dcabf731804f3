"""The Prefect server of one run ends with it, also where the run is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.flows.conftest import environment

pytestmark = pytest.mark.slow

RUN = """
import time
from pathlib import Path
from flows.prefect_flow import configure_prefect
from flows.temporary_server import start_server
configure_prefect(Path("home"), quiet=True)
print(start_server(90), flush=True)
time.sleep(600)
"""
#: Seconds that a server may take to end, on a machine that is busy.
LONG = 60.0


def answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=10) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def test_a_server_whose_run_is_killed_does_not_stay(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        address = run.stdout.readline().decode().strip()
        assert answers(address)
        run.kill()
    end = time.monotonic() + LONG
    while answers(address):
        assert time.monotonic() < end, "the server lives on"
        time.sleep(0.2)


def test_a_server_that_ends_at_once_is_told_from_one_that_is_slow(tmp_path: Path) -> None:
    cannot_write = environment(PREFECT_SERVER_DATABASE_CONNECTION_URL="sqlite+aiosqlite:////proc/nowhere/prefect.db")
    run = subprocess.run([sys.executable, "-c", RUN], cwd=tmp_path, env=cannot_write, capture_output=True, timeout=300)
    assert b"Prefect's temporary server ended at once. Look whether the data folder can be written" in run.stderr
