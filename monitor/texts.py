"""All words of the page, in German and English (texts.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from reference.declared import read_declared

Lang = Literal["de", "en"]
LANGS: tuple[Lang, ...] = ("de", "en")
#: English pages are the twins of the German ones, in this folder.
ENGLISH_FOLDER = "en/"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@cache
def entries() -> dict[str, dict[str, str]]:
    """Every text by its dotted key (`start.title`), with its wording per language."""
    return dict(_flat("", read_declared(Path(__file__).parent / "texts.yaml")))


def _flat(prefix: str, node: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    if set(node) == set(LANGS):
        return [(prefix.removesuffix("."), node)]
    return [pair for key, child in node.items() for pair in _flat(f"{prefix}{key}.", child)]


@dataclass(frozen=True)
class Texts:
    """The words of one language: `t("start.title")`, `t("start.count", count=3)`."""

    lang: Lang

    def __call__(self, key: str, **values: object) -> str:
        """The wording of a key with its {placeholders} filled; raises KeyError where one of them is not known."""
        text = entries()[key][self.lang]
        return text.format(**values) if values else text

    def word(self, group: str, name: str) -> str:
        """The wording of `group.name`, or the name itself: names that come from data may be new."""
        entry = entries().get(f"{group}.{name}")
        return entry[self.lang] if entry else name


def slug(name: str) -> str:
    """A name as part of an address: `Mülheim an der Ruhr` → `muelheim-an-der-ruhr`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().translate(_UMLAUTS)).strip("-")
