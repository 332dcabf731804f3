"""`s3monitor refresh --live`: what it refuses to start with, and trouble from the first fetch on."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.fetch_memory import read_memory
from sources.fetching.booklet_search import SearchFeed
from tests.flows.live import NOVEMBER, Live, counts, messages
from tests.publishers import server as moods
from tests.publishers.arbeitsagentur import monthly
from tests.publishers.everyone import everyone
from tests.publishers.server import Publisher, busy
from warehouse.archive import Archive

MONTHS, API, REPORTS = "ba_arbeitslose_monat", "ba_statistik_api", "ba_regionalreport"
MONITORING = "bnetza_mobilfunkmonitoring"
SECRETS = ("kennung77", "Geheim-7")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with everyone(NOVEMBER.date(), booklets=1) as publishers:
        yield Live(tmp_path_factory.mktemp("usage"), publishers)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--live", "--only", "regionalreport"), "no source regionalreport; known are ba_regionalreport, "),
        (("--live", "--period", "Juni"), "--period Juni: expected a year or a month, like 2023 or 2023-06."),
        (("--live", "--period", "2023-13"), "expected a year or a month"),
        (("--period", "2023"), "--period is about fetching: use it with --live."),
        (("--sample", "--live"), "synthetic and real data never mix"),
    ],
)
def test_wrong_usage_asks_nobody(live: Live, arguments: tuple[str, ...], words: str) -> None:
    ended = live.run("refresh", "--no-prefect", *arguments)
    assert ended.code == 2
    assert words in " ".join(ended.stderr.replace("│", " ").split())
    assert live.publishers.number_asked == 0


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (
            {"S3MONITOR_ADDRESSES": '{"bnetza": "http://127.0.0.1"}'},
            "unknown publisher bnetza; known are arbeitsagentur",
        ),
        ({"S3MONITOR_ADDRESSES": '{"bkg": "https://kennung77:Geheim-7@127.0.0.1"}'}, "the address of bkg: expected"),
        ({"S3MONITOR_ACCOUNTS__REGIONALSTATISIK__USER": "kennung77"}, "unknown publisher regionalstatisik"),
    ],
)
def test_wrong_settings_ask_nobody_and_are_not_printed(live: Live, setting: dict[str, str], words: str) -> None:
    other = Live(live.folder, live.publishers, settings=setting)
    ended = other.run("refresh", "--live", "--no-prefect")
    assert ended.code == 2
    assert words in " ".join(ended.stderr.replace("│", " ").split())
    assert not any(secret in ended.stderr + ended.out for secret in SECRETS)
    assert live.publishers.number_asked == 0


# --- folders of their own


@pytest.fixture
def fresh(live: Live, tmp_path: Path) -> Iterator[Live]:
    """An empty folder; the publishers are calm again afterwards."""
    live.publishers.forget()
    yield Live(tmp_path, live.publishers)
    for server in live.publishers.servers.values():
        if isinstance(server, Publisher):
            server.calm()


def test_a_publisher_that_is_down_is_not_asked_for_each_of_its_files(fresh: Live) -> None:
    api = fresh.publishers.statistik_api
    for target in list(api.files):
        api.mood(target.removeprefix(api.prefix), busy(503))
    ended = fresh.refresh(only=(API,))
    assert (ended.code, ended.json["error"]) == (1, "No delivery was accepted, so there is nothing to publish.")
    assert counts(ended) == {API: (0, 0, 0, 3)}
    assert "2 times. It is tried again in the next run. No more files were asked for." in messages(ended, API)
    assert len(api.requests) == 6
    assert not list(fresh.data.archive.glob("??/*"))


def test_an_answer_nobody_foresaw_and_a_zip_nobody_expected_do_not_stop_the_others(
    fresh: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("no such thing")

    monkeypatch.setattr(SearchFeed, "ask", fail)
    zip_of_october = monthly(fresh.publishers.month)
    fresh.publishers.arbeitsagentur.mood(zip_of_october, moods.in_a_zip)
    ended = fresh.refresh(only=(REPORTS, MONTHS, MONITORING))
    assert (ended.code, ended.json["published"]) == (3, True)
    assert counts(ended) == {MONITORING: (1, 0, 0, 0), REPORTS: (0, 0, 0, 1), MONTHS: (0, 0, 1, 0)}
    assert f"{REPORTS}: fetching failed with LookupError. Please report it." in messages(ended, REPORTS)
    assert "a zip archive with 1 files (inner.csv" in messages(ended, MONTHS)

    # what was restored from a backup, or cannot be read any more, is fetched again
    memory = fresh.data.fetched / f"{MONITORING}.json"
    [held] = json.loads(memory.read_text())["addresses"].values()
    shutil.rmtree(Archive(fresh.data.archive).content_path(held["deliveries"][0]).parent)
    assert read_memory(fresh.data, MONITORING).known() == {}
    fresh.today += dt.timedelta(hours=1)
    again = fresh.refresh(only=(MONITORING,))
    assert (again.code, counts(again)[MONITORING]) == (0, (1, 0, 0, 0))

    memory.write_text('{"feed_id": ')
    fresh.today += dt.timedelta(hours=1)
    unreadable = fresh.refresh(only=(MONITORING,))
    assert (unreadable.code, counts(unreadable)[MONITORING]) == (0, (0, 1, 0, 0))
    assert f"{MONITORING}.json cannot be read (JSONDecodeError), so everything is fetched again" in unreadable.stderr
    assert not fresh.publishers.gigabitgrundbuch.requests[0].is_conditional
