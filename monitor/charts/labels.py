"""Puts labels beside their marks so that none lies on another, on a mark or outside the drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

_NEAR: Final = 4.0
#: How far a label may go from its mark, in units of the drawing; beyond the first it gets a leader line.
_DISTANCES: Final = (0.0, 12.0, 26.0, 44.0, 66.0, 92.0)
#: A leader is looked at in this many parts, and keeps this far from everything.
_SPOTS: Final = 10
_AROUND: Final = 1.5
#: Directions to try in degrees (0 to the right, 90 downwards), the most usual first.
_DIRECTIONS: Final = (0, 180, 270, 90, 315, 45, 225, 135, 338, 22, 202, 158, 292, 68, 248, 112)


@dataclass(frozen=True)
class Box:
    """Corners: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, box: Box) -> bool:
        return self.left < box.right and box.left < self.right and self.top < box.bottom and box.top < self.bottom

    def contains(self, box: Box) -> bool:
        return self.left <= box.left and box.right <= self.right and self.top <= box.top and box.bottom <= self.bottom


@dataclass(frozen=True)
class Disc:
    x: float
    y: float
    radius: float

    def overlaps(self, box: Box) -> bool:
        # Written out, as this runs a hundred thousand times for a crowded drawing.
        across = box.left - self.x if self.x < box.left else self.x - box.right if self.x > box.right else 0.0
        if across >= self.radius:
            return False
        down = box.top - self.y if self.y < box.top else self.y - box.bottom if self.y > box.bottom else 0.0
        return across * across + down * down < self.radius * self.radius


class Obstacle(Protocol):
    def overlaps(self, box: Box) -> bool: ...


@dataclass(frozen=True)
class Wanted:
    """A label of this size for a mark; `may_cover`: it may stand in the middle of its mark."""

    mark: Disc
    width: float
    height: float
    may_cover: bool = False


@dataclass(frozen=True)
class Placed:
    """Where a label stands; `leader` is the line from the mark's edge to it, None where it is beside it."""

    box: Box
    leader: tuple[float, float, float, float] | None = None


def place(wanted: Sequence[Wanted], taken: Iterable[Obstacle], bounds: Box) -> list[Placed | None]:
    """A place for each label in turn, None where there is no free one. Who comes first has the first choice.

    A label keeps off all that is `taken`; its own mark among it is no obstacle. A leader never crosses a label, and
    another mark only where no place can do without.
    """
    occupied = list(taken)
    result: list[Placed | None] = []
    for label in wanted:
        found = _first_free(label, [other for other in occupied if other != label.mark], bounds)
        if found:
            occupied += [found.box, *_along(found)]
        result.append(found)
    return result


def _first_free(label: Wanted, occupied: Sequence[Obstacle], bounds: Box) -> Placed | None:
    boxes = [other for other in occupied if isinstance(other, Box)]
    second_best = None
    for candidate in _candidates(label):
        if not _is_free(candidate.box, occupied, bounds):
            continue
        leader = _along(candidate)
        if not _is_crossed(leader, occupied):
            return candidate
        if second_best is None and not _is_crossed(leader, boxes):
            second_best = candidate
    return second_best


def _is_free(box: Box, occupied: Iterable[Obstacle], bounds: Box) -> bool:
    return bounds.contains(box) and not any(other.overlaps(box) for other in occupied)


def _is_crossed(leader: Sequence[Box], occupied: Iterable[Obstacle]) -> bool:
    return any(other.overlaps(spot) for spot in leader for other in occupied)


def _along(placed: Placed) -> list[Box]:
    """Small boxes along the leader, none where there is no leader."""
    if placed.leader is None:
        return []
    x1, y1, x2, y2 = placed.leader
    spots = ((x1 + (x2 - x1) * n / _SPOTS, y1 + (y2 - y1) * n / _SPOTS) for n in range(1, _SPOTS))
    return [Box(x - _AROUND, y - _AROUND, x + _AROUND, y + _AROUND) for x, y in spots]


def _candidates(label: Wanted) -> Iterator[Placed]:
    mark = label.mark
    if label.may_cover:
        left, top = mark.x - label.width / 2, mark.y - label.height / 2
        yield Placed(Box(left, top, left + label.width, top + label.height))
    for distance in _DISTANCES:
        for direction in _DIRECTIONS:
            yield _beside(label, math.radians(direction), distance)


def _beside(label: Wanted, direction: float, distance: float) -> Placed:
    mark, across, down = label.mark, math.cos(direction), math.sin(direction)
    reach = mark.radius + _NEAR + distance
    x, y = mark.x + across * reach, mark.y + down * reach
    # The box touches (x, y) with the part of its edge that looks towards the mark.
    longest = max(abs(across), abs(down))
    left = x - label.width * (1 - across / longest) / 2
    top = y - label.height * (1 - down / longest) / 2
    leader = (mark.x + across * mark.radius, mark.y + down * mark.radius, x, y) if distance else None
    return Placed(Box(left, top, left + label.width, top + label.height), leader)
