"""What changed since the release before: files, values, lights, findings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from monitor import format as fmt
from monitor.exhibit import Cell, Column, Table
from monitor.page import Page
from monitor.view import View
from quality.findings import OPEN
from reference.regions import RUHR
from warehouse.diff import Diff, ValueChange

PATH = "aenderungen.html"
#: Revised values on the page; `s3monitor diff` lists all.
_SHOWN = 400


def pages(view: View) -> Iterator[Page]:
    """One page; without a release before it says so."""
    changes = view.facts.changes
    yield Page(
        path=PATH,
        template="changes.html.j2",
        title=view.t("changes.title"),
        section="start",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "changes": changes,
            "since": fmt.time(changes.old.released_at, view.lang) if changes else "",
            "summary": summary(view, changes) if changes else [],
            "tables": _tables(view, changes) if changes else [],
        },
    )


def summary(view: View, changes: Diff) -> list[str]:
    """The changes in a few lines, only those that happened."""
    values = _shown(view, changes)
    counts = {
        "files": sum(d.old_state is None and d.new_state == "accepted" for d in changes.deliveries),
        "refused": sum(d.new_state == "quarantined" for d in changes.deliveries),
        "new": sum(value.kind == "new" for value in values),
        "revised": sum(value.kind == "revised" for value in values),
        "gone": sum(value.kind == "gone" for value in values),
        "lights": len(_lights(view, changes)),
        "findings": sum(f.new_state in OPEN for f in changes.findings),
    }
    return [
        view.t(f"changes.count_{name}", count=fmt.number(count, view.lang)) for name, count in counts.items() if count
    ]


def _shown(view: View, changes: Diff) -> list[ValueChange]:
    """Changed values of the shown regions, the Ruhr first."""
    shown = {region.region_id for region in view.facts.shown_regions}
    values = [value for value in changes.values if value.region_id in shown]
    return sorted(values, key=lambda value: value.region_id != RUHR)


def _tables(view: View, changes: Diff) -> list[Table]:
    tables = [_files(view, changes), _lights_table(view, changes), _revised(view, changes), _added(view, changes)]
    return [table for table in tables if table.rows]


def _files(view: View, changes: Diff) -> Table:
    t = view.t
    rows = [
        (view.text_cell(d.file_name), view.text_cell(_step(view, "delivery_state", d.old_state, d.new_state)),
         view.text_cell(d.message or ""))
        for d in changes.deliveries
    ]  # fmt: skip
    columns = (Column(t("column.file")), Column(t("column.state")), Column(t("column.message")))
    return Table(t("changes.files"), columns, rows, sortable=True)


def _lights(view: View, changes: Diff) -> list[tuple[str, str, str, str]]:
    """Indicator, region, light before and now, of lights that were there before."""
    shown = {region.region_id for region in view.facts.shown_regions}
    return [
        (light.indicator_id, light.region_id, light.old_light, light.new_light or "none")
        for light in changes.lights
        if light.region_id in shown and light.old_light is not None and light.indicator_id in view.facts.indicators
    ]


def _lights_table(view: View, changes: Diff) -> Table:
    t = view.t
    rows = [
        (
            view.text_cell(view.of(view.facts.indicators[indicator_id], "title"), view.indicator_path(indicator_id)),
            view.text_cell(view.region(region_id)),
            Cell(t(f"light.{old}"), light=old),
            Cell(t(f"light.{new}"), light=new),
        )
        for indicator_id, region_id, old, new in _lights(view, changes)
    ]
    columns = (
        Column(t("column.indicator")),
        Column(t("column.region")),
        Column(t("column.before")),
        Column(t("column.now")),
    )
    return Table(t("changes.lights"), columns, rows, sortable=True)


def _revised(view: View, changes: Diff) -> Table:
    t = view.t
    revised = [value for value in _shown(view, changes) if value.kind == "revised"]
    rows = [
        (
            view.text_cell(_title(view, value.indicator_id), view.indicator_path(value.indicator_id)),
            view.text_cell(view.region(value.region_id)),
            view.day_cell(value.reference_date),
            _known(view, value, "old"),
            _known(view, value, "new"),
            view.text_cell(_causes(view, value)),
        )
        for value in revised[:_SHOWN]
    ]
    columns = (
        Column(t("column.indicator")),
        Column(t("column.region")),
        Column(t("column.date")),
        Column(t("column.before"), numeric=True, interval=True),
        Column(t("column.now"), numeric=True, interval=True),
        Column(t("column.cause")),
    )
    return Table(t("changes.revised", count=len(revised), shown=len(rows)), columns, rows, sortable=True)


def _known(view: View, value: ValueChange, side: str) -> Cell:
    figure = fmt.Figure(
        getattr(value, f"{side}_value"), value.unit, getattr(value, f"{side}_lower"), getattr(value, f"{side}_upper")
    )
    return Cell(fmt.figure_text(figure, view.lang), figure.value, figure.lower, figure.upper)


def _causes(view: View, value: ValueChange) -> str:
    causes = value.cause.split(", ") if value.cause else ["unknown"]
    return ", ".join(view.t.word("cause", cause) for cause in causes)


def _added(view: View, changes: Diff) -> Table:
    """New and gone values, counted per indicator."""
    t = view.t
    days: dict[tuple[str, str], list[dt.date]] = defaultdict(list)
    for value in _shown(view, changes):
        if value.kind != "revised":
            days[value.indicator_id, value.kind].append(value.reference_date)
    rows = [
        (
            view.text_cell(_title(view, indicator_id), view.indicator_path(indicator_id)),
            view.text_cell(t(f"changes.kind_{kind}")),
            view.plain_cell(len(of_kind), "", 0),
            view.text_cell(_span(view, of_kind)),
        )
        for (indicator_id, kind), of_kind in sorted(days.items())
    ]
    columns = (
        Column(t("column.indicator")),
        Column(t("column.change")),
        Column(t("column.count"), numeric=True),
        Column(t("column.dates")),
    )
    return Table(t("changes.added"), columns, rows, sortable=True)


def _span(view: View, days: list[dt.date]) -> str:
    first, last = min(days), max(days)
    return view.day(first) if first == last else view.span(first, last)


def _title(view: View, indicator_id: str) -> str:
    indicator = view.facts.indicators.get(indicator_id)
    return view.of(indicator, "title") if indicator else indicator_id


def _step(view: View, group: str, old: str | None, new: str | None) -> str:
    return f"{view.t.word(group, old or 'new')} → {view.t.word(group, new or 'absent')}"
