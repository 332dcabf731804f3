"""The Regionalreport of 31.03.2020: all 53 Kreise of NRW."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest

from reference.regions import nrw_kreise, ruhr_kreise
from reference.sectors import BA_REGIONALREPORT, sectors
from schemas.observation import KEY, Observation
from sources.arrived_file import ArrivedFile
from sources.ba_regionalreport import PRODUCT
from sources.ba_sonderauswertung import PRODUCT as SPECIAL_EVALUATION
from sources.product import Decoded

MARCH_2020, JUNE_2019 = dt.date(2020, 3, 31), dt.date(2019, 6, 30)
ESSEN = {
    "TOTAL": 256829, "A": 153, "B,D,E": 11519, "C": 20048, "10-15,18,21,31": 3131, "24-30,32,33": 12723,
    "16,17,19,20,22,23": 4194, "F": 12401, "G": 32814, "H": 14983, "I": 6965, "J": 11118, "K": 6728,
    "L,M": 31350, "N-ohne-ANUE": 23019, "782,783": 5651, "O,U": 9891, "P": 12735, "86": 24966, "87,88": 21527,
    "R,S,T": 10961, "NA": 0, "B-F": 43968, "G-U": 212708,
}  # fmt: skip
#: whole → its parts, as printed
IDENTITIES = {
    "C": ["10-15,18,21,31", "24-30,32,33", "16,17,19,20,22,23"],
    "B-F": ["B,D,E", "C", "F"],
    "G-U": ["G", "H", "I", "J", "K", "L,M", "N-ohne-ANUE", "782,783", "O,U", "P", "86", "87,88", "R,S,T"],
    "TOTAL": ["A", "B-F", "G-U", "NA"],
}


@pytest.fixture(scope="module")
def folder(real_files: Path) -> Path:
    return real_files / "arbeitsagentur" / "regionalreport" / "202003"


@pytest.fixture(scope="module")
def reports(folder: Path) -> dict[str, Decoded]:
    """AGS in the file name → what the file says."""
    return {path.stem: PRODUCT.decode(ArrivedFile(path)) for path in sorted(folder.glob("*.xlsx"))}


@pytest.fixture(scope="module")
def observations(reports: dict[str, Decoded]) -> list[Observation]:
    return [Observation._make(o) for report in reports.values() for o in report.observations]


Values = dict[tuple[str, str, dt.date], Observation]


@pytest.fixture(scope="module")
def by_sector(observations: list[Observation]) -> Values:
    """(region, sector, date) → observation of Tabelle 2.3."""
    return {
        (o.region_id, o.sector_id or "", o.reference_date): o
        for o in observations
        if o.dataset == "ba_regionalreport_2.3"
    }


def ruhr_sum(by_sector: Values, date: dt.date) -> float:
    return sum(by_sector[region, "TOTAL", date].value or 0 for region in ruhr_kreise())


def test_every_report_is_recognised_and_complete(folder: Path, reports: dict[str, Decoded]) -> None:
    assert set(reports) == set(nrw_kreise())
    for region_id, report in reports.items():
        file = ArrivedFile(folder / f"{region_id}.xlsx")
        assert PRODUCT.recognises(file)
        assert not SPECIAL_EVALUATION.recognises(file)
        assert (report.period, report.published_on) == ("2020-03-31", dt.date(2020, 10, 12))
        assert len(report.observations) == 24 * 5 + 3 * 5 + 41 * 12


def test_all_reports_have_one_layout(reports: dict[str, Decoded]) -> None:
    assert len({report.layout for report in reports.values()}) == 1


def test_essen(by_sector: Values) -> None:
    assert {s: by_sector["05113", s, MARCH_2020].value for s in sectors(BA_REGIONALREPORT)} == ESSEN
    assert by_sector["05113", "782,783", MARCH_2020] == Observation(
        "ba_regionalreport_2.3", "employees", "05113", "ba-rr", "782,783", "", MARCH_2020,
        5651, "Anzahl", "value", "WZ2008", "5651", "Tabelle 2.3!D26",
    )  # fmt: skip
    assert by_sector["05113", "NA", MARCH_2020].status == "zero"


def test_ruhr_and_nrw_totals(by_sector: Values, observations: list[Observation]) -> None:
    assert ruhr_sum(by_sector, MARCH_2020) == 1_804_810
    assert ruhr_sum(by_sector, JUNE_2019) == 1_780_332
    printed = defaultdict(set)
    for o in observations:
        if o.dataset == "ba_regionalreport_2.1":
            printed[o.region_id, o.reference_date].add(o.value)
    assert printed["05", MARCH_2020] == {7_054_675}
    assert printed["DE", MARCH_2020] == {33_648_183}
    for date in {date for _, _, date in by_sector}:
        total = sum(by_sector[region, "TOTAL", date].value or 0 for region in nrw_kreise())
        assert printed["05", date] == {total}
        for region in nrw_kreise():
            assert printed[region, date] == {by_sector[region, "TOTAL", date].value}


def test_parts_add_up_wherever_all_are_printed(by_sector: Values) -> None:
    checked = 0
    for region, whole, date in [key for key in by_sector if key[1] in IDENTITIES]:
        parts = [by_sector[region, part, date].value for part in IDENTITIES[whole]]
        if None not in parts:
            assert sum(part or 0 for part in parts) == by_sector[region, whole, date].value
            checked += 1
    assert checked > 900


def test_suppressed_cells(by_sector: Values) -> None:
    suppressed = defaultdict(set)
    for (region, sector, _), o in by_sector.items():
        assert (o.status == "suppressed") == (o.printed == "*") == (o.value is None)
        if o.value is None:
            suppressed[sector].add(region)
    assert suppressed.keys() == {"B,D,E", "F", "NA"}
    assert suppressed["B,D,E"] == suppressed["F"] == {"05120"}
    assert suppressed["NA"] & set(ruhr_kreise()) == {"05117", "05170", "05512", "05562", "05911"}
    remscheid = [o for (region, sector, _), o in by_sector.items() if region == "05120" and sector in ("B,D,E", "F")]
    assert len(remscheid) == 10
    assert {o.printed for o in remscheid} == {"*"}


def test_keys_are_unique_within_a_report(reports: dict[str, Decoded]) -> None:
    for report in reports.values():
        keys = {tuple(getattr(Observation._make(o), name) for name in KEY) for o in report.observations}
        assert len(keys) == len(report.observations)


def test_series_ends_at_the_level_of_the_sector_table(observations: list[Observation], by_sector: Values) -> None:
    series = {
        (o.region_id, o.reference_date): o.value
        for o in observations
        if (o.dataset, o.variable, o.dimensions) == ("ba_regionalreport_6", "employees", "")
    }
    assert min(date for _, date in series) == dt.date(2010, 3, 31)
    assert series["05113", dt.date(2010, 3, 31)] == 217_416
    assert all(series[region, MARCH_2020] == by_sector[region, "TOTAL", MARCH_2020].value for region in nrw_kreise())


def test_random_locators_lead_to_the_printed_cell(folder: Path, reports: dict[str, Decoded]) -> None:
    rng = random.Random(2020)
    for region_id in rng.sample(nrw_kreise(), 3):
        book = openpyxl.load_workbook(folder / f"{region_id}.xlsx", data_only=True)
        for o in map(Observation._make, rng.sample(reports[region_id].observations, 60)):
            sheet, _, cell = o.locator.partition("!")
            assert str(book[sheet][cell].value) == o.printed
