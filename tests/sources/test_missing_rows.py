"""A file that is sound in itself and from which something is missing: refused, or accepted with a remark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from sources.catalogue import recognise
from sources.product import Decoded
from sources.rejected import Rejected
from sources.sample.write import sample_files
from tests.attacks.rereading import Workbook
from tests.attacks.workbook_mutations import packed
from tests.conftest import Arrive

SPECIAL, MOBILE, ATLAS = (
    "svb_kreise_wz08-2_2024.csv",
    "landkreis_mobilfunk_stats_2021_1.csv",
    "landkreis_privat_2021_1.csv",
)


@cache
def sample() -> dict[str, bytes]:
    return {file.path.rpartition("/")[2]: file.content for file in sample_files()}


@pytest.fixture
def decode(arrive: Arrive) -> Callable[[bytes | str, str], Decoded]:
    def read(content: bytes | str, name: str) -> Decoded:
        file = arrive(content, name)
        return recognise(file).decode(file)

    return read


Decode = Callable[[bytes | str, str], Decoded]


def text(name: str) -> str:
    content = sample()[name]
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def without(name: str, *patterns: str) -> str:
    """The lines of a sample file but those in which all patterns are found; at least one must go."""
    lines = text(name).splitlines(keepends=True)
    kept = [line for line in lines if not all(re.search(pattern, line) for pattern in patterns)]
    assert len(kept) < len(lines)
    return "".join(kept)


def remarks(decoded: Decoded) -> dict[str, str]:
    return {remark.check_id: remark.text for remark in decoded.remarks}


def with_sheet(name: str, sheet: str, change: Callable[[str], str]) -> bytes:
    """A sample workbook with the XML of one sheet changed."""
    book = Workbook(sample()[name])
    member = book.members[sheet]
    old = book.parts[member].decode()
    new = change(old)
    assert new != old
    return packed(book.parts | {member: new.encode()})


def drop_rows(numbers: Iterable[int]) -> Callable[[str], str]:
    """Rows deleted as in a spreadsheet program: the place stays empty."""
    return lambda xml: re.sub(rf'<row r="(?:{"|".join(map(str, numbers))})".*?</row>', "", xml, flags=re.DOTALL)


def test_whole_files_have_no_such_remark(decode: Decode) -> None:
    for name in (SPECIAL, MOBILE, ATLAS, "05113.xlsx", "12411-15i.csv"):
        assert not {
            "rows_missing",
            "regions_missing",
            "end_not_marked",
            "stichtage_missing",
            "genesis.regions_missing",
        } & set(remarks(decode(sample()[name], name)))


def test_a_kreis_is_missing_from_a_genesis_table_with_a_footer(decode: Decode) -> None:
    found = remarks(decode(without("12411-15i.csv", ";05113;"), "12411-15i.csv"))
    assert found["genesis.regions_missing"] == "No row for 1 regions: 05113"


def test_germany_is_missing_from_a_table_of_the_regionalstatistik(decode: Decode) -> None:
    name = "12711-04-02-4_2021.csv"
    assert "genesis.regions_missing" not in remarks(decode(sample()[name], name))
    found = remarks(decode(without(name, "^DG;"), name))
    assert found["genesis.regions_missing"] == "No row for 1 regions: DE"


def test_a_year_is_missing_from_all_regions_of_nrw_and_not_from_the_others(decode: Decode) -> None:
    name = "13211-02-05-4_2015-2024.csv"
    lines = text(name).splitlines(keepends=True)
    others = [line.replace(";05113;", ";16077;") for line in lines if ";05113;" in line]
    start = next(number for number, line in enumerate(lines) if line.startswith("2015;"))
    whole = "".join([*lines[:start], *others, *lines[start:]])
    assert "genesis.rows_missing" not in remarks(decode(whole, name))
    cut = re.sub(r"^2024;(05|DG).*\n", "", whole, flags=re.MULTILINE)
    assert remarks(decode(cut, name))["genesis.rows_missing"] == "10 rows for 16077, 9 for the regions of NRW"


def test_a_year_is_missing_from_a_series_in_all_regions(decode: Decode) -> None:
    name = "13211-02-05-4_2015-2024.csv"
    assert "genesis.times_missing" not in remarks(decode(sample()[name], name))
    found = remarks(decode(without(name, "^2018;"), name))
    assert found["genesis.times_missing"] == "No row for 2018 between 2015 and 2024"


def test_rows_are_missing_from_a_special_evaluation(decode: Decode) -> None:
    one_row = without(SPECIAL, "05113 Essen", ";28 Maschinenbau")
    assert "none for 05113, 28" in remarks(decode(one_row, SPECIAL))["rows_missing"]
    one_kreis = without(SPECIAL, "05113 Essen")
    assert remarks(decode(one_kreis, SPECIAL))["regions_missing"] == "No row for 1 Kreise: 05113"
    no_footer = text(SPECIAL).partition("©")[0]
    assert "may be cut off" in remarks(decode(no_footer, SPECIAL))["end_not_marked"]


def test_a_division_or_the_total_is_missing_from_a_special_evaluation_in_all_regions(decode: Decode) -> None:
    for gone, sector in ((";28 Maschinenbau", "28"), (";Insgesamt;", "TOTAL")):
        found = remarks(decode(without(SPECIAL, gone), SPECIAL))
        assert found == {"rows_missing": f"No row in any region for {sector}."}
    few = "".join(re.findall(r"(?m)^(?!05|Deutschland).*\n|^.*;(?:28 M|Insgesamt;).*\n", text(SPECIAL)))
    assert remarks(decode(few, SPECIAL)) == {}


def test_rows_are_missing_from_the_mobile_table(decode: Decode) -> None:
    for patterns in (('^"?05978', "5G2", "Wohnbaufläche"), ('^"?05978', "Wohnbaufläche")):
        found = remarks(decode(without(MOBILE, *patterns), MOBILE))
        assert "area_type=residential in 05978" in found["rows_missing"]


def test_the_other_laender_end_before_the_last(decode: Decode) -> None:
    """A table of all Germany that stops behind the Kreise of NRW."""
    head, *rows = text(ATLAS).splitlines()
    before = [rows[0].replace("05", land, 1) for land in ("01", "02", "03", "04")]
    with pytest.raises(Rejected, match=r"Länder behind NRW.*cut off"):
        decode("\n".join([head, *before, *rows, ""]), ATLAS)
    decode("\n".join([head, *before, *rows, rows[0].replace("05", "16", 1), ""]), ATLAS)


def test_a_quarter_is_missing_from_the_series(decode: Decode) -> None:
    """The year stands on the first quarter only: without it the next would slip into the year before."""
    numbers = sorted({int(m) for m in re.findall(r"Tabelle 6!B(\d+)", " ".join(locators("05113.xlsx", decode)))})
    for gone in (numbers[5:6], numbers[9:13], numbers[2:5]):
        with pytest.raises(Rejected, match="expected the quarter after"):
            decode(with_sheet("05113.xlsx", "Tabelle 6", drop_rows(gone)), "05113.xlsx")
    found = remarks(decode(with_sheet("05113.xlsx", "Tabelle 6", drop_rows(numbers[-2:])), "05113.xlsx"))
    assert "rows may be missing" in found["series_ends_early"]


def test_a_stichtag_outside_its_group_of_columns_is_refused(decode: Decode) -> None:
    """The head of the group has slipped to the right: the columns left of it would be left out."""
    moved = with_sheet(
        "05113.xlsx",
        "Tabelle 2.3",
        lambda xml: re.sub(r'(<c )r="D(7)"', r'\1r="F\2"', re.sub(r'<c r="F7"[^>]*?(?:/>|>.*?</c>)', "", xml)),
    )
    with pytest.raises(Rejected, match="expected every Stichtag below"):
        decode(moved, "05113.xlsx")


def test_a_stichtag_below_the_head_of_the_changes_is_refused(decode: Decode) -> None:
    """The last Stichtag and the first change have changed places, and the head of the changes along with them."""

    def change(xml: str) -> str:
        places = {"H": "I", "I": "H"}
        return re.sub(r'(<c )r="([HI])(\d+)"', lambda m: f'{m[1]}r="{places[m[2]]}{m[3]}"', xml)

    with pytest.raises(Rejected, match=r"every Stichtag below|a Stichtag, e\.g\."):
        decode(with_sheet("05113.xlsx", "Tabelle 2.1", change), "05113.xlsx")


@pytest.mark.parametrize("year", ["2015", "2020"])
def test_a_year_as_the_serial_number_of_a_day_is_refused(decode: Decode, year: str) -> None:
    """Of any column, the first one too: it would be taken for one that is not about a year."""
    name = "arbeitslosenquoten-k-0-xlsx.xlsx"
    with pytest.raises(Rejected, match=r"expected a year; found 4\d{4}"):
        decode(with_sheet(name, "Jahreszahlen", lambda xml: xml.replace(f"<v>{year}</v>", "<v>43831</v>")), name)


def locators(name: str, decode: Decode) -> list[str]:
    return [str(cells[-1]) for cells in decode(sample()[name], name).observations]


@pytest.mark.parametrize("gone", [("05",), ("DE",), ("DE", "05")])
def test_the_annual_rates_have_the_kreise_alone_or_with_one_of_nrw_and_germany(
    decode: Decode, gone: tuple[str, ...]
) -> None:
    """It may be meant so; no reader of one file can tell."""
    name = "arbeitslosenquoten-k-0-xlsx.xlsx"
    rows = {
        int(re.sub("[^0-9]", "", str(cells[-1]).partition("!")[2]))
        for cells in decode(sample()[name], name).observations
        if cells[2] in gone
    }
    found = remarks(decode(with_sheet(name, "Jahreszahlen", drop_rows(rows)), name))
    assert found["regions_missing"] == f"No row for {' '.join(gone)}"


@pytest.mark.parametrize(("gone", "text"), [("Deutschland", "DE"), ("05 Nordrhein", "05")])
def test_a_special_evaluation_may_be_without_germany_or_nrw_and_says_so(decode: Decode, gone: str, text: str) -> None:
    assert remarks(decode(without(SPECIAL, f"^{gone}"), SPECIAL))["regions_missing"] == f"No row for {text}"


@pytest.mark.parametrize("sheet", ["Tabelle 2.1", "Tabelle 2.3"])
def test_a_stichtag_that_one_of_two_tables_lacks_is_told(decode: Decode, sheet: str) -> None:
    """A column whose head and figures are gone, as where columns were deleted or exchanged beyond recognition."""

    def without_column_e(xml: str) -> str:
        xml = re.sub(r'<c r="E\d+"[^>]*?(?:/>|>.*?</c>)', "", xml, flags=re.DOTALL)
        return re.sub(r'(<c )r="([F-J])(\d+)"', lambda m: f'{m[1]}r="{chr(ord(m[2]) - 1)}{m[3]}"', xml)

    found = decode(with_sheet("05113.xlsx", sheet, without_column_e), "05113.xlsx")
    assert remarks(found) == {"stichtage_missing": "No column for 2023-12-31, which the other table has"}
    assert found.remarks[0].where == sheet


@pytest.mark.parametrize(
    ("name", "sheet"), [("Auswertung_Mobilfunkmonitoring.xlsx", "Fläche"), ("bba_12_2024.xlsx", "Privathaushalte")]
)
def test_germany_is_missing_from_a_workbook_on_coverage(decode: Decode, name: str, sheet: str) -> None:
    row = next(
        int(re.sub("[^0-9]", "", str(cells[-1]).partition("!")[2]))
        for cells in decode(sample()[name], name).observations
        if cells[2] == "DE" and str(cells[-1]).startswith(sheet)
    )
    assert remarks(decode(with_sheet(name, sheet, drop_rows([row])), name))["regions_missing"] == "No row for DE"


def test_rounded_figures_never_pass_for_exact_ones(decode: Decode) -> None:
    """The line that says they are rounded is the last one of the answer: it is cut off first."""
    name = "EckwerteTabelleALO_05113.csv"
    cut = text(name).partition("Aus Gründen")[0]
    assert cut.rstrip().endswith(text(name)[: len(cut)].rstrip()[-20:])
    with pytest.raises(Rejected, match=r"gerundet.*as all counts end in 0.*cut off"):
        decode(cut, name)
