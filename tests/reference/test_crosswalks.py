"""The crosswalks: every weight follows its declared rule."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from reference import crosswalks, strategy, tables
from reference.rows import read, rows
from reference.sectors import DIVISIONS, TOTAL, sectors


def test_status_counts_and_one_version() -> None:
    topics, markets = rows(crosswalks.TopicSector), rows(crosswalks.LeadMarketSector)
    assert Counter(row.status for row in topics) == {"document": 34, "proposal": 22}
    assert Counter(row.status for row in markets) == {"document": 71, "proposal": 28}
    assert sum(row.status == "document" and row.division_basis == "assigned" for row in markets) == 25
    versions = {row.version for row in (*topics, *markets)}
    assert versions | {row.version for row in rows(crosswalks.KnowledgeIntensity)} == {"2026-1"}


def test_every_topic_and_lead_market_is_covered() -> None:
    counted = {row.topic_id for row in rows(crosswalks.TopicSector) if row.weight}
    assert counted == {topic.topic_id for topic in rows(strategy.Topic)}
    counted = {row.lead_market_id for row in rows(crosswalks.LeadMarketSector) if row.weight}
    assert counted == {market.lead_market_id for market in rows(strategy.LeadMarket)}


def test_a_division_in_several_lead_markets_is_split_and_never_counted_twice() -> None:
    weights = defaultdict(list)
    for row in rows(crosswalks.LeadMarketSector):
        weights[row.division].append(row.weight)
        assert (row.multi == "split_equally") == (0 < row.weight < 1)
    assert sum(len(parts) > 1 for parts in weights.values()) == 15
    for parts in weights.values():
        assert sum(parts) == pytest.approx(1 if len(parts) > 1 else parts[0])
        assert len(set(parts)) == 1


def test_only_core_divisions_count_for_a_topic() -> None:
    for row in rows(crosswalks.TopicSector):
        publishing = row.division == "58"
        assert row.weight == (1 if row.role == "core" and not publishing else 0)


def test_a_part_assigned_here_is_not_counted() -> None:
    for row in rows(crosswalks.LeadMarketSector):
        uncertain = row.multi == "single" and row.coverage == "part" and row.division_basis == "assigned"
        assert (row.weight == 0) == uncertain


def test_a_proposal_is_not_passed_off_as_a_source() -> None:
    for row in (*rows(crosswalks.TopicSector), *rows(crosswalks.LeadMarketSector)):
        assert (row.status == "proposal") == row.document.startswith("S3-Monitor")


def test_filters_are_what_they_are_named_after() -> None:
    in_lead_market = {row.division for row in rows(crosswalks.LeadMarketSector)}
    intensive = ("high_tech", "medium_high_tech")
    for row in rows(crosswalks.KnowledgeIntensity):
        assert row.filter_lead_market == (row.division in in_lead_market)
        named = row.eurostat_class in intensive or row.eurostat_class.startswith("kis_")
        assert row.filter_knowledge_intensive == named
        assert row.filter_either == (row.filter_knowledge_intensive or row.filter_lead_market)


def test_filters_let_through_what_the_readme_says() -> None:
    table = rows(crosswalks.KnowledgeIntensity)
    assert {row.division for row in table} == set(sectors(DIVISIONS)[TOTAL].divisions)
    figures = (rows(strategy.Figure5Specialisation), rows(strategy.Figure6Growth))
    passed = {}
    for name in ("filter_knowledge_intensive", "filter_lead_market", "filter_either"):
        through = {row.division for row in table if getattr(row, name)}
        passed[name] = (len(through), *(sum(top.division in through for top in tops) for tops in figures))
    assert passed == {
        "filter_knowledge_intensive": (36, 15, 21),
        "filter_lead_market": (73, 45, 45),
        "filter_either": (74, 45, 45),
    }


@pytest.mark.parametrize("weight", ["1.5", "4/3", "1/0", "-1", "1,5", ""])
def test_a_weight_that_is_no_share_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weight: str) -> None:
    file = tables.FOLDER / crosswalks.TopicSector.FILE
    with file.open(encoding="utf-8", newline="") as text:
        printed = list(csv.DictReader(text))
    printed[4]["weight"] = weight
    broken = tmp_path / crosswalks.TopicSector.FILE
    broken.parent.mkdir()
    with broken.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(printed[0]))
        writer.writeheader()
        writer.writerows(printed)
    rows(crosswalks.TopicSector)  # what the table refers to is read from the delivered files
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"topic_sector\.csv, row 6, column weight: expected a share from 0 to 1"):
        read(crosswalks.TopicSector)
