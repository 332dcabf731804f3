"""The search form of the BA: booklets whose file names nobody knows beforehand, listed page by page.

How a hit looks and that `v=` in its address counts the uploads was read off public code, not off the live service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from reference.regions import nrw_kreise
from sources.fetching.editions import file_name
from sources.fetching.feed import Outcome, Question, fetch_file
from sources.fetching.problems import FetchError
from sources.fetching.web import Web, shown

#: The largest search known lists 554 booklets on 28 pages.
_MAX_PAGES = 60


@dataclass(frozen=True)
class SearchFeed:
    """All booklets a search form lists. `path` holds {page} (from 1), `hits` is the CSS selector of their links."""

    feed_id: str
    host: str
    path: str
    hits: str
    hits_per_page: int
    extension: str

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """An outcome per booklet of a Kreis of NRW; raises FetchError where the search lists nothing."""
        if question.period:  # the search lists what is current
            return
        for address in self._booklets(web, base, question.into):
            yield fetch_file(web, address, file_name(address), question, key=without_version(address))

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """The first page of the search tells whether booklets are listed that we do not hold."""
        listed = _monitored(self._page(web, base, 1, question.into), self.extension)
        if not listed:
            raise self._nothing_listed(base)
        for address in listed:
            key = without_version(address)
            yield Outcome(key, "unchanged" if key in question.known else "new")

    def _booklets(self, web: Web, base: str, into: Path) -> list[str]:
        hits: dict[str, str] = {}
        for page in range(1, _MAX_PAGES + 1):
            on_page = self._page(web, base, page, into)
            is_last = len(on_page) < self.hits_per_page or on_page.keys() <= hits.keys()
            hits |= on_page
            if is_last:  # behind the last page some forms show that page again
                break
        if found := _monitored(hits, self.extension):
            return found
        raise self._nothing_listed(base)

    def _nothing_listed(self, base: str) -> FetchError:
        what = f"the search lists no .{self.extension} file"
        hint = "Look at the page; if its layout changed, correct `hits` in sources/fetching/feeds.yaml."
        return FetchError(shown(base + self.path), what, hint=hint)

    def _page(self, web: Web, base: str, page: int, into: Path) -> dict[str, str]:
        """Address and text of the hits on a page."""
        from bs4 import BeautifulSoup

        address = base + self.path.format(page=page)
        body = into / "search.html"
        web.get(address, body)
        soup = BeautifulSoup(body.read_bytes(), "html.parser")
        body.unlink()
        start = soup.select_one("base[href]")
        root = urljoin(address, str(start["href"])) if start else address
        hits = ((_without_session(urljoin(root, str(link["href"]))), link) for link in soup.select(self.hits))
        return {link_address: link.get_text(" ") for link_address, link in hits}


def _monitored(hits: Mapping[str, str], extension: str) -> list[str]:
    """Addresses of the booklets that are about a Kreis of NRW."""
    names = {address: file_name(address) for address in hits}
    return [
        address
        for address, text in hits.items()
        if names[address].endswith(f".{extension}") and _is_monitored(f"{names[address]} {text}")
    ]


def _is_monitored(words: str) -> bool:
    """Whether a hit is about a Kreis of NRW; a hit that names no code is fetched, its content tells."""
    codes = set(re.findall(r"(?<!\d)\d{5}(?!\d)", words))
    return not codes or not codes.isdisjoint(nrw_kreise())


def _without_session(address: str) -> str:
    return re.sub(r";jsessionid=[^?#]*", "", address)


def without_version(address: str) -> str:
    """The address without the counter of uploads (`v=3`): what stays when a booklet is uploaded again."""
    parts = urlsplit(address)
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "v"])
    return urlunsplit(parts._replace(query=query))
