"""BA Regionalreport über Beschäftigte as XLSX, one workbook per Kreis.

Sheets, cells and texts stand where the edition of 31.03.2020 has them. Tabelle 2.1, 2.3 and 6 are filled in;
of the other sheets only four are there, with their titles.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reference.regions import nrw_kreise
from reference.sectors import TOTAL
from sources.sample.ba_words import long_date, name_and_code
from sources.sample.regionalreport_layout import (
    BROAD_ROWS,
    IMPRESSUM,
    NOTE_ON_SUPPRESSION,
    QUARTERS,
    SECTOR_ROWS,
    SERIES_HEADER,
    SERIES_PERCENT,
    STRUCTURE,
    TITLE,
)
from sources.sample.regionalreport_numbers import (
    STICHTAGE,
    Block,
    Levels,
    common_blocks,
    own_blocks,
    printed_sectors,
    quarter_ends,
    series_numbers,
)
from sources.sample.sample_file import BA, COPYRIGHT, SYNTHETIC, SampleFile
from sources.sample.workbook import new_workbook
from sources.sample.world import World

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CREATED = dt.date(2024, 10, 14)
NEXT = dt.date(2025, 1, 13)
#: A zero is the number 0, shown as a dash.
NUMBER_FORMAT = r"* #,##0;* \-_ #,##0;\-"


def files(world: World) -> Iterator[SampleFile]:
    blocks = common_blocks(world)
    for ags in nrw_kreise():
        yield SampleFile(
            path=f"arbeitsagentur/regionalreport/{STICHTAGE[0]:%Y%m}/{ags}.xlsx",
            content=_workbook(world, ags, blocks),
            source_id="ba_regionalreport",
            publisher=BA,
            product=TITLE,
            period=STICHTAGE[0].isoformat(),
            published_on=CREATED,
        )


def _workbook(world: World, ags: str, common_blocks: list[Block]) -> bytes:
    name = name_and_code(ags)
    content = io.BytesIO()
    book = new_workbook(content, CREATED)
    number = book.add_format({"num_format": NUMBER_FORMAT})
    notice = book.add_worksheet("Hinweisblatt")
    notice.hide()
    notice.write_string("B6", SYNTHETIC)
    book.add_worksheet("Deckblatt").write_string("A1", SYNTHETIC)
    _impressum(book.add_worksheet("Impressum"), name)
    contents = book.add_worksheet("Inhaltsverzeichnis")
    _column(contents, 0, {1: SYNTHETIC, 4: "Inhaltsverzeichnis", 7: TITLE, 8: name})
    own, *others = own_blocks(world, ags, name)
    _by_region(book.add_worksheet("Tabelle 2.1"), [own, *common_blocks, *others], number)
    _by_sector(book.add_worksheet("Tabelle 2.3"), name, printed_sectors(world, ags), number)
    _series(book.add_worksheet("Tabelle 6"), world, ags, number)
    book.get_worksheet_by_name("Impressum").activate()
    book.close()
    return content.getvalue()


def _impressum(sheet: Worksheet, name: str) -> None:
    variable = {
        "Region:": name,
        "Stichtag:": long_date(STICHTAGE[0]),
        "Erstellungsdatum:": long_date(CREATED),
        "Nächster\nVeröffentlichungstermin:": long_date(NEXT),
    }
    sheet.write_string("F1", SYNTHETIC)
    for row, (label, text) in IMPRESSUM.items():
        _row(sheet, row, {0: label, 2: variable.get(label, text)})


def _by_sector(sheet: Worksheet, name: str, printed: dict[str, Levels], number: Format) -> None:
    title = "nach der Klassifikation der Wirtschaftszweige 2008 (WZ 2008)"
    _head(
        sheet,
        f"2.3 Sozialversicherungspflichtig Beschäftigte {title}",
        f"{name}; Gebietsstand des jeweiligen Stichtags",
    )
    _levels_header(
        sheet,
        "Wirtschaftsabschnitte / Wirtschaftsabteilungen / Wirtschaftsgruppen WZ 2008",
        "Anteile\nin % 1)",
    )
    totals = printed[TOTAL]
    for row, (sector_id, code, label) in enumerate(SECTOR_ROWS, start=11):
        _level_row(sheet, row, (code, label), printed[sector_id], totals, number)
    heading = 11 + len(SECTOR_ROWS)
    sheet.write_string(heading - 1, 0, "davon nach Sektoren:")
    for row, (sector_id, code, label) in enumerate(BROAD_ROWS, start=heading + 1):
        _level_row(sheet, row, (code, label), printed[sector_id], totals, number)
    _foot(sheet, heading + len(BROAD_ROWS) + 1, 9)


def _by_region(sheet: Worksheet, blocks: list[Block], number: Format) -> None:
    title = "2.1 Sozialversicherungspflichtig Beschäftigte nach Regionen und ausgewählten\nMerkmalen"
    _head(sheet, title, "ausgewählte Regionen; Gebietsstand des jeweiligen Stichtags")
    _levels_header(sheet, "Regionen / Merkmale ", "Anteile in % 1)")
    row = 11
    for name, lines in blocks:
        sheet.write_string(row - 1, 0, name)
        for (group, label, _), levels in zip(STRUCTURE, lines, strict=True):
            row += 1
            _level_row(sheet, row, (group, label), levels, lines[0], number)
        row += 1
    _foot(sheet, row, 9)


def _series(sheet: Worksheet, world: World, ags: str, number: Format) -> None:
    _head(
        sheet,
        "6. Sozialversicherungspflichtig und geringfügig entlohnte Beschäftigte sowie begonnene und beendete "
        "sv-pflichtige\nBeschäftigungsverhältnisse ",
        f"{name_and_code(ags)}; (Gebietsstand September 2024)",
        "Zeitreihe mit fiktivem Gebietsstand 1) ",
        mark_column=12,
    )
    for row, cells in SERIES_HEADER.items():
        _row(sheet, row, cells)
    row = 9
    _row(sheet, row, dict(enumerate(range(1, len(SERIES_PERCENT) + 1), start=1)))
    for day in quarter_ends():
        row += 1
        year = day.year if day.month == 3 else " " * 8
        label = f"{year} {QUARTERS[day.month]} / {day.month // 3} . Quartal "
        employees = world.employees(ags, day)
        numbers = series_numbers(sum(employees), sum(world.men(employees)))
        _row(sheet, row, {0: label} | dict(enumerate(numbers, start=1)), number)
    _foot(sheet, row + 1, 12)


def _head(sheet: Worksheet, title: str, region: str, line: str = "", mark_column: int = 9) -> None:
    sheet.write_string(0, mark_column, SYNTHETIC)
    _column(sheet, 0, {3: title, 4: region, 5: line or f"Stichtag: {long_date(STICHTAGE[0])}"})


def _levels_header(sheet: Worksheet, labels: str, shares: str) -> None:
    _row(
        sheet,
        7,
        {
            0: labels,
            2: shares,
            3: "sozialversicherungspflichtig Beschäftigte am Stichtag Ende ... ",
            8: "Veränderung gegenüber\ndem Vorjahresstichtag (Spalte 1 zu Spalte 5)",
        },
    )
    _row(sheet, 8, {3 + i: f"{QUARTERS[day.month]} {day.year % 100}" for i, day in enumerate(STICHTAGE)})
    _row(sheet, 9, {8: "absolut", 9: "in %"})
    _row(sheet, 10, {column: column - 2 for column in range(3, 10)})


def _level_row(
    sheet: Worksheet, row: int, texts: tuple[str | float, str], levels: Levels, totals: Levels, number: Format
) -> None:
    """Label, share of the total, five levels, change on the year; `*` where a term is suppressed."""
    newest, oldest, total = levels[0], levels[-1], totals[0]
    share: str | float = "*" if newest is None or not total else newest / total * 100
    change: str | int = "*"
    growth: str | float = "*"
    if newest is not None and oldest is not None:
        change = newest - oldest
        growth = change / oldest * 100 if oldest else "x"
        growth = ".X" if isinstance(growth, float) and abs(growth) > 250 else growth
    printed = ["*" if level is None else level for level in levels]
    _row(sheet, row, dict(enumerate((*texts, share))))
    _row(sheet, row, dict(enumerate((*printed, change, growth), start=3)), number)


def _foot(sheet: Worksheet, row: int, mark_column: int) -> None:
    sheet.write_string(row - 1, mark_column, COPYRIGHT)
    sheet.write_string(row, 0, "1) Anteil an der jeweiligen Gesamtsumme (Spaltenprozent)")
    sheet.write_string(row + 1, 0, NOTE_ON_SUPPRESSION)


def _column(sheet: Worksheet, column: int, texts: dict[int, str]) -> None:
    for row, text in texts.items():
        sheet.write_string(row - 1, column, text)


def _row(sheet: Worksheet, row: int, cells: dict[int, str | float], number: Format | None = None) -> None:
    """Writes cells by column (from 0) into a row (from 1); an empty text leaves the cell empty."""
    for column, cell in cells.items():
        if isinstance(cell, str):
            sheet.write_string(row - 1, column, cell)
        else:
            sheet.write_number(row - 1, column, cell, number)
