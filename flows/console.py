"""What all commands share: which data folder, the published file, and how results and errors are printed."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import stat
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from schemas.text import printable, printable_lines

if TYPE_CHECKING:
    import duckdb
    from rich.console import Console
    from rich.table import Table

    from warehouse.data_folder import DataFolder


def expected_errors() -> tuple[type[Exception], ...]:
    """Errors whose message is meant for the person at the keyboard."""
    import duckdb

    from flows.dask_decoding import DaskError
    from flows.temporary_server import ServerError
    from quality.decisions import DecisionsError
    from warehouse.connect import NothingPublishedError
    from warehouse.data_folder import DataFolderError
    from warehouse.inbox import InboxError
    from warehouse.lake_address import LakeError

    return (
        DaskError,
        DataFolderError,
        DecisionsError,
        InboxError,
        LakeError,
        NothingPublishedError,
        ServerError,
        OSError,
        duckdb.Error,
    )


def data_folder(option: Path | None, *, default: Path) -> Path:
    """`--data`, else the settings, else the default; settings that are wrong are told in every case."""
    from flows.settings import Settings

    with settings_errors():
        settings = Settings()
    return option or settings.data or default


def warn_of_open_settings() -> None:
    """Say so where others may read passwords in the file of settings, or choose there where logins are sent."""
    from flows.settings import FILE, SECRET

    try:
        mode, names = FILE.stat().st_mode, tomllib.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return  # there is none, or the command says what is wrong with it
    if mode & stat.S_IWOTH:
        typer.echo(f"Attention: everybody on this machine may change {FILE}: chmod 600 {FILE}", err=True)
    elif mode & stat.S_IROTH and SECRET.intersection(names):
        typer.echo(f"Attention: everybody on this machine may read the passwords: chmod 600 {FILE}", err=True)


@contextmanager
def settings_errors() -> Iterator[None]:
    """Turn what is wrong with the settings into a usage error that names the setting and never its value."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        name = "S3MONITOR_" + "__".join(map(str, first["loc"])).upper()
        raise typer.BadParameter(f"setting {name}: {first['msg']}", param_hint="settings") from None
    except SettingsError as error:
        raise typer.BadParameter(f"{error}: lists and tables are written as JSON", param_hint="settings") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise typer.BadParameter(f"s3monitor.toml is no TOML: {error}", param_hint="settings") from error


def reading_folder(option: Path | None) -> DataFolder:
    """The folder to read from: where nothing was chosen and only the sample is there, the sample."""
    from flows.settings import DEFAULT_DATA, SAMPLE_DATA
    from warehouse.data_folder import DataFolder

    real, sample = DataFolder(DEFAULT_DATA), DataFolder(SAMPLE_DATA)
    only_sample = not real.published.exists() and sample.published.exists()
    return DataFolder(data_folder(option, default=SAMPLE_DATA if only_sample else DEFAULT_DATA))


def require_lake(warehouse: str, release_id: str | None) -> None:
    """Releases are chosen in a lake: without one, `--release` would be ignored, and the newest release answer."""
    if release_id and not warehouse:
        raise typer.BadParameter("an earlier release is asked of a lake: name it with --warehouse.")


@contextmanager
def lake(address: str, release_id: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A release of a lake, the newest unless told otherwise; announces synthetic data on standard error."""
    from flows.settings import Settings
    from warehouse.lake import open_lake
    from warehouse.lake_address import parse_warehouse

    with settings_errors():
        settings = Settings()
    with open_lake(parse_warehouse(address, settings.lake_data), release_id) as connection:
        if _is_synthetic(connection):
            typer.echo("SYNTHETIC SAMPLE DATA, not for use as figures.", err=True)
        yield connection


@contextmanager
def published(option: Path | None, as_of: dt.date | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse, or what of it was known on a day; announces synthetic data on standard error."""
    from warehouse.connect import open_published

    data = reading_folder(option)
    with open_published(data.published) if as_of is None else _as_of(data.published, as_of) as connection:
        if _is_synthetic(connection):
            typer.echo(f"SYNTHETIC SAMPLE DATA (from {data.root}), not for use as figures.", err=True)
        yield connection


def _is_synthetic(connection: duckdb.DuckDBPyConnection) -> bool:
    return connection.execute("SELECT is_synthetic FROM meta.release").fetchall() == [(True,)]


def _as_of(path: Path, day: dt.date) -> duckdb.DuckDBPyConnection:
    from warehouse.as_of import open_as_of
    from warehouse.build import MARTS
    from warehouse.connect import open_published

    open_published(path).close()  # says what to do where nothing is published
    return open_as_of(path, day, MARTS)


#: Columns of a table that goes to a file or a pipe, where nobody can widen a window: enough for every table we print.
_PIPE_WIDTH = 160


def console() -> Console:
    from rich.console import Console

    return Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=_PIPE_WIDTH)


def plain_table(*columns: str) -> Table:
    """A table without lines. In a narrow window words are broken over lines, never cut: ids are what people copy."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def add_row(table: Table, *cells: str, style: str = "") -> None:
    """Add a row of texts as they are: a name like `[red]` is no mark, an escape sequence no command."""
    from rich.text import Text

    table.add_row(*(Text(printable(cell)) for cell in cells), style=style)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that quote files, publishers and people."""
    typer.echo("\n".join(map(printable_lines, lines)))


def say(out: Console, text: str) -> None:
    """Print a text that quotes files, publishers and people on a console that also prints tables."""
    from rich.text import Text

    out.print(Text(printable_lines(text)), soft_wrap=True)


def print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


class _Plain(logging.Formatter):
    """Names of files and answers of publishers stand in the log: they must not steer the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return printable_lines(super().format(record))


def log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("s3monitor")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def one_line(error: Exception) -> str:
    """The message of an error on one line; DuckDB points at the place with a caret on a line of its own."""
    return printable(" ".join(re.sub(r"\s*LINE (\d+): (.*)\n\s*\^", r" (line \1: \2)", str(error)).split()))


def fail(message: str) -> NoReturn:
    """End the command with a message on standard error and exit code 1."""
    typer.echo(printable_lines(message), err=True)
    raise SystemExit(1)


def refuse_unprintable(arguments: Sequence[str]) -> None:
    """End the command with exit code 2 where an argument holds what is no text, before it gets into any message.

    Line ends and tabs are part of many a query; signs that turn the reading direction are text, though not shown.
    """
    for number, argument in enumerate(arguments, start=1):
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in argument):
            typer.echo(
                f"Argument {number} (“{printable(argument)[:80]}”) holds control characters or bytes that are no UTF-8."
                " Type it again, or give the folder another name.",
                err=True,
            )
            raise SystemExit(2)
