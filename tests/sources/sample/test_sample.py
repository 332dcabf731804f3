"""The sample as the pipeline sees it: a folder of files that the real decoders read."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reference.regions import NRW, nrw_kreise, regions
from reference.sectors import BA_REGIONALREPORT, GENESIS_13, LDB_SECTIONS
from schemas.observation import KEY, Observation
from sources.arrived_file import ArrivedFile
from sources.catalogue import recognise
from sources.product import Decoded
from sources.sample import write_sample
from sources.sample.sample_file import SYNTHETIC
from sources.sample.sonderauswertung import table
from sources.sample.world import World, by_sector

SEED = 2020
#: Observations of a source with the given fields.
Select = Callable[..., list[Observation]]
REPOSITORY = Path(__file__).parents[3]
#: Layouts with no room for a text.
ONE_REGION_A_FILE = ("arbeitsagentur/regionalreport/", "arbeitsagentur/statistik-api/")
WITHOUT_TEXT = ("bnetza_breitbandatlas", "bnetza_breitbandatlas_gewerbe", "bnetza_mobilfunk")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    write_sample(path, SEED)
    return path


@pytest.fixture(scope="module")
def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def decoded(folder: Path, manifest: list[dict[str, str]]) -> dict[str, Decoded]:
    """path → what the product that recognises a file decodes."""
    files = {row["path"]: ArrivedFile(folder / row["path"], period=row["period"]) for row in manifest}
    return {path: recognise(file).decode(file) for path, file in files.items()}


@pytest.fixture(scope="module")
def observations(decoded: dict[str, Decoded]) -> Select:
    """Observations of one source; `dimensions` are empty unless asked for."""
    by_source: dict[str, list[Observation]] = {}
    for file in decoded.values():
        by_source.setdefault(file.source_id, []).extend(map(Observation._make, file.observations))

    def select(source_id: str, **fields: Any) -> list[Observation]:
        wanted = {"dimensions": "", **fields}
        return [o for o in by_source[source_id] if all(getattr(o, name) == value for name, value in wanted.items())]

    return select


@pytest.fixture(scope="module")
def world() -> World:
    return World(SEED)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestTheFolder:
    def test_a_second_run_writes_the_same_bytes_at_the_same_places(self, folder: Path) -> None:
        before = contents(folder)
        write_sample(folder, SEED)
        assert contents(folder) == before

    def test_another_process_elsewhere_writes_the_same_bytes(self, folder: Path, tmp_path: Path) -> None:
        code = "import pathlib, sys, sources.sample as s; s.write_sample(pathlib.Path(sys.argv[1]))"
        environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": str(REPOSITORY)}
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, cwd=REPOSITORY)
        assert contents(tmp_path) == contents(folder)

    def test_another_seed_is_another_world(self, world: World) -> None:
        day = dt.date(2024, 3, 31)
        other = World(SEED + 1)
        assert all(other.employees(ags, day) != world.employees(ags, day) for ags in nrw_kreise())

    def test_the_manifest_lists_every_file_with_its_bytes(self, folder: Path, manifest: list[dict[str, str]]) -> None:
        assert {row["path"] for row in manifest} == contents(folder).keys() - {"MANIFEST.csv"}
        for row in manifest:
            content = (folder / row["path"]).read_bytes()
            assert (row["bytes"], row["sha256"]) == (str(len(content)), hashlib.sha256(content).hexdigest())

    def test_the_manifest_says_synthetic_in_every_row(self, manifest: list[dict[str, str]]) -> None:
        for row in manifest:
            assert row["is_synthetic"] == "true"
            assert row["publisher"].endswith("(synthetisch)")
            assert row["licence"] == "synthetic sample, no licence needed"
            assert row["published_on"] or row["retrieved_on"], row["path"]

    def test_a_file_out_of_context_says_that_it_is_synthetic(
        self, folder: Path, manifest: list[dict[str, str]]
    ) -> None:
        for row in manifest:
            if row["source"] in WITHOUT_TEXT:
                continue
            file = ArrivedFile(folder / row["path"])
            texts = _sheets(file) if file.kind == "zip" else {"text": file.text}
            assert [name for name, text in texts.items() if SYNTHETIC not in text] == [], row["path"]


class TestTheDecoders:
    def test_accept_every_file_as_what_the_manifest_says(
        self, manifest: list[dict[str, str]], decoded: dict[str, Decoded]
    ) -> None:
        for row in manifest:
            file = decoded[row["path"]]
            assert (file.source_id, file.period) == (row["source"], row["period"]), row["path"]
            assert file.published_on is None or file.published_on.isoformat() == row["published_on"]
            assert file.retrieved_on is None or file.retrieved_on.isoformat() == row["retrieved_on"]
            assert file.observations
            assert file.remarks == []

    def test_find_every_cell_once_in_a_file(self, decoded: dict[str, Decoded]) -> None:
        for path, file in decoded.items():
            rows = map(Observation._make, file.observations)
            keys = [tuple(getattr(row, name) for name in KEY) for row in rows]
            assert len(set(keys)) == len(keys), path

    def test_leave_out_districts_parts_and_dissolved_kreise(self, decoded: dict[str, Decoded]) -> None:
        skipped = decoded["regionalstatistik/datencsv/13111-07-05-4_2020.csv"].skipped
        assert sum(skipped.values()) == (5 + 1 + 1) * 14


class TestEmployment:
    def test_the_report_prints_the_world_or_a_suppressed_cell(self, observations: Select, world: World) -> None:
        cells = observations("ba_regionalreport", dataset="ba_regionalreport_2.3")
        assert len(cells) == 53 * 24 * 5
        suppressed = 0
        for cell in cells:
            vector = world.employees(cell.region_id, cell.reference_date)
            number = by_sector(BA_REGIONALREPORT, vector)[cell.sector_id or ""]
            suppressed += cell.status == "suppressed"
            assert cell.value == (None if cell.status == "suppressed" else number), cell
        assert 0 < suppressed < len(cells) / 50

    def test_no_sum_of_the_report_gives_a_suppressed_aggregate_away(self, observations: Select) -> None:
        hidden = {
            cell.sector_id
            for cell in observations("ba_regionalreport", region_id="05120", status="suppressed")
            if cell.sector_id != "NA"
        }
        assert "B,D,E" in hidden
        assert len(hidden & {"B,D,E", "C", "F", "B-F"}) >= 2

    def test_the_series_of_the_report_ends_with_its_total(self, observations: Select, world: World) -> None:
        series = observations("ba_regionalreport", dataset="ba_regionalreport_6", variable="employees")
        assert {cell.reference_date.year for cell in series} == set(range(2014, 2025))
        for cell in series:
            assert cell.value == sum(world.employees(cell.region_id, cell.reference_date))

    def test_the_special_evaluation_prints_the_world_or_a_suppressed_cell(
        self, observations: Select, world: World
    ) -> None:
        days = {dt.date(year, 9, 30) for year in range(2014, 2025)} | {
            dt.date(2019, 6, 30),
            dt.date(2020, 6, 30),
        }
        cells = observations("ba_sonderauswertung")
        assert len(cells) == len(days) * 55 * (1 + 21 + 88 + 1)
        expected = {day: table(world, day) for day in days}
        for cell in cells:
            numbers, hidden = expected[cell.reference_date]
            is_hidden = (cell.region_id, cell.sector_id) in hidden
            assert cell.value == (None if is_hidden else numbers[cell.region_id][cell.sector_id or ""])
            assert (cell.status == "suppressed") == is_hidden
        share = sum(cell.status == "suppressed" for cell in cells) / len(cells)
        assert 0.01 < share < 0.03

    def test_divisions_add_up_to_sections_and_kreise_to_nrw(self, world: World) -> None:
        numbers, _ = table(world, dt.date(2024, 9, 30))
        for region, of_region in numbers.items():
            assert of_region["Q"] == of_region["86"] + of_region["87"] + of_region["88"], region
        assert numbers[NRW]["28"] == sum(numbers[ags]["28"] for ags in nrw_kreise())

    @pytest.mark.parametrize(
        ("source_id", "scheme", "day", "region_count"),
        [
            ("regionalstatistik_13111-07-05-4", GENESIS_13, dt.date(2019, 6, 30), 55),
            ("landesdatenbank_13111-54i", LDB_SECTIONS, dt.date(2024, 12, 31), 54),
        ],
    )
    def test_genesis_prints_the_sums_of_the_same_world(
        self,
        observations: Select,
        world: World,
        source_id: str,
        scheme: str,
        day: dt.date,
        region_count: int,
    ) -> None:
        cells = observations(source_id, reference_date=day)
        assert len(cells) == region_count * 14
        vectors = {ags: world.employees(ags, day) for ags in nrw_kreise()}
        vectors |= {NRW: world.nrw(day), "DE": world.germany(day)}
        for cell in cells:
            assert cell.value == by_sector(scheme, vectors[cell.region_id])[cell.sector_id or ""], cell

    def test_three_tables_of_two_publishers_print_one_total(self, observations: Select) -> None:
        day = dt.date(2023, 6, 30)
        report = _totals(observations("ba_regionalreport", dataset="ba_regionalreport_2.3", sector_id="TOTAL"), day)
        by_branch = _totals(observations("regionalstatistik_13111-07-05-4", sector_id="TOTAL"), day)
        by_sex = _totals(observations("regionalstatistik_13111-01-03-4"), day)
        assert len(report) == 53
        assert by_branch == by_sex
        assert report.items() <= by_branch.items()
        assert sum(report.values()) == by_branch[NRW]

    def test_small_groups_are_suppressed_in_genesis_too(self, observations: Select) -> None:
        assert observations(
            "regionalstatistik_13111-07-05-4",
            dimensions="nationality=foreign;sex=female",
            status="suppressed",
        )


class TestOtherTables:
    def test_one_day_is_printed_on_the_base_of_two_censuses(self, observations: Select, world: World) -> None:
        essen = observations("regionalstatistik_12411-01-01-4", region_id="05113", reference_date=dt.date(2023, 12, 31))
        assert {cell.value for cell in essen} == {world.population("05113", 2023, census) for census in (2011, 2022)}

    def test_both_publishers_print_the_same_population(self, observations: Select) -> None:
        day = dt.date(2024, 12, 31)
        regio = _totals(observations("regionalstatistik_12411-01-01-4"), day)
        ldb = _totals(observations("landesdatenbank_12411-15i", variable="population"), day)
        assert ldb.items() <= regio.items()
        assert len(ldb) == 54

    def test_the_unemployment_rate_is_one(self, observations: Select) -> None:
        rates = observations(
            "regionalstatistik_13211-02-05-4", variable="unemployment_rate", dimensions="base=all_civilian"
        )
        assert {cell.reference_date.year for cell in rates} == set(range(2015, 2025))
        assert all(cell.value is not None and 2 < cell.value < 20 for cell in rates)

    def test_months_of_unemployment_average_to_the_annual_figure(self, observations: Select) -> None:
        months = _of_year(observations("ba_arbeitslose_monat", variable="unemployed"), 2024)
        annual = _of_year(observations("regionalstatistik_13211-02-05-4", variable="unemployed"), 2024)
        assert months.keys() == annual.keys() == {*nrw_kreise(), NRW, "DE"}
        for region_id, figures in months.items():
            assert len(figures) == 12
            assert sum(figures) / 12 == pytest.approx(annual[region_id][0], rel=1e-3)

    def test_annual_rates_of_two_publishers_agree(self, observations: Select) -> None:
        base = {"variable": "unemployment_rate", "dimensions": "base=all_civilian"}
        annual = _of_year(observations("ba_arbeitslosenquoten_jahr", **base), 2023)
        genesis = _of_year(observations("regionalstatistik_13211-02-05-4", **base), 2023)
        assert {ags: annual[ags] for ags in nrw_kreise()} == {ags: genesis[ags] for ags in nrw_kreise()}

    def test_the_api_rounds_what_the_workbook_prints(self, observations: Select) -> None:
        day = dt.date(2025, 9, 30)
        exact = _totals(observations("ba_arbeitslose_monat", variable="unemployed"), day)
        rounded = _totals(observations("ba_statistik_api", variable="unemployed"), day)
        assert len(rounded) == 16
        for region_id, value in rounded.items():
            assert value % 10 == 0
            assert abs(value - exact[region_id]) <= 5

    def test_the_months_to_come_are_in_no_file(self, observations: Select) -> None:
        for source, dimensions in (("ba_arbeitslose_monat", ""), ("ba_arbeitslosenquoten_monat", "base=all_civilian")):
            cells = observations(source, dimensions=dimensions)
            assert max(cell.reference_date for cell in cells) == dt.date(2025, 9, 30)
            assert all(cell.status == "value" for cell in cells)

    def test_gdp_per_head_follows_from_gdp_and_population(self, observations: Select, world: World) -> None:
        source, day = "regionalstatistik_82000-01-01-4", dt.date(2024, 12, 31)
        total = _totals(observations(source, variable="gdp"), day)
        for region_id, value in _totals(observations(source, variable="gdp_per_capita"), day).items():
            if region_id in nrw_kreise():
                assert value == round(total[region_id] * 1000 / world.population(region_id, 2024))

    def test_a_migration_balance_can_be_drawn_for_every_kreis(self, observations: Select) -> None:
        balances = {
            variable: _totals(
                observations("regionalstatistik_12711-04-02-4", variable=variable, dimensions="age=18-24"),
                dt.date(2024, 12, 31),
            )
            for variable in ("in_migration", "out_migration")
        }
        assert all(regions_.keys() >= set(nrw_kreise()) for regions_ in balances.values())

    def test_wired_coverage_never_rises_with_the_rate(self, observations: Select) -> None:
        for ags in nrw_kreise():
            shares = [
                _share(observations, ags, f"customer=households;min_mbit={rate};technology=wired")
                for rate in (16, 50, 200, 1000)
            ]
            assert shares == sorted(shares, reverse=True)

    def test_nrw_lies_within_its_kreise(self, observations: Select) -> None:
        gigabit = "customer=households;min_mbit=1000;technology=all"
        kreise = [_share(observations, ags, gigabit) for ags in nrw_kreise()]
        assert min(kreise) < _share(observations, NRW, gigabit) < max(kreise)

    def test_every_kreis_and_nrw_is_in_every_table_of_its_level(self, decoded: dict[str, Decoded]) -> None:
        for path, file in decoded.items():
            found = {Observation._make(row).region_id for row in file.observations}
            if found & set(nrw_kreise()) and not path.startswith(ONE_REGION_A_FILE):
                assert set(nrw_kreise()) <= found, path
            assert found <= regions().keys()


def _totals(cells: list[Observation], day: dt.date) -> dict[str, float]:
    return {cell.region_id: cell.value for cell in cells if cell.reference_date == day and cell.value is not None}


def _of_year(cells: list[Observation], year: int) -> dict[str, list[float]]:
    figures: dict[str, list[float]] = {}
    for cell in cells:
        if cell.reference_date.year == year and cell.value is not None:
            figures.setdefault(cell.region_id, []).append(cell.value)
    return figures


def _share(observations: Select, region_id: str, dimensions: str) -> float:
    [cell] = observations(
        "bnetza_breitbandatlas",
        region_id=region_id,
        dimensions=dimensions,
        reference_date=dt.date(2020, 12, 31),
    )
    assert cell.value is not None
    return cell.value


def _sheets(file: ArrivedFile) -> dict[str, str]:
    return {
        name: "\n".join(str(cell) for row in file.workbook.get_sheet_by_name(name).to_python() for cell in row)
        for name in file.workbook.sheet_names
    }
