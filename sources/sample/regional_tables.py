"""Tables of the Regionaldatenbank as datencsv: labour market, business notices, municipal debt."""

from __future__ import annotations

from collections.abc import Iterator

from sources.sample.areas import Numbers
from sources.sample.datencsv import Cell, datencsv, decimal, span
from sources.sample.regional import KEYS, STAND, file_of_years, yearly_rows
from sources.sample.sample_file import SampleFile
from sources.sample.world import World


def files(world: World) -> Iterator[SampleFile]:
    for table in (unemployment, business_notices, municipal_debt):
        yield table(world)


def unemployment(world: World) -> SampleFile:
    """13211-02-05-4: seven counts, then six rates."""
    counts, rate = "Arbeitslose", "Arbeitslosenquote bez. auf alle zivile Erwerbsp."
    groups = ["Ausländer", "schwerbehindert", "15 bis unter 20 Jahre", "15 bis unter 25 Jahre",
              "55 bis unter 65 Jahre", "langzeitarbeitslos"]  # fmt: skip
    content = datencsv(
        "GENESIS-Tabelle: 13211-02-05-4",
        (
            "Arbeitslose nach ausgewählten Personengruppen sowie",
            "Arbeitslosenquoten - Jahresdurchschnitt - (ab 2009) regionale Tiefe:",
            "Kreise und krfr. Städte",
            "Arbeitsmarktstatistik der Bundesagentur für Arbeit",
        ),
        (
            span(KEYS, (counts, 7), ("Arbeitslosenquote bez. abh. zivile Erwerbspers.", 1), (rate, 5)),
            [*span(KEYS), "", *groups, "", "", "Männer", "Frauen", "Ausländer", "15 bis unter 25 Jahre"],
            span(KEYS, ("Anzahl", 7), ("Prozent", 6)),
        ),
        yearly_rows(world, unemployed, _print_unemployed),
        STAND,
    )
    return file_of_years("13211-02-05-4", "Arbeitslose und Arbeitslosenquoten, Jahresdurchschnitt, Kreise", content)


def unemployed(world: World, ags: str, year: int) -> Numbers:
    """Seven printed counts, men; labour force: dependent, all, men, women, foreigners, under 25."""
    people = world.population(ags, year)
    total = world.count("unemployed", ags, year, (22, 62), trend=-0.01)
    parts = (total * percent // 100 for percent in (32, 6, 2, 9, 22, 38, 55))
    force = (people * per_1000 // 1000 for per_1000 in (470, 515, 275, 240, 85, 52))
    return (total, *parts, *force)


def _print_unemployed(numbers: Numbers | None, level: int) -> list[Cell]:
    if numbers is None:
        return ["-"] * 13
    total, foreigners, disabled, under_20, under_25, over_55, long_term, men, *force = numbers
    groups = (total, total, men, total - men, foreigners, under_25)
    rates: list[Cell] = [decimal(n * 100 / f) for n, f in zip(groups, force, strict=True)]
    if level == 2:
        rates[0] = "."  # not published for a Regierungsbezirk
    return [total, foreigners, disabled, under_20, under_25, over_55, long_term, *rates]


def business_notices(world: World) -> SampleFile:
    """52311-01-04-4: registrations and deregistrations with their parts."""
    content = datencsv(
        "GENESIS-Tabelle: 52311-01-04-4",
        (
            "Gewerbeanmeldungen, Gewerbeabmeldungen",
            "- Jahressumme - regionale Tiefe: Kreise und krfr. Städte",
            "Gewerbeanzeigenstatistik",
        ),
        (
            span(KEYS, ("Gewerbeanmeldungen", 5), ("Gewerbeabmeldungen", 5)),
            [*span(KEYS), "", *span(("Neuerrichtungen", 2)), "Zuzüge", "Übernahmen",
             "", *span(("Aufgaben", 2)), "Fortzüge", "Übergaben"],
            [*span(KEYS), "", "Neuerrichtungen", "Betriebsgründungen", "", "",
             "", "Aufgaben", "Betriebsaufgaben", "", ""],
            span(KEYS, ("Anzahl", 10)),
        ),
        yearly_rows(world, _notices, lambda numbers, _: list(numbers or ["-"] * 10)),
        STAND,
    )  # fmt: skip
    return file_of_years("52311-01-04-4", "Gewerbeanzeigen, Kreise", content)


def _notices(world: World, ags: str, year: int) -> Numbers:
    numbers: list[int] = []
    for what in ("registrations", "deregistrations"):
        total = world.count(what, ags, year, (6.0, 9.5), trend=0.004)
        new, moved = total * 82 // 100, total * 10 // 100
        numbers += [total, new, total * 17 // 100, moved, total - new - moved]
    return tuple(numbers)


def municipal_debt(world: World) -> SampleFile:
    """71327-01-05-4: EUR per inhabitant, then Tsd. EUR by kind; `-` where there is no such debt."""
    of_municipalities = "Schuldenstand d.Kernhaush.d.Gemeinden u.-verbände"
    content = datencsv(
        "GENESIS-Tabelle: 71327-01-05-4",
        (
            "Schulden der Kernhaushalte der Gemeinden und",
            "Gemeindeverbände - Stichtag: 31.12. - regionale Tiefe:",
            "Kreise und krfr. Städte",
            "Jährliche Schulden der Kernhaushalte der Gemeinden/Gemeindeverbände",
        ),
        (
            [*span(KEYS), "Schuldenst.d.Kernhh.d.Gem.u.-verb.je Einw.a.30.06.",
             "Schuldenst d.Kernhh.d.Gem.u.-verbände insgesamt", *span((of_municipalities, 5))],
            span(KEYS, ("", 2), ("Schulden beim nicht-öffentlichen Bereich", 3),
                 ("Schulden beim öffentlichen Bereich", 2)),
            [*span(KEYS, ("", 2)), "Wertpapierschulden", *("Kredite", "Kassenkredite") * 2],
            span(KEYS, ("EUR", 1), ("Tsd. EUR", 6)),
        ),
        yearly_rows(world, _debt, _print_debt, time="31.12.{}"),
        STAND,
    )  # fmt: skip
    return file_of_years("71327-01-05-4", "Schulden der Kernhaushalte, Kreise", content, time="{}-12-31")


def _debt(world: World, ags: str, year: int) -> Numbers:
    """Total, securities, credits, cash credits, the same of public lenders; inhabitants."""
    total = world.count("debt", ags, year, (900_000, 5_500_000), trend=-0.015) // 1000
    securities = total // 10 if world.draw("issues bonds", ags, 0, 1) > 0.8 else 0
    cash, public = total * 38 // 100, total * 2 // 100
    return (
        total,
        securities,
        total - securities - cash - public,
        cash,
        public,
        0,
        world.population(ags, year),
    )


def _print_debt(numbers: Numbers | None, _: int) -> list[Cell]:
    if numbers is None:
        return ["-"] * 7
    total, *kinds, inhabitants = numbers
    return [round(total * 1000 / inhabitants), total, *(kind or "-" for kind in kinds)]
