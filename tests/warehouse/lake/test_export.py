"""An export from the lake is the export from the file of the same release, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.lake.releases import require_releases
from warehouse.connect import NothingPublishedError
from warehouse.export import export, export_release
from warehouse.exported import Publication
from warehouse.lake import LakeError, attach_release
from warehouse.lake_address import Lake
from warehouse.lake_publish import publish_to_lake

PUBLICATION = Publication("https://daten.example/s3/", contact="s3@example.org")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_newest_and_an_earlier_release(lake: Lake, files: list[Path], tmp_path: Path) -> None:
    publish_to_lake(files[1], lake)
    for number, release_id in ((0, "r0"), (1, "r1"), (1, None)):
        from_file, from_lake = tmp_path / f"file{release_id}", tmp_path / f"lake{release_id}"
        expected = export(files[number], from_file, PUBLICATION)
        done = export_release(lambda release_id=release_id: attach_release(lake, release_id), from_lake, PUBLICATION)
        assert contents(from_lake) == contents(from_file) != {}
        assert (done.release_id, done.rows, done.files) == (expected.release_id, expected.rows, expected.files)
    require_releases(lake, {"r0": files[0], "r1": files[1]})  # exporting left the lake as it was


def test_nothing_is_written_where_there_is_no_such_release(published: Lake, new_lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="no release r9"):
        export_release(lambda: attach_release(published, "r9"), tmp_path / "out", PUBLICATION)
    with pytest.raises(NothingPublishedError):
        export_release(lambda: attach_release(new_lake), tmp_path / "out", PUBLICATION)
    assert not (tmp_path / "out").exists()
