"""Runs the command line as an operator does, in a working folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.refresh import refresh
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "flows.cli"]
#: Seconds after which a command is taken to hang: far more than any needs, also where other programs use the machine.
HANGS = 600


@dataclass(frozen=True)
class Ended:
    """How a command ended; `stdout` as bytes, because Parquet may go there."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


def environment(**more: str) -> dict[str, str]:
    """The environment without settings of this project or of Prefect, with the checkout on the path.

    Great Expectations and the pages take seconds; test_expectations.py and test_pages.py switch them on again.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("S3MONITOR_", "PREFECT_"))}
    own = {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "S3MONITOR_EXPECTATIONS": "false", "S3MONITOR_SITE": "false"}
    return kept | own | more


def run(command: list[str], cwd: Path, **more: str) -> Ended:
    done = subprocess.run(
        command, cwd=cwd, env=environment(**more), capture_output=True, stdin=subprocess.DEVNULL, timeout=HANGS
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


Cli = Callable[..., Ended]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """`cli("refresh", "--inbox", folder)` in an empty working folder, without Prefect."""

    def call(*arguments: object, **more: str) -> Ended:
        plain = ["--no-prefect"] if arguments[:1] == ("refresh",) else []
        return run([*COMMAND, *map(str, arguments), *plain], tmp_path, **more)

    return call


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """One good file."""
    return fill(tmp_path / "inbox", {GOOD: broadband(62.96)})


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """The data folder the command line uses where none is named."""
    return DataFolder(tmp_path / "data")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder whose ./data holds a release made of one good file and one page of text; read only."""
    folder = tmp_path_factory.mktemp("published")
    files = {GOOD: broadband(62.96), "notes.txt": b"Bitte bis Freitag\n"}
    summary = refresh(DataFolder(folder / "data"), [fill(folder / "inbox", files)])
    assert summary.published
    return folder


@pytest.fixture
def released(published: Path, data: DataFolder) -> DataFolder:
    """A copy of `published` to go on from, in the data folder of the test."""
    shutil.copytree(published / "data", data.root)
    return data


@contextmanager
def opened(data: DataFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(data.published) as connection:
        yield connection


def rows(data: DataFolder, sql: str) -> list[tuple[Any, ...]]:
    with opened(data) as connection:
        return connection.execute(sql).fetchall()


def litter(data: DataFolder) -> list[str]:
    """What a killed run may leave behind and the next run must remove."""
    patterns = ("*.part", "*.tmp", "*.new", "*.wal", ".*")  # hidden is what is being built, fetched or swapped
    found = {path.relative_to(data.root) for pattern in patterns for path in data.root.rglob(pattern)}
    return sorted(str(path) for path in found if path.parts[0] != data.prefect_home.name)
