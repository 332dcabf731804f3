"""The GENESIS tables as feeds: with an account from the web service, year by year; else the open download of a table.

The open download is the whole table at some tables and its newest year at others; parameters are ignored there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sources.fetching.editions import months_later
from sources.fetching.feed import Outcome, Question, outcome_of, probe_file
from sources.fetching.problems import FetchError
from sources.fetching.web import Reply, Web, shown
from sources.genesis.answer import with_table
from sources.genesis.client import Patience, Service
from sources.genesis.query import Query, check_answer
from sources.genesis.table import Table, tables
from sources.publishers import publisher_of

#: Years asked for, newest first: taxes come four years late.
_LOOK_BACK = 5
#: Enough years found, as the one before the newest may be revised; and enough failed, as a second lies in the table.
_FOUND, _FAILED = 2, 2


@dataclass(frozen=True)
class GenesisFeed:
    """One declared table."""

    table: Table
    patience: Patience = field(default_factory=Patience)

    @property
    def feed_id(self) -> str:
        return self.table.source_id

    @property
    def host(self) -> str:
        return self.table.instance

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """With an account an outcome per year, without one a single outcome; raises LoginError for a refused account,
        FetchError where no year has anything."""
        if question.account:
            service = Service(web, base, question.account, self.patience)
            service.check_login(question.today)
            if question.period:
                yield self._of_year(service, question, int(question.period[:4]))
            else:
                yield from self._newest_years(service, question)
        elif not question.period:  # there is only what stands there now
            yield self._download(web, base, question)

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """Nothing with an account: what the service says of the state of a table is often wrong."""
        if question.account is None:
            yield probe_file(web, self._download_address(base), question)

    def _download(self, web: Web, base: str, question: Question) -> Outcome:
        address = self._download_address(base)
        seen = question.seen(address)

        def take(path: Path) -> Reply:
            return with_table(web.get(address, path, known=seen))

        return outcome_of(take, Outcome(address, "unchanged", f"{self.table.code}_00.csv", seen=seen), question)

    def _download_address(self, base: str) -> str:
        return f"{base}/downloader/00/tables/{self.table.code}_00.csv"

    def _newest_years(self, service: Service, question: Question) -> Iterator[Outcome]:
        newest = self._newest_year(question.today)
        found = failed = 0
        for year in range(newest, newest - _LOOK_BACK, -1):
            outcome = self._of_year(service, question, year)
            if found and outcome.state == "not_yet":
                return  # the table begins after it
            yield outcome
            found += outcome.state in ("new", "unchanged")
            failed += outcome.state == "failed"
            if outcome.is_transient or found == _FOUND or failed == _FAILED:
                return
        if not found and not failed:
            what = f"the table has nothing for {newest - _LOOK_BACK + 1} to {newest}"
            hint = "If it goes on under another code, declare that in sources/genesis/tables.yaml."
            raise FetchError(shown(service.address(f"data/tablefile/{self.table.code}")), what, hint=hint)

    def _newest_year(self, today: dt.date) -> int:
        """The newest year that can be out; the earliest Stichtag of a year is 30 June."""
        rhythm = publisher_of(self.feed_id).rhythm
        assert rhythm, f"publishers.yaml must tell the rhythm of {self.feed_id}"
        month = 12 if self.table.time == "year" else 6
        years = range(today.year, today.year - _LOOK_BACK, -1)
        return next(y for y in years if months_later(dt.date(y, month, 1), rhythm.expected_after) <= today)

    def _of_year(self, service: Service, question: Question, year: int) -> Outcome:
        query = Query(self.table, year)
        address = service.address_of(query)
        seen = question.seen(address)

        def take(path: Path) -> Reply:
            reply = service.table(query, path)
            if reply.status == 200 and reply.seen.sha256 != seen.sha256:
                check_answer(query, path, shown(address))
            return reply

        blank = Outcome(address, "unchanged", query.file_name, seen=seen)
        return outcome_of(take, blank, question, probe=not (seen.sha256 or question.period))


def genesis_feeds() -> list[GenesisFeed]:
    """A feed for each declared table that is still published."""
    return [GenesisFeed(table) for table in tables().values() if table.fetched]
