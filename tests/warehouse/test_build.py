"""The built file holds exactly what the field registry declares, and explains itself."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import schemas
import warehouse
from schemas.registry import relations
from tests.warehouse.building import (
    Delivery,
    build_small_warehouse,
    build_warehouse,
    records,
    rows,
)
from warehouse.connect import open_published

RELATIONS = list(relations())


Columns = dict[str, list[tuple[str, str, bool, str]]]


@pytest.fixture(scope="module")
def columns(small_warehouse: Path) -> Columns:
    """Relation → (name, type, whether it may be empty, comment) of its columns in order."""
    found: Columns = {}
    for relation, *column in rows(
        small_warehouse,
        "SELECT schema_name || '.' || table_name, column_name, data_type, is_nullable, comment "
        "FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index",
    ):
        found.setdefault(relation, []).append(tuple(column))
    return found


@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_has_its_columns_types_not_nulls_and_comments(columns: Columns, name: str) -> None:
    expected = []
    for field in relations()[name].fields:
        unit = f" [{field.unit}]" if field.unit else ""
        comment = f"{field.description_de}{unit} | {field.description_en}{unit}"
        expected.append((field.name, field.sql_type, field.name not in relations()[name].not_null, comment))
    assert columns[name] == expected


def test_every_relation_is_explained_in_both_languages_and_there_is_none_beside(
    small_warehouse: Path,
) -> None:
    found = rows(
        small_warehouse,
        "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal",
    )
    assert dict(found) == {
        relation.name: f"{relation.description_de} | {relation.description_en}" for relation in relations().values()
    }


def test_the_view_of_the_newest_observations_is_explained_like_history(columns: Columns) -> None:
    named = {name: [(column, comment) for column, _, _, comment in columns[name]] for name in columns}
    assert named["history.latest"] == named["history.observation"]
    assert columns.keys() == {*relations(), "history.latest"}


def test_the_dictionary_describes_every_column(small_warehouse: Path) -> None:
    found = rows(
        small_warehouse,
        "SELECT relation, field, sql_type, coalesce(unit, ''), description_de, description_en FROM meta.dictionary",
    )
    assert sorted(found) == sorted(
        (relation.name, field.name, field.sql_type, field.unit, field.description_de, field.description_en)
        for relation in relations().values()
        for field in relation.fields
    )


def test_every_sql_file_is_read_and_a_warehouse_without_observations_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that the build does not read is dead."""
    read_text, read = Path.read_text, set()

    def remember(path: Path, *arguments: str, **named: str) -> str:
        read.add(path)
        return read_text(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", remember)
        built = build_warehouse(tmp_path, Delivery("d", [], state="quarantined"))
    (room,) = warehouse.__path__
    files = set((Path(room) / "marts").glob("*.sql"))
    assert files
    assert files <= read
    assert rows(built, "SELECT count(*) FROM history.observation") == [(0,)]
    assert len(rows(built, "FROM marts.region")) == 56
    assert [row["state"] for row in records(built, "FROM quality.freshness")] == ["failed"]


def test_every_declared_field_is_a_column_of_something() -> None:
    (room,) = schemas.__path__
    with (Path(room) / "fields.csv").open(encoding="utf-8", newline="") as file:
        declared = [row["field"] for row in csv.DictReader(file)]
    used = {field.name for relation in relations().values() for field in relation.fields}
    assert sorted(declared) == sorted(used)


def test_the_measures_can_be_called_by_analysts(small_warehouse: Path) -> None:
    ((quotient,),) = rows(small_warehouse, "SELECT marts.location_quotient(1714, 79006, 879213, 15593224)")
    assert quotient == pytest.approx((1714 / 79006) / (879213 / 15593224), rel=1e-12)


def test_building_twice_gives_the_same_rows(tmp_path: Path, small_warehouse: Path) -> None:
    again = build_small_warehouse(tmp_path)
    with open_published(again) as one, open_published(small_warehouse) as other:
        for name in RELATIONS:
            sql = f"FROM {name} ORDER BY ALL"
            assert one.execute(sql).fetchall() == other.execute(sql).fetchall(), name
