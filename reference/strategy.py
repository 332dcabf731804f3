"""The Smart Specialisation Strategy of the Ruhr Metropolis and its Regional Action Plan as data.

One row type per file of `strategy/`; read them with `reference.rows.rows(RowType)`. What the files mean,
which of them a monitoring officer fills and by which rules: `strategy/README.md`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from reference.regions import regions, ruhr_kreise
from reference.rows import Cell, Row, list_of, one_of, values
from reference.sectors import DIVISIONS, TOTAL, sectors

_RUHR_KREIS = one_of("the AGS of one of the 15 Kreise of the Ruhr", ruhr_kreise)

RegionId = Annotated[str, one_of("a region id", regions)]
RuhrKreis = Annotated[str, _RUHR_KREIS]
RuhrKreise = Annotated[tuple[str, ...], list_of(_RUHR_KREIS)]
Division = Annotated[str, one_of("one of the 88 divisions of WZ 2008", lambda: sectors(DIVISIONS)[TOTAL].divisions)]
DocumentId = Annotated[str, one_of("a document of strategy/documents.csv", lambda: values(Document, "document"))]
TopicId = Annotated[str, one_of("a topic of strategy/topics.csv", lambda: values(Topic, "topic_id"))]
LeadMarketId = Annotated[
    str, one_of("a lead market of strategy/lead_markets.csv", lambda: values(LeadMarket, "lead_market_id"))
]
CostBlockId = Annotated[
    str, one_of("a cost block of strategy/action_cost.csv", lambda: values(ActionCost, "cost_block_id"))
]
ActionId = Annotated[str, one_of("an action of strategy/action.csv", lambda: values(Action, "action_id"))]
#: The registry of indicators refers to the strategy, so the ids are checked there and only listed here.
IndicatorIds = Annotated[tuple[str, ...], list_of(Cell("an indicator id", str))]

Legible = Literal["yes", "no", "not_legible"]
Precision = Literal["year", "month", "day"]


@dataclass(frozen=True)
class Document(Row):
    """A source the rows refer to. published_on: the day it prints, None where it prints none."""

    FILE: ClassVar[str] = "strategy/documents.csv"
    KEY: ClassVar[tuple[str, ...]] = ("document",)
    document: str
    title: str
    publisher: str
    language: Literal["de", "en"]
    published_on: dt.date | None
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class Sourced(Row):
    """A row with its source: place is the section, page, figure, slide or address in the document."""

    document: DocumentId
    place: str


@dataclass(frozen=True)
class Topic(Sourced):
    """One of the six specialisation topics."""

    FILE: ClassVar[str] = "strategy/topics.csv"
    KEY: ClassVar[tuple[str, ...]] = ("topic_id",)
    topic_id: str
    title_de: str
    title_en: str
    description_de: str
    description_en: str


@dataclass(frozen=True)
class LeadMarket(Sourced):
    """One of the nine lead markets of the Ruhr economy."""

    FILE: ClassVar[str] = "strategy/lead_markets.csv"
    KEY: ClassVar[tuple[str, ...]] = ("lead_market_id",)
    lead_market_id: str
    title_de: str
    title_en: str


TopicCategoryId = Literal["pioneer", "development_potential", "less_in_focus"]


@dataclass(frozen=True)
class TopicCategory(Sourced):
    """What the three categories of the topic maps mean."""

    FILE: ClassVar[str] = "strategy/topic_categories.csv"
    KEY: ClassVar[tuple[str, ...]] = ("category",)
    category: TopicCategoryId
    title_de: str
    title_en: str
    definition_de: str
    definition_en: str


@dataclass(frozen=True)
class TopicRegion(Sourced):
    """What the strategy says of a topic in a Kreis.

    category      colour of the Kreis on the map at `place`; None while category_status is `not_legible`
    prose_signal  a reading of the prose, never the strategy's category: LEAD (called leading or a centre),
                  POTENTIAL, ACTORS (actors named without a judgement), NONE (not named)
    quote         the words the reading rests on, at prose_signal_place
    """

    FILE: ClassVar[str] = "strategy/topic_region.csv"
    KEY: ClassVar[tuple[str, ...]] = ("topic_id", "region_id")
    topic_id: TopicId
    region_id: RuhrKreis
    category: TopicCategoryId | None
    category_status: Literal["not_legible", "confirmed"]
    confirmed_on: dt.date | None
    confirmed_by: str | None
    prose_signal: Literal["LEAD", "POTENTIAL", "ACTORS", "NONE"]
    prose_signal_note_de: str
    prose_signal_note_en: str
    prose_signal_place: str
    quote: str | None

    def __post_init__(self) -> None:
        confirmed = (self.category, self.confirmed_on, self.confirmed_by)
        _all_or_none(self.category_status == "confirmed", "category_status", self.category_status, confirmed)


@dataclass(frozen=True)
class Actor(Sourced):
    """An actor named for a topic; region_id is RUHR where the document names no Kreis."""

    FILE: ClassVar[str] = "strategy/actors.csv"
    KEY: ClassVar[tuple[str, ...]] = ("actor_id",)
    actor_id: str
    topic_id: TopicId
    region_id: RegionId
    name: str
    actor_type: Literal[
        "association", "campus", "cluster", "company", "competence_centre", "fair", "hospital", "incubator",
        "innovation_centre", "network", "not_stated", "programme", "project", "public_company", "research",
        "sector_focus", "site", "start_up", "technology_centre", "university",
    ]  # fmt: skip
    stage: Literal["existing", "planned", "not_stated"]
    municipality: str | None
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class Goal(Sourced):
    """A goal of the strategy, a goal of a topic, or what the strategy asks of its monitoring."""

    FILE: ClassVar[str] = "strategy/goals.csv"
    KEY: ClassVar[tuple[str, ...]] = ("goal_id",)
    goal_id: str
    kind: Literal["main_goal", "topic_selection_goal", "topic_measure", "monitoring_requirement"]
    topic_id: TopicId | None
    text_de: str
    text_en: str
    indicator_ids: IndicatorIds


@dataclass(frozen=True)
class SelectionCriterion(Sourced):
    """A criterion by which the topics were chosen; Figure 9 is not legible, so it is read from the prose."""

    FILE: ClassVar[str] = "strategy/selection_criteria.csv"
    KEY: ClassVar[tuple[str, ...]] = ("criterion_id",)
    criterion_id: str
    text_de: str
    text_en: str


@dataclass(frozen=True)
class SwotEntry(Sourced):
    """A strength, weakness, opportunity or threat; indicator_ids are this monitor's proposal."""

    FILE: ClassVar[str] = "strategy/swot.csv"
    KEY: ClassVar[tuple[str, ...]] = ("swot_id",)
    swot_id: str
    kind: Literal["strength", "weakness", "opportunity", "threat"]
    text_de: str
    text_en: str
    indicator_ids: IndicatorIds


@dataclass(frozen=True)
class NextStep(Sourced):
    FILE: ClassVar[str] = "strategy/next_steps.csv"
    KEY: ClassVar[tuple[str, ...]] = ("step_id",)
    step_id: str
    text_de: str
    text_en: str


@dataclass(frozen=True)
class Action(Sourced):
    """An activity of the Regional Action Plan; start and end are the first and last day printed."""

    FILE: ClassVar[str] = "strategy/action.csv"
    KEY: ClassVar[tuple[str, ...]] = ("action_id",)
    action_id: str
    cost_block_id: CostBlockId
    title_de: str
    title_en: str
    period_printed: str
    start: dt.date
    end: dt.date
    responsible: str
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class ActionCost(Sourced):
    """A sub-action of the plan and its cost, which the plan gives per sub-action only ("approximately")."""

    FILE: ClassVar[str] = "strategy/action_cost.csv"
    KEY: ClassVar[tuple[str, ...]] = ("cost_block_id",)
    cost_block_id: str
    sub_action: int
    sub_action_de: str
    sub_action_en: str
    planned_eur: int
    funding: str


@dataclass(frozen=True)
class ActionStakeholder(Sourced):
    FILE: ClassVar[str] = "strategy/action_stakeholder.csv"
    KEY: ClassVar[tuple[str, ...]] = ("stakeholder_id",)
    stakeholder_id: str
    name_de: str
    name_en: str
    role_de: str
    role_en: str


@dataclass(frozen=True)
class ActionStatus(Row):
    """How far an activity got; kept by the monitoring officer. Participants by sector of the quadruple helix.

    date      day of the event, decision or last change; evidence: a link, file or minute that shows it
    """

    FILE: ClassVar[str] = "strategy/action_status.csv"
    KEY: ClassVar[tuple[str, ...]] = ("action_id",)
    _COUNTED: ClassVar[tuple[str, ...]] = (
        "participants_business",
        "participants_science",
        "participants_public",
        "participants_society",
        "cost_spent_eur",
    )
    action_id: ActionId
    status: Literal["planned", "done", "postponed", "dropped"]
    date: dt.date | None
    evidence: str | None
    participants_business: int | None
    participants_science: int | None
    participants_public: int | None
    participants_society: int | None
    cost_spent_eur: float | None

    def __post_init__(self) -> None:
        if self.status != "planned" and not (self.date and self.evidence):
            raise ValueError(f"columns date, evidence: expected both for status {self.status}; found one empty")
        for column in self._COUNTED:
            number = getattr(self, column)
            if number is not None and number < 0:
                raise ValueError(f"column {column}: expected 0 or more; found {number}")
            if number is not None and self.date is None:
                raise ValueError(f"column date: expected the day on which {column} was counted; found nothing")


@dataclass(frozen=True)
class ProcessStep(Sourced):
    """A step of the strategy process; start and end are the first and last day of what is printed."""

    FILE: ClassVar[str] = "strategy/process_timeline.csv"
    KEY: ClassVar[tuple[str, ...]] = ("process_step_id",)
    process_step_id: str
    process: Literal["s3_strategy", "action_plan", "nrw_cluster_dialogue"]
    title_de: str
    title_en: str
    period_printed: str
    start: dt.date
    end: dt.date
    precision: Precision


@dataclass(frozen=True)
class InnovationCentre(Sourced):
    """An innovation centre with a sector. region_basis: whether the location is printed or added here."""

    FILE: ClassVar[str] = "strategy/innovation_centre.csv"
    KEY: ClassVar[tuple[str, ...]] = ("centre_id",)
    centre_id: str
    name: str
    sector: Literal["environment", "it", "life_science_health", "other"]
    region_id: RuhrKreis
    municipality: str
    region_basis: Literal["printed", "added"]
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class InnovationCentreCount(Sourced):
    """How many innovation centres a group has; None where the document gives no number.

    kind  `total`, `sector` (they add up to all with a sector), `specialisation` (three kinds, not exclusive)
    """

    FILE: ClassVar[str] = "strategy/innovation_centre_count.csv"
    KEY: ClassVar[tuple[str, ...]] = ("group_id",)
    group_id: str
    kind: Literal["total", "sector", "specialisation"]
    title_de: str
    title_en: str
    centres: int | None
    basis: Literal["printed", "derived", "not_stated"]
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class GoodPractice(Sourced):
    """A practice the Action Plan learns from; sub_actions are the numbers of the sub-actions that use it."""

    FILE: ClassVar[str] = "strategy/good_practice.csv"
    KEY: ClassVar[tuple[str, ...]] = ("practice_id",)
    practice_id: str
    name: str
    region_de: str
    region_en: str
    content_de: str
    content_en: str
    sub_actions: Annotated[tuple[str, ...], list_of(one_of("a sub-action 1 to 5", lambda: "12345"))]
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class NrwCluster(Sourced):
    """A cluster or network of NRW in an innovation field; a cluster in two fields has two rows."""

    FILE: ClassVar[str] = "strategy/nrw_cluster.csv"
    KEY: ClassVar[tuple[str, ...]] = ("name", "innovation_field")
    name: str
    kind: Literal["cluster_or_network", "future_cluster", "top_cluster"]
    innovation_field: Literal[
        "materials_production", "environment_mobility_energy", "health_life_science",
        "culture_media_services", "key_technologies", "not_stated",
    ]  # fmt: skip
    field_de: str
    field_en: str
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class Baseline(Sourced):
    """A quantified statement of the documents.

    indicator_id    the indicator it is a baseline or comparison value of; None where it fits none as printed
    region_id       None where the statement is about another area, which region_printed names
    reference_date  last day of the period, None where none is printed
    value           the printed number in `unit`; None where the statement is no number but value_text
    contradiction   where the documents or the statistics say otherwise, None where nothing is known
    """

    FILE: ClassVar[str] = "strategy/baseline.csv"
    KEY: ClassVar[tuple[str, ...]] = ("baseline_id",)
    baseline_id: str
    indicator_id: str | None
    use: Literal[
        "baseline", "comparison", "projection", "context", "acceptance", "method", "classification",
        "activity_baseline", "market_potential", "external_target", "project_target", "milestone", "input",
        "not_usable",
    ]  # fmt: skip
    statement_de: str
    statement_en: str
    region_id: RegionId | None
    region_printed: str
    period_printed: str | None
    reference_date: dt.date | None
    value: float | None
    value_text: str | None
    qualifier: Literal["as_printed", "about", "more_than", "up_to"]
    unit: str
    contradiction_de: str | None
    contradiction_en: str | None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.value_text is None):
            raise ValueError("columns value, value_text: expected exactly one of the two")


@dataclass(frozen=True)
class Target(Row):
    """A target somebody decided. The strategy sets none, so the file is delivered with its header only."""

    FILE: ClassVar[str] = "strategy/target.csv"
    KEY: ClassVar[tuple[str, ...]] = ("indicator_id", "region_id", "target_date")
    indicator_id: str
    region_id: RegionId
    target_value: float
    target_date: dt.date
    decision: str
    decided_on: dt.date
    body: str


@dataclass(frozen=True)
class NamedDataSource(Sourced):
    """A data source the documents name."""

    FILE: ClassVar[str] = "strategy/data_source.csv"
    KEY: ClassVar[tuple[str, ...]] = ("data_source_id",)
    data_source_id: str
    title: str
    publisher: str


@dataclass(frozen=True)
class Figure3Sector(Sourced):
    """Figure 3: specialisation 09/2019 and growth 09/2014–09/2019 of a division in the Ruhr against NRW.

    basis: `text` says it of the division, `text_group` of a wider group, `label_only` names it in the chart.
    """

    FILE: ClassVar[str] = "strategy/figure3_sectors.csv"
    KEY: ClassVar[tuple[str, ...]] = ("division",)
    division: Division
    label_printed: str
    from_date: dt.date
    to_date: dt.date
    specialised: Legible
    grows: Legible
    basis: Literal["text", "text_group", "label_only"]
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class Figure4LeadMarket(Sourced):
    """Figure 4: specialisation and growth 06/2019–06/2020 of a lead market. basis as in Figure3Sector."""

    FILE: ClassVar[str] = "strategy/figure4_lead_markets.csv"
    KEY: ClassVar[tuple[str, ...]] = ("lead_market_id",)
    lead_market_id: LeadMarketId
    from_date: dt.date
    to_date: dt.date
    specialised: Legible
    grows: Legible
    basis: Literal["text", "text_group", "label_only"]
    note_de: str | None
    note_en: str | None


@dataclass(frozen=True)
class TopDivision(Sourced):
    """A division of a top-3 list. The figures print names, no values; position is the order of the list.

    division_basis: `printed` where Figure 3 prints the code with the name, `assigned` where it is added here.
    """

    KEY: ClassVar[tuple[str, ...]] = ("region_id", "position")
    region_id: RuhrKreis
    position: int
    division: Division
    label_printed: str
    division_basis: Literal["printed", "assigned"]


@dataclass(frozen=True)
class Figure5Specialisation(TopDivision):
    """Figure 5: the three divisions a Kreis is most specialised in, against NRW."""

    FILE: ClassVar[str] = "strategy/figure5_specialisation.csv"
    reference_date: dt.date


@dataclass(frozen=True)
class Figure6Growth(TopDivision):
    """Figure 6: the three divisions with the highest growth in a Kreis (location quotient at least 0.5)."""

    FILE: ClassVar[str] = "strategy/figure6_growth.csv"
    from_date: dt.date
    to_date: dt.date


@dataclass(frozen=True)
class LeadMarketRegion(Sourced):
    """What the text says of a lead market in a Kreis (business report 2020)."""

    FILE: ClassVar[str] = "strategy/lead_market_region.csv"
    KEY: ClassVar[tuple[str, ...]] = ("lead_market_id", "region_id", "statement")
    lead_market_id: LeadMarketId
    region_id: RuhrKreis
    statement: Literal["among_highest_specialised", "strongest_lead_market", "lq_above_1", "lq_at_most_1"]
    reference_date: dt.date


@dataclass(frozen=True)
class TextVsFigureCheck(Sourced):
    """A number of the text against the count from its figure; regions are those the figure shows."""

    FILE: ClassVar[str] = "strategy/text_vs_figure_check.csv"
    KEY: ClassVar[tuple[str, ...]] = ("check_id",)
    check_id: str
    statement_de: str
    statement_en: str
    value_text: int
    value_figure: int
    region_ids: RuhrKreise
    result: Literal["agrees", "differs"]

    def __post_init__(self) -> None:
        if (self.value_text == self.value_figure) != (self.result == "agrees"):
            raise ValueError(f"column result: expected what the two values say; found {self.result}")


@dataclass(frozen=True)
class LeadMarketValue(Sourced):
    """Published employment of a lead market in the Ruhr, with the published change on the year before."""

    FILE: ClassVar[str] = "strategy/lead_market_values.csv"
    KEY: ClassVar[tuple[str, ...]] = ("lead_market_id", "reference_date")
    lead_market_id: LeadMarketId
    reference_date: dt.date
    employees: int
    published_growth_pct: float | None
    published_change: int | None
    contradiction_de: str | None
    contradiction_en: str | None


#: Every table of the strategy, in the order a reader meets them.
TABLES: tuple[type[Row], ...] = (
    Document, Topic, TopicCategory, TopicRegion, LeadMarket, LeadMarketRegion, Actor, Goal,
    SelectionCriterion, SwotEntry, NextStep, ProcessStep, Action, ActionCost, ActionStakeholder,
    ActionStatus, InnovationCentre, InnovationCentreCount, GoodPractice, NrwCluster, Baseline, Target,
    NamedDataSource, Figure3Sector, Figure4LeadMarket, Figure5Specialisation, Figure6Growth,
    TextVsFigureCheck, LeadMarketValue,
)  # fmt: skip


def _all_or_none(expect_all: bool, column: str, found: str, cells: tuple[object, ...]) -> None:
    if any((cell is not None) != expect_all for cell in cells):
        wanted = "filled" if expect_all else "empty"
        raise ValueError(
            f"column {column}: expected category, confirmed_on and confirmed_by {wanted} with “{found}”; "
            f"found {', '.join('empty' if cell is None else str(cell) for cell in cells)}"
        )
