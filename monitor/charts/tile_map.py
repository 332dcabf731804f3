"""Tile map: every Kreis as large as any other, neighbours beside neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from monitor.charts.hatch import hatch, rectangle
from monitor.charts.key import key, note, stack
from monitor.charts.region_map import Area, RegionMap, area_words, tiles
from monitor.charts.shades import Shades, shades
from monitor.charts.svg import WIDE, drawing, element, empty, hatching, lines, mark
from monitor.charts.text import LINE, text_width, wrap
from monitor.charts.words import say
from monitor.format import Figure, Language, short_text, unit_word

_GAP: Final = 2.0
_PADDING: Final = 5.0
_HATCH: Final = 9.0
#: Units to count in where numbers are too long for a tile, and their words.
_POWERS: Final = {1: ("", ""), 1_000: ("thousands", "thousand"), 1_000_000: ("millions", "million")}
#: The same words for what is counted in thousands already.
_OF_THOUSANDS: Final = {"thousand": "million", "million": "billion"}


@dataclass(frozen=True)
class _Tiles:
    """side: of a tile with the gap beside it; power: what its number is counted in (1, 1000, …)."""

    side: float
    power: int
    classes: Shades
    is_narrow: bool

    @property
    def width(self) -> float:
        return self.side - _GAP

    def name(self, area: Area) -> list[str]:
        return [tiles()[area.region_id].code] if self.is_narrow else wrap(area.name, self.width - 2 * _PADDING)

    def text(self, area: Area, language: Language) -> list[str]:
        return wrap(_text(area.figure, self.power, language), self.width, is_bold=not self.is_narrow)


def tile_map(chart: RegionMap, language: Language, width: int = WIDE) -> str:
    """The map as SVG; tiles of the narrow one carry number plates. Raises KeyError for a region that has no tile."""
    if not chart.areas:
        return empty(chart.title, say("no_figures", language), width)
    figures = [area.figure for area in chart.areas]
    side = width / (1 + max(tile.column for tile in tiles().values()))
    layout = _Tiles(side, _power(figures, side - _GAP, language), shades(figures), width < WIDE)
    rows = max(len(layout.name(area)) + len(layout.text(area, language)) for area in chart.areas)
    height = rows * LINE + 2 * _PADDING
    drawn = [_tile(area, layout, height, language) for area in chart.areas]
    beneath = stack(
        (1 + max(tile.row for tile in tiles().values())) * (height + _GAP) + _PADDING,
        [
            partial(key, layout.classes.key_items(figures, language, layout.power), width=width),
            partial(note, _unit_note(figures[0].unit, layout.power, language), width=width),
        ],
    )
    return drawing(chart.title, say("areas", language, count=len(figures)), width, beneath.height, *drawn, beneath.svg)


def _power(figures: Sequence[Figure], width: float, language: Language) -> int:
    """1, or a thousand or more where the numbers are too long for a tile otherwise."""
    largest = max((abs(figure.middle) for figure in figures if figure.middle is not None), default=0)
    possible = [power for power in _POWERS if power == 1 or power <= largest]
    return next((power for power in possible if _is_short(figures, power, width, language)), possible[-1])


def _is_short(figures: Sequence[Figure], power: int, width: float, language: Language) -> bool:
    numbers = (_text(figure, power, language) for figure in figures if figure.is_known)
    return all(text_width(word) <= width for text in numbers for word in text.split(" "))


def _text(figure: Figure, power: int, language: Language) -> str:
    if power == 1:
        return short_text(figure, language)
    value, lower, upper = (
        None if number is None else number / power for number in (figure.value, figure.lower, figure.upper)
    )
    return short_text(replace(figure, value=value, lower=lower, upper=upper, unit=_POWERS[power][0]), language)


def _unit_note(unit: str, power: int, language: Language) -> str:
    multiple = _POWERS[power][1]
    if multiple and unit == "Tsd. EUR":
        unit, multiple = "EUR", _OF_THOUSANDS[multiple]
    shown = " ".join(filter(None, (multiple and say(multiple, language), unit_word(unit, language))))
    return say("in_unit", language, unit=shown) if shown else ""


def _tile(area: Area, layout: _Tiles, height: float, language: Language) -> str:
    tile, figure, classes = tiles()[area.region_id], area.figure, layout.classes
    name, text = layout.name(area), layout.text(area, language)
    left, top = tile.column * layout.side, tile.row * (height + _GAP)
    middle = left + layout.width / 2
    first = top + (height - (len(name) + len(text)) * LINE) / 2 + LINE - 4
    is_hatched = classes.index(figure) is None
    style = "c-halo" if is_hatched else classes.text(figure)
    strong = None if layout.is_narrow else "c-strong"
    return mark(
        area_words(area, language),
        element("rect", x=left, y=top, width=layout.width, height=height, class_=classes.fill(figure)),
        hatching(hatch([rectangle(left, top, layout.width, height)], _HATCH)) if is_hatched else "",
        lines(middle, first, name, style, "middle"),
        lines(middle, first + len(name) * LINE, text, " ".join(filter(None, (strong, style))) or None, "middle"),
        href=area.href,
    )
