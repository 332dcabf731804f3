"""`s3monitor status`: the current release, how fresh each source is, and what is open."""

from __future__ import annotations

import datetime as dt
from typing import Any

import typer

from flows.commands import DataOption, JsonOption
from flows.console import add_row, console, plain_table, print_json, published, reading_folder, say

_STYLES = {"failed": "red", "late": "yellow", "due": "cyan"}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="status")(status_command)


def status_command(data: DataOption = None, json: JsonOption = False) -> None:
    """Show the current release, how fresh and healthy each source is today, and what waits for a decision."""
    from quality.findings import OPEN
    from quality.freshness import state_on
    from quality.ledger import known_findings
    from warehouse.connect import records

    today = dt.datetime.now(dt.UTC).date()
    with published(data) as connection:
        release = records(connection, "FROM meta.release")[0]
        sources = records(connection, "FROM quality.freshness ORDER BY source_id")
    findings = [finding for finding in known_findings(reading_folder(data)) if finding["state"] in OPEN]
    sources = [source | {"state": state_on(source, today)} for source in sources]
    if json:
        print_json({"release": release, "sources": sources, "findings": findings})
        return
    _show(release, sources, findings)


def _show(release: dict[str, Any], sources: list[dict[str, Any]], findings: list[dict[str, Any]]) -> None:
    out = console()
    out.print(
        f"Release {release['release_id']}: {release['deliveries']} deliveries, "
        f"{release['observations']:,} observations, {release['checks_passed']} checks passed, "
        f"{release['checks_failed']} not",
        highlight=False,
        soft_wrap=True,
    )
    table = plain_table("source", "state", "newest date", "known from", "next expected", "deliveries")
    table.columns[-1].justify = "right"
    for source in sources:
        columns = ("newest_reference_date", "known_from", "due_on", "deliveries")
        add_row(
            table,
            source["source_id"],
            source["state"],
            *(str(source[name] or "–") for name in columns),
            style=_STYLES.get(source["state"], ""),
        )
    out.print(table)
    for finding in findings:
        text = f"- {finding['finding_id']} {finding['severity']}: {finding['text_en']}"
        say(out, text)
