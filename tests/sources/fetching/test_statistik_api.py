"""The Statistik-API of the BA: a request per region, by names that come from a script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.regions import GERMANY, NRW, ruhr_kreise
from sources.arrived_file import ArrivedFile
from sources.catalogue import recognise
from sources.fetching.feeds import feeds
from sources.fetching.problems import FetchError
from tests.publishers.arbeitsagentur import NAMES, Arbeitsagentur, StatistikApi, api_target, names_script
from tests.publishers.server import error_page
from tests.sources.fetching.runs import Runs

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def ba() -> Iterator[Arbeitsagentur]:
    with Arbeitsagentur() as server:
        yield server


@pytest.fixture
def api() -> Iterator[StatistikApi]:
    with StatistikApi() as server:
        yield server


@pytest.fixture
def runs(ba: Arbeitsagentur, api: StatistikApi, tmp_path: Path) -> Runs:
    return Runs(feeds({"arbeitsagentur": ba.base})["ba_statistik_api"], api.base, tmp_path)


def test_every_region_is_asked_for_by_name_and_its_answer_is_about_it(runs: Runs) -> None:
    outcomes = runs.ask(TODAY)
    regions = [GERMANY, NRW, *ruhr_kreise()]
    assert [outcome.name for outcome in outcomes] == [f"ba_statistik_api_{region}.csv" for region in regions]
    for region, outcome in zip(regions, outcomes, strict=True):
        assert outcome.path
        file = ArrivedFile(outcome.path, outcome.name)
        assert {cell[2] for cell in recognise(file).decode(file).observations} == {region}


def test_unchanged_answers_cost_a_conditional_request_each(runs: Runs, ba: Arbeitsagentur, api: StatistikApi) -> None:
    runs.ask(TODAY)
    api.requests.clear()
    assert {outcome.state for outcome in runs.ask(TODAY)} == {"unchanged"}
    assert [request.is_conditional for request in api.requests] == [True] * 17
    assert ba.asked == [f"GET {NAMES}"] * 2


def test_a_region_that_fails_is_named(runs: Runs, api: StatistikApi) -> None:
    api.mood(api_target("05113"), error_page)
    [failed] = [outcome for outcome in runs.ask(TODAY) if outcome.state == "failed"]
    assert failed.message.startswith("ba_statistik_api_05113.csv: http")
    assert "the server answered 500" in failed.message


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (b"var x = 1;", "expected a JSON list of regions"),
        (b"<html>", "expected a JSON list of regions"),
        (b'var x = [{"Filtername": "Kreis", "Werte": [', "expected a JSON list of regions"),
        (names_script().replace(b'"Kreis"', b'"Kreise"'), "no name for 05112, 05113"),
        (names_script().replace(b"05113000", b"99999000"), "no name for 05113. Look whether BA_SCHL and DESC"),
    ],
)
def test_a_list_of_names_that_cannot_be_used(runs: Runs, ba: Arbeitsagentur, script: bytes, problem: str) -> None:
    """What needs no names was asked for before."""
    ba.put(NAMES, script)
    with pytest.raises(FetchError, match=f"{NAMES}: .*{problem}"):
        runs.ask(TODAY)
    assert len([path for path in runs.into.iterdir() if path.suffix == ".part"]) == 2


def test_there_is_neither_a_backfill_nor_a_probe(runs: Runs, api: StatistikApi) -> None:
    assert runs.ask(TODAY, period="2025") == []
    assert runs.probe(TODAY) == []
    assert api.requests == []
