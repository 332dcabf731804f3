"""Mobilfunkmonitoring, workbook `Auswertung_Mobilfunkmonitoring.xlsx`: covered area by technology and operator.

Layout (Bundesnetzagentur; known from public programs that read it, not from a file): sheet `Fläche`, technologies
(`2G`, `4G`, `5G*`, `5G SA`) first for all operators, then for each; fractions from 0 to 1; one row per Bund, Land,
Kreis and Gemeinde with its key in the first column. `5G*` counts 5G on 4G cores too. Inferred: a header `AGS`; the
operators' names in labels above the technologies; words for all of them (`alle`, `gesamt`, `mindestens ein`). As
these words are inferred, the figures must agree: all operators together cover at least what each covers.
See `bnetza_workbook` for the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from schemas.observation import LARGEST_PERCENTAGE, Observation
from sources.arrived_file import ArrivedFile
from sources.bnetza_breitband_workbook import HOUSEHOLD_SHEET
from sources.bnetza_mobilfunk import VARIABLE
from sources.bnetza_workbook import (
    Figures,
    Table,
    agreed_day,
    observations,
    read_table,
    rows_by_region,
)
from sources.product import Decoded, Product, Remark, remarks_on_wholes
from sources.rejected import Rejected
from sources.workbook import sheet_called

SHEET = "Fläche"
DATASET = "bnetza_mobilfunkmonitoring"
FRACTION = "Anteil"

#: Labels without blanks and hyphens.
TECHNOLOGY_IDS = {"2g": "2g", "4g": "4g", "5g*": "5g", "5gsa": "5g_sa"}
ALL = "all"
#: Word in the label of an operator → its id.
OPERATOR_IDS = {"telekom": "telekom", "vodafone": "vodafone", "telef": "telefonica", "1&1": "1und1"}
_ALL_OPERATORS = re.compile(r"\balle\b|gesamt|mindestens ein", re.IGNORECASE)
#: Fractions of area are rounded one by one.
_ROUNDING = 0.01

#: Operator and technology.
Network = tuple[str, str]


def _decode(file: ArrivedFile) -> Decoded:
    table = read_table(file, SHEET, lambda text: _plain(text) in TECHNOLOGY_IDS, "4G")
    networks, left_out = _networks(table)
    day = agreed_day(file, table, "Mobilfunk|Datenstand|Stand")
    rows, skipped = rows_by_region(table)
    figures = Figures(DATASET, VARIABLE, day, FRACTION, "", LARGEST_PERCENTAGE / 100)
    cells = list(
        observations(table, figures, {column: _dimensions(*network) for column, network in networks.items()}, rows)
    )
    _check_all_operators(cells)
    return Decoded(
        observations=[*cells],
        source_id=DATASET,
        period=day.isoformat(),
        layout=tuple(" / ".join(table.over[column]) for column in networks),
        skipped=skipped,
        remarks=[*remarks_on_wholes(rows, table.sheet.name), *_remarks(left_out, table.sheet.name)],
    )


def _remarks(left_out: list[str], sheet: str) -> list[Remark]:
    return [Remark("column_not_declared", f"Columns left out: {', '.join(left_out)}", sheet)] if left_out else []


def _recognises(file: ArrivedFile) -> bool:
    # the fixed-line workbook has a sheet of this name too
    return sheet_called(file, SHEET) is not None and sheet_called(file, HOUSEHOLD_SHEET) is None


def _networks(table: Table) -> tuple[dict[int, Network], list[str]]:
    """(network by column, texts of the other columns); raises Rejected for a network given twice and where none is
    of all operators."""
    networks: dict[int, Network] = {}
    left_out = []
    for column, texts in table.over.items():
        *labels, own = texts
        operator, technology = _operator(" ".join(labels)), TECHNOLOGY_IDS.get(_plain(own))
        if operator and technology:
            networks[column] = operator, technology
        else:
            left_out.append(" / ".join(texts))
    for network, count in Counter(networks.values()).items():
        if count > 1:
            places = ", ".join(table.where(column) for column in networks if networks[column] == network)
            raise Rejected(expected=f"one column for {' '.join(network)}", found=f"{count} of them", where=places)
    if ALL not in {operator for operator, _ in networks.values()}:
        raise Rejected(
            expected="technologies below a label for all operators (“alle …”, “gesamt”, “mindestens ein …”)",
            found=", ".join(left_out) or "operators only",
            where=table.where(table.start),
            hint="If the label has other words, declare them.",
        )
    return networks, left_out


def _operator(label: str) -> str:
    """Id of the one operator a label names, `all`, or "" where it says neither."""
    named = [operator for word, operator in OPERATOR_IDS.items() if word in _plain(label)]
    if len(named) == 1:
        return named[0]
    return ALL if _ALL_OPERATORS.search(label) else ""


def _plain(label: str) -> str:
    return re.sub(r"[\s-]", "", label).casefold()


def _dimensions(operator: str, technology: str) -> str:
    return f"area_group=area;area_type=total;operator={operator};technology={technology}"


def _check_all_operators(cells: Iterable[Observation]) -> None:
    """A place covered by one operator is covered."""
    known = {(cell.region_id, cell.dimensions): cell for cell in cells if cell.value is not None}
    for (region_id, dimensions), cell in known.items():
        together = known.get((region_id, re.sub("operator=[^;]+", f"operator={ALL}", dimensions)))
        if together and (together.value or 0) + _ROUNDING < (cell.value or 0):
            raise Rejected(
                expected=f"at most the {together.printed} that all operators cover ({together.locator})",
                found=cell.printed,
                where=cell.locator,
                hint="The columns may have been taken for others.",
            )


PRODUCT = Product(
    product_id="bnetza_mobilfunk_workbook",
    looks_like="the workbook of the Mobilfunkmonitoring (a sheet “Fläche”)",
    recognises=_recognises,
    decode=_decode,
)
