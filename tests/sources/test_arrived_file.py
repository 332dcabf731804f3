"""A file as decoders see it: whatever its bytes are, it can be looked at, and only Rejected leaves it."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from sources.arrived_file import HEAD_BYTES, ArrivedFile
from sources.rejected import Rejected, shorten
from tests.conftest import Arrive


def a_workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet("Tabelle 2.3")
        for row in range(200):
            sheet.write_row(row, 0, ["Straße", row, row / 7])
    return buffer.getvalue()


WORKBOOK = a_workbook()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (WORKBOOK, "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "ole"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf\r\n <HTML lang='de'>", "html"),
        (b"a;b\r\n1;2", "text"),
        (b"<data>1</data>", "text"),
        ("a;b".encode("utf-16"), "binary"),
        (b"a;b\x00", "binary"),
        (b"%PDF-1.7\n\x00", "binary"),
    ],
)
def test_the_kind_is_told_by_the_bytes_whatever_the_name(arrive: Arrive, content: bytes, kind: str) -> None:
    for name in ("file.csv", "file.xlsx", "file"):
        assert arrive(content, name).kind == kind


def test_name_and_period_come_from_outside_where_they_are_given(arrive: Arrive) -> None:
    path = arrive("a", "ab12.bin").path
    assert (ArrivedFile(path).name, ArrivedFile(path).period) == ("ab12.bin", "")
    file = ArrivedFile(path, "05111.xlsx", "2020-03-31")
    assert (file.name, file.period) == ("05111.xlsx", "2020-03-31")


@given(st.text(alphabet=st.characters(codec="cp1252", exclude_characters="\ufeff")))
def test_text_is_read_in_utf_8_with_and_without_bom(arrive: Arrive, text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        assert arrive(text.encode(encoding)).text == text


def test_text_in_windows_1252_with_its_line_ends(arrive: Arrive) -> None:
    text = "Größe;„Öffentlich“ – €\r\n1;2\n"
    assert arrive(text.encode("cp1252")).text == text


def test_text_in_neither_encoding_is_refused_with_its_line(arrive: Arrive) -> None:
    file = arrive("Größe\nein\n".encode("cp1252") + b"zwei \x81 drei\n")
    with pytest.raises(Rejected) as refusal:
        _ = file.text
    assert (refusal.value.where, "0x81" in refusal.value.found) == ("line 3", True)
    assert file.head_lines[0] == "Größe"  # it can still be looked at


def test_the_head_is_enough_to_recognise_and_no_more(arrive: Arrive) -> None:
    file = arrive("ä;b\r\n" + "1;2\n" * HEAD_BYTES)
    assert file.head_lines[:2] == ["ä;b", "1;2"]
    assert sum(len(line) + 1 for line in file.head_lines) <= HEAD_BYTES + 1


def test_a_letter_cut_at_the_end_of_the_head_does_no_harm(arrive: Arrive) -> None:
    first = "Übersicht;" * 10
    lines = arrive(first + "\n" + "ä" * HEAD_BYTES).head_lines
    assert lines[0] == first


def test_rows_know_the_line_they_start_on(arrive: Arrive) -> None:
    file = arrive('a;b\n"over\ntwo lines";"quoted ""word"""\n\n1;2')
    assert list(file.rows()) == [
        (1, ["a", "b"]),
        (2, ["over\ntwo lines", 'quoted "word"']),
        (4, []),
        (5, ["1", "2"]),
    ]
    assert next(iter(arrive("a,b").rows(","))) == (1, ["a", "b"])


@given(
    st.lists(
        st.lists(st.text(alphabet=st.sampled_from('ab;," \n'), max_size=5), min_size=2, max_size=4),
        min_size=1,
    )
)
def test_rows_are_what_was_written_and_start_where_they_were_written(arrive: Arrive, table: list[list[str]]) -> None:
    written, starts = io.StringIO(), []
    writer = csv.writer(written, delimiter=";", lineterminator="\n")
    for cells in table:
        starts.append(written.getvalue().count("\n") + 1)
        writer.writerow(cells)
    assert list(arrive(written.getvalue()).rows()) == list(zip(starts, table, strict=True))


def test_a_cell_of_many_megabytes_is_refused_with_its_line(arrive: Arrive) -> None:
    file = arrive("a;b\n1;2\n3;" + "x" * (csv.field_size_limit() + 1))
    with pytest.raises(Rejected, match="rows of delimited text") as refusal:
        list(file.rows())
    assert refusal.value.where == "line 3"


def test_a_workbook_opens(arrive: Arrive) -> None:
    file = arrive(WORKBOOK, "report.xlsx")
    assert file.workbook.sheet_names == ["Tabelle 2.3"]
    assert file.workbook is file.workbook


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_workbook_that_was_cut_off_is_refused(arrive: Arrive, share: float) -> None:
    with pytest.raises(Rejected, match=r"expected a complete zip or XLSX file.*download it again"):
        _ = arrive(WORKBOOK[: int(len(WORKBOOK) * share)]).workbook


@pytest.mark.parametrize("content", [b"", b"a;b", b"PK\x03\x04", b"<html>"])
def test_what_is_no_workbook_is_refused(arrive: Arrive, content: bytes) -> None:
    with pytest.raises(Rejected, match="expected a complete zip or XLSX file"):
        _ = arrive(content).workbook


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_at(arrive: Arrive, content: bytes) -> None:
    file = arrive(content)
    assert file.kind in ("empty", "zip", "ole", "html", "binary", "text")
    assert isinstance(file.head_lines, list)
    for look in (lambda: file.text, lambda: list(file.rows()), lambda: file.workbook):
        with contextlib.suppress(Rejected):
            look()


def test_a_refusal_says_where_what_was_expected_what_was_found_and_what_to_do() -> None:
    refusal = Rejected(expected="a number", found=" “x\ny” ", where="line 2", hint="Download it again.")
    assert refusal.message == str(refusal) == "at line 2: expected a number; found “x y”. Download it again."
    assert Rejected(expected="a", found="b").message == "expected a; found b."


@given(st.text())
def test_a_message_stays_one_short_line(text: str) -> None:
    short = shorten(text)
    assert len(short) <= 200
    assert "\n" not in short
