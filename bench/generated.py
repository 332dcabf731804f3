"""A generated special evaluation: Kreise × 88 divisions × quarters, 2 % of the cells suppressed, NRW in full.

Every number follows from a hash of its place, so each run generates the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reference.regions import NRW
from reference.sectors import DIVISIONS, TOTAL, sectors
from schemas.observation import Observation
from schemas.registry import fields

if TYPE_CHECKING:
    import duckdb

#: As many of the generated Kreise as the Ruhr has.
RUHR_MEMBERS = 15
_ONE_IN = 50  # 2 % of the cells are suppressed

_CELLS = f"""
CREATE OR REPLACE TEMP TABLE cell AS
SELECT (10000 + kreis)::VARCHAR AS region_id, sector_id,
       last_day(DATE '2006-12-31' + to_months(3 * quarter::INTEGER)) AS reference_date,
       floor(exp(10 + hash(kreis) % 1000 / 500)  -- size of the Kreis
             * (1 + hash(sector_id) % 97) / 4000  -- of the sector
             * (0.5 + hash(kreis, sector_id) % 1000 / 1000)  -- specialisation
             * (1 + quarter * (hash(sector_id) % 21 - 10::DOUBLE) / 5000)) AS employees,
       hash(kreis, sector_id, quarter) % {_ONE_IN} = 0 AS is_hidden
FROM range(1, ? + 1) region(kreis), range(1, ? + 1) date(quarter), (SELECT unnest(?::VARCHAR[]) AS sector_id)
"""
_PRINTED = f"""
SELECT region_id, sector_id, reference_date, if(is_hidden, NULL, employees) AS value FROM cell
UNION ALL SELECT region_id, '{TOTAL}', reference_date, sum(employees) FROM cell GROUP BY ALL
UNION ALL SELECT '{NRW}', sector_id, reference_date, sum(employees) FROM cell GROUP BY ALL
UNION ALL SELECT '{NRW}', '{TOTAL}', reference_date, sum(employees) FROM cell GROUP BY ALL
"""
_OBSERVATIONS = f"""
SELECT 'generated' AS dataset, 'employees' AS variable, '{DIVISIONS}' AS sector_scheme, '' AS dimensions,
       'Anzahl' AS unit, 'WZ2008' AS basis, *, coalesce(value::BIGINT::VARCHAR, '*') AS printed,
       CASE WHEN value IS NULL THEN 'suppressed' WHEN value = 0 THEN 'zero' ELSE 'value' END AS status,
       'line ' || row_number() OVER () AS locator
FROM ({_PRINTED})
"""


@dataclass(frozen=True)
class Size:
    """Extent of a generated table."""

    kreise: int
    quarters: int

    @property
    def cells(self) -> int:
        return self.kreise * self.quarters * len(division_ids())


def division_ids() -> list[str]:
    """The 88 divisions of WZ 2008."""
    return [code for code in sectors(DIVISIONS) if code.isdigit()]


def create_cells(connection: duckdb.DuckDBPyConnection, size: Size) -> None:
    """Temporary table `cell`: region_id, sector_id, reference_date, employees, is_hidden."""
    connection.execute(_CELLS, [size.kreise, size.quarters, division_ids()])


def write_observations(connection: duckdb.DuckDBPyConnection, size: Size, path: Path) -> None:
    """Write the table as staged observations: one Parquet file with the columns of schemas.observation."""
    create_cells(connection, size)
    columns = ", ".join(f"{name}::{fields()[name].sql_type} AS {name}" for name in Observation._fields)
    connection.execute(f"COPY (SELECT {columns} FROM ({_OBSERVATIONS})) TO '{path}' (FORMAT parquet)")


def replace_kreise(connection: duckdb.DuckDBPyConnection, kreise: int) -> None:
    """Put the generated Kreise in the place of those of reference/regions.csv."""
    connection.execute("DELETE FROM reference_regions WHERE level = 'kreis'")
    connection.execute(
        "INSERT INTO reference_regions BY NAME "
        "SELECT (10000 + kreis)::VARCHAR AS region_id, 'Kreis ' || kreis AS name, 'kreis' AS level, "
        f" '{NRW}' AS parent_id, if(kreis <= ?, 'true', 'false') AS in_ruhr, '' AS nuts3, "
        "'generated' AS source FROM range(1, ? + 1) region(kreis)",
        [RUHR_MEMBERS, kreise],
    )
