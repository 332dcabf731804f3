"""A sample of the readers: what a poll asks, and that a poll which is not whole is seen."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.attacks import readers
from tests.attacks.readers import KINDS, be_a_reader, poll
from warehouse.data_folder import DataFolder


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_of_readers_see_the_same(published: DataFolder, kind: str) -> None:
    found = poll(kind, published.root)
    assert found == poll("duckdb", published.root)
    assert found[1:3] == ["1", "53"]


@pytest.fixture
def published(tmp_path: Path, small_warehouse: Path) -> DataFolder:
    data = DataFolder(tmp_path)
    data.published.write_bytes(small_warehouse.read_bytes())
    with duckdb.connect(str(data.published)) as connection:
        connection.execute("DELETE FROM meta.release")
        connection.execute(
            "INSERT INTO meta.release (release_id, released_at, inputs, code_version, is_synthetic, deliveries,"
            " observations, checks_passed, checks_failed)"
            " VALUES ('release-001', '2026-11-29', 'x', 'x', false, 1, 53, 1, 0)"
        )
    return data


@pytest.mark.parametrize(
    ("polls", "says"),
    [
        ([["r-3", "1"], ["r-2", "2"]], "release 2 came after 3"),
        ([["r-1", "1"], ["r-3", "2"]], r"release 3: \['2'\] instead of \['1'\]"),
        ([["r-1", "1"], ["r-2", "1"]], "cannot be told apart"),
    ],
)
def test_a_poll_that_is_not_whole_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, polls: list[list[str]], says: str
) -> None:
    stop, left = tmp_path / "stop", iter(polls)

    def next_poll(*_: object) -> list[str]:
        found = next(left)
        if found is polls[-1]:
            stop.touch()
        return found

    monkeypatch.setattr(readers, "poll", next_poll)
    with pytest.raises(AssertionError, match=says):
        be_a_reader("duckdb", tmp_path, stop)
