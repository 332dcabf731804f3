"""The start page: the state of the strategy in one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from monitor import format as fmt
from monitor.page import Page
from monitor.pages.cards import indicator_card
from monitor.pages.changes import summary
from monitor.pages.quality_parts import open_findings, sources, state_cell, urgent_sources
from monitor.pages.topic_parts import topics
from monitor.pages.topics import topic_card
from monitor.view import View
from quality.findings import PROGRAM_SAYS
from reference.regions import RUHR

#: The Ruhr as a whole, beside its topics.
_HEADLINES = ("employees", "unemployment_rate", "gdp_per_worker", "municipal_debt_per_capita")
#: Lines of a list; the page behind it has all.
_SHOWN = 4


def pages(view: View) -> Iterator[Page]:
    """One page."""
    facts, changes = view.facts, view.facts.changes
    states = Counter(row["state"] for row in sources(facts))
    findings = open_findings(facts)
    headlines = [indicator_card(view, indicator_id, RUHR) for indicator_id in _HEADLINES]
    yield Page(
        path="index.html",
        template="start.html.j2",
        title=view.t("start.title"),
        section="start",
        content={
            "topics": [topic_card(view, topic) for topic in topics(facts)],
            "headlines": [card for card in headlines if card],
            "changes": changes,
            "since": fmt.time(changes.old.released_at, view.lang) if changes else "",
            "summary": summary(view, changes) if changes else [],
            "states": [(view.t.word("freshness", state), count) for state, count in states.items()],
            "urgent": [(row, state_cell(view, row)) for row in urgent_sources(facts)[:_SHOWN]],
            "urgent_more": max(0, len(urgent_sources(facts)) - _SHOWN),
            "findings": [(row, _first_words(view.of(row, "text"))) for row in findings[:_SHOWN]],
            "findings_count": len(findings),
            "findings_more": max(0, len(findings) - _SHOWN),
            "kommunen": [(region.name, view.kommune_path(region)) for region in facts.kreise],
        },
    )


def _first_words(text: str) -> str:
    """A finding without what the program said in English; its page has that."""
    return text.partition(PROGRAM_SAYS)[0].strip()
