"""Publishers that could not be reached: a finding each, until a later run gets through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from quality.findings import Finding

_SHOWN = 3


class FailedFeed(NamedTuple):
    """A source whose last fetch failed: since when without a break, and what the publisher answered last."""

    feed_id: str
    since: dt.datetime
    message: str


def fetch_findings(failed: Iterable[FailedFeed]) -> list[Finding]:
    """One finding per source; what it brought before stays in use."""
    return [
        Finding(
            check_id="not_fetched",
            subject=feed.feed_id,
            layer="arrival",
            severity="warn",
            text_de=f"{feed.feed_id} konnte seit dem {feed.since:%d.%m.%Y} nicht abgerufen werden; "
            f"die bisherigen Daten gelten weiter. Antwort: {_first_lines(feed.message)}",
            text_en=f"{feed.feed_id} could not be fetched since {feed.since:%Y-%m-%d}; "
            f"the data from before stays in use. Answer: {_first_lines(feed.message)}",
            todo_de="Der nächste Lauf versucht es von selbst wieder. Hält es an: die Adresse im Browser öffnen, "
            "das Konto prüfen, dann den Betrieb fragen (docs/operations.md).",
            todo_en="The next run tries again by itself. Where it goes on: open the address in a browser, check the "
            "account, then ask the operator (docs/operations.md).",
            source_id=feed.feed_id,
        )
        for feed in failed
    ]


def _first_lines(message: str) -> str:
    """A publisher that is down fails in the same way for each of its files."""
    lines = message.splitlines()
    more = f" … (+{len(lines) - _SHOWN})" if len(lines) > _SHOWN else ""
    return " ".join(lines[:_SHOWN]) + more
