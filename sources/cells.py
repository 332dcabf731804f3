"""What a printed cell says: a number, a sign, or nothing. The signs are the publishers' own."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange

from sources.rejected import Rejected

#: Signs of the statistical offices and the BA (GENESIS manual; BA `Hinweise SVB GB`). `-` means "nothing
#: there", which is also printed for dissolved Kreise and figures not delivered at a level: it is not zero.
SIGN_STATUS = {
    "": "not_available",
    "-": "not_available",
    "–": "not_available",
    "—": "not_available",
    ".": "suppressed",
    "*": "suppressed",
    "/": "not_available",
    "x": "not_available",
    "X": "not_available",
    "...": "not_available",
    "…": "not_available",
}
#: Letters GENESIS puts behind a number (quality signs): provisional, revised, estimated.
QUALITY_STATUS = {"p": "provisional", "r": "revised", "s": "estimated", "e": "value"}

#: A floating-point number holds that many digits of a whole number; the longest printed, in EUR, have 13.
EXACT_DIGITS = 15
# [0-9], as \d is any digit of any script.
_GERMAN_NUMBER = re.compile(r"[-+]?[0-9]+(,[0-9]+)?")
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


def german_number(text: str, where: str) -> tuple[float | None, str]:
    """(value, status) of a cell with decimal comma and no thousands separator, as GENESIS prints it.

    A point is refused: read as a thousands separator it would turn 1.234 into 1234.
    Raises Rejected where the cell is neither number nor sign.

    >>> german_number("528,7", "line 1")
    (528.7, 'value')
    >>> german_number(" - ", "line 1")
    (None, 'not_available')
    """
    return _number(text, where, _GERMAN_NUMBER, decimal_comma=True)


def plain_number(text: str, where: str) -> tuple[float | None, str]:
    """(value, status) of a cell with decimal point; raises Rejected where it is neither number nor sign."""
    return _number(text, where, _PLAIN_NUMBER, decimal_comma=False)


def _number(text: str, where: str, pattern: re.Pattern[str], *, decimal_comma: bool) -> tuple[float | None, str]:
    stripped = text.strip()
    if stripped in SIGN_STATUS:
        return None, SIGN_STATUS[stripped]
    status = "value"
    if stripped[-1:] in QUALITY_STATUS:
        status = QUALITY_STATUS[stripped[-1]]
        stripped = stripped[:-1].rstrip()
    if stripped.startswith("(") and stripped.endswith(")"):
        stripped = stripped[1:-1].strip()
    if not pattern.fullmatch(stripped):
        raise Rejected(expected="a number or a sign ( - . * / x ... )", found=f"“{text}”", where=where)
    if len(stripped.lstrip("+-0").replace(",", ".").partition(".")[0]) > EXACT_DIGITS:
        raise Rejected(expected=f"a number of at most {EXACT_DIGITS} digits", found=f"“{text}”", where=where)
    value = float(stripped.replace(",", ".") if decimal_comma else stripped)
    return value, "zero" if value == 0 and status == "value" else status


_MONTHS = {
    "jan": 1, "feb": 2, "mrz": 3, "mär": 3, "mar": 3, "apr": 4, "mai": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dez": 12,
}  # fmt: skip
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})\.\s*([A-Za-zäÄ]+)\.?\s+(\d{4})")
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def month_number(text: str) -> int | None:
    """1–12 for a German month name or abbreviation (`Mrz.`, `März`, `Jun.`), else None."""
    return _MONTHS.get(text.strip().lower()[:3])


def german_day(text: str) -> dt.date | None:
    """The first day written in a text: `31. März 2020` or `30.06.2020`; None where there is none."""
    if match := _DAY_MONTH_YEAR.search(text):
        month = month_number(match[2])
        return _day(int(match[3]), month, int(match[1])) if month else None
    if match := _DOTTED_DAY.search(text):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    return None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, monthrange(year, month)[1])


def year_end(year: int) -> dt.date:
    """Reference date of a year or an annual average."""
    return dt.date(year, 12, 31)


def column_letters(index: int) -> str:
    """Spreadsheet column name of a 0-based index: 0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
