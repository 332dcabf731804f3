"""Axes: round numbers with their lines across the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.charts.scale import Scale
from monitor.charts.svg import label, line
from monitor.charts.text import LINE, SIZE, text_width

#: From an axis to the numbers beside it.
GAP: Final = 6.0
#: How far a number may be moved from its line.
_MOVED: Final = 12.0
#: From the middle of a line of text to its base line.
MIDDLE: Final = SIZE * 0.36

#: A value and what is printed beside it.
Tick = tuple[float, str]


def y_axis(ticks: Sequence[Tick], scale: Scale, left: float, right: float) -> str:
    """Lines across from `left` to `right`, numbers to the left of them."""
    return "".join(
        line(left, scale(value), right, scale(value), "c-grid")
        + label(left - GAP, scale(value) + MIDDLE, text, "c-soft", "end")
        for value, text in ticks
    )


def x_axis(ticks: Sequence[Tick], scale: Scale, top: float, bottom: float, width: float) -> str:
    """Lines down from `top` to `bottom`, numbers beneath them as far as they find room.

    At the edge of the drawing a number is moved in a little.
    """
    drawn, free = [], 0.0
    for value, text in ticks:
        x, half = scale(value), text_width(text) / 2
        middle = min(max(x, half), width - half)
        drawn.append(line(x, top, x, bottom, "c-grid"))
        if abs(middle - x) <= _MOVED and middle - half >= free:
            drawn.append(label(middle, bottom + LINE, text, "c-soft", "middle"))
            free = middle + half + GAP
    return "".join(drawn)
