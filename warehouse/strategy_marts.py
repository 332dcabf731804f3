"""The strategy as marts: one relation per row type of reference.strategy and reference.crosswalks.

Monitoring officers keep some of the files (KEPT_BY_OFFICERS): in an installation they put their own copy into
`<data folder>/strategy/`, where it replaces the delivered file of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reference import crosswalks, strategy, tables
from reference.indicators import indicators
from reference.rows import Row, read, rows
from warehouse.archive import sha256_of

R = TypeVar("R", bound=Row)

ROW_TYPES: Mapping[str, type[Row]] = {
    "marts.document": strategy.Document,
    "marts.topic": strategy.Topic,
    "marts.topic_category": strategy.TopicCategory,
    "marts.topic_region": strategy.TopicRegion,
    "marts.topic_sector": crosswalks.TopicSector,
    "marts.lead_market": strategy.LeadMarket,
    "marts.lead_market_region": strategy.LeadMarketRegion,
    "marts.lead_market_sector": crosswalks.LeadMarketSector,
    "marts.lead_market_value": strategy.LeadMarketValue,
    "marts.knowledge_intensity": crosswalks.KnowledgeIntensity,
    "marts.bridge": crosswalks.Bridge,
    "marts.actor": strategy.Actor,
    "marts.goal": strategy.Goal,
    "marts.selection_criterion": strategy.SelectionCriterion,
    "marts.swot": strategy.SwotEntry,
    "marts.next_step": strategy.NextStep,
    "marts.process_timeline": strategy.ProcessStep,
    "marts.action": strategy.Action,
    "marts.action_cost": strategy.ActionCost,
    "marts.action_stakeholder": strategy.ActionStakeholder,
    "marts.action_status": strategy.ActionStatus,
    "marts.innovation_centre": strategy.InnovationCentre,
    "marts.innovation_centre_count": strategy.InnovationCentreCount,
    "marts.good_practice": strategy.GoodPractice,
    "marts.nrw_cluster": strategy.NrwCluster,
    "marts.baseline": strategy.Baseline,
    "marts.target": strategy.Target,
    "marts.data_source": strategy.NamedDataSource,
    "marts.strategy_figure_3": strategy.Figure3Sector,
    "marts.strategy_figure_4": strategy.Figure4LeadMarket,
    "marts.strategy_figure_5": strategy.Figure5Specialisation,
    "marts.strategy_figure_6": strategy.Figure6Growth,
    "marts.text_vs_figure_check": strategy.TextVsFigureCheck,
}
#: Columns with another name in the warehouse: `end` is a reserved word of SQL, and in marts.baseline
#: `value_text` is a text.
RENAMED: Mapping[tuple[type[Row], str], str] = {
    (strategy.Action, "start"): "start_date",
    (strategy.Action, "end"): "end_date",
    (strategy.ProcessStep, "start"): "start_date",
    (strategy.ProcessStep, "end"): "end_date",
    (strategy.TextVsFigureCheck, "value_text"): "value_in_text",
    (strategy.TextVsFigureCheck, "value_figure"): "value_in_figure",
}
#: Everything else is what the documents print, and is only changed with them.
KEPT_BY_OFFICERS: tuple[type[Row], ...] = (
    strategy.ActionStatus,
    strategy.TopicRegion,
    strategy.Target,
    crosswalks.Bridge,
)


class OfficersFileError(Exception):
    """A file in `<data folder>/strategy/` cannot be used; says where, what was expected and found."""


def officers_files(folder: Path) -> list[Path]:
    """The CSV files an officer has put into `folder`, by name; none where there is no such folder."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() == ".csv")


def strategy_rows(officers_folder: Path | None = None) -> dict[str, list[dict[str, Any]]]:
    """Rows by column name for every relation of ROW_TYPES and for meta.strategy_file.

    Raises OfficersFileError where a file in `officers_folder` is none of KEPT_BY_OFFICERS or is broken.
    """
    kept = _kept(officers_files(officers_folder)) if officers_folder else {}
    read_rows = {row_type: _read(row_type, kept.get(row_type)) for row_type in ROW_TYPES.values()}
    filled = {relation: _records(read_rows[row_type]) for relation, row_type in ROW_TYPES.items()}
    filled["marts.action"] = _with_status_and_cost(
        filled["marts.action"], filled["marts.action_status"], filled["marts.action_cost"]
    )
    filled["meta.strategy_file"] = [
        _file_record(relation, row_type, kept.get(row_type)) for relation, row_type in ROW_TYPES.items()
    ]
    return filled


def _kept(files: Sequence[Path]) -> dict[type[Row], Path]:
    row_types = {Path(row_type.FILE).name: row_type for row_type in KEPT_BY_OFFICERS}
    for file in files:
        if file.name not in row_types:
            raise OfficersFileError(f"{file}: expected one of {', '.join(row_types)}; found another file name.")
    return {row_types[file.name]: file for file in files}


def _read(row_type: type[R], file: Path | None) -> Sequence[R]:
    if file is None:
        return rows(row_type)
    try:
        table = read(row_type, file)
        _refuse_missing_rows(file, table, rows(row_type))
        _refuse_unknown_indicators(file, table)
    except ValueError as error:
        raise OfficersFileError(f"{error}.") from None
    return table


def _refuse_missing_rows(file: Path, table: Sequence[Row], delivered: Sequence[Row]) -> None:
    """The delivered rows are a form to be filled: a row that is gone was lost, not decided."""
    missing = sorted({_key(row) for row in delivered} - {_key(row) for row in table})
    if missing:
        raise ValueError(
            f"{file}, column {' + '.join(delivered[0].KEY)}: expected the {len(delivered)} rows of the "
            f"delivered file; found none for {', '.join(map(' + '.join, missing))}"
        )


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(getattr(row, column)) for column in row.KEY)


def _refuse_unknown_indicators(file: Path, table: Sequence[Row]) -> None:
    known = {indicator.indicator_id for indicator in indicators()}
    for number, row in enumerate(table, start=2):
        if isinstance(row, strategy.Target) and row.indicator_id not in known:
            raise ValueError(
                f"{file}, row {number}, column indicator_id: expected an indicator of "
                f"reference/indicators.yaml; found “{row.indicator_id}”"
            )


def _records(table: Sequence[Row]) -> list[dict[str, Any]]:
    return [{RENAMED.get((type(row), column), column): value for column, value in vars(row).items()} for row in table]


def _with_status_and_cost(
    actions: Sequence[dict[str, Any]], statuses: Sequence[dict[str, Any]], costs: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each action with its status and its cost block; document and place stay those of the action."""
    status = {record["action_id"]: record for record in statuses}
    cost = {record["cost_block_id"]: record for record in costs}
    return [cost[action["cost_block_id"]] | status[action["action_id"]] | action for action in actions]


def _file_record(relation: str, row_type: type[Row], officers_file: Path | None) -> dict[str, str]:
    path = officers_file or tables.FOLDER / row_type.FILE
    return {
        "relation": relation,
        "file_name": path.name,
        "origin": "officer" if officers_file else "delivered",
        "sha256": sha256_of(path),
    }
