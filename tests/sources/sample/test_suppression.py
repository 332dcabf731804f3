"""What is hidden must not follow from what is printed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sources.sample.suppression import hidden_cells

COLUMNS = 4
EQUATIONS = [[(row, column) for column in range(COLUMNS)] for row in range(4)] + [
    [(row, column) for row in range(4)] for column in range(COLUMNS)
]
TABLES = st.lists(st.integers(0, 6), min_size=16, max_size=16).map(
    lambda numbers: {divmod(place, COLUMNS): number for place, number in enumerate(numbers)}
)


@given(TABLES)
def test_small_numbers_are_hidden_and_zeros_are_not(values: dict[tuple[int, int], int]) -> None:
    hidden = hidden_cells(values, EQUATIONS)
    assert {cell for cell, number in values.items() if number in (1, 2)} <= hidden
    assert all(values[cell] > 0 for cell in hidden)


@given(TABLES)
def test_no_hidden_cell_is_alone_in_a_sum_unless_the_rest_is_zero(values: dict[tuple[int, int], int]) -> None:
    hidden = hidden_cells(values, EQUATIONS)
    for cells in EQUATIONS:
        if sum(cell in hidden for cell in cells) == 1:
            assert all(values[cell] == 0 for cell in cells if cell not in hidden)


def test_the_smallest_other_number_is_hidden_with_a_small_one() -> None:
    values = {"A": 2, "B": 40, "C": 30, "all": 72}
    assert hidden_cells(values, [["A", "B", "C", "all"]]) == {"A", "C"}


def test_a_dominated_number_is_hidden_whatever_its_size() -> None:
    values = {"A": 5000, "B": 40, "C": 30}
    assert hidden_cells(values, [["A", "B", "C"]], dominated=["A"]) == {"A", "C"}


def test_a_table_without_small_numbers_is_printed_in_full() -> None:
    values = {"A": 3, "B": 0, "all": 3}
    assert hidden_cells(values, [["A", "B", "all"]]) == set()
