"""Boundaries from a WFS: pages become one FeatureCollection that the decoder accepts, or a failure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.regions import nrw_kreise
from sources.arrived_file import ArrivedFile
from sources.catalogue import recognise
from sources.fetching.feeds import feeds
from tests.publishers.bkg import WFS, Bkg
from tests.publishers.server import Reply, cut, maintenance
from tests.sources.fetching.runs import Runs

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def bkg() -> Iterator[Bkg]:
    with Bkg() as server:
        yield server


@pytest.fixture
def runs(bkg: Bkg, tmp_path: Path) -> Runs:
    return Runs(feeds()["bkg_boundaries"], bkg.base, tmp_path)


@pytest.mark.parametrize("tells_number", [True, False])
def test_all_pages_become_one_file(runs: Runs, bkg: Bkg, tells_number: bool) -> None:
    bkg.tells_number = tells_number
    [outcome] = runs.ask(TODAY)
    assert (outcome.state, outcome.name) == ("new", "bkg_boundaries.geojson")
    assert outcome.path
    file = ArrivedFile(outcome.path, outcome.name)
    decoded = recognise(file).decode(file)
    assert {boundary.region_id for boundary in decoded.boundaries} == set(nrw_kreise())
    assert len(json.loads(file.content)["features"]) == len(bkg.kreise)
    assert [target.rpartition("STARTINDEX=")[2] for target in bkg.asked] == ["0", "100"]


def test_the_same_outlines_again_are_unchanged(runs: Runs) -> None:
    states = [outcome.state for _ in range(2) for outcome in runs.ask(TODAY)]
    assert states == ["new", "unchanged"]


def test_a_full_last_page_needs_no_further_one(runs: Runs, bkg: Bkg) -> None:
    bkg.kreise = bkg.kreise[:100]
    assert runs.ask(TODAY)[0].state == "new"
    assert len(bkg.requests) == 1


def test_a_service_that_sends_less_than_it_has_is_a_failure(runs: Runs, bkg: Bkg) -> None:
    bkg.largest_page = 60
    [outcome] = runs.ask(TODAY)
    assert (outcome.state, outcome.is_transient) == ("failed", True)
    assert "expected 123 features; found 60" in outcome.message


@pytest.mark.parametrize(
    ("mood", "problem"),
    [
        (maintenance, "expected GeoJSON with “features”; found b'<!doctype html>"),
        (lambda _: Reply(200, b'{"exceptions": []}'), "expected GeoJSON"),
        (lambda _: Reply(200, b"[1, 2]"), "expected GeoJSON"),
        (cut, "no complete answer"),
    ],
)
def test_what_is_no_page_of_features(runs: Runs, bkg: Bkg, mood: object, problem: str) -> None:
    assert callable(mood)
    bkg.mood(WFS, mood)
    [outcome] = runs.ask(TODAY)
    assert outcome.state == "failed"
    assert problem in outcome.message
    assert list(runs.into.iterdir()) == []


def test_there_is_neither_a_backfill_nor_a_probe(runs: Runs, bkg: Bkg) -> None:
    assert runs.ask(TODAY, period="2025") == []
    assert runs.probe(TODAY) == []
    assert bkg.requests == []
