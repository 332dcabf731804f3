"""`s3monitor probe`: look whether the publishers have something new, without fetching it."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands import DataOption, JsonOption
from flows.console import add_row, console, data_folder, log_to_stderr, plain_table, print_json, settings_errors

_STYLES = {"new": "bold", "failed": "yellow"}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="probe")(probe_command)


def probe_command(
    data: DataOption = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Source or publisher to look at.")] = None,
    json: JsonOption = False,
) -> None:
    """Look whether the publishers have something new; one small request per file.

    Exit code: 0, or 3 where a publisher could not be asked.
    """
    from flows.fetch import chosen_feeds
    from flows.probe import probe_all
    from flows.settings import DEFAULT_DATA
    from warehouse.data_folder import DataFolder

    folder = DataFolder(data_folder(data, default=DEFAULT_DATA))
    with settings_errors():
        try:
            feeds = list(chosen_feeds(only))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--only or settings") from error
    log_to_stderr()
    found = list(probe_all(folder, feeds))
    if json:
        print_json([news._asdict() for news in found])
    else:
        table = plain_table("source", "state", "")
        for news in found:
            add_row(table, *news, style=_STYLES.get(news.state, ""))
        console().print(table)
    raise typer.Exit(3 if any(news.state == "failed" for news in found) else 0)
