"""Delimited text: encodings, lines, columns, headers, cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from random import Random

from tests.attacks.mutants import Effect, Mutant, Mutation
from tests.attacks.rereading import TextRow
from tests.attacks.seeds import Seed

#: (start, end, new text)
Edit = tuple[int, int, str]


def edited(text: str, edits: Iterable[Edit]) -> str:
    parts, last = [], 0
    for start, end, new in sorted(edits):
        parts += [text[last:start], new]
        last = end
    return "".join([*parts, text[last:]])


def in_bytes(seed: Seed, text: str) -> bytes:
    """Text in the encoding of its seed."""
    if seed.content.startswith(b"\xef\xbb\xbf"):
        return text.encode("utf-8-sig")
    try:
        seed.content.decode()
    except UnicodeDecodeError:
        return text.encode("cp1252", errors="replace")
    return text.encode()


def _mutant(seed: Seed, text: str, effect: Effect, note: str = "", targets: Iterable[str] = ()) -> Mutant:
    return Mutant(in_bytes(seed, text), effect, note, frozenset(targets))


# --- where things stand


def _raw(seed: Seed, row: TextRow) -> str:
    return seed.text[row.start : row.end]


def _is_ordered(seed: Seed) -> bool:
    """Tables whose rows lean on the row above."""
    return seed.product_id == "ba_statistik_api"


# --- the whole text


def other_encoding(random: Random, seed: Seed) -> Mutant | None:
    encoding = random.choice(("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-32", "utf-7"))
    try:
        return Mutant(seed.text.encode(encoding), "same", encoding)
    except UnicodeEncodeError:
        return None


def mixed_encodings(random: Random, seed: Seed) -> Mutant:
    """Two exports pasted into one file."""
    cut = random.randrange(len(seed.text))
    first, second = random.choice((("utf-8", "cp1252"), ("cp1252", "utf-8"), ("utf-8", "utf-16-le")))
    content = seed.text[:cut].encode(first, errors="replace") + seed.text[cut:].encode(second, errors="replace")
    return Mutant(content, "same", f"{first} then {second} from character {cut}")


def second_byte_order_mark(random: Random, seed: Seed) -> Mutant:
    rows = random.choice((seed.table.rows[:1], seed.table.rows))
    text = edited(seed.text, [(row.start, row.start, "\ufeff") for row in rows])
    return _mutant(seed, text, "same", f"{len(rows)} rows")


def other_line_ends(random: Random, seed: Seed) -> Mutant:
    ends = random.choice((["\r\n"], ["\r"], ["\n"], ["\n", "\r\n"], ["\r\r\n"], ["\n\r"], ["\u2028"], ["\x0b"]))
    text = re.sub(r"\r\n|\n|\r", lambda _: random.choice(ends), seed.text)
    return _mutant(seed, text, "same", repr(ends))


def blank_lines(random: Random, seed: Seed) -> Mutant:
    rows = random.choices(seed.table.rows, k=random.choice((1, 3, 20)))
    blank = random.choice(("\n", "\r\n", " \n", ";;;;\n", "\t\n"))
    text = edited(seed.text, {(row.start, row.start, blank) for row in rows})
    return _mutant(seed, text, "same", f"{blank!r} before {sorted(row.line for row in rows)[:5]}")


def other_delimiter(random: Random, seed: Seed) -> Mutant:
    new = random.choice([sign for sign in ";,\t|" if sign != seed.table.delimiter])
    spans = [(cell.end, cell.end + 1, new) for row in seed.table.rows for cell in row.cells[:-1]]
    text = edited(seed.text, spans)
    return _mutant(seed, text, "any" if new == "," else "same", repr(new))


def spaces_around_delimiters(random: Random, seed: Seed) -> Mutant:
    pad = random.choice((" ", "  ", "\u00a0", "\t" if seed.table.delimiter != "\t" else " "))
    cells = [cell for row in seed.table.rows for cell in row.cells if cell.plain and cell.text]
    chosen = random.choices(cells, k=random.choice((1, 50, len(cells))))
    text = edited(seed.text, {(cell.start, cell.start, pad) for cell in chosen if seed.text[cell.start] != '"'})
    return _mutant(seed, text, "same", f"{pad!r} × {len(chosen)}")


# --- quotes


def quote_cells(random: Random, seed: Seed) -> Mutant:
    cells = [cell for row in seed.table.rows for cell in row.cells if seed.text[cell.start : cell.start + 1] != '"']
    chosen = {random.choice(cells) for _ in range(random.choice((1, 20, 1000)))}
    edits = [(cell.start, cell.end, f'"{cell.text}"') for cell in chosen if cell.plain]
    return _mutant(seed, edited(seed.text, edits), "same", f"{len(edits)} cells")


def unbalanced_quote(random: Random, seed: Seed) -> Mutant:
    cell = random.choice([cell for row in seed.table.rows for cell in row.cells])
    place = random.choice((cell.start, cell.end, random.randint(cell.start, cell.end)))
    return _mutant(seed, edited(seed.text, [(place, place, '"')]), "any", f"at {place}")


def quotes_inside_a_number(random: Random, seed: Seed) -> Mutant | None:
    """`"12"34`: a reader may join both parts, or drop one."""
    return _printed(random, seed, lambda text: f'"{text[:1]}"{text[1:]}' if len(text) > 1 else None)


# --- rows


def swap_rows(random: Random, seed: Seed) -> Mutant | None:
    rows = seed.data_rows
    if len(rows) < 2:
        return None
    one, two = random.sample(rows, 2)
    text = edited(seed.text, [(one.start, one.end, _raw(seed, two)), (two.start, two.end, _raw(seed, one))])
    return _mutant(seed, text, "any" if _is_ordered(seed) else "same", f"lines {one.line} and {two.line}")


def shuffle_rows(random: Random, seed: Seed) -> Mutant | None:
    if _is_ordered(seed):
        return None
    rows = seed.data_rows
    raws = [_raw(seed, row) for row in rows]
    order = random.choice((lambda: random.shuffle(raws), raws.reverse, raws.sort))
    order()
    edits = [(row.start, row.end, raw) for row, raw in zip(rows, raws, strict=True)]
    return _mutant(seed, edited(seed.text, edits), "same")


def repeat_rows(random: Random, seed: Seed) -> Mutant:
    rows = random.choice((seed.data_rows, seed.monitored_rows or seed.data_rows))
    chosen = rows[random.randrange(len(rows)) :][: random.choice((1, 1, 5, 50))]
    raw = "".join(_raw(seed, row) for row in chosen)
    place = random.choice((chosen[-1].end, rows[-1].end))
    return _mutant(seed, edited(seed.text, [(place, place, raw)]), "same", f"from line {chosen[0].line}")


def drop_rows(random: Random, seed: Seed) -> Mutant:
    rows = random.choice((seed.data_rows, seed.monitored_rows or seed.data_rows))
    start = random.randrange(len(rows))
    chosen = rows[start : start + random.choice((1, 1, 2, 10, 500))]
    text = edited(seed.text, [(row.start, row.end, "") for row in chosen])
    return _mutant(seed, text, "loss", f"lines {chosen[0].line} to {chosen[-1].line}")


def drop_a_region(random: Random, seed: Seed) -> Mutant | None:
    """All rows of one region, as a careless filter does."""
    if not seed.decoded.observations:
        return None
    region = str(random.choice(seed.decoded.observations)[2])
    lines = {str(cells[-1]).split(",")[0] for cells in seed.decoded.observations if cells[2] == region}
    chosen = [row for row in seed.table.rows if f"line {row.line}" in lines]
    text = edited(seed.text, [(row.start, row.end, "") for row in chosen])
    return _mutant(seed, text, "loss", f"region {region}, {len(chosen)} rows")


def truncate_at_a_line_end(random: Random, seed: Seed) -> Mutant:
    row = random.choice((random.choice(seed.table.rows), random.choice(seed.monitored_rows or seed.table.rows)))
    return _mutant(seed, seed.text[: row.end], "loss", f"after line {row.line}")


def drop_titles(random: Random, seed: Seed) -> Mutant | None:
    first = seed.header_rows[0].line
    rows = [row for row in seed.table.rows if row.line < first]
    if not rows:
        return None
    row = random.choice(rows)
    return _mutant(seed, edited(seed.text, [(row.start, row.end, "")]), "any", f"line {row.line}")


def drop_footer(random: Random, seed: Seed) -> Mutant | None:
    last = seed.data_rows[-1].line
    footer = [row for row in seed.table.rows if row.line > last]
    if not footer:
        return None
    start = random.choice((footer[0], random.choice(footer))).start
    return _mutant(seed, seed.text[:start], "loss", f"from character {start}")


def repeat_header(random: Random, seed: Seed) -> Mutant:
    raw = "".join(_raw(seed, row) for row in seed.header_rows)
    row = random.choice(seed.data_rows)
    return _mutant(seed, edited(seed.text, [(row.start, row.start, raw)]), "same", f"before line {row.line}")


def file_twice(random: Random, seed: Seed) -> Mutant:
    return _mutant(seed, seed.text + random.choice(("", "\n")) + seed.text, "same")


# --- columns


def _rows_of_table(seed: Seed) -> list[TextRow]:
    return [*seed.header_rows, *seed.data_rows]


def swap_columns(random: Random, seed: Seed) -> Mutant | None:
    width = seed.width
    if width < 2 or _is_ordered(seed):
        return None
    one, two = sorted(random.sample(range(width), 2))
    edits: list[Edit] = []
    for row in _rows_of_table(seed):
        first, second = row.cells[one], row.cells[two]
        edits += [
            (first.start, first.end, seed.text[second.start : second.end]),
            (second.start, second.end, seed.text[first.start : first.end]),
        ]
    return _mutant(seed, edited(seed.text, edits), "same", f"columns {one + 1} and {two + 1}")


def drop_column(random: Random, seed: Seed) -> Mutant | None:
    width = seed.width
    if width < 2:
        return None
    column = random.randrange(width)
    edits = []
    for row in _rows_of_table(seed):
        cell = row.cells[column]
        edits.append((cell.start, cell.end + 1, "") if column < width - 1 else (cell.start - 1, cell.end, ""))
    return _mutant(seed, edited(seed.text, edits), "loss", f"column {column + 1}")


def repeat_column(random: Random, seed: Seed) -> Mutant:
    column = random.randrange(seed.width)
    edits = []
    for row in _rows_of_table(seed):
        cell = row.cells[column]
        edits.append((cell.start, cell.start, seed.text[cell.start : cell.end] + seed.table.delimiter))
    return _mutant(seed, edited(seed.text, edits), "same", f"column {column + 1}")


def shift_a_row(random: Random, seed: Seed) -> Mutant:
    """A cell too many or too few: the rest of the row moves."""
    row = random.choice(seed.monitored_rows or seed.data_rows)
    column = random.randrange(len(row.cells))
    cell = row.cells[column]
    text = random.choice(
        (
            edited(seed.text, [(cell.start, cell.start, seed.table.delimiter)]),
            edited(seed.text, [(cell.start, min(cell.end + 1, row.end), "")]),
            edited(seed.text, [(row.end - 1, row.end - 1, seed.table.delimiter)]),
        )
    )
    return _mutant(seed, text, "any", f"line {row.line}, column {column + 1}")


def rotate_a_row(random: Random, seed: Seed) -> Mutant | None:
    """As many cells, all of them one column to the left."""
    row = random.choice(seed.monitored_rows or seed.data_rows)
    if len(row.cells) < 2:
        return None
    raws = [seed.text[cell.start : cell.end] for cell in row.cells]
    new = seed.table.delimiter.join([*raws[1:], raws[0]])
    text = edited(seed.text, [(row.start, row.cells[-1].end, new)])
    return _mutant(seed, text, "any", f"line {row.line}")


# --- headers and keys


def _header_cells(seed: Seed) -> list[tuple[int, int, str]]:
    return [(c.start, c.end, c.text) for row in seed.header_rows for c in row.cells if c.text.strip()]


def swap_headers(random: Random, seed: Seed) -> Mutant | None:
    cells = _header_cells(seed)
    if len(cells) < 2:
        return None
    one, two = random.sample(cells, 2)
    text = edited(seed.text, [(*one[:2], seed.text[two[0] : two[1]]), (*two[:2], seed.text[one[0] : one[1]])])
    return _mutant(seed, text, "any", f"{one[2]} and {two[2]}")


def change_header(random: Random, seed: Seed) -> Mutant:
    start, end, old = random.choice(_header_cells(seed))
    same: list[Callable[[str], str]] = [str.upper, str.lower, lambda t: f"  {t} ", lambda t: f'"{t}"']
    other: list[Callable[[str], str]] = [
        lambda _: "",
        lambda t: t[:-1],
        lambda t: t + "1)",
        lambda t: f'"{t[:3]}\n{t[3:]}"',
        lambda t: t.replace("ä", "ae").replace("ü", "ue"),
        lambda _: random.choice(_header_cells(seed))[2],
        lambda t: re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), t, count=1),
    ]
    change = random.choice(same + other)
    text = edited(seed.text, [(start, end, change(old))])
    return _mutant(seed, text, "same" if change in same else "any", f"“{old}” to “{change(old)}”")


def change_title(random: Random, seed: Seed) -> Mutant | None:
    """A digit above the table: a year, a code."""
    end = seed.header_rows[0].start
    digits = [match.start() for match in re.finditer(r"[0-9]", seed.text[:end])]
    if not digits:
        return None
    place = random.choice(digits)
    new = str((int(seed.text[place]) + random.randrange(1, 10)) % 10)
    return _mutant(seed, edited(seed.text, [(place, place + 1, new)]), "any", f"at {place}")


def change_key(random: Random, seed: Seed) -> Mutant | None:
    """What a row is about: another region, year or category, a lost zero, a blank."""
    row = random.choice(seed.monitored_rows or seed.data_rows)
    keys = [
        cell
        for number, cell in enumerate(row.cells, start=1)
        if f"line {row.line}, column {number}" not in seed.figures and cell.text.strip()
    ]
    if not keys:
        return None
    cell = random.choice(keys)
    column = row.cells.index(cell)
    other = random.choice(seed.data_rows).cells[column].text
    new = random.choice(
        (
            other,
            cell.text.strip().lstrip("0"),
            cell.text.strip() + ".0",
            "",
            cell.text[:-1],
            re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), cell.text, count=1),
            cell.text.replace("0", "O"),
            cell.text.upper(),
            "\u200b" + cell.text,
        )
    )
    text = edited(seed.text, [(cell.start, cell.end, new)])
    return _mutant(seed, text, "any", f"line {row.line}: “{cell.text}” to “{new}”")


# --- figures


def _printed(random: Random, seed: Seed, change: Callable[[str], str | None]) -> Mutant | None:
    """Another text in the cell of one figure; None where there is none, or `change` gives None."""
    if not seed.decoded.observations:
        return None
    locator = str(random.choice(seed.decoded.observations)[-1])
    cell = seed.table.cell(locator)
    new = change(cell.text) if cell else None
    if cell is None or new is None:
        return None
    text = edited(seed.text, [(cell.start, cell.end, new)])
    return _mutant(seed, text, "cell", f"{locator}: “{cell.text}” to “{new}”", [locator])


def change_digit(random: Random, seed: Seed) -> Mutant | None:
    def change(text: str) -> str | None:
        digits = [i for i, sign in enumerate(text) if sign.isdigit()]
        if not digits:
            return None
        place = random.choice(digits)
        return text[:place] + str((int(text[place]) + random.randrange(1, 10)) % 10) + text[place + 1 :]

    return _printed(random, seed, change)


#: Ways in which a number may stand in a cell, most of them wrong.
FIGURES: tuple[Callable[[str], str], ...] = (
    lambda t: t + "0",
    lambda t: t[:-1],
    lambda t: "-" + t,
    lambda t: "+" + t,
    lambda t: "\u2212" + t,
    lambda t: t + "-",
    lambda t: t + " %",
    lambda t: t + "%",
    lambda t: t.replace(",", "."),
    lambda t: t.replace(".", ","),
    lambda t: t + ",0",
    lambda t: t + ".0",
    lambda t: f"{t[:-3]}.{t[-3:]}",
    lambda t: f"{t[:-3]},{t[-3:]}",
    lambda t: f"{t[:-3]} {t[-3:]}",
    lambda t: f"{t[:-3]}\u00a0{t[-3:]}",
    lambda t: f"{t[:-3]}\u202f{t[-3:]}",
    lambda t: f"{t[:-3]}'{t[-3:]}",
    lambda t: t + "1)",
    lambda t: t + " 1)",
    lambda t: t + "¹",
    lambda t: t + "*",
    lambda t: t + "p",
    lambda t: t + " r",
    lambda t: t + "e",
    lambda t: t + "e3",
    lambda t: t + "E0",
    lambda t: f"({t})",
    lambda t: f"(-{t})",
    lambda t: "≈" + t,
    lambda t: "<" + t,
    lambda t: "=" + t,
    lambda t: f'="{t}"',
    lambda t: "'" + t,
    lambda t: "0x" + t,
    lambda t: t + "\x00",
    lambda t: t.replace("1", "l"),
    lambda t: t.replace("0", "O"),
    lambda t: "".join(chr(0x660 + int(s)) if s.isdigit() else s for s in t),
    lambda t: "".join(chr(0xFF10 + int(s)) if s.isdigit() else s for s in t),
    lambda t: f'"{t[:1]}\n{t[1:]}"',
    lambda t: f"{t}/{t}",
    *(lambda _, sign=sign: sign for sign in ("", " ", "-", ".", "x", "/", "...", "…", "*", "–", "0", "00", "k.A.")),
    *(lambda _, word=word: word for word in ("NaN", "inf", "None", "NULL", "#REF!", "True", "1e3", "9" * 400, "--")),
)


def odd_figure(random: Random, seed: Seed) -> Mutant | None:
    return _printed(random, seed, random.choice(FIGURES))


TEXT_MUTATIONS: tuple[Mutation, ...] = (
    other_encoding,
    mixed_encodings,
    second_byte_order_mark,
    other_line_ends,
    blank_lines,
    other_delimiter,
    spaces_around_delimiters,
    quote_cells,
    unbalanced_quote,
    quotes_inside_a_number,
    swap_rows,
    shuffle_rows,
    repeat_rows,
    drop_rows,
    drop_a_region,
    truncate_at_a_line_end,
    drop_titles,
    drop_footer,
    repeat_header,
    file_twice,
    swap_columns,
    drop_column,
    repeat_column,
    shift_a_row,
    rotate_a_row,
    swap_headers,
    change_header,
    change_title,
    change_key,
    change_digit,
    odd_figure,
    odd_figure,
    odd_figure,
)
