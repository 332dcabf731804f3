"""`s3monitor serve`: show the built pages in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands import DataOption
from flows.console import fail, reading_folder


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="serve")(serve_command)


def serve_command(
    data: DataOption = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 lets other machines read the pages.")
    ] = "127.0.0.1",
) -> None:
    """Serve the built pages until interrupted; a new release is shown as soon as its pages are built."""
    from monitor.serve import NoSiteError, open_server

    try:
        server = open_server(reading_folder(data).site, host, port)
    except NoSiteError as error:
        fail(str(error))
    if said := warning(host):
        typer.echo(said, err=True)
    with server:
        shown, bound = server.server_address[:2]
        typer.echo(f"Serving http://{shown!s}:{bound}/ – stop with Ctrl+C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("Stopped.")


def warning(host: str) -> str:
    """What to know where the pages are not only for this machine, "" where they are."""
    from monitor.serve import is_loopback

    if is_loopback(host):
        return ""
    return (
        f"Attention: {host} is reached from other machines. Without encryption and password, anybody there can read "
        "the pages and their downloads. A public site belongs behind the organisation's web server: s3monitor site."
    )
