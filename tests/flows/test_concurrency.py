"""Several at once: two refreshes of one folder, and readers while releases are swapped."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import steps
from flows.refresh import refresh
from quality.decisions import Decision, add_decision
from quality.ledger import decisions_path
from tests.attacks.folders import left_over
from tests.flows.conftest import COMMAND, HANGS, Cli, environment, litter, rows
from tests.flows.inboxes import broadband, file_name, fill
from warehouse import release
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow

READERS = 8
SWAPS = 10
#: Polls the published file until a file says stop; prints how often it read, and in how many releases.
READER = """
import sys
from pathlib import Path
from warehouse.connect import open_published
published, stop = map(Path, sys.argv[1:])
reads, seen = 0, []
while not stop.exists():
    with open_published(published) as connection:
        name, deliveries = connection.execute("SELECT release_id, deliveries FROM meta.release").fetchone()
        mart, history = connection.execute(
            "SELECT (SELECT count(DISTINCT reference_date) FROM marts.broadband),"
            " (SELECT count(DISTINCT delivery_id) FROM history.observation)"
        ).fetchone()
    assert deliveries == mart == history, (name, deliveries, mart, history)
    reads += 1
    if not seen or seen[-1] != name:
        assert name not in seen, "an older release came back"
        seen.append(name)
print(reads, len(seen))
"""


def started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_second_refresh_refuses_while_the_first_is_writing(cli: Cli, inbox: Path, released: DataFolder) -> None:
    before = released.published.read_bytes()
    with released.writing():
        ended = cli("refresh", "--inbox", inbox)
    assert ended.code == 1
    assert "Another refresh is writing to data. Wait for it to end, then run this again." in ended.out
    assert "stays published" in ended.out
    assert released.published.read_bytes() == before
    assert cli("refresh", "--inbox", inbox).code == 0


def test_two_refreshes_at_the_same_moment(tmp_path: Path, data: DataFolder) -> None:
    inbox = fill(tmp_path / "inbox", {file_name(n): broadband(n) for n in range(10)})
    command = [*COMMAND, "refresh", "--no-prefect", "--inbox", str(inbox), "--data", str(data.root)]
    both = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=HANGS), process.returncode) for process in both]
    codes = sorted(code for _, code in ended)
    assert codes in ([0, 1], [0, 0])
    for (stdout, stderr), code in ended:
        assert "Traceback" not in stderr
        assert code == 0 or "Another refresh is writing" in stdout
    assert rows(data, "SELECT deliveries, observations FROM meta.release") == [(10, 530)]
    assert litter(data) == []


def test_readers_never_fail_nor_see_half_a_release(tmp_path: Path, data: DataFolder) -> None:
    """Releases of one and of two deliveries in turn, each swapped in while eight processes read."""
    built = releases(tmp_path)
    data.releases.mkdir(parents=True)
    release.publish(data, next(built), "release-00")
    command = [sys.executable, "-c", READER, str(data.published), str(tmp_path / "stop")]
    readers = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    time.sleep(1.5)
    for number, path in zip(range(1, SWAPS + 1), built, strict=False):
        release.publish(data, path, f"release-{number:02}")
        time.sleep(0.25)
    (tmp_path / "stop").touch()
    ended = [(process.communicate(timeout=HANGS), process.returncode) for process in readers]
    assert [(code, stderr) for (_, stderr), code in ended] == [(0, "")] * READERS
    reads, seen = zip(*(map(int, stdout.split()) for (stdout, _), _ in ended), strict=True)
    assert min(reads) > SWAPS
    assert max(seen) > SWAPS / 2


def releases(folder: Path) -> Iterator[Path]:
    """Unpublished warehouses as two refreshes built them, each with a release id of its own."""
    grown = DataFolder(folder / "grown")
    originals = []
    for count in range(2):
        refresh(grown, [fill(folder / "growing", {file_name(count): broadband(count)})])
        originals.append(Path(shutil.copy(grown.published, folder / f"{count}.duckdb")))
    for number in itertools.count():
        path = Path(shutil.copyfile(originals[number % 2], folder / "built.duckdb"))
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE meta.release SET release_id = ?", [f"release-{number:02}"])
        yield path


def test_a_finding_accepted_while_a_release_is_built_is_in_it(
    released: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is not lost: it builds again, with the decision."""
    finding, fingerprint = rows(released, "SELECT finding_id, fingerprint FROM quality.finding")[0]
    check, decided = steps.check, []

    def check_and_decide(*arguments: Any) -> Any:
        results = check(*arguments)
        if not decided:
            decided.append(Decision(finding, fingerprint, dt.date(2026, 11, 29), "Amt", "geprüft", ""))
            add_decision(decisions_path(released), decided[0])
        return results

    monkeypatch.setattr(steps, "check", check_and_decide)
    summary = refresh(released, [fill(tmp_path / "more", {file_name(1): broadband(1)})])
    assert (summary.published, summary.error) == (True, "")
    state = rows(released, f"SELECT state FROM quality.finding WHERE finding_id = '{finding}'")
    assert state == [("accepted",)]
    assert left_over(released) == []
