"""The command line `s3monitor`. Heavy packages are imported in the commands that need them."""

from __future__ import annotations

import os
import sys

import typer

from flows.commands import diff, explain, export, probe, quality, query, refresh, serve, serve_schedule, site, status
from flows.console import expected_errors, fail, refuse_unprintable, warn_of_open_settings

app = typer.Typer(
    name="s3monitor",
    help="Monitoring indicators for the Smart Specialisation Strategy of the Ruhr Metropolis.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (refresh, status, query, explain, diff, quality, export, site, serve, probe, serve_schedule):
    command.register(app)


def main() -> None:
    """Entry point: every error ends in one line on standard error; S3MONITOR_DEBUG=1 shows the traceback."""
    try:
        refuse_unprintable(sys.argv[1:])
        os.umask(os.umask(0o077) | 0o002)  # whatever the machine allows, nobody else writes what we write
        warn_of_open_settings()
        app()
    except Exception as error:  # the last resort: an operator gets a sentence, not a traceback
        if isinstance(error, expected_errors()):
            fail(str(error))
        if os.environ.get("S3MONITOR_DEBUG"):
            raise
        fail(
            f"Internal error, please report it: {type(error).__name__}: {error}\n"
            "The published release is untouched. For details run the command again with S3MONITOR_DEBUG=1."
        )


if __name__ == "__main__":
    main()
