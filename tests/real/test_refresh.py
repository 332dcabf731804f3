"""The main job on all real files: what is published, what is quarantined and why, then nothing new."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.flows.conftest import COMMAND, Ended, rows, run
from warehouse.data_folder import DataFolder

#: A server's error page, and a flat file whose rows are shifted by two columns.
HTML, SHIFTED = "http500_2025-04-10.html", "52411-02-01-4_2024-12-03.csv"
QUARANTINED = "SELECT file_name, message FROM meta.delivery WHERE state = 'quarantined'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refresh")


@pytest.fixture(scope="module")
def ended(real_files: Path, folder: Path) -> Ended:
    return run([*COMMAND, "refresh", "--inbox", str(real_files), "--no-prefect", "--json"], folder)


@pytest.fixture(scope="module")
def data(folder: Path, ended: Ended) -> DataFolder:
    return DataFolder(folder / "data")


def test_it_publishes_and_says_that_something_is_quarantined(ended: Ended) -> None:
    assert ended.code == 3
    assert (ended.json["published"], ended.json["is_synthetic"], ended.json["error"]) == (True, False, "")
    assert "Traceback" not in ended.stderr


def test_exactly_two_files_are_quarantined(data: DataFolder) -> None:
    messages = dict(rows(data, QUARANTINED))
    assert messages.keys() == {HTML, SHIFTED}
    assert "found an HTML page" in messages[HTML]
    assert "at line 2, column 1: expected the code of the statistic" in messages[SHIFTED]
    assert "found “KREISE”" in messages[SHIFTED]


def test_the_summary_names_both_with_the_reason(ended: Ended, data: DataFolder) -> None:
    told = {message for source in ended.json["sources"] for message in source["messages"]}
    for name, message in rows(data, QUARANTINED):
        assert f"{name}: {message}" in told


def test_all_others_are_accepted_with_the_provenance_of_the_manifest(data: DataFolder, real_files: Path) -> None:
    with (real_files / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    expected = {
        (row["sha256"], row["publisher"], row["published_on"], row["retrieved_on"], row["licence"])
        for row in listed
        if Path(row["path"]).name not in (HTML, SHIFTED)
    }
    accepted = rows(
        data,
        "SELECT sha256, publisher, published_on::VARCHAR, retrieved_on::VARCHAR, licence "
        "FROM meta.delivery WHERE state = 'accepted'",
    )
    assert len(accepted) == len(expected) == len(listed) - 2
    by_hash = {row[0]: row for row in accepted}
    for sha256, publisher, published_on, retrieved_on, licence in expected:
        found = by_hash[sha256]
        assert (found[1], found[4]) == (publisher, licence)
        assert not published_on or found[2] == published_on
        assert not retrieved_on or found[3] == retrieved_on


def test_the_sources_of_the_quarantined_files_keep_their_good_data(data: DataFolder) -> None:
    state = dict(rows(data, "SELECT source_id, state FROM quality.freshness"))
    assert [source for source, its in state.items() if its == "failed"] == ["regionalstatistik"]
    newest = "SELECT max(reference_date)::VARCHAR FROM history.observation WHERE dataset = '52411-02-01-4'"
    assert rows(data, newest) == [("2024-12-31",)]


def test_missing_employees_of_2025_are_a_finding_not_zero(data: DataFolder) -> None:
    findings = rows(data, "SELECT text_en FROM quality.finding WHERE check_id = 'genesis.level_incomplete'")
    of_2025 = "employees 05 2025-06-30: 0 of 53 Kreise filled, NRW 7,350,231"
    assert (f"13111-01-03-4_2026-03-10.csv: {of_2025}",) in findings
    assert rows(
        data,
        "SELECT DISTINCT status, value FROM history.observation "
        "WHERE dataset = '13111-01-03-4' AND reference_date = '2025-06-30' AND length(region_id) = 5",
    ) == [("not_available", None)]


def test_the_ruhr_at_two_dates(data: DataFolder) -> None:
    totals = rows(
        data,
        "SELECT reference_date::VARCHAR, employees FROM marts.employment WHERE region_id = 'RUHR' "
        "AND sector_scheme = 'ba-rr' AND sector_id = 'TOTAL' "
        "AND reference_date IN ('2019-06-30', '2020-03-31') ORDER BY ALL",
    )
    assert totals == [("2019-06-30", 1_780_332), ("2020-03-31", 1_804_810)]


def test_the_second_run_publishes_nothing_new_and_says_so(
    ended: Ended, real_files: Path, folder: Path, data: DataFolder
) -> None:
    before = data.published.stat()
    again = run([*COMMAND, "refresh", "--inbox", str(real_files)], folder)
    assert again.code == 0
    release = ended.json["release_id"]
    assert again.out.splitlines()[-1] == f"Nothing new: release {release} is up to date."
    assert data.published.stat() == before
    assert [path.stem for path in data.releases.glob("*.duckdb")] == [release]
