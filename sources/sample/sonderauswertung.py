"""BA special evaluation as long CSV: employees by region, 88 divisions and 21 sections of WZ 2008."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

from reference.regions import GERMANY, NRW, nrw_kreise
from reference.sectors import DIVISIONS, NOT_STATED, TOTAL, sectors
from sources.sample.ba_words import code_and_name, long_date
from sources.sample.sample_file import BA, COPYRIGHT, SYNTHETIC, SampleFile
from sources.sample.suppression import hidden_cells
from sources.sample.world import World, by_sector

YEARS = range(2014, 2025)
#: Besides 30 September: the two dates the lead markets of the strategy were measured at.
JUNE_YEARS = (2019, 2020)
CREATED = dt.date(2025, 5, 12)
SUPPRESSED, NOTHING = "*", "-"

#: A cell of the table of one date: region and sector.
Cell = tuple[str, str]


def stichtage(year: int) -> tuple[dt.date, ...]:
    september = dt.date(year, 9, 30)
    return (dt.date(year, 6, 30), september) if year in JUNE_YEARS else (september,)


def files(world: World) -> Iterator[SampleFile]:
    yield from (_one_year(world, year) for year in YEARS)


def _one_year(world: World, year: int) -> SampleFile:
    days = stichtage(year)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerow(["Sonderauswertung der Beschäftigungsstatistik"])
    rows.writerow([SYNTHETIC])
    rows.writerow(["Sozialversicherungspflichtig Beschäftigte am Arbeitsort nach Wirtschaftsabteilungen (WZ 2008)"])
    rows.writerow([f"Stichtage: {', '.join(f'{day:%d.%m.%Y}' for day in days)}"])
    rows.writerow([f"Erstellungsdatum: {long_date(CREATED)}"])
    rows.writerow([])
    rows.writerow(["Region", "Stichtag", "Wirtschaftsabteilung", "SvB"])
    for day in days:
        numbers, hidden = table(world, day)
        for region, of_region in numbers.items():
            for sector, number in of_region.items():
                printed = SUPPRESSED if (region, sector) in hidden else number or NOTHING
                rows.writerow([code_and_name(region), f"{day:%d.%m.%Y}", _sector_label(sector), printed])
    rows.writerow([COPYRIGHT])
    rows.writerow([f"{SUPPRESSED}: aus Gründen der statistischen Geheimhaltung nicht ausgewiesen   "
                   f"{NOTHING}: nichts vorhanden"])  # fmt: skip
    return SampleFile(
        path=f"arbeitsagentur/sonderauswertung/svb_kreise_wz08-2_{year}.csv",
        content=text.getvalue().encode(),
        source_id="ba_sonderauswertung",
        publisher=BA,
        product="Sonderauswertung: SvB nach Kreisen und Wirtschaftsabteilungen",
        period="/".join(day.isoformat() for day in days),
        published_on=CREATED,
    )


def table(world: World, day: dt.date) -> tuple[dict[str, dict[str, int]], set[Cell]]:
    """Employees by region and sector on a day, and the cells that are not printed."""
    numbers = {ags: by_sector(DIVISIONS, world.employees(ags, day)) for ags in nrw_kreise()}
    numbers[NRW] = by_sector(DIVISIONS, world.nrw(day))
    numbers[GERMANY] = by_sector(DIVISIONS, world.germany(day))
    values = {
        (region, sector): number
        for region, of_region in numbers.items()
        for sector, number in of_region.items()
        if sector != TOTAL
    }
    return numbers, hidden_cells(values, _equations(tuple(numbers)))


def _equations(table_regions: tuple[str, ...]) -> list[list[Cell]]:
    """Sections add up to the (always printed) total, divisions to their section, Kreise to NRW."""
    scheme = sectors(DIVISIONS)
    parts: dict[str, list[str]] = {}
    for sector in scheme.values():
        parts.setdefault(sector.parent_id or "", []).append(sector.sector_id)
    sums = [
        [*parts[TOTAL]],
        *([*parts[section], section] for section in parts[TOTAL] if section != NOT_STATED),
    ]
    in_regions = [[(region, sector) for sector in members] for region in table_regions for members in sums]
    across = [[(region, sector) for region in (*nrw_kreise(), NRW)] for sector in scheme if sector != TOTAL]
    return in_regions + across


def _sector_label(sector: str) -> str:
    if sector == TOTAL:
        return "Insgesamt"
    if sector == NOT_STATED:
        return "ohne Angabe"
    return f"{sector} {sectors(DIVISIONS)[sector].label_de}"
