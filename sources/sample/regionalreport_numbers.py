"""What a Regionalreport of the sample prints: levels by sector, by structure and by quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reference.regions import nrw_kreise
from reference.sectors import BA_REGIONALREPORT, NOT_STATED, TOTAL
from sources.sample.regionalreport_layout import EQUATIONS, SERIES_PERCENT, STRUCTURE
from sources.sample.suppression import hidden_cells
from sources.sample.world import FIRST_YEAR, SEASON, World, by_sector

#: The five Stichtage, newest first.
STICHTAGE = tuple(map(dt.date.fromisoformat, ("2024-03-31", "2023-12-31", "2023-09-30", "2023-06-30", "2023-03-31")))
#: Sectors of a Kreis that one business is declared to dominate, at every Stichtag.
DOMINATED = {"05120": ("B,D,E",), "05512": ("782,783",)}

#: Numbers of a printed row, one per Stichtag; None is a suppressed one.
Levels = tuple[int | None, ...]
#: A block of Tabelle 2.1: its title and its rows.
Block = tuple[str, list[Levels]]


def printed_sectors(world: World, ags: str) -> dict[str, Levels]:
    """Tabelle 2.3 as printed: sector_id → numbers of the five Stichtage, None where suppressed."""
    columns = []
    for day in STICHTAGE:
        values = by_sector(BA_REGIONALREPORT, world.employees(ags, day))
        total, not_stated = values.pop(TOTAL), values.pop(NOT_STATED)
        hidden = hidden_cells(values, EQUATIONS, DOMINATED.get(ags, ()))
        printed = {code: None if code in hidden else number for code, number in values.items()}
        # As in the real reports, the margins give a suppressed "ohne Angabe" away; nothing is hidden with it.
        columns.append(printed | {TOTAL: total, NOT_STATED: None if not_stated in (1, 2) else not_stated})
    return {code: tuple(column[code] for column in columns) for code in columns[0]}


def series_numbers(total: int, of_men: int) -> list[int]:
    """The twelve columns of Tabelle 6; men and women, and the two forms of marginal work, add up."""
    parts = [total * percent // 100 for percent in SERIES_PERCENT]
    men, women, marginal, only, secondary = 1, 2, 7, 8, 9
    parts[men], parts[women] = of_men, total - of_men
    parts[secondary] = parts[marginal] - parts[only]
    return parts


def quarter_ends() -> Iterator[dt.date]:
    """Last days of the quarters from the beginning of the world to the Stichtag."""
    for year in range(FIRST_YEAR, STICHTAGE[0].year + 1):
        for month in SEASON:
            if (day := dt.date(year, month, 30 if month in (6, 9) else 31)) <= STICHTAGE[0]:
                yield day


def common_blocks(world: World) -> list[Block]:
    """The blocks of Tabelle 2.1 that are the same in all reports; NRW is the sum of the Kreise."""
    nrw = [
        tuple(map(sum, zip(*(_structure(sum(world.employees(ags, day))) for ags in nrw_kreise()), strict=True)))
        for day in STICHTAGE
    ]
    germany = [sum(world.germany(day)) for day in STICHTAGE]
    west = [total * 81 // 100 for total in germany]
    return [
        ("Bundesland Nordrhein-Westfalen", list(zip(*nrw, strict=True))),
        ("Westdeutschland", list(zip(*map(_structure, west), strict=True))),
        ("Deutschland", list(zip(*map(_structure, germany), strict=True))),
    ]


def own_blocks(world: World, ags: str, name: str) -> list[Block]:
    """The first and the last block of Tabelle 2.1: the Kreis at the place of work and of residence."""
    totals = [sum(world.employees(ags, day)) for day in STICHTAGE]
    residents = [round(total * world.draw("residents per job", ags, 0.7, 1.3)) for total in totals]
    return [
        (name, list(zip(*map(_structure, totals), strict=True))),
        (f"{name} am Wohnort", list(zip(*map(_structure, residents), strict=True))),
    ]


def _structure(total: int) -> tuple[int, ...]:
    """A total by sex, age, hours and nationality; a part without a percentage is the rest of its group."""
    numbers: list[int] = []
    rest = total
    for group, _, percent in STRUCTURE:
        rest = total if group else rest
        numbers.append(rest if percent is None else total * percent // 100)
        rest -= numbers[-1]
    return tuple(numbers)
