"""The Statistik-API of the BA: key figures as CSV, one region a request, asked for by its name.

The names come from the list the BA's own pages use: objects with `BA_SCHL` (its first five digits are the AGS) and
`DESC` (the name), below an object whose `Filtername` is `Kreis`. Read off public code, not off the live service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from reference.regions import GERMANY, NRW, ruhr_kreise
from sources.fetching.feed import Outcome, Question, fetch_file
from sources.fetching.problems import FetchError
from sources.fetching.web import Web, shown


@dataclass(frozen=True)
class RegionsFeed:
    """The Kreise of the Ruhr, NRW and Germany. `list_address`: where the names are; `paths`: by level."""

    feed_id: str
    host: str
    list_address: str
    paths: dict[str, str]

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        if question.period:  # it answers with the newest month and those before it
            return
        yield self._fetch(web, base + self.paths["bund"], GERMANY, question)
        yield self._fetch(web, base + self.paths["land"], NRW, question)
        names = self._names(web, question)
        for region_id in ruhr_kreise():
            address = base + self.paths["kreis"].format(name=quote(names[region_id], safe=""))
            yield self._fetch(web, address, region_id, question)

    def _fetch(self, web: Web, address: str, region_id: str, question: Question) -> Outcome:
        name = f"{self.feed_id}_{region_id}.csv"
        outcome = fetch_file(web, address, name, question)
        # the printed address does not tell the region
        return replace(outcome, message=outcome.message and f"{name}: {outcome.message}")

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """Nothing: an answer is as small as a look at it."""
        yield from ()

    def _names(self, web: Web, question: Question) -> dict[str, str]:
        """Name per AGS; raises FetchError where the list lacks a Kreis of the Ruhr."""
        body = question.into / "names.js"
        web.get(self.list_address, body)
        text = body.read_text(encoding="utf-8-sig", errors="replace")
        body.unlink()
        start = min((text.find(sign) for sign in "[{" if sign in text), default=0)
        try:
            found = dict(_kreise(json.JSONDecoder().raw_decode(text[start:])[0], inside=False))
        except ValueError as error:
            what = f"expected a JSON list of regions; found {error}"
            raise FetchError(shown(self.list_address), what) from error
        if missing := [region_id for region_id in ruhr_kreise() if region_id not in found]:
            what = f"the list of regions has no name for {', '.join(missing)}"
            raise FetchError(shown(self.list_address), what, hint="Look whether BA_SCHL and DESC are still its keys.")
        return found


def _kreise(node: Any, *, inside: bool) -> Iterator[tuple[str, str]]:
    """(AGS, name) of every object with a key and a name at or below one whose Filtername is Kreis."""
    if isinstance(node, list):
        for entry in node:
            yield from _kreise(entry, inside=inside)
    elif isinstance(node, dict):
        inside = node["Filtername"] == "Kreis" if "Filtername" in node else inside
        if inside and "BA_SCHL" in node and "DESC" in node:
            yield str(node["BA_SCHL"])[:5], str(node["DESC"])
        for value in node.values():
            yield from _kreise(value, inside=inside)
