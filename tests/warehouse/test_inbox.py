"""An inbox is any folder; a MANIFEST.csv in it says where the files come from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from schemas.delivery import Provenance
from warehouse.inbox import MANIFEST, InboxError, files_in

HEADER = "path,source,publisher,product,period,published_on,retrieved_on,licence,origin,bytes,sha256"


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("content", encoding="utf-8")


def write_manifest(folder: Path, *lines: str, encoding: str = "utf-8") -> None:
    (folder / MANIFEST).write_text("\n".join(lines) + "\n", encoding=encoding)


def test_all_files_of_all_folders_in_a_stable_order(tmp_path: Path) -> None:
    put(tmp_path, "b/2.csv", "a.xlsx", "b/1.csv", "ohne Endung", "Straße/ü.csv")
    assert [file.path.relative_to(tmp_path).as_posix() for file in files_in(tmp_path)] == [
        "Straße/ü.csv", "a.xlsx", "b/1.csv", "b/2.csv", "ohne Endung",
    ]  # fmt: skip
    assert {file.provenance for file in files_in(tmp_path)} == {Provenance()}


def test_hidden_files_locks_of_excel_and_manifests_are_no_deliveries(tmp_path: Path) -> None:
    put(tmp_path, ".DS_Store", ".git/config", "~$a.xlsx", f"sub/{MANIFEST}", "a.csv")
    write_manifest(tmp_path, HEADER)
    assert [file.name for file in files_in(tmp_path)] == ["a.csv"]


def test_an_empty_folder_is_an_inbox_and_a_file_is_none(tmp_path: Path) -> None:
    assert files_in(tmp_path) == []
    put(tmp_path, "a.csv")
    for path in (tmp_path / "a.csv", tmp_path / "missing"):
        with pytest.raises(InboxError, match=f"{path.name} is not a folder"):
            files_in(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])  # Excel writes a BOM
def test_the_manifest_supplies_provenance(tmp_path: Path, encoding: str) -> None:
    put(tmp_path, "ba/05111.xlsx", "other.csv")
    row = (
        'ba/05111.xlsx,ba_regionalreport,"BA, Statistik für Düsseldorf",Regionalreport,2020-03-31,2020-10-12,'
        ",cite,github,7,ab12"
    )
    write_manifest(tmp_path, HEADER, row, encoding=encoding)
    listed, other = files_in(tmp_path)
    assert listed.provenance == Provenance(
        source_id="ba_regionalreport",
        publisher="BA, Statistik für Düsseldorf",
        product="Regionalreport",
        period="2020-03-31",
        published_on=dt.date(2020, 10, 12),
        retrieved_on=None,
        licence="cite",
        origin="github",
        is_synthetic=False,
    )
    assert (listed.name, listed.expected_sha256) == ("05111.xlsx", "ab12")
    assert (other.provenance, other.expected_sha256) == (Provenance(), "")


@pytest.mark.parametrize(("printed", "expected"), [("true", True), ("TRUE", True), ("false", False), ("", False)])
def test_synthetic_data_says_so(tmp_path: Path, printed: str, expected: bool) -> None:
    put(tmp_path, "a.csv")
    write_manifest(tmp_path, "path,is_synthetic", f"a.csv,{printed}")
    assert files_in(tmp_path)[0].provenance.is_synthetic is expected


def test_columns_in_any_order_unknown_ones_and_short_rows_do_no_harm(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "b.csv")
    write_manifest(tmp_path, "note,source,path,publisher,is_synthetic", "checked,x,a.csv,BA,true", "checked,y,b.csv")
    first, second = files_in(tmp_path)
    assert first.provenance == Provenance(source_id="x", publisher="BA", is_synthetic=True)
    assert second.provenance == Provenance(source_id="y")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([HEADER, "gone.csv,s", "also.csv,s"], r"lists 2 files that are not there, e\.g\. also\.csv"),
        ([HEADER, "a.csv,s", "a.csv,t"], r"row 3: “a\.csv” is listed twice"),
        (
            [HEADER, "a.csv,s,,,,12.10.2020"],
            r"row 2, column published_on: expected a date .* found “12\.10\.2020”",
        ),
        (
            [HEADER, "a.csv,s,,,,,2020-02-30"],
            r"row 2, column retrieved_on: expected a date .* found “2020-02-30”",
        ),
        (["file,source", "a.csv,s"], r"expected a column “path”, found file, source"),
        (["path;source", "a.csv;s"], r"expected a column “path”, found path;source"),
    ],
)
def test_a_malformed_manifest_is_refused_with_row_and_column(tmp_path: Path, lines: list[str], message: str) -> None:
    put(tmp_path, "a.csv")
    write_manifest(tmp_path, *lines)
    with pytest.raises(InboxError, match=message):
        files_in(tmp_path)


def test_a_manifest_in_another_encoding_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.csv")
    write_manifest(tmp_path, HEADER, "a.csv,s,Bundesagentur für Arbeit", encoding="cp1252")
    with pytest.raises(InboxError, match=r"MANIFEST\.csv: expected CSV in UTF-8.*Save it as CSV UTF-8"):
        files_in(tmp_path)
