"""Files with declared addresses: which editions are asked for, and what comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.fetching.editions import days_to_ask, months_later
from sources.fetching.feed import Known, Question
from sources.fetching.feeds import feeds
from sources.fetching.problems import FetchError
from sources.fetching.web import Seen
from sources.publishers import Rhythm
from tests.publishers.arbeitsagentur import ANNUAL, monthly
from tests.publishers.bundesnetzagentur import edition
from tests.publishers.server import Publisher, error_page, maintenance
from tests.sources.fetching.runs import Runs, states

HALF_YEARLY, MONTHLY = Rhythm(6, 4, 9), Rhythm(1, 0, 2)
ANCHOR = dt.date(2023, 6, 30)
TODAY = dt.date(2026, 11, 22)
DATA_HOST = "/Bundesnetzagentur/GIGA/DE"


def days(text: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in text.split()]


def question(today: dt.date, *held: dt.date, period: str = "") -> Question:
    known = {f"address {day}": Known(Seen("0" * 64), day.isoformat()) for day in held}
    return Question(today, Path(), known, period)


# --- which days


@pytest.mark.parametrize(
    ("rhythm", "today", "held", "asked"),
    [
        (HALF_YEARLY, "2026-11-22", "", "2026-06-30 2025-12-31 2025-06-30"),
        (HALF_YEARLY, "2026-10-31", "", "2026-06-30 2025-12-31 2025-06-30"),
        (HALF_YEARLY, "2026-10-30", "", "2025-12-31 2025-06-30 2024-12-31"),
        (HALF_YEARLY, "2023-11-01", "", "2023-06-30"),
        (HALF_YEARLY, "2023-10-30", "", ""),
        (HALF_YEARLY, "2026-11-22", "2026-06-30", "2026-06-30"),
        (HALF_YEARLY, "2026-11-22", "2024-12-31", "2024-12-31 2025-06-30 2025-12-31 2026-06-30"),
        (HALF_YEARLY, "2026-11-22", "2025-12-31 2023-06-30", "2025-12-31 2026-06-30"),
        (MONTHLY, "2026-11-29", "2026-10-31", "2026-10-31"),
        (MONTHLY, "2026-11-30", "2026-10-31", "2026-10-31 2026-11-30"),
        (MONTHLY, "2026-03-01", "", "2026-02-28 2026-01-31 2025-12-31"),
    ],
)
def test_the_editions_to_ask_for(rhythm: Rhythm, today: str, held: str, asked: str) -> None:
    assert days_to_ask(ANCHOR, rhythm, question(dt.date.fromisoformat(today), *days(held))) == days(asked)


@pytest.mark.parametrize(
    ("rhythm", "period", "asked"),
    [
        (HALF_YEARLY, "2024", "2024-06-30 2024-12-31"),
        (HALF_YEARLY, "2024-06", "2024-06-30"),
        (HALF_YEARLY, "2024-07", ""),
        (HALF_YEARLY, "2022", ""),
        (MONTHLY, "2024-02", "2024-02-29"),
        (MONTHLY, "2027", ""),
    ],
)
def test_a_backfill_asks_for_the_editions_of_its_period(rhythm: Rhythm, period: str, asked: str) -> None:
    """Whatever is held, and also what is not expected yet: a person asked for it."""
    assert days_to_ask(ANCHOR, rhythm, question(TODAY, dt.date(2026, 6, 30), period=period)) == days(asked)


RHYTHMS = st.builds(Rhythm, st.sampled_from([1, 3, 6, 12]), st.integers(0, 12), st.just(24))
ANCHORS = st.dates(dt.date(2015, 1, 1), dt.date(2024, 12, 31)).map(lambda day: months_later(day, 0))
TODAYS = st.dates(dt.date(2015, 1, 1), dt.date(2040, 12, 31))


def possible(first: dt.date, rhythm: Rhythm, today: dt.date) -> list[dt.date]:
    """All editions that can be out, written down in another way than in the code."""
    ends = (months_later(first, number * rhythm.every) for number in range(400))
    return [day for day in ends if months_later(day, rhythm.expected_after) <= today]


@given(ANCHORS, RHYTHMS, TODAYS)
def test_with_nothing_held_the_newest_come_first_and_few(first: dt.date, rhythm: Rhythm, today: dt.date) -> None:
    assert days_to_ask(first, rhythm, question(today)) == possible(first, rhythm, today)[::-1][:3]


@given(ANCHORS, RHYTHMS, TODAYS, st.data())
def test_with_something_held_none_that_came_out_since_is_missed(
    first: dt.date, rhythm: Rhythm, today: dt.date, data: st.DataObject
) -> None:
    out = possible(first, rhythm, today)
    held = data.draw(st.lists(st.sampled_from(out), min_size=1)) if out else []
    if held:
        asked = days_to_ask(first, rhythm, question(today, *held))
        assert asked == [day for day in out if day >= max(held)]


@given(ANCHORS, RHYTHMS, TODAYS)
def test_all_backfills_together_are_all_editions_so_far(first: dt.date, rhythm: Rhythm, today: dt.date) -> None:
    years = (days_to_ask(first, rhythm, question(today, period=str(year))) for year in range(2015, 2042))
    asked = [day for year in years for day in year]
    assert asked == sorted(set(asked))
    assert set(possible(first, rhythm, today)) <= set(asked)
    assert all(day <= months_later(today, 0) for day in asked)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 600))
def test_month_ends(day: dt.date, months: int) -> None:
    end = months_later(day, months)
    assert (end + dt.timedelta(1)).day == 1
    assert (end.year - day.year) * 12 + end.month - day.month == months


# --- editions


@pytest.fixture
def server() -> Iterator[Publisher]:
    with Publisher(DATA_HOST) as publisher:
        yield publisher


@pytest.fixture
def atlas(server: Publisher, tmp_path: Path) -> Runs:
    return Runs(feeds()["bnetza_breitbandatlas"], server.base, tmp_path)


def test_where_nothing_is_held_the_newest_that_is_there_is_taken(atlas: Runs, server: Publisher) -> None:
    for day in days("2024-12-31 2025-06-30 2025-12-31"):
        server.put(edition(day), f"{day};1\n".encode())
    late, newest = atlas.ask(TODAY)
    assert (late.state, late.period) == ("not_yet", "2026-06-30")
    assert (newest.state, newest.period, newest.name) == ("new", "2025-12-31", "bba_12_2025.xlsx")
    assert newest.path
    assert newest.path.read_bytes() == b"2025-12-31;1\n"
    assert server.asked == [f"GET {DATA_HOST}{edition(day)}" for day in days("2026-06-30 2025-12-31")]


def test_what_is_held_is_asked_for_conditionally_and_the_next_one_is_looked_for(atlas: Runs, server: Publisher) -> None:
    server.put(edition(dt.date(2025, 12, 31)), b"a;1\n")
    atlas.ask(TODAY)
    server.requests.clear()
    assert states(atlas.ask(TODAY)) == [("bba_12_2025.xlsx", "unchanged"), ("bba_06_2026.xlsx", "not_yet")]
    assert [request.is_conditional for request in server.requests] == [True, False]

    server.put(edition(dt.date(2026, 6, 30)), b"b;1\n")
    assert states(atlas.ask(TODAY)) == [("bba_12_2025.xlsx", "unchanged"), ("bba_06_2026.xlsx", "new")]
    assert states(atlas.ask(TODAY)) == [("bba_06_2026.xlsx", "unchanged")]


def test_an_upload_over_the_newest_is_new(atlas: Runs, server: Publisher) -> None:
    server.put(edition(dt.date(2026, 6, 30)), b"a;1\n")
    atlas.ask(TODAY)
    server.put(edition(dt.date(2026, 6, 30)), b"a;2\n")
    [outcome] = atlas.ask(TODAY)
    assert outcome.state == "new"
    server.validators = False
    assert states(atlas.ask(TODAY)) == [("bba_06_2026.xlsx", "unchanged")]


def test_an_upload_of_the_same_bytes_is_unchanged(atlas: Runs, server: Publisher) -> None:
    server.put(edition(dt.date(2026, 6, 30)), b"a;1\n")
    server.validators = False
    [first] = atlas.ask(TODAY)
    [again] = atlas.ask(TODAY)
    assert (first.state, again.state, again.path) == ("new", "unchanged", None)
    assert list(atlas.into.iterdir()) == [first.path]


def test_where_none_of_the_newest_is_there_somebody_must_look(atlas: Runs, server: Publisher) -> None:
    with pytest.raises(FetchError, match=r"bba_06_2025\.xlsx: none of the newest editions is there\. .*feeds\.yaml"):
        atlas.ask(TODAY)
    assert len(server.requests) == 3


def test_a_failed_edition_does_not_hide_an_older_one(atlas: Runs, server: Publisher) -> None:
    server.put(edition(dt.date(2025, 12, 31)), b"a;1\n")
    server.mood(edition(dt.date(2026, 6, 30)), error_page)
    failed, older = atlas.ask(TODAY)
    assert (failed.state, failed.is_transient, older.state) == ("failed", True, "new")
    assert "the server answered 500" in failed.message


def test_a_backfill_fetches_its_period_and_misses_what_is_not_there(atlas: Runs, server: Publisher) -> None:
    server.put(edition(dt.date(2024, 12, 31)), b"a;1\n")
    missing, found = atlas.ask(TODAY, period="2024")
    assert (missing.state, missing.period) == ("failed", "2024-06-30")
    assert "bba_06_2024.xlsx: there is no such file (404)" in missing.message
    assert (found.state, found.period) == ("new", "2024-12-31")


def test_after_a_backfill_of_a_past_year_the_newest_are_still_looked_for(atlas: Runs, server: Publisher) -> None:
    for day in days("2024-06-30 2024-12-31 2026-06-30"):
        server.put(edition(day), f"{day};1\n".encode())
    atlas.ask(TODAY, period="2024")
    assert [outcome.period for outcome in atlas.ask(TODAY) if outcome.state == "new"] == ["2026-06-30"]


def test_a_304_for_something_that_is_not_held_is_a_failure(atlas: Runs, server: Publisher) -> None:
    server.mood(edition(dt.date(2026, 6, 30)), lambda usual: type(usual)(304))
    outcome = atlas.ask(TODAY)[0]
    assert outcome.state == "failed"
    assert "nothing is held" in outcome.message


def test_a_probe_looks_without_fetching(atlas: Runs, server: Publisher) -> None:
    server.put(edition(dt.date(2025, 12, 31)), b"a;1\n")
    atlas.ask(TODAY)
    server.requests.clear()
    assert [outcome.state for outcome in atlas.probe(TODAY)] == ["unchanged", "not_yet"]
    server.put(edition(dt.date(2025, 12, 31)), b"a;2\n")
    server.mood(edition(dt.date(2026, 6, 30)), error_page)
    assert [outcome.state for outcome in atlas.probe(TODAY)] == ["new", "failed"]
    assert {request.verb for request in server.requests} == {"HEAD"}


def test_the_zip_of_a_month(tmp_path: Path) -> None:
    with Publisher() as server:
        server.put(monthly(dt.date(2026, 10, 31)), b"PK\x03\x04...")
        [outcome] = Runs(feeds()["ba_arbeitslose_monat"], server.base, tmp_path).ask(TODAY)
    assert outcome.name == "arbeitslose-quoten-dlk-0-202610-zip.zip"
    assert outcome.members == ("*Arbeitslose.xlsx", "*ArbeitslosenQuoten.xlsx")
    assert server.asked == [f"GET {monthly(dt.date(2026, 10, 31))}?__blob=publicationFile"]


# --- one file


@pytest.fixture
def annual(tmp_path: Path) -> Iterator[tuple[Runs, Publisher]]:
    with Publisher() as server:
        server.put(ANNUAL, b"2024;1\n")
        yield Runs(feeds()["ba_arbeitslosenquoten_jahr"], server.base, tmp_path), server


def test_a_file_that_stays(annual: tuple[Runs, Publisher]) -> None:
    runs, server = annual
    assert states(runs.ask(TODAY)) == [("arbeitslosenquoten-k-0-xlsx.xlsx", "new")]
    assert states(runs.ask(TODAY)) == [("arbeitslosenquoten-k-0-xlsx.xlsx", "unchanged")]
    assert [outcome.state for outcome in runs.probe(TODAY)] == ["unchanged"]
    server.put(ANNUAL, b"2025;1\n")
    assert [outcome.state for outcome in runs.probe(TODAY)] == ["new"]
    assert states(runs.ask(TODAY)) == [("arbeitslosenquoten-k-0-xlsx.xlsx", "new")]
    assert runs.ask(TODAY, period="2024") == []


def test_a_file_that_stays_and_is_gone_is_a_failure(annual: tuple[Runs, Publisher]) -> None:
    runs, server = annual
    server.files.clear()
    [outcome] = runs.ask(TODAY)
    assert (outcome.state, outcome.is_transient) == ("failed", False)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty answer"),
        (b" \r\n", "an empty answer"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old XLS workbook"),
        (bytes(range(256)), "bytes that are neither text nor a zip"),
    ],
)
def test_what_is_no_data_file_is_not_kept(annual: tuple[Runs, Publisher], content: bytes, found: str) -> None:
    runs, server = annual
    server.put(ANNUAL, content)
    [outcome] = runs.ask(TODAY)
    assert (outcome.state, outcome.is_transient, outcome.path) == ("failed", True, None)
    assert f"expected a data file; found {found}" in outcome.message
    assert list(runs.into.iterdir()) == []


def test_a_web_page_is_named_by_its_title(annual: tuple[Runs, Publisher]) -> None:
    runs, server = annual
    server.mood(ANNUAL, maintenance)
    [outcome] = runs.ask(TODAY)
    assert "found a web page with the title “Wartungsarbeiten”" in outcome.message
