"""Can what we publish tell a suppressed cell better than the printed margins of its own table do?

    python -m tests.attacks.confidentiality [PUBLISHED.duckdb …] [--worlds N] [--seed N]

A reader who holds a release holds inequalities about hidden cells: `employees_upper` is one, and so is each end of a
location quotient, of a growth rate, of a topic. The margins of a table are inequalities too; together they leave a
polytope of completions, each of which may be the truth. A published inequality tells nothing new exactly if it holds
for all of them, which one linear programme decides. If every one of them passes, all of them pass together, in whatever
way a reader combines them. So the same programme says that an interval is sound and that it gives nothing away.

Measures that are not linear in the cells (Herfindahl, entropy, Krugman, varieties) are held against completions:
vertices of the polytope, and points between two of them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from reference.regions import GERMANY, NRW
from reference.sectors import NOT_STATED, TOTAL, scheme_names, sectors
from tests.attacks.margins import Cell, Linear, Margins, TableKey, read_margins, total_of
from tests.warehouse.building import Delivery, build_warehouse
from tests.warehouse.worlds import random_table

#: Rounding of floating-point figures and of the solver, relative to what is compared.
TOLERANCE = 1e-7
DATES = (dt.date(2019, 6, 30), dt.date(2020, 6, 30))

Row = dict[str, Any]
#: The least and the greatest a figure can be, in cells.
Ends = tuple[Linear, Linear]


@dataclass(frozen=True)
class Leak:
    """A published figure that some completion of its table contradicts: it tells more than the margins do."""

    relation: str
    row: Row
    text: str

    def __str__(self) -> str:
        return f"{self.relation}: {self.text} in {self.row}"


@dataclass(frozen=True)
class Claim:
    """It is published that `left` is at most 0: a figure of one table or, for growth, one of each of two.

    size   what rounding is measured by
    """

    left: tuple[tuple[Margins, Linear], ...]
    size: float
    text: str

    @property
    def says_something(self) -> bool:
        return not all(figure.is_known for _, figure in self.left)


@dataclass
class Outcome:
    """What an attack found.

    claims       published inequalities about unknown cells, by relation
    met          those of them that some completion just meets: no valid one is tighter
    hidden       suppressed cells, by sector scheme
    upper_met    those whose published upper bound is the greatest value their margins leave
    above_zero   those which the margins keep above 0, where 0 is published
    published    sum of the published intervals' widths
    margins      sum of the widths that the margins leave
    """

    claims: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    upper_met: Counter[str] = field(default_factory=Counter)
    above_zero: Counter[str] = field(default_factory=Counter)
    published: Counter[str] = field(default_factory=Counter)
    margins: Counter[str] = field(default_factory=Counter)
    tables: int = 0
    programmes: int = 0
    completions: int = 0
    leaks: list[Leak] = field(default_factory=list)

    def __iadd__(self, other: Outcome) -> Outcome:
        for name in (f.name for f in fields(self)):
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)
        return self


class Release:
    """What one published file says about the unknown cells of its employment tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.tables = read_margins(connection)
        self._leaves: dict[TableKey, list[str]] = {}
        for scheme, date, sector in connection.execute(
            "SELECT sector_scheme, reference_date, sector_id FROM marts.leaf_sector ORDER BY ALL"
        ).fetchall():
            self._leaves.setdefault((scheme, date), []).append(sector)
        self._targets: dict[tuple[str, dt.date, str, str, str], Ends | None] = {}
        self._weights: dict[tuple[str, str, str], dict[str, tuple[float, float]]] = {}
        self._rest_weights: dict[tuple[str, str, str], dict[str, tuple[float, float]]] = {}
        for kind, target, scheme, sector, lower, upper, rest_lower, rest_upper in connection.execute(
            "SELECT kind, target_id, sector_scheme, sector_id, weight_lower, weight_upper, rest_weight_lower, "
            "rest_weight_upper FROM marts.sector_weight"
        ).fetchall():
            self._weights.setdefault((kind, target, scheme), {})[sector] = lower, upper
            if rest_upper is not None:
                self._rest_weights.setdefault((kind, target, scheme), {})[sector] = rest_lower, rest_upper
        self._parts: dict[tuple[str, str], list[str]] = {}
        for scheme, whole, part in connection.execute(
            "SELECT sector_scheme, parent_id, sector_id FROM marts.sector WHERE parent_id IS NOT NULL ORDER BY ALL"
        ).fetchall():
            self._parts.setdefault((scheme, whole), []).append(part)

    def rows(self, relation: str, where: str = "true") -> Iterator[Row]:
        cursor = self._connection.execute(f"FROM {relation} WHERE {where} ORDER BY ALL")
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))

    def claims(self) -> Iterator[tuple[str, Row, Claim]]:
        """Every linear inequality that is published about an unknown cell, with its relation and row."""
        for relation, claims_of in (
            ("marts.employment", self._employment),
            ("marts.specialisation", self._specialisation),
            ("marts.growth", self._growth),
            ("marts.portfolio", self._portfolio),
            ("marts.ranking_variant", self._ranking),
            ("marts.ranking", self._ranking),
            ("marts.crosswalk_employment", self._crosswalk),
            ("marts.crosswalk_growth", self._crosswalk_growth),
            ("marts.lead_market_acceptance", self._lead_market),
            ("marts.indicator_value", self._indicator),
        ):
            for row in self.rows(relation):
                for claim in claims_of(row):
                    if claim.says_something:
                        yield relation, row, claim

    def _table(self, row: Row, date: str = "reference_date") -> Margins:
        return self.tables[row["sector_scheme"], row[date]]

    # --- sectors

    def _employment(self, row: Row) -> Iterator[Claim]:
        table = self._table(row)
        if figure := table.employees(row["region_id"], row["sector_id"]):
            for name, lower, upper in (
                ("employees", row["employees_lower"], row["employees_upper"]),
                ("employees, exact", row["employees"], row["employees"]),
            ):
                yield from _between(lower, upper, (figure, figure), table, name)

    def _specialisation(self, row: Row) -> Iterator[Claim]:
        """Also rows of the portfolio, whose quotient is that of `to_date`."""
        table = self._table(row, "reference_date" if "reference_date" in row else "to_date")
        sector = row["sector_id"]
        if sector not in table.unknown_sectors:
            return
        part, whole = table.employees(row["region_id"], sector), table.employees(row["region_id"], TOTAL)
        b_part, b_whole = table.employees(row["benchmark_id"], sector), table.employees(row["benchmark_id"], TOTAL)
        if part is None or whole is None or b_part is None or b_whole is None:
            return
        yield from _share(row.get("share"), part, whole, table)
        yield from _share(row.get("benchmark_share"), b_part, b_whole, table)
        yield from _between(row.get("employees"), row.get("employees"), (part, part), table, "employees, exact")
        for name in ("location_quotient", "location_quotient_lower"):
            if row[name] is not None:
                left = b_part * (row[name] / b_whole.constant) - part * (1 / whole.constant)
                yield Claim(((table, left),), 1.0, f"{name} ≥ {row[name]:g}")
        for name in ("location_quotient", "location_quotient_upper"):
            if row[name] is not None:
                left = part * (1 / whole.constant) - b_part * (row[name] / b_whole.constant)
                yield Claim(((table, left),), max(1.0, row[name]), f"{name} ≤ {row[name]:g}")

    def _growth(self, row: Row, names: tuple[str, str, str] | None = None) -> Iterator[Claim]:
        before, after = self._table(row, "from_date"), self._table(row, "to_date")
        start = before.employees(row["region_id"], row["sector_id"])
        end = after.employees(row["region_id"], row["sector_id"])
        if start is not None and end is not None:
            yield from _growth(row, before, after, (start, start), (end, end), names)

    def _portfolio(self, row: Row) -> Iterator[Claim]:
        """The quadrant says on which side of 1 the quotient lies, and of 0 the growth."""
        yield from self._growth(row)
        yield from self._specialisation(row)
        if row["quadrant"] == "undetermined":
            return
        is_specialised = row["quadrant"].startswith("specialised")
        is_growing = row["quadrant"].endswith("growing")
        nothing = {"share": None, "employees": None, "growth_rate": None, "location_quotient": None}
        sides = {
            "location_quotient_lower": 1.0 if is_specialised else None,
            "location_quotient_upper": None if is_specialised else 1.0,
            "growth_rate_lower": 0.0 if is_growing else None,
            "growth_rate_upper": None if is_growing else 0.0,
        }
        yield from self._growth(row | nothing | sides)
        yield from self._specialisation(row | nothing | sides)

    def _ranking(self, row: Row) -> Iterator[Claim]:
        if row["kind"] == "growth":
            yield from self._growth(row, ("value", "value_lower", "value_upper"))
        else:
            quotient = {
                "location_quotient": row["value"],
                "location_quotient_lower": row["value_lower"],
                "location_quotient_upper": row["value_upper"],
            }
            yield from self._specialisation(row | quotient | {"benchmark_id": NRW})

    # --- topics and lead markets: sums of leaf sectors, each with a weight between two

    def _target(self, table: Margins, row: Row, region: str) -> Ends | None:
        """The employees of a topic with the least weights and with the greatest."""
        key = table.scheme, table.date, row["kind"], row["target_id"], region
        if key not in self._targets:
            self._targets[key] = self._target_of(table, row, region)
        return self._targets[key]

    def _target_of(self, table: Margins, row: Row, region: str) -> Ends | None:
        found = [
            counted
            for sector in self._leaves.get((table.scheme, table.date), ())
            for counted in self._counted(table, (row["kind"], row["target_id"], table.scheme), region, sector)
        ]
        if not found:
            return None
        return total_of(figure * low for figure, (low, _) in found), total_of(
            figure * high for figure, (_, high) in found
        )

    def _counted(
        self, table: Margins, target: tuple[str, str, str], region: str, sector: str
    ) -> list[tuple[Linear, tuple[float, float]]]:
        """A leaf with its weights; where the table has its parts, they and what they leave, each with its own."""
        if (whole := table.employees(region, sector)) is None:
            return []
        parts = {part: table.employees(region, part) for part in self._parts.get((table.scheme, sector), ())}
        known = {part: figure for part, figure in parts.items() if figure is not None}
        if sector not in self._rest_weights.get(target, {}) or len(known) < len(parts):
            return [(whole, self._weights[target][sector])]
        rest = whole - total_of(known.values())
        return [
            (rest, self._rest_weights[target][sector]),
            *((figure, self._weights[target][part]) for part, figure in known.items()),
        ]

    def _crosswalk(self, row: Row) -> Iterator[Claim]:
        table = self._table(row)
        if not table.unknown_sectors or (ends := self._target(table, row, row["region_id"])) is None:
            return
        yield from _between(row["employees_lower"], row["employees_upper"], ends, table, row["target_id"])
        yield from _between(row["employees"], row["employees"], ends, table, f"{row['target_id']}, exact")
        whole = table.employees(row["region_id"], TOTAL)
        if whole is not None:
            for end in ends:
                yield from _share(row["share"], end, whole, table)
            if row["benchmark_id"] not in (None, row["region_id"]):
                yield from self._crosswalk_quotient(row, table, ends, whole)

    def _crosswalk_quotient(self, row: Row, table: Margins, ends: Ends, whole: Linear) -> Iterator[Claim]:
        """Against NRW, of which a Kreis and the Ruhr are a part: they count there with their own weights."""
        benchmark = self._target(table, row, row["benchmark_id"])
        b_whole = table.employees(row["benchmark_id"], TOTAL)
        if benchmark is None or b_whole is None:
            return
        is_part = row["region_id"] != GERMANY
        e_i, e_b = whole.constant, b_whole.constant
        for name in ("location_quotient", "location_quotient_lower"):
            if (lower := row[name]) is not None:
                rest = benchmark[1] - ends[1] if is_part else benchmark[1]
                factor = (lower / e_b if is_part else 0.0) - 1 / e_i
                left = rest * (lower / e_b) + ends[0 if factor <= 0 else 1] * factor
                yield Claim(((table, left),), 1.0, f"{name} of {row['target_id']} ≥ {lower:g}")
        for name in ("location_quotient", "location_quotient_upper"):
            if (upper := row[name]) is not None:
                rest = benchmark[0] - ends[0] if is_part else benchmark[0]
                factor = 1 / e_i - (upper / e_b if is_part else 0.0)
                left = ends[1 if factor >= 0 else 0] * factor - rest * (upper / e_b)
                yield Claim(((table, left),), max(1.0, upper), f"{name} of {row['target_id']} ≤ {upper:g}")

    def _crosswalk_growth(self, row: Row) -> Iterator[Claim]:
        before, after = self._table(row, "from_date"), self._table(row, "to_date")
        start, end = self._target(before, row, row["region_id"]), self._target(after, row, row["region_id"])
        if start is not None and end is not None and (before.unknown_sectors or after.unknown_sectors):
            yield from _growth(row, before, after, start, end)

    def _lead_market(self, row: Row) -> Iterator[Claim]:
        as_crosswalk = {"kind": "lead_market", "target_id": row["lead_market_id"], "region_id": "RUHR"}
        yield from self._crosswalk(row | as_crosswalk | {"share": None, "benchmark_id": None})

    def _indicator(self, row: Row) -> Iterator[Claim]:
        """Topics; every other indicator is a formula of printed cells (`exact_figures_of_hidden_cells`)."""
        measure, _, topic = row["indicator_id"].partition(".")
        name = measure.removeprefix("topic_")
        if name not in ("employees", "location_quotient") or not topic:
            return
        columns = [
            f"{column}{end}" for column in ("employees", "location_quotient") for end in ("", "_lower", "_upper")
        ]
        scheme = row["dataset"].removeprefix("crosswalk_employment/")
        empty = dict.fromkeys((*columns, "share")) | {"kind": "topic", "target_id": topic, "sector_scheme": scheme}
        ends = {name: row["value"], f"{name}_lower": row["value_lower"], f"{name}_upper": row["value_upper"]}
        yield from self._crosswalk(row | empty | ends | {"benchmark_id": NRW})
        yield from self._crosswalk(row | empty | {"region_id": NRW, "benchmark_id": NRW, name: row["benchmark_value"]})

    # --- figures without an interval: they must be empty where a cell is hidden

    def exact_figures_of_hidden_cells(self) -> Iterator[Leak]:
        for relation, where, text in (
            ("marts.employment", "status = 'suppressed' AND employees IS NOT NULL", "a suppressed cell has a value"),
            ("marts.employment", "status = 'suppressed' AND employees_lower IS DISTINCT FROM 0 "
             "AND delivery_id IS NOT NULL", "the lower bound of a suppressed cell is not 0"),
            ("history.observation", "status = 'suppressed' AND value IS NOT NULL", "a suppressed cell has a value"),
            ("meta.lineage", "status = 'suppressed' AND input_value IS NOT NULL", "a suppressed cell has a value"),
            ("marts.indicator_value", "status = 'suppressed' AND value IS NOT NULL AND NOT starts_with(indicator_id, "
             "'topic_')", "a value rests on suppressed cells"),
            ("meta.lineage", "status = 'suppressed' AND NOT starts_with(indicator_id, 'topic_') AND (indicator_id, "
             "region_id, reference_date) IN (SELECT (indicator_id, region_id, reference_date) "
             "FROM marts.indicator_value WHERE value IS NOT NULL)", "a value rests on a suppressed cell"),
        ):  # fmt: skip
            for row in self.rows(relation, where):
                yield Leak(relation, row, text)
        yield from self._components()

    def _components(self) -> Iterator[Leak]:
        """Shift-share knows no intervals: a component that needs an unknown cell must be empty."""
        for row in self.rows("marts.shift_share"):
            before, after = self._table(row, "from_date"), self._table(row, "to_date")
            leaves = self._leaves[row["sector_scheme"], row["from_date"]] if row["sector_id"] == TOTAL else ()
            for sector in leaves or [row["sector_id"]]:
                if not {sector} & (before.unknown_sectors | after.unknown_sectors):
                    continue
                e_s, e_t, b_s, b_t = (
                    table.employees(row[region], sector) or Linear()
                    for region in ("region_id", "benchmark_id")
                    for table in (before, after)
                )
                every = (e_s, e_t, b_s, b_t)
                needs = {
                    "employment_change": (e_s, e_t),
                    "national_share": (e_s,),
                    "industrial_mix": (e_s, b_s, b_t),
                    "regional_share": every,
                    "homothetic_employment": (b_s,),
                    "homothetic_regional_share": every,
                    "allocation_effect": every,
                }
                if e_s == Linear():  # nothing of the change is national or structural then
                    needs |= dict.fromkeys(("industrial_mix", "homothetic_regional_share"), (e_s,))
                    needs |= dict.fromkeys(("regional_share", "allocation_effect"), (e_t,))
                for name, figures in needs.items():
                    if row[name] is not None and not all(figure.is_known for figure in figures):
                        yield Leak("marts.shift_share", row, f"{name} {row[name]:g} is exact, {sector} is not known")

    # --- structure

    def structure(self, random: Random, count: int) -> Iterator[tuple[Row, float]]:
        """Rows of marts.structure, each with what it is in a completion of its table."""
        rows: dict[TableKey, list[Row]] = {}
        for row in self.rows("marts.structure", "value_lower IS NOT NULL OR value_upper IS NOT NULL"):
            rows.setdefault((row["sector_scheme"], row["reference_date"]), []).append(row)
        for key, table in self.tables.items():
            touched = table.unknown_regions
            concerned = [row for row in rows.get(key, ()) if touched & {row["region_id"], row["benchmark_id"]}]
            for figures in table.completions(random, count if concerned else 0):
                shares = Shares(table, figures, self._leaves.get(key, []))
                for row in concerned:
                    value = shares.measure(row["measure"], row["region_id"], row["benchmark_id"])
                    if value is not None:
                        yield row, value


def attack(
    connection: duckdb.DuckDBPyConnection, *, completions: int = 2, seed: int = 0, is_thorough: bool = False
) -> Outcome:
    """All claims of a published file against the margins of its tables.

    completions   how many vertices of each table the measures of structure are held against
    is_thorough   also find out which claims are as tight as they can be; a claim that follows from the
                  extremes of the cells, taken for themselves, is otherwise not looked at closer
    """
    release, outcome = Release(connection), Outcome()
    for relation, row, claim in release.claims():
        _judge(relation, row, claim, outcome, is_thorough)
    outcome.leaks += release.exact_figures_of_hidden_cells()
    for row, value in release.structure(Random(seed), completions):
        outcome.completions += 1
        lower, upper = row["value_lower"], row["value_upper"]
        slack = 1e-6 * max(1.0, abs(value))
        if (lower is not None and value < lower - slack) or (upper is not None and value > upper + slack):
            outcome.leaks.append(Leak("marts.structure", row, f"a completion has {value:.9g}"))
    _measure(release, outcome)
    outcome.tables = sum(bool(table.hidden) for table in release.tables.values())
    outcome.programmes = sum(table.programmes for table in release.tables.values())
    return outcome


def _judge(relation: str, row: Row, claim: Claim, outcome: Outcome, is_thorough: bool) -> None:
    outcome.claims[relation] += 1
    slack = TOLERANCE * max(1.0, claim.size)
    if not is_thorough and sum(table.at_most(figure) for table, figure in claim.left) <= slack:
        return
    excess = sum(table.greatest(figure) for table, figure in claim.left)
    outcome.met[relation] += abs(excess) <= slack
    if excess > slack:
        outcome.leaks.append(Leak(relation, row, f"{claim.text}, but a completion lies {excess:.6g} beyond"))


def _measure(release: Release, outcome: Outcome) -> None:
    """How wide the intervals of suppressed cells are, and how wide their margins leave them."""
    for row in release.rows("marts.employment", "status = 'suppressed' AND delivery_id IS NOT NULL"):
        scheme, table = row["sector_scheme"], release.tables[row["sector_scheme"], row["reference_date"]]
        figure = Linear(of={(row["region_id"], row["sector_id"]): 1.0})
        least, greatest = table.least(figure), table.greatest(figure)
        upper = math.inf if row["employees_upper"] is None else row["employees_upper"]
        outcome.hidden[scheme] += 1
        outcome.upper_met[scheme] += upper == greatest or abs(upper - greatest) <= TOLERANCE * max(1.0, greatest)
        outcome.above_zero[scheme] += least > TOLERANCE
        if math.isfinite(upper):
            outcome.published[scheme] += round(upper)
            outcome.margins[scheme] += round(greatest - least)


def _between(lower: float | None, upper: float | None, ends: Ends, table: Margins, what: str) -> Iterator[Claim]:
    """Whatever lies between both ends lies between lower and upper."""
    if lower is not None:
        yield Claim(((table, Linear(lower) - ends[0]),), abs(lower), f"{what} ≥ {lower:g}")
    if upper is not None:
        yield Claim(((table, ends[1] - Linear(upper)),), abs(upper), f"{what} ≤ {upper:g}")


def _share(share: float | None, part: Linear, whole: Linear, table: Margins) -> Iterator[Claim]:
    if share is not None:
        difference = part - whole * share
        yield from _between(0.0, 0.0, (difference, difference), table, f"share {share:g}: part − share × whole")


def _growth(
    row: Row, before: Margins, after: Margins, start: Ends, end: Ends, names: tuple[str, str, str] | None = None
) -> Iterator[Claim]:
    """end ≥ (1 + lower) × start and end ≤ (1 + upper) × start."""
    exact, lower, upper = (row[name] for name in names or ("growth_rate", "growth_rate_lower", "growth_rate_upper"))
    size = max(abs(figure.constant) for figure in (*start, *end))
    for bound in {exact, lower} - {None}:
        yield Claim(((before, start[1] * (1 + bound)), (after, end[0] * -1)), size, f"growth ≥ {bound:g}")
    for bound in {exact, upper} - {None}:
        yield Claim(((before, start[0] * -(1 + bound)), (after, end[1])), size, f"growth ≤ {bound:g}")


class Shares:
    """Measures of structure by their definitions, for one completion of a table."""

    def __init__(self, table: Margins, figures: Mapping[Cell, float], leaves: Iterable[str]) -> None:
        self._table, self._figures = table, figures
        self._leaves = sorted(sector for sector in leaves if sector != NOT_STATED)
        self._known: dict[tuple[str, bool], list[float]] = {}

    def _of(self, region: str, *, by_section: bool = False) -> list[float]:
        """Shares in the sum of the leaves, or of their sections; empty where there is none."""
        key = region, by_section
        if key not in self._known:
            figures = self._sections(region) if by_section else [self._figure(region, leaf) for leaf in self._leaves]
            whole = math.fsum(figure for figure in figures if figure is not None)
            self._known[key] = [] if None in figures or not whole else [(figure or 0.0) / whole for figure in figures]
        return self._known[key]

    def _figure(self, region: str, sector: str) -> float | None:
        figure = self._table.employees(region, sector)
        return None if figure is None else figure.at(self._figures)

    def _sections(self, region: str) -> list[float | None]:
        """A printed section, else the sum of its divisions."""
        divisions: dict[str, list[str]] = {}
        for leaf in self._leaves:
            divisions.setdefault(sectors(self._table.scheme)[leaf].parent_id or leaf, []).append(leaf)
        figures: list[float | None] = []
        for section, parts in sorted(divisions.items()):
            figure = self._figure(region, section)
            found = [self._figure(region, part) for part in parts]
            summed = None if None in found else math.fsum(part or 0.0 for part in found)
            figures.append(summed if figure is None else figure)
        return figures

    def measure(self, name: str, region: str, benchmark: str | None) -> float | None:
        own = self._of(region)
        if not own:
            return None
        herfindahl = math.fsum(share * share for share in own)
        match name:
            case "herfindahl":
                return herfindahl
            case "herfindahl_normalised":
                return (herfindahl - 1 / len(own)) / (1 - 1 / len(own)) if len(own) > 1 else None
            case "equivalent_sectors":
                return 1 / herfindahl
            case "entropy":
                return _entropy(own)
            case "unrelated_variety":
                return _entropy(self._of(region, by_section=True))
            case "related_variety":
                return _entropy(own) - _entropy(self._of(region, by_section=True))
        other = self._of(benchmark or "")
        if not other:
            return None
        krugman = math.fsum(abs(mine - theirs) for mine, theirs in zip(own, other, strict=True))
        return {"krugman": krugman, "hoover": krugman / 2}[name]


def _entropy(shares: Iterable[float]) -> float:
    return math.fsum(-share * math.log2(share) for share in shares if share > 0)


# --- worlds made to be attacked


def attack_world(seed: int) -> Outcome:
    """Build a warehouse from two schemes at two dates that hide cells at random, and attack it."""
    random = Random(seed)
    worlds = [random_table(random, scheme, date) for scheme in random.sample(scheme_names(), 2) for date in DATES]
    deliveries = [
        Delivery(f"{table.scheme}_{table.date}", table.observations(), dt.date(2021, 1, number))
        for number, table in enumerate(worlds, start=1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        built = build_warehouse(Path(folder), *deliveries)
        with duckdb.connect(str(built), read_only=True) as connection:
            return attack(connection, seed=seed)


def report(outcomes: Mapping[str, Outcome]) -> str:
    """The figures as Markdown."""
    lines = [
        "| attacked | tables | suppressed | upper bound is the margins' | margins exclude 0 | width published "
        "| width by margins | claims | programmes | completions | leaks |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, o in outcomes.items():
        cells = (
            *(o.tables, o.hidden.total(), o.upper_met.total(), o.above_zero.total(), o.published.total()),
            *(o.margins.total(), o.claims.total(), o.programmes, o.completions, len(o.leaks)),
        )
        lines.append(f"| {name} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    for name, o in outcomes.items():
        counted = [f"{relation} {met:,} of {o.claims[relation]:,}" for relation, met in sorted(o.met.items())]
        lines += ["", f"{name}: claims as tight as can be, of those looked at closer: {'; '.join(counted) or 'none'}"]
        lines += [f"- **leak** {leak}" for leak in o.leaks[:20]]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Attack the confidentiality of published files and of made-up worlds.")
    parser.add_argument("published", nargs="*", type=Path, help="s3monitor.duckdb of a data folder")
    parser.add_argument("--worlds", type=int, default=20, help="made-up worlds to attack (default 20)")
    parser.add_argument("--seed", type=int, default=0, help="of the first world (default 0)")
    asked = parser.parse_args(arguments)
    outcomes: dict[str, Outcome] = {}
    for path in asked.published:
        with duckdb.connect(str(path), read_only=True) as connection:
            outcomes[str(path)] = attack(connection, completions=20, seed=asked.seed, is_thorough=True)
        print(f"{path}: {len(outcomes[str(path)].leaks)} leaks", file=sys.stderr)  # noqa: T201
    worlds = Outcome()
    for seed in range(asked.seed, asked.seed + asked.worlds):
        found = attack_world(seed)
        worlds += found
        print(f"world {seed}: {found.claims.total()} claims, {len(found.leaks)} leaks", file=sys.stderr)  # noqa: T201
    if asked.worlds:
        outcomes[f"{asked.worlds} worlds from seed {asked.seed}"] = worlds
    print(report(outcomes))  # noqa: T201
    return 1 if any(outcome.leaks for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
