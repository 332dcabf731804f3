from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest

from reference.regions import nrw_kreise, ruhr_kreise
from schemas.observation import Observation
from sources import bnetza_breitbandatlas, bnetza_mobilfunk
from sources.arrived_file import ArrivedFile
from sources.product import Decoded

GIGABIT = "customer=households;min_mbit=1000;technology=all"
EDITIONS = ("2018_2", "2019_1", "2019_2", "2020_1", "2020_2")

#: Households with ≥ 1000 Mbit/s, all technologies, in %, read from the files by hand, one figure per edition.
SERIES = {
    "05112": (0.00, 1.47, 51.79, 62.27, 62.96),
    "05113": (1.00, 1.83, 56.26, 62.94, 63.34),
    "05117": (0.00, 0.35, 64.42, 75.79, 76.21),
    "05119": (0.00, 0.16, 34.35, 58.74, 59.39),
    "05170": (2.36, 5.83, 28.60, 45.05, 45.38),
    "05512": (0.00, 17.27, 84.19, 85.81, 85.94),
    "05513": (6.00, 41.33, 70.37, 80.51, 81.18),
    "05562": (0.17, 6.83, 41.04, 69.20, 70.86),
    "05911": (90.00, 93.22, 93.46, 93.70, 93.85),
    "05913": (3.00, 5.44, 53.07, 64.37, 65.11),
    "05914": (1.00, 1.46, 82.95, 87.02, 87.19),
    "05915": (5.00, 5.07, 31.87, 41.63, 42.09),
    "05916": (3.00, 5.04, 64.22, 71.86, 72.16),
    "05954": (0.91, 1.96, 46.55, 54.31, 54.88),
    "05978": (8.55, 9.79, 46.25, 67.82, 68.43),
    "05": (14.28, 17.14, 48.76, 62.00, 63.44),
    "DE": (27.33, 34.12, 43.22, 55.90, 59.18),
}


@pytest.fixture(scope="module")
def folder(real_files: Path) -> Path:
    return real_files / "bnetza" / "breitbandatlas"


def decode(file: ArrivedFile) -> Decoded:
    products = (bnetza_breitbandatlas.PRODUCT, bnetza_mobilfunk.PRODUCT)
    (product,) = (product for product in products if product.recognises(file))
    return product.decode(file)


def observations(decoded: Decoded) -> list[Observation]:
    return [Observation._make(row) for row in decoded.observations]


@pytest.mark.parametrize("edition", EDITIONS)
def test_gigabit_coverage_of_households(folder: Path, edition: str) -> None:
    levels = ("landkreis", "bundesland", "deutschland")
    files = [ArrivedFile(folder / f"{level}_privat_{edition}.csv") for level in levels]
    read = {o.region_id: o.value for file in files for o in observations(decode(file)) if o.dimensions == GIGABIT}
    assert set(SERIES) == {*ruhr_kreise(), "05", "DE"}
    assert {region: read[region] for region in SERIES} == {
        region: series[EDITIONS.index(edition)] for region, series in SERIES.items()
    }


def test_period_and_level_of_every_file(folder: Path) -> None:
    levels = {"landkreis": set(nrw_kreise()), "bundesland": {"05"}, "deutschland": {"DE"}}
    for path in folder.glob("*.csv"):
        level, year, half = re.fullmatch(r"([a-z]+)_.*_(\d{4})_([12])\.csv", path.name).groups()  # type: ignore[union-attr]
        decoded = decode(ArrivedFile(path))
        assert decoded.period == f"{year}-{'06-30' if half == '1' else '12-31'}"
        assert {o.region_id for o in observations(decoded)} == levels[level]
        # one method of the atlas; the mobile table belongs to none
        assert {o.basis for o in observations(decoded)} == {"" if "mobilfunk" in path.name else "atlas2018"}


def test_empty_columns_are_not_available(folder: Path) -> None:
    decoded = decode(ArrivedFile(folder / "landkreis_privat_2019_2.csv"))
    ftth = [o for o in observations(decoded) if "technology=ftth" in o.dimensions]
    empty = [o for o in ftth if "min_mbit=1000;" not in o.dimensions]
    assert len(empty) == 9 * 53
    assert {(o.value, o.status, o.printed) for o in empty} == {(None, "not_available", "")}
    assert all(o.value is not None for o in ftth if "min_mbit=1000;" in o.dimensions)
    assert [remark.check_id for remark in decoded.remarks] == ["columns_empty"]


def test_businesses_are_wired_cable_dsl_and_fibre_only(folder: Path) -> None:
    decoded = decode(ArrivedFile(folder / "landkreis_gew_2020_2.csv"))
    assert decoded.source_id == "bnetza_breitbandatlas_gewerbe"
    read = {(o.region_id, o.dimensions): o.value for o in observations(decoded)}
    assert len(read) == 53 * 38
    assert {dimensions.split("technology=")[1] for _, dimensions in read} == {"wired", "dsl", "catv", "ftth"}


def test_mobile_coverage(folder: Path) -> None:
    decoded = decode(ArrivedFile(folder / "landkreis_mobilfunk_stats_2021_1.csv"))
    read = {(o.region_id, o.dimensions): o.value for o in observations(decoded)}
    assert read["05113", "area_group=infrastructure;area_type=motorways;technology=5g2"] == 99.97
    assert len(read) + decoded.skipped["region outside NRW"] == 21_815
    assert decoded.remarks == []


@pytest.mark.parametrize("name", ["landkreis_privat_2019_2.csv", "landkreis_mobilfunk_stats_2021_1.csv"])
def test_order_of_rows_and_columns_does_not_matter(folder: Path, tmp_path: Path, name: str) -> None:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    shuffler = random.Random(20)
    order = list(range(len(header)))
    shuffler.shuffle(order)
    shuffler.shuffle(rows)
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=",").writerows([row[i] for i in order] for row in (header, *rows))

    def facts(path: Path) -> set[tuple[object, ...]]:
        return {(o.region_id, o.dimensions, o.status, o.printed) for o in observations(decode(ArrivedFile(path)))}

    assert facts(tmp_path / name) == facts(folder / name)


def test_every_locator_leads_back_to_its_cell(folder: Path) -> None:
    chooser = random.Random(5)
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for o in chooser.sample(observations(decode(ArrivedFile(path))), 20):
            line, column = map(int, re.findall(r"\d+", o.locator))
            (cells,) = csv.reader([lines[line - 1]], delimiter=";")
            assert cells[column - 1] == o.printed
            assert {"DE": "Deutschland"}.get(o.region_id, o.region_id) in cells
