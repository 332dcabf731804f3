"""Recognition by content: what no product knows, or what is damaged, is refused in words that help."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import package
from sources.catalogue import edition_rules, products, recognise, sum_rules
from sources.rejected import Rejected
from tests.conftest import Arrive


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook(*sheets: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for sheet in sheets:
            book.add_worksheet(sheet).write("A1", "Umsatz")
    return buffer.getvalue()


UNKNOWN: dict[str, tuple[bytes | str, str]] = {
    "empty": (b"", r"expected a file with content; found an empty file\. Download it again"),
    "blank": (b"\r\n \r\n", "found an empty file"),
    "an error page called .csv": ("<!DOCTYPE html><p>500", "found an HTML page.*Open it in a browser"),
    "an error page as XHTML": (
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">\n<html/>',
        "found an HTML page",
    ),
    "an error page behind a comment": ("<!-- proxy\n2 -->\n<html><p>Wartung", "found an HTML page"),
    "an answer of GENESIS": (
        '{"Ident":{},"Status":{"Code":98,"Content":"Die Tabelle ist zu gross …","Type":"Fehler"},"Object":null}',
        r"expected a table; found the answer “Die Tabelle ist zu gross …” \(code 98\)",
    ),
    "an answer to a wrong login": (
        '\ufeff{"Code":15,"Content":"nicht berechtigt","Type":"ERROR"}',
        r"found the answer “nicht berechtigt” \(code 15\)",
    ),
    "an answer that holds the table": (
        '{"Status":{"Code":0,"Content":"erfolgreich"},"Object":{"Content":"Tabelle: 12411-01-01-4\\n"}}',
        r"\(code 0\).*Object\.Content",
    ),
    "JSON of somebody else": ('{"Status": "ok", "List": [1]}', "expected one of: .*text beginning with"),
    "cut JSON": ('{"Status":{"Code":98,', "expected one of: .*text beginning with"),
    "an old or locked workbook": (
        b"\xd0\xcf\x11\xe0" + bytes(600),
        "password-protected XLSX.*without a password",
    ),
    "another workbook": (
        workbook("Umsatz", "Kosten"),
        r"expected one of: .*an XLSX workbook with the sheets Umsatz, Kosten",
    ),
    "a zip": (zipped({"a.csv": b"1", "b.csv": b"2"}), r"a zip archive with 2 files \(a\.csv, b\.csv"),
    "an empty zip": (zipped({}), "expected"),
    "another table": (
        "Datum;Umsatz\n2020;5\n",
        "expected one of: .*text beginning with “Datum;Umsatz 2020;5",
    ),
    "in Windows-1252": ("Größe;1\n".encode("cp1252"), "text beginning with"),
    "a PDF": (b"%PDF-1.7\n\x00\x01", r"binary data beginning with 25 50 44 46"),
    "UTF-16": ("a;b\n".encode("utf-16"), "found text in UTF-16. Save it as CSV in UTF-8"),
    "XLSB": (zipped({"xl/workbook.bin": b"1"}), r"found a binary Excel workbook \(XLSB\).*save it as XLSX"),
    "ODS": (zipped({"mimetype": b"1", "content.xml": b"<a/>"}), r"found an OpenDocument file \(ODS\).*save it as XLSX"),
    "a cut zip": (workbook("Umsatz")[:3000], "expected a complete zip or XLSX file; found a damaged one"),
    "a name without a workbook": (zipped({"xl/workbook.xml": b"<not a workbook>"}), "expected"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_no_product_is_refused_with_expectation_and_finding(arrive: Arrive, case: str) -> None:
    content, message = UNKNOWN[case]
    for name in ("file.csv", "05111.xlsx"):
        with pytest.raises(Rejected, match=message):
            recognise(arrive(content, name))


def test_a_zip_with_one_changed_byte_is_refused(arrive: Arrive) -> None:
    """The directory at the end is whole; only the checksum of the member tells."""
    content = bytearray(zipped({"data.csv": bytes(range(256)) * 40}))
    content[60] ^= 0xFF
    with pytest.raises(Rejected, match="expected a complete zip or XLSX file"):
        recognise(arrive(bytes(content)))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(arrive: Arrive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(Rejected, match="at most 1 MB when unpacked; found 2 MB"):
        recognise(arrive(zipped({"a.csv": bytes(2_000_000)})))


@pytest.mark.parametrize("cut", range(0, 5000, 230))
def test_a_workbook_cut_off_anywhere_is_refused(arrive: Arrive, cut: int) -> None:
    with pytest.raises(Rejected):
        recognise(arrive(workbook("Tabelle 2.3")[:cut], "05111.xlsx"))


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400), st.binary(max_size=200).map(b"PK\x03\x04".__add__)))
def test_any_bytes_are_a_product_or_refused(arrive: Arrive, content: bytes | str) -> None:
    file = arrive(content)
    with contextlib.suppress(Rejected):
        decoded = recognise(file).decode(file)
        assert decoded.source_id


def test_products_are_told_apart() -> None:
    ids = [product.product_id for product in products()]
    assert len(ids) == len(set(ids))
    assert all(product.looks_like.strip() for product in products())


def test_what_must_add_up_is_declared_with_its_source() -> None:
    rules = {(rule.dataset, rule.variable): rule for rule in sum_rules()}
    assert len(rules) == len(sum_rules())
    assert all(rule.tolerance >= 0 for rule in rules.values())
    assert ("13111-07-05-4", "employees") in rules
    assert [(rule.kreis_dataset, rule.land_dataset) for rule in edition_rules()] == [
        ("ba_regionalreport_2.3", "ba_regionalreport_2.1")
    ]
