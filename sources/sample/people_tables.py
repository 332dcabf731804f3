"""Tables of the Regionaldatenbank on people as datencsv: school leavers, migration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reference.regions import nrw_kreise
from sources.sample.areas import AREAS, REGIO_INDENT, Numbers, all_areas
from sources.sample.datencsv import Cell, datencsv, span
from sources.sample.regional import KEYS, STAND, YEARS, file_of_years, regional_file, yearly_rows
from sources.sample.sample_file import SampleFile
from sources.sample.world import World


def files(world: World) -> Iterator[SampleFile]:
    yield school_leavers(world)
    yield from (migration(world, year) for year in YEARS)


def school_leavers(world: World) -> SampleFile:
    """21111-02-06-4: total and female for each qualification."""
    kinds = ("Insgesamt", "ohne Hauptschulabschluss", "mit Hauptschulabschluss", "mit Mittlerem Abschluss",
             "dar. schulischer Teil der Fachhochschulreife", "mit Fachhochschulreife",
             "mit allgemeiner Hochschulreife")  # fmt: skip
    content = datencsv(
        "GENESIS-Tabelle: 21111-02-06-4",
        (
            "Allgemeinbildende Schulen: Absolventen/Abgänger",
            "nach dem Schulabschluss - Schuljahr -",
            "regionale Tiefe: Kreise und krfr. Städte",
            "Statistik der allgemein bildenden Schulen",
            "Absolventen/Abgänger (Anzahl)",
        ),
        (
            span(KEYS, ("Schulabschluss", 2 * len(kinds))),
            span(KEYS, *((kind, 2) for kind in kinds)),
            span(KEYS) + ["Insgesamt", "weiblich"] * len(kinds),
        ),
        yearly_rows(world, _leavers, _print_leavers),
        STAND,
    )
    return file_of_years("21111-02-06-4", "Schulabgänger nach Abschluss, Kreise", content)


def _leavers(world: World, ags: str, year: int) -> Numbers:
    """Each qualification in all and female, the total first; the part of it that is not printed left out."""
    total = world.count("school leavers", ags, year, (8.5, 11.0))
    without = round(total * world.draw("without certificate", ags, 0.04, 0.09))
    parts = [without, *(total * percent // 100 for percent in (15, 41, 3))]
    return tuple(n for number in (total, *parts, total - sum(parts)) for n in (number, number * 48 // 100))


def _print_leavers(numbers: Numbers | None, _: int) -> list[Cell]:
    if numbers is None:
        return ["-"] * 14
    return [*numbers[:8], "-", "-", *numbers[8:]]


#: Age groups of the migration table with invented moves in and out per 1,000 inhabitants.
MOVES = {
    "unter 18 Jahre": (5, 9), "18 bis unter 25 Jahre": (7, 14), "25 bis unter 30 Jahre": (6, 11),
    "30 bis unter 50 Jahre": (10, 17), "50 bis unter 65 Jahre": (3, 5), "65 Jahre und mehr": (2, 3),
}  # fmt: skip
#: More moves every year, so that no Kreis repeats its numbers.
MORE_MOVES = 0.006


def migration(world: World, year: int) -> SampleFile:
    """12711-04-02-4: one year a file, the year on a line of its own."""
    stand = dt.date(year + 1, 9, 15)
    figures = {
        group: all_areas({ags: _moves(world, ags, year, groups) for ags in nrw_kreise()})
        for group, groups in {**{group: (group,) for group in MOVES}, "Insgesamt": tuple(MOVES)}.items()
    }
    content = datencsv(
        "GENESIS-Tabelle: 12711-04-02-4",
        (
            "Zu- und Fortzüge nach Altersgruppen (über die Kreisgrenzen)",
            "- Jahressumme - regionale Tiefe: Kreise und krfr. Städte",
            "Wanderungsstatistik",
            str(year),
        ),
        (
            span(KEYS, ("Zuzüge über die Kreisgrenzen", 3), ("Fortzüge über die Kreisgrenzen", 3)),
            span(KEYS, ("Geschlecht", 6)),
            span(KEYS) + ["Insgesamt", "männlich", "weiblich"] * 2,
            span(KEYS, ("Anzahl", 6)),
        ),
        (
            [area.code, REGIO_INDENT[area.level] + area.name, group, *(of_area[area.code] or ["-"] * 6)]
            for area in AREAS
            for group, of_area in figures.items()
        ),
        stand,
    )
    return regional_file("12711-04-02-4", "Wanderungen über Kreisgrenzen nach Alter", content, str(year), stand)


def _moves(world: World, ags: str, year: int, groups: tuple[str, ...]) -> Numbers:
    """In and out, each all, male and female, summed over age groups."""
    numbers: list[int] = []
    for way in ("in", "out"):
        counts = [world.count(f"{way} {group}", ags, year, MOVES[group], MORE_MOVES) for group in groups]
        men = sum(count * 53 // 100 for count in counts)
        numbers += [sum(counts), men, sum(counts) - men]
    return tuple(numbers)
