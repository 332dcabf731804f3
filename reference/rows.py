"""Tables of this folder as typed rows: one frozen dataclass per file, one reader for all of them.

The fields of the class are the columns of the file. Their types say what a cell may hold, so a new table
needs a class and no code:

    str, int, float, bool, date     a text, a number with decimal point, `true`/`false`, a day as YYYY-MM-DD
    Literal["a", "b"]               one of the words
    X | None                        as X; an empty cell is None
    Annotated[…, Cell(…)]           anything else (see `one_of`, `list_of`)
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from reference import tables


@dataclass(frozen=True)
class Row:
    """Base of all row types. FILE is relative to this folder, KEY the columns that identify a row.

    A check over several cells goes into `__post_init__` and raises ValueError("column …: expected …").
    """

    FILE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Cell:
    """How the text of a cell becomes a value. `parse` raises ValueError; `expected` says so in words."""

    expected: str
    parse: Callable[[str], Any]


def one_of(what: str, ids: Callable[[], Collection[str]]) -> Cell:
    """A cell that refers to something else, e.g. `one_of("a region id", regions)`."""

    def parse(text: str) -> str:
        if text not in ids():
            raise ValueError
        return text

    return Cell(what, parse)


def list_of(cell: Cell) -> Cell:
    """A cell with several values separated by blanks; an empty cell is the empty tuple."""
    return Cell(f"{cell.expected}, several separated by blanks", lambda text: tuple(map(cell.parse, text.split())))


def _matching(pattern: str, convert: Callable[[str], Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        if not re.fullmatch(pattern, text):
            raise ValueError
        return convert(text)

    return parse


_PLAIN_CELLS: dict[object, Cell] = {
    str: Cell("a text", _matching(r"(?s).*\S.*", str)),
    int: Cell("a whole number", _matching(r"-?\d+", int)),
    float: Cell("a number with decimal point", _matching(r"-?\d+(\.\d+)?", float)),
    bool: Cell("true or false", _matching("true|false", "true".__eq__)),
    dt.date: Cell("a day as YYYY-MM-DD", _matching(r"\d{4}-\d\d-\d\d", dt.date.fromisoformat)),
}


def rows(row_type: type[R]) -> tuple[R, ...]:
    """All rows of a table in file order, read once; raises ValueError as `read` does."""
    # mypy takes a dataclass, seen as a class object, for unhashable.
    return cast(tuple[R, ...], _rows(cast(Any, row_type)))


@cache
def _rows(row_type: Any) -> Any:
    return read(row_type)


def read(row_type: type[R], file: Path | None = None) -> tuple[R, ...]:
    """All rows of a table, from the file; `file` is one of the same columns that is read in its place.

    Raises ValueError naming file, row (the header is row 1), column, what was expected and what was found.
    """
    path = file or tables.FOLDER / row_type.FILE
    cells = _cells(row_type)
    printed = tables.read_csv_file(path, cells)
    table = [_row(row_type, cells, texts, f"{path}, row {row}") for row, texts in enumerate(printed, start=2)]
    _refuse_repeated_keys(path, table)
    return tuple(table)


def values(row_type: type[Row], column: str) -> frozenset[str]:
    """All values of a column: what other tables may refer to."""
    return frozenset(getattr(row, column) for row in rows(row_type))


def _cells(row_type: type[Row]) -> dict[str, Cell]:
    """Column → how its cells are read."""
    hints = get_type_hints(row_type, include_extras=True)
    return {field.name: _cell(hints[field.name]) for field in fields(row_type)}


def _cell(hint: Any) -> Cell:
    if get_origin(hint) is Annotated:
        return next(extra for extra in get_args(hint) if isinstance(extra, Cell))
    if get_origin(hint) is Literal:
        words = get_args(hint)
        return one_of(f"one of {', '.join(words)}", lambda: words)
    if NoneType in get_args(hint):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return _or_empty(_cell(inner))
    return _PLAIN_CELLS[hint]


def _or_empty(cell: Cell) -> Cell:
    return Cell(f"{cell.expected}, or nothing", lambda text: cell.parse(text) if text else None)


def _row(row_type: type[R], cells: dict[str, Cell], texts: dict[str, str], place: str) -> R:
    parsed = {column: _value(cell, texts[column], f"{place}, column {column}") for column, cell in cells.items()}
    try:
        return row_type(**parsed)
    except ValueError as error:
        raise ValueError(f"{place}, {error}") from None


def _value(cell: Cell, text: str, place: str) -> Any:
    try:
        return cell.parse(text)
    except ValueError:
        found = f"“{text}”" if text else "an empty cell"
        raise ValueError(f"{place}: expected {cell.expected}; found {found}") from None


def _refuse_repeated_keys(path: Path, table: Sequence[Row]) -> None:
    first: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(table, start=2):
        key = tuple(getattr(row, column) for column in row.KEY)
        if key in first:
            raise ValueError(
                f"{path}, row {number}, column {' + '.join(row.KEY)}: "
                f"expected a value used once; found {' + '.join(map(str, key))}, as in row {first[key]}"
            )
        first[key] = number
