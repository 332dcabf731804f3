"""The chain from an indicator value to the printed cells it is computed from, and what stands in them now."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reference.regions import NRW
from schemas.text import sql_literal
from warehouse.archive import Archive
from warehouse.cell import ArchivedFile, CellError, as_text, is_same

if TYPE_CHECKING:
    import duckdb

#: Words that go with the name of a Kreis and are left out by some writers.
_KINDS_OF_KREIS = {"kreis", "stadt", "kreisfreie", "krfr.", "städteregion"}
_ALIASES = {"nrw": NRW}
#: What `dataset` begins with where a value comes from a file of the strategy.
_STRATEGY = "strategy/"
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_GERMAN_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


class NotExplainedError(Exception):
    """There is no such value; the message names what there is."""


@dataclass(frozen=True)
class Indicator:
    """The entry of marts.indicator."""

    indicator_id: str
    title_de: str
    title_en: str
    unit: str
    definition_de: str
    definition_en: str
    formula: str
    caveat_de: str | None
    caveat_en: str | None


@dataclass(frozen=True)
class Value:
    """The row of marts.indicator_value; a value known only as an interval has bounds alone."""

    region_id: str
    region: str
    reference_date: dt.date
    value: float | None
    value_lower: float | None
    value_upper: float | None
    status: str
    benchmark_id: str | None
    benchmark_value: float | None
    dataset: str
    basis: str | None

    @property
    def is_interval(self) -> bool:
        return self.value_lower != self.value_upper


@dataclass(frozen=True)
class Delivery:
    """One archived file, and whether its bytes are still those that came in."""

    delivery_id: str
    file_name: str
    publisher: str | None
    product: str | None
    licence: str | None
    attribution: str | None
    origin: str | None
    sha256: str
    published_on: dt.date | None
    retrieved_on: dt.date | None
    known_from: dt.date
    is_synthetic: bool
    archived: Literal["unchanged", "changed", "missing"] = "unchanged"


@dataclass(frozen=True)
class Input:
    """One printed cell that goes into the value.

    role, times   part it has in the formula (None for topics): value, per or numerator, and its factor
    printed       what was read from the cell
    printed_now   what stands there now, None where the cell cannot be shown; `problem` says why
    """

    delivery_id: str
    locator: str
    region_id: str
    region: str
    dataset: str
    variable: str
    sector_scheme: str | None
    sector_id: str | None
    dimensions: str
    role: str | None
    times: float | None
    rounding: float | None
    value: float | None
    unit: str
    status: str
    basis: str
    printed: str
    printed_now: str | None = None
    is_same: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Sector:
    """A sector that counts for a topic, with the share that counts.

    part_of  the sector it is a printed part of; the share of that one is then that of what its parts leave
    """

    sector_scheme: str
    sector_id: str
    label_de: str
    label_en: str
    weight_lower: float
    weight_upper: float
    part_of: str | None = None


def counted_name(sector: Sector, sectors: Iterable[Sector]) -> str:
    """`J`, or `B-E without C` where parts of a sector are printed and count for themselves."""
    parts = [part.sector_id for part in sectors if part.part_of == sector.sector_id]
    return " without ".join(filter(None, (sector.sector_id, ", ".join(parts))))


@dataclass(frozen=True)
class StrategyFile:
    """A file of the strategy, not of a publisher: delivered with the program or kept by an officer."""

    relation: str
    file_name: str
    origin: str
    sha256: str


@dataclass(frozen=True)
class Explanation:
    """All that leads to one value. `interval_reasons`: why it is known only as an interval, in words."""

    indicator: Indicator
    value: Value
    interval_reasons: list[str]
    inputs: list[Input]
    deliveries: list[Delivery]
    sectors: list[Sector]
    strategy_files: list[StrategyFile]


def explain(
    connection: duckdb.DuckDBPyConnection,
    archive: Archive,
    indicator_id: str,
    region: str,
    date: str | None = None,
) -> Explanation:
    """The value of an indicator in a region, down to the cells of the archived files.

    region   id or name: `05113`, `Essen`, `Kreis Wesel`, `RUHR`, `NRW`
    date     `2020-12-31`, `31.12.2020`, or a year or month, of which the newest date counts; None: the
             newest date that has a value or an interval

    Raises NotExplainedError where there is no such indicator, region or date.
    """
    indicator = _indicator(connection, indicator_id)
    region_id = _region_id(connection, region)
    value = _value(connection, indicator, region_id, date)
    key = {"indicator": indicator.indicator_id, "region": region_id, "date": value.reference_date.isoformat()}
    inputs = [Input(*row) for row in _rows(connection, _INPUTS, **key)]
    deliveries = [Delivery(*row) for row in _rows(connection, _DELIVERIES, **key)]
    sectors = [Sector(*row) for row in _rows(connection, _SECTORS, **key)]
    shown = [_as_it_stands(archive, delivery, inputs) for delivery in deliveries]
    return Explanation(
        indicator=indicator,
        value=value,
        interval_reasons=_interval_reasons(value, inputs, sectors) if value.is_interval else [],
        inputs=[cell for _, cells in shown for cell in cells],
        deliveries=[delivery for delivery, _ in shown],
        sectors=sectors,
        strategy_files=[StrategyFile(*row) for row in _rows(connection, _STRATEGY_FILES, dataset=value.dataset)],
    )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, **values: str) -> list[tuple[Any, ...]]:
    """Rows of `sql` with each {name} replaced by a quoted text.

    Not with parameters of DuckDB: for the first of them it imports pandas, half of the time an answer may take.
    """
    quoted = {name: sql_literal(value) for name, value in values.items()}
    return connection.execute(sql.format(**quoted)).fetchall()


# --- what is asked for ----------------------------------------------------------------------------


def _indicator(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> Indicator:
    rows = connection.execute(
        "SELECT indicator_id, title_de, title_en, unit, definition_de, definition_en, formula, caveat_de, caveat_en "
        "FROM marts.indicator ORDER BY indicator_id"
    ).fetchall()
    indicators = {row[0]: Indicator(*row) for row in rows}
    if found := indicators.get(indicator_id):
        return found
    names = {text: i.indicator_id for i in indicators.values() for text in (i.indicator_id, i.title_de, i.title_en)}
    near = [f"{name} ({indicators[name].title_de})" for name in _near(indicator_id, names)]
    raise NotExplainedError(
        f"There is no indicator “{indicator_id}”. "
        + (f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(indicators)}.")
    )


def _region_id(connection: duckdb.DuckDBPyConnection, region: str) -> str:
    regions = connection.execute("SELECT region_id, name FROM marts.region").fetchall()
    known: dict[str, str] = {text: region_id for region_id, name in regions for text in (region_id, name)}
    by_name = {_plain_name(text): region_id for text, region_id in known.items()} | _ALIASES
    if found := by_name.get(_plain_name(region)):
        return found
    names = dict(regions)
    near = [f"{names[region_id]} ({region_id})" for region_id in _near(region, known)]
    raise NotExplainedError(
        f"There is no region “{region}”. "
        + (
            f"Did you mean {' or '.join(near)}?"
            if near
            else "Expected RUHR, NRW, DE, or a Kreis of NRW by key or name."
        )
    )


def _plain_name(name: str) -> str:
    words = name.casefold().replace(",", " ").split()
    return " ".join(word for word in words if word not in _KINDS_OF_KREIS) or name.casefold()


def _near(text: str, ids: dict[str, str]) -> list[str]:
    """Ids of up to three names that contain `text` or are written like it."""
    names = {name.casefold(): found for name, found in ids.items()}
    wanted = text.casefold()
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    containing = [name for name in names if wanted and wanted in name]
    return list(dict.fromkeys(names[name] for name in (*close, *containing)))[:3]


def _value(connection: duckdb.DuckDBPyConnection, indicator: Indicator, region_id: str, date: str | None) -> Value:
    rows = _rows(connection, _VALUES, indicator=indicator.indicator_id, region=region_id)
    values = [Value(*row) for row in rows]
    if date is None:
        values_at = [value for value in values if value.value_lower is not None or value.value_upper is not None]
    else:
        prefix = _date_prefix(date)
        values_at = [value for value in values if value.reference_date.isoformat().startswith(prefix)]
    if values_at:
        return values_at[0]
    if values:
        dates = ", ".join(value.reference_date.isoformat() for value in values)
        what = f"for {date}" if date else "that is known"
        raise NotExplainedError(
            f"{indicator.indicator_id} has no value {what} in {values[0].region} ({region_id}). Its dates: {dates}."
        )
    (where,) = _rows(connection, _REGIONS_WITH_VALUES, indicator=indicator.indicator_id)[0]
    raise NotExplainedError(
        f"{indicator.indicator_id} has no values for {region_id}, it has some for: {where or 'no region'}. "
        f"How it is computed: {indicator.formula}"
    )


def _date_prefix(date: str) -> str:
    if match := _GERMAN_DATE.fullmatch(date.strip()):
        day, month, year = match.groups()
        return f"{year}-{month}-{day}"
    if _DATE.fullmatch(date.strip()):
        return date.strip()
    raise NotExplainedError(f"Expected a date like 2020-12-31, 31.12.2020, 2020-12 or 2020; found “{date}”.")


_VALUES = """
SELECT v.region_id, r.name, v.reference_date, v.value, v.value_lower, v.value_upper, v.status, v.benchmark_id,
       v.benchmark_value, v.dataset, v.basis
FROM marts.indicator_value v JOIN marts.region r USING (region_id)
WHERE v.indicator_id = {indicator} AND v.region_id = {region}
ORDER BY v.reference_date DESC
"""
_REGIONS_WITH_VALUES = """
SELECT concat_ws(', ', string_agg(DISTINCT region_id, ', ' ORDER BY region_id) FILTER (level <> 'kreis'),
                 nullif(count(DISTINCT region_id) FILTER (level = 'kreis'), 0) || ' Kreise')
FROM marts.indicator_value JOIN marts.region USING (region_id) WHERE indicator_id = {indicator}
"""

# --- where it comes from --------------------------------------------------------------------------

_LINEAGE = "(FROM meta.lineage WHERE indicator_id = {indicator} AND region_id = {region} AND reference_date = {date})"
_INPUTS = f"""
SELECT o.delivery_id, o.locator, o.region_id, r.name, o.dataset, o.variable, o.sector_scheme, o.sector_id, o.dimensions,
       t.role, t.times, t.rounding, o.value, o.unit, o.status, o.basis, o.printed
FROM {_LINEAGE} l
JOIN history.observation o USING (delivery_id, locator)
JOIN marts.region r ON r.region_id = o.region_id
LEFT JOIN meta.indicator_term t
    ON t.indicator_id = l.indicator_id AND t.dataset = o.dataset AND t.variable = o.variable
    AND t.dimensions = o.dimensions AND t.sector = coalesce(o.sector_scheme || '/' || o.sector_id, '')
ORDER BY o.dataset, o.delivery_id, o.region_id, t.term, o.sector_id, o.locator
"""
_DELIVERIES = f"""
SELECT delivery_id, file_name, publisher, product, licence, attribution, origin, sha256, published_on, retrieved_on,
       known_from, is_synthetic
FROM meta.delivery SEMI JOIN {_LINEAGE} USING (delivery_id)
ORDER BY publisher, product, licence, file_name, delivery_id
"""
_SECTORS = """
WITH leaf AS (
    SELECT w.*
    FROM marts.indicator_value v
    JOIN marts.sector_weight w
        ON w.kind = 'topic' AND w.weight_upper > 0 AND v.dataset = 'crosswalk_employment/' || w.sector_scheme
        AND ends_with(v.indicator_id, '.' || w.target_id)
    SEMI JOIN marts.leaf_sector leaf
        ON leaf.sector_scheme = w.sector_scheme AND leaf.sector_id = w.sector_id
        AND leaf.reference_date = v.reference_date
    WHERE v.indicator_id = {indicator} AND v.region_id = {region} AND v.reference_date = {date}
)
SELECT sector_scheme, sector_id, label_de, label_en, coalesce(rest_weight_lower, weight_lower),
       coalesce(rest_weight_upper, weight_upper), NULL
FROM leaf JOIN marts.sector USING (sector_scheme, sector_id)
UNION ALL
SELECT w.sector_scheme, w.sector_id, s.label_de, s.label_en, w.weight_lower, w.weight_upper, leaf.sector_id
FROM leaf
JOIN marts.sector s ON s.sector_scheme = leaf.sector_scheme AND s.parent_id = leaf.sector_id
JOIN marts.sector_weight w
    ON w.kind = leaf.kind AND w.target_id = leaf.target_id AND w.sector_scheme = s.sector_scheme
    AND w.sector_id = s.sector_id
WHERE leaf.rest_weight_upper IS NOT NULL
ORDER BY ALL
"""
_STRATEGY_FILES = f"""
SELECT relation, file_name, origin, sha256 FROM meta.strategy_file WHERE '{_STRATEGY}' || file_name = {{dataset}}
"""


def _as_it_stands(archive: Archive, delivery: Delivery, inputs: Iterable[Input]) -> tuple[Delivery, list[Input]]:
    """A delivery and its inputs with what the archived file says now."""
    of_file = [cell for cell in inputs if cell.delivery_id == delivery.delivery_id]
    content = _content(archive.content_path(delivery.sha256))
    if content is None:
        missing = "the file is not in the archive"
        return replace(delivery, archived="missing"), [replace(cell, problem=missing) for cell in of_file]
    file = ArchivedFile(content)
    is_unchanged = hashlib.sha256(content).hexdigest() == delivery.sha256
    return replace(delivery, archived="unchanged" if is_unchanged else "changed"), [
        _shown(file, cell) for cell in of_file
    ]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _shown(file: ArchivedFile, cell: Input) -> Input:
    try:
        found: Any = file.cell(cell.locator)
    except CellError as error:
        return replace(cell, problem=str(error))
    return replace(cell, printed_now=as_text(found), is_same=is_same(found, cell.printed))


# --- why an interval ------------------------------------------------------------------------------


def _interval_reasons(value: Value, inputs: Sequence[Input], sectors: Sequence[Sector]) -> list[str]:
    reasons = []
    if roundings := {cell.rounding for cell in inputs if cell.role == "numerator" and cell.rounding}:
        reasons.append(
            f"The ratios of the Kreise are printed rounded (± {max(roundings):g}); the bounds leave room for that."
        )
    if coarse := [counted_name(s, sectors) for s in sectors if s.weight_lower != s.weight_upper]:
        reasons.append(
            f"The sector scheme is coarser than the crosswalk of WZ divisions: of {', '.join(coarse)} only a part "
            "belongs to the topic, and the table does not say how large it is."
        )
    hidden = [f"{cell.region} {cell.sector_id or ''}".strip() for cell in inputs if cell.status == "suppressed"]
    if hidden or value.status == "suppressed":
        reasons.append(
            f"Cells are suppressed ({', '.join(hidden) or 'below the sum'}): each lies between 0 and what the printed "
            "margins of its table leave to it."
        )
    if value.value_upper is None and value.dataset.startswith(_STRATEGY):
        reasons.append("Not everything was counted, so only a lower bound is known.")
    elif value.value_upper is None:
        reasons.append("It has no upper bound, because what it is divided by may be as small as 0.")
    return reasons or [f"The figures of {NRW} (NRW) it is compared with are an interval."]
