"""The version of the code that shapes data: what was computed with another version is computed again."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_ROOMS = ("reference", "schemas", "sources", "transforms", "warehouse", "quality")
_SUFFIXES = {".py", ".sql", ".csv", ".yaml"}


@cache
def code_version() -> str:
    """`<package version>+<hash of the rooms that shape data>`, e.g. `0.1.0+3f2a9c01`."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*")):
            if path.suffix in _SUFFIXES:
                digest.update(path.relative_to(_ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    try:
        package = version("s3-monitor-ruhr")
    except PackageNotFoundError:  # run from a checkout that is not installed
        package = "0"
    return f"{package}+{digest.hexdigest()[:8]}"
