from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.regions import nrw_kreise
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.bnetza_breitbandatlas import PRODUCT
from sources.product import Decoded
from sources.rejected import Rejected

NAME = "landkreis_privat_2020_2.csv"
Facts = dict[tuple[str, str], tuple[float | None, str]]


def arrived(text: str | bytes, name: str = NAME, period: str = "") -> ArrivedFile:
    file = ArrivedFile(Path(name), period=period)
    file.content = text.encode() if isinstance(text, str) else text
    return file


def edition(columns: dict[str, str], keys: tuple[str, ...] = nrw_kreise(), delimiter: str = ";") -> str:
    """A table with one row per key; `columns` maps a header to the text of its cells."""
    lines = [["ags", *columns], *([key, *columns.values()] for key in keys)]
    return "".join(delimiter.join(cells) + "\n" for cells in lines)


def decode(text: str, name: str = NAME, period: str = "") -> Decoded:
    return PRODUCT.decode(arrived(text, name, period))


def facts(decoded: Decoded) -> Facts:
    observations = [Observation._make(row) for row in decoded.observations]
    return {(o.region_id, o.dimensions): (o.value, o.status) for o in observations}


def rejected(text: str | bytes, name: str = NAME, period: str = "") -> Rejected:
    with pytest.raises(Rejected) as caught:
        PRODUCT.decode(arrived(text, name, period))
    return caught.value


ALL_1000 = {"verf_300_1000": "62.96"}


def test_an_observation_says_what_when_and_where() -> None:
    decoded = decode(edition({"verf_ftth_100": "1.5", "verf_300_1000": "62.960"}))
    assert decoded.observations[1] == Observation(
        dataset="bnetza_breitbandatlas",
        variable="broadband_coverage",
        region_id=nrw_kreise()[0],
        sector_scheme=None,
        sector_id=None,
        dimensions="customer=households;min_mbit=1000;technology=all",
        reference_date=dt.date(2020, 12, 31),
        value=62.96,
        unit="%",
        status="value",
        basis="atlas2018",
        printed="62.960",
        locator="line 2, column 3",
    )
    assert (decoded.source_id, decoded.period) == ("bnetza_breitbandatlas", "2020-12-31")
    assert decoded.layout == ("ags", "verf_ftth_100", "verf_300_1000")


def test_an_edition_not_seen_yet_is_decoded_by_its_column_names() -> None:
    columns = {"verf_6g_2000": "0.01", "verf_5g_100": "12.345", "verf_leo": "7", "verf_300_2000": "100.01"}
    header, *rows = edition(columns, delimiter=",").splitlines()
    moved = "\n".join(line.partition(",")[2] + "," + line.partition(",")[0] for line in (header, *rows))
    decoded = decode(moved + "\n", name="landkreis_privat_2027_1.csv")
    assert decoded.period == "2027-06-30"
    assert {key[1]: value for key, value in facts(decoded).items() if key[0] == "05911"} == {
        "customer=households;min_mbit=2000;technology=6g": (0.01, "value"),
        "customer=households;min_mbit=100;technology=5g": (12.345, "value"),
        "customer=households;technology=leo": (7.0, "value"),
        "customer=households;min_mbit=2000;technology=all": (100.01, "value"),
    }


def test_worded_headers_mean_the_same_as_coded_ones() -> None:
    worded = {
        "alle Technologien ≥ 1000 Mbit/s": "1",
        "leitungsg. Technologien ≥ 400 Mbit/s": "2",
        "mobile Technologien ≥ 6 Mbit/s": "3",
        "FTTH/B >= 1000 Mbit/s": "4",
        "CATV ≥ 50 Mbit/s": "5",
    }
    coded = ("verf_300_1000", "verf_100_400", "verf_200_6", "verf_ftth_1000", "verf_catv_50")
    expected = decode(edition(dict(zip(coded, worded.values(), strict=True))))
    assert facts(decode(edition(worded))) == facts(expected)


def test_an_empty_cell_is_not_available_and_nought_is_nought() -> None:
    decoded = decode(edition({"verf_300_1000": "0.00", "verf_ftth_100": ""}))
    assert facts(decoded)["05112", "customer=households;min_mbit=1000;technology=all"] == (0.0, "zero")
    assert facts(decoded)["05112", "customer=households;min_mbit=100;technology=ftth"] == (
        None,
        "not_available",
    )
    assert [remark.text for remark in decoded.remarks] == ["No figure in 1 columns: verf_ftth_100"]


@pytest.mark.parametrize(
    ("name", "period", "day"),
    [
        ("landkreis_privat_2019_1.csv", "", "2019-06-30"),
        ("LANDKREIS_PRIVAT_2019_Ende (1).csv", "", "2019-12-31"),
        ("privat_2019_mitte.csv", "2019", "2019-06-30"),
        ("landkreis_privat.csv", "2021-12-31", "2021-12-31"),
    ],
)
def test_the_period_comes_from_the_name_or_the_manifest(name: str, period: str, day: str) -> None:
    assert decode(edition(ALL_1000), name, period).period == day


@pytest.mark.parametrize("folder", ["Paket_2021_1/privat/", "Paket_2021_1\\privat\\", "gew_2021_1.zip#/"])
def test_the_folder_of_a_package_says_nothing_about_its_members(folder: str) -> None:
    households = decode(edition(ALL_1000), folder + NAME)
    assert (households.period, households.source_id) == ("2020-12-31", "bnetza_breitbandatlas")
    businesses = decode(edition({"verf_100_1000": "33"}), folder + "landkreis_gew_2020_2.csv")
    assert (businesses.period, businesses.source_id) == ("2020-12-31", "bnetza_breitbandatlas_gewerbe")


@pytest.mark.parametrize(
    ("edition_of", "basis"),
    [
        ("2014_2", "atlas2010"),
        ("2015_1", "atlas2015"),
        ("2018_1", "atlas2015"),
        ("2018_2", "atlas2018"),
        ("2021_2", "atlas2018"),
        ("2022_1", "atlas2022"),
    ],
)
def test_a_change_of_method_is_another_basis_of_comparison(edition_of: str, basis: str) -> None:
    decoded = decode(edition(ALL_1000), f"landkreis_privat_{edition_of}.csv")
    assert {Observation._make(row).basis for row in decoded.observations} == {basis}


def test_without_a_period_the_message_says_how_to_name_the_file() -> None:
    error = rejected(edition(ALL_1000), name="landkreis_privat.csv", period="2020")
    assert "<level>_<customer>_<year>_<1|2>.csv" in error.hint


def test_name_and_manifest_must_agree() -> None:
    error = rejected(edition(ALL_1000), period="2020-06-30")
    assert "2020-12-31" in error.expected
    assert "2020-06-30" in error.found


def test_businesses_have_their_own_customer_and_source() -> None:
    decoded = decode(edition({"verf_100_1000": "33"}), name="landkreis_gew_2020_2.csv")
    assert decoded.source_id == "bnetza_breitbandatlas_gewerbe"
    assert ("05113", "customer=businesses;min_mbit=1000;technology=wired") in facts(decoded)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("landkreis_gew_2020_2.csv", ALL_1000),
        ("landkreis_privat_2020_2.csv", {"verf_100_1000": "33"}),
        ("landkreis_2020_2.csv", {"verf_100_1000": "33"}),
        ("landkreis_gewerbe_gwg_2020_2.csv", {"verf_100_1000": "33"}),
    ],
)
def test_households_and_businesses_are_never_mixed(name: str, columns: dict[str, str]) -> None:
    assert name in rejected(edition(columns), name=name).message


def test_households_are_known_by_their_columns_where_the_name_is_silent() -> None:
    assert decode(edition(ALL_1000), name="2020_2.csv").source_id == "bnetza_breitbandatlas"


@pytest.mark.parametrize("key", ["Deutschland", "deutschland", "staat"])
def test_germany_goes_by_several_names(key: str) -> None:
    text = edition(ALL_1000, keys=(key,)).replace("ags", "staat", 1)
    assert list(facts(decode(text))) == [("DE", "customer=households;min_mbit=1000;technology=all")]


def test_other_regions_are_counted_not_kept() -> None:
    decoded = decode(edition(ALL_1000, keys=("01001", "05113000", *nrw_kreise(), "16077")))
    assert {region for region, _ in facts(decoded)} == set(nrw_kreise())
    assert decoded.skipped == {"region outside NRW": 2, "municipality": 1}


def test_a_municipal_file_is_refused_with_the_reason() -> None:
    text = edition({"alle Technologien ≥ 50 Mbit/s": "1"}, keys=("05113000", "05911000"))
    assert PRODUCT.recognises(arrived(text))
    assert "municipal level is not monitored" in rejected(text).hint
    named = "ags;name;alle Technologien ≥ 1000 Mbit/s\n05113000;Essen;62.94\n"
    assert "municipal level is not monitored" in rejected(named).hint


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (nrw_kreise()[1:], nrw_kreise()[0]),
        (("01001",), "no row for 53 of them"),
        ((*nrw_kreise(), "05113"), "line "),
        (("01", "02"), "05"),
        (("5113",), "5113"),
        (("05999", *nrw_kreise()), "05999"),
        (("", *nrw_kreise()), "an empty cell"),
    ],
    ids=["missing", "truncated", "twice", "no NRW", "leading zero lost", "unknown Kreis", "no key"],
)
def test_every_kreis_stands_there_once(keys: tuple[str, ...], found: str) -> None:
    assert found in rejected(edition(ALL_1000, keys)).found


@pytest.mark.parametrize("text", ["150", "-1", "100.02", "n/a", "9999999999", "1e2", "nan"])
def test_what_is_no_percentage_is_refused_with_its_cell(text: str) -> None:
    error = rejected(edition({"verf_300_50": "99.9", "verf_300_1000": text}))
    assert error.where == "line 2, column 3"
    assert text in error.found


def test_fractions_are_refused_where_slow_classes_give_them_away() -> None:
    assert "fractions of 1" in rejected(edition({"verf_300_16": "0.99", "verf_300_1000": "0.63"})).found
    few = decode(edition({"verf_300_16": "99.08", "verf_ftth_16": "0.51", "verf_ftth_1000": "0.51"}))
    assert facts(few)["05113", "customer=households;min_mbit=1000;technology=ftth"] == (0.51, "value")


def test_decimal_commas_count_only_where_they_cannot_be_misread() -> None:
    assert facts(decode(edition({"verf_300_1000": "62,96"}))) == facts(decode(edition(ALL_1000)))
    mixed = rejected(edition({"verf_300_50": "99.96", "verf_300_1000": "62,96"}))
    assert (mixed.where, mixed.found) == ("line 2, column 3", "“62,96”")
    assert rejected(edition({"verf_300_1000": '"62,96"'}, delimiter=",")).where == "line 2, column 2"


@pytest.mark.parametrize(
    "header",
    [
        "schluessel;verf_300_1000",
        "ags;staat;verf_300_1000",
        "ags;verf_300_1000;VERF_300_1000",
        "ags;verf_300_1000;alle Technologien ≥ 1000 Mbit/s",
        "ags;verf_300_1000;Name",
        "ags;verf_300_1000;Brieftauben im Verband ≥ 1 Mbit/s",
        "ags",
        "verf_300_1000",
    ],
)
def test_an_unknown_or_ambiguous_header_is_refused(header: str) -> None:
    row = ";".join(["05113", *["1.0"] * header.count(";")])
    assert rejected(f"{header}\n{row}\n").where.startswith("line 1")


@given(cut=st.integers(min_value=0))
def test_a_file_cut_off_anywhere_is_refused_or_remarked(cut: int) -> None:
    whole = edition({"verf_300_50": "99.91", "verf_300_1000": "62.96"})
    part = whole[: cut % len(whole)]
    try:
        decoded = decode(part)
    except Rejected:
        return
    assert [remark.check_id for remark in decoded.remarks] == ["last_line_open"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"<html>verf_300_1000", b"PK\x03\x04", b"\x81"])
def test_a_file_that_is_no_table_is_refused(content: bytes) -> None:
    assert not PRODUCT.recognises(arrived(content))
    assert rejected(content).expected


@given(st.binary(max_size=200))
def test_only_a_rejection_leaves_the_decoder(tail: bytes) -> None:
    assert rejected(b"ags;verf_300_1000\n" + tail).expected


CELL = st.one_of(st.just(""), st.integers(0, 10_001).map(lambda hundredths: f"{hundredths / 100:.2f}"))
COLUMNS = st.lists(
    st.tuples(st.sampled_from(["300", "100", "dsl", "ftth", "lte", "5g"]), st.integers(1, 5000)),
    unique=True,
    min_size=1,
    max_size=6,
)
IDS = {"300": "all", "100": "wired"}


@given(data=st.data(), columns=COLUMNS, delimiter=st.sampled_from([";", ",", "\t"]), quoted=st.booleans())
def test_what_is_written_is_read(
    data: st.DataObject, columns: list[tuple[str, int]], delimiter: str, quoted: bool
) -> None:
    columns = [("300", 5001), *columns]
    keys = data.draw(st.permutations(nrw_kreise()))
    order = data.draw(st.permutations([None, *columns]))
    cells = {(key, column): data.draw(CELL) for key in keys[:3] for column in columns}

    def row(key: str | None) -> list[str]:
        if key is None:
            return ["ags" if column is None else f"verf_{column[0]}_{column[1]}" for column in order]
        return [key if column is None else cells.get((key, column), "50") for column in order]

    mark = '"' if quoted else ""
    text = "".join(delimiter.join(mark + cell + mark for cell in row(key)) + "\r\n" for key in (None, *keys))
    read = facts(decode(text))
    assert len(read) == 53 * len(columns)
    for (key, (group, rate)), cell in cells.items():
        value = float(cell) if cell else None
        status = "not_available" if value is None else "zero" if value == 0 else "value"
        dimensions = f"customer=households;min_mbit={rate};technology={IDS.get(group, group)}"
        assert read[key, dimensions] == (value, status)
