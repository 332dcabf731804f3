"""Who publishes a source, under which licence, and how to credit it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Publisher:
    """`pattern` is a shell pattern on source ids; the other fields go into meta.delivery."""

    pattern: str
    publisher: str
    product: str
    licence: str
    attribution: str


def publisher_of(source_id: str) -> Publisher:
    """The declared publisher of a source; the last entry of publishers.yaml matches any."""
    return next(entry for entry in _publishers() if fnmatchcase(source_id, entry.pattern))


@cache
def _publishers() -> tuple[Publisher, ...]:
    import yaml

    path = Path(__file__).parent / "publishers.yaml"
    return tuple(Publisher(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")))
