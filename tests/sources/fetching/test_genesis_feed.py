"""The GENESIS tables as feeds: what is asked with and without an account, and what comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sources.arrived_file import ArrivedFile
from sources.catalogue import recognise
from sources.fetching.feed import Known, Outcome, Question
from sources.fetching.genesis import GenesisFeed, genesis_feeds
from sources.fetching.problems import FetchError, LoginError
from sources.fetching.web import Limits, Web
from sources.genesis.client import Patience
from sources.genesis.table import tables
from tests.publishers.genesis import ERROR_PAGE, GenesisServer
from tests.publishers.genesis_tables import joined
from tests.sources.genesis.test_answer import packed

TODAY = dt.date(2026, 3, 10)
POPULATION, BY_SECTOR, GDP, BENEFITS = "12411-01-01-4", "13111-07-05-4", "82000-01-01-4", "22811-05i"


class Runs:
    """One run after the other against a server, with what was taken before."""

    def __init__(self, server: GenesisServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.web = Web(limits=Limits(pause=0, connect=2, read=2, whole=5, tries=2, backoff=0))
        self.known: dict[str, Known] = {}

    def question(self, *, login: bool = False, period: str = "", today: dt.date = TODAY) -> Question:
        return Question(today, self.folder, dict(self.known), period, self.server.account if login else None)

    def run(self, code: str, *, login: bool = False, period: str = "", today: dt.date = TODAY) -> list[Outcome]:
        """The outcomes for a table; what was asked before is forgotten by the server."""
        self.server.requests.clear()
        question = self.question(login=login, period=period, today=today)
        outcomes = list(feed_of(code).ask(self.web, self.server.base, question))
        for outcome in outcomes:
            if outcome.state in ("new", "unchanged"):
                self.known[outcome.address] = Known(outcome.seen)
        return outcomes

    @property
    def years(self) -> list[str]:
        return [request.form["startyear"] for request in self.server.requests if "startyear" in request.form]


def feed_of(code: str) -> GenesisFeed:
    return GenesisFeed(tables()[code], Patience(poll=0.001, job=1, busy=(0,)))


def states(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(outcome.name, outcome.state) for outcome in outcomes]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with GenesisServer() as server:
        yield Runs(server, tmp_path)


@pytest.fixture
def nrw(tmp_path: Path) -> Iterator[Runs]:
    with GenesisServer("landesdatenbank") as server:
        yield Runs(server, tmp_path)


def test_every_table_that_is_still_published_is_a_feed() -> None:
    feeds = {feed.feed_id: feed.host for feed in genesis_feeds()}
    superseded = {"82111-01-05-4", "13312-01-04-4"}
    assert feeds == {table.source_id: table.instance for code, table in tables().items() if code not in superseded}
    assert feeds["regionalstatistik_13111-07-05-4"] == "regionalstatistik"
    assert feeds["landesdatenbank_22811-05i"] == "landesdatenbank"


# --- without an account: the open download


@pytest.mark.parametrize("code", [POPULATION, BY_SECTOR, "13211-02-05-4"])
def test_a_download_is_new_then_unchanged_then_new(runs: Runs, code: str) -> None:
    [outcome] = runs.run(code)
    assert (outcome.state, outcome.name, outcome.message) == ("new", f"{code}_00.csv", "")
    assert outcome.address == f"{runs.server.base}/downloader/00/tables/{code}_00.csv"
    assert outcome.path
    file = ArrivedFile(outcome.path, outcome.name)
    assert recognise(file).decode(file).source_id == f"regionalstatistik_{code}"

    [again] = runs.run(code)
    assert (again.state, again.path) == ("unchanged", None)
    assert runs.server.requests[0].headers["if-none-match"] == outcome.seen.etag
    assert list(runs.folder.iterdir()) == [outcome.path]

    runs.server.downloads[code] = runs.server.downloads[code].replace(b"051", b"052")
    [corrected] = runs.run(code)
    assert corrected.state == "new"
    assert corrected.seen != outcome.seen


@pytest.mark.parametrize("code", [POPULATION, BY_SECTOR])
def test_without_validators_the_figures_tell_whether_it_is_new(runs: Runs, code: str) -> None:
    """The moment of retrieval and the order of rows differ in every answer."""
    runs.server.moods.validators = False
    assert [outcome.state for _ in range(3) for outcome in runs.run(code)] == ["new", "unchanged", "unchanged"]
    assert len(runs.server.requests) == 1


def test_a_zip_behind_an_address_in_csv_is_unpacked(runs: Runs) -> None:
    table = runs.server.downloads[BY_SECTOR]
    [plain] = runs.run(BY_SECTOR)
    runs.server.downloads[BY_SECTOR] = packed({"13111-07-05-4_00_175.csv": table})
    runs.server.moods.raw = True
    [outcome] = runs.run(BY_SECTOR)
    assert outcome.state == "unchanged"
    assert outcome.seen.sha256 == plain.seen.sha256
    runs.known.clear()
    [outcome] = runs.run(BY_SECTOR)
    assert outcome.state == "new"
    assert outcome.path
    assert outcome.path.read_bytes() == table


@pytest.mark.parametrize(
    ("content", "message", "is_transient"),
    [
        (ERROR_PAGE, "expected a data file; found a web page", True),
        (b"", "expected a data file; found an empty answer", True),
        (b'{"Status":{"Code":104,"Content":"Es gibt keine"}}', "found the answer “Es gibt keine” (code 104)", False),
        (packed({"a.csv": b"x", "b.csv": b"y"}), "expected a zip with one table", False),
    ],
)
def test_a_download_that_is_no_table_is_not_kept(runs: Runs, content: bytes, message: str, is_transient: bool) -> None:
    runs.server.moods.raw = True
    runs.server.downloads[BY_SECTOR] = content
    [outcome] = runs.run(BY_SECTOR)
    assert (outcome.state, outcome.path, outcome.is_transient) == ("failed", None, is_transient)
    assert outcome.message.startswith(f"{runs.server.base}/downloader/00/tables/13111-07-05-4_00.csv: ")
    assert message in outcome.message
    assert not list(runs.folder.iterdir())


def test_a_download_that_is_gone_and_a_server_in_trouble(runs: Runs) -> None:
    del runs.server.downloads[BY_SECTOR]
    [outcome] = runs.run(BY_SECTOR)
    assert (outcome.state, outcome.is_transient) == ("failed", False)
    assert "there is no such file (404)" in outcome.message
    runs.server.moods.error_page = True
    [outcome] = runs.run(BY_SECTOR)
    assert (outcome.state, outcome.is_transient) == ("failed", True)
    assert "the server answered 500, 2 times" in outcome.message


def test_a_download_has_no_periods(runs: Runs) -> None:
    assert runs.run(BY_SECTOR, period="2020") == []
    assert runs.server.requests == []


def test_a_look_at_a_download_costs_a_head(runs: Runs) -> None:
    feed, base = feed_of(BY_SECTOR), runs.server.base

    def look() -> list[str]:
        return [outcome.state for outcome in feed.probe(runs.web, base, runs.question())]

    assert look() == ["new"]
    runs.run(BY_SECTOR)
    assert look() == ["unchanged"]
    runs.server.downloads[BY_SECTOR] += b"\n"
    assert look() == ["new"]
    assert [request.verb for request in runs.server.requests] == ["GET", "HEAD", "HEAD"]
    assert list(feed.probe(runs.web, base, runs.question(login=True))) == []
    assert len(runs.server.requests) == 3


# --- with an account: the service, year by year


@pytest.mark.parametrize("code", [POPULATION, BY_SECTOR])
def test_the_newest_years_come_one_by_one(runs: Runs, code: str) -> None:
    outcomes = runs.run(code, login=True)
    assert states(outcomes) == [
        (f"{code}_2025.csv", "not_yet"),
        (f"{code}_2024.csv", "new"),
        (f"{code}_2023.csv", "new"),
    ]
    assert runs.server.asked == ["helloworld/logincheck", *["data/tablefile"] * 3]
    assert runs.years == ["2025", "2024", "2023"]
    for outcome in outcomes[1:]:
        assert outcome.path
        file = ArrivedFile(outcome.path, outcome.name)
        decoded = recognise(file).decode(file)
        assert decoded.source_id == f"regionalstatistik_{code}"
        assert decoded.period[:4] == outcome.name[-8:-4]


def test_a_run_without_news_has_no_news_although_no_two_answers_are_alike(runs: Runs) -> None:
    runs.run(POPULATION, login=True)
    outcomes = runs.run(POPULATION, login=True)
    assert [outcome.state for outcome in outcomes] == ["not_yet", "unchanged", "unchanged"]
    assert [outcome.path for outcome in outcomes] == [None, None, None]
    assert runs.server.asked == ["data/tablefile"] * 3  # the login was checked this day


def test_a_new_year_and_a_revised_one(runs: Runs) -> None:
    held = runs.server.tables[POPULATION]
    newest = held.pop(2024)
    assert [outcome.state for outcome in runs.run(POPULATION, login=True)] == ["not_yet", "not_yet", "new"]
    held[2024] = newest
    held[2023] = held[2023].replace(b"05113", b"05911", 1)
    assert [outcome.state for outcome in runs.run(POPULATION, login=True)] == ["not_yet", "new", "new"]


@pytest.mark.parametrize(
    ("code", "today", "newest"),
    [
        (POPULATION, dt.date(2025, 12, 30), "2024"),
        (POPULATION, dt.date(2025, 12, 31), "2025"),
        (GDP, dt.date(2026, 6, 29), "2024"),
        (GDP, dt.date(2026, 6, 30), "2025"),
    ],
)
def test_a_year_is_asked_for_when_the_rhythm_says_it_can_be_out(
    runs: Runs, code: str, today: dt.date, newest: str
) -> None:
    runs.run(code, login=True, today=today)
    assert runs.years[0] == newest


def test_a_backfill_asks_for_its_year_alone(runs: Runs) -> None:
    for period in ("2020", "2020-06"):
        runs.known.clear()
        [outcome] = runs.run(BY_SECTOR, login=True, period=period)
        assert (outcome.name, outcome.state) == ("13111-07-05-4_2020.csv", "new")
        assert runs.years == ["2020"]
    [outcome] = runs.run(BY_SECTOR, login=True, period="1999")
    assert outcome.state == "failed"
    assert "the service says “Es gibt keine Objekte zum angegebenen Selektionskriterium” (code 104)" in outcome.message


def test_a_year_that_is_gone_is_a_failure(runs: Runs) -> None:
    runs.run(POPULATION, login=True)
    del runs.server.tables[POPULATION][2024]
    outcomes = runs.run(POPULATION, login=True)
    assert [outcome.state for outcome in outcomes] == ["not_yet", "failed", "unchanged"]
    assert "/data/tablefile/12411-01-01-4/2024: the service says “Es gibt keine Objekte" in outcomes[1].message


def test_a_table_that_has_nothing_at_all_may_be_superseded(runs: Runs) -> None:
    del runs.server.tables[POPULATION]
    with pytest.raises(FetchError) as error:
        runs.run(POPULATION, login=True)
    assert str(error.value) == (
        f"{runs.server.base}/rest/2020/data/tablefile/12411-01-01-4: the table has nothing for 2021 to 2025."
        " If it goes on under another code, declare that in sources/genesis/tables.yaml."
    )
    assert runs.years == ["2025", "2024", "2023", "2022", "2021"]


def test_a_table_of_one_year_is_asked_for_the_year_before_and_no_further(nrw: Runs) -> None:
    assert states(nrw.run("13111-54i", login=True)) == [
        ("13111-54i_2025.csv", "not_yet"),
        ("13111-54i_2024.csv", "new"),
    ]
    assert nrw.years == ["2025", "2024", "2023"]


def test_a_job_that_never_ends_is_ordered_once(runs: Runs) -> None:
    runs.server.moods.too_large, runs.server.moods.polls = True, None
    feed = replace(feed_of(POPULATION), patience=Patience(poll=0.01, job=0.05))
    outcomes = list(feed.ask(runs.web, runs.server.base, runs.question(login=True)))
    assert [outcome.state for outcome in outcomes] == ["not_yet", "failed"]
    assert "never ended" in outcomes[1].message
    assert outcomes[1].is_transient
    assert len(runs.server.jobs) == 1


def test_a_refused_account_stops_every_table_after_one_request(runs: Runs) -> None:
    runs.server.moods.login = "sentence"
    asked = []
    for feed in genesis_feeds()[:5]:
        with pytest.raises(LoginError, match="does not accept the account"):
            list(feed.ask(runs.web, runs.server.base, runs.question(login=True)))
        asked += runs.server.asked
    assert set(asked) == {"helloworld/logincheck"}
    assert runs.server.asked == ["helloworld/logincheck"]


def test_one_failure_lies_in_the_year_a_second_in_the_table(runs: Runs) -> None:
    runs.server.moods.says = {"data/tablefile": (22, "erfolgreich (Ein Parameter wurde angepasst)")}
    outcomes = runs.run(POPULATION, login=True)
    assert [outcome.state for outcome in outcomes] == ["failed", "failed"]
    assert all("a filter may be gone" in outcome.message for outcome in outcomes)
    runs.server.moods.error_page = True
    [outcome] = runs.run(POPULATION, login=True)
    assert outcome.is_transient


def test_nothing_newer_is_unchanged_where_something_is_held(runs: Runs) -> None:
    runs.server.moods.says = {"data/tablefile": (50, "nichts Neueres")}
    [outcome, _] = runs.run(POPULATION, login=True)
    assert outcome.state == "failed"
    assert "the server says that nothing is newer, but nothing is held" in outcome.message
    runs.server.moods.says = {}
    runs.run(POPULATION, login=True, period="2024")
    runs.server.moods.says = {"data/tablefile": (50, "nichts Neueres")}
    [outcome] = runs.run(POPULATION, login=True, period="2024")
    assert outcome.state == "unchanged"


# --- parameters that are ignored without a word


def test_the_regions_of_nrw_come_alone(nrw: Runs) -> None:
    outcomes = nrw.run(BENEFITS, login=True)
    assert [outcome.state for outcome in outcomes] == ["new", "new"]
    assert outcomes[0].path
    file = ArrivedFile(outcomes[0].path, outcomes[0].name)
    decoded = recognise(file).decode(file)
    assert len({row[2] for row in decoded.observations}) == 54
    assert "Regierungsbezirk" not in decoded.skipped


def test_regions_that_were_not_named_are_refused(nrw: Runs) -> None:
    nrw.server.moods.deaf_to = frozenset({"regionalkey"})
    outcomes = nrw.run(BENEFITS, login=True)
    assert [outcome.state for outcome in outcomes] == ["failed", "failed"]
    assert outcomes[0].message == (
        f"{nrw.server.base}/rest/2020/data/tablefile/22811-05i/2024: asked for 22811-05i of 2024; the answer holds"
        " regions that were not named (Regierungsbezirk, municipality or part of a Kreis). The service ignored a"
        " parameter of the request. Nothing was kept."
    )
    assert not list(nrw.folder.iterdir())


@pytest.mark.parametrize("code", [POPULATION, BY_SECTOR])
def test_years_that_were_not_asked_for_are_refused(runs: Runs, code: str) -> None:
    """The service answers with the newest year, whatever is asked."""
    runs.server.moods.deaf_to = frozenset({"startyear", "endyear"})
    outcomes = runs.run(code, login=True)
    assert [outcome.state for outcome in outcomes] == ["not_yet", "new", "failed", "failed"]
    assert f"asked for {code} of 2023; the answer holds the time 2024-" in outcomes[2].message


def test_a_whole_table_in_place_of_a_year_is_refused(runs: Runs) -> None:
    runs.server.moods.deaf_to, runs.server.moods.whole = frozenset({"startyear", "endyear"}), True
    outcomes = runs.run(GDP, login=True)
    assert [outcome.state for outcome in outcomes] == ["failed", "failed"]
    assert "asked for 82000-01-01-4 of 2024; the answer holds the time 2015/2024" in outcomes[0].message


def test_another_table_is_refused(runs: Runs) -> None:
    runs.server.tables[POPULATION] = runs.server.tables[BY_SECTOR]
    [outcome] = runs.run(POPULATION, login=True, period="2024")
    assert outcome.state == "failed"
    assert "the answer holds another table (regionalstatistik_13111-07-05-4)" in outcome.message


def test_a_table_that_cannot_be_read_comes_in_and_is_quarantined_there(runs: Runs) -> None:
    table = runs.server.tables[POPULATION][2024]
    runs.server.tables[POPULATION][2024] = table.replace(b"BEVSTD", b"BEVNEU")
    [outcome] = runs.run(POPULATION, login=True, period="2024")
    assert outcome.state == "new"
    assert outcome.path
    assert b"BEVNEU" in outcome.path.read_bytes()


def test_a_year_more_than_asked_for_is_refused(runs: Runs) -> None:
    years = runs.server.tables[POPULATION]
    years[2024] = joined([years[2023], years[2024]])
    [outcome] = runs.run(POPULATION, login=True, period="2024")
    assert "the answer holds the time 2023-12-31/2024-12-31" in outcome.message
