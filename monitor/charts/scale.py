"""From values to units of the drawing, and the round numbers beside an axis."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

#: Steps between two ticks, times a power of ten.
_STEPS = (1, 2, 2.5, 5, 10)
#: Tukey's "far out" fence, in interquartile ranges beyond the quartiles.
_FENCE = 3.0
#: What is beyond the fence may lengthen the axis at either end by this many times its length.
_ROOM = 1.5


@dataclass(frozen=True)
class Scale:
    """Linear: `low` is drawn at `start`, `high` at `end` (which may be the smaller one)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def clamped(self, value: float) -> float:
        """As called, but never outside the axis."""
        return self(min(max(value, self.low), self.high))


def step(low: float, high: float, count: int) -> float:
    """A round distance of ticks that puts about `count` of them, at most `count` + 1, between two values."""
    rough = (high - low) / max(count, 1)
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(each * power for each in _STEPS if each * power >= rough * (1 - 1e-9))


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round values from `low` to `high`."""
    distance = step(low, high, count)
    first, last = math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9)
    return [n * distance for n in range(first, last + 1)]


def rounded_out(low: float, high: float, count: int) -> tuple[float, float]:
    """The next round values below and above; room around a single one."""
    if math.isclose(low, high, rel_tol=1e-12, abs_tol=1e-300):  # no axis can tell them apart
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    distance = step(low, high, count)
    return math.floor(low / distance + 1e-9) * distance, math.ceil(high / distance - 1e-9) * distance


def usual_range(values: Sequence[float], always: Sequence[float]) -> tuple[float, float]:
    """Least and greatest of `always` and of the values, without those so far out that they would squeeze the others.

    Kept is what lies within three interquartile ranges of the quartiles (Tukey 1977, Exploratory Data Analysis, 2D),
    and what is near enough to that. At least one value or one of `always` is needed.
    """
    everything = sorted([*values, *always])
    if len(everything) < 4:
        return everything[0], everything[-1]
    first, _, third = quantiles(everything, n=4, method="inclusive")
    reach = _FENCE * (third - first)
    inner = sorted([*always, *(value for value in values if first - reach <= value <= third + reach)])
    room = _ROOM * (inner[-1] - inner[0])
    kept = [value for value in everything if inner[0] - room <= value <= inner[-1] + room]
    return kept[0], kept[-1]


def day_number(day: dt.date) -> float:
    return float(day.toordinal())


def date_ticks(first: dt.date, last: dt.date, count: int) -> list[tuple[dt.date, str]]:
    """Days with their labels: first days of years, of months (`03/2020`) where the span is shorter than two years."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if months >= 24:
        every = next((n for n in (1, 2, 5, 10, 20, 50) if (last.year - first.year) / n <= count), 100)
        years = [y for y in range(first.year, last.year + 1) if y % every == 0]
        return [(dt.date(y, 1, 1), str(y)) for y in years if first <= dt.date(y, 1, 1) <= last]
    every = next((n for n in (1, 2, 3, 6) if months / n <= count), 12)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    days = [dt.date(n // 12, n % 12 + 1, 1) for n in numbers if n % every == 0]
    return [(day, f"{day:%m/%Y}") for day in days if first <= day <= last]
