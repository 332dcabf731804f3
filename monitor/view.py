"""The facts in the words and numbers of one language: what page modules build cells and exhibits with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from monitor import format as fmt
from monitor.exhibit import Cell
from monitor.facts import Facts, Indicator, Light, Region, Value
from monitor.texts import Lang, Texts, entries, slug
from reference.regions import NRW

#: Statuses that a reader must see beside the number, not only on asking.
_MARKED = ("suppressed", "provisional", "revised", "not_available", "undefined")
#: Digits of a difference, by the unit of the indicator.
_CHANGE_DECIMALS = {"%": 1, "quotient": 2}
_MOST_DECIMALS = 4


@dataclass(frozen=True)
class View:
    """One language on the facts."""

    facts: Facts
    lang: Lang

    @property
    def t(self) -> Texts:
        return Texts(self.lang)

    def of(self, record: Any, name: str) -> str:
        """A text that a record or row has in both languages: `of(topic, "title")` is its title_de or title_en."""
        key = f"{name}_{self.lang}"
        text = record[key] if isinstance(record, dict) else getattr(record, key)
        # Number and unit stay together, as everywhere on the page.
        return str(text or "").replace(" %", f"{fmt.NBSP}%")

    def day(self, day: dt.date | None) -> str:
        return fmt.date(day, self.lang)

    def locator(self, locator: str) -> str:
        """The cell of a file: `Zeile 742, Spalte 5`, or `Tabelle 2.3!H11` as it is."""
        if self.lang == "en":
            return locator
        return locator.replace("line ", "Zeile ").replace("column ", "Spalte ")

    def span(self, start: dt.date, end: dt.date) -> str:
        return self.t("span.days", start=self.day(start), end=self.day(end))

    def region(self, region_id: str) -> str:
        """Name of a region; the Ruhr, NRW and Germany have one in each language."""
        region = self.facts.regions[region_id]
        return region.name if region.level == "kreis" else self.t(f"region.{region.level}")

    @property
    def credits(self) -> list[str]:
        """Credit lines of the publishers whose figures are in the warehouse."""
        sql = "SELECT DISTINCT attribution FROM meta.source WHERE attribution <> '' ORDER BY attribution"
        return [row["attribution"] for row in self.facts.rows(sql)]

    # --- where things are -------------------------------------------------------------------------

    def indicator_path(self, indicator_id: str, region_id: str = "", day: dt.date | None = None) -> str:
        """Page of an indicator, at one of its values where region and date are given; at the region where the value is
        too old to stand there by itself."""
        path = f"indikator/{indicator_id}.html"
        if not region_id or day is None:
            return path
        is_there = day >= self.facts.detailed_since(indicator_id)
        return f"{path}#{value_anchor(region_id, day) if is_there else region_id}"

    def topic_path(self, topic_id: str) -> str:
        """Named in German on both languages' pages, so that twins have one path."""
        return f"themen/{slug(Texts('de')(f'topic_short.{topic_id}'))}.html"

    def kommune_path(self, region: Region) -> str:
        return f"kommunen/{slug(region.name)}.html"

    # --- where numbers come from ------------------------------------------------------------------

    def source(self, delivery_ids: Iterable[str]) -> str:
        """Publishers and products of deliveries, each once."""
        deliveries = [self.facts.deliveries[delivery] for delivery in delivery_ids]
        unknown = self.t("source.unknown")
        names = {f"{d.publisher or unknown}: {d.product or unknown}" for d in deliveries}
        return "; ".join(sorted(names)) or self.t("source.strategy")

    def vintage(self, delivery_ids: Iterable[str]) -> str:
        """Since when the figures have been known."""
        return self.day(self.facts.known_from(delivery_ids)) or self.t("source.undated")

    def full_source(self, delivery_ids: Iterable[str]) -> str:
        """Source and vintage in one text, for the words of a chart's mark."""
        ids = list(delivery_ids)
        return self.t("source.with_vintage", source=self.source(ids), vintage=self.vintage(ids))

    def table_name(self, dataset: str) -> str:
        """The table a value is read from, as people call it; a GENESIS table by its code."""
        kind, _, detail = dataset.partition("/")
        if kind == "crosswalk_employment":
            return self.t.word("scheme", detail)
        return self.t.word("dataset", dataset if kind == "strategy" else kind)

    # --- numbers ----------------------------------------------------------------------------------

    def figure(self, value: Value) -> fmt.Figure:
        """An indicator value as charts draw it."""
        return fmt.Figure(
            value=value.value,
            unit=value.unit,
            lower=value.value_lower,
            upper=value.value_upper,
            status=value.status,
            date=value.reference_date,
            source=self.full_source(value.delivery_ids),
        )

    def benchmark_figure(self, value: Value) -> fmt.Figure | None:
        """What NRW had on the date of a value."""
        if value.benchmark_value is None:
            return None
        return fmt.Figure(value=value.benchmark_value, unit=value.unit, date=value.reference_date)

    def value_cell(self, value: Value | None, *, is_bare: bool = False) -> Cell:
        """An indicator value with all that must be said of it, leading to its page; bare: as in `cell`."""
        if value is None:
            return self.empty_cell("missing.no_value")
        path = self.indicator_path(value.indicator_id, value.region_id, value.reference_date)
        cell = self.cell(self.figure(value), value.delivery_ids, path, is_bare=is_bare)
        if value.unit == "quotient" and _says_nothing(value):
            details = ((self.t("status.interval"), cell.text), *cell.details)
            return replace(cell, text=self.t("missing.not_bounded"), details=details)
        return cell

    def cell(self, figure: fmt.Figure, delivery_ids: Iterable[str], href: str = "", *, is_bare: bool = False) -> Cell:
        """A number with unit, date, certainty, source and vintage; bare: without the word of its unit, for columns
        that name it in their heading."""
        ids = list(delivery_ids)
        t = self.t
        unit = fmt.unit_word(figure.unit, self.lang)
        text = fmt.figure_text(figure, self.lang)
        if is_bare and unit != "%":
            text = text.removesuffix(unit).removesuffix(fmt.NBSP)
        status = self._status(figure)
        details = (
            (t("detail.unit"), unit),
            (t("detail.date"), self.day(figure.date)),
            (t("detail.certainty"), self.certainty(figure)),
            (t("detail.source"), self.source(ids)),
            (t("detail.vintage"), self.vintage(ids)),
        )
        is_marked = figure.status in _MARKED and figure.value is not None
        return Cell(
            text=text,
            raw=figure.value,
            lower=figure.lower,
            upper=figure.upper,
            status=status,
            mark=status if is_marked else "",
            details=tuple((name, content) for name, content in details if content),
            href=href,
        )

    def certainty(self, figure: fmt.Figure) -> str:
        """How sure a number is. What is computed from rounded numbers says between which bounds it lies."""
        status = self._status(figure)
        if around := fmt.spread(figure, self.lang):
            return ", ".join(filter(None, (status, around)))
        is_computed = figure.value is not None and figure.status == "derived"
        return self.t("status.computed") if is_computed else status or self.t("status.exact")

    def _status(self, figure: fmt.Figure) -> str:
        """The status of a number as a word, "" for a plain value; a word that qualifies a number says nothing of what
        is not known."""
        if figure.is_interval:
            return self.t("status.interval")
        if figure.is_known or figure.status in fmt.WITHOUT_NUMBER:
            return fmt.status_word(figure.status, self.lang)
        return self.t("missing.not_bounded")

    def plain_cell(self, value: float | None, unit: str, decimals: int | None = None) -> Cell:
        """A number without a source of its own, such as a rank or a count."""
        if value is None:
            return self.empty_cell("missing.none")
        text = fmt.quantity(value, unit, self.lang) if decimals is None else fmt.number(value, self.lang, decimals)
        return Cell(text=text, raw=value)

    def number_cell(self, value: float | None, status: str) -> Cell:
        """A printed number as it stands in a file, without its unit; else the word of its status."""
        if value is None:
            word = fmt.status_word(status, self.lang) or self.t("missing.none")
            return Cell(text=word, status=word)
        return Cell(text=fmt.number(value, self.lang, 0 if value == round(value) else 2), raw=value)

    def empty_cell(self, reason: str) -> Cell:
        """No number; the words say why (a key of the texts)."""
        return Cell(text=self.t(reason), status=self.t(reason))

    def text_cell(self, text: str, href: str = "") -> Cell:
        return Cell(text=text, raw=text, href=href)

    def day_cell(self, day: dt.date | None) -> Cell:
        return Cell(text=self.day(day) or self.t("missing.none"), raw=day)

    def unit(self, unit: str) -> str:
        """A unit as a word; a quotient is named, too."""
        return fmt.unit_word(unit, self.lang) or self.t("unit.quotient")

    def short_title(self, indicator: Indicator) -> str:
        """The name of an indicator where there is little room: its own short one, else its title."""
        key = f"indicator_short.{indicator.indicator_id}"
        return self.t(key) if key in entries() else self.of(indicator, "title")

    # --- indicators and their lights --------------------------------------------------------------

    def change(self, indicator: Indicator, change: float | None) -> str:
        """Change of an indicator as shown: in per cent, or as a difference where it is a rate or quotient.

        A change that is there does not look like none: a small one has more digits.
        """
        if change is None:
            return self.t("missing.none")
        if not self.facts.is_difference(indicator.indicator_id):
            extra = next((n for n in range(_MOST_DECIMALS) if round(change, 3 + n)), 0)
            return fmt.quantity(change, "growth", self.lang, extra)
        decimals = _CHANGE_DECIMALS.get(indicator.unit, 0)
        while change and round(change, decimals) == 0 and decimals < _MOST_DECIMALS:
            decimals += 1
        number = fmt.number(change, self.lang, decimals, signed=True)
        unit = self.t("unit.points") if indicator.unit == "%" else fmt.unit_word(indicator.unit, self.lang)
        return f"{number} {unit}".rstrip()

    def period(self, light: Light) -> str:
        """Between which days a change lies: `since …`, but never beside a newer value that it is not about."""
        newest = self.facts.newest(light.indicator_id, light.region_id)
        if newest is None or newest.reference_date <= light.reference_date:
            return self.t("light.since", day=self.day(light.previous_date))
        return self.t("light.between", start=self.day(light.previous_date), end=self.day(light.reference_date))

    def light_cell(self, light: Light | None) -> Cell:
        """A traffic light with its reason; leads to the rule."""
        if light is None:
            return Cell(text=self.t("light.none"), light="none", href="methodik.html#ampel")
        indicator = self.facts.indicators[light.indicator_id]
        details = [
            (self.t("detail.reason"), self.t(f"light_reason.{light.light_reason}")),
            (self.t("detail.date"), self.day(light.reference_date)),
        ]
        if light.change is not None:
            change = self.change(indicator, light.change)
            details.append((self.t("detail.change"), self.t("light.change", change=change, period=self.period(light))))
        if light.benchmark_change is not None:
            details.append((self.t("detail.nrw_change"), self.change(indicator, light.benchmark_change)))
        return Cell(
            text=self.t(f"light.{light.light}"),
            raw=self.t(f"light.{light.light}"),
            light=light.light,
            details=tuple(details),
            href="methodik.html#ampel",
        )

    def marked(self, cell: Cell, day: dt.date) -> Cell:
        """A cell that says beside itself of which day it is."""
        return replace(cell, mark=self.t("light.of_day", day=self.day(day)))


def _says_nothing(value: Value) -> bool:
    """Whether a quotient may be anything from not represented at all to better represented than in NRW; the bound of
    NRW against itself is 1 whatever the data are."""
    is_open = value.value_upper is None or value.value_upper > 1 or value.region_id == NRW
    return value.value is None and not value.value_lower and is_open


def value_anchor(region_id: str, day: dt.date) -> str:
    """Id of a value on the page of its indicator."""
    return f"{region_id}-{day.isoformat()}"
