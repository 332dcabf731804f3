"""Where a lake is: what `--warehouse` may say, and that a password goes nowhere but to PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.lake_address import Lake, LakeError, parse_warehouse

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def parsed(connection: str) -> Lake:
    return parse_warehouse(f"ducklake:postgres:{connection}")


@pytest.mark.parametrize(
    ("connection", "catalogue", "password"),
    [
        ("", "", ""),
        ("dbname=lake", "dbname='lake'", ""),
        ("host=db  dbname = 'my lake' password='a b'", "host='db' dbname='my lake'", "a b"),
        (r"dbname=it\'s password=back\\slash", r"dbname='it\'s'", r"back\slash"),
        ("postgresql://lake@db.example.org/lake", "user='lake' host='db.example.org' dbname='lake'", ""),
        ("postgres://u:p%40ss@db:5433/lake", "user='u' host='db' port='5433' dbname='lake'", "p@ss"),
        ("postgresql://db/lake?sslmode=require", "host='db' dbname='lake' sslmode='require'", ""),
        ("postgresql://a,b:5433/lake", "host='a,b' port=',5433' dbname='lake'", ""),
        ("postgresql://[::1]:5433/lake", "host='::1' port='5433' dbname='lake'", ""),
        ("postgresql:///lake?host=/run/pg&password=x", "dbname='lake' host='/run/pg'", "x"),
    ],
)  # fmt: skip
def test_a_connection_string_is_split_into_what_may_be_shown_and_the_password(
    connection: str, catalogue: str, password: str
) -> None:
    lake = parsed(connection)
    assert (lake.catalogue, lake.password) == (catalogue, password)


@given(password=_TEXT, database=_TEXT)
def test_any_password_survives_quoting_and_is_not_shown(password: str, database: str) -> None:
    quoted = [text.replace("\\", "\\\\").replace("'", "\\'") for text in (database, f"!{password}!")]
    lake = parsed("dbname='{}' password='{}'".format(*quoted))
    assert lake.password == f"!{password}!"
    assert parsed(lake.catalogue) == Lake(lake.catalogue)
    assert repr(lake) == repr(Lake(lake.catalogue))


@pytest.mark.parametrize(
    "text",
    [
        "s3cret.duckdb",
        "ducklake:sqlite:s3cret",
        "postgresql://u:s3cret@db/lake",
        "ducklake:postgres:s3cret",
        "ducklake:postgres:password='s3cret",
        "ducklake:postgres:postgresql://u:s3cret@[db/lake",
        "ducklake:postgres:postgresql://u:s3cret@a:b:c/lake",
        "ducklake:postgres:dbname=lake sslpassword=s3cret",
    ],
)
def test_what_is_no_address_of_a_lake_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(LakeError, match="--warehouse: expected") as refused:
        parse_warehouse(text)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_place_for_files_does_not_depend_on_where_a_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_warehouse("ducklake:postgres:", "lake").data_path == str(tmp_path / "lake")
    assert parse_warehouse("ducklake:postgres:", "s3://bucket/lake").data_path == "s3://bucket/lake"
    assert parse_warehouse("ducklake:postgres:").data_path == ""
