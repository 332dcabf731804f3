"""The same refresh as a Prefect flow: each step a task with its own run, log and duration."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import steps
from flows.dask_decoding import CHUNK, decode_on_dask
from flows.fetch import FeedReport, fetch
from flows.settings import Settings
from flows.summary import LAKE, PUBLISHED_WITH_PROBLEMS

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from flows.summary import Summary
    from schemas.delivery import Arrival
    from warehouse.data_folder import DataFolder

#: Prefect reads its settings when it is imported; prefect.toml counts only where it lies. Nothing is sent to anyone;
#: a laptop needs longer than the default 20 s to start the temporary server the first time, a busy machine minutes
#: (that it died is seen at once).
_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "s3monitor",
}
#: For a run at the command line: that says itself what happens; Prefect keeps its log, with the traces, in its store.
_QUIET = {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}
#: Name of the state of a run that ended as it should, with something to look at: exit code 3 at the command line.
NEEDS_ATTENTION = "NeedsAttention"


def configure_prefect(home: Path, *, quiet: bool) -> None:
    """Prefect's defaults for this project, its store in `home`; what the environment says goes first."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)  # parameters and logs of runs are the operator's
    for name, value in {**_SETTINGS, **(_QUIET if quiet else {}), "PREFECT_HOME": str(home.resolve())}.items():
        os.environ.setdefault(name, value)


def run_refresh_flow(data: str, inboxes: list[str], only: list[str]) -> dict[str, Any]:
    """Run the refresh as a flow in this process; returns the summary as JSON types.

    A run that publishes nothing is a failed run for Prefect; here its summary is an answer like any other.
    """
    _use_a_server()
    state = refresh_flow()(data=data, inboxes=inboxes, only=only, return_state=True)
    result: dict[str, Any] | Exception = state.result(raise_on_failure=False)
    if isinstance(result, Exception):
        raise result
    return result


def _use_a_server() -> None:
    """Take the server the settings name, else start one for this process; Prefect sends its last lines as it ends."""
    from prefect.context import refresh_global_settings_context
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS

    from flows.temporary_server import start_server

    if not PREFECT_API_URL.value():
        os.environ["PREFECT_API_URL"] = start_server(PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value())
        refresh_global_settings_context()


@cache
def refresh_flow() -> Callable[..., Any]:
    """The Prefect flow, made on first use because importing Prefect takes a second."""
    from prefect import flow

    from flows.refresh import refresh
    from warehouse.data_folder import DataFolder

    @flow(name="refresh", persist_result=False)
    def refresh_warehouse(data: str, inboxes: list[str], only: list[str]) -> Any:
        """Take in the inboxes, decode, validate, build, check and publish."""
        folder = DataFolder(Path(data))
        summary = refresh(folder, [Path(inbox) for inbox in inboxes], only, runner=Tasks())
        if summary.published:
            keep_report(folder, str(summary.release_id))
        return ended(summary)

    return refresh_warehouse


def ended(summary: Summary) -> State[Any]:
    """The final state of a refresh: its name and message are what an operator sees in the list of runs."""
    from prefect.states import Completed, Failed

    record = summary.to_json()
    if summary.error:
        return Failed(message=summary.error, data=record)
    if summary.exit_code == PUBLISHED_WITH_PROBLEMS:
        return Completed(name=NEEDS_ATTENTION, message=_problems(summary), data=record)
    what = f"published release {summary.release_id}" if summary.published else "nothing new"
    return Completed(message=what, data=record)


def _problems(summary: Summary) -> str:
    failed = [source.source for source in summary.sources if source.failed]
    quarantined = sum(source.quarantined for source in summary.sources)
    parts = {
        "not fetched": ", ".join(source for source in failed if source != LAKE),
        "files in quarantine": str(quarantined or ""),
        "not published to": LAKE if LAKE in failed else "",
    }
    return "; ".join(f"{what}: {which}" for what, which in parts.items() if which)


def keep_report(data: DataFolder, release_id: str) -> None:
    """Put the report on a release into Prefect's page, under a key that stays."""
    from prefect.artifacts import create_markdown_artifact

    report = data.releases / f"{release_id}.md"
    if report.exists():
        text = report.read_text(encoding="utf-8")
        create_markdown_artifact(key="release-report", markdown=text, description="Bericht zum Release")


class Tasks:
    """Runs steps as Prefect tasks. Only fetching is tried again: what the other steps do wrong, they do wrong again."""

    def __init__(self) -> None:
        self._tasks: dict[str, Any] = {}

    def run(self, step: Callable[..., Any], *arguments: Any) -> Any:
        name = step.__name__
        label = f"{name}: {arguments[1]}" if name == "validate" else name
        return self._task(step).with_options(task_run_name=label)(*arguments)

    def decode(self, data: DataFolder, arrivals: Sequence[Arrival]) -> None:
        """On Dask where the settings say so and there are more files than one worker would take at once."""
        if len(arrivals) > CHUNK and (where := Settings().dask):
            decode_on_dask(data, arrivals, where)
        else:
            self.run(steps.decode, data, arrivals)

    def fetch_all(self, data: DataFolder, feeds: Sequence[str], now: dt.datetime, period: str) -> Iterator[FeedReport]:
        from prefect.futures import as_completed

        delays = Settings().retry_after
        task = self._task(_fetch_or_fail).with_options(
            name="fetch",
            retries=len(delays),
            retry_delay_seconds=delays,
            retry_jitter_factor=0.2,
            retry_condition_fn=_is_transient,
        )
        asked = [
            task.with_options(task_run_name=f"fetch: {feed_id}").submit(data, feed_id, now, period) for feed_id in feeds
        ]
        for future in as_completed(asked):
            report = future.result(raise_on_failure=False)
            if isinstance(report, BaseException):
                raise report
            yield report

    def _task(self, step: Callable[..., Any]) -> Any:
        from prefect import task
        from prefect.cache_policies import NO_CACHE

        name = step.__name__
        if name not in self._tasks:
            self._tasks[name] = task(name=name, cache_policy=NO_CACHE, persist_result=False)(step)
        return self._tasks[name]


def _fetch_or_fail(data: DataFolder, feed_id: str, now: dt.datetime, period: str) -> Any:
    from prefect.states import Failed

    report = fetch(data, feed_id, now, period)
    return Failed(message="\n".join(report.failures), data=report) if report.failures else report


def _is_transient(_task: Any, _run: Any, state: State[Any]) -> bool:
    return isinstance(state.data, FeedReport) and state.data.is_transient
