"""The field registry: every column is defined once, in both languages, and every relation can be created."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

import schemas
from schemas.observation import KEY, STATUSES, STATUSES_WITH_VALUE, Observation
from schemas.registry import Field, Relation, create_statements, fields, relations


def test_a_field_is_defined_once() -> None:
    (room,) = schemas.__path__
    with (Path(room) / "fields.csv").open(encoding="utf-8", newline="") as file:
        names = [row["field"] for row in csv.DictReader(file)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("field", fields().values(), ids=lambda field: field.name)
def test_a_field_is_named_typed_and_described(field: Field) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
    for text in (field.description_de, field.description_en):
        assert text.strip() == text != ""


def test_every_type_is_one_of_duckdb() -> None:
    with duckdb.connect() as connection:
        for sql_type in {field.sql_type for field in fields().values()}:
            connection.execute(f"SELECT NULL::{sql_type}")


@pytest.mark.parametrize("relation", relations().values(), ids=lambda relation: relation.name)
def test_a_relation_is_well_formed(relation: Relation) -> None:
    columns = [field.name for field in relation.fields]
    assert len(columns) == len(set(columns))
    assert set(relation.key) <= set(columns)
    assert set(relation.not_null) <= set(columns)
    assert relation.key
    assert re.fullmatch(r"(marts|history|meta|quality)\.[a-z][a-z0-9_]*", relation.name)
    assert relation.description_de
    assert relation.description_en


def test_a_published_value_leads_to_its_delivery_and_place() -> None:
    for name in ("marts.employment", "marts.broadband", "history.observation", "meta.lineage"):
        assert {"delivery_id", "locator"} <= {field.name for field in relations()[name].fields}


def test_history_holds_every_field_of_an_observation() -> None:
    columns = {field.name for field in relations()["history.observation"].fields}
    assert columns == {*Observation._fields, "delivery_id", "known_from", "vintage"}
    assert set(KEY) < set(Observation._fields)
    assert set(STATUSES_WITH_VALUE) == set(STATUSES) - {"suppressed", "not_available"}


def test_texts_with_quotes_become_comments() -> None:
    field = Field("value", "DOUBLE", "%", "Wert der Ruhr's", 'the "Ruhr"; DROP TABLE t')
    relation = Relation("t", "Müller's", "it's", (field,), ("value",), ("value",))
    with duckdb.connect() as connection:
        for statement in create_statements(relation):
            connection.execute(statement)
        comments = connection.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 't'").fetchall()
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("INSERT INTO t VALUES (NULL)")
    assert comments == [('Wert der Ruhr\'s [%] | the "Ruhr"; DROP TABLE t [%]',)]
