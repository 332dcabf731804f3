"""Commands of `s3monitor`, one module each; `register(app)` adds a command to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder (else $S3MONITOR_DATA, else ./data).", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
WarehouseOption = Annotated[
    str,
    typer.Option(
        "--warehouse",
        help="A lake, ducklake:postgres:CONNECTION (else $S3MONITOR_WAREHOUSE); docs/scale.md.",
        show_default=False,
    ),
]
#: For commands that read: only where it is given, a lake answers in the place of the published file.
LakeOption = Annotated[
    str,
    typer.Option(
        "--warehouse",
        help="Read a lake, ducklake:postgres:CONNECTION, instead of the published file; docs/scale.md.",
        show_default=False,
    ),
]
ReleaseOption = Annotated[
    str | None, typer.Option("--release", help="With --warehouse: an earlier release.", show_default=False)
]
