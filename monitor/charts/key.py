"""What stands under a drawing: its key, numbered names and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.charts.svg import label, lines
from monitor.charts.text import LINE, text_width, wrap

#: Draws a symbol around its centre.
Symbol = Callable[[float, float], str]

_SYMBOL: Final = 30.0
_GAP: Final = 20.0
_ROW: Final = LINE + 8
_NUMBER_GAP: Final = 8.0


@dataclass(frozen=True)
class Part:
    """A piece of the drawing and how high it is."""

    svg: str
    height: float


def stack(top: float, parts: Iterable[Callable[[float], Part]]) -> Part:
    """Parts under each other from `top` on; each is told its upper edge. The height is counted from 0."""
    drawn = []
    for draw in parts:
        part = draw(top)
        drawn.append(part.svg)
        top += part.height
    return Part("".join(drawn), top)


def key(items: Sequence[tuple[Symbol, str]], y: float, width: float) -> Part:
    """Symbols with words, in rows as long as `width`."""
    drawn, left, top = [], 0.0, y
    for symbol, words in items:
        shown = wrap(words, width - _SYMBOL)
        needed = _SYMBOL + max(map(text_width, shown))
        if left and left + needed > width:
            left, top = 0.0, top + _ROW
        drawn += [symbol(left + _SYMBOL / 2 - 1, top + _ROW / 2), lines(left + _SYMBOL, top + _ROW / 2 + 5, shown)]
        top += (len(shown) - 1) * LINE
        left += needed + _GAP
    return Part("".join(drawn), top + _ROW - y if items else 0.0)


def numbered(names: Sequence[tuple[int, str]], y: float, width: float, columns: int) -> Part:
    """Numbers with names in columns, read downwards."""
    if not names:
        return Part("", 0)
    each = width / columns
    indent = max(text_width(str(number), is_bold=True) for number, _ in names) + _NUMBER_GAP
    per_column = -(-len(names) // columns)
    drawn, bottom = [], y
    for n in range(columns):
        top = y + 4
        for number, name in names[n * per_column : (n + 1) * per_column]:
            shown = wrap(name, each - indent - _GAP)
            left = n * each + indent
            drawn.append(label(left - _NUMBER_GAP, top + LINE - 3, str(number), "c-strong", "end"))
            drawn.append(lines(left, top + LINE - 3, shown))
            top += len(shown) * LINE + 3
        bottom = max(bottom, top)
    return Part("".join(drawn), bottom - y)


def note(text: str, y: float, width: float) -> Part:
    """A remark in small print; nothing for ""."""
    if not text:
        return Part("", 0)
    shown = wrap(text, width)
    return Part(lines(0, y + LINE - 3, shown, "c-soft"), len(shown) * LINE + 6)
