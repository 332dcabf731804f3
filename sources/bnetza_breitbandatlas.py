"""Breitbandatlas, CSV packages up to 2021: fixed-line coverage per Kreis, Land and Germany in % of customers.

Layout (Bundesnetzagentur, Paket 3): one row per region; key column `ags` (Kreis 5 digits, Land 2) or `staat`;
one column per technology group and least rate, coded (`verf_300_1000`) or worded (`alle Technologien ≥ 1000
Mbit/s`). Column set, order, delimiter and quotes change with every edition, so a column is read by its name
alone. Meaning of the groups: the former operator's answer that comes with the packages. The period stands in
the file name only: `<level>_<customer>_<year>_<1|2>.csv`, 1 = 30 June, 2 = 31 December.

The mobile table is part of the same packages: `bnetza_mobilfunk` shares the rules on period, region keys and
percentages written here. Later editions are workbooks (`bnetza_breitband_workbook`) of the same dataset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from schemas.observation import LARGEST_PERCENTAGE, Observation
from sources.arrived_file import ArrivedFile
from sources.bnetza_coverage import base_name, basis_of, by_region, municipalities, refuse_fractions
from sources.cells import german_number, month_end, plain_number
from sources.product import Decoded, Product, Remark
from sources.rejected import Rejected
from sources.table_csv import CsvTable, header_of, read_table

DATASET = "bnetza_breitbandatlas"
VARIABLE = "broadband_coverage"
HOUSEHOLDS, BUSINESSES = "households", "businesses"
SOURCE_ID = {HOUSEHOLDS: "bnetza_breitbandatlas", BUSINESSES: "bnetza_breitbandatlas_gewerbe"}

#: Publisher's group → technology; a group that is not listed keeps its own name (`dsl`, `catv`, `5g`, …).
TECHNOLOGY = {
    "300": "all",
    "alle technologien": "all",
    "100": "wired",
    "leitungsg. technologien": "wired",
    "leitungsgebundene technologien": "wired",
    "200": "wireless",
    "mobile technologien": "wireless",
    "drahtlose technologien": "wireless",
    "ftth/b": "ftth",
    "wimax/wlan": "wimax_wlan",
}
#: Groups that exist for households only, in every edition.
HOUSEHOLD_TECHNOLOGIES = {"all", "wireless"}

#: Mbit/s. Up to this rate far more than one per cent are covered everywhere; of fast classes it may be less.
LOW_RATE = 16

KEY_COLUMNS = ("ags", "staat")
_CODED = re.compile(r"verf_([a-z0-9/]+?)(?:_([0-9]{1,6}))?", re.IGNORECASE)
_WORDED = re.compile(r"(.+?)\s*(?:≥|>=)\s*([0-9]{1,6})\s*Mbit/s", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[a-z0-9]+")

_HALF_YEAR = re.compile(r"(?<!\d)(20\d\d)_(1|2|mitte|ende)(?![a-z0-9])", re.IGNORECASE)
_LAST_MONTH = {"1": 6, "mitte": 6, "2": 12, "ende": 12}

_CUSTOMER = re.compile(r"(?<![a-z])(privat|gewerbe_gwg|gewerbe|gew)(?![a-z])", re.IGNORECASE)
_CUSTOMER_IDS = {"privat": HOUSEHOLDS, "gew": BUSINESSES, "gewerbe": BUSINESSES}


#: A row of a CSV table: line, cells.
Line = tuple[int, list[str]]
#: Rows by region id.
Rows = dict[str, list[Line]]


class Coverage(NamedTuple):
    """What a column is about; min_mbit is None where the name gives no rate (`verf_2g`)."""

    technology: str
    min_mbit: int | None


class PercentCell(NamedTuple):
    """A printed percentage with its place (`line 2, column 23`) and what it is about."""

    region_id: str
    dimensions: str
    text: str
    where: str


def coverage_of(header: str) -> Coverage | None:
    """What a column header says, None where it is no coverage column.

    >>> coverage_of("verf_300_1000"), coverage_of("FTTH/B ≥ 400 Mbit/s")
    (Coverage(technology='all', min_mbit=1000), Coverage(technology='ftth', min_mbit=400))
    >>> coverage_of("verf_2g"), coverage_of("ags")
    (Coverage(technology='2g', min_mbit=None), None)
    """
    name = " ".join(header.split())
    match = _CODED.fullmatch(name) or _WORDED.fullmatch(name)
    if not match:
        return None
    group = match[1].lower()
    technology = TECHNOLOGY.get(group) or (group if _PLAIN_NAME.fullmatch(group) else None)
    return Coverage(technology, int(match[2]) if match[2] else None) if technology else None


def reference_date(file: ArrivedFile) -> dt.date:
    """Day the file is about: from its name, else the day a manifest gives.

    Raises Rejected where neither says it, or where they contradict each other.
    """
    day = _day_in_name(base_name(file)) or _iso_day(file.period)
    if day is None:
        raise Rejected(
            expected="the period in the file name (…_2020_1.csv: 30.06.2020, …_2020_2.csv: 31.12.2020), "
            "or a day such as 2020-06-30 in MANIFEST.csv",
            found=f"the name “{file.name}” and the period “{file.period}”",
            hint="The table itself states no period: name the file <level>_<customer>_<year>_<1|2>.csv.",
        )
    if not day.isoformat().startswith(file.period):
        raise Rejected(
            expected=f"the period {day} in MANIFEST.csv, as the file name “{file.name}” says",
            found=f"the period {file.period}",
            hint="Find out which of the two is right and correct the other.",
        )
    return day


def monitored_rows(table: CsvTable, key_column: int) -> tuple[Rows, dict[str, int]]:
    """`by_region` of a CSV table."""
    return by_region(
        (cells[key_column].strip(), f"line {line}, column {key_column + 1}", (line, cells))
        for line, cells in table.rows
    )


def percentages(cells: list[PercentCell], delimiter: str) -> list[tuple[float | None, str]]:
    """(value in %, status) of each cell; an empty cell is not available.

    The decimal sign is that of the file: a comma only where all cells agree and it is not the delimiter.
    Raises Rejected for both signs in one file, for text, and for a value outside 0 to 100.01.
    """
    comma = next((cell for cell in cells if "," in cell.text), None)
    point = next((cell for cell in cells if "." in cell.text), None)
    if comma and (point or delimiter == ","):
        raise Rejected(
            expected=f"decimal points, as in {point.where} (“{point.text}”)" if point else "decimal points",
            found=f"“{comma.text}”",
            where=comma.where,
        )
    number = german_number if comma else plain_number
    readings = []
    for cell in cells:
        value, status = number(cell.text, cell.where)
        if value is not None and not 0 <= value <= LARGEST_PERCENTAGE:
            raise Rejected(expected="a percentage from 0 to 100", found=f"“{cell.text}”", where=cell.where)
        readings.append((value, status))
    return readings


def to_observations(
    dataset: str, variable: str, day: dt.date, cells: list[PercentCell], delimiter: str, basis: str
) -> list[tuple[object, ...]]:
    """One observation in `%` per cell, without sector. Raises Rejected as `percentages`."""
    readings = percentages(cells, delimiter)
    return [
        Observation(
            dataset=dataset,
            variable=variable,
            region_id=cell.region_id,
            sector_scheme=None,
            sector_id=None,
            dimensions=cell.dimensions,
            reference_date=day,
            value=value,
            unit="%",
            status=status,
            basis=basis,
            printed=cell.text,
            locator=cell.where,
        )
        for cell, (value, status) in zip(cells, readings, strict=True)
    ]


def remarks_on_end(file: ArrivedFile) -> list[Remark]:
    """A remark where the last line has no end: every known file of the packages closes it."""
    if file.text.endswith(("\n", "\r")):
        return []
    return [Remark("last_line_open", "The last line has no line end: its last cell may be cut off.")]


def _decode(file: ArrivedFile) -> Decoded:
    table = read_table(file)
    _refuse_municipalities(table)
    key_column, coverages = _columns(table.header)
    customer = _customer(base_name(file), {coverage.technology for coverage in coverages.values()})
    day = reference_date(file)
    rows, skipped = monitored_rows(table, key_column)
    dimensions = {column: dimensions_of(customer, coverage) for column, coverage in coverages.items()}
    cells = [
        PercentCell(region_id, text, row[column], f"line {line}, column {column + 1}")
        for region_id, region_rows in rows.items()
        for line, row in _only_row(region_id, region_rows)
        for column, text in dimensions.items()
    ]
    observations = to_observations(DATASET, VARIABLE, day, cells, table.delimiter, basis_of(day))
    low = {text for column, text in dimensions.items() if (coverages[column].min_mbit or LOW_RATE + 1) <= LOW_RATE}
    refuse_fractions(cell for cell in observations if Observation._make(cell).dimensions in low)
    return Decoded(
        observations=observations,
        source_id=SOURCE_ID[customer],
        period=day.isoformat(),
        layout=table.header,
        skipped=skipped,
        remarks=remarks_on_end(file) + _remarks_on_empty_columns(table.header, coverages, rows),
    )


def _recognises(file: ArrivedFile) -> bool:
    return any(coverage_of(header) for header in header_of(file))


def _refuse_municipalities(table: CsvTable) -> None:
    """Before the columns are looked at: municipal files have some of their own, which nobody need declare."""
    keys = [cells[n].strip() for n, text in enumerate(table.header) if text.lower() == "ags" for _, cells in table.rows]
    if keys and all(len(key) == 8 and key.isdecimal() for key in keys):
        raise municipalities(len(keys))


def _columns(header: tuple[str, ...]) -> tuple[int, dict[int, Coverage]]:
    """(position of the key column, coverage by position); each thing may stand there once."""
    keys, coverages = [], {}
    for column, text in enumerate(header):
        if text.lower() in KEY_COLUMNS:
            keys.append(column)
        elif coverage := coverage_of(text):
            coverages[column] = coverage
        else:
            raise Rejected(
                expected="`ags`, `staat`, `verf_<group>_<Mbit/s>` or `<technology> ≥ <rate> Mbit/s`",
                found=f"a column “{text}”",
                where=f"line 1, column {column + 1}",
            )
    if not coverages:
        raise Rejected(expected="columns of coverage", found=", ".join(header), where="line 1")
    if len(keys) != 1:
        raise Rejected(expected="one key column, `ags` or `staat`", found=f"{len(keys)}", where="line 1")
    if twice := [what for what, count in Counter(coverages.values()).items() if count > 1]:
        places = [f"{header[column]} (column {column + 1})" for column in coverages if coverages[column] in twice]
        raise Rejected(expected="every column once", found=", ".join(places), where="line 1")
    return keys[0], coverages


def _customer(name: str, technologies: set[str]) -> str:
    """`households` or `businesses`, from the file name and checked against what the columns can be about."""
    match = _CUSTOMER.search(name)
    named = match[1].lower() if match else ""
    if named == "gewerbe_gwg":
        raise Rejected(
            expected="households (`privat` in the name) or businesses (`gew`)",
            found=f"the name “{name}”",
            hint="`gewerbe_gwg` counts another set of businesses than `gew`; the two must not be mixed.",
        )
    of_households = bool(technologies & HOUSEHOLD_TECHNOLOGIES)
    customer = _CUSTOMER_IDS.get(named) or (HOUSEHOLDS if of_households else None)
    if customer is None:
        raise Rejected(
            expected="`privat` (households) or `gew` (businesses) in the file name",
            found=f"the name “{name}”",
            hint="The columns fit both: name the file <level>_<customer>_<year>_<1|2>.csv.",
        )
    if (customer == HOUSEHOLDS) != of_households:
        raise Rejected(
            expected=f"a file on {customer}, as its name “{name}” says",
            found="columns on all or on wireless technologies, which exist for households only"
            if of_households
            else "no column on all or on wireless technologies, which every file on households has",
            where="line 1",
        )
    return customer


def dimensions_of(customer: str, coverage: Coverage) -> str:
    rate = "" if coverage.min_mbit is None else f"min_mbit={coverage.min_mbit};"
    return f"customer={customer};{rate}technology={coverage.technology}"


def _only_row(region_id: str, rows: list[Line]) -> list[Line]:
    if len(rows) > 1:
        lines = ", ".join(f"line {line}" for line, _ in rows)
        raise Rejected(expected=f"one row for region {region_id}", found=f"{len(rows)}: {lines}", where=lines)
    return rows


def _remarks_on_empty_columns(header: tuple[str, ...], columns: Iterable[int], rows: Rows) -> list[Remark]:
    monitored = [cells for region_rows in rows.values() for _, cells in region_rows]
    empty = [header[column] for column in columns if not any(cells[column].strip() for cells in monitored)]
    text = f"No figure in {len(empty)} columns: {', '.join(empty)}"
    return [Remark("columns_empty", text)] if empty else []


def _day_in_name(name: str) -> dt.date | None:
    match = _HALF_YEAR.search(name)
    return month_end(int(match[1]), _LAST_MONTH[match[2].lower()]) if match else None


def _iso_day(period: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(period)
    except ValueError:
        return None  # a year or a span does not say which half-year


PRODUCT = Product(
    product_id="bnetza_breitbandatlas",
    looks_like="a Breitbandatlas CSV (columns `ags` or `staat`, then `verf_300_1000` and the like)",
    recognises=_recognises,
    decode=_decode,
)
