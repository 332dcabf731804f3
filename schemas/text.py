"""Texts of files, publishers and people as they may be shown or passed on: on a terminal, in a log, Markdown or SQL."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: What begins something in Markdown, HTML in it included; a colon only where it would make a link.
_IN_MARKDOWN: Final = re.compile(r"[&<>\\`*_\[\]|~^$#!]|:(?=//)")
_MARKDOWN: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", ":": "&#58;"} | {s: f"\\{s}" for s in r"\`*_[]|~^$#!"}
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """The text on one line, without signs that do something instead of being seen.

    Line ends, tabs and other white space become blanks. Left out are control characters (an escape sequence begins with
    one) and what does not show, such as signs that turn the reading direction; � stands for bytes that are no text.

    >>> printable("a\\x1b[31mb\\nc\\u202ed")
    'a[31mb cd'
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def printable_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(printable, text.split("\n")))


def markdown(text: str) -> str:
    """The text as content of Markdown: on one line, and nothing in it is a mark, a link or HTML."""
    return _IN_MARKDOWN.sub(lambda match: _MARKDOWN[match[0]], printable(" ".join(text.split())))


def sql_literal(value: object) -> str:
    """The text, or a path, as SQL writes it.

    >>> sql_literal("Castrop's")
    "'Castrop''s'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def _shown(sign: str) -> str:
    if sign.isprintable():
        return sign
    if sign.isspace():
        return " "
    return _REPLACED if unicodedata.category(sign) == "Cs" else ""
