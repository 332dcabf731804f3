"""The base of a figure where it depends on the day its delivery became known, which no file prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from schemas.observation import Observation
from sources.genesis.table import basis_of, tables
from sources.rejected import Rejected

_DATASET = Observation._fields.index("dataset")
_DATE = Observation._fields.index("reference_date")
_BASIS = Observation._fields.index("basis")


def settle_basis(
    observations: Iterable[tuple[object, ...]], known_from: dt.date, *, or_earlier: bool = False
) -> list[tuple[object, ...]]:
    """Observations of one delivery with their basis filled in; those of other products stay as they are.

    `or_earlier`: the delivery was known on that day at the latest. Raises Rejected where the basis would be another one
    had it been known before.
    """
    return [_settled(observation, known_from, or_earlier) for observation in observations]


def _settled(observation: tuple[object, ...], known_from: dt.date, or_earlier: bool) -> tuple[object, ...]:
    table = tables().get(str(observation[_DATASET]))
    date = observation[_DATE]
    if table is None or not table.basis or not isinstance(date, dt.date):
        return observation
    basis = basis_of(table, date, known_from)
    if or_earlier and basis != (earlier := basis_of(table, date, dt.date.min)):
        raise Rejected(
            expected=f"the day on which table {table.code} was retrieved, as its figures of {date} rest on {earlier}"
            f" or, if retrieved later, on {basis}",
            found=f"none; by its layout it was retrieved by {known_from} at the latest",
            hint="State retrieved_on in MANIFEST.csv, or end the file name with the day, as in"
            f" “{table.code}_2024-12-03.csv”.",
        )
    return (*observation[:_BASIS], basis, *observation[_BASIS + 1 :])
