"""Maps of the 15 Kreise: neighbours beside neighbours, classes in shade and words, what is not known worded."""

from __future__ import annotations

import re

import pytest

from monitor.charts import NARROW, WIDE, Area, RegionMap, boundary_map, tile_map
from monitor.charts.region_map import tiles
from monitor.charts.shades import shades
from monitor.format import Figure
from reference.regions import ruhr_kreise
from tests.monitor.charts.examples import all_statuses, kreise, persons, squares
from tests.monitor.charts.reading import Drawing


def test_every_kreis_has_a_tile_of_its_own() -> None:
    assert set(tiles()) == set(ruhr_kreise())
    assert len({(tile.column, tile.row) for tile in tiles().values()}) == 15
    assert len({tile.code for tile in tiles().values()}) == 15


@pytest.mark.parametrize(
    ("west", "east"),
    [("05112", "05113"), ("05113", "05911"), ("05911", "05914"), ("05916", "05913"), ("05913", "05978")],
)
def test_west_is_left_of_east(west: str, east: str) -> None:
    assert tiles()[west].column < tiles()[east].column


@pytest.mark.parametrize(
    ("north", "south"),
    [("05562", "05513"), ("05513", "05113"), ("05916", "05911"), ("05911", "05954"), ("05913", "05914")],
)
def test_north_is_above_south(north: str, south: str) -> None:
    assert tiles()[north].row < tiles()[south].row


def test_a_tile_shows_its_figure_or_says_why_not() -> None:
    words = Drawing(tile_map(kreise(*all_statuses()), "de")).words
    for shown in ("6,6", "8,2", "12,1", "14,9", "6,1 bis 11,2", "geheim", "fehlt", "Angaben in %"):
        assert shown in words


def test_what_is_not_known_is_hatched() -> None:
    exact, hidden = (Drawing(tile_map(kreise(*figures), "de")) for figures in (all_statuses()[:3], all_statuses()))
    assert not exact.all("c-hatch")
    assert hidden.all("c-hatch")
    assert hidden.all("c-spread")
    assert "Spanne reicht über Klassen" in hidden.words
    assert "kein Wert" in hidden.words


def test_numbers_too_long_for_a_phone_are_counted_in_thousands() -> None:
    wide, narrow = (Drawing(tile_map(persons(), "de", width)) for width in (WIDE, NARROW))
    assert "700.000" in wide.words
    assert "Angaben in Personen" in wide.words
    assert "\n700\n" in narrow.words
    assert "Angaben in Tausend Personen" in narrow.words
    assert "ab 800" in narrow.words
    assert any("700.000\u00a0Personen" in words for words in narrow.marks)


def test_thousands_of_thousands_are_millions() -> None:
    words = Drawing(tile_map(kreise(Figure(32_215_609, "Tsd. EUR")), "de", NARROW)).words
    assert "32.216" in words
    assert "Angaben in Millionen Euro" in words


def test_every_tile_leads_to_its_kreis() -> None:
    links = Drawing(tile_map(kreise(*all_statuses()), "de")).all("c-mark")
    assert [link.get("href") for link in links] == ["kreis.html"] * 15


def test_another_region_has_no_tile() -> None:
    with pytest.raises(KeyError):
        tile_map(RegionMap("Quote", [Area("05111", "Düsseldorf", Figure(1.0, "%"))]), "de")


# --- classes --------------------------------------------------------------------------------------


def test_classes_have_round_borders_and_hold_every_value() -> None:
    figures = [Figure(value, "%") for value in (6.6, 7.5, 8.2, 9.9, 12.1, 14.9)]
    found = shades(figures)
    assert list(found.borders) == [7.5, 10.0, 12.5]
    assert [found.index(figure) for figure in figures] == [0, 1, 1, 1, 2, 3]


def test_an_interval_has_a_class_only_where_its_bounds_agree() -> None:
    found = shades([Figure(value, "%") for value in (6.6, 8.2, 12.1, 14.9)])
    assert found.index(Figure(None, "%", 7.6, 9.9)) == 1
    assert found.index(Figure(None, "%", 6.6, 9.9)) is None
    assert found.index(Figure(None, "%", 7.6, None)) is None


def test_an_extreme_value_does_not_move_the_classes() -> None:
    usual = [Figure(value, "quotient") for value in (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)]
    assert shades([*usual, Figure(115.0, "quotient")]).borders == shades(usual).borders


def test_equal_values_are_one_class() -> None:
    drawing = Drawing(tile_map(kreise(Figure(5.0, "%")), "de"))
    assert len(drawing.marks) == 15
    assert "unter" not in drawing.words


# --- boundaries -----------------------------------------------------------------------------------


def test_boundaries_keep_the_compass() -> None:
    drawing = Drawing(boundary_map(kreise(*all_statuses()), squares(), "de"))
    first = {mark[0].text: _start(mark[1].get("d", "")) for mark in drawing.all("c-mark")}
    places = {name.partition(":")[0]: place for name, place in first.items() if name}
    assert places["Kreis Wesel"][0] < places["Hamm"][0]
    assert places["Kreis Recklinghausen"][1] < places["Ennepe-Ruhr-Kreis"][1]


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude() -> None:
    drawing = Drawing(boundary_map(kreise(*all_statuses()), squares(), "de"))
    corners = [
        tuple(map(float, each)) for each in re.findall(r"([\d.]+) ([\d.]+)", drawing.all("c-area")[0].get("d", ""))
    ]
    width, height = corners[1][0] - corners[0][0], corners[2][1] - corners[1][1]
    assert width / height == pytest.approx(0.62, abs=0.01)  # cos(51.5°)


def test_boundaries_name_their_source_and_their_figures() -> None:
    for width in (WIDE, NARROW):
        words = " ".join(Drawing(boundary_map(kreise(*all_statuses()), squares(), "de", width)).words.split("\n"))
        assert "© GeoBasis-DE / BKG 2021" in words
        assert "14,9" in words
        assert "HER" in words


def test_an_area_needs_its_outline() -> None:
    with pytest.raises(KeyError):
        boundary_map(kreise(*all_statuses()), {}, "de")


def _start(d: str) -> tuple[float, float]:
    x, y = d.removeprefix("M").partition("L")[0].split(" ")
    return float(x), float(y)
