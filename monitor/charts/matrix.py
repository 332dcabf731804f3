"""Topic × Kommune: one category per cell, told by symbol, text and tint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from monitor.charts.key import Symbol as KeySymbol
from monitor.charts.key import key, numbered, stack
from monitor.charts.svg import WIDE, coordinate, drawing, element, empty, label, lines, link, mark
from monitor.charts.symbols import hatched_box
from monitor.charts.text import LINE, SOFT_HYPHEN, text_width, wrap, wrap_words
from monitor.charts.words import say
from monitor.format import Language

Symbol = Literal["full", "half", "empty"]


@dataclass(frozen=True)
class Heading:
    """A row or column. Soft hyphens (U+00AD) in `name` say where it may be broken."""

    id: str
    name: str
    href: str = ""


@dataclass(frozen=True)
class Level:
    """A category; `symbol` is a disc filled full, half or not at all."""

    id: str
    name: str
    symbol: Symbol


@dataclass(frozen=True)
class Cell:
    """level: id of a Level, None where there is none, then `missing` says why (`nicht lesbar`).

    hint    a few more words under the category, "" for none
    source  source and what else is to be said on hover and focus
    """

    row: str
    column: str
    level: str | None
    missing: str = ""
    hint: str = ""
    source: str = ""
    href: str = ""


@dataclass(frozen=True)
class Matrix:
    """A cell that is in no row or column of the matrix is not drawn; a place without a cell stays blank."""

    title: str
    rows: Sequence[Heading]
    columns: Sequence[Heading]
    levels: Sequence[Level]
    cells: Sequence[Cell]


def matrix(chart: Matrix, language: Language, width: int = WIDE) -> str:
    """The matrix as SVG. Where there is no room for words a cell shows its symbol; the key beneath names it."""
    if not chart.cells or not chart.rows or not chart.columns:
        return empty(chart.title, say("no_figures", language), width)
    grid = _grid(chart, width)
    headings, top = _column_headings(chart, grid, width)
    places = {(cell.row, cell.column): cell for cell in chart.cells}
    drawn = []
    for row in chart.rows:
        cells = [places.get((row.id, column.id)) for column in chart.columns]
        height = max(_height(cell, chart, grid) for cell in (None, *cells))
        height = max(height, len(grid.shown(row)) * LINE + 2 * _PADDING)
        drawn.append(_row_heading(row, grid, top, height))
        drawn += [
            _cell(cell, chart, grid, (grid.left + n * grid.width, top, height)) for n, cell in enumerate(cells) if cell
        ]
        top += height + _GAP
    beneath = stack(top + _PADDING, [partial(key, _key_items(chart), width=width)])
    description = say("matrix", language, rows=len(chart.rows), columns=len(chart.columns))
    return drawing(chart.title, description, width, beneath.height, headings, *drawn, beneath.svg)


# --- where things are -----------------------------------------------------------------------------

#: Room for the names of rows: as wide as they are, up to this.
_ROW_NAMES: Final = 112.0
_PADDING: Final = 6.0
_GAP: Final = 3.0
_RADIUS: Final = 7.0
#: A column that is narrower shows symbols only.
_WORDS_FROM: Final = 80.0


@dataclass(frozen=True)
class _Grid:
    """left: where the first column begins; width: of a column, gap included."""

    left: float
    width: float

    @property
    def has_words(self) -> bool:
        return self.width >= _WORDS_FROM

    def words(self, text: str) -> list[str]:
        return wrap(text, self.width - _GAP - 2) if text and self.has_words else []

    def shown(self, row: Heading) -> list[str]:
        return wrap(row.name, self.left - _PADDING)


def _grid(chart: Matrix, width: float) -> _Grid:
    names = [line for row in chart.rows for line in wrap(row.name, _ROW_NAMES)]
    left = max(map(text_width, names)) + _PADDING
    return _Grid(left, (width - left) / len(chart.columns))


def _height(cell: Cell | None, chart: Matrix, grid: _Grid) -> float:
    text = [] if cell is None else [*grid.words(_category(cell, chart)), *grid.words(cell.hint)]
    return 2 * (_RADIUS + _PADDING) + len(text) * LINE


def _level(cell: Cell, chart: Matrix) -> Level | None:
    return next((level for level in chart.levels if level.id == cell.level), None)


def _category(cell: Cell, chart: Matrix) -> str:
    level = _level(cell, chart)
    return level.name if level else cell.missing


# --- drawing --------------------------------------------------------------------------------------


def _column_headings(chart: Matrix, grid: _Grid, width: float) -> tuple[str, float]:
    """Names over the columns, and how high they are; numbers with their names above where a word is too long."""
    middles = [grid.left + (n + 0.5) * grid.width - _GAP / 2 for n in range(len(chart.columns))]
    shown = [wrap_words(column.name, grid.width - _PADDING, is_bold=True) for column in chart.columns]
    if all(text_width(text, is_bold=True) <= grid.width - _PADDING for texts in shown for text in texts):
        bottom = max(map(len, shown)) * LINE
        heads = zip(chart.columns, middles, shown, strict=True)
        drawn = (
            link(column.href, lines(x, bottom - (len(texts) - 1) * LINE - 4, texts, "c-strong", "middle"))
            for column, x, texts in heads
        )
        return "".join(drawn), bottom + 4
    names = list(enumerate((column.name for column in chart.columns), start=1))
    above = numbered(names, 0, width, 1 if width < WIDE else 2)
    numbers = (label(x, above.height + LINE, str(n), "c-strong", "middle") for n, x in enumerate(middles, start=1))
    return above.svg + "".join(numbers), above.height + LINE + 8


def _row_heading(row: Heading, grid: _Grid, top: float, height: float) -> str:
    shown = grid.shown(row)
    return link(row.href, lines(0, top + (height - len(shown) * LINE) / 2 + LINE - 4, shown))


def _cell(cell: Cell, chart: Matrix, grid: _Grid, place: tuple[float, float, float]) -> str:
    """place: left, top and height."""
    left, top, height = place
    width = grid.width - _GAP
    level = _level(cell, chart)
    names = {heading.id: heading.name.replace(SOFT_HYPHEN, "") for heading in (*chart.rows, *chart.columns)}
    said = (_category(cell, chart).replace(SOFT_HYPHEN, ""), cell.hint)
    words = f"{names[cell.column]}, {names[cell.row]}: {', '.join(filter(None, said))}"
    middle = left + width / 2
    text = grid.words(_category(cell, chart))
    hint = grid.words(cell.hint)
    first = top + 2 * _RADIUS + _PADDING + LINE
    box = element(
        "rect", x=left, y=top, width=width, height=height, class_=f"c-cell c-{level.symbol if level else 'none'}"
    )
    return mark(
        f"{words}. {cell.source}" if cell.source else words,
        box,
        _symbol(level, middle, top + _PADDING + _RADIUS if text else top + height / 2),
        lines(middle, first, text, None, "middle"),
        lines(middle, first + len(text) * LINE, hint, "c-soft", "middle"),
        href=cell.href,
    )


def _symbol(level: Level | None, x: float, y: float) -> str:
    if level is None:
        return hatched_box(x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS, "c-missing")
    ring = element("circle", cx=x, cy=y, r=_RADIUS, class_="c-disc-full" if level.symbol == "full" else "c-disc")
    if level.symbol != "half":
        return ring
    r = coordinate(_RADIUS)
    half = f"M{coordinate(x)} {coordinate(y - _RADIUS)}A{r} {r} 0 0 1 {coordinate(x)} {coordinate(y + _RADIUS)}Z"
    return ring + element("path", d=half, class_="c-disc-full")


def _key_items(chart: Matrix) -> list[tuple[KeySymbol, str]]:
    """The categories, and why cells have none."""
    items: list[tuple[KeySymbol, str]] = [
        (partial(_symbol, level), level.name.replace(SOFT_HYPHEN, "")) for level in chart.levels
    ]
    reasons = dict.fromkeys(cell.missing for cell in chart.cells if cell.missing and not _level(cell, chart))
    return items + [(partial(_symbol, None), reason) for reason in reasons]
