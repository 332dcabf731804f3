"""`s3monitor site`: build the static pages of the published release."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.commands import DataOption, JsonOption
from flows.console import fail, print_json, reading_folder


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="site")(site_command)


def site_command(
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to (else site/ in the data folder).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Build the static pages of the published release: open index.html in any browser, no server needed."""
    from monitor.site import SiteError, build_site

    folder = reading_folder(data)
    try:
        built = build_site(folder, out or folder.site)
    except SiteError as error:
        fail(str(error))
    if json:
        print_json(asdict(built))
        return
    typer.echo(
        f"Release {built.release_id}: {built.pages} pages and {built.files - built.pages} downloads in"
        f" {built.seconds:.1f} s, largest page {built.largest_page} ({built.bytes_largest_page / 1000:.0f} kB).\n"
        f"Open {built.out / 'index.html'}"
    )
