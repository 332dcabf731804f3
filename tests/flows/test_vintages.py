"""Two editions of one GENESIS table in any order, with and without a manifest: the later one counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.refresh import refresh
from tests.flows.conftest import rows
from tests.flows.inboxes import fill, manifest
from tests.sources.genesis.files import new_ffcsv, new_population_rows, old_population_ffcsv, population
from warehouse.data_folder import DataFolder

OLD = old_population_ffcsv(population(5000), date="31.12.2023").encode()
NEW = new_ffcsv(new_population_rows(population(1000), date="2023-12-31")).encode()
#: Figure and base of NRW as they are now, and as they were on the last day of 2024.
NOW = "SELECT value, basis FROM marts.indicator_value WHERE indicator_id = 'population' AND region_id = '05'"
THEN = NOW.replace("marts.indicator_value", "marts.indicator_as_of(DATE '2024-12-31')")
KNOWN = "SELECT DISTINCT known_from FROM history.observation ORDER BY ALL"
NAMED = {"12411-01-01-4_2024-12-03.csv": OLD, "12411-01-01-4_1744300000000_de_flat.csv": NEW}
STATED = {
    "a.csv": (OLD, {"retrieved_on": "2024-12-03"}),
    "b.csv": (NEW, {"published_on": "2025-04-10", "retrieved_on": "2025-05-01"}),
}


def editions(*, are_stated: bool) -> list[dict[str, bytes]]:
    """One inbox per edition: the day stands in a manifest or in the name of the file."""
    if not are_stated:
        return [{name: content} for name, content in NAMED.items()]
    return [{name: content, **manifest([{"path": name, **days}])} for name, (content, days) in STATED.items()]


@pytest.mark.parametrize("are_stated", [True, False])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_edition_known_later_counts_in_any_order_of_arrival(
    data: DataFolder, tmp_path: Path, order: tuple[int, int], are_stated: bool
) -> None:
    for number in order:
        refresh(data, [fill(tmp_path / f"edition{number}", editions(are_stated=are_stated)[number])])
    assert rows(data, KNOWN) == [(dt.date(2024, 12, 3),), (dt.date(2025, 4, 10),)]
    assert rows(data, NOW) == [(1003.0, "census2022")]
    assert rows(data, THEN) == [(5003.0, "census2011")]


def test_both_editions_in_one_inbox(data: DataFolder, tmp_path: Path) -> None:
    refresh(data, [fill(tmp_path / "editions", NAMED)])
    assert rows(data, NOW) == [(1003.0, "census2022")]
    assert rows(data, THEN) == [(5003.0, "census2011")]


def test_an_old_file_whose_base_nothing_tells_is_quarantined(data: DataFolder, tmp_path: Path) -> None:
    summary = refresh(data, [fill(tmp_path / "editions", {"bevoelkerung.csv": OLD, "neu.csv": NEW})])
    (message,) = [message for source in summary.sources for message in source.messages]
    assert "figures of 2023-12-31 rest on census2011 or, if retrieved later, on census2022" in message
    assert "State retrieved_on in MANIFEST.csv" in message
    assert rows(data, NOW) == [(1003.0, "census2022")]


def test_an_old_file_without_its_day_is_no_newer_than_its_layout(data: DataFolder, tmp_path: Path) -> None:
    old = old_population_ffcsv(population(5000), date="31.12.2021").encode()
    new = new_ffcsv(new_population_rows(population(1000), date="2021-12-31")).encode()
    refresh(data, [fill(tmp_path / "first", {"neu.csv": new})])
    refresh(data, [fill(tmp_path / "second", {"alt.csv": old})])
    assert rows(data, NOW) == [(1003.0, "census2011")]
    assert rows(data, KNOWN)[0] == (dt.date(2025, 4, 9),)


def test_two_editions_that_nothing_puts_in_order_are_a_finding(data: DataFolder, tmp_path: Path) -> None:
    later = new_ffcsv(new_population_rows(population(1001), date="2023-12-31")).encode()
    found = "SELECT count(*) FROM quality.finding WHERE check_id = 'vintage_order' AND state = 'open'"
    refresh(data, [fill(tmp_path / "first", {"eins.csv": NEW})])
    assert rows(data, found) == [(0,)]
    both = DataFolder(tmp_path / "both")
    refresh(both, [fill(tmp_path / "second", {"eins.csv": NEW, "zwei.csv": later})])
    assert rows(both, found) == [(1,)]
