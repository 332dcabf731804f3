"""The export of the real release: valid, credited as its publishers ask, and the same twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package, system

from flows.refresh import refresh
from tests.warehouse.dcat_rules import problems
from tests.warehouse.test_catalogue_entry import parsed
from warehouse.data_folder import DataFolder
from warehouse.export import Summary, export
from warehouse.exported import Publication

#: Small and large, with every kind of column: lists, dates, intervals, outlines of 53 regions.
CHECKED = ("marts.region", "marts.sector", "marts.boundary", "marts.employment", "marts.ranking", "meta.delivery",
           "quality.finding", "marts.topic_region")  # fmt: skip


@pytest.fixture(scope="module")
def exported(real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Summary]:
    """Two exports of one release, and what the second said."""
    folder = tmp_path_factory.mktemp("export")
    data = DataFolder(folder / "data")
    assert refresh(data, [real_files]).published
    export(data.published, folder / "one", Publication())
    return folder / "one", folder / "two", export(data.published, folder / "two", Publication())


@pytest.fixture(scope="module")
def resources(exported: tuple[Path, Path, Summary]) -> dict[str, Any]:
    package = json.loads((exported[0] / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def test_two_exports_are_the_same(exported: tuple[Path, Path, Summary]) -> None:
    one, two, summary = exported
    assert summary.rows > 300_000
    for path in one.rglob("*.*"):
        assert path.read_bytes() == (two / path.relative_to(one)).read_bytes(), path


def test_the_catalogue_entry_is_valid(exported: tuple[Path, Path, Summary]) -> None:
    assert problems(parsed(exported[0])) == []


@pytest.mark.parametrize("name", CHECKED)
def test_a_table_is_valid(exported: tuple[Path, Path, Summary], name: str) -> None:
    with system.use_context(trusted=True):
        report = Package(str(exported[0] / "datapackage.json")).get_resource(name).validate()
    assert report.flatten(["type", "rowNumber", "fieldName", "note"]) == []


@pytest.mark.parametrize(
    ("name", "licence", "publishers"),
    [
        ("marts.boundary", "DL-DE-BY-2.0", ["BKG"]),
        ("marts.broadband", "other-open", ["Breitbandatlas"]),
        ("quality.revision", "DL-DE-BY-2.0", ["Statistische Ämter"]),
        ("marts.employment", "other-closed", ["IT.NRW", "Bundesagentur", "Statistische Ämter"]),
        ("marts.topic", "other-closed", ["Business Metropole Ruhr"]),
    ],
)
def test_licences_and_credits(resources: dict[str, Any], name: str, licence: str, publishers: list[str]) -> None:
    resource = resources[name]
    assert [found["name"] for found in resource["licenses"]] == [licence]
    for publisher in publishers:
        assert any(publisher in source["title"] + source["attribution"] for source in resource["sources"])
    assert len(resource["sources"]) == len(publishers)


def test_every_licence_of_the_real_files_is_known(resources: dict[str, Any]) -> None:
    unknown = [
        (name, source["title"])
        for name, resource in resources.items()
        for source in resource["sources"]
        if source["licence"].startswith("Lizenz nicht bekannt") and name != "meta.delivery"
    ]
    assert unknown == []
