"""Crosswalks from WZ 2008 divisions to topics, lead markets and knowledge intensity, each with a version.

The rules behind the weights and filters are in `strategy/README.md`. The official definition of the lead
markets is at the level of 4- and 5-digit codes and is not published, so part of these rows are proposals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from reference.rows import Cell, Row
from reference.strategy import Division, LeadMarketId, Sourced, TopicId


def _share(text: str) -> float:
    if not re.fullmatch(r"\d+(/[1-9]\d*|\.\d+)?", text) or Fraction(text) > 1:
        raise ValueError
    return float(Fraction(text))


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError
    return text == "1"


#: Share of a division that is counted, written as `1`, `0.25` or exactly as `1/3`.
Weight = Annotated[float, Cell("a share from 0 to 1 such as 0.25 or 1/3", _share)]
Filter = Annotated[bool, Cell("0 or 1", _flag)]


@dataclass(frozen=True)
class CrosswalkRow(Sourced):
    """A division that belongs to a topic or lead market.

    status  `document` where a source names the activity, `proposal` where it was added for this monitor
    weight  share of the division that is counted; 0 keeps a row in view that is not counted
    multi   how a division with several rows is counted: `counted_fully` in each (the targets overlap and do
            not add up), `split_equally` between them, `single` where there is one row
    """

    division: Division
    weight: Weight
    multi: Literal["single", "split_equally", "counted_fully"]
    status: Literal["document", "proposal"]
    version: str
    evidence_de: str
    evidence_en: str


@dataclass(frozen=True)
class TopicSector(CrosswalkRow):
    """role: `core` divisions are counted; of the others only a part belongs to the topic."""

    FILE: ClassVar[str] = "crosswalks/topic_sector.csv"
    KEY: ClassVar[tuple[str, ...]] = ("version", "topic_id", "division")
    topic_id: TopicId
    role: Literal["core", "enabling", "application", "adjacent"]


@dataclass(frozen=True)
class LeadMarketSector(CrosswalkRow):
    """coverage: whether the whole division belongs to the lead market; coverage_note names the finer codes.

    division_basis: `source` where the source names the activity, `assigned` where the code was chosen here.
    """

    FILE: ClassVar[str] = "crosswalks/lead_market_sector.csv"
    KEY: ClassVar[tuple[str, ...]] = ("version", "lead_market_id", "division")
    lead_market_id: LeadMarketId
    coverage: Literal["whole", "whole_or_part", "part"]
    coverage_note: str | None
    division_basis: Literal["source", "assigned"]


@dataclass(frozen=True)
class KnowledgeIntensity(Sourced):
    """Eurostat's technology and knowledge class of a division, and three candidate filters of the rankings.

    filter_knowledge_intensive  high or medium-high technology, or knowledge-intensive service
    filter_lead_market          in at least one row of LeadMarketSector
    filter_either               one of the two, as the strategy words it
    """

    FILE: ClassVar[str] = "crosswalks/knowledge_intensity.csv"
    KEY: ClassVar[tuple[str, ...]] = ("version", "division")
    division: Division
    eurostat_class: Literal[
        "high_tech", "medium_high_tech", "medium_low_tech", "low_tech", "kis_high_tech", "kis_market",
        "kis_financial", "kis_other", "lkis_market", "lkis_other", "not_classified",
    ]  # fmt: skip
    subclass_status: Literal["source", "not_verified", "not_applicable"]
    filter_knowledge_intensive: Filter
    filter_lead_market: Filter
    filter_either: Filter
    version: str


@dataclass(frozen=True)
class Bridge(Sourced):
    """A decided way across a break, e.g. from WZ 2008 to WZ 2025 or from one census to the next.

    from_id, to_id  sectors of a scheme (`wz08-2/28`), or regions for a population
    weight          share of from_id that goes to to_id, or the factor of a region's population
    Delivered empty: the official keys carry no employment weights, and nothing is chained without a decision.
    """

    FILE: ClassVar[str] = "crosswalks/bridge.csv"
    KEY: ClassVar[tuple[str, ...]] = ("version", "from_basis", "to_basis", "from_id", "to_id")
    from_basis: str
    to_basis: str
    from_id: str
    to_id: str
    weight: float
    version: str
    note_de: str | None
    note_en: str | None


TABLES: tuple[type[Row], ...] = (TopicSector, LeadMarketSector, KnowledgeIntensity, Bridge)
