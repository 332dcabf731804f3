"""What an export holds, as plain records: data package, catalogue entry and citation are written from it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemas.registry import Relation
from warehouse.licences import Terms

if TYPE_CHECKING:
    import duckdb

#: Name of the data package: tells a folder with an export from any other.
NAME: Final = "s3-monitor-ruhr"
TITLE_DE: Final = "S3-Monitor Ruhr: Indikatoren zur Strategie der Intelligenten Spezialisierung der Metropole Ruhr"
TITLE_EN: Final = "S3-Monitor Ruhr: indicators for the Smart Specialisation Strategy of the Ruhr Metropolis"
SYNTHETIC_DE: Final = "SYNTHETISCHE BEISPIELDATEN: alle Zahlen sind erfunden und keine Ergebnisse."
SYNTHETIC_EN: Final = "SYNTHETIC SAMPLE DATA: all figures are invented, not for use."
KEYWORDS: Final = (
    "Metropole Ruhr", "Ruhrgebiet", "Nordrhein-Westfalen", "S3", "Intelligente Spezialisierung", "Monitoring",
    "Regionalstatistik", "Beschäftigung", "Standortquotient", "Kreise",
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file of the export; path below its folder, with `/`."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Release:
    """The row of meta.release as far as an export names it; released_at in UTC."""

    release_id: str
    released_at: dt.datetime
    code_version: str
    is_synthetic: bool

    @property
    def time(self) -> str:
        """released_at as RFC 3339."""
        return f"{self.released_at:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Table:
    """One exported relation. dates: first and last reference date, None for a table without one."""

    relation: Relation
    rows: int
    csv: File
    parquet: File
    terms: Terms
    dates: tuple[dt.date, dt.date] | None

    @property
    def title_de(self) -> str:
        return title(self.relation.description_de)

    @property
    def title_en(self) -> str:
        return title(self.relation.description_en)


@dataclass(frozen=True)
class Publication:
    """Where and by whom an export is published.

    base_url        address of the folder with a `/` at its end, "" for addresses relative to the files themselves
    publisher       the body that publishes it
    contact         mail address or page for questions, "" for none
    contributor_id  address of the data provider in http://dcat-ap.de/def/contributors/, "" for none
    """

    base_url: str = ""
    publisher: str = "S3-Monitor Ruhr"
    contact: str = ""
    contributor_id: str = ""

    def url(self, path: str) -> str:
        return self.base_url + path


@dataclass(frozen=True)
class Export:
    """A release as it is exported. terms: of the whole."""

    release: Release
    tables: Sequence[Table]
    terms: Terms
    publication: Publication

    @property
    def dates(self) -> tuple[dt.date, dt.date] | None:
        """First and last reference date of all tables."""
        spans = [table.dates for table in self.tables if table.dates]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def title(description: str) -> str:
    """The first part of a description of the registry: `Ziele. kind: main_goal (…)` is about `Ziele`."""
    return re.split(r"[.;:] | \(", description, maxsplit=1)[0]


def release_of(connection: duckdb.DuckDBPyConnection) -> Release:
    """The release of a published warehouse."""
    row = connection.execute("SELECT release_id, released_at, code_version, is_synthetic FROM meta.release").fetchone()
    assert row is not None, "a published warehouse has a release"
    return Release(*row)


def file_of(folder: Path, path: str) -> File:
    """The record of a file that was written."""
    with (folder / path).open("rb") as file:
        return File(path, (folder / path).stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
