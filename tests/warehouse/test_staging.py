"""Staging: what was decoded, with the types of the field registry, per code version."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import warehouse
from schemas.observation import Observation
from schemas.registry import fields
from tests.warehouse.building import HIDDEN, employees, observation, stage
from warehouse.connect import open_in_memory
from warehouse.data_folder import DataFolder
from warehouse.staging import Staged, StagedRemark, Staging

VERDICT = Staged(
    delivery_id="ab12",
    sha256="ab12" * 16,
    state="quarantined",
    product_id="genesis_ffcsv",
    known_from="2026-03-10",
    layout="statistics_code\nvalue",
    observations=3,
    message="expected “Straße”; found “Strasse”.",
    remarks=[StagedRemark("genesis.level_incomplete", "0 of 53 Kreise filled", "line 35, column 18")],
)


def read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_in_memory() as connection:
        return connection.execute(sql, [str(path)]).fetchall()


@pytest.mark.parametrize(
    "cells",
    [
        [observation(1), observation(2, region_id="05111")],  # no sector: both columns empty throughout
        [employees("05111", "A", HIDDEN), employees("05111", "C", HIDDEN)],  # no value throughout
        [employees("05111", "A", 3)],
    ],
)
def test_columns_keep_their_types_even_where_all_are_empty(tmp_path: Path, cells: list[Observation]) -> None:
    path = stage(tmp_path, "d1", cells)
    types = {name: kind for name, kind, *_ in read(path, "DESCRIBE FROM read_parquet(?)")}
    assert types == {name: fields()[name].sql_type for name in Observation._fields}
    assert [Observation(*row) for row in read(path, "FROM read_parquet(?)")] == cells


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    path = stage(tmp_path, "d1", [observation(1)])
    stage(tmp_path, "d1", [observation(2)])
    assert [found.name for found in path.parent.iterdir()] == ["d1.parquet"]
    assert read(path, "SELECT value FROM read_parquet(?)") == [(2,)]


def test_a_folder_with_a_quote_in_its_name(tmp_path: Path) -> None:
    path = stage(tmp_path / "Müller's Daten", "d1", [observation(1)])
    assert read(path, "SELECT value FROM read_parquet(?)") == [(1,)]


def test_a_verdict_is_read_as_it_was_saved(data: DataFolder) -> None:
    staging = Staging(data, "v1")
    assert staging.verdict("ab12") is None
    staging.save(VERDICT)
    assert staging.verdict("ab12") == VERDICT
    staging.save(replace(VERDICT, state="accepted", message=""))
    staging.observations_path("ab12").touch()
    found = Staging(data, "v1").verdict("ab12")
    assert found is not None
    assert found.state == "accepted"


@pytest.mark.parametrize("torn", ["verdict", "observations"])
def test_what_a_power_cut_left_empty_or_out_is_decoded_again(data: DataFolder, torn: str) -> None:
    staging = Staging(data, "v1")
    staging.save(replace(VERDICT, state="accepted"))
    staging.observations_path("ab12").touch()
    assert staging.verdict("ab12") is not None
    if torn == "verdict":
        (staging.folder / "ab12.json").write_bytes(b"")
    else:
        staging.observations_path("ab12").unlink()
    assert Staging(data, "v1").verdict("ab12") is None


def test_another_code_version_has_not_looked_at_anything_and_the_old_one_can_go(data: DataFolder) -> None:
    old, new = Staging(data, "v1"), Staging(data, "v2")
    old.save(VERDICT)
    new.save(VERDICT)
    assert Staging(data, "v3").verdict("ab12") is None
    new.drop_other_versions()
    assert old.verdict("ab12") is None
    assert new.verdict("ab12") == VERDICT


def code_version_in(root: Path) -> str:
    spec = importlib.util.spec_from_file_location("code_version_copy", root / "warehouse" / "code_version.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.code_version())


def test_the_code_version_follows_what_shapes_data_and_nothing_else(tmp_path: Path) -> None:
    (room,) = warehouse.__path__
    root = tmp_path / "checkout"
    (root / "warehouse").mkdir(parents=True)
    shutil.copy(Path(room) / "code_version.py", root / "warehouse")
    seen = [code_version_in(root)]
    for name in (
        "sources/a.py",
        "warehouse/marts/b.sql",
        "reference/c.csv",
        "schemas/d.yaml",
        "transforms/e.sql",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1", encoding="utf-8")
        seen.append(code_version_in(root))
        (root / name).write_text("2", encoding="utf-8")
        seen.append(code_version_in(root))
    assert len(set(seen)) == len(seen)
    for name in ("flows/cli.py", "monitor/page.py", "docs/text.md", "sources/notes.md", "sources/a.pyc"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1", encoding="utf-8")
        assert code_version_in(root) == seen[-1]
