from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.sectors import DIVISIONS, TOTAL, sectors
from sources.arrived_file import ArrivedFile
from sources.destatis_wz_bridge import PRODUCT
from sources.product import Decoded
from sources.rejected import Rejected

HEADER = [
    "wz2008_division",
    "wz2008_title",
    "wz2025_division",
    "wz2025_title",
    "leaf_pairs_full",
    "leaf_pairs_partial_ex",
]


def bridge() -> list[list[str]]:
    codes = sectors(DIVISIONS)[TOTAL].divisions
    return [HEADER, *([code, "old, title", code, "new, title", "3", "0"] for code in codes)]


def arrived(rows: list[list[str]], delimiter: str = ",", period: str = "") -> ArrivedFile:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    file = ArrivedFile(Path("bridge.csv"), period=period)
    file.content = text.getvalue().encode()
    return file


def test_the_bridge_is_accepted_without_observations() -> None:
    file = arrived(bridge(), period="2025-08-19")
    assert PRODUCT.recognises(file)
    assert PRODUCT.decode(file) == Decoded(
        observations=[], source_id="destatis_wz", period="2025-08-19", layout=tuple(HEADER)
    )


@given(st.permutations(range(6)), st.sampled_from(",;\t"))
def test_order_of_columns_and_delimiter_do_not_matter(order: list[int], delimiter: str) -> None:
    file = arrived([[row[column] for column in order] for row in bridge()], delimiter)
    assert PRODUCT.recognises(file)
    assert PRODUCT.decode(file).period == "2025"


def changed(line: int, column: int, text: str) -> list[list[str]]:
    rows = bridge()
    rows[line - 1] = [text if i == column - 1 else cell for i, cell in enumerate(rows[line - 1])]
    return rows


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (changed(1, 5, "leaf_pairs"), "leaf_pairs_full"),
        (changed(2, 1, "1"), "line 2, column 1"),
        (changed(2, 1, "04"), "04"),
        (changed(3, 3, "A1"), "line 3, column 3"),
        (changed(3, 2, " "), "line 3, column 2"),
        (changed(4, 5, "-1"), "line 4, columns 5 and 6"),
        (changed(4, 5, "0"), "line 4, columns 5 and 6"),
        (changed(4, 6, ""), "line 4, columns 5 and 6"),
        (bridge()[:-1], "99"),
        ([*bridge(), bridge()[-1]], "line 90"),
        ([HEADER], "rows below it"),
    ],
)
def test_a_damaged_bridge_is_refused_with_the_place(rows: list[list[str]], message: str) -> None:
    with pytest.raises(Rejected) as caught:
        PRODUCT.decode(arrived(rows))
    assert message in caught.value.message


@given(st.binary(max_size=200))
def test_only_a_rejection_leaves_the_decoder(tail: bytes) -> None:
    file = arrived([HEADER])
    file.content += tail
    with pytest.raises(Rejected):
        PRODUCT.decode(file)
