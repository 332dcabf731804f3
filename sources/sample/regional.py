"""What the datencsv tables of the Regionaldatenbank have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from reference.regions import nrw_kreise
from sources.sample.areas import AREAS, REGIO_INDENT, Numbers, all_areas
from sources.sample.datencsv import Cell
from sources.sample.sample_file import REGIO, SampleFile
from sources.sample.world import World

YEARS = range(2015, 2025)
STAND = dt.date(2025, 9, 15)
#: The three columns of year, code and name in a header row.
KEYS = ("", 3)

#: Numbers of a Kreis in a year.
OfKreis = Callable[[World, str, int], Numbers]


def yearly_rows(
    world: World, of_kreis: OfKreis, print_row: Callable[[Numbers | None, int], list[Cell]], time: str = "{}"
) -> Iterator[list[Cell]]:
    """All years, newest first: time, code, name, and what `print_row` makes of numbers and level."""
    for year in reversed(YEARS):
        figures = all_areas({ags: of_kreis(world, ags, year) for ags in nrw_kreise()})
        for area in AREAS:
            cells = print_row(figures[area.code], area.level)
            yield [time.format(year), area.code, REGIO_INDENT[area.level] + area.name, *cells]


def file_of_years(code: str, product: str, content: bytes, time: str = "{}") -> SampleFile:
    first, last = YEARS[0], YEARS[-1]
    period = f"{time.format(first)}/{time.format(last)}"
    return regional_file(code, product, content, period, STAND, name=f"{first}-{last}")


def regional_file(code: str, product: str, content: bytes, period: str, stand: dt.date, name: str = "") -> SampleFile:
    """A file of the table; `name` stands for the period in its path where that is no year."""
    return SampleFile(
        path=f"regionalstatistik/datencsv/{code}_{name or period}.csv",
        content=content,
        source_id=f"regionalstatistik_{code}",
        publisher=REGIO,
        product=product,
        period=period,
        retrieved_on=stand,
    )
