"""How the BA spells days and regions."""

from __future__ import annotations

import datetime as dt

from reference.regions import GERMANY, regions

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


def long_date(day: dt.date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def region_name(region: str) -> str:
    """`Essen, Stadt`, `Wesel`: the BA leaves out "Kreis"."""
    of_region = regions()[region]
    city = ", Stadt" if of_region.genesis_label.endswith("kreisfreie Stadt") else ""
    return of_region.name.removeprefix("Kreis ") + city


def name_and_code(region: str) -> str:
    """`Essen, Stadt (05113)`."""
    return f"{region_name(region)} ({region})"


def code_and_name(region: str) -> str:
    """`05113 Essen, Stadt`, `Deutschland`."""
    return region_name(region) if region == GERMANY else f"{region} {region_name(region)}"
