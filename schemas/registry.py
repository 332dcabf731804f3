"""The field registry: every column and relation of the warehouse, its type, unit and description.

Data: `fields.csv` (a column, once) and `relations.yaml` (which relation has which columns).
From it come the DDL, the comments in DuckDB, and the data dictionary.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reference.declared import read_declared
from schemas.text import sql_literal

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Field:
    """One column: name, DuckDB type, unit ("" where it has none), descriptions."""

    name: str
    sql_type: str
    unit: str
    description_de: str
    description_en: str


@dataclass(frozen=True)
class Relation:
    """One relation: `schema.name`, what it holds, its columns in order, its key, the columns never empty."""

    name: str
    description_de: str
    description_en: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    not_null: tuple[str, ...]


@cache
def fields() -> dict[str, Field]:
    with (_FOLDER / "fields.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {
            row["field"]: Field(
                row["field"], row["sql_type"], row["unit"], row["description_de"], row["description_en"]
            )
            for row in rows
        }


@cache
def relations() -> dict[str, Relation]:
    """All relations by `schema.name`, in the order in which they are filled.

    Raises KeyError where a relation names a column that fields.csv does not define.
    """
    declared = read_declared(_FOLDER / "relations.yaml")
    return {
        name: Relation(
            name=name,
            description_de=entry["de"],
            description_en=entry["en"],
            fields=tuple(fields()[column] for column in entry["columns"]),
            key=tuple(entry["key"]),
            not_null=tuple(entry["not_null"]),
        )
        for name, entry in declared.items()
    }


def create_statements(relation: Relation) -> list[str]:
    """CREATE TABLE with NOT NULLs, and a COMMENT on the table and each of its columns."""
    columns = ", ".join(
        f"{field.name} {field.sql_type}{' NOT NULL' if field.name in relation.not_null else ''}"
        for field in relation.fields
    )
    return [f"CREATE TABLE {relation.name} ({columns})", *comment_statements(relation)]


def comment_statements(relation: Relation, view: str = "") -> list[str]:
    """COMMENT on the table of a relation, or on a view with the same columns, and on each of the columns."""
    name = view or relation.name
    text = _comment(relation.description_de, relation.description_en)
    statements = [f"COMMENT ON {'VIEW' if view else 'TABLE'} {name} IS {text}"]
    for field in relation.fields:
        unit = f" [{field.unit}]" if field.unit else ""
        comment = _comment(field.description_de + unit, field.description_en + unit)
        statements.append(f"COMMENT ON COLUMN {name}.{field.name} IS {comment}")
    return statements


def _comment(german: str, english: str) -> str:
    return sql_literal(f"{german} | {english}")
