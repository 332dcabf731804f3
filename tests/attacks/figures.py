"""Figures of a delivered text table, to be changed where they stand without touching its layout.

Reads what the publishers' CSV files have in common: one row per region (and time, and category), figures behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_DATA = re.compile(r"-?\d+(?:[.,]\d+)?")
_REGION = re.compile(r"DG|Deutschland|\d{2,3}|\d{5}|\d{8}")
_TIME = re.compile(r"(19|20)\d\d|\d\d\.\d\d\.\d{4}|\d{4}-\d\d-\d\d")
#: Columns of the two flat formats: (time, region, further categories, variable, first value) by their header.
_FLAT = {"statistics_code": "value", "Statistik_Code": ""}


class Key(NamedTuple):
    """What a figure is about, as the file writes it: region code (or name), time, categories, column."""

    region: str
    time: str
    label: str
    column: str


class Figure(NamedTuple):
    """Where a figure stands: line, cell (both from 0)."""

    line: int
    cell: int


class Figures:
    """The figures of one file by what they are about; `text` keeps everything else as it came."""

    def __init__(self, content: bytes) -> None:
        self._encoding = _encoding(content)
        self._lines = [line.split(";") for line in content.decode(self._encoding).split("\n")]
        self._at = dict(self._read())

    def __iter__(self) -> Iterator[Key]:
        return iter(self._at)

    def __contains__(self, key: Key) -> bool:
        return key in self._at

    def __getitem__(self, key: Key) -> str:
        line, cell = self._at[key]
        return self._lines[line][cell]

    def get(self, key: Key) -> str | None:
        return self[key] if key in self._at else None

    def content(self) -> bytes:
        return "\n".join(";".join(line) for line in self._lines).encode(self._encoding)

    def put(self, figures: dict[Key, str]) -> None:
        for key, text in figures.items():
            line, cell = self._at[key]
            self._lines[line][cell] = text

    def drop(self, unwanted: Callable[[Key], bool]) -> None:
        """Takes out the lines of these figures, as in a file that came earlier."""
        gone = {place.line for key, place in self._at.items() if unwanted(key)}
        self._lines = [line for number, line in enumerate(self._lines) if number not in gone]
        self._at = dict(self._read())

    def _read(self) -> Iterator[tuple[Key, Figure]]:
        first = self._lines[0][0].strip('\ufeff"')
        if first in _FLAT:
            yield from self._flat(header=[cell.strip() for cell in self._lines[0]], long=bool(_FLAT[first]))
        elif first.lower() in ("ags", "staat"):
            yield from self._coverage([cell.strip('" \r') for cell in self._lines[0]])
        else:
            yield from self._rows()

    def _flat(self, header: list[str], *, long: bool) -> Iterator[tuple[Key, Figure]]:
        attribute = "variable_attribute_code" if long else "Auspraegung_Code"
        time = header.index("time" if long else "Zeit")
        codes = [n for n, name in enumerate(header) if name.endswith(attribute)]
        values = [header.index("value")] if long else [n for n, name in enumerate(header) if "__" in name]
        for number, cells in enumerate(self._lines[1:], start=1):
            if len(cells) < len(header):
                continue
            label = "/".join(cells[n] for n in codes[1:])
            for cell in values:
                column = cells[header.index("value_variable_code")] if long else header[cell].split("__")[0]
                yield Key(cells[codes[0]], cells[time], label, column), Figure(number, cell)

    def _coverage(self, header: list[str]) -> Iterator[tuple[Key, Figure]]:
        keys = next((n for n, name in enumerate(header) if name.lower() in ("ags", "staat")), 0)
        categories = [n for n, name in enumerate(header) if name in ("Technologie", "Flaechenart")]
        values = [n for n, name in enumerate(header) if name.startswith("verf_") or name == "Verfügbarkeit"]
        for number, cells in enumerate(self._lines[1:], start=1):
            if len(cells) == len(header):
                label = "/".join(cells[n].strip('"') for n in categories)
                for cell in values:
                    yield Key(cells[keys].strip('"'), "", label, header[cell]), Figure(number, cell)

    def _rows(self) -> Iterator[tuple[Key, Figure]]:
        for number, cells in enumerate(self._lines):
            key = _key_of(cells)
            if key:
                region, time, label, first = key
                for cell in range(first, len(cells)):
                    yield Key(region, time, label, str(cell - first)), Figure(number, cell)


def _key_of(cells: list[str]) -> tuple[str, str, str, int] | None:
    """(region, time, label, first value cell) of a row of a table with printed names, None for another line."""
    time = cells[0] if _TIME.fullmatch(cells[0]) else ""
    rest = cells[1:] if time else cells
    code = rest[0].strip().split(" ", 1)[0] if rest else ""
    if not _REGION.fullmatch(code) and not (time and code):
        return None  # header, footer, notes
    special = _REGION.fullmatch(code) and " " in rest[0].strip() and len(rest) == 4  # region; date; sector; figure
    named = not _REGION.fullmatch(code)  # a table without codes
    if special:
        return code, rest[1], rest[2], len(cells) - 1
    start = (1 if time else 0) + (1 if named else 2)
    end = start
    while end < len(cells) and not _is_figure(cells[end]):
        end += 1
    if end == len(cells) or end - start > 2:
        return None
    region = rest[0].strip() if named else code
    return region, time, "/".join(cell.strip() for cell in cells[start:end]), end


def _is_figure(text: str) -> bool:
    return bool(_DATA.fullmatch(text.strip())) or text.strip() in ("-", ".", "x", "...", "/")


def _encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


# --- numbers as texts -----------------------------------------------------------------------------


def number(text: str) -> float | None:
    """The number of a cell with a decimal comma or point; None for a sign such as `-`."""
    text = text.strip()
    return float(text.replace(",", ".")) if _DATA.fullmatch(text) else None


def like(value: float, text: str) -> str:
    """A number written with the decimals and the decimal sign of another cell."""
    match = re.search(r"([.,])(\d+)", text)
    if match is None:
        return f"{value:.0f}"
    return f"{value:.{len(match[2])}f}".replace(".", match[1])
