"""`s3monitor serve-schedule`: the deployments of prefect.yaml in one process, without a work pool."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from flows.commands import DataOption
from flows.console import data_folder, fail
from reference.declared import read_declared

_DECLARED = Path("prefect.yaml")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="serve-schedule")(serve_schedule_command)


def serve_schedule_command(data: DataOption = None) -> None:
    """Run what prefect.yaml schedules until stopped: server, schedule and runs on this machine.

    Run it where prefect.yaml lies. A Prefect server that PREFECT_API_URL names is used, else one is started here; its
    page is at http://127.0.0.1:4200 (PREFECT_SERVER_API_PORT).
    """
    from flows.prefect_flow import configure_prefect
    from flows.settings import DEFAULT_DATA
    from warehouse.data_folder import DataFolder

    if not _DECLARED.is_file():
        fail("prefect.yaml is not here. Run this command in the folder of the project.")
    folder = DataFolder(data_folder(data, default=DEFAULT_DATA))
    configure_prefect(folder.prefect_home, quiet=False)
    os.environ["S3MONITOR_DATA"] = str(folder.root.resolve())  # runs are processes of their own
    from prefect import serve

    with _server():
        deployments = _deployments(_DECLARED)
        _take_over(deployments)
        serve(*deployments, pause_on_shutdown=False)


@contextmanager
def _server() -> Iterator[None]:
    """A Prefect server in a thread, where none is named: the temporary one that Prefect starts keeps no schedule."""
    import socket
    import threading

    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_API_HOST, PREFECT_SERVER_API_PORT, temporary_settings

    if PREFECT_API_URL.value():
        yield
        return
    host, port = PREFECT_SERVER_API_HOST.value(), PREFECT_SERVER_API_PORT.value()
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        fail(
            f"No Prefect server can be started at {host}:{port} ({os.strerror(error.errno or 0)}). If one runs there, "
            f"name it with PREFECT_API_URL=http://{host}:{port}/api, else choose a port with PREFECT_SERVER_API_PORT."
        )
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            fail("The Prefect server could not be started; the lines above say why.")
        time.sleep(0.1)
    try:
        with temporary_settings({PREFECT_API_URL: f"http://{host}:{port}/api"}):
            yield
    finally:
        server.should_exit = True
        thread.join()


def _take_over(deployments: list[Any]) -> None:
    """Delete deployments of the same name that a worker served: Prefect would keep where the worker found the code."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        if problem := client.api_healthcheck():
            fail(
                f"The Prefect server at {client.api_url} does not answer ({problem}). "
                "Start it, or unset PREFECT_API_URL: then one is started here."
            )
        for deployment in deployments:
            with suppress(ObjectNotFound):
                found = client.read_deployment_by_name(f"{deployment.flow_name}/{deployment.name}")
                if found.work_pool_name:
                    client.delete_deployment(found.id)


def _deployments(path: Path) -> list[Any]:
    """The declared deployments, made from the same file that `prefect deploy` reads."""
    declared = read_declared(path)["deployments"]
    return [_deployment(entry) for entry in declared]


def _deployment(entry: dict[str, Any]) -> Any:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig
    from prefect.schedules import Cron

    path, name = entry["entrypoint"].split(":")
    flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    return flow.to_deployment(
        entry["name"],
        schedules=[Cron(schedule.pop("cron"), **schedule) for schedule in entry["schedules"]],
        parameters=entry.get("parameters"),
        concurrency_limit=ConcurrencyLimitConfig(**entry["concurrency_limit"]),
    )
