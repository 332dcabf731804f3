"""The refresh: archive, decode, validate, build, check, publish, as plain steps or as a Prefect flow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from flows import steps
from flows.summary import Summary, summarise
from warehouse import release
from warehouse.archive import Archive, sha256_of
from warehouse.code_version import code_version
from warehouse.data_folder import DataFolder
from warehouse.inbox import files_in
from warehouse.staging import Staging

T = TypeVar("T")


def run_directly(step: Callable[..., T], *arguments: Any) -> T:
    """Run a step as the plain function it is."""
    return step(*arguments)


def has_work(data: DataFolder, inboxes: Sequence[Path]) -> bool:
    """Whether a refresh would do more than find that nothing changed."""
    archive = Archive(data.archive)
    known = {arrival.sha256 for arrival in archive.arrivals()}
    files = (incoming.path for inbox in inboxes for incoming in files_in(inbox))
    return (
        any(sha256_of(path) not in known for path in files)
        or bool(steps.to_decode(data))
        or not steps.is_published(data)
    )


def refresh(
    data: DataFolder,
    inboxes: Sequence[Path],
    only: Sequence[str] = (),
    run: Callable[..., Any] = run_directly,
) -> Summary:
    """Take in the inboxes and publish a release if anything changed. Returns what happened.

    `run(step, *arguments)` runs one step; Prefect passes its own to make each step a task.
    Raises DataFolderError or InboxError where folders cannot be used as asked.
    """
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with data.writing():
        release.tidy(data)  # what a run that was killed left behind
        try:
            taken = run(steps.take_in, data, inboxes, only, now)
            _decode(data, run)
            summary = _summary(data, taken)
            if not steps.is_published(data):
                _publish(data, now, summary, run)
        finally:
            release.tidy(data)  # what this run did not finish must not fill the disk
    return summary


def _decode(data: DataFolder, run: Callable[..., Any]) -> None:
    if pending := steps.to_decode(data):
        decoded = run(steps.decode, data, pending)
        for source_id in sorted({staged.source_id for staged in decoded if staged.state == "decoded"}):
            run(steps.validate, data, source_id)


def _publish(data: DataFolder, now: dt.datetime, summary: Summary, run: Callable[..., Any]) -> None:
    try:
        built = run(steps.build, data, now)
        run(steps.check, data, built, now)
        summary.release_id = run(steps.publish, data, built, now)
        summary.published = True
    except steps.NothingToPublishError as reason:
        summary.error = str(reason)
    else:
        Staging(data, code_version()).drop_other_versions()


def _summary(data: DataFolder, taken: steps.TakenIn) -> Summary:
    arrivals = list(Archive(data.archive).arrivals())
    current = release.current_release(data)
    return Summary(
        release_id=current["release_id"] if current else None,
        is_synthetic=any(arrival.provenance.is_synthetic for arrival in arrivals),
        sources=summarise(taken, steps.verdicts(data), {a.delivery_id: a.file_name for a in arrivals}),
    )
