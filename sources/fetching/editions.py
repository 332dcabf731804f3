"""Files with a declared address: one that stays (`FileFeed`), or one per edition (`EditionFeed`).

A publisher does not announce an edition: the address it will have is asked for, and 404 means not yet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from sources.cells import month_end
from sources.fetching.feed import Outcome, Question, fetch_file, probe_file
from sources.fetching.problems import FetchError
from sources.fetching.web import Web, shown
from sources.publishers import Rhythm, publisher_of

#: Editions that are tried backwards where none is held: the newest may be late by two.
_LOOK_BACK = 3


@dataclass(frozen=True)
class FileFeed:
    """One file under one address that stays; a new edition replaces it there."""

    feed_id: str
    host: str
    path: str
    members: tuple[str, ...] = ()

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        if question.period:  # there is only what stands there now
            return
        address = base + self.path
        outcome = fetch_file(web, address, file_name(address), question)
        yield replace(outcome, members=self.members)

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        yield probe_file(web, base + self.path, question)


@dataclass(frozen=True)
class EditionFeed:
    """One file per edition. `path` holds {strftime} of the last day of the edition; `first`: of the first one."""

    feed_id: str
    host: str
    path: str
    first: dt.date
    members: tuple[str, ...] = ()

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """Past editions are asked for once more (publishers upload them again) only while they are the newest.

        Raises FetchError where nothing is held and none of the newest is there.
        """
        states: set[str] = set()
        for day in self._days(question):
            address = self._address(base, day)
            outcome = fetch_file(
                web, address, file_name(address), question, period=day.isoformat(), probe=not question.period
            )
            yield replace(outcome, members=self.members)
            states.add(outcome.state)
            if not (question.known or question.period) and outcome.state == "new":
                return  # the newest there is; older ones are a matter of a backfill
        if not question.known and states == {"not_yet"}:
            what = "none of the newest editions is there"
            hint = "If the publisher names its files in another way now, correct `path` in sources/fetching/feeds.yaml."
            raise FetchError(shown(address), what, hint=hint)

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        for day in self._days(question):
            yield probe_file(web, self._address(base, day), question, period=day.isoformat())

    def _days(self, question: Question) -> list[dt.date]:
        rhythm = publisher_of(self.feed_id).rhythm
        assert rhythm, f"feeds.yaml: {self.feed_id} has editions, so publishers.yaml must tell its rhythm"
        return days_to_ask(self.first, rhythm, question)

    def _address(self, base: str, day: dt.date) -> str:
        return base + re.sub(r"\{([^}]+)\}", lambda match: day.strftime(match[1]), self.path)


def days_to_ask(first: dt.date, rhythm: Rhythm, question: Question) -> list[dt.date]:
    """Last days of the editions to ask for.

    With a period: its editions. Else, where something is held, the newest held and all that can be out since then;
    where nothing is held, the newest that can be out and a few before, newest first.
    """
    out = list(_editions(first, rhythm.every, question.today))
    if question.period:
        return [day for day in out if day.isoformat().startswith(question.period)]
    possible = [day for day in out if months_later(day, rhythm.expected_after) <= question.today]
    held = [dt.date.fromisoformat(known.period) for known in question.known.values() if known.period]
    if not held:
        return possible[: -_LOOK_BACK - 1 : -1]
    return [max(held), *(day for day in possible if day > max(held))]


def _editions(first: dt.date, every: int, today: dt.date) -> Iterator[dt.date]:
    day = first
    while day <= months_later(today, 0):
        yield day
        day = months_later(day, every)


def months_later(day: dt.date, months: int) -> dt.date:
    """Last day of the month that lies `months` after that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_end(year, month + 1)


def file_name(address: str) -> str:
    """Name of the file an address ends in, without query and session id."""
    return urlsplit(address).path.rpartition("/")[2].partition(";")[0]
