"""What a time series is made of, and where its line may run through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from monitor.format import Figure

#: Neighbours are joined up to this many usual distances, or a year and a month, apart; beyond that years are missing.
_USUAL_DISTANCES: Final = 1.5
_DAYS: Final = 400


@dataclass(frozen=True)
class Point:
    """The region's figure on a date (`figure.date` is needed) and the benchmark's on the same date."""

    figure: Figure
    benchmark: Figure | None = None


@dataclass(frozen=True)
class Break:
    """From this date on the figures cannot be compared with those before; text: why (`Zensus 2022`)."""

    date: dt.date
    text: str


@dataclass(frozen=True)
class Revision:
    """What was published before for the date of `old`; text: when and why it changed."""

    old: Figure
    text: str


@dataclass(frozen=True)
class Reference:
    """A baseline or a target: a mark at its date, a line across without one; text names it (`Ausgangswert 2019`)."""

    figure: Figure
    text: str


@dataclass(frozen=True)
class TimeSeries:
    """Points in any order, all in one unit."""

    title: str
    name: str
    benchmark_name: str
    points: Sequence[Point]
    breaks: Sequence[Break] = ()
    revisions: Sequence[Revision] = ()
    references: Sequence[Reference] = ()

    @property
    def dated(self) -> list[tuple[dt.date, Point]]:
        """Points by date, without those that have none."""
        return sorted(((p.figure.date, p) for p in self.points if p.figure.date), key=lambda pair: pair[0])

    def runs(self, figures: Sequence[tuple[dt.date, Figure]]) -> list[list[tuple[dt.date, float]]]:
        """Dates and values that one line may join: no break, no figure without a value and no missing years between."""
        known = [(day, figure.value) for day, figure in figures]
        days = [(later - earlier).days for (earlier, _), (later, _) in pairwise(known)]
        longest = max(_USUAL_DISTANCES * median(days), _DAYS) if days else 0
        runs: list[list[tuple[dt.date, float]]] = [[]]
        for day, value in known:
            if runs[-1] and not self._is_joined(runs[-1][-1][0], day, longest):
                runs.append([])
            if value is None:
                runs.append([])
            else:
                runs[-1].append((day, value))
        return [run for run in runs if run]

    def _is_joined(self, earlier: dt.date, later: dt.date, longest: float) -> bool:
        is_broken = any(earlier < each.date <= later for each in self.breaks)
        return not is_broken and (later - earlier).days <= longest
