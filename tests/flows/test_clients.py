"""Analysts with their own tools: the DuckDB command line and R while releases are swapped, `warehouse.client.read`."""

from __future__ import annotations

import datetime as dt
import subprocess
import time
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from flows.refresh import refresh
from tests.flows.clients import duckdb_program, for_r, r, r_command
from tests.flows.conftest import HANGS, environment
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
    ended = [(*process.communicate(timeout=HANGS), process.returncode) for process in running]
    assert [(stderr, code) for _, stderr, code in ended] == [("", 0)] * len(running)
    seen = []
    for stdout, _, _ in ended:
        name, *counts = stdout.strip().split(",")
        assert len(set(counts)) == 1, stdout
        seen.append(name)
    assert len(set(seen)) > SWAPS / 2
    assert subprocess.run(command, capture_output=True, text=True).stdout.startswith(f"release-{SWAPS - 1:02},")


# --- R --------------------------------------------------------------------------------------------

#: Polls the published file until a file says stop; prints how often it read, and in how many releases.
R_READER = """
source("docs/clients/s3monitor.R")
arguments <- commandArgs(trailingOnly = TRUE)
sql <- "SELECT r.release_id, r.deliveries, (SELECT count(DISTINCT reference_date) FROM marts.broadband) AS mart,
        (SELECT count(DISTINCT delivery_id) FROM history.observation) AS history FROM meta.release r"
seen <- character()
while (!file.exists(arguments[2])) {
  row <- s3_read(sql, arguments[1])
  stopifnot(nrow(row) == 1, row$deliveries == row$mart, row$mart == row$history)
  seen <- c(seen, row$release_id)
  if (length(seen) == 1) writeLines("reading")
}
stopifnot(!is.unsorted(seen))
cat(length(seen), length(unique(seen)), tail(seen, 1))
"""
#: A row with values, a row without, and what CSV files are known to spoil; the columns are named by their R class.
TRICKY = """
CREATE SCHEMA meta; CREATE TABLE meta.release AS SELECT false AS is_synthetic;
CREATE TABLE tricky AS FROM (VALUES
    ('NA', 'Zeile 1' || chr(10) || 'Zeile "2"; ä, \\N', DATE '1949-12-31', -1, 4503599627370497, 0.1::DOUBLE, true,
     TIMESTAMP '2026-11-15 06:00:01', [1, 2]),
    (NULL, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) t(character_, character_2, Date_, integer_, numeric_, numeric_2, logical_, POSIXct_, character_3)
"""
R_TRICKY = r"""
source("docs/clients/s3monitor.R")
for (rows in list(s3_read("FROM tricky -- all", "tricky.duckdb"), s3_read("FROM tricky LIMIT 0;", "tricky.duckdb"))) {
  stopifnot(sub("_.*", "", names(rows)) == sapply(rows, function(column) class(column)[1]))
}
rows <- s3_read("FROM tricky", "tricky.duckdb")
stopifnot(
  rows$character_[1] == "NA", rows$character_2 == c("Zeile 1\nZeile \"2\"; ä, \\N", ""),
  rows$Date_[1] == as.Date("1949-12-31"), rows$integer_[1] == -1, rows$numeric_[1] == 4503599627370497,
  rows$numeric_2[1] == 0.1, rows$logical_[1], rows$character_3[1] == "[1, 2]",
  rows$POSIXct_[1] == ISOdatetime(2026, 11, 15, 6, 0, 1, tz = "UTC"), is.na(rows[2, names(rows) != "character_2"])
)
for (bad in c("FROM nothing", "DELETE FROM tricky", "SELECT 1; SELECT 2")) {
  cat(tryCatch(s3_read(bad, "tricky.duckdb"), error = conditionMessage), sep = "\n")
}
cat(tryCatch(s3_read("FROM tricky", "other.duckdb"), error = conditionMessage), "\n")
cat(tryCatch(s3_read("FROM tricky", "tricky.duckdb", program = "nothing"), error = conditionMessage), "\n")
"""


@pytest.fixture
def r_folder(tmp_path: Path) -> Path:
    return for_r(tmp_path)


def test_r_keeps_types_and_tells_missing_from_text(r_folder: Path) -> None:
    with duckdb.connect(str(r_folder / "tricky.duckdb")) as connection:
        connection.execute(TRICKY)
    ended = r(R_TRICKY, r_folder)
    assert ended.stderr == ""
    for told in (
        "Table with name nothing does not exist",
        'syntax error at or near "DELETE"',
        'syntax error at or near ";"',
        "Nothing is published as other.duckdb.",
        "The DuckDB command line is not here. Install it",
    ):
        assert told in ended.stdout


@pytest.mark.slow
def test_r_reads_while_releases_are_swapped(r_folder: Path, data: DataFolder) -> None:
    """Each read sees one release whole, never an older one than before, and the newest in the end."""
    built = releases(r_folder)
    data.releases.mkdir(parents=True)
    release.publish(data, next(built), "release-00")
    command, environ = r_command(R_READER, r_folder, data.published, r_folder / "stop")
    reader = subprocess.Popen(
        command, cwd=r_folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert reader.stdout
    assert reader.stdout.readline() == "reading\n"
    for number, path in zip(range(1, SWAPS), built, strict=False):
        release.publish(data, path, f"release-{number:02}")
        time.sleep(0.2)
    time.sleep(1)
    (r_folder / "stop").touch()
    stdout, stderr = reader.communicate(timeout=HANGS)
    assert (reader.returncode, stderr) == (0, "")
    reads, seen, last = stdout.split()
    assert int(reads) >= int(seen) > 1
    assert last in (f"release-{SWAPS - 1:02}", f"release-{SWAPS - 2:02}")


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
