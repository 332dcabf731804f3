"""A refresh that dies at any moment leaves the last release as it was, and the next run makes up for it."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.refresh import refresh
from tests.attacks.folders import left_over
from tests.flows.conftest import COMMAND, HANGS, environment, rows
from tests.flows.inboxes import broadband, file_name, fill, sha256
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow

FILES = 3
AT_ONCE = 2
#: Runs as `s3monitor`, but dies by SIGKILL just before its n-th change to the file system (n = 1st argument).
#: Prints the changes it made, one a line.
DIES_BEFORE_CHANGE = """
import os, signal, sys
from flows.cli import main
last, made = int(sys.argv.pop(1)), []
def counted(change):
    def call(*arguments, **options):
        made.append(" ".join([change.__name__, *map(str, arguments)]))
        if len(made) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return change(*arguments, **options)
    return call
for name in ("replace", "link", "unlink", "fsync", "chmod", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
try:
    main()
finally:
    print("changes:", *made, sep="\\n", file=sys.stderr)
"""
NEVER, CHANGES = 0, "changes:\n"


@dataclass(frozen=True)
class Case:
    """A data folder before a run, the release it holds (None where it is new), and the inbox of the run."""

    data: DataFolder
    inbox: Path
    release: bytes | None

    @property
    def command(self) -> list[str]:
        return ["refresh", "--no-prefect", "--inbox", str(self.inbox), "--data", str(self.data.root)]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files, one of them in the first release."""
    files = {file_name(number): broadband(number) for number in range(FILES)}
    return fill(tmp_path_factory.mktemp("inbox"), files)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one release of one delivery."""
    folder = tmp_path_factory.mktemp("first")
    refresh(DataFolder(folder / "data"), [fill(folder / "inbox", {file_name(0): broadband(0)})])
    return folder / "data"


@pytest.fixture
def case(first: Path, inbox: Path, tmp_path: Path) -> Callable[[str, bool], Case]:
    def make(name: str, has_release: bool) -> Case:
        data = DataFolder(tmp_path / name)
        if has_release:
            shutil.copytree(first, data.root)
        return Case(data, inbox, data.published.read_bytes() if has_release else None)

    return make


def survives(case: Case) -> None:
    """After a death: the old release or the whole new one. After the next run: the new one, no litter."""
    if case.data.published.exists():
        deliveries, observations = rows(case.data, "SELECT deliveries, observations FROM meta.release")[0]
        assert (deliveries, observations) in {(1, 53), (FILES, FILES * 53)}
        assert rows(case.data, "SELECT count(*) FROM marts.broadband") == [(observations,)]
        assert deliveries == FILES or case.data.published.read_bytes() == case.release
    else:
        assert case.release is None
    refresh(case.data, [case.inbox])
    assert rows(case.data, "SELECT deliveries, observations FROM meta.release") == [(FILES, FILES * 53)]
    assert left_over(case.data) == []
    assert not refresh(case.data, [case.inbox]).published
    kept = list(case.data.archive.rglob("*.bin"))
    assert [sha256(path.read_bytes()) for path in kept] == [path.stem for path in kept]
    assert len(kept) == FILES


def run_to_the_end(case: Case) -> float:
    start = time.monotonic()
    subprocess.run([*COMMAND, *case.command], env=environment(), capture_output=True, check=True)
    return time.monotonic() - start


def test_killed_at_random_moments(case: Callable[[str, bool], Case]) -> None:
    duration = run_to_the_end(case("whole", True))
    moments = random.Random(2020)

    def kill(number: int, moment: float) -> None:
        killed = case(f"at {moment:.3f}", number % 3 > 0)
        process = subprocess.Popen([*COMMAND, *killed.command], env=environment(), stderr=subprocess.DEVNULL)
        time.sleep(moment * duration)
        process.kill()
        process.wait()
        survives(killed)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(kill, range(12), [moments.uniform(0.2, 1) for _ in range(12)]))


def test_killed_at_every_step_of_the_swap(case: Callable[[str, bool], Case]) -> None:
    """Random moments seldom hit the instants that matter most: a run dies before each of these."""
    code, stderr = die_before(case("whole", True), NEVER)
    assert code == 0
    changes = stderr.partition(CHANGES)[2].splitlines()
    built = next(n for n, change in enumerate(changes) if change.startswith("chmod") and ".building-" in change)
    swapped = next(n for n, change in enumerate(changes) if change.endswith("/s3monitor.duckdb"))

    def kill(step: int) -> None:
        killed = case(f"step {step}", True)
        assert die_before(killed, step)[0] == -signal.SIGKILL
        survives(killed)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(kill, range(built, swapped + 3)))


def test_what_a_death_can_leave_behind_is_removed(case: Callable[[str, bool], Case]) -> None:
    killed = case("left behind", True)
    version = next(killed.data.staging.iterdir())
    files = {
        killed.data.releases / ".building-20260101T000000Z-00000000.duckdb",
        killed.data.releases / ".building-20260101T000000Z-00000000.duckdb.wal",
        killed.data.releases / ".building-20260101T000000Z-00000000.duckdb.tmp" / "duckdb_temp_block-1.block",
        killed.data.root / ".s3monitor.duckdb.new",
        killed.data.root / ".kind.json.123.tmp",
        killed.data.archive / "ab" / "abcdef.part",
        killed.data.archive / "ab" / ".abcdef.json.123.tmp",
        version / ".abcdef.json.123.tmp",
        version / "abcdef.part",
    }
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.touch()
    survives(killed)


def die_before(case: Case, step: int) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", DIES_BEFORE_CHANGE, str(step), *case.command],
        env=environment(),
        capture_output=True,
        timeout=HANGS,
    )
    return done.returncode, done.stderr.decode()
