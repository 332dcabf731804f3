"""The words publishers use for their licences are recognised, and lead to what portals know."""

from __future__ import annotations

import fnmatch

import pytest
import yaml

import sources
from reference.licences import Licence, licence_of
from reference.rows import rows


@pytest.mark.parametrize(
    ("words", "licence_id"),
    [
        ("dl-de/by-2-0", "dl-de-by-2.0"),
        ("Datenlizenz Deutschland – Namensnennung – Version 2.0", "dl-de-by-2.0"),
        ("Datenlizenz Deutschland – Zero – Version 2.0", "dl-de-zero-2.0"),
        (" DL-DE/ZERO-2-0 ", "dl-de-zero-2.0"),
        ("CC BY 4.0", "cc-by-4.0"),
        ("CC BY-NC 4.0", "unknown"),
        ("Statistik der Bundesagentur für Arbeit: cite the source, unchanged", "ba-statistik"),
        ("frei mit Quellenvermerk; Änderungen sind zu kennzeichnen", "breitbandatlas"),
        ("synthetic sample, no licence needed", "synthetic"),
        ("unbekannt", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_words(words: str | None, licence_id: str) -> None:
    assert licence_of(words).licence_id == licence_id


def test_the_licence_of_every_declared_publisher_is_known() -> None:
    from pathlib import Path

    entries = yaml.safe_load((Path(sources.__path__[0]) / "publishers.yaml").read_text(encoding="utf-8"))
    unknown = [entry["pattern"] for entry in entries if licence_of(entry["licence"]).licence_id == "unknown"]
    assert unknown == ["*"]


def test_what_is_not_known_binds_most() -> None:
    *known, last = rows(Licence)
    assert last.patterns == ("*",)
    assert max(licence.rank for licence in known) < last.rank


def test_every_licence_has_its_address_on_portals() -> None:
    for licence in rows(Licence):
        assert licence.uri.startswith("http://dcat-ap.de/def/licenses/")
        assert (licence.name in ("other-open", "other-closed")) == licence.uri.endswith(licence.name)
        assert fnmatch.translate(licence.patterns[0])
