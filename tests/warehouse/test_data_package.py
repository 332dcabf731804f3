"""`datapackage.json`, read and checked by the frictionless library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package, system, validate

from schemas.registry import relations
from tests.warehouse.conftest import RELEASE, Exported


@pytest.fixture(scope="module")
def described(small_export: Exported) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((small_export.out / "datapackage.json").read_text(encoding="utf-8"))
    return content


def resource(described: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [resource for resource in described["resources"] if resource["name"] == name]
    return found


def test_every_table_is_valid(small_export: Exported) -> None:
    with system.use_context(trusted=True):  # it lies outside the working folder
        report = validate(str(small_export.out / "datapackage.json"))
    assert report.flatten(["type", "rowNumber", "fieldName", "note"]) == []
    assert report.valid
    assert report.stats["tasks"] == len(relations())


@pytest.mark.parametrize(
    ("table", "old", "new", "error"),
    [
        ("marts.broadband", b"93.85", b"93.86", "hash-count"),
        ("marts.broadband", b"93.85", b"93.850", "byte-count"),
        ("marts.broadband", b"93.85", b"viele", "type-error"),
        ("marts.region", b"05113,", b"05112,", "primary-key"),
        ("marts.broadband", b"2020-03-31", b"", "constraint-error"),
    ],
)
def test_what_is_wrong_with_a_file_is_found(
    small_export: Exported, tmp_path: Path, table: str, old: bytes, new: bytes, error: str
) -> None:
    package = json.loads((small_export.out / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource(package, table)]
    (tmp_path / "csv").mkdir()
    path = Path(shutil.copy(small_export.out / package["resources"][0]["path"], tmp_path / "csv"))
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    with system.use_context(trusted=True):
        report = validate(str(tmp_path / "datapackage.json"))
    assert error in {found for (found,) in report.flatten(["type"])}


def test_rows_are_read_with_their_types(small_export: Exported) -> None:
    with system.use_context(trusted=True):
        package = Package(str(small_export.out / "datapackage.json"))
        (first, *_) = package.get_resource("marts.sector").read_rows()
        (release,) = package.get_resource("meta.release").read_rows()
    assert isinstance(first["divisions"], list)
    assert (release["release_id"], release["released_at"].year, release["is_synthetic"]) == (RELEASE, 2021, False)


def test_the_package_names_its_release(described: dict[str, Any]) -> None:
    assert described["name"] == "s3-monitor-ruhr"
    assert (described["version"], described["created"]) == (RELEASE, "2021-01-01T12:00:00Z")
    assert described["contributors"] == [{"title": "S3-Monitor Ruhr", "roles": ["publisher"]}]
    assert described["homepage"] == "https://daten.example/s3/"


def test_every_column_is_described_from_the_registry(described: dict[str, Any]) -> None:
    for relation in relations().values():
        schema = resource(described, relation.name)["schema"]
        assert schema["primaryKey"] == list(relation.key)
        assert [field["name"] for field in schema["fields"]] == [field.name for field in relation.fields]
        for field, described_field in zip(relation.fields, schema["fields"], strict=True):
            assert described_field["description"] == f"{field.description_de} | {field.description_en}"
            assert described_field.get("unit", "") == field.unit
            is_required = described_field.get("constraints", {}).get("required", False)
            assert is_required == (field.name in relation.not_null)


def test_every_table_has_one_licence_and_its_sources(described: dict[str, Any]) -> None:
    for found in described["resources"]:
        (licence,) = found["licenses"]
        assert licence["name"]
        assert licence["path"].startswith("http")
        assert found["sources"]
    broadband, population = resource(described, "marts.broadband"), resource(described, "quality.revision")
    assert broadband["licenses"][0]["name"] == "other-open"
    assert [source["attribution"] for source in broadband["sources"]] == ["Breitbandatlas"]
    assert population["licenses"] == described["licenses"]
