"""Tables of the sample as a GENESIS instance holds them: by year, and to be cut by region."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from sources.sample import employment_tables, ffcsv, landesdatenbank_tables, people_tables, regional_tables
from sources.sample.areas import AREAS, ldb_areas
from sources.sample.sample_file import SampleFile
from sources.sample.world import World

#: Code and printed name of every area, by both.
_REGIONS = {text.strip(): code for code, name in [*((a.code, a.name) for a in AREAS), *ldb_areas(with_dissolved=True)]
            for text in (code, name)} | {"05999998": "05999998"}  # fmt: skip
_YEAR = re.compile(r"20\d\d")


class _Parts(NamedTuple):
    """A table: all above its rows, the rows, all below them."""

    head: str
    rows: list[str]
    foot: str


def _parts(content: bytes) -> _Parts:
    """The parts of a flat file, or of a datencsv, which ends in a footer."""
    text = content.decode(_encoding(content))
    body, line, foot = text.partition("__________")
    lines = body.splitlines(keepends=True)
    start = 1 + max((number for number, text in enumerate(lines) if text.startswith(";;")), default=0)
    return _Parts("".join(lines[:start]), lines[start:], line + foot)


def _encoding(content: bytes) -> str:
    return "cp1252" if b"__________" in content else "utf-8"


def joined(contents: list[bytes]) -> bytes:
    """Several years of one table in one file."""
    head, _, foot = _parts(contents[0])
    rows = "".join(row for content in contents for row in _parts(content).rows)
    return (head + rows + foot).encode(_encoding(contents[0]))


def _by_year(content: bytes, year: int) -> dict[int, bytes]:
    """The years of a table, one file each; `year` where no row tells its own."""
    head, rows, foot = _parts(content)
    found: dict[int, list[str]] = {}
    for row in rows:
        cells = row.split(";")
        time = _YEAR.search(cells[0] if foot else cells[4])
        found.setdefault(int(time[0]) if time else year, []).append(row)
    return {year: (head + "".join(rows) + foot).encode(_encoding(content)) for year, rows in found.items()}


def of_regions(content: bytes, keys: list[str]) -> bytes:
    """The rows of some regions."""
    head, rows, foot = _parts(content)
    wanted = set(keys)
    rows = [row for row in rows if wanted & {_REGIONS.get(cell.strip(), "") for cell in row.split(";")[:8]}]
    return (head + "".join(rows) + foot).encode(_encoding(content))


@cache
def sample_tables(instance: str) -> dict[str, dict[int, bytes]]:
    """code → year → file, of every table of an instance the sample writes."""
    tables: dict[str, dict[int, bytes]] = {}
    for file in _files_of(instance):
        years = _by_year(file.content, int(file.period[:4]))
        tables.setdefault(file.source_id.partition("_")[2], {}).update(years)
    return tables


@cache
def sample_downloads(instance: str) -> dict[str, bytes]:
    """code → the newest file the sample writes of a table."""
    newest: dict[str, SampleFile] = {}
    for file in _files_of(instance):
        held = newest.setdefault(file.source_id.partition("_")[2], file)
        if file.period >= held.period:
            newest[file.source_id.partition("_")[2]] = file
    return {code: file.content for code, file in newest.items()}


def _files_of(instance: str) -> list[SampleFile]:
    return [file for file in _sample_files() if file.source_id.startswith(instance)]


@cache
def _sample_files() -> tuple[SampleFile, ...]:
    """Without those in the old flat format, which no service sends any more."""
    world, writers = World(2020), (employment_tables, regional_tables, people_tables, landesdatenbank_tables, ffcsv)
    files = (file for writer in writers for file in writer.files(world))
    return tuple(file for file in files if not file.content.startswith(b"Statistik_Code"))
