"""Publishing to a lake: each release is there whole or not at all, whoever reads, publishes, fails or is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.object_store import running_object_store
from tests.warehouse.lake.releases import data_files, held, release_file, require_releases, require_same, seen
from warehouse import lake_publish
from warehouse.connect import open_published
from warehouse.lake import LakeError, attach, open_lake, releases_of
from warehouse.lake_address import Lake
from warehouse.lake_publish import publish_to_lake

SPAWN = multiprocessing.get_context("spawn")
#: The table that is written last.
LAST = "quality.revision"
ORPHANS = "CALL ducklake_delete_orphaned_files('lake', older_than => now() - INTERVAL 1 DAY)"
#: As in docs/scale.md, with another day.
TIDY = (
    "CALL ducklake_expire_snapshots('lake', older_than => now())",
    "CALL ducklake_rewrite_data_files('lake')",
    "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)",
    ORPHANS,
)
#: Few values, so that rows repeat; each kind of empty, and floats that compare in their own way.
_ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "", "a", "b"]),
        st.sampled_from([None, 0.0, -0.0, 0.1, float("nan"), float("inf")]),
        st.sampled_from([None, [], [None], ["null"], ["x", "y"], ["y", "x"]]),
    ),
    max_size=8,
)
#: One for all examples, with schemas in the place of the two databases: comparing rows needs no server.
_CONNECTION = duckdb.connect()
_CONNECTION.execute("CREATE SCHEMA lake; CREATE SCHEMA built")


@given(_ROWS, _ROWS)
@example([("a", 1.0, None)] * 3, [("a", 1.0, None)] * 2)
def test_a_table_gets_exactly_the_rows_of_the_file(before: list[Any], wanted: list[Any]) -> None:
    for schema, rows in (("lake", before), ("built", wanted)):
        _CONNECTION.execute(f"CREATE OR REPLACE TABLE {schema}.t (x VARCHAR, y DOUBLE, z VARCHAR[])")
        if rows:
            _CONNECTION.executemany(f"INSERT INTO {schema}.t VALUES (?, ?, ?)", rows)
    lake_publish._write_rows(_CONNECTION, "t", {"x": "VARCHAR", "y": "DOUBLE", "z": "VARCHAR[]"})
    for one, other in (("lake", "built"), ("built", "lake")):
        assert _CONNECTION.execute(f"FROM {one}.t EXCEPT ALL FROM {other}.t").fetchall() == []


def test_the_lake_holds_all_that_the_file_holds(lake: Lake, files: list[Path]) -> None:
    publish_to_lake(files[1], lake)
    require_same(lake, "r1", files[1])
    require_releases(lake, {"r0": files[0], "r1": files[1]})


def test_what_is_already_there_is_not_written_again(lake: Lake, files: list[Path], tmp_path: Path) -> None:
    before = data_files(lake)
    assert [publish_to_lake(files[0], lake)] == releases_of(lake)
    publish_to_lake(release_file(tmp_path, files[0], 1), lake)
    assert held(lake) == ["r0", "r1"]
    assert data_files(lake) == before


def test_columns_and_comments_follow_the_file_and_older_releases_keep_theirs(
    lake: Lake, files: list[Path], tmp_path: Path
) -> None:
    changes = [
        "ALTER TABLE marts.region ADD COLUMN area DOUBLE",
        "COMMENT ON COLUMN marts.employment.employees IS 'other words'",
        "DROP TABLE marts.swot",
        "CREATE TABLE marts.added AS SELECT 1 AS x",
        "CREATE OR REPLACE MACRO marts.share(part, whole) AS 42",
    ]
    changed = release_file(tmp_path, files[0], 1, changes)
    publish_to_lake(changed, lake)
    for release_id, file, share in (("r0", files[0], 0.5), ("r1", changed, 42)):
        require_same(lake, release_id, file)
        with open_lake(lake, release_id) as connection:
            assert connection.execute("SELECT marts.share(1, 2)").fetchone() == (share,)


def test_a_publish_that_fails_leaves_no_trace(lake: Lake, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = data_files(lake)
    write = lake_publish._write_rows

    def full_disk(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
        write(connection, name, columns)
        if name == LAST:
            assert data_files(lake) > before
            raise duckdb.IOException("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(lake_publish, "_write_rows", full_disk)
        with pytest.raises(LakeError, match="No space left on device"):
            publish_to_lake(files[1], lake)
    assert (held(lake), data_files(lake)) == (["r0"], before)
    publish_to_lake(files[1], lake)
    require_releases(lake, {"r0": files[0], "r1": files[1]})


def test_a_publisher_that_is_killed_leaves_files_that_nobody_reads(lake: Lake, files: list[Path]) -> None:
    before = data_files(lake)
    publisher = SPAWN.Process(target=publish_and_be_killed, args=(files[1], lake))
    publisher.start()
    publisher.join()
    assert publisher.exitcode == -signal.SIGKILL
    left_over = data_files(lake) - before
    assert left_over
    assert held(lake) == ["r0"]
    publish_to_lake(files[2], lake)
    for path in left_over:
        os.utime(path, (0, 0))
    with attach(lake, writing=True) as connection:
        connection.execute(ORPHANS)
    assert not left_over & data_files(lake)
    require_releases(lake, {"r0": files[0], "r2": files[2]})


def publish_and_be_killed(file: Path, lake: Lake) -> None:
    write = lake_publish._write_rows

    def killed_at_the_end(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
        write(connection, name, columns)
        if name == LAST:
            os.kill(os.getpid(), signal.SIGKILL)

    lake_publish._write_rows = killed_at_the_end
    publish_to_lake(file, lake)


@pytest.mark.parametrize("name", ["new_lake", "lake"])
def test_of_two_publishers_at_once_the_newer_release_stays(
    name: str, files: list[Path], request: pytest.FixtureRequest
) -> None:
    lake: Lake = request.getfixturevalue(name)
    with SPAWN.Manager() as manager, ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        start = manager.Barrier(2)
        older, newer = pool.map(publish_together, files[1:3], [lake] * 2, [start] * 2)
    assert newer == ""
    assert older == "" or "The lake already holds r2, which is newer than r1" in older
    there = {"r0": files[0]} if name == "lake" else {}
    there |= {"r1": files[1]} if older == "" else {}
    require_releases(lake, there | {"r2": files[2]})


def publish_together(file: Path, lake: Lake, start: Any) -> str:
    """The refusal, "" where it was published."""
    start.wait()
    try:
        publish_to_lake(file, lake)
    except LakeError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize("tries", [1, 2])
def test_who_comes_second_compares_with_the_release_of_the_first(
    lake: Lake, files: list[Path], monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    require = lake_publish._require_successor
    compared: list[str] = []

    def overtaken(connection: Any, new: dict[str, Any], current: dict[str, Any]) -> None:
        require(connection, new, current)
        compared.append(f"{new['release_id']} with {current['release_id']}")
        if len(compared) == 1:
            publish_to_lake(files[1], lake)

    monkeypatch.setattr(lake_publish, "_require_successor", overtaken)
    monkeypatch.setattr(lake_publish, "_TRIES", tries)
    if tries == 1:
        with pytest.raises(LakeError, match="Other publishers came first, 1 times in a row"):
            publish_to_lake(files[2], lake)
        require_releases(lake, {"r0": files[0], "r1": files[1]})
    else:
        publish_to_lake(files[2], lake)
        assert compared == ["r2 with r0", "r1 with r0", "r2 with r1"]
        require_releases(lake, {f"r{number}": file for number, file in enumerate(files)})


def test_readers_see_a_whole_release_while_another_is_published(lake: Lake, files: list[Path]) -> None:
    before, after = (seen(open_published(file)) for file in files[:2])
    with open_lake(lake) as patient, SPAWN.Manager() as manager, ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        start = manager.Barrier(3)
        readers = [pool.submit(read_until, "r1", lake, start) for _ in range(2)]
        start.wait()
        publish_to_lake(files[1], lake)
        for reader in readers:
            assert reader.result() == {before, after}
        assert seen(patient) == before


def read_until(last: str, lake: Lake, start: Any) -> set[tuple[str, float, int]]:
    """All that a reader sees until a release is there; the first look is before the start."""
    found = {seen(open_lake(lake))}
    start.wait()
    while last not in {release_id for release_id, _, _ in found}:
        found.add(seen(open_lake(lake)))
    return found


def test_a_lake_refuses_another_kind_an_older_release_and_a_loss_of_deliveries(
    lake: Lake, files: list[Path], tmp_path: Path
) -> None:
    publish_to_lake(files[1], lake)
    real = release_file(tmp_path, files[1], 2, is_synthetic=False)
    with pytest.raises(LakeError, match="holds synthetic data and refuses real data"):
        publish_to_lake(real, lake)
    with pytest.raises(LakeError, match=r"already holds r1, which is newer than r0\. Run the refresh again"):
        publish_to_lake(files[0], lake)
    elsewhere = release_file(tmp_path, files[0], 3)
    with pytest.raises(LakeError, match=r"holds 1 files that this data folder has not taken in, like “\w+\.csv”"):
        publish_to_lake(elsewhere, lake)
    require_releases(lake, {"r0": files[0], "r1": files[1]})


def test_the_catalogue_knows_the_place_for_files(lake: Lake, files: list[Path], tmp_path: Path) -> None:
    publish_to_lake(files[1], replace(lake, data_path=""))
    require_releases(replace(lake, data_path=""), {"r0": files[0], "r1": files[1]})
    with pytest.raises(LakeError, match="does not match existing data path"):
        publish_to_lake(files[2], replace(lake, data_path=str(tmp_path / "elsewhere")))


def test_a_lake_may_be_tidied_up(lake: Lake, files: list[Path]) -> None:
    publish_to_lake(files[1], lake)
    with attach(lake, writing=True) as connection:
        for statement in TIDY:
            connection.execute(statement)
    publish_to_lake(files[2], lake)
    require_releases(lake, {"r1": files[1], "r2": files[2]})


def test_files_may_lie_in_an_object_store(new_lake: Lake, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    stored, known = replace(new_lake, data_path="s3://bucket/lake"), replace(new_lake, data_path="")
    with running_object_store() as (address, objects):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
        publish_to_lake(files[0], stored)
        first = set(objects)
        publish_to_lake(files[1], known)
        assert set(objects) > first > set()
        require_releases(known, {"r0": files[0], "r1": files[1]})
        with open_lake(known) as connection:
            assert seen(connection) == seen(open_published(files[1]))
            assert "s3cret" not in repr(connection.execute("FROM duckdb_secrets()").fetchall())
            with pytest.raises(duckdb.PermissionException):
                connection.execute("FROM read_text('s3://bucket/other')")
