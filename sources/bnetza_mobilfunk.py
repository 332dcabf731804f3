"""Breitbandatlas, mobile coverage by land use and transport network: % of the area or length of a region.

Layout (Bundesnetzagentur, Paket 3, edition 2021_1): one row per region, technology and kind of area, columns
`AGS;Technologie;Flaechenart;Flaechen Gruppe;Flaechen Gruppe Name;Verfügbarkeit`. What a region does not have
(a Kreis without waterways) is absent, not empty. Period, keys and percentages: see `bnetza_breitbandatlas`.
Later figures come from another survey (`bnetza_mobilfunk_workbook`), which prints fractions of 1: a table that
holds nothing above 1 is refused, as its percentages cannot be told from fractions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from sources.arrived_file import ArrivedFile
from sources.bnetza_breitbandatlas import (
    PercentCell,
    Rows,
    monitored_rows,
    reference_date,
    remarks_on_end,
    to_observations,
)
from sources.bnetza_coverage import refuse_fractions
from sources.product import Decoded, Product, Remark
from sources.rejected import Rejected
from sources.table_csv import CsvTable, header_of, read_table

DATASET = "bnetza_mobilfunk"
VARIABLE = "mobile_coverage"

KEY, TECHNOLOGY, AREA, GROUP, VALUE = (
    "AGS",
    "Technologie",
    "Flaechenart",
    "Flaechen Gruppe Name",
    "Verfügbarkeit",
)
COLUMNS = (KEY, TECHNOLOGY, AREA, "Flaechen Gruppe", GROUP, VALUE)

#: Printed name → id in `dimensions`.
TECHNOLOGY_IDS = {"Mobil Alle": "all", "5G2": "5g2", "LTE2": "lte2", "LTE6": "lte6", "LTE10": "lte10"}
GROUP_IDS = {"Gemeindefläche": "municipal_area", "Infrastruktur": "infrastructure"}
AREA_IDS = {
    "Gewässer": "water",
    "Gewerbliche Nutzfläche": "commercial",
    "Landwirtschaftliche Flächen": "agriculture",
    "Wald-, Wiesenflächen": "forest_and_meadow",
    "Wohnbaufläche": "residential",
    "Autobahn": "motorways",
    "Bahnstrecken": "railways",
    "Bundesstraßen": "federal_roads",
    "Kreisstraßen": "district_roads",
    "Landstraßen": "state_roads",
    "Wasserstraßen": "waterways",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def id_of(printed: str, ids: dict[str, str]) -> str:
    """The declared id of a printed name, else the name itself as an id.

    >>> id_of("Gewässer", AREA_IDS), id_of("Grün- und Freifläche", AREA_IDS)
    ('water', 'gruen_und_freiflaeche')
    """
    return ids.get(printed) or re.sub(r"[^a-z0-9]+", "_", printed.lower().translate(_UMLAUTS)).strip("_")


def _decode(file: ArrivedFile) -> Decoded:
    table = read_table(file)
    key_column = table.column(KEY)
    day = reference_date(file)
    rows, skipped = monitored_rows(table, key_column)
    cells = list(_cells(table, rows))
    _refuse_twice(cells)
    observations = to_observations(DATASET, VARIABLE, day, cells, table.delimiter, basis="")
    refuse_fractions(observations)
    return Decoded(
        observations=observations,
        source_id="bnetza_mobilfunk",
        period=day.isoformat(),
        layout=table.header,
        skipped=skipped,
        remarks=remarks_on_end(file) + _remarks_on_new_names(table) + _remarks_on_missing_rows(cells),
    )


def _recognises(file: ArrivedFile) -> bool:
    return {name.casefold() for name in (KEY, TECHNOLOGY, AREA)} <= {n.casefold() for n in header_of(file)}


def _cells(table: CsvTable, rows: Rows) -> Iterator[PercentCell]:
    technology, area, group, value = map(table.column, (TECHNOLOGY, AREA, GROUP, VALUE))
    for region_id, region_rows in rows.items():
        for line, row in region_rows:
            ids = (
                f"area_group={_named(row, group, GROUP_IDS, line)}",
                f"area_type={_named(row, area, AREA_IDS, line)}",
                f"technology={_named(row, technology, TECHNOLOGY_IDS, line)}",
            )
            yield PercentCell(region_id, ";".join(ids), row[value], f"line {line}, column {value + 1}")


def _named(row: list[str], column: int, ids: dict[str, str], line: int) -> str:
    if name := id_of(row[column].strip(), ids):
        return name
    raise Rejected(expected="a name", found=f"“{row[column]}”", where=f"line {line}, column {column + 1}")


def _refuse_twice(cells: list[PercentCell]) -> None:
    first: dict[tuple[str, str], PercentCell] = {}
    for cell in cells:
        earlier = first.setdefault((cell.region_id, cell.dimensions), cell)
        if earlier is not cell:
            raise Rejected(
                expected=f"one row for region {cell.region_id}, {cell.dimensions}",
                found=f"a second one; the first is at {earlier.where}",
                where=cell.where,
            )


def _remarks_on_missing_rows(cells: list[PercentCell]) -> list[Remark]:
    """Where a kind of area is there all technologies are, and none is absent in one region alone (waterways are in
    two): so in the known file."""
    technologies: dict[tuple[str, str], set[str]] = defaultdict(set)
    of_area: dict[str, set[str]] = defaultdict(set)
    for cell in cells:
        area, _, technology = cell.dimensions.rpartition(";")
        technologies[cell.region_id, area].add(technology)
        of_area[area].add(technology)
    regions = {region_id for region_id, _ in technologies}
    with_area = Counter(area for _, area in technologies)
    short = [(region_id, area) for (region_id, area), found in technologies.items() if found != of_area[area]]
    short += [
        (region_id, area)
        for area, number in with_area.items()
        if number == len(regions) - 1 > 1
        for region_id in regions
        if (region_id, area) not in technologies
    ]
    if not short:
        return []
    region_id, area = min(short)
    return [Remark("rows_missing", f"Rows may be missing of {len(short)} areas, first {area} in {region_id}.")]


def _remarks_on_new_names(table: CsvTable) -> list[Remark]:
    declared = ((TECHNOLOGY, TECHNOLOGY_IDS), (AREA, AREA_IDS), (GROUP, GROUP_IDS))
    return [
        Remark("name_not_declared", f"“{name}” in {column} is not declared; it is kept as `{id_of(name, ids)}`.")
        for column, ids in declared
        for name in sorted(_names(table, column) - ids.keys())
    ]


def _names(table: CsvTable, column: str) -> set[str]:
    position = table.column(column)
    return {row[position].strip() for _, row in table.rows}


PRODUCT = Product(
    product_id="bnetza_mobilfunk",
    looks_like=f"a Breitbandatlas CSV on mobile coverage (columns {', '.join(COLUMNS)})",
    recognises=_recognises,
    decode=_decode,
)
