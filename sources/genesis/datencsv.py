"""Decoder of datencsv: title lines, header rows that begin with the empty key cells, data rows, footer.

Layout as in the files of Landesdatenbank NRW and Regionaldatenbank Deutschland. A value column is what its
header texts say, a key column what its cells are: time, region, category or a mere name. Their order is free.
The time stands in a key column, in a line above the header (`Stichtag: 30.06.2020`) or in the header.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from reference.regions import normal_label, region_by_label
from sources.arrived_file import ArrivedFile
from sources.cells import german_day, german_number
from sources.genesis.harvest import LOST_ZEROS, Harvest, Place, Subject, place_of_code, reference_date, subject
from sources.genesis.table import Classification, Found, Table, Variable, normal, table_of, undeclared
from sources.product import Decoded
from sources.region_label import require_own_name
from sources.rejected import Rejected

FIRST_LINE = re.compile(r"(?:GENESIS-)?(?:Tabelle:|(?P<english>Table:)(?=\s*[0-9]{5}-))\s*(?P<code>\S+)", re.IGNORECASE)
_FOOTER = "_____"
_TITLE_WITH_UNIT = re.compile(r"(.*\S)\s*\(([^()]+)\)")
_RETRIEVED = re.compile(r"Stand:\s*(\d{2}\.\d{2}\.\d{4})(\s*/.*)?")
#: Header texts that only announce the times below them.
_TIME_CAPTIONS = frozenset({"stichtag", "jahr"})

Row = tuple[int, list[str]]
Category = tuple[Classification, Found]


class Sheet(NamedTuple):
    """The parts of a file; a row is (line number, cells)."""

    code: str
    titles: list[Row]
    header: list[Row]
    data: list[Row]
    footer: list[Row]
    has_footer: bool


class Column(NamedTuple):
    """A value column and what its header says; `date` only where the header holds the time.

    text    header texts without times, normalised
    """

    position: int
    variable: Variable
    categories: list[Category]
    date: dt.date | None
    text: str


class Keys(NamedTuple):
    """Which key column is what; `time` is None where the time stands elsewhere."""

    time: int | None
    region: int
    categories: list[tuple[int, Classification]]


def recognises(file: ArrivedFile) -> bool:
    if file.kind != "text":
        return False
    first = next((line for line in file.head_lines if line.strip()), "")
    return FIRST_LINE.match(first.lstrip('" ')) is not None


def decode(file: ArrivedFile) -> Decoded:
    """Observations of a declared table; raises Rejected where the file says anything that is not declared."""
    sheet = _split(list(file.rows()))
    table = table_of(sheet.code, "line 1")
    if not sheet.has_footer and not file.text.endswith(("\n", "\r")):
        line, cells = (sheet.data or sheet.header)[-1]
        raise Rejected(
            expected="a footer, or at least a line end after the last row",
            found=";".join(cells),
            where=f"line {line}",
            hint="The file is cut off: download it again.",
        )
    columns = _columns(table, sheet)
    keys = _keys(table, sheet, columns[0].position)
    harvest = Harvest(table)
    _read_data(harvest, columns, keys, sheet)
    return harvest.decoded(
        tuple(dict.fromkeys(column.text for column in columns)),
        file_name=file.name,
        has_footer=sheet.has_footer,
        retrieved_on=_retrieved_on(sheet.footer),
    )


def _split(rows: list[Row]) -> Sheet:
    rows = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    match = FIRST_LINE.match(rows[0][1][0].strip()) if rows else None
    if match is None:
        raise Rejected(
            expected="“Tabelle: <code>” or “GENESIS-Tabelle: <code>”",
            found=";".join(rows[0][1]) if rows else "an empty file",
            where="line 1",
        )
    if match["english"]:
        raise Rejected(
            expected="a table in German (“Tabelle: <code>”)",
            found=f"one in English (“{match[0]}”), whose labels and decimal signs are others",
            where="line 1",
            hint="Download it again in German (language=de).",
        )
    end = next((i for i, (_, cells) in enumerate(rows) if cells[0].startswith(_FOOTER)), len(rows))
    body = rows[1:end]
    start = next((i for i, row in enumerate(body) if _is_header(row)), None)
    if start is None:
        raise Rejected(
            expected="header rows that begin with empty key cells (“;;”)",
            found="none",
            hint="The file is cut off, or its layout is new.",
        )
    stop = next((i for i, row in enumerate(body[start:], start) if not _is_header(row)), len(body))
    return Sheet(
        code=match["code"].rstrip(";"),
        titles=body[:start],
        header=body[start:stop],
        data=body[stop:],
        footer=rows[end + 1 :],
        has_footer=end < len(rows),
    )


def _is_header(row: Row) -> bool:
    cells = row[1]
    return len(cells) > 2 and not cells[0].strip() and not cells[1].strip()


def _key_count(sheet: Sheet) -> int:
    """Number of key columns: the empty cells all header rows begin with."""
    return min(next(i for i, cell in enumerate(cells) if cell.strip()) for _, cells in sheet.header)


# --- value columns: what the header texts say


def _columns(table: Table, sheet: Sheet) -> list[Column]:
    width = len(sheet.header[0][1])
    for line, cells in sheet.header:
        if len(cells) != width:
            raise Rejected(
                expected=f"{width} cells as in line {sheet.header[0][0]}",
                found=f"{len(cells)} cells",
                where=f"line {line}",
            )
    texts, units = _header_and_units(table, sheet.header)
    default, default_unit = _titled_variable(table, sheet.titles)
    columns = []
    for index in range(_key_count(sheet), width):
        column = _column(table, index, texts, default)
        unit = (units[0], units[1][index]) if units else default_unit
        _check_unit(table, column, unit)
        columns.append(column)
    return columns


def _header_and_units(table: Table, header: list[Row]) -> tuple[list[Row], Row | None]:
    """Header rows without the unit row, and the unit row: the last, if a cell of it is a declared unit."""
    if any(normal(cell) in table.unit_set for cell in header[-1][1]):
        return header[:-1], header[-1]
    return header, None


def _titled_variable(table: Table, titles: list[Row]) -> tuple[Variable | None, tuple[int, str] | None]:
    """Variable and unit of a title line such as `Absolventen/Abgänger (Anzahl)`, else (None, None)."""
    for line, cells in titles:
        match = _TITLE_WITH_UNIT.fullmatch(cells[0].strip())
        if match and (variable := table.variable_by_header.get(normal(match[1]))):
            return variable, (line, match[2])
    return None, None


def _column(table: Table, index: int, header: list[Row], default: Variable | None) -> Column:
    variable: Variable | None = None
    categories: list[Category] = []
    date: dt.date | None = None
    texts = [(line, cells[index].strip()) for line, cells in header if cells[index].strip()]
    for line, text in texts:
        if found := table.variable_by_header.get(normal(text)):
            variable = found
        elif category := table.category(text):
            categories.append(category)
        elif time := reference_date(text, table.time):
            date = time
        elif normal(text) not in table.caption_set | _TIME_CAPTIONS:
            where = f"line {line}, column {index + 1}"
            raise undeclared("header text", text, table.header_wordings, where, table)
    variable = variable or default
    if variable is None:
        raise Rejected(
            expected=f"the name of a variable of table {table.code} in header or title",
            found=" / ".join(text for _, text in texts) or "an empty header",
            where=f"line {header[0][0] if header else 1}, column {index + 1}",
        )
    layout = " | ".join(normal(text) for _, text in texts if not reference_date(text, table.time))
    return Column(index, variable, categories, date, layout)


def _check_unit(table: Table, column: Column, unit: tuple[int, str] | None) -> None:
    if unit is None:
        raise Rejected(
            expected=f"a row or a title line with the unit of {column.variable.name}",
            found="no declared unit",
            where=f"column {column.position + 1}",
        )
    line, text = unit
    if not column.variable.has_unit(text):
        where = f"line {line}, column {column.position + 1}"
        raise undeclared(f"unit of {column.variable.name}", text.strip(), column.variable.units, where, table)


# --- key columns: what their cells are


def _keys(table: Table, sheet: Sheet, count: int) -> Keys:
    """Roles of the key columns: each the one that at least half of its different cells fit."""
    if not sheet.data:
        raise Rejected(expected="data rows below the header", found="none", where=f"line {sheet.header[-1][0]}")
    texts = [{row[i].strip() for _, row in sheet.data if i < len(row)} for i in range(count)]

    def fitting(fits: Callable[[str], object]) -> list[int]:
        return [i for i in range(count) if 2 * _number(fits, texts[i]) >= len(texts[i])]

    times = fitting(lambda text: reference_date(text, table.time))
    regions = [i for i in fitting(lambda text: _place(table, text)) if i not in times]
    if len(regions) != 1 or len(times) > 1:
        raise Rejected(
            expected=f"one key column with region {table.regions}s and at most one with times ({table.time})",
            found=f"{len(regions)} and {len(times)} among {count} key columns",
            where=f"line {sheet.data[0][0]}",
            hint=LOST_ZEROS if not regions and table.regions == "code" else "",
        )
    categories: dict[int, Classification] = {}
    for classification in table.classifications:
        for i in fitting(classification.find):
            rival = categories.get(i)
            if rival is None or _number(classification.find, texts[i]) > _number(rival.find, texts[i]):
                categories[i] = classification
    roles = [(i, c) for i, c in categories.items() if i not in (*times, *regions)]
    return Keys(times[0] if times else None, regions[0], roles)


def _number(fits: Callable[[str], object], texts: set[str]) -> int:
    return sum(bool(fits(text)) for text in texts)


def _place(table: Table, text: str) -> Place | None:
    return place_of_code(text) if table.regions == "code" else _place_of_label(table, text)


def _place_of_label(table: Table, label: str) -> Place | None:
    name = normal_label(label)
    if name in region_by_label():
        return Place(region_by_label()[name])
    if name.endswith(", regierungsbezirk"):
        return Place(None, "Regierungsbezirk")
    if name in map(normal_label, table.skipped_regions):
        return Place(None, "dissolved Kreis or part of a Kreis")
    return None


# --- data rows


def _read_data(harvest: Harvest, columns: list[Column], keys: Keys, sheet: Sheet) -> None:
    table = harvest.table
    titled = _titled_time(table, sheet.titles)
    places: dict[str, Place] = {}
    subjects: dict[tuple[str, ...], list[Subject]] = {}
    width = columns[-1].position + 1
    known = {keys.time, keys.region, *(i for i, _ in keys.categories)}
    names = [i for i in range(columns[0].position) if i not in known] if table.regions == "code" else []
    for line, cells in sheet.data:
        if len(cells) != width:
            raise Rejected(
                expected=f"{width} cells",
                found=f"{len(cells)}: {';'.join(cells)}",
                where=f"line {line}",
                hint="The line is cut off or shifted: download the file again.",
            )
        name = cells[keys.region].strip()
        harvest.rows[name] += 1
        if name not in places:
            places[name] = _known_place(table, name, f"line {line}, column {keys.region + 1}")
        region_id, reason = places[name]
        if region_id is None:
            harvest.skipped[reason] += 1
            continue
        for i in names:
            require_own_name(region_id, cells[i], f"line {line}, column {i + 1}")
        labels = tuple(cells[i] for i, _ in keys.categories)
        if labels not in subjects:
            categories = _row_categories(table, keys, line, cells)
            subjects[labels] = [subject(c.variable, [*categories, *c.categories]) for c in columns]
        date = titled if keys.time is None else _time(table, cells, line, keys.time)
        for column, about in zip(columns, subjects[labels], strict=True):
            where = f"line {line}, column {column.position + 1}"
            printed = cells[column.position]
            when = column.date or date or _no_time(table, where)
            harvest.add(about, region_id, when, german_number(printed, where), printed, where)


def _known_place(table: Table, name: str, where: str) -> Place:
    place = _place(table, name)
    if place is not None:
        return place
    if table.regions == "label":
        raise undeclared("region name", name, [*region_by_label(), *table.skipped_regions], where, table)
    raise Rejected(
        expected="a region code: DG or an AGS of 2, 3, 5 or 8 digits",
        found=f"“{name}”",
        where=where,
        hint=LOST_ZEROS,
    )


def _row_categories(table: Table, keys: Keys, line: int, cells: list[str]) -> list[Category]:
    """The categories a row is about. A code and a label column of one classification must not disagree."""
    categories: dict[str, Category] = {}
    for index, classification in keys.categories:
        found = classification.find(cells[index])
        if found is None:
            continue
        first = categories.setdefault(classification.dimension, (classification, found))
        if first[1] != found:
            raise Rejected(
                expected=f"the label of {classification.dimension} {first[1].name}",
                found=f"“{cells[index].strip()}”",
                where=f"line {line}, column {index + 1}",
            )
    for index, classification in keys.categories:
        if classification.dimension not in categories:
            where = f"line {line}, column {index + 1}"
            what = f"category of {classification.dimension}"
            raise undeclared(what, cells[index].strip(), classification.wordings, where, table)
    return list(categories.values())


def _titled_time(table: Table, titles: list[Row]) -> dt.date | None:
    """The time of a title line that holds nothing else: `2015` or `Stichtag: 30.06.2020`."""
    for _, cells in titles:
        caption, _, text = cells[0].rpartition(":")
        if normal(caption) in _TIME_CAPTIONS | {""} and (date := reference_date(text, table.time)):
            return date
    return None


def _time(table: Table, cells: list[str], line: int, index: int) -> dt.date:
    if date := reference_date(cells[index], table.time):
        return date
    raise Rejected(
        expected=f"a time ({table.time})", found=f"“{cells[index]}”", where=f"line {line}, column {index + 1}"
    )


def _no_time(table: Table, where: str) -> NoReturn:
    raise Rejected(
        expected=f"a time ({table.time}) in a key column, a title line or the header",
        found="none",
        where=where,
    )


def _retrieved_on(footer: list[Row]) -> dt.date | None:
    """The day of the footer line `Stand: 17.08.2021 / 20:27:28`, which is the moment of retrieval."""
    for _, cells in reversed(footer):
        if match := _RETRIEVED.fullmatch(cells[0].strip()):
            return german_day(match[1])
    return None
