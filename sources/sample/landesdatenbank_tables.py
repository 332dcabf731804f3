"""Tables of the Landesdatenbank NRW as datencsv: minimum income, population and area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reference.regions import NRW, nrw_kreise, regions
from sources.sample.areas import Numbers, all_areas, ldb_areas
from sources.sample.datencsv import Cell, datencsv, decimal, span
from sources.sample.sample_file import LDB, SampleFile
from sources.sample.world import World

YEARS = range(2020, 2025)
KEYS = ("", 3)
#: Recipients who live outside NRW: in the Land, but in no Kreis.
ELSEWHERE: Numbers = (0, 1935, 0, 120, 1800, 430, 1370, 15)


def files(world: World) -> Iterator[SampleFile]:
    yield from (minimum_income(world, year) for year in YEARS)
    yield population_and_area(world)


def minimum_income(world: World, year: int) -> SampleFile:
    """22811-05i: the first and the third column print the same figure."""
    stand = dt.date(year + 1, 8, 20)
    people = "Empfänger/innen von soz. Mindestsicherungsleistung"
    sgb_ii = "Gesamtregelleistung (ALG II/Sozialgeld) nach dem SGB II"
    old_age = "Grundsicherung im Alter und bei Erwerbsminderung nach dem SGB XII"
    figures = all_areas({ags: _recipients(world, ags, year) for ags in nrw_kreise()})
    rows: list[list[Cell]] = []
    for code, name in ldb_areas(with_dissolved=False):
        numbers = figures[code] or ()
        if code == NRW:
            numbers = tuple(map(sum, zip(numbers, ELSEWHERE, strict=True)))
        rows.append([year, code, name, *numbers])
    rows.append([year, "05999998", "      Wohnort außerhalb von NRW", *(number or "-" for number in ELSEWHERE)])
    content = datencsv(
        "Tabelle: 22811-05i",
        (
            "Sozialberichterstattung in der amtlichen Statistik:",
            "Empfänger/innen von sozialen Mindestsicherungsleistungen",
            "nach Art der Leistung - Gemeinden (Wohnortprinzip) - Jahr",
            "Sozialberichterstattung in der amtlichen Statistik",
        ),
        (
            span(KEYS, (people, 8)),
            [*span(KEYS), sgb_ii, "Insgesamt", sgb_ii,
             "Hilfe zum Lebensunterhalt außerhalb von Einrichtungen nach dem SGB XII", *span((old_age, 3)),
             "Regelleistungen nach dem Asylbewerberleistungsgesetz"],
            [*span(KEYS, ("", 4)), "Insgesamt", "im Alter", "bei Erwerbsminderung", ""],
            span(KEYS, ("Anzahl", 8)),
        ),
        rows,
        stand,
    )  # fmt: skip
    product = "Empfänger sozialer Mindestsicherungsleistungen, Gemeinden"
    return ldb_file("22811-05i", product, content, str(year), stand, name=f"22811-05i_{year}")


def _recipients(world: World, ags: str, year: int) -> Numbers:
    sgb_ii = world.count("SGB II", ags, year, (45, 150), trend=0.005)
    subsistence, old, reduced, asylum = (
        world.count(what, ags, year, per_1000) // 5 * 5  # printed in fives since 2020
        for what, per_1000 in {
            "subsistence": (1, 3), "old age": (7, 16), "reduced earning": (5, 9), "asylum": (2, 7),
        }.items()
    )  # fmt: skip
    total = sgb_ii + subsistence + old + reduced + asylum
    return (sgb_ii, total, sgb_ii, subsistence, old + reduced, old, reduced, asylum)


def population_and_area(world: World) -> SampleFile:
    """12411-15i, 31.12.2024, without municipalities."""
    day, stand = dt.date(2024, 12, 31), dt.date(2025, 8, 20)
    figures = all_areas({ags: (world.population(ags, day.year), _hectares(world, ags)) for ags in nrw_kreise()})
    rows: list[list[Cell]] = []
    for code, name in ldb_areas(with_dissolved=False):
        people, hectares = figures[code] or (0, 0)
        km2, density = decimal(hectares / 100, 2), decimal(people * 100 / hectares)
        rows.append([f"{day:%d.%m.%Y}", code, name, people, km2, density])
    projection = "Fortschreibung des Bevölkerungsstandes"
    content = datencsv(
        "Tabelle: 12411-15i",
        ("Katasterfläche (qkm), Bevölkerung und Bevölkerungsdichte - Stichtag - Gemeinden",),
        (
            [*span(KEYS), projection, "Flächenerhebung nach Art der tatsächlichen Nutzung", projection],
            [*span(KEYS), "Bevölkerungsstand (Basis Zensus 2022 und früher)",
             "Bodenfläche (Katasterfläche) in qkm", "Bevölkerungsdichte"],
            [*span(KEYS), "Anzahl", "qkm", "EW pro qkm"],
        ),
        rows,
        stand,
    )  # fmt: skip
    return ldb_file("12411-15i", "Bevölkerung", content, day.isoformat(), stand)


def _hectares(world: World, ags: str) -> int:
    is_city = regions()[ags].genesis_label.endswith("kreisfreie Stadt")
    return int(world.draw("area", ags, *((7_000, 28_000) if is_city else (40_000, 140_000))))


def ldb_file(code: str, product: str, content: bytes, period: str, stand: dt.date, name: str = "") -> SampleFile:
    """A file of the table; `name` is that of the file, where it is not the code."""
    return SampleFile(
        path=f"landesdatenbank/{name or code}.csv",
        content=content,
        source_id=f"landesdatenbank_{code}",
        publisher=LDB,
        product=product,
        period=period,
        retrieved_on=stand,
    )
