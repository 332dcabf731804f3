"""The Federal Employment Agency: booklets behind a search form, files per month and year, and its Statistik-API."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from html import escape
from urllib.parse import parse_qs, quote, urlsplit

from reference.regions import GERMANY, NRW, nrw_kreise, ruhr_kreise
from sources.sample import ba_unemployment, regionalreport
from sources.sample.ba_words import region_name
from sources.sample.workbook import workbook
from sources.sample.world import World
from tests.flows.inboxes import zipped
from tests.publishers.server import Publisher, Reply, Request

SEARCH = "/SiteGlobals/Forms/Suche/Einzelheftsuche_Formular.html"
NAMES = "/Auswahl/Layout/Statistiktabellen/JS/DR-LZR-persistListenfelderJSON.js"
ANNUAL = "/Statistikdaten/Detail/Aktuell/iiia4/kreise-arbeitslosenquoten/arbeitslosenquoten-k-0-xlsx.xlsx"
HITS_PER_PAGE = 20
_PAGE = re.compile(r"15084_list%3D(\d+)")


def monthly(edition: dt.date) -> str:
    """Path of the zip with the unemployed of a month."""
    folder = f"/Statistikdaten/Detail/{edition:%Y%m}/iiia4/gemeinde-arbeitslose-quoten"
    return f"{folder}/arbeitslose-quoten-dlk-0-{edition:%Y%m}-zip.zip"


def booklet(region: str, period: str = "202503") -> str:
    """Path of a Regionalreport."""
    folder = f"/Statistikdaten/Detail/{period}/iiia6/beschaeftigung-reg-bst-reg"
    return f"{folder}/bst-reg-{region}-0-{period}-xlsx.xlsx"


class Arbeitsagentur(Publisher):
    """The main host.

    booklets      path → number of its upload, in the order in which the search lists them
    repeats_last  behind the last page the search shows that page again
    """

    def __init__(self) -> None:
        super().__init__()
        self.booklets: dict[str, int] = {}
        self.repeats_last = False
        self.hit = "teaser type-1 StatisticDocument row"
        self.put(ANNUAL, annual_rates())
        self.put(NAMES, names_script())

    def list_booklet(self, path: str, content: bytes) -> None:
        """Upload a booklet; again: over the one there, the search counts it in `v=`."""
        self.put(path, content)
        self.booklets[path] = self.booklets.get(path, 0) + 1

    def usual(self, request: Request) -> Reply:
        if request.path == SEARCH:
            return self._search(parse_qs(urlsplit(request.target).query))
        return super().usual(request)

    def _search(self, query: dict[str, list[str]]) -> Reply:
        match = _PAGE.fullmatch(query["gtp"][0])
        assert match, "the list and its page are encoded twice"
        page, hits = int(match[1]), list(self.booklets.items())
        start = (page - 1) * HITS_PER_PAGE
        if self.repeats_last:
            start = min(start, max(0, len(hits) - 1) // HITS_PER_PAGE * HITS_PER_PAGE)
        found = "".join(self._hit(path, upload, page) for path, upload in hits[start : start + HITS_PER_PAGE])
        html = f"""<!DOCTYPE html>
            <html><head><base href="{self.root}/"/><title>Einzelheftsuche</title></head><body>
            <nav class="row"><a href="Statistiken/Navigation.html">Startseite</a></nav>
            <p>{len(hits)} Treffer</p>{found}
            <div class="pager"><a href="{SEARCH.lstrip("/")};jsessionid=9F{page}A.live?gtp=1">weiter</a></div>
            </body></html>"""
        return Reply(200, html.encode(), {"Content-Type": "text/html;charset=UTF-8"})

    def _hit(self, path: str, upload: int, page: int) -> str:
        address = f"{path.lstrip('/')};jsessionid=9F{page}A.live?__blob=publicationFile&v={upload}"
        return (
            f'<div class="{self.hit}"><h3><a href="{escape(address)}">Regionalreport über Beschäftigte</a></h3></div>'
        )


class StatistikApi(Publisher):
    """Key figures as CSV, one region a request, by its name; `figures`: region → content."""

    def __init__(self) -> None:
        super().__init__("/bifrontend/bids-api")
        for region, content in key_figures().items():
            self.put(api_target(region), content)


def api_target(region: str) -> str:
    table = "/ct/v1/tableFetch/csv/EckwerteTabelleALO"
    if region == GERMANY:
        return f"{table}D"
    if region == NRW:
        return f"{table}BL?Bundesland=Nordrhein-Westfalen"
    return f"{table}Kr?Kreis={quote(region_name(region), safe='')}"


def names_script() -> bytes:
    """The list of regions as a script: other filters, Kreise of other Länder, keys with trailing zeros."""
    kreise = [{"BA_SCHL": f"{region}000", "DESC": region_name(region)} for region in ruhr_kreise()]
    lists = [
        {"Filtername": "Agentur", "Werte": [{"BA_SCHL": "05113", "DESC": "Agentur für Arbeit Essen"}]},
        {"Filtername": "Kreis", "Werte": [{"BA_SCHL": "01001000", "DESC": "Flensburg, Stadt"}, *kreise]},
    ]
    return f"var DR_LZR_Listenfelder = {json.dumps(lists, ensure_ascii=False)};\n".encode()


# --- files of the sample


@cache
def world() -> World:
    return World(2020)


@cache
def reports() -> dict[str, bytes]:
    """region_id → Regionalreport."""
    return {file.path[-10:-5]: file.content for file in regionalreport.files(world())}


@cache
def annual_rates() -> bytes:
    return ba_unemployment.annual_rates(world()).content


@cache
def unemployment_zip(newest: int = 21) -> bytes:
    """The zip of a month: counts and rates up to the `newest` of 24 months, and a booklet nobody asked for."""
    counts: dict[str, list[ba_unemployment.Cell]] = {}
    rates: dict[str, list[ba_unemployment.Cell]] = {}
    for region in (GERMANY, NRW, *nrw_kreise()):
        numbers = [ba_unemployment.numbers(world(), region, day) for day in ba_unemployment.months()][:newest]
        shares = [ba_unemployment.rate(of) for of in numbers]
        counts[region] = [numbers[11][0], numbers[-1][0], *(n for n, _ in numbers), *[0] * (24 - newest)]
        rates[region] = [shares[11], shares[-1], *shares, *["..."] * (24 - newest)]
    sheets = {
        "Arbeitslose": ba_unemployment.overview(ba_unemployment.COUNTS_TITLE, counts),
        "ArbeitslosenQuoten": ba_unemployment.overview(ba_unemployment.RATES_TITLE, rates),
    }
    members = {
        f"Heft_pol_SGBI_{name}.xlsx": workbook({ba_unemployment.OVERVIEW: rows}, ba_unemployment.CREATED)
        for name, rows in sheets.items()
    }
    return zipped({**members, "Heft_pol_SGBII_Bedarfsgemeinschaften.xlsx": b"not asked for"})


@cache
def key_figures() -> dict[str, bytes]:
    """region_id → answer of the Statistik-API, of the Kreise of the Ruhr, NRW and Germany."""
    regions = (NRW, *ruhr_kreise())
    found = {region: ba_unemployment.key_figures(world(), region).content for region in regions}
    land, _, rest = found[NRW].partition(b"\n")
    assert land == b"Land:; Nordrhein-Westfalen"
    return {GERMANY: b"Deutschland\n" + rest, **found}
