"""Workbooks: the zip around them, the sheets in them, and the cells as XML."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from random import Random

from tests.attacks.mutants import Effect, Mutant, Mutation
from tests.attacks.seeds import Seed

BOOK, STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ROW = re.compile(r"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_REFERENCE = re.compile(r'\br="([A-Z]+)([0-9]+)"')


def packed(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def _changed(seed: Seed, parts: Mapping[str, str | bytes], effect: Effect, note: str = "", target: str = "") -> Mutant:
    new = {name: part.encode() if isinstance(part, str) else part for name, part in parts.items()}
    targets = frozenset([target] if target else [])
    return Mutant(packed(seed.book.parts | new), effect, note, targets)


def _read_sheets(seed: Seed) -> list[str]:
    """Sheets with figures."""
    return sorted({locator.rpartition("!")[0] for locator in seed.figures})


def _xml(seed: Seed, sheet: str) -> str:
    return seed.book.parts[seed.book.members[sheet]].decode()


def _sheet(random: Random, seed: Seed) -> tuple[str, str]:
    """(member, XML) of a sheet with figures."""
    sheet = random.choice(_read_sheets(seed))
    return seed.book.members[sheet], _xml(seed, sheet)


def _with_cell(xml: str, reference: str, new: Callable[[str, str], str]) -> str | None:
    """XML with another cell; `new`: (attributes without type, inside) → element. None where it is not there."""
    for match in re.finditer(rf'<c\b([^>]*?\br="{reference}"[^>]*?)(?:/>|>(.*?)</c>)', xml, re.DOTALL):
        attributes = re.sub(r'\s+t="\w+"', "", match[1])
        return xml[: match.start()] + new(attributes, match[2] or "") + xml[match.end() :]
    return None


# --- cells of figures


def _figure(
    random: Random, seed: Seed, new: Callable[[str, str, str], str], effect: Effect, note: str = ""
) -> Mutant | None:
    """Another element in the place of a figure; `new`: (attributes, inside, printed) → element."""
    observation = random.choice(seed.decoded.observations)
    printed, locator = str(observation[-2]), str(observation[-1])
    sheet, _, reference = locator.rpartition("!")
    xml = _with_cell(_xml(seed, sheet), reference, lambda attributes, inside: new(attributes, inside, printed))
    if xml is None:
        return None
    return _changed(seed, {seed.book.members[sheet]: xml}, effect, f"{locator} {note}", locator)


def _value(inside: str) -> str:
    match = re.search(r"<v[^>]*>(.*?)</v>", inside)
    return match[1] if match else ""


#: Forms of the same number; the file is the same to Excel.
SAME_FORMS: tuple[Callable[[str, str, str], str], ...] = (
    lambda a, i, p: f'<c{a} t="str"><v>{p}</v></c>',
    lambda a, i, p: f'<c{a} t="inlineStr"><is><t>{p}</t></is></c>',
    lambda a, i, p: f'<c{a} t="inlineStr"><is><r><t>{p[:1]}</t></r><r><t>{p[1:]}</t></r></is></c>',
    lambda a, i, p: f'<c{a} t="inlineStr"><is><t xml:space="preserve"> {p} </t></is></c>',
    lambda a, i, p: f'<c{a} t="str"><v>{p[:1]}<!-- {p} -->{p[1:]}</v></c>',
)
NUMBER_FORMS: tuple[Callable[[str, str], str], ...] = (
    lambda a, v: f'<c{a} t="n"><v>{v}</v></c>',
    lambda a, v: f"<c{a}><v>{float(v)!r}</v></c>",
    lambda a, v: f"<c{a}><v>{float(v):.16e}</v></c>",
    lambda a, v: f"<c{a}><v>\n{v}\n</v></c>",
    lambda a, v: f"<c{a}><f>SUM(A1:A2)</f><v>{v}</v></c>",
    lambda a, v: f"<c{a}><f>SUM(A1:A2)</f></c>",
    lambda a, v: f"<c{a}><f>SUM(A1:A2)</f><v></v></c>",
    lambda a, v: f"<c{a}><v>{v[:1]}<!-- -->{v[1:]}</v></c>",
    lambda a, v: f"<c{a}><v>{v[:1]}<?x ?>{v[1:]}</v></c>",
    lambda a, v: f"<c{a}><v>&#{ord(v[0])};{v[1:]}</v></c>",
    lambda a, v: f"<c{a}><v><![CDATA[{v}]]></v></c>",
    lambda a, v: f"<c{a}><v>{v[:1]}<![CDATA[{v[1:]}]]></v></c>",
    lambda a, v: f"<x:c{a} xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><x:v>{v}</x:v></x:c>",
    lambda a, v: f"<c{a}><v>{v}</v><v>7</v></c>",
    lambda a, v: f"<c{a}><v>{v}</v></c><c{a}><v>7</v></c>",
    lambda a, v: f"<c{a}><v>7</v></c><c{a}><v>{v}</v></c>",
    lambda a, v: f"<c{a}><v>{v}</v><is><t>7</t></is></c>",
    lambda a, v: f'<c{a} t="e"><v>#REF!</v></c>',
    lambda a, v: f'<c{a} t="e"><v>#N/A</v></c>',
    lambda a, v: f'<c{a} t="e"><v>#DIV/0!</v></c>',
    lambda a, v: f'<c{a} t="s"><v>-1</v></c>',
    lambda a, v: f'<c{a} t="s"><v>99999999</v></c>',
    lambda a, v: f'<c{a} t="b"><v>1</v></c>',
)
#: What a figure may be replaced by.
OTHER_FIGURES = (
    *("", "-", ".", "*", "x", "/", "...", "0,0", ".X", "k.A.", "1.234", "1 234", "12,5", "(12)", "12 p", "12 1)"),
    *("-5", "NaN", "1e3", "12%", "=1+1", "#REF!", "１２", "31.12.2020", "Mrz. 20", "12\n34", "12*", "0"),
)


def same_figure(random: Random, seed: Seed) -> Mutant | None:
    """Text for a number, rich text, inline and formula: the number is the same."""
    return _figure(random, seed, random.choice(SAME_FORMS), "same")


def odd_number(random: Random, seed: Seed) -> Mutant | None:
    """The same number in XML that no program writes, an error or a formula in its place."""
    number = random.randrange(len(NUMBER_FORMS))

    def new(attributes: str, inside: str, printed: str) -> str:
        value = _value(inside)
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            return f"<c{attributes}>{inside}</c>"
        return NUMBER_FORMS[number](attributes, value)

    return _figure(random, seed, new, "same", f"form {number}")


def other_number(random: Random, seed: Seed) -> Mutant | None:
    figure = random.choice(
        ("7", "12345", "0", "-3", "0.5", "12.5", "1E3", "1e400", "NaN", "43921", "12345678901234567")
    )
    form = random.choice(("<v>{}</v>", "<f>SUM(A1:A2)</f><v>{}</v>", "<v> {} </v>"))
    return _figure(random, seed, lambda a, i, p: f"<c{a}>{form.format(figure)}</c>", "cell", form.format(figure))


def other_text(random: Random, seed: Seed) -> Mutant | None:
    text = random.choice(OTHER_FIGURES)
    return _figure(random, seed, lambda a, i, p: f'<c{a} t="str"><v>{text}</v></c>', "cell", f"“{text}”")


def change_digit(random: Random, seed: Seed) -> Mutant | None:
    def new(attributes: str, inside: str, printed: str) -> str:
        place = random.randrange(max(len(printed), 1))
        text = re.sub(r"[0-9]", lambda digit: str((int(digit[0]) + 1) % 10), printed[place:], count=1)
        return f"<c{attributes}><v>{printed[:place]}{text}</v></c>"

    return _figure(random, seed, new, "cell")


def date_style(random: Random, seed: Seed) -> Mutant | None:
    """The cell is formatted as a date; its number is the same."""
    style = random.randrange(40)
    return _figure(
        random, seed, lambda a, i, p: f'<c{re.sub(chr(32) + "s=.[0-9]+.", "", a)} s="{style}">{i}</c>', "any"
    )


def drop_cell(random: Random, seed: Seed) -> Mutant | None:
    return _figure(random, seed, lambda a, i, p: "", "cell")


# --- other cells: headers, labels


def change_text(random: Random, seed: Seed) -> Mutant | None:
    """A header or a label gets the text of another, loses its end, is emptied, becomes a number or an error."""
    sheet = random.choice(_read_sheets(seed))
    texts = {
        reference: cell.text
        for reference, cell in seed.book.cells(sheet).items()
        if f"{sheet}!{reference}" not in seed.figures
    }
    reference = random.choice(sorted(texts))
    old = texts[reference]
    new = random.choice(
        (
            f"<is><t>{_escaped(random.choice(sorted(texts.values())))}</t></is>",
            f"<is><t>{_escaped(old[:-1])}</t></is>",
            f"<is><t>{_escaped(old.upper())}</t></is>",
            f"<is><t>{_escaped(old)} 1)</t></is>",
            f"<is><t>{_escaped(old[:4])}-&#10;{_escaped(old[4:])}</t></is>",
            f"<is><t>{_escaped(re.sub('[0-9]', lambda d: str((int(d[0]) + 1) % 10), old, count=1))}</t></is>",
        )
    )
    xml = _with_cell(_xml(seed, sheet), reference, lambda a, i: f'<c{a} t="inlineStr">{new}</c>')
    return (xml and _changed(seed, {seed.book.members[sheet]: xml}, "any", f"{sheet}!{reference} {new[:80]}")) or None


def change_imprint(random: Random, seed: Seed) -> Mutant | None:
    """A sheet beside the figures says something else."""
    others = [sheet for sheet in seed.book.members if sheet not in _read_sheets(seed)]
    sheets = [sheet for sheet in others if seed.book.cells(sheet)]
    if not sheets:
        return None
    sheet = random.choice(sheets)
    reference = random.choice(sorted(seed.book.cells(sheet)))
    old = seed.book.cells(sheet)[reference].text
    text = random.choice(("", old[:-2], re.sub("[0-9]", lambda d: str((int(d[0]) + 1) % 10), old, count=1)))
    xml = _with_cell(
        _xml(seed, sheet), reference, lambda a, i: f'<c{a} t="inlineStr"><is><t>{_escaped(text)}</t></is></c>'
    )
    return (xml and _changed(seed, {seed.book.members[sheet]: xml}, "any", f"{sheet}!{reference} “{text}”")) or None


def header_as_date(random: Random, seed: Seed) -> Mutant | None:
    """A header with a time becomes the serial number of a day, without the format of a date."""
    sheet = random.choice(_read_sheets(seed))
    times = [r for r, cell in seed.book.cells(sheet).items() if re.search(r"\b(20)?[0-9]{2}$", cell.text.strip())]
    if not times:
        return None
    reference = random.choice(sorted(times))
    xml = _with_cell(_xml(seed, sheet), reference, lambda a, i: f"<c{a}><v>{random.randrange(36526, 47000)}</v></c>")
    return (xml and _changed(seed, {seed.book.members[sheet]: xml}, "any", f"{sheet}!{reference}")) or None


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- rows and columns


def _moved(xml: str, row: Callable[[int], int], column: Callable[[int], int] = lambda c: c) -> str:
    """XML with every cell somewhere else."""
    from tests.attacks.rereading import _index, _letters

    def of_cell(match: re.Match[str]) -> str:
        return f'r="{_letters(column(_index(match[1])))}{row(int(match[2]))}"'

    xml = re.sub(r'(<row\b[^>]*?\br=")([0-9]+)"', lambda match: f'{match[1]}{row(int(match[2]))}"', xml)
    return re.sub(r'(?<=<c )r="([A-Z]+)([0-9]+)"', of_cell, xml)


def insert_row(random: Random, seed: Seed) -> Mutant:
    member, xml = _sheet(random, seed)
    rows = sorted({int(match[2]) for match in _REFERENCE.finditer(xml)})
    place = random.choice(rows)
    return _changed(seed, {member: _moved(xml, lambda r: r + (r >= place))}, "same", f"{member} before row {place}")


def insert_column(random: Random, seed: Seed) -> Mutant:
    member, xml = _sheet(random, seed)
    place = random.randrange(8)
    moved = _moved(xml, lambda r: r, lambda c: c + (c >= place))
    return _changed(seed, {member: moved}, "any", f"{member} before column {place + 1}")


def swap_rows(random: Random, seed: Seed) -> Mutant | None:
    """Two rows with figures, labels and all."""
    sheet = random.choice(_read_sheets(seed))
    numbers = sorted(
        {
            int(re.sub("[^0-9]", "", locator.rpartition("!")[2]))
            for locator in seed.figures
            if locator.startswith(f"{sheet}!")
        }
    )
    if len(numbers) < 2:
        return None
    one, two = random.sample(numbers, 2)
    xml = _moved(_xml(seed, sheet), lambda r: {one: two, two: one}.get(r, r))
    in_order = random.random() < 0.7
    ordered = "".join(match[0] for match in sorted(_ROW.finditer(xml), key=_number)) if in_order else ""
    if ordered:
        first = _ROW.search(xml)
        last = list(_ROW.finditer(xml))[-1]
        xml = xml[: first.start() if first else 0] + ordered + xml[last.end() :]
    leans = sheet in ("Tabelle 2.1", "Tabelle 6")
    return _changed(seed, {seed.book.members[sheet]: xml}, "any" if leans else "same", f"{sheet} rows {one}, {two}")


def _number(row: re.Match[str]) -> int:
    match = re.search(r'\br="([0-9]+)"', row[1])
    return int(match[1]) if match else 0


def swap_columns(random: Random, seed: Seed) -> Mutant:
    """Everything in two columns changes places, headers too (merged ones stay)."""
    member, xml = _sheet(random, seed)
    one, two = random.sample(range(12), 2)
    moved = _moved(xml, lambda r: r, lambda c: {one: two, two: one}.get(c, c))
    return _changed(seed, {member: moved}, "any", f"{member} columns {one + 1}, {two + 1}")


def drop_rows(random: Random, seed: Seed) -> Mutant:
    member, xml = _sheet(random, seed)
    rows = list(_ROW.finditer(xml))
    start = random.randrange(len(rows))
    end = min(start + random.choice((1, 1, 2, 5, 100)), len(rows)) - 1
    text = xml[: rows[start].start()] + xml[rows[end].end() :]
    return _changed(seed, {member: text}, "loss", f"{member} rows {_number(rows[start])} to {_number(rows[end])}")


def delete_and_close_up(random: Random, seed: Seed) -> Mutant:
    """A row is deleted as in Excel: those below move up."""
    member, xml = _sheet(random, seed)
    row = random.choice(list(_ROW.finditer(xml)))
    number = _number(row)
    text = _moved(xml[: row.start()] + xml[row.end() :], lambda r: r - (r > number))
    return _changed(seed, {member: text}, "loss", f"{member} row {number}")


def reverse_rows(random: Random, seed: Seed) -> Mutant:
    """The rows stand in the XML from the last to the first."""
    member, xml = _sheet(random, seed)
    rows = list(_ROW.finditer(xml))
    text = xml[: rows[0].start()] + "".join(row[0] for row in reversed(rows)) + xml[rows[-1].end() :]
    return _changed(seed, {member: text}, "same", member)


def without_references(random: Random, seed: Seed) -> Mutant:
    """Cells without their place, which the standard allows where they stand one after the other."""
    member, xml = _sheet(random, seed)
    return _changed(seed, {member: re.sub(r'(<c\b[^>]*?)\s+r="[A-Z]+[0-9]+"', r"\1", xml)}, "any", member)


def wrong_row_numbers(random: Random, seed: Seed) -> Mutant:
    """A row that calls itself another than its cells do."""
    member, xml = _sheet(random, seed)
    rows = list(_ROW.finditer(xml))
    row = random.choice(rows)
    number = _number(row)
    text = xml[: row.start()] + row[0].replace(f'r="{number}"', f'r="{number + 1}"', 1) + xml[row.end() :]
    return _changed(seed, {member: text}, "any", f"{member} row {number}")


def hide(random: Random, seed: Seed) -> Mutant:
    member, xml = _sheet(random, seed)
    if random.random() < 0.5:
        number = random.randrange(1, 40)
        return _changed(
            seed, {member: re.sub(rf'<row r="{number}"', r'\g<0> hidden="1"', xml)}, "same", f"row {number}"
        )
    hidden = xml.replace("<sheetData", '<cols><col min="1" max="4" hidden="1"/></cols><sheetData', 1)
    return _changed(seed, {member: hidden if "<cols" not in xml else xml}, "same", "columns A to D")


def merge_cells(random: Random, seed: Seed) -> Mutant:
    """Merged areas; what they cover stays in the file."""
    member, xml = _sheet(random, seed)
    first, width = random.randrange(1, 12), random.randrange(1, 6)
    area = f"A{first}:{'ABCDEFG'[width]}{first + random.randrange(3)}"
    merged = re.sub(r"</sheetData>", f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>', xml)
    return _changed(seed, {member: merged}, "same", area)


def lying_dimension(random: Random, seed: Seed) -> Mutant:
    member, xml = _sheet(random, seed)
    area = random.choice(("A1", "A1:XFD1048576", "ZZZ9999999:A1", "B5:C6", "", "A1:", "nonsense"))
    text = re.sub(r"<dimension[^>]*/>", "", xml).replace("<sheetData", f'<dimension ref="{area}"/><sheetData', 1)
    return _changed(seed, {member: text}, "same", area)


def far_cell(random: Random, seed: Seed) -> Mutant:
    """A cell so far away that the table between would fill the memory."""
    member, xml = _sheet(random, seed)
    place = random.choice(
        ("XFD1048576", "A1048576", "XFD1", "ZZ100000", "AAAAAA1", "ZZZZZZZZ99999999999", "A99999999999")
    )
    kind, inside = random.choice((("", "<v>1</v>"), (' t="inlineStr"', "<is><t>x</t></is>"), ("", "")))
    row = re.sub("[^0-9]", "", place)
    cell = f'<row r="{row}"><c r="{place}"{kind}>{inside}</c></row>'
    return _changed(seed, {member: xml.replace("</sheetData>", f"{cell}</sheetData>")}, "same", f"{place} {inside}")


# --- shared strings, sheets, XML


def _string_cells(seed: Seed, change: Callable[[int], int]) -> dict[str, str | bytes]:
    """All sheets with other indices of shared strings."""

    def new(match: re.Match[str]) -> str:
        if 't="s"' not in match[1]:
            return match[0]
        return re.sub(r"<v>([0-9]+)</v>", lambda index: f"<v>{change(int(index[1]))}</v>", match[0])

    return {member: _CELL.sub(new, seed.book.parts[member].decode()) for member in seed.book.members.values()}


def shift_strings(random: Random, seed: Seed) -> Mutant | None:
    if not seed.book.strings:
        return None
    by, number = random.choice((1, -1, 7)), len(seed.book.strings)
    return _changed(seed, _string_cells(seed, lambda i: (i + by) % number), "any", f"by {by}")


def reorder_strings(random: Random, seed: Seed) -> Mutant | None:
    """Another order of the table of strings, the cells along with it."""
    if not seed.book.strings:
        return None
    xml = seed.book.parts[STRINGS].decode()
    items = list(re.finditer(r"<si>.*?</si>|<si/>", xml, re.DOTALL))
    order = list(range(len(items)))
    random.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    text = xml[: items[0].start()] + "".join(items[old][0] for old in order) + xml[items[-1].end() :]
    return _changed(seed, {**_string_cells(seed, place.__getitem__), STRINGS: text}, "same")


def change_strings(random: Random, seed: Seed) -> Mutant | None:
    """Rich text for plain, phonetic runs, a comment, a string less."""
    if not seed.book.strings:
        return None
    xml = seed.book.parts[STRINGS].decode()
    rich = re.sub(r"<si><t([^>]*)>(.)", r"<si><r><t>\2</t></r><r><t\1>", xml).replace("</t></si>", "</t></r></si>")
    effect, text = random.choice(
        (
            ("same", rich),
            ("same", xml.replace("</t></si>", '</t><rPh sb="0" eb="1"><t>7</t></rPh></si>')),
            ("same", xml.replace("</t></si>", "<!-- 7 --></t></si>")),
            ("any", re.sub(r"<si>.*?</si>", "", xml, count=1, flags=re.DOTALL)),
            ("any", re.sub(r"<si>.*?</si>", r"\g<0>\g<0>", xml, count=1, flags=re.DOTALL)),
        )
    )  # fmt: skip
    return _changed(seed, {STRINGS: text}, "same" if effect == "same" else "any")


def change_sheets(random: Random, seed: Seed) -> Mutant:
    """Hidden, renamed, repeated, in another order, gone."""
    xml = seed.book.parts[BOOK].decode()
    sheets = list(re.finditer(r"<sheet [^>]*?/>", xml))
    one = random.choice(sheets)
    name = str(re.search(r'name="([^"]*)"', one[0])[1])  # type: ignore[index]
    effect, new = random.choice(
        (
            ("same", one[0].replace("<sheet ", '<sheet state="hidden" ') if "state=" not in one[0] else one[0]),
            ("same", one[0].replace("<sheet ", '<sheet state="veryHidden" ') if "state=" not in one[0] else one[0]),
            ("any", one[0].replace(name, random.choice((name.upper(), name + " ", name + "_alt", name[:-1])))),
            ("any", one[0] + one[0]),
            ("any", one[0] + one[0].replace(name, name + "_2")),
            ("loss", ""),
        )
    )
    text = xml[: one.start()] + new + xml[one.end() :]
    return _changed(seed, {BOOK: text}, effect, f"{name}: {new[:90]}")  # type: ignore[arg-type]


def reorder_sheets(random: Random, seed: Seed) -> Mutant:
    xml = seed.book.parts[BOOK].decode()
    sheets = list(re.finditer(r"<sheet [^>]*?/>", xml))
    texts = [sheet[0] for sheet in sheets]
    random.shuffle(texts)
    return _changed(seed, {BOOK: xml[: sheets[0].start()] + "".join(texts) + xml[sheets[-1].end() :]}, "same")


def swap_sheets(random: Random, seed: Seed) -> Mutant:
    """The names of two sheets change places."""
    xml = seed.book.parts[BOOK].decode()
    names = re.findall(r'<sheet [^>]*?name="([^"]*)"', xml)
    if len(names) < 2:
        return _changed(seed, {}, "any")
    one, two = random.sample(names, 2)
    text = xml.replace(f'name="{one}"', 'name="?"').replace(f'name="{two}"', f'name="{one}"')
    return _changed(seed, {BOOK: text.replace('name="?"', f'name="{two}"')}, "any", f"{one}, {two}")


def odd_xml(random: Random, seed: Seed) -> Mutant:
    """Other encodings, entities, comments, cut off, and bytes changed in a part whose checksum is right."""
    member = random.choice((random.choice(_read_sheets(seed)), ""))
    others = (STRINGS, BOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels")
    name = seed.book.members[member] if member else random.choice(others)
    part = seed.book.parts.get(name, b"<x/>")
    place = random.randrange(len(part))
    entity = b'<!DOCTYPE worksheet [<!ENTITY a "7">]>'
    first = part.find(b"?>") + 2
    effect, new = random.choice(
        (
            ("same", part.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
            ("same", b"\xef\xbb\xbf" + part),
            ("same", part.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1", errors="xmlcharrefreplace")),
            ("same", part[:first] + b"<!-- comment -->" + part[first:]),
            ("same", part[:first] + entity + part[first:]),
            ("any", part[:first] + entity + part[first:].replace(b"<v>1", b"<v>&a;", 1)),
            ("loss", part[:place]),
            ("any", part[:place] + bytes([random.randrange(256)]) + part[place + 1 :]),
            ("any", part[:place] + part[place + 1 :]),
            ("any", part[:place] + random.choice((b"<", b">", b"&", b'"', b"\x00", b"7")) + part[place:]),
            ("loss", b""),
        )
    )
    return _changed(seed, {name: new}, effect, f"{name} at {place}")  # type: ignore[arg-type]


# --- the zip


def repack(random: Random, seed: Seed) -> Mutant:
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    parts = list(seed.book.parts.items())
    random.shuffle(parts)
    return Mutant(packed(dict(parts), method), "same", f"method {method}")


def around_the_zip(random: Random, seed: Seed) -> Mutant:
    content = packed(seed.book.parts)
    junk = random.choice((b"\x00" * 40, b"MZ" + bytes(200), content[:500], b"PK\x05\x06" + bytes(18)))
    return Mutant(random.choice((junk + content, content + junk, content[:30] + content)), "same", f"{junk[:6]!r}")


def extra_members(random: Random, seed: Seed) -> Mutant:
    """Members beside the workbook: paths that lead out, links, other spellings, the same name again."""
    name = random.choice(list(seed.book.members.values()))
    extra = random.choice(
        (
            "../../etc/passwd", "/etc/passwd", "C:\\x", "xl\\workbook.xml", name.upper(), name.replace("/", "\\"), "",
            "a" * 5000, "\x00", "xl/worksheets/../worksheets/sheet1.xml", "nested.zip", f"./{name}",
        )
    )  # fmt: skip
    inner = random.choice((b"x", packed({"a": b"b"}), seed.book.parts[name].replace(b"<v>1", b"<v>7")))
    content = io.BytesIO(packed(seed.book.parts))
    with zipfile.ZipFile(content, "a") as archive:
        info = zipfile.ZipInfo(extra)
        if random.random() < 0.3:
            info.external_attr = 0o120777 << 16  # a symbolic link
        archive.writestr(info, inner)
    return Mutant(content.getvalue(), "same", extra[:60])


def repeated_member(random: Random, seed: Seed) -> Mutant:
    """One name twice in the zip: whose content counts depends on the reader."""
    member, xml = _sheet(random, seed)
    other = re.sub(r"<v>([0-9])", lambda match: f"<v>{(int(match[1]) + 1) % 10}", xml)
    parts = [*seed.book.parts.items(), (member, other.encode())]
    if random.random() < 0.5:
        parts = [parts[-1], *parts[:-1]]
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name twice is the point
        for name, part in parts:
            archive.writestr(name, part)
    return Mutant(content.getvalue(), "same", member)


def lying_directory(random: Random, seed: Seed) -> Mutant:
    """The directory of the zip says other sizes, offsets, methods or flags."""
    content = bytearray(packed(seed.book.parts, zipfile.ZIP_DEFLATED))
    entries = [match.start() for match in re.finditer(b"PK\x01\x02", bytes(content))]
    entry = random.choice(entries)
    field, length = random.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4)))
    value = random.choice((0, 1, 0xFFFF, 0xFFFFFFFF, random.randrange(2**16), random.randrange(2**32)))
    content[entry + field : entry + field + length] = (value % 256**length).to_bytes(length, "little")
    return Mutant(bytes(content), "same", f"entry {entries.index(entry)}, byte {field}: {value}")


def lying_header(random: Random, seed: Seed) -> Mutant:
    """A member's own header says something else than the directory."""
    content = bytearray(packed(seed.book.parts, zipfile.ZIP_DEFLATED))
    starts = [match.start() for match in re.finditer(b"PK\x03\x04", bytes(content))]
    start = random.choice(starts)
    field, length = random.choice(((6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 4)))
    value = random.randrange(256**length)
    content[start + field : start + field + length] = value.to_bytes(length, "little")
    return Mutant(bytes(content), "same", f"header {starts.index(start)}, byte {field}: {value}")


WORKBOOK_MUTATIONS: tuple[Mutation, ...] = (
    same_figure,
    odd_number,
    odd_number,
    odd_number,
    other_number,
    other_text,
    change_digit,
    date_style,
    drop_cell,
    change_text,
    change_text,
    change_imprint,
    header_as_date,
    insert_row,
    insert_column,
    swap_rows,
    swap_columns,
    drop_rows,
    drop_rows,
    delete_and_close_up,
    delete_and_close_up,
    reverse_rows,
    without_references,
    wrong_row_numbers,
    hide,
    merge_cells,
    lying_dimension,
    far_cell,
    shift_strings,
    reorder_strings,
    change_strings,
    change_sheets,
    reorder_sheets,
    swap_sheets,
    odd_xml,
    odd_xml,
    repack,
    around_the_zip,
    extra_members,
    repeated_member,
    lying_directory,
    lying_header,
)
