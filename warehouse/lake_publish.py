"""Publishing to a lake: what a checked file holds becomes the next snapshot, in one transaction.

The file is the truth: its tables, comments, views, macros and rows. Only what differs from the lake is written, so
releases share what they have in common. DuckLake refuses the second of two transactions that change the same table,
and every release changes meta.release; the second publisher then compares again, with the release of the first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from schemas.text import sql_literal
from warehouse.connect import open_published, records
from warehouse.lake import AUTHOR, LAKE, LakeRelease, attach, lake_errors, newest_snapshot, releases
from warehouse.lake_address import Lake, LakeError

if TYPE_CHECKING:
    import duckdb

_BUILT = "built"
#: Where others publish first this often, something is wrong.
_TRIES = 5
_QUALIFIED_NAME = re.compile(r'(\w+)\."?(\w+)"?')


@dataclass(frozen=True)
class _Table:
    """A table's own comment, and of each column in order: name, type, whether it may be empty, comment."""

    comment: str | None
    columns: tuple[tuple[str, str, bool, str | None], ...]

    @property
    def layout(self) -> list[tuple[str, str, bool]]:
        return [column[:3] for column in self.columns]


@dataclass(frozen=True)
class _Definitions:
    """What a database defines, by `schema.name`: its tables, and CREATE statements of its views and macros."""

    tables: dict[str, _Table]
    others: dict[str, str]

    def fingerprint(self) -> str:
        """Hex sha256. DuckLake prints the statements in other words, so texts cannot be compared with its own."""
        return hashlib.sha256(repr((self.tables, self.others)).encode()).hexdigest()


def publish_to_lake(built: Path, lake: Lake) -> LakeRelease:
    """Make the release in a checked file the newest of the lake; nothing is written where it is already there.

    Readers see the lake before or after, and a failure leaves it as it was. Raises LakeError where the lake cannot be
    reached or holds another kind of data, a newer release, or deliveries that the file does not know.
    """
    import duckdb

    with open_published(built) as file:
        wanted, new = _definitions(file), _release(file)
    with lake_errors():
        for _ in range(_TRIES):
            try:
                return _publish_once(built, lake, wanted, new)
            except duckdb.Error as error:
                if not _came_second(error):
                    raise
    raise LakeError(f"Other publishers came first, {_TRIES} times in a row. The lake is whole; run the refresh again.")


def _came_second(error: duckdb.Error) -> bool:
    """Whether another publisher committed first, or is creating the lake at this moment."""
    return any(words in str(error) for words in ("Transaction conflict", "duplicate key value", "already exists"))


def _publish_once(built: Path, lake: Lake, wanted: _Definitions, new: dict[str, Any]) -> LakeRelease:
    with TemporaryDirectory() as spilled, closing(attach(lake, writing=True)) as connection:
        connection.execute(f"SET memory_limit = '1GB'; SET temp_directory = {sql_literal(spilled)}")
        connection.execute(f"ATTACH {sql_literal(built)} AS {_BUILT} (READ_ONLY)")
        connection.begin()
        current = _release(connection) if newest_snapshot(connection) else None
        if current is None or current["release_id"] != new["release_id"]:
            _require_successor(connection, new, current)
            _write(connection, wanted, new["release_id"])
        connection.commit()
        return next(release for release in releases(connection) if release.release_id == new["release_id"])


def _release(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The row of meta.release of a connection's database."""
    (row,) = records(connection, "FROM meta.release")
    return row


def _require_successor(
    connection: duckdb.DuckDBPyConnection, new: dict[str, Any], current: dict[str, Any] | None
) -> None:
    """A lake goes forward and loses no delivery: writers share an archive, or take in each other's files first."""
    if current is None:
        return
    if current["is_synthetic"] != new["is_synthetic"]:
        kinds = {True: "synthetic", False: "real"}
        raise LakeError(
            f"The lake holds {kinds[current['is_synthetic']]} data and refuses {kinds[new['is_synthetic']]} data. "
            "Choose another lake with --warehouse."
        )
    if current["released_at"] > new["released_at"]:
        raise LakeError(
            f"The lake already holds {current['release_id']}, which is newer than {new['release_id']}. "
            "Run the refresh again."
        )
    missing = connection.execute(
        f"SELECT file_name FROM {LAKE}.meta.delivery ANTI JOIN {_BUILT}.meta.delivery USING (delivery_id) ORDER BY ALL"
    ).fetchall()
    if missing:
        raise LakeError(
            f"The lake holds {len(missing)} files that this data folder has not taken in, like “{missing[0][0]}” "
            f"(release {current['release_id']}). Take them in here first, or let both write from one archive."
        )


def _write(connection: duckdb.DuckDBPyConnection, wanted: _Definitions, release_id: str) -> None:
    fingerprint = wanted.fingerprint()
    (published,) = connection.execute(
        f"SELECT max_by(commit_extra_info, snapshot_id) FROM {LAKE}.snapshots() WHERE author = ?", [AUTHOR]
    ).fetchall()[0]
    if fingerprint != published:
        _write_definitions(connection, wanted, _definitions(connection))
    for name, table in wanted.tables.items():
        _write_rows(connection, name, {column: kind for column, kind, _ in table.layout})
    connection.execute(f"CALL {LAKE}.set_commit_message(?, ?, extra_info => ?)", [AUTHOR, release_id, fingerprint])


def _write_definitions(connection: duckdb.DuckDBPyConnection, wanted: _Definitions, there: _Definitions) -> None:
    """Define what the file defines. A table whose columns differ is made anew; older releases keep theirs."""
    for schema in sorted({name.split(".")[0] for name in wanted.tables}):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    kept = {
        name: table
        for name, table in there.tables.items()
        if name in wanted.tables and table.layout == wanted.tables[name].layout
    }
    for name in there.tables.keys() - kept:
        connection.execute(f"DROP TABLE {name}")
    for name, table in wanted.tables.items():
        if name not in kept:
            columns = ", ".join(f"{c} {kind}{'' if empty else ' NOT NULL'}" for c, kind, empty in table.layout)
            connection.execute(f"CREATE TABLE {name} ({columns})")
        for statement in _comments(name, table, kept.get(name)):
            connection.execute(statement)
    for name, statement in there.others.items():
        connection.execute(f"DROP {statement.split()[1]} {name}")
    uses = {name: _names_in(statement) & wanted.others.keys() - {name} for name, statement in wanted.others.items()}
    for name in TopologicalSorter(uses).static_order():  # a macro is refused before those it uses are there
        connection.execute(wanted.others[name])


def _comments(name: str, table: _Table, old: _Table | None) -> Iterator[str]:
    """Statements for the comments that differ; a new table has none yet."""
    if table.comment != (old.comment if old else None):
        yield f"COMMENT ON TABLE {name} IS {_text(table.comment)}"
    for number, (column, _, _, comment) in enumerate(table.columns):
        if comment != (old.columns[number][3] if old else None):
            yield f"COMMENT ON COLUMN {name}.{column} IS {_text(comment)}"


def _text(comment: str | None) -> str:
    return "NULL" if comment is None else sql_literal(comment)


def _names_in(statement: str) -> set[str]:
    return {f"{schema}.{name}" for schema, name in _QUALIFIED_NAME.findall(statement)}


def _definitions(connection: duckdb.DuckDBPyConnection) -> _Definitions:
    """What the default database of a connection defines."""
    tables = connection.execute(
        """
        SELECT t.schema_name || '.' || t.table_name, t.comment,
               list((c.column_name, c.data_type, c.is_nullable, c.comment) ORDER BY c.column_index)
        FROM duckdb_tables() t JOIN duckdb_columns() c USING (database_name, schema_name, table_name)
        WHERE database_name = current_database()
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    others = connection.execute(
        """
        SELECT schema_name || '.' || view_name, sql FROM duckdb_views()
        WHERE database_name = current_database() AND NOT internal
        UNION ALL
        SELECT name, format('CREATE MACRO {}({}) AS {} {}', name, array_to_string(parameters, ', '), kind, body)
        FROM (
            SELECT schema_name || '.' || function_name AS name, parameters, macro_definition AS body,
                   if(function_type = 'table_macro', 'TABLE', '') AS kind
            FROM duckdb_functions() WHERE database_name = current_database() AND NOT internal
        )
        ORDER BY ALL
        """
    ).fetchall()
    return _Definitions({name: _Table(comment, tuple(columns)) for name, comment, columns in tables}, dict(others))


def _write_rows(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
    """Give a table of the lake the rows of the file, by deleting and inserting those that differ; types by column.

    Rows are compared by DuckDB's 64-bit hash of all columns: EXCEPT ALL both ways takes ten times as long and all the
    memory (2.5 million rows of history: 13 s against 1.3 s). That a row and what replaces it have the same hash happens
    once in 10^19.
    """
    # a list as text: hash takes an empty one for none at all
    hashed = ", ".join(f"to_json({column})" if kind.endswith("[]") else column for column, kind in columns.items())
    changed = connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE changed AS
        SELECT row FROM (
            SELECT hash({hashed}) AS row, 1 AS copies FROM {LAKE}.{name}
            UNION ALL SELECT hash({hashed}), -1 FROM {_BUILT}.{name}
        )
        GROUP BY row HAVING sum(copies) <> 0
        """
    ).fetchone()
    if changed and changed[0]:
        names, differs = ", ".join(columns), f"hash({hashed}) IN (FROM temp.changed)"
        connection.execute(f"DELETE FROM {LAKE}.{name} WHERE {differs}")
        connection.execute(f"INSERT INTO {LAKE}.{name} ({names}) SELECT {names} FROM {_BUILT}.{name} WHERE {differs}")
