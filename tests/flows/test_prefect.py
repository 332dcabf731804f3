"""The refresh as a Prefect flow on a temporary server: the same outcome, each step a task run by name."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from tests.flows.conftest import COMMAND, Ended, rows, run
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow

STEPS = ["take_in", "decode", "validate: bnetza_breitbandatlas", "build", "check", "publish", "publish_to_lake"]
PROGRESS = ["archive:", "decode:", "build:", "check:", "publish:"]

#: Three refreshes that publish nothing: all quarantined, stopped by a check, a folder another one holds.
THREE_FAILURES = """
import sys
from pathlib import Path
from flows import steps
from flows.cli import main
from tests.flows.test_refresh_outcomes import with_a_failure
from warehouse.data_folder import DataFolder

def refresh(inbox, data):
    sys.argv = ["s3monitor", "refresh", "--inbox", inbox, "--data", data]
    try:
        main()
    except SystemExit as end:
        assert end.code == 1, end.code

refresh("bad", "quarantined")
steps.run_checks = with_a_failure
refresh("inbox", "stopped")
with DataFolder(Path("locked")).writing():
    refresh("inbox", "locked")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prefect")
    fill(folder, {f"inbox/{GOOD}": broadband(62.96), "inbox/notes.txt": b"x\n", "bad/notes.txt": b"x\n"})
    return folder


@pytest.fixture(scope="module")
def published_by_flow(folder: Path) -> Ended:
    return run([*COMMAND, "refresh", "--inbox", "inbox", "--json"], folder, PREFECT_HOME=str(folder / "home"))


@pytest.fixture(scope="module")
def failed_flows(folder: Path, published_by_flow: Ended) -> Ended:
    """Run after the first, whose server has set up the store already."""
    return run([sys.executable, "-c", THREE_FAILURES], folder, PREFECT_HOME=str(folder / "home"))


def stored(folder: Path, sql: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(f"file:{folder / 'home' / 'prefect.db'}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_outcome_is_the_same_as_without_prefect(folder: Path, published_by_flow: Ended) -> None:
    assert (published_by_flow.code, published_by_flow.json["published"]) == (3, True)
    release = rows(DataFolder(folder / "data"), "SELECT release_id FROM meta.release")
    assert release == [(published_by_flow.json["release_id"],)]


def test_progress_is_told_once(published_by_flow: Ended) -> None:
    assert [line.split()[1] for line in published_by_flow.stderr.splitlines()] == PROGRESS


def test_each_step_is_a_task_run_with_its_name(folder: Path, published_by_flow: Ended) -> None:
    runs = stored(
        folder,
        "SELECT t.name, t.state_name FROM task_run t JOIN flow_run f ON f.id = t.flow_run_id "
        "WHERE f.start_time = (SELECT min(start_time) FROM flow_run) ORDER BY t.start_time",
    )
    assert runs == [(step, "Completed") for step in STEPS]


def test_the_report_is_an_artifact_of_the_run(folder: Path, published_by_flow: Ended) -> None:
    artifacts = stored(folder, "SELECT key, data FROM artifact WHERE key = 'release-report'")
    assert len(artifacts) == 1
    assert published_by_flow.json["release_id"] in artifacts[0][1]


def test_without_news_prefect_is_not_started(folder: Path, published_by_flow: Ended) -> None:
    nowhere = folder / "other home"
    again = run([*COMMAND, "refresh", "--inbox", "inbox"], folder, PREFECT_HOME=str(nowhere))
    assert (again.code, "Nothing new" in again.out) == (0, True)
    assert not nowhere.exists()


def test_what_is_expected_to_fail_fails_without_a_traceback(failed_flows: Ended) -> None:
    assert failed_flows.code == 0
    reasons = [
        line.removeprefix("Nothing published: ")
        for line in failed_flows.out.splitlines()
        if line.startswith("Nothing published: ")
    ]
    assert len(reasons) == 3
    assert reasons[0] == "No delivery was accepted, so there is nothing to publish."
    assert reasons[1].startswith("The release was stopped by 1 ")
    assert reasons[2].startswith("Another refresh is writing to locked. ")
    assert "Traceback" not in failed_flows.stderr
    told = [line.split()[1] for line in failed_flows.stderr.splitlines()]
    assert told == ["archive:", "decode:", "archive:", "decode:", "build:"]


def test_the_list_of_runs_says_how_each_ended(folder: Path, failed_flows: Ended) -> None:
    states = stored(
        folder,
        "SELECT state.type, state.name, state.message FROM flow_run "
        "JOIN flow_run_state state ON state.id = flow_run.state_id ORDER BY flow_run.start_time",
    )
    assert states[0] == ("COMPLETED", "NeedsAttention", "files in quarantine: 1")
    assert states[1] == ("FAILED", "Failed", "No delivery was accepted, so there is nothing to publish.")
    assert states[2][2].startswith("The release was stopped by 1 ")
    assert "Another refresh is writing to locked." in states[3][2]
    assert {kind for kind, *_ in states[1:]} == {"FAILED"}
