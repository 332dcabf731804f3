"""What a benchmark found, and how it is timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bench.limits import LIMITS, Limit

#: Of a limit. Above it, no busy machine and no other Python explains what was measured.
GROSS = 2


@dataclass(frozen=True)
class Timing:
    """Seconds of CPU (all threads; what is compared) and by the clock on the wall (what a person waits)."""

    cpu: float
    wall: float

    @classmethod
    def least(cls, timings: Iterable[Timing]) -> Timing:
        """The shortest of each."""
        known = list(timings)
        return cls(min(timing.cpu for timing in known), min(timing.wall for timing in known))

    def scaled(self, factor: float) -> Timing:
        return Timing(self.cpu * factor, self.wall * factor)


@dataclass(frozen=True)
class Result:
    """One promise: what was measured, against which peer or bound, and whether it holds.

    limit          key in bench/limits.py; the largest allowed ratio of both, or amount where there is no peer
    measured       CPU seconds, or an amount in `unit`
    peer_measured  as `measured`; None where there is no peer
    """

    limit: str
    what: str
    measured: Timing | float
    unit: str = "s"
    peer: str = ""
    peer_measured: Timing | None = None

    @property
    def amount(self) -> float:
        return _amount(self.measured)

    @property
    def ratio(self) -> float | None:
        return None if self.peer_measured is None else self.amount / _amount(self.peer_measured)

    @property
    def excess(self) -> float:
        """How many times its limit it is; 1 and less is right."""
        return (self.amount if self.ratio is None else self.ratio) / self.bound.value

    @property
    def bound(self) -> Limit:
        return LIMITS[self.limit]

    @property
    def ok(self) -> bool:
        return self.excess <= 1

    @property
    def verdict(self) -> str:
        return "ok" if self.ok else "REGRESSION" if self.excess <= GROSS else "GROSS REGRESSION"

    def cells(self) -> list[str]:
        """The row of the printed table, in the order of HEADER."""
        bound = self._shown(self.bound.value) if self.ratio is None else f"{self.bound.value:.3g}×"
        return [
            self.what,
            self._shown(self.amount),
            self._shown(self.measured.wall) if isinstance(self.measured, Timing) else "",
            self.peer,
            "" if self.peer_measured is None else self._shown(_amount(self.peer_measured)),
            "" if self.ratio is None else f"{self.ratio:.3g}×",
            f"≤ {bound}",
            self.verdict,
        ]

    def _shown(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if value >= 100 else f"{value:.3g} {self.unit}"


def _amount(measured: Timing | float) -> float:
    return measured.cpu if isinstance(measured, Timing) else measured


HEADER = ["what", "measured", "by the clock", "peer", "peer measured", "ratio", "limit", "verdict"]


@dataclass(frozen=True)
class Report:
    """The results of one benchmark and what a reader must know of how they came about."""

    title: str
    notes: list[str]
    results: list[Result]


def best_times(runs: int, contestants: Mapping[str, Callable[[], object]]) -> dict[str, Timing]:
    """Shortest seconds of each contestant; they take turns, so a busy moment of the machine hits them all."""
    times: dict[str, list[Timing]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, run in contestants.items():
            times[name].append(timed(run))
    return {name: Timing.least(of_name) for name, of_name in times.items()}


def timed(run: Callable[[], object]) -> Timing:
    """Seconds of one call, in this process and all its threads."""
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return Timing(time.process_time() - cpu, time.perf_counter() - wall)
