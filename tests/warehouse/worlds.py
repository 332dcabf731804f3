"""Random employment tables whose true figures are known, and what a publisher prints of them.

A world is computed in plain Python; nothing of the SQL under test is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]

from reference.regions import GERMANY, NRW, RUHR, nrw_kreise, ruhr_kreise
from reference.sectors import DIVISIONS, TOTAL, sectors
from schemas.observation import Observation
from tests.warehouse.building import HIDDEN, MISSING, employees

#: (region_id, sector_id)
Cell = tuple[str, str]
Figures = dict[Cell, float]
#: Left and right side of a linear system, None where it has no row.
System = tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float64] | None]
#: Kreise whose cells are hidden; few, so that hidden cells meet in one sum: two of the Ruhr, two others.
_HIDING = ("05112", "05113", "05111", "05120")


class _Truth(Figures):
    def __repr__(self) -> str:
        return f"{len(self)} figures"  # thousands: no reader of a failing example wants them


@dataclass(frozen=True)
class Table:
    """One table at one date.

    above     printed regions beside the 53 Kreise
    truth     the true figure of every printed region and sector
    hidden    cells printed as `*`
    missing   cells printed as `-`
    """

    scheme: str
    date: dt.date
    above: tuple[str, ...]
    sector_ids: tuple[str, ...]
    truth: _Truth
    hidden: frozenset[Cell]
    missing: frozenset[Cell]

    @property
    def regions(self) -> tuple[str, ...]:
        return (*nrw_kreise(), *self.above)

    def observations(self) -> list[Observation]:
        return [
            employees(*cell, self._printed(cell), sector_scheme=self.scheme, reference_date=self.date)
            for cell in self.truth
        ]

    def _printed(self, cell: Cell) -> float | str:
        return HIDDEN if cell in self.hidden else MISSING if cell in self.missing else self.truth[cell]

    def status(self, region: str, sector: str) -> str:
        """`known`, `suppressed` or `not_available`, for sums too: a gap in one member is a gap in the sum."""
        cells = [(region, sector)] if region in self.regions else [(k, sector) for k in members(region)]
        if any(cell in self.missing for cell in cells):
            return "not_available"
        return "suppressed" if any(cell in self.hidden for cell in cells) else "known"

    def completions(self, random: Random, count: int) -> Iterator[Figures]:
        """The truth, and figures for the cells not printed that agree with everything that is printed.

        Each is a vertex of the polytope that the printed sums leave: the extremes are where bounds break.
        """
        yield with_sums(self.truth)
        unknown = sorted(self.hidden | self.missing)
        if not unknown:
            return
        equal, at_most = self._constraints(unknown)
        for _ in range(count):
            objective = [random.gauss(0, 1) for _ in unknown]
            if random.random() < 0.5:
                objective = [0.0] * len(unknown)
                objective[random.randrange(len(unknown))] = random.choice((-1.0, 1.0))
            solution = linprog(
                objective,
                A_eq=equal[0],
                b_eq=equal[1],
                A_ub=at_most[0],
                b_ub=at_most[1],
                bounds=(0, 10 * max(self.truth.values()) + 1000),
                method="highs",
            )
            assert solution.status == 0, solution.message  # the truth is always one solution
            found = {cell: max(0.0, round(x, 6)) for cell, x in zip(unknown, solution.x, strict=True)}
            yield with_sums(self.truth | found)

    def _constraints(self, unknown: list[Cell]) -> tuple[System, System]:
        equal, at_most = _Rows(self, unknown), _Rows(self, unknown)
        for region in self.regions:
            for parent in self.sector_ids:
                parts = [sector for sector in self.sector_ids if self._printed_parent(sector) == parent]
                if parts:
                    rows = equal if self._adds_up(parent, parts) else at_most
                    rows.add([(region, part) for part in parts], (region, parent))
        if NRW in self.regions:
            for sector in self.sector_ids:
                equal.add([(kreis, sector) for kreis in nrw_kreise()], (NRW, sector))
        return equal.system(), at_most.system()

    def _printed_parent(self, sector: str) -> str | None:
        parent = sectors(self.scheme)[sector].parent_id
        while parent is not None and parent not in self.sector_ids:
            parent = sectors(self.scheme)[parent].parent_id
        return parent

    def _adds_up(self, parent: str, parts: list[str]) -> bool:
        codes = sectors(self.scheme)
        children = {code.sector_id for code in codes.values() if code.parent_id == parent}
        return codes[parent].children == "complete" and set(parts) == children


class _Rows:
    """Rows of a linear system over the unknown cells: parts of a whole minus the whole, against the known."""

    def __init__(self, table: Table, unknown: list[Cell]) -> None:
        self._truth = table.truth
        self._place = {cell: number for number, cell in enumerate(unknown)}
        self._left: list[npt.NDArray[np.float64]] = []
        self._right: list[float] = []

    def add(self, parts: list[Cell], whole: Cell) -> None:
        left, right = np.zeros(len(self._place)), 0.0
        for cell, sign in [*((part, 1.0) for part in parts), (whole, -1.0)]:
            if cell in self._place:
                left[self._place[cell]] += sign
            else:
                right -= sign * self._truth[cell]
        if left.any():
            self._left.append(left)
            self._right.append(right)

    def system(self) -> System:
        return (np.array(self._left), np.array(self._right)) if self._left else (None, None)


def members(region: str) -> tuple[str, ...]:
    """The Kreise a region is the sum of."""
    return {RUHR: ruhr_kreise(), NRW: nrw_kreise()}[region]


def with_sums(figures: Figures) -> Figures:
    """Figures with those of RUHR, and of NRW where it is not printed, added."""
    result = dict(figures)
    for region in (RUHR, NRW):
        for sector in {sector for _, sector in figures}:
            total = sum(figures[kreis, sector] for kreis in members(region))
            result.setdefault((region, sector), total)
    return result


def location_quotient(figures: Figures, region: str, benchmark: str, sector: str) -> float | None:
    """By its definition; None where it is undefined."""
    e_ij, e_i = figures[region, sector], figures[region, TOTAL]
    e_bj, e_b = figures[benchmark, sector], figures[benchmark, TOTAL]
    return (e_ij / e_i) / (e_bj / e_b) if e_i and e_bj and e_b else None


def growth(before: float, after: float) -> float | None:
    return after / before - 1 if before else None


@st.composite
def tables(draw: st.DrawFn, scheme: str, date: dt.date) -> Table:
    """A random table over the 53 Kreise, with or without rows for NRW and Germany."""
    codes = sorted(set(sectors(scheme)) - {TOTAL})
    sector_ids = (TOTAL, *sorted(draw(st.sets(st.sampled_from(codes), min_size=1, max_size=25))))
    above = draw(st.sampled_from([(), (NRW,), (NRW, GERMANY), (GERMANY,)]))
    regions = (*nrw_kreise(), *above)
    truth = _truth(scheme, Random(draw(st.integers(0, 2**32))))
    where = st.tuples(st.sampled_from([*_HIDING, *above]), st.sampled_from(sector_ids))
    hidden = draw(st.frozensets(where, max_size=20))
    missing = draw(st.frozensets(where, max_size=1))
    return Table(
        scheme,
        date,
        above,
        sector_ids,
        _Truth({(region, sector): truth[region, sector] for region in regions for sector in sector_ids}),
        hidden - missing,
        missing,
    )


def random_table(random: Random, scheme: str, date: dt.date) -> Table:
    """A table that hides as no publisher would: single cells, whole rows and columns, wholes without their parts.

    Few Kreise hide, so that hidden cells meet in one sum, and a third of the tables misses a cell or two.
    """
    codes = set(sectors(scheme)) - {TOTAL}
    if scheme == DIVISIONS:  # as it is ordered: with sections, without, or sections alone
        top = {code for code in codes if sectors(scheme)[code].parent_id == TOTAL}
        codes = random.choice((codes, codes - top, top))
    sector_ids = (TOTAL, *sorted(codes))
    above = random.choice([(), (NRW,), (NRW, GERMANY), (GERMANY,)])
    regions = (*nrw_kreise(), *above)
    truth = _truth(scheme, random)
    hiding = [*random.sample([*_HIDING, *random.sample(nrw_kreise(), 3)], 4), *above]
    hidden = set()
    for _ in range(random.randint(1, 4)):
        match random.randrange(4):
            case 0:  # cells here and there
                hidden |= {(random.choice(hiding), random.choice(sector_ids)) for _ in range(random.randint(1, 10))}
            case 1:  # most of a region
                region = random.choice(hiding)
                hidden |= {(region, sector) for sector in sector_ids[1:] if random.random() < 0.7}
            case 2:  # one sector in several Kreise
                sector = random.choice(sector_ids[1:])
                hidden |= {(region, sector) for region in hiding if random.random() < 0.8}
            case 3:  # the small figures
                region = random.choice(hiding)
                hidden |= {(region, sector) for sector in sector_ids[1:] if truth[region, sector] < 10}
    missing = set()
    if random.random() < 0.3:
        missing = {(random.choice(hiding), random.choice(sector_ids[1:])) for _ in range(random.randint(1, 2))}
    return Table(
        scheme,
        date,
        above,
        sector_ids,
        _Truth({(region, sector): truth[region, sector] for region in regions for sector in sector_ids}),
        frozenset(hidden - missing),
        frozenset(missing),
    )


def _truth(scheme: str, random: Random) -> Figures:
    """Every sector of every region; a sector whose parts are not all printed has a rest of its own."""
    codes = sectors(scheme)
    figures: Figures = {}

    def fill(region: str, sector: str) -> float:
        children = [code.sector_id for code in codes.values() if code.parent_id == sector]
        rest = 0.0 if codes[sector].children == "complete" else _count(random)
        figures[region, sector] = rest + sum(fill(region, child) for child in children)
        return figures[region, sector]

    for region in (*nrw_kreise(), GERMANY):
        fill(region, TOTAL)
    for sector in codes:
        figures[NRW, sector] = sum(figures[kreis, sector] for kreis in nrw_kreise())
        figures[GERMANY, sector] += figures[NRW, sector]
    return figures


def _count(random: Random) -> float:
    return random.choice((0, random.randint(1, 9), random.randint(1, 5000)))
