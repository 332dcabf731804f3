"""The workbook of the Mobilfunkmonitoring, generated in the documented layout and in others that may come."""

from __future__ import annotations

import copy
import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.regions import nrw_kreise
from schemas.observation import Observation
from schemas.observation_schema import failures
from sources import catalogue
from sources.arrived_file import ArrivedFile
from sources.bnetza_mobilfunk_workbook import PRODUCT
from sources.product import Decoded
from sources.publishers import publisher_of
from sources.rejected import Rejected
from sources.sample.broadband_workbook import AREA, KEYS, Grid, mobile, with_notes
from sources.sample.world import World
from tests.schemas.test_observation_schema import frame

NAME = "Auswertung_Mobilfunkmonitoring.xlsx"
START = len(KEYS)
#: Rows of operators and technologies, of Germany and of the first Kreis.
OPERATOR_ROW, HEAD_ROW, GERMANY_ROW, KREIS_ROW = 0, 1, 2, 2 + 1 + 16
TELEKOM = 13


@pytest.fixture(scope="module")
def made() -> Grid:
    return mobile(World(7), dt.date(2025, 12, 31))


@pytest.fixture
def grid(made: Grid) -> Grid:
    return copy.deepcopy(made)


def arrived(grid: Grid, name: str = NAME, period: str = "") -> ArrivedFile:
    file = ArrivedFile(Path(name), period=period)
    file.content = with_notes({AREA: grid})
    return file


def decode(grid: Grid, name: str = NAME, period: str = "") -> Decoded:
    return PRODUCT.decode(arrived(grid, name, period))


def rejected(grid: Grid, name: str = NAME, period: str = "") -> Rejected:
    with pytest.raises(Rejected) as caught:
        decode(grid, name, period)
    return caught.value


def facts(decoded: Decoded) -> dict[tuple[str, str], tuple[float | None, str]]:
    observations = [Observation._make(row) for row in decoded.observations]
    return {(o.region_id, o.dimensions): (o.value, o.status) for o in observations}


def test_an_observation_says_what_when_and_where(grid: Grid) -> None:
    grid[KREIS_ROW][TELEKOM + 2] = 0.58
    decoded = decode(grid)
    dimensions = "area_group=area;area_type=total;operator=telekom;technology=5g"
    (cell,) = (
        o
        for o in map(Observation._make, decoded.observations)
        if (o.region_id, o.dimensions) == (nrw_kreise()[0], dimensions)
    )
    assert cell == Observation(
        dataset="bnetza_mobilfunkmonitoring",
        variable="mobile_coverage",
        region_id=nrw_kreise()[0],
        sector_scheme=None,
        sector_id=None,
        dimensions=dimensions,
        reference_date=dt.date(2025, 12, 31),
        value=0.58,
        unit="Anteil",
        status="value",
        basis="",
        printed="0.58",
        locator="Fläche!P20",
    )
    assert (decoded.source_id, decoded.period, decoded.remarks) == ("bnetza_mobilfunkmonitoring", "2025-12-31", [])
    assert decoded.skipped == {"region outside NRW": 15, "municipality": 53}
    assert publisher_of(decoded.source_id).licence == "dl-de/by-2-0"


def test_every_operator_has_every_technology_in_every_region(grid: Grid) -> None:
    read = facts(decode(grid))
    assert len(read) == 55 * 5 * 4
    networks = {tuple(part.split("=")[1] for part in dimensions.split(";")[2:]) for _, dimensions in read}
    assert {operator for operator, _ in networks} == {"all", "telekom", "vodafone", "telefonica", "1und1"}
    assert {technology for _, technology in networks} == {"2g", "4g", "5g", "5g_sa"}


@given(st.randoms())
@settings(max_examples=25)
def test_operators_and_rows_may_stand_elsewhere(made: Grid, shuffler: random.Random) -> None:
    blocks = [range(6, 13), *(range(first, first + 4) for first in (13, 17, 21, 25))]
    shuffler.shuffle(blocks)
    keys = list(range(START))
    shuffler.shuffle(keys)
    order = [*keys, *(column for block in blocks for column in block)]
    body = made[GERMANY_ROW:]
    shuffler.shuffle(body)
    moved = [[row[column] for column in order] for row in (*made[:GERMANY_ROW], *body)]
    moved[:0] = [[""] * len(order)] * shuffler.randint(0, 2)
    assert facts(decode(moved)) == facts(decode(made))


@pytest.mark.parametrize(
    "label", ["alle Netzbetreiber", "Versorgung durch mindestens einen Netzbetreiber", "Gesamt (alle vier)"]
)
def test_all_operators_go_by_several_names(grid: Grid, label: str) -> None:
    expected = facts(decode(grid))
    grid[OPERATOR_ROW][START] = label
    assert facts(decode(grid)) == expected


def test_columns_that_are_not_declared_are_left_out_and_named(grid: Grid) -> None:
    grid[OPERATOR_ROW][10] = "Weiße Flecken"
    grid[HEAD_ROW][10:12] = ["4G", "km²"]
    (remark,) = decode(grid).remarks
    assert (remark.check_id, remark.text) == (
        "column_not_declared",
        "Columns left out: Weiße Flecken / 4G, Weiße Flecken / km²",
    )


@pytest.mark.parametrize(
    ("printed", "name", "period"),
    [
        ("Mobilfunk: 12.2025", NAME, ""),
        ("Datenstand: 31.12.2025", NAME, "2025-12-31"),
        ("Mobilfunk-Monitoring, Stand 12.2025", "202601_MobilfunkMonitoring.xlsx", ""),
        ("", NAME, "2025-12"),
        ("", "Mobilfunkmonitoring_12_2025.xlsx", ""),
    ],
)
def test_the_month_is_printed_or_named(grid: Grid, printed: str, name: str, period: str) -> None:
    grid[OPERATOR_ROW][1] = printed
    assert decode(grid, name, period).period == "2025-12-31"


def test_without_a_month_or_with_two_it_is_refused(grid: Grid) -> None:
    assert "12.2025 as in the header" in rejected(grid, NAME, "2025-09-30").expected
    grid[OPERATOR_ROW][1] = ""
    assert "in MANIFEST.csv" in rejected(grid).expected


@pytest.mark.parametrize(
    ("row", "column", "cell", "where", "says"),
    [
        (KREIS_ROW, TELEKOM, 99.97, "Fläche!N20", "a number from 0 to 1"),
        (KREIS_ROW, TELEKOM, 1.01, "Fläche!N20", "1.01"),
        (KREIS_ROW, TELEKOM, "99 %", "Fläche!N20", "99 %"),
        (KREIS_ROW, START + 1, 0.5, "Fläche!O20", "at most the 0.5 that all operators cover (Fläche!H20)"),
        (KREIS_ROW, 0, "5111", "Fläche!A20", "leading zero"),
        (HEAD_ROW, 0, "Schlüssel", "Fläche", "a column “AGS”"),
        (HEAD_ROW, START + 1, "2G", "Fläche!G2, Fläche!H2", "2 of them"),
        (OPERATOR_ROW, START, "Netz", "Fläche!G2", "a label for all operators"),
        (OPERATOR_ROW, START, "Telekom", "Fläche!G2, Fläche!N2", "2 of them"),
    ],
)
def test_what_is_not_meant_is_refused_with_its_cell(
    grid: Grid, row: int, column: int, cell: Any, where: str, says: str
) -> None:
    grid[row][column] = cell
    error = rejected(grid)
    assert says in error.message
    assert error.where == where


def test_percentages_in_place_of_fractions_are_refused(grid: Grid) -> None:
    for row in grid[GERMANY_ROW:]:
        row[START:] = [cell if cell == "" else float(cell) * 100 for cell in row[START:]]
    assert rejected(grid).where == "Fläche!G3"


def test_a_sheet_without_its_header_is_refused(grid: Grid) -> None:
    del grid[HEAD_ROW]
    assert "“4G”" in rejected(grid).expected


def test_missing_is_not_zero(grid: Grid) -> None:
    grid[KREIS_ROW][TELEKOM : TELEKOM + 4] = ["", "-", "–", 0]
    cells = [o for o in map(Observation._make, decode(grid).observations) if "Fläche!N20" <= o.locator <= "Fläche!Q20"]
    assert [(o.value, o.status) for o in cells if o.region_id == nrw_kreise()[0]] == [
        *[(None, "not_available")] * 3,
        (0.0, "zero"),
    ]


def test_a_fraction_is_checked_as_a_percentage_before_history(grid: Grid) -> None:
    cells = [Observation._make(row) for row in decode(grid).observations[:3]]
    assert failures(frame(*cells)).empty
    wrong = cells[0]._replace(value=1.01)
    assert list(failures(frame(wrong)).check) == ["coverage_0_to_100"]


def test_it_is_recognised_by_its_sheet(grid: Grid) -> None:
    assert catalogue.recognise(arrived(grid, "05111.xlsx")) is PRODUCT
    for content in (b"", b"PK\x03\x04", b"AGS;2G\n"):
        other = ArrivedFile(Path(NAME))
        other.content = content
        assert not PRODUCT.recognises(other)


@given(st.binary(max_size=300), st.integers(min_value=0))
@settings(max_examples=40)
def test_only_a_rejection_leaves_the_decoder(made: Grid, tail: bytes, cut: int) -> None:
    file = arrived(made[:30])
    file.content = file.content[: cut % len(file.content)] + tail
    with pytest.raises(Rejected):
        PRODUCT.decode(file)
