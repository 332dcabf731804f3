"""The files behind a exhibit. CSV opens with a double click where the page's language is at home: German files have
semicolons and decimal commas, English ones commas and points; both are UTF-8 with a byte order mark, which Excel needs.
JSON is the same for every program: numbers as numbers, bounds and status of each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

from monitor.exhibit import Cell, Column, Exhibit, Raw, Table
from monitor.texts import Lang, Texts
from warehouse.formula import harmless

#: Folder of the downloads, below the folder of the language.
DOWNLOADS = "daten"
#: The page of the expectations that were checked, below the site; both languages are on it.
DATA_DOCS = f"{DOWNLOADS}/data-docs.html"


def csv_bytes(header: list[str], rows: list[list[Raw]], lang: Lang) -> bytes:
    """A table as CSV; texts that a spreadsheet would take for a formula get a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if lang == "de" else ",", lineterminator="\r\n")
    writer.writerow([_csv_cell(name, lang) for name in header])
    writer.writerows([_csv_cell(cell, lang) for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _csv_cell(raw: Raw, lang: Lang) -> str:
    if raw is None:
        return ""
    if isinstance(raw, (int, float)):
        number = f"{raw:.15g}"
        return number.replace(".", ",") if lang == "de" else number
    return harmless(str(raw))


def json_bytes(header: list[str], rows: list[list[Raw]]) -> bytes:
    """A table as JSON: a list of objects, days as text."""
    content = [dict(zip(header, map(_plain, row), strict=True)) for row in rows]
    return (json.dumps(content, ensure_ascii=False, indent=0) + "\n").encode()


def _plain(raw: Raw) -> str | int | float | None:
    return raw.isoformat() if isinstance(raw, dt.date) else raw


def table_csv(table: Table, lang: Lang) -> bytes:
    """A shown table as CSV: an interval has columns for its bounds."""
    t = Texts(lang)
    header = [name for column in table.columns for name in _names(column, t)]
    rows = [
        [raw for column, cell in zip(table.columns, row, strict=True) for raw in _raws(column, cell)]
        for row in table.rows
    ]
    return csv_bytes(header, rows, lang)


def _names(column: Column, t: Texts) -> Iterator[str]:
    yield column.label
    if column.interval:
        yield from (f"{column.label}, {t(key)}" for key in ("download.lower", "download.upper", "download.status"))


def _raws(column: Column, cell: Cell) -> Iterator[Raw]:
    yield cell.text if cell.raw is None and not column.numeric else cell.raw
    if column.interval:
        yield from (cell.lower, cell.upper, cell.status or None)


def exhibit_json(exhibit: Exhibit, citation: str) -> bytes:
    """An exhibit as JSON: what it is, how to cite it, and its rows by column."""
    content = {
        "title": exhibit.title,
        "unit": exhibit.unit,
        "date": exhibit.date,
        "source": exhibit.source,
        "known_from": exhibit.vintage,
        "note": exhibit.note,
        "citation": citation,
        "rows": [
            {column.label: _json_cell(column, cell) for column, cell in zip(exhibit.table.columns, row, strict=True)}
            for row in exhibit.table.rows
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _json_cell(column: Column, cell: Cell) -> Any:
    value = _plain(cell.raw)
    if column.interval:
        return {"value": value, "lower": cell.lower, "upper": cell.upper, "status": cell.status or None}
    return cell.text if value is None and not column.numeric else value
