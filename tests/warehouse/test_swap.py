"""A folder that is replaced as a whole survives the death of who replaces it."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.swap import remove_left, replacing


def folder(path: Path, content: str) -> Path:
    path.mkdir(parents=True)
    (path / "page").write_text(content)
    return path


def test_who_died_between_the_two_renames_gets_the_old_folder_back(tmp_path: Path) -> None:
    out = tmp_path / "site"
    folder(tmp_path / ".site-s3monitor-abc" / "old", "old")
    folder(tmp_path / ".site-s3monitor-abc" / "new", "new")
    remove_left(out)
    assert (out / "page").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_is_there_is_not_put_back(tmp_path: Path) -> None:
    out = folder(tmp_path / "site", "newer")
    folder(tmp_path / ".site-s3monitor-abc" / "old", "old")
    remove_left(out)
    assert (out / "page").read_text() == "newer"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_failure_after_a_death_still_leaves_the_old_folder(tmp_path: Path) -> None:
    """A full disk, say: the new one cannot be written, and the old one had been put aside by the run that died."""
    out = tmp_path / "site"
    folder(tmp_path / ".site-s3monitor-abc" / "old", "old")
    with pytest.raises(OSError, match="full"), replacing(out):
        raise OSError("the disk is full")
    assert (out / "page").read_text() == "old"


def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    out = folder(tmp_path / "site", "old")
    with replacing(out) as building:
        (building / "page").write_text("new")
        remove_left(out)
        assert building.exists()
    assert (out / "page").read_text() == "new"
