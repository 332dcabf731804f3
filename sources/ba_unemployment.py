"""Unemployment as the Federal Employment Agency prints it: counts, rates and their base, times in headers.

Shared by its workbooks and the Statistik-API. Signs: `*` is suppressed; `x`, `-` and `...` are not available.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from sources.ba_workbook import UNIT, whole_number
from sources.cells import german_number, month_number
from sources.rejected import Rejected
from sources.workbook import Cell, heading

UNEMPLOYED, RATE, PERCENT = "unemployed", "unemployment_rate", "%"
#: What a rate is per cent of, as a dimension; the names are those of table 13211-02-05-4.
_BASES = {
    "base=all_civilian": re.compile(r"\balle[nr]?\s+ziv", re.IGNORECASE),
    "base=dependent_civilian": re.compile(r"\babh(?:ängige[nr]?|\.)\s*ziv", re.IGNORECASE),
}


def printed_base(texts: Iterable[str]) -> str | None:
    """The base of a rate that the texts name, as a dimension; None unless they name exactly one."""
    found = {base for text in texts for base, pattern in _BASES.items() if pattern.search(heading(text))}
    return found.pop() if len(found) == 1 else None


# --- times ----------------------------------------------------------------------------------------

_MONTH = (
    r"(Jan(?:uar)?|Feb(?:ruar)?|März|Mrz|Mär|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?"
    r"|Nov(?:ember)?|Dez(?:ember)?)\.?"
)
#: `Jan 26`, `Januar 2026`, `Mrz.26`, `Jan-26`, and `Januar` alone.
_NAMED_MONTH = re.compile(_MONTH + r"(?:[\s/-]*(\d{4}|\d{2}))?", re.IGNORECASE)
_MONTH_OF_YEAR = re.compile(_MONTH + r"\s+\d{4}", re.IGNORECASE)
#: `01/2026`, `1.2026`, `31.01.2026`; `2026-01`, `2026-01-31`.
_NUMBERED_MONTH = re.compile(r"(?:\d{1,2}\.)?(\d{1,2})[./](\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-\d{1,2}(?:[ T].*)?)?")
_NUMBER = re.compile(r"\d{1,4}")
_FIRST_YEAR, _LAST_YEAR = 1980, 2100


class Time(NamedTuple):
    """What a header cell says of time; None where it does not say."""

    year: int | None = None
    month: int | None = None


NO_TIME = Time()


@lru_cache(maxsize=4096, typed=True)  # True is no month, though it equals 1
def time_of(cell: Cell) -> Time:
    """Year and month of a header cell; a day counts as its month.

    >>> time_of("Mrz. 26") == time_of("03/2026") == time_of("März 2026") == Time(2026, 3)
    True
    >>> time_of("Januar") == time_of(1.0) == Time(month=1)
    True
    """
    if isinstance(cell, dt.date):
        return Time(cell.year, cell.month)
    whole = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    text = unicodedata.normalize("NFC", heading(str(whole)))
    if match := _NAMED_MONTH.fullmatch(text):
        return Time(_full_year(match[2]), month_number(match[1]))
    if match := _NUMBERED_MONTH.fullmatch(text):
        return _valid(int(match[2]), int(match[1]))
    if match := _ISO_MONTH.fullmatch(text):
        return _valid(int(match[1]), int(match[2]))
    if not _NUMBER.fullmatch(text):
        return NO_TIME
    number = int(text)
    return _valid(None, number) if number < _FIRST_YEAR else _valid(number, None)


def _full_year(text: str | None) -> int | None:
    return int(text) + (2000 if len(text) == 2 else 0) if text else None


def _valid(year: int | None, month: int | None) -> Time:
    if (month is None or 1 <= month <= 12) and (year is None or _FIRST_YEAR <= year <= _LAST_YEAR):
        return Time(year, month)
    return NO_TIME


def without_months(text: str) -> str:
    """A header text without the months it names, so that it is the same in every edition."""
    return _MONTH_OF_YEAR.sub("…", heading(text))


# --- cells ----------------------------------------------------------------------------------------

#: (cell, locator) → (value, status, printed)
Reader = Callable[[Cell, str], tuple[float | None, str, str]]


class Measure(NamedTuple):
    """What the cells of a table or of one of its rows are."""

    variable: str
    unit: str
    read: Reader
    dimensions: str = ""


def percent(cell: Cell, where: str) -> tuple[float | None, str, str]:
    """A rate in per cent: a number, a text with decimal comma, or a sign. Raises Rejected outside 0 to 100."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        printed = f"{cell:.15g}"  # the digits a workbook shows: 10.3 may be stored as 10.299999999999999
        value, status = float(printed), "zero" if cell == 0 else "value"
    elif isinstance(cell, str):
        (number, status), printed = german_number(cell, where), cell.strip()
        if number is None:
            return None, status, printed
        value = number
    else:
        raise Rejected(expected="a rate or a sign", found=f"{cell}", where=where)
    if not 0 <= value <= 100:
        raise Rejected(expected="a rate from 0 to 100 per cent", found=printed, where=where)
    return value, status, printed


COUNTS = Measure(UNEMPLOYED, UNIT, whole_number)
RATES = Measure(RATE, PERCENT, percent)
