"""What the commands that replace a folder must never take away: files that no command of ours has put there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.marker import MARKER
from monitor.site import SiteError, build_site
from warehouse.data_folder import DataFolder
from warehouse.export import ExportError, export
from warehouse.exported import Publication
from warehouse.release import tidy
from warehouse.swap import replacing

#: Names beside `out` that begin like what a killed run leaves, and are somebody's own.
NEIGHBOURS = (".site-backup", ".site-", ".site-config.d", ".site-abc12345", ".sites", ".[a-z]*-mine", ".*-x")


def put(path: Path, text: str = "mine") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["site", "[a-z]*", "*", "?ite", "-rf", "a b"])
def test_folders_beside_it_stay(tmp_path: Path, name: str) -> None:
    kept = [put(tmp_path / neighbour / "new" / "mine.txt") for neighbour in NEIGHBOURS]
    kept += [put(tmp_path / f".{name}-{end}" / "mine.txt") for end in ("backup", "abcdefgh", "12345678")]
    with replacing(tmp_path / name) as building:
        put(building / "page.html", "new")
    assert [path.read_text() for path in kept] == ["mine"] * len(kept)
    assert (tmp_path / name / "page.html").read_text() == "new"


FOREIGN = {
    "documents without a marker": {"letter.txt": "mine"},
    "another program's site.json": {MARKER: '{"name": "my web site"}', "letter.txt": "mine"},
    "a marker that is no JSON": {MARKER: "mine", "letter.txt": "mine"},
    "a marker that is a list": {MARKER: "[]", "letter.txt": "mine"},
    "a marker with other files": {MARKER: '{"release_id": "20261129T000000Z-0"}', "letter.odt": "mine"},
    "a list that does not name it": {
        MARKER: json.dumps({"release_id": "20261129T000000Z-0", "files": ["index.html"]}),
        "index.html": "ours",
        "thesis.html": "mine",
    },
}


@pytest.mark.parametrize("case", FOREIGN)
def test_the_site_replaces_no_folder_of_somebody_else(tmp_path: Path, data: DataFolder, case: str) -> None:
    out = tmp_path / "Documents"
    for name, text in FOREIGN[case].items():
        put(out / name, text)
    with pytest.raises(SiteError, match="something other than a site"):
        build_site(data, out)
    assert {path.name: path.read_text() for path in out.iterdir()} == FOREIGN[case]


@pytest.mark.parametrize(
    "name", ["", "archive", "quality", "strategy", "releases", "prefect", "site/sub", "x/../archive"]
)
def test_nothing_is_written_into_the_rooms_of_the_data_folder(tmp_path: Path, data: DataFolder, name: str) -> None:
    put(data.archive / "ab" / "ab12.bin")
    with pytest.raises(SiteError, match="data folder"):
        build_site(data, data.root / name)
    with pytest.raises(ExportError, match="data folder"):
        export(data.published, data.root / name, Publication("", "x", "", ""))
    assert [path.name for path in data.root.rglob("*")] == ["archive", "ab", "ab12.bin"]


def test_neither_around_the_data_folder(tmp_path: Path, data: DataFolder) -> None:
    data.root.mkdir()
    for out in (tmp_path, Path("/"), data.root / ".." / ".."):
        with pytest.raises(SiteError):
            build_site(data, out)
        with pytest.raises(ExportError):
            export(data.published, out, Publication("", "x", "", ""))


def test_tidying_up_touches_no_folder_that_is_no_data_folder(tmp_path: Path) -> None:
    names = (".note.1.tmp", "releases/.building-a.duckdb", ".fetching-house/plan.txt", "archive/ab/film.part")
    kept = [put(tmp_path / name) for name in names]
    kept += [put(tmp_path / "releases" / f"{number:02}.duckdb") for number in range(20)]
    tidy(DataFolder(tmp_path))
    assert all(path.exists() for path in kept)


def test_the_sites_own_place_is_still_free(data: DataFolder) -> None:
    assert data.site == data.root / "site"
