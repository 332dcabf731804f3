"""The strategy in the warehouse: complete, described, and with the files officers keep."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from flows.refresh import refresh
from reference import crosswalks, strategy, tables
from reference.indicators import indicators
from reference.rows import Row, rows
from schemas.registry import relations
from tests.flows.inboxes import GOOD, broadband, fill
from tests.warehouse import building
from warehouse.build import build
from warehouse.data_folder import DataFolder
from warehouse.strategy_marts import KEPT_BY_OFFICERS, RENAMED, ROW_TYPES, OfficersFileError, strategy_rows

SOURCED = [name for name, row_type in ROW_TYPES.items() if issubclass(row_type, strategy.Sourced)]
Cells = dict[str, str]


def columns_of(row_type: type[Row]) -> dict[str, bool]:
    """Column in the warehouse → whether it is always filled."""
    hints = get_type_hints(row_type)
    return {
        RENAMED.get((row_type, field.name), field.name): NoneType not in get_args(hints[field.name])
        for field in fields(row_type)
    }


def fill_in(folder: Path, row_type: type[Row], change: Callable[[list[Cells]], None]) -> Path:
    """A copy of a delivered file in `folder`, with its rows changed."""
    with (tables.FOLDER / row_type.FILE).open(encoding="utf-8", newline="") as delivered:
        reader = csv.DictReader(delivered)
        cells, header = list(reader), list(reader.fieldnames or ())
    change(cells)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / Path(row_type.FILE).name
    with copy.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(cells)
    return copy


def report(cells: list[Cells], action_id: str, **reported: str) -> None:
    next(row for row in cells if row["action_id"] == action_id).update(reported)


def first_workshop_done(cells: list[Cells]) -> None:
    report(
        cells, "RAP-01", status="done", date="2021-11-18", evidence="Protokoll", participants_business="12",
        participants_science="8", participants_public="5", participants_society="0", cost_spent_eur="3100.5",
    )  # fmt: skip


def built_with(folder: Path) -> Path:
    path = folder.parent / "warehouse.duckdb"
    build(path, [], [], folder)
    return path


@pytest.mark.parametrize("name", ROW_TYPES)
def test_a_relation_has_the_columns_of_its_row_type(name: str) -> None:
    relation, expected = relations()[name], columns_of(ROW_TYPES[name])
    if name == "marts.action":
        cost = columns_of(strategy.ActionCost) | columns_of(strategy.ActionStatus)
        expected = cost | expected
    assert {field.name for field in relation.fields} == expected.keys()
    assert set(relation.not_null) == {column for column, is_filled in expected.items() if is_filled}
    assert relation.key == ROW_TYPES[name].KEY


def test_every_table_of_the_strategy_is_a_mart() -> None:
    assert set(ROW_TYPES.values()) == {*strategy.TABLES, *crosswalks.TABLES}


@pytest.mark.parametrize("name", ROW_TYPES)
def test_every_row_arrives(small_warehouse: Path, name: str) -> None:
    (count,) = building.rows(small_warehouse, f"SELECT count(*) FROM {name}")[0]
    assert count == len(rows(ROW_TYPES[name]))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*) FROM marts.topic", 6),
        ("SELECT count(*) FROM marts.lead_market", 9),
        ("SELECT count(DISTINCT (topic_id, region_id)) FROM marts.topic_region", 90),
        ("SELECT count(*) FROM marts.topic_region WHERE category_status <> 'not_legible'", 0),
        ("SELECT count(*) FROM marts.action", 10),
        ("SELECT sum(planned_eur) FROM marts.action_cost", 115_000),
        ("SELECT sum(planned_eur) FROM (SELECT DISTINCT cost_block_id, planned_eur FROM marts.action)",
         115_000),
        ("SELECT centres FROM marts.innovation_centre_count WHERE kind = 'total'", 35),
        ("SELECT count(*) FROM marts.innovation_centre", 9),
        ("SELECT count(*) FROM marts.innovation_centre_count WHERE kind = 'specialisation'", 3),
        ("SELECT count(*) FROM marts.target", 0),
        ("SELECT employees FROM marts.lead_market_value WHERE lead_market_id = 'industrial_core' "
         "AND reference_date = DATE '2019-06-30'", 327_699),
        ("SELECT len(region_ids) FROM marts.text_vs_figure_check WHERE check_id = 'Z04'", 8),
        ("SELECT count(*) FROM marts.strategy_figure_5 "
         "JOIN marts.strategy_figure_6 USING (region_id, position)", 45),
    ],
)  # fmt: skip
def test_what_the_strategy_says(small_warehouse: Path, sql: str, expected: int) -> None:
    assert building.rows(small_warehouse, sql) == [(expected,)]


@pytest.mark.parametrize("name", SOURCED)
def test_every_row_names_document_and_place(small_warehouse: Path, name: str) -> None:
    without = f"FROM {name} ANTI JOIN marts.document USING (document) UNION ALL FROM {name} WHERE trim(place) = ''"
    assert building.rows(small_warehouse, without) == []


def test_every_column_of_the_strategy_has_a_comment_in_both_languages(small_warehouse: Path) -> None:
    comments = building.rows(
        small_warehouse,
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal",
    )
    described = {(relation, column) for relation, column, comment in comments if " | " in (comment or "")}
    for name in (*ROW_TYPES, "marts.action_indicator", "marts.action_timeline", "meta.strategy_file"):
        assert {(name, field.name) for field in relations()[name].fields} <= described


def test_indicators_the_strategy_refers_to_exist() -> None:
    known = {indicator.indicator_id for indicator in indicators()}
    named = {row.indicator_id for row in rows(strategy.Baseline) if row.indicator_id}
    named |= {row.indicator_id for row in rows(strategy.Target)}
    named |= {indicator for row in rows(strategy.Goal) for indicator in row.indicator_ids}
    named |= {indicator for row in rows(strategy.SwotEntry) for indicator in row.indicator_ids}
    assert named - known == set()


def test_output_indicators_are_those_of_the_registry_with_its_units(small_warehouse: Path) -> None:
    declared = {(i.indicator_id, i.unit) for i in indicators() if i.mart == "action_indicator"}
    computed = building.rows(small_warehouse, "SELECT DISTINCT indicator_id, unit FROM marts.action_indicator")
    assert set(computed) == declared


def test_before_anything_is_reported_output_stands_at_its_baseline(small_warehouse: Path) -> None:
    found = building.rows(
        small_warehouse, "SELECT indicator_id, reference_date, value FROM marts.action_indicator ORDER BY ALL"
    )
    start = dt.date(2021, 9, 1)
    assert {day for _, day, _ in found} == {start}
    assert {value for name, _, value in found if name != "action_plan_cost_planned"} == {0}
    assert ("action_plan_cost_planned", start, 115_000) in found


def test_a_reported_activity_shows_in_action_timeline_and_output(tmp_path: Path) -> None:
    folder = tmp_path / "strategy"
    fill_in(folder, strategy.ActionStatus, first_workshop_done)
    path = built_with(folder)
    (action,) = building.records(path, "FROM marts.action WHERE action_id = 'RAP-01'")
    assert (action["status"], action["participants_business"], action["cost_spent_eur"]) == (
        "done",
        12,
        3100.5,
    )
    assert (action["start_date"], action["planned_eur"]) == (dt.date(2021, 11, 1), 7000)
    events = building.rows(
        path,
        "SELECT event, start_date, evidence FROM marts.action_timeline WHERE entry_id = 'RAP-01' ORDER BY event",
    )
    assert events == [
        ("done", dt.date(2021, 11, 18), "Protokoll"),
        ("planned", dt.date(2021, 11, 1), None),
    ]
    output = building.rows(
        path,
        "SELECT indicator_id, value FROM marts.action_indicator WHERE reference_date = DATE '2021-11-18' ORDER BY ALL",
    )
    assert output == [
        ("action_plan_activities_done", 1),
        ("action_plan_cost_planned", 115_000),
        ("action_plan_cost_spent", 3100.5),
        ("action_plan_participants_business", 12),
        ("action_plan_participants_public", 5),
        ("action_plan_participants_science", 8),
        ("action_plan_participants_society", 0),
    ]


def test_output_adds_up_over_time_and_what_was_not_counted_is_not_zero(tmp_path: Path) -> None:
    def two_done(cells: list[Cells]) -> None:
        first_workshop_done(cells)
        report(
            cells, "RAP-05", status="done", date="2022-08-30", evidence="Link", participants_business="20",
            cost_spent_eur="1400",
        )  # fmt: skip
        report(cells, "RAP-07", status="dropped", date="2022-10-04", evidence="Beschluss", cost_spent_eur="0")

    fill_in(tmp_path / "strategy", strategy.ActionStatus, two_done)
    path = built_with(tmp_path / "strategy")

    def over_time(indicator: str) -> list[tuple[Any, ...]]:
        return building.rows(
            path,
            "SELECT reference_date::VARCHAR, value, value_lower, value_upper, status "
            "FROM marts.action_indicator WHERE indicator_id = ? AND reference_date > DATE '2021-09-01' "
            "ORDER BY reference_date",
            f"action_plan_{indicator}",
        )

    assert over_time("activities_done") == [
        ("2021-11-18", 1, 1, 1, "derived"),
        ("2022-08-30", 2, 2, 2, "derived"),
        ("2022-10-04", 2, 2, 2, "derived"),
    ]
    assert over_time("participants_business")[-1][1:] == (32, 32, 32, "derived")
    assert over_time("participants_science")[-1][1:] == (None, 8, None, "not_available")
    assert over_time("cost_spent")[-1][1:] == (4500.5, 4500.5, 4500.5, "derived")


def test_a_confirmed_category_and_a_target_arrive(tmp_path: Path) -> None:
    def confirm(cells: list[Cells]) -> None:
        confirmed = {"category_status": "confirmed", "confirmed_on": "2026-03-02", "confirmed_by": "BMR"}
        cells[0].update(category="pioneer", **confirmed)

    folder = tmp_path / "strategy"
    fill_in(folder, strategy.TopicRegion, confirm)
    target = {
        "indicator_id": "unemployment_rate", "region_id": "RUHR", "target_value": "8.5",
        "target_date": "2030-12-31", "decision": "Vorlage 12/2026", "decided_on": "2026-06-01",
        "body": "Beirat",
    }  # fmt: skip
    fill_in(folder, strategy.Target, lambda cells: cells.append(target))
    path = built_with(folder)
    assert building.rows(
        path, "SELECT category, prose_signal FROM marts.topic_region WHERE category_status = 'confirmed'"
    ) == [("pioneer", rows(strategy.TopicRegion)[0].prose_signal)]
    assert building.rows(path, "SELECT target_value, body FROM marts.target") == [(8.5, "Beirat")]
    assert building.rows(
        path, "SELECT file_name FROM meta.strategy_file WHERE origin = 'officer' ORDER BY file_name"
    ) == [("target.csv",), ("topic_region.csv",)]


@pytest.mark.parametrize("row_type", KEPT_BY_OFFICERS)
def test_a_copy_as_delivered_changes_nothing(tmp_path: Path, row_type: type[Row]) -> None:
    fill_in(tmp_path, row_type, lambda cells: None)
    with_copy, delivered = strategy_rows(tmp_path), strategy_rows()
    del with_copy["meta.strategy_file"], delivered["meta.strategy_file"]
    assert with_copy == delivered


def test_without_a_folder_the_delivered_files_are_read(tmp_path: Path) -> None:
    assert strategy_rows(tmp_path / "none") == strategy_rows()


@pytest.mark.parametrize(
    ("row_type", "change", "said"),
    [
        (strategy.ActionStatus, lambda cells: report(cells, "RAP-03", status="erledigt"),
         "row 4, column status: expected one of planned, done, postponed, dropped; found “erledigt”"),
        (strategy.ActionStatus, lambda cells: report(cells, "RAP-03", status="done", date="1.2.2022"),
         "row 4, column date: expected a day as YYYY-MM-DD, or nothing; found “1.2.2022”"),
        (strategy.ActionStatus, lambda cells: cells.pop(4),
         "column action_id: expected the 10 rows of the delivered file; found none for RAP-05"),
        (strategy.TopicRegion, lambda cells: cells[9].update(category="pioneer"),
         "row 11, column category_status: expected category, confirmed_on and confirmed_by empty"),
        (strategy.Target, lambda cells: cells.append({
            "indicator_id": "arbeitslose", "region_id": "RUHR", "target_value": "7",
            "target_date": "2030-12-31", "decision": "x", "decided_on": "2026-01-01", "body": "y"}),
         "row 2, column indicator_id: expected an indicator of reference/indicators.yaml; "
         "found “arbeitslose”"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_place(
    tmp_path: Path, row_type: type[Row], change: Callable[[list[Cells]], None], said: str
) -> None:
    file = fill_in(tmp_path, row_type, change)
    with pytest.raises(OfficersFileError, match=f"^{re.escape(f'{file}, {said}')}"):
        strategy_rows(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "row 1: expected the columns indicator_id, region_id, .* found nothing"),
        (b"indicator_id;region_id\n", "row 1: expected the columns .* found indicator_id;region_id"),
        ("indicator_id,Körper\n".encode("cp1252"), "expected a CSV file in UTF-8"),
        (b'indicator_id,"' + b"x" * 200_000, "expected a CSV file in UTF-8; found field larger"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "target.csv").write_bytes(content)
    with pytest.raises(OfficersFileError, match=said):
        strategy_rows(tmp_path)


@pytest.mark.parametrize("name", ["action_status (1).csv", "Target.CSV", "baseline.csv"])
def test_a_file_that_would_be_ignored_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("action_id\n", encoding="utf-8")
    with pytest.raises(OfficersFileError, match=re.escape(name)):
        strategy_rows(tmp_path)


def test_a_refresh_takes_the_officers_file_and_a_broken_one_leaves_the_last_release(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    inbox = fill(tmp_path / "inbox", {GOOD: broadband(62.96)})
    done = "SELECT count(*) FROM marts.action WHERE status = 'done'"
    first = refresh(data, [inbox])
    assert building.rows(data.published, done) == [(0,)]

    fill_in(data.root / "strategy", strategy.ActionStatus, first_workshop_done)
    second = refresh(data, [inbox])
    assert (second.published, second.exit_code) == (True, 0)
    assert second.release_id != first.release_id
    assert building.rows(data.published, done) == [(1,)]
    assert not refresh(data, [inbox]).published

    broken = fill_in(data.root / "strategy", strategy.ActionStatus, lambda cells: cells[0].update(status="ja"))
    third = refresh(data, [inbox])
    assert (third.published, third.exit_code, third.release_id) == (False, 1, second.release_id)
    assert f"{broken}, row 2, column status" in third.error
    assert building.rows(data.published, done) == [(1,)]
