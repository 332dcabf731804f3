"""Classes of a map: round borders, a shade for each, and what cannot be put into one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from monitor.charts.key import Symbol
from monitor.charts.scale import step, ticks, usual_range
from monitor.charts.svg import element
from monitor.charts.symbols import hatched_box
from monitor.charts.words import say
from monitor.format import Figure, Language, tick

_CLASSES: Final = 4
#: Shades of the style sheet, light to dark; text on the last ones is white.
_SHADES: Final = 5
_DARK_FROM: Final = 4


@dataclass(frozen=True)
class Shades:
    """borders: from each of them on (included) a new class begins; distance: between them."""

    unit: str
    borders: Sequence[float]
    distance: float

    def index(self, figure: Figure) -> int | None:
        """Class of the figure from 0 on; None where its interval reaches over a border or nothing is known."""
        if figure.value is not None:
            return bisect_right(self.borders, figure.value)
        if figure.lower is None or figure.upper is None:
            return None
        first, last = bisect_right(self.borders, figure.lower), bisect_right(self.borders, figure.upper)
        return first if first == last else None

    def fill(self, figure: Figure) -> str:
        """CSS class of an area."""
        index = self.index(figure)
        if index is None:
            return "c-area c-spread" if figure.is_known else "c-area c-none"
        return f"c-area c-shade-{self._shade(index)}"

    def text(self, figure: Figure) -> str | None:
        """CSS class of text on the area."""
        index = self.index(figure)
        return "c-on-dark" if index is not None and self._shade(index) >= _DARK_FROM else None

    def key_items(self, figures: Sequence[Figure], language: Language, power: int = 1) -> list[tuple[Symbol, str]]:
        """A sample with words for every class, used or not, and for what is in none; power: of the unit, e.g. 1000."""
        items: list[tuple[Symbol, str]] = [
            (partial(_sample, f"c-area c-shade-{self._shade(index)}"), self._words(index, language, power))
            for index in range(len(self.borders) + 1)
            if self.borders
        ]
        if any(self.index(figure) is None and figure.is_known for figure in figures):
            items.append((partial(_hatched_sample, "c-area c-spread"), say("interval_class", language)))
        if not all(figure.is_known for figure in figures):
            items.append((partial(_hatched_sample, "c-area c-none"), say("missing", language)))
        return items

    def _shade(self, index: int) -> int:
        """Few classes are spread over all shades."""
        return 1 + round(index * (_SHADES - 1) / max(len(self.borders), 1))

    def _words(self, index: int, language: Language, power: int) -> str:
        low, high = (tick(border / power, self.unit, language, self.distance / power) for border in self._around(index))
        if index == 0:
            return say("below", language, high=high)
        if index == len(self.borders):
            return say("from", language, low=low)
        return say("between", language, low=low, high=high)

    def _around(self, index: int) -> tuple[float, float]:
        return self.borders[max(index - 1, 0)], self.borders[min(index, len(self.borders) - 1)]


def shades(figures: Sequence[Figure]) -> Shades:
    """Classes for figures of one unit: up to five, their borders round; extreme values do not move them."""
    unit = figures[0].unit
    values = [middle for figure in figures if (middle := figure.middle) is not None]
    if not values:
        return Shades(unit, [], 1.0)
    low, high = usual_range(values, [])
    borders = [border for border in ticks(low, high, _CLASSES) if low < border <= high][: _SHADES - 1]
    return Shades(unit, borders, step(low, high, _CLASSES))


def _sample(class_: str, x: float, y: float) -> str:
    return element("rect", x=x - 11, y=y - 7, width=22, height=14, class_=class_)


def _hatched_sample(class_: str, x: float, y: float) -> str:
    return hatched_box(x - 11, y - 7, 22, 14, class_)
