from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.regions import nrw_kreise
from schemas.observation import Observation
from sources import bnetza_breitbandatlas
from sources.arrived_file import ArrivedFile
from sources.bnetza_mobilfunk import PRODUCT
from sources.product import Decoded
from sources.rejected import Rejected

NAME = "landkreis_mobilfunk_stats_2021_1.csv"
HEADER = ["AGS", "Technologie", "Flaechenart", "Flaechen Gruppe", "Flaechen Gruppe Name", "Verfügbarkeit"]
ROADS = ["5G2", "Autobahn", "30", "Infrastruktur", "99.97"]
WOODS = ["Mobil Alle", "Wald-, Wiesenflächen", "20", "Gemeindefläche", "87.9"]


def table(kinds: list[list[str]], keys: tuple[str, ...] = nrw_kreise()) -> list[list[str]]:
    return [HEADER, *([key, *kind] for key in keys for kind in kinds)]


def arrived(rows: list[list[str]], name: str = NAME) -> ArrivedFile:
    file = ArrivedFile(Path(name))
    file.content = "".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()
    return file


def decode(rows: list[list[str]]) -> Decoded:
    return PRODUCT.decode(arrived(rows))


def rejected(rows: list[list[str]], name: str = NAME) -> Rejected:
    with pytest.raises(Rejected) as caught:
        PRODUCT.decode(arrived(rows, name))
    return caught.value


def facts(decoded: Decoded) -> dict[tuple[str, str], float | None]:
    observations = [Observation._make(row) for row in decoded.observations]
    return {(o.region_id, o.dimensions): o.value for o in observations}


def test_an_observation_says_what_when_and_where() -> None:
    decoded = decode(table([ROADS, WOODS]))
    assert decoded.observations[1] == Observation(
        dataset="bnetza_mobilfunk",
        variable="mobile_coverage",
        region_id=nrw_kreise()[0],
        sector_scheme=None,
        sector_id=None,
        dimensions="area_group=municipal_area;area_type=forest_and_meadow;technology=all",
        reference_date=dt.date(2021, 6, 30),
        value=87.9,
        unit="%",
        status="value",
        basis="",
        printed="87.9",
        locator="line 3, column 6",
    )
    assert (decoded.source_id, decoded.period) == ("bnetza_mobilfunk", "2021-06-30")
    assert decoded.remarks == []


def test_it_is_told_apart_from_the_fixed_line_tables() -> None:
    file = arrived(table([ROADS]))
    assert PRODUCT.recognises(file)
    assert not bnetza_breitbandatlas.PRODUCT.recognises(file)


@given(st.permutations(range(6)), st.randoms())
def test_order_of_columns_and_rows_does_not_matter(order: list[int], shuffler: random.Random) -> None:
    header, *rows = table([ROADS, WOODS])
    shuffler.shuffle(rows)
    moved = [[row[column] for column in order] for row in (header, *rows)]
    assert facts(decode(moved)) == facts(decode(table([ROADS, WOODS])))


@pytest.mark.parametrize(("key", "region_id"), [("Deutschland", "DE"), ("05", "05")])
def test_land_and_germany_are_read_too(key: str, region_id: str) -> None:
    assert {region for region, _ in facts(decode(table([ROADS], keys=(key,))))} == {region_id}


def test_a_new_name_keeps_its_own_id_and_is_remarked() -> None:
    decoded = decode(table([["5G SA", "Grün- und Freifläche", "20", "Gemeindefläche", "1.5"]]))
    assert ("05113", "area_group=municipal_area;area_type=gruen_und_freiflaeche;technology=5g_sa") in facts(decoded)
    assert [remark.check_id for remark in decoded.remarks] == ["name_not_declared"] * 2


def test_other_regions_are_counted_not_kept() -> None:
    assert decode(table([ROADS, WOODS], keys=("01001", *nrw_kreise()))).skipped == {"region outside NRW": 2}


def test_a_row_that_stands_there_twice_is_refused() -> None:
    error = rejected(table([ROADS, WOODS, ROADS]))
    assert (error.where, "line 2, column 6" in error.found) == ("line 4, column 6", True)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (table([[*ROADS[:-1], "101"]]), "line 2, column 6"),
        (table([["5G2", " ", *ROADS[2:]]]), "line 2, column 3"),
        ([*table([ROADS])[:-1], ["05978", "5G2"]], "line 54"),
        ([["Gebiet", *HEADER[1:]], *table([ROADS])[1:]], "line 1"),
        ([[*HEADER, "AGS"], *([*row, "x"] for row in table([ROADS])[1:])], "line 1"),
        (table([ROADS], keys=nrw_kreise()[1:]), ""),
    ],
    ids=["range", "no name", "cut off", "no key column", "two key columns", "missing Kreis"],
)
def test_a_damaged_table_is_refused_with_the_place(rows: list[list[str]], where: str) -> None:
    assert rejected(rows).where == where


def test_fractions_of_1_are_not_taken_for_percentages() -> None:
    error = rejected(table([[*ROADS[:-1], "0.9997"], [*WOODS[:-1], "0.879"]]))
    assert (error.where, "0.9997" in error.found) == ("line 2, column 6", True)
    nothing = decode(table([[*ROADS[:-1], "0"], [*WOODS[:-1], ""]]))
    assert set(facts(nothing).values()) == {0.0, None}


def test_without_a_period_it_is_refused() -> None:
    assert "period" in rejected(table([ROADS]), name="mobilfunk.csv").message


@given(st.binary(max_size=200))
def test_only_a_rejection_leaves_the_decoder(tail: bytes) -> None:
    file = arrived([HEADER])
    file.content += tail
    with pytest.raises(Rejected):
        PRODUCT.decode(file)
