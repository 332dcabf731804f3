"""What is asked of a GENESIS service, and whether an answer is about that: it ignores parameters it does not know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reference.regions import NRW, nrw_kreise
from sources.arrived_file import ArrivedFile
from sources.fetching.problems import FetchError, NotThereError
from sources.genesis.harvest import place_of_code
from sources.genesis.product import PRODUCTS
from sources.genesis.table import Table
from sources.product import Decoded
from sources.rejected import Rejected

#: At the Landesdatenbank a filter on regions decides between seconds and a time-out.
_FILTERED_INSTANCES = frozenset({"landesdatenbank"})
#: Why a decoder leaves out rows: for a region outside NRW, a Regierungsbezirk, a dissolved Kreis, a part of a Kreis.
_UNASKED = frozenset(place.reason for code in ("01", "051", "05354", "05334002") if (place := place_of_code(code)))


@dataclass(frozen=True)
class Query:
    """A table of one year. Of a range of years the Landesdatenbank returned only the last."""

    table: Table
    year: int

    @property
    def file_name(self) -> str:
        return f"{self.table.code}_{self.year}.csv"

    @property
    def layout(self) -> str:
        """The flat format can be read where the GENESIS codes of a table are declared."""
        return "ffcsv" if self.table.has_codes else "datencsv"

    @property
    def region_keys(self) -> tuple[str, ...]:
        """The regions asked for, empty for all."""
        return (NRW, *nrw_kreise()) if self.table.instance in _FILTERED_INSTANCES else ()

    def form(self, *, as_job: bool) -> dict[str, str]:
        return {
            "name": self.table.code,
            "area": "all",
            "compress": "false",
            "transpose": "false",
            "startyear": str(self.year),
            "endyear": str(self.year),
            "regionalkey": ",".join(self.region_keys),
            "format": self.layout,
            "job": "true" if as_job else "false",
            "language": "de",  # another one changes labels and the decimal sign
        }


def check_answer(query: Query, path: Path, address: str) -> None:
    """Raises FetchError where a table holds what was not asked for: an unknown parameter is ignored without a word.

    NotThereError where it holds only earlier years. A file that cannot be read is let through: it is quarantined on
    arrival, with the reason.
    """
    decoded = _decoded(ArrivedFile(path, query.file_name))
    if decoded is None:
        return
    years = {int(text[:4]) for text in decoded.period.split("/")}
    found = ""
    if decoded.source_id != query.table.source_id:
        found = f"another table ({decoded.source_id})"
    elif max(years) < query.year:
        raise NotThereError(address, f"nothing for {query.year}; the newest it has is {decoded.period}")
    elif years != {query.year}:
        found = f"the time {decoded.period}"
    elif query.region_keys and (unasked := sorted(_UNASKED & decoded.skipped.keys())):
        found = f"regions that were not named ({', '.join(unasked)})"
    if found:
        what = f"asked for {query.table.code} of {query.year}; the answer holds {found}"
        raise FetchError(address, what, hint="The service ignored a parameter of the request. Nothing was kept.")


def _decoded(file: ArrivedFile) -> Decoded | None:
    product = next((product for product in PRODUCTS if product.recognises(file)), None)
    try:
        return product.decode(file) if product else None
    except Rejected:
        return None
