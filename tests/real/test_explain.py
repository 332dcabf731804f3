"""`explain` on the real files: every number leads to the cell that prints it, and the cell still says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from flows.refresh import refresh
from reference.regions import NRW, RUHR, ruhr_kreise
from warehouse.archive import Archive
from warehouse.cell import ArchivedFile, is_same
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder
from warehouse.explain import Explanation, NotExplainedError, explain

SOURCES = (
    "ba_regionalreport",
    "bnetza_breitbandatlas",
    "landesdatenbank_13111-54i",
    "regionalstatistik_13111-07-05-4",
    "regionalstatistik_13211-02-05-4",
)
Explain = Callable[..., Explanation]


@pytest.fixture(scope="module")
def data(real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    data = DataFolder(tmp_path_factory.mktemp("real") / "data")
    assert refresh(data, [real_files], SOURCES).published
    return data


@pytest.fixture(scope="module")
def warehouse(data: DataFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(data.published) as connection:
        yield connection


@pytest.fixture(scope="module")
def explained(data: DataFolder, warehouse: duckdb.DuckDBPyConnection) -> Explain:
    return lambda *asked: explain(warehouse, Archive(data.archive), *asked)


def test_employees_of_the_ruhr(explained: Explain) -> None:
    found = explained("employees", RUHR, "2019-06-30")
    assert found.value.value == 1_780_332
    assert found.value.benchmark_value == 6_976_079
    assert [cell.region_id for cell in found.inputs] == list(ruhr_kreise())
    assert sum(int(cell.printed_now or 0) for cell in found.inputs) == 1_780_332
    assert all(cell.is_same for cell in found.inputs)
    (delivery,) = found.deliveries
    assert (delivery.file_name, delivery.archived) == ("13111-07-05-4_2019.csv", "unchanged")
    assert delivery.licence == "dl-de/by-2-0"
    assert str(delivery.retrieved_on) == "2021-08-17"


def test_gigabit_coverage_of_bochum(explained: Explain) -> None:
    found = explained("gigabit_coverage_households", "05911", "2020-12-31")
    (cell,) = found.inputs
    assert (found.value.value, cell.printed_now, cell.is_same) == (93.85, "93.85", True)
    assert cell.locator == "line 107, column 13"
    assert [delivery.file_name for delivery in found.deliveries] == ["landkreis_privat_2020_2.csv"]


def test_gigabit_coverage_has_no_value_for_the_ruhr(explained: Explain) -> None:
    with pytest.raises(NotExplainedError, match="shares of Kreise must not be averaged"):
        explained("gigabit_coverage_households", "RUHR")


def test_unemployment_rate_of_the_ruhr(explained: Explain) -> None:
    found = explained("unemployment_rate", "ruhr", "2020")
    assert found.value.value == pytest.approx(9.828, abs=0.001)
    unemployed = [cell for cell in found.inputs if cell.role == "numerator"]
    rates = [cell for cell in found.inputs if cell.role == "value"]
    assert len(unemployed) == len(rates) == 15
    assert all(cell.is_same for cell in found.inputs)
    assert next(cell.printed_now for cell in rates if cell.region_id == "05113") == "11,0"
    (reason,) = found.interval_reasons
    assert "printed rounded (± 0.05)" in reason


def test_topic_of_the_ruhr_from_workbooks(explained: Explain) -> None:
    found = explained("topic_employees.industry", RUHR, "31.03.2020")
    assert found.value.value is None
    assert {delivery.file_name for delivery in found.deliveries} == {f"{kreis}.xlsx" for kreis in ruhr_kreise()}
    assert {cell.locator.split("!")[0] for cell in found.inputs} == {"Tabelle 2.3"}
    assert all(cell.is_same for cell in found.inputs)
    metal = next(c for c in found.inputs if (c.region_id, c.sector_id) == ("05117", "24-30,32,33"))
    assert metal.printed_now == "6059"
    assert "24-30,32,33" in {sector.sector_id for sector in found.sectors}


def test_suppressed_cell_is_shown_as_its_sign(explained: Explain, warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "SELECT l.indicator_id, l.region_id, l.reference_date::VARCHAR FROM meta.lineage l "
        "WHERE l.status = 'suppressed' AND l.indicator_id LIKE 'topic_employees.%' AND l.region_id <> ? ORDER BY ALL",
        [NRW],
    ).fetchall()
    found = explained(*rows[0])
    hidden = [cell for cell in found.inputs if cell.status == "suppressed"]
    assert hidden
    assert {(cell.printed_now, cell.value, cell.is_same) for cell in hidden} == {("*", None, True)}
    assert any("suppressed" in reason for reason in found.interval_reasons)


def test_every_cell_of_history_is_found_again(data: DataFolder, warehouse: duckdb.DuckDBPyConnection) -> None:
    archive = Archive(data.archive)
    cells = 0
    for delivery_id, sha256 in warehouse.execute(
        "SELECT delivery_id, sha256 FROM meta.delivery WHERE state = 'accepted'"
    ).fetchall():
        file = ArchivedFile(archive.content_path(sha256).read_bytes())
        for locator, printed in warehouse.execute(
            "SELECT locator, printed FROM history.observation WHERE delivery_id = ?", [delivery_id]
        ).fetchall():
            assert is_same(file.cell(locator), printed), (delivery_id, locator)
            cells += 1
    assert cells > 80_000
