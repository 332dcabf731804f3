"""The Regionalreport, on small workbooks in its layout with made-up numbers."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.sectors import BA_REGIONALREPORT, sectors
from schemas.observation import KEY, STATUSES_WITH_VALUE, Observation
from sources.arrived_file import ArrivedFile
from sources.ba_regionalreport import PRODUCT
from sources.rejected import Rejected

Sheets = dict[str, list[list[Any]]]

LEVELS = "sozialversicherungspflichtig Beschäftigte am Stichtag Ende ... "
CHANGE = "Veränderung gegenüber\ndem Vorjahresstichtag (Spalte 1 zu Spalte 5)"
STOCK = "sozialversicherungspflichtig Beschäftigte\n(Stichtag)"
MARGINAL = "geringfügig entlohnte Beschäftigte \n(Stichtag)"
FLOW = "Beschäftigungs-\nverhältnisse\n(Quartal)"
MONTHS = ["Mrz. 22", "Dez. 21", "Sep. 21", "Jun. 21", "Mrz. 21"]
STICHTAGE = [
    dt.date(2022, 3, 31),
    dt.date(2021, 12, 31),
    dt.date(2021, 9, 30),
    dt.date(2021, 6, 30),
    dt.date(2021, 3, 31),
]
CODES: list[Any] = [
    "Insgesamt", "A", "B,D,E", "C", "dav. 10-15,\n18, 21, 31", "24-30,\n32, 33", "16, 17, 19, \n20, 22, 23",
    "F", "G", "H", "I", "J", "K", "L,M", "N (ohne ANÜ)", 782.783, "O, U", "P", 86, 87.88, "R,S,T", "",
]  # fmt: skip
COPYRIGHT = "© Statistik der Bundesagentur für Arbeit"


def values(seed: int) -> list[Any]:
    """Share, five levels, change, change in % of a row."""
    return [12.5, *(1000 * seed + n for n in range(5)), 4, 0.4]


def level_table(title: list[str], label: str, rows: list[list[Any]]) -> list[list[Any]]:
    return [
        [], [], *([line] for line in title), [],
        [label, "", "Anteile\nin % 1)", LEVELS, "", "", "", "", CHANGE, ""],
        ["", "", "", *MONTHS, "", ""],
        ["", "", "", "", "", "", "", "", "absolut", "in %"],
        ["", "", "", 1, 2, 3, 4, 5, 6, 7],
        *rows,
        ["", "", "", "", "", "", "", "", "", COPYRIGHT],
        ["1) Anteil an der jeweiligen Gesamtsumme"],
    ]  # fmt: skip


def report() -> Sheets:
    """A complete report of Essen for 31.03.2022: cells by row, from A1 on."""
    by_sector = [[code, f"Label {n}", *values(n)] for n, code in enumerate(CODES, start=1)]
    by_sector[-1][1] = "ohne Angabe"
    by_sector += [
        ["davon nach Sektoren:"],
        [*by_sector[1]],
        ["B - F", "", *values(40)],
        ["G - U", "", *values(41)],
    ]
    blocks = ["Essen, Stadt (05113)", "Bundesland Nordrhein-Westfalen", "Westdeutschland", "Deutschland",
              "Essen, Stadt (05113) am Wohnort"]  # fmt: skip
    by_region = [
        row
        for n, block in enumerate(blocks, start=50)
        for row in ([block], ["Insgesamt", "", *values(n)], ["dav.", "Männer", *values(n)])
    ]
    quarters = ["2021 Mrz. / 1 . Quartal ", "         Jun. / 2 . Quartal ", "         Sep. / 3 . Quartal ",
                "         Dez. / 4 . Quartal ", "2022 Mrz. / 1 . Quartal "]  # fmt: skip
    return {
        "Impressum": [
            ["Titel:", "", "Regionalreport über Beschäftigte (Quartalszahlen)"],
            ["Region:", "", "Essen, Stadt (05113)"],
            ["Stichtag:", "", "31. März 2022"],
            ["Erstellungsdatum:", "", "12. Oktober 2022"],
        ],
        "Tabelle 2.1": level_table(
            ["2.1 Beschäftigte nach Regionen", "ausgewählte Regionen"], "Regionen / Merkmale ", by_region
        ),
        "Tabelle 2.3": level_table(
            ["2.3 nach der Klassifikation der Wirtschaftszweige 2008 (WZ 2008)",
             "Essen, Stadt (05113); Gebietsstand des jeweiligen Stichtags"],
            "Wirtschaftsabschnitte / Wirtschaftsgruppen WZ 2008", by_sector,
        ),
        "Tabelle 6": [
            [],
            ["Essen, Stadt (05113); (Gebietsstand September 2022)"],
            [],
            ["Stichtag Ende ... /\nQuartal", STOCK, *[""] * 6, MARGINAL, "", "", FLOW, ""],
            ["", "Insgesamt", "Männer", "Frauen", "Vollzeit2)", "Teilzeit2)", "unter 25 Jahre",
             "50 bis unter 65 Jahre", "Insgesamt", "aus-\nschließlich ", "im Nebenjob", "begonnene ",
             "beendete"],
            ["", *range(1, 13)],
            *([label, *(100 * n + c for c in range(1, 13))] for n, label in enumerate(quarters, start=1)),
            ["", *[""] * 11, COPYRIGHT],
            ["2) Teilzeit: Niveaueffekt"],
        ],
    }  # fmt: skip


def workbook(sheets: Sheets) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        day = book.add_format({"num_format": "mmm yy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    write(sheet, number, column, cell, day)
    return content.getvalue()


def write(sheet: Any, row: int, column: int, cell: Any, day: Any) -> None:
    if isinstance(cell, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), day)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)


def arrived(folder: Path, sheets: Sheets) -> ArrivedFile:
    path = folder / "report.xlsx"
    path.write_bytes(workbook(sheets))
    return ArrivedFile(path)


def decoded(folder: Path, sheets: Sheets) -> list[Observation]:
    return [Observation._make(o) for o in PRODUCT.decode(arrived(folder, sheets)).observations]


def facts(observations: list[Observation]) -> set[tuple[object, ...]]:
    """What is said of what, without the place where it stands."""
    return {(*(getattr(o, name) for name in KEY), o.value, o.status) for o in observations}


def header_row(sheets: Sheets, name: str) -> int:
    return next(n for n, row in enumerate(sheets[name]) if row and "Stichtag Ende" in " ".join(map(str, row)))


def row_of(sheets: Sheets, name: str, label: Any) -> list[Any]:
    return next(row for row in sheets[name] if row and label in row[:2])


def test_decodes_three_tables(tmp_path: Path) -> None:
    file = arrived(tmp_path, report())
    assert PRODUCT.recognises(file)
    result = PRODUCT.decode(file)
    assert (result.source_id, result.period, result.published_on) == (
        "ba_regionalreport", "2022-03-31", dt.date(2022, 10, 12),
    )  # fmt: skip
    observations = [Observation._make(o) for o in result.observations]
    by_dataset = {name: [o for o in observations if o.dataset == name] for name in {o.dataset for o in observations}}
    assert {name: len(found) for name, found in by_dataset.items()} == {
        "ba_regionalreport_2.3": 24 * 5, "ba_regionalreport_2.1": 3 * 5, "ba_regionalreport_6": 5 * 12,
    }  # fmt: skip
    assert {o.sector_id for o in by_dataset["ba_regionalreport_2.3"]} == set(sectors(BA_REGIONALREPORT))
    assert {o.region_id for o in by_dataset["ba_regionalreport_2.1"]} == {"05113", "05", "DE"}
    assert observations[0] == Observation(
        "ba_regionalreport_2.3", "employees", "05113", "ba-rr", "TOTAL", "", dt.date(2022, 3, 31),
        1000, "Anzahl", "value", "WZ2008", "1000", "Tabelle 2.3!D10",
    )  # fmt: skip
    assert result.skipped == {"Tabelle 2.1, block not monitored or at the place of residence": 2}


def test_each_key_is_said_once_and_stands_at_its_locator(tmp_path: Path) -> None:
    observations = decoded(tmp_path, report())
    assert len({tuple(getattr(o, name) for name in KEY) for o in observations}) == len(observations)
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    for o in observations:
        sheet, _, cell = o.locator.partition("!")
        assert str(book[sheet][cell].value) == o.printed


def test_series_carries_the_year_and_its_dimensions(tmp_path: Path) -> None:
    series = [o for o in decoded(tmp_path, report()) if o.dataset == "ba_regionalreport_6"]
    assert sorted({o.reference_date for o in series}) == STICHTAGE[::-1]
    at_end = {(o.variable, o.dimensions): o.value for o in series if o.reference_date == dt.date(2022, 3, 31)}
    assert at_end == {
        ("employees", ""): 501, ("employees", "sex=male"): 502, ("employees", "sex=female"): 503,
        ("employees", "hours=full_time"): 504, ("employees", "hours=part_time"): 505,
        ("employees", "age=0-24"): 506, ("employees", "age=50-64"): 507,
        ("marginally_employed", ""): 508, ("marginally_employed", "form=only"): 509,
        ("marginally_employed", "form=secondary"): 510,
        ("employment_started", ""): 511, ("employment_ended", ""): 512,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value", "status", "printed"),
    [
        (0, 0, "zero", "0"),
        ("*", None, "suppressed", "*"),
        ("-", None, "not_available", "-"),
        ("x", None, "not_available", "x"),
        ("", None, "not_available", ""),
        ("1234", 1234, "value", "1234"),
    ],
)
def test_signs(tmp_path: Path, cell: Any, value: float | None, status: str, printed: str) -> None:
    sheets = report()
    row_of(sheets, "Tabelle 2.3", "F")[4] = cell
    found = next(o for o in decoded(tmp_path, sheets) if o.sector_id == "F" and o.reference_date == STICHTAGE[1])
    assert (found.value, found.status, found.printed) == (value, status, printed)
    assert (found.value is not None) == (found.status in STATUSES_WITH_VALUE)


# --- drift that does not change what the cells mean -----------------------------------------------


def lower_header(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3", "Tabelle 6"):
        sheets[name].insert(header_row(sheets, name), ["Stand: Oktober 2022"])


def spelled_out_months(sheets: Sheets) -> None:
    months = ["März 2022", "Dezember 2021", "September 2021", "Juni 2021", "März 2021"]
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        sheets[name][header_row(sheets, name) + 1][3:8] = months


def months_with_hyphen_and_note(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        months = ["Mrz-22 1)", "Dez-21", "Sep/2021", "Juni\n2021", "März 2021 2)"]
        sheets[name][header_row(sheets, name) + 1][3:8] = months


def date_cells(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        sheets[name][header_row(sheets, name) + 1][3:8] = [date.replace(day=1) for date in STICHTAGE]


def oldest_first(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        for row in sheets[name][header_row(sheets, name) + 1 :]:
            if len(row) > 8 and COPYRIGHT not in row:
                row[3:8] = row[3:8][::-1]


def extra_columns(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        start = header_row(sheets, name)
        for number, row in enumerate(sheets[name][start:]):
            if len(row) > 8 and COPYRIGHT not in row:
                row.insert(8, "Durchschnitt" if number == 0 else "" if number < 4 else 777)
                row.insert(2, "Rang" if number == 0 else "" if number < 4 else 888)
    for number, row in enumerate(sheets["Tabelle 6"][4:11]):
        row.insert(8, "65 Jahre und älter" if number == 0 else 999)
    sheets["Tabelle 6"][3].insert(8, "")


def filled_merged_cells(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        row = sheets[name][header_row(sheets, name)]
        row[3:10] = [LEVELS] * 5 + [CHANGE] * 2


def codes_as_text(sheets: Sheets) -> None:
    for code, text in ((782.783, "782,783"), (86, "86"), (87.88, "87.88"), ("A", "A "), ("C", "C ")):
        row_of(sheets, "Tabelle 2.3", code)[0] = text


def codes_in_other_print(sheets: Sheets) -> None:
    for code, text in (
        ("Insgesamt", "Insgesamt 1)"),
        ("dav. 10-15,\n18, 21, 31", "davon: 10–15, 18, 21, 31"),
        ("B - F", "B – F"),
        ("F", "F 2)"),
    ):
        row_of(sheets, "Tabelle 2.3", code)[0] = text


def capital_heads(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3"):
        sheets[name][header_row(sheets, name)][3] = LEVELS.capitalize()
    for row in sheets["Tabelle 6"][3:5]:
        row[:] = [str(cell).capitalize() for cell in row]


def other_names_of_blocks(sheets: Sheets) -> None:
    row_of(sheets, "Tabelle 2.1", "Bundesland Nordrhein-Westfalen")[0] = "Land Nordrhein-\nWestfalen (05)"
    row_of(sheets, "Tabelle 2.1", "Deutschland")[0] = "Deutschland 2)"


def other_sheet_order(sheets: Sheets) -> None:
    for name in ("Tabelle 2.1", "Impressum"):
        sheets[name] = sheets.pop(name)


@pytest.mark.parametrize(
    "drift",
    [
        lower_header,
        spelled_out_months,
        months_with_hyphen_and_note,
        date_cells,
        oldest_first,
        extra_columns,
        filled_merged_cells,
        codes_as_text,
        codes_in_other_print,
        capital_heads,
        other_names_of_blocks,
        other_sheet_order,
    ],
)
def test_harmless_drift_says_the_same(tmp_path: Path, drift: Any) -> None:
    sheets = report()
    drift(sheets)
    assert facts(decoded(tmp_path, sheets)) == facts(decoded(tmp_path, report()))


def test_sheets_may_be_spelt_otherwise_and_locators_follow(tmp_path: Path) -> None:
    sheets = report()
    for name, other in (("Impressum", "IMPRESSUM "), ("Tabelle 2.3", "Tabelle_2.3"), ("Tabelle 6", "tabelle  6")):
        sheets[other] = sheets.pop(name)
    assert PRODUCT.recognises(arrived(tmp_path, sheets))
    found = decoded(tmp_path, sheets)
    assert facts(found) == facts(decoded(tmp_path, report()))
    assert {cell.locator.partition("!")[0] for cell in found} == {"Tabelle 2.1", "Tabelle_2.3", "tabelle  6"}


def test_layout_is_the_same_for_each_period_and_other_for_another_header(tmp_path: Path) -> None:
    def layout(*changes: Any) -> tuple[str, ...]:
        sheets = report()
        for change in changes:
            change(sheets)
        return PRODUCT.decode(arrived(tmp_path, sheets)).layout

    assert layout() == layout(spelled_out_months) == layout(date_cells) == layout(lower_header)
    assert layout() != layout(extra_columns)
    assert "sozialversicherungspflichtig Beschäftigte am Stichtag Ende ..." in layout()


# --- what must not get in -------------------------------------------------------------------------


def put(sheet: str, row: int, column: int, cell: Any) -> Any:
    def change(sheets: Sheets) -> None:
        sheets[sheet][row][column] = cell

    return change


def drop_row(sheet: str, label: Any) -> Any:
    def change(sheets: Sheets) -> None:
        sheets[sheet].remove(row_of(sheets, sheet, label))

    return change


def drop_column(sheet: str, column: int) -> Any:
    def change(sheets: Sheets) -> None:
        for row in sheets[sheet][header_row(sheets, sheet) :]:
            del row[column : column + 1]

    return change


def drop_sheet(sheets: Sheets) -> None:
    del sheets["Tabelle 6"]


def repeat_row(sheets: Sheets) -> None:
    sheets["Tabelle 2.3"].insert(14, list(sheets["Tabelle 2.3"][13]))


def other_second_a(sheets: Sheets) -> None:
    [row for row in sheets["Tabelle 2.3"] if row and row[0] == "A"][1][3] += 1


FAULTS = {
    "missing sheet": (drop_sheet, "a sheet “Tabelle 6”"),
    "missing sector row": (drop_row("Tabelle 2.3", "F"), "none for F"),
    "sector twice": (repeat_row, "a second row for"),
    "second A differs": (other_second_a, "Tabelle 2.3!A33"),
    "unknown sector": (put("Tabelle 2.3", 12, 0, "B,D"), "at Tabelle 2.3!A13: expected a sector"),
    "other classification": (put("Tabelle 2.3", 2, 0, "Wirtschaftszweige (WZ 2025)"), "WZ 2025"),
    "other region": (put("Tabelle 2.3", 3, 0, "Bochum, Stadt (05911)"), "05911"),
    "other region of the series": (put("Tabelle 6", 1, 0, "Bochum, Stadt (05911)"), "05911"),
    "region not monitored": (put("Impressum", 1, 2, "München, Stadt (09162)"), "München, Stadt (09162)"),
    "agency not monitored": (put("Impressum", 1, 2, "Agentur Essen (343)"), "Agentur Essen (343)"),
    "region without code": (put("Impressum", 1, 2, "Essen, Stadt"), "at Impressum!C2: expected a region"),
    "unreadable Stichtag": (put("Impressum", 2, 2, "Frühjahr"), "at Impressum!C3: expected a day"),
    "Stichtag after that of the imprint": (put("Tabelle 2.1", 6, 5, "Sep. 22"), "and none of a later day"),
    "Stichtag without column": (put("Impressum", 2, 2, "30. Juni 2022"), "2022-06-30"),
    "fraction": (put("Tabelle 2.3", 11, 3, 12.5), "at Tabelle 2.3!D12: expected a whole number"),
    "negative": (put("Tabelle 2.3", 11, 4, -1), "at Tabelle 2.3!E12: expected a whole number"),
    "thousands point": (put("Tabelle 2.3", 11, 4, "1.234"), "at Tabelle 2.3!E12: expected a number"),
    "words": (put("Tabelle 6", 7, 3, "viele " * 9000), "at Tabelle 6!D8: expected a number"),
    "truth value": (put("Tabelle 6", 7, 3, True), "at Tabelle 6!D8"),
    "unreadable month": (put("Tabelle 2.3", 6, 4, "Wert"), "at Tabelle 2.3!E7: expected a Stichtag"),
    "month twice": (put("Tabelle 2.3", 6, 4, "Mrz. 22"), "each Stichtag in one column"),
    "renamed header": (put("Tabelle 2.3", 5, 3, "SvB am Quartalsende"), "Tabelle 2.3, row 6"),
    "missing changes": (put("Tabelle 2.1", 5, 8, ""), "Veränderung"),
    "missing column of the series": (drop_column("Tabelle 6", 11), "begonnene"),
    "renamed column of the series": (put("Tabelle 6", 4, 2, "männlich"), "Männer"),
    "block missing": (put("Tabelle 2.1", 12, 0, "Bundesland Hessen"), "none of 05 among Essen"),
    "quarter without year": (put("Tabelle 6", 10, 0, "Mrz. / 1 . Quartal"), "at Tabelle 6!A11: expected"),
    "quarter without label": (put("Tabelle 6", 8, 0, ""), "at Tabelle 6!A9"),
    "month of another quarter": (put("Tabelle 6", 7, 0, "Jun. / 3 . Quartal"), "at Tabelle 6!A8"),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_rejected_with_their_place(tmp_path: Path, fault: Any, message: str) -> None:
    sheets = report()
    fault(sheets)
    with pytest.raises(Rejected) as caught:
        PRODUCT.decode(arrived(tmp_path, sheets))
    assert message in caught.value.message
    assert len(caught.value.found) <= 200


def test_rounded_figures_are_refused(tmp_path: Path) -> None:
    """All end in 0: exact ones do not."""
    sheets = report()
    for row in sheets["Tabelle 2.3"][9:]:
        row[3:8] = [round(cell, -1) if isinstance(cell, int) else cell for cell in row[3:8]]
    with pytest.raises(Rejected, match=r"Tabelle 2\.3!D10: expected exact figures; found \d+ figures that all"):
        PRODUCT.decode(arrived(tmp_path, sheets))


def test_header_at_the_end_of_a_sheet_is_rejected(tmp_path: Path) -> None:
    for name in ("Tabelle 2.1", "Tabelle 2.3", "Tabelle 6"):
        sheets = report()
        del sheets[name][header_row(sheets, name) + 1 :]
        with pytest.raises(Rejected):
            PRODUCT.decode(arrived(tmp_path, sheets))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"a;b\n1;2\n", id="csv"),
        pytest.param(b"<!DOCTYPE html><title>Regionalreport</title>", id="html"),
        pytest.param(b"PK\x03\x04" + bytes(200), id="zip of nothing"),
        pytest.param(b"\xd0\xcf\x11\xe0" + bytes(600), id="locked"),
        pytest.param(workbook(report())[:-900], id="cut off"),
        pytest.param(workbook({"Impressum": []}), id="empty imprint"),
        pytest.param(workbook({"Impressum": [["Titel:", "", "Arbeitsmarktreport"]]}), id="other title"),
        pytest.param(workbook({"Titel": [["Regionalreport"]]}), id="no imprint"),
    ],
)
def test_other_files_are_not_recognised(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "05113.xlsx"
    path.write_bytes(content)
    assert not PRODUCT.recognises(ArrivedFile(path))
    with pytest.raises(Rejected):
        PRODUCT.decode(ArrivedFile(path))


LURES = ["Insgesamt", "Mrz. 22", "A", "©", "2022 Mrz. / 1. Quartal", LEVELS, CHANGE, "Essen (05113)", "*", ""]
cells = st.one_of(
    st.text(max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1)),
    st.sampled_from(LURES),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheet=st.sampled_from(sorted(report())), row=st.integers(0, 40), column=st.integers(0, 13), cell=cells)
def test_any_cell_anywhere_is_read_or_rejected(tmp_path: Path, sheet: str, row: int, column: int, cell: Any) -> None:
    sheets = report()
    rows = sheets[sheet]
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    rows[row][column] = cell
    file = arrived(tmp_path, sheets)
    PRODUCT.recognises(file)
    try:
        observations = [Observation._make(o) for o in PRODUCT.decode(file).observations]
    except Rejected:
        return
    assert {o.region_id for o in observations} == {"05113", "05", "DE"}
    assert all((o.value is None) == (o.status not in STATUSES_WITH_VALUE) for o in observations)
