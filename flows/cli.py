"""The command line `s3monitor`. Heavy packages are imported in the commands that need them."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.summary import Summary

app = typer.Typer(
    name="s3monitor",
    help="Monitoring indicators for the Smart Specialisation Strategy of the Ruhr Metropolis.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder (else $S3MONITOR_DATA, else ./data).", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def refresh(
    sample: Annotated[bool, typer.Option("--sample", help="Run on the built-in synthetic sample.")] = False,
    inbox: Annotated[
        list[Path] | None, typer.Option("--inbox", help="Folder of files to take in; may be given again.")
    ] = None,
    data: DataOption = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Source or product to restrict the inbox to.")
    ] = None,
    prefect: Annotated[
        bool, typer.Option(help="Run as a Prefect flow, or the same steps without its server.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Take in new files, check them and publish a new release.

    Exit code: 0 published or nothing new, 3 published but something is quarantined or failed,
    1 nothing published, 2 wrong usage.
    """
    from flows.settings import DEFAULT_DATA, SAMPLE_DATA
    from flows.summary import Summary, show

    if sample and inbox:
        raise typer.BadParameter(
            "--sample and --inbox exclude each other: synthetic and real data never mix."
        )
    folder = _data_folder(data, default=SAMPLE_DATA if sample else DEFAULT_DATA)
    if not (sample or inbox or (folder / "archive").is_dir()):
        raise typer.BadParameter(f"{folder} is empty. Name a folder of files with --inbox, or use --sample.")
    _log_to_stderr()
    try:
        inboxes = [_sample_inbox(folder)] if sample else list(inbox or [])
        summary = Summary.from_json(_refresh(folder, inboxes, only or [], prefect=prefect))
    except (*_expected_errors(), *_query_errors()) as error:
        summary = _failed(folder, error)
    if json:
        _print_json(summary.to_json())
    else:
        show(summary, _console())
    raise typer.Exit(summary.exit_code)


def _refresh(folder: Path, inboxes: list[Path], only: list[str], *, prefect: bool) -> dict[str, Any]:
    """Run the refresh; Prefect is only started when there is work, a month without news costs seconds less."""
    from flows.refresh import has_work, refresh
    from warehouse.data_folder import DataFolder

    data = DataFolder(folder)
    if prefect and has_work(data, inboxes):
        from flows.prefect_flow import configure_prefect, run_refresh_flow

        configure_prefect(data.prefect_home)
        return run_refresh_flow(str(folder), [str(path) for path in inboxes], only)
    return refresh(data, inboxes, only).to_json()


def _failed(folder: Path, error: Exception) -> Summary:
    """A refresh that could not run; the release from before it stays, and is named where it can be read."""
    from flows.summary import Summary
    from warehouse.data_folder import DataFolder
    from warehouse.release import current_release

    try:
        current = current_release(DataFolder(folder)) or {}
    except (*_expected_errors(), *_query_errors()):
        current = {}  # the published file may be the very thing `error` is about
    return Summary(
        release_id=current.get("release_id"),
        is_synthetic=bool(current.get("is_synthetic")),
        error=_one_line(error),
    )


@app.command()
def status(data: DataOption = None, json: JsonOption = False) -> None:
    """Show the current release and how fresh and healthy each source is."""
    with _published(data) as connection:
        release = _rows(connection, "FROM meta.release")[0]
        sources = _rows(connection, "FROM quality.freshness ORDER BY source_id")
        findings = _rows(connection, "FROM quality.finding ORDER BY severity, check_id, finding_id")
    if json:
        _print_json({"release": release, "sources": sources, "findings": findings})
        return
    _show_status(release, sources, findings)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL on the schemas marts, history, meta and quality.")],
    format: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to a file instead of the terminal.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Query the published warehouse, read-only. Synthetic data is announced on standard error."""
    from flows.query_output import FORMATS, write_result

    if format not in FORMATS:
        raise typer.BadParameter(
            f"expected one of {', '.join(FORMATS)}, found “{format}”.", param_hint="--format"
        )
    with _published(data) as connection:
        try:
            write_result(connection, sql, format, output)
        except _query_errors() as error:
            _fail(f"The query failed: {_one_line(error)}")
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error


def main() -> None:
    """Entry point: expected errors end in one line on standard error, never in a traceback."""
    try:
        app()
    except _expected_errors() as error:
        _fail(str(error))


def _expected_errors() -> tuple[type[Exception], ...]:
    from warehouse.connect import NothingPublishedError
    from warehouse.data_folder import DataFolderError
    from warehouse.inbox import InboxError

    return DataFolderError, InboxError, NothingPublishedError, OSError


def _query_errors() -> tuple[type[Exception], ...]:
    import duckdb

    return (duckdb.Error,)


def _data_folder(option: Path | None, *, default: Path) -> Path:
    """`--data`, else the settings, else the default."""
    import tomllib

    from pydantic import ValidationError

    from flows.settings import Settings

    try:
        return option or Settings().data or default
    except ValidationError as error:
        first = error.errors()[0]
        name = "S3MONITOR_" + "_".join(map(str, first["loc"])).upper()
        raise typer.BadParameter(f"setting {name}: {first['msg']}", param_hint="settings") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"s3monitor.toml is no TOML: {error}", param_hint="settings") from error


def _reading_folder(option: Path | None) -> Path:
    """The folder to read from: where nothing was chosen and only the sample is there, the sample."""
    from flows.settings import DEFAULT_DATA, SAMPLE_DATA
    from warehouse.data_folder import DataFolder

    only_sample = (
        not DataFolder(DEFAULT_DATA).published.exists() and DataFolder(SAMPLE_DATA).published.exists()
    )
    return _data_folder(option, default=SAMPLE_DATA if only_sample else DEFAULT_DATA)


@contextmanager
def _published(option: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse; says on standard error when it holds synthetic data."""
    from warehouse.connect import open_published
    from warehouse.data_folder import DataFolder

    folder = _reading_folder(option)
    with open_published(DataFolder(folder).published) as connection:
        if _rows(connection, "SELECT is_synthetic FROM meta.release")[0]["is_synthetic"]:
            typer.echo(f"SYNTHETIC SAMPLE DATA (from {folder}), not for use as figures.", err=True)
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _sample_inbox(folder: Path) -> Path:
    from sources.sample import write_sample
    from warehouse.data_folder import DataFolder

    DataFolder(folder).claim(synthetic=True)  # before a synthetic file reaches a folder of real data
    inbox = folder / "inbox"
    write_sample(inbox)
    return inbox


def _show_status(
    release: dict[str, Any], sources: list[dict[str, Any]], findings: list[dict[str, Any]]
) -> None:
    from rich.table import Table

    console = _console()
    console.print(
        f"Release {release['release_id']}: {release['deliveries']} deliveries, "
        f"{release['observations']:,} observations, {release['checks_passed']} checks passed, "
        f"{release['checks_failed']} not",
        highlight=False,
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "state", "newest date", "known from", "deliveries"):
        table.add_column(name, justify="right" if name == "deliveries" else "left")
    for source in sources:
        table.add_row(
            source["source_id"],
            source["state"],
            *(str(source[name] or "–") for name in ("newest_reference_date", "known_from", "deliveries")),
            style="yellow" if source["state"] != "ok" else "",
        )
    console.print(table)
    for finding in findings:
        console.print(
            f"- {finding['severity']}: {finding['text_en']}", markup=False, highlight=False, soft_wrap=True
        )


def _console() -> Any:
    from rich.console import Console

    return Console()


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("s3monitor")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _one_line(error: Exception) -> str:
    """The message of an error on one line; DuckDB points at the place with a caret on a line of its own."""
    import re

    return " ".join(re.sub(r"\s*LINE (\d+): (.*)\n\s*\^", r" (line \1: \2)", str(error)).split())


def _fail(message: str) -> None:
    typer.echo(message, err=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
