"""The schedule for real: a Prefect server and a worker as processes of their own, the deployments of prefect.yaml,
publishers on loopback. The tests are one story, told in their order.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
import yaml

from tests.flows.conftest import COMMAND, ROOT, environment, rows
from tests.publishers.arbeitsagentur import ANNUAL
from tests.publishers.bundesnetzagentur import MOBILE
from tests.publishers.everyone import Everyone, everyone
from tests.publishers.server import busy, refused
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow

PREFECT = [sys.executable, "-m", "prefect"]
MONTHLY, WEEKLY, BACKFILL = "monthly-refresh/monthly", "weekly-probe/weekly", "backfill/by-hand"
ATLAS, MOBILE_FEED, RATES = "bnetza_breitbandatlas_historie", "bnetza_mobilfunkmonitoring", "ba_arbeitslosenquoten_jahr"
ONLY = {"only": [ATLAS, MOBILE_FEED, RATES]}
#: So that a test does not wait for the next look at the schedule; a minute is much for a run on a busy machine.
PATIENCE = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
    "S3MONITOR_TRIES": "1",
    "S3MONITOR_RETRY_AFTER": "[0.5]",
}
LONG = 60.0
ACCOUNT = {
    "S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER": "kennung77",
    "S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__PASSWORD": "Geheim-7",
}
SECRETS = [b"kennung77", b"Geheim-7", b"Geheim-8"]
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """The first answer that is not empty."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {LONG:.0f} s for {what}")


@dataclass
class Machine:
    """A machine with Prefect's store, a data folder and processes that may die."""

    folder: Path
    settings: dict[str, str]
    port: int = 0
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def data(self) -> DataFolder:
        return DataFolder(self.folder / "data")

    @property
    def home(self) -> Path:
        return self.data.prefect_home

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def environment(self, **more: str) -> dict[str, str]:
        own = {"PREFECT_HOME": str(self.home), "S3MONITOR_DATA": str(self.data.root)}
        return environment(**{**own, **self.settings, **more})

    def prefect(self, *arguments: str) -> None:
        """A command of Prefect that ends by itself."""
        given = self.environment(PREFECT_API_URL=self.api)
        return subprocess.run(
            [*PREFECT, *arguments], cwd=ROOT, env=given, check=True, capture_output=True
        ).stdout.decode()

    def start(self, name: str, command: list[str], **more: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(**more), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start_server(self) -> None:
        self.start("server", [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(self.port)])
        until(self.answers, "the server")

    def start_worker(self) -> None:
        self.start("worker", [*PREFECT, "worker", "start", "--pool", "s3monitor"], PREFECT_API_URL=self.api)

    def end(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        self.processes[name].send_signal(how)
        return self.processes[name].wait(LONG)

    def end_all(self) -> None:
        """Also runs whose worker is gone: all that live in this home."""
        mark = f"PREFECT_HOME={self.home}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue  # it ended by itself, or is another user's

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    # --- the server's API

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.api}/health", timeout=2).ok
        except requests.RequestException:
            return False

    def ask(self, verb: str, path: str, body: Any = None) -> Any:
        reply = requests.request(verb, f"{self.api}/{path}", json=body, timeout=30)
        assert reply.ok, reply.text
        return reply.json()

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"deployments/name/{name}")
        return found

    def trigger(self, name: str, parameters: dict[str, Any], **more: Any) -> str:
        """Id of the new run."""
        path = f"deployments/{self.deployment(name)['id']}/create_flow_run"
        return str(self.ask("POST", path, {"parameters": parameters, "state": {"type": "SCHEDULED"}, **more})["id"])

    def schedule(self, name: str, seconds: float, parameters: dict[str, Any]) -> str:
        """Let the schedule make a run in some seconds; its id."""
        at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
        declared = {"interval": 86400, "anchor_date": at.isoformat()}
        body = [{"active": True, "schedule": declared, "parameters": parameters}]
        self.ask("POST", f"deployments/{self.deployment(name)['id']}/schedules", body)
        wanted = {
            "deployments": {"id": {"any_": [self.deployment(name)["id"]]}},
            "flow_runs": {
                "expected_start_time": {"before_": at.isoformat()},
                "state": {"type": {"any_": ["SCHEDULED"]}},
            },
        }
        return str(until(lambda: self.ask("POST", "flow_runs/filter", wanted), "the scheduler")[0]["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"flow_runs/{run_id}")
        return found

    def state(self, run_id: str) -> tuple[str, str]:
        """Name and message."""
        state = self.run(run_id)["state"]
        return state["name"], state["message"]

    def comes_to(self, run_id: str, *names: str) -> None:
        until(lambda: self.state(run_id)[0] in names, f"the run to be {names}, it is {self.state(run_id)}")

    def ended(self, run_id: str) -> tuple[str, str]:
        self.comes_to(run_id, "Completed", "NeedsAttention", "Failed", "Crashed", "Cancelled")
        return self.state(run_id)

    def tasks(self, run_id: str) -> dict[str, tuple[str, int]]:
        """Name → state and number of attempts."""
        found = self.ask("POST", "task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        return {task["name"]: (task["state_name"], task["run_count"]) for task in found}

    def messages(self, run_id: str) -> str:
        found = self.ask("POST", "logs/filter", {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_ASC"})
        return "\n".join(entry["message"] for entry in found)

    def artifact(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"artifacts/{key}/latest")
        return found

    def release(self) -> str:
        return str(rows(self.data, "SELECT release_id FROM meta.release")[0][0])


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
    reply = requests.post(path, json={"parameters": {"period": period}}, timeout=30)
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
    assert first["name"] == f"monthly-refresh {dt.datetime.now(dt.UTC):%Y-%m-%d}"
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
    assert f"| {RATES} | 0 | 0 | 0 | 1 |" in machine.artifact("refresh-summary")["data"]
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
    assert machine.run(missed)["name"] == f"monthly-refresh {dt.datetime.now(dt.UTC):%Y-%m-%d}"


def test_the_worker_outlives_the_server_and_the_schedule_goes_on(machine: Machine, missed: str) -> None:
    assert machine.processes["worker"].poll() is None
    name, message = machine.ended(machine.schedule(WEEKLY, 2, {}))
    assert name in ("Completed", "NeedsAttention"), message
    looked_at = {entry["source"]: entry["state"] for entry in json.loads(machine.artifact("probe")["data"])}
    assert looked_at[ATLAS] == "unchanged"
    assert looked_at["ba_arbeitslose_monat"] == "new"


def test_a_run_that_publishes_nothing_has_failed_and_says_why(machine: Machine, missed: str) -> None:
    elsewhere = {"env": {"S3MONITOR_DATA": str(machine.folder / "empty")}}
    run_id = machine.trigger(BACKFILL, {"period": "2019", "only": [ATLAS]}, job_variables=elsewhere)
    assert machine.ended(run_id) == ("Failed", "No delivery was accepted, so there is nothing to publish.")
    assert machine.run(run_id)["name"] == "backfill 2019"


def test_no_secret_is_stored(machine: Machine, missed: str) -> None:
    kept = [*machine.home.glob("prefect.db*"), *machine.folder.glob("*.log")]
    content = b"".join(path.read_bytes() for path in kept)
    assert b"S3-Monitor" not in content or len(content) > 100_000, "there is something to look into"
    assert [secret for secret in SECRETS if secret in content] == []


@pytest.fixture(scope="module")
def one_process(machine: Machine, missed: str) -> Machine:
    """In place of server and worker: `s3monitor serve-schedule`."""
    machine.end("worker")
    machine.end("server")
    machine.start("one", [*COMMAND, "serve-schedule"], PREFECT_SERVER_API_PORT=str(machine.port))
    until(machine.answers, "the server")
    until(lambda: machine.deployment(BACKFILL)["work_pool_name"] is None, "the deployments")
    return machine


def test_one_process_keeps_the_schedule_too(one_process: Machine) -> None:
    assert one_process.ended(one_process.schedule(MONTHLY, 2, ONLY)) == ("Completed", "nothing new")


def test_it_stops_with_all_it_started(one_process: Machine) -> None:
    assert one_process.end("one", signal.SIGINT) == 0
    assert not one_process.answers()
    assert "Traceback" not in one_process.log("one")
