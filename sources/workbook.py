"""A worksheet as decoders see it: from cell A1 on, its header texts on one line each."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sources.arrived_file import ArrivedFile
from sources.cells import column_letters
from sources.package import Place, marks_of
from sources.rejected import Rejected

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Row = Sequence[Cell]

#: A table begins within the first rows of its sheet.
TOP_ROWS = 30


@dataclass(frozen=True)
class Sheet:
    """A worksheet from its cell A1 on, all rows of one width."""

    name: str
    rows: list[list[Cell]]

    def where(self, row: int, column: int) -> str:
        """Locator of a cell, both indices from 0."""
        return f"{self.name}!{column_letters(column)}{row + 1}"

    def find(self, start: str) -> tuple[int, int]:
        """(row, column) of the first header cell that begins with a text; raises Rejected where none does."""
        for number, row in enumerate(self.rows[:TOP_ROWS]):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and begins(heading(cell), start):
                    return number, column
        raise Rejected(
            expected=f"a header “{start} …”",
            found="no such cell in the first rows",
            where=self.name,
            hint="The layout of this edition is not known.",
        )

    def texts(self, rows: slice) -> list[str]:
        return [cell for row in self.rows[rows] for cell in row if isinstance(cell, str) and cell]


def sheet_called(file: ArrivedFile, name: str) -> str | None:
    """The name of a sheet as the workbook spells it: letter case, blanks, `_` and `-` aside.

    None where there is none, or several and none spelt so. For recognition, too: never raises.
    """
    if file.kind != "zip":
        return None
    try:
        names: list[str] = file.workbook.sheet_names
    except Rejected:  # a zip that is no workbook: some other product
        return None
    found = [other for other in names if _plain(other) == _plain(name)]
    return name if name in found else found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", unicodedata.normalize("NFC", name)).casefold()


def read_sheet(file: ArrivedFile, called: str) -> Sheet:
    """A sheet as `sheet_called` finds it; raises Rejected where it or the workbook is missing or damaged."""
    from python_calamine import CalamineError

    workbook, name = file.workbook, sheet_called(file, called)
    if name is None:
        found = ", ".join(workbook.sheet_names) or "none"
        raise Rejected(expected=f"a sheet “{called}”", found=f"the sheets {found}")
    marks = marks_of(file.package.sheet(name), name)
    try:
        # With the empty area: rows and columns must be counted from A1 for the locators.
        return Sheet(name, _marked(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), marks))
    except CalamineError as error:
        raise Rejected(
            expected="a readable sheet",
            found=str(error),
            where=name,
            hint="The file is damaged or cut off: download it again.",
        ) from error


def _marked(rows: list[list[Cell]], marks: dict[Place, str]) -> list[list[Cell]]:
    """Rows with the errors and unfinished formulas that would pass for empty cells."""
    width = max([len(rows[0]) if rows else 0, *(column + 1 for _, column in marks)])
    missing = max((row + 1 for row, _ in marks), default=0) - len(rows)
    if missing > 0 or (rows and width > len(rows[0])):
        rows = [[*row, *[""] * (width - len(row))] for row in [*rows, *[[] for _ in range(missing)]]]
    for (row, column), mark in marks.items():
        rows[row][column] = mark
    return rows


def begins(text: str, start: str) -> bool:
    """True where a header text begins with another, letter case aside."""
    return text.casefold().startswith(start.casefold())


@lru_cache(maxsize=4096)
def heading(text: str) -> str:
    """A header text on one line: words split over lines joined, blanks single, footnote mark dropped.

    >>> heading("aus-\\nschließlich "), heading("Vollzeit2)"), heading("Anteile\\nin % 1)")
    ('ausschließlich', 'Vollzeit', 'Anteile in %')
    """
    joined = re.sub(r"-[ \t]*\n\s*", "", text)
    return re.sub(r"(?<![\d(])\d\)$", "", " ".join(joined.split())).rstrip()
