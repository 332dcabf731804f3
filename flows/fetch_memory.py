"""What earlier runs took from the publishers, and how the last attempt went, per feed.

    fetched/<feed_id>.json    addresses with validators, sha256 and deliveries, state and message of the last attempt

It saves requests and tells what failed; what came is in the archive.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from quality.fetching import FailedFeed
from sources.fetching.feed import Known, Outcome
from sources.fetching.web import Seen
from warehouse.archive import Archive
from warehouse.data_folder import DataFolder, write_atomically

log = logging.getLogger("s3monitor")


@dataclass
class FeedMemory:
    """One feed. `failed_since`: start of an unbroken run of failures, "" while it works; times are ISO, UTC."""

    feed_id: str
    attempted_at: str = ""
    succeeded_at: str = ""
    failed_since: str = ""
    message: str = ""
    addresses: dict[str, dict[str, Any]] = field(default_factory=dict)

    def known(self) -> dict[str, Known]:
        return {address: Known(Seen(**entry["seen"]), entry["period"]) for address, entry in self.addresses.items()}

    def remember(self, outcome: Outcome, deliveries: Sequence[str]) -> None:
        """Keep what the publisher said of an address whose bytes are in the archive.

        `deliveries`: their sha256, those of its members for a zip; empty where they are there from before.
        """
        before = self.addresses.get(outcome.address, {}).get("deliveries", [])
        self.addresses[outcome.address] = {
            "seen": asdict(outcome.seen),
            "period": outcome.period,
            "deliveries": list(deliveries) or before,
        }

    def close(self, failures: list[str], now: dt.datetime) -> None:
        """Note how an attempt ended."""
        self.attempted_at = now.isoformat()
        self.message = "\n".join(failures)
        if failures:
            self.failed_since = self.failed_since or self.attempted_at
        else:
            self.succeeded_at, self.failed_since = self.attempted_at, ""


def read_memory(data: DataFolder, feed_id: str) -> FeedMemory:
    """The memory of a feed; what the archive does not hold (it was restored from a backup) was never taken."""
    path, archive = data.fetched / f"{feed_id}.json", Archive(data.archive)
    if not path.exists():
        return FeedMemory(feed_id)
    try:
        memory = FeedMemory(**json.loads(path.read_text(encoding="utf-8")))
        memory.addresses = {
            address: entry
            for address, entry in memory.addresses.items()
            if all(archive.content_path(sha256).exists() for sha256 in entry["deliveries"])
        }
        memory.known()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("fetch: %s cannot be read (%s), so everything is fetched again", path, type(error).__name__)
        return FeedMemory(feed_id)
    return memory


def write_memory(data: DataFolder, memory: FeedMemory) -> None:
    record = json.dumps(asdict(memory), ensure_ascii=False, indent=1)
    write_atomically(data.fetched / f"{memory.feed_id}.json", record.encode(), durable=False)


def failed_feeds(data: DataFolder) -> list[FailedFeed]:
    """Feeds whose last attempt failed, by id."""
    memories = [read_memory(data, path.stem) for path in sorted(data.fetched.glob("*.json"))]
    return [
        FailedFeed(memory.feed_id, dt.datetime.fromisoformat(memory.failed_since), memory.message)
        for memory in memories
        if memory.failed_since
    ]
