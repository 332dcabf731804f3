"""Map on real boundaries, where they have been fetched."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from monitor.charts.hatch import XY, hatch
from monitor.charts.key import key, note, stack
from monitor.charts.labels import Box, Disc, Placed, Wanted, place
from monitor.charts.region_map import Area, RegionMap, area_words, tiles
from monitor.charts.shades import Shades, shades
from monitor.charts.svg import WIDE, drawing, element, empty, hatching, line, lines, mark, outline, unspoken
from monitor.charts.text import LINE, text_width
from monitor.charts.words import say
from monitor.format import NBSP, Language, short_text, unit_word

#: Longitude and latitude in degrees.
Position = tuple[float, float]
Ring = Sequence[Position]

_HATCH: Final = 8.0
_MARGIN: Final = 4.0
_DOT: Final = 3.0


def boundary_map(
    chart: RegionMap, outlines: Mapping[str, Sequence[Ring]], language: Language, width: int = WIDE
) -> str:
    """The map as SVG; outlines are the rings of each area by region_id. Raises KeyError for an area without outline.

    The projection is equirectangular with the middle latitude true to scale, good for a region of this size.
    """
    if not chart.areas:
        return empty(chart.title, say("no_figures", language), width)
    is_narrow = width < WIDE
    figures = [area.figure for area in chart.areas]
    classes = shades(figures)
    shapes, height = _projected([outlines[area.region_id] for area in chart.areas], width)
    labels = [_label(area, language, is_narrow) for area in chart.areas]
    wanted = [_wanted(shape, text) for shape, text in zip(shapes, labels, strict=True)]
    places = place(wanted, [], Box(0, 0, width, height))
    unit = unit_word(figures[0].unit, language)
    beneath = stack(
        height + _MARGIN,
        [
            partial(key, classes.key_items(figures, language), width=width),
            partial(note, _values(chart, language) if is_narrow else "", width=width),
            partial(note, say("in_unit", language, unit=unit) if unit else "", width=width),
            partial(note, chart.attribution, width=width),
        ],
    )
    drawn = [_area(area, shape, classes, language) for area, shape in zip(chart.areas, shapes, strict=True)]
    texts = [_caption(placed, text) for placed, text in zip(places, labels, strict=True) if placed]
    description = say("areas", language, count=len(figures))
    return drawing(chart.title, description, width, beneath.height, *drawn, unspoken(*texts), beneath.svg)


def _projected(shapes: Sequence[Sequence[Ring]], width: float) -> tuple[list[list[list[XY]]], float]:
    """Rings in units of the drawing, and how high the map is."""
    positions = [position for rings in shapes for ring in rings for position in ring]
    west, east = min(p[0] for p in positions), max(p[0] for p in positions)
    south, north = min(p[1] for p in positions), max(p[1] for p in positions)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (width - 2 * _MARGIN) / ((east - west) * shrink)
    projected = [
        [
            [(_MARGIN + (lon - west) * shrink * scale, _MARGIN + (north - lat) * scale) for lon, lat, *_ in ring]
            for ring in rings
        ]
        for rings in shapes
    ]
    return projected, (north - south) * scale + 2 * _MARGIN


def _centre(rings: Sequence[Sequence[XY]]) -> XY:
    """Centroid of the largest ring (shoelace formula), a corner where it has no area."""
    ring = max(rings, key=lambda ring: abs(_doubled_area(ring)))
    area = _doubled_area(ring)
    if not area:
        return ring[0]
    edges = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise([*ring, ring[0]])]
    return (
        sum((a[0] + b[0]) * cross for a, b, cross in edges) / (3 * area),
        sum((a[1] + b[1]) * cross for a, b, cross in edges) / (3 * area),
    )


def _doubled_area(ring: Sequence[XY]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]]))


def _label(area: Area, language: Language, is_narrow: bool) -> list[str]:
    """Number plate and figure; the plate alone on the narrow map, whose figures stand beneath it."""
    code = tiles()[area.region_id].code
    return [code] if is_narrow else [code, short_text(area.figure, language)]


def _wanted(shape: Sequence[Sequence[XY]], text: Sequence[str]) -> Wanted:
    x, y = _centre(shape)
    return Wanted(Disc(x, y, _DOT), max(text_width(each, is_bold=True) for each in text), len(text) * LINE, True)


def _area(area: Area, shape: Sequence[Sequence[XY]], classes: Shades, language: Language) -> str:
    border = element("path", d=outline(shape), class_=classes.fill(area.figure), fill_rule="evenodd")
    hatched = hatching(hatch(shape, _HATCH)) if classes.index(area.figure) is None else ""
    return mark(area_words(area, language), border, hatched, href=area.href)


def _caption(placed: Placed, text: Sequence[str]) -> str:
    box, leader = placed.box, placed.leader
    shown = lines((box.left + box.right) / 2, box.top + LINE - 4, text, "c-strong c-halo", "middle")
    return (line(*leader, "c-leader") if leader else "") + shown


def _values(chart: RegionMap, language: Language) -> str:
    return "; ".join(
        f"{tiles()[area.region_id].code}{NBSP}{area.name}: {short_text(area.figure, language)}" for area in chart.areas
    )
