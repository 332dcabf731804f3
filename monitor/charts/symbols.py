"""Small signs that several drawings share, each around its centre."""

from __future__ import annotations

import math
from typing import Final

from monitor.charts.hatch import hatch, rectangle
from monitor.charts.svg import element, hatching, line, path

#: Half the cap at the end of an interval, and how far an arrow reaches.
CAP: Final = 4.0
ARROW: Final = 7.0

#: Ends of a line, the left or upper one first.
Segment = tuple[float, float, float, float]


def across(y: float, start: float, end: float, left: float, right: float) -> list[Segment]:
    """A lying interval from `start` to `end` with its caps; an end beyond the drawing is cut off and has none."""
    if start >= end or end < left or start > right:
        return []
    caps = [(x, y - CAP, x, y + CAP) for x in (start, end) if left <= x <= right]
    return [(max(start, left), y, min(end, right), y), *caps]


def upright(x: float, start: float, end: float, top: float, bottom: float) -> list[Segment]:
    """A standing interval from `start` down to `end`, as `across`."""
    return [(x1, y1, x2, y2) for y1, x1, y2, x2 in across(x, start, end, top, bottom)]


def whisker(segments: list[Segment]) -> str:
    return "".join(line(*segment, "c-whisker") for segment in segments)


def arrow(x: float, y: float, direction: tuple[float, float]) -> str:
    """A tip that starts at (x, y) and looks into the direction, of whatever length."""
    length = math.hypot(*direction)
    dx, dy = direction[0] / length, direction[1] / length
    tip = (x + dx * (ARROW - 1), y + dy * (ARROW - 1))
    return path([tip, (x - dy * 5, y + dx * 5), (x + dy * 5, y - dx * 5)], "c-arrow", is_closed=True)


def cross(x: float, y: float) -> str:
    return path([(x - 4, y - 4), (x + 4, y + 4)], "c-former") + path([(x - 4, y + 4), (x + 4, y - 4)], "c-former")


def diamond(x: float, y: float) -> str:
    return path([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], "c-reference", is_closed=True)


def square(x: float, y: float) -> str:
    return element("rect", x=x - 3, y=y - 3, width=6, height=6, class_="c-benchmark-point")


def dot(x: float, y: float, *, radius: float = 4, is_open: bool = False) -> str:
    return element("circle", cx=x, cy=y, r=radius, class_="c-point c-open" if is_open else "c-point")


def hatched_box(x: float, y: float, width: float, height: float, class_: str) -> str:
    """A hatched rectangle, (x, y) its upper left corner."""
    return element("rect", x=x, y=y, width=width, height=height, class_=class_) + hatching(
        hatch([rectangle(x, y, width, height)])
    )


def missing(x: float, y: float) -> str:
    """Where a figure would stand, had it been published."""
    return hatched_box(x - 5, y - 5, 10, 10, "c-missing")
