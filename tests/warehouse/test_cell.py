"""A cell shown again is the cell that was read: text files by line and column, workbooks by sheet and address."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from sources.arrived_file import ArrivedFile as DecodedFile
from sources.cells import column_letters
from warehouse.cell import ArchivedFile, CellError, as_text, is_same

SHEET = "Tabelle 2.3! neu"


def workbook() -> bytes:
    """One sheet whose first row and column are empty."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write("B2", 6666)
        sheet.write("C2", " * ")
        sheet.write("AB3", 12.5)
        sheet.write("D4", dt.date(2020, 3, 31), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write("E4", True)
    return content.getvalue()


@pytest.mark.parametrize(
    ("address", "cell", "text"),
    [
        ("B2", 6666, "6666"),
        ("C2", " * ", "*"),
        ("AB3", 12.5, "12.5"),
        ("A1", "", ""),
        ("D4", dt.date(2020, 3, 31), "2020-03-31"),
        ("E4", True, "True"),
    ],
)
def test_workbook(address: str, cell: object, text: str) -> None:
    found = ArchivedFile(workbook()).cell(f"{SHEET}!{address}")
    assert found == cell
    assert as_text(found) == text


@given(
    table=st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0;\t,"), max_size=8), min_size=1), min_size=1
    ),
    delimiter=st.sampled_from([";", "\t", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_text_files_are_counted_as_the_decoders_count(table: list[list[str]], delimiter: str, encoding: str) -> None:
    """Quoted cells may hold line ends of any kind; a row is found by the line it starts on."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(table)
    content = buffer.getvalue().encode(encoding)
    decoded = DecodedFile(Path("file.csv"))
    decoded.content = content
    archived = ArchivedFile(content)
    for line, cells in decoded.rows(delimiter):
        for column, cell in enumerate(cells, start=1):
            assert archived.cell(f"line {line}, column {column}") == cell


@given(st.integers(1, 200))
def test_columns_are_named_as_the_decoders_name_them(column: int) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet("S").write(0, column - 1, "here")
    assert ArchivedFile(content.getvalue()).cell(f"S!{column_letters(column - 1)}1") == "here"


def test_decimal_comma_does_not_divide() -> None:
    file = ArchivedFile('Titel, lang, mit Kommas\n05113;"Essen, Stadt";11,0;12,5;13,5\n'.encode("cp1252"))
    assert file.cell("line 2, column 3") == "11,0"


def test_windows_1252() -> None:
    assert ArchivedFile("a;Mülheim\n".encode("cp1252")).cell("line 1, column 2") == "Mülheim"


@pytest.mark.parametrize(
    ("content", "locator", "says"),
    [
        (b"a;b\n", "line 2, column 1", "the file has 1 lines"),
        (b"a;b\n", "line 1, column 3", "line 1 has no column 3"),
        (b"a;b\n", "Tabelle!A1", "no readable workbook"),
        (b"a;b\n", "page 3", "expected a locator like"),
        (b"a;\x81\n", "line 1, column 1", "the file is no text"),
        (b'a;"' + b"x" * 200_000, "line 1, column 2", "no row of delimited text"),
        (workbook(), "Tabelle 9!A1", "no readable sheet “Tabelle 9”"),
        (workbook(), f"{SHEET}!A99", "ends at row 4, column 28"),
        (workbook(), f"{SHEET}!ZZ1", "ends at row 4, column 28"),
        (workbook()[:900], f"{SHEET}!A1", "no readable workbook"),
        (b"", "line 1, column 1", "the file has 0 lines"),
    ],
)
def test_no_such_cell(content: bytes, locator: str, says: str) -> None:
    with pytest.raises(CellError, match=says):
        ArchivedFile(content).cell(locator)


@pytest.mark.parametrize(
    ("cell", "printed", "same"),
    [
        (6666.0, "6666", True),
        (6666.0, "6666.0", True),
        (6666.0, "6667", False),
        (6666.0, "*", False),
        (" * ", "*", True),
        ("11,0", "11,0", True),
        ("11,0", "11", False),  # text is compared as it is printed
        ("", "-", False),
        (True, "1", False),
    ],
)
def test_is_same(cell: object, printed: str, same: bool) -> None:
    assert is_same(cell, printed) is same
