"""Writes the result of a query as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.text import printable, sql_literal

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "csv", "json", "parquet")
#: Kinds of statements that do nothing but read.
_READING = ("SELECT", "EXPLAIN")
#: What the published file does not refuse by itself: its functions switch DuckDB's own log on, which ends in an abort
#: where no file may be written.
_NEVER = ("CALL", "PRAGMA")
_NUMBERS = (int, float, Decimal)
#: Types whose numbers a double cannot hold.
_WIDE = ("DECIMAL", "HUGEINT", "UHUGEINT")


def write_result(
    connection: duckdb.DuckDBPyConnection, sql: str, format: str, output: Path | None, *, of_lake: bool = False
) -> None:
    """Run `sql` and write its rows to `output`, else to standard output.

    `of_lake`: the connection may reach the files of a lake, so that nothing but reading is even tried.
    Raises duckdb.Error where the query fails; ValueError where it is not one statement with rows, does something else
    than reading, where two columns of a format that needs names share one, or where Parquet would go to a terminal.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise ValueError(f"expected one SQL statement, found {len(statements)}.")
    kind = statements[0].type.name
    if kind in _NEVER or (of_lake and kind not in _READING):
        raise ValueError(f"expected a query that only reads, like SELECT … or FROM marts.region; found {kind}.")
    if format == "parquet":
        if output is None and sys.stdout.isatty():
            raise ValueError("Parquet is binary: name a file with --output, or redirect the output.")
        _write_bytes(_parquet(connection, sql), output)
        return
    cursor = connection.execute(statements[0])
    names = [column[0] for column in cursor.description or ()]
    render = {"table": _table, "csv": _csv, "json": _json}[format]
    _write_bytes(render(names, cursor.fetchall()).encode(), output)


def _write_bytes(content: bytes, output: Path | None) -> None:
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def _table(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Columns side by side, numbers right-aligned, all rows."""
    names = list(map(printable, names))
    cells = [["" if value is None else printable(str(_cell(value))) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    numbers = [any(isinstance(value, _NUMBERS) for value in column) for column in zip(*rows, strict=True)]
    right = numbers or [False] * len(names)
    lines = [names, ["-" * width for width in widths], *cells]
    return "".join(
        "  ".join(
            text.rjust(width) if is_right else text.ljust(width)
            for text, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _csv(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(map(_cell, row) for row in rows)
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """Lists, structs and maps as JSON, as `s3monitor export` writes them."""
    return _to_json(_json_value(value)) if isinstance(value, list | tuple | dict) else value


def _json(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    _refuse_namesakes(names)
    records = [dict(zip(names, map(_json_value, row), strict=True)) for row in rows]
    return _to_json(records, indent=2) + "\n"


def _to_json(value: Any, indent: int | None = None) -> str:
    """Days and times as text."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str, allow_nan=False)


def _json_value(value: Any) -> Any:
    """JSON knows neither decimals nor infinity, and keys are texts; the same in lists, structs and maps."""
    if isinstance(value, dict):
        return {str(key): _json_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(inner) for inner in value]
    if isinstance(value, Decimal):
        value = float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _parquet(connection: duckdb.DuckDBPyConnection, sql: str) -> bytes:
    """The published connection may not write files: a second one writes a frame, with the types of the first.

    Numbers wider than a double pass the frame as text. NaN becomes NULL: a frame does not tell them apart.
    """
    from warehouse.connect import open_in_memory

    relation = connection.sql(sql)
    if relation is None:
        raise ValueError("this statement returns no rows that could be written as Parquet.")
    _refuse_namesakes(relation.columns)
    names = ['"' + name.replace('"', '""') + '"' for name in relation.columns]
    kinds = [str(kind) for kind in relation.types]
    exact = [
        f"{name}::VARCHAR AS {name}" if kind.startswith(_WIDE) else name
        for name, kind in zip(names, kinds, strict=True)
    ]
    columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in zip(names, kinds, strict=True))
    with open_in_memory() as writer, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.parquet"
        file = sql_literal(path)
        writer.register("result", relation.project(", ".join(exact)).df())
        # the names and types are the query's: whatever they say, only this file can be written
        writer.execute(f"SET allowed_paths = [{file}]; SET enable_external_access = false")
        writer.execute("SET lock_configuration = true")
        writer.execute(f"COPY (SELECT {columns} FROM result) TO {file} (FORMAT parquet, USE_TMP_FILE false)")
        return path.read_bytes()


def _refuse_namesakes(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise ValueError(f"two columns are called {', '.join(twice)}: name them apart with AS.")
