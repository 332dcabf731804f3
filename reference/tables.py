"""Reads the CSV and YAML files of this folder; the one place that knows where they lie."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read_csv(name: str) -> list[dict[str, str]]:
    """Rows of `reference/<name>` as text; raises ValueError where a row has another width than the header."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:  # Excel writes a BOM
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ValueError(f"reference/{name}, row {number}: expected one cell per column of the header")
    return rows


def read_yaml(name: str) -> Any:
    """Content of `reference/<name>`."""
    import yaml

    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
