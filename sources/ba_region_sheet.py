"""Sheets of the Federal Employment Agency with a row per region and a column per month or year.

Documented of them (from public code, no file was at hand): rows `05113 Essen, Stadt`; a column for every time of the
range, those to come filled with `0` (counts) or `...` (rates). Inferred, and therefore accepted in several forms: how
many rows stand above, code and name in one cell or two, `Deutschland` for Germany, © below the table.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from reference.regions import GERMANY_CODES, nrw_kreise, published_regions
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.ba_unemployment import NO_TIME, PERCENT, Measure, printed_base, time_of
from sources.ba_workbook import require_exact, require_whole, with_leading_zero
from sources.cells import german_day, month_end
from sources.product import Remark, remarks_on_wholes
from sources.region_label import is_germany, require_own_name
from sources.rejected import Rejected
from sources.workbook import Row, Sheet, heading, read_sheet, sheet_called

#: A table begins within the first rows of its sheet; its header stands on the rows above.
_TOP_ROWS, _HEADER_ROWS = 60, 4
#: A row belongs to the header where it names that many times; a region stands on it where it has that many cells.
_FEW_TIMES, _FEW_CELLS = 2, 3

_REGION = re.compile(r"(\d{1,5})(?:\s+\D.*)?")


@dataclass(frozen=True)
class RegionSheet:
    """header: indices of the rows that name times; first: index of the row of the first region."""

    sheet: Sheet
    header: tuple[int, ...]
    first: int

    @property
    def texts_above(self) -> list[str]:
        return self.sheet.texts(slice(0, self.first))


@dataclass(frozen=True)
class Reading:
    """The figures up to the newest time reported, and what was left out, by reason."""

    observations: list[Observation]
    newest: dt.date
    skipped: Counter[str]
    remarks: list[Remark]


def region_sheet(file: ArrivedFile, name: str) -> RegionSheet:
    """The table of a sheet, found by its first region and the times above it; raises Rejected where it has none."""
    sheet = read_sheet(file, name)
    first = next((number for number, row in enumerate(sheet.rows[:_TOP_ROWS]) if _begins_table(row)), None)
    if first is None:
        raise Rejected(expected="rows “05113 Essen, Stadt”", found="none in the first rows", where=sheet.name)
    above = range(max(0, first - _HEADER_ROWS), first)
    header = tuple(number for number in above if _names_times(sheet.rows[number]))
    if not header:
        raise Rejected(
            expected="a header with months or years above the regions",
            found=" | ".join(sheet.texts(slice(above.start, first))) or "no text",
            where=f"{sheet.name}, row {first}",
            hint="The layout of this edition is not known.",
        )
    require_whole(sheet.texts(slice(0, header[0])), sheet.name)
    return RegionSheet(sheet, header, first)


def _begins_table(row: Row) -> bool:
    return region_code(row) is not None and sum(cell != "" for cell in row) >= _FEW_CELLS


def _names_times(row: Row) -> bool:
    return sum(time_of(cell) != NO_TIME for cell in row) >= _FEW_TIMES


def region_code(row: Row) -> str | None:
    """Code of the region a row begins with, None where it begins with something else.

    `05113 Essen, Stadt` in one cell, `05113` or the number 5113 in front of a name → `05113`; `Deutschland` → `DG`.
    """
    filled = [cell for cell in row if cell != ""][:2]
    if not filled:
        return None
    first = filled[0]
    if isinstance(first, str):
        return _code(heading(first))
    # A number alone may be a year or a count: it is a code only where a name follows.
    named = len(filled) > 1 and isinstance(filled[1], str) and time_of(filled[1]) == NO_TIME
    return _code(f"{first:.0f}") if named and isinstance(first, int | float) else None


def _name(row: Row) -> str:
    """The name a row begins with: `Essen, Stadt` behind the code, in the same cell or the next."""
    texts = [heading(cell) for cell in row if isinstance(cell, str) and cell.strip()][:2]
    return next((text for text in (t.lstrip("0123456789 ") for t in texts) if text), "")


@lru_cache(maxsize=4096)
def _code(text: str) -> str | None:
    if is_germany(text):
        return GERMANY_CODES[0]
    match = _REGION.fullmatch(text)
    return with_leading_zero(match[1]) if match else None


def read_regions(table: RegionSheet, columns: Mapping[int, dt.date], dataset: str, measure: Measure) -> Reading:
    """The figures of the monitored regions; `columns`: reference date by column.

    A `0` never is a figure in these sheets: no Kreis is without unemployed. Columns after the newest with a figure
    are still to come and left out; in the others such a cell is not available.

    Raises Rejected where a Kreis of NRW is missing or printed twice, or where nothing is reported.
    """
    skipped: Counter[str] = Counter()
    observations = []
    for region_id, number, row in _monitored_rows(table, skipped):
        for column, date in columns.items():
            where = table.sheet.where(number, column)
            value, status, printed = measure.read(row[column], where)
            if value == 0:
                value, status = None, "not_available"
            observations.append(
                Observation(dataset, measure.variable, region_id, None, None, measure.dimensions,
                            date, value, measure.unit, status, "", printed, where)
            )  # fmt: skip
    reported = [cell.reference_date for cell in observations if cell.value is not None]
    if not reported:
        raise Rejected(expected="at least one column with figures", found="only 0 and signs", where=table.sheet.name)
    newest = max(reported)
    if pending := sum(date > newest for date in columns.values()):
        skipped["column not reported yet"] += pending
    observations = [cell for cell in observations if cell.reference_date <= newest]
    if measure.unit == PERCENT:
        _require_per_cent(observations, table.sheet.name)
    else:
        require_exact(observations)
    regions = {cell.region_id for cell in observations}
    remarks = [*remarks_on_wholes(regions, table.sheet.name), *_remarks_on_gaps(columns.values(), table.sheet.name)]
    return Reading(observations, newest, skipped, remarks)


def _remarks_on_gaps(dates: Collection[dt.date], where: str) -> list[Remark]:
    """A remark where a year or a month between the first and the last has no column."""
    first, last = min(dates), max(dates)
    years = range(first.year, last.year + 1)
    months = [12] if all(date.month == 12 for date in dates) else range(1, 13)
    every = (month_end(year, month) for year in years for month in months)
    missing = [date.isoformat() for date in every if first < date < last and date not in dates]
    return [Remark("times_missing", f"No column for {', '.join(missing)}", where)] if missing else []


def _monitored_rows(table: RegionSheet, skipped: Counter[str]) -> Iterator[tuple[str, int, Row]]:
    """(region_id, index, row) of each monitored region once, down to the © line; counts the others."""
    seen: dict[str, int] = {}
    for number, row in enumerate(table.sheet.rows[table.first :], start=table.first):
        if any(isinstance(cell, str) and cell.lstrip().startswith("©") for cell in row):
            break
        code = region_code(row)
        region_id = published_regions().get(code or "")
        if region_id in seen:
            raise Rejected(
                expected=f"one row for region {region_id}",
                found=f"a second one; the first is row {seen[region_id] + 1}",
                where=f"{table.sheet.name}, row {number + 1}",
            )
        if region_id:
            seen[region_id] = number
            require_own_name(region_id, _name(row), f"{table.sheet.name}, row {number + 1}")
            yield region_id, number, row
        elif any(cell != "" for cell in row):
            skipped["region not monitored" if code else "row without a region code"] += 1
    if missing := [kreis for kreis in nrw_kreise() if kreis not in seen]:
        raise Rejected(
            expected="a row for each of the 53 Kreise of NRW",
            found=f"{len(nrw_kreise()) - len(missing)}; missing: {' '.join(missing)}",
            where=table.sheet.name,
            hint="The file may be cut off: download it again.",
        )


def _require_per_cent(observations: list[Observation], where: str) -> None:
    if max(cell.value for cell in observations if cell.value is not None) < 1:
        raise Rejected(expected="rates in per cent", found="only figures below 1, which are fractions", where=where)


def base_of_rates(file: ArrivedFile, table: RegionSheet) -> str:
    """The base that the lines above the table name, else the other sheets; raises Rejected where none or two do."""
    if base := printed_base(table.texts_above):
        return base
    others = (read_sheet(file, name) for name in file.workbook.sheet_names if name != table.sheet.name)
    if base := printed_base(text for sheet in others for text in sheet.texts(slice(0, _TOP_ROWS))):
        return base
    raise Rejected(
        expected="the base of the rates above the table, e.g. “bezogen auf alle zivilen Erwerbspersonen”",
        found="none or several",
        where=table.sheet.name,
        hint="Rates of different bases must not be mixed, so one without its base cannot be used.",
    )


def created_on(file: ArrivedFile) -> dt.date | None:
    """The day behind “Erstellungsdatum” on the sheet Impressum, None where it prints none."""
    name = sheet_called(file, "Impressum")
    for row in read_sheet(file, name).rows if name else []:
        text = " ".join(f"{cell:%d.%m.%Y}" if isinstance(cell, dt.date) else str(cell) for cell in row)
        if "Erstellungsdatum" in text:
            return german_day(text.partition("Erstellungsdatum")[2])
    return None
