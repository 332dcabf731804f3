"""`s3monitor refresh`: take in or fetch files, check them, publish."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from flows.commands import DataOption, JsonOption, WarehouseOption
from flows.console import console, data_folder, expected_errors, log_to_stderr, one_line, print_json, settings_errors

if TYPE_CHECKING:
    from flows.summary import Summary

_SEVERAL = ("--inbox", "--only")


class _SeveralValues(TyperCommand):
    """`--inbox A B` as well as `--inbox A --inbox B`: refresh has no arguments of its own that could follow."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        spread: list[str] = []
        name = ""
        for argument in args:
            if argument.startswith("-"):
                name = argument
            elif name in _SEVERAL and spread[-1] != name:
                spread.append(name)
            spread.append(argument)
        return super().parse_args(ctx, spread)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="refresh", cls=_SeveralValues)(refresh_command)


def refresh_command(
    sample: Annotated[bool, typer.Option("--sample", help="Run on the built-in synthetic sample.")] = False,
    inbox: Annotated[list[Path] | None, typer.Option("--inbox", help="Folder of files to take in, or several.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Fetch from the publishers what is new.")] = False,
    data: DataOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Sources or products to restrict the inbox to; with --live sources or publishers."),
    ] = None,
    period: Annotated[
        str, typer.Option("--period", help="With --live: fetch that year or month (2023, 2023-06) again.")
    ] = "",
    warehouse: WarehouseOption = "",
    prefect: Annotated[bool, typer.Option(help="Run as a Prefect flow, or the same steps without its server.")] = True,
    json: JsonOption = False,
) -> None:
    """Take in or fetch new files, check them and publish a new release.

    Exit code: 0 published or nothing new, 3 published but something is quarantined or failed,
    1 nothing published, 2 wrong usage.
    """
    from flows.notification import notify
    from flows.settings import DEFAULT_DATA, SAMPLE_DATA
    from flows.summary import show

    if warehouse:
        os.environ["S3MONITOR_WAREHOUSE"] = warehouse  # not as a parameter of the flow: it may hold a password
    if sample and (inbox or live):
        raise typer.BadParameter(
            "--sample and --inbox or --live exclude each other: synthetic and real data never mix."
        )
    folder = data_folder(data, default=SAMPLE_DATA if sample else DEFAULT_DATA)
    feeds = _feeds(only or [], period) if live else []
    if period and not live:
        raise typer.BadParameter("--period is about fetching: use it with --live.")
    if only and not (sample or inbox or live):
        raise typer.BadParameter("--only restricts what comes in: use it with --inbox, --live or --sample.")
    if not (sample or inbox or live or (folder / "archive").is_dir()):
        raise typer.BadParameter(f"{folder} is empty. Name a folder of files with --inbox, or use --live or --sample.")
    log_to_stderr()
    try:
        inboxes = [_sample_inbox(folder)] if sample else list(inbox or [])
        if live:
            summary = _refresh_live(folder, inboxes, feeds, period, prefect=prefect)
        else:
            summary = _refresh(folder, inboxes, only or [], prefect=prefect)
    except expected_errors() as error:
        summary = _failed(folder, error)
    if json:
        print_json(summary.to_json())
    else:
        show(summary, console())
    notify(folder, summary)
    raise typer.Exit(summary.exit_code)


def _feeds(only: list[str], period: str) -> list[str]:
    """Ids of the feeds to fetch; usage errors for names and periods that mean nothing."""
    import re

    from flows.fetch import PERIOD, chosen_feeds

    if period and not re.fullmatch(PERIOD, period):
        raise typer.BadParameter(f"--period {period}: expected a year or a month, like 2023 or 2023-06.")
    with settings_errors():
        try:
            return list(chosen_feeds(only))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--only or settings") from error


def _refresh_live(folder: Path, inboxes: list[Path], feeds: list[str], period: str, *, prefect: bool) -> Summary:
    """Fetch and decode first: a month without news needs no Prefect. Scheduled runs fetch as tasks of Prefect."""
    from flows.refresh import collect, sources
    from flows.summary import LAKE
    from warehouse.data_folder import DataFolder

    data = DataFolder(folder)
    data.claim(synthetic=False)
    taken, reports = collect(data, inboxes, feeds, period)
    summary = _refresh(folder, [], [], prefect=prefect)
    of_lake = [source for source in summary.sources if source.source == LAKE]
    summary.sources = sources(data, taken, reports) + of_lake
    return summary


def _refresh(folder: Path, inboxes: list[Path], only: list[str], *, prefect: bool) -> Summary:
    """Run the refresh; Prefect is only started when there is work, a month without news costs seconds less."""
    from flows.refresh import has_work, refresh
    from flows.summary import Summary
    from warehouse.data_folder import DataFolder

    data = DataFolder(folder)
    if prefect and has_work(data, inboxes):
        from flows.prefect_flow import configure_prefect, run_refresh_flow

        configure_prefect(data.prefect_home, quiet=True)
        return Summary.from_json(run_refresh_flow(str(folder), [str(path) for path in inboxes], only))
    return refresh(data, inboxes, only)


def _sample_inbox(folder: Path) -> Path:
    from sources.sample import write_sample
    from warehouse.data_folder import DataFolder

    DataFolder(folder).claim(synthetic=True)  # before a synthetic file reaches a folder of real data
    inbox = folder / "inbox"
    write_sample(inbox)
    return inbox


def _failed(folder: Path, error: Exception) -> Summary:
    """A refresh that could not run; the release from before it stays, and is named where it can be read."""
    from flows.summary import Summary
    from warehouse.data_folder import DataFolder
    from warehouse.release import current_release

    try:
        current = current_release(DataFolder(folder)) or {}
    except expected_errors():
        current = {}  # the published file may be the very thing `error` is about
    return Summary(
        release_id=current.get("release_id"),
        is_synthetic=bool(current.get("is_synthetic")),
        error=one_line(error),
    )
