"""The measures on made-up employment cells: an in-memory warehouse with the macros and the marts on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

import warehouse
from schemas.registry import create_statements, relations
from transforms.sql import measures_sql
from warehouse.connect import open_in_memory
from warehouse.reference_tables import load_reference

SCHEME, NRW, GERMANY, TOTAL = "made-up", "05", "DE", "TOTAL"
START, END = dt.date(2019, 6, 30), dt.date(2020, 6, 30)
#: In the order in which they build on each other.
_MARTS = (
    *("leaf_sector", "specialisation", "growth", "portfolio"),
    *("shift_share", "structure", "relatedness", "relatedness_density"),
)
_FOLDER = Path(warehouse.__file__).parent / "marts"

#: A published number, the bounds of a hidden one, or None where there is none.
Figure = float | tuple[float, float] | None
#: region_id, sector_id, reference_date
Cell = tuple[str, str, dt.date]
Cells = Mapping[Cell, Figure]
Row = dict[str, Any]


def open_measures() -> duckdb.DuckDBPyConnection:
    """All relations, empty, and all macros."""
    connection = open_in_memory()
    for schema in sorted({name.split(".")[0] for name in relations()}):
        connection.execute(f"CREATE SCHEMA {schema}")
    for relation in relations().values():
        for statement in create_statements(relation):
            connection.execute(statement)
    load_reference(connection, END)
    connection.execute(measures_sql())
    return connection


def scalar(connection: duckdb.DuckDBPyConnection, expression: str, *parameters: object) -> Any:
    row = connection.execute(f"SELECT {expression}", parameters).fetchone()
    assert row is not None
    return row[0]


def aggregate(connection: duckdb.DuckDBPyConnection, expression: str, **columns: Iterable[float | None]) -> Any:
    """An aggregate macro over columns given as lists."""
    names = list(columns)
    lists = ", ".join(f"unnest(?::DOUBLE[]) AS {name}" for name in names)
    values = [list(columns[name]) for name in names]
    row = connection.execute(f"SELECT {expression} FROM (SELECT {lists})", values).fetchone()
    assert row is not None
    return row[0]


def fill(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    parents: Mapping[str, str | None],
    partial: Iterable[str] = (),
    marts: Iterable[str] = _MARTS,
) -> None:
    """Load employment cells and compute the marts from them.

    parents   parent of every sector, None for the total
    partial   sectors whose printed parts do not add up to them
    """
    for name in ("region", "sector", "employment", *_MARTS):
        connection.execute(f"DELETE FROM marts.{name}")
    _insert(connection, "region", _regions({region for region, _, _ in cells}))
    _insert(connection, "sector", _sectors(parents, set(partial)))
    _insert(connection, "employment", _employment(cells))
    for name in marts:
        sql = (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
        connection.execute(f"INSERT INTO marts.{name} BY NAME\n{sql}")


def records(connection: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> list[Row]:
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def structure(connection: duckdb.DuckDBPyConnection, region: str, benchmark: str = NRW) -> dict[str, Row]:
    """Rows of marts.structure of a region at its only date, by measure."""
    sql = "FROM marts.structure WHERE region_id = ? AND coalesce(benchmark_id, ?) = ?"
    return {row["measure"]: row for row in records(connection, sql, region, benchmark, benchmark)}


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: Iterator[Row]) -> None:
    frame = pd.DataFrame(list(rows))
    connection.register("frame", frame)
    connection.execute(f"INSERT INTO marts.{name} BY NAME FROM frame")
    connection.unregister("frame")


def _regions(ids: set[str]) -> Iterator[Row]:
    levels = {NRW: "land", GERMANY: "bund", "RUHR": "ruhr"}
    for region in sorted(ids):
        yield {"region_id": region, "name": region, "level": levels.get(region, "kreis"), "in_ruhr": False}


def _sectors(parents: Mapping[str, str | None], partial: set[str]) -> Iterator[Row]:
    for sector, parent in parents.items():
        has_parts = sector in parents.values()
        yield {
            "sector_scheme": SCHEME,
            "sector_id": sector,
            "label_de": sector,
            "label_en": sector,
            "parent_id": parent,
            "children": ("partial" if sector in partial else "complete") if has_parts else None,
            "divisions": [sector] if sector.isdigit() else [],
            "wz_version": "WZ2008",
        }


def _employment(cells: Cells) -> Iterator[Row]:
    for (region, sector, date), figure in cells.items():
        lower, upper = figure if isinstance(figure, tuple) else (figure, figure)
        yield {
            "region_id": region,
            "sector_scheme": SCHEME,
            "sector_id": sector,
            "reference_date": date,
            "employees": lower if lower == upper else None,
            "employees_lower": lower,
            "employees_upper": upper,
            "status": "suppressed" if isinstance(figure, tuple) else "not_available" if figure is None else "value",
            "basis": "WZ2008",
            "delivery_id": "made-up",
        }
