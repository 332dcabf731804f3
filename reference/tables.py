"""Reads the CSV and YAML files of this folder; the one place that knows where they lie."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path
from typing import Any

from reference.declared import read_declared

FOLDER = Path(__file__).parent


def read_csv_file(path: Path, columns: Collection[str] | None = None) -> list[dict[str, str]]:
    """Rows of a CSV file as text, in file order.

    Raises ValueError naming file and row (the header is row 1) where the file is no CSV in UTF-8, has other
    columns than `columns`, or a row has another width than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # Excel writes a BOM
            reader = csv.DictReader(file)
            rows, header = list(reader), list(reader.fieldnames or ())
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: expected a CSV file in UTF-8; found {error}") from None
    if columns is not None and sorted(header) != sorted(columns):
        raise ValueError(
            f"{path}, row 1: expected the columns {', '.join(columns)}; found {', '.join(header) or 'nothing'}"
        )
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ValueError(f"{path}, row {number}: expected one cell per column of the header")
    return rows


def read_yaml(name: str) -> Any:
    """Content of `reference/<name>`."""
    return read_declared(FOLDER / name)
