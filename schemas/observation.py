"""An observation is one published cell: what it says, what it is about, and where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    import pandas as pd

Status = Literal[
    "value",
    "zero",
    "suppressed",
    "not_available",
    "provisional",
    "revised",
    "estimated",
    "derived",
]
STATUSES: tuple[str, ...] = get_args(Status)
#: A number stands behind these; behind the others `value` is empty.
STATUSES_WITH_VALUE = ("value", "zero", "provisional", "revised", "estimated", "derived")
#: A coverage in per cent may read 100.01: the broadband atlas rounds its groups one by one.
LARGEST_PERCENTAGE = 100.01


class Observation(NamedTuple):
    """One cell of a delivery. `delivery_id` and `known_from` are added when it is loaded.

    dataset         table of a publisher, e.g. `ba_regionalreport_2.3`, `13111-07-05-4`
    variable        what was counted, e.g. `employees`, `population` (snake case, same thing = same name)
    region_id       5-digit AGS, `05` or `DE`
    sector_scheme   scheme of `sector_id`, None where the cell is not about a sector
    sector_id       sector of the scheme, `TOTAL` for all sectors
    dimensions      further dimensions that are not "total", sorted: `age=18-25;sex=female`; else ""
    reference_date  last day of the period, a Stichtag as printed
    value           number in `unit` as printed (no conversion), None unless the status has a value
    unit            the publisher's unit, e.g. `Anzahl`, `Tsd. EUR`, `%`, `Anteil` (a fraction of 1)
    status          one of STATUSES
    basis           what it may be compared with: `WZ2008`, `census1987`, `census2022`, `atlas2022` … or ""
    printed         the text or number as it stands in the cell
    locator         `Tabelle 2.3!D16` in a workbook, `line 236, column 14` in a text file (both from 1)
    """

    dataset: str
    variable: str
    region_id: str
    sector_scheme: str | None
    sector_id: str | None
    dimensions: str
    reference_date: dt.date
    value: float | None
    unit: str
    status: str
    basis: str
    printed: str
    locator: str


#: Two cells with the same key are two vintages of one fact.
KEY = ("dataset", "variable", "region_id", "sector_scheme", "sector_id", "dimensions", "reference_date")


def to_frame(observations: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    """Observations (tuples in field order) as a frame with one column per field."""
    import pandas as pd

    return pd.DataFrame.from_records(list(observations), columns=list(Observation._fields))
