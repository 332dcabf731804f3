"""Portfolio of sectors or lead markets: growth to the right, specialisation upwards, employees as the area.

As figures 3 and 4 of the strategy show it; what they leave out, the interval of an unknown figure, is a bar here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from monitor.charts.axes import Tick, x_axis, y_axis
from monitor.charts.hatch import circle, hatch
from monitor.charts.key import Symbol, key, note, numbered, stack
from monitor.charts.labels import Box, Obstacle, Placed, Wanted, place
from monitor.charts.portfolio_field import Bubble, Field, Portfolio, Spot, field, quadrant_names, spots
from monitor.charts.scale import Scale, step, ticks
from monitor.charts.svg import WIDE, drawing, element, empty, hatching, line, lines, mark, unspoken
from monitor.charts.symbols import across, arrow, whisker
from monitor.charts.text import LINE, SIZE, text_width, wrap, wrap_words
from monitor.charts.words import say
from monitor.format import Language, date, figure_text, full_text, number, tick

#: Names are broken into lines of about this width; one of more lines is a number with its name beneath the drawing.
_NAME_WIDTH: Final = 140.0
_NAME_LINES: Final = 3
#: As many bubbles get a name or a number (wide, narrow): more could not be told apart.
_LABELS: Final = (30, 24)


def portfolio(chart: Portfolio, language: Language, width: int = WIDE) -> str:
    """The portfolio as SVG. A bubble whose place is not known well enough is named under the drawing."""
    if not chart.bubbles:
        return empty(chart.title, say("no_figures", language), width)
    if not chart.placeable:
        return empty(chart.title, say("no_place", language), width)
    head = wrap(say("quotient", language, benchmark=chart.benchmark), width)
    frame = field(chart, width, len(head) * LINE + 8)
    placed = spots(chart, frame)
    captions = _captions(placed, frame, language)
    growth = say("growth", language, start=date(chart.from_date, language), end=date(chart.to_date, language))
    columns = 1 if frame.is_narrow else 2
    beneath = stack(
        frame.box.bottom + LINE + 8,
        [
            partial(note, growth, width=width),
            partial(key, _key_items(placed, frame, language), width=width),
            partial(numbered, _numbered_names(captions, language), width=width, columns=columns),
            partial(note, _not_shown(chart.bubbles, placed, language), width=width),
            partial(note, _not_labelled(placed, captions, language), width=width),
        ],
    )
    # The smaller bubble lies on the larger one, and is not hidden.
    by_size = sorted(placed, key=lambda spot: -spot.disc.radius)
    return drawing(
        chart.title,
        growth,
        width,
        beneath.height,
        lines(0, SIZE, head, "c-soft"),
        unspoken(_axes(frame, language)),
        *(_bubble(spot, language) for spot in by_size),
        unspoken(*map(_caption, captions)),
        beneath.svg,
    )


# --- labels ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Caption:
    """The label of a bubble: lines of text in their place; `number` where the name stands in the list beneath."""

    spot: Spot
    shown: list[str]
    placed: Placed | None
    number: int | None = None


def _captions(found: Sequence[Spot], frame: Field, language: Language) -> list[_Caption]:
    """Names beside the bubbles; numbers for those that find no room, for all where that is more than half.

    Only the largest bubbles get one; whom even a number finds no room for is not among them.
    """
    is_crowded = len(found) > _LABELS[frame.is_narrow]
    largest = {id(spot) for spot in sorted(found, key=lambda spot: -spot.disc.radius)[: _LABELS[frame.is_narrow]]}
    labelled = [spot for spot in found if id(spot) in largest]
    taken: list[Obstacle] = [spot.reach for spot in found]
    taken += [Box(*segment) for segment in (*frame.borders, *(each for spot in found for each in spot.whiskers))]
    taken += [box for box, *_ in quadrant_names(frame, language)]
    names = [[] if frame.is_narrow or is_crowded else _name(spot, language) for spot in labelled]
    named = [caption for caption in _placed(labelled, names, frame, taken) if caption.placed]
    if 2 * len(named) < len(labelled):
        named = []
    taken += [caption.placed.box for caption in named if caption.placed]
    has_name = {id(caption.spot) for caption in named}
    rest = [spot for spot in labelled if id(spot) not in has_name]
    by_number = _placed(rest, [[str(n)] for n in range(1, len(rest) + 1)], frame, taken)
    by_number = [caption for caption in by_number if caption.placed]
    return [*named, *(replace(caption, shown=[str(n)], number=n) for n, caption in enumerate(by_number, start=1))]


def _name(spot: Spot, language: Language) -> list[str]:
    """The name in lines, none where it takes too many."""
    shown = wrap_words(_full_name(spot, language), _NAME_WIDTH)
    return shown if len(shown) <= _NAME_LINES else []


def _full_name(spot: Spot, language: Language) -> str:
    """The name, and in brackets the figures whose place lies outside."""
    figures = zip(spot.beyond, (spot.bubble.growth, spot.bubble.quotient), strict=True)
    said = ", ".join(figure_text(figure, language) for is_beyond, figure in figures if is_beyond)
    return f"{spot.bubble.name} ({said})" if said else spot.bubble.name


def _placed(
    found: Sequence[Spot], texts: Sequence[list[str]], frame: Field, taken: Sequence[Obstacle]
) -> list[_Caption]:
    """Each spot with its text, and a place for it where there is a text and room."""
    wanted = [_wanted(spot, text) for spot, text in zip(found, texts, strict=True) if text]
    places = iter(place(wanted, taken, frame.box))
    return [_Caption(spot, text, next(places) if text else None) for spot, text in zip(found, texts, strict=True)]


def _wanted(spot: Spot, text: Sequence[str]) -> Wanted:
    width = max(map(text_width, text)) + 2
    is_inside = len(text[0]) <= 2 and width <= 1.6 * spot.disc.radius
    return Wanted(spot.reach, width, len(text) * LINE, is_inside)


def _caption(caption: _Caption) -> str:
    if caption.placed is None:
        return ""
    box, leader = caption.placed.box, caption.placed.leader
    text = lines((box.left + box.right) / 2, box.top + LINE - 4, caption.shown, "c-halo", "middle")
    return (line(*leader, "c-leader") if leader else "") + text


# --- drawing --------------------------------------------------------------------------------------


def _axes(frame: Field, language: Language) -> str:
    box = frame.box
    x_ticks = _ticks(frame.x, "growth", 4 if frame.is_narrow else 8, language)
    y_ticks = _ticks(frame.y, "quotient", 6, language)
    names = (
        lines(at.right, at.top + LINE - 4, shown, "c-quadrant", "end")
        if is_right
        else lines(at.left, at.top + LINE - 4, shown, "c-quadrant")
        for at, shown, is_right in quadrant_names(frame, language)
    )
    return (
        x_axis(x_ticks, frame.x, box.top, box.bottom, box.right)
        + y_axis(y_ticks, frame.y, box.left, box.right)
        + "".join(line(*segment, "c-border") for segment in frame.borders)
        + "".join(names)
    )


def _ticks(scale: Scale, unit: str, count: int, language: Language) -> list[Tick]:
    distance = step(scale.low, scale.high, count)
    return [(value, tick(value, unit, language, distance)) for value in ticks(scale.low, scale.high, count)]


def _bubble(spot: Spot, language: Language) -> str:
    disc, bubble = spot.disc, spot.bubble
    return mark(
        _bubble_words(bubble, language),
        _circle(disc.x, disc.y, disc.radius, bubble.quadrant),
        whisker(spot.whiskers),
        _arrow(spot),
        href=bubble.href,
    )


def _circle(x: float, y: float, radius: float, quadrant: str) -> str:
    """A bubble; hatched where the quadrant is not determined."""
    hatched = hatching(hatch([circle(x, y, radius)])) if quadrant == "undetermined" else ""
    return element("circle", cx=x, cy=y, r=radius, class_=f"c-bubble c-{quadrant}") + hatched


def _arrow(spot: Spot) -> str:
    length = math.hypot(*spot.beyond)
    if not length:
        return ""
    foot = (spot.disc.radius + 1) / length
    return arrow(spot.disc.x + foot * spot.beyond[0], spot.disc.y + foot * spot.beyond[1], spot.beyond)


def _bubble_words(bubble: Bubble, language: Language) -> str:
    parts = (
        f"{say('quotient_short', language)} {figure_text(bubble.quotient, language)}",
        f"{say('growth_short', language)} {figure_text(bubble.growth, language)}",
        say(bubble.quadrant, language),
        full_text(bubble.employees, language),
    )
    return f"{bubble.name}: {'; '.join(parts)}"


# --- beneath the drawing --------------------------------------------------------------------------


def _key_items(found: Sequence[Spot], frame: Field, language: Language) -> list[tuple[Symbol, str]]:
    example = step(0, frame.most_employees, 10)
    area = f"{number(example, language)} {say('employees', language)}"
    items: list[tuple[Symbol, str]] = [
        (partial(_circle, radius=frame.radius(example), quadrant="shrinking"), say("area", language, number=area))
    ]
    bubbles = [spot.bubble for spot in found]
    if any(bubble.quadrant == "undetermined" for bubble in bubbles):
        items.append((partial(_circle, radius=8, quadrant="undetermined"), say("undetermined", language)))
    if any(spot.whiskers for spot in found):
        items.append((_key_whisker, say("bar_interval", language)))
    if any(any(spot.beyond) for spot in found):
        items.append((_key_arrow, say("beyond", language)))
    return items


def _key_whisker(x: float, y: float) -> str:
    return whisker(across(y, x - 9, x + 9, x - 9, x + 9))


def _key_arrow(x: float, y: float) -> str:
    return arrow(x - 3, y, (1, 0))


def _numbered_names(captions: Sequence[_Caption], language: Language) -> list[tuple[int, str]]:
    return [(caption.number, _full_name(caption.spot, language)) for caption in captions if caption.number is not None]


def _not_shown(bubbles: Sequence[Bubble], found: Sequence[Spot], language: Language) -> str:
    shown = {id(spot.bubble) for spot in found}
    names = ", ".join(
        f"{bubble.name} ({say('quotient_short', language)} {figure_text(bubble.quotient, language)},"
        f" {say('growth_short', language)} {figure_text(bubble.growth, language)})"
        for bubble in bubbles
        if id(bubble) not in shown
    )
    return say("unplaced", language, names=names) if names else ""


def _not_labelled(found: Sequence[Spot], captions: Sequence[_Caption], language: Language) -> str:
    is_complete = len(captions) == len(found)
    return "" if is_complete else say("labelled", language, count=len(captions), total=len(found))
