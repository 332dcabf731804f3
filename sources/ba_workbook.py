"""What the Federal Employment Agency prints in its workbooks: counts, dates, the classification."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from schemas.observation import Observation
from sources.cells import german_day, german_number, month_end, month_number
from sources.rejected import Rejected
from sources.workbook import Cell, heading

UNIT = "Anzahl"

#: A whole number with a point before each three digits.
THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
WZ_VERSION = re.compile(r"WZ\s*(?:20)?(\d\d)(?!\d)")
_MONTH_YEAR = re.compile(r"([A-Za-zä]+)\.?[\s/-]*(\d{4}|\d{2})")
_YEAR_MONTH = re.compile(r"(20\d\d)(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{1,2}\.\s*(\d{1,2}\.|[A-Za-zä]+\.?\s+)\d{4}")


#: Parts of all employees or unemployed. A title that names one of a pair is about it alone; with both it lists them.
_PAIRS = [
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        (r"\bMänner", r"\bFrauen"),
        (r"\bFrauen", r"\bMänner"),
        (r"(?:Rechtskreis|Arbeitslose|quote)\w*\W+SGB\s*II\b", r"\bSGB\s*III\b"),
        (r"(?:Rechtskreis|Arbeitslose|quote)\w*\W+SGB\s*III\b", r"\bSGB\s*II\b"),
        (r"\bAusländer", r"\bDeutsche[nr]?\b"),
        (r"\bgeringfügig", r"\bsozialversicherungspflichtig|\bSvB\b"),
        (r"\bAuszubildende|\bLangzeitarbeitslos|\bJugendarbeitslos", r"\binsgesamt\b"),
    )
]
_AMONG = re.compile(r"\binsgesamt|\bdar(?:unter|\.)|\bdav(?:on|\.)", re.IGNORECASE)


def require_whole(titles: Iterable[str], where: str) -> None:
    """Raises Rejected where a title says that the figures are of a part: women, SGB II, marginally employed."""
    texts = [heading(text) for text in titles]
    for part, other in _PAIRS:
        title = next((text for text in texts if part.search(text) and not _AMONG.search(text)), None)
        if title and not any(map(other.search, texts)):
            raise Rejected(
                expected="figures of all employees or all unemployed",
                found=f"“{title}”",
                where=where,
                hint="Those of a part must not pass for those of all.",
            )


#: That many exact counts end in 0 once in 10**20 tables.
_MANY_COUNTS = 20


def require_exact(cells: Iterable[tuple[object, ...]]) -> None:
    """Raises Rejected where all counts (observations in their field order) end in 0, as rounded ones do.

    The agency rounds some of its products, and nothing in their cells says so.
    """
    counts = 0
    for cell in map(Observation._make, cells):
        if cell.value:
            if cell.value % 10:
                return
            counts += 1
            if counts == 1:
                first = cell.locator
    if counts >= _MANY_COUNTS:
        raise Rejected(
            expected="exact figures",
            found=f"{counts} figures that all end in 0, as rounded ones do",
            where=first,
            hint="Rounded figures would look like a revision of exact ones: they need a dataset of their own.",
        )


def count(cell: Cell, where: str) -> tuple[float | None, str, str]:
    """(value, status, printed) of a cell that counts persons or jobs: whole and not negative.

    The number 0 is a zero (the cell format shows it as `-`); a text is a sign or a number with German
    comma. Raises Rejected for anything else.
    """
    if type(cell) is float or type(cell) is int:  # not isinstance: True is no number, and it is faster
        if cell > 0 and float(cell).is_integer():
            return cell, "value", str(int(cell))
        if cell == 0:
            return 0.0, "zero", "0"
        raise Rejected(expected="a whole number, not negative", found=str(cell), where=where)
    if not isinstance(cell, str):
        raise Rejected(expected="a number or a sign", found=f"{cell}", where=where)
    value, status = german_number(cell, where)
    if value is not None and (value < 0 or not value.is_integer()):
        raise Rejected(expected="a whole number, not negative", found=f"“{cell}”", where=where)
    return value, status, cell.strip()


def whole_number(cell: Cell, where: str) -> tuple[float | None, str, str]:
    """As `count`; a text may print thousands with points (`226.880`): persons have no decimals to mistake them for."""
    if isinstance(cell, str) and THOUSANDS.fullmatch(cell.strip()):
        value, status, _ = count(cell.strip().replace(".", ""), where)
        return value, status, cell.strip()
    return count(cell, where)


def with_leading_zero(code: str) -> str:
    """A region code as it was before a spreadsheet dropped the zero of 05113 or 05; three digits are another kind."""
    return code.zfill(5) if len(code) > 3 else code.zfill(2)


def reference_date(cell: Cell) -> dt.date | None:
    """The Stichtag a cell consists of, None where it is something else.

    A month means its last day (`Mrz. 20`, `Mrz-20`, `März 2020 1)`, `202003`, also a date cell, of which only the
    month is shown); a printed day stays as it is (`31.03.2020`, `31. März 2020`, `2020-03-31`).
    """
    if isinstance(cell, dt.date):
        return month_end(cell.year, cell.month)
    if not isinstance(cell, str):
        return None
    text = heading(cell)
    if match := _MONTH_YEAR.fullmatch(text):
        month = month_number(match[1])
        year = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
        return month_end(year, month) if month else None
    if match := _YEAR_MONTH.fullmatch(text):
        return month_end(int(match[1]), int(match[2]))
    if _DAY.fullmatch(text):
        return german_day(text)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def printed_basis(texts: Iterable[str], where: str) -> str:
    """`WZ2008` where the texts name this version of the classification and no other, else Rejected."""
    found = {match[1]: match[0] for text in texts for match in WZ_VERSION.finditer(text)}
    if set(found) != {"08"}:
        raise Rejected(
            expected="the classification WZ 2008",
            found=" and ".join(found.values()) or "no classification",
            where=where,
            hint="Unknown classification: codes of another version mean other sectors.",
        )
    return "WZ2008"
