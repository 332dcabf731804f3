"""What the coverage tables of the Bundesnetzagentur have in common: regions and their keys, percentages told from
fractions, the methods behind the broadband atlas.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import PureWindowsPath
from typing import TypeVar

from reference.regions import GERMANY, NRW, nrw_kreise, published_regions
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.rejected import Rejected

Row = TypeVar("Row")

#: `staat` stands as the key of Germany in one edition whose key column is called `ags`.
GERMANY_KEYS = ("deutschland", "staat")

#: A table of all Germany is in the order of the keys; one that was cut off ends behind these and some Kreise of NRW.
BEFORE_NRW = {"01", "02", "03", "04"}

#: First reference date of each method, newest first: reports by law and by address (2022), classes up to
#: 1000 Mbit/s (end of 2018), another base of households (2015). The publisher: "no time series in the proper
#: sense". Nothing is compared across.
METHODS = (
    (dt.date(2022, 1, 1), "atlas2022"),
    (dt.date(2018, 12, 31), "atlas2018"),
    (dt.date(2015, 1, 1), "atlas2015"),
    (dt.date.min, "atlas2010"),
)


def basis_of(day: dt.date) -> str:
    """The method an edition of the atlas follows, as `basis` of its observations.

    >>> basis_of(dt.date(2020, 12, 31)), basis_of(dt.date(2025, 12, 31))
    ('atlas2018', 'atlas2022')
    """
    return next(basis for first, basis in METHODS if day >= first)


def by_region(rows: Iterable[tuple[str, str, Row]]) -> tuple[dict[str, list[Row]], dict[str, int]]:
    """(rows per monitored region id, number of other rows by reason); `rows` are (key, its locator, row).

    Raises Rejected for a key that is none, for a file without a monitored level, and for a level that is
    not complete (53 Kreise of NRW; NRW among the Länder; Kreise of all Länder before NRW and of none behind it).
    """
    known = published_regions() | dict.fromkeys(GERMANY_KEYS, GERMANY)
    found: dict[str, list[Row]] = {}
    skipped: Counter[str] = Counter()
    key_lengths = set()
    other_kreise: set[str] = set()
    for key, where, row in rows:
        if region_id := known.get(key.lower()):
            found.setdefault(region_id, []).append(row)
        else:
            skipped[_reason_to_skip(key, where)] += 1
            if len(key) == 5:
                other_kreise.add(key)
        if key.isdecimal():
            key_lengths.add(len(key))
    if not found and key_lengths == {8}:
        raise municipalities(skipped.total())
    require(nrw_kreise() if 5 in key_lengths else (), found, "all 53 Kreise of NRW")
    if other_kreise and {key[:2] for key in other_kreise} == BEFORE_NRW:
        raise Rejected(
            expected="Kreise of the Länder behind NRW too, as those before it are there",
            found=f"{max(found)} as the last one",
            hint="The file may be cut off: download it again.",
        )
    require((NRW,) if 2 in key_lengths else (), found, "NRW among the Länder")
    return found, dict(skipped)


def municipalities(number: int) -> Rejected:
    """Why a file of nothing but municipalities is refused."""
    return Rejected(
        expected="rows of Kreise, Länder or Germany",
        found=f"{number} rows of municipalities",
        hint="The municipal level is not monitored: use the tables of the Kreise, Länder and Germany.",
    )


def require(expected: Iterable[str], rows: Mapping[str, object], what: str) -> None:
    """Raises Rejected where one of the expected regions has no row."""
    if missing := [region_id for region_id in expected if region_id not in rows]:
        raise Rejected(
            expected=what,
            found=f"no row for {len(missing)} of them: {', '.join(missing)}",
            hint="The file may be cut off: download it again.",
        )


def refuse_fractions(observations: Iterable[tuple[object, ...]]) -> None:
    """Raises Rejected where percentages cannot be told from fractions of 1: there is a figure, but none above 1."""
    figures = [(o.value, o.locator) for o in map(Observation._make, observations) if o.value is not None]
    largest, where = max(figures, key=itemgetter(0), default=(0, ""))
    if 0 < largest <= 1:
        raise Rejected(
            expected="percentages from 0 to 100",
            found=f"nothing above {largest}, as in fractions of 1",
            where=where,
            hint="Ask the publisher what the figures are before they are read.",
        )


def base_name(file: ArrivedFile) -> str:
    """The name without folders, such as those of the package a file came in."""
    return PureWindowsPath(file.name).name  # splits at both kinds of slashes


def _reason_to_skip(key: str, where: str) -> str:
    if key.isascii() and key.isdecimal():
        if len(key) == 8:
            return "municipality"
        if len(key) in (2, 5) and not key.startswith(NRW):
            return "region outside NRW"
    raise Rejected(
        expected="an official key (2 digits: Land, 5: Kreis, 8: municipality) or `Deutschland`",
        found=f"“{key}”" if key else "an empty cell",
        where=where,
        hint="Programs that read keys as numbers drop the leading zero." if key.isdecimal() else "",
    )
