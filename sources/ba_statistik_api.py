"""Federal Employment Agency, Statistik-API: key figures of one region at a few months, as CSV.

Documented (from public code that reads `EckwerteTabelleALOBL`; the service was not at hand):

    Land:; Berlin
    Gebietsstand:; Februar 2026
    Berichtsmonat:; Februar 2026
    Datenstand:; Februar 2026
    Rechtskreis:; SGB III, SGB II

    Ausgewählte Merkmale;Februar 2026;Januar 2026;Februar 2025;Veränderung Februar 2026 zum Vorjahresmonat absolut;
    Arbeitslose insgesamt;226.880;228.030;215.420;11.460;
    im Rechtskreis SGB III;78.280;78.390;71.820;6.460;
    Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen);10,6;10,7;10,2;0,4;
    im Rechtskreis SGB III;3,7;3,7;3,4;0,3;
    © Statistik der Bundesagentur für Arbeit
    Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet.

So the same label stands below a count and below a rate: what it is about is the row above it. Inferred: `Kreis:` and
`Kreis AO:` (place of work) in the first line, and the labels of the employment table `EckwerteTabelleBST`.

Rounded figures are a dataset of their own, `ba_eckwerte_gerundet`: they must never look like a revision of exact ones.
`Datenstand` is when the figures were drawn, not when they were published, and therefore not taken for it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from reference.regions import region_of_name
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.ba_unemployment import COUNTS, RATES, Measure, printed_base, time_of, without_months
from sources.ba_workbook import UNIT, whole_number
from sources.cells import month_end
from sources.product import Decoded, Product, period_of
from sources.rejected import Rejected
from sources.workbook import heading

EXACT, ROUNDED = "ba_eckwerte", "ba_eckwerte_gerundet"
UNEMPLOYMENT_SOURCE, EMPLOYMENT_SOURCE = "ba_statistik_api", "ba_statistik_api_bst"
HEAD = "Ausgewählte Merkmale"
#: The head stands within the first lines.
_TOP_LINES = 30
_FOOTER = "©"
#: Three exact counts end in 0 once in a thousand files.
_FEW_COUNTS = 3

_EMPLOYEES = Measure("employees", UNIT, whole_number)
_REGION_KEY = re.compile(r"(?:Bundesland|Land|Kreis|Region)(?: ?\(?(AO|Arbeitsort|WO|Wohnort)\)?)?")
_WORKPLACE = ("AO", "Arbeitsort")
_UNEMPLOYED_ROW = re.compile(r"Arbeitslose insgesamt")
#: Of all unemployed: `Arbeitslosenquote Männer (bezogen …)` is another rate.
_RATE_ROW = re.compile(
    r"Arbeitslosenquote(?: insgesamt)?,? \(?(?:bezogen auf|bez\. auf|auf) \S+ zivilen? Erwerbspersonen\)?"
)
_EMPLOYEES_ROW = re.compile(
    r"sozialversicherungspflichtig Beschäftigte(?: \(?(?:am Arbeitsort|AO)\)?)?(?:,? insgesamt)?", re.IGNORECASE
)
_PART_ROW = re.compile(r"(?:dar\S* |dav\S* )?im Rechtskreis SGB (II|III)")
_PARTS = {"II": "legal_basis=sgb2", "III": "legal_basis=sgb3"}
_ROUNDING = re.compile(r"\b(?:auf)?gerundet", re.IGNORECASE)
#: Keys above the head that may restrict the file to a part, as `Rechtskreis` does (inferred), and values that do not.
_FILTER = re.compile(
    r"geschlecht|alter|national|staatsangeh|personengruppe|qualifikation|abschluss|anforderung|beruf|wirtschafts"
    r"|branche|arbeitszeit|beschäftigungsart",
    re.IGNORECASE,
)
_EVERYTHING = ("", "insgesamt", "gesamt", "alle")


class _Line(NamedTuple):
    number: int
    cells: list[str]


@dataclass(frozen=True)
class _File:
    """The parts of a file: keys and texts above the head, the head, the rows, the lines below."""

    keys: dict[str, str]
    head: _Line
    rows: list[_Line]
    below: list[str]


def decode(file: ArrivedFile) -> Decoded:
    """The declared rows at every month; raises Rejected where the file is not what its layout promises."""
    parts = _parts(file)
    region_id, is_workplace = _region(parts)
    _require_everything(parts)
    months = _months(parts)
    dataset = ROUNDED if any(map(_ROUNDING.search, [*parts.below, *parts.keys.values()])) else EXACT
    skipped: Counter[str] = Counter()
    if left_out := len([cell for cell in parts.head.cells[1:] if cell]) - len(months):
        skipped["column that is no month"] = left_out
    observations: dict[tuple[object, ...], Observation] = {}
    for line, measure in _measured(parts, is_workplace, skipped):
        for column, date in months.items():
            where = f"line {line.number}, column {column + 1}"
            value, status, printed = measure.read(line.cells[column], where)
            cell = Observation(
                dataset, measure.variable, region_id, None, None, measure.dimensions,
                date, value, measure.unit, status, "", printed, where,
            )  # fmt: skip
            first = observations.setdefault((measure.variable, measure.dimensions, date), cell)
            if first.printed != printed:
                raise Rejected(expected=f"{first.printed}, as at {first.locator}", found=printed, where=where)
    if not observations:
        raise Rejected(
            expected="the row “Arbeitslose insgesamt”, a rate with its base, or employees at the place of work",
            found=", ".join(line.cells[0] for line in parts.rows) or "no row",
            where=f"line {parts.head.number}",
        )
    if dataset == EXACT:
        _require_exact_figures(list(observations.values()))
    return _decoded(parts, list(observations.values()), skipped)


def _require_exact_figures(cells: list[Observation]) -> None:
    """Where all counts end in 0 they are rounded, and the line that says so is lost: they must not pass for exact."""
    counts = [cell.value for cell in cells if cell.unit == UNIT and cell.value]
    if len(counts) >= _FEW_COUNTS and all(count % 10 == 0 for count in counts):
        raise Rejected(
            expected="the line “… werden die Zahlenwerte gerundet” below the rows, as all counts end in 0",
            found="none",
            where=cells[-1].locator,
            hint="The answer is cut off: fetch it again.",
        )


def _decoded(parts: _File, cells: list[Observation], skipped: Counter[str]) -> Decoded:
    dates = [cell.reference_date for cell in cells]
    of_employment = all(cell.variable == _EMPLOYEES.variable for cell in cells)
    observations: list[tuple[object, ...]] = list(cells)
    return Decoded(
        observations=observations,
        source_id=EMPLOYMENT_SOURCE if of_employment else UNEMPLOYMENT_SOURCE,
        period=period_of(min(dates).isoformat(), max(dates).isoformat()),
        layout=tuple(map(without_months, filter(None, [*parts.head.cells, *(line.cells[0] for line in parts.rows)]))),
        skipped=dict(skipped),
    )


def recognises(file: ArrivedFile) -> bool:
    """True for a text with a line that begins with the head, in quotes or not."""
    heads = (f"{HEAD};", f'"{HEAD}";')
    return file.kind == "text" and any(line.startswith(heads) for line in file.head_lines[:_TOP_LINES])


PRODUCT = Product(
    product_id=UNEMPLOYMENT_SOURCE,
    looks_like=f"CSV of the BA Statistik-API (a line “{HEAD};<month>;…”)",
    recognises=recognises,
    decode=decode,
)


# --- the file -------------------------------------------------------------------------------------


def _parts(file: ArrivedFile) -> _File:
    lines = [_Line(number, [cell.strip() for cell in cells]) for number, cells in file.rows()]
    lines = [line for line in lines if any(line.cells)]
    head = next((index for index, line in enumerate(lines[:_TOP_LINES]) if line.cells[0] == HEAD), None)
    if head is None:
        raise Rejected(expected=f"a line “{HEAD};<month>;…”", found="none in the first lines")
    foot = next((index for index, line in enumerate(lines) if line.cells[0].startswith(_FOOTER)), None)
    if foot is None or foot < head:
        raise Rejected(
            expected=f"a line “{_FOOTER} …” below the rows",
            found="none",
            where=f"line {lines[-1].number}",
            hint="The answer is cut off: fetch it again.",
        )
    rows = lines[head + 1 : foot]
    for line in rows:
        if len(line.cells) != len(lines[head].cells):
            raise Rejected(
                expected=f"{len(lines[head].cells)} cells, as in the head",
                found=str(len(line.cells)),
                where=f"line {line.number}",
            )
    above = {line.cells[0].rstrip(": "): " ".join(filter(None, line.cells[1:])) for line in lines[:head]}
    return _File(above, lines[head], rows, [" ".join(line.cells) for line in lines[foot:]])


def _region(parts: _File) -> tuple[str, bool]:
    """(region_id, is it a place of work) of the line that names the region; raises Rejected where it is not ours."""
    for key, name in parts.keys.items():
        match = _REGION_KEY.fullmatch(key)
        if not match and (key, name) != ("Deutschland", ""):
            continue
        region_id = region_of_name(name or key)
        if region_id is None:
            raise Rejected(
                expected="one of the monitored regions",
                found=f"“{name}”",
                where="the lines above the table",
                hint="The monitor covers the Kreise of NRW, NRW and Germany; a new spelling belongs into reference/.",
            )
        return region_id, match is not None and match[1] in _WORKPLACE
    raise Rejected(
        expected="a line “Kreis:; <name>”, “Land:; <name>” or “Deutschland”",
        found=", ".join(parts.keys) or "no line above the table",
        where="the lines above the table",
    )


def _require_everything(parts: _File) -> None:
    """Raises Rejected where a line above the head restricts the file, e.g. `Geschlecht:; Frauen`."""
    for key, value in parts.keys.items():
        if _FILTER.match(key) and value.casefold() not in _EVERYTHING:
            raise Rejected(
                expected=f"“{key}: Insgesamt”",
                found=f"“{key}: {value}”",
                where="the lines above the table",
                hint="Figures of a part must not pass for those of all.",
            )


def _months(parts: _File) -> dict[int, dt.date]:
    """Reference date by column; the newest must be the Berichtsmonat, where one is named."""
    months: dict[int, dt.date] = {}
    for column, cell in enumerate(parts.head.cells):
        time = time_of(cell)
        if not (time.year and time.month):
            continue
        date = month_end(time.year, time.month)
        where = f"line {parts.head.number}, column {column + 1}"
        if date in months.values():
            raise Rejected(expected="each month once", found=f"“{cell}” again", where=where)
        months[column] = date
    reported = time_of(parts.keys.get("Berichtsmonat", ""))
    named = month_end(reported.year, reported.month) if reported.year and reported.month else None
    if not months or (named and named != max(months.values())):
        raise Rejected(
            expected=f"columns of months, the newest of them {parts.keys.get('Berichtsmonat', 'that of the report')}",
            found=" | ".join(parts.head.cells),
            where=f"line {parts.head.number}",
        )
    return months


# --- the rows -------------------------------------------------------------------------------------


def _measured(parts: _File, is_workplace: bool, skipped: Counter[str]) -> Iterator[tuple[_Line, Measure]]:
    """(line, what it says) of each declared row; counts the others. A part belongs to the row above it."""
    whole: Measure | None = None
    for line in parts.rows:
        label = heading(line.cells[0])
        if match := _PART_ROW.fullmatch(label):
            measure = _part_of(whole, match[1])
        else:
            measure = whole = _whole(label, is_workplace)
        if measure:
            _require_both_laws(parts, measure)
            yield line, measure
        else:
            skipped[f"row not declared: {label}"] += 1


def _whole(label: str, is_workplace: bool) -> Measure | None:
    if _UNEMPLOYED_ROW.fullmatch(label):
        return COUNTS
    if _RATE_ROW.fullmatch(label):
        base = printed_base([label])  # without it a rate cannot be used
        return RATES._replace(dimensions=base) if base else None
    if _EMPLOYEES_ROW.fullmatch(label) and (is_workplace or "arbeitsort" in label.casefold()):
        return _EMPLOYEES
    return None


def _part_of(whole: Measure | None, law: str) -> Measure | None:
    if whole is None:
        return None
    return whole._replace(dimensions=";".join(filter(None, [whole.dimensions, _PARTS[law]])))


def _require_both_laws(parts: _File, measure: Measure) -> None:
    """`Rechtskreis` names what the file was restricted to: a part of the unemployed is not all of them."""
    laws = set(re.findall(r"\bSGB (II|III)\b", parts.keys.get("Rechtskreis", "")))
    if measure.variable != _EMPLOYEES.variable and len(laws) == 1:
        raise Rejected(
            expected="figures of both SGB II and SGB III",
            found=f"“Rechtskreis: {parts.keys['Rechtskreis']}”",
            where="the lines above the table",
        )
