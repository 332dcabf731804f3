"""Federal Employment Agency, unemployed and unemployment rates by month: two workbooks, unpacked from one zip.

Both become the dataset `ba_arbeitslose_monat`, so that a rate and its numerator come from one table:

`…_Heft_pol_SGBI_Arbeitslose.xlsx`         variable `unemployed`, unit `Anzahl`
`…_Heft_pol_SGBI_ArbeitslosenQuoten.xlsx`  variable `unemployment_rate`, unit `%`, dimension `base`

Reference dates are the last days of months; the numbers are not seasonally adjusted.

Documented (from public code, no file was at hand): sheet `Übersicht_Kreise`, about nine rows above a header
`Gesamt | Jahresdurch-schnitt | Gleitender JD | <month as a date> …` over `Region | 2025 | 2026 | 1 | 2 …`, 24 months
of two calendar years. Inferred: that a line above names what the figures are and the base of the rates; what the
numbers of the second row count (months, or columns); `Gesamt`: of all unemployed, other sheets print parts of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.sum_rules import SumRule
from sources.arrived_file import ArrivedFile
from sources.ba_region_sheet import RegionSheet, base_of_rates, created_on, read_regions, region_sheet
from sources.ba_unemployment import COUNTS, NO_TIME, RATES, Measure, Time, time_of, without_months
from sources.cells import month_end
from sources.product import Decoded, Product, period_of
from sources.rejected import Rejected
from sources.workbook import Cell, heading, sheet_called

DATASET = "ba_arbeitslose_monat"
SOURCES = {COUNTS.variable: "ba_arbeitslose_monat", RATES.variable: "ba_arbeitslosenquoten_monat"}
SHEET = "Übersicht_Kreise"
#: Whether NRW counts persons that no Kreis does is not known, so a few are let pass: a tenth of the step of a month.
SUM_RULE = SumRule(DATASET, COUNTS.variable, tolerance=500)
#: What may stand in the header above the regions: another group would be a part of the unemployed only.
_ALL_UNEMPLOYED = ("Gesamt", "Insgesamt")
_LABEL_HEADS = (*_ALL_UNEMPLOYED, "Region", "Kreis", "Schlüssel", "Regionalschlüssel", "Name")

_ANNUAL = re.compile(r"durch-?schnitt|\bJD\b", re.IGNORECASE)
_NAMES_RATES = re.compile(r"arbeitslosen-?_?quote", re.IGNORECASE)
_NAMES_COUNTS = re.compile(r"arbeitslose[nr]?(?![a-z]|-?_?quote)", re.IGNORECASE)


class _Said(NamedTuple):
    """A cell of the header, its row (index) and what it says of time."""

    row: int
    cell: Cell
    time: Time


@dataclass(frozen=True)
class _Columns:
    """months: reference date by column; left_out: columns by reason."""

    months: dict[int, dt.date]
    left_out: Counter[str]


def decode(file: ArrivedFile) -> Decoded:
    """Counts or rates of one workbook; raises Rejected where it is not what its layout promises."""
    table = region_sheet(file, SHEET)
    columns = _columns(table)
    _require_all_unemployed(table, columns)
    measure = _measure(file, table)
    reading = read_regions(table, columns.months, DATASET, measure)
    first = min(columns.months.values())
    observations: list[tuple[object, ...]] = list(reading.observations)
    return Decoded(
        observations=observations,
        source_id=SOURCES[measure.variable],
        period=period_of(first.isoformat(), reading.newest.isoformat()),
        published_on=created_on(file),
        layout=(table.sheet.name, *_header_texts(table)),
        skipped=dict(columns.left_out + reading.skipped),
        remarks=reading.remarks,
    )


PRODUCT = Product(
    product_id=DATASET,
    looks_like=f"XLSX with the sheet “{SHEET}” (unemployed or unemployment rates by month)",
    recognises=lambda file: sheet_called(file, SHEET) is not None,
    decode=decode,
)


# --- what the figures are -------------------------------------------------------------------------


def _measure(file: ArrivedFile, table: RegionSheet) -> Measure:
    """By the lines above the table, or the file name where these name both or neither."""
    named = _named(table.texts_above) or _named([file.name])
    if named is None:
        raise Rejected(
            expected="“Arbeitslose” or “Arbeitslosenquoten” above the table or in the file name",
            found=" | ".join(table.texts_above) or "no text",
            where=table.sheet.name,
        )
    return named._replace(dimensions=base_of_rates(file, table)) if named is RATES else named


def _named(texts: Iterable[str]) -> Measure | None:
    """What the texts name; a text that names both counts and rates (the title of the booklet) says nothing."""
    named = [(bool(_NAMES_COUNTS.search(text)), bool(_NAMES_RATES.search(text))) for text in map(heading, texts)]
    counts, rates = (True, False) in named, (False, True) in named
    return None if counts == rates else COUNTS if counts else RATES


def _require_all_unemployed(table: RegionSheet, columns: _Columns) -> None:
    for number in table.header:
        for column, cell in enumerate(table.sheet.rows[number][: min(columns.months)]):
            text = heading(str(cell))
            if text and not _is_annual(cell) and time_of(cell) == NO_TIME and not text.startswith(_LABEL_HEADS):
                raise Rejected(
                    expected=f"“{_ALL_UNEMPLOYED[0]}” (all unemployed) beside the months",
                    found=f"“{text}”",
                    where=table.sheet.where(number, column),
                )


# --- the header -----------------------------------------------------------------------------------


def _columns(table: RegionSheet) -> _Columns:
    header, years_above = _header(table), _years_above(table)
    months: dict[int, dt.date] = {}
    left_out: Counter[str] = Counter()
    for column, said in enumerate(header):
        if any(_is_annual(entry.cell) for entry in said):
            left_out["column with an annual average"] += 1
        elif date := _month(table, column, said, years_above.get(column)):
            if date in months.values():
                raise Rejected(
                    expected="each month once",
                    found=f"{date:%m/%Y} again",
                    where=table.sheet.where(said[0].row, column),
                )
            months[column] = date
        elif any(entry.time.year for entry in said):
            left_out["column with an annual average"] += 1
        elif said and months:
            left_out[f"column not declared: {_shown(said[0].cell)}"] += 1
    if not months:
        raise Rejected(
            expected="columns with a month and a year",
            found=" | ".join(_header_texts(table)) or "numbers only",
            where=f"{table.sheet.name}, row {table.header[0] + 1}",
        )
    return _Columns(months, left_out)


def _header(table: RegionSheet) -> list[list[_Said]]:
    """The filled header cells of each column, top down, without mere column numbers."""
    numbering = _numbering_row(table)
    rows = [number for number in table.header if number != numbering]
    width = len(table.sheet.rows[table.first])
    cells = table.sheet.rows
    return [
        [
            _Said(number, cells[number][column], time_of(cells[number][column]))
            for number in rows
            if cells[number][column] != ""
        ]
        for column in range(width)
    ]


def _years_above(table: RegionSheet) -> dict[int, int]:
    """Year by column where a merged cell holds it for several: a merged cell has its text in its first column only."""
    years: dict[int, int] = {}
    for number in table.header:
        year = None
        for column, cell in enumerate(table.sheet.rows[number]):
            if cell != "":
                year = None if time_of(cell).month else time_of(cell).year
            if year:
                years.setdefault(column, year)
    return years


def _numbering_row(table: RegionSheet) -> int | None:
    """The row that merely counts the columns with months: 1 to n, where another row names the months in full."""
    full = [number for number in table.header if len(_full_months(table.sheet.rows[number])) > 1]
    for number in table.header:
        if full and number not in full:
            row = table.sheet.rows[number]
            counted = [row[column] for column in _full_months(table.sheet.rows[full[0]])]
            if counted == list(range(1, len(counted) + 1)):
                return number
    return None


def _full_months(row: Sequence[Cell]) -> list[int]:
    return [column for column, cell in enumerate(row) if time_of(cell).year and time_of(cell).month]


def _month(table: RegionSheet, column: int, said: list[_Said], year_above: int | None) -> dt.date | None:
    """The month a column is about, None where its header names none; Rejected where its cells contradict."""
    years = {entry.time.year for entry in said if entry.time.year}
    months = {entry.time.month for entry in said if entry.time.month}
    if len(years) > 1 or len(months) > 1:
        raise Rejected(
            expected="one month in all rows of the header",
            found=" and ".join(f"“{_shown(entry.cell)}”" for entry in said),
            where=table.sheet.where(said[0].row, column),
            hint="The header contradicts itself; ask the publisher for a corrected file.",
        )
    year = years.pop() if years else year_above
    return month_end(year, months.pop()) if year and months else None


def _shown(cell: Cell) -> str:
    return f"{cell:%m/%Y}" if isinstance(cell, dt.date) else str(cell)


def _is_annual(cell: Cell) -> bool:
    return isinstance(cell, str) and _ANNUAL.search(heading(cell)) is not None


def _header_texts(table: RegionSheet) -> list[str]:
    """Texts of the header without its times."""
    cells = (cell for number in table.header for cell in table.sheet.rows[number])
    return [without_months(cell) for cell in cells if isinstance(cell, str) and cell and time_of(cell) == NO_TIME]
