"""The search form of the BA: pages, links with sessions and counters of uploads, and layouts that changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.regions import nrw_kreise
from sources.fetching.booklet_search import without_version
from sources.fetching.feeds import feeds
from sources.fetching.problems import FetchError
from tests.publishers.arbeitsagentur import SEARCH, Arbeitsagentur, booklet
from tests.publishers.server import maintenance
from tests.sources.fetching.runs import Runs, states

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def ba() -> Iterator[Arbeitsagentur]:
    with Arbeitsagentur() as server:
        yield server


@pytest.fixture
def runs(ba: Arbeitsagentur, tmp_path: Path) -> Runs:
    return Runs(feeds()["ba_regionalreport"], ba.base, tmp_path)


def upload(ba: Arbeitsagentur, *regions: str, content: bytes = b"1") -> None:
    for region in regions:
        ba.list_booklet(booklet(region), region.encode() + content)


def pages(ba: Arbeitsagentur) -> list[str]:
    return [target[-1] for target in ba.asked if SEARCH in target]


def test_all_pages_are_read_and_every_booklet_is_fetched(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, *nrw_kreise())
    outcomes = runs.ask(TODAY)
    assert [outcome.state for outcome in outcomes] == ["new"] * 53
    assert {outcome.path.read_bytes() for outcome in outcomes if outcome.path} == {
        f"{k}1".encode() for k in nrw_kreise()
    }
    assert pages(ba) == ["1", "2", "3"]
    assert len(ba.requests) == 56


def test_sessions_are_left_out_and_the_counter_of_uploads_is_no_part_of_the_address(
    ba: Arbeitsagentur, runs: Runs
) -> None:
    upload(ba, "05113")
    [outcome] = runs.ask(TODAY)
    assert outcome.address == f"{ba.base}{booklet('05113')}?__blob=publicationFile"
    assert outcome.name == "bst-reg-05113-0-202503-xlsx.xlsx"
    assert ba.asked[1] == f"GET {booklet('05113')}?__blob=publicationFile&v=1"


def test_unchanged_booklets_cost_a_conditional_request_each(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, "05112", "05113")
    runs.ask(TODAY)
    ba.requests.clear()
    assert [outcome.state for outcome in runs.ask(TODAY)] == ["unchanged", "unchanged"]
    assert [request.is_conditional for request in ba.requests] == [False, True, True]


def test_a_new_upload_of_a_booklet_is_new_under_the_same_address(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, "05112", "05113")
    before = {outcome.address for outcome in runs.ask(TODAY)}
    upload(ba, "05113", content=b"2")
    outcomes = runs.ask(TODAY)
    assert [outcome.state for outcome in outcomes] == ["unchanged", "new"]
    assert {outcome.address for outcome in outcomes} == before
    assert "v=2" in ba.asked[-1]


def test_only_booklets_about_a_kreis_of_nrw_are_fetched(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, "03101", "05113", "09162")
    ba.list_booklet(booklet("05112").replace("xlsx", "pdf"), b"%PDF")
    assert states(runs.ask(TODAY)) == [("bst-reg-05113-0-202503-xlsx.xlsx", "new")]


def test_a_full_last_page_and_one_more_that_is_empty(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, *nrw_kreise()[:20])
    assert len(runs.ask(TODAY)) == 20
    assert pages(ba) == ["1", "2"]


def test_a_search_that_shows_its_last_page_again_comes_to_an_end(ba: Arbeitsagentur, runs: Runs) -> None:
    ba.repeats_last = True
    upload(ba, *nrw_kreise()[:40])
    assert len(runs.ask(TODAY)) == 40
    assert pages(ba) == ["1", "2", "3"]


def test_one_booklet_that_fails_does_not_hide_the_others(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, "05112", "05113", "05117")
    ba.mood(booklet("05113"), maintenance)
    assert [outcome.state for outcome in runs.ask(TODAY)] == ["new", "failed", "new"]


def test_a_page_without_hits_says_where_to_correct_it(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, "05113")
    ba.hit = "card"
    for asked in (runs.ask, runs.probe):
        with pytest.raises(FetchError, match=r"the search lists no \.xlsx file\. .*`hits` in sources/fetching/feeds"):
            asked(TODAY)
    assert list(runs.into.iterdir()) == []


def test_there_is_no_backfill(ba: Arbeitsagentur, runs: Runs) -> None:
    assert runs.ask(TODAY, period="2020") == []
    assert ba.requests == []


def test_a_probe_reads_one_page(ba: Arbeitsagentur, runs: Runs) -> None:
    upload(ba, *nrw_kreise()[:25])
    runs.ask(TODAY)
    ba.requests.clear()
    assert {outcome.state for outcome in runs.probe(TODAY)} == {"unchanged"}
    assert pages(ba) == ["1"]
    assert len(ba.requests) == 1
    ba.booklets = {booklet("05113", "202506"): 1}
    assert [outcome.state for outcome in runs.probe(TODAY)] == ["new"]


@given(st.integers(1, 999), st.lists(st.tuples(st.text("abc_", min_size=1), st.text("abc0-/ä &")), max_size=3))
def test_only_the_counter_is_taken_out_of_an_address(version: int, others: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl, urlencode, urlsplit

    address = f"https://example.org/a/b.xlsx?{urlencode([*others, ('v', str(version))])}"
    bare = without_version(address)
    assert parse_qsl(urlsplit(bare).query) == [(name, value) for name, value in others if value]
    assert without_version(bare) == bare
