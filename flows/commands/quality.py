"""`s3monitor quality`: read findings, accept those that a person has looked at, and withdraw files that are wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands import DataOption, JsonOption
from flows.console import console, fail, print_json, reading_folder, say

if TYPE_CHECKING:
    from schemas.delivery import Arrival
    from warehouse.data_folder import DataFolder

quality_app = typer.Typer(invoke_without_command=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the finding, or its beginning.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.add_typer(quality_app, name="quality")


@quality_app.callback()
def quality_command(context: typer.Context, data: DataOption = None, json: JsonOption = False) -> None:
    """Read and decide on data-quality findings; alone: list the open ones."""
    if context.invoked_subcommand is None:
        list_command(data=data, json=json)
    elif data or json:
        raise typer.BadParameter(f"put options after “{context.invoked_subcommand}”.")


@quality_app.command("list")
def list_command(
    state: Annotated[str, typer.Option("--state", help="open (also recurring), accepted, fixed or all.")] = "open",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List findings, the gravest first."""
    from quality.findings import OPEN
    from quality.ledger import known_findings

    wanted = {"open": OPEN, "accepted": ("accepted",), "fixed": ("fixed",), "all": ()}
    if state not in wanted:
        raise typer.BadParameter(f"expected one of {', '.join(wanted)}, found “{state}”.", param_hint="--state")
    folder = reading_folder(data)
    findings = [row for row in known_findings(folder) if not wanted[state] or row["state"] in wanted[state]]
    if json:
        print_json(findings)
        return
    out = console()
    for row in findings:
        out.print(f"{row['finding_id']}  {row['severity']:<10} {row['state']:<9} ", end="", highlight=False)
        say(out, row["text_de"])
    out.print(f"\nBefunde: {len(findings)}. Mehr: s3monitor quality show ID", highlight=False)


@quality_app.command("show")
def show_command(finding_id: IdArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Show one finding: what was found, where, since when, and what to do."""
    row = _finding(reading_folder(data), finding_id)
    if json:
        print_json(row)
        return
    out = console()
    for label, value in _lines(row):
        if value not in (None, "", []):
            say(out, f"{label + ':':<14}{value}")


@quality_app.command("accept")
def accept_command(
    finding_id: IdArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is accepted.")],
    by: Annotated[str, typer.Option("--by", help="Who accepts it.")],
    data: DataOption = None,
) -> None:
    """Accept a finding with its present numbers; with other numbers it returns.

    The decision is a row in quality/decisions.csv of the data folder.
    """
    from quality.decisions import Decision, add_decision
    from quality.ledger import decisions_path

    _check_words(reason, by)
    folder = reading_folder(data)
    row = _finding(folder, finding_id)
    if row["state"] == "fixed":
        fail(f"{row['finding_id']} is fixed: there is nothing to accept.")
    add_decision(
        decisions_path(folder),
        Decision(
            finding_id=row["finding_id"],
            fingerprint=row["fingerprint"],
            accepted_on=dt.datetime.now(dt.UTC).date(),
            accepted_by=by.strip(),
            reason=reason.strip(),
            text=row["text_de"],
        ),
    )
    typer.echo(f"Angenommen: {row['finding_id']} {row['text_de']}\nDie nächste Veröffentlichung nennt es im Bericht.")


@quality_app.command("withdraw")
def withdraw_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Name of the file, or the beginning of its sha256.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is withdrawn.")],
    by: Annotated[str, typer.Option("--by", help="Who withdraws it.")],
    data: DataOption = None,
) -> None:
    """Withdraw a file that was read and is wrong: from the next refresh on nothing of it counts.

    Its bytes stay in the archive. The decision is a row in quality/withdrawals.csv of the data folder; without that
    row the file counts again.
    """
    from quality.decisions import Withdrawal, add_decision
    from quality.ledger import withdrawals_path

    _check_words(reason, by)
    folder = reading_folder(data)
    arrival = _arrival(folder, file)
    if message := _why_it_does_not_count(folder, arrival):
        fail(f"{arrival.file_name} does not count: {message}")
    add_decision(
        withdrawals_path(folder),
        Withdrawal(arrival.delivery_id, dt.datetime.now(dt.UTC).date(), by.strip(), reason.strip(), arrival.file_name),
    )
    typer.echo(
        f"Zurückgezogen: {arrival.file_name} (sha256 {arrival.delivery_id}…)\n"
        "Beim nächsten Lauf (s3monitor refresh) zählt nichts mehr daraus. Die Datei bleibt im Archiv."
    )


def _check_words(reason: str, by: str) -> None:
    if not reason.strip() or not by.strip():
        raise typer.BadParameter("a reason and a name are needed: somebody will ask in a year.")


def _arrival(folder: DataFolder, file: str) -> Arrival:
    from warehouse.archive import Archive

    arrivals = list(Archive(folder.archive).arrivals())
    matches = [arrival for arrival in arrivals if file and file in (arrival.file_name, arrival.sha256)]
    matches = matches or [arrival for arrival in arrivals if file and arrival.sha256.startswith(file)]
    if len(matches) != 1:
        found = ", ".join(arrival.sha256[:16] for arrival in matches)
        fail(
            f"Expected one file with the name “{file}” or a sha256 that begins so, "
            f"found {f'{len(matches)}: {found}' if matches else 'none'}. "
            'See: s3monitor query "SELECT delivery_id, file_name, state FROM meta.delivery"'
        )
    return matches[0]


def _why_it_does_not_count(folder: DataFolder, arrival: Arrival) -> str:
    """Empty where it counts, or would in the next refresh."""
    from flows.steps import verdicts

    return next(
        (
            staged.message
            for staged in verdicts(folder)
            if staged.delivery_id == arrival.delivery_id and staged.state in ("quarantined", "withdrawn")
        ),
        "",
    )


def _finding(folder: DataFolder, finding_id: str) -> dict[str, Any]:
    from quality.ledger import known_findings

    matches = [row for row in known_findings(folder) if row["finding_id"].startswith(finding_id)]
    if len(matches) != 1:
        found = "none" if not matches else f"{len(matches)}: " + ", ".join(row["finding_id"] for row in matches)
        fail(f"Expected one finding whose id begins with “{finding_id}”, found {found}. See: s3monitor quality list")
    return matches[0] | {"file": _file_of(folder, matches[0]["delivery_id"])}


def _file_of(folder: DataFolder, delivery_id: str | None) -> str | None:
    from warehouse.connect import open_published, records

    if not delivery_id or not Path(folder.published).exists():
        return None
    with open_published(folder.published) as connection:
        found = records(connection, "SELECT delivery_id, file_name FROM meta.delivery")
    return next((row["file_name"] for row in found if row["delivery_id"] == delivery_id), None)


def _lines(row: dict[str, Any]) -> list[tuple[str, Any]]:
    listed = {name: ", ".join(map(str, row.get(name) or [])) for name in ("indicator_ids", "region_ids", "dates")}
    return [
        ("Befund", row["finding_id"]),
        ("Was", row["text_de"]),
        ("Prüfung", f"{row['check_id']} ({row['layer']}, {row['severity']})"),
        ("Stand", row["state"]),
        ("Zuerst", row["first_seen"]),
        ("Zuletzt", row["last_seen"]),
        ("Datei", row["file"]),
        ("Stelle", row["locator"]),
        ("Indikatoren", listed["indicator_ids"]),
        ("Regionen", listed["region_ids"]),
        ("Stichtage", listed["dates"]),
        ("Zu tun", row["todo_de"]),
        ("Angenommen", row["accepted_by"] and f"{row['accepted_by']}, {row['accepted_on']}: {row['reason']}"),
    ]
