"""Named attacks: files made to break a reader, each built from a file of the sample with one thing odd."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from tests.attacks.mutants import Mutant
from tests.attacks.seeds import Seed
from tests.attacks.workbook_mutations import BOOK, STRINGS, packed


@dataclass(frozen=True)
class Attack:
    """product: whose first sample file is attacked; says: pattern of the refusal, "" where every figure is read right;
    heavy: takes seconds, for the campaign alone."""

    product: str
    make: Callable[[Seed], bytes]
    says: str
    heavy: bool = False

    def mutant(self, seed: Seed) -> Mutant:
        return Mutant(self.make(seed), "same", outcome="refused" if self.says else "right")


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return packed(members, method)


# ruff: noqa: E501 - the table of attacks reads best with one attack a line

# --- zips


def _workbook(
    parts: Callable[[dict[str, bytes]], Mapping[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> Callable[[Seed], bytes]:
    return lambda seed: packed(parts(dict(seed.book.parts)), method)


def _with(extra: Mapping[str, bytes]) -> Callable[[Seed], bytes]:
    return _workbook(lambda parts: parts | extra)


def _encrypted(seed: Seed) -> bytes:
    """The flag of encryption in every entry of the directory and every header."""
    content = bytearray(packed(seed.book.parts))
    for start, flag in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for match in re.finditer(start, bytes(content)):
            content[match.start() + flag] |= 1
    return bytes(content)


def _longer_than_declared(seed: Seed) -> bytes:
    """A member that unpacks to 400 MB, of which directory and checksum describe the first bytes only."""
    name = "xl/media/image1.png"
    start = b"x" * 100
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = compressor.compress(start) + compressor.compress(bytes(20_000_000)) + compressor.flush()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part, inner in seed.book.parts.items():
            archive.writestr(part, inner)
        offset = content.tell()
        sizes = struct.pack("<LLL", zlib.crc32(start), len(data), len(start))
        content.write(b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes)
        content.write(struct.pack("<HH", len(name), 0) + name.encode() + data)
        archive.start_dir = content.tell()
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.compress_type, member.header_offset = zipfile.ZIP_DEFLATED, offset
        member.CRC, member.compress_size, member.file_size = zlib.crc32(start), len(data), len(start)
        archive.filelist.append(member)
        archive.NameToInfo[name] = member
    return content.getvalue()


def _twice(seed: Seed, other: Callable[[str], str]) -> bytes:
    """The sheet with the figures twice, once with other numbers."""
    member = seed.book.members[_sheet(seed)]
    content = io.BytesIO(packed(seed.book.parts))
    with warnings.catch_warnings(), zipfile.ZipFile(content, "a") as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name twice is the point
        archive.writestr(zipfile.ZipInfo(other(member)), seed.book.parts[member].replace(b"<v>1", b"<v>7"))
    return content.getvalue()


# --- sheets


def _sheet(seed: Seed) -> str:
    return str(seed.decoded.observations[0][-1]).rpartition("!")[0]


def _edit(change: Callable[[str], str]) -> Callable[[Seed], bytes]:
    """The XML of the sheet with the first figure, changed."""

    def make(seed: Seed) -> bytes:
        member = seed.book.members[_sheet(seed)]
        xml = seed.book.parts[member].decode()
        new = change(xml)
        assert new != xml
        return packed(seed.book.parts | {member: new.encode()})

    return make


def _figure(new: str) -> Callable[[Seed], bytes]:
    """Another element in the place of the first figure; `{r}` its reference, `{v}` its number, `{a}` and `{b}` the
    first digit and the rest."""

    def make(seed: Seed) -> bytes:
        sheet, _, reference = str(seed.decoded.observations[0][-1]).rpartition("!")
        member = seed.book.members[sheet]
        xml = seed.book.parts[member].decode()
        match = re.search(rf'<c ([^>]*?)r="{reference}"([^>]*)><v>([^<]*)</v></c>', xml)
        assert match is not None
        value = match[3]
        element = new.format(r=reference, v=value, a=value[0], b=value[1:], code=ord(value[0]))
        return packed(seed.book.parts | {member: (xml[: match.start()] + element + xml[match.end() :]).encode()})

    return make


def _rows(xml: str, rows: str) -> str:
    return xml.replace("</sheetData>", f"{rows}</sheetData>")


def _filled_rows(first: int, last: int) -> str:
    """Rows of 30 numbers, each cell with its place."""
    row = "".join(f'<c r="{letters}{{0}}"><v>1</v></c>' for letters in [*ascii_uppercase, "AA", "AB", "AC", "AD"])
    return "".join(f'<row r="{number}">{row.format(number)}</row>' for number in range(first, last))


def _laughs(root: str) -> str:
    entities = '<!ENTITY a0 "7">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f"<!DOCTYPE {root} [{entities}]>"


def _with_doctype(part: str, doctype: str, use: str) -> Callable[[Seed], bytes]:
    def make(seed: Seed) -> bytes:
        xml = seed.book.parts[part].decode()
        end = xml.index("?>") + 2
        return packed(seed.book.parts | {part: (xml[:end] + doctype + xml[end:].replace(*use.split("→"), 1)).encode()})

    return make


def _mobile_header(text: str) -> Callable[[Seed], bytes]:
    """A long text where the mobile workbook prints the month of its figures."""

    def make(seed: Seed) -> bytes:
        xml = seed.book.parts[STRINGS].decode()
        new = re.sub(r"<si><t[^>]*>[^<]*\b(?:0[1-9]|1[0-2])\.20[0-9]{2}</t></si>", f"<si><t>{text}</t></si>", xml)
        assert new != xml
        return packed(seed.book.parts | {STRINGS: new.encode()})

    return make


# --- texts


def _text(change: Callable[[str], str]) -> Callable[[Seed], bytes]:
    return lambda seed: change(seed.text).encode()


def _nul_far_down(seed: Seed) -> bytes:
    """A NUL inside a figure, behind what is looked at to tell text from binary data."""
    cell = next(
        cell for cell in (seed.table.cell(locator) for locator in sorted(seed.figures)) if cell and cell.start > 70_000
    )
    return (seed.text[: cell.start + 1] + "\x00" + seed.text[cell.start + 1 :]).encode()


# --- outlines


def _geojson(change: Callable[[str], str]) -> Callable[[Seed], bytes]:
    return _text(change)


_REPORT, _MONTH, _ANNUAL, _MOBILE = (
    "ba_regionalreport",
    "ba_arbeitslose_monat",
    "ba_arbeitslosenquoten_jahr",
    "bnetza_mobilfunk_workbook",
)
_DATENCSV, _FFCSV, _ATLAS, _OUTLINES = "genesis_datencsv", "genesis_ffcsv", "bnetza_breitbandatlas", "bkg_boundaries"
_ODD = "cells as Excel writes them"
_NO_DOCTYPE = "plain XML|a readable XLSX workbook"

ATTACKS: dict[str, Attack] = {
    # zips
    "a zip bomb": Attack(_REPORT, _with({"xl/media/a.png": bytes(101_000_000)}), "members of at most 100 MB"),
    "a bomb of many members": Attack(
        _REPORT, _with({f"xl/media/{n}.png": bytes(60_000_000) for n in range(6)}), "at most 300 MB", heavy=True
    ),
    "a zip in a zip": Attack(_REPORT, lambda seed: zipped({"a.xlsx": zipped({"b.zip": zipped(seed.book.parts)})}), "a zip archive"),
    "data longer than its directory says": Attack(_REPORT, _longer_than_declared, "longer or shorter than the directory"),
    "an encrypted member": Attack(_REPORT, _encrypted, "is encrypted"),
    "unknown compression": Attack(_REPORT, _workbook(lambda parts: parts, zipfile.ZIP_LZMA), "packed by method 14"),
    "a member twice": Attack(_REPORT, lambda seed: _twice(seed, str), "each member of the zip once"),
    "a member twice in capitals": Attack(_REPORT, lambda seed: _twice(seed, str.upper), "each member of the zip once"),
    "a member twice with backslashes": Attack(
        _REPORT, lambda seed: _twice(seed, lambda name: name.replace("/", "\\")), "each member of the zip once"
    ),
    "a path that leads out": Attack(_REPORT, _with({"../../../../tmp/fuzz_was_here": b"x", "/tmp/fuzz_was_here": b"x"}), ""),
    "half a workbook": Attack(_REPORT, lambda seed: seed.content[: len(seed.content) // 2], "a damaged one"),
    # XML
    "billion laughs in a sheet": Attack(_MONTH, _edit(lambda xml: xml.replace("<worksheet", f"{_laughs('worksheet')}<worksheet", 1)), "plain XML"),
    "billion laughs in the strings": Attack(_MONTH, _with_doctype(STRINGS, _laughs("sst"), "</t>→&a9;</t>"), _NO_DOCTYPE),
    "billion laughs in the workbook": Attack(_MONTH, _with_doctype(BOOK, _laughs("workbook"), 'name="→name="&a9;'), _NO_DOCTYPE),
    "an external entity": Attack(
        _MONTH, _with_doctype(STRINGS, '<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "</t>→&a;</t>"), _NO_DOCTYPE
    ),
    "a sheet in UTF-16": Attack(
        _MONTH,
        lambda seed: packed(seed.book.parts | {m: seed.book.parts[m].decode().replace("UTF-8", "UTF-16").encode("utf-16") for m in seed.book.members.values()}),
        "a workbook in UTF-8",
    ),
    "a sheet cut off inside": Attack(_MONTH, _edit(lambda xml: xml[:-300]), "well-formed XML"),
    # size of a sheet
    "a cell at the end of the world": Attack(
        _REPORT, _edit(lambda xml: _rows(xml, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "1,048,576 rows and 16,384 columns"
    ),
    "a cell beyond the world": Attack(
        _REPORT, _edit(lambda xml: _rows(xml, '<row r="9"><c r="ZZZZZZZZ99999999999"><v>1</v></c></row>')), _ODD
    ),
    "an empty cell at the end of the world": Attack(
        _REPORT, _edit(lambda xml: _rows(xml, '<row r="1048576"><c r="XFD1048576" s="1"/></row>')), ""
    ),
    "cells without a place behind the last row": Attack(
        _REPORT,
        _edit(lambda xml: _rows(xml, '<row r="1048576">' + "<c><v>1</v></c>" * 500 + "</row>")),
        "a sheet of at most",
    ),
    "a million columns": Attack(
        _REPORT, _edit(lambda xml: _rows(xml, "<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>")), "a sheet of at most", heavy=True
    ),
    "three million cells": Attack(
        _REPORT, _edit(lambda xml: _rows(xml, ("<row>" + "<c><v>1</v></c>" * 30 + "</row>") * 100_000)), "a sheet of at most", heavy=True
    ),
    "as many cells as are allowed": Attack(_REPORT, _edit(lambda xml: _rows(xml, _filled_rows(200, 63_000))), "", heavy=True),
    "as many places as are allowed": Attack(
        _MOBILE, _edit(lambda xml: _rows(xml, '<row r="39999"><c r="CV39999"><v>1</v></c></row>')), "expected an official key", heavy=True
    ),
    "a dimension that lies": Attack(_REPORT, _edit(lambda xml: re.sub(r"<dimension[^>]*/>", '<dimension ref="A1:XFD1048576"/>', xml)), ""),
    # numbers in workbooks
    "a comment in a number": Attack(_MONTH, _figure('<c r="{r}"><v>{a}<!-- -->{b}</v></c>'), _ODD),
    "an instruction in a number": Attack(_MONTH, _figure('<c r="{r}"><v>{a}<?x ?>{b}</v></c>'), _ODD),
    "raw text for a number": Attack(_MONTH, _figure('<c r="{r}"><v><![CDATA[{v}]]></v></c>'), "plain XML"),
    "an escaped digit": Attack(_MONTH, _figure('<c r="{r}"><v>&#{code};{b}</v></c>'), _ODD),
    "two values in a cell": Attack(_MONTH, _figure('<c r="{r}"><v>{v}</v><v>7</v></c>'), _ODD),
    "a value inside a value": Attack(_MONTH, _figure('<c r="{r}"><v>{a}<v>7</v>{b}</v></c>'), _ODD),
    "a cell twice": Attack(_MONTH, _figure('<c r="{r}"><v>{v}</v></c><c r="{r}"><v>7</v></c>'), _ODD),
    "a string below zero": Attack(_MONTH, _figure('<c r="{r}" t="s"><v>-1</v></c>'), _ODD),
    "an error": Attack(_MONTH, _figure('<c r="{r}" t="e"><v>#REF!</v></c>'), r"at Übersicht_Kreise!\w+: .*found “#REF!”"),
    "an error without words": Attack(_MONTH, _figure('<c r="{r}" t="e"></c>'), "found “#VALUE!”"),
    "a formula without a value": Attack(_MONTH, _figure('<c r="{r}"><f>SUM(A1:A2)</f></c>'), "found “a formula without a value”"),
    "a formula with an empty value": Attack(_MONTH, _figure('<c r="{r}"><f>SUM(A1)</f><v></v></c>'), "a formula without a value"),
    "a formula with its value": Attack(_MONTH, _figure('<c r="{r}"><f>SUM(A1:A2)</f><v>{v}</v></c>'), ""),
    "a number as text": Attack(_MONTH, _figure('<c r="{r}" t="inlineStr"><is><t>{v}</t></is></c>'), ""),
    "a truth for a number": Attack(_MONTH, _figure('<c r="{r}" t="b"><v>1</v></c>'), "found True"),
    "a number beyond all": Attack(_MONTH, _figure('<c r="{r}"><v>1e999</v></c>'), "expected a whole number"),
    "a second table in the sheet": Attack(
        _MONTH, _edit(lambda xml: xml.replace("</sheetData>", "</sheetData><sheetData></sheetData>")), _ODD
    ),
    "a year as the serial number of a day": Attack(_ANNUAL, _edit(lambda xml: xml.replace("<v>2020</v>", "<v>43831</v>")), "expected a year"),
    # patterns that may run away
    "a header of two hundred thousand words": Attack(_MOBILE, _mobile_header("Stand " * 200_000), ""),
    "a header of hyphens and breaks": Attack(_MOBILE, _mobile_header("-\n \n" * 200_000), ""),
    "a title of brackets": Attack(_DATENCSV, _text(lambda text: text.replace("\n", "\n" + "a (" * 30_000 + "\n", 1)), ""),
    "a header cell of 100 kB": Attack(_DATENCSV, _text(lambda text: re.sub(r"\n;;;?[^;]", lambda m: m[0] + "ab c" * 25_000, text, count=1)), "a declared"),
    # texts
    "UTF-16": Attack(_FFCSV, lambda seed: seed.text.encode("utf-16"), "text in UTF-16"),
    "a NUL far down": Attack("ba_sonderauswertung", _nul_far_down, "a number or a sign"),
    "an open quote": Attack(_FFCSV, _text(lambda text: text.replace("\n", '\n"', 1)), "expected"),
    "a quote in a number": Attack(_ATLAS, _text(lambda text: re.sub(r"([0-9])([0-9]\.[0-9]+)(?=[;,\r\n])", r'"\1"\2', text, count=1)), "rows of delimited text"),
    "a cell of a megabyte": Attack(_ATLAS, _text(lambda text: text + "0" * 1_000_000), "rows of delimited text"),
    "a hundred thousand columns": Attack(_ATLAS, _text(lambda text: text.replace("\n", ";x" * 100_000 + "\n", 1)), "expected"),
    "half a million lines": Attack(_ATLAS, _text(lambda text: text + "\n" * 600_000), "at most 500,000 lines"),
    "thirty megabytes": Attack(_ATLAS, _text(lambda text: text + "1" * 30_000_000), "at most 25 MB"),
    "as many short cells as are allowed": Attack(_ATLAS, _text(lambda text: text + ("ab;" * 60 + "\n") * 66_000), "cells, as in the header", heavy=True),
    "as many short lines as are allowed": Attack(_ATLAS, _text(lambda text: text + "ab;cd\n" * 490_000), "cells, as in the header", heavy=True),
    "twenty-four megabytes of short cells": Attack(
        _ATLAS, _text(lambda text: text + ("ab;" * 60 + "\n") * 132_000), "at most 4,000,000 cells", heavy=True
    ),
    # outlines
    "a name twice in an object": Attack(_OUTLINES, _geojson(lambda text: re.sub(r'"(ARS|AGS)"', r'"\1": "05112", "\1"', text, count=1)), "each name once"),
    "a hundred thousand brackets": Attack(_OUTLINES, _geojson(lambda text: text.replace("[", "[" * 100_000, 1)), "expected"),
    "no number": Attack(_OUTLINES, _geojson(lambda text: re.sub(r"[0-9]+\.[0-9]+", "NaN", text, count=1)), "expected"),
    "a number of 5,000 digits": Attack(_OUTLINES, _geojson(lambda text: re.sub(r"[0-9]+\.[0-9]+", "9" * 5000, text, count=1)), "expected"),
}  # fmt: skip
