"""Builds a warehouse beside the published one: history from the staged deliveries, then every mart by its SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.observation import Observation
from schemas.registry import comment_statements, create_statements, relations
from transforms.sql import measures_sql
from warehouse.as_of import OBSERVATION_AS_OF, as_of_macros
from warehouse.connect import open_for_building
from warehouse.mart_sql import select
from warehouse.reference_tables import indicator_terms, load_reference
from warehouse.strategy_marts import strategy_rows

if TYPE_CHECKING:
    import duckdb

#: Marts in the order in which they build on each other.
MARTS = (
    "marts.region",
    "marts.sector",
    "marts.employment",
    "marts.leaf_sector",
    "marts.specialisation",
    "marts.growth",
    "marts.portfolio",
    "marts.ranking_variant",
    "marts.ranking",
    "marts.sector_weight",
    "marts.crosswalk_employment",
    "marts.crosswalk_growth",
    "marts.lead_market_acceptance",
    "marts.shift_share",
    "marts.structure",
    "marts.relatedness",
    "marts.relatedness_density",
    "marts.broadband",
    "marts.mobile_coverage",
    "marts.action_indicator",
    "marts.action_timeline",
    "marts.indicator",
    "marts.indicator_value",
    "marts.indicator_status",
    "meta.lineage",
    "quality.revision",
    "quality.freshness",
)


def build(
    path: Path,
    deliveries: Sequence[dict[str, Any]],
    observations: Sequence[Path],
    officers_folder: Path | None = None,
    sources: Sequence[dict[str, Any]] = (),
    today: dt.date | None = None,
    boundaries: Sequence[dict[str, Any]] = (),
) -> None:
    """Write a complete, unchecked warehouse to `path`.

    deliveries       rows of meta.delivery by column name, quarantined ones included
    observations     Parquet files of the accepted deliveries, each named `<delivery_id>.parquet`
    officers_folder  holds the files of the strategy that monitoring officers keep, if there are any
    sources          rows of meta.source
    today            day on which freshness is judged, default the present day (UTC)
    boundaries       rows of marts.boundary

    Raises OfficersFileError, before anything is written, where one of these files cannot be used.
    """
    strategy = strategy_rows(officers_folder)
    with open_for_building(path) as connection:
        connection.begin()  # thousands of single rows: one commit instead of one each
        create_relations(connection)
        load_reference(connection, today or dt.datetime.now(dt.UTC).date())
        filled = {
            **strategy,
            "meta.indicator_term": indicator_terms(),
            "meta.delivery": deliveries,
            "meta.source": sources,
            "marts.boundary": boundaries,
        }
        for relation, rows in filled.items():
            insert(connection, relation, rows)
        connection.commit()
        _load_history(connection, observations)
        connection.execute(OBSERVATION_AS_OF)
        connection.execute(measures_sql())
        connection.execute(f"CREATE TEMP TABLE indicator_input AS\n{select('indicator_input')}")
        for relation in MARTS:
            connection.execute(f"INSERT INTO {relation} BY NAME\n{select(relation.split('.')[1])}")
        for macro in (select("comparisons"), *as_of_macros()):
            connection.execute(macro)
        for comment in comment_statements(relations()["history.observation"], view="history.latest"):
            connection.execute(comment)


def insert(connection: duckdb.DuckDBPyConnection, relation: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows given by column name into a relation of the registry."""
    if not rows:
        return
    columns = [field.name for field in relations()[relation].fields]
    # one list per column: row by row takes a millisecond each
    lists = ", ".join("unnest(?)" for _ in columns)
    connection.execute(
        f"INSERT INTO {relation} ({', '.join(columns)}) SELECT {lists}",
        [[row.get(column) for row in rows] for column in columns],
    )


def create_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """All relations of the registry, empty, with their comments; fills meta.dictionary."""
    for schema in sorted({name.split(".")[0] for name in relations()}):
        connection.execute(f"CREATE SCHEMA {schema}")
    dictionary = []
    for relation in relations().values():
        for statement in create_statements(relation):
            connection.execute(statement)
        dictionary += [
            {
                "relation": relation.name,
                "field": field.name,
                "sql_type": field.sql_type,
                "unit": field.unit or None,
                "description_de": field.description_de,
                "description_en": field.description_en,
            }
            for field in relation.fields
        ]
    insert(connection, "meta.dictionary", dictionary)


def _load_history(connection: duckdb.DuckDBPyConnection, observations: Sequence[Path]) -> None:
    if not observations:
        return
    columns = ", ".join(Observation._fields)
    connection.execute(
        f"""
        INSERT INTO history.observation BY NAME
        SELECT {columns}, delivery_id, known_from, vintage
        FROM (SELECT *, parse_filename(filename, true) AS delivery_id FROM read_parquet(?, filename = true))
        JOIN meta.delivery USING (delivery_id)
        ORDER BY vintage, delivery_id, dataset, variable, dimensions, reference_date, region_id
        """,
        [[str(path) for path in observations]],
    )
