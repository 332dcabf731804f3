"""A built site, and what a browser would find in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from monitor.site import Summary
from warehouse.data_folder import DataFolder

#: Elements without an end tag.
VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass(frozen=True)
class Element:
    """One element of a page with the text in it."""

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.parts).split())


class Parsed(HTMLParser):
    """The elements of a page in the order in which they begin."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)


@dataclass(frozen=True)
class Built:
    """A built site and the data folder it was built from."""

    data: DataFolder
    out: Path
    summary: Summary

    @cached_property
    def pages(self) -> dict[str, Parsed]:
        """Every page by its path."""
        return {
            str(path.relative_to(self.out)): Parsed(path.read_text(encoding="utf-8"))
            for path in sorted(self.out.rglob("*.html"))
        }
