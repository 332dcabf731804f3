"""Data and methods: how numbers, intervals, lights and rankings come about."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.exhibit import Column, Table
from monitor.page import Page
from monitor.view import View

#: Sections of the page; `methodik.html#<id>` is where "how was this computed" leads. Texts: `methods.<id>`.
_SECTIONS = (
    "ampel", "spannen", "spezialisierung", "wachstum", "portfolio", "rangliste", "shift-share", "struktur", "themen",
    "leitmaerkte", "breitband", "aktionsplan", "akteure", "indikatoren", "quellen", "staende", "dateien", "zitieren",
)  # fmt: skip


def pages(view: View) -> Iterator[Page]:
    """One page."""
    indicator = next(iter(view.facts.indicators.values()), None)
    yield Page(
        path="methodik.html",
        template="methods.html.j2",
        title=view.t("methods.title"),
        section="methods",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "sections": [(section, view.t(f"methods.{section}.title"), _text(view, section)) for section in _SECTIONS],
            "sources": _sources(view),
            "rule": view.of(indicator, "light_rule") if indicator else "",
        },
    )


def _text(view: View, section: str) -> list[str]:
    return [paragraph for paragraph in view.t(f"methods.{section}.text").split("\n") if paragraph]


def _sources(view: View) -> Table:
    """Where the figures come from, and how they may be used."""
    t, names = view.t, ("product", "publisher", "licence", "attribution")
    columns = tuple(Column(t(f"methods_source.{name}")) for name in names)
    rows = [[view.text_cell(row[name] or t("source.unknown")) for name in names] for row in view.facts.rows(_SOURCES)]
    return Table(t("methods.quellen.title"), columns, rows)


_SOURCES = """
    SELECT DISTINCT product, publisher, licence, attribution FROM meta.source
    SEMI JOIN (FROM meta.delivery WHERE state = 'accepted') USING (source_id)
    ORDER BY publisher, product, licence, attribution
"""
