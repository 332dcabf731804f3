"""The parts all drawings are made of."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.charts import NARROW, WIDE, interval_bars, responsive, standalone
from monitor.charts.svg import coordinate, drawing, element, empty, label
from tests.monitor.charts.examples import HOSTILE, bars
from tests.monitor.charts.reading import SVG, Drawing


@given(st.text())
def test_any_text_makes_well_formed_xml(text: str) -> None:
    svg = drawing(text, text, 100, 100, label(1, 2, text, text), element("a", href=text))
    assert ElementTree.fromstring(svg).tag == f"{SVG}svg"


def test_text_comes_out_as_it_went_in() -> None:
    text = "<b>„A & B“</b> 'x' \"y\""
    assert Drawing(drawing("t", "d", 100, 100, label(1, 2, text))).words == text


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (1.26, "1.3"), (-0.04, "0"), (100, "100")])
def test_coordinates_are_short(value: float, written: str) -> None:
    assert coordinate(value) == written


def test_a_page_gets_both_widths() -> None:
    html = responsive(interval_bars, bars(), "de")
    root = ElementTree.fromstring(html)
    widths = {part.get("class"): part.find(f"{SVG}svg") for part in root}
    assert root.get("class") == "chart"
    assert {name: svg is not None and svg.get("width") for name, svg in widths.items()} == {
        "chart-wide": str(WIDE),
        "chart-narrow": str(NARROW),
    }


def test_a_download_stands_alone() -> None:
    css = ".c > text { fill: #111; } /* <ok> & 'x' */"
    svg = interval_bars(bars(), "de")
    root = ElementTree.fromstring(standalone(svg, css, HOSTILE, "Quelle: " + "lange Zeile " * 30))
    texts = [text.text or "" for text in root.findall(f"{SVG}text")]
    assert root.findtext(f"{SVG}style") == css
    assert any("alert('x')" in text for text in texts)
    assert "".join(texts).count("Zeile") == 30
    inner = root.find(f"{SVG}svg")
    assert inner is not None
    outer = Drawing(standalone(svg, css, "Titel", "Quelle"))
    assert float(inner.attrib["x"]) + float(inner.attrib["width"]) <= outer.width
    assert float(inner.attrib["y"]) + float(inner.attrib["height"]) <= outer.height


def test_only_a_drawing_stands_alone() -> None:
    with pytest.raises(ValueError, match="expected a drawing"):
        standalone("<html>", "")


def test_an_empty_drawing_says_why() -> None:
    drawing = Drawing(empty("Titel", "Für diese Auswahl liegen keine Zahlen vor.", 200))
    assert " ".join(drawing.words.split()) == "Für diese Auswahl liegen keine Zahlen vor."
    assert drawing.outside() == []
