"""Sector schemes: how the publishers group the 88 divisions of WZ 2008, with the hierarchy of the codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar

from reference.rows import Cell, Row, list_of, one_of, rows

TOTAL, NOT_STATED = "TOTAL", "NA"
BA_REGIONALREPORT, GENESIS_13, LDB_SECTIONS, DIVISIONS = "ba-rr", "genesis-13", "ldb-sections", "wz08-2"

_CHILDREN = ("complete", "all_but_not_stated", "partial", "")
_Children = Annotated[str, one_of(f"one of {', '.join(_CHILDREN[:-1])}, or nothing", lambda: _CHILDREN)]
_Divisions = Annotated[tuple[str, ...], list_of(Cell("a division of WZ 2008", str))]


@dataclass(frozen=True)
class Sector(Row):
    """One code of a scheme.

    children            `complete` where the codes below it add up to it; `all_but_not_stated` where they do but for
                        employees without a sector, for whom the table has no row; `partial` where the table
                        prints only some of them (B-E has only C below it); "" where there are none
    divisions           WZ 2008 divisions the code covers whole
    partial_divisions   divisions it shares with another code
    """

    FILE: ClassVar[str] = "sectors.csv"
    KEY: ClassVar[tuple[str, ...]] = ("sector_scheme", "sector_id")
    sector_scheme: str
    sector_id: str
    label_de: str
    label_en: str
    parent_id: str | None
    children: _Children
    divisions: _Divisions
    partial_divisions: _Divisions
    wz_version: str
    source: str


@cache
def sectors(scheme: str) -> dict[str, Sector]:
    """Sectors of a scheme by sector_id; raises KeyError for an unknown scheme."""
    return _schemes()[scheme]


@cache
def scheme_names() -> tuple[str, ...]:
    return tuple(_schemes())


@cache
def _schemes() -> dict[str, dict[str, Sector]]:
    schemes: dict[str, dict[str, Sector]] = {}
    for sector in rows(Sector):
        schemes.setdefault(sector.sector_scheme, {})[sector.sector_id] = sector
    return schemes


def sector_id_of(printed: str) -> str:
    """The sector id a printed code stands for: no blanks and line breaks, `.` read as `,`, `dav.` and notes dropped.

    >>> [sector_id_of(c) for c in ("dav. 10-15,\\n18, 21, 31", "782.783", "N (ohne ANÜ)", "B - F", "86.0")]
    ['10-15,18,21,31', '782,783', 'N-ohne-ANUE', 'B-F', '86']
    >>> [sector_id_of(c) for c in ("davon: 24–30, 32, 33", "Insgesamt 1)", "G – U")]
    ['24-30,32,33', 'TOTAL', 'G-U']
    """
    code = re.sub(r"\s+", "", re.sub(r"\s\d\)\s*$", "", printed)).replace("–", "-").rstrip(":")
    code = re.sub(r"^dav(\.|on)?:?(?=\d)", "", code)
    code = re.sub(r"^(\d+)\.0$", r"\1", code).replace(".", ",")
    if code.lower() in ("insgesamt", "gesamt"):
        return TOTAL
    if code.lower() in ("ohneangabe", "keineangabe"):
        return NOT_STATED
    return "N-ohne-ANUE" if re.fullmatch(r"N\(ohneANÜ\)", code) else code
