"""Numbers, intervals, dates and statuses as people read them, in German and in English.

Nothing that belongs together is torn apart at a line's end: number and unit, day and month, are joined by a no-break
space. A minus is U+2212, as wide as the plus.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final, Literal

from quality.report import german

Language = Literal["de", "en"]

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"


@dataclass(frozen=True)
class Figure:
    """A number with all that must be said beside it.

    value         the exact number, None where it is not known exactly
    unit          unit of `marts.indicator`, or one of this module's own: `share` and `growth` are fractions of 1 shown
                  in per cent, `growth` with its sign, `persons_change` persons with a sign; `thousands` and
                  `millions` have no word
    lower, upper  the interval; None where it is open to that side
    status        status of the mart (`value`, `suppressed`, `provisional`, …)
    date          reference date
    source        source and vintage, a text in the language of the page
    """

    value: float | None
    unit: str
    lower: float | None = None
    upper: float | None = None
    status: str = "value"
    date: dt.date | None = None
    source: str = ""

    @property
    def is_interval(self) -> bool:
        """Whether only bounds are known, and they say something: no number of a unit falls below its least."""
        is_bounded_below = self.lower is not None and self.lower > _unit(self.unit).least
        return self.value is None and (self.upper is not None or is_bounded_below)

    @property
    def is_known(self) -> bool:
        """Whether there is a value or an interval."""
        return self.value is not None or self.is_interval

    @property
    def middle(self) -> float | None:
        """The value, else the middle of the interval, None where one of its sides is open."""
        if self.value is not None:
            return self.value
        return None if self.lower is None or self.upper is None else (self.lower + self.upper) / 2


@dataclass(frozen=True)
class _Unit:
    """How a unit is printed: word behind the number (de, en), digits after the comma, factor, with a sign or not.

    least  the smallest number there can be
    """

    de: str = ""
    en: str = ""
    decimals: int = 0
    factor: int = 1
    signed: bool = False
    least: float = 0


_UNITS: Final = {
    "persons": _Unit("Personen", "persons"),
    "persons_change": _Unit("Personen", "persons", signed=True, least=-math.inf),
    "cases": _Unit("Fälle", "cases"),
    "activities": _Unit("Aktivitäten", "activities"),
    "EUR": _Unit("Euro", "euros"),
    "Tsd. EUR": _Unit("Tsd. Euro", "thousand euros"),
    "quotient": _Unit(decimals=2),
    "%": _Unit("%", "%", decimals=1),
    "share": _Unit("%", "%", decimals=1, factor=100),
    "growth": _Unit("%", "%", decimals=1, factor=100, signed=True, least=-1),
    "thousands": _Unit(),
    "millions": _Unit(decimals=1),
}

_STATUSES: Final = {
    "value": ("", ""),
    "zero": ("", ""),
    "suppressed": ("geheim gehalten", "suppressed"),
    "not_available": ("nicht verfügbar", "not available"),
    "undefined": ("nicht berechenbar", "not computable"),
    "provisional": ("vorläufig", "provisional"),
    "revised": ("revidiert", "revised"),
    "estimated": ("geschätzt", "estimated"),
    "derived": ("berechnet", "calculated"),
}
#: Statuses that are said in place of a number.
WITHOUT_NUMBER: Final = ("suppressed", "not_available", "undefined")
_UNKNOWN: Final = ("nicht bekannt", "not known")
_SHORT: Final = {"suppressed": ("geheim", "hidden"), "not_available": ("fehlt", "n/a")}
_UNCLEAR: Final = ("unklar", "unclear")
_AT_LEAST: Final = ("mindestens", "at least")
_AT_MOST: Final = ("höchstens", "at most")
_TO: Final = ("bis", "to")
_SOURCE: Final = ("Quelle", "Source")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Digits that may be added to tell the bounds of a narrow interval apart.
_EXTRA_DIGITS: Final = 3


def number(value: float, language: Language, decimals: int = 0, *, signed: bool = False) -> str:
    """A number as printed in the language; raises ValueError for NaN and infinity, which are no numbers to print.

    >>> number(1780332, "de"), number(1780332, "en"), number(1.216, "de", 2), number(0.5, "de", 1, signed=True)
    ('1.780.332', '1,780,332', '1,22', '+0,5')
    """
    if not math.isfinite(value):
        raise ValueError(f"expected a number to print; found {value}")
    text = german(value, decimals) if language == "de" else f"{value:z,.{decimals}f}".replace("-", MINUS)
    # What is rounded to zero has no direction to show.
    return f"+{text}" if signed and round(value, decimals) > 0 else text


def date(day: dt.date | None, language: Language) -> str:
    """`31.12.2024`, `31 Dec 2024`; "" for none."""
    if day is None:
        return ""
    if language == "de":
        return f"{day:%d.%m.%Y}"
    return NBSP.join((str(day.day), _MONTHS[day.month - 1], str(day.year)))


def time(moment: dt.datetime, language: Language) -> str:
    """`31.12.2024, 09:05 Uhr`, `31 Dec 2024, 09:05`, in the time zone it comes in."""
    clock = f"{moment:%H:%M}" + (f"{NBSP}Uhr" if language == "de" else "")
    return f"{date(moment, language)}, {clock}"


def unit_word(unit: str, language: Language) -> str:
    """The unit as a word: `Personen`, `%`, "" for a quotient; a unit this module does not know as it is."""
    known = _unit(unit)
    return known.de if language == "de" else known.en


def quantity(value: float, unit: str, language: Language, extra_digits: int = 0) -> str:
    """Number with unit: `587.696 Personen`, `9,8 %` (English `9.8%`), `1,22`, `+3,3 %`."""
    return _with_unit(bare(value, unit, language, extra_digits), unit, language)


def bare(value: float, unit: str, language: Language, extra_digits: int = 0) -> str:
    """The number as `quantity` prints it, without its unit: for axes and tables that name the unit once."""
    known = _unit(unit)
    return number(value * known.factor, language, known.decimals + extra_digits, signed=known.signed)


def tick(value: float, unit: str, language: Language, distance: float) -> str:
    """A number beside an axis, with the digits that tell it from the next one, `distance` away; only `%` as unit."""
    known = _unit(unit)
    step = distance * known.factor
    decimals = next((n for n in range(9) if math.isclose(round(step, n), step, rel_tol=1e-6)), 9)
    text = number(value * known.factor, language, decimals, signed=known.signed)
    return _with_unit(text, unit, language) if unit_word(unit, language) == "%" else text


def interval(lower: float | None, upper: float | None, unit: str, language: Language) -> str:
    """`1,52 bis 1,55`; `mindestens 3 %` or `höchstens 3 %` where one side is open; `nicht bekannt` where both are.

    Bounds that look alike get more digits, at most three. A lower bound that no number of the unit can fall below
    says nothing: without an upper one, nothing is known.
    """
    known = _unit(unit)
    if upper is None and (lower is None or lower <= known.least):
        return _said(_UNKNOWN, language)
    if upper is None or lower is None:
        words, bound = (_AT_LEAST, lower) if upper is None else (_AT_MOST, upper)
        return f"{_said(words, language)} {quantity(bound or 0.0, unit, language)}"
    low, high = _told_apart(lower, upper, unit, language)
    return _with_unit(low if low == high else f"{low} {_said(_TO, language)} {high}", unit, language)


def status_word(status: str, language: Language) -> str:
    """`geheim gehalten`, `vorläufig`, …; "" for a plain value; a status this module does not know as it is."""
    return _said(_STATUSES.get(status, (status, status)), language)


def figure_text(figure: Figure, language: Language) -> str:
    """What is known: `1,22`, `1,52 bis 1,55`, else the words of the status (`geheim gehalten`)."""
    if figure.value is not None:
        return quantity(figure.value, figure.unit, language)
    # Words that qualify a number (`geschätzt`) say nothing without one.
    if not figure.is_known and figure.status in WITHOUT_NUMBER:
        return status_word(figure.status, language)
    return interval(figure.lower, figure.upper, figure.unit, language)


def short_text(figure: Figure, language: Language) -> str:
    """As `figure_text` without the unit and with one word for what is not known: for cells of a map."""
    if not figure.is_known:
        return _said(_SHORT.get(figure.status, _UNCLEAR), language)
    word = unit_word(figure.unit, language)
    text = figure_text(figure, language)
    return text.removesuffix(word).removesuffix(NBSP) if word else text


def full_text(figure: Figure, language: Language) -> str:
    """The figure with interval, status, date and source: what a mark says on hover and focus.

    `10,6 % (10,5 bis 10,7 %), berechnet, 31.12.2024. Quelle: …`
    """
    status = status_word(figure.status, language) if figure.is_known else ""
    around = spread(figure, language)
    value = figure_text(figure, language) + (f" ({around})" if around else "")
    parts = [value, status, date(figure.date, language)]
    text = ", ".join(filter(None, parts))
    return f"{text}. {_said(_SOURCE, language)}: {figure.source}" if figure.source else text


def spread(figure: Figure, language: Language) -> str:
    """The interval around a known value, `10,5 bis 10,7 %`; "" where it is narrower than what is printed."""
    if figure.value is None or figure.lower is None or figure.upper is None:
        return ""
    printed = {bare(n, figure.unit, language) for n in (figure.value, figure.lower, figure.upper)}
    return interval(figure.lower, figure.upper, figure.unit, language) if len(printed) > 1 else ""


def _told_apart(lower: float, upper: float, unit: str, language: Language) -> tuple[str, str]:
    pairs = [
        (bare(lower, unit, language, digits), bare(upper, unit, language, digits))
        for digits in range(_EXTRA_DIGITS + 1)
    ]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def _with_unit(text: str, unit: str, language: Language) -> str:
    word = unit_word(unit, language)
    if word == "%" and language == "en":
        return f"{text}%"
    return f"{text}{NBSP}{word}" if word else text


def _unit(unit: str) -> _Unit:
    return _UNITS.get(unit) or _Unit(unit, unit)


def _said(words: tuple[str, str], language: Language) -> str:
    return words[0] if language == "de" else words[1]
