"""The marts case by case. Each case is one table at a date of its own, all in one warehouse."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reference.regions import GERMANY, NRW, RUHR, nrw_kreise, ruhr_kreise
from reference.sectors import DIVISIONS, GENESIS_13, LDB_SECTIONS, TOTAL, sectors
from schemas.observation import Observation
from tests.warehouse.building import (
    DAY,
    HIDDEN,
    MISSING,
    Delivery,
    build_warehouse,
    employees,
    observation,
    records,
    rows,
)

KREISE, RUHR_KREISE = nrw_kreise(), ruhr_kreise()
ESSEN, BOCHUM, REMSCHEID = "05113", "05911", "05120"
Row = dict[str, Any]


def everywhere(sector: str, printed: float | str, **fields: Any) -> list[Observation]:
    return [employees(kreis, sector, printed, **fields) for kreis in KREISE]


#: Name of a case → its cells. C stands below B-F, B-F below TOTAL, `24-30,32,33` below C.
CASES: dict[str, list[Observation]] = {
    "one hidden": [
        employees(ESSEN, TOTAL, 100),
        employees(ESSEN, "B-F", 40),
        employees(ESSEN, "F", HIDDEN),
        employees(ESSEN, "C", 25),
    ],
    "two hidden": [employees(ESSEN, "B-F", 40), employees(ESSEN, "F", HIDDEN), employees(ESSEN, "C", HIDDEN)],
    "hidden below hidden": [
        employees(ESSEN, TOTAL, 100),
        employees(ESSEN, "A", 10),
        employees(ESSEN, "B-F", HIDDEN),
        employees(ESSEN, "F", 20),
        employees(ESSEN, "C", HIDDEN),
        employees(ESSEN, "24-30,32,33", HIDDEN),
    ],
    "parent not printed": [
        employees(ESSEN, TOTAL, 100),
        employees(ESSEN, "A", 10),
        employees(ESSEN, "C", HIDDEN),
        employees(ESSEN, "F", 20),
    ],
    "parent missing": [employees(ESSEN, "B-F", MISSING), employees(ESSEN, "F", HIDDEN)],
    "no margin": [employees(ESSEN, TOTAL, HIDDEN)],
    "NRW leaves less": [
        employees(NRW, "F", 1000),
        employees(ESSEN, "B-F", 500),
        *(employees(kreis, "F", HIDDEN if kreis in (ESSEN, REMSCHEID) else 19) for kreis in KREISE),
    ],
    "NRW leaves the Ruhr less": [
        employees(NRW, "F", 1000),
        *everywhere("B-F", 500),
        *(employees(kreis, "F", HIDDEN if kreis in (ESSEN, BOCHUM, REMSCHEID) else 19) for kreis in KREISE),
    ],
    "nothing left": [employees(ESSEN, "B-F", 40), employees(ESSEN, "C", 40), employees(ESSEN, "F", HIDDEN)],
    "a figure of a part of the employees": [employees(ESSEN, "F", 7, dimensions="sex=female")],
    "two members missing": [employees(kreis, "F", 10) for kreis in KREISE[:-2]],
    "one member of the Ruhr not printed": [employees(kreis, "F", 10) for kreis in RUHR_KREISE[1:]],
    "one member says nothing": [
        employees(kreis, "F", MISSING if kreis == ESSEN else HIDDEN if kreis == REMSCHEID else 10) for kreis in KREISE
    ],
    "one member hidden": [
        *everywhere(TOTAL, 100),
        *(employees(kreis, "F", HIDDEN if kreis == ESSEN else 10) for kreis in KREISE),
    ],
    "hidden, and nobody elsewhere": [
        *everywhere(TOTAL, 100),
        *(employees(kreis, "F", HIDDEN if kreis == ESSEN else 0) for kreis in KREISE),
    ],
    "two classifications": [
        employees(kreis, "F", 10, basis="WZ2025" if kreis == ESSEN else "WZ2008") for kreis in KREISE
    ],
    "one member without margin": [employees(kreis, TOTAL, HIDDEN if kreis == ESSEN else 10) for kreis in KREISE],
    "NRW printed": [*everywhere("F", 10), employees(NRW, "F", 531)],
    "all zero": [*everywhere(TOTAL, 100), *everywhere("F", 0)],
}
DATES = {name: dt.date(2000 + number, 12, 31) for number, name in enumerate(CASES)}


YEARS = [dt.date(2000 + number, 6, 30) for number in range(12)]
QUARTERS = [
    dt.date(year, month, day)
    for year in (2017, 2018, 2019, 2020)
    for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
][:13]
BEFORE, AFTER = dt.date(2019, 6, 30), dt.date(2020, 6, 30)
#: Population of the 53 Kreise: complete, with a gap in Essen, and with Essen on another census.
FULL, GAP, TWO_BASES = (dt.date(year, 12, 31) for year in (2021, 2022, 2023))


def series() -> list[Observation]:
    """Schemes other than ba-rr: twelve years from nobody to 1,100, thirteen quarters of which the last is of
    another classification, an interval after an exact figure, and a Kreis that hides all 88 divisions."""
    every_division = [sector for sector in sectors(DIVISIONS) if sector != TOTAL]
    return [
        *(
            employees(ESSEN, TOTAL, 100 * number, sector_scheme=GENESIS_13, reference_date=day)
            for number, day in enumerate(YEARS)
        ),
        *(
            employees(ESSEN, TOTAL, 100 + number, sector_scheme=LDB_SECTIONS, reference_date=day, basis=basis)
            for number, (day, basis) in enumerate(zip(QUARTERS, ["WZ2008"] * 12 + ["WZ2025"], strict=True))
        ),
        *(employees(ESSEN, TOTAL, 50, sector_scheme=DIVISIONS, reference_date=day) for day in (BEFORE, AFTER)),
        employees(ESSEN, "C", 20, sector_scheme=DIVISIONS, reference_date=BEFORE),
        *(employees(ESSEN, code, HIDDEN, sector_scheme=DIVISIONS, reference_date=AFTER) for code in every_division),
    ]


def population(day: dt.date, essen: float | str, basis: str) -> list[Observation]:
    return [
        observation(
            essen if kreis == ESSEN else 10,
            dataset="12411-01-01-4",
            variable="population",
            region_id=kreis,
            reference_date=day,
            basis=basis if kreis == ESSEN else "census2022",
        )
        for kreis in KREISE
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cases = [
        Delivery(
            f"case{number}",
            [cell._replace(reference_date=DATES[name], locator=f"cell {place}") for place, cell in enumerate(cells)],
        )
        for number, (name, cells) in enumerate(CASES.items())
    ]
    inhabitants = [
        *population(FULL, 10, "census2022"),
        *population(GAP, MISSING, "census2022"),
        *population(TWO_BASES, 10, "census2011"),
    ]
    folder = tmp_path_factory.mktemp("cases")
    return build_warehouse(folder, *cases, Delivery("series", series()), Delivery("population", inhabitants))


def employment(built: Path, case: str, region: str, sector: str) -> Row | None:
    found = records(
        built,
        "FROM marts.employment WHERE reference_date = ? AND region_id = ? AND sector_id = ?",
        DATES[case],
        region,
        sector,
    )
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("case", "sector", "upper"),
    [
        ("one hidden", "F", 15),
        ("two hidden", "F", 40),
        ("two hidden", "C", 40),
        ("hidden below hidden", "B-F", 90),
        ("hidden below hidden", "C", 70),
        ("hidden below hidden", "24-30,32,33", 70),
        ("parent not printed", "C", 70),
        ("parent missing", "F", None),
        ("no margin", TOTAL, None),
        ("NRW leaves less", "F", 1000 - 51 * 19),
        ("nothing left", "F", 0),
    ],
)
def test_a_hidden_cell_lies_between_zero_and_what_the_margins_leave(
    built: Path, case: str, sector: str, upper: float | None
) -> None:
    cell = employment(built, case, ESSEN, sector)
    assert cell is not None
    assert cell["status"] == "suppressed"
    assert (cell["employees"], cell["employees_lower"], cell["employees_upper"]) == (None, 0, upper)


def test_margins_of_another_delivery_bound_nothing(tmp_path: Path) -> None:
    """A later delivery counted anew and prints sums alone: what it would leave to the hidden cells is not so."""
    earlier = [
        employees(NRW, "F", 1000),
        *(employees(kreis, "F", HIDDEN if kreis in (ESSEN, REMSCHEID) else 19) for kreis in KREISE),
        *(employees(ESSEN, sector, count) for sector, count in (("B-F", 500), ("C", 300), ("B,D,E", 0))),
    ]
    nrw_anew = [employees(NRW, "F", 972), *(employees(kreis, "F", MISSING) for kreis in KREISE)]
    essen_anew = [employees(ESSEN, "B-F", 310), employees(ESSEN, "F", MISSING)]
    for later, upper in (([], 31), (nrw_anew, 200), (essen_anew, 31), ([*nrw_anew, *essen_anew], None)):
        built = build_warehouse(tmp_path, Delivery("earlier", earlier), Delivery("later", later, dt.date(2022, 1, 1)))
        found = rows(
            built,
            "SELECT employees_lower, employees_upper FROM marts.employment WHERE region_id = ? AND sector_id = 'F'",
            ESSEN,
        )
        assert found == [(0, upper)]


def test_a_margin_without_hidden_cell_stays_exact(built: Path) -> None:
    cell = employment(built, "one hidden", ESSEN, "C")
    assert cell is not None
    assert (cell["employees"], cell["employees_lower"], cell["employees_upper"]) == (25, 25, 25)
    assert (cell["status"], cell["delivery_id"], cell["locator"]) == ("value", "case0", "cell 3")


def test_a_figure_of_a_part_of_the_employees_is_no_employment(built: Path) -> None:
    assert employment(built, "a figure of a part of the employees", ESSEN, "F") is None


@pytest.mark.parametrize(
    ("case", "region"),
    [
        ("two members missing", NRW),
        ("one member of the Ruhr not printed", RUHR),
        ("one member of the Ruhr not printed", NRW),
        ("two classifications", NRW),
        ("two classifications", RUHR),
    ],
)
def test_there_is_no_sum_over_part_of_the_members_or_over_two_bases(built: Path, case: str, region: str) -> None:
    assert employment(built, case, region, "F") is None


def test_a_gap_in_one_member_is_a_gap_in_the_sum_and_not_zero(built: Path) -> None:
    for region in (RUHR, NRW):  # NRW has a hidden member too: the gap is what counts
        total = employment(built, "one member says nothing", region, "F")
        assert total is not None
        assert total["status"] == "not_available"
        assert total["employees"] is total["employees_lower"] is total["employees_upper"] is None


def test_a_sum_with_a_hidden_member_is_an_interval(built: Path) -> None:
    ruhr = employment(built, "one member hidden", RUHR, "F")
    assert ruhr is not None
    assert (ruhr["employees"], ruhr["employees_lower"], ruhr["employees_upper"]) == (None, 140, 240)
    assert (ruhr["status"], ruhr["delivery_id"]) == ("suppressed", None)


def test_what_nrw_leaves_bounds_the_hidden_members_of_the_ruhr_together(built: Path) -> None:
    """NRW leaves 50 to three hidden Kreise: two of them have 50 together too, not 50 each."""
    ruhr = employment(built, "NRW leaves the Ruhr less", RUHR, "F")
    assert ruhr is not None
    known = 13 * 19
    assert (ruhr["employees"], ruhr["employees_lower"], ruhr["employees_upper"]) == (None, known, known + 50)


def test_what_nrw_leaves_bounds_no_members_that_other_deliveries_hide(tmp_path: Path) -> None:
    """Bochum is hidden by a later delivery, and so is NRW's new figure: it says nothing about Essen."""
    hidden_in = {ESSEN: "earlier", REMSCHEID: "earlier", BOCHUM: "later"}

    def delivery(name: str, known_from: dt.date, kreise: list[str], nrw: float) -> Delivery:
        cells = [employees(kreis, "F", HIDDEN if hidden_in.get(kreis) == name else 19) for kreis in kreise]
        cells += [employees(NRW, "F", nrw), *(employees(kreis, "B-F", 500) for kreis in kreise)]
        return Delivery(name, cells, known_from)

    built = build_warehouse(
        tmp_path,
        delivery("earlier", dt.date(2021, 1, 1), [*KREISE], 1000),
        delivery("later", dt.date(2022, 1, 1), [kreis for kreis in KREISE if kreis not in (ESSEN, REMSCHEID)], 1010),
    )
    found = dict(rows(built, "SELECT region_id, employees_upper FROM marts.employment WHERE sector_id = 'F'"))
    assert (found[ESSEN], found[BOCHUM]) == (500, 1010 - 50 * 19)
    assert found[RUHR] == 13 * 19 + found[ESSEN] + found[BOCHUM]


def test_a_sum_with_a_member_without_upper_bound_has_none(built: Path) -> None:
    ruhr = employment(built, "one member without margin", RUHR, TOTAL)
    assert ruhr is not None
    assert (ruhr["employees"], ruhr["employees_lower"], ruhr["employees_upper"]) == (None, 140, None)


def test_a_printed_figure_for_nrw_goes_before_the_sum(built: Path) -> None:
    nrw, ruhr = (employment(built, "NRW printed", region, "F") for region in (NRW, RUHR))
    assert nrw is not None
    assert (nrw["employees"], nrw["status"]) == (531, "value")
    assert nrw["delivery_id"] is not None
    assert ruhr is not None
    assert (ruhr["employees"], ruhr["status"]) == (150, "derived")


def quotient(built: Path, case: str, region: str) -> Row:
    (row,) = records(
        built,
        "FROM marts.specialisation WHERE reference_date = ? AND region_id = ? AND sector_id = 'F'",
        DATES[case],
        region,
    )
    return row


def test_the_hidden_part_of_a_region_counts_in_its_benchmark_too(built: Path) -> None:
    """Essen hides x of 0–100 in F: its quotient is x/100 over (520 + x)/5300, from 0 to the value at 100."""
    essen, other = (
        quotient(built, "one member hidden", ESSEN),
        quotient(built, "one member hidden", REMSCHEID),
    )
    assert essen["location_quotient"] is None
    assert essen["location_quotient_lower"] == 0
    assert essen["location_quotient_upper"] == pytest.approx(1 / (620 / 5300), rel=1e-12)
    assert other["location_quotient"] is None
    assert other["location_quotient_lower"] == pytest.approx(0.1 / (620 / 5300), rel=1e-12)
    assert other["location_quotient_upper"] == pytest.approx(0.1 / (520 / 5300), rel=1e-12)


@pytest.mark.parametrize(
    ("case", "region", "bound"),
    [
        ("one member hidden", NRW, 1),
        ("hidden, and nobody elsewhere", NRW, 1),
        ("hidden, and nobody elsewhere", ESSEN, 53),
    ],
)
def test_both_bounds_meet_where_no_hidden_figure_can_change_a_quotient(
    built: Path, case: str, region: str, bound: float
) -> None:
    """NRW against itself; and the only Kreis with anybody in F, whose own total is 1/53 of NRW's."""
    row = quotient(built, case, region)
    assert row["location_quotient"] is row["employees"] is None
    assert row["location_quotient_lower"] == row["location_quotient_upper"] == pytest.approx(bound, rel=1e-12)


def test_a_quotient_is_undefined_where_the_benchmark_has_nobody(built: Path) -> None:
    row = quotient(built, "all zero", ESSEN)
    assert (row["employees"], row["share"], row["benchmark_share"], row["location_quotient"]) == (
        0,
        0,
        0,
        None,
    )
    assert row["location_quotient_lower"] is row["location_quotient_upper"] is None


def test_germany_is_a_benchmark_but_nrw_is_none_for_germany(small_warehouse: Path) -> None:
    found = rows(small_warehouse, "SELECT DISTINCT region_id, benchmark_id FROM marts.specialisation")
    assert (RUHR, GERMANY) in found
    assert (NRW, GERMANY) in found
    assert (GERMANY, NRW) not in found


def test_growth_between_all_pairs_of_few_dates(built: Path) -> None:
    found = records(built, f"FROM marts.growth WHERE sector_scheme = '{GENESIS_13}'")
    assert len(found) == 12 * 11 // 2
    for row in found:
        before, after = (row[name].year - 2000 for name in ("from_date", "to_date"))
        assert before < after
        if before == 0:  # from nobody: undefined, neither 0 % nor infinite
            assert row["growth_rate"] is row["growth_rate_lower"] is row["growth_rate_upper"] is None
        else:
            assert row["growth_rate"] == pytest.approx(after / before - 1, rel=1e-12)


def test_growth_between_many_dates_is_over_a_year_and_over_all(built: Path) -> None:
    found = set(rows(built, f"SELECT from_date, to_date FROM marts.growth WHERE sector_scheme = '{LDB_SECTIONS}'"))
    over_a_year = {(QUARTERS[n], QUARTERS[n + 4]) for n in range(8)}  # the last date is on another classification
    assert found == over_a_year


def test_growth_over_a_change_of_classification_is_not_calculated(built: Path) -> None:
    changed = QUARTERS[12]
    assert rows(built, "FROM marts.employment WHERE reference_date = ? AND basis = 'WZ2025'", changed)
    assert not rows(built, "FROM marts.growth WHERE to_date = ? AND growth_rate IS NOT NULL", changed)
    with pytest.raises(duckdb.InvalidInputException, match=r"cannot be compared.*WZ2008.*WZ2025"):
        rows(built, "FROM marts.growth_between(DATE '2019-12-31', DATE '2020-03-31')")


def test_growth_between_takes_any_pair_and_agrees_with_the_mart(built: Path) -> None:
    def between(start: str, end: str) -> list[tuple[Any, ...]]:
        return rows(
            built,
            f"SELECT growth_rate FROM marts.growth_between(DATE '{start}', DATE '{end}') "
            f"WHERE sector_scheme = '{LDB_SECTIONS}'",
        )

    assert between("2017-06-30", "2019-06-30") == [(109 / 101 - 1,)]  # not in the mart
    assert between("2019-06-30", "2017-06-30") == [(101 / 109 - 1,)]
    assert between("2018-06-30", "2019-06-30") == rows(
        built,
        "SELECT growth_rate FROM marts.growth WHERE to_date = '2019-06-30' AND sector_scheme = ?",
        LDB_SECTIONS,
    )
    assert between("2017-03-31", "1999-01-01") == []


def test_growth_of_an_interval_is_an_interval(built: Path) -> None:
    found = rows(
        built,
        "SELECT growth_rate, growth_rate_lower, growth_rate_upper FROM marts.growth "
        "WHERE sector_id = 'C' AND sector_scheme = ?",
        DIVISIONS,
    )
    assert found == [(None, -1, 50 / 20 - 1)]


def test_a_topic_whose_every_division_is_hidden_lies_between_zero_and_the_total(built: Path) -> None:
    found = rows(
        built,
        "SELECT DISTINCT employees, employees_lower, employees_upper FROM marts.crosswalk_employment "
        "WHERE kind = 'topic' AND sector_scheme = ? AND reference_date = ?",
        DIVISIONS,
        AFTER,
    )
    assert found == [(None, 0, 50)]


def test_coverage_takes_its_dimensions_apart(small_warehouse: Path) -> None:
    (fixed,) = records(small_warehouse, "FROM marts.broadband WHERE region_id = '05111' AND reference_date = ?", DAY)
    assert (fixed["customer"], fixed["technology"], fixed["min_mbit"]) == ("households", "all", 1000)
    assert (fixed["coverage_pct"], fixed["delivery_id"]) == (93.85, "atlas")
    (mobile,) = records(
        small_warehouse, "FROM marts.mobile_coverage WHERE region_id = '05' AND reference_date = ?", DAY
    )
    assert (mobile["technology"], mobile["area_group"], mobile["area_type"]) == ("4g", "area", "total")


def test_an_indicator_is_a_sum_for_the_ruhr_only_where_all_members_have_a_value(built: Path) -> None:
    of_ruhr = "WHERE indicator_id = 'population' AND region_id = 'RUHR'"
    found = rows(built, f"SELECT reference_date, value, status FROM marts.indicator_value {of_ruhr} ORDER BY 1")
    assert found == [(FULL, 150, "derived"), (GAP, None, "not_available")]  # none on two census bases
    lineage = rows(built, f"SELECT count(*) FROM meta.lineage {of_ruhr} AND reference_date = ?", FULL)
    assert lineage == [(15,)]
