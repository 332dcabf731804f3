"""Breitbandatlas, workbook `bba_MM_YYYY.xlsx` from mid-2022: fixed-line coverage in % of households or businesses.

Layout (Bundesnetzagentur; known from public programs that read the edition of 12/2025, not from a file): sheet
`Privathaushalte` with the heading `Angaben zur Verfügbarkeit in Prozent der Privathaushalte`, the month as
`Festnetz: 12.2025`, labels of technologies (`alle Technologien`, `FTTB/H`) merged over their rates (`≥ 1000
Mbit/s`), and 11,000 rows from Bund to Gemeinde. Inferred: a sheet `Unternehmen` in the same words for businesses
(left out with a remark where it is not); the labels of further technologies. See `bnetza_workbook` for the rows.

The figures continue the CSV editions under another method (`basis`), so that nothing is compared across.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.observation import LARGEST_PERCENTAGE, Observation
from sources.arrived_file import ArrivedFile
from sources.bnetza_breitbandatlas import (
    BUSINESSES,
    DATASET,
    HOUSEHOLDS,
    SOURCE_ID,
    TECHNOLOGY,
    VARIABLE,
    Coverage,
    dimensions_of,
)
from sources.bnetza_coverage import basis_of, refuse_fractions
from sources.bnetza_mobilfunk import id_of
from sources.bnetza_workbook import (
    Figures,
    Table,
    agreed_day,
    observations,
    read_table,
    rows_by_region,
)
from sources.product import Decoded, Product, Remark, remarks_on_wholes
from sources.rejected import Rejected
from sources.workbook import sheet_called

HOUSEHOLD_SHEET, BUSINESS_SHEET = "Privathaushalte", "Unternehmen"

#: Label → technology, besides those of the CSV editions; another label is kept as an id of its own. What CSV editions
#: call `ftth` is `FTTB/H` here. Nobody states that `HFC` is their `catv`, so it is not taken for it.
TECHNOLOGY_IDS = TECHNOLOGY | {
    "fttb/h": "ftth",
    "fttb/ftth": "ftth",
    "ftth": "ftth_only",
    "fttb": "fttb_only",
    "fttc": "fttc",
    "hfc": "hfc",
}
GIGABIT = Coverage("all", 1000)

_RATE = re.compile(r"(?:≥|>=)\s*([0-9]{1,6}|[0-9]{1,3}\.[0-9]{3})(?:\s*Mbit/s)?", re.IGNORECASE)
_LOOKS_LIKE_A_RATE = re.compile(r"≥|>=|bit/s", re.IGNORECASE)
_PERCENT_OF = re.compile(r"in (?:Prozent|%) der (\w+)", re.IGNORECASE)
_FIXED_LINE = re.compile(r"Festnetz\b.*", re.IGNORECASE)
#: Mobile columns are of another date; the mobile monitoring has them by area.
_MOBILE = re.compile(r"mobil|\b[2-5]G\b|\bLTE\b|\bGSM\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Columns:
    """Coverage by column; `unknown`: texts of columns that say no rate; `mobile`: number of mobile columns."""

    coverage: dict[int, Coverage]
    unknown: list[str]
    mobile: int


@dataclass(frozen=True)
class _Part:
    """A sheet, the customers it is about, and its columns."""

    customer: str
    table: Table
    columns: _Columns


def _decode(file: ArrivedFile) -> Decoded:
    businesses, remarks = _businesses(file)
    parts = [_households(file), *businesses]
    days = {agreed_day(file, part.table, "Festnetz") for part in parts}
    if len(days) > 1:
        raise Rejected(expected="one month on all sheets", found=" and ".join(f"{day:%m.%Y}" for day in sorted(days)))
    (day,) = days
    decoded = Decoded([], SOURCE_ID[HOUSEHOLDS], day.isoformat(), remarks=remarks)
    skipped: Counter[str] = Counter()
    for part in parts:
        rows, others = rows_by_region(part.table)
        decoded.observations += _observations(part, day, rows)
        decoded.layout += _layout(part)
        decoded.remarks += [*remarks_on_wholes(rows, part.table.sheet.name), *_remarks(part)]
        skipped.update(others)
        skipped["column on mobile coverage"] += part.columns.mobile
    decoded.skipped = {reason: number for reason, number in skipped.items() if number}
    return decoded


def _recognises(file: ArrivedFile) -> bool:
    return sheet_called(file, HOUSEHOLD_SHEET) is not None


def _households(file: ArrivedFile) -> _Part:
    part = _part(file, HOUSEHOLD_SHEET, HOUSEHOLDS)
    if GIGABIT not in part.columns.coverage.values():
        raise Rejected(
            expected="a column “alle Technologien”, “≥ 1000 Mbit/s”",
            found=", ".join(text for text in _layout(part) if "1000" in text) or "no column of this rate",
            where=part.table.sheet.name,
            hint="Where the publisher reworded the label, declare it beside the old one.",
        )
    return part


def _businesses(file: ArrivedFile) -> tuple[list[_Part], list[Remark]]:
    """The sheet on businesses where it is written in the same words, else a remark that says why it is left out."""
    sheet = sheet_called(file, BUSINESS_SHEET)
    if sheet is None:
        return [], []
    try:
        return [_part(file, sheet, BUSINESSES)], []
    except Rejected as reason:
        return [], [Remark("sheet_not_read", f"The sheet {sheet} is left out: {reason.message}", sheet)]


def _part(file: ArrivedFile, sheet: str, customer: str) -> _Part:
    """A sheet with its columns; raises Rejected where its heading does not name the customers."""
    table = read_table(file, sheet, lambda text: bool(_RATE.fullmatch(text)), "≥ 1000 Mbit/s")
    wanted = HOUSEHOLD_SHEET if customer == HOUSEHOLDS else BUSINESS_SHEET
    named = {found for text in table.sheet.texts(slice(0, table.header)) for found in _PERCENT_OF.findall(text)}
    if {name.casefold() for name in named} != {wanted.casefold()}:
        raise Rejected(
            expected=f"a heading “Angaben zur Verfügbarkeit in Prozent der {wanted}”",
            found=", ".join(f"“in Prozent der {name}”" for name in sorted(named)) or "no such heading",
            where=sheet,
        )
    return _Part(customer, table, _columns(table))


def _columns(table: Table) -> _Columns:
    """What each column is about; raises Rejected for a rate that cannot be read and for a coverage given twice."""
    coverage: dict[int, Coverage] = {}
    unknown, mobile = [], 0
    for column, texts in table.over.items():
        says = _says(texts)
        if any(map(_MOBILE.search, says)):
            mobile += 1
        elif says and _LOOKS_LIKE_A_RATE.search(says[-1]):
            coverage[column] = _coverage(says, table.where(column))
        elif says:
            unknown.append(" / ".join(says))
    for what, count in Counter(coverage.values()).items():
        if count > 1:
            raise Rejected(
                expected=f"one column for {what.technology} ≥ {what.min_mbit} Mbit/s",
                found=f"{count} of them",
                where=", ".join(table.where(column) for column in coverage if coverage[column] == what),
            )
    return _Columns(coverage, unknown, mobile)


def _says(texts: Iterable[str]) -> list[str]:
    """What stands over a column, without what holds for the whole sheet."""
    return [text for text in texts if not _PERCENT_OF.search(text) and not _FIXED_LINE.fullmatch(text)]


def _coverage(says: list[str], where: str) -> Coverage:
    *labels, rate = says
    match = _RATE.fullmatch(rate)
    technology = id_of(" ".join(labels).casefold(), TECHNOLOGY_IDS)
    if match is None or not technology:
        raise Rejected(
            expected="a rate such as “≥ 1000 Mbit/s” below the label of a technology",
            found=" / ".join(says),
            where=where,
        )
    return Coverage(technology, int(match[1].replace(".", "")))


def _observations(part: _Part, day: dt.date, rows: dict[str, int]) -> list[Observation]:
    figures = Figures(DATASET, VARIABLE, day, "%", basis_of(day), LARGEST_PERCENTAGE)
    dimensions = {column: dimensions_of(part.customer, what) for column, what in part.columns.coverage.items()}
    cells = list(observations(part.table, figures, dimensions, rows))
    refuse_fractions(cells)
    return cells


def _layout(part: _Part) -> tuple[str, ...]:
    sheet, over = part.table.sheet.name, part.table.over
    return tuple(f"{sheet}: {' / '.join(_says(over[column]))}" for column in part.columns.coverage)


def _remarks(part: _Part) -> Iterator[Remark]:
    sheet = part.table.sheet.name
    named = {what.technology for what in part.columns.coverage.values()}
    for technology in sorted(named - set(TECHNOLOGY_IDS.values())):
        yield Remark("name_not_declared", f"A technology is not declared; it is kept as `{technology}`.", sheet)
    if part.columns.unknown:
        texts = ", ".join(part.columns.unknown)
        yield Remark("column_not_declared", f"Columns that say no rate are left out: {texts}", sheet)


PRODUCT = Product(
    product_id="bnetza_breitband_workbook",
    looks_like="the workbook of the Breitbandatlas (a sheet “Privathaushalte”)",
    recognises=_recognises,
    decode=_decode,
)
