"""Texts that a spreadsheet would run as a formula, made harmless: one rule for every CSV file we write.

A text that begins like a formula gets a leading apostrophe. What begins so and cannot be one stays as it is: a lone
sign (`-` is a publisher's sign for "nothing there") and a number with its sign (`-1,5`). Numbers are no texts and are
never touched. The rule can be undone: take one apostrophe off each text that begins with apostrophes and then like a
formula. Source of the characters: OWASP, CSV Injection.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from schemas.text import sql_literal

#: As Python and DuckDB (RE2) both read it.
_FORMULA: Final = r"^'*[=+\-@\t\r\n＝＋－＠]"
_NO_FORMULA: Final = r"[+\-]([0-9][0-9.,]*%?)?"


@lru_cache(maxsize=8192)
def harmless(text: str) -> str:
    """The text as a CSV cell. Names and codes come back in row after row, so most are known already."""
    is_formula = re.match(_FORMULA, text) and not re.fullmatch(_NO_FORMULA, text)
    return f"'{text}" if is_formula else text


def harmless_sql(column: str) -> str:
    """The same as a DuckDB expression over a text column."""
    return (
        f"CASE WHEN regexp_matches({column}, {sql_literal(_FORMULA)})"
        f" AND NOT regexp_full_match({column}, {sql_literal(_NO_FORMULA)}) THEN '''' || {column} ELSE {column} END"
    )
