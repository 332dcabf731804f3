"""Small GENESIS files for tests, written from plain figures in the publishers' layouts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from reference.regions import regions, ruhr_kreise
from sources.arrived_file import ArrivedFile
from sources.product import Decoded

#: Codes and indented labels of a small but complete file: Germany, NRW and the 15 Kreise of the Ruhr.
AREAS = [("DG", "Deutschland"), ("05", "  Nordrhein-Westfalen")] + [
    (ags, f"      {regions()[ags].genesis_label}") for ags in ruhr_kreise()
]
SEXES = [("", "Insgesamt"), ("GESM", "männlich"), ("GESW", "weiblich")]
FOOTER = '__________\n"zu ""gesamte Tabelle"":\nein Hinweis; über\nmehrere Zeilen"\nStand: 17.08.2021 / 20:27:28\n'

#: (region code, category code) → printed cell
Cells = dict[tuple[str, str], str]


def arrived(text: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> ArrivedFile:
    file = ArrivedFile(Path(name))
    file.content = text if isinstance(text, bytes) else text.encode(encoding)
    return file


def population(start: int = 1000) -> Cells:
    """A printed figure for every area and sex; all differ."""
    keys = [(code, sex) for code, _ in AREAS for sex, _ in SEXES]
    return {key: str(start + number) for number, key in enumerate(keys)}


def datencsv(
    header: Sequence[Sequence[str]],
    rows: Iterable[Sequence[str]],
    code: str = "12411-01-01-4",
    titles: Sequence[str] = ("Bevölkerungsstand (Anzahl)",),
    first: str = "GENESIS-Tabelle: ",
    footer: str = FOOTER,
) -> str:
    width = len(header[0])
    lines = [f"{first}{code}", *(title + ";" * (width - 1) for title in titles)]
    return "\n".join([*lines, *map(";".join, [*header, *rows])]) + "\n" + footer


def population_datencsv(
    cells: Cells | None = None,
    date: str = "31.12.2024",
    header: Sequence[Sequence[str]] = (("", "", "", "Insgesamt", "männlich", "weiblich"),),
    **options: str,
) -> str:
    """12411-01-01-4: date, code and name before the columns total, male, female."""
    printed = cells or population()
    rows = [[date, code, label, *(printed[code, sex] for sex, _ in SEXES)] for code, label in AREAS]
    return datencsv(header, rows, **options)


def _group(number: int) -> list[str]:
    parts = ("code", "label", "attribute_code", "attribute_label")
    return [f"{number}_variable_{part}" for part in parts]


NEW_HEADER = [
    "statistics_code",
    "statistics_label",
    "time_code",
    "time_label",
    "time",
    *_group(1),
    *_group(2),
]
NEW_HEADER += ["value", "value_unit", "value_variable_code", "value_variable_label"]
_KINDS = {"DG": ("DINSG", "Deutschland"), "05": ("DLAND", "Bundesländer")}


def new_population_rows(cells: Cells | None = None, date: str = "2024-12-31") -> list[list[str]]:
    rows = []
    for (code, sex), printed in (cells or population()).items():
        kind = _KINDS.get(code, ("KREISE", "Kreise und kreisfreie Städte"))
        head = ["12411", "Fortschreibung des Bevölkerungsstandes", "STAG", "Stichtag", date, *kind]
        area = [code, dict(AREAS)[code].strip(), "GES", "Geschlecht", sex, dict(SEXES)[sex]]
        rows.append([*head, *area, printed, "Anzahl", "BEVSTD", "Bevölkerungsstand"])
    return rows


def new_ffcsv(rows: Iterable[Sequence[str]], header: Sequence[str] = NEW_HEADER) -> str:
    return "\ufeff" + "\n".join(map(";".join, [header, *rows])) + "\n"


def _old_group(number: int) -> list[str]:
    parts = ("Merkmal_Code", "Merkmal_Label", "Auspraegung_Code", "Auspraegung_Label")
    return [f"{number}_{part}" for part in parts]


OLD_HEADER = ["Statistik_Code", "Statistik_Label", "Zeit_Code", "Zeit_Label", "Zeit", *_old_group(1)]
OLD_HEADER += [*_old_group(2), "BEVSTD__Bevoelkerungsstand__Anzahl"]


def old_population_ffcsv(
    cells: Cells | None = None, date: str = "31.12.2024", header: Sequence[str] = OLD_HEADER
) -> str:
    rows = []
    for (code, sex), printed in (cells or population()).items():
        head = ["12411", "Fortschreibung des Bevölkerungsstandes", "STAG", "Stichtag", date]
        area = ["KREISE", "Kreise und kreisfreie Städte", code, dict(AREAS)[code]]
        rows.append([*head, *area, "GES", "Geschlecht", sex, dict(SEXES)[sex], printed])
    return "\n".join(map(";".join, [header, *rows])) + "\n"


def facts(decoded: Decoded) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Key (schemas.observation.KEY) → value, unit and status of each observation."""
    return {row[:7]: (row[7], row[8], row[9]) for row in decoded.observations}


def printed_figures(decoded: Decoded) -> dict[tuple[str, str], str]:
    """(region_id, dimensions) → cell as printed."""
    return {(str(row[2]), str(row[5])): str(row[11]) for row in decoded.observations}


def expected_figures(cells: Cells) -> dict[tuple[str, str], str]:
    sexes = {"": "", "GESM": "sex=male", "GESW": "sex=female"}
    return {("DE" if code == "DG" else code, sexes[sex]): text for (code, sex), text in cells.items()}
