"""Sector schemes: every code covers WZ divisions, and the codes of a scheme form a hierarchy that adds up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import sectors as module
from reference.sectors import (
    BA_REGIONALREPORT,
    DIVISIONS,
    GENESIS_13,
    LDB_SECTIONS,
    NOT_STATED,
    TOTAL,
    Sector,
    scheme_names,
    sector_id_of,
    sectors,
)

SCHEMES = (BA_REGIONALREPORT, GENESIS_13, LDB_SECTIONS, DIVISIONS)
#: WZ 2008 has 88 divisions; these numbers are not used.
WZ_2008 = {f"{n:02}" for n in range(1, 100)} - {*("04", "34", "40", "44", "48", "54", "57", "67", "76", "83", "89")}


def covered(sector: Sector) -> set[str]:
    return {*sector.divisions, *sector.partial_divisions}


def children(scheme: str, sector_id: str) -> list[Sector]:
    return [sector for sector in sectors(scheme).values() if sector.parent_id == sector_id]


def test_the_schemes() -> None:
    assert set(scheme_names()) == set(SCHEMES)
    with pytest.raises(KeyError):
        sectors("wz93")


def test_the_codes_that_the_tables_print() -> None:
    assert list(sectors(BA_REGIONALREPORT)) == [
        "TOTAL", "A", "B-F", "B,D,E", "C", "10-15,18,21,31", "24-30,32,33", "16,17,19,20,22,23", "F", "G-U",
        "G", "H", "I", "J", "K", "L,M", "N-ohne-ANUE", "782,783", "O,U", "P", "86", "87,88", "R,S,T", "NA",
    ]  # fmt: skip
    assert set(sectors(GENESIS_13)) == {
        "TOTAL", "A", "B-F", "B-E", "C", "F", "G-U", "G-I", "J", "K", "L", "M-N", "O-Q", "R-U",
    }  # fmt: skip
    assert set(sectors(LDB_SECTIONS)) == {
        "TOTAL", "A", "B-F", "B-E", "C", "F", "G-T", "G-I", "J", "K", "L", "M-N", "O-Q", "R-T",
    }  # fmt: skip
    leaves = {sector.sector_id for sector in sectors(DIVISIONS).values() if not sector.children}
    assert leaves - {NOT_STATED} == WZ_2008
    assert len(WZ_2008) == 88


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_hierarchy_has_one_top_and_no_loops(scheme: str) -> None:
    codes = sectors(scheme)
    assert [code.sector_id for code in codes.values() if code.parent_id is None] == [TOTAL]
    for code in codes.values():
        seen = {code.sector_id}
        while code.parent_id is not None:
            assert code.parent_id not in seen
            seen.add(code.parent_id)
            code = codes[code.parent_id]
        assert bool(code.children) == bool(children(scheme, code.sector_id))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_parts_lie_within_the_whole_do_not_overlap_and_fill_it_where_they_are_complete(scheme: str) -> None:
    for whole in sectors(scheme).values():
        parts = children(scheme, whole.sector_id)
        whole_divisions = [division for part in parts for division in part.divisions]
        assert len(whole_divisions) == len(set(whole_divisions)), whole.sector_id
        assert set().union(*map(covered, parts)) <= covered(whole)
        assert not {*whole_divisions} & {division for part in parts for division in part.partial_divisions}
        if whole.children == "complete":
            assert set().union(*map(covered, parts)) == covered(whole), whole.sector_id
        assert set(whole.divisions) <= WZ_2008


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_code_covers_the_divisions_it_names(scheme: str) -> None:
    """Codes like `10-15,18,21,31` and `86` spell their divisions out."""
    for sector in sectors(scheme).values():
        if re.fullmatch(r"\d\d(-\d\d)?(,\d\d(-\d\d)?)*", sector.sector_id):
            spelt = set()
            for part in sector.sector_id.split(","):
                first, last = part.split("-") if "-" in part else (part, part)
                spelt |= {f"{n:02}" for n in range(int(first), int(last) + 1)} & WZ_2008
            assert set(sector.divisions) == spelt, sector.sector_id


def test_a_section_covers_the_same_divisions_in_every_scheme() -> None:
    for section in ("A", "C", "F", "J", "K", "L"):
        assert len({sectors(scheme)[section].divisions for scheme in SCHEMES if section in sectors(scheme)}) == 1
    services = sectors(BA_REGIONALREPORT)["G-U"], sectors(GENESIS_13)["G-U"]
    assert services[0].divisions == services[1].divisions
    assert set(services[1].divisions) - set(sectors(LDB_SECTIONS)["G-T"].divisions) == {"99"}  # U is left out there


def test_temporary_agency_work_shares_its_division_with_the_rest_of_n() -> None:
    codes = sectors(BA_REGIONALREPORT)
    assert codes["782,783"].partial_divisions == codes["N-ohne-ANUE"].partial_divisions == ("78",)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_code_is_labelled_in_both_languages(scheme: str) -> None:
    for sector in sectors(scheme).values():
        assert sector.label_de.strip() == sector.label_de != ""
        assert sector.label_en.strip() == sector.label_en != ""
        assert sector.wz_version == "WZ2008"


@pytest.mark.parametrize(
    ("printed", "sector_id"),
    [
        ("Insgesamt", "TOTAL"),
        ("dav. 10-15,\n18, 21, 31", "10-15,18,21,31"),
        ("24-30,\n32, 33", "24-30,32,33"),
        ("782.783", "782,783"),  # the code as Excel made a number of it
        ("87.88", "87,88"),
        ("86", "86"),
        ("86.0", "86"),
        ("O, U", "O,U"),
        ("B - F", "B-F"),
        ("N (ohne ANÜ)", "N-ohne-ANUE"),
        ("ohne Angabe", "NA"),
    ],
)
def test_a_printed_code_becomes_its_id(printed: str, sector_id: str) -> None:
    assert sector_id_of(printed) == sector_id
    assert sector_id in sectors(BA_REGIONALREPORT)


@given(st.sampled_from([code for scheme in SCHEMES for code in sectors(scheme)]), st.data())
def test_blanks_and_line_breaks_in_a_code_do_not_matter(sector_id: str, data: st.DataObject) -> None:
    places = data.draw(
        st.lists(st.sampled_from(["", " ", "\n", "  "]), min_size=len(sector_id), max_size=len(sector_id))
    )
    printed = "".join(letter + blank for letter, blank in zip(sector_id, places, strict=True))
    assert sector_id_of(printed) == sector_id


def test_the_docstring_is_right() -> None:
    import doctest

    assert doctest.testmod(module).failed == 0
