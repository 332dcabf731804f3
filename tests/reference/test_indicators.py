"""The indicator registry: the indicators of the contract, each from cells that some table really has."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reference.indicators import Indicator, Source, Term, indicators
from reference.rows import rows
from reference.sectors import sectors
from reference.strategy import Topic
from sources.genesis.table import tables

BY_ID = {indicator.indicator_id: indicator for indicator in indicators()}
FROM_TABLES = [(indicator.indicator_id, source) for indicator in indicators() for source in indicator.sources]
GOOD: dict[str, Any] = {
    "indicator_id": "x", "title_de": "X", "title_en": "X", "type": "context", "unit": "persons",
    "direction": "up",
    "definition_de": "X", "definition_en": "X",
    "sources": [{"dataset": "12411-01-01-4", "value": [{"variable": "population"}], "ruhr": "sum"}],
}  # fmt: skip


def test_the_indicators_of_the_contract_are_there_once() -> None:
    assert len(BY_ID) == len(indicators())
    topics = {topic.topic_id for topic in rows(Topic)}
    assert topics == {"green", "urban", "industry", "it", "logistics", "health"}
    assert set(BY_ID) >= {
        "population", "employees", "unemployment_rate", "gdp", "gdp_per_worker", "gdp_per_capita",
        "gigabit_coverage_households", "municipal_debt_per_capita",
        "school_leavers_without_certificate_share",
        "net_migration_18_25", "net_migration_25_30", "business_registrations", "insolvencies",
        "minimum_income_recipients",
        *(f"{kind}.{topic}" for kind in ("topic_employees", "topic_location_quotient") for topic in topics),
    }  # fmt: skip
    for indicator in indicators():
        assert (indicator.topic_id is not None) == indicator.indicator_id.startswith("topic_")
        assert indicator.topic_id in {None, *topics}


@pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.indicator_id)
def test_an_indicator_is_explained_in_both_languages(indicator: Indicator) -> None:
    for text in (indicator.title_de, indicator.title_en, indicator.definition_de, indicator.definition_en):
        assert text.strip()
        assert "{" not in text
    assert indicator.formula.strip()


@pytest.mark.parametrize(("indicator_id", "source"), FROM_TABLES, ids=[f"{i}-{s.dataset}" for i, s in FROM_TABLES])
def test_an_indicator_is_computed_from_cells_that_exist(indicator_id: str, source: Source) -> None:
    terms = [*source.value, *source.per, *([source.numerator] if source.numerator else [])]
    if source.dataset in tables():
        variables = {variable.name for variable in tables()[source.dataset].variables}
        assert {term.variable for term in terms} <= variables
    else:
        assert source.dataset.startswith(("ba_", "bnetza_"))
    for term in terms:
        if term.sector is not None:
            scheme, sector_id = term.sector.split("/")
            assert sector_id in sectors(scheme)
        parts = [part.split("=")[0] for part in term.dimensions.split(";")]
        assert parts == sorted(parts)  # as the decoders write them


def test_a_rate_is_never_summed_over_the_ruhr() -> None:
    for indicator_id, source in FROM_TABLES:
        if source.ruhr == "sum" and not source.per:
            assert BY_ID[indicator_id].unit not in ("%", "EUR"), indicator_id


def test_the_formula_names_table_terms_and_factors() -> None:
    source = Source(
        dataset="t",
        value=(Term(variable="a", dimensions="age=18-25"), Term(variable="b", times=-1)),
        per=(Term(variable="c", sector="ba-rr/TOTAL"),),
        ruhr="none",
        ruhr_reason="rates must not be averaged",
    )
    formula = Indicator(**GOOD | {"sources": [source]}).formula
    for part in ("t: ", "a[age=18-25]", "-1 × b", "/ (c[ba-rr/TOTAL])", "rates must not be averaged"):
        assert part in formula


@pytest.mark.parametrize(
    "change",
    [
        {"type": "kpi"},
        {"direction": "sideways"},
        {"sources": []},
        {"sources": [{"dataset": "t", "value": [], "ruhr": "sum"}]},
        {"sources": [{"dataset": "t", "value": [{"variable": "a"}], "ruhr": "mean"}]},
        {"sources": [{"dataset": "t", "value": [{"variable": "a"}], "ruhr": "none"}]},  # without a reason
        {"sources": [{"dataset": "t", "value": [{"variable": "a"}]}]},
        {"title_de": None},
        {"target": 5},
    ],
)
def test_a_malformed_entry_is_refused(change: dict[str, Any]) -> None:
    assert Indicator(**GOOD)
    with pytest.raises(ValidationError):
        Indicator(**GOOD | change)
