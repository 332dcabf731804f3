"""What was known on a day: the same SQL that fills the marts, reading history as of that day.

Two ways, one definition of each mart:
- in the published file, each mart of AS_OF has a table macro `marts.<mart>_as_of(day)`, indicators have
  `marts.indicator_as_of(day)`;
- `open_as_of` gives a connection in which every relation has its usual name and answers as of a day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.observation import KEY
from schemas.registry import relations
from schemas.text import sql_literal
from transforms.sql import measures_sql
from warehouse.connect import open_in_memory
from warehouse.mart_sql import select
from warehouse.reference_tables import load_reference

if TYPE_CHECKING:
    import duckdb

#: Relations whose rows became known on a day.
_DATED = ("history.observation", "meta.delivery")

#: A later delivery wins; a figure that is merely missing from it does not erase the one known before. Only tables that
#: came more than once for a region and date are sorted out cell by cell.
OBSERVATION_AS_OF = f"""
CREATE MACRO history.observation_as_of(day) AS TABLE
WITH known AS NOT MATERIALIZED (
    SELECT * FROM history.observation WHERE known_from <= day
),
repeated AS (
    SELECT dataset, variable, region_id, reference_date FROM known
    GROUP BY ALL HAVING min(vintage) < max(vintage)
)
SELECT * FROM known ANTI JOIN repeated USING (dataset, variable, region_id, reference_date)
UNION ALL
FROM (
    SELECT * FROM known SEMI JOIN repeated USING (dataset, variable, region_id, reference_date)
    QUALIFY row_number() OVER (
        PARTITION BY {", ".join(KEY)} ORDER BY status = 'not_available', vintage DESC, locator) = 1
);
CREATE VIEW history.latest AS FROM history.observation_as_of(DATE '9999-12-31');
"""
#: Marts with an as-of macro, in the order in which they build on each other, and the macro's name.
AS_OF = {
    "employment": "marts.employment_as_of",
    "leaf_sector": "marts.leaf_sector_as_of",
    "specialisation": "marts.specialisation_as_of",
    "crosswalk_employment": "marts.crosswalk_employment_as_of",
    "broadband": "marts.broadband_as_of",
    "indicator_input": "marts.indicator_input_as_of",
    "indicator_value": "marts.indicator_as_of",
}


#: Officers' reports: what is about a later day was not known on a day.
_REPORTED = "marts.action_indicator"


def as_of_macros() -> Iterator[str]:
    """CREATE MACRO statements, each taking a day."""
    for mart, macro in AS_OF.items():
        yield f"CREATE MACRO {macro}(day) AS TABLE\n{_as_of(select(mart))}"


def _as_of(sql: str) -> str:
    sql = re.sub(r"\bhistory\.latest\b", "history.observation_as_of(day)", sql)
    sql = sql.replace(_REPORTED, f"(FROM {_REPORTED} WHERE reference_date <= day)")
    sql = re.sub(r"(?<![\w.])indicator_input\b(?!\.)", AS_OF["indicator_input"] + "(day) indicator_input", sql)
    return re.sub(
        r"\bmarts\.(\w+)\b(?!\()",
        lambda match: f"{AS_OF[match[1]]}(day)" if match[1] in AS_OF else match[0],
        sql,
    )


def open_as_of(path: Path, day: dt.date, marts: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """A connection whose relations answer with what was known on a day; it may read nothing but the published file.

    `marts` are the relations that SQL fills, in their order; they become views over the history of that day.
    """
    connection = open_in_memory()
    connection.execute(f"ATTACH {sql_literal(path)} AS published (READ_ONLY)")
    load_reference(connection, day)
    computed = tuple(marts)
    for schema in sorted({name.split(".")[0] for name in relations()}):
        connection.execute(f"CREATE SCHEMA {schema}")
    for name in relations():  # the computed ones only for now: macros refer to them when they are created
        known = f" WHERE known_from <= DATE '{day}'" if name in _DATED else ""
        connection.execute(f"CREATE VIEW {name} AS FROM published.{name}{known}")
    for statement in (OBSERVATION_AS_OF, measures_sql()):
        connection.execute(statement)
    connection.execute(f"CREATE TEMP VIEW indicator_input AS\n{select('indicator_input')}")
    for name in computed:
        sql = select(name.split(".")[1])
        known = f"FROM ({sql}) WHERE reference_date <= DATE '{day}'" if name == _REPORTED else sql
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS\n{known}")
    connection.execute(select("comparisons"))
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
