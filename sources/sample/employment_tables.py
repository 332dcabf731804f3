"""Employment by sector as datencsv: 13111-07-05-4 (Regionaldatenbank) and 13111-54i (Landesdatenbank)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from reference.regions import nrw_kreise
from reference.sectors import GENESIS_13, LDB_SECTIONS, TOTAL
from sources.sample.areas import AREAS, REGIO_INDENT, Numbers, all_areas, ldb_areas
from sources.sample.datencsv import Cell, datencsv, span
from sources.sample.landesdatenbank_tables import ldb_file
from sources.sample.regional import KEYS, YEARS, regional_file
from sources.sample.sample_file import SampleFile
from sources.sample.world import DIVISION_CODES, Vector, World, by_sector, scaled

#: Row labels of 13111-07-05-4; three print no code.
GENESIS_LABELS = {
    "A": "Land- und Forstwirtschaft, Fischerei (A)",
    "B-F": "Produzierendes Gewerbe (B-F)",
    "B-E": "Produzierendes Gewerbe ohne Baugewerbe (B-E)",
    "C": "Verarbeitendes Gewerbe (C)",
    "F": "Baugewerbe (F)",
    "G-U": "Dienstleistungsbereiche (G-U)",
    "G-I": "Handel, Gastgewerbe, Verkehr (G-I)",
    "J": "Information und Kommunikation (J)",
    "K": "Erbringung von Finanz- und Vers.leistungen (K)",
    "L": "Grundstücks- und Wohnungswesen (L)",
    "M-N": "Freiberufl,wissenschaftl. techn. Dienstl.,sonst.DL",
    "O-Q": "Öff.Verw.,Verteidig.,Sozialvers.,Erz.-u.Unterricht",
    "R-U": "Kunst, Unterhaltung, Erholung, Priv. Haush.,usw.",
    TOTAL: "Insgesamt",
}
#: Codes and labels of 13111-54i.
LDB_LABELS = {
    "A": ("A", "Land- und Forstwirtschaft, Fischerei"),
    "B-F": ("B-F", "Produzierendes Gewerbe"),
    "B-E": ("B-E", "Produzierendes Gewerbe ohne Baugewerbe"),
    "C": ("C", "Verarbeitendes Gewerbe"),
    "F": ("F", "Baugewerbe"),
    "G-T": ("G-T", "Dienstleistungsbereich"),
    "G-I": ("G-I", "Handel, Gastgewerbe, Verkehr"),
    "J": ("J", "Information und Kommunikation"),
    "K": ("K", "Erbringung von Finanz- und Versicherungsdienstleistungen"),
    "L": ("L", "Grundstücks- und Wohnungswesen"),
    "M-N": ("M-N", "Freiberufl,wissenschaftl. techn. Dienstl.,sonst.DL"),
    "O-Q": ("O-Q", "Öff. Verw.,Verteidig.,Erz. und Unterricht,Gesundheits- und Sozialwesen"),
    "R-T": ("R-T", "Kunst, Unterhaltung, Erholung, Priv. Haush.,usw."),
    TOTAL: ("", "Insgesamt"),
}
#: Columns of 13111-54i behind the total, with invented percentages; the last of each group is the rest.
SCHOOL = {
    "ohne Schulabschluss": 3,
    "mit Volks-/Haupschulabschluss": 15,
    "mit mittlerer Reife/gleichwertigem Abschluss": 26,
    "mit Abitur/Fachabitur": 42,
    "Abschluss unbekannt": None,
}
TRAINING = {
    "ohne beruflichen Ausbildungsabschluss": 16,
    "mit anerkanntem Berufsabschluss": 56,
    "mit akademischem Abschluss": 19,
    "Ausbildung unbekannt": None,
}
#: Divisions with so few foreign employees that their numbers are suppressed.
FEW_FOREIGNERS = ("01", "02", "03")
#: Three columns twice, all and foreign: total, male, female.
SEXES, NATIONALITIES = 3, 2


def files(world: World) -> Iterator[SampleFile]:
    yield from (by_sector_regio(world, year) for year in YEARS)
    yield by_sector_ldb(world)


def by_sex_and_nationality(world: World, day: dt.date) -> dict[str, dict[str, Numbers | None]]:
    """sector of genesis-13 → area → all, men, women, foreigners, foreign men, foreign women."""
    kreise = {ags: _people(world, world.employees(ags, day)) for ags in nrw_kreise()}
    germany = _people(world, world.germany(day))
    return {
        sector_id: all_areas({ags: rows[sector_id] for ags, rows in kreise.items()}, germany[sector_id])
        for sector_id in GENESIS_LABELS
    }


def _people(world: World, vector: Vector) -> dict[str, Numbers]:
    foreign_percent = {
        code: 1 if code in FEW_FOREIGNERS else int(world.draw("foreigners", code, 6, 34)) for code in DIVISION_CODES
    }
    foreigners = scaled(vector, foreign_percent, 20)
    columns = []
    for everybody in (vector, foreigners):
        men = world.men(everybody)
        women = tuple(a - m for a, m in zip(everybody, men, strict=True))
        columns += [by_sector(GENESIS_13, column) for column in (everybody, men, women)]
    return {sector_id: tuple(column[sector_id] for column in columns) for sector_id in GENESIS_LABELS}


def printed(numbers: Numbers | None) -> list[Cell]:
    """As 13111-07-05-4 prints them: `-` for a dissolved Kreis, `.` for groups of one or two persons."""
    if numbers is None:
        return ["-" for _ in range(SEXES * NATIONALITIES)]
    return [numbers[0], *_unless_small(numbers[1:3]), *_unless_small(numbers[3:])]


def _unless_small(numbers: Numbers) -> list[Cell]:
    return ["." if any(number in (1, 2) for number in numbers) else number for number in numbers]


def by_sector_regio(world: World, year: int) -> SampleFile:
    """13111-07-05-4, one Stichtag a file."""
    day = dt.date(year, 6, 30)
    stand = dt.date(year + 1, 2, 15)
    figures = by_sex_and_nationality(world, day)
    rows = [
        [area.code, REGIO_INDENT[area.level] + area.name, label, *printed(figures[sector_id][area.code])]
        for area in AREAS
        for sector_id, label in GENESIS_LABELS.items()
    ]
    content = datencsv(
        "GENESIS-Tabelle: 13111-07-05-4",
        (
            "Sozialversicherungspflichtig Beschäftigte am Arbeitsort nach",
            "Geschlecht, Nationalität und Wirtschaftszweigen - Stichtag",
            "30.06. - Kreise u. krfr. Städte",
            "Sozialversicherungspflichtig Beschäftigte",
            "Sozialversicherungspfl. Beschäftigte (Arbeitsort) (Anzahl)",
            f"Stichtag: {day:%d.%m.%Y}",
        ),
        (
            span(KEYS, ("Nationalität", 6)),
            span(KEYS, ("Insgesamt", 3), ("Ausländer(innen)", 3)),
            span(KEYS, ("Geschlecht", 6)),
            span(KEYS) + ["Insgesamt", "männlich", "weiblich"] * NATIONALITIES,
        ),
        rows,
        stand,
    )
    product = "SvB am Arbeitsort nach Wirtschaftszweigen, Kreise"
    return regional_file("13111-07-05-4", product, content, day.isoformat(), stand, name=str(year))


def by_sector_ldb(world: World) -> SampleFile:
    """13111-54i: names without codes."""
    day, stand = dt.date(2024, 12, 31), dt.date(2025, 8, 20)
    kreise = {ags: _by_degree(world.employees(ags, day)) for ags in nrw_kreise()}
    figures = {sector_id: all_areas({ags: rows[sector_id] for ags, rows in kreise.items()}) for sector_id in LDB_LABELS}
    columns = ("Insgesamt", *SCHOOL, *TRAINING)
    content = datencsv(
        "Tabelle: 13111-54i",
        (
            "Sozialversicherungspflichtige Beschäftigte (Arbeitsort) nach",
            "Wirtschaftsabschnitte sowie Schul- und Berufsabschluss -",
            "kreisfreie Städte und Kreise - Stichtag (ab 2021)",
            "Statistik der sozialversicherungspflichtig Beschäftigten",
            "Sozialversicherungspfl. Beschäftigte (Arbeitsort) (Anzahl)",
        ),
        (["", "", "", "", *columns],),
        (
            [f"{day:%d.%m.%Y}", name, *LDB_LABELS[sector_id], *(numbers or ["-"] * len(columns))]
            for code, name in ldb_areas(with_dissolved=True)
            for sector_id, area_numbers in figures.items()
            for numbers in (area_numbers[code],)
        ),
        stand,
    )
    product = "SvB (Arbeitsort) nach Wirtschaftsabschnitten, Kreise"
    return ldb_file("13111-54i", product, content, day.isoformat(), stand)


def _by_degree(vector: Vector) -> dict[str, Numbers]:
    """Each degree is a vector of its own, so that the sectors add up in every column."""
    vectors = [vector, *_parts(vector, SCHOOL.values()), *_parts(vector, TRAINING.values())]
    columns = [by_sector(LDB_SECTIONS, column) for column in vectors]
    return {sector_id: tuple(column[sector_id] for column in columns) for sector_id in LDB_LABELS}


def _parts(vector: Vector, percents: Iterable[int | None]) -> list[Vector]:
    """Parts of a vector by percentage; the part without one is the rest."""
    parts = [None if percent is None else tuple(number * percent // 100 for number in vector) for percent in percents]
    known = [part for part in parts if part is not None]
    rest = tuple(number - sum(others) for number, *others in zip(vector, *known, strict=True))
    return [rest if part is None else part for part in parts]
