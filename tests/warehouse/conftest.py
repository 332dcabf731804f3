"""A small published release with known licences and hostile texts, and its export."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from warehouse.data_folder import DataFolder
from warehouse.export import Summary, export
from warehouse.exported import Publication

RELEASE = "20210101T120000Z-0a1b2c3d"
BASE_URL = "https://daten.example/s3/"
#: What a publisher, an officer or an attacker may call a file.
HOSTILE = "=HYPERLINK(\"http://example.org\"; 'x')"
_PUBLISHERS = {
    "reports": (
        "Statistik der Bundesagentur für Arbeit",
        "Statistik der Bundesagentur für Arbeit: cite the source, unchanged; commercial use needs consent",
        "Statistik der Bundesagentur für Arbeit",
    ),
    "genesis": ("Statistische Ämter des Bundes und der Länder", "dl-de/by-2-0", "© Statistische Ämter"),
    "population": ("Statistische Ämter des Bundes und der Länder", "dl-de/by-2-0", "© Statistische Ämter"),
    "atlas": ("Bundesnetzagentur", "frei mit Quellenvermerk; Änderungen sind zu kennzeichnen", "Breitbandatlas"),
}


@dataclass(frozen=True)
class Exported:
    """A data folder, the folder its release was exported to, and what the export said of itself."""

    data: DataFolder
    out: Path
    summary: Summary


def publish_small(warehouse: Path, folder: Path, *, synthetic: bool = False) -> DataFolder:
    """A data folder whose published file is a copy of the small warehouse with a row in meta.release."""
    folder.mkdir(parents=True)
    data = DataFolder(folder)
    shutil.copyfile(warehouse, data.published)
    with duckdb.connect(str(data.published)) as connection:
        connection.execute(
            "INSERT INTO meta.release BY NAME SELECT ? AS release_id, TIMESTAMP '2021-01-01 12:00:00' AS released_at,"
            " 'inputs' AS inputs, '0.1.0+test' AS code_version, 5 AS deliveries, ? AS is_synthetic",
            [RELEASE, synthetic],
        )
        connection.execute("UPDATE meta.delivery SET is_synthetic = ?", [synthetic])
        for delivery, words in _PUBLISHERS.items():
            connection.execute(
                "UPDATE meta.delivery SET publisher = ?, licence = ?, attribution = ? WHERE delivery_id = ?",
                [*words, delivery],
            )
        connection.execute(
            "UPDATE meta.delivery SET file_name = ?, message = ? WHERE delivery_id = 'broken'",
            [HOSTILE, '"quoted", with a\r\nline break; and ümlaut'],
        )
    return data


@pytest.fixture(scope="session")
def small_export(small_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The export of a small release; read only."""
    folder = tmp_path_factory.mktemp("exported")
    data = publish_small(small_warehouse, folder / "data")
    publication = Publication(base_url=BASE_URL, contact="s3@example.org")
    return Exported(data, folder / "out", export(data.published, folder / "out", publication))
