"""`datapackage.json`: the exported CSV files for programs, by the Data Package standard 2.0 (datapackage.org)."""

from __future__ import annotations

from typing import Any, Final

from schemas.registry import Field, Relation
from warehouse.exported import KEYWORDS, NAME, SYNTHETIC_DE, SYNTHETIC_EN, TITLE_DE, Export, Table
from warehouse.licences import Terms

_PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Final = {
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "TIMESTAMP": "datetime",
    "VARCHAR": "string",
}
_ABOUT: Final = (
    "Alle Tabellen eines Release: jede Zahl führt zu ihrer Lieferung (meta.delivery) und Zelle (locator). Eine leere "
    "Zelle heißt: nicht bekannt, nicht 0. Geheim gehaltene Werte sind Spannen (…_lower, …_upper). Texte, die eine "
    "Tabellenkalkulation als Formel ausführen würde, beginnen in den CSV-Dateien mit einem Apostroph; dieselben "
    "Tabellen liegen als Parquet daneben (parquet/). | All tables of a release: every figure leads to its delivery "
    "(meta.delivery) and cell (locator). An empty cell means not known, not 0. Suppressed values are intervals "
    "(…_lower, …_upper). In the CSV files a text that a spreadsheet would run as a formula begins with an apostrophe; "
    "the same tables lie beside them as Parquet (parquet/)."
)


def data_package(export: Export) -> dict[str, Any]:
    """The descriptor; custom properties: `unit` of a field, `licence` and `attribution` of a source."""
    banner = f"{SYNTHETIC_DE} | {SYNTHETIC_EN} " if export.release.is_synthetic else ""
    homepage = {"homepage": export.publication.base_url} if export.publication.base_url else {}
    return {
        "$schema": _PROFILE,
        "name": NAME,
        "title": TITLE_DE,
        "description": banner + _ABOUT,
        **homepage,
        "version": export.release.release_id,
        "created": export.release.time,
        "keywords": list(KEYWORDS),
        **_terms(export.terms),
        "contributors": [{"title": export.publication.publisher, "roles": ["publisher"]}],
        "resources": [_resource(table) for table in export.tables],
    }


def _terms(terms: Terms) -> dict[str, Any]:
    """The one licence that binds, and every source with its own."""
    licence = terms.licence
    return {
        "licenses": [{"name": licence.name, "path": licence.url or licence.uri, "title": licence.title_de}],
        "sources": [
            {"title": origin.publisher, "attribution": origin.attribution, "licence": origin.licence.title_de}
            for origin in terms.origins
            if origin.publisher
        ],
    }


def _resource(table: Table) -> dict[str, Any]:
    relation = table.relation
    return {
        "name": relation.name,
        "type": "table",
        "title": table.title_de,
        "description": f"{relation.description_de} | {relation.description_en}",
        "path": table.csv.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": table.csv.bytes,
        "hash": f"sha256:{table.csv.sha256}",
        "schema": {
            "fields": [_field(field, relation) for field in relation.fields],
            "missingValues": [""],
            "primaryKey": list(relation.key),
        },
        **_terms(table.terms),
    }


def _field(field: Field, relation: Relation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": "array" if field.sql_type.endswith("[]") else _TYPES[field.sql_type],
        "description": f"{field.description_de} | {field.description_en}",
    }
    if field.unit:
        described["unit"] = field.unit
    if field.name in relation.not_null:
        described["constraints"] = {"required": True}
        if field.sql_type == "VARCHAR":
            described["missingValues"] = []  # an empty text is a text there: dimensions = "" is the total
    return described
