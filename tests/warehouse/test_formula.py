"""Texts in CSV files: never a formula, always to be got back, and the same in Python and in SQL."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.formula import harmless, harmless_sql

STARTS = "=+-@\t\r\n＝＋－＠"
TEXTS = st.one_of(st.text(), st.text(alphabet=STARTS + "'0123456789.,%aä ", max_size=8))


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-A1", "-1+cmd|' /C calc'!A0", "@x", "\tx", "\r=x", "\n=x", "＝1", "--"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-", "+", "-1", "-1,5", "+1.234,5", "-0,3%", "", "a-b", " =x", "B-F", "'n"])
def test_signs_numbers_and_other_texts_stay(text: str) -> None:
    assert harmless(text) == text


@given(TEXTS)
def test_a_cell_never_begins_a_formula(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(tuple(STARTS)) or re.fullmatch(r"[+-]([0-9][0-9.,]*%?)?", cell)


@given(TEXTS)
def test_the_text_can_be_got_back(text: str) -> None:
    assert undone(harmless(text)) == text


@given(st.lists(TEXTS, min_size=1, max_size=50))
def test_sql_says_the_same(texts: list[str]) -> None:
    with duckdb.connect() as connection:
        sql = f"SELECT list({harmless_sql('t')}) FROM (SELECT unnest(?) AS t)"
        row = connection.execute(sql, [[text.replace("\0", "") for text in texts]]).fetchone()
    assert row == ([harmless(text.replace("\0", "")) for text in texts],)


def undone(cell: str) -> str:
    """As docs/analysts.md tells it: one apostrophe off what begins with apostrophes and then like a formula."""
    return cell[1:] if re.match(rf"'+[{re.escape(STARTS)}]", cell) else cell
