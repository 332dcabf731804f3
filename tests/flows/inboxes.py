"""Small inboxes: Breitbandatlas tables of a few kilobytes, and everything that may arrive in their place."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import xlsxwriter

from reference.regions import nrw_kreise

GOOD = "landkreis_privat_2020_2.csv"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def broadband(percent: float) -> bytes:
    """A table of household coverage with the same figure for each Kreis; the file name gives the period."""
    return ("ags;verf_300_1000\n" + "".join(f"{key};{percent}\n" for key in nrw_kreise())).encode()


def file_name(number: int) -> str:
    """A name with a period of its own: 0 is 2000_1, 1 is 2000_2, 2 is 2001_1."""
    return f"landkreis_privat_{2000 + number // 2}_{number % 2 + 1}.csv"


def fill(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files (path below the folder → content) and return the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def manifest(rows: Iterable[Mapping[str, str]]) -> dict[str, bytes]:
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return {"MANIFEST.csv": text.getvalue().encode()}


def synthetic(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that says they are made up."""
    return {**files, **manifest({"path": name, "is_synthetic": "true"} for name in files)}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def workbook() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Kaffeekasse")
        for number in range(300):
            sheet.write(number, 0, f"Eintrag {number * number}")
    return content.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in files.items():
            archive.writestr(name, inner)
    return content.getvalue()


def broken_workbook() -> bytes:
    """A sound zip with the parts of a workbook, one of them cut off."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped(files | {"xl/workbook.xml": files["xl/workbook.xml"][:80]})


#: What arrives in place of a table: name → (content, what the message says was found).
DAMAGED: dict[str, tuple[bytes, str]] = {
    "notes.txt": (b"Bitte bis Freitag\n", "text beginning with “Bitte bis Freitag"),
    "nothing.csv": (b"", "an empty file"),
    "blank_lines.csv": (b" \r\n\r\n", "an empty file"),
    "half.xlsx": (workbook()[: len(workbook()) // 2], "a damaged one"),
    "half.zip": (zipped({"a.csv": broadband(1), "b.csv": b"x"})[:200], "a damaged one"),
    "broken_inside.xlsx": (broken_workbook(), "Cannot detect file format"),
    "other.xlsx": (workbook(), "an XLSX workbook with the sheets Kaffeekasse"),
    "locked.xlsx": (OLE + bytes(1016), "a password-protected XLSX"),
    "old.xls": (OLE + b"W" * 1016, "an old XLS workbook"),
    "error_page.xlsx": (b"\r\n<!DOCTYPE html>\n<title>503</title>", "an HTML page"),
    "package.csv": (zipped({"mimetype": b"application/x-other"}), "a zip archive with 1 files (mimetype"),
    "binary.dat": (bytes(range(256)), "binary data beginning with 00 01 02 03"),
    "landkreis_privat_2019_1.csv": (broadband(3).replace(b"3", b"\x003", 1), "binary data"),
    "landkreis_privat_2019_2.csv": (broadband(4) + b"caf\x81;1\n", "byte 0x81, which is in neither"),
    "landkreis_privat_2018_1.csv": (
        broadband(5).decode().encode("utf-16"),
        "text in UTF-16",
    ),
    "landkreis_privat_2018_2.csv": (broadband(6)[:-4] + b"9999\n", "9999"),
    "landkreis_privat_2017_1.csv": (broadband(7)[: -20 * len("05111;7\n")], "no row for"),
}
