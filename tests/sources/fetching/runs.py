"""Runs of one feed after the other, each with what was taken before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sources.fetching.feed import Feed, Known, Outcome, Question
from sources.fetching.web import Limits, Web

LIMITS = Limits(pause=0, connect=2, read=1, whole=2, max_bytes=2_000_000, tries=1, backoff=0)


class Runs:
    """`base`: where the feed is asked; `into`: an empty folder for what comes."""

    def __init__(self, feed: Feed, base: str, into: Path) -> None:
        self.feed = feed
        self.base = base
        self.into = into
        self.web = Web(limits=LIMITS)
        self.known: dict[str, Known] = {}

    def question(self, today: dt.date, period: str = "") -> Question:
        return Question(today, self.into, dict(self.known), period)

    def ask(self, today: dt.date, period: str = "") -> list[Outcome]:
        """The outcomes; what came is known from now on."""
        outcomes = list(self.feed.ask(self.web, self.base, self.question(today, period)))
        for outcome in outcomes:
            if outcome.state in ("new", "unchanged"):
                self.known[outcome.address] = Known(outcome.seen, outcome.period)
        return outcomes

    def probe(self, today: dt.date) -> list[Outcome]:
        return list(self.feed.probe(self.web, self.base, self.question(today)))


def states(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(outcome.name, outcome.state) for outcome in outcomes]
