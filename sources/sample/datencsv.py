"""GENESIS datencsv: titles, header rows with an empty cell per key column, rows, quoted notes, `Stand`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sources.sample.sample_file import COPYRIGHT, SYNTHETIC

#: What a table prints: a number, a sign or a text.
Cell = int | str


def datencsv(
    first_line: str,
    title: Sequence[str],
    header: Sequence[Sequence[str]],
    rows: Iterable[Sequence[Cell]],
    stand: dt.date,
) -> bytes:
    """A whole file in Windows-1252. `title` lines are filled up to the width of the header."""
    width = len(header[0])
    lines = [first_line]
    for number, text in enumerate(title):
        lines.append((f"{SYNTHETIC}: {text}" if number == 0 else text) + ";" * (width - 1))
    lines += [";".join(cells) for cells in header]
    lines += [";".join(map(str, cells)) for cells in rows]
    lines += [
        "__________",
        '"zu ""gesamte Tabelle"":',
        f"{SYNTHETIC}, erzeugt ohne Bezug auf",
        'veröffentlichte Zahlen."',
        f'"{COPYRIGHT},',
        f'{stand.year}."',
        f"Stand: {stand:%d.%m.%Y} / 10:00:00",
        "",
    ]
    return "\n".join(lines).encode("cp1252")


def decimal(value: float, places: int = 1) -> str:
    """A number with decimal comma."""
    return f"{value:.{places}f}".replace(".", ",")


def span(*groups: tuple[str, int]) -> list[str]:
    """A header row: each text repeated over its columns; datencsv knows no merged cells."""
    return [text for text, columns in groups for _ in range(columns)]
