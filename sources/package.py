"""The zip a workbook is, checked before the reader of workbooks sees it.

python-calamine is fast and trusts its files. Measured with 0.9.1: it reads `1` in `<v>1<!-- -->23</v>` and nothing in
`<v>&#49;23</v>`, the last of two values of a cell, an empty cell for an error and for a formula without a value; one
cell at XFD1048576 makes it ask for 400 GB, which ends the process. What it would read wrong is refused here, or marked
for the decoder. Programs that write workbooks write none of this but errors and formulas.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from xml.etree import ElementTree
from xml.parsers import expat

from sources.rejected import Rejected

#: The largest workbook known, the broadband atlas with all municipalities, has 10 MB packed; XLSX packs about 1:10.
MAX_UNPACKED_BYTES = 300_000_000
#: One of its sheets has 11,000 rows and some 120 columns, 1.3 million cells of 35 bytes. While it is read a cell takes
#: about 100 bytes and an empty place of the table 40; the bounds keep the whole below 500 MB.
MAX_PART_BYTES = 100_000_000
MAX_CELLS, MAX_PLACES = 2_000_000, 4_000_000
FORMULA_WITHOUT_VALUE = "a formula without a value"

_DAMAGED_HINT = "The download was cut off or the file is locked: download it again."
_ENCRYPTED = 0x1
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_PREFIX = rb"(?:[A-Za-z_][\w.-]*:)?"
_ATTRIBUTES = rb"""((?:[^<>"']|"[^"]*"|'[^']*')*)"""
#: A cell's opening tag: column and row where the place comes first, as programs write it, and the other attributes.
_OPENED = re.compile(
    rb"<" + _PREFIX + rb"""c(?=[\s/>])(?:\sr="([A-Z]{1,3})([0-9]{1,7})"(?=[\s/>]))?""" + _ATTRIBUTES + rb">"
)
_CELL = re.compile(rb"<" + _PREFIX + rb"c(?=[\s>])" + _ATTRIBUTES + rb"(?<!/)>(.*?)</" + _PREFIX + rb"c\s*>", re.DOTALL)
_ROW = re.compile(rb"<" + _PREFIX + rb"row(?=[\s/>])" + _ATTRIBUTES + rb">")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w*)["']""")
_VALUE = re.compile(rb"<" + _PREFIX + rb"v(?:\s[^<>]*)?>([^<]*)</")
#: A value is text alone, and nothing but the end of its cell comes behind it.
_BROKEN_VALUE = re.compile(
    rb"<" + _PREFIX + rb"v(?:\s[^<>]*)?(?<!/)>[^<]*<(?!/)"
    rb"|</" + _PREFIX + rb"v\s*>\s*<" + _PREFIX + rb"(?:v|f|is|t)[\s/>]"
)  # fmt: skip
_FORMULA = rb"<" + _PREFIX + rb"f(?=[\s/>])[^<>]*(?:/>|>[^<]*</" + _PREFIX + rb"f\s*>)"
_ESCAPED_VALUE = re.compile(
    rb"<" + _PREFIX + rb"c(?=[\s>])" + _ATTRIBUTES + rb">\s*(?:" + _FORMULA + rb")?\s*<" + _PREFIX + rb"v[^<>]*>[^<]*&"
)  # fmt: skip
_SHARED = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<""" + _PREFIX + rb"v(?:\s[^<>]*)?>(?![0-9]+<)")
_ROW_START = re.compile(rb"<" + _PREFIX + rb"row(?=[\s/>])")
_SHEET_DATA = re.compile(rb"<" + _PREFIX + rb"sheetData[\s/>]")

_PLACED = re.compile(rb"<" + _PREFIX + rb"""c(?=[\s/>])(?: r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?=[\s/>]))?""")
#: Up to here a sheet may be taken apart at once: it takes less than ten times as much memory.
_SMALL_BYTES = 5_000_000

#: (row, column); from 0 for marks, from 1 inside a sheet.
Place = tuple[int, int]
_NOWHERE: Place = (0, 0)


class Package:
    """The members of a zip, each unpacked once and checked; raises Rejected where one is not what the zip says."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self._members = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise _damaged(str(error)) from error
        self._check_directory()
        for member in self._members:
            self._unpack(member)

    @property
    def names(self) -> list[str]:
        return [member.filename for member in self._members]

    def _check_directory(self) -> None:
        size = sum(member.file_size for member in self._members)
        if size > MAX_UNPACKED_BYTES:
            raise Rejected(
                expected=f"at most {MAX_UNPACKED_BYTES // 1_000_000} MB when unpacked",
                found=f"{size // 1_000_000} MB",
            )
        if large := next((member for member in self._members if member.file_size > MAX_PART_BYTES), None):
            raise Rejected(
                expected=f"members of at most {MAX_PART_BYTES // 1_000_000} MB when unpacked",
                found=f"“{large.filename}” of {large.file_size // 1_000_000} MB",
            )
        # readers differ in which of two they take, some look at names without regard to letter case
        spelled = Counter(name.replace("\\", "/").casefold() for name in self.names)
        if twice := next((name for name, number in spelled.items() if number > 1), None):
            raise Rejected(
                expected="each member of the zip once",
                found=f"{spelled[twice]} × “{twice}”",
                hint="No program writes such a file: ask the publisher for another.",
            )

    def _unpack(self, member: zipfile.ZipInfo) -> bytes:
        """The bytes of a member. The packed data must end where directory and checksum say, not only begin so."""
        if member.flag_bits & _ENCRYPTED:
            raise _damaged(f"“{member.filename}” is encrypted")
        if member.compress_type not in _METHODS:
            raise _damaged(f"“{member.filename}” is packed by method {member.compress_type}")
        header = self._content[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise _damaged(f"“{member.filename}” is not where the directory says")
        _, name, extra = _LOCAL_HEADER.unpack(header)
        start = member.header_offset + _LOCAL_HEADER.size + name + extra
        packed = self._content[start : start + member.compress_size]
        unpacked = packed
        if member.compress_type == zipfile.ZIP_DEFLATED:
            unpacked = _inflated(packed, member)
        if len(unpacked) != member.file_size or zlib.crc32(unpacked) != member.CRC:
            raise _damaged(f"“{member.filename}” is not what its checksum says")
        return unpacked

    def read(self, name: str) -> bytes:
        """A member by its name; raises Rejected where there is none."""
        for member in self._members:
            if member.filename == name:
                return self._unpack(member)
        raise Rejected(expected=f"a part “{name}” in the workbook", found=f"{len(self._members)} other parts")

    def sheet(self, name: str) -> bytes:
        """The XML of a worksheet by its name; raises Rejected where it cannot be told or is not well-formed."""
        target = self._targets.get(name, "")
        known = {spelling.replace("\\", "/").casefold(): spelling for spelling in self.names}
        member = known.get(target.casefold())
        if member is None:
            raise Rejected(
                expected=f"the part of the workbook that holds the sheet “{name}”",
                found=f"none called “{target}”" if target else "no relation to one",
                hint="The workbook is damaged: download it again.",
            )
        xml = self.read(member)
        _check_xml(xml, member, plain=True)
        return xml

    @cached_property
    def _targets(self) -> dict[str, str]:
        """Sheet name → member, of the workbook and its relations."""
        relations = {
            node.get("Id", ""): node.get("Target", "") for node in self._parsed("xl/_rels/workbook.xml.rels").iter()
        }
        found: dict[str, str] = {}
        for node in self._parsed("xl/workbook.xml").iter():
            if node.tag.rpartition("}")[2] == "sheet":
                identity = next((value for key, value in node.items() if key.endswith("}id")), "")
                target = relations.get(identity, "").replace("\\", "/").lstrip("/")
                name = node.get("name", "")
                if name in found:
                    raise Rejected(expected="each sheet once", found=f"two called “{name}”")
                found[name] = target if target.casefold().startswith("xl/") else f"xl/{target}"
        if "xl/sharedstrings.xml" in map(str.casefold, self.names):
            part = next(name for name in self.names if name.casefold() == "xl/sharedstrings.xml")
            _check_xml(self.read(part), part, plain=True)
        return found

    def _parsed(self, name: str) -> ElementTree.Element:
        xml = self.read(name)
        _check_xml(xml, name)
        return ElementTree.fromstring(xml)  # noqa: S314 - checked above: no document type, so no entities


def _inflated(packed: bytes, member: zipfile.ZipInfo) -> bytes:
    stream = zlib.decompressobj(-15)
    try:
        unpacked = stream.decompress(packed, member.file_size + 1)
    except zlib.error as error:
        raise _damaged(f"“{member.filename}”: {error}") from error
    if not stream.eof or stream.unused_data:
        raise _damaged(f"“{member.filename}” is longer or shorter than the directory says")
    return unpacked


def _damaged(what: str) -> Rejected:
    return Rejected(expected="a complete zip or XLSX file", found=f"a damaged one ({what})", hint=_DAMAGED_HINT)


# --- XML


def _check_xml(xml: bytes, name: str, *, plain: bool = False) -> None:
    """Well-formed UTF-8 without a document type, so without entities; `plain`: without comments and the like too."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        found = f"a document type or raw text in the part “{name}”"
        raise Rejected(expected="plain XML", found=found, where=f"line {parser.CurrentLineNumber}")

    def declared(version: str, encoding: str | None, standalone: int) -> None:
        if (encoding or "utf-8").casefold() not in ("utf-8", "us-ascii"):
            raise Rejected(expected="a workbook in UTF-8", found=f"{encoding} in the part “{name}”")

    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = declared
    if plain:
        parser.StartCdataSectionHandler = refuse
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        declared("", "UTF-16", 0)
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise Rejected(
            expected=f"well-formed XML in the part “{name}”",
            found=expat.ErrorString(error.code),
            where=f"line {error.lineno}",
            hint="The workbook is damaged: download it again.",
        ) from error


def marks_of(xml: bytes, where: str) -> dict[Place, str]:
    """What stands in cells the reader would take for empty: errors such as `#REF!`, formulas without a value.

    Raises Rejected for a sheet that is too large, and for cells that it would read otherwise than Excel.
    """
    start = _SHEET_DATA.search(xml)
    body = xml[start.start() :] if start else b""
    if len(_SHEET_DATA.findall(body)) > 1 or b"<!" in body or b"<?" in body:
        raise _odd("a comment, an instruction or a second table inside the table", where)
    _check_size(body, where)
    if match := _BROKEN_VALUE.search(body) or _SHARED.search(body):
        raise _odd(f"a value in several pieces: {_near(body, match.start())}", where)
    for match in _ESCAPED_VALUE.finditer(body) if b"&" in body else ():
        kind = _TYPE.search(match[1])
        if kind is None or kind[1] != b"str":
            raise _odd(f"a number with escaped digits: {_near(body, match.start())}", where)
    if b"<f" not in body and b":f" not in body and not re.search(rb"""\st\s*=\s*["']e["']""", body):
        return {}
    return _marks(body)


def _check_size(body: bytes, where: str) -> None:
    """Bounds on the cells and on the table they span; each cell once, at a place of a sheet. In little memory."""
    if len(body) <= _SMALL_BYTES and _is_plain(body):
        return
    cells = unplaced = last = columns = 0
    behind, in_order = (0, 0), True
    for place in _places(body, where):
        cells += 1
        if place == _NOWHERE:
            unplaced += 1
            continue
        in_order = in_order and place > behind
        behind = place
        if place[0] > last:
            last = place[0]
        if place[1] > columns:
            columns = place[1]
    if cells > MAX_CELLS:
        raise _too_large(f"{cells:,} cells", f"at most {MAX_CELLS:,} cells", where)
    if not in_order:  # row by row from left to right, as programs write them, none can be there twice
        _check_once(body, where)
    if unplaced:  # cells without a place of their own stand behind the one before
        rows = [_ROW_NUMBER.search(match[1]) for match in _ROW.finditer(body)]
        last = max(last, len(rows) + max((int(number[1]) for number in rows if number), default=0))
        columns += max(len(_OPENED.findall(row)) for row in _ROW_START.split(body))
    if columns * last > MAX_PLACES:
        raise _too_large(f"{last:,} rows and {columns:,} columns", f"at most {MAX_PLACES:,} places", where)


def _is_plain(body: bytes) -> bool:
    """Whether a sheet is small and each of its cells names another place, as programs write it; told without a look at
    each cell, because this is every sheet but those of an attack."""
    places = _PLACED.findall(body)
    different = set(places)
    if len(different) != len(places) or (b"", b"") in different or len(places) > MAX_CELLS:
        return False
    columns = max((_column(letters) for letters in {letters for letters, _ in different}), default=0)
    return columns * max(map(int, {digits for _, digits in different}), default=0) <= MAX_PLACES


def _check_once(body: bytes, where: str) -> None:
    seen: set[Place] = set()
    for place in _places(body, where):
        if place != _NOWHERE and place in seen:
            raise _odd(f"the cell in row {place[0]}, column {place[1]} twice", where)
        seen.add(place)


def _places(body: bytes, where: str) -> Iterator[Place]:
    """(row, column) of each cell with content, from 1; (0, 0) where it names none."""
    for match in _OPENED.finditer(body):
        letters, digits, attributes = match.groups()
        if attributes.endswith(b"/"):
            continue  # an empty cell, of which only the format is kept
        if letters:
            yield int(digits), _column(letters)
        elif reference := _REFERENCE.search(attributes):
            yield int(reference[2]), _column(reference[1])
        elif re.search(rb"\sr\s*=", attributes):
            raise _odd(f"a cell at no place of a sheet: {_near(body, match.start())}", where)
        else:
            yield _NOWHERE


@lru_cache(maxsize=1024)
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _marks(body: bytes) -> dict[Place, str]:
    marks: dict[Place, str] = {}
    for attributes, inside in _CELL.findall(body):
        reference, kind = _REFERENCE.search(attributes), _TYPE.search(attributes)
        value = _VALUE.search(inside)
        if kind and kind[1] == b"e":
            mark = (value[1] if value else b"#VALUE!").decode(errors="replace") or "#VALUE!"
        elif re.search(rb"<" + _PREFIX + rb"f[\s/>]", inside) and not (value and value[1]) and b"is>" not in inside:
            mark = FORMULA_WITHOUT_VALUE
        else:
            continue
        if reference is None:
            raise _odd("an error or a formula without a value in a cell without its place", "a sheet")
        marks[int(reference[2]) - 1, _column(reference[1]) - 1] = mark
    return marks


def _near(body: bytes, start: int) -> str:
    return body[max(start - 40, 0) : start + 40].decode(errors="replace")


def _odd(found: str, where: str) -> Rejected:
    return Rejected(
        expected="cells as Excel writes them",
        found=found,
        where=where,
        hint="Open the file in a spreadsheet program and look whether it is sound; ask the publisher for another.",
    )


def _too_large(found: str, expected: str, where: str) -> Rejected:
    return Rejected(
        expected=f"a sheet of {expected}",
        found=found,
        where=where,
        hint="A single cell far from the table is enough: delete it, or ask the publisher for the table alone.",
    )
