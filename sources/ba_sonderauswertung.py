"""Federal Employment Agency, special evaluation (Sonderauswertung): employees by Kreis and WZ 2008 division.

Divisions per Kreis are not published; they are ordered. Which column heads mean what, and what a dash
means, is declared in `ba_sonderauswertung.yaml`, where the two layouts are shown.

dataset `ba_sonderauswertung_wz08-2`, variable `employees`, unit `Anzahl`, sector scheme `wz08-2`.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from reference.declared import read_declared
from reference.regions import GERMANY_CODES, missing_kreise, published_regions, region_of_name
from reference.sectors import DIVISIONS, TOTAL, sector_id_of, sectors
from sources.arrived_file import ArrivedFile
from sources.ba_workbook import (
    THOUSANDS,
    UNIT,
    WZ_VERSION,
    printed_basis,
    reference_date,
    require_exact,
    require_whole,
    whole_number,
    with_leading_zero,
)
from sources.cells import column_letters, german_day
from sources.product import Decoded, Product, Remark, period_of, remarks_on_wholes
from sources.region_label import is_germany, require_own_name
from sources.rejected import Rejected
from sources.workbook import Cell, Row, heading, read_sheet

SOURCE_ID = "ba_sonderauswertung"
DECLARATION = Path(__file__).with_suffix(".yaml")
#: The head stands within the first rows; a cover sheet or two may come before the table.
TOP_ROWS, TOP_SHEETS = 40, 3
WORKPLACE, RESIDENCE = "arbeitsort", "wohnort"
REGION, DATE, SECTOR, EMPLOYEES = "region", "reference_date", "sector", "employees"

_REGION_CELL = re.compile(r"(\d{1,5})(?:\s+\D.*)?|.*\((\d{2,5})\)")
# The label must look like one: "B - F", "10 bis 12" and "28.1 …" are other things than B, 10 and 28.
_SECTOR_CELL = re.compile(r"(\d{1,2}|[A-U])(?:[\s:]+(?:[-–]\s+)?[A-ZÄÖÜ][a-zäöüß.]\D*)?")
#: What an evaluation of this product is about; with it, one whose head is not declared is told what to declare.
_SUBJECT = re.compile(r"Beschäftigte\b.*Wirtschafts(?:abteilung|zweig)", re.IGNORECASE)
_CREATED = re.compile(r"Erstellungsdatum\s*:?(.*)")


@dataclass(frozen=True)
class Declaration:
    """What `ba_sonderauswertung.yaml` says; columns: accepted heads by meaning, in order of preference."""

    dataset: str
    marker: str
    delimiter: str
    columns: dict[str, list[str]]
    classification: str
    dash: str
    thousands_point: bool
    footers: list[str]


@cache
def declared() -> Declaration:
    """The declaration in force."""
    return Declaration(**read_declared(DECLARATION))


@dataclass(frozen=True)
class _Grid:
    """Numbered rows of a worksheet, or of a text file (`sheet` is empty)."""

    sheet: str
    rows: list[tuple[int, Row]]

    def where(self, number: int, column: int) -> str:
        if self.sheet:
            return f"{self.sheet}!{column_letters(column)}{number}"
        return f"line {number}, column {column + 1}"


@dataclass(frozen=True)
class _Table:
    """A grid with a head: index of its row, columns by meaning, and by date in the wide layout."""

    grid: _Grid
    head_row: int
    columns: dict[str, int]
    dates: dict[int, dt.date]

    @property
    def layout(self) -> tuple[str, ...]:
        head = self.grid.rows[self.head_row][1]
        kind = "wide by date" if self.dates else "long"
        return (kind, *(_text(cell) for column, cell in enumerate(head) if column not in self.dates))


@dataclass
class _Result:
    """values: (value, status) by (region, date, sector)."""

    observations: list[tuple[object, ...]] = field(default_factory=list)
    values: dict[tuple[str, dt.date, str], tuple[float | None, str]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)


def recognises(file: ArrivedFile) -> bool:
    """True where the marker stands near the top, and a line on its subject or a head with a region and a sector."""
    declaration = declared()
    try:
        grids = _top_grids(file, declaration.delimiter)
    except Rejected:  # no readable workbook: some other product
        return False
    texts = [text for grid in grids for text in _top_texts(grid)]
    if not any(declaration.marker in text for text in texts):
        return False
    return any(map(_SUBJECT.search, texts)) or any(_head_row(grid, declaration) is not None for grid in grids)


def decode(file: ArrivedFile, declaration: Declaration | None = None) -> Decoded:
    """Observations of every sheet with a head; raises Rejected where the file is not as declared."""
    declaration = declaration or declared()
    parts = [(grid, _table(grid, declaration)) for grid in _grids(file, declaration.delimiter)]
    tables = [table for _, table in parts if table]
    if not tables:
        raise Rejected(
            expected="a head with a region and a sector column",
            found=_widest_row([grid for grid, _ in parts]),
            hint=f"Declare its names in sources/{DECLARATION.name}.",
        )
    above = [text for table in tables for text in _top_texts(table.grid, table.head_row + 1)]
    cover = [text for grid, table in parts if not table for text in _top_texts(grid)]
    # A cover or a page of notes may speak of several classifications; the table itself speaks of its own.
    naming = above if any(map(WZ_VERSION.search, above)) else cover
    titles = [text for table in tables for text in _top_texts(table.grid, table.head_row)]
    require_whole(titles, "the lines above the table")
    _require_workplace(tables, titles, cover)
    basis = printed_basis([*naming, declaration.classification], "the lines above the table")
    result = _Result()
    for table in tables:
        _read(table, declaration, basis, result)
    if not result.observations:
        raise Rejected(expected="rows of monitored regions", found="none")
    require_exact(result.observations)
    dates = {date for _, date, _ in result.values}
    return Decoded(
        observations=result.observations,
        source_id=SOURCE_ID,
        period=period_of(min(dates).isoformat(), max(dates).isoformat()),
        published_on=_created_on([*above, *cover]),
        layout=tuple(text for table in tables for text in table.layout),
        skipped=dict(result.skipped),
        remarks=[*_rows_missing(result), *result.remarks],
    )


PRODUCT = Product(
    product_id=SOURCE_ID,
    looks_like=f"CSV or XLSX with “Sonderauswertung” above a head with the columns of {DECLARATION.name}",
    recognises=recognises,
    decode=decode,
)


# --- the file as grids ----------------------------------------------------------------------------


def _grids(file: ArrivedFile, delimiter: str) -> list[_Grid]:
    if file.kind == "zip":
        return [_sheet_grid(file, name) for name in file.workbook.sheet_names]
    return [_Grid("", list(file.rows(_delimiter(file, delimiter))))]


def _top_grids(file: ArrivedFile, delimiter: str) -> list[_Grid]:
    """What recognition looks at: the first sheets of a workbook, the first lines of a text."""
    if file.kind == "zip":
        return [_sheet_grid(file, name) for name in file.workbook.sheet_names[:TOP_SHEETS]]
    if file.kind == "text":
        rows = csv.reader(file.head_lines[:TOP_ROWS], delimiter=_delimiter(file, delimiter))
        return [_Grid("", list(enumerate(rows, start=1)))]
    return []


def _delimiter(file: ArrivedFile, declared: str) -> str:
    """The declared delimiter, a tab where the first lines have tabs and none of it: a sheet saved as text."""
    head = "".join(file.head_lines[:TOP_ROWS])
    return "\t" if declared not in head and "\t" in head else declared


def _sheet_grid(file: ArrivedFile, name: str) -> _Grid:
    return _Grid(name, list(enumerate(read_sheet(file, name).rows, start=1)))


def _text(cell: Cell) -> str:
    """A cell as text, whole numbers without `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return heading(str(cell))


def _top_texts(grid: _Grid, rows: int = TOP_ROWS) -> Iterator[str]:
    """The rows above the table, each as one text."""
    for _, row in grid.rows[:rows]:
        if text := " ".join(filter(None, map(_text, row))):
            yield text


def _widest_row(grids: list[_Grid]) -> str:
    """The first of the top rows with the most cells: the head, where it has names that are not declared."""
    rows = ([text for cell in row if (text := _text(cell))] for grid in grids for _, row in grid.rows[:TOP_ROWS])
    widest: list[str] = []
    for row in rows:
        widest = row if len(row) > len(widest) else widest
    return " | ".join(widest) or "no text"


def _require_workplace(tables: list[_Table], titles: list[str], cover: list[str]) -> None:
    """Raises Rejected where the heads of what is read, else the lines above, else a cover say “Wohnort”.

    Another column may be of the residents, and a cover may explain both words.
    """
    heads = [_text(t.grid.rows[t.head_row][1][column]) for t in tables for column in (*t.columns.values(), *t.dates)]
    for texts in (heads, titles, cover):
        workplace = any(WORKPLACE in text.casefold() for text in texts)
        residence = [text for text in texts if RESIDENCE in text.casefold()]
        if residence and not (workplace and texts is cover):
            raise Rejected(
                expected="employees at the place of work (“am Arbeitsort”)",
                found=f"“{residence[0]}”",
                hint="Those at the place of residence are other figures and must not be mixed with them.",
            )
        if workplace:
            return


def _created_on(texts: list[str]) -> dt.date | None:
    for text in texts:
        if match := _CREATED.search(text):
            if day := german_day(match[1]):
                return day
            raise Rejected(expected="a day behind “Erstellungsdatum:”", found=f"“{text}”")
    return None


# --- the head -------------------------------------------------------------------------------------


def _columns(row: Row, declaration: Declaration) -> dict[str, int]:
    """Column of each meaning that the cells of a row name."""
    cells = [_text(cell).casefold() for cell in row]
    found: dict[str, int] = {}
    for meaning, names in declaration.columns.items():
        name = next((name for name in names if name.casefold() in cells), None)
        if name is not None:
            found[meaning] = cells.index(name.casefold())
    return found


def _head_row(grid: _Grid, declaration: Declaration) -> int | None:
    for index, (_, row) in enumerate(grid.rows[:TOP_ROWS]):
        if {REGION, SECTOR} <= set(_columns(row, declaration)):
            return index
    return None


def _table(grid: _Grid, declaration: Declaration) -> _Table | None:
    """The table of a grid, None where it has no head; Rejected where the head is neither long nor wide."""
    head_row = _head_row(grid, declaration)
    if head_row is None:
        return None
    number, row = grid.rows[head_row]
    columns = _columns(row, declaration)
    _require_single(columns, row, grid, number)
    if {DATE, EMPLOYEES} <= set(columns):
        return _Table(grid, head_row, columns, {})
    dates = {column: date for column, cell in enumerate(row) if (date := _head_date(cell, declaration))}
    if not dates or len(set(dates.values())) < len(dates):
        raise Rejected(
            expected="a column of reference dates and one of employees, or one column per reference date",
            found=" | ".join(map(_text, row)),
            where=grid.where(number, 0),
            hint=f"Declare further names in sources/{DECLARATION.name}.",
        )
    return _Table(grid, head_row, columns, dates)


def _require_single(columns: dict[str, int], row: Row, grid: _Grid, number: int) -> None:
    """Two columns under one name could be workplace and residence: not ours to choose."""
    cells = [_text(cell).casefold() for cell in row]
    for column in columns.values():
        if cells.count(cells[column]) > 1:
            raise Rejected(expected="each column once", found=_text(row[column]), where=grid.where(number, column))


def _head_date(cell: Cell, declaration: Declaration) -> dt.date | None:
    """The date of a wide column: `30.06.2024`, also behind a declared name (`Stichtag 30.06.2024`)."""
    if not isinstance(cell, str):
        return reference_date(cell)
    text = heading(cell)
    names = [*declaration.columns[DATE], *declaration.columns[EMPLOYEES]]
    for name in sorted(names, key=len, reverse=True):
        if text.casefold().startswith(name.casefold()):
            return reference_date(text[len(name) :].lstrip(" :"))
    return reference_date(text)


# --- the rows -------------------------------------------------------------------------------------


def _read(table: _Table, declaration: Declaration, basis: str, result: _Result) -> None:
    """Adds what the rows of a table say to the result."""
    grid = table.grid
    region_column, sector_column = table.columns[REGION], table.columns[SECTOR]
    points = declaration.thousands_point and not grid.sheet
    if not any(_is_footer(row, declaration.footers) for _, row in grid.rows[table.head_row + 1 :]):
        text = f"No line below the table that begins with one of {' '.join(declaration.footers)}: it may be cut off."
        result.remarks.append(Remark("end_not_marked", text, grid.sheet))
    for number, row in _data_rows(table, declaration.footers):
        region_id = _region_id(_text(row[region_column]), grid.where(number, region_column))
        if region_id is None:
            result.skipped["region not monitored"] += 1
            continue
        sector_id = _sector_id(_text(row[sector_column]), grid.where(number, sector_column))
        for column, date in _dated_columns(table, number, row):
            where = grid.where(number, column)
            value, status, printed = _count(row[column], where, declaration.dash, points=points)
            if _is_repeated(result, (region_id, date, sector_id), (value, status), where):
                continue
            result.observations.append(
                (declaration.dataset, "employees", region_id, DIVISIONS, sector_id, "",
                 date, value, UNIT, status, basis, printed, where)
            )  # fmt: skip


def _data_rows(table: _Table, footers: list[str]) -> Iterator[tuple[int, Row]]:
    """(number, row) below the head down to the footer, without blank rows; each has all needed columns."""
    needed = max(*table.columns.values(), *table.dates) + 1
    for number, row in table.grid.rows[table.head_row + 1 :]:
        if _is_footer(row, footers):
            return
        if not any(str(cell).strip() for cell in row):
            continue
        if len(row) < needed:
            where = table.grid.where(number, len(row) - 1)
            raise Rejected(expected=f"{needed} cells", found=f"{len(row)}", where=where)
        yield number, row


def _is_footer(row: Row, footers: list[str]) -> bool:
    starts = tuple(footers)
    return any(isinstance(cell, str) and cell.strip().startswith(starts) for cell in row)


def _rows_missing(result: _Result) -> Iterator[Remark]:
    """Remarks where a Kreis, NRW or Germany is missing, or a date and sector that another region has."""
    rows: dict[str, set[tuple[dt.date, str]]] = defaultdict(set)
    for region_id, date, sector_id in result.values:
        rows[region_id].add((date, sector_id))
    if missing_regions := missing_kreise(rows):
        yield Remark("regions_missing", f"No row for {len(missing_regions)} Kreise: {' '.join(missing_regions)}")
    yield from remarks_on_wholes(rows)
    every = set().union(*rows.values())
    short = {region_id: every - found for region_id, found in rows.items() if found != every}
    if short:
        region_id, missing = min(short.items())
        date, sector_id = min(missing)
        text = f"Not every sector and date in {len(short)} regions, e.g. none for {region_id}, {sector_id}, {date}."
        yield Remark("rows_missing", text)
    if missing_sectors := _sectors_missing({sector_id for _, sector_id in every}):
        yield Remark("rows_missing", f"No row in any region for {' '.join(missing_sectors)}.")


def _sectors_missing(found: set[str]) -> list[str]:
    """The total and the divisions that a table lacks which has most divisions: fewer were ordered on purpose."""
    divisions = [sector_id for sector_id in sectors(DIVISIONS) if sector_id.isdecimal()]
    missing = [sector_id for sector_id in (TOTAL, *divisions) if sector_id not in found]
    return missing if len(missing) < len(divisions) / 2 else []


def _dated_columns(table: _Table, number: int, row: Row) -> Collection[tuple[int, dt.date]]:
    """(column, reference date) of each value of a row."""
    if table.dates:
        return table.dates.items()
    cell = row[table.columns[DATE]]
    date = _stichtag(cell if isinstance(cell, dt.date) else _text(cell))
    if date is None:
        where = table.grid.where(number, table.columns[DATE])
        raise Rejected(expected="a reference date, e.g. 30.06.2024", found=f"“{cell}”", where=where)
    return [(table.columns[EMPLOYEES], date)]


_stichtag = lru_cache(maxsize=256)(reference_date)


def _region_id(text: str, where: str) -> str | None:
    """The monitored region of a cell, None for another; raises Rejected where it names one of ours without its code."""
    code = _region_code(text)
    if code is None and text and not any(map(str.isdecimal, text)) and region_of_name(text) is None:
        return None  # a sum of others, e.g. “Metropole Ruhr” or “Westdeutschland”
    if code is None:
        raise Rejected(expected="a region with its code, e.g. “05113 Essen, Stadt”", found=f"“{text}”", where=where)
    region_id = published_regions().get(code)
    if region_id is not None:
        require_own_name(region_id, text.replace(f"({code})", "").strip("0123456789 "), where)
    return region_id


@lru_cache(maxsize=4096)
def _region_code(text: str) -> str | None:
    """`05113 Essen, Stadt`, `Essen, Stadt (05113)` or the number 5113 → `05113`; `Deutschland` → `DG`."""
    if is_germany(text) or text in GERMANY_CODES:
        return GERMANY_CODES[0]
    match = _REGION_CELL.fullmatch(text)
    if not match:
        return None
    return with_leading_zero(match[1] or match[2])


def _sector_id(text: str, where: str) -> str:
    sector_id = _division_or_section(text)
    if sector_id is None:
        raise Rejected(
            expected="a division or section of WZ 2008, e.g. “28 Maschinenbau”",
            found=f"“{text}”",
            where=where,
        )
    return sector_id


@lru_cache(maxsize=1024)
def _division_or_section(text: str) -> str | None:
    """`28 Maschinenbau` → `28`, `1` → `01`, `C Verarbeitendes …` → `C`, `Insgesamt` → `TOTAL`; else None."""
    if (whole := sector_id_of(text)) in sectors(DIVISIONS):
        return whole
    match = _SECTOR_CELL.fullmatch(text)
    code = match[1] if match else ""
    code = code.zfill(2) if code.isdigit() else code
    return code if code in sectors(DIVISIONS) else None


def _count(cell: Cell, where: str, dash: str, *, points: bool) -> tuple[float | None, str, str]:
    """(value, status, printed) of a cell; a dash and thousands points are read as declared."""
    printed = cell.strip() if isinstance(cell, str) else ""
    if printed == "-" and dash == "zero":
        return 0.0, "zero", printed
    if THOUSANDS.fullmatch(printed) and not points:
        raise Rejected(
            expected="a number without thousands points",
            found=f"“{printed}”",
            where=where,
            hint=f"If the points separate thousands, say so in sources/{DECLARATION.name}.",
        )
    return whole_number(cell, where)


def _is_repeated(result: _Result, key: tuple[str, dt.date, str], said: tuple[float | None, str], where: str) -> bool:
    """True where an earlier row says the same; raises Rejected where it says something else."""
    if key not in result.values:
        result.values[key] = said
        return False
    if result.values[key] != said:
        raise Rejected(
            expected=f"one value for region {key[0]}, {key[1]}, sector {key[2]}",
            found=f"{_said(result.values[key])} and {_said(said)}",
            where=where,
        )
    result.skipped["repeated cell"] += 1
    return True


def _said(value_and_status: tuple[float | None, str]) -> str:
    value, status = value_and_status
    return status if value is None else f"{value:.0f}"
