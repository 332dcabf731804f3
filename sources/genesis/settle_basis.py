"""The base of a figure where it depends on the day its delivery became known, which no file prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from schemas.observation import Observation
from sources.genesis.table import basis_of, tables

_DATASET = Observation._fields.index("dataset")
_DATE = Observation._fields.index("reference_date")
_BASIS = Observation._fields.index("basis")


def settle_basis(observations: Iterable[tuple[object, ...]], known_from: dt.date) -> list[tuple[object, ...]]:
    """Observations of one delivery with their basis filled in; those of other products stay as they are."""
    return [_settled(observation, known_from) for observation in observations]


def _settled(observation: tuple[object, ...], known_from: dt.date) -> tuple[object, ...]:
    table = tables().get(str(observation[_DATASET]))
    date = observation[_DATE]
    if table is None or not table.basis or not isinstance(date, dt.date):
        return observation
    basis = basis_of(table, date, known_from)
    return (*observation[:_BASIS], basis, *observation[_BASIS + 1 :])
