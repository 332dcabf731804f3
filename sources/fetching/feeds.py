"""All feeds: those declared in feeds.yaml, and the GENESIS tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reference.declared import read_declared
from sources.fetching.booklet_search import SearchFeed
from sources.fetching.editions import EditionFeed, FileFeed
from sources.fetching.feed import Feed
from sources.fetching.statistik_api import RegionsFeed
from sources.fetching.wfs import WfsFeed


@cache
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = read_declared(Path(__file__).parent / "feeds.yaml")
    return declared


def addresses(overrides: Mapping[str, str]) -> dict[str, str]:
    """Base address per host; raises ValueError where an override names none of them or is no address."""
    hosts: dict[str, str] = _declared()["hosts"]
    require_known(overrides)
    for name, address in overrides.items():
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
            raise ValueError(f"the address of {name}: expected https://host/path, without a login")
    return hosts | {name: address.rstrip("/") for name, address in overrides.items()}


def require_secret_lines(accounts: Iterable[str], overrides: Mapping[str, str]) -> None:
    """Raises ValueError where a login would go over a line that others can read; this machine is none."""
    for name, address in addresses(overrides).items():
        parts = urlsplit(address)
        if name in accounts and parts.scheme != "https" and not _is_this_machine(parts.hostname or ""):
            raise ValueError(f"the address of {name}: expected https://, because an account is set for it")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def require_known(names: Iterable[str]) -> None:
    """Raises ValueError where a name is none of a host."""
    hosts: dict[str, str] = _declared()["hosts"]
    if unknown := set(names) - set(hosts):
        raise ValueError(f"unknown publisher {min(unknown)}; known are {', '.join(hosts)}")


def feeds(overrides: Mapping[str, str] | None = None) -> dict[str, Feed]:
    """Every feed by its id."""
    from sources.fetching.genesis import genesis_feeds

    bases = addresses(overrides or {})
    declared = [_feed(feed_id, dict(entry), bases) for feed_id, entry in _declared()["feeds"].items()]
    return {feed.feed_id: feed for feed in [*declared, *genesis_feeds()]}


def is_optional(feed_id: str) -> bool:
    """Whether a feed is fetched only when it is named."""
    return bool(_declared()["feeds"].get(feed_id, {}).get("optional"))


def _feed(feed_id: str, entry: dict[str, Any], bases: Mapping[str, str]) -> Feed:
    entry.pop("optional", None)
    make: Callable[..., Feed] = _KINDS[entry.pop("kind")]
    if "list_host" in entry:
        entry["list_address"] = bases[entry.pop("list_host")] + entry.pop("list_path")
    if "members" in entry:
        entry["members"] = tuple(entry["members"])
    return make(feed_id=feed_id, **entry)


_KINDS: dict[str, Callable[..., Feed]] = {
    "file": FileFeed,
    "edition": EditionFeed,
    "search": SearchFeed,
    "regions": RegionsFeed,
    "wfs": WfsFeed,
}
