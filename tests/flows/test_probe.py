"""`s3monitor probe`: whether there is something new, by small requests, and nothing is fetched."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.fetch import chosen_feeds, fetch
from flows.probe import probe_all
from sources.fetching.feed import Outcome
from tests.flows.conftest import Ended
from tests.flows.live import Live
from tests.publishers.arbeitsagentur import SEARCH
from tests.publishers.bundesnetzagentur import HISTORY, MOBILE, edition
from tests.publishers.everyone import everyone
from tests.publishers.server import Publisher, error_page

REPORTS, API = "ba_regionalreport", "ba_statistik_api"
ATLAS, PAST_ATLAS, MONITORING = "bnetza_breitbandatlas", "bnetza_breitbandatlas_historie", "bnetza_mobilfunkmonitoring"
ASKED = (REPORTS, API, "bundesnetzagentur", "gigabitgrundbuch", "bkg", "landesdatenbank_12411-15i")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Publishers from whom all was fetched, also what came out on the day of the tests."""
    now = dt.datetime.now(dt.UTC)
    with everyone(now.date(), booklets=3) as publishers:
        live = Live(tmp_path_factory.mktemp("probe"), publishers)
        live.data.root.mkdir()
        with live.in_place():
            for feed_id in (REPORTS, ATLAS, PAST_ATLAS, MONITORING, "landesdatenbank_12411-15i"):
                assert fetch(live.data, feed_id, now).failures == []
        yield live


def probe(live: Live, *names: str) -> tuple[Ended, dict[str, tuple[str, str]]]:
    """How it ended; source → state and detail."""
    chosen = [text for name in names for text in ("--only", name)]
    ended = live.run("probe", "--json", *chosen)
    return ended, {line["source"]: (line["state"], line["detail"]) for line in ended.json}


def test_without_news_each_file_costs_a_look(live: Live) -> None:
    ended, news = probe(live, *ASKED)
    assert ended.code == 0
    assert {source: state for source, (state, _) in news.items()} == {
        REPORTS: "unchanged",
        API: "not_probed",
        ATLAS: "unchanged",
        PAST_ATLAS: "unchanged",
        MONITORING: "unchanged",
        "bkg_boundaries": "not_probed",
        "landesdatenbank_12411-15i": "unchanged",
    }
    assert {detail for _, detail in news.values()} == {""}
    p = live.publishers
    assert [request.verb for request in p.bundesnetzagentur.requests] == ["HEAD", "HEAD"]
    assert [request.path for request in p.arbeitsagentur.requests] == [SEARCH]
    assert p.number_asked == 5


def test_nothing_is_fetched(live: Live) -> None:
    before = sorted(path for path in live.data.root.rglob("*") if path.is_file())
    probe(live, *ASKED)
    assert sorted(path for path in live.data.root.rglob("*") if path.is_file()) == before


def test_an_upload_over_a_file_is_news(live: Live) -> None:
    grundbuch = live.publishers.gigabitgrundbuch
    grundbuch.put(MOBILE, b"other")
    ended, news = probe(live, "gigabitgrundbuch")
    assert (ended.code, news) == (0, {MONITORING: ("new", grundbuch.base + MOBILE)})


def test_news_and_failures_are_told_together(live: Live) -> None:
    atlas = live.publishers.bundesnetzagentur
    atlas.put(edition(live.publishers.half_year), b"other")
    atlas.mood(HISTORY, error_page)
    ended, news = probe(live, "bundesnetzagentur")
    assert ended.code == 3
    assert news[ATLAS] == ("new", atlas.base + edition(live.publishers.half_year))
    assert news[PAST_ATLAS][0] == "failed"
    assert f"{HISTORY}: the server answered 500" in news[PAST_ATLAS][1]
    atlas.calm()


def test_a_search_that_changed_is_a_failure(live: Live) -> None:
    live.publishers.arbeitsagentur.hit = "card"
    ended, news = probe(live, REPORTS)
    live.publishers.arbeitsagentur.hit = "teaser type-1 StatisticDocument row"
    assert (ended.code, news[REPORTS][0]) == (3, "failed")
    assert "the search lists no .xlsx file" in news[REPORTS][1]


def test_where_nothing_was_fetched_all_is_new(live: Live, tmp_path: Path) -> None:
    elsewhere = Live(tmp_path, live.publishers)
    ended = elsewhere.run("probe", "--only", "gigabitgrundbuch", "--only", REPORTS)
    assert ended.code == 0
    states = [line.split()[:2] for line in ended.out.splitlines() if line.startswith(("ba_", "bnetza_"))]
    assert states == [[REPORTS, "new"], [MONITORING, "new"]]
    assert not elsewhere.data.root.exists()


def test_a_publisher_that_is_not_there_is_told_in_full(live: Live, tmp_path: Path) -> None:
    with Publisher() as gone:
        addresses = {**live.publishers.addresses, "gigabitgrundbuch": gone.base}
    elsewhere = Live(tmp_path, live.publishers, settings={"S3MONITOR_ADDRESSES": json.dumps(addresses)})
    ended = elsewhere.run("probe", "--only", "gigabitgrundbuch")
    assert ended.code == 3
    assert "[Errno 111] Connection refused" in " ".join(ended.out.split())


def test_an_unknown_source_is_wrong_usage(live: Live) -> None:
    ended = live.run("probe", "--only", "atlas")
    assert ended.code == 2
    assert "no source atlas; known are ba_regionalreport" in " ".join(ended.stderr.replace("│", " ").split())


def test_an_answer_that_nobody_foresaw_does_not_stop_the_others(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = chosen_feeds([MONITORING])[MONITORING]

    def unforeseen(*_: object) -> Iterator[Outcome]:
        yield from ()
        raise KeyError("releases")

    monkeypatch.setattr(type(feed), "probe", unforeseen)
    with live.in_place():
        news = {found.source: found for found in probe_all(live.data, [MONITORING, REPORTS])}
    assert news[MONITORING].state == "failed"
    assert "KeyError. Please report it." in news[MONITORING].detail
    assert news[REPORTS].state == "unchanged"
