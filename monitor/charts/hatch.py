"""Hatching as lines of its own: a `<pattern>` needs an id, and ids clash when several drawings share a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

#: A place in the drawing: to the right, down.
XY = tuple[float, float]
_SPACING = 6.0


def hatch(rings: Sequence[Sequence[XY]], spacing: float = _SPACING) -> list[tuple[XY, XY]]:
    """Diagonal lines (rising to the right) inside closed rings, by the even-odd rule: a ring in a ring is a hole."""
    edges = [edge for ring in rings for edge in pairwise([*ring, ring[0]])]
    sums = [x + y for ring in rings for x, y in ring]
    lines = []
    # A rising diagonal is where x + y is constant; half a spacing off, so that no line runs along a rectangle's corner.
    for n in range(math.floor(min(sums) / spacing), math.ceil(max(sums) / spacing)):
        crossings = sorted(_crossings(edges, (n + 0.5) * spacing))
        lines += list(zip(crossings[::2], crossings[1::2], strict=False))
    return lines


def _crossings(edges: Sequence[tuple[XY, XY]], level: float) -> list[XY]:
    points = []
    for (x1, y1), (x2, y2) in edges:
        a, b = x1 + y1 - level, x2 + y2 - level
        if (a < 0) != (b < 0):
            share = a / (a - b)
            points.append((x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    return points


def rectangle(x: float, y: float, width: float, height: float) -> list[XY]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def circle(x: float, y: float, radius: float) -> list[XY]:
    """The circle as a polygon of 24 corners."""
    return [(x + radius * math.cos(n * math.pi / 12), y + radius * math.sin(n * math.pi / 12)) for n in range(24)]
