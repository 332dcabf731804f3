"""What a page shows: cells, tables, and exhibits (a chart with its table and downloads). Plain data, no HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.texts import Lang

Raw = str | int | float | dt.date | None


@dataclass(frozen=True)
class Cell:
    """One fact as a reader sees it, and as a download says it.

    text            as shown, in the number format of the language
    raw             the value itself; None where only bounds are known, or nothing
    lower, upper    bounds of a number that is known as an interval
    status          word for anything but a plain value ("berechnet"), for downloads
    mark            word that is shown beside the number ("vorläufig")
    details         pairs of name and content, shown on hover and focus
    href            page that explains it: a path below the folder of the language
    anchor          id, so that other pages can point at it
    light           light of a cell that is a traffic light
    """

    text: str
    raw: Raw = None
    lower: float | None = None
    upper: float | None = None
    status: str = ""
    mark: str = ""
    details: tuple[tuple[str, str], ...] = ()
    href: str = ""
    anchor: str = ""
    light: str = ""

    @property
    def sort_key(self) -> Raw:
        """What the table is sorted by: the value, else the middle of the interval, else its lower bound."""
        if self.raw is None and self.lower is not None:
            return self.lower if self.upper is None else (self.lower + self.upper) / 2
        return self.raw


@dataclass(frozen=True)
class Column:
    """numeric: stands to the right. interval: may be known as bounds only, so downloads have columns for them.
    choice: JavaScript offers its values to choose rows by."""

    label: str
    numeric: bool = False
    interval: bool = False
    choice: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first cell of a row is its heading. sortable: JavaScript offers sorting and a filter."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    sortable: bool = False


@dataclass(frozen=True)
class Picture:
    """A chart of monitor.charts and the function that draws it."""

    draw: Callable[[Any, Lang, int], str]
    chart: Any


@dataclass(frozen=True)
class Exhibit:
    """A chart, its table and what is needed to cite it.

    slug        names the downloads; unique in the site
    picture     None where there is nothing to draw; `note` says why
    unit, date, source, vintage   of the numbers, as shown; vintage is the day they became known
    explain     page that says how it was computed: a path below the folder of the language
    note        how to read it, or why something is missing
    """

    slug: str
    title: str
    picture: Picture | None
    table: Table
    unit: str
    date: str
    source: str
    vintage: str
    explain: str
    note: str = ""
