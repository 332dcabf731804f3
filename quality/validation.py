"""Validation of decoded deliveries before anything reaches history. All failures are found at once.

Three layers: each cell for itself (pandera, schemas/observation_schema.py); keys; parts against printed totals.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reference.regions import NRW, nrw_kreise
from reference.sectors import scheme_names, sectors
from schemas.observation import KEY, Observation
from schemas.sum_rules import EditionRule, SumRule

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class Failure:
    """One failure: which delivery, where in its file, and what was expected and found."""

    delivery_id: str
    locator: str
    text: str


def validate(
    connection: duckdb.DuckDBPyConnection,
    parquet: Sequence[Path],
    sum_rules: Sequence[SumRule],
    edition_rules: Sequence[EditionRule],
    editions: Mapping[str, str],
    context: Sequence[Path] = (),
) -> list[Failure]:
    """Failures of the deliveries staged in `parquet` (each named `<delivery_id>.parquet`).

    editions   delivery_id → edition it belongs to: the day from which it was known, ISO
    context    deliveries accepted before, which may complete an edition
    """
    columns = ", ".join(Observation._fields)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE decoded AS SELECT {columns}, parse_filename(filename, true) AS delivery_id "
        "FROM read_parquet(?, filename = true)",
        [[str(path) for path in parquet]],
    )
    frame = connection.execute("FROM decoded").df()
    days = [dt.date.fromisoformat(editions[path.stem]) for path in parquet if path.stem in editions]
    failures = [*_cells(frame, max(days, default=dt.date.min)), *_duplicate_keys(connection)]
    failures += _sector_sums(connection)
    failures += _kreis_sums(connection, sum_rules)
    for rule in edition_rules:
        failures += _edition_sums(connection, rule, [*parquet, *context], editions)
    return failures


def _cells(frame: pd.DataFrame, known_on: dt.date) -> list[Failure]:
    from schemas.observation_schema import failures

    return [
        Failure(str(row.delivery_id), str(row.locator), f"check {row.check} failed for “{row.value}”")
        for row in failures(frame, known_on).itertuples()
    ]


def _duplicate_keys(connection: duckdb.DuckDBPyConnection) -> list[Failure]:
    """The same fact twice in one file: which of the two would be right is not ours to choose."""
    rows = connection.execute(
        f"""
        SELECT delivery_id, max(locator), count(*), min(locator), any_value(variable), any_value(region_id)
        FROM decoded GROUP BY delivery_id, {", ".join(KEY)} HAVING count(*) > 1 ORDER BY ALL
        """
    ).fetchall()
    return [
        Failure(delivery, locator, f"expected {variable} of {region} once, found it {n} times, first at {first}")
        for delivery, locator, n, first, variable, region in rows
    ]


def _sector_sums(connection: duckdb.DuckDBPyConnection) -> list[Failure]:
    """Sectors against the printed sector above them: equal where all parts are printed, never more than it."""
    _load_hierarchy(connection)
    rows = connection.execute(
        """
        WITH cell AS (FROM decoded WHERE sector_scheme IS NOT NULL),
        part AS (
            SELECT c.delivery_id, c.dataset, c.variable, c.region_id, c.sector_scheme, h.parent_id AS sector_id,
                   c.dimensions, c.reference_date, sum(c.value) AS parts, count(c.value) AS known,
                   any_value(h.children) AS children, any_value(h.siblings) AS siblings
            FROM cell c JOIN hierarchy h USING (sector_scheme, sector_id)
            GROUP BY ALL
        )
        SELECT p.delivery_id, w.locator, w.sector_id, w.region_id, w.reference_date, w.value, p.parts,
               children = 'complete' AND known = siblings AS exact
        FROM part p
        JOIN cell w USING (delivery_id, dataset, variable, region_id, sector_scheme, sector_id, dimensions,
                           reference_date)
        WHERE w.value IS NOT NULL AND (p.parts > w.value OR (exact AND p.parts <> w.value))
        ORDER BY ALL
        """
    ).fetchall()
    return [
        Failure(
            delivery,
            locator,
            f"expected the parts of {sector} in {region} at {day} to add up to {'' if exact else 'at most '}"
            f"{whole:,.0f}, found {parts:,.0f}",
        )
        for delivery, locator, sector, region, day, whole, parts, exact in rows
    ]


def _load_hierarchy(connection: duckdb.DuckDBPyConnection) -> None:
    """Sectors with the sector above them, in one statement: row by row it would take longer than all the sums."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE hierarchy AS SELECT unnest(?::VARCHAR[]) AS sector_scheme, "
        "unnest(?::VARCHAR[]) AS sector_id, unnest(?::VARCHAR[]) AS parent_id, unnest(?::VARCHAR[]) AS children, "
        "unnest(?::INTEGER[]) AS siblings",
        [list(column) for column in zip(*_hierarchy(), strict=True)],
    )


@cache
def _hierarchy() -> list[tuple[str, str, str, str, int]]:
    """Of each sector below another: scheme, sector, the one above it, how that is made up of parts, and of how many."""
    rows = []
    for scheme in scheme_names():
        codes = sectors(scheme)
        siblings = Counter(sector.parent_id for sector in codes.values())
        rows += [
            (scheme, sector.sector_id, sector.parent_id, codes[sector.parent_id].children, siblings[sector.parent_id])
            for sector in codes.values()
            if sector.parent_id
        ]
    return rows


def _kreis_sums(connection: duckdb.DuckDBPyConnection, rules: Sequence[SumRule]) -> list[Failure]:
    """The 53 Kreise against the printed NRW figure of the same delivery.

    Some statistics round each figure by itself to multiples of 3 or 5, so that no single case shows (schools do from
    2018/19 on): all figures of a variable are such multiples then, and each of the 54 may be 1 or 2 off.
    """
    if not rules:
        return []
    connection.execute("CREATE OR REPLACE TEMP TABLE sum_rule (dataset VARCHAR, variable VARCHAR, tolerance DOUBLE)")
    connection.executemany(
        "INSERT INTO sum_rule VALUES (?, ?, ?)",
        [[rule.dataset, rule.variable, rule.tolerance] for rule in rules],
    )
    rows = connection.execute(
        """
        WITH rounding AS (
            SELECT delivery_id, dataset, variable, reference_date,
                   CASE WHEN bool_and(value % 3 = 0) THEN 1 WHEN bool_and(value % 5 = 0) THEN 2 ELSE 0 END AS off
            FROM decoded JOIN sum_rule USING (dataset, variable)
            GROUP BY ALL
        )
        SELECT k.delivery_id, l.locator, k.variable, coalesce(k.sector_id, k.dimensions), k.reference_date,
               any_value(l.value), sum(k.value)
        FROM decoded k
        JOIN sum_rule USING (dataset, variable)
        JOIN rounding USING (delivery_id, dataset, variable, reference_date)
        JOIN decoded l ON l.region_id = ? AND l.delivery_id = k.delivery_id AND l.dataset = k.dataset
            AND l.variable = k.variable AND l.sector_id IS NOT DISTINCT FROM k.sector_id
            AND l.dimensions = k.dimensions AND l.reference_date = k.reference_date
        WHERE length(k.region_id) = 5 AND l.value IS NOT NULL
        GROUP BY k.delivery_id, l.locator, k.variable, k.sector_id, k.dimensions, k.reference_date
        HAVING count(k.value) = ?
            AND abs(sum(k.value) - any_value(l.value)) > any_value(tolerance) + any_value(off) * (count(k.value) + 1)
        ORDER BY ALL
        """,
        [NRW, len(nrw_kreise())],
    ).fetchall()
    return [
        Failure(
            delivery,
            locator,
            f"expected the 53 Kreise to add up to the printed NRW figure {land:,.10g} "
            f"({variable} {detail} at {day}), found {kreise:,.10g}",
        )
        for delivery, locator, variable, detail, day, land, kreise in rows
    ]


def _edition_sums(
    connection: duckdb.DuckDBPyConnection,
    rule: EditionRule,
    parquet: Sequence[Path],
    editions: Mapping[str, str],
) -> list[Failure]:
    """Which of the 53 files is wrong cannot be told from the sum: every new file of the edition is held."""
    rows = connection.execute(
        """
        WITH cell AS (
            SELECT *, parse_filename(filename, true) AS delivery_id, map(?, ?)[delivery_id] AS edition
            FROM read_parquet(?, filename = true)
            WHERE variable = ? AND dimensions = ''
        ),
        kreis AS (  -- a report that comes again, new bytes for the same day, takes the place of the one before
            SELECT edition, reference_date, region_id,
                   arg_max(value, delivery_id IN (SELECT delivery_id FROM decoded)) AS value
            FROM cell WHERE dataset = ? AND sector_id = 'TOTAL' AND length(region_id) = 5
            GROUP BY ALL
        ),
        kreise AS (
            SELECT edition, reference_date, sum(value) AS employees FROM kreis GROUP BY ALL HAVING count(value) = ?
        )
        SELECT land.delivery_id, land.locator, land.reference_date, land.value, kreise.employees
        FROM cell land JOIN kreise USING (edition, reference_date)
        SEMI JOIN decoded ON decoded.delivery_id = land.delivery_id
        WHERE land.dataset = ? AND land.region_id = ? AND land.value <> kreise.employees
        ORDER BY ALL
        """,
        [
            list(editions),
            list(editions.values()),
            [str(path) for path in parquet],
            rule.variable,
            rule.kreis_dataset,
            len(nrw_kreise()),
            rule.land_dataset,
            NRW,
        ],
    ).fetchall()
    return [
        Failure(
            delivery,
            locator,
            f"expected the 53 reports of this edition to add up to the printed NRW figure {land:,.0f} at {day}, "
            f"found {kreise:,.0f}",
        )
        for delivery, locator, day, land, kreise in rows
    ]
