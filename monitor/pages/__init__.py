"""The pages of the site: one module per kind of page, and the navigation that leads to them."""

from __future__ import annotations

from monitor.page import Builder
from monitor.pages import (
    action_plan,
    actors,
    branchen,
    broadband,
    changes,
    context,
    dictionary,
    indicators,
    kommunen,
    lead_markets,
    methods,
    quality,
    start,
    topics,
)

#: Every module that makes pages.
BUILDERS: tuple[Builder, ...] = (
    start.pages,
    topics.pages,
    kommunen.pages,
    branchen.pages,
    lead_markets.pages,
    context.pages,
    broadband.pages,
    action_plan.pages,
    actors.pages,
    indicators.pages,
    changes.pages,
    quality.pages,
    methods.pages,
    dictionary.pages,
)
#: Entries of the navigation in their order (texts `nav.…`) and the page each leads to; shown where that page exists.
NAVIGATION: tuple[tuple[str, str], ...] = (
    ("start", "index.html"),
    ("topics", "themen/index.html"),
    ("kommunen", "kommunen/index.html"),
    ("sectors", "branchen/index.html"),
    ("lead_markets", "leitmaerkte/index.html"),
    ("context", "rahmenbedingungen.html"),
    ("broadband", "breitband.html"),
    ("action_plan", "aktionsplan.html"),
    ("actors", "akteure.html"),
    ("quality", "qualitaet.html"),
    ("methods", "methodik.html"),
)
