"""A refresh that also publishes to a lake, and queries on it, as an operator and an analyst do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.conftest import Cli, rows
from tests.flows.inboxes import broadband, fill
from tests.postgres import PASSWORD, Server, running_server, server_binaries
from warehouse.data_folder import DataFolder

pytest.importorskip("duckdb_extension_ducklake", reason="the optional dependency `ducklake` is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if server_binaries() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with running_server() as server:
        server.sql("CREATE DATABASE lake")
        yield server


def test_each_release_reaches_the_lake_and_can_be_asked_for(
    cli: Cli, inbox: Path, data: DataFolder, server: Server, tmp_path: Path
) -> None:
    address = f"ducklake:postgres:{server.connection('lake')}"
    secrets = {"PGPASSWORD": PASSWORD, "S3MONITOR_LAKE_DATA": str(tmp_path / "files")}
    first = cli("refresh", "--inbox", inbox, "--warehouse", address, **secrets)
    assert first.code == 0, first.stderr
    [(before,)] = rows(data, "SELECT release_id FROM meta.release")

    more = fill(tmp_path / "more", {"landkreis_privat_2019_2.csv": broadband(50)})
    assert cli("refresh", "--inbox", more, "--warehouse", address, **secrets).code == 0
    [(after,)] = rows(data, "SELECT release_id FROM meta.release")

    count = "SELECT release_id, (SELECT count(*) FROM marts.broadband) AS n FROM meta.release"
    [(_, now)] = rows(data, count)
    asked = cli("query", count, "--format", "csv", "--warehouse", address, **secrets)
    earlier = cli("query", count, "--format", "csv", "--warehouse", address, "--release", before, **secrets)
    assert asked.out.split() == ["release_id,n", f"{after},{now}"]
    assert earlier.out.split()[1].startswith(f"{before},")
    assert int(earlier.out.split(",")[-1]) < now
    assert PASSWORD not in first.stderr + first.out

    out, from_lake = tmp_path / "from-file", tmp_path / "from-lake"
    assert cli("export", out).code == 0
    assert cli("export", from_lake, "--warehouse", address, **secrets).code == 0
    sums = [(folder / "SHA256SUMS").read_bytes() for folder in (out, from_lake)]
    assert sums[0] == sums[1]
    ended = cli("export", from_lake, "--warehouse", address, "--release", before, "--json", **secrets)
    assert (ended.code, ended.json["release_id"]) == (0, before)


def test_a_lake_that_does_not_answer_is_named_and_the_file_is_published(
    cli: Cli, inbox: Path, data: DataFolder
) -> None:
    address = "ducklake:postgres:host=/nowhere dbname=lake user=u password=s3cret"
    ended = cli("refresh", "--inbox", inbox, "--warehouse", address)
    assert ended.code == 3
    assert "lake: " in ended.out
    assert "s3cret" not in ended.out + ended.stderr
    assert data.published.exists()


@pytest.mark.parametrize("command", [("export", "out"), ("query", "FROM meta.release")], ids=lambda c: c[0])
def test_a_release_is_asked_of_a_lake(cli: Cli, released: DataFolder, command: tuple[str, str]) -> None:
    ended = cli(*command, "--release", "20200101T000000Z-00000000")
    assert (ended.code, ended.out) == (2, "")
    assert "name it with --warehouse" in ended.stderr


def test_an_export_from_a_lake_that_does_not_answer(cli: Cli, released: DataFolder, tmp_path: Path) -> None:
    ended = cli("export", tmp_path / "out", "--warehouse", "ducklake:postgres:host=/nowhere user=u password=s3cret")
    assert (ended.code, ended.out) == (1, "")
    assert ended.stderr.startswith("The lake cannot be used: ")
    assert "s3cret" not in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_live_run_names_the_lake_beside_the_publishers(cli: Cli, released: DataFolder) -> None:
    nobody = '{"bundesnetzagentur": "http://127.0.0.1:9"}'
    address = "ducklake:postgres:host=/nowhere dbname=lake user=u"
    only = ("--live", "--only", "bnetza_breitbandatlas_historie", "--warehouse", address)
    ended = cli("refresh", *only, S3MONITOR_ADDRESSES=nobody, S3MONITOR_TRIES="1", S3MONITOR_PAUSE="0")
    assert ended.code == 3
    assert "bnetza_breitbandatlas_historie: what was fetched before stays" in ended.out
    assert "lake: " in ended.out
