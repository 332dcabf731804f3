"""The ordered special evaluation, in the two layouts that are declared, with made-up numbers."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.sectors import DIVISIONS, sectors
from schemas.observation import STATUSES_WITH_VALUE, Observation
from sources.arrived_file import ArrivedFile
from sources.ba_sonderauswertung import PRODUCT, declared, decode
from sources.product import Decoded
from sources.rejected import Rejected

PREAMBLE = [
    ["Sonderauswertung der Beschäftigungsstatistik"],
    ["Sozialversicherungspflichtig Beschäftigte nach Wirtschaftsabteilungen (WZ 2008)"],
    ["Stichtage: 30.06.2023 bis 30.06.2024"],
    ["Erstellungsdatum: 15. Januar 2025"],
    [],
]
FOOTER = [["© Statistik der Bundesagentur für Arbeit"], ["-: nichts vorhanden"], ["Anmerkung: 28 ohne 28.9"]]
HEAD = ["Region", "Stichtag", "Wirtschaftsabteilung", "SvB"]
ROWS: list[list[Any]] = [
    ["05113 Essen, Stadt", "30.06.2024", "Insgesamt", "262713"],
    ["05113 Essen, Stadt", "30.06.2024", "28 Maschinenbau", "3120"],
    ["05113 Essen, Stadt", "30.06.2024", "12 Tabakverarbeitung", "-"],
    ["05113 Essen, Stadt", "30.06.2024", "19 Kokerei und Mineralölverarbeitung", "*"],
    ["09162 München, Stadt", "30.06.2024", "28 Maschinenbau", "14000"],
    ["05 Nordrhein-Westfalen", "30.06.2024", "28 Maschinenbau", "198000"],
]
WIDE_HEAD = ["Region", "Wirtschaftsabteilung", "30.06.2023", "Stichtag: 30. Juni 2024"]
WIDE_ROWS: list[list[Any]] = [["05113 Essen, Stadt", "28 Maschinenbau", "3098", "3120"]]

Rows = list[list[Any]]
JUNE_2023, JUNE_2024 = dt.date(2023, 6, 30), dt.date(2024, 6, 30)


def csv_file(folder: Path, rows: Rows, encoding: str = "cp1252") -> ArrivedFile:
    path = folder / "evaluation.csv"
    path.write_bytes("\r\n".join(";".join(map(str, row)) for row in rows).encode(encoding))
    return ArrivedFile(path)


def xlsx_file(folder: Path, sheets: dict[str, Rows]) -> ArrivedFile:
    path = folder / "evaluation.xlsx"
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "dd.mm.yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    path.write_bytes(content.getvalue())
    return ArrivedFile(path)


def long_rows(rows: Rows = ROWS, head: list[str] = HEAD, preamble: Rows = PREAMBLE) -> Rows:
    return [*preamble, head, *rows, *FOOTER]


def observations(result: Decoded) -> list[Observation]:
    return [Observation._make(o) for o in result.observations]


def one_row(folder: Path, **cells: Any) -> Decoded:
    row = {"region": "05113", "date": "30.06.2024", "sector": "28", "svb": "1"} | cells
    return PRODUCT.decode(csv_file(folder, long_rows([list(row.values())])))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_long_csv(tmp_path: Path, encoding: str) -> None:
    file = csv_file(tmp_path, long_rows(), encoding)
    assert PRODUCT.recognises(file)
    result = PRODUCT.decode(file)
    assert (result.source_id, result.period, result.published_on) == (
        "ba_sonderauswertung", "2024-06-30", dt.date(2025, 1, 15),
    )  # fmt: skip
    assert result.skipped == {"region not monitored": 1}
    assert [(o.region_id, o.sector_id, o.value, o.status, o.printed) for o in observations(result)] == [
        ("05113", "TOTAL", 262713, "value", "262713"),
        ("05113", "28", 3120, "value", "3120"),
        ("05113", "12", 0, "zero", "-"),
        ("05113", "19", None, "suppressed", "*"),
        ("05", "28", 198000, "value", "198000"),
    ]
    assert result.observations[1] == Observation(
        "ba_sonderauswertung_wz08-2", "employees", "05113", "wz08-2", "28", "", JUNE_2024,
        3120, "Anzahl", "value", "WZ2008", "3120", "line 8, column 4",
    )  # fmt: skip


def test_wide_by_date(tmp_path: Path) -> None:
    file = csv_file(tmp_path, [*PREAMBLE, WIDE_HEAD, *WIDE_ROWS, *FOOTER])
    assert PRODUCT.recognises(file)
    result = PRODUCT.decode(file)
    assert result.period == "2023-06-30/2024-06-30"
    assert [(o.reference_date, o.value, o.locator) for o in observations(result)] == [
        (JUNE_2023, 3098, "line 7, column 3"),
        (JUNE_2024, 3120, "line 7, column 4"),
    ]


def test_workbook_with_cover_notes_and_a_sheet_per_date(tmp_path: Path) -> None:
    def sheet(date: Any, employees: int) -> Rows:
        return long_rows([[5113, date, 1, employees], [5, date, "C Verarbeitendes Gewerbe", employees]])

    file = xlsx_file(
        tmp_path,
        {
            "Deckblatt": [["Sonderauswertung"], ["Erstellungsdatum:", "", "15. Januar 2025"]],
            "Juni 2024": sheet(dt.date(2024, 6, 30), 77),
            "Juni 2023": sheet("Juni 2023", 66),
            "Hinweise": [["Die WZ 2025 folgt auf die WZ 2008."]],
        },
    )
    assert PRODUCT.recognises(file)
    found = observations(PRODUCT.decode(file))
    assert [(o.region_id, o.sector_id, o.reference_date, o.value) for o in found] == [
        ("05113", "01", JUNE_2024, 77), ("05", "C", JUNE_2024, 77),
        ("05113", "01", JUNE_2023, 66), ("05", "C", JUNE_2023, 66),
    ]  # fmt: skip
    book = openpyxl.load_workbook(tmp_path / "evaluation.xlsx")
    for o in found:
        name, _, cell = o.locator.partition("!")
        assert str(book[name][cell].value) == o.printed


def test_all_sectors_of_the_scheme_in_both_notations(tmp_path: Path) -> None:
    for notation in ("{0.sector_id}", "{0.sector_id} {0.label_de}"):
        names = {"TOTAL": "Insgesamt", "NA": "ohne Angabe"}
        cells = [names.get(s.sector_id) or notation.format(s) for s in sectors(DIVISIONS).values()]
        rows = [["05113", "30.06.2024", f'"{cell}"', "5"] for cell in cells]
        found = observations(PRODUCT.decode(csv_file(tmp_path, long_rows(rows))))
        assert [o.sector_id for o in found] == list(sectors(DIVISIONS))


@pytest.mark.parametrize(
    ("cell", "region_id"),
    [
        ("05113", "05113"),
        ("05113 Essen, Stadt", "05113"),
        ("Essen, Stadt (05113)", "05113"),
        ("5113", "05113"),
        ("05", "05"),
        ("05 Nordrhein-Westfalen", "05"),
        ("DG", "DE"),
        ("Deutschland", "DE"),
        ("DG Deutschland", "DE"),
        ("00 Deutschland", "DE"),
    ],
)
def test_region_cells(tmp_path: Path, cell: str, region_id: str) -> None:
    assert [o.region_id for o in observations(one_row(tmp_path, region=cell))] == [region_id]


@pytest.mark.parametrize(
    "cell", ["051", "051 Düsseldorf, Regierungsbezirk", "343 Agentur Essen", "06 Hessen", "06412", "Metropole Ruhr"]
)
def test_other_regions_are_counted(tmp_path: Path, cell: str) -> None:
    rows = [*ROWS[:1], [cell, "30.06.2024", "28", "1"]]
    result = PRODUCT.decode(csv_file(tmp_path, long_rows(rows)))
    assert len(result.observations) == 1
    assert result.skipped == {"region not monitored": 1}


@pytest.mark.parametrize("cell", ["30.06.2024", "30. Juni 2024", "2024-06-30", "Jun. 24", "Juni 2024", "202406"])
def test_date_cells(tmp_path: Path, cell: str) -> None:
    assert [o.reference_date for o in observations(one_row(tmp_path, date=cell))] == [JUNE_2024]


@pytest.mark.parametrize("cell", ["28 - Maschinenbau", "28 – Maschinenbau", "28: Maschinenbau", "28 Maschinenbau 1)"])
def test_sector_cells(tmp_path: Path, cell: str) -> None:
    assert [o.sector_id for o in observations(one_row(tmp_path, sector=cell))] == ["28"]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("SvB am Wohnort nach Wirtschaftsabteilungen (WZ 2008)", "am Wohnort"),
        ("SvB am Wohn- und am Arbeitsort, Wohnort gezählt (WZ 2008)", "Wohnort gezählt"),
        ("Geringfügig entlohnte Beschäftigte nach Wirtschaftsabteilungen (WZ 2008)", "Geringfügig"),
        ("SvB nach Wirtschaftsabteilungen (WZ 2008), Frauen", "Frauen"),
    ],
)
def test_other_employees_are_not_taken_for_those_at_the_workplace(tmp_path: Path, title: str, found: str) -> None:
    preamble = [PREAMBLE[0], [title], *PREAMBLE[2:]]
    with pytest.raises(Rejected) as caught:
        PRODUCT.decode(csv_file(tmp_path, long_rows(preamble=preamble)))
    assert "expected" in caught.value.message
    assert found in caught.value.found


def test_residents_may_have_a_column_of_their_own_and_a_cover_may_explain_them(tmp_path: Path) -> None:
    head = ["Region", "Stichtag", "Wirtschaftsabteilung", "SvB am Wohnort", "SvB am Arbeitsort"]
    rows = [["05113 Essen", "30.06.2024", "28", "1", "2"]]
    cover = [["Arbeitsort: Gemeinde des Betriebs. Wohnort: Gemeinde der Wohnung."]]
    file = xlsx_file(tmp_path, {"Hinweise": cover, "Daten": long_rows(rows, head)})
    assert [o.value for o in observations(PRODUCT.decode(file))] == [2]
    with pytest.raises(Rejected, match="place of work"):
        PRODUCT.decode(xlsx_file(tmp_path, {"Deckblatt": [["SvB am Wohnort"]], "Daten": long_rows(ROWS)}))


def test_a_head_that_is_not_declared_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = csv_file(tmp_path, long_rows(head=["Gebiet", "Stichtag", "Wirtschaftsabteilung", "SvB"]))
    assert PRODUCT.recognises(file)
    with pytest.raises(Rejected, match=r"found Gebiet \| Stichtag \|.*Declare its names in sources/ba_sonder"):
        PRODUCT.decode(file)


def test_a_sheet_saved_as_text_with_tabs_is_read(tmp_path: Path) -> None:
    file = csv_file(tmp_path, long_rows())
    file.path.write_bytes(file.path.read_bytes().replace(b";", b"\t"))
    tabbed = ArrivedFile(file.path)
    assert PRODUCT.recognises(tabbed)
    assert len(PRODUCT.decode(tabbed).observations) == 5


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"region": "Essen, Stadt"}, "at line 7, column 1: expected a region"),
        ({"region": ""}, "at line 7, column 1: expected a region"),
        ({"date": "2024"}, "at line 7, column 2: expected a reference date"),
        ({"date": "SvB am 30.06.2024"}, "at line 7, column 2: expected a reference date"),
        ({"sector": "B - F"}, "at line 7, column 3: expected a division"),
        ({"sector": "10 bis 12"}, "at line 7, column 3: expected a division"),
        ({"sector": "28.1 Herstellung"}, "at line 7, column 3: expected a division"),
        ({"sector": "281 Herstellung"}, "at line 7, column 3: expected a division"),
        ({"sector": "34 Unbekannt"}, "at line 7, column 3: expected a division"),
        ({"sector": "V Exterritoriale"}, "at line 7, column 3: expected a division"),
        ({"svb": "1.234"}, "at line 7, column 4: expected a number without thousands points"),
        ({"svb": "12,5"}, "at line 7, column 4: expected a whole number"),
        ({"svb": "-12"}, "at line 7, column 4: expected a whole number"),
        ({"svb": "viele"}, "at line 7, column 4: expected a number"),
    ],
)
def test_unreadable_cells_are_rejected(tmp_path: Path, cells: dict[str, str], expected: str) -> None:
    with pytest.raises(Rejected) as caught:
        one_row(tmp_path, **cells)
    assert expected in caught.value.message


def test_dash_and_thousands_points_are_read_as_declared(tmp_path: Path) -> None:
    rows = [["05113", "30.06.2024", "28", "1.234"], ["05113", "30.06.2024", "29", "-"]]
    declaration = replace(declared(), thousands_point=True, dash="not_available")
    found = observations(decode(csv_file(tmp_path, long_rows(rows)), declaration))
    assert [(o.value, o.status, o.printed) for o in found] == [
        (1234, "value", "1.234"), (None, "not_available", "-"),
    ]  # fmt: skip
    with pytest.raises(Rejected):
        decode(xlsx_file(tmp_path, {"Daten": long_rows(rows)}), declaration)


def test_classification_must_be_known(tmp_path: Path) -> None:
    def basis(title: str, classification: str = "") -> str:
        file = csv_file(tmp_path, long_rows(preamble=[["Sonderauswertung"], [title]]))
        return observations(decode(file, replace(declared(), classification=classification)))[0].basis

    assert basis("nach WZ 2008") == basis("(WZ08)") == basis("nach Abteilungen", "WZ 2008") == "WZ2008"
    for title, classification in (
        ("nach Abteilungen", ""),
        ("nach WZ 2025", ""),
        ("nach WZ 2025", "WZ 2008"),
        ("WZ 2008/WZ 2025", ""),
    ):
        with pytest.raises(Rejected, match="expected the classification WZ 2008"):
            basis(title, classification)


def test_classification_may_stand_in_the_head(tmp_path: Path) -> None:
    head = [
        "Kreis",
        "Stichtag",
        "Wirtschaftszweig (WZ 2008)",
        "sozialversicherungspflichtig\tBeschäftigte 1)",
    ]
    result = PRODUCT.decode(csv_file(tmp_path, long_rows(head=head, preamble=[["Sonderauswertung"]])))
    assert {o.basis for o in observations(result)} == {"WZ2008"}
    assert result.published_on is None


def test_columns_are_found_by_name_and_others_left_alone(tmp_path: Path) -> None:
    head = ["SvB", "Regionsname", "AGS", "Region", "WZ", "Bezeichnung", "Stichtag"]
    rows = [["7", "Essen", "05113", "Essen, Stadt", "28", "Maschinenbau", "30.06.2024"]]
    (found,) = observations(PRODUCT.decode(csv_file(tmp_path, long_rows(rows, head))))
    assert (found.region_id, found.sector_id, found.value) == ("05113", "28", 7)
    assert found.locator == "line 7, column 1"


def test_a_cell_said_twice_must_say_the_same(tmp_path: Path) -> None:
    row = ["05113", "30.06.2024", "28", "7"]
    result = PRODUCT.decode(csv_file(tmp_path, long_rows([row, row])))
    assert (len(result.observations), result.skipped) == (1, {"repeated cell": 1})
    for other in ("8", "*"):
        with pytest.raises(Rejected, match="at line 8, column 4: expected one value"):
            PRODUCT.decode(csv_file(tmp_path, long_rows([row, [*row[:3], other]])))


@pytest.mark.parametrize(
    "head",
    [
        ["Region", "Stichtag", "Wirtschaftsabteilung", "Köpfe"],
        ["Region", "Datum", "Wirtschaftsabteilung", "SvB"],
        ["Region", "Wirtschaftsabteilung", "GeB 30.06.2023", "GeB 30.06.2024"],
        ["Region", "Wirtschaftsabteilung", "30.06.2024", "Jun. 24"],
        ["Region", "Region", "Wirtschaftsabteilung", "30.06.2024"],
    ],
)
def test_other_heads_are_rejected(tmp_path: Path, head: list[str]) -> None:
    file = csv_file(tmp_path, long_rows(head=head))
    assert PRODUCT.recognises(file)
    with pytest.raises(Rejected, match="at line 6, column 1"):
        PRODUCT.decode(file)


def test_short_rows_and_other_areas_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="expected 4 cells; found 3"):
        PRODUCT.decode(csv_file(tmp_path, long_rows([ROWS[0][:3]])))
    with pytest.raises(Rejected, match="expected rows of monitored regions"):
        PRODUCT.decode(csv_file(tmp_path, long_rows([ROWS[4]])))
    with pytest.raises(Rejected, match="expected a day"):
        PRODUCT.decode(csv_file(tmp_path, [["Erstellungsdatum: bald"], *long_rows()]))


def test_layout_is_the_head_without_its_dates(tmp_path: Path) -> None:
    def layout(head: list[str]) -> tuple[str, ...]:
        return PRODUCT.decode(csv_file(tmp_path, [*PREAMBLE, head, *WIDE_ROWS])).layout

    assert layout(WIDE_HEAD) == layout([*WIDE_HEAD[:2], "30.06.2021", "30.06.2022"])
    assert layout(WIDE_HEAD) == ("wide by date", "Region", "Wirtschaftsabteilung")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GENESIS-Tabelle: 13111-07-05-4\r\n",
        b"Sonderauswertung\r\nRegion;Jahr;Wert\r\n05113;2024;1\r\n",
        b"Region;Stichtag;Wirtschaftsabteilung;SvB\r\n05113;30.06.2024;28;1\r\n",
        b"<html>Sonderauswertung</html>",
        b"PK\x03\x04" + bytes(100),
        b"\xd0\xcf\x11\xe0" + bytes(600),
        b"Sonderauswertung\x00",
    ],
)
def test_other_files_are_not_recognised(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Sonderauswertung.csv"
    path.write_bytes(content)
    assert not PRODUCT.recognises(ArrivedFile(path))
    with pytest.raises(Rejected):
        PRODUCT.decode(ArrivedFile(path))


def test_cut_off_workbook_is_rejected(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, {"Daten": long_rows()})
    file.path.write_bytes(file.path.read_bytes()[:-700])
    assert not PRODUCT.recognises(file)
    with pytest.raises(Rejected, match="complete zip or XLSX"):
        PRODUCT.decode(file)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.integers(0, 13),
    column=st.integers(0, 4),
    cell=st.one_of(st.text(max_size=20), st.sampled_from([*HEAD, "*", "-", "©", "WZ 2025", "30.06.2024", '"'])),
)
def test_any_cell_anywhere_is_read_or_rejected(tmp_path: Path, row: int, column: int, cell: str) -> None:
    rows = [[*cells, *[""] * (5 - len(cells))] for cells in long_rows()]
    rows[row][column] = cell
    file = csv_file(tmp_path, rows, "utf-8")
    PRODUCT.recognises(file)
    try:
        found = observations(PRODUCT.decode(file))
    except Rejected:
        return
    assert all((o.value is None) == (o.status not in STATUSES_WITH_VALUE) for o in found)
