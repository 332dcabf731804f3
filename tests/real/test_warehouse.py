"""The warehouse built from the real files, against known figures and a computation from the same files.

Nothing of the project reads a file in that computation: reports through openpyxl, tables as plain text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import openpyxl  # type: ignore[import-untyped]
import pytest

from flows.refresh import refresh
from reference.regions import nrw_kreise, regions, ruhr_kreise
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder

MARCH_2020, JUNE_2019 = dt.date(2020, 3, 31), dt.date(2019, 6, 30)
RUHR, NRW, GERMANY = "RUHR", "05", "DE"
LEVEL_NOT_FILLED = "13111-01-03-4_2026-03-10.csv"


@pytest.fixture(scope="session")
def warehouse(real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = DataFolder(tmp_path_factory.mktemp("real") / "data")
    assert refresh(data, [real_files]).published
    with open_published(data.published) as connection:
        yield connection


def rows(warehouse: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    return warehouse.execute(sql, parameters).fetchall()


# Figures that are known


@pytest.mark.parametrize(
    ("region", "day", "employees"),
    [(RUHR, JUNE_2019, 1_780_332), (RUHR, MARCH_2020, 1_804_810), (NRW, MARCH_2020, 7_054_675)],
)
def test_employees(warehouse: duckdb.DuckDBPyConnection, region: str, day: dt.date, employees: int) -> None:
    found = rows(
        warehouse,
        "SELECT employees, employees_lower, employees_upper FROM marts.employment "
        "WHERE region_id = ? AND reference_date = ? AND sector_scheme = 'ba-rr' AND sector_id = 'TOTAL'",
        region,
        day,
    )
    assert found == [(employees, employees, employees)]


def quotient(warehouse: duckdb.DuckDBPyConnection, sector: str) -> tuple[float | None, float, float]:
    ((exact, lower, upper),) = rows(
        warehouse,
        "SELECT location_quotient, location_quotient_lower, location_quotient_upper "
        "FROM marts.specialisation "
        "WHERE region_id = 'RUHR' AND benchmark_id = '05' AND reference_date = ? AND sector_scheme = 'ba-rr' "
        "AND sector_id = ?",
        MARCH_2020,
        sector,
    )
    return exact, lower, upper


@pytest.mark.parametrize(("sector", "expected"), [("H", 1.2213582), ("86", 1.1381553)])
def test_location_quotients_of_the_ruhr(warehouse: duckdb.DuckDBPyConnection, sector: str, expected: float) -> None:
    assert quotient(warehouse, sector) == pytest.approx((expected, expected, expected), abs=1e-7)


def test_what_remscheid_hides_makes_intervals(warehouse: duckdb.DuckDBPyConnection) -> None:
    """05120 prints `*` in `B,D,E` and in F; no figure of the Ruhr is hidden, that of NRW is."""
    exact, lower, upper = quotient(warehouse, "B,D,E")
    assert exact is None
    assert (lower, upper) == pytest.approx((1.5239603, 1.5538889), abs=1e-7)
    exact, lower, upper = quotient(warehouse, "F")
    assert exact is None
    assert lower < upper
    hidden = rows(
        warehouse,
        "SELECT sector_id, employees, employees_lower, employees_upper, status FROM marts.employment "
        "WHERE region_id = '05120' AND reference_date = ? AND sector_scheme = 'ba-rr' AND status <> 'value' "
        "AND sector_id <> 'NA' ORDER BY 1",
        MARCH_2020,
    )
    left = 20_344 - 17_625  # B-F less C: what the report leaves to both
    assert hidden == [("B,D,E", None, 0, left, "suppressed"), ("F", None, 0, left, "suppressed")]


def test_a_level_that_is_not_filled_is_not_available_and_one_finding_says_so(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    cells = rows(
        warehouse,
        "SELECT region_id, value, status, printed "
        "FROM history.observation JOIN meta.delivery USING (delivery_id) WHERE file_name = ? "
        "AND variable = 'employees' AND dimensions = '' AND reference_date = '2025-06-30'",
        LEVEL_NOT_FILLED,
    )
    found = {region: cell for region, *cell in cells}
    assert [found[kreis] for kreis in ruhr_kreise()] == [[None, "not_available", "-"]] * 15
    assert found[NRW] == [7_350_231, "value", "7350231"]
    values = rows(
        warehouse,
        "SELECT region_id, value, value_lower, value_upper FROM marts.indicator_value "
        "WHERE indicator_id = 'employees' AND reference_date = '2025-06-30'",
    )
    assert (NRW, 7_350_231, 7_350_231, 7_350_231) in values
    assert {value for region, *figures in values if region not in (NRW, GERMANY) for value in figures} == {None}
    findings = rows(
        warehouse,
        "SELECT severity, text_de FROM quality.finding JOIN meta.delivery USING (delivery_id) WHERE file_name = ?",
        LEVEL_NOT_FILLED,
    )
    assert len(findings) == 1
    assert findings[0][0] == "warn"
    assert "7,350,231" in findings[0][1]


def test_broadband_in_bochum(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        "SELECT coverage_pct FROM marts.broadband WHERE region_id = '05911' AND customer = 'households' "
        "AND technology = 'all' AND min_mbit = 1000 AND reference_date = '2020-12-31'",
    )
    assert found == [(93.85,)]


@pytest.mark.parametrize(
    ("day", "expected", "basis"),
    [("2024-12-31", 5_162_812, "census2011"), ("2025-12-31", 5_126_153, "census2022")],
)
def test_population_of_2023_as_it_was_known(
    warehouse: duckdb.DuckDBPyConnection, day: str, expected: int, basis: str
) -> None:
    found = rows(
        warehouse,
        "SELECT sum(value), count(value), list(DISTINCT basis) FROM history.observation_as_of(?::DATE) "
        "JOIN marts.region USING (region_id) WHERE level = 'kreis' AND in_ruhr AND dataset = '12411-01-01-4' "
        "AND variable = 'population' AND dimensions = '' AND reference_date = '2023-12-31'",
        day,
    )
    assert found == [(expected, 15, [basis])]


# A computation of its own

#: What the reports print → sector id; the hierarchy as it is indented there.
REPORT_CODES = {
    "Insgesamt": "TOTAL", "A": "A", "B,D,E": "B,D,E", "C": "C", "dav.10-15,18,21,31": "10-15,18,21,31",
    "24-30,32,33": "24-30,32,33", "16,17,19,20,22,23": "16,17,19,20,22,23", "F": "F", "G": "G", "H": "H",
    "I": "I", "J": "J", "K": "K", "L,M": "L,M", "N(ohneANÜ)": "N-ohne-ANUE", "782.783": "782,783",
    "O,U": "O,U", "P": "P", "86": "86", "87.88": "87,88", "R,S,T": "R,S,T", "ohneAngabe": "NA", "B-F": "B-F",
    "G-U": "G-U",
}  # fmt: skip
REPORT_PARENTS = {
    **dict.fromkeys(["A", "B-F", "G-U", "NA"], "TOTAL"),
    **dict.fromkeys(["B,D,E", "C", "F"], "B-F"),
    **dict.fromkeys(["10-15,18,21,31", "24-30,32,33", "16,17,19,20,22,23"], "C"),
    **dict.fromkeys(
        ["G", "H", "I", "J", "K", "L,M", "N-ohne-ANUE", "782,783", "O,U", "P", "86", "87,88", "R,S,T"], "G-U"
    ),
}
#: The 14 lines of a region in 13111-07-05-4, in the order in which they are printed.
TABLE_SECTORS = ["A", "B-F", "B-E", "C", "F", "G-U", "G-I", "J", "K", "L", "M-N", "O-Q", "R-U", "TOTAL"]
QUARTER_ENDS = {"Mrz": (3, 31), "Jun": (6, 30), "Sep": (9, 30), "Dez": (12, 31)}

#: (region, sector) → (lower, upper), equal where the figure is printed
Bounds = dict[tuple[str, str], tuple[float, float]]
Printed = dict[tuple[str, str], float | None]


def read_report(path: Path) -> dict[dt.date, dict[str, float | None]]:
    """Date → sector → employees, None where `*` is printed."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = [[cell.value for cell in row] for row in book["Tabelle 2.3"].iter_rows(min_row=8, max_row=36, max_col=8)]
    book.close()
    dates = []
    for header in cells[0][3:8]:
        month, year = re.fullmatch(r"(\w+)\. (\d\d)", header).groups()  # type: ignore[union-attr]
        dates.append(dt.date(2000 + int(year), *QUARTER_ENDS[month]))
    figures: dict[dt.date, dict[str, float | None]] = {day: {} for day in dates}
    for code, text, _, *counts in cells[3:]:
        printed = "".join(str(code or text).split())
        if printed in REPORT_CODES:
            for day, count in zip(dates, counts, strict=True):
                figures[day][REPORT_CODES[printed]] = None if count == "*" else float(count)
    return figures


@cache
def reports(folder: Path) -> dict[dt.date, Printed]:
    found: dict[dt.date, Printed] = {}
    for path in sorted(folder.glob("05*.xlsx")):
        for day, sectors in read_report(path).items():
            for sector, count in sectors.items():
                found.setdefault(day, {})[path.stem, sector] = count
    return found


@cache
def tables(folder: Path) -> dict[dt.date, Printed]:
    wanted = {**{kreis: kreis for kreis in nrw_kreise()}, "05": NRW, "DG": GERMANY}
    found: dict[dt.date, Printed] = {}
    for path in sorted(folder.glob("13111-07-05-4_*.csv")):
        lines = path.read_text(encoding="cp1252").splitlines()
        day = next(
            dt.date(int(line[16:20]), int(line[13:15]), int(line[10:12]))
            for line in lines
            if line.startswith("Stichtag:")
        )
        of_region: dict[str, list[str]] = {}
        for line in lines:
            code, *rest = line.split(";")
            if code in wanted and len(rest) == 8:
                of_region.setdefault(wanted[code], []).append(rest[2])
        found[day] = {
            (region, sector): float(count)
            for region, counts in of_region.items()
            for sector, count in zip(TABLE_SECTORS, counts, strict=True)
        }
    return found


def bounds_of(printed: Printed, parents: dict[str, str]) -> Bounds:
    """Every figure, and what the whole leaves to a hidden one; sums over the Ruhr and, if need be, NRW."""

    def upper(region: str, sector: str) -> float:
        figure = printed[region, sector]
        if figure is not None:
            return figure
        whole = parents[sector]
        beside = (printed[region, other] or 0 for other, parent in parents.items() if parent == whole)
        return upper(region, whole) - sum(beside)

    bounds: Bounds = {
        (region, sector): (0 if count is None else count, upper(region, sector))
        for (region, sector), count in printed.items()
    }
    for region, members in ((RUHR, ruhr_kreise()), (NRW, nrw_kreise())):
        for sector in {sector for _, sector in printed}:
            if (region, sector) not in bounds:
                low, high = zip(*(bounds[kreis, sector] for kreis in members), strict=True)
                bounds[region, sector] = (sum(low), sum(high))
    return bounds


def quotients(
    bounds: Bounds, region: str, benchmark: str, sector: str, *, is_sum: bool
) -> tuple[float | None, float | None]:
    """Lower and upper quotient; in a benchmark that is a sum the region's own part is the same in both.

    Where nobody works elsewhere in such a benchmark, the quotient is the same for whatever the region has.
    """
    (low, high), (b_low, b_high) = bounds[region, sector], bounds[benchmark, sector]
    e_i, e_b = bounds[region, "TOTAL"][0], bounds[benchmark, "TOTAL"][0]
    ends = (low, low + b_high - high), (high, high + b_low - low)
    if not is_sum:
        ends = (low, b_high), (high, b_low)
    elif b_high == high:
        ends = (high, high), (high, high)
    lower, upper = ((e / e_i) / (b / e_b) if b else None for e, b in ends)
    return lower, upper


def same(measured: float | None, expected: float | None) -> bool:
    if measured is None or expected is None:
        return measured is expected
    return math.isclose(measured, expected, rel_tol=1e-12)


def compare(
    warehouse: duckdb.DuckDBPyConnection,
    scheme: str,
    all_printed: dict[dt.date, Printed],
    parents: dict[str, str],
) -> int:
    """Every row of marts.employment and marts.specialisation of a scheme; returns how many are exact."""
    exact = 0
    for day, printed in all_printed.items():
        bounds = bounds_of(printed, parents)
        found = {
            (region, sector): (employees, lower, upper)
            for region, sector, employees, lower, upper in rows(
                warehouse,
                "SELECT region_id, sector_id, employees, employees_lower, employees_upper "
                "FROM marts.employment "
                "WHERE sector_scheme = ? AND reference_date = ?",
                scheme,
                day,
            )
        }
        hidden = {cell for cell, count in printed.items() if count is None}
        hidden |= {(RUHR, sector) for kreis, sector in hidden if kreis in ruhr_kreise()}
        hidden |= {(NRW, sector) for _, sector in hidden if (NRW, sector) not in printed}
        assert found == {cell: (None if cell in hidden else low, low, high) for cell, (low, high) in bounds.items()}
        quoted = rows(
            warehouse,
            "SELECT region_id, benchmark_id, sector_id, location_quotient, location_quotient_lower, "
            "location_quotient_upper FROM marts.specialisation "
            "WHERE sector_scheme = ? AND reference_date = ?",
            scheme,
            day,
        )
        benchmarks = {NRW, GERMANY} & {region for region, _ in bounds}
        assert {tuple(row[:3]) for row in quoted} == {
            (region, benchmark, sector)
            for region, sector in bounds
            for benchmark in benchmarks
            if sector != "TOTAL" and (region, benchmark) != (GERMANY, NRW)
        }
        for region, benchmark, sector, *measured in quoted:
            is_sum = (benchmark, sector) not in printed
            lower, upper = quotients(bounds, region, benchmark, sector, is_sum=is_sum)
            known = (region, sector) not in hidden and (benchmark, sector) not in hidden
            expected = [lower if known else None, lower, upper]
            assert all(map(same, measured, expected)), (region, benchmark, sector, day, measured, expected)
            exact += known
    return exact


def test_every_quotient_of_the_reports(warehouse: duckdb.DuckDBPyConnection, real_files: Path) -> None:
    printed = reports(real_files / "arbeitsagentur" / "regionalreport" / "202003")
    assert len(printed) == 5
    assert all(len(figures) == 53 * 24 for figures in printed.values())
    assert compare(warehouse, "ba-rr", printed, REPORT_PARENTS) > 5000


def test_every_quotient_of_the_employment_tables(warehouse: duckdb.DuckDBPyConnection, real_files: Path) -> None:
    printed = tables(real_files / "regionalstatistik" / "datencsv")
    assert len(printed) == 6
    assert all(len(figures) == 55 * 14 for figures in printed.values())
    assert compare(warehouse, "genesis-13", printed, {}) == 6 * 13 * (55 + 56)


# Every value leads to its cell


def cell_in_workbook(content: bytes, locator: str) -> tuple[str, str]:
    """(text of a cell, text of the sheet around it)."""
    sheet, _, address = locator.partition("!")
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[sheet]
    around = " ".join(str(cell.value) for row in page.iter_rows(max_row=60) for cell in row if cell.value is not None)
    return str(page[address].value), around


def cell_in_text(content: bytes, locator: str) -> tuple[str, str]:
    """(text of a cell, text of its line)."""
    line, column = (int(number) for number in re.fullmatch(r"line (\d+), column (\d+)", locator).groups())  # type: ignore[union-attr]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    rest = text.split("\n")[line - 1 :]
    delimiter = max(";,\t|", key=rest[0].count)
    cells = next(csv.reader(rest, delimiter=delimiter))
    return cells[column - 1], rest[0]


def test_any_observation_is_found_in_its_file(warehouse: duckdb.DuckDBPyConnection, real_files: Path) -> None:
    """Three of every table, drawn by a fixed seed: the text stands there, beside the region's name."""
    with (real_files / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        paths = {row["sha256"]: real_files / row["path"] for row in csv.DictReader(file)}
    everything = rows(
        warehouse,
        "SELECT dataset, sha256, locator, printed, region_id FROM history.observation "
        "JOIN meta.delivery USING (delivery_id) ORDER BY ALL",
    )
    of_dataset: dict[str, list[tuple[Any, ...]]] = {}
    for row in everything:
        of_dataset.setdefault(row[0], []).append(row)
    assert len(of_dataset) >= 20
    draw = random.Random(20200331)
    drawn = [row for cells in of_dataset.values() for row in draw.sample(cells, 3)]
    assert len(drawn) >= 50
    for dataset, sha256, locator, printed, region in drawn:
        look = cell_in_workbook if "!" in locator else cell_in_text
        cell, around = look(paths[sha256].read_bytes(), locator)
        assert cell.strip() == printed.strip(), (dataset, paths[sha256], locator)
        names = (region, "Deutschland", "DG") if region == GERMANY else (region, _first_word(regions()[region].name))
        assert any(name in around for name in names), (dataset, region, around[:200])


def _first_word(name: str) -> str:
    return name.removeprefix("Kreis ").split()[0]


def test_every_observation_has_a_delivery_and_a_place(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert rows(warehouse, "SELECT count(*) > 100000 FROM history.observation") == [(True,)]
    assert not rows(
        warehouse,
        "FROM history.observation LEFT JOIN meta.delivery d USING (delivery_id) "
        "WHERE d.sha256 IS NULL OR locator = '' OR d.publisher IS NULL OR d.licence IS NULL",
    )


def test_the_outline_of_every_kreis_leads_to_its_file(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        warehouse,
        "SELECT count(DISTINCT region_id), count(*), list(DISTINCT file_name) "
        "FROM marts.boundary JOIN marts.region USING (region_id) JOIN meta.delivery USING (delivery_id)",
    ) == [(53, 53, ["nrw53_vg5000_2021.geojson"])]


def test_every_value_of_a_mart_leads_to_cells(warehouse: duckdb.DuckDBPyConnection) -> None:
    for mart in ("broadband", "mobile_coverage"):
        assert not rows(warehouse, f"FROM marts.{mart} WHERE delivery_id IS NULL OR locator IS NULL")
    # employment: printed, or a sum over Kreise that are all printed
    assert not rows(
        warehouse,
        "FROM marts.employment whole WHERE delivery_id IS NULL AND (SELECT count(*) FROM marts.employment e "
        "JOIN marts.region r USING (region_id) WHERE r.level = 'kreis' "
        "AND (whole.region_id = '05' OR r.in_ruhr) "
        "AND (e.sector_scheme, e.sector_id, e.reference_date) = (whole.sector_scheme, whole.sector_id, "
        "whole.reference_date) AND e.delivery_id IS NOT NULL) <> if(whole.region_id = '05', 53, 15)",
    )
    # indicators: lineage, but for those of the action plan, which are counted in the strategy's own files
    without = rows(
        warehouse,
        "SELECT DISTINCT indicator_id, region_id FROM marts.indicator_value "
        "ANTI JOIN meta.lineage USING (indicator_id, region_id, reference_date) "
        "WHERE value_upper IS NOT NULL AND dataset NOT LIKE 'strategy/%'",
    )
    assert without == []
    assert not rows(
        warehouse,
        "FROM meta.lineage l ANTI JOIN history.observation o "
        "ON o.delivery_id = l.delivery_id AND o.locator = l.locator AND o.region_id = l.input_region_id",
    )
