"""Where the bubbles of a portfolio lie: axes that leave no one out of sight, and arrows for who is far out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from monitor.charts.labels import Box, Disc
from monitor.charts.scale import Scale, usual_range
from monitor.charts.svg import WIDE
from monitor.charts.symbols import ARROW, Segment, across, upright
from monitor.charts.text import LINE, text_width, wrap
from monitor.charts.words import say
from monitor.format import Figure, Language

#: Radius of the largest bubble, wide and narrow, and of one whose size is not known.
_LARGEST: Final = (30.0, 18.0)
_SMALLEST: Final = 5.0
_HEIGHTS: Final = (480.0, 340.0)
#: Room for the numbers beside the axis.
_LEFT: Final = 44.0
_MARGIN: Final = 6.0
#: Each side of a quadrant line gets at least this share of what the figures span (across, upright; wide and narrow),
#: so that the quadrant can be named.
_LEAST_SHARE: Final = ((0.4, 0.2), (0.6, 0.25))
#: Border of the quadrants, and what the axis spans at least: less would blow up differences that mean nothing.
_GROWTH: Final = (0.0, 0.02)
_QUOTIENT: Final = (1.0, 0.2)
_QUADRANTS: Final = ("specialised_growing", "growing", "specialised_shrinking", "shrinking")


@dataclass(frozen=True)
class Bubble:
    """One sector. growth: unit `growth`; quotient: unit `quotient`; employees: unit `persons`.

    quadrant  as in `marts.portfolio`
    href      where a click leads, "" for nowhere
    """

    name: str
    growth: Figure
    quotient: Figure
    employees: Figure
    quadrant: str
    href: str = ""


@dataclass(frozen=True)
class Portfolio:
    """title: what the picture shows, for screen readers; benchmark: name of the region the quotient compares with.

    from_date, to_date  the days between which growth is measured
    """

    title: str
    benchmark: str
    from_date: dt.date
    to_date: dt.date
    bubbles: Sequence[Bubble]

    @property
    def placeable(self) -> list[Bubble]:
        """Bubbles whose place is known, at least within bounds."""
        return [bubble for bubble in self.bubbles if None not in (bubble.growth.middle, bubble.quotient.middle)]


@dataclass(frozen=True)
class Field:
    """box: the field between the axes; largest: radius of the bubble with the most employees."""

    box: Box
    x: Scale
    y: Scale
    largest: float
    most_employees: float
    is_narrow: bool

    @property
    def borders(self) -> list[Segment]:
        """The lines between the quadrants, the upright one first."""
        x, y, box = self.x(_GROWTH[0]), self.y(_QUOTIENT[0]), self.box
        return [(x, box.top, x, box.bottom), (box.left, y, box.right, y)]

    def radius(self, size: float | None) -> float:
        """Area in proportion to the employees."""
        return max(self.largest * math.sqrt(size / self.most_employees), _SMALLEST) if size else _SMALLEST


@dataclass(frozen=True)
class Spot:
    """Where a bubble is drawn; `beyond` says on which sides its true place lies outside, as (to the right, down).

    whiskers  its intervals as lines through its middle
    """

    bubble: Bubble
    disc: Disc
    beyond: tuple[int, int]
    whiskers: list[Segment]

    @property
    def reach(self) -> Disc:
        """The bubble with its arrow."""
        return replace(self.disc, radius=self.disc.radius + ARROW) if any(self.beyond) else self.disc


def bounds(figure: Figure) -> tuple[float, float]:
    """The interval of a figure that has a middle; its value twice where it has no interval."""
    middle = figure.middle or 0.0
    return (middle if figure.lower is None else figure.lower), (middle if figure.upper is None else figure.upper)


def field(chart: Portfolio, width: float, top: float) -> Field:
    """Axes for the bubbles that can be placed (at least one), the field beginning at `top`."""
    bubbles, is_narrow = chart.placeable, width < WIDE
    largest, share = _LARGEST[is_narrow], _LEAST_SHARE[is_narrow]
    box = Box(_LEFT, top, width, top + _HEIGHTS[is_narrow])
    # Above and below the bubbles the quadrants are named.
    strip = largest + (2 if is_narrow else 1) * LINE + _MARGIN
    return Field(
        box,
        _scale([b.growth for b in bubbles], _GROWTH, share[0], (box.left + largest, box.right - largest)),
        _scale([b.quotient for b in bubbles], _QUOTIENT, share[1], (box.bottom - strip, box.top + strip)),
        largest,
        max(bubble.employees.middle or 0.0 for bubble in bubbles) or 1.0,
        is_narrow,
    )


def _scale(figures: Sequence[Figure], measure: tuple[float, float], share: float, ends: tuple[float, float]) -> Scale:
    """An axis for the figures that are not far out, with room on both sides of the border.

    Intervals make it longer, but at either end by no more than its length.
    """
    border, least = measure
    low, high = usual_range([figure.middle for figure in figures if figure.middle is not None], [border])
    length = max(high - low, least)
    inside = [bounds(figure) for figure in figures if low <= (figure.middle or 0.0) <= high] or [(low, high)]
    lowers, uppers = zip(*inside, strict=True)
    inner_low = max(low - length, min(low, *lowers))
    inner_high = min(high + length, max(high, *uppers))
    side = share * max(inner_high - inner_low, least)
    return Scale(min(inner_low, border - side), max(inner_high, border + side), *ends)


def spots(chart: Portfolio, frame: Field) -> list[Spot]:
    """The bubbles that have a place, in their order: not those that may lie anywhere."""
    return [
        _spot(bubble, frame)
        for bubble in chart.placeable
        if _is_narrowed_down(bubble.growth, frame.x) and _is_narrowed_down(bubble.quotient, frame.y)
    ]


def _is_narrowed_down(figure: Figure, scale: Scale) -> bool:
    """Whether the interval says where on the axis the figure is, or that it is outside."""
    lower, upper = bounds(figure)
    if scale.low <= (lower + upper) / 2 <= scale.high:
        return upper - lower <= 2 * (scale.high - scale.low)
    return upper < scale.low or lower > scale.high


def _spot(bubble: Bubble, frame: Field) -> Spot:
    growth, quotient = bubble.growth.middle or 0.0, bubble.quotient.middle or 0.0
    beyond = (_side(growth, frame.x), -_side(quotient, frame.y))
    radius = frame.radius(bubble.employees.middle)
    # Room for the arrow between the bubble and the edge.
    inset = max(radius + ARROW + 2 - frame.largest, 0)
    x = frame.x.clamped(growth) - beyond[0] * inset
    y = frame.y.clamped(quotient) - beyond[1] * inset
    box = frame.box
    left, right = map(frame.x, bounds(bubble.growth))
    low, high = map(frame.y, bounds(bubble.quotient))
    whiskers = [] if beyond[0] else across(y, left, right, box.left, box.right)
    whiskers += [] if beyond[1] else upright(x, high, low, box.top, box.bottom)
    return Spot(bubble, Disc(x, y, radius), beyond, whiskers)


def _side(value: float, scale: Scale) -> int:
    return (value > scale.high) - (value < scale.low)


def quadrant_names(frame: Field, language: Language) -> list[tuple[Box, list[str], bool]]:
    """Names in the outer corners as far as they find room: where, in which lines, and whether at the right edge."""
    (border_x, *_), (_, border_y, *_) = frame.borders
    box, named = frame.box, []
    for quadrant in _QUADRANTS:
        is_right, is_high = quadrant.endswith("growing"), quadrant.startswith("specialised")
        room = (box.right - border_x if is_right else border_x - box.left) - 2 * _MARGIN
        shown = wrap(say(quadrant, language), room)
        width, height = max(map(text_width, shown)), len(shown) * LINE
        left = box.right - _MARGIN - width if is_right else box.left + _MARGIN
        top = box.top + _MARGIN if is_high else box.bottom - _MARGIN - height
        if height + 2 * _MARGIN <= (border_y - box.top if is_high else box.bottom - border_y):
            named.append((Box(left, top, left + width, top + height), shown, is_right))
    return named
