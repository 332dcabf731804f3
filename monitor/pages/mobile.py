"""Mobile coverage of the Kommunen: by kind of area, by technology and by operator, each on its newest date."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.exhibit import Cell, Column, Exhibit, Table
from monitor.facts import SHOWN_REGIONS, Row
from monitor.format import Figure
from monitor.pages.compact import compact
from monitor.view import View

#: Who supplies: all networks together.
_ALL = "all"


def mobile_exhibits(view: View) -> dict[str, Exhibit]:
    """By name: one table per kind of area, and one of the operators where they are published."""
    by_group = view.facts.grouped(_NEWEST, "area_group")
    exhibits = {}
    for group, rows in by_group.items():
        together = [row for row in rows if row["operator"] == _ALL]
        if len({row["area_type"] for row in together}) > 1:
            newest = _best(together)
            shown = [row for row in together if row["technology"] == newest]
            title = view.t(f"mobile.{group}", technology=view.t.word("technology", newest))
            exhibits[f"mobile_{group}"] = _exhibit(view, group, title, shown, "area_type")
        elif together:
            exhibits[f"mobile_{group}"] = _exhibit(view, group, view.t(f"mobile.{group}"), together, "technology")
        single = [row for row in rows if row["operator"] != _ALL]
        if single:
            newest = _best(single)
            shown = [row for row in single if row["technology"] == newest]
            title = view.t("mobile.operators", technology=view.t.word("technology", newest))
            exhibits["mobile_operators"] = _exhibit(view, "operators", title, shown, "operator")
    return exhibits


#: Technologies from the oldest generation on; areas from settlements out, ways from motorways down.
_ORDERS = {
    "technology": ("2g", "lte2", "lte6", "lte10", "4g", "5g2", "5g", "5g_sa"),
    "area_type": (
        "total", "residential", "commercial", "agriculture", "forest_and_meadow", "water",
        "motorways", "federal_roads", "state_roads", "district_roads", "railways", "waterways",
    ),
}  # fmt: skip


def _best(rows: Sequence[Row]) -> str:
    """The technology that says most: the newest generation that is not a mere part of it."""
    order = ("5g", "5g2", "4g", "lte10", "lte6", "lte2", "2g")
    technologies = {row["technology"] for row in rows}
    return next((name for name in order if name in technologies), min(technologies))


def _exhibit(view: View, name: str, title: str, rows: Sequence[Row], across: str) -> Exhibit:
    """Kommunen down, the values of a column across."""
    t = view.t
    heads = sorted({row[across] for row in rows}, key=_place(across))
    found = {(row["region_id"], row[across]): row for row in rows}
    regions = [r for r in view.facts.shown_regions if any((r.region_id, head) in found for head in heads)]
    cells = []
    for region in regions:
        href = view.kommune_path(region) if region.level == "kreis" else ""
        line = [_cell(view, found.get((region.region_id, head))) for head in heads]
        cells.append([view.text_cell(view.region(region.region_id), href), *compact(line)])
    columns = (Column(t("column.region")), *(Column(t.word(across, head), numeric=True) for head in heads))
    ids = sorted({row["delivery_id"] for row in rows})
    return Exhibit(
        slug=f"mobilfunk-{name}",
        title=title,
        picture=None,
        table=Table(title, columns, cells, sortable=True),
        unit=t("mobile.unit"),
        date=view.day(max(row["reference_date"] for row in rows)),
        source=view.source(ids),
        vintage=view.vintage(ids),
        explain="methodik.html#breitband",
    )


def _place(across: str) -> Callable[[str], tuple[int, str]]:
    """The place of a value in its order, anything else behind by name."""
    order = _ORDERS.get(across, ())
    return lambda head: (order.index(head) if head in order else len(order), head)


def _cell(view: View, row: Row | None) -> Cell:
    if row is None:
        return view.empty_cell("missing.none")
    figure = Figure(row["coverage_pct"], "%", status=row["status"], date=row["reference_date"])
    return view.cell(figure, [row["delivery_id"]])


_NEWEST = f"""
    FROM marts.mobile_coverage WHERE region_id IN {SHOWN_REGIONS}
    QUALIFY reference_date = max(reference_date) OVER (PARTITION BY area_group)
    ORDER BY area_group, area_type, operator, technology, region_id
"""
