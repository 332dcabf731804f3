"""Revised values of an indicator: what was published before, for the marks in its time series."""

from __future__ import annotations

from monitor.charts import Revision
from monitor.facts import Indicator
from monitor.format import Figure
from monitor.view import View
from reference.regions import RUHR


def revisions(view: View, indicator: Indicator, region_id: str) -> list[Revision]:
    """The value before its last revision, for indicators that are one printed number; for the Ruhr the sum of the
    Kreise, where one delivery revised all of them."""
    rows = view.facts.grouped(_REVISIONS, "indicator_id", "region_id").get((indicator.indicator_id, region_id), [])
    return [
        Revision(
            Figure(row["old_value"], indicator.unit, date=row["reference_date"]),
            view.t("revision.text", day=view.day(row["new_known_from"]), cause=view.t.word("cause", row["cause"])),
        )
        for row in rows
    ]


_REVISIONS = f"""
    WITH printed AS (  -- indicators that are one cell of a table, not computed from several
        SELECT indicator_id, ruhr, dataset, variable, dimensions, sector FROM meta.indicator_term
        WHERE role = 'value' AND terms = 1 AND times = 1
    ),
    revised AS (
        SELECT p.indicator_id, r.region_id, r.reference_date, r.old_value, r.new_known_from, r.cause, p.ruhr
        FROM quality.revision r
        JOIN printed p ON p.dataset = r.dataset AND p.variable = r.variable AND p.dimensions = r.dimensions
            AND p.sector = coalesce(r.sector_scheme || '/' || r.sector_id, '')
    ),
    shown AS (
        SELECT indicator_id, region_id, reference_date, old_value, new_known_from, cause FROM revised
        UNION ALL
        SELECT indicator_id, '{RUHR}', reference_date, sum(old_value), new_known_from, any_value(cause)
        FROM revised JOIN marts.region USING (region_id)
        WHERE ruhr = 'sum' AND in_ruhr AND level = 'kreis'
        GROUP BY indicator_id, reference_date, new_known_from
        HAVING count(old_value) = (SELECT count(*) FROM marts.region WHERE in_ruhr AND level = 'kreis')
    )
    FROM shown WHERE old_value IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY indicator_id, region_id, reference_date ORDER BY new_known_from DESC) = 1
    ORDER BY indicator_id, region_id, reference_date
"""
