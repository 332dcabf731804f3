"""What a benchmark found, and how it is timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One promise: what was measured, against which peer or bound, and whether it holds.

    measured, peer_measured   in `unit`; a peer of 0 means there is none
    limit                     largest allowed ratio of both, or value where there is no peer
    """

    what: str
    measured: float
    limit: float
    unit: str = "s"
    peer: str = ""
    peer_measured: float = 0.0

    @property
    def ratio(self) -> float | None:
        return self.measured / self.peer_measured if self.peer_measured else None

    @property
    def ok(self) -> bool:
        return (self.measured if self.ratio is None else self.ratio) <= self.limit

    def cells(self) -> list[str]:
        """The row of the printed table, in the order of HEADER."""
        bound = self._amount(self.limit) if self.ratio is None else f"{self.limit:.3g}×"
        return [
            self.what,
            self._amount(self.measured),
            self.peer,
            self._amount(self.peer_measured) if self.peer_measured else "",
            "" if self.ratio is None else f"{self.ratio:.3g}×",
            f"≤ {bound}",
            "ok" if self.ok else "MISSED",
        ]

    def _amount(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if value >= 100 else f"{value:.3g} {self.unit}"


HEADER = ["what", "measured", "peer", "peer measured", "ratio", "limit", "ok"]


@dataclass(frozen=True)
class Report:
    """The results of one benchmark and what a reader must know of how they came about."""

    title: str
    notes: list[str]
    results: list[Result]


def best_times(runs: int, contestants: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Shortest seconds of each contestant; they take turns, so a busy moment of the machine hits them all."""
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(runs):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    return best
