"""Reads a drawing back: its marks, its texts and the room they take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from monitor.charts.labels import Box
from monitor.charts.text import SIZE, text_width

SVG = "{http://www.w3.org/2000/svg}"
_BOLD = ("c-strong", "c-region-text", "c-today-text")


@dataclass(frozen=True)
class Text:
    shown: str
    box: Box


class Drawing:
    """An SVG as a reader finds it; raises ElementTree.ParseError where it is no XML."""

    def __init__(self, svg: str) -> None:
        self.svg = svg
        self.root = ElementTree.fromstring(svg)
        _, _, self.width, self.height = map(float, self.root.attrib["viewBox"].split())

    @property
    def marks(self) -> list[str]:
        """What the marks say."""
        return [
            mark.findtext(f"{SVG}title") or "" for mark in self.root.iter() if "c-mark" in mark.get("class", "").split()
        ]

    @property
    def texts(self) -> list[Text]:
        return [_text(element) for element in self.root.iter(f"{SVG}text")]

    @property
    def words(self) -> str:
        """All text in the drawing, line by line."""
        return "\n".join(text.shown for text in self.texts)

    def all(self, class_: str) -> list[ElementTree.Element]:
        return [element for element in self.root.iter() if class_ in element.get("class", "").split()]

    @property
    def classes(self) -> set[str]:
        return {name for element in self.root.iter() for name in element.get("class", "").split()}

    def overlaps(self) -> list[tuple[str, str]]:
        return [(a.shown, b.shown) for a, b in combinations(self.texts, 2) if a.box.overlaps(b.box)]

    def outside(self) -> list[str]:
        """Texts that are cut off at the edge of the drawing."""
        sheet = Box(-1, -1, self.width + 1, self.height + 1)
        return [text.shown for text in self.texts if not sheet.contains(text.box)]


def _text(element: ElementTree.Element) -> Text:
    shown = element.text or ""
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    width = text_width(shown, is_bold=any(name in element.get("class", "") for name in _BOLD))
    left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", ""), 0)
    return Text(shown, Box(left, y - 0.75 * SIZE, left + width, y + 0.22 * SIZE))


def numbers(svg: str) -> list[str]:
    """Every coordinate in the drawing as it is written."""
    values = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|r|d|width|height)="([^"]*)"', svg)
    return [number for value in values for number in re.findall(r"-?\d+(?:\.\d+)?", value)]
