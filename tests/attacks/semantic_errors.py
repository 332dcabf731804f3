"""Fifty errors of meaning: files with a valid layout and consistent totals whose figures say something else.

Each is planted into a copy of a real file, or of one of the synthetic sample where the publisher's file is not at hand.
Totals stay consistent wherever the culprit would have kept them so: whole rows, columns and tables are mistaken.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reference.regions import nrw_kreise
from tests.attacks.figures import Figures, Key, like, number

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Other files of the same inbox by their path, for errors that take figures from them.
Files = Callable[[str], bytes]
Plant = Callable[[bytes, Files], bytes]

REPORTS, TABLES, FLAT = "arbeitsagentur/regionalreport/202003", "regionalstatistik/datencsv", "regionalstatistik/ffcsv"
LDB, ATLAS = "landesdatenbank", "bnetza/breitbandatlas"
UNEMPLOYED = "arbeitsagentur/arbeitslose/202509_Heft_pol_SGBI_Arbeitslose.xlsx"
RATES = "arbeitsagentur/arbeitslose/202509_Heft_pol_SGBI_ArbeitslosenQuoten.xlsx"
API = "arbeitsagentur/statistik-api/202509/EckwerteTabelleALO_{}.csv"
SPECIAL = "arbeitsagentur/sonderauswertung/svb_kreise_wz08-2_{}.csv"
SERIES = ("82111", "13312", "52311", "52411-01", "21111", "13211", "71327-01-05-4_00")


@dataclass(frozen=True)
class Base:
    """Clean files that are published before the error arrives.

    files     patterns below the folder of files; `!` takes some out again
    newest    patterns of files that end a year earlier than those at hand
    """

    files: tuple[str, ...]
    newest: tuple[str, ...] = ()
    synthetic: bool = False


BASES = {
    "reports": Base((f"{REPORTS}/*", f"!{REPORTS}/0511[23].xlsx", f"{TABLES}/13111*_201[89].csv")),
    "all reports": Base((f"{REPORTS}/*", f"{TABLES}/13111*_201[89].csv")),
    "work": Base((f"{TABLES}/13111*_201[6789].csv", f"{FLAT}/13111*_2024*", f"{FLAT}/12411*_2024*")),
    "people": Base((f"{FLAT}/12411*_202[45]*", f"{FLAT}/13111*_202[45]*")),
    "today": Base((f"{FLAT}/12411*", f"{FLAT}/13111*_202[45]*", f"{FLAT}/82000*", f"{TABLES}/71327*_2023*")),
    "series": Base(
        tuple(f"{TABLES}/{table}*" for table in SERIES), newest=tuple(f"{TABLES}/{table}*" for table in SERIES)
    ),
    "atlas": Base((f"{ATLAS}/*_privat_*", f"!{ATLAS}/*_2020_2.csv")),
    "atlas of households": Base((f"{ATLAS}/*_privat_*",)),
    "boundaries": Base(("geo/ruhr15*", f"{LDB}/12411-15i.csv")),
    "sample: months": Base((UNEMPLOYED, RATES, f"{TABLES}/13211*"), newest=(UNEMPLOYED, RATES), synthetic=True),
    "sample: answers": Base((UNEMPLOYED, RATES), synthetic=True),
    "sample: moves": Base((f"{TABLES}/12711*", f"!{TABLES}/12711*_2024.csv", f"{FLAT}/12411*"), synthetic=True),
    "sample: benefits": Base((f"{LDB}/22811*", f"!{LDB}/22811*_2024.csv", f"{FLAT}/12411*"), synthetic=True),
    "sample: accounts": Base((f"{FLAT}/82000*", f"{FLAT}/12411*"), newest=(f"{FLAT}/82000*",), synthetic=True),
    "sample: divisions": Base((SPECIAL.format("202[23]"), f"{TABLES}/13111*_202[234].csv"), synthetic=True),
}


@dataclass(frozen=True)
class SemanticError:
    """One error.

    source     the table, as a statistician calls it
    base       what is published before, of BASES
    arrives    file → how it is changed; the others arrive as they are
    says       patterns that one new finding must show, all of them: what is wrong, and where
    manifest   columns of a MANIFEST.csv for what arrives
    officers   file of the officers → its content, put into the data folder
    only_wrong nothing arrives in the clean run: the file as such is the error
    missed     why no check can see it
    """

    name: str
    source: str
    base: str
    arrives: Mapping[str, Plant]
    says: tuple[str, ...] = ()
    manifest: Mapping[str, str] | None = None
    officers: Mapping[str, str] | None = None
    only_wrong: bool = False
    missed: str = ""


# --- how figures are mistaken ---------------------------------------------------------------------


def as_it_is(content: bytes, files: Files) -> bytes:
    return content


def taken(source: Callable[[Key], Key], when: Callable[[Key], bool] = lambda key: True) -> Plant:
    """Figures that stand where others belong: each is taken from `source` of its place, if that is there."""

    def plant(content: bytes, files: Files) -> bytes:
        figures = Figures(content)
        figures.put({key: figures[source(key)] for key in figures if when(key) and source(key) in figures})
        return figures.content()

    return plant


def changed(change: Callable[[float], float], when: Callable[[Key], bool] = lambda key: True) -> Plant:
    """Figures that were computed with; signs stay."""

    def plant(content: bytes, files: Files) -> bytes:
        figures = Figures(content)
        numbers = {key: value for key in figures if when(key) and (value := number(figures[key])) is not None}
        figures.put({key: like(change(value), figures[key]) for key, value in numbers.items()})
        return figures.content()

    return plant


def combined(other: str, compute: Callable[[Figures, Figures, Key], str | None]) -> Plant:
    """Figures computed from those of another file as well; None leaves one as it is."""

    def plant(content: bytes, files: Files) -> bytes:
        figures, others = Figures(content), Figures(files(other))
        new = {key: text for key in figures if (text := compute(figures, others, key)) is not None}
        figures.put(new)
        return figures.content()

    return plant


def totals_follow(plant: Plant, regions: tuple[str, ...] = ("05", "DG")) -> Plant:
    """NRW and Germany change by as much as the Kreise do: the culprit added the table up again."""

    def with_totals(content: bytes, files: Files) -> bytes:
        before, after = Figures(content), Figures(plant(content, files))
        shift: dict[Key, float] = {}
        for key in before:
            if key.region in nrw_kreise() and before[key] != after[key]:
                moved = (number(after[key]) or 0) - (number(before[key]) or 0)
                for region in regions:
                    whole = key._replace(region=region)
                    shift[whole] = shift.get(whole, 0) + moved
        sums = {k: like((number(before[k]) or 0) + by, before[k]) for k, by in shift.items() if k in before}
        after.put(sums)
        return after.content()

    return with_totals


def both(*plants: Plant) -> Plant:
    def plant(content: bytes, files: Files) -> bytes:
        for one in plants:
            content = one(content, files)
        return content

    return plant


def replaced(old: str, new: str) -> Plant:
    def plant(content: bytes, files: Files) -> bytes:
        assert old.encode("cp1252") in content, f"the file does not hold {old}"
        return content.replace(old.encode("cp1252"), new.encode("cp1252"))

    return plant


def exchanged(a: str, b: str) -> Callable[[Key], Key]:
    """Two regions."""
    return lambda key: key._replace(region={a: b, b: a}.get(key.region, key.region))


def row_above(key: Key) -> Key:
    """The Kreis one row higher; the first takes the figures of the last."""
    kreise = list(nrw_kreise())
    here = kreise.index(key.region) if key.region in kreise else None
    return key if here is None else key._replace(region=kreise[here - 1])


def columns(*pairs: tuple[str, str]) -> Callable[[Key], Key]:
    """Columns that are exchanged."""
    other = {**dict(pairs), **{b: a for a, b in pairs}}
    return lambda key: key._replace(column=other.get(key.column, key.column))


def labels(*cycle: str) -> Callable[[Key], Key]:
    """Categories that take each other's figures, one after the other."""
    source = dict(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
    return lambda key: key._replace(label=source.get(key.label, key.label))


def at(*times: str) -> Callable[[Key], bool]:
    return lambda key: key.time in times


# --- workbooks ------------------------------------------------------------------------------------


def edited(*edits: Callable[[Any, Files], None]) -> Plant:
    """A workbook after these changes."""

    def plant(content: bytes, files: Files) -> bytes:
        book = opened(content)
        for edit in edits:
            edit(book, files)
        return saved(book)

    return plant


def opened(content: bytes) -> Any:
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Any) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sent_as(name: str, code: str, other_name: str, other_code: str) -> Callable[[Any, Files], None]:
    """The report of one Kreis under the headings of another."""

    def edit(book: Any, files: Files) -> None:
        for sheet in (book[name] for name in ("Impressum", "Tabelle 2.1", "Tabelle 2.3", "Tabelle 6")):
            for cell in _texts(sheet):
                cell.value = cell.value.replace(name, other_name).replace(code, other_code)

    return edit


def quarter_later(book: Any, files: Files) -> None:
    """The headings say the next quarter; the figures stay."""
    later = {"Mrz. 20": "Jun. 20", "Dez. 19": "Mrz. 20", "Sep. 19": "Dez. 19", "Jun. 19": "Sep. 19",
             "Mrz. 19": "Jun. 19", "31. März 2020": "30. Juni 2020", "12. Oktober 2020": "11. Januar 2021"}  # fmt: skip
    for sheet in (book[name] for name in ("Impressum", "Tabelle 2.1", "Tabelle 2.3")):
        for cell in _texts(sheet):
            for old, new in later.items():
                if old in cell.value:
                    cell.value = cell.value.replace(old, new)
                    break


def sectors_a_row_lower(book: Any, files: Files) -> None:
    """Sections G to K of Tabelle 2.3: each takes the figures of the one above, the first those of the last."""
    _rotate_rows(book["Tabelle 2.3"], 19, 23, "DEFGH")


def columns_exchanged(sheet: str, first: str, second: str, rows: range) -> Callable[[Any, Files], None]:
    def edit(book: Any, files: Files) -> None:
        for row in rows:
            one, other = book[sheet][f"{first}{row}"], book[sheet][f"{second}{row}"]
            one.value, other.value = other.value, one.value

    return edit


def at_residence(book: Any, files: Files) -> None:
    """Tabelle 2.3 and the own block of 2.1 at the place of residence: a fifth fewer in a city many commute to."""
    sheet = book["Tabelle 2.3"]
    for column in "DEFGH":
        cell = {row: sheet[f"{column}{row}"] for row in range(11, 37)}
        for row in (12, 13, *range(15, 33)):
            if isinstance(cell[row].value, int | float):
                cell[row].value = round(cell[row].value * 0.8)
        cell[14].value = sum(cell[row].value for row in (15, 16, 17))
        cell[34].value = cell[12].value
        cell[35].value = sum(cell[row].value for row in (13, 14, 18))
        cell[36].value = sum(cell[row].value for row in range(19, 32))
        cell[11].value = sum(cell[row].value for row in (32, 34, 35, 36))
        book["Tabelle 2.1"][f"{column}12"].value = cell[11].value


def month_before_again(book: Any, files: Files) -> None:
    """The newest month of an overview repeats the one before."""
    sheet = book["Übersicht_Kreise"]
    for row in range(12, sheet.max_row + 1):
        if sheet[f"W{row}"].value is not None:
            sheet[f"X{row}"].value = sheet[f"W{row}"].value


def kreise_a_row_lower(sheet: str, columns: str, first: int) -> Callable[[Any, Files], None]:
    """The figures of the Kreise stand a row lower than their names."""

    def edit(book: Any, files: Files) -> None:
        rows = [n for n in range(first, book[sheet].max_row + 1) if _is_kreis(book[sheet][f"A{n}"].value)]
        _rotate_rows(book[sheet], rows[0], rows[-1], columns)

    return edit


def _texts(sheet: Worksheet) -> list[Any]:
    return [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def _rotate_rows(sheet: Worksheet, first: int, last: int, columns: str) -> None:
    for column in columns:
        values = [sheet[f"{column}{row}"].value for row in range(first, last + 1)]
        for row, value in zip(range(first, last + 1), (values[-1], *values[:-1]), strict=True):
            sheet[f"{column}{row}"].value = value


def _is_kreis(label: Any) -> bool:
    return isinstance(label, str) and bool(re.match(r"05\d{3} ", label))


# --- single errors --------------------------------------------------------------------------------


def on_old_census(figures: Figures, files_2023: Figures, old_2023: Figures, key: Key) -> str | None:
    """Population as the census of 2011 would have it: by the ratio of both bases at the end of 2023."""
    parts = [key._replace(label=sex) for sex in ("GESM", "GESW")]
    values = []
    for part in parts:
        new = number(files_2023[part._replace(time="2023-12-31")])
        old = number(old_2023[part._replace(time="31.12.2023")])
        here = number(figures[part])
        if not new or not old or here is None:
            return None
        values.append(round(here * old / new))
    return str(dict(zip((*parts, key._replace(label="")), (*values, sum(values)), strict=True))[key])


def population_on_old_census(content: bytes, files: Files) -> bytes:
    figures = Figures(content)
    new, old = (Figures(files(f"{FLAT}/12411-01-01-4_{day}.csv")) for day in ("2025-04-10", "2024-12-03"))
    known = {key.region for key in old} & {key.region for key in new}
    here = [key for key in figures if key.region in nrw_kreise() and key.region in known]
    texts = {key: text for key in here if (text := on_old_census(figures, new, old, key)) is not None}
    figures.put(texts)
    return figures.content()


def names_in_other_order(content: bytes, files: Files) -> bytes:
    """The column of names was sorted, the figures were not."""
    text = content.decode("cp1252").split("\n")
    rows = [n for n, line in enumerate(text) if re.match(r"\d\d\.\d\d\.\d{4}; {4}\S", line) and "Aachen" not in line]
    names = list(dict.fromkeys(text[n].split(";")[1] for n in rows))
    name_of = dict(zip(names, sorted(names, key=str.strip), strict=True))
    for n in rows:
        day, name, rest = text[n].split(";", 2)
        text[n] = ";".join((day, name_of[name], rest))
    return "\n".join(text).encode("cp1252")


def keys_in_other_order(content: bytes, files: Files) -> bytes:
    """The keys of the Kreise a row lower than their names and figures."""
    text = content.decode("cp1252").split("\n")
    rows = [n for n, line in enumerate(text) if re.match(r"\d{4};05\d{3};", line)]
    keys = [text[n].split(";")[1] for n in rows]
    for n, key in zip(rows, (keys[-1], *keys[:-1]), strict=True):
        year, _, rest = text[n].split(";", 2)
        text[n] = ";".join((year, key, rest))
    return "\n".join(text).encode("cp1252")


def ages_shifted(key: Key) -> Key:
    column = int(key.column)
    return key if column == 0 else key._replace(column=str(91 if column == 1 else column - 1))


def only_german(figures: Figures, others: Figures, key: Key) -> str | None:
    """Foreign nationals: what is left of the total without them."""
    if not key.label.startswith("NATA"):
        return None
    whole, part = number(figures[key._replace(label=key.label.replace("NATA", "", 1))]), number(figures[key])
    return None if whole is None or part is None else f"{whole - part:.0f}"


def half_of_the_kreise_are_old(figures: Figures, others: Figures, key: Key) -> str | None:
    in_time = key.region in nrw_kreise() and nrw_kreise().index(key.region) >= 26
    return others[key] if not in_time and key.region in nrw_kreise() and key in others else None


def of_the_other(figures: Figures, others: Figures, key: Key) -> str | None:
    return others.get(key)


def keys_exchanged(a: str, b: str) -> Plant:
    """Two areas carry each other's key and name."""

    def plant(content: bytes, files: Files) -> bytes:
        collection = json.loads(content)
        areas = {feature["properties"]["ARS"]: feature for feature in collection["features"]}
        areas[a]["geometry"], areas[b]["geometry"] = areas[b]["geometry"], areas[a]["geometry"]
        return json.dumps(collection, ensure_ascii=False).encode()

    return plant


def answer_of(other: str) -> Plant:
    """The answer for one Kreis holds the figures of another."""

    def plant(content: bytes, files: Files) -> bytes:
        head = content.split(b"\n", 1)[0]
        return head + b"\n" + files(API.format(other)).split(b"\n", 1)[1]

    return plant


def half(value: float) -> float:
    return value // 2


# --- the list -------------------------------------------------------------------------------------

_G_TO_I, _J, _K, _L = (
    "Handel, Gastgewerbe, Verkehr (G-I)",
    "Information und Kommunikation (J)",
    "Erbringung von Finanz- und Vers.leistungen (K)",
    "Grundstücks- und Wohnungswesen (L)",
)
_WORK_2020, _WORK_2019 = (f"{TABLES}/13111-07-05-4_{year}.csv" for year in (2020, 2019))
_PEOPLE = f"{FLAT}/12411-01-01-4_2026-03-10.csv"
_ATLAS_NEW, _ATLAS_OLD = (f"{ATLAS}/landkreis_privat_{edition}.csv" for edition in ("2020_2", "2020_1"))
_BUSINESSES = f"{ATLAS}/landkreis_gew_2020_2.csv"
_MOBILE = f"{ATLAS}/landkreis_mobilfunk_stats_2021_1.csv"
_ACCOUNTS, _WORKERS, _DEBTS = (
    f"{TABLES}/{table}_00.csv" for table in ("82111-01-05-4", "13312-01-04-4", "71327-01-05-4")
)
_TRADES, _INSOLVENCIES, _SCHOOLS = (
    f"{TABLES}/{table}_00.csv" for table in ("52311-01-04-4", "52411-01-01-4", "21111-02-06-4")
)
_JOBLESS = f"{TABLES}/13211-02-05-4_2015-2020.csv"
_MOVES, _BENEFITS = f"{TABLES}/12711-04-02-4_2024.csv", f"{LDB}/22811-05i_2024.csv"
_GDP = f"{FLAT}/82000-01-01-4_2025-09-15.csv"
_ALL_TRADE = columns(("0", "5"), ("1", "6"), ("2", "7"), ("3", "8"), ("4", "9"))
_TARGET_HEAD = "indicator_id,region_id,target_value,target_date,decision,decided_on,body\n"

ERRORS: tuple[SemanticError, ...] = (
    # --- Federal Employment Agency
    SemanticError(
        "reports of two cities under each other's name", "Regionalreport", "reports",
        {f"{REPORTS}/05112.xlsx": edited(sent_as("Duisburg, Stadt", "05112", "Essen, Stadt", "05113")),
         f"{REPORTS}/05113.xlsx": edited(sent_as("Essen, Stadt", "05113", "Duisburg, Stadt", "05112"))},
        ("Essen", "Duisburg", "13111-07-05-4"),
    ),
    SemanticError(
        "the previous quarter again, under the new date", "Regionalreport", "all reports",
        {f"{REPORTS}/05113.xlsx": edited(quarter_later)}, ("Essen|05113", "2020-06-30"), only_wrong=True,
    ),
    SemanticError(
        "sections G to K a row lower", "Regionalreport", "reports",
        {f"{REPORTS}/05112.xlsx": as_it_is, f"{REPORTS}/05113.xlsx": edited(sectors_a_row_lower)},
        ("Essen", r"\b[JK]\b"),
    ),
    SemanticError(
        "men and women exchanged in the series", "Regionalreport", "reports",
        {f"{REPORTS}/05112.xlsx": as_it_is,
         f"{REPORTS}/05113.xlsx": edited(columns_exchanged("Tabelle 6", "C", "D", range(10, 51)))},
        ("Essen", "sex=(fe)?male"),
    ),
    SemanticError(
        "residence instead of workplace", "Regionalreport", "reports",
        {f"{REPORTS}/05112.xlsx": as_it_is, f"{REPORTS}/05113.xlsx": edited(at_residence)}, ("Essen|05113",),
    ),
    SemanticError(
        "the newest month repeats the one before", "BA unemployed by month", "sample: months",
        {UNEMPLOYED: edited(month_before_again), RATES: edited(month_before_again)},
        ("ba_arbeitslose_monat", "2025-09-30"),
    ),
    SemanticError(
        "the Kreise a row lower in one of two workbooks", "BA unemployed by month", "sample: months",
        {UNEMPLOYED: edited(kreise_a_row_lower("Übersicht_Kreise", "DEFGHIJKLMNOPQRSTUVWX", 12)), RATES: as_it_is},
        ("ba_arbeitslose_monat", "2025-09-30"),
    ),
    SemanticError(
        "the answer for one city holds another's figures", "BA Statistik-API", "sample: answers",
        {API.format("05113"): answer_of("05117")}, ("Essen|05113", "ba_eckwerte"),
    ),
    SemanticError(
        "divisions 25 to 28 a row lower", "BA special evaluation", "sample: divisions",
        {SPECIAL.format("2024"): taken(labels(
            "25 Herstellung von Metallerzeugnissen",
            "26 Herstellung von Datenverarbeitungsgeräten, elektronischen und optischen Erzeugnissen",
            "27 Herstellung von elektrischen Ausrüstungen",
            "28 Maschinenbau",
        ))}, ("ba_sonderauswertung", "2024-09-30", r"\b2[5678]\b"),
    ),
    # --- employment tables of the statistical offices
    SemanticError(
        "two neighbouring cities exchanged", "13111-07-05-4 employees by sector", "work",
        {_WORK_2020: taken(exchanged("05911", "05513"))}, ("Bochum", "Gelsenkirchen|05513", "2020-06-30"),
    ),
    SemanticError(
        "the previous year again, under the new date", "13111-07-05-4 employees by sector", "work",
        {_WORK_2020: combined(_WORK_2019, of_the_other)},
        ("13111-07-05-4", "2020-06-30"),
    ),
    SemanticError(
        "thousands with three decimals for persons", "13111-07-05-4 employees by sector", "work",
        {_WORK_2020: lambda content, files: _in_thousands(content)}, (r"13111-07-05-4",),
    ),
    SemanticError(
        "service sectors a row lower", "13111-07-05-4 employees by sector", "work",
        {_WORK_2020: taken(labels(_G_TO_I, _J, _K, _L))}, ("2020-06-30", r"\bJ\b|\bK\b|\bL\b"),
    ),
    SemanticError(
        "men and women exchanged", "13111-07-05-4 employees by sector", "work",
        {_WORK_2020: taken(columns(("1", "2"), ("4", "5")))}, ("13111-07-05-4", "2020-06-30", "sex="),
    ),
    SemanticError(
        "a digit too many for one city, totals added up again", "13111-07-05-4 employees by sector", "work",
        {_WORK_2020: totals_follow(changed(lambda n: n * 10, lambda key: key.region == "05913"))},
        ("Dortmund|05913", "2020-06-30"),
    ),
    SemanticError(
        "figures a row lower than the Kreise", "13111-01-03-4 employees by nationality", "work",
        {f"{FLAT}/13111-01-03-4_2025-04-10.csv": taken(row_above)},
        ("13111-01-03-4", "2024-06-30", "Essen|Duisburg|05112"),
    ),
    SemanticError(
        "Germans under “foreign”", "13111-01-03-4 employees by nationality", "work",
        {f"{FLAT}/13111-01-03-4_2025-04-10.csv": combined(_WORK_2019, only_german)},
        ("13111-01-03-4", "2024-06-30", "nationality=foreign"),
    ),
    SemanticError(
        "vocational and academic degrees exchanged", "13111-54i employees by degree", "today",
        {f"{LDB}/13111-54i.csv": taken(columns(("7", "8")))}, ("13111-54i", "academic"),
    ),
    SemanticError(
        "the names were sorted, the figures not", "13111-54i employees by degree", "today",
        {f"{LDB}/13111-54i.csv": names_in_other_order}, ("13111-54i", "Hamm|Duisburg|Dortmund"),
    ),
    # --- population
    SemanticError(
        "a new year on the old census base", "12411-01-01-4 population", "people",
        {_PEOPLE: population_on_old_census}, ("12411-01-01-4", "Köln|05315", "2024-12-31"),
    ),
    SemanticError(
        "a city with its neighbour's figures", "12411-01-01-4 population", "people",
        {_PEOPLE: taken(lambda key: key._replace(region="05911" if key.region == "05913" else key.region))},
        ("Dortmund|05913", "2024-12-31"),
    ),
    SemanticError(
        "area a row lower than the Kreise", "12411-15i area and population", "today",
        {f"{LDB}/12411-15i.csv": taken(row_above, lambda key: key.column == "1")},
        ("12411-15i", "Essen|05113|inhabitants"),
    ),
    SemanticError(
        "every age a column further right", "12411-09i population by age", "today",
        {f"{LDB}/12411-09i.csv": taken(ages_shifted)}, ("12411-09i", "age="),
        missed="first delivery: neighbouring ages are of one size, and their sum stays right",
    ),
    # --- sums of a year
    SemanticError(
        "arrivals and departures exchanged", "12711-04-02-4 migration", "sample: moves",
        {_MOVES: taken(columns(("0", "3"), ("1", "4"), ("2", "5")))}, ("12711-04-02-4", "2024-12-31"),
    ),
    SemanticError(
        "age groups a row lower", "12711-04-02-4 migration", "sample: moves",
        {_MOVES: taken(labels("unter 18 Jahre", "18 bis unter 25 Jahre", "25 bis unter 30 Jahre"))},
        ("12711-04-02-4", "2024-12-31", "age="),
    ),
    SemanticError(
        "one city in persons instead of thousands, totals added up again", "13312 persons employed", "series",
        {_WORKERS: totals_follow(changed(lambda n: n * 1000, lambda key: (key.region, key.time) == ("05913", "2014")))},
        ("Dortmund|05913", "2014-12-31"),
    ),
    SemanticError(
        "two groups of industries exchanged", "13312 persons employed", "series",
        {_WORKERS: taken(columns(("6", "7")), at("2014"))}, ("13312-01-04-4", "2014-12-31", "industry="),
    ),
    SemanticError(
        "GDP per worker and per inhabitant exchanged", "82111 gross domestic product", "series",
        {_ACCOUNTS: taken(columns(("1", "2")), at("2014"))}, ("82111-01-05-4", "2014-12-31", "gdp_per"),
    ),
    SemanticError(
        "GDP per inhabitant a row lower than the Kreise", "82000 gross domestic product", "sample: accounts",
        {_GDP: taken(row_above, lambda key: key.time == "2024" and key.column == "BIP804")},
        ("82000-01-01-4", "2024-12-31"),
    ),
    SemanticError(
        "debt per inhabitant of two cities exchanged", "71327 municipal debt", "series",
        {_DEBTS: taken(exchanged("05113", "05119"), lambda key: key.time == "31.12.2015" and key.column == "0")},
        ("Essen|05113", "2015-12-31"),
    ),
    SemanticError(
        "registrations and deregistrations exchanged", "52311 business notifications", "series",
        {_TRADES: taken(_ALL_TRADE, at("2015"))}, ("52311-01-04-4", "2015-12-31"),
        missed="both counts of a Kreis are of one size (2015: 3 % apart), less than either changes from year to year",
    ),
    SemanticError(
        "half a year for a whole one", "52311 business notifications", "series",
        {_TRADES: totals_follow(changed(half, lambda key: key.time == "2015" and key.region in nrw_kreise()))},
        ("52311-01-04-4", "2015-12-31"),
    ),
    SemanticError(
        "opened and refused proceedings exchanged", "52411 insolvencies", "series",
        {_INSOLVENCIES: taken(columns(("1", "2")), at("2015"))}, ("52411-01-01-4", "2015-12-31", "outcome="),
    ),
    SemanticError(
        "three quarters for a whole year", "52411 insolvencies", "series",
        {_INSOLVENCIES: changed(lambda n: n * 0.75, at("2015"))}, ("52411-01-01-4", "2015-12-31"),
    ),
    SemanticError(
        "the two bases of the rate exchanged", "13211 unemployment", "series",
        {_JOBLESS: taken(columns(("7", "8")), at("2020"))}, ("13211-02-05-4", "2020-12-31", "base=|civilian"),
    ),
    SemanticError(
        "the decimal comma lost in one city", "13211 unemployment", "series",
        {_JOBLESS: changed(
            lambda n: n * 10,
            lambda key: key.region == "05513" and key.time == "2020" and key.column in ("7", "8", "9", "10"),
        )}, ("Gelsenkirchen|05513", "2020-12-31"),
    ),
    SemanticError(
        "rates as fractions", "13211 unemployment", "series",
        {_JOBLESS: lambda content, files: _rates_as_fractions(content)}, ("13211-02-05-4", "2020-12-31|line"),
    ),
    SemanticError(
        "two kinds of school leavers exchanged", "21111 school leavers", "series",
        {_SCHOOLS: taken(columns(("2", "4"), ("3", "5")), at("2015"))},
        ("21111-02-06-4", "2015-12-31", "qualification="),
    ),
    SemanticError(
        "recipients under SGB II for all recipients", "22811-05i minimum income", "sample: benefits",
        {_BENEFITS: taken(lambda key: key._replace(column="0" if key.column == "1" else key.column))},
        ("22811-05i", "2024-12-31"),
    ),
    SemanticError(
        "the keys were sorted, names and figures not", "22811-05i minimum income", "today",
        {f"{LDB}/22811-05i.csv": keys_in_other_order}, ("22811-05i", "05113|Essen|name"),
    ),
    # --- Bundesnetzagentur
    SemanticError(
        "fractions for per cent", "Breitbandatlas", "atlas",
        {_ATLAS_NEW: changed(lambda n: n / 100)}, ("landkreis_privat_2020_2", "fractions of 1"),
    ),
    SemanticError(
        "fibre and cable exchanged", "Breitbandatlas", "atlas",
        {_ATLAS_NEW: taken(columns(*((f"verf_ftth_{n}", f"verf_catv_{n}") for n in (100, 200, 400, 1000))))},
        ("2020-12-31", "ftth", "catv"),
    ),
    SemanticError(
        "figures a row lower than the Kreise", "Breitbandatlas", "atlas",
        {_ATLAS_NEW: taken(row_above)}, ("2020-12-31", "Essen|Duisburg|0511[1-9]"),
    ),
    SemanticError(
        "half of the Kreise from the edition before", "Breitbandatlas", "atlas",
        {_ATLAS_NEW: combined(_ATLAS_OLD, half_of_the_kreise_are_old)}, ("2020-12-31", "Essen|Duisburg|05111"),
    ),
    SemanticError(
        "households in the file of businesses", "Breitbandatlas, businesses", "atlas of households",
        {_BUSINESSES: combined(_ATLAS_NEW, of_the_other)}, ("2020-12-31", "businesses"),
    ),
    SemanticError(
        "5G and LTE exchanged", "Mobile coverage", "atlas",
        {_MOBILE: both(replaced(";LTE2;", ";?;"), replaced('"5G2"', "LTE2"), replaced(";?;", ';"5G2";'))},
        ("2021-06-30", "lte|5g"),
    ),
    # --- other
    SemanticError(
        "two cities carry each other's outline", "Boundaries", "boundaries",
        {"geo/nrw53_vg5000_2021.geojson": keys_exchanged("05112", "05113")}, ("Essen|Duisburg", "km"),
    ),
    SemanticError(
        "published before the period it is about", "Manifest", "work",
        {_WORK_2020: as_it_is}, ("13111-07-05-4", "2010-10-12"), manifest={"published_on": "2010-10-12"},
    ),
    SemanticError(
        "another period than the file's", "Manifest", "work",
        {_WORK_2020: as_it_is}, ("13111-07-05-4_2020", "2019"), manifest={"period": "2019-06-30"},
    ),
    SemanticError(
        "a target in fractions for a percentage", "Officers' targets", "series",
        {}, ("unemployment_rate|Unemployment rate|Arbeitslosenquote", "target|Ziel"),
        officers={"target.csv": _TARGET_HEAD + "unemployment_rate,RUHR,0.065,2030-12-31,Beschluss,2026-05-04,RVR\n"},
        only_wrong=True,
    ),
)  # fmt: skip


def _in_thousands(content: bytes) -> bytes:
    figures = Figures(content)
    numbers = {key: value for key in figures if (value := number(figures[key])) is not None}
    figures.put({key: f"{value / 1000:.3f}".replace(".", ",") for key, value in numbers.items()})
    return figures.content()


def _rates_as_fractions(content: bytes) -> bytes:
    figures = Figures(content)
    rates = [key for key in figures if key.time == "2020" and int(key.column) >= 7]
    numbers = {key: value for key in rates if (value := number(figures[key])) is not None}
    figures.put({key: f"{value / 100:.3f}".replace(".", ",") for key, value in numbers.items()})
    return figures.content()
