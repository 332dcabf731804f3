"""The refresh: fetch, archive, decode, validate, build, check, publish, as plain steps or as a Prefect flow."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from flows import steps
from flows.fetch import FeedReport, fetch
from flows.settings import Settings
from flows.summary import LAKE, SourceSummary, Summary, summarise
from schemas.delivery import Arrival
from warehouse import release
from warehouse.archive import Archive
from warehouse.code_version import code_version
from warehouse.data_folder import DataFolder, DataFolderError
from warehouse.inbox import files_in
from warehouse.lake_address import LakeError
from warehouse.staging import Staging
from warehouse.zips import unpacked

log = logging.getLogger("s3monitor")

#: This program was written later; a machine whose clock lost its battery begins in 1970 or in the year it was made.
_NOT_BEFORE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
#: Releases that are built until one has the decisions and the officers' files as they are at its end.
_TRIES = 3


class Runner(Protocol):
    """How steps are run: as they are, or as Prefect tasks."""

    def run(self, step: Callable[..., Any], *arguments: Any) -> Any: ...

    def decode(self, data: DataFolder, arrivals: Sequence[Arrival]) -> None:
        """Decode deliveries, here or on other machines."""
        ...

    def fetch_all(self, data: DataFolder, feeds: Sequence[str], now: dt.datetime, period: str) -> Iterator[FeedReport]:
        """Reports of the feeds as they come, publishers side by side."""
        ...


class Direct:
    """Steps as the plain functions they are, feeds in threads: they wait for the network most of the time."""

    def run(self, step: Callable[..., Any], *arguments: Any) -> Any:
        return step(*arguments)

    def decode(self, data: DataFolder, arrivals: Sequence[Arrival]) -> None:
        if Settings().dask:
            log.info("decode: in this process; the setting S3MONITOR_DASK is for runs of Prefect")
        steps.decode(data, arrivals)

    def fetch_all(self, data: DataFolder, feeds: Sequence[str], now: dt.datetime, period: str) -> Iterator[FeedReport]:
        with ThreadPoolExecutor(max_workers=max(1, len(feeds))) as pool:
            asked = [pool.submit(fetch, data, feed_id, now, period) for feed_id in feeds]
            yield from (done.result() for done in as_completed(asked))


def has_work(data: DataFolder, inboxes: Sequence[Path]) -> bool:
    """Whether a refresh would do more than find that nothing changed."""
    try:
        known = {arrival.sha256 for arrival in Archive(data.archive).arrivals()}
    except DataFolderError:  # a damaged record; the inbox may hold what mends it
        return True
    files = (file for inbox in inboxes for file in files_in(inbox) if not file.problem)
    parts = (part for file in files for part in unpacked(file))
    return (
        any(part.sha256() not in known for part in parts) or bool(steps.to_decode(data)) or not steps.is_published(data)
    )


def refresh(
    data: DataFolder,
    inboxes: Sequence[Path] = (),
    only: Sequence[str] = (),
    *,
    feeds: Sequence[str] = (),
    period: str = "",
    runner: Runner | None = None,
    wait: float = 0,
) -> Summary:
    """Take in the inboxes and what the feeds bring, and publish a release if anything changed. Returns what happened.

    `only` restricts the inboxes to sources or products; with a `period` the feeds fetch that again instead of what
    is new; `wait`: seconds to wait for another refresh to end.
    Raises DataFolderError or InboxError where folders cannot be used as asked.
    """
    runner = runner or Direct()
    now = _now()
    with data.writing(wait):
        steps.tidy(data)
        steps.compare_clock(data, now)
        try:
            taken = runner.run(steps.take_in, data, inboxes, only, now)
            reports = _fetch_and_decode(data, feeds, period, runner, now)
            summary = _summary(data, taken, reports)
            if steps.is_published(data):
                steps.make_up(data)
            else:
                _publish(data, now, summary, runner)
            if summary.release_id and not summary.error:
                _publish_to_lake(data, summary, runner)
        finally:
            release.tidy(data)  # what this run did not finish must not fill the disk
    return summary


def collect(
    data: DataFolder, inboxes: Sequence[Path], feeds: Sequence[str], period: str = ""
) -> tuple[steps.TakenIn, list[FeedReport]]:
    """Take in, fetch, decode and validate, without a release."""
    now = _now()
    with data.writing():
        steps.tidy(data)
        taken = steps.take_in(data, inboxes, (), now)
        return taken, _fetch_and_decode(data, feeds, period, Direct(), now)


def _now() -> dt.datetime:
    """Raises DataFolderError where the clock cannot be right: every day that is written down would be wrong."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    if now < _NOT_BEFORE:
        raise DataFolderError(f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC. Set it right, then run again.")
    return now


def _fetch_and_decode(
    data: DataFolder, feeds: Sequence[str], period: str, runner: Runner, now: dt.datetime
) -> list[FeedReport]:
    _decode(data, runner)
    reports = []
    for report in runner.fetch_all(data, feeds, now, period):
        reports.append(report)
        if report.new:
            _decode(data, runner)  # while the other publishers are still being asked
    for source_id in steps.to_validate(data):
        runner.run(steps.validate, data, source_id)
    return reports


def _decode(data: DataFolder, runner: Runner) -> None:
    if pending := steps.to_decode(data):
        runner.decode(data, pending)


def _publish(data: DataFolder, now: dt.datetime, summary: Summary, runner: Runner) -> None:
    try:
        summary.release_id = _release(data, now, runner)
        summary.published = True
    except steps.NothingToPublishError as reason:
        summary.error = str(reason)
    else:
        Staging(data, code_version()).drop_other_versions()
        if Settings().site:
            runner.run(steps.write_site, data)


def _release(data: DataFolder, now: dt.datetime, runner: Runner) -> str:
    """Build, check and publish; again where somebody accepted a finding meanwhile, so that a run is not lost by it."""
    for _ in range(_TRIES - 1):
        with suppress(steps.InputsChangedError):
            return _release_once(data, now, runner)
    return _release_once(data, now, runner)


def _release_once(data: DataFolder, now: dt.datetime, runner: Runner) -> str:
    built = runner.run(steps.build, data, now)
    runner.run(steps.check, data, built, now)
    release_id: str = runner.run(steps.publish, data, built, now)
    return release_id


def _publish_to_lake(data: DataFolder, summary: Summary, runner: Runner) -> None:
    """Also where nothing is new: the lake may have missed the release before."""
    try:
        runner.run(steps.publish_to_lake, data)
    except LakeError as problem:
        summary.sources.append(SourceSummary(LAKE, failed=1, messages=[f"{LAKE}: {problem}"]))


def _summary(data: DataFolder, taken: steps.TakenIn, reports: Sequence[FeedReport]) -> Summary:
    current = release.current_release(data)
    return Summary(
        release_id=current["release_id"] if current else None,
        is_synthetic=any(arrival.provenance.is_synthetic for arrival in Archive(data.archive).arrivals()),
        sources=sources(data, taken, reports),
    )


def sources(data: DataFolder, taken: steps.TakenIn, reports: Sequence[FeedReport]) -> list[SourceSummary]:
    """What became of every source in a run that took in and fetched this."""
    names = {arrival.delivery_id: arrival.file_name for arrival in Archive(data.archive).arrivals()}
    return summarise(taken, reports, steps.verdicts(data), names)
