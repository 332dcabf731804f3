"""The same refresh as a Prefect flow: each step a task with its own run, log and duration."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

#: Prefect reads its settings when it is imported. Nothing is sent to anyone; a laptop needs longer than the
#: default 20 s to start the temporary server the first time.
_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "s3monitor",
    # The command line itself says what happens; Prefect keeps its log, with the traces, in its own store.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}


def configure_prefect(home: Path) -> None:
    """Prefect's defaults for this project, its store in `home`; what the environment says goes first."""
    home.mkdir(parents=True, exist_ok=True)
    for name, value in {**_SETTINGS, "PREFECT_HOME": str(home.resolve())}.items():
        os.environ.setdefault(name, value)


def run_refresh_flow(data: str, inboxes: list[str], only: list[str]) -> dict[str, Any]:
    """Run the refresh as a flow in this process; returns the summary as JSON types.

    A run that publishes nothing is a failed run for Prefect; here its summary is an answer like any other.
    """
    state = refresh_flow()(data=data, inboxes=inboxes, only=only, return_state=True)
    result: dict[str, Any] | Exception = state.result(raise_on_failure=False)
    if isinstance(result, Exception):
        raise result
    return result


@cache
def refresh_flow() -> Callable[..., Any]:
    """The Prefect flow, made on first use because importing Prefect takes a second."""
    from prefect import flow, task
    from prefect.artifacts import create_markdown_artifact
    from prefect.cache_policies import NO_CACHE
    from prefect.states import Failed

    from flows.refresh import refresh
    from warehouse.data_folder import DataFolder

    tasks: dict[str, Any] = {}

    def as_task(step: Callable[..., Any], *arguments: Any) -> Any:
        name = step.__name__
        if name not in tasks:
            tasks[name] = task(name=name, cache_policy=NO_CACHE, persist_result=False)(step)
        label = f"{name}: {arguments[1]}" if name == "validate" else name
        return tasks[name].with_options(task_run_name=label)(*arguments)

    @flow(name="refresh", persist_result=False)
    def refresh_warehouse(data: str, inboxes: list[str], only: list[str]) -> Any:
        """Take in the inboxes, decode, validate, build, check and publish."""
        folder = DataFolder(Path(data))
        summary = refresh(folder, [Path(inbox) for inbox in inboxes], only, run=as_task)
        record = summary.to_json()
        report = folder.releases / f"{summary.release_id}.md"
        if summary.published and report.exists():
            text = report.read_text(encoding="utf-8")
            create_markdown_artifact(key="release-report", markdown=text, description="Bericht zum Release")
        return Failed(message=summary.error, data=record) if summary.error else record

    return refresh_warehouse
