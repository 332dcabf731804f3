"""A new edition with one renamed column: in quarantine, then accepted by editing one declaration."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import xlsxwriter

from tests.flows.checkout import Checkout
from tests.sources.genesis.files import AREAS, datencsv, new_ffcsv, new_population_rows

pytestmark = pytest.mark.slow

GENESIS, EVALUATION = "sources/genesis/tables.yaml", "sources/ba_sonderauswertung.yaml"


def business_notices() -> str:
    """52311-01-04-4 with its first variable under a new name."""
    header = [["", "", "", "Angemeldete Gewerbe", "Gewerbeabmeldungen"], ["", "", "", "Anzahl", "Anzahl"]]
    rows = [["2024", code, label, str(900 + n), str(700 + n)] for n, (code, label) in enumerate(AREAS)]
    return datencsv(header, rows, code="52311-01-04-4", titles=("Gewerbeanzeigenstatistik",))


def evaluation() -> bytes:
    """The special evaluation as a workbook, its column of figures under a new name."""
    rows = [
        ["Sonderauswertung der Beschäftigungsstatistik, Wirtschaftsabteilungen (WZ 2008)"],
        [],
        ["Region", "Stichtag", "Wirtschaftsabteilung", "Beschäftigungsverhältnisse (SvB)"],
        ["05113 Essen, Stadt", "30.06.2024", "Insgesamt", 262713],
        ["05113 Essen, Stadt", "30.06.2024", "28 Maschinenbau", 3120],
    ]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Tabelle 1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def test_a_renamed_column_is_accepted_by_one_declaration(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    flat = new_ffcsv(new_population_rows()).replace("BEVSTD", "BEV001")
    files = {
        "notices.csv": business_notices().encode("cp1252"),
        "flat_12411-01-01-4.csv": flat.encode(),
        "order.xlsx": evaluation(),
    }
    for name, content in files.items():
        (checkout.inbox / name).write_bytes(content)

    before = checkout.refresh()
    assert before.code == 1  # there is nothing to publish
    said = {line.split(":")[0].strip("- "): line for line in before.out.splitlines() if line.startswith("- ")}
    assert said.keys() == files.keys()
    assert re.search(r"line 3, column 4: .*nearest: “Gewerbeanmeldungen”.*“Angemeldete Gewerbe”", said["notices.csv"])
    assert re.search(rf"Tabelle 1!A3: .*Beschäftigungsverhältnisse \(SvB\).*{EVALUATION}", said["order.xlsx"])
    for name in ("notices.csv", "flat_12411-01-01-4.csv"):
        assert GENESIS in said[name]

    checkout.replace(GENESIS, "headers: [Gewerbeanmeldungen]", "headers: [Gewerbeanmeldungen, Angemeldete Gewerbe]")
    checkout.replace(GENESIS, "codes: [BEVSTD]", "codes: [BEVSTD, BEV001]")
    checkout.replace(EVALUATION, "    - SvB\n", "    - SvB\n    - Beschäftigungsverhältnisse (SvB)\n")

    after = checkout.run("refresh")  # nothing is supplied twice
    assert after.code == 0, after.out
    sql = (
        "SELECT dataset, variable, sum(value)::INT AS total FROM history.observation "
        "WHERE region_id = '05113' AND dimensions = '' GROUP BY ALL ORDER BY ALL"
    )
    essen = [code for code, _ in AREAS].index("05113")
    assert checkout.run("query", sql, "--format", "csv").out.splitlines()[1:] == [
        f"12411-01-01-4,population,{1000 + 3 * essen}",
        f"52311-01-04-4,business_deregistrations,{700 + essen}",
        f"52311-01-04-4,business_registrations,{900 + essen}",
        f"ba_sonderauswertung_wz08-2,employees,{262713 + 3120}",
    ]
