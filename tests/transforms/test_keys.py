"""The measures against the answers of other software (REAT for R), on official data of Göttingen."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.transforms.marts import GERMANY, TOTAL, Cell, Figure, fill, open_measures, records, scalar

REGION = "03152"
QUADRANTS = {
    "spezialisierter Wachstumsmarkt": "specialised_growing",
    "Wachstumsmarkt": "growing",
    "spezialisierter schrumpfender Markt": "specialised_shrinking",
    "schrumpfender Markt": "shrinking",
}
#: Columns of marts.shift_share whose sum a component of REAT is, for a whole region.
DUNN = {
    "Growth (t1-t)": ("employment_change",),
    "National share": ("national_share",),
    "Industrial mix": ("industrial_mix",),
    "Regional share": ("regional_share",),
    "Net total shift": ("industrial_mix", "regional_share"),
}
ESTEBAN = DUNN | {
    "Regional share": ("homothetic_regional_share",),
    "Allocation effect": ("allocation_effect",),
}
#: By industry REAT splits each industry as if it were a region of its own: its national share holds the
#: industrial mix, and Esteban-Marquillas' split is left undone (all of it in the regional share).
BY_INDUSTRY = {
    "Growth (t1-t)": ("employment_change",),
    "National share": ("national_share", "industrial_mix"),
    "Regional share": ("regional_share",),
    "Net total shift": ("regional_share",),
}
#: Farhauer/Kröll 2013, Standorttheorien: the regions that make up the nation, four sectors at two dates.
TEXTBOOK = {
    "A": ((90, 20, 10, 60), (100, 40, 10, 55)),
    "B": ((60, 30, 30, 40), (85, 55, 40, 35)),
    "C": ((250, 100, 110, 300), (255, 115, 85, 390)),
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(year: int | str) -> dt.date:
    return dt.date(int(year), 6, 30)


def close(found: float, expected: str) -> bool:
    return math.isclose(found, float(expected), rel_tol=1e-9, abs_tol=1e-9)


@pytest.fixture(scope="module")
def goettingen(keys: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of the city and Germany; the city's total is more than its sections."""
    cells: dict[Cell, Figure] = {}
    parents: dict[str, str | None] = {}
    for row in read(keys / "inputs" / "REAT_Goettingen.csv"):
        sector = TOTAL if row["WZ2008_Code"] == "A-R" else row["WZ2008_Code"]
        parents[sector] = None if sector == TOTAL else TOTAL
        for year in range(2008, 2018):
            cells[REGION, sector, day(year)] = float(row[f"Goettingen{year}"])
            cells[GERMANY, sector, day(year)] = float(row[f"BRD{year}"])
    with open_measures() as connection:
        fill(connection, cells, parents)
        yield connection


def shift_share(
    connection: duckdb.DuckDBPyConnection, dates: list[int], columns: tuple[str, ...], sector: str = TOTAL
) -> float:
    """Sum over consecutive dates: the static analysis for two, the dynamic one for more."""
    found = 0.0
    for start, end in itertools.pairwise(dates):
        rows = records(
            connection,
            "FROM marts.shift_share WHERE region_id = ? AND sector_id = ? AND from_date = ? AND to_date = ?",
            *(REGION, sector, day(start), day(end)),
        )
        assert len(rows) == 1
        assert rows[0]["status"] == "derived"
        found += sum(rows[0][column] for column in columns)
    return found


def dates_of(dataset: str) -> list[int]:
    """Of e.g. `Goettingen 2008-2017 dynamic`."""
    start, end = (int(year) for year in dataset.split()[1].split("-"))
    return list(range(start, end + 1)) if "dynamic" in dataset else [start, end]


def test_location_quotient_of_the_textbook(keys: Path, measures: duckdb.DuckDBPyConnection) -> None:
    (key,) = read(keys / "reat_00_textbook_locq.csv")
    assert close(scalar(measures, "marts.location_quotient(1714, 79006, 879213, 15593224)"), key["LQ"])


@pytest.mark.parametrize("region", TEXTBOOK)
def test_shift_share_of_the_textbook(keys: Path, measures: duckdb.DuckDBPyConnection, region: str) -> None:
    cells: dict[Cell, Figure] = {}
    for number, date in enumerate((day(2008), day(2009))):
        figures = {name: dates[number] for name, dates in TEXTBOOK.items()}
        figures[GERMANY] = tuple(sum(parts) for parts in zip(*figures.values(), strict=True))
        for name, sectors in figures.items():
            cells |= {(name, str(place), date): e for place, e in enumerate(sectors)}
    fill(measures, cells, {TOTAL: None} | {str(place): TOTAL for place in range(4)})
    (found,) = records(measures, "FROM marts.shift_share WHERE region_id = ? AND sector_id = ?", region, TOTAL)
    components = {"Dunn": DUNN, "Esteban": ESTEBAN}
    checked = [key for key in read(keys / "reat_00_textbook_shiftshare.csv") if key["region"] == region]
    checked = [key for key in checked if key["method"] in components]
    assert len(checked) == 10
    for key in checked:
        columns = components[key["method"]][key["component"]]
        assert close(sum(found[column] for column in columns), key["value"]), key


def test_location_quotients(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    found = {
        (row["reference_date"], row["sector_id"]): row["location_quotient"]
        for row in records(goettingen, "FROM marts.specialisation WHERE region_id = ?", REGION)
    }
    expected = read(keys / "reat_01_goettingen_locq_2008_2017.csv")
    assert len(found) == len(expected) == 150
    for key in expected:
        assert close(found[day(key["year"]), key["wz"]], key["LQ"]), key


def test_growth_and_quadrants(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    growth = {
        (row["from_date"], row["to_date"], row["region_id"], row["sector_id"]): row["growth_rate"]
        for row in records(goettingen, "FROM marts.growth")
    }
    portfolio = {
        (row["from_date"], row["to_date"], row["sector_id"]): row
        for row in records(goettingen, "FROM marts.portfolio WHERE region_id = ?", REGION)
    }
    for key in read(keys / "reat_01_goettingen_growth_quadrants.csv"):
        dates, sector = (day(key["t1"]), day(key["t2"])), TOTAL if key["wz"] == "A-R" else key["wz"]
        assert close(growth[*dates, REGION, sector], key["growth_rate"]), key
        assert close(growth[*dates, GERMANY, sector], key["growth_rate_germany"]), key
        if sector != TOTAL:
            row = portfolio[*dates, sector]
            assert close(row["location_quotient"], key["LQ_t2"]), key
            assert row["quadrant"] == QUADRANTS[key["quadrant_LQt2_growth"]], key


def test_growth_portfolio_on_sums(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    """Here the total is the sum of the sections passed in, not the published one."""
    quotient = """
        SELECT marts.location_quotient(r.employees, sum(r.employees) OVER (),
                                       b.employees, sum(b.employees) OVER ()), r.sector_id
        FROM marts.employment r JOIN marts.employment b USING (sector_id, reference_date)
        WHERE r.region_id = ? AND b.region_id = ? AND reference_date = ? AND sector_id <> ?"""
    found = {
        year: {
            sector: value
            for value, sector in goettingen.execute(quotient, [REGION, GERMANY, day(year), TOTAL]).fetchall()
        }
        for year in (2008, 2017)
    }
    for key in read(keys / "reat_01_goettingen_locq_growth_portfolio.csv"):
        start, end = found[2008][key["wz"]], found[2017][key["wz"]]
        assert close(start, key["LQ_2008"]), key
        assert close(end, key["LQ_2017"]), key
        assert close((start + end) / 2, key["LQ_mean_of_years"]), key


def test_published_totals_hold_more_than_their_sections(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    share = "SELECT reference_date, sum(share) FROM marts.specialisation WHERE region_id = ? GROUP BY ALL"
    shares = dict(goettingen.execute(share, [REGION]).fetchall())
    for key in read(keys / "reat_01_goettingen_control_totals.csv"):
        not_in_a_section = (1 - shares[day(key["year"])]) * float(key["total_row"])
        assert math.isclose(not_in_a_section, float(key["gap"]), rel_tol=1e-9), key


def test_structure(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    found = {
        (row["reference_date"], row["measure"]): row["value"]
        for row in records(goettingen, "FROM marts.structure WHERE region_id = ?", REGION)
    }
    names = {
        "krugman.spec": "krugman",
        "hoover_ref": "hoover",
        "herf": "herfindahl",
        "herf_norm": "herfindahl_normalised",
        "herf_eq": "equivalent_sectors",
    }
    expected = [key for key in read(keys / "reat_01_goettingen_specialisation_indices.csv") if key["measure"] in names]
    assert len(expected) == 50
    for key in expected:
        assert close(found[day(key["year"]), names[key["measure"]]], key["value"]), key


def test_shift_share(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    components = {"Dunn": DUNN, "Esteban": ESTEBAN}
    checked: defaultdict[str, int] = defaultdict(int)
    for key in read(keys / "reat_02_shiftshare_totals.csv"):
        if key["dataset"].startswith("Goettingen") and key["method"] in components:
            columns = components[key["method"]][key["component"]]
            assert close(shift_share(goettingen, dates_of(key["dataset"]), columns), key["value"]), key
            checked[key["dataset"]] += 1
    assert set(checked.values()) == {10}
    assert len(checked) == 3


def test_shift_share_by_industry(keys: Path, goettingen: duckdb.DuckDBPyConnection) -> None:
    checked = 0
    for key in read(keys / "reat_02_shiftshare_by_industry.csv"):
        if key["dataset"].startswith("Goettingen") and key["component"] in BY_INDUSTRY:
            found = shift_share(goettingen, dates_of(key["dataset"]), BY_INDUSTRY[key["component"]], key["industry"])
            assert close(found, key["value"]), key
            checked += 1
    assert checked == 165
