"""Analysts with their own tools: the DuckDB command line while releases are swapped, and `warehouse.client.read`."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
import time
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from flows.refresh import refresh
from tests.flows.conftest import environment
from tests.flows.inboxes import GOOD, broadband, fill, synthetic
from tests.flows.test_concurrency import releases
from warehouse import release
from warehouse.client import read
from warehouse.connect import NothingPublishedError
from warehouse.data_folder import DataFolder

SWAPS = 8
BROADBAND = "SELECT region_id, coverage_pct, reference_date FROM marts.broadband ORDER BY ALL"


@pytest.fixture
def folder(published: Path) -> Path:
    """A data folder with 53 rows of broadband coverage."""
    return published / "data"


# --- other programs -------------------------------------------------------------------------------


def duckdb_program() -> str:
    """The DuckDB command line, which comes with the package duckdb-cli."""
    found = shutil.which("duckdb", path=str(Path(sys.executable).parent)) or shutil.which("duckdb")
    if found is None:
        pytest.skip("no DuckDB command line here (package duckdb-cli)")
    return found


@pytest.mark.slow
def test_the_duckdb_command_line_reads_while_releases_are_swapped(tmp_path: Path, data: DataFolder) -> None:
    """Each start of the program sees one release whole, and the newest in the end."""
    program, built = duckdb_program(), releases(tmp_path)
    data.releases.mkdir(parents=True)
    sql = (
        "SELECT r.release_id, r.deliveries, (SELECT count(DISTINCT reference_date) FROM marts.broadband),"
        " (SELECT count(DISTINCT delivery_id) FROM history.observation) FROM meta.release r"
    )
    command = [program, "-readonly", "-csv", "-noheader", str(data.published), sql]
    running: list[subprocess.Popen[str]] = []
    for number, path in zip(range(SWAPS), built, strict=False):
        release.publish(data, path, f"release-{number:02}")
        for _ in range(2):
            running.append(
                subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
            time.sleep(0.01)
    ended = [(*process.communicate(timeout=60), process.returncode) for process in running]
    assert [(stderr, code) for _, stderr, code in ended] == [("", 0)] * len(running)
    seen = []
    for stdout, _, _ in ended:
        name, *counts = stdout.strip().split(",")
        assert len(set(counts)) == 1, stdout
        seen.append(name)
    assert len(set(seen)) > SWAPS / 2
    assert subprocess.run(command, capture_output=True, text=True).stdout.startswith(f"release-{SWAPS - 1:02},")


# --- read -----------------------------------------------------------------------------------------


def test_pandas_arrow_and_polars_give_the_same(folder: Path) -> None:
    frame, table, polars = (read(BROADBAND, folder, form=form) for form in ("pandas", "arrow", "polars"))
    assert (type(frame), type(table), type(polars)) == (pd.DataFrame, pa.Table, pl.DataFrame)
    with duckdb.connect(str(folder / "s3monitor.duckdb"), read_only=True) as connection:
        expected = connection.execute(BROADBAND).fetchall()
    assert len(expected) == 53
    assert polars.rows() == expected
    assert list(zip(*table.to_pydict().values(), strict=True)) == expected
    assert [(*row[:2], row[2].date()) for row in frame.itertuples(index=False)] == expected


def test_a_relation_by_its_name(folder: Path) -> None:
    assert len(read("marts.region", folder)) == len(read("FROM marts.region", folder)) == 56


def test_the_data_folder_of_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("S3MONITOR_DATA", str(folder))
    assert len(read("marts.broadband")) == 53
    monkeypatch.delenv("S3MONITOR_DATA")
    monkeypatch.chdir(folder.parent)
    assert len(read("marts.broadband")) == 53
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NothingPublishedError, match=r"Nothing is published in data yet\. Run: s3monitor refresh"):
        read("marts.broadband")


@pytest.mark.parametrize("day", ["2001-01-01", dt.date(2001, 1, 1)])
def test_what_was_known_on_a_day(folder: Path, day: dt.date | str) -> None:
    assert len(read("marts.broadband", folder, as_of=day)) == 0
    assert len(read("marts.broadband", folder, as_of="2999-01-01")) == 53


def test_what_cannot_be_read(folder: Path) -> None:
    with pytest.raises(ValueError, match="expected one of pandas, arrow, polars; found “excel”"):
        read("marts.region", folder, form="excel")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="yesterday"):
        read("marts.region", folder, as_of="yesterday")
    with pytest.raises(duckdb.CatalogException, match="nothing does not exist"):
        read("FROM marts.nothing", folder)
    with pytest.raises(duckdb.Error, match="read-only"):
        read("DELETE FROM marts.region", folder)
    with pytest.raises(duckdb.Error, match="disabled by configuration"):
        read("FROM read_text('/etc/hostname')", folder)


def test_synthetic_data_is_warned_of(tmp_path: Path, folder: Path) -> None:
    made_up = DataFolder(tmp_path / "data-sample")
    assert refresh(made_up, [fill(tmp_path / "inbox", synthetic({GOOD: broadband(1)}))]).published
    with pytest.warns(UserWarning, match="SYNTHETIC SAMPLE DATA"):
        read("marts.broadband", made_up.root)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read("marts.broadband", folder)


def test_reading_again_sees_the_next_release_and_an_open_connection_the_old(tmp_path: Path, data: DataFolder) -> None:
    built = releases(tmp_path)
    data.releases.mkdir(parents=True)
    release.publish(data, next(built), "release-00")
    with duckdb.connect(str(data.published), read_only=True) as held:
        assert len(read("marts.broadband", data.root)) == 53
        release.publish(data, next(built), "release-01")
        assert read("meta.release", data.root).release_id.tolist() == ["release-01"]
        assert len(read("marts.broadband", data.root)) == 106
        assert held.execute("SELECT release_id FROM meta.release").fetchall() == [("release-00",)]
        assert held.execute("SELECT count(*) FROM marts.broadband").fetchall() == [(53,)]
