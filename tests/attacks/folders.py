"""What an attack on a data folder looks at: its content without the times of a run, and what must not be left in it."""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.flows.conftest import litter
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder

#: Columns that say when a run took place; the order of vintages with equal dates follows the arrival.
TIMES = ("release_id", "released_at", "arrived_at", "first_seen", "last_seen", "vintage")
_RELEASE_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_CLOCK = re.compile(r"\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2}|\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}")

Content = dict[str, tuple[int, str]]


def linked_copy(source: Path, target: Path) -> DataFolder:
    """A copy that costs no space: nothing in a data folder is written in place, a run replaces files."""
    shutil.copytree(source, target, copy_function=os.link, symlinks=True)
    return DataFolder(target)


def content(published: Path) -> Content:
    """Rows and a hash of each table of a published file, without the times of the run that made it."""
    with closing(open_published(published)) as connection:
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()"
            " WHERE database_name = current_database() AND NOT internal ORDER BY ALL"
        ).fetchall():
            columns.setdefault(table, []).append(f'"{column}"' if column not in TIMES else "NULL")
        return {
            table: connection.execute(  # type: ignore[misc]
                f"SELECT count(*), bit_xor(hash({', '.join(names)}))::VARCHAR FROM {table}"
            ).fetchone()
            for table, names in columns.items()
        }


def differences(found: Content, expected: Content) -> list[str]:
    return [
        f"{table}: {found.get(table)} instead of {expected.get(table)}"
        for table in sorted(found.keys() | expected.keys())
        if found.get(table) != expected.get(table)
    ]


def timeless(text: str) -> str:
    """A report or a page without ids of releases and times of day."""
    return _CLOCK.sub("TIME", _RELEASE_ID.sub("RELEASE", text))


def left_over(data: DataFolder) -> list[str]:
    """Litter, and parts of releases that are not published or not whole: none may be there after a run that ended."""
    return [*litter(data), *_odd_releases(data), *_odd_archive(data)]


def _odd_releases(data: DataFolder) -> Iterator[str]:
    files = {path.stem for path in data.releases.glob("*.duckdb")}
    for suffix in (".md", ".html"):
        reports = {path.stem for path in data.releases.glob(f"*{suffix}")}
        yield from (f"release {name} has no {suffix} report" for name in sorted(files - reports))
    docs = data.quality / "data-docs"
    pages = {path.name for path in docs.iterdir()} if docs.is_dir() else set()
    yield from (f"data docs of {name}, which is no release" for name in sorted(pages - files))
    if not any(filecmp.cmp(path, data.published, shallow=False) for path in data.releases.glob("*.duckdb")):
        yield "the published file is none of the releases"


def _odd_archive(data: DataFolder) -> Iterator[str]:
    records = {path.stem for path in data.archive.glob("??/*.json")}
    contents = {path.stem for path in data.archive.glob("??/*.bin")}
    yield from (f"archive: {name[:16]} is not whole" for name in sorted(records ^ contents))


def broken_archive(data: DataFolder, sound: Path) -> list[str]:
    """Files of the archive whose bytes are not those of their name; `sound`: an archive whose inodes are known good."""
    known = {path.stat().st_ino for path in sound.glob("??/*.bin")}
    new = [path for path in data.archive.glob("??/*.bin") if path.stat().st_ino not in known]
    return [path.name for path in new if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]
