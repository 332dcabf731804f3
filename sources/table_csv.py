"""Plain CSV tables: one header row, a delimiter that changes by edition, every row as wide as the header."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from sources.arrived_file import ArrivedFile
from sources.rejected import Rejected

DELIMITERS = (";", ",", "\t")


@dataclass(frozen=True)
class CsvTable:
    """header: texts without outer blanks; rows: (line, cells), blank lines left out; line counts from 1."""

    delimiter: str
    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]

    def column(self, name: str) -> int:
        """0-based position of the one column called `name`, letter case aside; raises Rejected otherwise."""
        found = [i for i, text in enumerate(self.header) if text.casefold() == name.casefold()]
        if len(found) != 1:
            raise Rejected(
                expected=f"one column “{name}”",
                found=f"{len(found)} of them among: {', '.join(self.header)}",
                where="line 1",
            )
        return found[0]


def header_of(file: ArrivedFile) -> tuple[str, ...]:
    """Column names, for recognition; empty where the file is no text. Never raises."""
    if file.kind != "text":
        return ()
    line = _first_line(file)
    return _stripped(next(csv.reader([line], delimiter=_delimiter(line)), []))


def read_table(file: ArrivedFile) -> CsvTable:
    """The whole file. Raises Rejected where it is no text, holds no rows, or a row has another width."""
    if file.kind != "text":
        raise Rejected(expected="delimited text (CSV)", found=f"a file of kind “{file.kind}”")
    delimiter = _delimiter(_first_line(file))
    rows = [(line, cells) for line, cells in file.rows(delimiter) if any(map(str.strip, cells))]
    if len(rows) < 2:
        raise Rejected(expected="a header line and rows below it", found=f"{len(rows)} lines with content")
    header = _stripped(rows.pop(0)[1])
    for line, cells in rows:
        if len(cells) != len(header):
            raise Rejected(
                expected=f"{len(header)} cells, as in the header",
                found=f"{len(cells)}: {delimiter.join(cells)}",
                where=f"line {line}",
                hint="The file may be cut off: download it again.",
            )
    return CsvTable(delimiter, header, rows)


def _first_line(file: ArrivedFile) -> str:
    return next((line for line in file.head_lines if line.strip()), "")


def _delimiter(line: str) -> str:
    """The delimiter that makes the most columns of the header line."""
    return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([line], delimiter=delimiter), [])))


def _stripped(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)
