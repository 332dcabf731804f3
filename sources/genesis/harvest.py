"""The figures of one GENESIS file, and what every format promises of them: no contradiction, no hole."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from reference.regions import GERMANY, NRW, missing_kreise, nrw_kreise, published_regions, ruhr_kreise
from reference.sectors import TOTAL
from schemas.observation import Observation
from sources.cells import german_day, year_end
from sources.genesis.table import Classification, Found, Table, Variable, basis_of
from sources.product import Decoded, Remark, period_of
from sources.rejected import Rejected

LEVEL_INCOMPLETE = "genesis.level_incomplete"
REGIONS_MISSING = "genesis.regions_missing"
ROWS_MISSING = "genesis.rows_missing"
TIMES_MISSING = "genesis.times_missing"
LOST_ZEROS = "A spreadsheet may have dropped leading zeros: use the file as downloaded."
#: A level counts as not delivered when at most this share of the Kreise is filled while the Land is.
NEARLY_NONE = 0.1
LAST_LAND = "16"

_YEAR = re.compile(r"[12]\d{3}")
_DAY = re.compile(r"\d{2}\.\d{2}\.\d{4}")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_STAMP_IN_NAME = re.compile(r"_([0-9]{13})_(?:de|en)_flat\b")
_DAY_IN_NAME = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?:\.\w+)?$")
_KREIS = re.compile(r"\d{5}")
_LAND = re.compile(r"\d{2}")
_REGION_CODE = re.compile(r"DG|D|\d{2}|\d{3}|\d{5}|\d{7,12}")


class Subject(NamedTuple):
    """What a figure is about, apart from region and time. `is_total`: not divided any further."""

    variable: str
    unit: str
    sector_scheme: str | None
    sector_id: str | None
    dimensions: str
    series_from: int | None
    is_total: bool


def subject(variable: Variable, categories: Iterable[tuple[Classification, Found]]) -> Subject:
    """The subject of a variable under some categories.

    Of several categories of one classification the last is the finest (`Aufgaben`, `Betriebsaufgaben`);
    a total below a category says nothing (`Grundsicherung`, `Insgesamt`).
    """
    chosen: dict[str, Found] = {}
    schemes: dict[str, str] = {}
    for classification, found in categories:
        if classification.sector_scheme:
            schemes[classification.dimension] = classification.sector_scheme
        if found != classification.total or classification.dimension not in chosen:
            chosen[classification.dimension] = found
    sector = next(iter(schemes), None)
    divided = {name: found.name for name, found in chosen.items() if found.name and name != sector}
    named = divided | variable.dimensions
    sector_id = chosen[sector].name if sector else None
    return Subject(
        variable=variable.name,
        unit=variable.units[0],
        sector_scheme=schemes[sector] if sector else None,
        sector_id=sector_id,
        dimensions=";".join(f"{name}={named[name]}" for name in sorted(named)),
        series_from=max((found.series_from for found in chosen.values() if found.series_from), default=None),
        is_total=not divided and sector_id in (None, TOTAL),
    )


def reference_date(text: str, time: str) -> dt.date | None:
    """The reference date of `2024`, `31.12.2024` or `2024-12-31`; None where it is no time of that kind."""
    stripped = text.strip()
    if time == "year":
        return year_end(int(stripped)) if _YEAR.fullmatch(stripped) else None
    if _DAY.fullmatch(stripped):
        return german_day(stripped)
    if _ISO_DAY.fullmatch(stripped):
        year, month, day = stripped.split("-")
        return german_day(f"{day}.{month}.{year}")
    return None


def day_in_name(file_name: str, last: dt.date) -> dt.date | None:
    """The day of retrieval in a file name, None where it holds none: GENESIS puts the milliseconds since 1970 there,
    people a day at its end. A day that is not after the last reference date is the period.

    >>> day_in_name("12411-01-01-4_1773175772751_de_flat.csv", dt.date(2024, 12, 31))
    datetime.date(2026, 3, 10)
    >>> day_in_name("12411-01-01-4_2024-12-03.csv", dt.date(2023, 12, 31))
    datetime.date(2024, 12, 3)
    >>> day_in_name("12411-01-01-4_2023-12-31.csv", dt.date(2023, 12, 31))
    """
    day = None
    if match := _STAMP_IN_NAME.search(file_name):
        day = dt.datetime.fromtimestamp(int(match[1]) / 1000, dt.UTC).date()
    elif match := _DAY_IN_NAME.search(file_name):
        day = german_day(f"{match[3]}.{match[2]}.{match[1]}")
    return day if day and day > last else None


class Place(NamedTuple):
    """region_id of a monitored region, or None and the reason why its rows are left out."""

    region_id: str | None
    reason: str = ""


@lru_cache(maxsize=4096)
def place_of_code(code: str) -> Place | None:
    """The place of a region code, None where it is no region code (a lost leading zero, a label)."""
    if code in published_regions():
        return Place(published_regions()[code])
    if not _REGION_CODE.fullmatch(code):
        return None
    if not code.startswith(NRW):
        return Place(None, "region outside NRW")
    if len(code) == 3:
        return Place(None, "Regierungsbezirk")
    return Place(None, "dissolved Kreis" if len(code) == 5 else "municipality or part of a Kreis")


class Harvest:
    """The observations of one file while it is read.

    rows      rows by region as printed, monitored or not
    skipped   rows left out, by reason
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self._observations: dict[tuple[object, ...], Observation] = {}
        self._totals: list[Observation] = []
        self._basis: dict[dt.date, str] = {}

    def add(
        self,
        about: Subject,
        region_id: str,
        date: dt.date,
        figure: tuple[float | None, str],
        printed: str,
        locator: str,
    ) -> None:
        """Adds one figure; the same once more is dropped. Raises Rejected where it was another one before."""
        value, status = figure
        if status == "suppressed" and about.series_from and date.year < about.series_from:
            status = "not_available"
        if date not in self._basis:
            self._basis[date] = basis_of(self.table, date, None)
        key = (about.variable, region_id, about.sector_id, about.dimensions, date)
        observation = Observation(
            self.table.code, about.variable, region_id, about.sector_scheme, about.sector_id,
            about.dimensions, date, value, about.unit, status, self._basis[date], printed, locator,
        )  # fmt: skip
        first = self._observations.setdefault(key, observation)
        if first is not observation:
            self._repeated(first, observation)
        elif about.is_total:
            self._totals.append(observation)

    def _repeated(self, first: Observation, second: Observation) -> None:
        if first.printed != second.printed:
            raise Rejected(
                expected=f"{first.printed} as at {first.locator}, for {_named(first)}",
                found=second.printed,
                where=second.locator,
                hint="The same figure is printed twice and differs, or a row or column label is missing.",
            )
        self.skipped["figure printed twice"] += 1

    def decoded(
        self,
        layout: tuple[str, ...],
        *,
        file_name: str,
        has_footer: bool,
        retrieved_on: dt.date | None = None,
        retrieved_by: dt.date | None = None,
    ) -> Decoded:
        """What was collected; raises Rejected where regions or rows are missing.

        Without a footer nothing but the rows tells whether the file was cut off. `retrieved_on`: as printed, None where
        only the file name may tell it.
        """
        observations: list[tuple[object, ...]] = list(self._observations.values())
        if not observations:
            raise Rejected(
                expected="rows for a Kreis of NRW, for NRW or for Germany",
                found="no such row" + "".join(f", {n} × {reason}" for reason, n in self.skipped.items()),
            )
        self._check_holes()
        if not has_footer:
            self._check_kreise()
            self._check_end()
        return Decoded(
            observations=observations,
            source_id=self.table.source_id,
            period=self._period(),
            retrieved_on=retrieved_on or day_in_name(file_name, max(self._basis)),
            retrieved_by=retrieved_by,
            layout=layout,
            skipped=dict(self.skipped),
            remarks=[
                *self._levels_incomplete(),
                *self._regions_missing(),
                *self._rows_missing(),
                *self._times_missing(),
            ],
        )

    def _check_holes(self) -> None:
        """Every region must have the same rows."""
        rows: dict[str, set[tuple[object, ...]]] = defaultdict(set)
        for variable, region_id, *rest in self._observations:
            rows[str(region_id)].add((variable, *rest))
        every = set().union(*rows.values())
        for region_id, found in rows.items():
            if len(found) == len(every):
                continue
            missing = sorted(every - found, key=str)
            variable, sector_id, dimensions, date = missing[0]
            parts = [str(part) for part in (variable, sector_id, dimensions, date) if part]
            raise Rejected(
                expected=f"the same {len(every)} figures for every region",
                found=f"{len(found)} for region {region_id}: {' '.join(parts)} is missing",
                hint="The file is cut off or was compressed: download it again, with empty rows.",
            )

    def _check_kreise(self) -> None:
        """All Kreise of NRW, or the selection of the Ruhr."""
        found = {str(key[1]) for key in self._observations} & set(nrw_kreise())
        missing = missing_kreise(found) if found else ruhr_kreise()
        if not missing:
            return
        raise _cut_off(
            expected="all Kreise of NRW, or all Kreise of the Ruhr",
            found=f"{len(found)} Kreise of NRW; missing: {' '.join(missing)}",
        )

    def _check_end(self) -> None:
        """As many rows for every region, and the last Land where there are Kreise of other Länder."""
        usual = max(self.rows.values())
        if short := [region for region, number in self.rows.items() if number != usual]:
            raise _cut_off(f"{usual} rows for every region", f"{self.rows[short[-1]]} for {short[-1]}")
        others = [region for region in self.rows if _KREIS.fullmatch(region) and not region.startswith(NRW)]
        if others and not any(region.startswith(LAST_LAND) for region in others):
            raise _cut_off("Kreise up to the last Land (16, Thüringen)", f"the last one is {max(others)}")

    def _period(self) -> str:
        first, last = min(self._basis), max(self._basis)
        if self.table.time == "year":
            return period_of(str(first.year), str(last.year))
        return period_of(first.isoformat(), last.isoformat())

    def _levels_incomplete(self) -> list[Remark]:
        """One remark for the file where totals are printed for the Land and missing for nearly all Kreise."""
        land: dict[tuple[object, ...], Observation] = {}
        kreise: dict[tuple[object, ...], list[bool]] = defaultdict(list)
        for observation in self._totals:
            group = (observation.variable, observation.dimensions, observation.reference_date)
            if observation.region_id == NRW:
                land[group] = observation
            elif observation.region_id in nrw_kreise():
                kreise[group].append(observation.status != "not_available")
        empty = [
            group
            for group, filled in kreise.items()
            if group in land and land[group].value is not None and sum(filled) <= NEARLY_NONE * len(filled)
        ]
        if not empty:
            return []
        first, filled = land[empty[0]], kreise[empty[0]]
        text = f"{_named(first)}: {sum(filled)} of {len(filled)} Kreise filled, NRW {first.value:,.10g}"
        if len(empty) > 1:
            text += f" (and {len(empty) - 1} more of this kind)"
        return [Remark(LEVEL_INCOMPLETE, text, first.locator)]

    def _region_ids(self) -> set[str]:
        return {str(key[1]) for key in self._observations}

    def _regions_missing(self) -> list[Remark]:
        """One remark where a level is there and a region of it is not: a selection, or rows that got lost.

        All Kreise of NRW or those of the Ruhr are a whole; NRW and Germany belong to a table with other Länder, and
        Germany to every table of the Regionalstatistik that has a Land.
        """
        found = self._region_ids()
        missing = missing_kreise(found)
        others = {region for region in self.rows if _LAND.fullmatch(region)} - {NRW}
        if others:
            missing += sorted({NRW, GERMANY} - found)
        elif self.table.instance == "regionalstatistik" and NRW in found:
            missing += sorted({GERMANY} - found)
        if not missing:
            return []
        return [Remark(REGIONS_MISSING, f"No row for {len(missing)} regions: {' '.join(missing)}")]

    def _rows_missing(self) -> list[Remark]:
        """One remark where other regions have more rows: those of a year may be lost in all of NRW at once."""
        usual, found = max(self.rows.values()), self._region_ids()
        ours = max((number for key, number in self.rows.items() if key in found), default=usual)
        if ours == usual:
            return []
        fuller = max(self.rows, key=lambda key: self.rows[key])
        return [Remark(ROWS_MISSING, f"{usual} rows for {fuller}, {ours} for the regions of NRW")]

    def _times_missing(self) -> list[Remark]:
        """One remark where years are missing inside a series: all rows of a year may be lost in all regions at once."""
        years = sorted({date.year for date in self._basis})
        step = min((later - year for year, later in pairwise(years)), default=1)
        missing = [str(year) for year in range(years[0], years[-1], step) if year not in years]
        if not missing:
            return []
        return [Remark(TIMES_MISSING, f"No row for {' '.join(missing)} between {years[0]} and {years[-1]}")]


def _cut_off(expected: str, found: str) -> Rejected:
    hint = "The file has no footer and seems cut off: download it again."
    return Rejected(expected=expected, found=found, hint=hint)


def _named(about: Observation) -> str:
    """`population 05112 sex=male 2024-12-31` of an observation."""
    parts = (about.variable, about.region_id, about.sector_id, about.dimensions, about.reference_date)
    return " ".join(str(part) for part in parts if part)
