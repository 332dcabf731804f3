"""The reference data as temporary tables `reference_*` that the SQL of the marts reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from reference.analysis import analysis
from reference.crosswalks import KnowledgeIntensity, LeadMarketSector, TopicSector
from reference.indicators import Indicator, Source, Term, indicators
from reference.rows import rows
from reference.sectors import DIVISIONS, scheme_names, sectors
from reference.tables import FOLDER, read_yaml

if TYPE_CHECKING:
    import duckdb


def load_reference(connection: duckdb.DuckDBPyConnection, today: dt.date) -> None:
    """Create and fill all `reference_*` tables of one connection; `today` is the day freshness is judged on."""
    _table(connection, "today", "day DATE", [[today]])
    for name in ("regions", "sectors"):
        connection.execute(
            f"CREATE TEMP TABLE reference_{name} AS FROM read_csv(?, header = true, all_varchar = true, "
            "nullstr = '\\x01')",  # an empty cell stays an empty text
            [str(FOLDER / f"{name}.csv")],
        )
    settings = analysis()
    _table(
        connection,
        "analysis",
        "version VARCHAR, top_n INTEGER, growth_minimum_location_quotient DOUBLE, minimum_share DOUBLE, "
        "filter VARCHAR, crosswalk_version VARCHAR",
        [list(settings.model_dump(exclude={"comparisons"}).values())],
    )
    _table(connection, "comparison", "from_date DATE, to_date DATE", settings.comparisons)
    _table(
        connection,
        "sector_filter",
        "sector_scheme VARCHAR, sector_id VARCHAR, filter VARCHAR",
        _sector_filters(settings.crosswalk_version),
    )
    _table(
        connection,
        "crosswalk",
        "kind VARCHAR, target_id VARCHAR, division VARCHAR, weight DOUBLE",
        _crosswalk(settings.crosswalk_version),
    )
    _table(
        connection,
        "indicators",
        "indicator_id VARCHAR, title_de VARCHAR, title_en VARCHAR, type VARCHAR, topic_id VARCHAR, unit VARCHAR, "
        "direction VARCHAR, change VARCHAR, nrw VARCHAR, definition_de VARCHAR, definition_en VARCHAR, "
        "formula VARCHAR, caveat_de VARCHAR, caveat_en VARCHAR, mart VARCHAR",
        [
            [
                *(
                    i.indicator_id,
                    i.title_de,
                    i.title_en,
                    i.type,
                    i.topic_id,
                    i.unit,
                    i.direction,
                    i.change,
                    i.nrw,
                ),
                *(i.definition_de, i.definition_en, i.formula, i.caveat_de, i.caveat_en, i.mart),
            ]
            for i in indicators()
        ],
    )
    rule = read_yaml("traffic_light.yaml")
    _table(
        connection,
        "traffic_light",
        "version VARCHAR, de VARCHAR, en VARCHAR",
        [[rule["version"], rule["de"], rule["en"]]],
    )


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: str, values: Iterable[Sequence[Any]]) -> None:
    connection.execute(f"CREATE TEMP TABLE reference_{name} ({columns})")
    marks = ", ".join("?" for _ in columns.split(","))
    connection.executemany(f"INSERT INTO reference_{name} VALUES ({marks})", [list(row) for row in values])


def _sector_filters(version: str) -> Iterable[list[str]]:
    """Which sectors each filter lets through; without divisions there is nothing to filter by."""
    for scheme in scheme_names():
        yield from ([scheme, sector, "none"] for sector in sectors(scheme))
    for row in rows(KnowledgeIntensity):
        if row.version == version:
            passes = {
                "knowledge_intensive": row.filter_knowledge_intensive,
                "lead_market": row.filter_lead_market,
                "either": row.filter_either,
            }
            yield from ([DIVISIONS, row.division, name] for name, passed in passes.items() if passed)


def _crosswalk(version: str) -> Iterable[list[Any]]:
    for topic in rows(TopicSector):
        if topic.version == version:
            yield ["topic", topic.topic_id, topic.division, topic.weight]
    for market in rows(LeadMarketSector):
        if market.version == version:
            yield ["lead_market", market.lead_market_id, market.division, market.weight]


def indicator_terms() -> list[dict[str, Any]]:
    """Rows of meta.indicator_term: the cells each indicator is computed from."""
    return [row for indicator in indicators() for row in _terms(indicator)]


def _terms(indicator: Indicator) -> Iterable[dict[str, Any]]:
    for rank, source in enumerate(indicator.sources, start=1):
        for number, (role, term) in enumerate(_roles(source), start=1):
            yield {
                "indicator_id": indicator.indicator_id,
                "source_rank": rank,
                "ruhr": source.ruhr,
                "terms": len(source.value) + len(source.per),
                "term": number,
                "role": role,
                "dataset": source.dataset,
                "variable": term.variable,
                "dimensions": term.dimensions,
                "sector": term.sector or "",
                "times": term.times,
                "rounding": source.rounding,
            }


def _roles(source: Source) -> Iterable[tuple[str, Term]]:
    """`value` and `per` make the indicator; `numerator` only serves the implied ratio of the Ruhr."""
    yield from (("value", term) for term in source.value)
    yield from (("per", term) for term in source.per)
    if source.numerator:
        yield "numerator", source.numerator
