"""Drawings in rows: bars, the matrix and the timeline."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.charts import (
    NARROW,
    WIDE,
    Bar,
    Bars,
    Cell,
    Heading,
    Level,
    Matrix,
    Span,
    interval_bars,
    matrix,
    timeline,
)
from monitor.charts.timeline import Lane, Timeline
from monitor.format import Figure
from tests.monitor.charts.examples import bars, plan, topics
from tests.monitor.charts.reading import Drawing


def bar_lengths(drawing: Drawing) -> list[float]:
    return [float(bar.attrib["width"]) for bar in drawing.all("c-bar")]


# --- bars -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_bars_begin_at_zero_and_are_as_long_as_their_values(width: int) -> None:
    chart = Bars("x", [Bar("A", Figure(10.0, "%")), Bar("B", Figure(5.0, "%"))], Figure(7.5, "%"), "NRW")
    drawing = Drawing(interval_bars(chart, "de", width))
    long, short = bar_lengths(drawing)
    assert long == pytest.approx(2 * short, abs=0.2)
    assert "NRW: 7,5\u00a0%" in drawing.words
    assert drawing.all("c-benchmark")


def test_a_negative_bar_ends_where_a_positive_begins() -> None:
    drawing = Drawing(
        interval_bars(Bars("x", [Bar("A", Figure(0.04, "growth")), Bar("B", Figure(-0.02, "growth"))]), "de")
    )
    up, down = drawing.all("c-bar")
    assert float(down.attrib["x"]) + float(down.attrib["width"]) == pytest.approx(float(up.attrib["x"]), abs=0.2)
    assert "−2,0\u00a0%" in drawing.words


def test_only_what_is_certain_is_a_bar_the_interval_a_range() -> None:
    drawing = Drawing(interval_bars(Bars("x", [Bar("A", Figure(None, "%", 4, 8)), Bar("B", Figure(8.0, "%"))]), "de"))
    sure, exact = bar_lengths(drawing)
    (rest,) = [float(each.attrib["width"]) for each in drawing.all("c-range")][:1]
    assert sure == pytest.approx(rest, abs=0.2)
    assert exact == pytest.approx(sure + rest, abs=0.3)
    assert len(drawing.all("c-whisker")) >= 3
    assert "4,0 bis 8,0\u00a0%" in drawing.words


def test_a_figure_that_is_not_known_has_no_bar() -> None:
    drawing = Drawing(interval_bars(Bars("x", [Bar("A", Figure(None, "%", status="suppressed"))]), "de"))
    assert not drawing.all("c-bar")
    assert "geheim gehalten" in drawing.words
    assert "kein Wert" in drawing.words


def test_an_endless_interval_ends_in_an_arrow() -> None:
    drawing = Drawing(
        interval_bars(Bars("x", [Bar("A", Figure(5.0, "%")), Bar("B", Figure(None, "%", 4, None))]), "de")
    )
    assert drawing.all("c-arrow")
    assert "über das Bild hinaus" in drawing.words
    assert "mindestens 4,0\u00a0%" in drawing.words


def test_the_baseline_is_marked_and_said() -> None:
    drawing = Drawing(interval_bars(bars(), "de"))
    assert len(drawing.all("c-reference")) == 2  # the mark and its key
    assert "Ausgangswert: 9,0\u00a0%" in drawing.marks[0]


def test_the_emphasised_row_is_set_off_in_colour_and_weight() -> None:
    drawing = Drawing(interval_bars(bars(), "de"))
    assert len(drawing.all("c-bar-main")) == 1
    assert {element.text for element in drawing.all("c-strong")} == {"Gesundheitswesen", "6,6\u00a0%"}


def test_the_unit_is_named_once() -> None:
    words = Drawing(interval_bars(Bars("x", [Bar(name, Figure(5000, "persons")) for name in "ABC"]), "de")).words
    assert words.count("Personen") == 1


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.text("abcdefgh ÄÖ-W", max_size=60), st.none() | st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["persons", "%", "quotient", "growth", "Tsd. EUR"]),
)
def test_nothing_overlaps_whatever_the_figures(rows: list[tuple[str, float | None, float]], unit: str) -> None:
    found = [
        Bar(name, Figure(None, unit, lower, None if lower is None else lower + abs(size))) for name, lower, size in rows
    ]
    exact = [Bar(name, Figure(value, unit)) for name, _, value in rows]
    for width in (WIDE, NARROW):
        drawing = Drawing(interval_bars(Bars("x", [*found, *exact], Figure(1.0, unit), "NRW"), "de", width))
        assert drawing.overlaps() == drawing.outside() == []


# --- matrix ---------------------------------------------------------------------------------------


def test_every_cell_says_its_category_and_what_is_not_legible() -> None:
    drawing = Drawing(matrix(topics(), "de"))
    assert len(drawing.marks) == 90
    assert sum("nicht lesbar" in words for words in drawing.marks) == sum(not cell.level for cell in topics().cells)
    assert drawing.words.count("nicht lesbar") > 20
    assert drawing.marks[0] == "Grüne Technologie, Duisburg: nicht lesbar. S3-Strategie 2021"


def test_symbols_tell_categories_apart_without_colour() -> None:
    cells = [Cell("r", name, name) for name in ("full", "half", "empty")] + [Cell("r", "none", None, "nicht lesbar")]
    levels = [Level("full", "A", "full"), Level("half", "B", "half"), Level("empty", "C", "empty")]
    names = [Heading(name, name) for name in ("full", "half", "empty", "none")]
    drawing = Drawing(matrix(Matrix("x", [Heading("r", "Hamm")], names, levels, cells), "de"))
    symbols = [
        frozenset(e.get("class") for e in mark.iter() if e.tag.endswith(("circle", "path")))
        for mark in drawing.all("c-mark")
    ]
    assert len(set(symbols)) == 4


def test_a_phone_gets_symbols_with_a_key() -> None:
    drawing = Drawing(matrix(topics(), "de", NARROW))
    assert drawing.words.count("Pionier") == 1
    assert drawing.words.count("Grüne Technologie") == 1
    assert len(drawing.marks) == 90


def test_headings_that_are_too_long_become_numbers() -> None:
    columns = [Heading(str(n), "Unaussprechlichkeitsbeschreibung") for n in range(6)]
    cells = [Cell("r", str(n), None, "nicht lesbar") for n in range(6)]
    drawing = Drawing(matrix(Matrix("x", [Heading("r", "Hamm")], columns, [], cells), "de"))
    assert drawing.words.count("Unaussprechlichkeitsbeschreibung") == 6
    assert [str(n) for n in range(1, 7)] == sorted({e.text for e in drawing.all("c-strong")} - {None})
    assert drawing.overlaps() == []


# --- timeline -------------------------------------------------------------------------------------


def test_every_period_says_its_state_and_days() -> None:
    drawing = Drawing(timeline(plan(), "de"))
    assert "Gesundheitswesen: geplant, 01.09.2021 bis 28.03.2022. Action Plan" in drawing.marks
    assert "Datum des Plans: Schritt des Prozesses, 08.02.2022. Teil III" in drawing.marks
    assert {"c-planned", "c-done", "c-hatch", "c-dropped", "c-strike", "c-step"} <= drawing.classes
    for state in ("geplant", "erledigt", "verschoben", "gestrichen"):
        assert state in drawing.words


def test_a_longer_period_is_a_longer_bar() -> None:
    spans = [
        Span("kurz", dt.date(2021, 1, 1), dt.date(2021, 1, 31), "done"),
        Span("lang", dt.date(2021, 2, 1), dt.date(2021, 12, 31), "done"),
    ]
    drawing = Drawing(timeline(Timeline("x", [Lane("", spans)], dt.date(2021, 6, 1)), "de"))
    short, long = (float(bar.attrib["width"]) for bar in drawing.all("c-done")[:2])
    assert long / short == pytest.approx(334 / 31, rel=0.02)


@pytest.mark.parametrize(
    ("today", "is_inside"), [(dt.date(2022, 6, 15), True), (dt.date(2026, 1, 1), False), (dt.date(2020, 1, 1), False)]
)
def test_today_is_a_line_or_an_arrow(today: dt.date, is_inside: bool) -> None:
    for width in (WIDE, NARROW):
        drawing = Drawing(timeline(plan(today), "de", width))
        assert bool(drawing.all("c-today")) == is_inside
        assert bool(drawing.all("c-arrow")) != is_inside
        assert f"Heute: {today:%d.%m.%Y}" in drawing.words
        assert drawing.overlaps() == drawing.outside() == []
