"""Lakes on a PostgreSQL server of our own; where there is none, their tests are skipped and say why."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.postgres import PASSWORD, Server, running_server, server_binaries
from tests.warehouse.lake.releases import LATER, release_file
from warehouse import connect
from warehouse.lake import LakeError, attach
from warehouse.lake_address import Lake
from warehouse.lake_publish import publish_to_lake


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if server_binaries() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    try:
        attach(Lake("host=/nowhere"), writing=False)
    except LakeError as missing_extension:
        pytest.skip(str(missing_extension))
    except duckdb.Error:
        pass  # no server answers there, but the extensions asked
    with running_server() as server:
        yield server


@pytest.fixture(autouse=True)
def signatures_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For `published` they are; 100 MB of extensions for each connection would be most of the time of these tests."""
    monkeypatch.setitem(connect._SETTINGS, "allow_unsigned_extensions", "true")


@pytest.fixture(scope="session")
def files(small_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of releases r0, r1 and r2: each knows the deliveries of those before it."""
    folder = tmp_path_factory.mktemp("files")
    made = [release_file(folder, small_warehouse, 0)]
    for number in (1, 2):
        made.append(release_file(folder, made[-1], number, [change.format(number=number) for change in LATER]))
    return made


@pytest.fixture(scope="session")
def published(server: Server, files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with release r0, for reading."""
    server.sql("CREATE DATABASE published")
    lake = Lake(server.connection("published"), PASSWORD, str(tmp_path_factory.mktemp("published")))
    publish_to_lake(files[0], lake)
    return lake


@pytest.fixture
def lake(server: Server, published: Lake, tmp_path: Path) -> Iterator[Lake]:
    """A lake with release r0, for writing: a copy of the published one, which takes less time than publishing."""
    folder = tmp_path / "lake"
    server.sql("CREATE DATABASE lake TEMPLATE published")
    shutil.copytree(published.data_path, folder)
    server.sql(f"UPDATE ducklake_metadata SET value = '{folder}/' WHERE key = 'data_path'", "lake")
    yield Lake(server.connection("lake"), PASSWORD, str(folder))
    server.sql("DROP DATABASE lake WITH (FORCE)")


@pytest.fixture
def new_lake(server: Server, tmp_path: Path) -> Iterator[Lake]:
    """An empty database for the catalogue, and a folder for files."""
    server.sql("CREATE DATABASE new")
    yield Lake(server.connection("new"), PASSWORD, str(tmp_path / "new"))
    server.sql("DROP DATABASE new WITH (FORCE)")
