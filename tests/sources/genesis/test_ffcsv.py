"""ffcsv: both dialects say the same, rows come in any order; unknown codes, files that are not whole."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.genesis import ffcsv, table
from sources.genesis.ffcsv import decode, recognises
from sources.genesis.table import DECLARATIONS, load
from sources.rejected import Rejected
from tests.sources.genesis.files import (
    NEW_HEADER,
    arrived,
    expected_figures,
    facts,
    new_ffcsv,
    new_population_rows,
    old_population_ffcsv,
    population,
    printed_figures,
)

VALUE, UNIT, VARIABLE = NEW_HEADER.index("value"), NEW_HEADER.index("value_unit"), 15


def rejection(text: str | bytes, name: str = "file.csv") -> Rejected:
    with pytest.raises(Rejected) as error:
        decode(arrived(text, name))
    return error.value


def changed(line: int, column: int, text: str) -> str:
    """A new ffcsv with one cell replaced; line and column from 1, as in a locator."""
    rows = new_population_rows()
    rows[line - 2][column - 1] = text
    return new_ffcsv(rows)


def test_both_dialects_are_recognised() -> None:
    assert recognises(arrived(new_ffcsv(new_population_rows())))
    assert recognises(arrived(old_population_ffcsv()))
    assert recognises(arrived(new_ffcsv([], header=NEW_HEADER[::-1])))
    assert not recognises(arrived("<!doctype html>statistics_code;"))
    assert not recognises(arrived("code;statistics\n"))


def test_both_dialects_say_the_same() -> None:
    new, old = decode(arrived(new_ffcsv(new_population_rows()))), decode(arrived(old_population_ffcsv()))
    assert printed_figures(new) == printed_figures(old) == expected_figures(population())
    assert facts(new) == facts(old)
    assert new.source_id == old.source_id == "regionalstatistik_12411-01-01-4"
    assert new.period == "2024-12-31"
    assert {row[6] for row in new.observations} == {dt.date(2024, 12, 31)}
    assert {row[10] for row in new.observations} == {""}, "the base depends on the day of retrieval"


def test_a_locator_leads_to_the_cell() -> None:
    for text in (new_ffcsv(new_population_rows()), old_population_ffcsv()):
        for row in decode(arrived(text)).observations:
            line, column = (int(part.split()[1]) for part in str(row[12]).split(", "))
            assert text.split("\n")[line - 1].split(";")[column - 1] == row[11]


@given(rows=st.permutations(new_population_rows()))
def test_the_order_of_rows_does_not_matter(rows: list[list[str]]) -> None:
    assert facts(decode(arrived(new_ffcsv(rows)))) == facts(decode(arrived(new_ffcsv(new_population_rows()))))


@given(columns=st.permutations(range(len(NEW_HEADER))))
def test_the_order_of_columns_does_not_matter(columns: list[int]) -> None:
    rows = [[row[i] for i in columns] for row in new_population_rows()]
    decoded = decode(arrived(new_ffcsv(rows, header=[NEW_HEADER[i] for i in columns])))
    assert printed_figures(decoded) == expected_figures(population())


printed_cells = st.one_of(
    st.integers(min_value=0, max_value=10**9).map(str), st.sampled_from(["-", ".", "x", "/", "...", "12,5"])
)


@given(texts=st.lists(printed_cells, min_size=len(population()), max_size=len(population())))
def test_decoding_inverts_encoding(texts: list[str]) -> None:
    cells = dict(zip(population(), texts, strict=True))
    new, old = (
        decode(arrived(new_ffcsv(new_population_rows(cells)))),
        decode(arrived(old_population_ffcsv(cells))),
    )
    assert printed_figures(new) == printed_figures(old) == expected_figures(cells)


def test_labels_are_not_needed() -> None:
    labels = [index for index, name in enumerate(NEW_HEADER) if name.endswith("_label")]
    rows = [["" if i in labels else cell for i, cell in enumerate(row)] for row in new_population_rows()]
    assert printed_figures(decode(arrived(new_ffcsv(rows)))) == expected_figures(population())


def test_a_variable_without_the_classification_leaves_its_fields_empty() -> None:
    rows = []
    for row in new_population_rows():
        head = ["52411", "", "JAHR", "Jahr", "2024", *row[5:9]]
        outcome = {"": "", "GESM": "ISVART01", "GESW": "ISVART02"}[row[11]]
        rows.append([*head, "ISVAT3", "", outcome, "", row[VALUE], "Anzahl", "ISV006", ""])
        if not outcome:
            rows.append([*head, "", "", "", "", "3", "Tsd. EUR", "FOR002", ""])
    decoded = decode(arrived(new_ffcsv(rows)))
    assert {(row[1], row[5], row[8]) for row in decoded.observations} == {
        ("insolvencies", "debtors=companies", "Anzahl"),
        ("insolvencies", "debtors=companies;outcome=opened", "Anzahl"),
        ("insolvencies", "debtors=companies;outcome=refused_for_lack_of_assets", "Anzahl"),
        ("insolvency_claims", "debtors=companies", "Tsd. EUR"),
    }
    assert decoded.period == "2024"


@pytest.mark.parametrize(
    ("line", "column", "text", "wording"),
    [
        (7, 1, "KREISE", "the code of the statistic (12411)"),
        (7, 5, "2024", "a time (day)"),
        (7, 6, "GES", "one region"),
        (7, 8, "5112", "a region code"),
        (7, 10, "NAT", "GES"),
        (7, 12, "GESD", "GESW"),
        (7, VALUE + 1, "1.234", "a number or a sign"),
        (7, UNIT + 1, "Tausend", "Anzahl"),
        (7, VARIABLE + 1, "BEVSTX", "BEVSTD"),
    ],
)
def test_what_is_not_declared_is_named_with_its_place(line: int, column: int, text: str, wording: str) -> None:
    error = rejection(changed(line, column, text))
    assert error.where in (f"line {line}, column {column}", f"line {line}")
    assert wording in error.expected


@pytest.mark.parametrize(
    ("old", "new", "wording"),
    [
        ("BEVSTD__Bevoelkerungsstand__Anzahl", "BEVSTD__Bevoelkerungsstand__MeasureUnitNotFound!", "Anzahl"),
        ("BEVSTD__", "BEVSTX__", "BEVSTD"),
        ("BEVSTD__Bevoelkerungsstand__Anzahl", "Bevölkerung", "a column of a GENESIS flat file"),
        ("Zeit;", "Time;", "a column zeit"),
        ("2_Merkmal_Label", "Zeit", "each column once"),
    ],
)
def test_an_unknown_header_is_named(old: str, new: str, wording: str) -> None:
    error = rejection(old_population_ffcsv().replace(old, new))
    assert error.where.startswith("line 1")
    assert wording in error.expected


def test_shifted_rows_are_shown() -> None:
    lines = old_population_ffcsv().split("\n")
    shifted = ";".join([*lines[1].split(";")[5:], *[""] * 5])
    error = rejection("\n".join([lines[0], shifted, *lines[1:]]))
    assert error.where == "line 2, column 1"
    assert "KREISE;Kreise und kreisfreie Städte;DG" in error.found


def test_a_hole_and_a_cut_are_found() -> None:
    rows = new_population_rows()
    assert "is missing" in rejection(new_ffcsv(rows[:20] + rows[21:])).found
    assert "05978" in rejection(new_ffcsv(rows[:-3])).found
    assert "cut off" in rejection(new_ffcsv(rows)[:-1]).hint
    assert rejection(new_ffcsv(rows)[:-20]).where == f"line {len(rows) + 1}"
    assert rejection(new_ffcsv([])).found == "none"


def test_the_same_key_with_another_figure_is_a_contradiction() -> None:
    rows = new_population_rows()
    error = rejection(new_ffcsv([*rows, [*rows[0][:VALUE], "1", *rows[0][VALUE + 1 :]]]))
    assert error.where == f"line {len(rows) + 2}, column {VALUE + 1}"


@pytest.mark.parametrize(
    ("quality", "status"),
    [("", "value"), ("e", "value"), ("()", "value"), ("p", "provisional"), ("r", "revised")],
)
def test_quality_column(quality: str, status: str) -> None:
    rows = [[*row, quality] for row in new_population_rows()]
    decoded = decode(arrived(new_ffcsv(rows, header=[*NEW_HEADER, "value_q"])))
    assert {row[9] for row in decoded.observations} == {status}
    rows[0][-1] = "?"
    assert "a quality sign" in rejection(new_ffcsv(rows, header=[*NEW_HEADER, "value_q"])).expected


def test_rows_in_an_ignored_unit_are_counted() -> None:
    rows = new_population_rows()
    changes = [[*row[:VALUE], "0,3", "%", *row[UNIT + 1 :]] for row in rows]
    decoded = decode(arrived(new_ffcsv(rows + changes)))
    assert printed_figures(decoded) == expected_figures(population())
    assert decoded.skipped == {"row in %": len(rows)}


def test_the_file_name_decides_only_where_the_codes_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    text = new_ffcsv(new_population_rows())
    assert decode(arrived(text, "13111-01-03-4_00.csv")).source_id == "regionalstatistik_12411-01-01-4"
    error = rejection(text, "12411-01-01-5_flat.csv")
    assert "12411-01-01-5" in error.found
    assert "sources/genesis/tables.yaml" in error.hint

    declared = DECLARATIONS.read_text(encoding="utf-8")
    start, end = declared.index("  12411-01-01-4:"), declared.index("  12411-02-03-4:")
    twin = declared[start:end].replace("01-01-4:", "77-01-4:").replace("&", "&other_")
    two = load(declared[:end] + twin + declared[end:])
    for module in (table, ffcsv):
        monkeypatch.setattr(module, "tables", lambda: two)
    assert "name the file after its table" in rejection(text).hint
    assert decode(arrived(text, "12411-77-01-4_1_de_flat.csv")).source_id.endswith("12411-77-01-4")


def test_an_undeclared_statistic_is_named() -> None:
    error = rejection(new_ffcsv(new_population_rows()).replace("12411;", "99999;"))
    assert "99999" in error.expected
    assert "tables.yaml" in error.hint


@given(cut=st.integers(min_value=1, max_value=len(new_ffcsv(new_population_rows()).encode()) - 1))
def test_no_cut_file_is_accepted(cut: int) -> None:
    rejection(new_ffcsv(new_population_rows()).encode()[:cut])


@pytest.mark.parametrize(
    ("printed", "quality", "figure"),
    [
        ("", ".", (None, "suppressed")),
        ("0", ".", (None, "suppressed")),
        (".", ".", (None, "suppressed")),
        (".", "-", (None, "suppressed")),
        ("0", "-", (None, "not_available")),
        ("-", "", (None, "not_available")),
        ("0", "e", (0.0, "zero")),
        ("", "e", (None, "not_available")),
        ("7", "()", (7.0, "value")),
    ],
)
def test_a_missing_figure_is_none_whichever_column_says_so(
    printed: str, quality: str, figure: tuple[float | None, str]
) -> None:
    rows = [[*row, "e"] for row in new_population_rows()]
    rows[0][VALUE], rows[0][-1] = printed, quality
    first = decode(arrived(new_ffcsv(rows, header=[*NEW_HEADER, "value_q"]))).observations[0]
    assert (first[7], first[9]) == figure


def test_a_figure_beside_the_sign_that_there_is_none_is_a_contradiction() -> None:
    rows = [[*row, "."] for row in new_population_rows()]
    error = rejection(new_ffcsv(rows, header=[*NEW_HEADER, "value_q"]))
    assert (error.where, error.found) == ("line 2, column 14", "1000")


def test_blanks_around_a_region_key_say_nothing() -> None:
    rows = new_population_rows()
    padded = [[f" {cell}   " if index == 7 else cell for index, cell in enumerate(row)] for row in rows]
    assert facts(decode(arrived(new_ffcsv(padded)))) == facts(decode(arrived(new_ffcsv(rows))))


def test_a_flat_file_of_a_table_whose_codes_are_not_declared_is_asked_for_as_csv() -> None:
    text = new_ffcsv(new_population_rows()).replace("\n12411;", "\n13211;").replace("BEVSTD", "ERWP06")
    error = rejection(text, "13211-02-05-4_1773175772751_de_flat.csv")
    assert "table 13211-02-05-4 as CSV (datencsv)" in error.expected
    assert "ERWP06" in error.found


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("12411-01-01-4_1773175772751_de_flat.csv", dt.date(2026, 3, 10)),
        ("12411-01-01-4_2026-03-10.csv", dt.date(2026, 3, 10)),
        ("2026-03-10", dt.date(2026, 3, 10)),
        ("12411-01-01-4_2024-12-31.csv", None),  # the reference date
        ("12411-01-01-4_2026-13-10.csv", None),
        ("12411-01-01-4_2026.csv", None),
        ("12411-01-01-4.csv", None),
    ],
)
def test_a_file_name_may_tell_the_day_of_retrieval(name: str, day: dt.date | None) -> None:
    assert decode(arrived(new_ffcsv(new_population_rows()), name)).retrieved_on == day


def test_no_file_in_the_old_dialect_was_retrieved_after_it_ended() -> None:
    assert decode(arrived(old_population_ffcsv(date="31.12.2023"))).retrieved_by == dt.date(2025, 4, 9)
    assert decode(arrived(new_ffcsv(new_population_rows()))).retrieved_by is None
