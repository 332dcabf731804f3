"""The monitored regions: 53 Kreise of NRW (15 of them the Ruhr), the Ruhr, NRW and Germany."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Literal

from reference.rows import Cell, Row, rows

RUHR, NRW, GERMANY = "RUHR", "05", "DE"
#: What the publishers call Germany where other regions carry an AGS.
GERMANY_CODES = ("DG", "D", "Deutschland")


@dataclass(frozen=True)
class Region(Row):
    """region_id: 5-digit AGS, `RUHR`, `05` or `DE`; genesis_label: "" for the Ruhr, which GENESIS does not know."""

    FILE: ClassVar[str] = "regions.csv"
    KEY: ClassVar[tuple[str, ...]] = ("region_id",)
    region_id: str
    name: str
    genesis_label: Annotated[str, Cell("a label or nothing", str)]
    level: Literal["kreis", "ruhr", "land", "bund"]
    parent_id: str | None
    in_ruhr: bool
    nuts3: str | None
    source: str


@cache
def regions() -> dict[str, Region]:
    """All monitored regions by region_id, Kreise first."""
    return {region.region_id: region for region in rows(Region)}


@cache
def nrw_kreise() -> tuple[str, ...]:
    """AGS of the 53 Kreise of NRW."""
    return tuple(r.region_id for r in regions().values() if r.level == "kreis")


@cache
def ruhr_kreise() -> tuple[str, ...]:
    """AGS of the 15 Kreise of the Ruhr Metropolis."""
    return tuple(r.region_id for r in regions().values() if r.level == "kreis" and r.in_ruhr)


def missing_kreise(found: Iterable[str]) -> list[str]:
    """What a selection of Kreise lacks to be a whole: all of NRW, or those of the Ruhr where there are no others.

    >>> missing_kreise(set(ruhr_kreise()) - {"05113"}), missing_kreise(nrw_kreise()), missing_kreise([])
    (['05113'], [], [])
    """
    there = set(found) & set(nrw_kreise())
    if not there:
        return []
    whole = nrw_kreise() if there - set(ruhr_kreise()) else ruhr_kreise()
    return [kreis for kreis in whole if kreis not in there]


@cache
def published_regions() -> dict[str, str]:
    """Publisher's code → region_id for every monitored region a publisher can print (all but RUHR)."""
    codes = {r.region_id: r.region_id for r in regions().values() if r.level in ("kreis", "land")}
    return codes | dict.fromkeys(GERMANY_CODES, GERMANY)


@cache
def region_by_label() -> dict[str, str]:
    """Normalised GENESIS label → region_id, for tables that print no code (13111-54i).

    The dissolved `Aachen, Kreis` and the part `Aachen, krfr. Stadt` are not in it: they are no Kreise.
    """
    return {normal_label(r.genesis_label): r.region_id for r in regions().values() if r.genesis_label}


def normal_label(label: str) -> str:
    """`  Essen, krfr. Stadt` and `Essen, Kreisfreie Stadt` → `essen, kreisfreie stadt`."""
    text = " ".join(label.split()).lower()
    return re.sub(r"\bkrfr\.\s*", "kreisfreie ", text)


def region_of_name(name: str) -> str | None:
    """region_id of a name without code, as the BA spells it; None where it is none of ours.

    It says `Kleve` for Kreis Kleve and adds to cities what they call themselves: `Essen, Stadt`,
    `Solingen, Klingenstadt`, `Hagen, Stadt der FernUniversi.`. No Kreis outside NRW shares a name with one of NRW.
    """
    return _region_by_short_name().get(_short_name(name))


@cache
def _region_by_short_name() -> dict[str, str]:
    return {_short_name(r.name): r.region_id for r in regions().values() if r.region_id != RUHR}


def _short_name(name: str) -> str:
    text = " ".join(name.split()).casefold()
    return text.partition(",")[0].removeprefix("kreis ")
