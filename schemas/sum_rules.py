"""What must add up between the Kreise and the Land, as declared where a source is declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SumRule:
    """The 53 Kreise of NRW must add up to the Land that the same file prints, within `tolerance` (its unit)."""

    dataset: str
    variable: str
    tolerance: float


@dataclass(frozen=True)
class EditionRule:
    """One file per Kreis: the totals of an edition's 53 files must add up to the NRW figure each of them prints.

    kreis_dataset holds the Kreis totals (sector TOTAL), land_dataset the printed NRW figure.
    """

    kreis_dataset: str
    land_dataset: str
    variable: str
