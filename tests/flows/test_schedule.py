"""The schedule for real: a Prefect server and a worker as processes of their own, the deployments of prefect.yaml,
publishers on loopback. The tests are one story, told in their order.
"""

from __future__ import annotations

import datetime as dt
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from flows.dask_decoding import CHUNK
from flows.refresh import refresh
from flows.steps import take_in
from schemas.text import markdown
from tests.flows.conftest import COMMAND, ROOT, rows
from tests.flows.inboxes import broadband, file_name, fill
from tests.flows.machine import PATIENCE, SESSION, Machine, until
from tests.publishers.arbeitsagentur import ANNUAL
from tests.publishers.bundesnetzagentur import MOBILE
from tests.publishers.everyone import Everyone, everyone
from tests.publishers.server import busy, refused
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow

MONTHLY, WEEKLY, BACKFILL = "monthly-refresh/monthly", "weekly-probe/weekly", "backfill/by-hand"
ATLAS, MOBILE_FEED, RATES = "bnetza_breitbandatlas_historie", "bnetza_mobilfunkmonitoring", "ba_arbeitslosenquoten_jahr"
AREA = "landesdatenbank_12411-15i"
ONLY = {"only": [ATLAS, MOBILE_FEED, RATES]}
ACCOUNT = {
    "S3MONITOR_ACCOUNTS__LANDESDATENBANK__USER": "kennung77",
    "S3MONITOR_ACCOUNTS__LANDESDATENBANK__PASSWORD": "Geheim-7",
}
SECRETS = [b"kennung77", b"Geheim-7", b"Geheim-8"]


@pytest.fixture(scope="module")
def publishers() -> Iterator[Everyone]:
    with everyone(booklets=1) as running:
        yield running


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, publishers: Everyone) -> Iterator[Machine]:
    """Set up with the commands of docs/operations.md. Messages go to a path of a publisher."""
    publishers.bkg.put("/note", b"")
    mailbox = publishers.bkg.root.replace("http://", "json://bote:Geheim-8@") + "/note"
    settings = {**publishers.environment, **PATIENCE, **ACCOUNT, "S3MONITOR_NOTIFY": json.dumps([mailbox])}
    machine = Machine(tmp_path_factory.mktemp("machine"), settings)
    machine.home.mkdir(parents=True)
    try:
        machine.start_server()
        machine.prefect("work-pool", "create", "s3monitor", "--type", "process")
        machine.prefect("--no-prompt", "deploy", "--all")
        machine.start_worker()
        yield machine
    finally:
        machine.end_all()


def day_of(run: dict[str, Any]) -> dt.date:
    """The day a run was meant for, in Berlin."""
    return dt.datetime.fromisoformat(run["expected_start_time"]).astimezone(ZoneInfo("Europe/Berlin")).date()


def test_what_is_declared_is_deployed(machine: Machine) -> None:
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    times = {entry["name"]: [(s["cron"], s["timezone"]) for s in entry["schedules"]] for entry in declared}
    for name in (MONTHLY, WEEKLY, BACKFILL):
        found = machine.deployment(name)
        schedules = [entry["schedule"] for entry in found["schedules"] if entry["active"]]
        assert [(s["cron"], s["timezone"]) for s in schedules] == times.pop(found["name"])
        assert found["global_concurrency_limit"]["limit"] == 1
        assert found["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert not times


def test_nothing_is_sent_to_anyone(machine: Machine) -> None:
    settings = machine.ask("GET", "admin/settings")["server"]
    assert settings["analytics_enabled"] is False
    assert settings["ui"]["show_promotional_content"] is False


@pytest.mark.parametrize("period", ["2023-13", "23", "2023-06-01", 2023, None])
def test_a_period_that_means_nothing_is_refused_before_it_runs(machine: Machine, period: Any) -> None:
    path = f"{machine.api}/deployments/{machine.deployment(BACKFILL)['id']}/create_flow_run"
    reply = SESSION.post(path, json={"parameters": {"period": period}}, timeout=30)
    assert (reply.status_code, "'period'" in reply.text) == (409, True)


@pytest.fixture(scope="module")
def two_at_once(machine: Machine, publishers: Everyone) -> tuple[str, str]:
    """Ids of two runs of a deployment, started while somebody else writes to the data folder.

    One source is busy at first, one refuses.
    """
    publishers.gigabitgrundbuch.mood(MOBILE, busy(503), times=1)
    publishers.arbeitsagentur.mood(ANNUAL, refused)
    with machine.data.writing():
        first = machine.trigger(MONTHLY, ONLY)
        machine.comes_to(first, "Running")
        second = machine.trigger(MONTHLY, ONLY)
        machine.comes_to(second, "AwaitingConcurrencySlot")
        assert not machine.data.published.exists()
    machine.ended(first)
    machine.ended(second)
    return first, second


def test_a_run_publishes_and_says_what_needs_attention(machine: Machine, two_at_once: tuple[str, str]) -> None:
    first = machine.run(two_at_once[0])
    assert machine.state(first["id"]) == ("NeedsAttention", f"not fetched: {RATES}")
    assert first["state_type"] == "COMPLETED"
    assert first["name"] == f"monthly-refresh {day_of(first)}"
    assert rows(machine.data, "SELECT count(*) > 0 FROM marts.broadband") == [(True,)]


def test_only_what_may_be_over_soon_is_tried_again(machine: Machine, two_at_once: tuple[str, str]) -> None:
    tasks = machine.tasks(two_at_once[0])
    assert tasks[f"fetch: {ATLAS}"] == ("Completed", 1)
    assert tasks[f"fetch: {MOBILE_FEED}"] == ("Completed", 2)
    assert tasks[f"fetch: {RATES}"] == ("Failed", 1)
    assert {attempts for name, (_, attempts) in tasks.items() if not name.startswith("fetch")} == {1}


def test_the_second_run_waits_and_publishes_nothing(machine: Machine, two_at_once: tuple[str, str]) -> None:
    first, second = (machine.run(run_id) for run_id in two_at_once)
    assert second["start_time"] > first["end_time"]
    assert "publish" in machine.tasks(first["id"])
    assert "publish" not in machine.tasks(second["id"])
    assert machine.state(second["id"]) == ("NeedsAttention", f"not fetched: {RATES}")


def test_summary_and_report_are_artifacts(machine: Machine, two_at_once: tuple[str, str]) -> None:
    assert f"Published release {machine.release()}" not in machine.artifact("refresh-summary")["data"], "the second run"
    assert f"| {markdown(RATES)} | 0 | 0 | 0 | 1 |" in machine.artifact("refresh-summary")["data"]
    assert machine.artifact("release-report")["flow_run_id"] == two_at_once[0]
    assert machine.release() in machine.artifact("release-report")["data"]


def test_the_log_of_the_run_has_the_lines_of_the_command_line(machine: Machine, two_at_once: tuple[str, str]) -> None:
    log = until(lambda: found if "Finished" in (found := machine.messages(two_at_once[0])) else None, "the log")
    for line in (f"fetch: {ATLAS}: ", "decode: ", f"publish: release {machine.release()}"):
        assert line in log


def test_a_message_goes_out_after_every_run(
    machine: Machine, publishers: Everyone, two_at_once: tuple[str, str]
) -> None:
    titles = [json.loads(request.body)["title"] for request in publishers.bkg.requests if request.path == "/note"]
    assert titles == [f"S3-Monitor Ruhr: Stand {machine.release()} veröffentlicht", "S3-Monitor Ruhr: nichts Neues"]


@pytest.fixture(scope="module")
def scheduled(machine: Machine, publishers: Everyone, two_at_once: tuple[str, str]) -> str:
    """A run that the schedule made, after the source was mended."""
    publishers.arbeitsagentur.calm()
    return machine.schedule(MONTHLY, 3, ONLY)


def test_the_schedule_makes_a_run(machine: Machine, scheduled: str) -> None:
    name, message = machine.ended(scheduled)
    assert (name, message) == ("Completed", f"published release {machine.release()}")
    assert machine.run(scheduled)["auto_scheduled"]
    assert machine.artifact("release-report")["flow_run_id"] == scheduled


@pytest.fixture(scope="module")
def missed(machine: Machine, scheduled: str) -> str:
    """A run whose time came while the server was dead."""
    machine.ended(scheduled)
    run_id = machine.schedule(MONTHLY, 4, ONLY)
    due = time.monotonic() + 4
    machine.end("server")
    time.sleep(max(0.0, due - time.monotonic()))
    machine.start_server()
    return run_id


def test_a_missed_run_is_made_up_for_and_harmless(machine: Machine, scheduled: str, missed: str) -> None:
    before = machine.release()
    assert machine.ended(missed) == ("Completed", "nothing new")
    assert machine.release() == before
    run = machine.run(missed)
    assert run["name"] == f"monthly-refresh {day_of(run)}"
    assert run["start_time"] > run["expected_start_time"]


def test_the_worker_outlives_the_server_and_the_schedule_goes_on(machine: Machine, missed: str) -> None:
    assert machine.processes["worker"].poll() is None
    name, message = machine.ended(machine.schedule(WEEKLY, 2, {}))
    assert name in ("Completed", "NeedsAttention"), message
    looked_at = {entry["source"]: entry["state"] for entry in json.loads(machine.artifact("probe")["data"])}
    assert looked_at[ATLAS] == "unchanged"
    assert looked_at["ba_arbeitslose_monat"] == "new"


@pytest.fixture(scope="module")
def fruitless(machine: Machine, publishers: Everyone, missed: str) -> str:
    """A run into an empty data folder that brings nothing; the publisher repeats the login in its answer."""
    publishers.landesdatenbank.moods.echoes = True
    publishers.landesdatenbank.moods.says = {"data/tablefile": (1, "Fehler bei")}
    elsewhere = {"env": {"S3MONITOR_DATA": str(machine.folder / "empty")}}
    run_id = machine.trigger(BACKFILL, {"period": "2019", "only": [AREA]}, job_variables=elsewhere)
    machine.ended(run_id)
    return run_id


def test_a_run_that_publishes_nothing_has_failed_and_says_why(machine: Machine, fruitless: str) -> None:
    assert machine.state(fruitless) == ("Failed", "No delivery was accepted, so there is nothing to publish.")
    assert machine.run(fruitless)["name"] == "backfill 2019"


def test_no_secret_is_stored(machine: Machine, publishers: Everyone, fruitless: str) -> None:
    assert any(request.headers.get("password") == "Geheim-7" for request in publishers.landesdatenbank.requests)
    assert "Fehler bei" in machine.artifact("refresh-summary")["data"]
    kept = [*machine.home.glob("prefect.db*"), *machine.folder.glob("*.log")]
    content = b"".join(path.read_bytes() for path in kept)
    assert b"Fehler bei" in content
    assert [secret for secret in SECRETS if secret in content] == []


def test_a_run_of_the_work_pool_decodes_on_dask_what_one_process_decodes(
    machine: Machine, fruitless: str, tmp_path: Path
) -> None:
    """More files than one worker takes at once lie in the archive; the publisher that is asked still answers badly."""
    pytest.importorskip("prefect_dask", reason="the optional dependency `dask` is not installed")
    files = {f"{number}/{file_name(number % 30)}": broadband(number) for number in range(CHUNK + 10)}
    inbox = fill(tmp_path / "inbox", {**files, "notes.txt": b"Bitte bis Freitag\n"})
    here, there = DataFolder(tmp_path / "here"), DataFolder(tmp_path / "there")
    assert refresh(here, [inbox]).exit_code == 3
    take_in(there, [inbox], (), dt.datetime.now(dt.UTC))
    settings = {"S3MONITOR_DATA": str(there.root), "S3MONITOR_DASK": "2"}
    run_id = machine.trigger(MONTHLY, {"only": [AREA]}, job_variables={"env": settings})
    ended = machine.ended(run_id, patience=300)
    assert ended == ("NeedsAttention", f"not fetched: {AREA}; files in quarantine: 1")
    for sql in (
        "SELECT delivery_id, state, message, observations FROM meta.delivery ORDER BY ALL",
        "SELECT * EXCLUDE known_from FROM history.observation ORDER BY ALL",
        "SELECT * FROM marts.broadband ORDER BY ALL",
    ):
        assert rows(there, sql) == rows(here, sql)
    named = machine.ask("POST", "task_runs/filter", {"task_runs": {"name": {"like_": "decode: "}}})
    assert {(task["name"], task["state_name"]) for task in named} == {
        ("decode: 1 of 2", "Completed"),
        ("decode: 2 of 2", "Completed"),
    }


@pytest.fixture(scope="module")
def one_process(machine: Machine, missed: str) -> Machine:
    """In place of server and worker: `s3monitor serve-schedule`."""
    machine.end("worker")
    machine.end("server")
    machine.start("one", [*COMMAND, "serve-schedule"], PREFECT_SERVER_API_PORT=str(machine.port))
    until(lambda: "being served" in machine.log("one"), "the deployments")
    return machine


def test_one_process_keeps_the_schedule_too(one_process: Machine) -> None:
    assert one_process.ended(one_process.schedule(MONTHLY, 2, ONLY)) == ("Completed", "nothing new")


def test_it_stops_with_all_it_started(one_process: Machine) -> None:
    assert one_process.end("one", signal.SIGINT) == 0
    assert not one_process.answers()
    assert "Traceback" not in one_process.log("one")
