"""Tests on the publishers' real files. They are not part of the project: point S3MONITOR_REAL_FILES at a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DEFAULT = Path(__file__).parents[3] / "shared" / "real"


@pytest.fixture(scope="session")
def real_files() -> Path:
    folder = Path(os.environ.get("S3MONITOR_REAL_FILES", DEFAULT))
    if not (folder / "MANIFEST.csv").is_file():
        pytest.skip(f"no real files: {folder} holds no MANIFEST.csv (set S3MONITOR_REAL_FILES)")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)
