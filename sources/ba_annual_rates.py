"""Federal Employment Agency, unemployment rates of all Kreise by year: one workbook that grows by a column a year.

dataset `ba_arbeitslosenquoten_jahr`, variable `unemployment_rate`, unit `%`, dimension `base`; annual averages, so
the reference date is 31 December.

Documented (from public code, no file was at hand): sheet `Jahreszahlen`, header in row 11 with the years as whole
numbers, one more row before the regions. Inferred: that a line above names the base of the rates.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sources.arrived_file import ArrivedFile
from sources.ba_region_sheet import RegionSheet, base_of_rates, created_on, read_regions, region_sheet
from sources.ba_unemployment import RATES, time_of, without_months
from sources.cells import year_end
from sources.product import Decoded, Product, period_of
from sources.rejected import Rejected
from sources.workbook import TOP_ROWS, Cell, heading, read_sheet, sheet_called

DATASET = "ba_arbeitslosenquoten_jahr"
SHEET = "Jahreszahlen"
MARKER = "Arbeitslosenquote"


def decode(file: ArrivedFile) -> Decoded:
    """Rates by year; raises Rejected where the workbook is not what its layout promises."""
    table = region_sheet(file, SHEET)
    row = _row_of_years(table)
    years, undeclared = _years(table, row)
    base = base_of_rates(file, table)
    reading = read_regions(table, years, DATASET, RATES._replace(dimensions=base))
    observations: list[tuple[object, ...]] = list(reading.observations)
    heads = [without_months(cell) for cell in table.sheet.rows[row] if isinstance(cell, str) and not _year(cell)]
    return Decoded(
        observations=observations,
        source_id=DATASET,
        period=period_of(str(min(years.values()).year), str(reading.newest.year)),
        published_on=created_on(file),
        layout=(table.sheet.name, *filter(None, heads)),
        skipped=dict(undeclared + reading.skipped),
        remarks=reading.remarks,
    )


def _recognises(file: ArrivedFile) -> bool:
    """Other workbooks have a sheet of this name too: the one meant speaks of the rate near its top or in its name."""
    sheet = sheet_called(file, SHEET)
    if sheet is None:
        return False
    try:
        texts = read_sheet(file, sheet).texts(slice(0, TOP_ROWS))
    except Rejected:  # a damaged sheet
        return False
    return any(MARKER.casefold() in heading(text).casefold() for text in [*texts, file.name])


PRODUCT = Product(
    product_id=DATASET,
    looks_like=f"XLSX with the sheet “{SHEET}” and “{MARKER}” near its top or in its name",
    recognises=_recognises,
    decode=decode,
)


def _year(cell: Cell) -> int | None:
    time = time_of(cell)
    return time.year if time.month is None else None


def _row_of_years(table: RegionSheet) -> int:
    """Index of the one header row with years."""
    rows = [number for number in table.header if any(map(_year, table.sheet.rows[number]))]
    if len(rows) != 1:
        raise Rejected(
            expected="one row of years above the regions",
            found=f"{len(rows)} rows",
            where=f"{table.sheet.name}, row {table.header[0] + 1}",
            hint="The layout of this edition is not known.",
        )
    return rows[0]


def _years(table: RegionSheet, row: int) -> tuple[dict[int, dt.date], Counter[str]]:
    """Reference date by column, and other columns right of the first year.

    Raises Rejected for a number that is no year, and where figures stand below an empty head: they might be parts of
    the year before them.
    """
    years: dict[int, dt.date] = {}
    undeclared: Counter[str] = Counter()
    for column, cell in enumerate(table.sheet.rows[row]):
        where = table.sheet.where(row, column)
        if year := _year(cell):
            if year_end(year) in years.values():
                raise Rejected(expected="each year once", found=f"{year} again", where=where)
            years[column] = year_end(year)
        elif cell != "" and not isinstance(cell, str):
            raise Rejected(expected="a year", found=f"{cell}", where=where)
        elif years and cell != "":
            undeclared[f"column not declared: {without_months(str(cell))}"] += 1
        elif years and table.sheet.rows[table.first][column] != "":
            raise Rejected(expected="a year above every column of figures", found="an empty cell", where=where)
    return years, undeclared
