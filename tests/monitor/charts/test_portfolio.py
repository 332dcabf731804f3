"""The portfolio: every sector where it belongs, its name readable, its interval drawn, nobody lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.charts import NARROW, WIDE, Bubble, portfolio
from monitor.format import Figure
from tests.monitor.charts.examples import bubble, crowded, portfolio_of, undetermined
from tests.monitor.charts.reading import Drawing


def drawn(*bubbles: Bubble, width: int = WIDE) -> Drawing:
    return Drawing(portfolio(portfolio_of(*bubbles), "de", width))


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("count", [12, 20])
def test_every_sector_is_marked_and_named(count: int, width: int) -> None:
    chart = crowded(count)
    drawing = Drawing(portfolio(chart, "de", width))
    assert len(drawing.marks) == count
    shown = "".join(drawing.words.replace("-\n", "").split())
    assert [b.name for b in chart.bubbles if "".join(b.name.split()) not in shown.replace("\u00ad", "")] == []
    assert drawing.overlaps() == drawing.outside() == []


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(0, 9), st.floats(0, 1e6)), min_size=1, max_size=25))
def test_no_label_lies_on_another_whatever_the_figures(places: list[tuple[float, float, float]]) -> None:
    bubbles = [bubble(f"Branche {n}", *place) for n, place in enumerate(places)]
    for width in (WIDE, NARROW):
        drawing = drawn(*bubbles, width=width)
        assert drawing.overlaps() == drawing.outside() == []
        assert len(drawing.marks) == len(bubbles)


def test_a_mark_says_all_its_figures() -> None:
    (words,) = drawn(bubble("Baugewerbe", 0.0468, 1.138, 103948)).marks
    assert words == (
        "Baugewerbe: Standortquotient 1,14; Wachstum +4,7\u00a0%; spezialisiert, wachsend; 103.948\u00a0Personen, "
        "31.03.2020. Quelle: Regionalreport"
    )


def test_the_area_grows_with_the_employees() -> None:
    circles = drawn(bubble("A", 0.01, 1.1, 40_000), bubble("B", -0.01, 0.9, 10_000)).all("c-bubble")
    large, small = sorted((float(circle.attrib["r"]) for circle in circles[:2]), reverse=True)
    assert large == pytest.approx(2 * small, rel=0.02)


def test_intervals_are_bars_and_an_open_quadrant_is_hatched() -> None:
    exact, hidden = drawn(bubble("A", 0.01, 1.1)), drawn(bubble("A", 0.01, 1.1), undetermined())
    assert not exact.all("c-whisker")
    assert not exact.all("c-hatch")
    assert len(hidden.all("c-whisker")) >= 6
    assert hidden.all("c-hatch")
    assert "Quadrant nicht bestimmbar" in hidden.words
    assert "1,3" in "".join(hidden.marks)


def test_one_extreme_sector_does_not_squeeze_the_others() -> None:
    usual = list(crowded(12).bubbles)
    calm, extreme = drawn(*usual), drawn(*usual, bubble("Weit draußen", 1.45, 1.2))

    def spread(drawing: Drawing) -> float:
        circles = drawing.all("c-bubble")[:12]
        places = [float(circle.attrib["cx"]) for circle in circles]
        return max(places) - min(places)

    assert spread(extreme) > 0.6 * spread(calm)
    assert extreme.all("c-arrow")
    assert not calm.all("c-arrow")
    assert "(+145,0\u00a0%)" in extreme.words
    assert "außerhalb" in extreme.words


def test_who_has_no_place_is_named_beneath() -> None:
    unknown = Bubble(
        "Ohne Angabe",
        Figure(None, "growth", -1, None),
        Figure(None, "quotient", 0, 3.13),
        Figure(None, "persons"),
        "undetermined",
    )
    drawing = drawn(*crowded(8).bubbles, unknown)
    beneath = " ".join(drawing.words.split("\n"))
    assert "Ohne Angabe (Standortquotient 0,00 bis 3,13, Wachstum nicht bekannt)" in beneath
    assert len(drawing.marks) == 8
    assert "Für keine Branche" in drawn(unknown).words


def test_a_crowd_is_labelled_as_far_as_it_can_be_read() -> None:
    bubbles = [
        bubble(f"Abteilung {n}", (n * 37 % 90 - 40) / 100, 0.3 + n * 53 % 80 / 40, 100 + 900 * n) for n in range(88)
    ]
    drawing = drawn(*bubbles)
    assert len(drawing.marks) == 88
    assert "von 88 Branchen" in drawing.words
    assert "Abteilung 87" in drawing.words
    assert drawing.overlaps() == drawing.outside() == []


def test_a_bubble_can_lead_somewhere() -> None:
    (link,) = drawn(bubble("Baugewerbe", 0.04, 1.1, href="branchen/bau.html")).all("c-mark")
    assert link.get("href") == "branchen/bau.html"
    assert (link.get("aria-label") or "").startswith("Baugewerbe: ")
