"""`s3monitor query`: SQL on the published warehouse, today's or as of a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from flows.commands import DataOption, LakeOption, ReleaseOption
from flows.console import fail, lake, one_line, published, reading_folder, require_lake


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="query")(query_command)


def query_command(
    sql: Annotated[str, typer.Argument(help="SQL on the schemas marts, history, meta and quality.")],
    format: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day like 2025-01-01: answer with what was known then.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to a file instead of the terminal.")
    ] = None,
    data: DataOption = None,
    warehouse: LakeOption = "",
    release: ReleaseOption = None,
) -> None:
    """Query the published warehouse, read-only. Synthetic data is announced on standard error."""
    import duckdb

    from flows.query_output import FORMATS, write_result

    if format not in FORMATS:
        raise typer.BadParameter(f"expected one of {', '.join(FORMATS)}, found “{format}”.", param_hint="--format")
    require_lake(warehouse, release)
    if warehouse and as_of:
        raise typer.BadParameter("--as-of is for the published file; a lake answers marts.indicator_as_of(DATE …).")
    if output and reading_folder(data).is_own(output):
        raise typer.BadParameter(f"{output} belongs to the monitor. Choose another place.", param_hint="--output")
    day = _day(as_of) if as_of else None
    with lake(warehouse, release) if warehouse else published(data, day) as connection:
        try:
            write_result(connection, sql, format, output, of_lake=bool(warehouse))
        except duckdb.Error as error:
            fail(f"The query failed: {one_line(error)}")
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"expected a day like 2025-01-01, found “{text}”.", param_hint="--as-of") from None
