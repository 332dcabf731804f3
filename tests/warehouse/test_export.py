"""An export: the marts in full, in a stable order, harmless in a spreadsheet, and never half or over something else."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from schemas.registry import Field, Relation, relations
from tests.warehouse.conftest import HOSTILE, RELEASE, Exported, publish_small
from warehouse.connect import NothingPublishedError
from warehouse.data_folder import DataFolder
from warehouse.export import ExportError, export, write_parquet
from warehouse.exported import SYNTHETIC_EN, Publication
from warehouse.formula import harmless

RELATIONS = list(relations().values())
HERE = Publication()


@pytest.fixture(scope="module")
def exported(small_export: Exported) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release, attached under its usual names, in a connection that may read the exported files."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{small_export.data.published}' AS release (READ_ONLY)")
        connection.execute("USE release")
        yield connection


@pytest.fixture
def data(small_warehouse: Path, tmp_path: Path) -> DataFolder:
    return publish_small(small_warehouse, tmp_path / "data")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- content --------------------------------------------------------------------------------------


def from_csv(field: Field) -> str:
    """The expression that gives a column back its type and its text."""
    if field.sql_type.endswith("[]"):
        return f"from_json({field.name}, '[\"VARCHAR\"]')::{field.sql_type} AS {field.name}"
    if field.sql_type == "VARCHAR":
        return rf"regexp_replace({field.name}, '^''(''*[=+\-@\t\r\n＝＋－＠])', '\1') AS {field.name}"
    return f"{field.name}::{field.sql_type} AS {field.name}"


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_csv_and_parquet_are_the_table(
    exported: duckdb.DuckDBPyConnection, small_export: Exported, relation: Relation
) -> None:
    path = small_export.out / f"csv/{relation.name}.csv"
    columns = ", ".join(map(from_csv, relation.fields))
    texts = f"read_csv('{path}', header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false)"
    parquet = small_export.out / f"parquet/{relation.name}.parquet"
    for copy in (f"SELECT {columns} FROM {texts}", f"FROM '{parquet}'"):
        for one, other in ((copy, f"FROM {relation.name}"), (f"FROM {relation.name}", copy)):
            assert exported.sql(f"({one}) EXCEPT ALL ({other})").fetchall() == []
    described = [str(kind) for kind in exported.sql(f"FROM '{parquet}'").types]
    assert described == [field.sql_type for field in relation.fields]


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_rows_are_in_the_order_of_their_key(
    exported: duckdb.DuckDBPyConnection, small_export: Exported, relation: Relation
) -> None:
    key = ", ".join(relation.key)
    order = ", ".join(f"{column} NULLS FIRST" for column in relation.key)
    expected = exported.sql(f"SELECT {key} FROM {relation.name} ORDER BY {order}").fetchall()
    assert len(set(expected)) == len(expected)
    parquet = small_export.out / f"parquet/{relation.name}.parquet"
    assert exported.sql(f"SELECT {key} FROM '{parquet}'").fetchall() == expected


def test_csv_is_rfc_4180_in_utf_8(small_export: Exported) -> None:
    for path in (small_export.out / "csv").iterdir():
        text = path.read_bytes().decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert not text.startswith("\ufeff")
        assert text.endswith("\r\n")
        assert {len(row) for row in rows} == {len(relations()[path.stem].fields)}
        assert rows[0] == [field.name for field in relations()[path.stem].fields]


def test_no_cell_is_a_formula(small_export: Exported) -> None:
    for path in (small_export.out / "csv").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        assert [cell for cell in cells if re.match("[=+@\t\r\n]", cell)] == []
        assert [cell for cell in cells if cell.startswith("-") and not re.fullmatch(r"-([\d.,e-]+%?)?", cell)] == []


def test_signs_of_the_publisher_and_hostile_names(small_export: Exported) -> None:
    assert f'"{harmless(HOSTILE)}"' in cell_texts(small_export, "meta.delivery")
    assert ",-," in cell_texts(small_export, "history.observation")


def cell_texts(exported: Exported, relation: str) -> str:
    return (exported.out / f"csv/{relation}.csv").read_text(encoding="utf-8").replace('""', '"')


def test_a_parquet_file_says_what_it_is(small_export: Exported) -> None:
    about = metadata(small_export.out / "parquet/marts.broadband.parquet")
    assert about["release_id"] == RELEASE
    assert about["title"].startswith("marts.broadband: Breitbandverfügbarkeit")
    assert about["licence"].endswith("<http://dcat-ap.de/def/licenses/other-open>")
    assert about["attribution"] == "Breitbandatlas"
    assert "note" not in about


def metadata(path: Path) -> dict[str, str]:
    found = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
    return {key.decode(): value.decode() for key, value in found}


def test_every_file_has_its_checksum(small_export: Exported) -> None:
    found = files(small_export.out)
    sums = found.pop("SHA256SUMS").decode()
    assert sums == "".join(f"{hashlib.sha256(found[path]).hexdigest()}  {path}\n" for path in sorted(found))
    assert small_export.summary.files == len(found) + 1
    assert small_export.summary.bytes == sum(map(len, found.values())) + len(sums)
    assert {Path(path).suffix for path in found} == {".csv", ".parquet", ".json", ".jsonld", ".cff", ".md"}


def test_how_to_cite(small_export: Exported) -> None:
    import yaml

    citation = yaml.safe_load((small_export.out / "CITATION.cff").read_text(encoding="utf-8"))
    # what the schema of the Citation File Format 1.2.0 wants at least
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert (citation["cff-version"], citation["type"], citation["version"]) == ("1.2.0", "dataset", RELEASE)
    assert str(citation["date-released"]) == "2021-01-01"
    assert citation["url"] == "https://daten.example/s3/"
    assert "Breitbandatlas" in [reference["title"] for reference in citation["references"]]
    assert all(reference["authors"][0]["name"] for reference in citation["references"])
    read_me = (small_export.out / "README.md").read_text(encoding="utf-8")
    assert f"S3-Monitor Ruhr (2021): S3-Monitor Ruhr, Release {RELEASE}, https://daten.example/s3/" in read_me
    assert "SYNTHET" not in read_me


# --- stable ---------------------------------------------------------------------------------------


def test_the_same_release_gives_the_same_bytes(small_export: Exported, data: DataFolder, tmp_path: Path) -> None:
    export(data.published, tmp_path / "again", Publication("https://daten.example/s3/", contact="s3@example.org"))
    assert files(tmp_path / "again") == files(small_export.out)


def test_one_changed_value_is_one_changed_line(small_export: Exported, data: DataFolder, tmp_path: Path) -> None:
    with duckdb.connect(str(data.published)) as connection:
        connection.execute("UPDATE marts.broadband SET coverage_pct = 1.5 WHERE region_id = '05' AND coverage_pct > 95")
    export(data.published, tmp_path / "out", Publication("https://daten.example/s3/", contact="s3@example.org"))
    before, after = files(small_export.out), files(tmp_path / "out")
    changed = {path for path in before if before[path] != after[path]}
    table = "csv/marts.broadband.csv"
    described = {"SHA256SUMS", "catalogue.jsonld", "datapackage.json"}
    assert changed == {table, "parquet/marts.broadband.parquet"} | described
    lines = list(zip(before[table].splitlines(), after[table].splitlines(), strict=True))
    assert len([one for one, other in lines if one != other]) == 1


# --- the folder -----------------------------------------------------------------------------------


def test_an_earlier_export_is_replaced_as_a_whole(data: DataFolder, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    export(data.published, out, HERE)
    with duckdb.connect(str(data.published)) as connection:
        connection.execute("UPDATE meta.release SET release_id = 'next'")
    assert export(data.published, out, HERE).release_id == "next"
    assert '"version": "next"' in (out / "datapackage.json").read_text(encoding="utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_empty_folder_is_taken(data: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert export(data.published, tmp_path / "out", HERE).tables == len(RELATIONS)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


STRANGE = {
    "a file": {"out": b"text"},
    "other files": {"out/holiday.jpg": b"x"},
    "another data package": {"out/datapackage.json": b'{"name": "other"}', "out/SHA256SUMS": b""},
    "a damaged data package": {"out/datapackage.json": b'["s3-monitor-ruhr"]', "out/SHA256SUMS": b""},
    "a link": {},
}


@pytest.mark.parametrize("kind", STRANGE)
def test_a_folder_with_something_else_is_refused(data: DataFolder, tmp_path: Path, kind: str) -> None:
    for name, content in STRANGE[kind].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    if kind == "a link":
        (tmp_path / "out").mkdir()
        (tmp_path / "out/link").symlink_to(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ExportError, match=r"out holds something other than an export.*Choose an empty or new folder\."):
        export(data.published, tmp_path / "out", HERE)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_export_to_which_somebody_added_a_file_is_refused(
    data: DataFolder, small_export: Exported, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(small_export.out, tmp_path / "out"))
    (out / "csv" / "my own.csv").write_text("precious")
    with pytest.raises(ExportError, match=r"csv/my own\.csv"):
        export(data.published, out, HERE)
    assert (out / "csv" / "my own.csv").read_text() == "precious"


def test_a_release_of_another_version_is_not_half_exported(
    data: DataFolder, small_export: Exported, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(small_export.out, tmp_path / "out"))
    with duckdb.connect(str(data.published)) as connection:
        connection.execute("ALTER TABLE marts.region RENAME COLUMN nuts3 TO nuts")
    with pytest.raises(ExportError, match=r"differs in marts.region, column nuts\. Run s3monitor refresh, then"):
        export(data.published, out, HERE)
    assert files(out) == files(small_export.out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


def test_without_a_release_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError):
        export(tmp_path / "data" / "s3monitor.duckdb", tmp_path / "a" / "out", HERE)
    assert list(tmp_path.iterdir()) == []


# --- synthetic data, and the site -----------------------------------------------------------------


def test_synthetic_data_says_so_everywhere(small_warehouse: Path, tmp_path: Path) -> None:
    data = publish_small(small_warehouse, tmp_path / "data", synthetic=True)
    assert export(data.published, tmp_path / "out", HERE).is_synthetic
    for name in ("README.md", "CITATION.cff", "datapackage.json", "catalogue.jsonld"):
        assert SYNTHETIC_EN in (tmp_path / "out" / name).read_text(encoding="utf-8")
    for relation in RELATIONS:
        assert metadata(tmp_path / f"out/parquet/{relation.name}.parquet")["note"] == SYNTHETIC_EN


def test_the_site_hands_out_the_same_parquet(small_export: Exported, tmp_path: Path) -> None:
    written = write_parquet(small_export.data.published, tmp_path / "parquet")
    assert [path.stem for path in written] == [relation.name for relation in RELATIONS]
    assert files(tmp_path / "parquet") == files(small_export.out / "parquet")
