"""Data quality: what waits for a decision, how fresh each source is, what was checked, revised and delivered."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.downloads import DATA_DOCS
from monitor.page import Page
from monitor.pages.deliveries import accepted_table, refused_table, revised_table, revisions_summary
from monitor.pages.quality_checks import checks_by_relation, failed_table, sources_table
from monitor.pages.quality_findings import decided_tables, findings
from monitor.pages.quality_parts import freshness_table, open_findings
from monitor.view import View


def pages(view: View) -> Iterator[Page]:
    """One page."""
    results = view.facts.rows("FROM quality.check_result")
    yield Page(
        path="qualitaet.html",
        template="quality.html.j2",
        title=view.t("nav.quality"),
        section="quality",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "findings": findings(view),
            "findings_count": len(open_findings(view.facts)),
            "decided": decided_tables(view),
            "freshness": freshness_table(view),
            "checks_summary": view.t(
                "quality_page.checks_summary", passed=sum(row["passed"] for row in results), count=len(results)
            ),
            "failed": failed_table(view),
            "by_source": sources_table(view),
            "by_relation": checks_by_relation(view),
            "revisions": revisions_summary(view),
            "revised": revised_table(view),
            "refused": refused_table(view),
            "accepted": accepted_table(view),
            "data_docs": DATA_DOCS if view.facts.has_data_docs else "",
        },
    )
