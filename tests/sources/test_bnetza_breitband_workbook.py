"""The workbook of the Breitbandatlas, generated in the documented layout and in others that may come."""

from __future__ import annotations

import copy
import datetime as dt
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.regions import nrw_kreise
from schemas.observation import Observation
from schemas.observation_schema import BASES
from sources import bnetza_mobilfunk_workbook, catalogue
from sources.arrived_file import ArrivedFile
from sources.bnetza_breitband_workbook import PRODUCT
from sources.product import Decoded
from sources.rejected import Rejected
from sources.sample.broadband_workbook import BUSINESSES, HOUSEHOLDS, KEYS, Grid, fixed_line, with_notes
from sources.sample.world import World

NAME = "bba_12_2025.xlsx"
DAY = dt.date(2025, 12, 31)
START = len(KEYS)
#: Row of the rates, and those of Germany and of the first Kreis with its municipality.
RATE_ROW, GERMANY_ROW, KREIS_ROW = 3, 4, 4 + 1 + 16
LEVEL = KEYS.index("Verwaltungsebene")
#: Rows, all of one width, that a test changes.
Edit = Callable[[Grid], None]


@pytest.fixture(scope="module")
def made() -> Grid:
    return fixed_line(World(7), DAY)


@pytest.fixture
def grid(made: Grid) -> Grid:
    return copy.deepcopy(made)


def arrived(sheets: dict[str, Grid], name: str = NAME, period: str = "") -> ArrivedFile:
    file = ArrivedFile(Path(name), period=period)
    file.content = with_notes(sheets)
    return file


def decode(grid: Grid, name: str = NAME, period: str = "", **more: Grid) -> Decoded:
    return PRODUCT.decode(arrived({HOUSEHOLDS: grid, **more}, name, period))


def rejected(grid: Grid, name: str = NAME, period: str = "", **more: Grid) -> Rejected:
    with pytest.raises(Rejected) as caught:
        decode(grid, name, period, **more)
    return caught.value


def facts(decoded: Decoded) -> dict[tuple[str, str], tuple[float | None, str]]:
    observations = [Observation._make(row) for row in decoded.observations]
    return {(o.region_id, o.dimensions): (o.value, o.status) for o in observations}


def test_an_observation_says_what_when_and_where(grid: Grid) -> None:
    ags = nrw_kreise()[0]
    grid[KREIS_ROW][START + 6] = 96.08
    decoded = decode(grid)
    (gigabit,) = (
        o
        for o in map(Observation._make, decoded.observations)
        if o.region_id == ags and o.dimensions == "customer=households;min_mbit=1000;technology=all"
    )
    assert gigabit == Observation(
        dataset="bnetza_breitbandatlas",
        variable="broadband_coverage",
        region_id=ags,
        sector_scheme=None,
        sector_id=None,
        dimensions="customer=households;min_mbit=1000;technology=all",
        reference_date=DAY,
        value=96.08,
        unit="%",
        status="value",
        basis="atlas2022",
        printed="96.08",
        locator="Privathaushalte!M22",
    )
    assert gigabit.basis in BASES
    assert (decoded.source_id, decoded.period) == ("bnetza_breitbandatlas", "2025-12-31")
    assert decoded.layout[7] == "Privathaushalte: FTTB/H / ≥ 1000 Mbit/s"
    assert decoded.remarks == []


def test_a_kreisfreie_stadt_is_read_as_kreis_and_others_are_counted(grid: Grid) -> None:
    grid[KREIS_ROW + 1][START:] = [1.0] * (len(grid[0]) - START)  # the same city as a municipality
    grid.append(["06431", "Kreis Bergstraße", "3 - Kreis", "06", "", "", *grid[KREIS_ROW][START:]])
    decoded = decode(grid)
    assert {region for region, _ in facts(decoded)} == {"DE", "05", *nrw_kreise()}
    assert decoded.skipped == {"municipality": 53, "region outside NRW": 16, "column on mobile coverage": 2}
    read = facts(decoded)[nrw_kreise()[0], "customer=households;min_mbit=16;technology=all"]
    assert read == (grid[KREIS_ROW][START], "value")


@pytest.mark.parametrize(
    ("level", "other"),
    [
        ("1 - Bund", "1 - Deutschland"),
        ("2 - Land", "2 - Bundesland"),
        ("3 - Kreis", "3 – Landkreis"),
        ("3 - Kreis", "3 - Kreis / kreisfreie Stadt"),
        ("4 - Gemeinde", "Stadt/Gemeinde"),
    ],
)
def test_levels_go_by_several_names(grid: Grid, level: str, other: str) -> None:
    whole = facts(decode(grid))
    for row in grid:
        row[LEVEL] = other if row[LEVEL] == level else row[LEVEL]
    assert facts(decode(grid)) == whole


def test_missing_is_not_zero(grid: Grid) -> None:
    for number, printed in enumerate(["", "-", "–", " — ", 0, 100.01]):
        grid[KREIS_ROW][START + number] = printed
    observations = [o for o in map(Observation._make, decode(grid).observations) if o.region_id == nrw_kreise()[0]]
    assert [(o.value, o.status, o.printed) for o in observations[:6]] == [
        (None, "not_available", ""),
        (None, "not_available", "-"),
        (None, "not_available", "–"),
        (None, "not_available", "—"),
        (0.0, "zero", "0"),
        (100.01, "value", "100.01"),
    ]


@given(st.randoms())
@settings(max_examples=25)
def test_columns_rows_and_header_lines_may_stand_elsewhere(made: Grid, shuffler: random.Random) -> None:
    """Blocks keep together, as their label is merged over them."""
    blocks = [range(6, 13), range(13, 14), range(14, 17), range(17, 20), range(20, 22)]
    shuffler.shuffle(blocks)
    keys = list(range(START))
    shuffler.shuffle(keys)
    order = [*keys, *(column for block in blocks for column in block)]
    head, body = made[: RATE_ROW + 1], made[RATE_ROW + 1 :]
    shuffler.shuffle(body)
    heading = head[0][START]
    moved = [[row[column] for column in order] for row in (*head, *body)]
    moved[0] = [""] * START + [heading] + [""] * (len(order) - START - 1)
    moved[shuffler.randint(0, 2) : 0] = [[""] * len(order)] * shuffler.randint(0, 2)
    assert facts(decode(moved)) == facts(decode(made))


def test_a_label_ends_where_another_begins_a_line_above(grid: Grid) -> None:
    """The label of the last technology stands on the heading line, merged down."""
    grid[1][17], grid[2][17] = "FTTC", ""
    assert facts(decode(grid)) == facts(decode(fixed_line(World(7), DAY)))


def test_a_rate_may_have_a_thousands_point_and_the_heading_a_sign(grid: Grid) -> None:
    whole = facts(decode(grid))
    grid[0] = [str(cell).replace("in Prozent der", "in % der") for cell in grid[0]]
    grid[RATE_ROW] = [str(cell).replace("1000", "1.000") for cell in grid[RATE_ROW]]
    assert facts(decode(grid)) == whole


def test_a_technology_of_its_own_keeps_its_own_id_and_is_remarked(grid: Grid) -> None:
    grid[2][17] = "Satellit (LEO)"
    decoded = decode(grid)
    assert ("05113", "customer=households;min_mbit=50;technology=satellit_leo") in facts(decoded)
    assert [(remark.check_id, remark.where) for remark in decoded.remarks] == [("name_not_declared", HOUSEHOLDS)]


def test_columns_that_say_no_rate_are_left_out_and_named(grid: Grid) -> None:
    for row in grid:
        row += ["", ""]
    grid[2][-2], grid[RATE_ROW][-2] = "Anschlüsse", "Anzahl"
    grid[KREIS_ROW][-1] = "a comment"
    (remark,) = decode(grid).remarks
    assert (remark.check_id, remark.text) == (
        "column_not_declared",
        "Columns that say no rate are left out: Anschlüsse / Anzahl",
    )


@pytest.mark.parametrize(
    ("name", "period"),
    [(NAME, ""), ("BBA_12_2025.xlsx", "2025"), ("atlas.xlsx", "2025-12"), ("Paket_1/bba_12_2025.xlsx", "2025-12-31")],
)
def test_the_month_is_printed_and_nothing_contradicts_it(grid: Grid, name: str, period: str) -> None:
    assert decode(grid, name, period).period == "2025-12-31"


@pytest.mark.parametrize(("name", "period"), [("bba_06_2025.xlsx", ""), (NAME, "2025-06-30"), (NAME, "2024")])
def test_another_month_in_name_or_manifest_is_refused(grid: Grid, name: str, period: str) -> None:
    error = rejected(grid, name, period)
    assert "12.2025 as in the header" in error.expected
    assert name in error.found


def test_without_a_printed_month_the_name_tells_it(grid: Grid) -> None:
    grid[2][2] = ""
    assert decode(grid).period == "2025-12-31"
    assert decode(grid, "atlas.xlsx", "2025-12-31").period == "2025-12-31"
    assert "“Festnetz: 12.2025”" in rejected(grid, "atlas.xlsx", "2025").expected
    grid[2][2] = "Festnetz: 12.2025 und Festnetz: 06.2025"
    assert "06.2025 and 12.2025" in rejected(grid).found


class TestBusinesses:
    def test_are_read_where_the_sheet_is_written_in_the_same_words(self, grid: Grid) -> None:
        both = decode(grid, Unternehmen=fixed_line(World(7), DAY, BUSINESSES))
        assert ("05113", "customer=businesses;min_mbit=1000;technology=all") in facts(both)
        assert len(facts(both)) == 2 * len(facts(decode(grid)))
        assert both.skipped["municipality"] == 2 * 53
        assert both.remarks == []

    def test_are_left_out_with_the_reason_where_it_is_not(self, grid: Grid) -> None:
        other = fixed_line(World(7), DAY, "Gewerbestandorte")
        decoded = decode(grid, Unternehmen=other)
        assert facts(decoded) == facts(decode(grid))
        (remark,) = decoded.remarks
        assert (remark.check_id, remark.where) == ("sheet_not_read", BUSINESSES)
        assert "found “in Prozent der Gewerbestandorte”" in remark.text

    def test_of_another_month_are_refused(self, grid: Grid) -> None:
        other = fixed_line(World(7), dt.date(2025, 6, 30), BUSINESSES)
        assert rejected(grid, "atlas.xlsx", Unternehmen=other).found == "06.2025 and 12.2025"


def put(row: int, column: int, cell: Any) -> Edit:
    def edit(grid: Grid) -> None:
        grid[row][column] = cell

    return edit


def each_figure(change: Callable[[float], Any]) -> Edit:
    def edit(grid: Grid) -> None:
        for row in grid[RATE_ROW + 1 :]:
            row[START:] = [change(float(cell)) for cell in row[START:]]

    return edit


@pytest.mark.parametrize(
    ("edit", "where", "says"),
    [
        (put(KREIS_ROW, START, 100.02), "Privathaushalte!G22", "100.02"),
        (put(KREIS_ROW, START, -1), "Privathaushalte!G22", "-1"),
        (put(KREIS_ROW, START, "96,08"), "Privathaushalte!G22", "96,08"),
        (put(KREIS_ROW, START, "*"), "Privathaushalte!G22", "*"),
        (put(KREIS_ROW, START, True), "Privathaushalte!G22", "True"),
        (put(KREIS_ROW, 0, "05999"), "Privathaushalte!A22", "05999"),
        (put(KREIS_ROW, 0, "5111"), "Privathaushalte!A22", "leading zero"),
        (put(KREIS_ROW, 0, 5111), "Privathaushalte!A22", "leading zero"),
        (put(KREIS_ROW, 0, ""), "Privathaushalte!A22", "official key"),
        (lambda grid: grid.append(grid[KREIS_ROW]), "Privathaushalte", "Privathaushalte!A22, Privathaushalte!A128"),
        (put(KREIS_ROW, LEVEL, "3 - Insel"), "Privathaushalte!A22", "3 - Insel"),
        (put(KREIS_ROW, LEVEL, "4 - Gemeinde"), "Privathaushalte!A22", "05111"),
        (put(RATE_ROW, 0, "Schlüssel"), "Privathaushalte", "a column “AGS”"),
        (put(RATE_ROW, 1, "AGS"), "Privathaushalte", "2 of them"),
        (put(RATE_ROW, START + 1, "≥ 16 Mbit/s"), "Privathaushalte!G4, Privathaushalte!H4", "2 of them"),
        (put(RATE_ROW, START + 1, "≥ 1 Gbit/s"), "Privathaushalte!H4", "≥ 1 Gbit/s"),
        (put(2, START, ""), "Privathaushalte!G4", "label of a technology"),
        (put(2, START, "Alle Techniken"), "Privathaushalte", "Alle Techniken / ≥ 1000 Mbit/s"),
        (put(0, START, "Angaben in Prozent der Gemeinden"), "Privathaushalte", "Gemeinden"),
        (put(0, START, ""), "Privathaushalte", "no such heading"),
        (each_figure(lambda share: share / 100), "", "fractions of 1"),
        (each_figure(lambda share: share * 10), "Privathaushalte!G5", "a number from 0 to 100"),
    ],
)
def test_what_is_not_meant_is_refused_with_its_cell(grid: Grid, edit: Edit, where: str, says: str) -> None:
    edit(grid)
    error = rejected(grid)
    assert says in error.message
    assert error.where == where or not where


@pytest.mark.parametrize("rows", [4, GERMANY_ROW + 1, KREIS_ROW + 3, 40])
def test_a_table_that_ends_early_is_refused(grid: Grid, rows: int) -> None:
    assert "no row for" in rejected(grid[:rows]).found


def test_without_a_level_the_length_of_the_key_tells_it(grid: Grid) -> None:
    """A Land and Germany may also be written with zeros where their level is told."""
    expected = facts(decode(grid))
    padded = copy.deepcopy(grid)
    padded[GERMANY_ROW][0], padded[GERMANY_ROW + 5][0], padded[KREIS_ROW][0] = "DG", "05000000", "05111000"
    assert facts(decode(padded)) == expected
    for row in grid:
        row[LEVEL] = ""
    grid[2][1] = "Festnetz: 12.2025"
    assert facts(decode(grid)) == expected


def test_notes_below_the_table_are_no_rows(grid: Grid) -> None:
    width = len(grid[0])
    grid += [[""] * width, ["Quelle: Gigabit-Grundbuch", *[""] * (width - 1)]]
    assert decode(grid).skipped["note below the table"] == 1
    grid[-1][START] = 5.0
    assert "Quelle" in rejected(grid).found


def test_only_its_own_workbooks_are_recognised(grid: Grid) -> None:
    both = arrived({HOUSEHOLDS: grid, "Fläche": grid})
    assert catalogue.recognise(both) is PRODUCT
    assert not bnetza_mobilfunk_workbook.PRODUCT.recognises(both)
    assert not PRODUCT.recognises(arrived({"Fläche": grid}))


@given(st.binary(max_size=300), st.integers(min_value=0))
@settings(max_examples=40)
def test_only_a_rejection_leaves_the_decoder(made: Grid, tail: bytes, cut: int) -> None:
    file = arrived({HOUSEHOLDS: made[:30]})
    file.content = file.content[: cut % len(file.content)] + tail
    with pytest.raises(Rejected):
        PRODUCT.decode(file)


def test_a_workbook_with_all_municipalities_is_read_in_a_few_seconds() -> None:
    """11,000 rows take half a second and 100 MB; with room for a busy machine."""
    file = arrived({HOUSEHOLDS: fixed_line(World(7), DAY, municipalities=207)})
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    decoded = catalogue.recognise(file).decode(file)
    assert time.perf_counter() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kilobytes
    assert decoded.skipped["municipality"] == 53 * 207
