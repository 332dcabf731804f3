"""Who publishes a source, under which licence, and how to credit it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reference.declared import read_declared


class Rhythm(NamedTuple):
    """In months: between two reference dates, from a date to its expected publication, and until it is overdue."""

    every: int
    expected_after: int
    overdue_after: int


@dataclass(frozen=True)
class Publisher:
    """`pattern` is a shell pattern on source ids; the other fields go into meta.delivery and meta.source."""

    pattern: str
    publisher: str
    product: str
    licence: str
    attribution: str
    rhythm: Rhythm | None = None


def publisher_of(source_id: str) -> Publisher:
    """The declared publisher of a source; the last entry of publishers.yaml matches any."""
    return next(entry for entry in _publishers() if fnmatchcase(source_id, entry.pattern))


@cache
def _publishers() -> tuple[Publisher, ...]:
    path = Path(__file__).parent / "publishers.yaml"
    entries = read_declared(path)
    return tuple(
        Publisher(**{**entry, "rhythm": Rhythm(**entry["rhythm"]) if "rhythm" in entry else None}) for entry in entries
    )
