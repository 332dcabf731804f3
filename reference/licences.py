"""Licences of the sources: what their words mean, and the addresses that data portals know them by."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from reference.rows import Cell, Row, rows


@dataclass(frozen=True)
class Licence(Row):
    """A row of licences.csv.

    rank      how restrictive it is: of several that meet in one table, the one with the highest rank binds
    name      id of the Open Definition or SPDX, `other-open` or `other-closed` where it has none of its own
    uri       in the vocabulary of DCAT-AP.de, http://dcat-ap.de/def/licenses/
    url       page with its text, None where there is none
    patterns  shell patterns on the words of a manifest or of publishers.yaml, in small letters; the first row with
              one that matches goes
    """

    FILE: ClassVar[str] = "licences.csv"
    KEY: ClassVar[tuple[str, ...]] = ("licence_id",)

    licence_id: str
    rank: int
    name: str
    uri: str
    url: str | None
    title_de: str
    title_en: str
    patterns: Annotated[
        tuple[str, ...], Cell("shell patterns separated by “ | ”", lambda text: tuple(text.split(" | ")))
    ]


def licence_of(words: str | None) -> Licence:
    """The licence a publisher's or manifest's words mean; `unknown` where they mean none we know."""
    folded = (words or "").strip().casefold()
    return next(
        licence
        for licence in rows(Licence)
        if any(fnmatchcase(folded, pattern.casefold()) for pattern in licence.patterns)
    )
