"""Cells of long tables: an exhibit that states unit, date, source and vintage for all need not repeat them in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from monitor.exhibit import Cell


def compact(cells: Iterable[Cell]) -> list[Cell]:
    """The cells without what they say on hover; text, bounds, status and link stay."""
    return [replace(cell, details=()) for cell in cells]
