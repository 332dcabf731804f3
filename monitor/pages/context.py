"""The context of the strategy: every indicator of the region as a whole, the Ruhr against NRW and the 15 Kommunen."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from monitor.charts import sparkline
from monitor.exhibit import Cell, Column, Exhibit, Table
from monitor.facts import Facts, Indicator, Value
from monitor.page import Page
from monitor.pages.cards import Card, indicator_card
from monitor.pages.compact import compact
from monitor.pages.indicator_exhibits import development
from monitor.pages.indicator_tables import indicators_table
from monitor.texts import Texts, slug
from monitor.view import View
from reference.regions import RUHR

PATH = "rahmenbedingungen.html"
#: Groups in their order, and how the codes of the tables begin that belong to them: the official numbers of statistics.
_GROUPS = {
    "population": ("124",),
    "migration": ("127",),
    "labour": ("13", "ba_"),
    "economy": ("82",),
    "business": ("52",),
    "debt": ("71",),
    "education": ("21",),
    "social": ("22",),
    "digital": ("bnetza_",),
}
_OTHER = "other"
#: Dates of one series on a page; the page of the indicator has all.
_MOST_DATES = 40


@dataclass(frozen=True)
class Glance:
    """A group on the overview; without_value: titles of indicators that have none for the Ruhr."""

    title: str
    path: str
    trends: Sequence[Trend]
    without_value: Sequence[str]


@dataclass(frozen=True)
class Trend:
    """An indicator in one glance: its card, and its development as a small drawing ("" where there is none)."""

    card: Card
    drawing: str


def pages(view: View) -> Iterator[Page]:
    """The overview, and a page per group of indicators."""
    groups = _groups(view.facts)
    yield _overview(view, groups)
    yield from (_group_page(view, group, indicators) for group, indicators in groups.items())


def _overview(view: View, groups: dict[str, list[Indicator]]) -> Page:
    ids = [indicator.indicator_id for indicators in groups.values() for indicator in indicators]
    return Page(
        path=PATH,
        template="rahmenbedingungen.html.j2",
        title=view.t("nav.context"),
        section="context",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "groups": [_glance(view, group, indicators) for group, indicators in groups.items()],
            "overview": indicators_table(view, ids, RUHR, view.t("context.overview")),
        },
    )


def _glance(view: View, group: str, indicators: Sequence[Indicator]) -> Glance:
    known = [each for each in indicators if view.facts.newest(each.indicator_id)]
    return Glance(
        title=view.t(f"context_group.{group}"),
        path=_path(group),
        trends=[_trend(view, each) for each in known],
        without_value=[view.of(each, "title") for each in indicators if each not in known],
    )


def _path(group: str) -> str:
    """Named in German on both languages' pages, so that twins have one path."""
    return f"rahmenbedingungen/{slug(Texts('de')(f'context_group.{group}'))}.html"


def _trend(view: View, indicator: Indicator) -> Trend:
    card = indicator_card(view, indicator.indicator_id, RUHR)
    assert card is not None  # the indicator is one of the warehouse
    exhibit = development(view, indicator)
    chart = exhibit.picture.chart if exhibit and exhibit.picture else None
    return Trend(card, Markup(sparkline(chart, view.lang)) if chart else "")  # noqa: S704 escaped by the chart


def _group_page(view: View, group: str, indicators: Sequence[Indicator]) -> Page:
    t = view.t
    series = {indicator.indicator_id: development(view, indicator) for indicator in indicators}
    exhibits = {exhibit.slug: exhibit for each in series.values() if each for exhibit in [_here(view, each)]}
    return Page(
        path=_path(group),
        template="rahmen.html.j2",
        title=t(f"context_group.{group}"),
        section="context",
        crumbs=((t("nav.start"), "index.html"), (t("nav.context"), PATH)),
        content={
            "series": list(exhibits.values()),
            "without_series": [view.of(each, "title") for each in indicators if series[each.indicator_id] is None],
            "comparison": _comparison(view, group, indicators),
        },
        exhibits=exhibits,
    )


def _groups(facts: Facts) -> dict[str, list[Indicator]]:
    """Context indicators that are read from tables of a publisher, by group; empty groups are left out."""
    tables = {row["indicator_id"]: row["dataset"] for row in facts.rows(_TABLES)}
    found: dict[str, list[Indicator]] = {group: [] for group in (*_GROUPS, _OTHER)}
    for indicator in facts.indicators.values():
        if indicator.type == "context" and indicator.indicator_id in tables:
            found[_group(tables[indicator.indicator_id])].append(indicator)
    return {group: indicators for group, indicators in found.items() if indicators}


def _group(dataset: str) -> str:
    return next((group for group, starts in _GROUPS.items() if dataset.startswith(starts)), _OTHER)


def _here(view: View, exhibit: Exhibit) -> Exhibit:
    """The same exhibit on this page: the newest dates, with downloads of its own."""
    rows = [compact(row) for row in exhibit.table.rows]
    here = replace(exhibit, slug=f"rahmen-{exhibit.slug}", table=replace(exhibit.table, rows=rows))
    return _cut(view, here) if len(rows) > _MOST_DATES else here


def _cut(view: View, exhibit: Exhibit) -> Exhibit:
    """The newest dates of a series, with what is marked on them."""
    assert exhibit.picture is not None  # a development always has one
    chart, rows = exhibit.picture.chart, exhibit.table.rows[:_MOST_DATES]
    (last, *_), (first, *_) = rows[0], rows[-1]
    assert isinstance(first.raw, dt.date)
    assert isinstance(last.raw, dt.date)
    newest = replace(
        chart,
        points=[each for each in chart.points if each.figure.date >= first.raw],
        breaks=[each for each in chart.breaks if each.date > first.raw],
        revisions=[each for each in chart.revisions if each.old.date >= first.raw],
        references=[each for each in chart.references if not each.figure.date or each.figure.date >= first.raw],
    )
    return replace(
        exhibit,
        picture=replace(exhibit.picture, chart=newest),
        table=replace(exhibit.table, rows=rows),
        date=view.span(first.raw, last.raw),
        note=f"{exhibit.note} {view.t('context.cut', count=_MOST_DATES)}".strip(),
    )


def _comparison(view: View, group: str, indicators: Sequence[Indicator]) -> Table:
    """Newest values of the indicators of a group: the Ruhr, the Kreise and NRW."""
    columns = [Column(view.t("column.region"))]
    cells: dict[str, list[Cell]] = {}
    for indicator in indicators:
        values = {r.region_id: view.facts.newest(indicator.indicator_id, r.region_id) for r in view.facts.shown_regions}
        usual = _usual_date([value for value in values.values() if value])
        columns.append(Column(_heading(view, indicator, usual), numeric=True, interval=True))
        for region_id, value in values.items():
            cells.setdefault(region_id, []).append(_value(view, value, usual))
    rows = [
        (
            view.text_cell(view.region(r.region_id), view.kommune_path(r) if r.level == "kreis" else ""),
            *compact(cells[r.region_id]),
        )
        for r in view.facts.shown_regions
        if r.level != "bund"
    ]
    caption = view.t("context.comparison", group=view.t(f"context_group.{group}"))
    return Table(caption, tuple(columns), rows, sortable=True)


def _usual_date(values: Sequence[Value]) -> dt.date | None:
    return Counter(value.reference_date for value in values).most_common(1)[0][0] if values else None


def _heading(view: View, indicator: Indicator, day: dt.date | None) -> str:
    parts = [view.unit(indicator.unit), view.day(day)]
    return f"{view.short_title(indicator)} ({', '.join(filter(None, parts))})"


def _value(view: View, value: Value | None, usual: dt.date | None) -> Cell:
    """A value; one of another date than the others says so."""
    cell = view.value_cell(value, is_bare=True)
    return cell if value is None or value.reference_date == usual else view.marked(cell, value.reference_date)


_TABLES = "SELECT indicator_id, dataset FROM meta.indicator_term WHERE source_rank = 1 AND term = 1"
