"""Boundaries from a Web Feature Service (OGC WFS 2.0): GeoJSON, page by page, kept as one FeatureCollection."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.fetching.feed import Outcome, Question, outcome_of
from sources.fetching.problems import FetchError
from sources.fetching.web import Reply, Seen, Web, shown

_PAGE = 100
#: Germany has 400 Kreise.
_MAX_PAGES = 50


@dataclass(frozen=True)
class WfsFeed:
    """All features of one type."""

    feed_id: str
    host: str
    path: str

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        if question.period:  # boundaries are those of the newest date
            return
        address = base + self.path
        blank = Outcome(address, "unchanged", f"{self.feed_id}.geojson", seen=question.seen(address))
        yield outcome_of(lambda path: _collect(web, address, path), blank, question)

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """Nothing: a WFS has no validators, and boundaries change once a year."""
        yield from ()


def _collect(web: Web, address: str, path: Path) -> Reply:
    features: list[Any] = []
    for page in range(_MAX_PAGES):
        asked = f"{address}&COUNT={_PAGE}&STARTINDEX={page * _PAGE}"
        web.get(asked, path)
        try:
            answer = json.loads(path.read_bytes())
            found, matched = answer["features"], answer.get("numberMatched")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"expected GeoJSON with “features”; found {path.read_bytes()[:80]!r}"
            raise FetchError(shown(address), what) from error
        features += found
        if len(found) < _PAGE or len(features) == matched:
            break
    if isinstance(matched, int) and len(features) != matched:
        raise FetchError(shown(address), f"expected {matched} features; found {len(features)}", is_transient=True)
    content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    path.write_bytes(content)
    return Reply(200, address, {}, path, Seen(hashlib.sha256(content).hexdigest()))
