"""A machine with a Prefect server, a worker, a data folder and processes that may die."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from tests.flows.conftest import ROOT, environment, rows
from warehouse.data_folder import DataFolder

PREFECT = [sys.executable, "-m", "prefect"]
#: So that a test does not wait for the next look at the schedule; a minute is much for a run on a busy machine.
PATIENCE = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    "S3MONITOR_TRIES": "1",
    "S3MONITOR_RETRY_AFTER": "[0.5]",
}
LONG = 60.0
#: A store that is being written to answers 503; Prefect's own clients ask again, too.
SESSION = requests.Session()
SESSION.mount(
    "http://", HTTPAdapter(max_retries=Retry(8, status_forcelist=[503], allowed_methods=None, backoff_factor=0.1))
)
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, patience: float = LONG) -> T:
    """The first answer that is not empty, after at most `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {patience:.0f} s for {what}")


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
        reply = SESSION.request(verb, f"{self.api}/{path}", json=body, timeout=30)
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
        """Let the schedule make a run in some seconds, more where the scheduler was too busy to look; its id."""
        moment = dt.timedelta(seconds=0.5)
        while seconds < LONG:
            at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
            declared = {"interval": 86400, "anchor_date": at.isoformat()}
            body = [{"active": True, "schedule": declared, "parameters": parameters}]
            self.ask("POST", f"deployments/{self.deployment(name)['id']}/schedules", body)
            wanted = {
                "deployments": {"id": {"any_": [self.deployment(name)["id"]]}},
                "flow_runs": {  # in any state: a worker may already have taken it
                    "expected_start_time": {"after_": (at - moment).isoformat(), "before_": (at + moment).isoformat()}
                },
            }
            while dt.datetime.now(dt.UTC) < at:
                if found := self.ask("POST", "flow_runs/filter", wanted):
                    return str(found[0]["id"])
                time.sleep(0.1)
            seconds *= 3
        pytest.fail("the scheduler makes no runs")

    def run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"flow_runs/{run_id}")
        return found

    def state(self, run_id: str) -> tuple[str, str]:
        """Name and message."""
        state = self.run(run_id)["state"]
        return state["name"], state["message"]

    def comes_to(self, run_id: str, *names: str, patience: float = LONG) -> None:
        until(lambda: self.state(run_id)[0] in names, f"the run to be {names}, it is {self.state(run_id)}", patience)

    def ended(self, run_id: str, patience: float = LONG) -> tuple[str, str]:
        self.comes_to(run_id, "Completed", "NeedsAttention", "Failed", "Crashed", "Cancelled", patience=patience)
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
