"""A file as a decoder sees it: bytes, name, and lazily its text or workbook. Each is read once."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sources.rejected import Rejected

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

    from sources.package import Package

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: The beginning of a page: behind an XML declaration where it is XHTML, behind comments of the server.
_HTML = re.compile(rb"[\xef\xbb\xbf\s]*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype|html)", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
#: Enough for every header we recognise: the longest (12411-09i, 92 columns repeated on four rows) has 13 kB.
HEAD_BYTES = 65_536

#: The largest files known: a workbook of 10 MB, a text of 1.2 MB. A text taken apart into cells takes about ten times
#: its size in memory: 60 bytes each cell, 200 each line. A refresh must do with 500 MB.
MAX_BYTES, MAX_TEXT_BYTES, MAX_LINES, MAX_CELLS = 100_000_000, 25_000_000, 500_000, 4_000_000


class ArrivedFile:
    """One file of the archive or of an inbox.

    `name` is the name under which it came (some products state their period nowhere else);
    `period` the period a manifest gives, empty where there is none.
    """

    def __init__(self, path: Path, name: str | None = None, period: str = "") -> None:
        self.path = path
        self.name = name or path.name
        self.period = period

    @cached_property
    def content(self) -> bytes:
        """All bytes. Raises Rejected where there are more than any file of these publishers has."""
        size = self.path.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(f"a file of at most {MAX_BYTES // 1_000_000} MB", f"{size // 1_000_000} MB")
        return self.path.read_bytes()

    @cached_property
    def kind(self) -> str:
        """`empty`, `zip` (also XLSX), `ole` (old XLS, or an encrypted XLSX), `html`, `binary` or `text`."""
        head = self.content[:HEAD_BYTES]
        if not head.strip():
            return "empty"
        if head.startswith(ZIP):
            return "zip"
        if head.startswith(OLE):
            return "ole"
        if _HTML.match(head):
            return "html"
        return "binary" if b"\x00" in head else "text"

    @cached_property
    def text(self) -> str:
        """The whole text, UTF-8 (with or without BOM) or else cp1252; line ends as they are.

        Raises Rejected where it is neither, or too large.
        """
        if len(self.content) > MAX_TEXT_BYTES:
            found = f"{len(self.content) // 1_000_000} MB"
            raise _too_large(f"a text of at most {MAX_TEXT_BYTES // 1_000_000} MB", found)
        if (lines := self.content.count(b"\n")) > MAX_LINES:
            raise _too_large(f"a text of at most {MAX_LINES:,} lines", f"{lines:,} lines")
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass  # the GENESIS default is cp1252: tried next
        try:
            return self.content.decode("cp1252")
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise Rejected(
                expected="text in UTF-8 or Windows-1252",
                found=f"byte 0x{self.content[error.start]:02x}, which is in neither",
                where=f"line {line}",
            ) from error

    @cached_property
    def head_lines(self) -> list[str]:
        """The first lines (up to 64 KiB) as text, for recognition; undecodable bytes are replaced."""
        head = self.content[:HEAD_BYTES]
        try:  # incrementally: a letter cut at the end of the head is no reason to take it for another encoding
            return codecs.getincrementaldecoder("utf-8-sig")().decode(head).splitlines()
        except UnicodeDecodeError:
            return head.decode("cp1252", errors="replace").splitlines()

    def rows(self, delimiter: str = ";") -> Iterator[tuple[int, list[str]]]:
        """(number of the line a row starts on, cells) for each CSV row; quoted cells may span lines.

        Strict, as a reader that is not makes 1234 of `"12"34`, and of an open quote one cell with the rest of the file.
        """
        if (number := self.text.count(delimiter)) > MAX_CELLS:
            raise _too_large(f"a text of at most {MAX_CELLS:,} cells", f"{number:,} cells")
        reader = csv.reader(_lines(self.text), delimiter=delimiter, strict=True)
        start = 1
        try:
            for cells in reader:
                yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            raise Rejected(
                expected="rows of delimited text",
                found=str(error),
                where=f"line {start}",
                hint="A quote is open or the file is cut off: download it again.",
            ) from error

    @cached_property
    def package(self) -> Package:
        """The zip the file is, its members checked. Raises Rejected where it is damaged, locked or too large."""
        from sources.package import Package  # only where there is a zip

        return Package(self.content)

    @cached_property
    def workbook(self) -> CalamineWorkbook:
        """The XLSX, opened once. Raises Rejected where it is damaged or locked."""
        from python_calamine import CalamineError, CalamineWorkbook

        _ = self.package
        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(self.content))
        except CalamineError as error:
            raise Rejected(
                expected="a readable XLSX workbook",
                found=f"{error}",
                hint="The file is damaged or cut off: download it again.",
            ) from error


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends (LF, CRLF, CR), without a second copy of the text."""
    return (match[0] for match in _LINE.finditer(text))


def _too_large(expected: str, found: str) -> Rejected:
    return Rejected(
        expected=expected,
        found=found,
        hint="Restrict the table to NRW, or to fewer years, and download it again.",
    )
