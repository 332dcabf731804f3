"""GENESIS flat files: the new ffcsv (2025 on, one value a line) and the old one (one column a variable)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from reference.regions import nrw_kreise
from sources.sample.areas import AREAS, REGIO_INDENT, Numbers, all_areas
from sources.sample.employment_tables import by_sex_and_nationality
from sources.sample.sample_file import REGIO, SYNTHETIC, SampleFile
from sources.sample.world import World

#: Type of an area as the new format codes it, by level.
AREA_TYPES = (
    ("DINSG", "Deutschland"),
    ("DLAND", "Bundesländer"),
    ("REGBEZ", "Regierungsbezirke / Statistische Regionen"),
    ("KREISE", "Kreise und kreisfreie Städte"),
)
STAG, JAHR = ("STAG", "Stichtag"), ("JAHR", "Jahr")
TOTAL = ("", "Insgesamt")
SEX, SEXES = ("GES", "Geschlecht"), (TOTAL, ("GESM", "männlich"), ("GESW", "weiblich"))
NATIONALITY, FOREIGN = ("NAT", "Nationalität"), ("NATA", "ausländisch")
OUTCOME = ("ISVAT3", "Beantragte Verfahren")
OUTCOMES = (TOTAL, ("ISVART01", "eröffnet"), ("ISVART02", "mangels Masse abgewiesen"))


class Column(NamedTuple):
    """What the numbers at one place of `Numbers` are.

    variable  code, label and unit
    groups    (classification, category) of each classification of the table, each (code, label); None where
              the variable is not divided by it
    """

    variable: tuple[str, str, str]
    groups: tuple[tuple[tuple[str, str], tuple[str, str]] | None, ...] = ()


class FlatTable(NamedTuple):
    code: str
    label: str
    time: tuple[str, str]
    product: str
    columns: tuple[Column, ...]


POPULATION = FlatTable(
    "12411-01-01-4",
    "Fortschreibung des Bevölkerungsstandes",
    STAG,
    "Bevölkerungsstand, Kreise",
    tuple(Column(("BEVSTD", "Bevölkerungsstand", "Anzahl"), ((SEX, sex),)) for sex in SEXES),
)
EMPLOYEES = FlatTable(
    "13111-01-03-4",
    "Statistik der sozialversicherungspflichtig Beschäftigten",
    STAG,
    "SvB am Arbeitsort, Kreise",
    tuple(
        Column(
            ("ERW032", "Sozialversicherungspfl. Beschäftigte (Arbeitsort)", "Anzahl"),
            ((NATIONALITY, nationality), (SEX, sex)),
        )
        for nationality in (TOTAL, FOREIGN)
        for sex in SEXES
    ),
)
GDP = FlatTable(
    "82000-01-01-4",
    "VGR der Länder",
    JAHR,
    "BIP, BIP je Erwerbstätigen, BIP je Einwohner, Kreise",
    (
        Column(("BIP802", "Bruttoinlandsprodukt", "Tsd. EUR")),
        Column(("BIP803", "Bruttoinlandsprodukt je erwerbstätige Person", "EUR")),
        Column(("BIP804", "Bruttoinlandsprodukt pro Kopf", "EUR")),
    ),
)
INSOLVENCIES = FlatTable(
    "52411-02-01-4",
    "Statistik über beantragte Insolvenzverfahren",
    JAHR,
    "Unternehmensinsolvenzen, Kreise",
    (
        *(
            Column(("ISV006", "Beantragte Insolvenzverfahren (Unternehmen)", "Anzahl"), ((OUTCOME, outcome),))
            for outcome in OUTCOMES
        ),
        Column(("ISVNW1", "Arbeitnehmer/-innen", "Anzahl"), (None,)),
        Column(("FOR002", "voraussichtliche Forderungen (Unternehmen)", "Tsd. EUR"), (None,)),
    ),
)

#: Numbers of every area by code, by period as printed (ISO day or year).
Figures = Mapping[str, Mapping[str, Numbers | None]]


def files(world: World) -> Iterator[SampleFile]:
    """31.12.2023 comes twice: retrieved before and after the switch to the census of 2022."""
    yield old_population(world, 2022, retrieved_on=dt.date(2024, 6, 28))
    yield population(world, 2023, retrieved_on=dt.date(2024, 12, 9), census=2011)
    yield population(world, 2023, retrieved_on=dt.date(2025, 4, 14), census=2022)
    yield population(world, 2024, retrieved_on=dt.date(2025, 9, 15), census=2022)
    yield employees(world, 2023, retrieved_on=dt.date(2024, 3, 11))
    yield employees(world, 2024, retrieved_on=dt.date(2025, 4, 14))
    yield gdp(world, range(2015, 2025), retrieved_on=dt.date(2025, 9, 15))
    yield insolvencies(world, range(2015, 2025), retrieved_on=dt.date(2025, 9, 15))


def population(world: World, year: int, retrieved_on: dt.date, census: int) -> SampleFile:
    figures = {f"{year}-12-31": _population(world, year, census)}
    return _new_file(POPULATION, figures, retrieved_on)


def employees(world: World, year: int, retrieved_on: dt.date) -> SampleFile:
    day = dt.date(year, 6, 30)
    figures = by_sex_and_nationality(world, day)["TOTAL"]
    return _new_file(EMPLOYEES, {day.isoformat(): figures}, retrieved_on)


def gdp(world: World, years: Iterable[int], retrieved_on: dt.date) -> SampleFile:
    figures = {}
    for year in years:
        areas = all_areas({ags: _gdp(world, ags, year) for ags in nrw_kreise()})
        figures[str(year)] = {code: numbers and _per_head(*numbers) for code, numbers in areas.items()}
    return _new_file(GDP, figures, retrieved_on)


def insolvencies(world: World, years: Iterable[int], retrieved_on: dt.date) -> SampleFile:
    figures = {str(year): all_areas({ags: _insolvent(world, ags, year) for ags in nrw_kreise()}) for year in years}
    return _new_file(INSOLVENCIES, figures, retrieved_on)


def old_population(world: World, year: int, retrieved_on: dt.date) -> SampleFile:
    """12411-01-01-4 as retrieved up to early 2025: every area is typed KREISE, names are indented."""
    header = (
        "Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;"
        "1_Auspraegung_Code;1_Auspraegung_Label;2_Merkmal_Code;2_Merkmal_Label;2_Auspraegung_Code;"
        "2_Auspraegung_Label;BEVSTD__Bevoelkerungsstand__Anzahl"
    )
    figures = _population(world, year, census=2011)
    head = _head(POPULATION, f"31.12.{year}")
    lines = [header]
    for area in AREAS:
        numbers = figures[area.code] or ("-",) * len(SEXES)
        name = REGIO_INDENT[area.level] + area.name
        for sex, number in zip(SEXES, numbers, strict=True):
            lines.append(";".join((*head, *AREA_TYPES[3], area.code, name, *SEX, *sex, str(number))))
    return _file(POPULATION, "\n".join(lines) + "\n", (f"{year}-12-31",), retrieved_on)


def _population(world: World, year: int, census: int) -> dict[str, Numbers | None]:
    """All, men, women."""
    people = {ags: world.population(ags, year, census) for ags in nrw_kreise()}
    return all_areas({ags: (n, n * 49 // 100, n - n * 49 // 100) for ags, n in people.items()})


def _gdp(world: World, ags: str, year: int) -> Numbers:
    """Gross domestic product in Tsd. EUR, persons in work, inhabitants."""
    workers = sum(world.employees(ags, dt.date(year, 6, 30))) * 128 // 100
    per_worker = world.draw("gdp per worker", ags, 58, 84) * (1 + 0.026 * (year - 2014))
    return (round(workers * per_worker), workers, world.population(ags, year))


def _per_head(thousands: int, workers: int, inhabitants: int) -> Numbers:
    return (thousands, round(thousands * 1000 / workers), round(thousands * 1000 / inhabitants))


def _insolvent(world: World, ags: str, year: int) -> Numbers:
    """Proceedings, opened, refused; employees, claims in Tsd. EUR."""
    total = world.count("insolvencies", ags, year, (0.15, 0.45), trend=-0.02)
    opened = total * 62 // 100
    claims = round(total * world.draw("claims", ags, 500, 3_000))
    return (total, opened, total - opened, total * 7, claims)


def _new_file(table: FlatTable, figures: Figures, retrieved_on: dt.date) -> SampleFile:
    groups = len(table.columns[0].groups)
    classifications = [
        f"{n}_variable_code;{n}_variable_label;{n}_variable_attribute_code;{n}_variable_attribute_label"
        for n in range(1, groups + 2)
    ]
    header = ";".join(
        (
            "statistics_code;statistics_label;time_code;time_label;time",
            *classifications,
            "value;value_unit;value_variable_code;value_variable_label",
        )
    )
    lines = [
        ";".join((*_head(table, period), *AREA_TYPES[area.level], area.code, area.name, *cells))
        for period, of_area in figures.items()
        for area in AREAS
        for cells in _cells(table.columns, of_area[area.code])
    ]
    # The service sends the rows in no order.
    random.Random(table.code).shuffle(lines)  # noqa: S311 (nothing is kept secret)
    return _file(table, "\ufeff" + "\n".join((header, *lines)) + "\n", tuple(figures), retrieved_on)


def _cells(columns: Sequence[Column], numbers: Numbers | None) -> Iterable[tuple[str, ...]]:
    """Cells of each line of an area from the second classification on."""
    for column, number in zip(columns, numbers or ("-",) * len(columns), strict=True):
        code, label, unit = column.variable
        groups = [cell for group in column.groups for cell in (("",) * 4 if group is None else (*group[0], *group[1]))]
        yield (*groups, str(number), unit, code, label)


def _head(table: FlatTable, period: str) -> tuple[str, ...]:
    """The label of the statistic is the one place with room for the mark."""
    return (table.code.split("-")[0], f"{table.label} ({SYNTHETIC})", *table.time, period)


def _file(table: FlatTable, text: str, periods: tuple[str, ...], retrieved_on: dt.date) -> SampleFile:
    return SampleFile(
        path=f"regionalstatistik/ffcsv/{table.code}_{retrieved_on}.csv",
        content=text.encode(),
        source_id=f"regionalstatistik_{table.code}",
        publisher=REGIO,
        product=table.product,
        period=periods[0] if len(periods) == 1 else f"{min(periods)}/{max(periods)}",
        retrieved_on=retrieved_on,
    )
