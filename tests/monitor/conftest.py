"""Fixtures of the pages; the site of the sample is in tests/conftest.py."""

from __future__ import annotations

import pytest

from flows.refresh import refresh
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.data_folder import DataFolder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder with one release of one small file: nearly every table of the warehouse is empty. Read only."""
    folder = tmp_path_factory.mktemp("small-site")
    data = DataFolder(folder / "data")
    assert refresh(data, [fill(folder / "inbox", {GOOD: broadband(62.96)})]).published
    return data
