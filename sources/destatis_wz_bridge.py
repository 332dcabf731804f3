"""WZ 2008 to WZ 2025 at division level, from the correspondence of the Statistisches Bundesamt: no figures.

Layout: one row per pair of divisions, with the number of pairs of their lowest-level codes that pass on whole
(`leaf_pairs_full`) or in part (`leaf_pairs_partial_ex`, marked `ex` by the publisher).
"""

from __future__ import annotations

import re

from reference.sectors import DIVISIONS, TOTAL, sectors
from sources.arrived_file import ArrivedFile
from sources.product import Decoded, Product
from sources.rejected import Rejected
from sources.table_csv import CsvTable, header_of, read_table

CODES = ("wz2008_division", "wz2025_division")
TITLES = ("wz2008_title", "wz2025_title")
COUNTS = ("leaf_pairs_full", "leaf_pairs_partial_ex")
#: The period of a file whose manifest states none: the year of the classification it leads to.
DEFAULT_PERIOD = "2025"

_DIVISION = re.compile(r"[0-9]{2}")


def _decode(file: ArrivedFile) -> Decoded:
    table = read_table(file)
    old, new = (_divisions(table, name) for name in CODES)
    _check_divisions_of_2008(old)
    _check_pairs(table, list(zip(old, new, strict=True)))
    _check_titles(table)
    _check_counts(table)
    return Decoded(observations=[], source_id="destatis_wz", period=file.period or DEFAULT_PERIOD, layout=table.header)


def _recognises(file: ArrivedFile) -> bool:
    return set(CODES) <= {name.lower() for name in header_of(file)}


def _divisions(table: CsvTable, name: str) -> list[str]:
    column = table.column(name)
    for line, cells in table.rows:
        if not _DIVISION.fullmatch(cells[column]):
            raise Rejected(
                expected="a division of two digits",
                found=f"“{cells[column]}”",
                where=f"line {line}, column {column + 1}",
                hint="Programs that read codes as numbers drop the leading zero.",
            )
    return [cells[column] for _, cells in table.rows]


def _check_divisions_of_2008(divisions: list[str]) -> None:
    known = set(sectors(DIVISIONS)[TOTAL].divisions)
    if unknown := sorted(set(divisions) - known):
        raise Rejected(expected="divisions of WZ 2008", found=", ".join(unknown))
    if missing := sorted(known - set(divisions)):
        raise Rejected(
            expected="all 88 divisions of WZ 2008",
            found=f"no row for {', '.join(missing)}",
            hint="The file may be cut off: download it again.",
        )


def _check_pairs(table: CsvTable, pairs: list[tuple[str, str]]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for (line, _), pair in zip(table.rows, pairs, strict=True):
        if pair in seen:
            raise Rejected(
                expected="every pair of divisions once",
                found=f"{pair[0]} → {pair[1]} again; the first is in line {seen[pair]}",
                where=f"line {line}",
            )
        seen[pair] = line


def _check_titles(table: CsvTable) -> None:
    for column in map(table.column, TITLES):
        for line, cells in table.rows:
            if not cells[column].strip():
                raise Rejected(expected="a title", found="an empty cell", where=f"line {line}, column {column + 1}")


def _check_counts(table: CsvTable) -> None:
    columns = [table.column(name) for name in COUNTS]
    for line, cells in table.rows:
        texts = [cells[column] for column in columns]
        if not all(re.fullmatch(r"[0-9]{1,6}", text) for text in texts) or not any(map(int, texts)):
            raise Rejected(
                expected="two counts of code pairs, at least one of them above 0",
                found=" and ".join(f"“{text}”" for text in texts),
                where=f"line {line}, columns {columns[0] + 1} and {columns[1] + 1}",
            )


PRODUCT = Product(
    product_id="destatis_wz_bridge",
    looks_like=f"the WZ 2008 – WZ 2025 bridge as CSV (columns {', '.join(CODES + TITLES + COUNTS)})",
    recognises=_recognises,
    decode=_decode,
)
