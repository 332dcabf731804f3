"""Pages become HTML: one Jinja2 environment per build, with strict variables and everything escaped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor import format as fmt
from monitor.charts import WIDE, responsive, standalone
from monitor.charts.text import soft
from monitor.downloads import DOWNLOADS, exhibit_json, table_csv
from monitor.exhibit import Exhibit
from monitor.links import Links
from monitor.page import Page
from monitor.texts import ENGLISH_FOLDER, Lang
from monitor.view import View

_FOLDER = Path(__file__).parent
ASSETS = _FOLDER / "assets"
#: Nothing but the page's own files; no inline script or style. `data:` is not needed by any page.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)
_LINK = re.compile(r' href="[^"]*"')


@dataclass(frozen=True)
class Navigation:
    """An entry of the navigation: name, path, and whether the page belongs to it."""

    title: str
    path: str
    is_current: bool


class Renderer:
    """Turns pages of one language into files (path below the site, content)."""

    def __init__(self, environment: Environment, view: View, sections: Sequence[tuple[str, str]]) -> None:
        self._environment = environment
        self._view = view
        self._sections = sections
        self._folder = ENGLISH_FOLDER if view.lang == "en" else ""
        #: Drawings of the page that is being rendered, by slug and width: the download is the same drawing.
        self._drawn: dict[tuple[str, int], str] = {}
        self._chart_css = (ASSETS / "charts.css").read_text(encoding="utf-8")

    def files(self, page: Page) -> Iterator[tuple[str, bytes]]:
        """The page itself and its downloads."""
        yield self._folder + page.path, self._html(page).encode()
        for path, content in page.files.items():
            yield self._folder + path, content
        for exhibit in page.exhibits.values():
            base = f"{self._folder}{DOWNLOADS}/{exhibit.slug}"
            yield f"{base}.csv", table_csv(exhibit.table, self._view.lang)
            yield f"{base}.json", exhibit_json(exhibit, self.citation(exhibit))
            if exhibit.picture:
                yield f"{base}.svg", self._svg(exhibit).encode()

    def citation(self, exhibit: Exhibit) -> str:
        """One line that says what to cite."""
        return self._view.t(
            "exhibit.citation",
            title=exhibit.title,
            date=exhibit.date,
            source=exhibit.source,
            release=self._view.facts.release.release_id,
        )

    def _html(self, page: Page) -> str:
        view, links = self._view, Links(page.path, self._view.lang)
        navigation = [
            Navigation(view.t(f"nav.{section}"), path, section == page.section) for section, path in self._sections
        ]
        return self._environment.get_template(page.template).render(
            page=page,
            navigation=navigation,
            release=view.facts.release,
            released_at=fmt.time(view.facts.release.released_at, view.lang),
            credits=view.credits,
            content_policy=CONTENT_POLICY,
            lang=view.lang,
            t=view.t,
            of=view.of,
            format_day=view.day,
            url=links.url,
            site=links.site,
            twin=links.twin,
            draw=self._draw,
            download=lambda exhibit, kind: links.url(f"{DOWNLOADS}/{exhibit.slug}.{kind}"),
            citation=self.citation,
            next_id=_ids(),
            **page.exhibits,
            **page.content,
        )

    def _draw(self, exhibit: Exhibit) -> Markup:
        assert exhibit.picture is not None
        drawn = exhibit.picture.draw

        def draw(chart: Any, lang: Lang, width: int) -> str:
            svg = drawn(chart, lang, width)
            self._drawn[exhibit.slug, width] = svg
            return svg

        return Markup(responsive(draw, exhibit.picture.chart, self._view.lang))  # noqa: S704 escaped by the chart

    def _svg(self, exhibit: Exhibit) -> str:
        """The wide drawing of the page as a file of its own; its links would lead nowhere from there."""
        svg = _LINK.sub("", self._drawn.pop((exhibit.slug, WIDE)))
        return standalone(svg, self._chart_css, exhibit.title, self.citation(exhibit))


def environment() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["soft"] = soft
    return templates


def _ids() -> Callable[[], str]:
    """Ids for descriptions, unique within a page."""
    numbers = itertools.count(1)
    return lambda: f"d{next(numbers)}"
