"""A second reader of the files, independent of the decoders: what does the cell at a locator print?

Text is taken apart by the letter of RFC 4180, workbooks by the XML parser of the standard library, numbers by Decimal.
What is not in plain form is `UNREADABLE`: nobody could say that it prints a number.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from xml.etree import ElementTree

UNREADABLE = "unreadable"
#: None: the cell prints a sign or nothing.
Reading = Decimal | str | None

SIGNS = ("", "-", "–", "—", ".", "*", "/", "x", "X", "...", "…")
HIDDEN = (".", "*")
_TEXT_LOCATOR = re.compile(r"line (\d+), column (\d+)")
_SHEET_LOCATOR = re.compile(r"(.+)!([A-Z]+\d+)")
_NUMBER = re.compile(r"\(?\s*([-+]?[0-9]+(?:[.,][0-9]+)?)\s*\)?\s*[prse]?", re.ASCII)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+", re.ASCII)


def printed_number(text: str, sign: str, *, thousands: bool) -> Reading:
    """The number a text prints with the decimal sign of its file; `thousands`: points may separate thousands."""
    stripped = text.strip()
    if stripped in SIGNS:
        return None
    if thousands and _THOUSANDS.fullmatch(stripped):
        return Decimal(stripped.replace(".", ""))
    match = _NUMBER.fullmatch(stripped)
    if not match or {",", "."} & set(match[1]) - {sign}:
        return UNREADABLE
    return Decimal(match[1].replace(",", "."))


def decoded_text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a text; start and end of what stands between the delimiters, quotes included."""

    text: str
    start: int
    end: int
    plain: bool


@dataclass(frozen=True, slots=True)
class TextRow:
    line: int
    start: int
    end: int
    cells: list[Cell]


class TextTable:
    """Delimited text with where everything stands. The delimiter is the one that most of the text uses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.delimiter = max(";,\t", key=lambda sign: (text[:20_000].count(sign) > 50, -";,\t".index(sign)))
        if text[:20_000].count(";") == 0:
            self.delimiter = max(",\t", key=text[:20_000].count)

    @cached_property
    def rows(self) -> list[TextRow]:
        return list(self._rows())

    @cached_property
    def by_line(self) -> dict[int, TextRow]:
        return {row.line: row for row in self.rows}

    def cell(self, locator: str) -> Cell | None:
        match = _TEXT_LOCATOR.fullmatch(locator)
        row = self.by_line.get(int(match[1])) if match else None
        if match is None or row is None or len(row.cells) < int(match[2]):
            return None
        return row.cells[int(match[2]) - 1]

    def _rows(self) -> Iterator[TextRow]:
        sign = re.escape(self.delimiter)
        pattern = re.compile(rf'(?:"((?:[^"]|"")*)"|([^{sign}\r\n]*))({sign}|\r\n|\n|\r|\Z|(?=.))', re.DOTALL)
        breaks = [match.end() for match in re.finditer(r"\r\n|\n|\r", self.text)]
        position, start, cells = 0, 0, []
        while position < len(self.text) or cells:
            match = pattern.match(self.text, position)
            if match is None:
                return
            end, plain = match.end(), match[2] is None or '"' not in match[2]
            text = match[2] if match[1] is None else match[1].replace('""', '"')
            close = match.start(3)
            if match[3] == "" and end < len(self.text):  # something behind a closing quote: no cell of RFC 4180
                rest = re.compile(rf"[^{sign}\r\n]*").match(self.text, end)
                close = rest.end() if rest else end
                text, plain = self.text[position:close], False
                after = re.compile(rf"{sign}|\r\n|\n|\r|\Z").match(self.text, close)
                end = after.end() if after else close
                ends_row = not (after and after[0] == self.delimiter)
            else:
                ends_row = match[3] != self.delimiter
            cells.append(Cell(text, position, close, plain))
            if ends_row:
                yield TextRow(bisect_right(breaks, start) + 1, start, end, cells)
                start, cells = end, []
            if end == position and ends_row:
                return
            position = end


@dataclass(frozen=True, slots=True)
class SheetCell:
    """kind: `n` number, `s` text, `e` error, `b` boolean, `f` a formula without a value."""

    kind: str
    text: str


class Workbook:
    """The parts of an XLSX by the letter of the standard."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {info.filename: archive.read(info) for info in archive.infolist()}

    @cached_property
    def members(self) -> dict[str, str]:
        """Sheet name → member."""
        relations = {
            node.attrib["Id"]: node.attrib["Target"]
            for node in ElementTree.fromstring(self.parts["xl/_rels/workbook.xml.rels"])
        }
        found = {}
        for node in ElementTree.fromstring(self.parts["xl/workbook.xml"]).iter():
            if node.tag.endswith("}sheet"):
                identity = next(value for name, value in node.attrib.items() if name.endswith("}id"))
                target = relations[identity].lstrip("/")
                found[node.attrib["name"]] = target if target.startswith("xl/") else f"xl/{target}"
        return found

    @cached_property
    def strings(self) -> list[str]:
        part = self.parts.get("xl/sharedStrings.xml")
        if part is None:
            return []
        return [_text_of(node) for node in ElementTree.fromstring(part) if node.tag.endswith("}si")]

    @cached_property
    def _sheets(self) -> dict[str, dict[str, SheetCell]]:
        return {}

    def cells(self, sheet: str) -> dict[str, SheetCell]:
        """Cells of a sheet by reference; empty ones left out."""
        if sheet not in self._sheets:
            self._sheets[sheet] = dict(self._read(sheet))
        return self._sheets[sheet]

    def cell(self, locator: str) -> SheetCell | None:
        match = _SHEET_LOCATOR.fullmatch(locator)
        return self.cells(match[1]).get(match[2]) if match and match[1] in self.members else None

    def _read(self, sheet: str) -> Iterator[tuple[str, SheetCell]]:
        row = 0
        for node in ElementTree.fromstring(self.parts[self.members[sheet]]).iter():
            if node.tag.endswith("}row"):
                row, column = int(node.attrib.get("r", row + 1)), 0
            elif node.tag.endswith("}c"):
                reference = node.attrib.get("r", "").upper() or f"{_letters(column)}{row}"
                column = _index(re.sub(r"\d", "", reference)) + 1
                if cell := self._cell(node):
                    yield reference, cell

    def _cell(self, node: ElementTree.Element) -> SheetCell | None:
        kind = node.attrib.get("t", "n")
        inside = {child.tag.rpartition("}")[2]: child for child in node}
        if kind == "inlineStr":
            return SheetCell("s", _text_of(inside["is"])) if "is" in inside else None
        text = "".join(inside["v"].itertext()) if "v" in inside else ""
        if not text:
            return SheetCell("f", "") if "f" in inside else None
        if kind == "s":
            return SheetCell("s", self.strings[int(text)])
        return SheetCell({"str": "s", "d": "d"}.get(kind, kind), text)


def _text_of(node: ElementTree.Element) -> str:
    """The text of a string item without its phonetic runs."""
    return "".join(
        part.text or ""
        for run in (node, *(child for child in node if child.tag.endswith("}r")))
        for part in run
        if part.tag.endswith("}t")
    )


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
