"""Shows a cell of an archived file, found by its locator, as it stands there now.

Locators are those of history.observation: `Tabelle 2.3!D16` in a workbook, `line 236, column 14` in a text file, where
a row that spans lines is found by its first one.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_SHEET_CELL = re.compile(r"(?P<sheet>.+)!(?P<letters>[A-Z]{1,3})(?P<row>[1-9][0-9]*)")
_TEXT_CELL = re.compile(r"line (?P<line>[1-9][0-9]*), column (?P<column>[1-9][0-9]*)")
#: In this order: a comma may be the decimal sign of a file that is divided by one of the others.
_DELIMITERS = (";", "\t", ",")


class CellError(Exception):
    """A locator leads to no cell of the file; the message says what was found instead."""


class ArchivedFile:
    """The bytes of one archived file, opened once as text or workbook for all of its cells."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._sheets: dict[str, list[list[Any]]] = {}

    def cell(self, locator: str) -> Any:
        """What stands at a locator: a text, or the number, date or truth value of a workbook cell.

        Raises CellError where there is no such cell.
        """
        if match := _TEXT_CELL.fullmatch(locator):
            return self._text_cell(int(match["line"]), int(match["column"]))
        if match := _SHEET_CELL.fullmatch(locator):
            return self._sheet_cell(match["sheet"], int(match["row"]), _column_number(match["letters"]))
        raise CellError(f"expected a locator like “Tabelle 2.3!D16” or “line 236, column 14”; found “{locator}”")

    def _text_cell(self, line: int, column: int) -> str:
        lines = self._lines
        if line > len(lines):
            raise CellError(f"the file has {len(lines)} lines")
        for delimiter in _DELIMITERS:
            cells = _row(lines, line, delimiter)
            if len(cells) >= max(column, 2):
                return cells[column - 1]
        if cells and column == 1:  # a line that nothing divides
            return cells[0]
        raise CellError(f"line {line} has no column {column}")

    @cached_property
    def _lines(self) -> list[str]:
        """Physical lines with their ends, UTF-8 or else Windows-1252."""
        try:
            text = self._content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = self._content.decode("cp1252")
            except UnicodeDecodeError as error:
                raise CellError(f"the file is no text: {error}") from error
        return list(io.StringIO(text, newline=""))

    def _sheet_cell(self, sheet: str, row: int, column: int) -> Any:
        rows = self._rows_of(sheet)
        if row > len(rows) or column > len(rows[row - 1]):
            raise CellError(f"sheet “{sheet}” ends at row {len(rows)}, column {len(rows[0]) if rows else 0}")
        return rows[row - 1][column - 1]

    def _rows_of(self, sheet: str) -> list[list[Any]]:
        from python_calamine import CalamineError

        if sheet not in self._sheets:
            try:
                # With the empty area: rows and columns count from A1.
                rows = self._workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            except CalamineError as error:
                raise CellError(f"the workbook has no readable sheet “{sheet}”: {error}") from error
            self._sheets[sheet] = rows
        return self._sheets[sheet]

    @cached_property
    def _workbook(self) -> CalamineWorkbook:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(self._content))
        except CalamineError as error:
            raise CellError(f"the file is no readable workbook: {error}") from error


def as_text(cell: Any) -> str:
    """A cell as history.observation.printed holds it: whole numbers without `.0`, outer blanks dropped.

    >>> as_text(6666.0), as_text(" * "), as_text(0.5)
    ('6666', '*', '0.5')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def is_same(cell: Any, printed: str) -> bool:
    """Whether a cell says what was read from it; a number of a workbook is compared as a number."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        try:
            return cell == float(printed)
        except ValueError:
            return False
    return as_text(cell) == printed.strip()


def _row(lines: list[str], line: int, delimiter: str) -> list[str]:
    """Cells of the row that starts on a line; a quoted cell may run over the next lines."""
    try:
        return next(csv.reader(islice(lines, line - 1, None), delimiter=delimiter), [])
    except csv.Error as error:
        raise CellError(f"line {line} is no row of delimited text: {error}") from error


def _column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
