"""Outlines of regions, from staging into the warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.boundary import Boundary
from tests.warehouse.building import records
from tests.warehouse.test_staging import VERDICT
from warehouse.build import build
from warehouse.data_folder import DataFolder
from warehouse.staging import Staged, Staging, boundary_rows

SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[7.0, 51.4], [7.1, 51.4], [7.1, 51.5], [7.0, 51.4]]]})
ESSEN, BOCHUM = (Boundary(region, SQUARE, f"feature {n}") for n, region in enumerate(("05113", "05911"), start=1))


@pytest.fixture
def staging(data: DataFolder) -> Staging:
    return Staging(data, "test")


def delivery(delivery_id: str, known_from: str) -> Staged:
    return replace(VERDICT, delivery_id=delivery_id, state="accepted", known_from=known_from)


def test_what_is_staged_is_read_back(staging: Staging) -> None:
    staging.save_boundaries("ab12", [ESSEN, BOCHUM])
    assert staging.boundaries("ab12") == [ESSEN, BOCHUM]
    assert staging.boundaries("cd34") == []


def test_outlines_come_from_the_delivery_with_most_regions_then_from_the_newest(staging: Staging) -> None:
    staged = [delivery("part", "2026-01-01"), delivery("old", "2024-01-01"), delivery("new", "2025-01-01")]
    staging.save_boundaries("part", [ESSEN])
    staging.save_boundaries("old", [ESSEN, BOCHUM])
    staging.save_boundaries("new", [BOCHUM, ESSEN])
    staged.append(delivery("figures", "2027-01-01"))
    assert {row["delivery_id"] for row in boundary_rows(staging, staged)} == {"new"}
    assert {row["delivery_id"] for row in boundary_rows(staging, staged[:2])} == {"old"}
    assert boundary_rows(staging, staged[3:]) == []


def test_the_warehouse_publishes_them_with_their_place(staging: Staging, tmp_path: Path) -> None:
    staging.save_boundaries("new", [ESSEN, BOCHUM])
    path = tmp_path / "warehouse.duckdb"
    build(path, [], [], boundaries=boundary_rows(staging, [delivery("new", "2025-01-01")]))
    assert records(path, "FROM marts.boundary ORDER BY region_id") == [
        {"region_id": "05113", "geometry": SQUARE, "delivery_id": "new", "locator": "feature 1"},
        {"region_id": "05911", "geometry": SQUARE, "delivery_id": "new", "locator": "feature 2"},
    ]
