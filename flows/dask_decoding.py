"""Decoding on Dask workers: chunks of files, each a task of Prefect that any worker may run (docs/scale.md).

Workers read the archive and write observations into the staging of the same data folder, on a shared file system. The
verdicts come back and are saved here, by the one process that holds the lock of the folder: the files of a chunk whose
worker died have none, so they are decoded again.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.console import one_line
from flows.decoding import decoded
from schemas.delivery import Arrival
from warehouse.archive import Archive
from warehouse.code_version import code_version
from warehouse.data_folder import DataFolder
from warehouse.staging import Staged, Staging

log = logging.getLogger("s3monitor")

#: Files of one task: a second's work, beside which the tenth of a second that Prefect takes for a task is little.
CHUNK = 50
#: Seconds between two looks at what is done; without any worker.
_LOOK, _WITHOUT_WORKERS = 0.2, 60
_MOUNT = "Mount the data folder under the same path wherever workers run, then run the refresh again."


class DaskError(Exception):
    """Files could not be decoded on Dask workers; the message says why and what to do. None was quarantined for it."""


def decode_on_dask(data: DataFolder, arrivals: Sequence[Arrival], where: str) -> list[Staged]:
    """Decode deliveries on the workers of a scheduler (`tcp://host:8786`) or in that many processes here (`2`).

    Has to run within a flow of Prefect whose server is set: a worker that knows none starts its own. Raises DaskError;
    what came back before it is kept.
    """
    results: list[Staged] = []

    def keep(chunk: list[Staged]) -> None:
        _save(data, chunk)
        results.extend(chunk)
        log.info("decode: %d of %d files", len(results), len(arrivals))

    chunks = [list(arrivals[start : start + CHUNK]) for start in range(0, len(arrivals), CHUNK)]
    try:
        _run(_task_runner(where, len(chunks)), data, chunks, keep)
    except DaskError:
        raise
    except Exception as error:
        raise DaskError(
            f"Decoding on Dask ({where}) ended after {len(results)} of {len(arrivals)} files: {one_line(error)} "
            "What was decoded is kept, the next run does the rest. Workers need the same version of this project and "
            "of its packages, and enough memory; their own log says more."
        ) from error
    return results


def _save(data: DataFolder, chunk: list[Staged]) -> None:
    staging = Staging(data, code_version())
    for staged in chunk:
        if staged.observations and not staging.observations_path(staged.delivery_id).exists():
            raise DaskError(f"A Dask worker has another {data.root.absolute()} than this machine. {_MOUNT}")
    for staged in chunk:
        staging.save(staged)


def decode_chunk(root: str, version: str, arrivals: list[Arrival]) -> list[Staged]:
    """What a worker does: write the observations of some deliveries and return the verdicts.

    Raises DaskError where the worker is not able to: it has other code or does not see the data folder.
    """
    data, worker = DataFolder(Path(root)), socket.gethostname()
    archive = Archive(data.archive)
    if code_version() != version:
        raise DaskError(
            f"The Dask worker on {worker} runs code version {code_version()}; this machine runs {version}. "
            "Update the project there and start its workers again."
        )
    if hidden := [arrival for arrival in arrivals if not archive.content_path(arrival.sha256).is_file()]:
        raise DaskError(f"The Dask worker on {worker} does not see {archive.content_path(hidden[0].sha256)}. {_MOUNT}")
    try:
        return list(decoded(Staging(data, version), archive, arrivals))
    except OSError as error:
        raise DaskError(f"The Dask worker on {worker} cannot use the data folder: {error}") from error


def _run(runner: Any, data: DataFolder, chunks: Sequence[list[Arrival]], keep: Callable[[list[Staged]], None]) -> None:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    decode = task(name="decode", cache_policy=NO_CACHE, persist_result=False)(decode_chunk)
    root, version = str(data.root.absolute()), code_version()
    # Workers may look at the folder only after it is there: a file system on the network remembers what was missing.
    Staging(data, version).folder.mkdir(parents=True, exist_ok=True)

    @flow(name="decode", task_runner=runner, persist_result=False)
    def decode_chunks() -> None:
        """Decode chunks of files on Dask workers."""
        client = _client()
        futures = [
            decode.with_options(task_run_name=f"decode: {number} of {len(chunks)}").submit(root, version, chunk)
            for number, chunk in enumerate(chunks, start=1)
        ]
        problems = []
        for outcome in _as_they_come(futures, client):
            if isinstance(outcome, BaseException):
                problems.append(outcome)  # what other workers did is kept before this is told
            else:
                keep(outcome)
        if problems:
            raise problems[0]

    decode_chunks()


def _client() -> Any:
    """The Dask client of the flow that runs."""
    from prefect.context import FlowRunContext

    context: Any = FlowRunContext.get()
    try:
        return context.task_runner.client
    except OSError as error:
        raise DaskError(
            f"The Dask scheduler {context.task_runner.address} does not answer. Start it, or leave out S3MONITOR_DASK: "
            "files are then decoded here."
        ) from error


def _as_they_come(futures: Sequence[Any], client: Any) -> Iterator[Any]:
    """What tasks return or raise, in any order. Raises DaskError where there was no worker for a minute."""
    waiting, last_seen = list(futures), time.monotonic()
    while waiting:
        done = [future for future in waiting if future.wrapped_future.done()]
        for future in done:
            yield future.wrapped_future.exception() or future.result(raise_on_failure=False)
        waiting = [future for future in waiting if future not in done]
        if done or client.scheduler_info()["workers"]:
            last_seen = time.monotonic()
        elif time.monotonic() > last_seen + _WITHOUT_WORKERS:
            raise DaskError(f"No Dask worker for {_WITHOUT_WORKERS} s. Start workers, then run the refresh again.")
        if not done:
            time.sleep(_LOOK)


def _task_runner(where: str, chunks: int) -> Any:
    """Raises DaskError where the package is missing or workers could not report."""
    if find_spec("prefect_dask") is None:
        raise DaskError(
            "The setting S3MONITOR_DASK needs the package prefect-dask: run `make dask`, or leave the setting out."
        )
    from prefect.settings import PREFECT_API_URL
    from prefect_dask import task_runners

    if where.isdecimal():
        local = {
            "n_workers": min(int(where), chunks),
            "threads_per_worker": 1,  # decoding is Python's own work: a second thread would only wait for the first
            "dashboard_address": "127.0.0.1:0",  # any free port; Dask warns where its usual one is taken
        }
        return task_runners.DaskTaskRunner(cluster_kwargs=local)
    server = str(PREFECT_API_URL.value())
    if _is_this_machine(server) and not _is_this_machine(where):
        raise DaskError(
            f"The workers of {where} report to the Prefect server of this run, {server}: they do not reach it. "
            "Name one that they reach with PREFECT_API_URL; S3MONITOR_DASK=2 starts two worker processes here."
        )
    return task_runners.DaskTaskRunner(address=where)


def _is_this_machine(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")
