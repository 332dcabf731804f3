"""What a map of the Kreise shows, as tiles or on boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.format import Figure, Language, full_text
from reference.tables import read_csv_file


@dataclass(frozen=True)
class Area:
    """One Kreis; region_id: its 5-digit AGS."""

    region_id: str
    name: str
    figure: Figure
    href: str = ""


@dataclass(frozen=True)
class RegionMap:
    """All figures in one unit. attribution: credit line of the boundaries, only for `boundary_map`."""

    title: str
    areas: Sequence[Area]
    attribution: str = ""


@dataclass(frozen=True)
class Tile:
    """Where a Kreis lies on the tile map, counted from the upper left (0, 0), and its number plate."""

    code: str
    column: int
    row: int


@cache
def tiles() -> dict[str, Tile]:
    """The tile of each of the 15 Kreise by region_id."""
    rows = read_csv_file(Path(__file__).with_name("tiles.csv"))
    return {row["region_id"]: Tile(row["code"], int(row["column"]), int(row["row"])) for row in rows}


def area_words(area: Area, language: Language) -> str:
    """What an area says on hover and focus."""
    return f"{area.name}: {full_text(area.figure, language)}"
