"""The invented world behind the sample: one set of numbers for all files, so that the tables agree.

Nothing here is taken from a publication. Sizes, shares and growth are drawn from a generator with a fixed
seed; the few declared profiles only make the maps and rankings of the sample look like a region.
Only +, −, ×, ÷ and rounding are used, so that every machine draws the same numbers.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping
from functools import cache

from reference.regions import nrw_kreise
from reference.sectors import DIVISIONS, NOT_STATED, TOTAL, sectors

#: Employees of a region at a date: one number per division (in this order), then those without a sector.
Vector = tuple[int, ...]
DIVISION_CODES = tuple(s.sector_id for s in sectors(DIVISIONS).values() if s.divisions == (s.sector_id,))
_SECTION_OF = {code: sectors(DIVISIONS)[code].parent_id or "" for code in DIVISION_CODES}

#: Share of the sections in all jobs, per mille.
SECTION_WEIGHTS = {
    "A": 5, "B": 2, "C": 180, "D": 8, "E": 8, "F": 60, "G": 140, "H": 60, "I": 32, "J": 38, "K": 29,
    "L": 9, "M": 70, "N": 62, "O": 55, "P": 42, "Q": 156, "R": 9, "S": 27, "T": 1, "U": 0,
}  # fmt: skip
#: Divisions with a handful of employees per Kreis, or none: the reason for suppressed cells.
RARE = frozenset(["03", "05", "06", "07", "12", "99"])
LARGE_CITIES = frozenset(["05111", "05113", "05112", "05314", "05315", "05515", "05711", "05911", "05913"])
#: Divisions that are declared to be strong in a Kreis of the Ruhr.
PROFILES = {
    "05112": ("24", "52"), "05113": ("35", "70"), "05117": ("28", "47"), "05119": ("38", "93"),
    "05170": ("20", "52"), "05512": ("37", "43"), "05513": ("23", "84"), "05562": ("20", "88"),
    "05911": ("72", "86"), "05913": ("62", "65"), "05914": ("24", "25"), "05915": ("49", "87"),
    "05916": ("53", "78"), "05954": ("25", "27"), "05978": ("46", "52"),
}  # fmt: skip
#: Factor on the employees of a quarter, by its last month.
SEASON = {3: 0.994, 6: 0.998, 9: 1.006, 12: 1.002}
FIRST_YEAR = 2014
#: Temporary agency work (782, 783) within division 78.
AGENCY_PERCENT = 94


class World:
    """All numbers of the sample for one seed. Regions are the AGS of the 53 Kreise."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._draws: dict[tuple[str, str], float] = {}
        self._vectors: dict[tuple[str, dt.date], Vector] = {}
        self._jobs = self._draw_jobs()

    def employees(self, ags: str, day: dt.date) -> Vector:
        """Employees of a Kreis on the last day of a quarter from 2014 on."""
        if (ags, day) not in self._vectors:
            quarters = (day.year - FIRST_YEAR) * 4 + day.month // 3
            season = SEASON[day.month]
            divisions = [round(base * (1 + rate * quarters) * season) for base, rate in self._jobs[ags]]
            not_stated = (int(self.draw("not stated", ags, 0, 11)) + quarters) % 11
            self._vectors[ags, day] = (*divisions, not_stated)
        return self._vectors[ags, day]

    def nrw(self, day: dt.date) -> Vector:
        return added(self.employees(ags, day) for ags in nrw_kreise())

    def germany(self, day: dt.date) -> Vector:
        """NRW times a factor per division; no Kreise stand behind it."""
        *divisions, not_stated = self.nrw(day)
        numbers = (
            round(number * self.draw("Germany", code, 4.2, 5.3))
            for code, number in zip(DIVISION_CODES, divisions, strict=True)
        )
        return (*numbers, not_stated * 5)

    def men(self, vector: Vector) -> Vector:
        """The men among these employees, by a share for each division; the others are women."""
        return scaled(vector, {code: int(self.draw("men", code, 25, 85)) for code in DIVISION_CODES}, 50)

    def population(self, ags: str, year: int, census: int = 2022) -> int:
        """Inhabitants at 31 December, on the base of the census of 2022 or 2011."""
        jobs = sum(self.employees(ags, dt.date(FIRST_YEAR, 6, 30)))
        growth = 1 + self.draw("population growth", ags, -0.003, 0.006) * (year - FIRST_YEAR)
        people = jobs * self.draw("inhabitants per job", ags, 2.2, 3.1) * growth
        return round(people * (self.draw("census 2022", ags, 0.972, 0.998) if census == 2022 else 1))

    def count(self, what: str, ags: str, year: int, per_1000: tuple[float, float], trend: float = 0.0) -> int:
        """Something counted in a year: a rate per 1,000 inhabitants, drawn once, with a yearly trend."""
        rate = self.draw(what, ags, *per_1000) * (1 + trend * (year - FIRST_YEAR))
        return round(self.population(ags, year) * rate / 1000)

    def draw(self, what: str, of: str, low: float, high: float) -> float:
        """A number between low and high, always the same for the same two names."""
        if (what, of) not in self._draws:
            self._draws[what, of] = self._random(what, of).random()
        return low + (high - low) * self._draws[what, of]

    def _random(self, *names: str) -> random.Random:
        return random.Random("/".join((str(self._seed), *names)))  # noqa: S311 (nothing is kept secret)

    def _draw_jobs(self) -> dict[str, list[tuple[float, float]]]:
        """(employees at the start, growth per quarter) for each Kreis and division."""
        weights = self._draw_weights()
        return {ags: self._draw_jobs_of(ags, weights) for ags in nrw_kreise()}

    def _draw_weights(self) -> list[float]:
        """Share of each division in all jobs, per mille: a share of its section, if it is not rare."""
        raw = {code: self.draw("weight", code, 0.4, 1.6) for code in DIVISION_CODES if code not in RARE}
        sums = dict.fromkeys(SECTION_WEIGHTS, 0.0)
        for code, weight in raw.items():
            sums[_SECTION_OF[code]] += weight
        return [
            SECTION_WEIGHTS[_SECTION_OF[code]] * raw[code] / sums[_SECTION_OF[code]]
            if code in raw
            else self.draw("weight", code, 0.05, 0.4)
            for code in DIVISION_CODES
        ]

    def _draw_jobs_of(self, ags: str, weights: list[float]) -> list[tuple[float, float]]:
        rng = self._random("jobs", ags)
        size = rng.uniform(45_000, 150_000) * (2.4 if ags in LARGE_CITIES else 1)
        jobs = []
        for code, weight in zip(DIVISION_CODES, weights, strict=True):
            spread = 4 * rng.random() * rng.random() * rng.random() if code in RARE else rng.uniform(0.5, 1.5)
            strength = 2.6 if code in PROFILES.get(ags, ()) else 1
            trend = self.draw("growth", code, -0.018, 0.028) + rng.uniform(-0.012, 0.014)
            jobs.append((size * weight / 1000 * spread * strength, trend / 4))
        return jobs


def added(vectors: Iterable[Vector]) -> Vector:
    return tuple(map(sum, zip(*vectors, strict=True)))


def scaled(vector: Vector, percent: Mapping[str, int], of_not_stated: int) -> Vector:
    """A part of each division, by its percentage: e.g. the men, or the part of a Kreis that is a city."""
    *divisions, not_stated = vector
    parts = (number * percent[code] // 100 for code, number in zip(DIVISION_CODES, divisions, strict=True))
    return (*parts, not_stated * of_not_stated // 100)


def by_sector(scheme: str, vector: Vector) -> dict[str, int]:
    """sector_id → employees, for all sectors of a scheme."""
    return {
        sector_id: _agency_work(vector) * sign + sum(vector[index] for index in indices)
        for sector_id, indices, sign in _sums(scheme)
    }


@cache
def _sums(scheme: str) -> tuple[tuple[str, tuple[int, ...], int], ...]:
    """For each sector: places in a vector to add up; agency work is added (1), taken off (-1) or neither."""
    place = {code: index for index, code in enumerate(DIVISION_CODES)}
    sums = []
    for sector in sectors(scheme).values():
        indices = [place[code] for code in (*sector.divisions, *sector.partial_divisions)]
        sign = 0
        if sector.sector_id in (TOTAL, NOT_STATED):
            indices.append(len(DIVISION_CODES))
        elif sector.partial_divisions and sector.divisions:
            sign = -1
        elif sector.partial_divisions:
            indices, sign = [], 1
        sums.append((sector.sector_id, tuple(indices), sign))
    return tuple(sums)


def _agency_work(vector: Vector) -> int:
    return vector[DIVISION_CODES.index("78")] * AGENCY_PERCENT // 100
