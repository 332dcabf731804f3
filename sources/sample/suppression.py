"""Hides small numbers as the publishers do: the numbers 1 and 2, and as many others as keep them hidden."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

Cell = TypeVar("Cell", bound=Hashable)


def hidden_cells(
    values: Mapping[Cell, int], equations: Iterable[Sequence[Cell]], dominated: Iterable[Cell] = ()
) -> set[Cell]:
    """Cells of a table that are not printed.

    values     every cell that may be hidden (a total that is always printed is left out)
    equations  cells that are bound by one sum: its parts and, if it may be hidden too, the sum itself (last)
    dominated  cells that must be hidden although they are not small: one business holds nearly all of it

    A single hidden cell of an equation could be calculated from the others, so the smallest other one is
    hidden with it; zeros stay printed.
    """
    hidden = {cell for cell, number in values.items() if number in (1, 2)} | set(dominated)
    sums = list(equations)
    grown = True
    while grown:
        grown = False
        for cells in sums:
            if sum(cell in hidden for cell in cells) != 1:
                continue
            others = [cell for cell in cells if cell not in hidden and values[cell] > 0]
            if others:
                hidden.add(min(others, key=values.__getitem__))
                grown = True
    return hidden
