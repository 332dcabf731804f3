"""`s3monitor query` takes any SQL on purpose: it reads the release and does nothing else, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import pytest

from tests.attacks.conftest import Command
from tests.flows.conftest import COMMAND, Ended, run
from warehouse.connect import open_published

Query = Callable[..., Ended]

#: SQL that reaches for something else than the release: files, the network, the environment, the settings.
HOSTILE = (
    "SELECT getenv('HOME')",
    "FROM glob('/etc/*')",
    "FROM read_blob('/etc/passwd')",
    "FROM read_json('/etc/passwd')",
    "FROM sniff_csv('/etc/passwd')",
    "FROM parquet_metadata('/etc/passwd')",
    "FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "FROM query('COPY (SELECT 1) TO ''stolen.csv''')",
    "FROM query_table('/etc/passwd')",
    "FROM 'https://127.0.0.1:1/x.parquet'",
    "FROM read_csv('http://127.0.0.1:1/x')",
    "FROM 's3://bucket/x.parquet'",
    "FROM duckdb_secrets()",
    "CREATE SECRET x (TYPE s3)",
    "CREATE PERSISTENT SECRET x (TYPE s3)",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "COPY (SELECT 1) TO 'stolen.parquet' (FORMAT parquet)",
    "COPY FROM DATABASE s3monitor TO memory",
    "IMPORT DATABASE '/tmp'",
    "LOAD '/tmp/x.duckdb_extension'",
    "UPDATE EXTENSIONS",
    "SET temp_directory = '/tmp/stolen'",
    "RESET enable_external_access",
    "SET lock_configuration = false",
    "PRAGMA profiling_output = 'stolen.json'",
    "PRAGMA log_query_path = 'stolen.log'",
    "PRAGMA enable_profiling",
    "CALL enable_logging(storage = 'file', storage_config = {'path': 'stolen'})",
    "CALL enable_logging()",
    "CALL force_checkpoint()",
    "CHECKPOINT",
    "DETACH s3monitor",
    "SELECT 1; DROP TABLE marts.region",
    "SELECT 1; COPY (SELECT 1) TO 'stolen.csv'",
    "TRUNCATE marts.region",
    "INSERT INTO marts.region SELECT * FROM marts.region",
    "ALTER TABLE marts.region ADD COLUMN x INTEGER",
    "MERGE INTO marts.region USING (SELECT 1 AS x) ON false WHEN NOT MATCHED THEN INSERT VALUES (1)",
)


@pytest.fixture
def query(published: Path, command: Command) -> Query:
    return partial(replace(command, folder=published), "query")


def tree(folder: Path) -> dict[Path, int]:
    """Every file with the time of its last change."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "more", [(), ("--format", "parquet"), ("--as-of", "2999-01-01")], ids=["now", "parquet", "as-of"]
)
def test_nothing_but_the_release_is_read_and_nothing_written(
    query: Query, published: Path, more: tuple[str, ...]
) -> None:
    before = tree(published)
    for sql in HOSTILE if not more else HOSTILE[::12]:  # these take longer, and are the same connection or alike
        ended = query(sql, *more)
        assert (ended.code in (1, 2), ended.stdout) == (True, b""), (sql, ended)
        assert "root:" not in ended.stderr
        assert "Internal error" not in ended.stderr, (sql, ended)
    assert tree(published) == before


def test_switching_the_log_of_duckdb_on_aborts_no_process(published: Path) -> None:
    """It did: DuckDB ends the process where its log may not be written."""
    sql = "CALL enable_logging(storage = 'file', storage_config = {'path': 'stolen'})"
    ended = run([*COMMAND, "query", sql, "--format", "parquet"], published)
    assert (ended.code, ended.stdout) == (2, b"")
    assert "only reads" in ended.stderr


@pytest.mark.parametrize(
    "target", ["data/s3monitor.duckdb", "data/kind.json", "data/archive/x", "data/quality/decisions.csv", "data"]
)
def test_the_output_goes_over_nothing_of_the_monitor(query: Query, published: Path, target: str) -> None:
    before = (published / "data" / "s3monitor.duckdb").read_bytes()
    ended = query("SELECT 1", "--output", target)
    assert (ended.code, "--output" in ended.stderr) == (2, True)
    assert (published / "data" / "s3monitor.duckdb").read_bytes() == before
    assert not (published / "data" / "quality" / "decisions.csv").exists()


@pytest.mark.parametrize("name", ['a" INTEGER) AS x FROM read_text(', "it''s", "é", "x');--", "\\", "a\nb"])
def test_names_of_columns_and_fields_are_no_sql(query: Query, tmp_path: Path, name: str) -> None:
    quoted = name.replace("''", "'").replace("'", "''")
    column = quoted.replace("''", "'").replace('"', '""')
    sql = f"""SELECT 1 AS "{column}", {{'{quoted}': 2}} AS s, '{quoted}'::ENUM('{quoted}') AS e"""
    path = tmp_path / "it's" / "out.parquet"
    path.parent.mkdir()
    assert query(sql, "--format", "parquet", "--output", str(path)).code == 0
    with duckdb.connect() as connection:
        assert connection.read_parquet(str(path)).columns == [name.replace("''", "'"), "s", "e"]


def test_what_stands_in_the_data_does_not_steer_the_terminal(query: Query) -> None:
    ended = query("SELECT chr(27) || '[2J' || chr(155) || 'x' || chr(8238) || chr(7) AS \"a\x0bb\"")
    assert ended.code == 2 or not {"\x1b", "\x9b", "\u202e", "\x07", "\x0b"} & set(ended.out)
    assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(query("SELECT chr(27) || chr(155) || chr(8238) || chr(7)").out)


@pytest.mark.parametrize("sql", ["FROM marts.region", "SHOW ALL TABLES", "DESCRIBE marts.region", "EXPLAIN SELECT 1",
                                 "SUMMARIZE marts.region", "PRAGMA table_info('marts.region')", "VALUES (1)",
                                 "WITH a AS (SELECT 1) FROM a", "PRAGMA database_list"])  # fmt: skip
def test_what_reads_is_answered(query: Query, sql: str) -> None:
    assert query(sql, "--format", "csv").code == 0


def test_the_release_is_still_whole(published: Path) -> None:
    with open_published(published / "data" / "s3monitor.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM marts.region").fetchall()[0][0] > 15
