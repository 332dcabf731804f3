"""`s3monitor query`: four formats of the same rows, errors of one line, and nothing but reading."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.cli import main
from tests.flows.conftest import COMMAND, Cli, Ended, run

BOCHUM = (
    "SELECT region_id, reference_date, coverage_pct, min_mbit, NULL AS nothing "
    "FROM marts.broadband WHERE region_id = '05911'"
)

Query = Callable[..., Ended]


@pytest.fixture
def query(published: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Query:
    """Runs the command in this process, which is as good here and forty times faster."""

    def call(sql: str, *arguments: str) -> Ended:
        monkeypatch.chdir(published)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["s3monitor", "query", sql, *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        stdout, stderr = capfdbinary.readouterr()
        return Ended(int(end.value.code or 0), stdout, stderr.decode())

    return call


def test_table(published: Path) -> None:
    ended = run([*COMMAND, "query", BOCHUM], published)
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.out == (
        "region_id  reference_date  coverage_pct  min_mbit  nothing\n"
        "---------  --------------  ------------  --------  -------\n"
        "05911      2020-12-31             62.96      1000\n"
    )


def test_csv(query: Query) -> None:
    ended = query(BOCHUM, "--format", "csv")
    assert list(csv.DictReader(io.StringIO(ended.out))) == [
        {
            "region_id": "05911",
            "reference_date": "2020-12-31",
            "coverage_pct": "62.96",
            "min_mbit": "1000",
            "nothing": "",
        }
    ]


def test_json(query: Query) -> None:
    assert query(BOCHUM, "--format", "json").json == [
        {
            "region_id": "05911",
            "reference_date": "2020-12-31",
            "coverage_pct": 62.96,
            "min_mbit": 1000,
            "nothing": None,
        }
    ]


def test_json_stays_json(query: Query) -> None:
    sql = "SELECT 'Köln' AS city, 1.50::DECIMAL(9, 2) AS dec, 'inf'::DOUBLE AS inf, 'nan'::DOUBLE AS nan"
    assert query(sql, "--format", "json").json == [{"city": "Köln", "dec": 1.5, "inf": None, "nan": None}]


NESTED = """
SELECT [DATE '2020-12-31', NULL] AS list, {'dec': 1.50::DECIMAL(9, 2), 'nan': 'nan'::DOUBLE} AS struct,
       MAP {DATE '2020-12-31': ['Köln']} AS map
"""


def test_json_stays_json_in_lists_structs_and_maps(query: Query) -> None:
    assert query(NESTED, "--format", "json").json == [
        {"list": ["2020-12-31", None], "struct": {"dec": 1.5, "nan": None}, "map": {"2020-12-31": ["Köln"]}}
    ]


@pytest.mark.parametrize("format", ["table", "csv"])
def test_lists_structs_and_maps_are_json_in_a_cell(query: Query, format: str) -> None:
    out = query(NESTED, "--format", format).out
    cells = next(csv.reader([out.splitlines()[1]])) if format == "csv" else out.splitlines()[2].split("  ")
    assert [json.loads(cell) for cell in cells] == [
        ["2020-12-31", None],
        {"dec": 1.5, "nan": None},
        {"2020-12-31": ["Köln"]},
    ]


TYPED = """
SELECT * FROM (VALUES
    ('05911', DATE '2020-12-31', TIMESTAMP '2020-12-31 23:59:59.123456', 9007199254740993, 62.96::DOUBLE,
     123456789012345678.12::DECIMAL(38, 2), true, [1, 2], DATE '9999-12-31'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) AS t("region ""id"" or not", day, moment, wide, share, money, is_true, list, "end")
"""


def read_parquet(path: Path) -> tuple[list[str], list[str], list[tuple[object, ...]]]:
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(path))
        return relation.columns, [str(kind) for kind in relation.types], relation.fetchall()


@pytest.mark.parametrize("to", ["stdout", "file"])
def test_parquet_keeps_names_types_and_values(query: Query, tmp_path: Path, to: str) -> None:
    path = tmp_path / "result.parquet"
    if to == "file":
        assert query(TYPED, "--format", "parquet", "--output", str(path)).stdout == b""
    else:
        path.write_bytes(query(TYPED, "--format", "parquet").stdout)
    with duckdb.connect() as connection:
        relation = connection.sql(TYPED)
        assert read_parquet(path) == (
            relation.columns,
            [str(kind) for kind in relation.types],
            relation.fetchall(),
        )


def test_a_mart_as_parquet_is_the_mart(query: Query, published: Path, tmp_path: Path) -> None:
    path = tmp_path / "broadband.parquet"
    query("FROM marts.broadband ORDER BY ALL", "--format", "parquet", "-o", str(path))
    with duckdb.connect(str(published / "data" / "s3monitor.duckdb"), read_only=True) as connection:
        relation = connection.sql("FROM marts.broadband ORDER BY ALL")
        expected = (relation.columns, [str(kind) for kind in relation.types], relation.fetchall())
    assert read_parquet(path) == expected


@pytest.mark.parametrize("format", ["table", "csv", "json", "parquet"])
def test_no_rows_are_no_error(query: Query, format: str) -> None:
    ended = query("SELECT region_id FROM marts.region WHERE false", "--format", format)
    assert (ended.code, ended.stderr) == (0, "")


REFUSED = {
    "SELEC 1": 'Parser Error: syntax error at or near "SELEC" (line 1: SELEC 1)',
    "SELECT\nmistake FROM marts.region": 'Referenced column "mistake" not found',
    "FROM marts.nothing": "Table with name nothing does not exist!",
    "SELECT 'x'::INTEGER": "Conversion Error",
    "CREATE TABLE marts.mine AS SELECT 1": "read-only mode",
    "DELETE FROM marts.region": "read-only mode",
    "UPDATE marts.region SET name = 'x'": "read-only mode",
    "DROP TABLE marts.region": "read-only mode",
    "COPY marts.region TO 'stolen.csv'": "disabled by configuration",
    "EXPORT DATABASE 'stolen'": "disabled by configuration",
    "FROM read_csv('/etc/passwd')": "disabled by configuration",
    "FROM read_text('/etc/passwd')": "disabled by configuration",
    "FROM '/etc/passwd'": "/etc/passwd",
    "ATTACH 'other.duckdb'": "disabled by configuration",
    "INSTALL httpfs": "disabled by configuration",
    "LOAD httpfs": "disabled through configuration",
    "SET enable_external_access = true": "the configuration has been locked",
}


def refused(ended: Ended, sql: str) -> bool:
    """Whether a query ended as it must: one line on standard error, nothing on standard output."""
    line = ended.stderr
    is_one_line = line.startswith("The query failed: ") and line.endswith("\n") and line.count("\n") == 1
    return (ended.code, ended.stdout) == (1, b"") and is_one_line and REFUSED[sql] in line


@pytest.mark.parametrize("sql", REFUSED)
def test_what_fails_or_is_refused_is_one_line(query: Query, published: Path, sql: str) -> None:
    before = sorted(published.rglob("*"))
    ended = query(sql)
    assert refused(ended, sql), ended
    assert sorted(published.rglob("*")) == before


@pytest.mark.parametrize("sql", list(REFUSED)[::4])
def test_parquet_refuses_the_same(query: Query, sql: str) -> None:
    ended = query(sql, "--format", "parquet")
    assert refused(ended, sql), ended


@pytest.mark.parametrize("sql", [sql for sql, says in REFUSED.items() if "configuration" in says])
def test_as_of_a_day_no_file_can_be_reached_either(query: Query, sql: str) -> None:
    ended = query(sql, "--as-of", "2999-01-01")
    assert refused(ended, sql), ended


def test_as_of_a_day_before_the_delivery_nothing_was_known(query: Query) -> None:
    sql = "SELECT count(*) AS n FROM marts.broadband"
    assert query(sql, "--format", "json", "--as-of", "2001-01-01").json == [{"n": 0}]
    assert query(sql, "--format", "json", "--as-of", "2999-01-01").json == [{"n": 53}]


def test_as_of_takes_a_day(query: Query) -> None:
    ended = query("SELECT 1", "--as-of", "yesterday")
    assert (ended.code, "expected a day like 2025-01-01, found “yesterday”" in ended.stderr) == (2, True)


@pytest.mark.parametrize(
    ("sql", "format", "says"),
    [
        ("FROM marts.region", "xml", "expected one of table, csv, json, parquet, found “xml”"),
        ("", "table", "expected one SQL statement, found 0"),
        ("SELECT 1; SELECT 2", "csv", "expected one SQL statement, found 2"),
        ("SELECT 1 AS a, 2 AS a", "json", "two columns are called a"),
        ("SELECT 1 AS a, 2 AS a", "parquet", "two columns are called a"),
        ("VACUUM", "parquet", "returns no rows"),
    ],
)
def test_what_cannot_be_answered_is_wrong_usage(query: Query, sql: str, format: str, says: str) -> None:
    ended = query(sql, "--format", format)
    assert (ended.code, ended.stdout) == (2, b"")
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_output_that_cannot_be_written(query: Query) -> None:
    ended = query("SELECT 1", "--output", "no/such/folder.csv")
    assert (ended.code, ended.stderr.count("\n")) == (1, 1)
    assert "no/such/folder.csv" in ended.stderr


@pytest.mark.parametrize("arguments", [["query", "SELECT 1"], ["status"]])
def test_nothing_is_published_yet(cli: Cli, arguments: list[str]) -> None:
    ended = cli(*arguments)
    assert (ended.code, ended.stdout) == (1, b"")
    assert ended.stderr == "Nothing is published in data yet. Run: s3monitor refresh\n"
