"""Fixtures that several rooms share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.warehouse.building import build_small_warehouse
from warehouse.data_folder import DataFolder

# A deadline per example would measure the machine, not the code.
settings.register_profile("s3monitor", deadline=None)
settings.load_profile("s3monitor")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture(scope="session")
def small_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built warehouse with some rows in every mart; read it, or copy it and write to the copy."""
    return build_small_warehouse(tmp_path_factory.mktemp("small"))
