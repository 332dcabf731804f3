"""Readers of a lake: what they see, what they cannot do, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from flows.query_output import write_result
from tests.postgres import PASSWORD, Server
from tests.warehouse.lake.releases import data_files, held, seen
from warehouse.connect import NothingPublishedError, open_published
from warehouse.lake import LakeError, open_lake, releases_of
from warehouse.lake_address import Lake, parse_warehouse
from warehouse.lake_publish import publish_to_lake

#: As in docs/scale.md.
READER_ROLE = (
    "CREATE ROLE reader LOGIN PASSWORD '…'",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader",
)
_CATALOGUE_TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"


def test_analysts_ask_the_lake_as_they_ask_the_file(published: Lake, files: list[Path]) -> None:
    with open_lake(published) as there, open_published(files[0]) as here:
        for query in (
            "FROM marts.indicator_as_of(DATE '2021-12-31') ORDER BY ALL",
            "FROM history.observation_as_of(DATE '2021-12-31') ORDER BY ALL",
            "FROM history.latest ORDER BY ALL",
            "SELECT marts.location_quotient(1714, 79006, 879213, 15593224)",
            "SELECT comment FROM duckdb_tables() WHERE schema_name = 'marts' AND table_name = 'employment'",
        ):
            answer = here.execute(query).fetchall()
            assert answer != []
            assert there.execute(query).fetchall() == answer


def test_a_reader_may_choose_a_release(lake: Lake, files: list[Path]) -> None:
    publish_to_lake(files[1], lake)
    assert [(release.release_id, release.snapshot) for release in releases_of(lake)] == [("r0", 1), ("r1", 2)]
    for release_id, file in ((None, files[1]), ("r1", files[1]), ("r0", files[0])):
        with open_lake(lake, release_id) as there, open_published(file) as here:
            assert seen(there) == seen(here)
    with pytest.raises(LakeError, match=r"no release r9\. The newest it holds: r0, r1"):
        open_lake(lake, "r9")


def test_readers_may_have_a_role_that_only_reads_and_read_nothing_but_the_lake(
    server: Server, lake: Lake, files: list[Path]
) -> None:
    for statement in READER_ROLE:
        server.sql(statement.replace("…", PASSWORD.replace("'", "''")), "lake")
    publish_to_lake(files[1], lake)
    reader = Lake(server.connection("lake", "reader"), PASSWORD)
    with open_lake(reader) as connection:
        assert seen(connection) == seen(open_published(files[1]))
        for forbidden in ("DELETE FROM marts.region", "FROM read_text('/etc/hostname')", "ATTACH '/tmp/x.duckdb'"):
            with pytest.raises(duckdb.Error):
                connection.execute(forbidden)
    with pytest.raises(LakeError, match="permission denied"):
        publish_to_lake(files[2], reader)
    assert held(lake) == ["r0", "r1"]


def test_the_password_is_shown_nowhere(server: Server, published: Lake, files: list[Path]) -> None:
    with open_lake(published) as connection:
        shown = [connection.execute(f"FROM {table}()").fetchall() for table in ("duckdb_databases", "duckdb_secrets")]
    for wrong in (
        replace(published, catalogue=published.catalogue.replace("dbname=published", "dbname=nothing")),
        replace(published, catalogue=published.catalogue.replace("user=postgres", "user=nobody")),
        replace(published, password=PASSWORD + "wrong"),
        replace(published, catalogue="host=/nowhere"),
    ):
        with pytest.raises(LakeError) as problem:
            publish_to_lake(files[0], wrong)
        assert len(str(problem.value).splitlines()) == 1
        shown.append([problem.value.args, repr(problem.value.__cause__)])
    tables = server.sql(_CATALOGUE_TABLES, "published").split()
    kept = [server.sql(f"SELECT t FROM {table} t", "published") for table in tables]
    assert len(kept) > 20
    assert "s3cret" not in repr([shown, kept, published, *(path.read_bytes() for path in data_files(published))])


def test_libpq_may_know_the_password(published: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(published, password="", data_path="")
    with pytest.raises(LakeError, match="no password supplied"):
        open_lake(without)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert held(without) == ["r0"]


def test_the_address_of_the_command_line_leads_to_the_lake(server: Server, published: Lake) -> None:
    secret = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
    pairs = f"{server.connection('published')} password='{secret}'"
    address = f"postgresql://postgres:{_percent(PASSWORD)}@/published?host={_percent(str(server.folder))}"
    for connection in (pairs, address):
        assert held(parse_warehouse(f"ducklake:postgres:{connection}")) == ["r0"]


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_readers_may_see_the_folder_under_another_path(lake: Lake, files: list[Path], tmp_path: Path) -> None:
    moved = Path(lake.data_path).rename(tmp_path / "mounted")
    with open_lake(replace(lake, data_path=str(moved))) as connection:
        assert seen(connection) == seen(open_published(files[0]))


def test_a_lake_without_a_release_or_a_place_for_files_says_what_to_do(new_lake: Lake, files: list[Path]) -> None:
    nowhere = replace(new_lake, data_path="")
    for question in (open_lake, releases_of, lambda lake: publish_to_lake(files[0], lake)):
        with pytest.raises(NothingPublishedError, match="S3MONITOR_LAKE_DATA"):
            question(nowhere)


def test_missing_or_other_extensions_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.lake.find_spec", lambda _: None)
    with pytest.raises(LakeError, match=r"not installed\. Run: make ducklake"):
        open_lake(Lake(""))
    monkeypatch.undo()
    monkeypatch.setattr(duckdb, "__version__", "9.9.9")
    with pytest.raises(LakeError, match=r"9\.9\.9 runs|not installed"):
        open_lake(Lake(""))


OF_A_LAKE = (
    "COPY (SELECT 1) TO '{folder}/stolen.csv'",
    "ATTACH '{folder}/stolen.duckdb' AS mine",
    "EXPORT DATABASE '{folder}/stolen'",
    "CREATE SECRET mine (TYPE s3)",
    "CALL postgres_execute('__ducklake_metadata_lake', 'CREATE TABLE stolen (x int)')",
    "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)",
    "DROP TABLE __ducklake_metadata_lake.public.ducklake_snapshot",
    "DELETE FROM marts.region",
    "SET VARIABLE x = 1",
)


def test_a_lake_is_only_read(published: Lake, tmp_path: Path) -> None:
    """Its files are within reach, so DuckDB would write beside them."""
    folder = Path(published.data_path)
    before = sorted(folder.rglob("*"))
    with open_lake(published) as connection:
        for sql in OF_A_LAKE:
            with pytest.raises(ValueError, match="only reads"):
                write_result(connection, sql.format(folder=folder), "table", tmp_path / "out", of_lake=True)
        write_result(connection, "FROM marts.region", "csv", tmp_path / "out", of_lake=True)
    assert (tmp_path / "out").read_text().startswith("region_id")
    assert sorted(folder.rglob("*")) == before
