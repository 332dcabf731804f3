"""Copies of the published warehouse in open formats: CSV and Parquet, with what is needed to find, cite and check them.

The same release gives the same bytes: rows are ordered by the key of their relation, and no clock is read.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemas.registry import Field, Relation, relations
from schemas.text import sql_literal
from warehouse.catalogue_entry import catalogue_entry
from warehouse.citation import citation_file, read_me
from warehouse.connect import attach_published
from warehouse.data_folder import DataFolder
from warehouse.data_package import data_package
from warehouse.exported import NAME, SYNTHETIC_EN, Export, File, Publication, Release, Table, file_of, release_of
from warehouse.formula import harmless_sql
from warehouse.licences import Provenance, Terms
from warehouse.swap import flush, replacing

if TYPE_CHECKING:
    import duckdb

    #: Opens a release: it is the default database, and the connection may write files.
    OpenRelease = Callable[[], duckdb.DuckDBPyConnection]

#: UTF-8, comma, decimal point, CRLF (RFC 4180); NULL is an empty cell, an empty text is "".
_CSV: Final = r"FORMAT csv, HEADER, NEW_LINE '\r\n', TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'"
#: Columns that say what a row is about, in pairs of the first and the last day.
_DATES: Final = (("reference_date", "reference_date"), ("from_date", "to_date"))
_PACKAGE, _CATALOGUE, _SUMS = "datapackage.json", "catalogue.jsonld", "SHA256SUMS"


class ExportError(Exception):
    """The export cannot be written as asked; the message says why and what to do."""


@dataclass(frozen=True)
class Summary:
    """What was exported; bytes: of all files."""

    out: Path
    release_id: str
    is_synthetic: bool
    tables: int
    rows: int
    files: int
    bytes: int


def export(published: Path, out: Path, publication: Publication) -> Summary:
    """Write the release of a published file to the folder `out`, as export_release does."""
    if DataFolder(published.parent).is_own(out):
        raise ExportError(f"{out} is, holds or lies in the data folder {published.parent}. Choose another folder.")
    return export_release(lambda: attach_published(published), out, publication)


def export_release(open_release: OpenRelease, out: Path, publication: Publication) -> Summary:
    """Write a release to the folder `out`; a reader sees the old export whole or the new one whole.

    Raises what open_release raises where there is no release, ExportError where `out` holds something other than an
    export or the release has other relations than this program.
    """
    out = out.resolve()
    _refuse_other_folder(out)
    open_release().close()  # says what to do where nothing is published
    with replacing(out) as folder, _opened(open_release) as connection:
        _refuse_other_relations(connection)
        connection.execute(f"SET temp_directory = {sql_literal(folder / '.spilled')}")  # what sorting has no room for
        whole = _write_tables(connection, folder, publication)
        files = [*_data_files(whole), *_write_documents(whole, folder)]
        flush(folder)
    return Summary(
        out,
        whole.release.release_id,
        whole.release.is_synthetic,
        len(whole.tables),
        sum(table.rows for table in whole.tables),
        len(files),
        sum(file.bytes for file in files),
    )


def write_parquet(published: Path, folder: Path) -> list[Path]:
    """Write each table of the published file to `<folder>/<schema>.<name>.parquet`; returns the files in that order."""
    with _opened(lambda: attach_published(published)) as connection:
        folder.mkdir(parents=True, exist_ok=True)
        release, provenance = release_of(connection), Provenance(connection)
        found = {name for name, _ in _columns(connection)}
        files = []
        for relation in relations().values():
            if relation.name in found:
                path = folder / f"{relation.name}.parquet"
                _copy_parquet(connection, relation, path, release, provenance.terms(relation))
                files.append(path)
    return files


@contextmanager
def _opened(open_release: OpenRelease) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the release and may write files, within bounded memory."""
    with closing(open_release()) as connection:
        connection.execute("SET memory_limit = '1GB'")
        yield connection


def _columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Relation and column of all tables of the release."""
    return connection.execute(
        "SELECT schema_name || '.' || table_name, column_name"
        " FROM duckdb_tables() JOIN duckdb_columns() USING (database_name, schema_name, table_name)"
        " WHERE database_name = current_database()"
    ).fetchall()


def _refuse_other_relations(connection: duckdb.DuckDBPyConnection) -> None:
    declared = {(relation.name, field.name) for relation in relations().values() for field in relation.fields}
    other = sorted(declared ^ set(_columns(connection)))
    if other:
        relation, column = other[0]
        raise ExportError(
            f"Release {release_of(connection).release_id} was made by another version of this program: it differs in "
            f"{relation}, column {column}. Run s3monitor refresh, then export again."
        )


# --- tables ---------------------------------------------------------------------------------------


def _write_tables(connection: duckdb.DuckDBPyConnection, folder: Path, publication: Publication) -> Export:
    release, provenance = release_of(connection), Provenance(connection)
    for name in ("csv", "parquet"):
        (folder / name).mkdir()
    tables = [
        _write_table(connection, relation, folder, release, provenance.terms(relation))
        for relation in relations().values()
    ]
    return Export(release, tables, provenance.whole, publication)


def _write_table(
    connection: duckdb.DuckDBPyConnection, relation: Relation, folder: Path, release: Release, terms: Terms
) -> Table:
    csv, parquet = f"csv/{relation.name}.csv", f"parquet/{relation.name}.parquet"
    columns = ", ".join(_csv_cell(field) for field in relation.fields)
    connection.execute(f"COPY (SELECT {columns} {_ordered(relation)}) TO {sql_literal(folder / csv)} ({_CSV})")
    _copy_parquet(connection, relation, folder / parquet, release, terms)
    return Table(
        relation,
        _value(connection, f"SELECT count(*) FROM {relation.name}"),
        file_of(folder, csv),
        file_of(folder, parquet),
        terms,
        _span(connection, relation),
    )


def _csv_cell(field: Field) -> str:
    """The expression of a column in a CSV file: lists as JSON, texts that a spreadsheet does not run."""
    if field.sql_type.endswith("[]"):
        return f"CASE WHEN {field.name} IS NOT NULL THEN to_json({field.name})::VARCHAR END AS {field.name}"
    return f"{harmless_sql(field.name)} AS {field.name}" if field.sql_type == "VARCHAR" else field.name


def _copy_parquet(
    connection: duckdb.DuckDBPyConnection, relation: Relation, path: Path, release: Release, terms: Terms
) -> None:
    """A Parquet file that says itself what it is."""
    about = {
        "title": f"{relation.name}: {relation.description_de} | {relation.description_en}",
        "release_id": release.release_id,
        "licence": f"{terms.licence.title_de} <{terms.licence.uri}>",
        "attribution": terms.attribution,
    }
    if release.is_synthetic:
        about["note"] = SYNTHETIC_EN
    metadata = ", ".join(f"{key}: {sql_literal(value)}" for key, value in about.items())
    connection.execute(
        f"COPY (SELECT * {_ordered(relation)}) TO {sql_literal(path)} (FORMAT parquet, KV_METADATA {{{metadata}}})"
    )


def _ordered(relation: Relation) -> str:
    return f"FROM {relation.name} ORDER BY {', '.join(f'{column} NULLS FIRST' for column in relation.key)}"


def _span(connection: duckdb.DuckDBPyConnection, relation: Relation) -> tuple[dt.date, dt.date] | None:
    names = {field.name for field in relation.fields}
    for first, last in _DATES:
        if {first, last} <= names:
            span = connection.execute(
                f"SELECT min(coalesce({first}, {last})), max({last}) FROM {relation.name}"
            ).fetchone()
            return (span[0], span[1]) if span and span[0] else None
    return None


def _value(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


# --- what describes them --------------------------------------------------------------------------


def _data_files(whole: Export) -> list[File]:
    return [file for table in whole.tables for file in (table.csv, table.parquet)]


def _write_documents(whole: Export, folder: Path) -> list[File]:
    """Data package, citation, instructions, catalogue entry, and the checksums of everything."""
    documents = {
        _PACKAGE: _json(data_package(whole)),
        "CITATION.cff": citation_file(whole),
        "README.md": read_me(whole),
    }
    written = [_write(folder, path, text) for path, text in documents.items()]
    entry = catalogue_entry(whole, package=written[0])
    written.append(_write(folder, _CATALOGUE, _json(entry)))
    listed = sorted([*_data_files(whole), *written], key=lambda file: file.path)
    sums = _write(folder, _SUMS, "".join(f"{file.sha256}  {file.path}\n" for file in listed))
    return [*written, sums]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _write(folder: Path, path: str, text: str) -> File:
    (folder / path).write_bytes(text.encode())
    return file_of(folder, path)


# --- the folder -----------------------------------------------------------------------------------


def _refuse_other_folder(out: Path) -> None:
    if not out.exists():
        return
    strange = [out.name] if not out.is_dir() else _strange_files(out)
    if strange:
        raise ExportError(
            f"{out} holds something other than an export of this monitor ({', '.join(strange[:3])}), and would be "
            f"replaced. Choose an empty or new folder."
        )


def _strange_files(out: Path) -> list[str]:
    """Files of a folder that no export of ours has put there."""
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir() or path.is_symlink()}
    try:
        is_ours = json.loads((out / _PACKAGE).read_text(encoding="utf-8"))["name"] == NAME
        listed = {line.split("  ", 1)[1] for line in (out / _SUMS).read_text(encoding="utf-8").splitlines()}
    except (OSError, ValueError, LookupError, TypeError):  # no such files, or somebody else's
        is_ours, listed = False, set()
    return sorted(found - listed - {_SUMS} if is_ours else found)
