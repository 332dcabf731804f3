"""Looking whether the publishers have something new: one small request per file, nothing is fetched."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from flows.fetch import base_address, chosen_feeds, question_for, web, with_failures
from flows.fetch_memory import read_memory
from sources.fetching.web import shown
from warehouse.data_folder import DataFolder


class News(NamedTuple):
    """What a look at a source found. state: `new`, `unchanged`, `failed`, or `not_probed` where a look costs as much
    as fetching."""

    source: str
    state: str
    detail: str


def probe_all(data: DataFolder, feed_ids: Sequence[str]) -> Iterator[News]:
    """Look at every feed, publishers side by side; in the order of `feed_ids`."""
    with ThreadPoolExecutor(max_workers=max(1, len(feed_ids))) as pool:
        yield from pool.map(lambda feed_id: probe(data, feed_id), feed_ids)


def probe(data: DataFolder, feed_id: str) -> News:
    """Look at one feed."""
    feed = chosen_feeds([feed_id])[feed_id]
    today = dt.datetime.now(dt.UTC).date()
    with tempfile.TemporaryDirectory() as folder:
        question = question_for(feed, read_memory(data, feed_id), today, Path(folder))
        outcomes = list(with_failures(feed_id, lambda: feed.probe(web(), base_address(feed), question)))
    if not outcomes:
        return News(feed_id, "not_probed", "")
    counts = Counter(outcome.state for outcome in outcomes)
    state = next((state for state in ("failed", "new") if counts[state]), "unchanged")
    details = [outcome.message or shown(outcome.address) for outcome in outcomes if outcome.state in ("failed", "new")]
    return News(feed_id, state, "; ".join(details[:3]))
