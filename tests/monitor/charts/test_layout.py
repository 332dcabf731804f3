"""Text widths, line breaks, scales, hatching and the placing of labels: true for anything, not for examples alone."""

from __future__ import annotations

import datetime as dt
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.charts.hatch import circle, hatch, rectangle
from monitor.charts.labels import Box, Disc, Wanted, place
from monitor.charts.scale import Scale, date_ticks, rounded_out, step, ticks, usual_range
from monitor.charts.text import SOFT_HYPHEN, text_width, wrap, wrap_words

numbers = st.floats(-1e9, 1e9)
texts = st.text(st.sampled_from("abcdefgh ÄÖÜßWM-.,()1234567890\u00a0" + SOFT_HYPHEN), max_size=80)


# --- text -----------------------------------------------------------------------------------------


@given(texts, st.floats(20, 300), st.booleans())
def test_a_line_is_no_wider_than_its_room(text: str, width: float, is_bold: bool) -> None:
    for line in wrap(text, width, is_bold=is_bold):
        assert text_width(line, is_bold=is_bold) <= width or len(line.removesuffix("-")) == 1


@given(texts, st.floats(20, 300))
def test_breaking_a_text_loses_nothing(text: str, width: float) -> None:
    kept = "".join(wrap(text, width))
    for sign in (" ", "-", SOFT_HYPHEN):
        kept, text = kept.replace(sign, ""), text.replace(sign, "")
    assert kept == text


def test_lines_are_broken_where_a_reader_would() -> None:
    assert wrap("Ennepe-Ruhr-Kreis", 80) == ["Ennepe-", "Ruhr-Kreis"]
    assert wrap("Finanz- und Versicherungsdienstleistungen", 130) == [
        "Finanz- und",
        "Versicherungs-",
        "dienstleistungen",
    ]
    assert wrap("Entwicklungspotenzial", 100) == ["Entwicklungs-", "potenzial"]
    assert wrap("10-15 Jahre", 45) == ["10-15", "Jahre"]
    assert wrap("Grüne Tech\u00adnologie", 60) == ["Grüne", "Tech-", "nologie"]
    assert wrap("1.780.332\u00a0Personen und mehr", 150) == ["1.780.332\u00a0Personen", "und mehr"]
    assert wrap("", 100) == [""]


@given(texts)
def test_words_can_be_kept_whole(text: str) -> None:
    words = text.replace(SOFT_HYPHEN, "").replace("-", " ").split(" ")
    assert " ".join(wrap_words(text, 1000)).replace("-", " ").split() == " ".join(words).split()
    unbroken = "Arbeitslosigkeitsquotenberechnung"
    assert wrap_words(unbroken, 20) == [unbroken]


# --- scales ---------------------------------------------------------------------------------------


@given(numbers, st.floats(1e-3, 1e9), st.integers(2, 10))
def test_ticks_lie_on_the_axis_at_even_distances(low: float, length: float, count: int) -> None:
    high = low + length
    found = ticks(low, high, count)
    distance = step(low, high, count)
    assert len(found) <= count + 1
    assert all(low - 1e-6 * distance <= value <= high + 1e-6 * distance for value in found)
    assert all(abs(later - earlier - distance) < 1e-3 * distance for earlier, later in pairwise(found))


@given(numbers, numbers)
def test_a_rounded_axis_holds_what_it_was_made_for(a: float, b: float) -> None:
    low, high = rounded_out(min(a, b), max(a, b), 5)
    assert low < high
    room = 1e-6 * (high - low)
    assert low - room <= min(a, b) <= max(a, b) <= high + room


@given(st.lists(numbers, max_size=30), st.lists(numbers, min_size=1, max_size=5))
def test_the_usual_range_never_leaves_out_what_always_belongs_to_it(values: list[float], always: list[float]) -> None:
    low, high = usual_range(values, always)
    assert low <= min(always)
    assert max(always) <= high
    assert {low, high} <= {*values, *always}


def test_one_extreme_value_does_not_squeeze_the_others() -> None:
    usual = [0.01, 0.02, 0.03, -0.04, 0.05, -0.01]
    assert usual_range([*usual, 1.45], [0]) == (-0.04, 0.05)
    assert usual_range([*usual, 0.09], [0]) == (-0.04, 0.09)


def test_a_scale_without_length_draws_in_the_middle() -> None:
    assert Scale(5, 5, 0, 100)(5) == 50


def test_dates_on_an_axis() -> None:
    years = date_ticks(dt.date(2000, 1, 1), dt.date(2024, 12, 31), 6)
    assert [text for _, text in years] == ["2000", "2005", "2010", "2015", "2020"]
    months = date_ticks(dt.date(2021, 1, 1), dt.date(2021, 12, 31), 4)
    assert [text for _, text in months] == ["01/2021", "04/2021", "07/2021", "10/2021"]


# --- hatching -------------------------------------------------------------------------------------


@given(st.floats(0, 500), st.floats(0, 500), st.floats(5, 100), st.floats(5, 100))
def test_a_rectangle_is_hatched_inside_only(x: float, y: float, width: float, height: float) -> None:
    lines = hatch([rectangle(x, y, width, height)])
    assert lines or width + height < 12
    for line in lines:
        for px, py in line:
            assert x - 1e-6 <= px <= x + width + 1e-6
            assert y - 1e-6 <= py <= y + height + 1e-6


def test_a_hole_stays_blank() -> None:
    ring, hole = rectangle(0, 0, 60, 60), rectangle(20, 20, 20, 20)
    for (x1, y1), (x2, y2) in hatch([ring, hole]):
        middle = ((x1 + x2) / 2, (y1 + y2) / 2)
        assert not (20 < middle[0] < 40 and 20 < middle[1] < 40)


def test_a_circle_is_hatched_within_its_radius() -> None:
    assert all(abs(complex(x, y)) <= 10.01 for line in hatch([circle(0, 0, 10)]) for x, y in line)


# --- labels ---------------------------------------------------------------------------------------

wanted = st.builds(
    Wanted,
    st.builds(Disc, st.floats(0, 300), st.floats(0, 300), st.floats(3, 30)),
    st.floats(8, 120),
    st.sampled_from([16.0, 32.0, 48.0]),
    st.booleans(),
)


@given(st.lists(wanted, max_size=25))
def test_labels_lie_on_nothing_and_inside(labels: list[Wanted]) -> None:
    marks = [label.mark for label in labels]
    bounds = Box(0, 0, 300, 300)
    places = place(labels, marks, bounds)
    boxes = [placed.box for placed in places if placed]
    assert all(bounds.contains(box) for box in boxes)
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    for label, placed in zip(labels, places, strict=True):
        others = [mark for mark in marks if mark != label.mark]
        assert placed is None or not any(mark.overlaps(placed.box) for mark in others)


@given(wanted)
def test_a_lonely_label_finds_room(label: Wanted) -> None:
    (placed,) = place([label], [label.mark], Box(-200, -200, 500, 500))
    assert placed
    assert placed.leader is None
