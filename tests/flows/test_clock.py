"""A clock that jumps: releases and vintages keep the order in which they came, and a mad clock is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import refresh as module
from flows.refresh import refresh
from flows.summary import Summary
from tests.attacks.folders import left_over
from tests.flows.conftest import rows
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.data_folder import DataFolder, DataFolderError
from warehouse.diff import CURRENT, PREVIOUS, release_path
from warehouse.release import KEEP, current_release

NOON = dt.datetime(2027, 3, 31, 12, tzinfo=dt.UTC)
At = Callable[[dt.datetime, float], Summary]
COVERAGE = "SELECT DISTINCT coverage_pct FROM marts.broadband"


@pytest.fixture
def at(tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> At:
    """`at(moment, percent)`: a refresh while the clock says so, with a revision of the one table."""

    def run(moment: dt.datetime, percent: float) -> Summary:
        monkeypatch.setattr(module, "_now", lambda: moment)
        summary = refresh(data, [fill(tmp_path / "inbox", {GOOD: broadband(percent)})])
        assert summary.published
        assert left_over(data) == []
        return summary

    return run


JUMPS = {
    "back by a year": dt.timedelta(days=-365),
    "back by an hour": dt.timedelta(hours=-1),
    "ten years ahead": dt.timedelta(days=3653),
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_the_later_release_is_the_current_one_and_the_later_figure_counts(
    at: At, data: DataFolder, jump: dt.timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    ids = [at(NOON, 50).release_id, at(NOON + jump, 60).release_id, at(NOON + dt.timedelta(days=1), 70).release_id]
    assert ids == sorted(ids, key=str)
    assert rows(data, COVERAGE) == [(70,)]
    assert release_path(data, CURRENT).stem == ids[2] == (current_release(data) or {})["release_id"]
    assert release_path(data, PREVIOUS).stem == ids[1]
    told = "Set the clock right" in caplog.text
    assert told == (jump < -dt.timedelta(hours=1) or jump > dt.timedelta(days=2))


def test_what_is_made_after_the_clock_went_back_is_not_the_first_to_go(at: At, data: DataFolder) -> None:
    at(NOON, 1)
    current = data.published.read_bytes()
    for number in range(1, KEEP):  # a year of releases, as far as anyone looks at the names
        name = f"2027{number:02}01T120000Z-{number:08}.duckdb"
        (data.releases / name).write_bytes(current)
        for suffix in (".md", ".html"):
            (data.releases / name).with_suffix(suffix).touch()
    published = at(NOON - dt.timedelta(days=365), 2).release_id
    assert (data.releases / f"{published}.duckdb").exists()
    assert len(list(data.releases.glob("*.duckdb"))) == KEEP


ODD = (
    dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC),  # the hour that Berlin leaves out
    dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC),  # the hour that Berlin has twice
    dt.datetime(2028, 2, 29, 23, 59, 59, tzinfo=dt.UTC),
    dt.datetime(2028, 3, 1, tzinfo=dt.UTC),
    dt.datetime(2028, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
    dt.datetime(2038, 1, 19, 3, 14, 8, tzinfo=dt.UTC),  # one second more than 31 bits hold
)


def test_days_on_which_clocks_are_odd(at: At, data: DataFolder) -> None:
    for number, moment in enumerate(ODD):
        assert str(at(moment, number).release_id).startswith(f"{moment:%Y%m%dT%H%M%SZ}-")
    known = rows(data, "SELECT DISTINCT known_from, value FROM history.observation ORDER BY ALL")
    assert known == [(moment.date(), number) for number, moment in enumerate(ODD)]


def test_a_clock_without_a_battery_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Epoch(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime(1970, 1, 1, 0, 3, tzinfo=tz)

    monkeypatch.setattr(module.dt, "datetime", Epoch)
    with pytest.raises(DataFolderError, match=r"clock of this machine says 1970-01-01 00:03 UTC\. Set it right"):
        module._now()
