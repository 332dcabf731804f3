"""Releases to publish to a lake, and whether the lake then holds them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import open_for_building, open_published
from warehouse.lake import attach, open_lake, releases, releases_of
from warehouse.lake_address import Lake
from warehouse.release import record_release

#: What a later release changes: one more delivery, a whole table, a missing and a repeated row.
LATER = (
    "INSERT INTO meta.delivery SELECT * REPLACE ('later{number}' AS delivery_id) FROM meta.delivery LIMIT 1",
    "UPDATE marts.employment SET employees = employees + 1",
    "DELETE FROM marts.growth WHERE region_id = '05113' AND from_date = (SELECT min(from_date) FROM marts.growth)",
    "INSERT INTO marts.broadband FROM marts.broadband LIMIT 1",
)
_CHANGED = ("meta.release", "meta.delivery", "marts.employment", "marts.growth", "marts.broadband")
_TABLES = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY ALL"
_DEFINED = (
    """
    SELECT c.schema_name, c.table_name, t.comment, column_index, column_name, data_type, is_nullable, c.comment
    FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
    WHERE database_name = current_database() ORDER BY ALL
    """,
    """
    SELECT schema_name, function_name, function_type, parameters
    FROM duckdb_functions() WHERE database_name = current_database() ORDER BY ALL
    """,
    "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal",
)


def release_file(folder: Path, source: Path, number: int, changes: Sequence[str] = (), **fields: Any) -> Path:
    """A copy of a warehouse with changes made to it, recorded as release r<number> of that day of the month."""
    path = folder / f"r{number}.duckdb"
    shutil.copy(source, path)
    with open_for_building(path) as connection:
        for change in ("DELETE FROM meta.release", *changes):
            connection.execute(change)
    row = {
        "release_id": f"r{number}",
        "released_at": dt.datetime.fromisoformat(f"2025-01-{number + 1:02}"),
        "inputs": f"inputs{number}",
        "code_version": "0",
        "is_synthetic": True,
    }
    record_release(path, row | fields)
    return path


def held(lake: Lake) -> list[str]:
    """Ids of the releases of a lake, the oldest first."""
    return [release.release_id for release in releases_of(lake)]


def data_files(lake: Lake) -> set[Path]:
    return {path for path in Path(lake.data_path).rglob("*") if path.is_file()}


def require_releases(lake: Lake, files: dict[str, Path]) -> None:
    """The lake holds these releases, each with the rows of its file in the tables that releases change."""
    with attach(lake, writing=False) as connection:
        there = releases(connection)
        assert [release.release_id for release in there] == list(files)
        for release in there:
            with open_published(files[release.release_id]) as file:
                for name in _CHANGED:
                    found = f"FROM lake.{name} AT (VERSION => {release.snapshot}) ORDER BY ALL"
                    expected = file.execute(f"FROM {name} ORDER BY ALL").fetchall()
                    assert connection.execute(found).fetchall() == expected, (release.release_id, name)


def require_same(lake: Lake, release_id: str, file: Path) -> None:
    """All that a release of the lake defines and holds is what the file defines and holds."""
    with open_lake(lake, release_id) as there, open_published(file) as here:
        for asked in _DEFINED:
            defined = here.execute(asked).fetchall()
            assert there.execute(asked).fetchall() == defined != []
        for schema, table in here.execute(_TABLES).fetchall():
            rows = [c.execute(f"FROM {schema}.{table} ORDER BY ALL").fetchall() for c in (there, here)]
            assert rows[0] == rows[1], (schema, table)


def seen(connection: duckdb.DuckDBPyConnection) -> tuple[str, float, int]:
    """Three queries one after the other, so that a release published in between would show."""
    (release_id,), (employees,), (deliveries,) = (
        connection.execute(query).fetchone() or ()
        for query in (
            "SELECT release_id FROM meta.release",
            "SELECT sum(employees) FROM marts.employment",
            "SELECT count(*) FROM meta.delivery",
        )
    )
    return release_id, employees, deliveries
