"""datencsv: what a layout means, drift, and files that are not whole."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.genesis import table
from sources.genesis.datencsv import decode, recognises
from sources.genesis.table import DECLARATIONS, load
from sources.rejected import Rejected
from tests.sources.genesis.files import (
    AREAS,
    FOOTER,
    SEXES,
    arrived,
    datencsv,
    expected_figures,
    facts,
    new_ffcsv,
    new_population_rows,
    population,
    population_datencsv,
    printed_figures,
)

SECTORS = ["Produzierendes Gewerbe (B-F)", "Öff.Verw.,Verteidig.,Sozialvers.,Erz.-u.Unterricht", "Insgesamt"]


def rejection(text: str | bytes, name: str = "file.csv") -> Rejected:
    with pytest.raises(Rejected) as error:
        decode(arrived(text, name))
    return error.value


def header(*rows: str) -> list[list[str]]:
    return [row.split("|") for row in rows]


def test_a_table_is_recognised_by_its_first_line() -> None:
    assert recognises(arrived(population_datencsv()))
    assert recognises(arrived(population_datencsv(first="Tabelle: ")))
    assert not recognises(arrived("Tabellen: 3;\n"))
    assert not recognises(arrived("<!doctype html>\nTabelle: 12411-01-01-4"))
    assert not recognises(arrived(b""))


def test_every_cell_becomes_an_observation_with_its_place() -> None:
    text = population_datencsv()
    decoded = decode(arrived(text))
    assert printed_figures(decoded) == expected_figures(population())
    assert decoded.source_id == "regionalstatistik_12411-01-01-4"
    assert decoded.period == "2024-12-31"
    assert decoded.retrieved_on == dt.date(2021, 8, 17)
    assert decoded.layout == ("insgesamt", "männlich", "weiblich")
    assert decoded.skipped == {}
    for row in decoded.observations:
        line, column = (int(part.split()[1]) for part in str(row[12]).split(", "))
        assert text.split("\n")[line - 1].split(";")[column - 1] == row[11]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_and_line_end_do_not_matter(encoding: str, newline: str) -> None:
    decoded = decode(arrived(population_datencsv().replace("\n", newline), encoding=encoding))
    assert printed_figures(decoded) == expected_figures(population())


SEX_ROW = "|||Insgesamt|männlich|weiblich"
CAPTION_ROW = "|||Geschlecht|Geschlecht|Geschlecht"
VARIABLE_ROW = "|||Bevölkerungsstand|Bevölkerung|BEVÖLKERUNG"
UNIT_ROW = "|||Anzahl|Anzahl|Anzahl"


@pytest.mark.parametrize(
    ("titles", "rows"),
    [
        (["Bevölkerungsstand (Anzahl)"], header(SEX_ROW)),
        (["Bevölkerungsstand (Anzahl)"], header(CAPTION_ROW, SEX_ROW)),
        (["x"], header(VARIABLE_ROW, "||||Männer|Frauen", UNIT_ROW)),
        (["x"], header(VARIABLE_ROW, CAPTION_ROW, SEX_ROW, UNIT_ROW)),
        (["x"], header(VARIABLE_ROW, CAPTION_ROW, SEX_ROW, "||||männlich|weiblich", UNIT_ROW)),
    ],
)
def test_header_of_one_to_five_rows(titles: list[str], rows: list[list[str]]) -> None:
    text = population_datencsv(header=rows, titles=titles)
    assert printed_figures(decode(arrived(text))) == expected_figures(population())


def test_order_of_columns_does_not_matter() -> None:
    cells = population()
    rows = [
        [label, code, "31.12.2024", cells[code, "GESW"], cells[code, ""], cells[code, "GESM"]] for code, label in AREAS
    ]
    text = datencsv(header("|||weiblich|Insgesamt|männlich"), rows)
    assert facts(decode(arrived(text))) == facts(decode(arrived(population_datencsv())))


def test_time_may_stand_in_a_title_line_or_in_the_header() -> None:
    cells = population()
    rows = [[code, label, *(cells[code, sex] for sex, _ in SEXES)] for code, label in AREAS]
    sexes = "||Insgesamt|männlich|weiblich"
    titled = datencsv(header(sexes), rows, titles=["Bevölkerungsstand (Anzahl)", "Stichtag: 31.12.2024"])
    times = header("||Stichtag|Stichtag|Stichtag", "||31.12.2024|31.12.2024|31.12.2024", sexes)
    expected = facts(decode(arrived(population_datencsv())))
    assert facts(decode(arrived(titled))) == expected
    assert facts(decode(arrived(datencsv(times, rows)))) == expected
    assert rejection(datencsv(header(sexes), rows)).expected.startswith("a time (day)")


def test_row_categories_sectors_and_periods() -> None:
    rows = [[code, label, sector, "7", "3"] for code, label in AREAS for sector in SECTORS]
    text = datencsv(
        header("|||Nationalität|Nationalität", "|||Insgesamt|Ausländer(innen)"),
        rows,
        code="13111-07-05-4",
        titles=["Sozialversicherungspfl. Beschäftigte (Arbeitsort) (Anzahl)", "Stichtag: 30.06.2020"],
    )
    decoded = decode(arrived(text))
    assert {(row[3], row[4], row[5], row[10]) for row in decoded.observations} == {
        ("genesis-13", sector, dimensions, "WZ2008")
        for sector in ("B-F", "O-Q", "TOTAL")
        for dimensions in ("", "nationality=foreign")
    }
    error = rejection(text.replace(SECTORS[1], "Öffentliche Verwaltung"))
    assert error.where == "line 7, column 3"
    assert SECTORS[1] in error.expected


def test_the_deepest_category_counts_and_years_are_periods() -> None:
    head = header(
        "|||Gewerbeanmeldungen|Gewerbeanmeldungen|Gewerbeanmeldungen",
        "||||Neuerrichtungen|Neuerrichtungen",
        "||||Neuerrichtungen|Betriebsgründungen",
        "|||Anzahl|Anzahl|Anzahl",
    )
    rows = [[year, code, label, "9", ".", "."] for year in ("2008", "2007") for code, label in AREAS]
    decoded = decode(arrived(datencsv(head, rows, code="52311-01-04-4")))
    assert decoded.period == "2007/2008"
    essen = {(row[5], row[6].year): row[9] for row in decoded.observations if row[2] == "05113"}
    assert essen == {
        ("", 2008): "value",
        ("type=new_establishment", 2008): "suppressed",
        ("type=business_foundation", 2008): "suppressed",
        ("", 2007): "value",
        ("type=new_establishment", 2007): "suppressed",
        ("type=business_foundation", 2007): "not_available",  # the series begins in 2008
    }


def test_regions_by_name() -> None:
    names = ["Nordrhein-Westfalen", "  Düsseldorf, Regierungsbezirk", "    Aachen, Kreis"]
    names += ["    " + label.strip().replace("kreisfreie", "krfr.") for _, label in AREAS[2:]]
    sectors = [("C", "Verarbeitendes Gewerbe"), ("", "Insgesamt")]
    rows = [["31.12.2024", name, *sector, "5"] for name in names for sector in sectors]
    titles = ["Sozialversicherungspfl. Beschäftigte (Arbeitsort) (Anzahl)"]
    text = datencsv(header("||||Insgesamt"), rows, code="13111-54i", titles=titles)
    decoded = decode(arrived(text))
    assert {row[2] for row in decoded.observations} == {"05", *(code for code, _ in AREAS[2:])}
    assert {row[4] for row in decoded.observations} == {"C", "TOTAL"}
    assert decoded.skipped == {"Regierungsbezirk": 2, "dissolved Kreis or part of a Kreis": 2}
    assert "“Essen”" in rejection(text.replace("Essen, krfr. Stadt", "Essen")).found
    assert "the label of sector_ldb C" in rejection(text.replace("Verarbeitendes Gewerbe", "Baugewerbe")).expected


def test_regions_outside_are_counted() -> None:
    more = [("051", "x"), ("05354", "x"), ("05334002", "x"), ("01001", "x"), ("16077", "x")]
    rows = [["31.12.2024", code, label, "1", "1", "1"] for code, label in [*AREAS, *more]]
    decoded = decode(arrived(datencsv(header("|||Insgesamt|männlich|weiblich"), rows)))
    assert decoded.skipped == {
        "Regierungsbezirk": 1,
        "dissolved Kreis": 1,
        "municipality or part of a Kreis": 1,
        "region outside NRW": 2,
    }


@pytest.mark.parametrize(
    ("old", "new", "where", "wording"),
    [
        (";männlich;", ";maennlich;", "line 3, column 5", "männlich"),
        (";männlich;", ";Bevölkerungsdichte;", "line 3, column 5", "Bevölkerung"),
        ("(Anzahl)", "(Tausend)", "line 2, column 4", "Anzahl"),
        ("31.12.2024;05113;", "31.13.2024;05113;", "line 7, column 1", "a time (day)"),
        (";05113;", ";5113;", "line 7, column 2", "a region code"),
        (";1009;", ";1.009;", "line 7, column 4", "a number or a sign"),
        (";1009;", ";1009;1;", "line 7", "6 cells"),
        ("12411-01-01-4", "12411-01-02-4", "line 1", "12411-01-01-4"),
    ],
)
def test_what_is_not_declared_is_named_with_its_place(old: str, new: str, where: str, wording: str) -> None:
    error = rejection(population_datencsv().replace(old, new))
    assert error.where == where
    assert wording in error.expected


def test_an_undeclared_table_asks_for_a_declaration() -> None:
    error = rejection(population_datencsv(code="99999-01-01-4"))
    assert "99999-01-01-4" in error.found
    assert "declaration in sources/genesis/tables.yaml" in error.hint


def test_a_further_table_or_wording_is_a_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    text = DECLARATIONS.read_text(encoding="utf-8")
    wording = load(text.replace("GESM, männlich", "GESM, Personen männlichen Geschlechts, männlich"))
    further = load(text.replace("  12411-01-01-4:", "  12411-99-01-4:"))
    reworded = population_datencsv().replace("männlich", "Personen männlichen Geschlechts")
    assert "männlichen" in rejection(reworded).found
    monkeypatch.setattr(table, "tables", lambda: wording)
    assert printed_figures(decode(arrived(reworded))) == expected_figures(population())
    monkeypatch.setattr(table, "tables", lambda: further)
    decoded = decode(arrived(population_datencsv(code="12411-99-01-4")))
    assert decoded.source_id == "regionalstatistik_12411-99-01-4"


def test_a_table_in_english_is_asked_for_in_german() -> None:
    for first in ("Table: ", "GENESIS-Table: "):
        text = population_datencsv(first=first)
        assert recognises(arrived(text))
        error = rejection(text)
        assert "language=de" in error.hint
        assert error.where == "line 1"
    assert not recognises(arrived("Table: 5 rows of something\n"))


def test_keys_without_their_leading_zeros_are_named() -> None:
    text = population_datencsv()
    for code, _ in AREAS:
        text = text.replace(f";{code};", f";{code.removeprefix('0')};")
    assert "leading zeros" in rejection(text).hint


def test_company_insolvencies_as_printed_in_2017() -> None:
    companies = "Insolvenzverfahren (Unternehmen)"
    head = header(
        f"|||{companies}|{companies}|Beschäftigte (Unternehmen)|voraussichtliche Forderungen (Unternehmen)",
        "|||Beantragte Verfahren|Beantragte Verfahren||",
        "|||Insgesamt|eröffnet||",
        "|||Anzahl|Anzahl|Anzahl|Tsd. EUR",
    )
    rows = [["2015", code, label, "9", "7", ".", "5"] for code, label in AREAS]
    decoded = decode(arrived(datencsv(head, rows, code="52411-02-01-4")))
    assert {(row[1], row[5], row[7], row[9]) for row in decoded.observations} == {
        ("insolvencies", "debtors=companies", 9.0, "value"),
        ("insolvencies", "debtors=companies;outcome=opened", 7.0, "value"),
        ("insolvency_employees", "debtors=companies", None, "suppressed"),
        ("insolvency_claims", "debtors=companies", 5.0, "value"),
    }


def test_a_column_printed_twice_must_agree() -> None:
    rows = [["31.12.2024", code, label, "5", "5"] for code, label in AREAS]
    text = datencsv(header("|||Insgesamt|Insgesamt"), rows)
    decoded = decode(arrived(text))
    assert len(decoded.observations) == len(AREAS)
    assert decoded.skipped == {"figure printed twice": len(AREAS)}
    error = rejection(text.replace("Essen, kreisfreie Stadt;5;5", "Essen, kreisfreie Stadt;5;6"))
    assert error.where == "line 7, column 5"
    assert "line 7, column 4" in error.expected


def test_signs_are_statuses_never_zero() -> None:
    signs = {"-": "not_available", ".": "suppressed", "x": "not_available", "0": "zero", "": "not_available"}
    for sign, status in {**signs, "12p": "provisional", "12,5r": "revised"}.items():
        cells = population() | {("05113", ""): sign}
        decoded = decode(arrived(population_datencsv(cells)))
        (row,) = [r for r in decoded.observations if (r[2], r[5]) == ("05113", "")]
        assert (row[9], row[11]) == (status, sign)
        assert (row[7] is None) == (status in ("not_available", "suppressed"))


def test_without_footer_only_a_whole_file_counts() -> None:
    text = population_datencsv(footer="")
    assert printed_figures(decode(arrived(text))) == expected_figures(population())
    assert "cut off" in rejection(text[:-1]).hint
    assert "05978" in rejection("\n".join(text.split("\n")[:-2]) + "\n").found
    assert "Thüringen" in rejection(text + "31.12.2024;06411;Darmstadt;1;1;1\n").expected


@given(cut=st.integers(min_value=1, max_value=len(population_datencsv(footer="").encode()) - 1))
def test_no_cut_file_is_accepted(cut: int) -> None:
    content = population_datencsv(footer="").encode()
    rejection(content[:cut])


def test_a_hole_is_found() -> None:
    lines = population_datencsv().split("\n")
    more = [line.replace("31.12.2024", "31.12.2023") for line in lines if line.startswith("31.12.2024")]
    text = "\n".join([*lines[:3], *more[:-1], *lines[3:]])
    error = rejection(text)
    assert "region 05978: population 2023-12-31 is missing" in error.found


@pytest.mark.parametrize(
    "text", ["", "\n", "<html>", "Tabelle: 12411-01-01-4\n", "Tabelle: 12411-01-01-4\n;;Insgesamt\n"]
)
def test_what_is_no_table_is_rejected(text: str) -> None:
    rejection(text)


@pytest.mark.parametrize("text", [b"\x81\x8d", FOOTER.encode(), population_datencsv().encode()[:60]])
def test_bytes_that_are_no_table_are_rejected(text: bytes) -> None:
    rejection(text)


def test_one_remark_where_the_kreise_are_not_delivered() -> None:
    cells = {key: text if key[0] in ("DG", "05") else "-" for key, text in population().items()}
    decoded = decode(arrived(population_datencsv(cells)))
    (remark,) = decoded.remarks
    assert remark.check_id == "genesis.level_incomplete"
    assert "0 of 15 Kreise filled, NRW 1,003" in remark.text
    assert remark.where == "line 5, column 4"


def test_datencsv_and_ffcsv_say_the_same() -> None:
    from sources.genesis import ffcsv

    flat = ffcsv.decode(arrived(new_ffcsv(new_population_rows())))
    assert facts(decode(arrived(population_datencsv()))) == facts(flat)


printed_cells = st.one_of(
    st.integers(min_value=0, max_value=10**9).map(str),
    st.sampled_from(["-", ".", "x", "/", "...", "12,5", "7p", "8r"]),
)


@given(texts=st.lists(printed_cells, min_size=len(population()), max_size=len(population())))
def test_decoding_inverts_encoding(texts: list[str]) -> None:
    cells = dict(zip(population(), texts, strict=True))
    assert printed_figures(decode(arrived(population_datencsv(cells)))) == expected_figures(cells)
