"""All products the monitor can read, in the order in which a file is tried against them."""

from __future__ import annotations

import codecs
from functools import cache

from schemas.sum_rules import EditionRule, SumRule
from sources.arrived_file import ArrivedFile
from sources.product import Product
from sources.rejected import Rejected

_KIND_SAYS = {
    "empty": ("a file with content", "an empty file", "Download it again."),
    "html": (
        "a data file",
        "an HTML page, as servers send it in place of a file when they fail",
        "Open it in a browser to read what the server said, then download the file again.",
    ),
    "ole": (
        "an XLSX workbook (a zip)",
        "an old XLS workbook or a password-protected XLSX",
        "Save it as XLSX without a password.",
    ),
}


#: A member of the zip → the workbook that has it.
_OTHER_WORKBOOKS = {
    "xl/workbook.bin": "a binary Excel workbook (XLSB)",
    "content.xml": "an OpenDocument file (ODS)",
}


@cache
def products() -> tuple[Product, ...]:
    """Imported on first use: a decoder costs time only where files are decoded."""
    from sources import (
        ba_annual_rates,
        ba_monthly_unemployment,
        ba_regionalreport,
        ba_sonderauswertung,
        ba_statistik_api,
        bkg_boundaries,
        bnetza_breitband_workbook,
        bnetza_breitbandatlas,
        bnetza_mobilfunk,
        bnetza_mobilfunk_workbook,
        destatis_wz_bridge,
    )
    from sources.genesis import product as genesis

    return (
        ba_regionalreport.PRODUCT,
        ba_monthly_unemployment.PRODUCT,
        ba_annual_rates.PRODUCT,
        *genesis.PRODUCTS,
        ba_statistik_api.PRODUCT,
        bnetza_breitbandatlas.PRODUCT,
        bnetza_mobilfunk.PRODUCT,
        bnetza_breitband_workbook.PRODUCT,
        bnetza_mobilfunk_workbook.PRODUCT,
        ba_sonderauswertung.PRODUCT,
        bkg_boundaries.PRODUCT,
        destatis_wz_bridge.PRODUCT,
    )


def recognise(file: ArrivedFile) -> Product:
    """The product a file belongs to, by its content; raises Rejected where it is none."""
    if file.kind in _KIND_SAYS:
        expected, found, hint = _KIND_SAYS[file.kind]
        raise Rejected(expected=expected, found=found, hint=hint)
    if file.kind == "zip":
        _refuse_other_workbook(file.package.names)  # opening the package checks every member
    if file.content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Rejected(
            expected="text in UTF-8 or Windows-1252", found="text in UTF-16", hint="Save it as CSV in UTF-8."
        )
    for product in products():
        if product.recognises(file):
            return product
    _refuse_answer(file)
    raise Rejected(
        expected="one of: " + "; ".join(product.looks_like for product in products()),
        found=_first_words(file),
        hint="If the publisher changed the layout, declare it (docs/new-source.md); the file stays archived.",
    )


def _refuse_answer(file: ArrivedFile) -> None:
    """Raises Rejected for what a GENESIS service answers in place of a table, with HTTP 200."""
    if file.kind != "text" or not file.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return
    from sources.genesis.answer import quoted, status_saved

    if status := status_saved(file.text):
        raise Rejected(
            expected="a table",
            found=f"the answer {quoted(status)} of a GENESIS service",
            hint="Download the table itself: too large (98) as a job or with fewer years, with the right login (2, 15)."
            " An answer with code 0 holds it as the text of Object.Content.",
        )


def _refuse_other_workbook(members: list[str]) -> None:
    found = next((kind for member, kind in _OTHER_WORKBOOKS.items() if member in members), None)
    if found:
        raise Rejected(
            expected="an XLSX workbook", found=found, hint="Open it in a spreadsheet program and save it as XLSX."
        )


def sum_rules() -> list[SumRule]:
    """Which variables of which table must add up from the Kreise to the Land."""
    from sources.ba_monthly_unemployment import SUM_RULE
    from sources.genesis.table import tables

    return [
        SUM_RULE,
        *(
            SumRule(table.code, variable.name, variable.kreise_sum_to_land)
            for table in tables().values()
            for variable in table.variables
            if variable.kreise_sum_to_land is not None
        ),
    ]


def edition_rules() -> list[EditionRule]:
    """Products that come as one file per Kreis and print the Land in each."""
    return [EditionRule("ba_regionalreport_2.3", "ba_regionalreport_2.1", "employees")]


def _first_words(file: ArrivedFile) -> str:
    if file.kind == "zip":
        return _inside_zip(file)
    if file.kind == "binary":
        return f"binary data beginning with {file.content[:8].hex(' ')}"
    return f"text beginning with “{file.content[:120].decode('utf-8', errors='replace')}”"


def _inside_zip(file: ArrivedFile) -> str:
    names = file.package.names
    if "xl/workbook.xml" in names:
        return f"an XLSX workbook with the sheets {', '.join(file.workbook.sheet_names[:6])}"
    return f"a zip archive with {len(names)} files ({', '.join(names[:3])} …)"
