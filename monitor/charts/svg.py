"""SVG as text: elements, marks with their words, the two widths, and a version that stands alone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from monitor.charts.hatch import XY
from monitor.charts.text import LINE, SIZE, wrap
from monitor.format import Language

#: Units of the drawing. Text keeps its size in them: a phone gets a drawing of its own, not a shrunken one.
WIDE: Final = 720
NARROW: Final = 320

Chart = TypeVar("Chart")

#: What XML 1.0 does not allow, not even escaped, and signs that turn the reading direction of what follows.
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_SIZE_OF_DRAWING: Final = re.compile(r'<svg [^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"')
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_XMLNS: Final = "http://www.w3.org/2000/svg"
_PADDING: Final = 16.0


@lru_cache(maxsize=8192)
def escape(text: str) -> str:
    """A text of whatever origin as content or attribute value."""
    return html.escape(_FORBIDDEN.sub("", text))


def coordinate(value: float) -> str:
    """A number of the drawing, with one digit at most: more cannot be seen and would only weigh."""
    return f"{value:z.1f}".removesuffix(".0")


def element(tag: str, *content: str, **attributes: str | float | None) -> str:
    """`<tag …>content</tag>`: content is SVG already, attribute values are escaped here, None leaves one out.

    Attribute names are Python names: `class_`, `text_anchor`.
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else coordinate(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{named}>{''.join(content)}</{tag}>" if content else f"<{tag}{named}/>"


def label(x: float, y: float, text: str, class_: str | None = None, anchor: str | None = None) -> str:
    """One line of text on its base line, nothing for ""; anchor: `middle` or `end`."""
    return text and element("text", escape(text), x=x, y=y, class_=class_, text_anchor=anchor)


def lines(x: float, y: float, texts: Sequence[str], class_: str | None = None, anchor: str | None = None) -> str:
    """Lines under each other, the first on base line `y`."""
    return "".join(label(x, y + n * LINE, text, class_, anchor) for n, text in enumerate(texts))


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[XY], class_: str, *, is_closed: bool = False) -> str:
    return element("path", d=outline([points], is_closed=is_closed), class_=class_)


def outline(rings: Sequence[Sequence[XY]], *, is_closed: bool = True) -> str:
    """The `d` of a path through the points of each ring."""
    end = "Z" if is_closed else ""
    return "".join("M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in ring) + end for ring in rings if ring)


def hatching(segments: Sequence[tuple[XY, XY]]) -> str:
    return element("path", d=outline(segments, is_closed=False), class_="c-hatch") if segments else ""


def hit(x: float, y: float, width: float, height: float) -> str:
    """What is not seen of a mark but answers to the pointer."""
    return element("rect", x=x, y=y, width=width, height=height, class_="c-hit")


def unspoken(*content: str) -> str:
    """A part of the drawing a screen reader passes over: what it shows is said by marks."""
    return element("g", *content, aria_hidden="true") if any(content) else ""


def mark(words: str, *content: str, href: str = "") -> str:
    """A part of the drawing that says what it stands for, on hover, on focus and to a screen reader."""
    title = element("title", escape(words))
    if href:
        # The name of a link is not taken from its <title> by every browser.
        return element("a", title, *content, href=href, class_="c-mark", aria_label=words)
    return element("g", title, *content, class_="c-mark", role="img", tabindex="0")


def link(href: str, *content: str) -> str:
    """Content that leads somewhere; the content alone for ""."""
    return element("a", *content, href=href) if href else "".join(content)


def drawing(title: str, description: str, width: float, height: float, *content: str, is_image: bool = False) -> str:
    """The `<svg>`. A group, as the parts of an `img` cannot be focused; `is_image`: there are none to focus."""
    return element(
        "svg",
        element("title", escape(title)),
        element("desc", escape(description)),
        *content,
        xmlns=_XMLNS,
        viewBox=f"0 0 {coordinate(width)} {coordinate(height)}",
        width=width,
        height=height,
        font_size=SIZE,
        class_="c",
        role="img" if is_image else "group",
    )


def empty(title: str, words: str, width: float) -> str:
    """A drawing that says why there is nothing to draw."""
    shown = wrap(words, width - 2 * _PADDING)
    height = len(shown) * LINE + 2 * _PADDING
    frame = element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, class_="c-frame")
    text = lines(width / 2, _PADDING + SIZE, shown, "c-soft", "middle")
    return drawing(title, words, width, height, frame, text)


def responsive(draw: Callable[[Chart, Language, int], str], chart: Chart, language: Language) -> str:
    """HTML with the wide and the narrow drawing; `charts.css` shows the one that fits its container."""
    wide, narrow = draw(chart, language, WIDE), draw(chart, language, NARROW)
    return f'<div class="chart"><div class="chart-wide">{wide}</div><div class="chart-narrow">{narrow}</div></div>'


def standalone(svg: str, css: str, title: str = "", citation: str = "") -> str:
    """The drawing as a file of its own: stylesheet inside, title above and citation beneath it, in plain sight.

    svg: what one of the drawing functions returned; raises ValueError for anything else.
    """
    size = _SIZE_OF_DRAWING.match(svg)
    if not size:
        raise ValueError(f"expected a drawing of this module; found “{svg[:40]}”")
    width, height = float(size[1]), float(size[2])
    above = wrap(title, width, is_bold=True) if title else []
    beneath = wrap(citation, width) if citation else []
    top = len(above) * LINE + (_PADDING / 2 if above else 0)
    bottom = len(beneath) * LINE + (_PADDING / 2 if beneath else 0)
    page_width, page_height = width + 2 * _PADDING, top + height + bottom + 2 * _PADDING
    inner = svg.replace("<svg ", f'<svg x="{coordinate(_PADDING)}" y="{coordinate(_PADDING + top)}" ', 1)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element(
        "svg",
        element("style", escape(css)),
        element("rect", width=page_width, height=page_height, fill="#fff"),
        lines(_PADDING, _PADDING + SIZE, above, "c-strong"),
        inner,
        lines(_PADDING, page_height - bottom - _PADDING / 2 + SIZE, beneath, "c-soft"),
        xmlns=_XMLNS,
        viewBox=f"0 0 {coordinate(page_width)} {coordinate(page_height)}",
        width=page_width,
        height=page_height,
        font_size=SIZE,
        font_family=_FONT,
        class_="c",
    )  # fmt: skip
