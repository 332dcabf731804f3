"""`s3monitor refresh --live` month after month, against publishers in every mood.

One data folder lives through it: what came first, an unchanged day, a bad day, each source mended. What is asserted
lies in the archive, in the findings of the release, in the exit code and in what the operator reads.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator

import openpyxl  # type: ignore[import-untyped]
import pytest

from flows.fetch_memory import failed_feeds
from tests.flows.conftest import Ended, litter, rows
from tests.flows.live import NOVEMBER, Live, counts, messages
from tests.publishers import server as moods
from tests.publishers.arbeitsagentur import (
    ANNUAL,
    SEARCH,
    api_target,
    booklet,
    key_figures,
    monthly,
    reports,
    unemployment_zip,
)
from tests.publishers.bundesnetzagentur import HISTORY, MOBILE, edition, workbook
from tests.publishers.everyone import everyone
from tests.publishers.server import Publisher, busy, redirect_to

DECEMBER = NOVEMBER + dt.timedelta(days=30)
RATES, API, REPORTS, MONTHS = (
    "ba_arbeitslosenquoten_jahr",
    "ba_statistik_api",
    "ba_regionalreport",
    "ba_arbeitslose_monat",
)
ATLAS, PAST_ATLAS, MONITORING = "bnetza_breitbandatlas", "bnetza_breitbandatlas_historie", "bnetza_mobilfunkmonitoring"
POPULATION, AREA = "regionalstatistik_12411-01-01-4", "landesdatenbank_12411-15i"
SECRETS = ("kennung77", "Geheim-7", "Geheim-8")
ACCOUNTS = {
    "S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER": "kennung77",
    "S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__PASSWORD": "Geheim-7",
    "S3MONITOR_ACCOUNTS__LANDESDATENBANK__USER": "kennung77",
    "S3MONITOR_ACCOUNTS__LANDESDATENBANK__PASSWORD": "Geheim-8",
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with everyone(NOVEMBER.date()) as publishers:
        yield Live(tmp_path_factory.mktemp("live"), publishers)


# --- the first fetch


@pytest.fixture(scope="module")
def first(live: Live) -> Ended:
    return live.refresh()


def test_the_first_fetch_is_published(live: Live, first: Ended) -> None:
    assert (first.code, first.json["published"], first.json["is_synthetic"]) == (0, True, False)
    assert counts(first) == {
        MONTHS: (1, 0, 0, 0),
        "ba_arbeitslosenquoten_monat": (1, 0, 0, 0),
        RATES: (1, 0, 0, 0),
        REPORTS: (22, 0, 0, 0),
        API: (17, 0, 0, 0),
        ATLAS: (4, 0, 0, 0),
        MONITORING: (1, 0, 0, 0),
        POPULATION: (1, 0, 0, 0),
        AREA: (1, 0, 0, 0),
    }
    assert live.findings() == {}
    assert litter(live.data) == []


def test_every_delivery_says_where_and_when_it_was_fetched(live: Live, first: Ended) -> None:
    told = rows(live.data, "SELECT DISTINCT is_synthetic, retrieved_on::VARCHAR FROM meta.delivery")
    assert told == [(False, "2026-11-22")]
    origins = live.origins()
    assert len(origins) == 49
    zip_of_october = f"{monthly(dt.date(2026, 10, 31))}?__blob=publicationFile"
    assert f"{zip_of_october}#Heft_pol_SGBI_Arbeitslose.xlsx" in origins
    assert f"{booklet('05113')}?__blob=publicationFile" in origins
    assert f"/bifrontend/bids-api{api_target('05113')}" in origins
    assert not any("jsessionid" in origin or "Bedarfsgemeinschaften" in origin for origin in origins)


def test_an_edition_keeps_the_period_it_was_asked_for(live: Live, first: Ended) -> None:
    found = rows(live.data, "SELECT period FROM meta.delivery WHERE file_name = 'bba_06_2026.xlsx'")
    assert found == [("2026-06-30",)]


def test_what_the_page_alone_needs_is_not_fetched_unasked(live: Live, first: Ended) -> None:
    assert live.publishers.bkg.requests == []
    from flows.fetch import chosen_feeds

    assert "bkg_boundaries" not in chosen_feeds()
    assert list(chosen_feeds(["bkg"])) == ["bkg_boundaries"]


# --- a day without news


@pytest.fixture(scope="module")
def unchanged(live: Live, first: Ended) -> Ended:
    return live.run("refresh", "--live", "--no-prefect", "--only", "arbeitsagentur", "--only", "bundesnetzagentur")


def test_without_news_nothing_is_published(live: Live, first: Ended, unchanged: Ended) -> None:
    assert unchanged.code == 0
    assert f"Nothing new: release {first.json['release_id']} is up to date." in unchanged.out
    assert "Needs attention" not in unchanged.out
    assert f"fetch: {REPORTS}: 0 new, 22 unchanged" in unchanged.stderr


def test_without_news_every_file_costs_one_conditional_request(live: Live, unchanged: Ended) -> None:
    publishers = live.publishers
    asked = publishers.arbeitsagentur.requests + publishers.bundesnetzagentur.requests
    files = [request for request in asked if request.path != SEARCH]
    assert len(files) == len({request.target for request in files}) == 24 + 2
    assert all(request.is_conditional for request in files)
    assert len(asked) - len(files) == 2, "pages of the search"
    assert publishers.number_asked == len(asked)


# --- a bad day


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Publisher]:
    """Another host, that has the mobile monitoring."""
    with Publisher() as server:
        server.put("/moved.xlsx", b"")
        yield server


@pytest.fixture(scope="module")
def bad_day(live: Live, unchanged: Ended, elsewhere: Publisher) -> Ended:
    """A month later almost everything fails; one Regionalreport was uploaded again, with other figures."""
    p = live.publishers
    elsewhere.put("/moved.xlsx", p.gigabitgrundbuch.files[p.gigabitgrundbuch.prefix + MOBILE])
    p.gigabitgrundbuch.mood(MOBILE, redirect_to(f"{elsewhere.base}/moved.xlsx"))
    p.arbeitsagentur.mood(ANNUAL, busy(retry_after="1"))
    p.arbeitsagentur.mood(booklet("05112"), moods.cut)
    p.arbeitsagentur.list_booklet(booklet("05113"), corrected(reports()["05113"]))
    p.arbeitsagentur.mood(booklet("05117"), moods.maintenance)
    p.statistik_api.mood(api_target("05"), moods.bomb(20))
    p.statistik_api.mood(api_target("05112"), moods.drip)
    p.statistik_api.mood(api_target("05113"), moods.error_page)
    p.bundesnetzagentur.mood(edition(p.half_year), moods.cut_chunked)
    p.bundesnetzagentur.mood(HISTORY, moods.refused)
    p.regionalstatistik.moods.redirect_to = f"{elsewhere.base}/genesisws?login=Geheim-7"
    p.landesdatenbank.moods.login = "sentence"
    for server in (p.arbeitsagentur, p.statistik_api, p.bundesnetzagentur, p.gigabitgrundbuch):
        server.validators = False  # so that all is sent again, and the sha256 tells
    live.today, live.settings = DECEMBER, ACCOUNTS
    return live.refresh()


def corrected(report: bytes) -> bytes:
    """Five employees less in H and more in J of Tabelle 2.3, as a publisher corrects a figure."""
    book = openpyxl.load_workbook(io.BytesIO(report))
    sheet = book["Tabelle 2.3"]
    row = {str(sheet.cell(number, 1).value).strip(): number for number in range(11, 37)}
    sheet.cell(row["H"], 4).value -= 5
    sheet.cell(row["J"], 4).value += 5
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


#: source → what its message says: the file, what happened, what to do.
FAILED = {
    RATES: ("arbeitslosenquoten-k-0-xlsx.xlsx: the server answered 429, 2 times", "tried again in the next run"),
    ATLAS: ("bba_06_2026.xlsx: no complete answer (IncompleteRead", "tried again in the next run"),
    PAST_ATLAS: ("Paket_3.zip: the server refused the request (403)", "whether the publisher wants one now"),
    POPULATION: ("genesisws/rest/2020/helloworld/logincheck: redirects to another host", "account was not sent there"),
    AREA: ("the service does not accept the account", "expired, as it does about once a year"),
}
FAILED_FILES = {
    f"{booklet('05112')}: no complete answer (IncompleteRead": "tried again in the next run",
    f"{booklet('05117')}: expected a data file; found a web page with the title “Wartungsarbeiten”": "Nothing was kept",
    "ba_statistik_api_05.csv: ": "more than 3 MB. Nothing was kept.",
    "ba_statistik_api_05112.csv: ": "not complete after 1 seconds. Nothing was kept.",
    "ba_statistik_api_05113.csv: ": "the server answered 500, 2 times. It is tried again in the next run.",
}


def test_a_bad_day_is_published_with_problems(bad_day: Ended) -> None:
    assert (bad_day.code, bad_day.json["published"]) == (3, True)
    assert counts(bad_day) == {
        MONTHS: (0, 1, 0, 0),
        "ba_arbeitslosenquoten_monat": (0, 1, 0, 0),
        RATES: (0, 1, 0, 1),
        REPORTS: (1, 22, 0, 2),
        API: (0, 17, 0, 3),
        ATLAS: (0, 4, 0, 1),
        PAST_ATLAS: (0, 0, 0, 1),
        MONITORING: (0, 1, 0, 0),
        POPULATION: (0, 1, 0, 1),
        AREA: (0, 1, 0, 1),
    }
    assert "Traceback" not in bad_day.stderr


@pytest.mark.parametrize("source", FAILED)
def test_a_failed_source_is_told_with_file_reason_and_what_to_do(live: Live, bad_day: Ended, source: str) -> None:
    told = messages(bad_day, source)
    for words in FAILED[source]:
        assert words in told
    assert f"{source}: what was fetched before stays." in told
    assert f"s3monitor refresh --live --only {source}" in told


def test_each_failed_file_is_told(bad_day: Ended) -> None:
    lines = [line for source in (REPORTS, API) for line in messages(bad_day, source).splitlines()]
    for start, words in FAILED_FILES.items():
        [line] = [line for line in lines if start in line]
        assert words in line


def test_the_next_edition_that_is_not_out_is_no_failure(live: Live, bad_day: Ended) -> None:
    november = f"GET {monthly(dt.date(2026, 11, 30))}?__blob=publicationFile"
    assert november in live.publishers.arbeitsagentur.asked
    assert "ba_arbeitslose_monat: 0 new, 1 unchanged" in bad_day.stderr


def test_each_failed_source_is_a_finding_in_the_release(live: Live, bad_day: Ended) -> None:
    found = live.findings()
    assert found.keys() == {*FAILED, REPORTS, API}
    assert {finding["state"] for finding in found.values()} == {"open"}
    for source, finding in found.items():
        assert finding["text_de"].startswith(f"{source} konnte seit dem 22.12.2026 nicht abgerufen werden;")
        assert "die bisherigen Daten gelten weiter" in finding["text_de"]
        assert "docs/operations.md" in finding["todo_de"]
    assert FAILED[RATES][0] in found[RATES]["text_en"]


def test_a_failed_source_keeps_its_last_good_data(live: Live, bad_day: Ended) -> None:
    count = "SELECT count(*) FROM history.observation WHERE dataset = 'ba_arbeitslosenquoten_jahr'"
    assert rows(live.data, count)[0][0] > 0
    rates = "SELECT count(*) FROM marts.broadband WHERE reference_date = DATE '2026-06-30'"
    assert rows(live.data, rates)[0][0] > 0


def test_nothing_of_what_failed_is_in_the_archive(live: Live, bad_day: Ended) -> None:
    assert len(live.origins()) == 50
    contents = [path.read_bytes() for path in live.data.archive.rglob("*.bin")]
    assert not any(b"Wartungsarbeiten" in content or content.startswith(b"<") for content in contents)
    assert litter(live.data) == []
    assert list(live.data.root.glob(".fetching-*")) == []


def test_a_booklet_with_other_bytes_under_its_address_is_a_delivery_and_a_revision(live: Live, bad_day: Ended) -> None:
    address = f"{booklet('05113')}?__blob=publicationFile"
    assert live.origins().count(address) == 2
    revised = rows(
        live.data,
        "SELECT sector_id, absolute_change FROM quality.revision "
        "WHERE dataset = 'ba_regionalreport_2.3' AND region_id = '05113' ORDER BY sector_id",
    )
    assert revised == [("H", -5), ("J", 5)]


def test_a_file_that_moved_to_another_host_is_followed_without_a_login(
    live: Live, elsewhere: Publisher, bad_day: Ended
) -> None:
    assert elsewhere.asked == ["GET /moved.xlsx"]
    assert not elsewhere.requests[0].headers.keys() & {"username", "password", "authorization"}


def test_no_secret_is_told_anywhere(live: Live, bad_day: Ended) -> None:
    told = bad_day.out + bad_day.stderr + json.dumps(live.findings(), default=str)
    told += "".join(path.read_text() for path in live.data.fetched.iterdir())
    told += "".join(path.read_text() for path in live.data.releases.glob("*.md"))
    for secret in SECRETS:
        assert secret not in told


# --- it goes on, and is mended one by one


def test_a_source_that_still_fails_is_no_success_even_without_news(live: Live, bad_day: Ended) -> None:
    again = live.refresh(only=(RATES,))
    assert (again.code, again.json["published"]) == (3, False)
    assert counts(again)[RATES] == (0, 1, 0, 1)
    assert live.publishers.number_asked == 2


def test_a_backfill_of_what_has_no_editions_says_nothing_of_a_failed_source(live: Live, bad_day: Ended) -> None:
    ended = live.refresh("--period", "2024", only=(RATES,))
    assert (ended.code, live.publishers.number_asked) == (0, 0)
    assert RATES in {feed.feed_id for feed in failed_feeds(live.data)}


@pytest.fixture(scope="module")
def alone(live: Live, bad_day: Ended) -> Ended:
    """One source is well again and fetched alone."""
    live.publishers.arbeitsagentur.mood(ANNUAL, lambda usual: usual)
    return live.refresh(only=(RATES,))


def test_a_source_that_is_mended_is_fetched_alone(live: Live, alone: Ended) -> None:
    assert (alone.code, alone.json["published"]) == (0, True)
    assert live.publishers.arbeitsagentur.asked == [f"GET {ANNUAL}?__blob=publicationFile"]
    assert live.publishers.number_asked == 1


def test_its_finding_is_fixed_and_the_others_stay_open(live: Live, alone: Ended) -> None:
    states = {source: finding["state"] for source, finding in live.findings().items()}
    assert states.pop(RATES) == "fixed"
    assert states == dict.fromkeys({*FAILED, REPORTS, API} - {RATES}, "open")


@pytest.fixture(scope="module")
def well(live: Live, alone: Ended) -> Ended:
    """Everything works again; there is a new month, outlines are asked for, and a key figure comes in a zip."""
    p = live.publishers
    for server in (p.arbeitsagentur, p.statistik_api, p.bundesnetzagentur, p.gigabitgrundbuch):
        server.calm()
    p.regionalstatistik.moods.redirect_to = ""
    live.settings = {}
    p.arbeitsagentur.put(monthly(dt.date(2026, 11, 30)), unemployment_zip(22))
    changed = key_figures()["05915"].replace(b"SYNTHETISCHE", b"synthetische")
    p.statistik_api.put(api_target("05915"), changed)
    p.statistik_api.mood(api_target("05915"), moods.in_a_zip)
    live.today = DECEMBER + dt.timedelta(days=1)
    return live.refresh("--only", "bkg_boundaries")


def test_all_is_well_and_all_findings_are_fixed(live: Live, well: Ended) -> None:
    assert (well.code, well.json["published"]) == (0, True)
    assert {finding["state"] for finding in live.findings().values()} == {"fixed"}
    assert failed_feeds(live.data) == []


def test_a_new_edition_is_asked_for_and_comes_in(live: Live, well: Ended) -> None:
    assert counts(well)[MONTHS] == (1, 1, 0, 0)
    asked = [target for target in live.publishers.arbeitsagentur.asked if "-zip.zip" in target]
    assert asked == [
        f"GET {monthly(day)}?__blob=publicationFile" for day in (dt.date(2026, 10, 31), dt.date(2026, 11, 30))
    ]
    newest = (
        "SELECT max(reference_date)::VARCHAR FROM history.observation "
        "WHERE dataset = 'ba_arbeitslose_monat' AND variable = 'unemployed' AND status = 'value'"
    )
    assert rows(live.data, newest) == [("2025-10-31",)]


def test_a_zip_behind_an_address_of_a_csv_is_unpacked(live: Live, well: Ended) -> None:
    assert counts(well)[API] == (1, 17, 0, 0)
    assert f"/bifrontend/bids-api{api_target('05915')}#inner.csv" in live.origins()


def test_outlines_come_where_they_are_named(live: Live, well: Ended) -> None:
    assert counts(well)["bkg_boundaries"] == (1, 0, 0, 0)
    assert len(live.publishers.bkg.requests) == 2


# --- backfill


def test_a_backfill_fetches_a_past_edition(live: Live, well: Ended) -> None:
    live.publishers.bundesnetzagentur.put(edition(dt.date(2024, 12, 31)), workbook(dt.date(2024, 12, 31)))
    ended = live.refresh("--period", "2024", only=("bundesnetzagentur",))
    assert (ended.code, ended.json["published"]) == (3, True)
    assert "bba_06_2024.xlsx: there is no such file (404)" in messages(ended, ATLAS)
    dates = "SELECT DISTINCT reference_date::VARCHAR FROM marts.broadband ORDER BY ALL"
    assert rows(live.data, dates) == [("2020-12-31",), ("2024-12-31",), ("2026-06-30",)]
    assert live.publishers.bundesnetzagentur.asked == [
        f"GET {live.publishers.bundesnetzagentur.prefix}{edition(day)}"
        for day in (dt.date(2024, 6, 30), dt.date(2024, 12, 31))
    ]
