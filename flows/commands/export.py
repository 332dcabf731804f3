"""`s3monitor export`: the published release as open data."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands import DataOption, JsonOption, LakeOption, ReleaseOption
from flows.console import fail, print_json, reading_folder, require_lake, settings_errors

if TYPE_CHECKING:
    from warehouse.export import Summary
    from warehouse.exported import Publication


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="export")(export_command)


def export_command(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty folder, or an earlier export.")],
    base_url: Annotated[
        str, typer.Option("--base-url", help="Address the folder will have; without it, addresses are relative.")
    ] = "",
    publisher: Annotated[
        str, typer.Option("--publisher", help="Body that publishes it, for catalogue and citation.")
    ] = "S3-Monitor Ruhr",
    contributor_id: Annotated[
        str,
        typer.Option("--contributor-id", help="Data provider in GovData: http://dcat-ap.de/def/contributors/…"),
    ] = "",
    data: DataOption = None,
    warehouse: LakeOption = "",
    release: ReleaseOption = None,
    json: JsonOption = False,
) -> None:
    """Export the published release: CSV, Parquet, data package, catalogue entry, citation, checksums.

    Exit code: 0 written, 1 nothing written (what was there stays), 2 wrong usage.
    """
    from flows.settings import Settings
    from warehouse.export import ExportError
    from warehouse.exported import SYNTHETIC_EN, Publication

    for option, address in (("--base-url", base_url), ("--contributor-id", contributor_id)):
        if address and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`#?]+", address):
            raise typer.BadParameter(f"expected an address like https://…, found “{address}”.", param_hint=option)
    require_lake(warehouse, release)
    with settings_errors():
        contact = Settings().contact
    started = time.monotonic()
    base_url = f"{base_url.rstrip('/')}/" if base_url else ""
    publication = Publication(base_url, publisher, contact, contributor_id)
    try:
        done = _export(out, publication, data, warehouse, release)
    except ExportError as error:
        fail(str(error))
    if json:
        print_json(asdict(done))
        return
    typer.echo(
        f"Release {done.release_id}: {done.tables} tables, {done.rows:,} rows, {done.files} files, "
        f"{done.bytes / 1e6:.1f} MB in {time.monotonic() - started:.1f} s.\nWritten to {done.out}"
    )
    if done.is_synthetic:
        typer.echo(SYNTHETIC_EN)


def _export(out: Path, publication: Publication, data: Path | None, warehouse: str, release: str | None) -> Summary:
    from warehouse.export import export, export_release

    if not warehouse:
        return export(reading_folder(data).published, out, publication)

    from flows.settings import Settings
    from warehouse.lake import attach_release, lake_errors
    from warehouse.lake_address import parse_warehouse

    lake = parse_warehouse(warehouse, Settings().lake_data)
    with lake_errors():
        return export_release(lambda: attach_release(lake, release), out, publication)
