"""XLSX of the sample: the same numbers are the same bytes on every day."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sources.sample.sample_file import ORIGIN, SYNTHETIC

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = str | float | dt.date


def new_workbook(content: io.BytesIO, created: dt.date) -> Workbook:
    """An empty workbook that is written to `content`. It prints the day it is given: today would change its bytes."""
    import xlsxwriter

    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    midnight = dt.datetime.combine(created, dt.time(), dt.UTC)
    book.set_properties({"title": SYNTHETIC, "author": ORIGIN, "created": midnight})
    return book


def workbook(sheets: Mapping[str, Sequence[Sequence[Cell]]], created: dt.date) -> bytes:
    """The rows of each sheet, from A1 on. Empty texts leave their cells empty; of a day only the month is shown."""
    content = io.BytesIO()
    book = new_workbook(content, created)
    month = book.add_format({"num_format": "mmm yy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, cell, month)
                elif cell != "":
                    sheet.write(number, column, cell)
    book.close()
    return content.getvalue()
