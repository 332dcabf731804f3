"""The Bundesnetzagentur: workbooks of the broadband atlas by half-year, its closed history, the mobile monitoring."""

from __future__ import annotations

import datetime as dt
from functools import cache

from sources.sample import broadband, broadband_workbook
from tests.flows.inboxes import zipped
from tests.publishers.arbeitsagentur import world
from tests.publishers.server import Publisher

HISTORY = "/Breitbandatlas/Downloads/Paket_3.zip"
MOBILE = "/Downloads_Suche/aktuell/Auswertung_Mobilfunkmonitoring.xlsx"


def edition(day: dt.date) -> str:
    return f"/Breitbandatlas/Downloads/bba_{day:%m_%Y}.xlsx"


class Bundesnetzagentur(Publisher):
    """The data host, with the editions of some days."""

    def __init__(self, *days: dt.date) -> None:
        super().__init__("/Bundesnetzagentur/GIGA/DE")
        self.put(HISTORY, history())
        for day in days:
            self.put(edition(day), workbook(day))


class Gigabitgrundbuch(Publisher):
    """The host of the mobile monitoring."""

    def __init__(self) -> None:
        super().__init__("/GIGA/DE")
        self.put(MOBILE, mobile_workbook(dt.date(2025, 12, 31)))


@cache
def workbook(day: dt.date) -> bytes:
    sheet = broadband_workbook.HOUSEHOLDS
    grid = broadband_workbook.fixed_line(world(), day, sheet, municipalities=0)
    return broadband_workbook.with_notes({sheet: grid})


@cache
def mobile_workbook(day: dt.date) -> bytes:
    grid = broadband_workbook.mobile(world(), day, municipalities=0)
    return broadband_workbook.with_notes({broadband_workbook.AREA: grid})


@cache
def history() -> bytes:
    """Households of one half-year by Kreis, Land and Bund, and a table of municipalities that is not read."""
    files = {file.path.rpartition("/")[2]: file.content for file in broadband.households(world(), "2020_2")}
    return zipped(
        {**{f"Paket_3/{name}": content for name, content in files.items()}, "Paket_3/gemeinde_2020.csv": b"x"}
    )
