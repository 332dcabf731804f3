"""Workbooks of the Bundesnetzagentur: the Breitbandatlas from 2022 on (`bba_MM_YYYY.xlsx`), the Mobilfunkmonitoring.

Sheets are built as grids: rows of cells from A1 on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from reference.regions import GERMANY, NRW, nrw_kreise, regions
from sources.sample.broadband import LAENDER, PUBLISHED_AFTER
from sources.sample.sample_file import BNETZA, COPYRIGHT, SYNTHETIC, SampleFile
from sources.sample.workbook import workbook
from sources.sample.world import World

Grid = list[list[str | float]]
Figures = list[float]

EDITIONS = (dt.date(2023, 12, 31), dt.date(2024, 12, 31))
CREATED = dt.date(2025, 5, 30)

HOUSEHOLDS, BUSINESSES, AREA, NOTES = "Privathaushalte", "Unternehmen", "Fläche", "Erläuterungen"
KEYS = ("AGS", "Name", "Verwaltungsebene", "Land", "Kreis", "Raumkategorie")
RATES = (16, 30, 50, 100, 200, 400, 1000)
#: Label → rates, in the order of the columns; two mobile columns close the sheet.
BLOCKS = {"alle Technologien": RATES, "FTTB/H": (1000,), "HFC": (100, 400, 1000), "FTTC": (50, 100, 200)}
MOBILE = ("4G", "5G")
#: Operator → its part of the area that all of them cover; technology → its part of the area.
OPERATORS = {"Alle Netzbetreiber": 1.0, "Telekom": 0.97, "Vodafone": 0.95, "Telefónica": 0.93, "1&1": 0.2}
GENERATIONS = {"2G": 0.99, "4G": 0.97, "5G*": 0.92, "5G SA": 0.85}
#: Columns without a header between all operators and the first.
GAP = 3


def files(world: World) -> Iterator[SampleFile]:
    for day in EDITIONS:
        sheets = {name: fixed_line(world, day, name) for name in (HOUSEHOLDS, BUSINESSES)}
        yield _file(f"breitbandatlas/bba_{day:%m_%Y}", sheets, "bnetza_breitbandatlas", day)
    area = {AREA: mobile(world, EDITIONS[-1])}
    yield _file("mobilfunkmonitoring/Auswertung_Mobilfunkmonitoring", area, "bnetza_mobilfunkmonitoring", EDITIONS[-1])


def fixed_line(world: World, day: dt.date, customers: str = HOUSEHOLDS, municipalities: int = 1) -> Grid:
    """A sheet of the Breitbandatlas; `municipalities` rows per Kreis."""
    heads = [(label, f"≥ {rate} Mbit/s") for label, rates in BLOCKS.items() for rate in rates]
    heads += [("Mobilfunk", generation) for generation in MOBILE]
    top: Grid = [[""] * (len(KEYS) + len(heads)) for _ in range(4)]
    top[0][0], top[0][len(KEYS)] = SYNTHETIC, f"Angaben zur Verfügbarkeit in Prozent der {customers}"
    top[1][0], top[2][2] = COPYRIGHT, f"Festnetz: {day:%m.%Y}"
    top[3] = [*KEYS, *(own for _, own in heads)]
    for column, (label, _) in enumerate(heads, start=len(KEYS)):
        top[2][column] = "" if label in top[2] else label
    return top + _regions(
        world, municipalities, 2, lambda region: _fixed_shares(world, f"{region} {customers}", day.year)
    )


def mobile(world: World, day: dt.date, municipalities: int = 1) -> Grid:
    """The sheet of the Mobilfunkmonitoring, in fractions of 1."""
    labels: list[str | float] = [SYNTHETIC, f"Mobilfunk: {day:%m.%Y}", *[""] * (len(KEYS) - 2)]
    heads: list[str | float] = [*KEYS]
    for operator in OPERATORS:
        gap = [""] * (GAP if operator == "Alle Netzbetreiber" else 0)
        labels += [operator, *[""] * (len(GENERATIONS) - 1), *gap]
        heads += [*GENERATIONS, *gap]
    gap_column = len(KEYS) + len(GENERATIONS)
    rows = _regions(world, municipalities, 4, lambda region: _mobile_shares(world, region))
    return [labels, heads, *([*row[:gap_column], *[""] * GAP, *row[gap_column:]] for row in rows)]


def with_notes(sheets: Mapping[str, Grid]) -> bytes:
    """An XLSX with these sheets behind one of notes."""
    return workbook({NOTES: [[SYNTHETIC]], **sheets}, CREATED)


def _regions(world: World, municipalities: int, digits: int, figures: Callable[[str], Figures]) -> Grid:
    """One row per region from Germany to the municipalities, rounded; a kreisfreie Stadt stands twice."""

    def rounded(region: str) -> Figures:
        return [round(share, digits) for share in figures(region)]

    kreise = {ags: rounded(ags) for ags in nrw_kreise()}
    people = [world.population(ags, 2024) for ags in kreise]
    of_nrw = [
        round(sum(n * share for n, share in zip(people, column, strict=True)) / sum(people), digits)
        for column in zip(*kreise.values(), strict=True)
    ]
    rows: Grid = [["00", "Deutschland", "1 - Bund", "", "", "", *rounded(GERMANY)]]
    for land in LAENDER:
        rows.append([land, f"Land {land}", "2 - Land", land, "", "", *(of_nrw if land == NRW else rounded(land))])
    for ags, row in kreise.items():
        name = regions()[ags].name
        rows.append([ags, name, "3 - Kreis", NRW, name, "", *row])
        for number in range(municipalities):
            rows.append([f"{ags}{4 * number:03}", name, "4 - Gemeinde", NRW, name, "ländlich", *row])
    return rows


def _fixed_shares(world: World, region: str, year: int) -> Figures:
    """% of customers for each column; never rising with the rate, rising from year to year."""
    fibre = world.draw("fibre", region, 15, 40) + 6 * (year - 2022)
    cable = world.draw("cable", region, 50, 80) + 1.5 * (year - 2022)
    copper = world.draw("copper", region, 90, 97) + 0.25 * (year - 2022)

    def share(label: str, rate: int) -> float:
        of_copper = copper * (1 - min(rate, 250) / 500) if rate <= 250 else 0
        if label == "alle Technologien":
            return max(fibre + 3, cable, of_copper)
        return {"FTTB/H": fibre, "HFC": cable, "FTTC": of_copper}[label]

    return [*(share(label, rate) for label, rates in BLOCKS.items() for rate in rates), 99.5, 96.25]


def _mobile_shares(world: World, region: str) -> Figures:
    quality = world.draw("mobile area", region, 0.95, 1)
    return [quality * part * of_area for part in OPERATORS.values() for of_area in GENERATIONS.values()]


def _file(name: str, sheets: Mapping[str, Grid], source_id: str, day: dt.date) -> SampleFile:
    return SampleFile(
        path=f"bnetza/{name}.xlsx",
        content=with_notes(sheets),
        source_id=source_id,
        publisher=BNETZA,
        product="Breitbandverfügbarkeit" if "breitband" in source_id else "Mobilfunkversorgung",
        period=day.isoformat(),
        retrieved_on=day + PUBLISHED_AFTER,
    )
