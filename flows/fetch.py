"""The step that fetches one feed: ask the publisher, put what is new into the archive, remember."""

from __future__ import annotations

import datetime as dt
import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from flows.fetch_memory import FeedMemory, read_memory, write_memory
from flows.settings import Settings
from schemas.delivery import Provenance
from sources.fetching.feed import Account, Feed, Outcome, Question
from sources.fetching.feeds import addresses, feeds, is_optional, require_known, require_secret_lines
from sources.fetching.problems import FetchError
from sources.fetching.web import Web, shown
from warehouse.archive import Archive
from warehouse.data_folder import DataFolder
from warehouse.inbox import Incoming
from warehouse.release import FETCHING
from warehouse.zips import unpacked

log = logging.getLogger("s3monitor")
#: A year (2023) or a month of it (2023-06) that is fetched again.
PERIOD = r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$"
_archiving = threading.Lock()
#: Failures in a row until a publisher is taken to be down: each costs half a minute of waiting.
_HOPELESS = 3


@dataclass
class FeedReport:
    """What a feed brought: ids of deliveries, counts of addresses, failures in words.

    `is_transient`: nothing else than trying again is to be done.
    """

    feed_id: str
    new: list[str] = field(default_factory=list)
    unchanged: int = 0
    not_yet: int = 0
    failures: list[str] = field(default_factory=list)
    is_transient: bool = False

    @property
    def was_asked(self) -> bool:
        """Whether the publisher was asked for anything."""
        return bool(self.new or self.unchanged or self.not_yet or self.failures)


def fetch(data: DataFolder, feed_id: str, now: dt.datetime, period: str = "") -> FeedReport:
    """Fetch one feed into the archive. `period`: fetch that period again instead of what is new.

    A publisher that fails is no error here: the report says so, and what is held stays.
    """
    report, memory = FeedReport(feed_id), read_memory(data, feed_id)
    with tempfile.TemporaryDirectory(prefix=FETCHING, dir=data.root) as folder:
        transient = []
        for outcome in _until_hopeless(_outcomes(feed_id, memory, now, period, Path(folder))):
            if outcome.state == "failed":
                report.failures.append(outcome.message)
                transient.append(outcome.is_transient)
            elif outcome.state == "not_yet":
                report.not_yet += 1
            else:
                memory.remember(outcome, _take_in(data, outcome, now, report))
    if not report.was_asked:
        return report  # it has nothing by periods, so whether it works is not known
    report.is_transient = bool(transient) and all(transient)
    memory.close(report.failures, now)
    write_memory(data, memory)
    log.info(
        "fetch: %s: %d new, %d unchanged%s",
        feed_id,
        len(report.new),
        report.unchanged,
        f", {len(report.failures)} failed" if report.failures else "",
    )
    return report


def _outcomes(feed_id: str, memory: FeedMemory, now: dt.datetime, period: str, folder: Path) -> Iterator[Outcome]:
    feed = chosen_feeds([feed_id])[feed_id]
    question = question_for(feed, memory, now.date(), folder, period)
    return with_failures(feed_id, lambda: feed.ask(web(), base_address(feed), question))


def with_failures(feed_id: str, ask: Callable[[], Iterable[Outcome]]) -> Iterator[Outcome]:
    """The outcomes of a feed; where it fails as a whole, one that says so. Raises OSError."""
    try:
        yield from ask()
    except FetchError as problem:  # the feed as a whole: no address of it could be asked for
        yield Outcome(problem.address, "failed", message=str(problem), is_transient=problem.is_transient)
    except OSError:
        raise  # of this machine, e.g. a full disk: that is no trouble of a publisher
    except Exception as problem:  # an answer that nobody foresaw must not stop the other publishers
        log.exception("fetch: %s", feed_id)
        message = f"{feed_id}: fetching failed with {type(problem).__name__}. Please report it."
        yield Outcome("", "failed", message=message)


def _until_hopeless(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes, up to the last of some failures in a row that only time can mend."""
    in_a_row = 0
    for outcome in outcomes:
        in_a_row = in_a_row + 1 if outcome.state == "failed" and outcome.is_transient else 0
        if in_a_row == _HOPELESS:
            yield replace(outcome, message=f"{outcome.message} No more files were asked for.")
            return
        yield outcome


def question_for(feed: Feed, memory: FeedMemory, today: dt.date, folder: Path, period: str = "") -> Question:
    """What to ask a feed, with what is known of it and the account from the settings."""
    login = Settings().accounts.get(feed.host)
    account = Account(login.user.get_secret_value(), login.password.get_secret_value()) if login else None
    return Question(today, folder, memory.known(), period, account)


def _take_in(data: DataFolder, outcome: Outcome, now: dt.datetime, report: FeedReport) -> list[str]:
    """Put a body, or the members of its zip, into the archive; returns their sha256."""
    if outcome.path is None:
        report.unchanged += 1
        return []
    archive = Archive(data.archive)
    arrives_at = archive.arrival_time(now)
    provenance = Provenance(
        source_id=report.feed_id,
        retrieved_on=arrives_at.date(),
        origin=shown(outcome.address, query=True),
        period=outcome.period,
    )
    data.claim(synthetic=False)
    taken = []
    for part in unpacked(Incoming(outcome.path, outcome.name, provenance), outcome.members):
        with _archiving:  # two feeds may bring the same bytes
            arrival, is_new = archive.take_in(part, arrives_at)
        if is_new or arrival.arrived_at == arrives_at:  # or in an attempt before, of the same run
            report.new.append(arrival.delivery_id)
        else:
            report.unchanged += 1
        taken.append(arrival.sha256)
    return taken


@cache
def web() -> Web:
    """One client for the whole run: it keeps the pause between two requests to a host."""
    settings = Settings()
    return Web(settings.contact, settings.limits())


def base_address(feed: Feed) -> str:
    return addresses(Settings().addresses)[feed.host]


def chosen_feeds(only: list[str] | None = None) -> dict[str, Feed]:
    """The feeds named, by feed or publisher; without names all that are not optional.

    Raises ValueError where a name is neither, or the settings name a publisher that is none.
    """
    settings = Settings()
    require_known(settings.accounts)
    require_secret_lines(settings.accounts, settings.addresses)
    known = feeds(settings.addresses)
    if not only:
        return {feed_id: feed for feed_id, feed in known.items() if not is_optional(feed_id)}
    if unknown := [name for name in only if name not in known and name not in {f.host for f in known.values()}]:
        hosts = sorted({feed.host for feed in known.values()})
        raise ValueError(f"no source {unknown[0]}; known are {', '.join(known)}; or a publisher: {', '.join(hosts)}")
    return {feed_id: feed for feed_id, feed in known.items() if feed_id in only or feed.host in only}
