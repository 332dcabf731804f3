"""Workbooks of the Bundesnetzagentur on fixed-line and mobile coverage: what stands over a column, which region a row
belongs to, and the month of the figures.

A sheet has header rows, the finest of which names rates or technologies; labels above it are merged over the
columns they belong to. Below follows one row per Bund, Land, Kreis and Gemeinde with its key in `AGS` and, on
fixed lines, its level in `Verwaltungsebene` (`3 - Kreis`). A kreisfreie Stadt is a Kreis and a Gemeinde: two rows.

None of these files was at hand: the layout is that of public programs that read them. Columns are known to move
from edition to edition, so all are found by their texts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from reference.regions import nrw_kreise
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.bnetza_coverage import base_name, by_region, require
from sources.cells import month_end
from sources.rejected import Rejected
from sources.workbook import TOP_ROWS, Cell, Sheet, heading, read_sheet

KEY, LEVEL = "AGS", "Verwaltungsebene"
MISSING = ("", "-", "–", "—")

#: Level → its keys; the digits in brackets tell the region. Documented: `05911` for a Kreis, `05911000` for a Gemeinde.
_LEVEL_KEYS = {
    "bund": re.compile(r"()(?:0*|DE|DG|Deutschland)", re.IGNORECASE),
    "land": re.compile(r"([0-9]{2})(?:0{3}){0,2}"),
    "kreis": re.compile(r"([0-9]{5})(?:0{3})?"),
    "gemeinde": re.compile(r"([0-9]{8})"),
}
#: What a level may be called, without its number: `Kreis` and `Gemeinde` are documented, the rest is inferred.
_LEVELS = {
    "bund": re.compile(r"bund|bundesgebiet|deutschland"),
    "land": re.compile(r"(?:bundes)?land"),
    "kreis": re.compile(r"(?:land)?kreise?(?:\s*(?:/|und)\s*kreisfreie st[aä]dte?)?|kreisfreie stadt"),
    "gemeinde": re.compile(r"(?:stadt\s*/\s*)?gemeinde"),
}
_LEVEL_NUMBER = re.compile(r"[0-9]\s*[-–]\s*")
_MONTH_IN_NAME = re.compile(r"(?<![0-9])(0[1-9]|1[0-2])_(20[0-9]{2})(?![0-9])")


@dataclass(frozen=True)
class Table:
    """A sheet with its header. Rows and columns count from 0.

    header  the row of the finest headers; the regions follow below it
    start   the first column of figures
    over    column of figures → the texts over it, outermost first, its own last; columns without a text are left out
    """

    sheet: Sheet
    header: int
    start: int
    over: dict[int, tuple[str, ...]]

    def column(self, name: str) -> int | None:
        """The one column headed by a text, letter case aside; None where there is none, Rejected for several."""
        found = {
            column
            for row in self.sheet.rows[: self.header + 1]
            for column, cell in enumerate(row[: self.start])
            if isinstance(cell, str) and heading(cell).casefold() == name.casefold()
        }
        if len(found) > 1:
            raise Rejected(expected=f"one column “{name}”", found=f"{len(found)} of them", where=self.sheet.name)
        return next(iter(found), None)

    def where(self, column: int) -> str:
        """Locator of a header cell."""
        return self.sheet.where(self.header, column)


class Figures(NamedTuple):
    """What the cells of a table are: see `schemas.observation.Observation`; `largest` bounds their values."""

    dataset: str
    variable: str
    day: dt.date
    unit: str
    basis: str
    largest: float


def read_table(file: ArrivedFile, sheet_name: str, is_header: Callable[[str], bool], example: str) -> Table:
    """A sheet with the first row that has a header for which `is_header` holds; raises Rejected where none has."""
    sheet = read_sheet(file, sheet_name)
    for number, row in enumerate(sheet.rows[:TOP_ROWS]):
        found = [c for c, cell in enumerate(row) if isinstance(cell, str) and is_header(heading(cell))]
        if found:
            return Table(sheet, number, found[0], _texts_over(sheet, number, found[0]))
    raise Rejected(
        expected=f"a header such as “{example}”",
        found="no such cell in the first rows",
        where=sheet.name,
        hint="The layout of this edition is not known.",
    )


def _texts_over(sheet: Sheet, header: int, start: int) -> dict[int, tuple[str, ...]]:
    """A label holds for the empty cells to its right, up to where its own row or one above it starts another."""
    width = len(sheet.rows[header])
    over: dict[int, tuple[str, ...]] = dict.fromkeys(range(start, width), ())
    starts: set[int] = set()
    for row in sheet.rows[:header]:
        label = ""
        for column in over:
            text = _text(row[column])
            if text:
                starts.add(column)
            if text or column in starts:
                label = text
            if label:
                over[column] += (label,)
    own = {column: _text(sheet.rows[header][column]) for column in over}
    return {column: (*labels, own[column]) for column, labels in over.items() if own[column]}


def rows_by_region(table: Table) -> tuple[dict[str, int], dict[str, int]]:
    """(row of each monitored region, number of other rows by reason).

    Raises Rejected for a key or level that is none, a region that stands there twice, and missing Kreise.
    """
    key_column, level_column = table.column(KEY), table.column(LEVEL)
    if key_column is None:
        raise Rejected(expected=f"a column “{KEY}” before the figures", found="none", where=table.sheet.name)
    keys, notes = [], 0
    for number, row in enumerate(table.sheet.rows[table.header + 1 :], start=table.header + 1):
        printed = _text(row[key_column])
        level = "" if level_column is None else _text(row[level_column])
        where = table.sheet.where(number, key_column)
        if level:
            keys.append((_key_of_level(printed, level, where), where, number))
        elif printed.isdecimal() or any(cell != "" for cell in row[table.start :]):
            keys.append(("Deutschland" if printed and not printed.strip("0") else printed, where, number))
        elif printed:
            notes += 1
    found, skipped = by_region(keys)
    require(nrw_kreise(), found, "all 53 Kreise of NRW")
    for region_id, numbers in found.items():
        if len(numbers) > 1:
            places = ", ".join(table.sheet.where(number, key_column) for number in numbers)
            raise Rejected(expected=f"one row for region {region_id}", found=places, where=table.sheet.name)
    if notes:
        skipped["note below the table"] = notes
    return {region_id: number for region_id, (number,) in found.items()}, skipped


@lru_cache(maxsize=64)
def _level_keys(level: str) -> re.Pattern[str] | None:
    called = _LEVEL_NUMBER.sub("", level, count=1).casefold()
    return next((_LEVEL_KEYS[name] for name, words in _LEVELS.items() if words.fullmatch(called)), None)


def _key_of_level(printed: str, level: str, where: str) -> str:
    """The key as the CSV editions print it: 2, 5 or 8 digits, or `Deutschland`."""
    keys = _level_keys(level)
    if keys is None:
        raise Rejected(expected=f"a level such as “3 - Kreis” in {LEVEL}", found=f"“{level}”", where=where)
    match = keys.fullmatch(printed)
    if match is None:
        raise Rejected(
            expected=f"the official key of a region of level “{level}”",
            found=f"“{printed}”",
            where=where,
            hint="Programs that read keys as numbers drop the leading zero." if printed.isdecimal() else "",
        )
    return match[1] or "Deutschland"


def observations(
    table: Table, figures: Figures, columns: Mapping[int, str], rows: Mapping[str, int]
) -> Iterator[Observation]:
    """One observation per region and column; `columns` gives the dimensions of each. Raises Rejected for a cell that
    is neither a number from 0 to `largest` nor a sign for a missing one."""
    for region_id, number in rows.items():
        for column, dimensions in columns.items():
            where = table.sheet.where(number, column)
            value, status, printed = _figure(table.sheet.rows[number][column], figures.largest, where)
            yield Observation(
                dataset=figures.dataset,
                variable=figures.variable,
                region_id=region_id,
                sector_scheme=None,
                sector_id=None,
                dimensions=dimensions,
                reference_date=figures.day,
                value=value,
                unit=figures.unit,
                status=status,
                basis=figures.basis,
                printed=printed,
                locator=where,
            )


def _figure(cell: Cell, largest: float, where: str) -> tuple[float | None, str, str]:
    """(value, status, printed) of a cell."""
    if isinstance(cell, str) and cell.strip() in MISSING:
        return None, "not_available", cell.strip()
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 0 <= cell <= largest:
        return float(cell), "value" if cell else "zero", _text(cell)
    raise Rejected(
        expected=f"a number from 0 to {largest:.0f}, or an empty cell or a dash for a missing one",
        found=f"“{cell}”",
        where=where,
    )


def agreed_day(file: ArrivedFile, table: Table, words: str) -> dt.date:
    """Last day of the month the figures are about: as printed behind one of `words` in the header (`Festnetz:
    12.2025`), else from the file name (`…_12_2025.xlsx`), else from the manifest.

    Raises Rejected where none says it, and where two contradict each other.
    """
    named = _MONTH_IN_NAME.search(base_name(file))
    printed = _printed_month(table, words)
    of_name = month_end(int(named[2]), int(named[1])) if named else None
    day = printed or of_name or _month_of(file.period)
    if day is None:
        raise Rejected(
            expected=f"the month of the figures: in the header (“{words.split('|')[0]}: 12.2025”), in the file name "
            "(…_12_2025.xlsx), or in MANIFEST.csv (2025-12-31)",
            found=f"the name “{file.name}” and the period “{file.period}”",
            where=table.sheet.name,
        )
    if of_name not in (None, day) or not day.isoformat().startswith(file.period[: len("2025-12")]):
        raise Rejected(
            expected=f"one month of the figures, {day:%m.%Y} as in the {'header' if printed else 'file name'}",
            found=f"the name “{file.name}” and the period “{file.period}”",
            where=table.sheet.name,
            hint="Find out which of them is right and correct the other.",
        )
    return day


def _printed_month(table: Table, words: str) -> dt.date | None:
    pattern = re.compile(rf"\b(?:{words})\b[^0-9]{{0,60}}(?:[0-9]{{2}}\.)?(0[1-9]|1[0-2])\.(20[0-9]{{2}})(?![0-9])")
    texts = table.sheet.texts(slice(0, table.header + 1))
    found = {month_end(int(match[2]), int(match[1])) for text in texts for match in pattern.finditer(text)}
    if len(found) > 1:
        raise Rejected(
            expected="one month of the figures",
            found=" and ".join(f"{day:%m.%Y}" for day in sorted(found)),
            where=table.sheet.name,
        )
    return next(iter(found), None)


def _month_of(period: str) -> dt.date | None:
    """Last day of a manifest's `2025-12-31` or `2025-12`; a year does not say a month."""
    match = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])(?:-[0-9]{2})?", period)
    return month_end(int(match[1]), int(match[2])) if match else None


def _text(cell: Cell) -> str:
    """A header text on one line; a number as it is printed."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return heading(cell) if isinstance(cell, str) else str(cell)
