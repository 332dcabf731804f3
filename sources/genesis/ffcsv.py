"""Decoder of ffcsv, the flat files of GENESIS: new dialect (V5, one value per line) and old one (V4, wide).

Everything is matched by GENESIS code. The file names its statistic but not its table: that is the declared
table with these variable and classification codes; where several fit, the file name decides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from sources.arrived_file import ArrivedFile
from sources.cells import QUALITY_STATUS, SIGN_STATUS, german_number
from sources.genesis.harvest import LOST_ZEROS, Harvest, Subject, place_of_code, reference_date, subject
from sources.genesis.table import Classification, Found, Table, Variable, normal, table_of, tables, undeclared
from sources.product import Decoded
from sources.region_label import require_own_name
from sources.rejected import Rejected

REGION_CODES = frozenset({"KREISE", "REGBEZ", "DLAND", "DINSG", "GEMEIN"})
_TABLE_CODE = re.compile(r"\d{5}-\d{2}-\d{2}-\d(?:-B)?|\d{5}-\d{2,3}[a-z]{1,2}")
_STATISTIC = re.compile(r"\d{5}")

Row = tuple[int, list[str]]


class Dialect(NamedTuple):
    """Column names, normalised; `group` is a classification of a row, numbered from 1."""

    statistic: str
    time: str
    plain: frozenset[str]
    group: re.Pattern[str]
    group_code: str
    category_code: str
    category_label: str


NEW = Dialect(
    statistic="statistics_code",
    time="time",
    plain=frozenset(
        {
            *("statistics_code", "statistics_label", "time_code", "time_label", "time"),
            *("value", "value_unit", "value_variable_code", "value_variable_label", "value_q"),
        }
    ),
    group=re.compile(r"(\d+)_variable_(?:attribute_)?(?:code|label)"),
    group_code="{}_variable_code",
    category_code="{}_variable_attribute_code",
    category_label="{}_variable_attribute_label",
)
OLD = Dialect(
    statistic="statistik_code",
    time="zeit",
    plain=frozenset({"statistik_code", "statistik_label", "zeit_code", "zeit_label", "zeit"}),
    group=re.compile(r"(\d+)_(?:merkmal|auspraegung)_(?:code|label)"),
    group_code="{}_merkmal_code",
    category_code="{}_auspraegung_code",
    category_label="{}_auspraegung_label",
)
#: The old dialect was last seen in a file of 2024-12-03, the new one first in files of the day after this.
OLD_UNTIL = dt.date(2025, 4, 9)
#: Header of a value column of the old dialect, `BEVSTD__Bevoelkerungsstand__Anzahl`: code, label, unit.
_OLD_VALUE = re.compile(r"(?P<code>[A-Z][A-Z0-9]*)__(?P<label>.*)__(?P<unit>.+)")


class Group(NamedTuple):
    """Column indices of one classification of a row."""

    code: int
    category: int
    label: int


class OldValue(NamedTuple):
    """A value column of the old dialect."""

    position: int
    code: str
    unit: str


class Sheet(NamedTuple):
    """Header and rows; `column` by normalised name; `values` only in the old dialect."""

    dialect: Dialect
    column: dict[str, int]
    groups: list[Group]
    values: list[OldValue]
    rows: list[Row]
    header: list[str]


def recognises(file: ArrivedFile) -> bool:
    if file.kind != "text":
        return False
    first = next((line for line in file.head_lines if line.strip()), "")
    names = {normal(cell.strip('"')) for cell in first.split(";")}
    return NEW.statistic in names or OLD.statistic in names


def decode(file: ArrivedFile) -> Decoded:
    """Observations of a declared table; raises Rejected where the file says anything that is not declared."""
    sheet = _sheet(file)
    table = _identify(sheet, _statistic(sheet), file.name)
    harvest = Harvest(table)
    read = _read_new if sheet.dialect is NEW else _read_old
    read(harvest, sheet)
    return harvest.decoded(
        tuple(normal(name) for name in sheet.header),
        file_name=file.name,
        has_footer=False,
        retrieved_by=OLD_UNTIL if sheet.dialect is OLD else None,
    )


def _sheet(file: ArrivedFile) -> Sheet:
    rows = [(line, cells) for line, cells in file.rows() if cells]
    if not rows:
        raise Rejected(expected="a header with statistics_code", found="an empty file")
    header = rows[0][1]
    column: dict[str, int] = {}
    for index, name in enumerate(header):
        if column.setdefault(normal(name), index) != index:
            raise Rejected(expected="each column once", found=f"“{name}” again", where=f"line 1, column {index + 1}")
    dialect = NEW if NEW.statistic in column else OLD
    groups = _groups(dialect, column)
    sheet = Sheet(dialect, column, groups, _old_values(dialect, header), rows[1:], header)
    _check_header(sheet)
    _check_rows(sheet, file.text)
    return sheet


def _groups(dialect: Dialect, column: dict[str, int]) -> list[Group]:
    numbers = sorted({int(match[1]) for name in column if (match := dialect.group.fullmatch(name))})
    names = (dialect.group_code, dialect.category_code, dialect.category_label)
    groups = []
    for number in numbers:
        wanted = [name.format(number) for name in names]
        _require(column, wanted)
        groups.append(Group(*(column[name] for name in wanted)))
    return groups


def _require(column: dict[str, int], names: list[str]) -> None:
    if missing := [name for name in names if name not in column]:
        raise Rejected(expected=f"a column {missing[0]}", found=f"only {', '.join(list(column)[:30])}", where="line 1")


def _old_values(dialect: Dialect, header: list[str]) -> list[OldValue]:
    if dialect is NEW:
        return []
    matches = [(index, _OLD_VALUE.fullmatch(name.strip())) for index, name in enumerate(header)]
    return [OldValue(index, m["code"], m["unit"].replace("_", " ")) for index, m in matches if m]


def _check_header(sheet: Sheet) -> None:
    dialect = sheet.dialect
    _require(sheet.column, [*sorted(dialect.plain - {"value_q"}), dialect.group_code.format(1)])
    values = {value.position for value in sheet.values}
    for name, index in sheet.column.items():
        if name not in dialect.plain and index not in values and not dialect.group.fullmatch(name):
            raise Rejected(
                expected="a column of a GENESIS flat file",
                found=f"“{sheet.header[index]}”",
                where=f"line 1, column {index + 1}",
            )
    if dialect is OLD and not values:
        raise Rejected(
            expected="a value column such as BEVSTD__Bevoelkerungsstand__Anzahl", found="none", where="line 1"
        )


def _check_rows(sheet: Sheet, text: str) -> None:
    width = len(sheet.header)
    for line, cells in sheet.rows:
        if len(cells) != width:
            raise Rejected(
                expected=f"{width} cells",
                found=f"{len(cells)}: {';'.join(cells)}",
                where=f"line {line}",
                hint="The line is cut off or shifted: download the file again.",
            )
    if not sheet.rows or not text.endswith(("\n", "\r")):
        line, cells = sheet.rows[-1] if sheet.rows else (1, [])
        raise Rejected(
            expected="rows, with a line end after the last one",
            found=";".join(cells) or "none",
            where=f"line {line}",
            hint="The file is cut off: download it again.",
        )


# --- which table it is


def _statistic(sheet: Sheet) -> str:
    """The statistic of all rows; raises Rejected at the first row without it."""
    index = sheet.column[sheet.dialect.statistic]
    statistic = sheet.rows[0][1][index]
    for line, cells in sheet.rows:
        if cells[index] != statistic or not _STATISTIC.fullmatch(statistic):
            expected = statistic if _STATISTIC.fullmatch(statistic) else "a code of five digits"
            raise Rejected(
                expected=f"the code of the statistic ({expected})",
                found=f"“{cells[index]}” in: {';'.join(cells)}",
                where=f"line {line}, column {index + 1}",
                hint="The row is shifted: download the file again.",
            )
    return statistic


def _identify(sheet: Sheet, statistic: str, file_name: str) -> Table:
    """The declared table with the codes of the file, else the one most like it: it will name the fault."""
    named = [match for match in _TABLE_CODE.findall(file_name) if match.startswith(f"{statistic}-")]
    titled = table_of(named[0], "the file name") if named else None
    variables, classifications = _codes(sheet)
    declared = [table for table in tables().values() if table.statistic == statistic and table.has_codes]
    candidates = [
        table
        for table in declared
        if variables <= table.variable_by_code.keys() and classifications == table.classification_by_code.keys()
    ]
    if not candidates and (titled is None or titled.has_codes):
        candidates = _most_alike(variables | classifications, declared)
    if len(candidates) > 1:
        candidates = [table for table in candidates if table is titled]
    if len(candidates) == 1:
        return candidates[0]
    if titled and not titled.has_codes:
        raise Rejected(
            expected=f"table {titled.code} as CSV (datencsv): its GENESIS codes are not declared",
            found=f"a flat file (ffcsv) with the codes {', '.join(sorted(variables | classifications))}",
            hint="Download the table again as CSV, or add its codes to sources/genesis/tables.yaml.",
        )
    raise Rejected(
        expected=f"the codes of one declared table of statistic {statistic}",
        found=f"{', '.join(sorted(variables | classifications))} in {file_name}",
        hint="It needs a declaration with GENESIS codes in sources/genesis/tables.yaml;"
        " where several tables have these codes, name the file after its table.",
    )


def _most_alike(codes: set[str], declared: list[Table]) -> list[Table]:
    """The tables that share codes and differ in the fewest."""
    differing: dict[int, list[Table]] = {}
    for table in declared:
        own = table.variable_by_code.keys() | table.classification_by_code.keys()
        if codes & own:
            differing.setdefault(len(codes ^ own), []).append(table)
    return differing[min(differing)] if differing else []


def _codes(sheet: Sheet) -> tuple[set[str], set[str]]:
    """The variable codes and the classification codes (without regions) that occur."""
    classifications = {cells[group.code] for _, cells in sheet.rows for group in sheet.groups}
    if sheet.dialect is OLD:
        variables = {value.code for value in sheet.values}
    else:
        index = sheet.column["value_variable_code"]
        variables = {cells[index] for _, cells in sheet.rows}
    return variables, classifications - REGION_CODES - {""}


# --- rows


def _read_new(harvest: Harvest, sheet: Sheet) -> None:
    table = harvest.table
    value, unit = sheet.column["value"], sheet.column["value_unit"]
    code, quality = sheet.column["value_variable_code"], sheet.column.get("value_q")
    ignored = frozenset(map(normal, table.ignored_units))
    subjects: dict[tuple[str, ...], Subject] = {}
    for line, cells, region_id, date in _monitored_rows(harvest, sheet):
        key = (cells[code], cells[unit], *_group_codes(sheet, cells))
        if key not in subjects:
            variable = _variable(table, cells[code], f"line {line}, column {code + 1}")
            if normal(cells[unit]) in ignored and not variable.has_unit(cells[unit]):
                harvest.skipped[f"row in {cells[unit]}"] += 1
                continue
            _check_unit(table, variable, cells[unit], f"line {line}, column {unit + 1}")
            subjects[key] = subject(variable, _categories(table, sheet, cells, line))
        where = f"line {line}, column {value + 1}"
        figure = _figure(cells[value], cells[quality] if quality is not None else "", where)
        harvest.add(subjects[key], region_id, date, figure, cells[value], where)


def _read_old(harvest: Harvest, sheet: Sheet) -> None:
    table = harvest.table
    variables = [_variable(table, v.code, f"line 1, column {v.position + 1}") for v in sheet.values]
    for variable, value in zip(variables, sheet.values, strict=True):
        _check_unit(table, variable, value.unit, f"line 1, column {value.position + 1}")
    subjects: dict[tuple[str, ...], list[Subject]] = {}
    for line, cells, region_id, date in _monitored_rows(harvest, sheet):
        key = _group_codes(sheet, cells)
        if key not in subjects:
            categories = _categories(table, sheet, cells, line)
            subjects[key] = [subject(variable, categories) for variable in variables]
        for value, about in zip(sheet.values, subjects[key], strict=True):
            where = f"line {line}, column {value.position + 1}"
            printed = cells[value.position]
            harvest.add(about, region_id, date, german_number(printed, where), printed, where)


def _monitored_rows(harvest: Harvest, sheet: Sheet) -> Iterator[tuple[int, list[str], str, dt.date]]:
    """(line, cells, region_id, reference date) of the rows of monitored regions; counts the others."""
    time = sheet.column[sheet.dialect.time]
    dates: dict[str, dt.date] = {}
    for line, cells in sheet.rows:
        group = _region_group(sheet, line, cells)
        index = group.category
        code = cells[index].strip()
        harvest.rows[code] += 1
        place = place_of_code(code)
        if place is None:
            raise Rejected(
                expected="a region code: DG or an AGS of 2, 3, 5 or 8 digits",
                found=f"“{cells[index]}”",
                where=f"line {line}, column {index + 1}",
                hint=LOST_ZEROS,
            )
        if place.region_id is None:
            harvest.skipped[place.reason] += 1
            continue
        require_own_name(place.region_id, cells[group.label], f"line {line}, column {group.label + 1}")
        text = cells[time]
        if text not in dates:
            dates[text] = _date(harvest.table, text, f"line {line}, column {time + 1}")
        yield line, cells, place.region_id, dates[text]


def _region_group(sheet: Sheet, line: int, cells: list[str]) -> Group:
    groups = [group for group in sheet.groups if cells[group.code] in REGION_CODES]
    if len(groups) == 1:
        return groups[0]
    raise Rejected(
        expected=f"one region among the classifications ({', '.join(sorted(REGION_CODES))})",
        found=f"{len(groups)} in: {';'.join(cells)}",
        where=f"line {line}",
    )


def _date(table: Table, text: str, where: str) -> dt.date:
    if date := reference_date(text, table.time):
        return date
    raise Rejected(expected=f"a time ({table.time})", found=f"“{text}”", where=where)


def _variable(table: Table, code: str, where: str) -> Variable:
    if code in table.variable_by_code:
        return table.variable_by_code[code]
    raise undeclared("variable code", code, table.variable_by_code, where, table)


def _check_unit(table: Table, variable: Variable, unit: str, where: str) -> None:
    if not variable.has_unit(unit):
        raise undeclared(f"unit of {variable.name}", unit, variable.units, where, table)


def _group_codes(sheet: Sheet, cells: list[str]) -> tuple[str, ...]:
    """The classifications and categories of a row, regions left out."""
    return tuple(
        code
        for group in sheet.groups
        if cells[group.code] not in REGION_CODES
        for code in (cells[group.code], cells[group.category])
    )


def _categories(table: Table, sheet: Sheet, cells: list[str], line: int) -> list[tuple[Classification, Found]]:
    """The categories of a row; an empty code of a category is the total."""
    categories = []
    for group in sheet.groups:
        code = cells[group.code]
        if not code or code in REGION_CODES:
            continue
        classification = table.classification_by_code.get(code)
        if classification is None:
            where = f"line {line}, column {group.code + 1}"
            raise undeclared("classification code", code, table.classification_by_code, where, table)
        categories.append((classification, _found(table, classification, group, cells, line)))
    return categories


def _found(table: Table, classification: Classification, group: Group, cells: list[str], line: int) -> Found:
    code = cells[group.category]
    if not code:
        return classification.total
    found = classification.find(code)
    if found is None and classification.rule:
        found = classification.find(cells[group.label])
    if found is None:
        where = f"line {line}, column {group.category + 1}"
        raise undeclared(f"category of {classification.dimension}", code, classification.wordings, where, table)
    return found


def _figure(printed: str, quality: str, where: str) -> tuple[float | None, str]:
    """(value, status) of a value and the quality sign that may stand in a column of its own.

    A sign for a missing figure counts in either column: beside it stands nothing, a sign, or a 0
    that is no figure.
    """
    sign = quality.strip()
    if sign in QUALITY_STATUS and printed.strip() not in SIGN_STATUS:
        return german_number(f"{printed.strip()}{sign}", where)
    if sign not in QUALITY_STATUS and sign not in SIGN_STATUS and sign != "()":
        raise Rejected(expected="a quality sign ( p r s e () . - / x ... )", found=f"“{quality}”", where=where)
    if not sign or sign not in SIGN_STATUS:
        return german_number(printed, where)
    if printed.strip() in SIGN_STATUS and printed.strip():
        return german_number(printed, where)
    if printed.strip() and german_number(printed, where)[0] != 0:
        raise Rejected(expected=f"no figure beside the quality sign “{sign}”", found=printed, where=where)
    return german_number(sign, where)
