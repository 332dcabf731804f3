"""The indicators: an overview, and for each a page with definition, formula, all values and their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.downloads import DOWNLOADS, csv_bytes, json_bytes
from monitor.exhibit import Cell, Column, Exhibit, Raw, Table
from monitor.facts import SHOWN_REGIONS, Indicator, Row, Value
from monitor.format import quantity
from monitor.page import Page
from monitor.pages.formulas import formula
from monitor.pages.indicator_exhibits import comparison, development
from monitor.pages.indicator_tables import indicators_table
from monitor.view import View, value_anchor
from reference.regions import RUHR

INDEX = "indikator/index.html"
_TYPES = ("context", "structure", "output", "result", "process")
#: Cells named beside a value; where there are more, their number and their files are.
_NAMED_CELLS = 2
_NAMED_FILES = 4


@dataclass(frozen=True)
class Origin:
    """A value on the page: where it stands, what it is, and the files (by their number on the page) it comes from."""

    anchor: str
    date: str
    cell: Cell
    certainty: str
    table: str
    cells: str
    notes: list[int]
    more: int


def pages(view: View) -> Iterator[Page]:
    """The overview, and a page per indicator."""
    yield _overview(view)
    yield from (_indicator(view, indicator) for indicator in view.facts.indicators.values())


def _overview(view: View) -> Page:
    by_type = {
        kind: [i.indicator_id for i in view.facts.indicators.values() if i.type == kind and _is_known(view, i)]
        for kind in _TYPES
    }
    tables = [
        indicators_table(view, ids, RUHR, view.t(f"indicator_type.{kind}")) for kind, ids in by_type.items() if ids
    ]
    return Page(
        path=INDEX,
        template="indicators.html.j2",
        title=view.t("nav.indicators"),
        section="methods",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={"tables": tables},
    )


def _is_known(view: View, indicator: Indicator) -> bool:
    return any((indicator.indicator_id, region.region_id) in view.facts.values for region in view.facts.shown_regions)


def _indicator(view: View, indicator: Indicator) -> Page:
    t, indicator_id = view.t, indicator.indicator_id
    path = view.indicator_path(indicator_id)
    values = {
        region.region_id: list(reversed(view.facts.values.get((indicator_id, region.region_id), [])))
        for region in view.facts.shown_regions
    }
    since = view.facts.detailed_since(indicator_id)
    shown = {region: [v for v in of_region if v.reference_date >= since] for region, of_region in values.items()}
    notes = _Notes()
    regions = [
        (view.region(region_id), region_id, [_origin(view, value, notes) for value in of_region])
        for region_id, of_region in shown.items()
        if values[region_id]
    ]
    exhibits: dict[str, Exhibit] = {}
    if series := development(view, indicator):
        exhibits["series"] = series
    if bars := comparison(view, indicator, path):
        exhibits["bars"] = bars
    header, rows = _value_rows(view, indicator_id)
    files = {
        f"{DOWNLOADS}/{indicator_id}.csv": csv_bytes(header, rows, view.lang),
        f"{DOWNLOADS}/{indicator_id}.json": json_bytes(header, rows),
    }
    if lineage := view.facts.grouped(_LINEAGE, "indicator_id").get(indicator_id):
        files[f"{DOWNLOADS}/{indicator_id}-herkunft.csv"] = _lineage_csv(view, lineage)
    return Page(
        path=path,
        template="indicator.html.j2",
        title=view.of(indicator, "title"),
        section="methods",
        crumbs=((t("nav.start"), "index.html"), (t("nav.indicators"), INDEX)),
        content={
            "indicator": indicator,
            "unit": view.unit(indicator.unit),
            "definition": view.of(indicator, "definition"),
            "caveat": view.of(indicator, "caveat"),
            "formula": formula(view, indicator_id),
            "baselines": [_baseline(view, row, indicator.unit) for row in _rows_of(view, _BASELINES, indicator_id)],
            "targets": [_target(view, row, indicator.unit) for row in _rows_of(view, _TARGETS, indicator_id)],
            "interval_reasons": _interval_reasons(values[RUHR]),
            "regions": regions,
            "is_cut": sum(map(len, shown.values())) < sum(map(len, values.values())),
            "composition": _composition(view, indicator_id, notes),
            "notes": [(number, view.facts.deliveries[delivery]) for delivery, number in notes.numbers.items()],
            "files": list(files),
        },
        exhibits=exhibits,
        files=files,
    )


def _rows_of(view: View, sql: str, indicator_id: str) -> list[Row]:
    return view.facts.grouped(sql, "indicator_id").get(indicator_id, [])


def _baseline(view: View, row: Row, unit: str) -> str:
    """What the strategy prints, where it prints it, and what contradicts it."""
    number = row["value_text"] if row["value"] is None else quantity(row["value"], unit, view.lang)
    period = row["period_printed"] or view.t("indicator.no_period")
    place = view.t("source.place", document=row["document"], place=row["place"])
    text = view.t("indicator.printed", region=row["region_printed"], number=number, period=period, place=place)
    return f"{text} {view.of(row, 'contradiction')}".rstrip()


def _target(view: View, row: Row, unit: str) -> str:
    return view.t(
        "indicator.decided",
        region=view.region(row["region_id"]),
        number=quantity(row["target_value"], unit, view.lang),
        day=view.day(row["target_date"]),
        decision=row["decision"],
        body=row["body"],
        decided_on=view.day(row["decided_on"]),
    )


class _Notes:
    """Numbers of the files on a page, in the order in which they are first named."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, delivery_id: str) -> int:
        return self.numbers.setdefault(delivery_id, len(self.numbers) + 1)


def _origin(view: View, value: Value, notes: _Notes) -> Origin:
    key = (value.indicator_id, value.region_id, value.reference_date)
    cells = view.facts.grouped(_LINEAGE, "indicator_id", "region_id", "reference_date").get(key, [])
    cell = view.cell(view.figure(value), (), is_bare=True)
    if value.dataset.startswith("strategy/"):
        named = value.dataset.removeprefix("strategy/")
    elif len(cells) <= _NAMED_CELLS:
        named = ", ".join(view.locator(cell["locator"]) for cell in cells)
    else:
        named = view.t("indicator.cells", count=len(cells))
    return Origin(
        anchor=value_anchor(value.region_id, value.reference_date),
        date=view.day(value.reference_date),
        cell=cell,
        certainty=view.certainty(view.figure(value)),
        table=view.table_name(value.dataset),
        cells=named,
        notes=[notes.of(delivery) for delivery in value.delivery_ids[:_NAMED_FILES]],
        more=len(value.delivery_ids) - _NAMED_FILES,
    )


def _interval_reasons(values: list[Value]) -> list[str]:
    """Why the newest values are intervals: keys of the texts."""
    reasons = set()
    for value in values:
        if value.value is None and value.is_known:
            is_coarse = value.dataset.startswith("crosswalk_employment/") and not value.dataset.endswith("wz08-2")
            reasons.add("coarse" if is_coarse else "open" if value.value_upper is None else "suppressed")
    return sorted(reasons)


def _composition(view: View, indicator_id: str, notes: _Notes) -> Table | None:
    """Every cell behind the newest value of the Ruhr."""
    value = view.facts.newest(indicator_id, RUHR)
    if value is None:
        return None
    by_value = view.facts.grouped(_LINEAGE, "indicator_id", "region_id", "reference_date")
    rows = by_value.get((indicator_id, RUHR, value.reference_date))
    if not rows:
        return None
    t = view.t
    columns = (
        Column(t("column.region")),
        Column(t("column.input")),
        Column(t("column.printed"), numeric=True),
        Column(t("column.file")),
        Column(t("column.cell")),
    )
    path = view.indicator_path(indicator_id)
    cells = []
    for row in rows:
        number = notes.of(row["delivery_id"])
        cells.append(
            (
                view.text_cell(view.region(row["input_region_id"])),
                view.text_cell(_input(view, row)),
                view.number_cell(row["input_value"], row["status"]),
                view.text_cell(f"[{number}]", f"{path}#datei-{number}"),
                view.text_cell(view.locator(row["locator"])),
            )
        )
    caption = t("indicator.composition_caption", day=view.day(value.reference_date), count=len(rows))
    return Table(caption, columns, cells, sortable=True)


def _input(view: View, row: Row) -> str:
    """What a cell is about: `Beschäftigte, Branche H`."""
    name = view.t.word("variable", row["input_variable"])
    dimensions = row["input_dimensions"]
    if not dimensions:
        return name
    if dimensions.startswith("sector="):
        return view.t("indicator.input_sector", name=name, sector=dimensions.removeprefix("sector="))
    return f"{name} ({view.t.word('dimension', dimensions)})"


# --- downloads ------------------------------------------------------------------------------------


def _value_rows(view: View, indicator_id: str) -> tuple[list[str], list[list[Raw]]]:
    """Header and all values of the shown regions."""
    t = view.t
    header = [t(f"download.{name}") for name in ("region_id", "region", "date", "value", "lower", "upper", "unit",
              "status", "nrw", "table", "basis", "vintage")]  # fmt: skip
    rows: list[list[Raw]] = [
        [
            value.region_id,
            view.region(value.region_id),
            value.reference_date,
            value.value,
            value.value_lower,
            value.value_upper,
            value.unit,
            value.status,
            value.benchmark_value,
            value.dataset,
            value.basis,
            view.facts.known_from(value.delivery_ids),
        ]
        for region in view.facts.shown_regions
        for value in view.facts.values.get((indicator_id, region.region_id), [])
    ]
    return header, rows


def _lineage_csv(view: View, lineage: list[Row]) -> bytes:
    t = view.t
    header = [t(f"download.{name}") for name in ("region_id", "date", "input_region_id", "table", "input", "dimensions",
              "printed", "status", "file", "sha256", "cell", "publisher", "vintage")]  # fmt: skip
    rows: list[list[Raw]] = []
    for row in lineage:
        delivery = view.facts.deliveries[row["delivery_id"]]
        rows.append(
            [
                row["region_id"],
                row["reference_date"],
                row["input_region_id"],
                row["input_dataset"],
                row["input_variable"],
                row["input_dimensions"],
                row["input_value"],
                row["status"],
                delivery.file_name,
                delivery.sha256,
                row["locator"],
                delivery.publisher,
                delivery.known_from,
            ]
        )
    return csv_bytes(header, rows, view.lang)


_LINEAGE = f"""
    FROM meta.lineage WHERE region_id IN {SHOWN_REGIONS}
    ORDER BY indicator_id, region_id, reference_date, input_region_id, input_dataset, input_dimensions, locator
"""
_BASELINES = (
    "FROM marts.baseline WHERE indicator_id IS NOT NULL AND use IN ('baseline', 'comparison') ORDER BY baseline_id"
)
_TARGETS = "FROM marts.target ORDER BY indicator_id, region_id, target_date"
