"""Reading a lake: the releases it holds, and a connection that sees one of them whole.

A lake is a DuckLake: PostgreSQL keeps the catalogue, Parquet files in a folder or an object store keep the rows. Each
release is one snapshot. Its extensions come from packages of the optional dependency `ducklake`; nothing is fetched at
run time.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from schemas.text import sql_literal
from warehouse.connect import NothingPublishedError, open_in_memory
from warehouse.lake_address import Lake, LakeError

if TYPE_CHECKING:
    import duckdb

#: Name of the lake in every connection.
LAKE = "lake"
#: Author of the snapshots that are releases; their message is the release id.
AUTHOR = "s3monitor"
_EXTENSIONS = ("ducklake", "postgres_scanner", "httpfs")
#: Name of the DuckDB secret that holds the password, so that no address and no message does.
_LOGIN = "catalogue_login"


@dataclass(frozen=True)
class LakeRelease:
    """A release and the snapshot that holds it: `FROM marts.region AT (VERSION => snapshot)`."""

    release_id: str
    snapshot: int
    published_at: dt.datetime


def open_lake(lake: Lake, release_id: str | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection that sees one release, the newest unless told otherwise, until it is closed.

    Relations, views and macros have the names they have in the published file. It can read nothing but the lake.
    Raises LakeError where the lake or the release cannot be reached, NothingPublishedError where there is no release.
    """
    with lake_errors():
        connection = attach_release(lake, release_id)
        folder = lake.data_path or _data_path(connection)
        connection.execute(f"SET allowed_directories = [{sql_literal(folder)}]")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def attach_release(lake: Lake, release_id: str | None = None) -> duckdb.DuckDBPyConnection:
    """One release of the lake, read-only and under its usual names, in a connection that may write other files.

    Raises as open_lake does, and duckdb.Error where the catalogue cannot be used.
    """
    connection = attach(lake, writing=False)
    snapshot = _snapshot(connection, release_id)
    connection.execute(f"USE memory; DETACH {LAKE}")
    _attach(connection, lake, f"READ_ONLY, OVERRIDE_DATA_PATH true, SNAPSHOT_VERSION {snapshot}")
    return connection


def _snapshot(connection: duckdb.DuckDBPyConnection, release_id: str | None) -> int:
    newest = newest_snapshot(connection)
    if not newest:
        raise _nothing_published()
    if release_id is None:
        return newest
    known = releases(connection)
    for release in known:
        if release.release_id == release_id:
            return release.snapshot
    held = ", ".join(release.release_id for release in known[-3:])
    raise LakeError(f"The lake holds no release {release_id}. The newest it holds: {held}.")


def newest_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest snapshot of the attached lake, 0 where nothing was published.

    It holds the last release, but need not be its snapshot: tidying up writes snapshots too, with the same rows.
    """
    return int(_value(connection, "FROM lake.current_snapshot()"))


def releases_of(lake: Lake) -> list[LakeRelease]:
    """The releases a lake holds, the oldest first; raises as open_lake does."""
    with lake_errors(), attach(lake, writing=False) as connection:
        return releases(connection)


def releases(connection: duckdb.DuckDBPyConnection) -> list[LakeRelease]:
    """The releases of the attached lake, the oldest first."""
    rows = connection.execute(
        "SELECT commit_message, snapshot_id, snapshot_time FROM lake.snapshots() WHERE author = ? ORDER BY snapshot_id",
        [AUTHOR],
    ).fetchall()
    return [LakeRelease(*row) for row in rows]


def attach(lake: Lake, *, writing: bool) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the lake; writing creates a lake that is not there yet.

    Raises LakeError where extensions are missing, NothingPublishedError where there is no lake and no place for a new
    one is known, duckdb.Error where the catalogue cannot be used.
    """
    connection = open_in_memory()
    for name in _EXTENSIONS:
        connection.execute(f"LOAD {sql_literal(_extension(name))}")
    connection.execute(_object_store_secret(os.environ))
    if lake.password:
        connection.execute(f"CREATE SECRET {_LOGIN} (TYPE postgres, PASSWORD {sql_literal(lake.password)})")
    if not writing:
        _attach(connection, lake, "READ_ONLY, OVERRIDE_DATA_PATH true")  # the folder may have another path here
    else:
        _attach(connection, lake, f"CREATE_IF_NOT_EXISTS {bool(lake.data_path)}")
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, lake: Lake, options: str) -> None:
    import duckdb

    place = f", DATA_PATH {sql_literal(lake.data_path)}" if lake.data_path else ""
    secret = f", META_SECRET {_LOGIN}" if lake.password else ""
    catalogue = sql_literal(f"ducklake:postgres:{lake.catalogue}")
    try:
        connection.execute(f"ATTACH {catalogue} AS {LAKE} ({options}{place}{secret})")
    except duckdb.InvalidInputException as error:
        if "creating a new DuckLake is explicitly disabled" not in str(error):
            raise
        raise _nothing_published() from error
    connection.execute(f"USE {LAKE}")


def _data_path(connection: duckdb.DuckDBPyConnection) -> str:
    """Where the catalogue says the files are."""
    return str(_value(connection, "SELECT value FROM lake.options() WHERE option_name = 'data_path'"))


def _nothing_published() -> NothingPublishedError:
    return NothingPublishedError(
        "Nothing is published in this lake yet. The first release says where its files lie: set S3MONITOR_LAKE_DATA to "
        "a folder all readers see, or an address like s3://bucket/folder, then run: s3monitor refresh --warehouse …"
    )


def _extension(name: str) -> Path:
    """The packaged extension for the DuckDB that runs."""
    import duckdb

    package = find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        raise LakeError("A lake needs packages that are not installed. Run: make ducklake")
    path = Path(package.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.exists():
        found = ", ".join(sorted(folder.name for folder in path.parents[1].glob("v*")))
        raise LakeError(
            f"The package duckdb-extension-{name} is made for DuckDB {found}; DuckDB {duckdb.__version__} runs. "
            "Run: make ducklake"
        )
    return path


def _object_store_secret(environment: Mapping[str, str]) -> str:
    """The account as the AWS tools take it from the environment; another endpoint than theirs takes path addresses."""
    endpoint = urlsplit(environment.get("AWS_ENDPOINT_URL", ""))
    settings = {
        "KEY_ID": environment.get("AWS_ACCESS_KEY_ID", ""),
        "SECRET": environment.get("AWS_SECRET_ACCESS_KEY", ""),
        "SESSION_TOKEN": environment.get("AWS_SESSION_TOKEN", ""),
        "REGION": environment.get("AWS_REGION", ""),
        "ENDPOINT": endpoint.netloc,
        "URL_STYLE": "path" if endpoint.netloc else "",
        "USE_SSL": "false" if endpoint.scheme == "http" else "",
    }
    given = "".join(f", {name} {sql_literal(value)}" for name, value in settings.items() if value)
    return f"CREATE SECRET object_store (TYPE s3{given})"


@contextmanager
def lake_errors() -> Iterator[None]:
    """Turn what DuckDB says of a lake into a LakeError of one line; passwords are in secrets, never in a message."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise LakeError(f"The lake cannot be used: {' '.join(str(error).split())}") from error


def _value(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]
