"""The areas of the GENESIS tables: Kreise with the areas above, one part and one dissolved Kreis.

In the real tables, too, the part (a city inside a Kreis) and the dissolved one (always `-`) stand among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reference.regions import NRW, nrw_kreise, regions

#: The numbers of one area, one per column.
Numbers = tuple[int, ...]

GERMANY, PART, DISSOLVED = "DG", "05334002", "05354"
PART_OF, PART_PERCENT = "05334", 55
DISTRICTS = {"051": "Düsseldorf", "053": "Köln", "055": "Münster", "057": "Detmold", "059": "Arnsberg"}
#: Blanks in front of a name, by level.
REGIO_INDENT = {0: "", 1: "  ", 2: "    ", 3: "      "}
LDB_INDENT = {1: "", 2: "  ", 3: "    "}
#: Germany as a multiple of NRW, in tenths, where a table has nothing better.
GERMANY_TENTHS = 46


class Area(NamedTuple):
    """level: 0 Germany, 1 Land, 2 Regierungsbezirk, 3 Kreis, part or dissolved Kreis."""

    code: str
    name: str
    level: int


def _areas() -> tuple[Area, ...]:
    areas = [Area(GERMANY, "Deutschland", 0), Area(NRW, "Nordrhein-Westfalen", 1)]
    for code, name in DISTRICTS.items():
        areas.append(Area(code, f"{name}, Regierungsbezirk", 2))
        for ags in nrw_kreise():
            if not ags.startswith(code):
                continue
            areas.append(Area(ags, regions()[ags].genesis_label, 3))
            if ags == PART_OF:
                areas += [Area(PART, "Aachen, kreisfreie Stadt", 3), Area(DISSOLVED, "Aachen, Kreis", 3)]
    return tuple(areas)


AREAS = _areas()


def all_areas(kreise: Mapping[str, Numbers], germany: Numbers | None = None) -> dict[str, Numbers | None]:
    """Numbers of every area by code, None for the dissolved Kreis; Germany: as given or a multiple."""
    nrw = _sum(kreise.values())
    return {
        GERMANY: germany or tuple(number * GERMANY_TENTHS // 10 for number in nrw),
        NRW: nrw,
        **{code: _sum(row for ags, row in kreise.items() if ags.startswith(code)) for code in DISTRICTS},
        **kreise,
        PART: tuple(number * PART_PERCENT // 100 for number in kreise[PART_OF]),
        DISSOLVED: None,
    }


def ldb_areas(*, with_dissolved: bool) -> Iterator[tuple[str, str]]:
    """(code, indented name) in the words of the Landesdatenbank, which holds no Germany."""
    for area in AREAS:
        if area.level == 0 or (area.code in (PART, DISSOLVED) and not with_dissolved):
            continue
        yield area.code, LDB_INDENT[area.level] + area.name.replace(", kreisfreie Stadt", ", krfr. Stadt")


def _sum(rows: Iterable[Numbers]) -> Numbers:
    return tuple(map(sum, zip(*rows, strict=True)))
