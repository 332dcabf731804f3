"""Federal Employment Agency, "Regionalreport über Beschäftigte (Quartalszahlen)": one XLSX per Kreis.

Three of its sheets become observations, all at the place of work, unit `Anzahl`:

ba_regionalreport_2.3   employees of the region in the 24 codes of the scheme `ba-rr`, basis `WZ2008`
ba_regionalreport_2.1   employees of the region, of NRW and of Germany, without sectors
ba_regionalreport_6     quarterly series of the region since 2010: employees, marginally_employed (stocks),
                        employment_started, employment_ended (flows of the quarter); on one fixed territory,
                        where 2.1 and 2.3 have that of each Stichtag

Layout: edition 31.03.2020, the same in all 53 files of NRW. What a cell is about is read from its headers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from reference.regions import GERMANY, NRW, published_regions
from reference.sectors import BA_REGIONALREPORT, TOTAL, sector_id_of, sectors
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.ba_workbook import UNIT, count, printed_basis, reference_date, require_exact
from sources.cells import column_letters, german_day, month_end, month_number
from sources.product import Decoded, Product, Remark
from sources.region_label import require_own_name
from sources.rejected import Rejected
from sources.workbook import Cell, Row, Sheet, begins, heading, read_sheet

SOURCE_ID = "ba_regionalreport"
TITLE = "Regionalreport über Beschäftigte"
BY_SECTOR, BY_REGION, SERIES = "Tabelle 2.3", "Tabelle 2.1", "Tabelle 6"
#: Printed twice in Tabelle 2.3: among the sections and again under "davon nach Sektoren".
REPEATED_SECTOR = "A"

LEVELS = "sozialversicherungspflichtig Beschäftigte am Stichtag"
CHANGES = "Veränderung"
SECTOR_LABELS = "Wirtschaftsabschnitte"
REGION_LABELS = "Regionen"
QUARTER_LABELS = "Stichtag Ende"
#: Blocks of Tabelle 2.1 that are about a monitored region; the report's own block carries its code.
REGION_BLOCKS = {
    NRW: re.compile(r"(?:Bundesland |Land )?Nordrhein-?Westfalen(?: \(05\))?"),
    GERMANY: re.compile(r"(?:Bundesrepublik )?Deutschland"),
}

_STOCK = "sozialversicherungspflichtig Beschäftigte (Stichtag)"
_MARGINAL = "geringfügig entlohnte Beschäftigte (Stichtag)"
_FLOW = "Beschäftigungsverhältnisse (Quartal)"
#: Columns of Tabelle 6: (group, column) of the header → (variable, dimensions).
SERIES_COLUMNS = {
    (_STOCK, "Insgesamt"): ("employees", ""),
    (_STOCK, "Männer"): ("employees", "sex=male"),
    (_STOCK, "Frauen"): ("employees", "sex=female"),
    (_STOCK, "Vollzeit"): ("employees", "hours=full_time"),
    (_STOCK, "Teilzeit"): ("employees", "hours=part_time"),
    (_STOCK, "unter 25 Jahre"): ("employees", "age=0-24"),
    (_STOCK, "50 bis unter 65 Jahre"): ("employees", "age=50-64"),
    (_MARGINAL, "Insgesamt"): ("marginally_employed", ""),
    (_MARGINAL, "ausschließlich"): ("marginally_employed", "form=only"),
    (_MARGINAL, "im Nebenjob"): ("marginally_employed", "form=secondary"),
    (_FLOW, "begonnene"): ("employment_started", ""),
    (_FLOW, "beendete"): ("employment_ended", ""),
}


#: The header of a table has up to four rows (group, column, unit, number).
HEADER_ROWS = 4

_REGION_CODE = re.compile(r"\((\d{2,3}|\d{5})\)")
_QUARTER = re.compile(r"(?:(\d{4})\s+)?([A-Za-zä]+)\.?\s*/\s*([1-4])\s*\.\s*Quartal")


@dataclass
class _Table:
    """What one sheet says."""

    layout: tuple[str, ...]
    observations: list[tuple[object, ...]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class _Report:
    """What the imprint says of the whole file."""

    region_id: str
    stichtag: dt.date
    created_on: dt.date


def recognises(file: ArrivedFile) -> bool:
    """True for a workbook whose imprint carries the title of this product."""
    if file.kind != "zip":
        return False
    try:
        title, _ = _imprint_entry(read_sheet(file, "Impressum"), "Titel")
    except Rejected:  # no workbook, no imprint or no title: some other product
        return False
    return isinstance(title, str) and heading(title).startswith(TITLE)


def decode(file: ArrivedFile) -> Decoded:
    """Observations of the three tables; raises Rejected where the file is not what its layout promises."""
    report = _imprint(read_sheet(file, "Impressum"))
    tables = [
        _by_sector(read_sheet(file, BY_SECTOR), report),
        _by_region(read_sheet(file, BY_REGION), report),
        _series(read_sheet(file, SERIES), report),
    ]
    for table in tables:
        require_exact(table.observations)
    return Decoded(
        observations=[observation for table in tables for observation in table.observations],
        source_id=SOURCE_ID,
        period=report.stichtag.isoformat(),
        published_on=report.created_on,
        layout=tuple(text for table in tables for text in table.layout),
        skipped=dict(sum((table.skipped for table in tables), Counter())),
        remarks=[*(remark for table in tables for remark in table.remarks), *_stichtage_missing(*tables[:2])],
    )


def _stichtage_missing(by_sector: _Table, by_region: _Table) -> Iterator[Remark]:
    """Both tables are about the same Stichtage: a column that one of them lacks was lost or could not be told."""
    one, other = ({Observation._make(cell).reference_date for cell in t.observations} for t in (by_sector, by_region))
    for name, missing in ((BY_SECTOR, other - one), (BY_REGION, one - other)):
        if missing:
            days = ", ".join(day.isoformat() for day in sorted(missing))
            yield Remark("stichtage_missing", f"No column for {days}, which the other table has", name)


PRODUCT = Product(
    product_id=SOURCE_ID,
    looks_like=f"XLSX whose sheet “Impressum” carries the title “{TITLE} (Quartalszahlen)”",
    recognises=recognises,
    decode=decode,
)


# --- Impressum ------------------------------------------------------------------------------------


def _imprint(sheet: Sheet) -> _Report:
    return _Report(
        region_id=_imprint_region(sheet),
        stichtag=_imprint_day(sheet, "Stichtag"),
        created_on=_imprint_day(sheet, "Erstellungsdatum"),
    )


def _imprint_entry(sheet: Sheet, label: str) -> tuple[Cell, str]:
    """(first cell right of a label in column A, its locator)."""
    for number, row in enumerate(sheet.rows):
        if isinstance(row[0], str) and heading(row[0]).rstrip(":") == label:
            for column, cell in enumerate(row[1:], start=1):
                if cell != "":
                    return cell, sheet.where(number, column)
    raise Rejected(expected=f"a row “{label}:”", found="none", where=sheet.name)


def _imprint_region(sheet: Sheet) -> str:
    text, where = _imprint_entry(sheet, "Region")
    match = _REGION_CODE.search(str(text))
    if not match:
        raise Rejected(expected="a region with its code, e.g. “Essen, Stadt (05113)”", found=f"“{text}”", where=where)
    if match[1] not in published_regions():
        raise Rejected(
            expected="one of the monitored regions",
            found=f"a valid report of “{text}”, a region that is not monitored",
            where=where,
            hint="Leave it out: the monitor covers the 53 Kreise of NRW.",
        )
    region_id = published_regions()[match[1]]
    require_own_name(region_id, str(text)[: match.start()], where)
    return region_id


def _imprint_day(sheet: Sheet, label: str) -> dt.date:
    cell, where = _imprint_entry(sheet, label)
    day = cell if isinstance(cell, dt.date) else german_day(str(cell))
    if day is None:
        raise Rejected(expected="a day, e.g. “31. März 2020”", found=f"“{cell}”", where=where)
    return day.date() if isinstance(day, dt.datetime) else day


def _require_region(sheet: Sheet, header_row: int, region_id: str) -> None:
    """The sheet must be about the region of the imprint."""
    title = " ".join(sheet.texts(slice(0, header_row)))
    codes = set(_REGION_CODE.findall(title))
    if codes != {region_id}:
        raise Rejected(
            expected=f"the region of the imprint ({region_id}) above the table",
            found=", ".join(sorted(codes)) or "no region code",
            where=sheet.name,
        )


# --- Tabelle 2.3 and 2.1: levels at five Stichtage ------------------------------------------------


@dataclass(frozen=True)
class _Levels:
    """stichtage: (column, its letters, date) of the levels; shares and changes are not in it."""

    stichtage: tuple[tuple[int, str, dt.date], ...]
    layout: tuple[str, ...]


def _levels(sheet: Sheet, header_row: int, label_column: int, stichtag: dt.date) -> _Levels:
    header = tuple(tuple(row) for row in sheet.rows[header_row : header_row + HEADER_ROWS])
    levels = _levels_of(header, label_column, sheet.name, header_row)
    if stichtag != max(date for _, _, date in levels.stichtage):
        raise Rejected(
            expected=f"a column for the Stichtag of the imprint ({stichtag}) and none of a later day",
            found=", ".join(date.isoformat() for _, _, date in levels.stichtage),
            where=sheet.name,
        )
    return levels


@lru_cache(maxsize=64)
def _levels_of(header: tuple[tuple[Cell, ...], ...], label_column: int, name: str, header_row: int) -> _Levels:
    """Cached, because the reports of one quarter all carry the same header."""
    groups = _groups(header[0])
    columns = [column for column, group in enumerate(groups) if begins(group, LEVELS)]
    if not columns or not any(begins(group, CHANGES) for group in groups[columns[-1] :]):
        raise Rejected(
            expected=f"the header groups “{LEVELS} …” and, right of it, “{CHANGES} …”",
            found=" | ".join(dict.fromkeys(filter(None, groups))),
            where=f"{name}, row {header_row + 1}",
        )
    below, dates = _header_dates(header, columns, name, header_row)
    for column, cell in enumerate(header[below]):
        if reference_date(cell) and column not in columns:
            raise Rejected(
                expected=f"every Stichtag below “{LEVELS} …”",
                found=f"“{cell}” below “{groups[column]}”",
                where=f"{name}!{column_letters(column)}{header_row + below + 1}",
            )
    if len(set(dates)) < len(dates):
        raise Rejected(
            expected="each Stichtag in one column",
            found=", ".join(d.isoformat() for d in dates),
            where=f"{name}, row {header_row + below + 1}",
        )
    stichtage = tuple((c, column_letters(c), date) for c, date in zip(columns, dates, strict=True))
    return _Levels(stichtage, (name, *_header_texts(header, label_column)))


def _header_dates(header: Sequence[Row], columns: list[int], name: str, header_row: int) -> tuple[int, list[dt.date]]:
    """(rows below the groups, dates) of the first row with a Stichtag; each of the columns must have one."""
    for below, row in enumerate(header[1:], start=1):
        dates = [reference_date(row[column]) for column in columns]
        if not any(dates):
            continue
        for column, date in zip(columns, dates, strict=True):
            if date is None:
                where = f"{name}!{column_letters(column)}{header_row + below + 1}"
                raise Rejected(expected="a Stichtag, e.g. “Mrz. 20”", found=f"“{row[column]}”", where=where)
        return below, [date for date in dates if date]
    there = (cell for row in header[1:] for column in columns if isinstance(cell := row[column], str) and cell)
    raise Rejected(
        expected="a row of Stichtage, e.g. “Mrz. 20”, below the header groups",
        found=" | ".join(dict.fromkeys(there)) or "none",
        where=f"{name}, row {header_row + 1}",
    )


def _groups(row: Row) -> list[str]:
    """The group each column belongs to: a merged header cell holds its text in its first column only."""
    groups: list[str] = []
    for cell in row:
        text = heading(cell) if isinstance(cell, str) else ""
        groups.append(text or (groups[-1] if groups else ""))
    return groups


def _header_texts(header: Sequence[Row], label_column: int) -> list[str]:
    """Texts of the header without its dates, down to the first row with a label."""
    texts = []
    for number, row in enumerate(header):
        if number > 1 and row[label_column] != "":
            break
        texts += [heading(cell) for cell in row if isinstance(cell, str) and cell.strip() and not reference_date(cell)]
    return texts


def _data_rows(sheet: Sheet, start: int) -> Iterator[tuple[int, list[Cell]]]:
    """(index, row) down to the © line; the used range of a sheet may go on far below."""
    for number, row in enumerate(sheet.rows[start:], start=start):
        for cell in row:
            if type(cell) is str and cell.startswith("©"):
                return
        yield number, row


def _by_sector(sheet: Sheet, report: _Report) -> _Table:
    header_row, code_column = sheet.find(SECTOR_LABELS)
    _require_region(sheet, header_row, report.region_id)
    basis = printed_basis(sheet.texts(slice(0, header_row + 1)), sheet.name)
    levels = _levels(sheet, header_row, code_column, report.stichtag)
    table = _Table(levels.layout)
    for number, sector_id, row in _sector_rows(sheet, header_row, code_column, levels):
        for column, letters, date in levels.stichtage:
            where = f"{sheet.name}!{letters}{number + 1}"
            value, status, printed = count(row[column], where)
            table.observations.append(
                ("ba_regionalreport_2.3", "employees", report.region_id, BA_REGIONALREPORT, sector_id, "",
                 date, value, UNIT, status, basis, printed, where)
            )  # fmt: skip
    return table


def _sector_rows(
    sheet: Sheet, header_row: int, code_column: int, levels: _Levels
) -> Iterator[tuple[int, str, list[Cell]]]:
    """(index, sector id, row) of each sector once; raises Rejected unless the scheme is complete."""
    columns = [column for column, _, _ in levels.stichtage]
    seen: dict[str, list[Cell]] = {}
    for number, row in _data_rows(sheet, header_row + 1):
        values = [row[column] for column in columns]
        # "ohne Angabe" has no code, only a label.
        code = next((cell for cell in row[code_column : code_column + 2] if cell != ""), "")
        sector_id = _sector_id(code)
        if not seen and sector_id != TOTAL:
            continue  # still in the header: dates, units, column numbers
        if sector_id in seen:
            _require_repetition(sector_id, seen[sector_id], values, sheet.where(number, code_column))
        elif sector_id in sectors(BA_REGIONALREPORT):
            seen[sector_id] = values
            yield number, sector_id, row
        elif any(value != "" for value in values):
            raise Rejected(
                expected="a sector of the Regionalreport",
                found=f"“{code}”",
                where=sheet.where(number, code_column),
            )
    missing = [sector_id for sector_id in sectors(BA_REGIONALREPORT) if sector_id not in seen]
    if missing:
        raise Rejected(expected="a row for each sector", found=f"none for {' | '.join(missing)}", where=sheet.name)


@lru_cache(maxsize=256)
def _sector_id(code: Cell) -> str:
    return sector_id_of(str(code))


def _require_repetition(sector_id: str, first: list[Cell], values: list[Cell], where: str) -> None:
    if sector_id != REPEATED_SECTOR:
        raise Rejected(expected="each sector once", found=f"a second row for {sector_id}", where=where)
    if first != values:
        raise Rejected(
            expected=f"the same values as in the first row of {sector_id}: {first}",
            found=str(values),
            where=where,
        )


def _by_region(sheet: Sheet, report: _Report) -> _Table:
    header_row, label_column = sheet.find(REGION_LABELS)
    levels = _levels(sheet, header_row, label_column, report.stichtag)
    table = _Table(levels.layout)
    seen: set[str] = set()
    blocks: list[str] = []
    for number, block, row in _block_totals(sheet, header_row, label_column, levels):
        blocks.append(block)
        region_id = _block_region(block, report.region_id)
        if region_id is None:
            table.skipped[f"{BY_REGION}, block not monitored or at the place of residence"] += 1
            continue
        if region_id in seen:
            raise Rejected(
                expected="each region once", found=f"“{block}” again", where=sheet.where(number, label_column)
            )
        seen.add(region_id)
        for column, letters, date in levels.stichtage:
            where = f"{sheet.name}!{letters}{number + 1}"
            value, status, printed = count(row[column], where)
            table.observations.append(
                ("ba_regionalreport_2.1", "employees", region_id, None, None, "",
                 date, value, UNIT, status, "", printed, where)
            )  # fmt: skip
    if missing := {report.region_id, *REGION_BLOCKS} - seen:
        raise Rejected(
            expected="blocks of the region, of NRW and of Germany",
            found=f"none of {', '.join(sorted(missing))} among {' | '.join(blocks)}",
            where=sheet.name,
        )
    return table


def _block_totals(
    sheet: Sheet, header_row: int, label_column: int, levels: _Levels
) -> Iterator[tuple[int, str, list[Cell]]]:
    """(index, title of the block, row) of each row `Insgesamt`; a title stands on a row without values."""
    columns = [column for column, _, _ in levels.stichtage]
    block = ""
    for number, row in _data_rows(sheet, header_row + 1):
        label = heading(str(row[label_column]))
        if label == "Insgesamt":
            yield number, block, row
        elif label and all(row[column] == "" for column in columns):
            block = label


def _block_region(block: str, region_id: str) -> str | None:
    """The monitored region of a block at the place of work; None for others and for `… am Wohnort`."""
    if "am Wohnort" in block:
        return None
    if f"({region_id})" in block:
        return region_id
    return next((region for region, name in REGION_BLOCKS.items() if name.fullmatch(block)), None)


# --- Tabelle 6: quarterly series ------------------------------------------------------------------


@dataclass(frozen=True)
class _Series:
    """columns: (column, its letters, variable, dimensions); undeclared: columns that are left out."""

    columns: tuple[tuple[int, str, str, str], ...]
    undeclared: tuple[str, ...]
    layout: tuple[str, ...]


def _series(sheet: Sheet, report: _Report) -> _Table:
    header_row, label_column = sheet.find(QUARTER_LABELS)
    _require_region(sheet, header_row, report.region_id)
    header = sheet.rows[header_row : header_row + 2]
    series = _series_of(tuple(tuple(row) for row in header), label_column, header_row)
    table = _Table(series.layout)
    observations, region_id = table.observations, report.region_id
    for number, date, row in _quarter_rows(sheet, header_row + len(header), label_column, series):
        for column, letters, variable, dimensions in series.columns:
            where = f"{sheet.name}!{letters}{number + 1}"
            value, status, printed = count(row[column], where)
            observations.append(
                ("ba_regionalreport_6", variable, region_id, None, None, dimensions,
                 date, value, UNIT, status, "", printed, where)
            )  # fmt: skip
    if not observations:
        raise Rejected(expected="rows “2010 Mrz. / 1. Quartal”", found="none", where=sheet.name)
    if date != report.stichtag:
        text = f"The series ends at {date}, the report is of {report.stichtag}: rows may be missing."
        table.remarks.append(Remark("series_ends_early", text, sheet.where(number, label_column)))
    table.skipped.update(f"{SERIES}, column not declared: {name}" for name in series.undeclared)
    return table


@lru_cache(maxsize=64)
def _series_of(header: tuple[tuple[Cell, ...], ...], label_column: int, header_row: int) -> _Series:
    """Cached, because the reports of one quarter all carry the same header."""
    groups = _groups(header[0])
    names = [heading(cell) if isinstance(cell, str) else "" for cell in header[-1]]
    declared: dict[tuple[str, str], int] = {}
    undeclared = []
    spelt = {tuple(map(str.casefold, key)): key for key in SERIES_COLUMNS}
    for column, printed in enumerate(zip(groups, names, strict=True)):
        key = spelt.get(tuple(map(str.casefold, printed)), printed)
        if key in declared:
            raise Rejected(
                expected="each column once",
                found=" / ".join(key),
                where=f"{SERIES}!{column_letters(column)}{header_row + 2}",
            )
        if key in SERIES_COLUMNS:
            declared[key] = column
        elif key[1] and column != label_column:
            undeclared.append(" / ".join(key))
    if missing := [" / ".join(key) for key in SERIES_COLUMNS if key not in declared]:
        raise Rejected(
            expected=f"the columns {'; '.join(missing)}", found="; ".join(filter(None, names)),
            where=f"{SERIES}, row {header_row + 2}", hint="The layout of this edition is not known.",
        )  # fmt: skip
    columns = tuple((column, column_letters(column), *SERIES_COLUMNS[key]) for key, column in declared.items())
    return _Series(columns, tuple(undeclared), (SERIES, *_header_texts(header, label_column)))


def _quarter_rows(
    sheet: Sheet, start: int, label_column: int, series: _Series
) -> Iterator[tuple[int, dt.date, list[Cell]]]:
    """(index, last day of the quarter, row); the year stands on the first quarter only."""
    columns = [column for column, _, _, _ in series.columns]
    last: dt.date | None = None
    for number, row in _data_rows(sheet, start):
        label = row[label_column]
        if all(row[column] == "" for column in columns) or (label == "" and last is None):
            continue  # blank rows and notes; above the first quarter the column numbers
        date = _quarter_end(str(label), last)
        if date is None or (last is not None and date != _quarter_after(last)):
            raise Rejected(
                expected=f"the quarter after {last}" if last else "a quarter, e.g. “2010 Mrz. / 1. Quartal”",
                found=f"“{label}”",
                where=sheet.where(number, label_column),
            )
        yield number, date, row
        last = date


def _quarter_after(date: dt.date) -> dt.date:
    return month_end(date.year + date.month // 12, date.month % 12 + 3)


def _quarter_end(label: str, last: dt.date | None) -> dt.date | None:
    """Last day of a quarter; without a printed year that of the row before. None where it cannot be told."""
    match = _QUARTER.fullmatch(heading(label))
    if not match or month_number(match[2]) != 3 * int(match[3]):
        return None
    year = int(match[1]) if match[1] else last and last.year
    return month_end(year, 3 * int(match[3])) if year else None
