"""What holds for every drawing, wide and narrow, German and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import monitor
from monitor.charts import NARROW, WIDE, sparkline
from monitor.format import Figure, full_text
from tests.monitor.charts.examples import EMPTY, EXAMPLES, Draw, full_series, hostile, series
from tests.monitor.charts.reading import SVG, Drawing, numbers

CSS = (Path(monitor.__file__).parent / "assets" / "charts.css").read_text(encoding="utf-8")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r"\.(c-[\w-]+)")


@pytest.fixture(scope="module", params=[f"{kind}, {width}" for kind in EXAMPLES for width in (WIDE, NARROW)])
def drawing(request: pytest.FixtureRequest) -> Drawing:
    kind, width = request.param.split(", ")
    draw, chart = EXAMPLES[kind]
    return Drawing(draw(chart, "de", int(width)))


def test_no_text_lies_on_another(drawing: Drawing) -> None:
    assert drawing.overlaps() == []


def test_no_text_is_cut_off(drawing: Drawing) -> None:
    assert drawing.outside() == []


def test_every_mark_can_be_focused_and_says_what_it_is(drawing: Drawing) -> None:
    marks = drawing.all("c-mark")
    assert marks
    assert all(mark.get("tabindex") == "0" or mark.get("href") for mark in marks)
    assert all(mark.findtext(f"{SVG}title") for mark in marks)


def test_the_drawing_has_a_name_and_a_description(drawing: Drawing) -> None:
    assert drawing.root.get("role") == "group"
    assert drawing.root.findtext(f"{SVG}title")
    assert drawing.root.findtext(f"{SVG}desc")


def test_a_strict_content_policy_lets_it_through(drawing: Drawing) -> None:
    allowed = {"a", "circle", "desc", "g", "line", "path", "rect", "svg", "text", "title"}
    assert {element.tag.removeprefix(SVG) for element in drawing.root.iter()} <= allowed
    attributes = {name for element in drawing.root.iter() for name in element.attrib}
    assert not [name for name in attributes if name in ("style", "id") or name.startswith("on")]


def test_it_is_light(drawing: Drawing) -> None:
    assert all(len(number.partition(".")[2]) <= 1 for number in numbers(drawing.svg))
    assert len(drawing.svg) < 60_000


def test_text_keeps_its_size_on_a_phone(drawing: Drawing) -> None:
    """360 pixels less a margin of 16 at either side leave 328 for a narrow drawing."""
    size = float(drawing.root.attrib["font-size"])
    assert drawing.width > NARROW or size * 328 / drawing.width >= 12
    assert not [element for element in drawing.root.iter() if element.get("font-size") and element is not drawing.root]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_english_drawings_have_no_german_words_of_their_own(kind: str) -> None:
    draw, chart = EXAMPLES[kind]
    english, german = (Drawing(draw(chart, language, WIDE)) for language in ("en", "de"))  # type: ignore[arg-type]
    assert english.overlaps() == english.outside() == []
    own = re.compile(r"\b(wachsend|Spanne|Wert|Werte|Heute|geplant|bis|Angaben|geheim|Quelle|Balken|Zeilen)\b")
    assert own.search(german.svg)
    assert not own.search(english.svg)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("kind", hostile())
def test_texts_cannot_break_out(kind: str, width: int) -> None:
    draw, chart = hostile()[kind]
    drawing = Drawing(draw(chart, "de", width))
    assert not list(drawing.root.iter(f"{SVG}script"))
    assert "<script" not in drawing.svg
    assert "\u202e" not in drawing.svg
    assert any("alert('x')" in words for words in drawing.marks)
    assert drawing.overlaps() == drawing.outside() == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("kind", EMPTY)
def test_nothing_to_draw_is_worded(kind: str, width: int) -> None:
    draw, chart = EMPTY[kind]
    drawing = Drawing(draw(chart, "de", width))
    assert re.search(r"keine (Zahlen|Aktivitäten)", drawing.words)
    assert not drawing.all("c-mark")
    assert drawing.outside() == []


@pytest.mark.parametrize("kind", ["tile map", "boundary map", "bars", "time series"])
def test_every_figure_is_said_in_full(kind: str) -> None:
    draw, chart = EXAMPLES[kind]
    said = "\n".join(Drawing(draw(chart, "de", WIDE)).marks)
    assert [figure for figure in _figures(chart) if full_text(figure, "de") not in said] == []


def _figures(chart: Any) -> Iterator[Figure]:
    for each in (getattr(chart, name, ()) for name in ("areas", "bars", "points")):
        yield from (datum.figure for datum in each)


# --- the style sheet ------------------------------------------------------------------------------


def test_style_sheet_and_drawings_know_the_same_classes() -> None:
    drawn = {name for draw, chart in _all() for name in Drawing(draw(chart, "de", WIDE)).classes}
    drawn |= {name for draw, chart in _all() for name in Drawing(draw(chart, "de", NARROW)).classes}
    drawn |= Drawing(sparkline(full_series(), "de")).classes | Drawing(sparkline(series(), "de")).classes
    styled = {name for selector, _ in _RULE.findall(CSS) for name in _CLASS.findall(selector)}
    assert {name for name in drawn if name.startswith("c-")} - styled <= {"c-mark"}
    assert styled - drawn == set()


def _all() -> list[tuple[Draw, Any]]:
    return [*EXAMPLES.values(), *EMPTY.values()]


@pytest.mark.parametrize(
    "selector", ["c text", "c-soft", "c-quadrant", "c-region-text", "c-benchmark-text", "c a text"]
)
def test_text_can_be_read_on_white(selector: str) -> None:
    assert _contrast(_fill(selector), "#ffffff") >= 4.5


@pytest.mark.parametrize("shade", [1, 2, 3])
def test_dark_text_can_be_read_on_light_shades(shade: int) -> None:
    assert _contrast(_fill("c text"), _fill(f"c-shade-{shade}")) >= 4.5


@pytest.mark.parametrize("shade", [4, 5])
def test_white_text_can_be_read_on_dark_shades(shade: int) -> None:
    assert _contrast("#ffffff", _fill(f"c-shade-{shade}")) >= 4.5


def test_shades_can_be_told_apart_in_grey() -> None:
    light = [_luminance(_fill(f"c-shade-{n}")) for n in range(1, 6)]
    assert all(lighter > 1.2 * darker for lighter, darker in pairwise(light))


@pytest.mark.parametrize("name", ["c-specialised_growing", "c-growing", "c-specialised_shrinking", "c-shrinking"])
def test_marks_stand_out_from_white(name: str) -> None:
    assert _contrast(_fill(name), "#ffffff") >= 3


def _fill(selector: str) -> str:
    """The colour of the rule that ends in this selector."""
    body = next(body for found, body in _RULE.findall(CSS) if found.strip().endswith(f".{selector}"))
    colour = re.search(r"fill: (#[0-9a-f]+)", body)
    assert colour
    short = colour[1].removeprefix("#")
    return f"#{''.join(2 * digit for digit in short) if len(short) == 3 else short}"


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)
