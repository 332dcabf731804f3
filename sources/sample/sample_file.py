"""A file of the sample, and what marks it as one wherever its layout has room for a text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SYNTHETIC = "SYNTHETISCHE BEISPIELDATEN"
ORIGIN = "s3-monitor-ruhr"
COPYRIGHT = f"© {SYNTHETIC} von {ORIGIN}, erfundene Zahlen"

#: Publishers whose layouts the sample repeats.
BA = "Statistik der Bundesagentur für Arbeit"
REGIO = "Statistische Ämter des Bundes und der Länder (Regionaldatenbank Deutschland)"
LDB = "Information und Technik Nordrhein-Westfalen (IT.NRW), Landesdatenbank"
BNETZA = "Bundesnetzagentur, Breitbandatlas | Gigabit-Grundbuch"


@dataclass(frozen=True)
class SampleFile:
    """path: below the inbox; the rest as in `schemas.delivery.Provenance`; publisher without the mark."""

    path: str
    content: bytes
    source_id: str
    publisher: str
    product: str
    period: str
    published_on: dt.date | None = None
    retrieved_on: dt.date | None = None
