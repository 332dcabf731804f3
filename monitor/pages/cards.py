"""The card of an indicator: what, how good, since when, how sure, in one glance."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.exhibit import Cell
from monitor.facts import Indicator, Light, Value
from monitor.view import View


@dataclass(frozen=True)
class Card:
    """facts: pairs of word and cell. path: page behind the title, below the folder of the language."""

    title: str
    path: str
    light: Cell
    facts: tuple[tuple[str, Cell], ...]


def indicator_card(view: View, indicator_id: str, region_id: str) -> Card | None:
    """The card of an indicator in a region, None where the warehouse has no such indicator."""
    indicator = view.facts.indicators.get(indicator_id)
    if indicator is None:
        return None
    value = view.facts.newest(indicator_id, region_id)
    light = view.facts.lights.get((indicator_id, region_id))
    return Card(
        title=view.short_title(indicator),
        path=view.indicator_path(indicator_id),
        light=dated_light(view, light, value),
        facts=(
            (view.t("card.value"), view.value_cell(value)),
            (view.t("card.since"), since_cell(view, indicator, light)),
            (view.t("card.certainty"), certainty_cell(view, value)),
        ),
    )


def dated_light(view: View, light: Light | None, value: Value | None) -> Cell:
    """A light; marked with its date where a newer value cannot be compared with an earlier one."""
    cell = view.light_cell(light)
    if light is None or value is None or light.light == "not_assessable":
        return cell
    return cell if light.reference_date >= value.reference_date else view.marked(cell, light.reference_date)


def since_cell(view: View, indicator: Indicator, light: Light | None) -> Cell:
    """How the value changed, between which days."""
    if light is None or light.previous_date is None:
        return view.empty_cell("missing.no_earlier_value")
    details = ((view.t("detail.period"), view.span(light.previous_date, light.reference_date)),)
    period = view.period(light)
    if light.change is None:
        direction = _direction(view, light)
        reason = ((view.t("detail.because"), view.t("missing.overlap")),) if direction == "unclear" else ()
        return Cell(view.t(f"card.{direction}", period=period), details=(*reason, *details))
    arrow = "→" if light.change == 0 else "↗" if light.change > 0 else "↘"
    change = view.t("light.change", change=view.change(indicator, light.change), period=period)
    return Cell(f"{arrow} {change}", light.change, details=details)


def _direction(view: View, light: Light) -> str:
    """Where only intervals are known: `rising` or `falling` if they do not overlap, else `unclear`."""
    assert light.previous_date is not None
    key = (light.indicator_id, light.region_id)
    now, then = (view.facts.value_at(*key, day) for day in (light.reference_date, light.previous_date))
    if now and then and _is_above(now, then):
        return "rising"
    return "falling" if now and then and _is_above(then, now) else "unclear"


def _is_above(one: Value, other: Value) -> bool:
    lower, upper = one.value_lower, other.value_upper
    return lower is not None and upper is not None and lower > upper


def certainty_cell(view: View, value: Value | None) -> Cell:
    """How sure the number is, and of which day."""
    if value is None:
        return view.empty_cell("missing.no_value")
    return Cell(f"{view.certainty(view.figure(value))}, {view.day(value.reference_date)}")
