"""BA unemployment: the two monthly workbooks, the annual rates, and answers of the Statistik-API.

The months vary around the annual averages of table 13211-02-05-4 of the sample, so that both print one world.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from reference.regions import GERMANY, NRW, nrw_kreise, ruhr_kreise
from sources.cells import month_end
from sources.sample.areas import GERMANY_TENTHS
from sources.sample.ba_words import MONTHS, code_and_name, long_date, region_name
from sources.sample.datencsv import decimal
from sources.sample.regional_tables import unemployed
from sources.sample.sample_file import BA, COPYRIGHT, SYNTHETIC, SampleFile
from sources.sample.workbook import Cell, workbook
from sources.sample.world import World

Rows = list[list[Cell]]
#: Unemployed and labour force.
Numbers = tuple[int, int]

#: The workbooks have a column for each month of two years; those after the newest are still to come.
FIRST_YEAR, LAST_YEAR = 2024, 2025
NEWEST = dt.date(2025, 9, 30)
CREATED = dt.date(2025, 9, 30)
ANNUAL_YEARS = range(2015, 2025)
#: Unemployed of a month, per mille of the annual average.
SEASON = (1056, 1060, 1032, 1006, 980, 974, 996, 1010, 984, 966, 962, 974)
#: What stands in the column of a month to come.
PENDING_COUNT, PENDING_RATE = 0, "..."
OVERVIEW, ANNUAL = "Übersicht_Kreise", "Jahreszahlen"
COUNTS_TITLE = "Arbeitslose nach Kreisen"
RATES_TITLE = "Arbeitslosenquoten bezogen auf alle zivilen Erwerbspersonen nach Kreisen"


def files(world: World) -> Iterator[SampleFile]:
    yield counts(world)
    yield rates(world)
    yield annual_rates(world)
    yield from (key_figures(world, region) for region in (NRW, *ruhr_kreise()))


def months() -> list[dt.date]:
    """Last day of every month of the workbooks."""
    return [month_end(year, month) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13)]


def numbers(world: World, region: str, day: dt.date) -> Numbers:
    """Unemployed of a month and the labour force of its year."""
    if region == GERMANY:
        unemployed, force = numbers(world, NRW, day)
        return unemployed * GERMANY_TENTHS // 10, force * GERMANY_TENTHS // 10
    if region == NRW:
        kreise = [numbers(world, ags, day) for ags in nrw_kreise()]
        return sum(n for n, _ in kreise), sum(force for _, force in kreise)
    unemployed, force = _annual(world, region, day.year)
    return unemployed * SEASON[day.month - 1] // 1000, force


def _annual(world: World, ags: str, year: int) -> Numbers:
    of_year = unemployed(world, ags, year)
    return of_year[0], of_year[9]


def rate(of: Numbers) -> float:
    return round(of[0] * 100 / of[1], 1)


# --- workbooks ------------------------------------------------------------------------------------


def counts(world: World) -> SampleFile:
    figures: dict[str, list[Cell]] = {}
    for region in _table_regions():
        of_months = [numbers(world, region, day)[0] for day in months()]
        reported = len([day for day in months() if day <= NEWEST])
        averages = [round(sum(of_months[:12]) / 12), round(sum(of_months[reported - 12 : reported]) / 12)]
        figures[region] = [*averages, *of_months[:reported], *[PENDING_COUNT] * (24 - reported)]
    return _monthly("Arbeitslose", COUNTS_TITLE, figures, "ba_arbeitslose_monat")


def rates(world: World) -> SampleFile:
    figures: dict[str, list[Cell]] = {}
    for region in _table_regions():
        of_months = [numbers(world, region, day) for day in months() if day <= NEWEST]
        averages = [rate(_added(of_months[:12])), rate(_added(of_months[-12:]))]
        pending = [PENDING_RATE] * (24 - len(of_months))
        figures[region] = [*averages, *map(rate, of_months), *pending]
    return _monthly("ArbeitslosenQuoten", RATES_TITLE, figures, "ba_arbeitslosenquoten_monat")


def annual_rates(world: World) -> SampleFile:
    figures: dict[str, list[Cell]] = {}
    for region in _table_regions():
        members = [region] if region in nrw_kreise() else list(nrw_kreise())
        figures[region] = [rate(_added([_annual(world, ags, year) for ags in members])) for year in ANNUAL_YEARS]
    header: Rows = [["Region", *ANNUAL_YEARS], []]
    return SampleFile(
        path="arbeitsagentur/arbeitslosenquoten/arbeitslosenquoten-k-0-xlsx.xlsx",
        content=workbook({ANNUAL: [*_above(RATES_TITLE, 10), *header, *region_rows(figures)], **_imprint()}, CREATED),
        source_id="ba_arbeitslosenquoten_jahr",
        publisher=BA,
        product="Arbeitslosenquoten der Kreise, Jahreszahlen",
        period=f"{ANNUAL_YEARS[0]}/{ANNUAL_YEARS[-1]}",
        published_on=CREATED,
    )


def _monthly(member: str, title: str, figures: Mapping[str, Sequence[Cell]], source_id: str) -> SampleFile:
    return SampleFile(
        path=f"arbeitsagentur/arbeitslose/{NEWEST:%Y%m}_Heft_pol_SGBI_{member}.xlsx",
        content=workbook({OVERVIEW: overview(title, figures), **_imprint()}, CREATED),
        source_id=source_id,
        publisher=BA,
        product=title,
        period=f"{months()[0]}/{NEWEST}",
        published_on=CREATED,
    )


def overview(title: str, figures: Mapping[str, Sequence[Cell]]) -> Rows:
    """Rows of the monthly sheet: nine above the header, its two rows, the regions. Figures: two averages, 24 months."""
    return [
        *_above(title, 9),
        ["Gesamt", "Jahresdurch-schnitt", "Gleitender JD", *(day.replace(day=1) for day in months())],
        ["Region", FIRST_YEAR, LAST_YEAR, *(day.month for day in months())],
        *region_rows(figures),
    ]


def region_rows(figures: Mapping[str, Sequence[Cell]]) -> Rows:
    return [*([code_and_name(region), *cells] for region, cells in figures.items()), [COPYRIGHT]]


def _above(title: str, number: int) -> Rows:
    blank: Rows = [[] for _ in range(number - 3)]
    return [[title], [SYNTHETIC], ["Deutschland, Länder und Kreise"], *blank]


def _imprint() -> dict[str, Rows]:
    return {"Impressum": [["Impressum"], [SYNTHETIC], ["Erstellungsdatum:", "", long_date(CREATED)]]}


def _table_regions() -> tuple[str, ...]:
    return (GERMANY, NRW, *nrw_kreise())


def _added(parts: Sequence[Numbers]) -> Numbers:
    return sum(unemployed for unemployed, _ in parts), sum(force for _, force in parts)


# --- Statistik-API --------------------------------------------------------------------------------


def key_figures(world: World, region: str) -> SampleFile:
    """What the API answers for one region: three months, counts rounded to tens, two changes."""
    days = [NEWEST, month_end(NEWEST.year, NEWEST.month - 1), month_end(NEWEST.year - 1, NEWEST.month)]
    of_days = [numbers(world, region, day) for day in days]
    total = [n for n, _ in of_days]
    insured = [n * 35 // 100 for n in total]
    force = [force for _, force in of_days]
    month = _month_name(days[0])
    lines = [
        [f"{'Land' if region == NRW else 'Kreis'}:", f" {region_name(region)}"],
        *([f"{key}:", f" {month}"] for key in ("Gebietsstand", "Berichtsmonat", "Datenstand")),
        ["Rechtskreis:", " SGB III, SGB II"],
        ["Hinweis:", f" {SYNTHETIC}"],
        [],
        ["Ausgewählte Merkmale", *map(_month_name, days), f"Veränderung {month} zum Vorjahresmonat absolut",
         f"Veränderung {month} zum Vorjahresmonat in %", ""],
        _counts_line("Arbeitslose insgesamt", total),
        _counts_line("im Rechtskreis SGB III", insured),
        _counts_line("im Rechtskreis SGB II", [n - part for n, part in zip(total, insured, strict=True)]),
        _rates_line("Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen)", total, force),
        _rates_line("im Rechtskreis SGB III", insured, force),
        [COPYRIGHT],
        ["Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet."],
    ]  # fmt: skip
    return SampleFile(
        path=f"arbeitsagentur/statistik-api/{NEWEST:%Y%m}/EckwerteTabelleALO_{region}.csv",
        content="".join(";".join(line) + "\n" for line in lines).encode(),
        source_id="ba_statistik_api",
        publisher=BA,
        product="Statistik-API, Eckwerte Arbeitslosigkeit",
        period=f"{days[-1]}/{NEWEST}",
        retrieved_on=CREATED,
    )


def _counts_line(label: str, values: Sequence[int]) -> list[str]:
    rounded = [round(value, -1) for value in values]
    change = rounded[0] - rounded[-1]
    return [label, *map(_thousands, rounded), _thousands(change), decimal(change / rounded[-1] * 100, 0), ""]


def _rates_line(label: str, values: Sequence[int], force: Sequence[int]) -> list[str]:
    shares = list(map(rate, zip(values, force, strict=True)))
    return [label, *map(decimal, shares), decimal(shares[0] - shares[-1]), "-", ""]


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _month_name(day: dt.date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"
