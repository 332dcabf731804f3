"""Unemployment workbooks as documented, as they might drift, and as they must be refused. Made-up numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.regions import GERMANY, NRW, nrw_kreise
from schemas.observation import STATUSES_WITH_VALUE, Observation
from sources import ba_annual_rates, ba_monthly_unemployment
from sources.arrived_file import ArrivedFile
from sources.ba_unemployment import NO_TIME, Time, time_of
from sources.catalogue import recognise
from sources.cells import month_end
from sources.product import Decoded
from sources.rejected import Rejected
from sources.sample.ba_unemployment import (
    ANNUAL,
    COUNTS_TITLE,
    OVERVIEW,
    RATES_TITLE,
    Rows,
    months,
    overview,
    region_rows,
)
from sources.sample.workbook import Cell, workbook

ESSEN = "05113"
REGIONS = (GERMANY, NRW, *nrw_kreise())
REPORTED = 14  # of 24 months: the newest is 28 February 2025
NEWEST = dt.date(2025, 2, 28)
#: First row of the header and of the regions in the generated sheets, from 0.
HEADER, FIRST = 9, 11
COUNTS_FILE, RATES_FILE = "202502_Heft_pol_SGBI_Arbeitslose.xlsx", "202502_Heft_pol_SGBI_ArbeitslosenQuoten.xlsx"


def counts() -> Rows:
    """Two averages, 14 months, ten to come. Region i has 1000 + 100 i + month."""
    return overview(
        COUNTS_TITLE,
        {
            region: [9.0, 9.0, *(1000 + 100 * number + month for month in range(REPORTED)), *[0] * (24 - REPORTED)]
            for number, region in enumerate(REGIONS)
        },
    )


def rates() -> Rows:
    return overview(
        RATES_TITLE,
        {
            region: [9.0, 9.0, *((50 + number + month) / 10 for month in range(REPORTED)), *["..."] * (24 - REPORTED)]
            for number, region in enumerate(REGIONS)
        },
    )


def annual(title: str = RATES_TITLE) -> Rows:
    above: Rows = [[title], *[[] for _ in range(9)]]
    figures: dict[str, list[Cell]] = {region: [7.5, 7, "...", "x"] for region in REGIONS}
    return [*above, ["Region", 2023, 2024, 2025, 2026], [], *region_rows(figures)]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., ArrivedFile]:
    """A workbook with a sheet of the given rows, and others where told."""

    def write(rows: Rows, name: str = COUNTS_FILE, sheet: str = OVERVIEW, **others: Rows) -> ArrivedFile:
        path = tmp_path / name
        path.write_bytes(workbook({**others, sheet: rows}, NEWEST))
        return ArrivedFile(path)

    return write


Written = Callable[..., ArrivedFile]


def decode(file: ArrivedFile) -> Decoded:
    return recognise(file).decode(file)


def observations(decoded: Decoded) -> list[Observation]:
    return [Observation._make(row) for row in decoded.observations]


def of_essen(decoded: Decoded) -> dict[dt.date, Observation]:
    return {cell.reference_date: cell for cell in observations(decoded) if cell.region_id == ESSEN}


def row_of(rows: Rows, region: str = ESSEN) -> list[Cell]:
    return next(row for row in rows if row and str(row[0]).startswith(region))


class TestAsDocumented:
    def test_counts(self, written: Written) -> None:
        decoded = decode(written(counts()))
        cells = observations(decoded)
        assert (decoded.source_id, decoded.period) == ("ba_arbeitslose_monat", "2024-01-31/2025-02-28")
        assert len(cells) == len(REGIONS) * REPORTED
        assert {cell.region_id for cell in cells} == set(REGIONS)
        assert decoded.skipped == {"column with an annual average": 2, "column not reported yet": 10}
        number = 1000 + 100 * REGIONS.index(ESSEN) + 1
        assert of_essen(decoded)[dt.date(2024, 2, 29)] == Observation(
            "ba_arbeitslose_monat", "unemployed", ESSEN, None, None, "", dt.date(2024, 2, 29),
            number, "Anzahl", "value", "", str(number), "Übersicht_Kreise!E16",
        )  # fmt: skip

    def test_rates_are_in_the_same_table_and_say_of_what(self, written: Written) -> None:
        decoded = decode(written(rates(), RATES_FILE))
        assert decoded.source_id == "ba_arbeitslosenquoten_monat"
        newest = of_essen(decoded)[NEWEST]
        assert newest.dataset == of_essen(decode(written(counts())))[NEWEST].dataset
        assert (newest.variable, newest.dimensions, newest.unit, newest.value, newest.printed) == (
            "unemployment_rate", "base=all_civilian", "%", 6.7, "6.7",
        )  # fmt: skip

    def test_a_month_to_come_is_no_zero_and_no_figure(self, written: Written) -> None:
        for file in (written(counts()), written(rates(), RATES_FILE)):
            cells = observations(decode(file))
            assert max(cell.reference_date for cell in cells) == NEWEST
            assert all(cell.status == "value" and cell.value for cell in cells)

    @pytest.mark.parametrize(("rows", "sign"), [(counts(), 0), (rates(), "...")])
    def test_a_gap_before_the_newest_month_is_not_available(self, written: Written, rows: Rows, sign: Cell) -> None:
        row_of(rows)[5] = sign
        gap = of_essen(decode(written(rows)))[dt.date(2024, 3, 31)]
        assert (gap.value, gap.status, gap.printed) == (None, "not_available", str(sign))

    def test_a_month_reported_for_one_region_only_is_kept_and_missing_for_the_others(self, written: Written) -> None:
        rows = counts()
        row_of(rows)[3 + REPORTED] = 2222
        cells = [c for c in observations(decode(written(rows))) if c.reference_date == dt.date(2025, 3, 31)]
        assert {cell.region_id: cell.value for cell in cells if cell.value} == {ESSEN: 2222}
        assert {cell.status for cell in cells} == {"value", "not_available"}

    def test_annual_rates(self, written: Written) -> None:
        file = written(annual(), "arbeitslosenquoten-k-0-xlsx.xlsx", ANNUAL)
        decoded = decode(file)
        assert (decoded.source_id, decoded.period) == ("ba_arbeitslosenquoten_jahr", "2023/2024")
        assert decoded.skipped == {"column not reported yet": 2}
        essen = of_essen(decoded)
        assert [(date, cell.value, cell.locator) for date, cell in essen.items()] == [
            (dt.date(2023, 12, 31), 7.5, "Jahreszahlen!B17"),
            (dt.date(2024, 12, 31), 7.0, "Jahreszahlen!C17"),
        ]
        assert {cell.dimensions for cell in essen.values()} == {"base=all_civilian"}

    def test_the_imprint_tells_when_it_was_made(self, written: Written) -> None:
        for day in ("26. Februar 2025", "26.02.2025", dt.date(2025, 2, 26)):
            imprint: Rows = [["Impressum"], ["Erstellungsdatum:", "", day]]
            assert decode(written(counts(), Impressum=imprint)).published_on == dt.date(2025, 2, 26)
        assert decode(written(counts())).published_on is None


def heads(upper: list[Cell], lower: list[Cell]) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows[:HEADER], upper, lower, *rows[FIRST:]]


def rename(label: Callable[[str], list[Cell]]) -> Callable[[Rows], Rows]:
    """Other labels of the regions; one cell more moves the header along."""
    extra = len(label("05113 Essen, Stadt")) - 1

    def change(rows: Rows) -> Rows:
        header: Rows = [[row[0], *[""] * extra, *row[1:]] for row in rows[HEADER:FIRST]]
        return [*rows[:HEADER], *header, *([*label(str(row[0])), *row[1:]] for row in rows[FIRST:-1]), rows[-1]]

    return change


def in_two_cells(code: Callable[[str], Cell]) -> Callable[[str], list[Cell]]:
    return lambda label: [code(label[:5]), label[6:]] if label[:5].isdigit() else [label, ""]


GERMAN = ("Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")
LONG = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember")  # fmt: skip
NUMBERS: list[Cell] = ["Region", 2024, 2025, *(day.month for day in months())]
AVERAGES: list[Cell] = ["Gesamt", "Jahresdurchschnitt", "Gleitender JD"]
BLANK: list[Cell] = ["Region"]


def printed(form: Callable[[dt.date], Cell]) -> list[Cell]:
    return [*AVERAGES, *(form(day) for day in months())]


#: What may vary without changing what the numbers mean.
DRIFT: dict[str, Callable[[Rows], Rows]] = {
    "blank rows above": lambda rows: [[], [], *rows],
    "a header one row lower": lambda rows: [*rows[:HEADER], [], *rows[HEADER:]],
    "a blank row below the header": lambda rows: [*rows[:FIRST], [], *rows[FIRST:]],
    "a blank column in front": lambda rows: [["", *row] for row in rows],
    "last days of months": heads(printed(lambda day: day), NUMBERS),
    "months like Mrz 25": heads(printed(lambda day: f"{GERMAN[day.month - 1]} {day:%y}"), NUMBERS),
    "months like Mrz. 25": heads(printed(lambda day: f"{GERMAN[day.month - 1]}. {day:%y}"), BLANK),
    "months like Mrz-25": heads(printed(lambda day: f"{GERMAN[day.month - 1]}-{day:%y}"), NUMBERS),
    "months like März 2025": heads(printed(lambda day: f"{LONG[day.month - 1]} {day.year}"), NUMBERS),
    "months on two lines": heads(printed(lambda day: f"{LONG[day.month - 1]}\n{day.year}"), NUMBERS),
    "months like 03/2025": heads(printed(lambda day: f"{day:%m/%Y}"), NUMBERS),
    "months like 2025-03-31": heads(printed(lambda day: f"{day:%Y-%m-%d 00:00:00}"), BLANK),
    "no second row of months": heads(printed(lambda day: day), ["Region", 2024, 2025]),
    "columns numbered through": heads(printed(lambda day: day), ["Region", 2024, 2025, *range(1, 25)]),
    "one header row": heads([], ["Region", "JD 2024", "JD 2025", *months()]),
    "a year over its months": heads(
        [*AVERAGES, 2024, *[""] * 11, 2025, *[""] * 11], ["Region", 2024, 2025, *(day.month for day in months())]
    ),
    "a year over the names of its months": heads(
        [*AVERAGES, "2024", *[""] * 11, "2025"], ["Region", "", "", *(LONG[day.month - 1] for day in months())]
    ),
    "averages under one head": heads(
        ["Gesamt", "Jahresdurch-\nschnitt", "", *months()], ["Region", 2024, 2025, *(day.month for day in months())]
    ),
    "code and name in two cells": rename(in_two_cells(str)),
    "a code without its zero": rename(in_two_cells(lambda code: int(code))),
    "Germany with zeros": rename(lambda label: [label.replace("Deutschland", "000 Deutschland")]),
    "both laws named": lambda rows: [rows[0], ["im Rechtskreis SGB III und im Rechtskreis SGB II"], *rows[2:]],
    "men and women named": lambda rows: [rows[0], ["Männer und Frauen"], *rows[2:]],
    "blanks in labels": rename(lambda label: [f"  {label.replace(' ', '  ', 1)} "]),
    "Germany with a code": rename(lambda label: [label.replace("Deutschland", "D Deutschland")]),
    "regions of others": lambda rows: [
        *rows[:FIRST], ["01 Schleswig-Holstein", *[5] * 26], ["051 Düsseldorf, Regierungsbezirk", *[5] * 26],
        ["Westdeutschland", *["?"] * 26], ["09162 München, Stadt", *["?"] * 26], *rows[FIRST:],
    ],
    "no Germany": lambda rows: [*rows[:FIRST], *rows[FIRST + 1 :]],
    "notes below the ©": lambda rows: [*rows, ["05113 Essen: Zahlen von 2019", *["?"] * 26]],
    "text instead of numbers": lambda rows: [
        *rows[:FIRST],
        *([row[0], *(f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell for cell in row[1:])]
          for row in rows[FIRST:]),
    ],
    "a column of changes": lambda rows: [*rows[:HEADER], [*rows[HEADER], "Veränderung"], *rows[HEADER + 1 :]],
}  # fmt: skip


@pytest.mark.parametrize("drift", DRIFT)
def test_drift_that_means_the_same_is_read_the_same(written: Written, drift: str) -> None:
    def said(file: ArrivedFile) -> dict[tuple[str, dt.date], float | None]:
        return {(c.region_id, c.reference_date): c.value for c in observations(decode(file)) if c.region_id != GERMANY}

    assert said(written(DRIFT[drift](counts()))) == said(written(counts()))


@pytest.mark.parametrize("name", ["Übersicht Kreise", "übersicht_kreise", "U\u0308bersicht_Kreise"])
def test_the_sheet_may_be_spelt_otherwise(written: Written, name: str) -> None:
    assert decode(written(counts(), sheet=name)).source_id == "ba_arbeitslose_monat"


@pytest.mark.parametrize(
    ("sign", "status"), [("*", "suppressed"), (".", "suppressed"), ("x", "not_available"), ("-", "not_available"),
                         ("...", "not_available"), ("", "not_available"), (0, "not_available")],
)  # fmt: skip
def test_signs(written: Written, sign: Cell, status: str) -> None:
    for rows in (counts(), rates()):
        row_of(rows)[4] = sign
        cell = of_essen(decode(written(rows)))[dt.date(2024, 2, 29)]
        assert (cell.value, cell.status) == (None, status)


@pytest.mark.parametrize(("printed", "value"), [("5,3", 5.3), (10.299999999999999, 10.3), (7, 7.0), ("10,0", 10.0)])
def test_rates_as_printed(written: Written, printed: Cell, value: float) -> None:
    rows = rates()
    row_of(rows)[4] = printed
    assert of_essen(decode(written(rows)))[dt.date(2024, 2, 29)].value == value


class TestWhatTheFiguresAre:
    @pytest.mark.parametrize("title", ["", "Arbeitslose und Arbeitslosenquoten"])
    def test_the_file_name_tells_where_the_title_does_not(self, written: Written, title: str) -> None:
        base = "bezogen auf alle zivilen Erwerbspersonen"
        found = [
            observations(decode(written([[title], [base], *rows[2:]], name)))[0].variable
            for rows, name in ((counts(), COUNTS_FILE), (rates(), RATES_FILE))
        ]
        assert found == ["unemployed", "unemployment_rate"]

    def test_the_title_goes_before_the_file_name(self, written: Written) -> None:
        assert observations(decode(written(counts(), RATES_FILE)))[0].variable == "unemployed"

    @pytest.mark.parametrize(
        ("title", "base"),
        [
            ("Arbeitslosenquoten auf der Basis aller zivilen Erwerbspersonen", "base=all_civilian"),
            ("Arbeitslosenquote bez. auf alle zivile Erwerbsp.", "base=all_civilian"),
            ("Arbeitslosenquote bez. abh. zivile Erwerbspers.", "base=dependent_civilian"),
            ("Arbeitslosenquoten, abhängige zivile\nErwerbspersonen", "base=dependent_civilian"),
        ],
    )
    def test_the_base_is_the_printed_one(self, written: Written, title: str, base: str) -> None:
        assert observations(decode(written([[title], *rates()[1:]])))[0].dimensions == base
        assert observations(decode(written(annual(title), "a.xlsx", ANNUAL)))[0].dimensions == base

    def test_another_sheet_may_name_the_base(self, written: Written) -> None:
        cover: Rows = [["Arbeitslosenquoten"], ["bezogen auf alle zivilen Erwerbspersonen"]]
        rows: Rows = [["Arbeitslosenquoten"], *rates()[1:]]
        assert observations(decode(written(rows, Deckblatt=cover)))[0].dimensions == "base=all_civilian"


def with_cell(row: int, column: int, cell: Cell) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        rows[row] = [*rows[row][:column], cell, *rows[row][column + 1 :]]
        return rows

    return change


ESSEN_ROW = FIRST + REGIONS.index(ESSEN)
#: What changes the meaning, or leaves it open: (change, message).
REFUSED: dict[str, tuple[Callable[[], Rows], Callable[[Rows], Rows], str]] = {
    "rows that contradict": (
        counts, heads(printed(lambda day: day), ["Region", 2024, 2025, *((day.month % 12) + 1 for day in months())]),
        r"at Übersicht_Kreise!D10: expected one month in all rows of the header; found “01/2024” and “2.0?”",
    ),
    "years that contradict": (
        counts, with_cell(HEADER + 1, 3, 2023), r"D10: expected one month .* found “01/2024” and “2023",
    ),
    "a month twice": (counts, with_cell(HEADER, 4, dt.date(2024, 1, 1)), r"E10: expected one month"),
    "a month twice in one row": (
        counts, heads(printed(lambda day: dt.date(2024, 5, 1)), BLANK), r"E10: expected each month once; found 05/2024",
    ),
    "no month": (counts, heads(AVERAGES, ["Region", 2024, 2025]), "expected columns with a month and a year"),
    "no year": (counts, heads([], NUMBERS[:1] + NUMBERS[3:]), "expected columns with a month and a year"),
    "no header": (counts, lambda rows: [*rows[:HEADER], *rows[FIRST:]], "row 9: expected a header with months"),
    "no regions": (counts, lambda rows: rows[:FIRST], "expected rows “05113 Essen, Stadt”"),
    "a part of the unemployed": (
        counts, with_cell(HEADER, 0, "Männer"), r"A10: expected “Gesamt” \(all unemployed\) .* found “Männer”",
    ),
    "a Kreis missing": (
        counts, lambda rows: [*rows[:ESSEN_ROW], *rows[ESSEN_ROW + 1 :]], "each of the 53 Kreise .* missing: 05113",
    ),
    "cut off": (counts, lambda rows: rows[:-5], "each of the 53 Kreise of NRW; found 49.*download it again"),
    "a Kreis twice": (
        counts, lambda rows: [*rows[:-1], rows[ESSEN_ROW], rows[-1]], "row 67: expected one row for region 05113",
    ),
    "nothing reported": (
        counts, lambda rows: [*rows[:FIRST], *([row[0], *[0] * 26] for row in rows[FIRST:-1])], "only 0 and signs",
    ),
    "half a person": (counts, with_cell(ESSEN_ROW, 3, 12.5), "D16: expected a whole number"),
    "a negative count": (counts, with_cell(ESSEN_ROW, 3, -5), "D16: expected a whole number"),
    "a word": (counts, with_cell(ESSEN_ROW, 3, "viele"), "D16: expected a number or a sign"),
    "a decimal point": (rates, with_cell(ESSEN_ROW, 3, "5.3"), "D16: expected a number or a sign"),
    "a rate above 100": (rates, with_cell(ESSEN_ROW, 3, 103), "D16: expected a rate from 0 to 100"),
    "a date as a rate": (rates, with_cell(ESSEN_ROW, 3, dt.date(2024, 1, 1)), "D16: expected a rate or a sign"),
    "rates called counts": (rates, with_cell(0, 0, COUNTS_TITLE), "expected a whole number"),
    "counts called rates": (counts, with_cell(0, 0, RATES_TITLE), "expected a rate from 0 to 100"),
    "fractions": (
        rates, lambda rows: [*rows[:FIRST], *([row[0], *[0.07] * 26] for row in rows[FIRST:-1])], "which are fractions",
    ),
    "no base": (rates, with_cell(0, 0, "Arbeitslosenquoten"), "expected the base of the rates .* found none"),
    "two bases": (
        rates, with_cell(1, 0, "bis 2008: abhängige zivile Erwerbspersonen"), "found none or several",
    ),
    "one law alone": (counts, with_cell(0, 0, "Arbeitslose im Rechtskreis SGB II"), "expected figures of all .*SGB II"),
    "women alone": (rates, with_cell(1, 0, "Frauen"), "expected figures of all .*“Frauen”"),
    "youth": (counts, with_cell(0, 0, "Jugendarbeitslose, Arbeitslose"), "expected figures of all .*Jugend"),
    "neither": (rates, with_cell(0, 0, "Quoten"), "expected “Arbeitslose” or “Arbeitslosenquoten” above the table"),
}  # fmt: skip


def test_a_year_or_a_month_without_a_column_is_told(written: Written) -> None:
    rows = [[*row[:2], *row[3:]] if len(row) > 3 else row for row in annual()]
    assert [(r.check_id, r.text) for r in decode(written(rows, "q.xlsx", ANNUAL)).remarks] == [
        ("times_missing", "No column for 2024-12-31")
    ]
    rows = [[*row[:5], *row[6:]] if len(row) > 5 else row for row in counts()]
    assert [r.text for r in decode(written(rows)).remarks] == ["No column for 2024-03-31"]
    assert decode(written(counts())).remarks == []


@pytest.mark.parametrize("label", ["D Deutschland", "00 Deutschland", "DEUTSCHLAND", "Bundesrepublik Deutschland"])
def test_germany_goes_by_several_names(written: Written, label: str) -> None:
    rows = counts()
    rows.insert(FIRST + 1, [label, *rows.pop(FIRST)[1:]])
    assert decode(written(rows)).remarks == []
    rows[FIRST + 1][0] = "West Deutschland"
    assert [remark.text for remark in decode(written(rows)).remarks] == ["No row for DE"]


@pytest.mark.parametrize("case", REFUSED)
def test_what_changes_the_meaning_is_refused(written: Written, case: str) -> None:
    rows, change, message = REFUSED[case]
    with pytest.raises(Rejected, match=message):
        decode(written(change(rows()), "booklet.xlsx"))


ANNUAL_REFUSED: dict[str, tuple[Callable[[Rows], Rows], str]] = {
    "a year twice": (with_cell(10, 2, 2023), r"at Jahreszahlen!C11: expected each year once; found 2023 again"),
    "figures below no year": (with_cell(10, 2, ""), "C11: expected a year above every column of figures"),
    "two rows of years": (with_cell(9, 0, ""), "expected one row of years above the regions; found 2 rows"),
    "no years": (with_cell(10, 1, "Quote"), "expected a header with months or years"),
    "no base": (with_cell(0, 0, "Arbeitslosenquoten"), "expected the base of the rates"),
}


@pytest.mark.parametrize("case", ANNUAL_REFUSED)
def test_annual_rates_are_refused(written: Written, case: str) -> None:
    change, message = ANNUAL_REFUSED[case]
    rows = annual()
    if case == "two rows of years":
        rows[9] = ["", 2023, 2024]
    if case == "no years":
        rows[10] = ["Region", "", "Stand", "Stand", "Stand"]
    with pytest.raises(Rejected, match=message):
        decode(written(change(rows), "annual.xlsx", ANNUAL))


def test_annual_columns_that_are_no_years_are_counted(written: Written) -> None:
    rows = annual()
    rows[10] = [*rows[10][:4], "Veränderung"]
    decoded = decode(written(rows, "annual.xlsx", ANNUAL))
    assert decoded.skipped["column not declared: Veränderung"] == 1
    assert len(decoded.observations) == 2 * len(REGIONS)


def test_a_sheet_of_that_name_in_another_workbook_is_not_ours(written: Written) -> None:
    others: list[Rows] = [annual("Beschäftigungsquoten"), [[]]]
    for rows in others:
        assert not ba_annual_rates.PRODUCT.recognises(written(rows, "other.xlsx", ANNUAL))
        assert ba_annual_rates.PRODUCT.recognises(written(rows, "arbeitslosenquoten-k-0-xlsx.xlsx", ANNUAL))


def test_the_layout_is_the_same_in_every_edition(written: Written) -> None:
    later = [[cell.replace(year=cell.year + 1) if isinstance(cell, dt.date) else cell for cell in row]
             for row in counts()]  # fmt: skip
    layout = decode(written(counts())).layout
    assert layout == decode(written(later)).layout
    assert layout == (OVERVIEW, "Gesamt", "Jahresdurch-schnitt", "Gleitender JD", "Region")


def test_the_decoders_are_told_apart(written: Written) -> None:
    assert recognise(written(counts())) is ba_monthly_unemployment.PRODUCT
    assert recognise(written(annual(), "a.xlsx", ANNUAL)) is ba_annual_rates.PRODUCT
    for kind in (b"", b"PK\x03\x04" + bytes(100), b"\xd0\xcf\x11\xe0" + bytes(600), b"a;b\n"):
        file = written(counts())
        file.path.write_bytes(kind)
        assert not ba_monthly_unemployment.PRODUCT.recognises(ArrivedFile(file.path))
        assert not ba_annual_rates.PRODUCT.recognises(ArrivedFile(file.path))
        with pytest.raises(Rejected):
            ba_monthly_unemployment.decode(ArrivedFile(file.path))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(2009, 2060), st.integers(1, 12), st.data())
def test_any_window_of_months_is_read_as_printed(written: Written, year: int, month: int, data: st.DataObject) -> None:
    first = year * 12 + month - 1
    window = [month_end((first + number) // 12, (first + number) % 12 + 1) for number in range(24)]
    numbers = data.draw(st.lists(st.one_of(st.just(0), st.integers(1, 999_999)), min_size=24, max_size=24).filter(any))
    rows = overview(COUNTS_TITLE, {region: [0, 0, *numbers] for region in REGIONS})
    rows[HEADER], rows[HEADER + 1] = [*AVERAGES, *window], ["Region", year, year + 1, *(day.month for day in window)]
    found = of_essen(decode(written(rows)))
    newest = max(day for day, number in zip(window, numbers, strict=True) if number)
    expected = {day: number or None for day, number in zip(window, numbers, strict=True) if day <= newest}
    assert {day: cell.value for day, cell in found.items()} == expected


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([counts, rates]),
    st.integers(0, FIRST + 3),
    st.integers(0, 8),
    st.one_of(
        st.text("Jan 2025.*-x/\n©%ä", max_size=12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["Gesamt", "Region", 2025, 3, "JD", "05113 Essen, Stadt", dt.date(2025, 3, 1), "2025", "..."]),
    ),
)
def test_any_cell_anywhere_is_read_or_refused(
    written: Written, table: Callable[[], Rows], row: int, column: int, cell: Any
) -> None:
    rows = table()
    rows[row] = [*rows[row], *[""] * (column - len(rows[row]))]
    try:
        found = observations(decode(written(with_cell(row, column, cell)(rows))))
    except Rejected:
        return
    assert {o.region_id for o in found} >= set(nrw_kreise())
    assert all((o.value is None) == (o.status not in STATUSES_WITH_VALUE) and o.value != 0 for o in found)
    assert all((o.reference_date + dt.timedelta(days=1)).day == 1 for o in found)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        (dt.datetime.fromisoformat("2026-01-01"), Time(2026, 1)), (dt.date(2026, 1, 31), Time(2026, 1)),
        ("Jan 26", Time(2026, 1)), ("Januar 2026", Time(2026, 1)), ("JANUAR 2026", Time(2026, 1)),
        ("01/2026", Time(2026, 1)), ("1.2026", Time(2026, 1)), ("31.01.2026", Time(2026, 1)),
        ("2026-01", Time(2026, 1)), ("2026-01-31 00:00:00", Time(2026, 1)),
        ("Ma\u0308rz 2026", Time(2026, 3)), ("Mrz", Time(None, 3)), (3, Time(None, 3)), ("3", Time(None, 3)),
        (2026, Time(2026)), (2026.0, Time(2026)), ("2026", Time(2026)),
        ("13/2026", NO_TIME), ("2026-13", NO_TIME), (13, NO_TIME), (0, NO_TIME), (2026.5, NO_TIME), (True, NO_TIME),
        (150_000, NO_TIME), ("", NO_TIME), ("Mainz", NO_TIME), ("Marl 2026", NO_TIME), ("Gesamt", NO_TIME),
        ("Jahresdurchschnitt 2026", NO_TIME), ("Dez. 25 bis Jan. 26", NO_TIME), (dt.time(1), NO_TIME),
    ],
)  # fmt: skip
def test_times_of_header_cells(cell: Any, time: Time) -> None:
    assert time_of(cell) == time
