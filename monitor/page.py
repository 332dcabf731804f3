"""A page before it becomes HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.exhibit import Exhibit

if TYPE_CHECKING:
    from monitor.view import View


@dataclass(frozen=True)
class Page:
    """One page in one language.

    path      below the folder of the language: `themen/logistik.html`; the same in both languages
    template  file in templates/
    title     heading and title
    section   entry of the navigation it belongs to (texts `nav.…`)
    crumbs    pages above it: title and path
    content   what the template shows, by name
    exhibits  by name; their downloads are written beside the pages
    files     further downloads: path below the folder of the language, and content
    """

    path: str
    template: str
    title: str
    section: str
    crumbs: tuple[tuple[str, str], ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    exhibits: Mapping[str, Exhibit] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


#: Gives the pages of one kind in one language.
Builder = Callable[["View"], Iterable[Page]]
