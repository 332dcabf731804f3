"""The publishers' real files, served as the publishers do and fetched: through the search form, as open downloads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.regions import nrw_kreise
from tests.flows.conftest import Ended, rows
from tests.flows.live import Live, counts
from tests.publishers.arbeitsagentur import booklet
from tests.publishers.everyone import Everyone, everyone

TODAY = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
REPORTS = "ba_regionalreport"
#: File → code under which it is offered for download, by instance.
DOWNLOADS = {
    "regionalstatistik": {
        "regionalstatistik/datencsv/13111-07-05-4_2020.csv": "13111-07-05-4",
        "regionalstatistik/ffcsv/12411-01-01-4_2026-03-10.csv": "12411-01-01-4",
        "regionalstatistik/ffcsv/52411-02-01-4_2026-03-10.csv": "52411-02-01-4",
    },
    "landesdatenbank": {
        "landesdatenbank/12411-15i.csv": "12411-15i",
        "landesdatenbank/13111-54i.csv": "13111-54i",
    },
}
FEEDS = (REPORTS, *(f"{instance}_{code}" for instance, files in DOWNLOADS.items() for code in files.values()))


@pytest.fixture(scope="module")
def publishers(real_files: Path) -> Iterator[Everyone]:
    with everyone(TODAY.date(), booklets=0) as servers:
        for region in nrw_kreise():
            content = (real_files / f"arbeitsagentur/regionalreport/202003/{region}.xlsx").read_bytes()
            servers.arbeitsagentur.list_booklet(booklet(region, "202003"), content)
        for server in (servers.regionalstatistik, servers.landesdatenbank):
            server.moods.raw = True
        for name, code in DOWNLOADS["regionalstatistik"].items():
            servers.regionalstatistik.downloads[code] = (real_files / name).read_bytes()
        for name, code in DOWNLOADS["landesdatenbank"].items():
            servers.landesdatenbank.downloads[code] = (real_files / name).read_bytes()
        yield servers


@pytest.fixture(scope="module")
def live(publishers: Everyone, tmp_path_factory: pytest.TempPathFactory) -> Live:
    return Live(tmp_path_factory.mktemp("live"), publishers, today=TODAY)


@pytest.fixture(scope="module")
def first(live: Live) -> Ended:
    return live.refresh(only=FEEDS)


def test_all_come_in_and_are_published(live: Live, first: Ended) -> None:
    assert (first.code, first.json["error"]) == (0, "")
    assert counts(first) == {REPORTS: (53, 0, 0, 0), **dict.fromkeys(FEEDS[1:], (1, 0, 0, 0))}


def test_the_ruhr_at_two_dates(live: Live, first: Ended) -> None:
    totals = rows(
        live.data,
        "SELECT sector_scheme, reference_date::VARCHAR, employees FROM marts.employment "
        "WHERE region_id = 'RUHR' AND sector_id = 'TOTAL' AND reference_date IN ('2020-03-31', '2020-06-30')",
    )
    assert sorted(totals) == [("ba-rr", "2020-03-31", 1_804_810), ("genesis-13", "2020-06-30", 1_780_269)]


def test_every_number_leads_back_to_an_address(live: Live, first: Ended) -> None:
    chain = live.run("explain", "employees", "05113", "2020-03-31", "--json")
    assert chain.code == 0
    assert booklet("05113", "202003") in json.dumps(chain.json)


def test_a_report_is_known_since_its_day_of_creation_not_since_it_was_fetched(live: Live, first: Ended) -> None:
    days = "SELECT DISTINCT known_from::VARCHAR, retrieved_on::VARCHAR FROM meta.delivery WHERE source_id = "
    assert rows(live.data, f"{days}'{REPORTS}'") == [("2020-10-12", "2026-11-22")]


def test_a_second_day_brings_nothing_new_at_one_conditional_request_each(live: Live, first: Ended) -> None:
    live.today = TODAY + dt.timedelta(days=1)
    again = live.refresh(only=FEEDS)
    assert (again.code, again.json["published"]) == (0, False)
    ba = live.publishers.arbeitsagentur.requests
    assert [request.is_conditional for request in ba].count(True) == 53
    assert len(ba) == 53 + 3
    assert live.publishers.number_asked == len(ba) + 5
