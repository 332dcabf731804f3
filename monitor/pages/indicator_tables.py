"""Tables of indicators for one region, and of regions for one indicator."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.exhibit import Cell, Column, Table
from monitor.pages.cards import dated_light, since_cell
from monitor.view import View
from reference.regions import NRW, RUHR


def indicators_table(view: View, indicator_ids: Iterable[str], region_id: str, caption: str) -> Table:
    """One row per indicator: value, date, change, the Ruhr's and NRW's value of the same date, light."""
    t = view.t
    columns = (
        Column(t("column.indicator")),
        Column(t("column.value"), numeric=True, interval=True),
        Column(t("column.date")),
        Column(t("column.change")),
        *([Column(t("region.ruhr"), numeric=True, interval=True)] if region_id != RUHR else []),
        Column(t("region.land"), numeric=True, interval=True),
        Column(t("column.light")),
    )
    rows = [_indicator_row(view, indicator_id, region_id) for indicator_id in indicator_ids]
    return Table(caption, columns, rows)


def _indicator_row(view: View, indicator_id: str, region_id: str) -> list[Cell]:
    indicator = view.facts.indicators[indicator_id]
    value = view.facts.newest(indicator_id, region_id)
    light = view.facts.lights.get((indicator_id, region_id))
    day = value.reference_date if value else None
    others = [other for other in (RUHR, NRW) if other != region_id]
    return [
        view.text_cell(view.of(indicator, "title"), view.indicator_path(indicator_id)),
        view.value_cell(value),
        view.day_cell(day),
        since_cell(view, indicator, light),
        *(view.value_cell(view.facts.value_at(indicator_id, other, day) if day else None) for other in others),
        dated_light(view, light, value),
    ]
