"""What the pages share of a published warehouse: regions, indicators, their values with source and vintage, lights.

Each query runs once per build, whatever the number of pages and languages that use it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from reference.indicators import indicators
from reference.regions import RUHR
from warehouse.connect import records

if TYPE_CHECKING:
    import duckdb

    from warehouse.diff import Diff

Row = dict[str, Any]
Record = TypeVar("Record")
#: The regions the page shows: the 15 Kreise, the Ruhr, NRW and Germany.
SHOWN_REGIONS = "(SELECT region_id FROM marts.region WHERE in_ruhr OR level <> 'kreis')"
#: Sector schemes by how finely they cut, as the values of topics are chosen.
FINEST_FIRST = ("wz08-2", "ba-rr", "genesis-13", "ldb-sections")
#: Values with their files on one page, so that no page grows beyond 300 KB.
MOST_VALUES = 700


@dataclass(frozen=True)
class Release:
    """The row of meta.release."""

    release_id: str
    released_at: dt.datetime
    code_version: str
    deliveries: int
    observations: int
    checks_passed: int
    checks_failed: int
    is_synthetic: bool


@dataclass(frozen=True)
class Region:
    """A row of marts.region."""

    region_id: str
    name: str
    level: str
    in_ruhr: bool


@dataclass(frozen=True)
class Indicator:
    """A row of marts.indicator; texts in both languages."""

    indicator_id: str
    title_de: str
    title_en: str
    type: str
    topic_id: str | None
    unit: str
    direction: str
    definition_de: str
    definition_en: str
    caveat_de: str | None
    caveat_en: str | None
    light_rule_de: str
    light_rule_en: str
    baseline_printed: str | None
    target_value: float | None
    target_date: dt.date | None
    target_status: str


@dataclass(frozen=True)
class Delivery:
    """One file: what it is, and since when its figures were known."""

    delivery_id: str
    file_name: str
    publisher: str | None
    product: str | None
    licence: str | None
    published_on: dt.date | None
    retrieved_on: dt.date | None
    known_from: dt.date
    sha256: str


@dataclass(frozen=True)
class Value:
    """A row of marts.indicator_value, and the deliveries it is computed from (ids; none for the strategy's own)."""

    indicator_id: str
    region_id: str
    reference_date: dt.date
    value: float | None
    value_lower: float | None
    value_upper: float | None
    unit: str
    status: str
    benchmark_value: float | None
    dataset: str
    basis: str | None
    delivery_ids: list[str]
    cells: int

    @property
    def is_known(self) -> bool:
        """Whether there is a number or at least a bound."""
        return not (self.value is None and self.value_lower is None and self.value_upper is None)


@dataclass(frozen=True)
class Light:
    """A row of marts.indicator_status."""

    indicator_id: str
    region_id: str
    reference_date: dt.date
    previous_date: dt.date | None
    change: float | None
    benchmark_change: float | None
    light: str
    light_reason: str


class Facts:
    """What one build reads of a published warehouse.

    changes         against the release before, None for the first one
    has_data_docs   whether the page of the expectations that were checked is in the site
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, changes: Diff | None = None, *, has_data_docs: bool = False
    ) -> None:
        self._connection = connection
        self.changes = changes
        self.has_data_docs = has_data_docs
        self._queried: dict[str, list[Row]] = {}
        self._detailed_since: dict[str, dt.date] = {}
        self._grouped: dict[tuple[str, ...], dict[Any, list[Row]]] = {}

    def rows(self, sql: str) -> list[Row]:
        """Rows of a query by column name; the same query is run once."""
        if sql not in self._queried:
            self._queried[sql] = records(self._connection, sql)
        return self._queried[sql]

    def grouped(self, sql: str, *keys: str) -> dict[Any, list[Row]]:
        """Rows of a query by the value of one column, or by the tuple of several; grouped once, too."""
        if (sql, *keys) not in self._grouped:
            self._grouped[sql, *keys] = _grouped(self.rows(sql), *keys)
        return self._grouped[sql, *keys]

    def records(self, kind: type[Record], source: str) -> list[Record]:
        """Rows of a relation (or a part of a query behind FROM) as records, columns by name."""
        names = ", ".join(field.name for field in fields(kind))  # type: ignore[arg-type]
        return [kind(*row) for row in self._connection.execute(f"SELECT {names} FROM {source}").fetchall()]

    @cached_property
    def release(self) -> Release:
        return self.records(Release, "meta.release")[0]

    @cached_property
    def regions(self) -> dict[str, Region]:
        """All regions by id."""
        return {region.region_id: region for region in self.records(Region, "marts.region")}

    @cached_property
    def kreise(self) -> list[Region]:
        """The 15 Kreise by name; `Kreis Wesel` stands with the W."""
        kreise = (region for region in self.regions.values() if region.in_ruhr and region.level == "kreis")
        return sorted(kreise, key=lambda region: region.name.removeprefix("Kreis "))

    @cached_property
    def shown_regions(self) -> list[Region]:
        """The Ruhr, its Kreise by name, NRW and Germany."""
        return [self.regions[RUHR], *self.kreise, *(r for r in self.regions.values() if r.level in ("land", "bund"))]

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """All indicators by id, in the order of the registry."""
        return {indicator.indicator_id: indicator for indicator in self.records(Indicator, "marts.indicator")}

    @cached_property
    def deliveries(self) -> dict[str, Delivery]:
        return {delivery.delivery_id: delivery for delivery in self.records(Delivery, "meta.delivery")}

    @cached_property
    def lights(self) -> dict[tuple[str, str], Light]:
        """By indicator and region."""
        lights = self.records(Light, f"marts.indicator_status WHERE region_id IN {SHOWN_REGIONS}")
        return {(light.indicator_id, light.region_id): light for light in lights}

    @cached_property
    def values(self) -> dict[tuple[str, str], list[Value]]:
        """Values of the shown regions by indicator and region, the oldest first."""
        values = defaultdict(list)
        for value in self.records(Value, _VALUES):
            values[value.indicator_id, value.region_id].append(value)
        return dict(values)

    def is_difference(self, indicator_id: str) -> bool:
        """Whether its change is a difference of values, not a rate of growth."""
        return _change_kinds().get(indicator_id) == "difference"

    def newest(self, indicator_id: str, region_id: str = RUHR) -> Value | None:
        """The newest known value, None where there is none. Of values from sector tables it is the newest of the finest
        table: a later one from a coarser table says less."""
        known = [value for value in self.values.get((indicator_id, region_id), ()) if value.is_known]
        return max(known, key=lambda value: (-_coarseness(value), value.reference_date), default=None)

    def value_at(self, indicator_id: str, region_id: str, day: dt.date) -> Value | None:
        """The value of a date."""
        values = self.values.get((indicator_id, region_id), ())
        return next((value for value in values if value.reference_date == day), None)

    def detailed_since(self, indicator_id: str) -> dt.date:
        """First date whose values stand one by one on the page of an indicator; older ones are in its download only."""
        if indicator_id not in self._detailed_since:
            dates = Counter(
                value.reference_date
                for region in self.shown_regions
                for value in self.values.get((indicator_id, region.region_id), ())
            )
            newest_first = sorted(dates, reverse=True)
            totals = accumulate(dates[day] for day in newest_first)
            shown = [day for day, total in zip(newest_first, totals, strict=True) if total <= MOST_VALUES]
            self._detailed_since[indicator_id] = min(shown, default=dt.date.max)
        return self._detailed_since[indicator_id]

    def known_from(self, delivery_ids: Iterable[str]) -> dt.date | None:
        """Vintage of what is computed from several deliveries: the day the last of them became known."""
        return max((self.deliveries[delivery].known_from for delivery in delivery_ids), default=None)


@cache
def _change_kinds() -> dict[str, str]:
    return {indicator.indicator_id: indicator.change for indicator in indicators()}


def _coarseness(value: Value) -> int:
    scheme = value.dataset.partition("/")[2]
    return FINEST_FIRST.index(scheme) if scheme in FINEST_FIRST else 0


def _grouped(rows: Iterable[Row], *keys: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)].append(row)
    return dict(groups)


_VALUES = f"""(
    SELECT v.*, coalesce(l.delivery_ids, []) AS delivery_ids, coalesce(l.cells, 0) AS cells
    FROM marts.indicator_value v
    LEFT JOIN (
        SELECT indicator_id, region_id, reference_date, list_sort(list(DISTINCT delivery_id)) AS delivery_ids,
               count(*) AS cells
        FROM meta.lineage GROUP BY ALL
    ) l USING (indicator_id, region_id, reference_date)
    WHERE v.region_id IN {SHOWN_REGIONS}
    ORDER BY v.indicator_id, v.region_id, v.reference_date
)"""
