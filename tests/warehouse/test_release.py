"""A release is published whole or not at all, and readers never see anything else."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from quality.checks import record_results, run_checks
from tests.warehouse.building import rows
from warehouse import release
from warehouse.connect import NothingPublishedError, open_published
from warehouse.data_folder import DataFolder

NOW = dt.datetime(2025, 4, 10, 6, 30, tzinfo=dt.UTC)


def build(data: DataFolder, number: int) -> Path:
    """A tiny unpublished file; a thousand rows that all say the number of the release."""
    path = release.building_path(data, f"r{number:03}")
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE content AS SELECT {number} AS release FROM range(1000)")
    return path


def publish(data: DataFolder, number: int) -> Path:
    return release.publish(data, build(data, number), f"r{number:03}")


def published(data: DataFolder) -> int:
    """The release a new reader sees."""
    with open_published(data.published) as connection:
        ((number, count),) = connection.execute("SELECT release, count(*) FROM content GROUP BY ALL").fetchall()
    assert count == 1000
    return int(number)


def no_hard_links(*_: object) -> None:
    raise OSError("this file system has no hard links")


@pytest.fixture(params=["hard links", "no hard links"])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", no_hard_links)
    return str(request.param)


def test_a_release_is_read_only_under_its_own_and_under_the_stable_name(data: DataFolder, file_system: str) -> None:
    kept = publish(data, 1)
    assert (published(data), kept.name) == (1, "r001.duckdb")
    assert kept.read_bytes() == data.published.read_bytes()
    assert (kept.stat().st_ino == data.published.stat().st_ino) == (file_system == "hard links")
    for path in (kept, data.published):
        assert path.stat().st_mode & 0o777 == 0o444
    assert sorted(path.name for path in data.root.iterdir()) == ["releases", "s3monitor.duckdb"]
    assert [path.name for path in data.releases.iterdir()] == ["r001.duckdb"]


def test_the_next_release_replaces_it_and_the_last_one_stays(data: DataFolder, file_system: str) -> None:
    publish(data, 1)
    publish(data, 2)
    assert published(data) == 2
    assert rows(data.releases / "r001.duckdb", "SELECT DISTINCT release FROM content") == [(1,)]


def test_a_reader_keeps_the_release_it_opened(data: DataFolder, file_system: str) -> None:
    publish(data, 1)
    with open_published(data.published) as reader:
        publish(data, 2)
        release.tidy(data)
        assert reader.execute("SELECT DISTINCT release FROM content").fetchall() == [(1,)]
        assert new_process(data) == "2 1000"


READ_ONCE = """
import sys; from pathlib import Path; from warehouse.connect import open_published
with open_published(Path(sys.argv[1])) as connection:
    print(*connection.execute("SELECT any_value(release), count(*) FROM content").fetchone())
"""
READ_UNTIL_ASKED_TO_STOP = """
import sys; from pathlib import Path; from warehouse.connect import open_published
seen = []
while not Path(sys.argv[2]).exists():
    with open_published(Path(sys.argv[1])) as connection:
        found = connection.execute("SELECT release, count(*) FROM content GROUP BY ALL").fetchall()
    assert len(found) == 1 and found[0][1] == 1000, found
    seen.append(found[0][0])
assert seen == sorted(seen), seen
print(len(set(seen)))
"""


def new_process(data: DataFolder) -> str:
    """What a reader in another process sees: within one process DuckDB shares a file that is open."""
    return subprocess.run(
        [sys.executable, "-c", READ_ONCE, str(data.published)], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_readers_go_on_through_many_swaps(data: DataFolder) -> None:
    publish(data, 0)
    stop = data.root / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", READ_UNTIL_ASKED_TO_STOP, str(data.published), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as reader:
        for number in range(1, 40):
            publish(data, number)
            release.tidy(data)
        stop.touch()
        output, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    assert int(output) > 1  # it did read during the swaps


class Killed(BaseException):
    """As a signal would, not as an error that someone may handle."""


def killed_at(step: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Patches the operating system's renames and links so that the step-th of them does not happen."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        count = iter(range(1, 10))

        def counted(original: Callable[..., object]) -> Callable[..., object]:
            def call(*arguments: object) -> object:
                if next(count) == step:
                    raise Killed
                return original(*arguments)

            return call

        monkeypatch.setattr(Path, "replace", counted(Path.replace))
        monkeypatch.setattr(os, "link", counted(os.link))

    return patch


@pytest.mark.parametrize("step", [1, 2, 3])
def test_killed_at_any_step_the_last_release_stays_and_the_next_refresh_cleans_up(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    publish(data, 1)
    built = build(data, 2)
    with monkeypatch.context() as patch:
        killed_at(step)(patch)
        with pytest.raises(Killed):
            release.publish(data, built, "r002")
    out = 2 if step == 3 else 1  # the second change is the swap; after it the new release is out
    assert published(data) == out
    release.tidy(data)
    assert published(data) == out
    releases = [path.name for path in data.releases.iterdir()]
    assert sorted(releases) == [f"r{number:03}.duckdb" for number in range(1, out + 1)], "releases that were never out"
    assert not [path.name for path in (*data.root.iterdir(), *data.releases.iterdir()) if path.name[0] == "."]
    publish(data, 3)
    assert published(data) == 3


def test_tidy_removes_what_killed_runs_left_and_nothing_else(data: DataFolder) -> None:
    publish(data, 1)
    shelf = data.archive / "ab"
    litter = [
        build(data, 2),
        data.releases / ".building-r003.duckdb.wal",
        data.releases / ".building-r004.duckdb.tmp" / "duckdb_temp_storage-0.tmp",  # DuckDB spills into a folder
        data.root / ".s3monitor.duckdb.new",
        data.root / ".kind.json.123.tmp",
        shelf / "ab12.part",
        shelf / ".ab12.json.123.tmp",
    ]
    kept = [shelf / "ab12.bin", shelf / "ab12.json", data.root / "kind.json", data.quality / "findings.json"]
    for path in (*litter, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    release.tidy(data)
    assert [path for path in litter if path.exists()] == []
    assert not (data.releases / ".building-r004.duckdb.tmp").exists()
    assert all(path.exists() for path in (*kept, data.published, data.releases / "r001.duckdb"))


def test_tidy_keeps_the_last_releases(data: DataFolder) -> None:
    data.releases.mkdir(parents=True)
    for number in range(release.KEEP + 2):
        (data.releases / f"r{number:03}.duckdb").touch()
    publish(data, release.KEEP + 2)
    release.tidy(data)
    kept = sorted(path.name for path in data.releases.iterdir())
    assert kept == [f"r{number:03}.duckdb" for number in range(3, release.KEEP + 3)]
    assert published(data) == release.KEEP + 2


def test_tidy_of_a_folder_that_is_not_there_does_nothing(data: DataFolder) -> None:
    release.tidy(data)
    assert not data.root.exists()


def test_a_release_says_what_it_is_made_of(data: DataFolder, small_warehouse: Path) -> None:
    assert release.current_release(data) is None
    name = release.release_id(NOW, "3f2a9c01d4")
    assert name == "20250410T063000Z-3f2a9c01"
    built = release.building_path(data, name)
    built.write_bytes(small_warehouse.read_bytes())
    results = run_checks(built)
    record_results(built, results)
    row = {
        "release_id": name,
        "released_at": NOW.replace(tzinfo=None),
        "inputs": "3f2a9c01d4",
        "code_version": "0.1.0+abc",
        "is_synthetic": True,
    }
    release.record_release(built, row)
    release.publish(data, built, name)
    current = release.current_release(data)
    assert current is not None
    assert current == row | {
        "deliveries": 4,  # the quarantined one is not in it
        "observations": rows(small_warehouse, "SELECT count(*) FROM history.observation")[0][0],
        "checks_passed": sum(result.passed for result in results),
        "checks_failed": sum(not result.passed for result in results),
    }


def test_the_fingerprint_depends_on_every_input_and_its_border() -> None:
    prints = [release.inputs_fingerprint(parts) for parts in (["a", "b"], ["ab"], ["a"], ["b", "a"], [])]
    assert len(set(prints)) == len(prints)
    assert release.inputs_fingerprint(["a", "b"]) == prints[0]


def test_ids_sort_by_time() -> None:
    days = [dt.datetime(2025, month, 28, 23, 59, 59, tzinfo=dt.UTC) for month in range(1, 13)]
    ids = [release.release_id(day, inputs) for day, inputs in zip(days, "fedcba987654", strict=True)]
    assert ids == sorted(ids)


@pytest.mark.parametrize("clock", [dt.timedelta(days=-365), dt.timedelta(), dt.timedelta(seconds=30)])
def test_the_next_release_is_later_whatever_the_clock_says(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, clock: dt.timedelta
) -> None:
    assert release.next_time(data, NOW) == NOW
    monkeypatch.setattr(release, "current_release", lambda _: {"released_at": NOW.replace(tzinfo=None)})
    assert release.next_time(data, NOW + clock) == NOW + max(clock, dt.timedelta(seconds=1))


def test_what_is_published_cannot_be_written_to_and_reaches_nothing_else(small_warehouse: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with open_published(small_warehouse) as connection:
        for refused in (
            "DELETE FROM marts.employment",
            "CREATE TABLE marts.own AS SELECT 1",
            f"FROM read_csv('{secret}')",
            f"FROM '{secret}'",
            f"COPY marts.region TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'other.duckdb'}'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(refused)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_reading_before_anything_is_published_says_what_to_do(data: DataFolder) -> None:
    with pytest.raises(NothingPublishedError, match=r"Nothing is published in .* yet\. Run: s3monitor refresh"):
        open_published(data.published)
