"""What the printed margins of one table say about its hidden cells: a polytope, and its extremes by linear programming.

Nothing of the SQL under test is used: the cells come from `history.latest`, the hierarchy from the reference data.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import duckdb
import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped]
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from reference.regions import GERMANY, NRW, RUHR, nrw_kreise, ruhr_kreise
from reference.sectors import sectors

#: (region_id, sector_id)
Cell = tuple[str, str]
#: sector_scheme, reference_date
TableKey = tuple[str, dt.date]
MEMBERS = {RUHR: ruhr_kreise(), NRW: nrw_kreise()}


@dataclass(frozen=True)
class Linear:
    """A constant plus a multiple of each of some unknown cells."""

    constant: float = 0.0
    of: Mapping[Cell, float] = field(default_factory=dict)

    def __add__(self, other: Linear) -> Linear:
        of = dict(self.of)
        for cell, factor in other.of.items():
            of[cell] = of.get(cell, 0.0) + factor
        return Linear(self.constant + other.constant, {cell: factor for cell, factor in of.items() if factor})

    def __mul__(self, factor: float) -> Linear:
        return Linear(self.constant * factor, {cell: factor * of for cell, of in self.of.items() if factor})

    def __sub__(self, other: Linear) -> Linear:
        return self + other * -1

    @property
    def is_known(self) -> bool:
        return not self.of

    def at(self, figures: Mapping[Cell, float]) -> float:
        return self.constant + sum(factor * figures[cell] for cell, factor in self.of.items())


def total_of(parts: Iterable[Linear]) -> Linear:
    constant, of = 0.0, {}
    for part in parts:
        constant += part.constant
        for cell, factor in part.of.items():
            of[cell] = of.get(cell, 0.0) + factor
    return Linear(constant, of)


@dataclass(frozen=True)
class Constraint:
    """`left` is 0, or at most 0."""

    left: Linear
    is_equal: bool


class Margins:
    """One table at one date.

    printed   the figure of every cell of the table; None where it is hidden or missing
    hidden    the cells the publisher suppressed
    """

    def __init__(self, key: TableKey, printed: Mapping[Cell, float | None], hidden: Collection[Cell]) -> None:
        self.scheme, self.date = key
        self.printed = printed
        self.hidden = frozenset(hidden)
        self.regions = sorted({region for region, _ in printed})
        self.sector_ids = sorted({sector for _, sector in printed})
        self.programmes = 0
        self._extremes: dict[frozenset[tuple[tuple[str, str], float]], float] = {}

    @cached_property
    def unknown_sectors(self) -> frozenset[str]:
        return frozenset(sector for (_, sector), value in self.printed.items() if value is None)

    @cached_property
    def unknown_regions(self) -> frozenset[str]:
        """Regions with an unknown cell, sums over Kreise included."""
        regions = {region for (region, _), value in self.printed.items() if value is None}
        return frozenset(regions | {whole for whole, members in MEMBERS.items() if regions & set(members)})

    # --- figures of the table and of sums over its Kreise

    def employees(self, region: str, sector: str) -> Linear | None:
        """The figure of a region, printed or the sum of its Kreise; None where the table does not have it."""
        if (region, sector) in self.printed:
            value = self.printed[region, sector]
            return Linear(of={(region, sector): 1.0}) if value is None else Linear(value)
        members = [(kreis, sector) for kreis in MEMBERS.get(region, ())]
        if not members or any(cell not in self.printed for cell in members):
            return None
        return total_of(self.employees(*cell) or Linear() for cell in members)

    def is_sum(self, region: str, sector: str) -> bool:
        return (region, sector) not in self.printed

    # --- the polytope

    @cached_property
    def constraints(self) -> list[Constraint]:
        """All that the margins say, as far as it says something about unknown cells. Cells are never negative."""
        found = [*self._sector_sums(), *self._region_sums()]
        return [constraint for constraint in found if not constraint.left.is_known]

    def _sector_sums(self) -> Iterable[Constraint]:
        for region in self.regions:
            here = {sector for sector in self.sector_ids if (region, sector) in self.printed}
            for parent in here:
                parts = [sector for sector in here if self._printed_parent(sector, here) == parent]
                if parts:
                    whole = self.employees(region, parent) or Linear()
                    left = total_of(self.employees(region, part) or Linear() for part in parts) - whole
                    yield Constraint(left, is_equal=self._is_covered(parent, set(parts)))

    def _printed_parent(self, sector: str, printed: Collection[str]) -> str | None:
        codes = sectors(self.scheme)
        parent = codes[sector].parent_id
        while parent is not None and parent not in printed:
            parent = codes[parent].parent_id
        return parent

    def _is_covered(self, sector: str, parts: set[str]) -> bool:
        """Whether the parts add up to the sector, over levels that are not printed too."""
        codes = sectors(self.scheme)
        children = [code.sector_id for code in codes.values() if code.parent_id == sector]
        return codes[sector].children == "complete" and all(
            child in parts or self._is_covered(child, parts) for child in children
        )

    def _region_sums(self) -> Iterable[Constraint]:
        for sector in self.sector_ids:
            for whole, members in MEMBERS.items():
                if (whole, sector) in self.printed:
                    there = [kreis for kreis in members if (kreis, sector) in self.printed]
                    left = total_of(self._of(kreis, sector) for kreis in there) - self._of(whole, sector)
                    yield Constraint(left, is_equal=len(there) == len(members))
            if (GERMANY, sector) in self.printed and (nrw := self.employees(NRW, sector)) is not None:
                yield Constraint(nrw - self._of(GERMANY, sector), is_equal=False)

    def _of(self, region: str, sector: str) -> Linear:
        return self.employees(region, sector) or Linear()

    @cached_property
    def _parts(self) -> dict[Cell, _Part]:
        """Every unknown cell with the part of the polytope it stands in: parts have no constraint in common."""
        unknown = sorted(cell for cell, value in self.printed.items() if value is None)
        group = {cell: cell for cell in unknown}

        def root(cell: Cell) -> Cell:
            while group[cell] != cell:
                group[cell] = cell = group[group[cell]]
            return cell

        for constraint in self.constraints:
            first, *others = constraint.left.of
            for other in others:
                group[root(other)] = root(first)
        cells: dict[Cell, list[Cell]] = {}
        for cell in unknown:
            cells.setdefault(root(cell), []).append(cell)
        rules: dict[Cell, list[Constraint]] = {}
        for constraint in self.constraints:
            rules.setdefault(root(next(iter(constraint.left.of))), []).append(constraint)
        parts = {first: _Part(members, rules.get(first, [])) for first, members in cells.items()}
        return {cell: parts[root(cell)] for cell in unknown}

    def greatest(self, of: Linear) -> float:
        """The greatest value over all completions of the table; infinite where nothing bounds it."""
        result = of.constant
        for part in {id(part): part for part in (self._parts[cell] for cell in of.of)}.values():
            wanted = {cell: factor for cell, factor in of.of.items() if cell in part.place}
            key = frozenset(wanted.items())
            if key not in self._extremes:
                self.programmes += 1
                self._extremes[key] = part.greatest(wanted)
            result += self._extremes[key]
        return result

    def least(self, of: Linear) -> float:
        return -self.greatest(of * -1)

    def at_most(self, of: Linear) -> float:
        """What `greatest` cannot exceed, from the extremes of every cell for itself: two programmes a cell."""
        return of.constant + sum(
            factor * (self.greatest if factor > 0 else self.least)(Linear(of={cell: 1.0}))
            for cell, factor in of.of.items()
        )

    def completions(self, random: Random, count: int) -> Iterable[dict[Cell, float]]:
        """Figures for every unknown cell that agree with the margins: vertices, and points between two of them."""
        parts = list({id(part): part for part in self._parts.values()}.values())
        before: dict[Cell, float] | None = None
        for _ in range(count):
            found: dict[Cell, float] = {}
            for part in parts:
                found |= part.vertex(random)
            yield found
            if before is not None:
                share = random.random()
                yield {cell: share * x + (1 - share) * before[cell] for cell, x in found.items()}
            before = found


class _Part:
    """Unknown cells that hang together, and the margins they stand in."""

    def __init__(self, cells: list[Cell], constraints: list[Constraint]) -> None:
        self.place = {cell: number for number, cell in enumerate(cells)}
        self._sides = {}
        for is_equal in (True, False):
            rows = [constraint.left for constraint in constraints if constraint.is_equal == is_equal]
            entries = [
                (number, self.place[cell], factor) for number, row in enumerate(rows) for cell, factor in row.of.items()
            ]
            if rows:
                numbers, columns, factors = zip(*entries, strict=True)
                left = csr_array((factors, (numbers, columns)), shape=(len(rows), len(cells)))
                self._sides[is_equal] = left, np.array([-row.constant for row in rows])

    def _solve(self, objective: Mapping[Cell, float], bound: float | None) -> tuple[float, dict[Cell, float]]:
        weights = np.zeros(len(self.place))
        for cell, factor in objective.items():
            weights[self.place[cell]] = -factor
        equal, at_most = self._sides.get(True, (None, None)), self._sides.get(False, (None, None))
        solution = linprog(
            weights, A_eq=equal[0], b_eq=equal[1], A_ub=at_most[0], b_ub=at_most[1], bounds=(0, bound), method="highs"
        )
        if solution.status in (3, 4) and bound is None:  # 3: unbounded; 4: HiGHS cannot tell that from infeasible
            return math.inf, {}
        if solution.status != 0:
            raise AssertionError(f"the printed margins contradict each other: {solution.message}")
        return -solution.fun, {cell: max(0.0, x) for cell, x in zip(self.place, solution.x, strict=True)}

    def greatest(self, objective: Mapping[Cell, float]) -> float:
        return self._solve(objective, None)[0]

    def vertex(self, random: Random) -> dict[Cell, float]:
        """A vertex in a random direction; cells without a margin go up to a billion."""
        objective = {cell: random.gauss(0, 1) for cell in self.place}
        if random.random() < 0.5:
            objective = {random.choice(list(self.place)): random.choice((-1.0, 1.0))}
        return self._solve(objective, 1e9)[1]


def read_margins(connection: duckdb.DuckDBPyConnection) -> dict[TableKey, Margins]:
    """Every employment table of a published file that prints sectors and hides or misses a cell."""
    rows = connection.execute(
        """
        SELECT dataset, sector_scheme, reference_date, region_id, sector_id, value, status FROM history.latest
        WHERE variable = 'employees' AND sector_scheme IS NOT NULL AND dimensions = ''
        ORDER BY ALL
        """
    ).fetchall()
    tables: dict[TableKey, tuple[dict[Cell, float | None], set[Cell]]] = {}
    datasets: dict[TableKey, str] = {}
    for dataset, scheme, date, region, sector, value, status in rows:
        printed, hidden = tables.setdefault((scheme, date), ({}, set()))
        printed[region, sector] = value
        if status == "suppressed":
            hidden.add((region, sector))
        if datasets.setdefault((scheme, date), dataset) != dataset:
            raise AssertionError(f"{scheme} at {date} is printed by two tables: {dataset}, {datasets[scheme, date]}")
    return {key: Margins(key, printed, hidden) for key, (printed, hidden) in tables.items()}
