"""How wide a text is, and where to break it, without a browser to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

#: Size of all text in a drawing, in its units.
SIZE: Final = 13.0
LINE: Final = 16.0

SOFT_HYPHEN: Final = "\u00ad"

#: Advance widths in em, rounded up from DejaVu Sans, the widest font a system is likely to put in: with any other a
#: text is narrower than measured. What is not listed is taken as one em.
_WIDTHS: Final = {
    sign: width
    for width, signs in (
        (0.0, SOFT_HYPHEN),
        (0.32, " ,.'IJijl’‚·\u00a0"),
        (0.42, "-/:;\\f|!()[]rt"),
        (0.53, '"*_`sz–„“”°§'),
        (0.62, "?LcFPTYaekovxyäöé"),
        (0.64, "$0123456789EKSbdghnpqu{}üß€"),
        (0.78, "ABCRVXZÄDGHNUÜ▲▼"),
        (0.84, "&OQwÖ#+<=>M^~×−±≥≤→←"),
    )
    for sign in signs
}
#: Bold letters are wider by at most this factor.
_BOLD: Final = 1.13

#: Stems that long German words are put together from: a line may break before them.
_STEMS: Final = re.compile(
    "(?<=[a-zäöüß]{3})(?=(?:potenzial|wirtschaft|dienst|leistung|überlassung|versorgung|versicherung|technolog|industri|"
    "kommunikation|formation|verwaltung|kreis|hausen|kirchen|beschäftig|arbeits|güter|organisation|pflichtig|insolvenz|halt(?:en|ung)))"
)
#: A part of a word up to a dash between letters, a soft hyphen or the end, and the soft hyphen if there is one.
_PARTS: Final = re.compile(f"((?:[^{SOFT_HYPHEN}-]|(?<![a-zäöüß])-|-$)*-?)({SOFT_HYPHEN}?)")


# The same names stand in many drawings of a site.
_remembered = lru_cache(maxsize=8192)


@_remembered
def text_width(text: str, *, is_bold: bool = False) -> float:
    """Width of a line in units of the drawing; no browser draws it wider."""
    return sum(_WIDTHS.get(sign, 1.0) for sign in text) * SIZE * (_BOLD if is_bold else 1)


def wrap(text: str, width: float, *, is_bold: bool = False) -> list[str]:
    """Lines no wider than `width`, broken at blanks.

    A word wider than that is broken behind a dash, at a soft hyphen, before a stem of a long German word, and where
    nothing else helps anywhere. At least one line; a line of one sign may be wider.
    """
    return list(_wrapped(text, width, is_bold))


@_remembered
def _wrapped(text: str, width: float, is_bold: bool) -> tuple[str, ...]:
    lines, line, before = [], "", ""
    for piece, after in _fitting(text, width, is_bold):
        end = "-" if after == SOFT_HYPHEN else ""
        if line and text_width(line + piece + end, is_bold=is_bold) > width:
            lines.append(line.rstrip(" ") + ("-" if before == SOFT_HYPHEN else ""))
            line = ""
        line += piece + after.replace(SOFT_HYPHEN, "")
        before = after
    return (*lines, line.rstrip(" "))


def wrap_words(text: str, width: float, *, is_bold: bool = False) -> list[str]:
    """As `wrap`, but never just anywhere: the lines are as wide as what cannot be broken where that is wider."""
    parts = (f"{part}-" for word in _words(text) for part, _ in _parts(word))
    return wrap(text, max(width, *(text_width(part, is_bold=is_bold) for part in parts)), is_bold=is_bold)


def soft(text: str) -> str:
    """With a soft hyphen before the stems of long German words, for browsers that have no dictionary to break them."""
    return _STEMS.sub(SOFT_HYPHEN, text)


def _words(text: str) -> list[str]:
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ").split(" ")


def _parts(word: str) -> list[tuple[str, str]]:
    """The parts a word may be broken into, each with the soft hyphen behind it, or nothing behind a dash."""
    return [(match[1], match[2]) for match in _PARTS.finditer(soft(word)) if match[0]] or [("", "")]


def _fitting(text: str, width: float, is_bold: bool) -> Iterator[tuple[str, str]]:
    """Words with a blank behind them, those too wide for a line cut into parts that are not."""
    for word in _words(text):
        whole = word.replace(SOFT_HYPHEN, "")
        if text_width(whole, is_bold=is_bold) <= width:
            yield whole, " "
            continue
        *parts, (last, _) = _parts(word)
        for part, after in (*parts, (last, " ")):
            yield from _cut(part, after, width, is_bold)


def _cut(part: str, after: str, width: float, is_bold: bool) -> Iterator[tuple[str, str]]:
    end = "-" if after == SOFT_HYPHEN else ""
    while len(part) > 1 and text_width(part + end, is_bold=is_bold) > width:
        fits = sum(text_width(f"{part[:n]}-", is_bold=is_bold) <= width for n in range(1, len(part)))
        yield part[: max(fits, 1)], SOFT_HYPHEN
        part = part[max(fits, 1) :]
    yield part, after
