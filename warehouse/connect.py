"""Connections to DuckDB files: one for building, one for reading what is published."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.text import sql_literal

if TYPE_CHECKING:
    import duckdb

#: Nothing is fetched at run time.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class NothingPublishedError(Exception):
    """There is no published warehouse yet; the message says how to make one."""


def open_for_building(path: Path) -> duckdb.DuckDBPyConnection:
    """A writable connection to a new or unpublished file.

    Written in the storage format of DuckDB 1.4, the long-term release: a fifth less work than the oldest format, and
    readers need DuckDB 1.4 or later. What does not fit into 1 GB is spilled to disk, so that a build stays below 1.5 GB
    on any machine (2.5 million cells, docs/benchmarks.md).
    """
    import duckdb

    building = {"storage_compatibility_version": "v1.4.0", "memory_limit": "1GB"}
    return duckdb.connect(str(path), config=_SETTINGS | building)


def open_in_memory() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(":memory:", config=_SETTINGS)


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published file, without access to other files or the network.

    Raises NothingPublishedError where there is no file.
    """
    import duckdb

    settings = _SETTINGS | {"enable_external_access": "false", "lock_configuration": "true"}
    return _patiently(path, lambda: duckdb.connect(str(path), read_only=True, config=settings))


def attach_published(path: Path) -> duckdb.DuckDBPyConnection:
    """The published file, read-only and under its usual names, in a connection that may write other files.

    DuckDB shares a file that is open in the process already, and with it the release it was opened on; what is attached
    to a connection of its own is the file that is there now. Raises NothingPublishedError as open_published does.
    """
    connection = open_in_memory()
    _patiently(path, lambda: connection.execute(f"ATTACH {sql_literal(path)} AS release (READ_ONLY)"))
    return connection.execute("USE release")


def records(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Rows of a query by column name."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _patiently(path: Path, opened: Callable[[], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """A swap may happen while the file is being opened, so opening is tried again for a second."""
    import duckdb

    for attempt in range(10):
        if not path.exists():
            raise NothingPublishedError(f"Nothing is published in {path.parent} yet. Run: s3monitor refresh")
        try:
            return opened()
        except duckdb.IOException:
            if attempt == 9:
                raise
            time.sleep(0.1)
    raise AssertionError("unreachable")
