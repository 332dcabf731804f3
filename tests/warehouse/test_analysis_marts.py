"""Portfolio, rankings, topics, lights and breaks on small warehouses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.crosswalks import TopicSector
from reference.regions import GERMANY, NRW, RUHR, nrw_kreise, ruhr_kreise
from reference.rows import rows as reference_rows
from reference.sectors import BA_REGIONALREPORT, DIVISIONS, GENESIS_13, TOTAL, sectors
from schemas.observation import Observation
from sources.cells import month_end
from tests.warehouse.building import HIDDEN, MISSING, Delivery, build_warehouse, employees, observation, records, rows

EARLY, LATE = dt.date(2019, 6, 30), dt.date(2020, 6, 30)
ESSEN, BOCHUM = "05113", "05911"
#: The leaves of ba-rr: they add up to the total.
LEAVES = [
    sector.sector_id
    for sector in sectors(BA_REGIONALREPORT).values()
    if not sector.children and sector.sector_id != "NA"
]


def region(region_id: str, day: dt.date, **counts: float | str) -> list[Observation]:
    """A whole table of one region: 100 in every leaf unless told otherwise, and the sums above them."""
    leaves: dict[str, float | str] = {**dict.fromkeys(LEAVES, 100), **counts}
    hidden = {sector: 100.0 for sector, count in leaves.items() if isinstance(count, str)}
    numbers = {sector: float(hidden.get(sector, count)) for sector, count in leaves.items()}
    numbers["C"] = sum(numbers[s] for s in LEAVES if sectors(BA_REGIONALREPORT)[s].parent_id == "C")
    for whole in ("B-F", "G-U"):
        numbers[whole] = sum(
            number for s, number in numbers.items() if sectors(BA_REGIONALREPORT)[s].parent_id == whole
        )
    numbers[TOTAL] = numbers["A"] + numbers["B-F"] + numbers["G-U"]
    printed: dict[str, float | str] = {**numbers, "NA": 0, **dict.fromkeys(hidden, HIDDEN)}
    return [employees(region_id, sector, count, reference_date=day) for sector, count in printed.items()]


def everywhere(day: dt.date, essen: dict[str, float | str] | None = None) -> list[Observation]:
    return [cell for kreis in nrw_kreise() for cell in region(kreis, day, **((essen or {}) if kreis == ESSEN else {}))]


def build(folder: Path, *tables: list[Observation]) -> Path:
    return build_warehouse(folder, *(Delivery(f"table{n}", table) for n, table in enumerate(tables)))


def test_quadrants_and_their_borders(tmp_path: Path) -> None:
    """H grows and is strong, G is strong and stands still, I is weak and grows, P hides its size."""
    warehouse = build(
        tmp_path,
        everywhere(EARLY, {"H": 300, "G": 300, "I": 20}),
        everywhere(LATE, {"H": 400, "G": 300, "I": 40, "P": HIDDEN, "O,U": HIDDEN}),
    )
    found = dict(
        rows(
            warehouse,
            "SELECT sector_id, quadrant FROM marts.portfolio WHERE region_id = ? AND benchmark_id = '05'",
            ESSEN,
        )
    )
    assert found["H"] == "specialised_growing"
    assert found["G"] == "specialised_shrinking"  # growth of exactly 0 goes to the other side
    assert found["I"] == "growing"
    assert found["P"] == "undetermined"


def test_rankings_take_intervals_by_their_lower_bound_and_say_what_is_certain(tmp_path: Path) -> None:
    """O,U and P share a remainder of 200: each may be anything from 0 to 200, so nobody below is certain."""
    warehouse = build(tmp_path, everywhere(LATE, {"H": 500, "J": 120, "P": HIDDEN, "O,U": HIDDEN}))
    ranking = records(
        warehouse,
        "FROM marts.ranking WHERE kind = 'specialisation' AND region_id = ? ORDER BY rank",
        ESSEN,
    )
    assert [row["rank"] for row in ranking] == [1, 2, 3]
    assert [row["sector_id"] for row in ranking][:2] == ["H", "J"]
    assert [row["is_certain"] for row in ranking][:2] == [True, False]
    assert {row["filter_version"] for row in ranking} == {"2026-1/none"}


def test_growth_is_only_ranked_from_half_the_average_specialisation_on(tmp_path: Path) -> None:
    warehouse = build(tmp_path, everywhere(EARLY, {"I": 10, "J": 90}), everywhere(LATE, {"I": 40, "J": 99, "K": 101}))
    ranking = rows(
        warehouse,
        "SELECT sector_id FROM marts.ranking WHERE kind = 'growth' AND region_id = ? ORDER BY rank LIMIT 2",
        ESSEN,
    )
    assert ranking == [("J",), ("K",)]  # I grew fourfold, but its quotient is below 0.5


def test_a_coarse_sector_makes_a_topic_an_interval(tmp_path: Path) -> None:
    """Logistics counts divisions of H: all of H or none of it, as far as ba-rr can tell."""
    counted = {row.division for row in reference_rows(TopicSector) if row.topic_id == "logistics" and row.weight}
    sector = sectors(BA_REGIONALREPORT)["H"]
    assert counted < set(sector.divisions)
    warehouse = build(tmp_path, everywhere(LATE))
    found = records(
        warehouse,
        "FROM marts.crosswalk_employment WHERE target_id = 'logistics' AND region_id IN (?, ?, ?) ORDER BY region_id",
        *(ESSEN, RUHR, NRW),
    )
    assert [(row["employees_lower"], row["employees_upper"]) for row in found] == [
        (0, 100 * len(nrw_kreise())),
        (0, 100),
        (0, 100 * len(ruhr_kreise())),
    ]
    assert {row["status"] for row in found} == {"estimated"}


@pytest.mark.parametrize(
    ("printed", "green", "industry"),
    [({}, (0, 40), (0, 60)), ({"C": HIDDEN}, (0, 100), (0, 100)), ({"C": 0}, (0, 100), (0, 0))],
)
def test_a_printed_part_of_a_coarse_sector_counts_for_itself(
    tmp_path: Path, printed: dict[str, float | str], green: tuple[float, float], industry: tuple[float, float]
) -> None:
    """Nothing of C is green, and nothing of industry is in B-E outside C; the part may be hidden."""
    counts = {TOTAL: 200, "A": 0, "B-F": 120, "B-E": 100, "C": 60, "F": 20, "G-U": 80, "K": 80, **printed}
    services = dict.fromkeys(("G-I", "J", "L", "M-N", "O-Q", "R-U"), 0)
    cells = [
        employees(ESSEN, sector, count, sector_scheme=GENESIS_13, reference_date=LATE)
        for sector, count in {**services, **counts}.items()
    ]
    warehouse = build(tmp_path, cells)
    sql = (
        "SELECT employees_lower, employees_upper FROM marts.crosswalk_employment "
        "WHERE kind = 'topic' AND region_id = ? AND target_id = ?"
    )
    assert rows(warehouse, sql, ESSEN, "green") == [green]
    assert rows(warehouse, sql, ESSEN, "industry") == [industry]
    used = rows(
        warehouse,
        "SELECT DISTINCT input_dimensions FROM meta.lineage WHERE indicator_id = 'topic_employees.green' ORDER BY 1",
    )
    assert {("sector=B-E",), ("sector=C",)} <= set(used)


def test_divisions_without_their_sections_are_the_parts_of_the_total(tmp_path: Path) -> None:
    """A special evaluation need not print sections; the total is no sector beside its divisions then."""
    divisions = [code for code, sector in sectors(DIVISIONS).items() if sector.divisions == (code,)]
    counts = {**dict.fromkeys(divisions, 10), TOTAL: 10 * len(divisions)}
    warehouse = build(
        tmp_path,
        [employees(ESSEN, code, count, sector_scheme=DIVISIONS, reference_date=LATE) for code, count in counts.items()],
    )
    leaves = rows(warehouse, "SELECT sector_id FROM marts.leaf_sector ORDER BY 1")
    assert leaves == [(code,) for code in sorted(divisions)]
    ((concentration,),) = rows(warehouse, "SELECT value FROM marts.structure WHERE measure = 'herfindahl'")
    assert concentration == pytest.approx(1 / 88, rel=1e-12)


def health_of_essen(warehouse: Path) -> dict[str, Any]:
    sql = "FROM marts.crosswalk_employment WHERE (kind, target_id, region_id) = ('topic', 'health', ?)"
    (row,) = records(warehouse, sql, ESSEN)
    return row


def test_a_missing_sector_may_hold_what_hidden_ones_do_not(tmp_path: Path) -> None:
    """86 and 87,88 are hidden and count for health, G does not and is missing: all the rest may be in G."""
    essen = region(ESSEN, LATE, **{"86": HIDDEN, "87,88": HIDDEN})
    hidden = health_of_essen(build(tmp_path, essen))
    missing = [employees(ESSEN, "G", MISSING, reference_date=LATE) if cell.sector_id == "G" else cell for cell in essen]
    row = health_of_essen(build(tmp_path, missing))
    assert hidden["employees_lower"] == 200
    assert (row["employees_lower"], row["employees_upper"]) == (0, hidden["employees_upper"] + 100)


def test_a_topic_with_hidden_sectors_needs_the_margins_of_one_delivery(tmp_path: Path) -> None:
    """A later delivery prints the sums anew and no sectors: nobody knows what it leaves to the hidden ones."""
    essen = region(ESSEN, LATE, **{"86": HIDDEN, "87,88": HIDDEN})
    later = [
        cell._replace(value=1000.0) if cell.sector_id == "G-U" else cell._replace(value=None, status="not_available")
        for cell in essen
        if cell.sector_id != TOTAL
    ]
    warehouse = build(tmp_path, essen, later)
    assert rows(warehouse, "SELECT count(*) > 0 FROM marts.crosswalk_employment WHERE target_id <> 'health'")
    assert not records(warehouse, "FROM marts.crosswalk_employment WHERE target_id = 'health' AND kind = 'topic'")


def test_germany_is_no_part_of_the_sum_over_nrw(tmp_path: Path) -> None:
    """Against NRW as the sum of its Kreise, what Germany hides does not stand in the benchmark."""
    germany = [cell._replace(region_id=GERMANY) for cell in region(ESSEN, LATE, **{"86": HIDDEN, "P": HIDDEN})]
    warehouse = build(tmp_path, everywhere(LATE), germany)
    (row,) = records(
        warehouse, "FROM marts.crosswalk_employment WHERE (kind, target_id, region_id) = ('topic', 'health', 'DE')"
    )
    total = 100 * len(LEAVES)
    most = row["employees_upper"]
    ((of_nrw,),) = rows(
        warehouse,
        "SELECT employees_lower FROM marts.crosswalk_employment WHERE (kind, target_id, region_id) = "
        "('topic', 'health', '05')",
    )
    assert row["employees_lower"] < most
    assert row["location_quotient_upper"] == pytest.approx((most / total) / (of_nrw / (53 * total)), rel=1e-12)


@pytest.mark.parametrize("above", [[], [cell._replace(region_id=NRW) for cell in region(ESSEN, LATE)]])
def test_a_topic_of_nrw_has_a_quotient_of_one_to_itself(tmp_path: Path, above: list[Observation]) -> None:
    """However wide the interval of its employees is, summed from the Kreise or printed."""
    warehouse = build(tmp_path, [*everywhere(LATE), *above])
    (topic,) = records(
        warehouse, "FROM marts.crosswalk_employment WHERE (target_id, region_id) = ('logistics', ?)", NRW
    )
    assert topic["employees_lower"] == 0 < topic["employees_upper"]
    assert topic["location_quotient"] == 1
    sql = "SELECT value, status, benchmark_value FROM marts.indicator_value WHERE indicator_id = ? AND region_id = ?"
    indicator = "topic_location_quotient.logistics"
    assert rows(warehouse, sql, indicator, NRW) == [(1, "derived", 1)]
    assert rows(warehouse, sql, indicator, BOCHUM) == [(None, "estimated", 1)]


def test_a_quotient_that_is_always_one_gets_no_traffic_light(tmp_path: Path) -> None:
    """NRW against itself neither rises nor falls; a Kreis does."""
    warehouse = build(tmp_path, everywhere(EARLY), everywhere(LATE, {"86": 150}))
    sql = "SELECT light, light_reason FROM marts.indicator_status WHERE indicator_id = ? AND region_id = ?"
    indicator = "topic_location_quotient.health"
    assert rows(warehouse, sql, indicator, NRW) == [("not_assessable", "no_direction")]
    assert rows(warehouse, sql, indicator, ESSEN) == [("not_assessable", "interval")]


def test_a_topic_is_compared_within_its_sector_scheme(tmp_path: Path) -> None:
    """Divisions are printed for NRW and Essen alone: Bochum has coarse sectors, which hold other parts of the topic."""
    divisions = [code for code, sector in sectors(DIVISIONS).items() if sector.divisions == (code,)]
    counts = {**dict.fromkeys(divisions, 10), TOTAL: 880}
    fine = [
        employees(region_id, code, count, sector_scheme=DIVISIONS, reference_date=LATE)
        for region_id in (ESSEN, NRW)
        for code, count in counts.items()
    ]
    warehouse = build(tmp_path, everywhere(LATE), fine)
    found = rows(
        warehouse,
        "SELECT region_id, dataset, benchmark_value FROM marts.indicator_value "
        "WHERE indicator_id = 'topic_employees.health' AND region_id IN (?, ?, ?) ORDER BY region_id",
        *(ESSEN, BOCHUM, NRW),
    )
    ((of_nrw,),) = rows(
        warehouse,
        "SELECT employees FROM marts.crosswalk_employment WHERE (kind, target_id, region_id, sector_scheme) = "
        "('topic', 'health', '05', ?)",
        DIVISIONS,
    )
    assert found == [
        (NRW, "crosswalk_employment/wz08-2", of_nrw),
        (ESSEN, "crosswalk_employment/wz08-2", of_nrw),
        (BOCHUM, "crosswalk_employment/ba-rr", None),
    ]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 300), min_size=4, max_size=4),
    st.sets(st.sampled_from(["86", "87,88", "P", "O,U"]), max_size=4),
)
def test_topics_contain_the_truth_whatever_is_hidden(tmp_path: Path, numbers: list[int], hidden: set[str]) -> None:
    """Weights of topics are 0 or 1, so the true number of employees in a topic can be bounded by hand."""
    truth = dict(zip(("86", "87,88", "P", "O,U"), numbers, strict=True))
    table = []
    for kreis in nrw_kreise():
        counts = truth if kreis == ESSEN else dict.fromkeys(truth, 100)
        cells = region(kreis, LATE, **counts)
        if kreis == ESSEN:
            cells = [
                employees(kreis, str(cell.sector_id), HIDDEN, reference_date=LATE) if cell.sector_id in hidden else cell
                for cell in cells
            ]
        table += cells
    warehouse = build(tmp_path, table)
    lower, upper = rows(
        warehouse,
        "SELECT employees_lower, employees_upper FROM marts.crosswalk_employment "
        "WHERE target_id = 'health' AND kind = 'topic' AND region_id = ?",
        ESSEN,
    )[0]
    core = truth["86"] + truth["87,88"]
    other = sum(  # coarse sectors of which only a part may belong to the topic
        count
        for count, top in rows(
            warehouse,
            "SELECT e.employees, w.weight_upper FROM marts.employment e JOIN marts.leaf_sector USING (sector_scheme, "
            "sector_id, reference_date) JOIN marts.sector_weight w USING (sector_scheme, sector_id) "
            "WHERE region_id = ? AND w.target_id = 'health' AND w.kind = 'topic' AND w.weight_lower < w.weight_upper",
            ESSEN,
        )
        if top
    )
    assert lower <= core
    assert upper >= core
    if not hidden:
        assert (lower, upper) == (core, core + other)
    alone = hidden & {"86", "87,88"}
    if len(hidden) == 1 and alone:
        assert lower == core - truth[alone.pop()]  # one hidden cell is never given away


def test_lights_follow_the_written_rule(tmp_path: Path) -> None:
    def rate(region_id: str, year: int, value: float) -> Observation:
        return observation(
            value,
            dataset="13211-02-05-4",
            variable="unemployment_rate",
            dimensions="base=all_civilian",
            region_id=region_id,
            unit="%",
            basis="",
            reference_date=dt.date(year, 12, 31),
        )

    warehouse = build(
        tmp_path,
        [
            *(rate(NRW, 2019, 6.5), rate(NRW, 2020, 7.5)),
            *(rate(ESSEN, 2019, 10.0), rate(ESSEN, 2020, 9.5)),  # better, and better than NRW
            *(rate(BOCHUM, 2019, 9.0), rate(BOCHUM, 2020, 9.5)),  # worse, but less so than NRW
            *(rate("05112", 2019, 10.0), rate("05112", 2020, 12.0)),  # worse than before and than NRW
            rate("05117", 2020, 8.0),  # nothing to compare with
            *(rate("05119", 2010, 9.0), rate("05119", 2020, 8.0)),  # too long ago to compare with
        ],
    )
    lights = dict(
        rows(
            warehouse,
            "SELECT region_id, light FROM marts.indicator_status WHERE indicator_id = 'unemployment_rate'",
        )
    )
    assert lights == {
        NRW: "red",
        ESSEN: "green",
        BOCHUM: "yellow",
        "05112": "red",
        "05117": "not_assessable",
        "05119": "not_assessable",
    }


@pytest.mark.parametrize(
    ("newest", "compared_with"),
    [
        (dt.date(2025, 2, 28), dt.date(2024, 2, 29)),
        (dt.date(2024, 2, 29), dt.date(2023, 2, 28)),
        (dt.date(2025, 3, 31), dt.date(2024, 3, 31)),
    ],
)
def test_a_month_is_compared_with_the_same_month_a_year_before(
    tmp_path: Path, newest: dt.date, compared_with: dt.date
) -> None:
    every = [month_end(year, month) for year in (2023, 2024, 2025) for month in range(1, 13)]
    months = [
        observation(
            100 + number, dataset="ba_arbeitslose_monat", variable="unemployed", region_id=ESSEN, basis="",
            reference_date=day,
        )
        for number, day in enumerate(every) if day <= newest
    ]  # fmt: skip
    status = (
        "SELECT reference_date, previous_date FROM marts.indicator_status WHERE indicator_id = 'unemployed_monthly'"
    )
    assert rows(build(tmp_path, months), status) == [(newest, compared_with)]


def test_growth_across_a_break_stops_with_a_message(tmp_path: Path) -> None:
    new = [cell._replace(basis="WZ2025") for cell in region(ESSEN, LATE)]
    warehouse = build(tmp_path, region(ESSEN, EARLY) + new)
    assert rows(warehouse, "FROM marts.growth") == []
    with pytest.raises(duckdb.Error, match="one rests on WZ2008, the other on WZ2025"):
        rows(warehouse, "FROM marts.growth_between(?, ?)", EARLY, LATE)
