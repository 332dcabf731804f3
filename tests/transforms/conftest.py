from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.transforms.marts import open_measures

KEYS = Path(__file__).parents[3] / "shared" / "keys"


@pytest.fixture(scope="session")
def measures() -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty relations and all macros; `fill` starts from empty tables each time."""
    with open_measures() as connection:
        yield connection


@pytest.fixture(scope="session")
def keys() -> Path:
    """Answers of other people's software. They are not part of the project."""
    folder = Path(os.environ.get("S3MONITOR_KEYS", KEYS))
    if not (folder / "inputs" / "REAT_Goettingen.csv").is_file():
        pytest.skip(f"no answer keys: {folder} holds no inputs/REAT_Goettingen.csv (set S3MONITOR_KEYS)")
    return folder
