"""What changed between two releases, down to the cause; a release of an older program may lack relations."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from flows.commands import diff as command
from reference.regions import NRW, ruhr_kreise
from schemas.observation import Observation
from tests.warehouse.building import Delivery, build_warehouse, observation
from warehouse.build import insert
from warehouse.connect import open_for_building
from warehouse.data_folder import DataFolder
from warehouse.diff import Diff, NoSuchReleaseError, diff, release_before, release_path
from warehouse.release import publish, record_release

ESSEN = "05113"
OLD, NEW = "20260101T000000Z-aaaaaaaa", "20260201T000000Z-bbbbbbbb"
FIRST, SECOND, THIRD = (dt.date(year, 12, 31) for year in (2021, 2022, 2023))


def population(day: dt.date, count: float, basis: str = "census2011") -> list[Observation]:
    """Every Kreis of the Ruhr with `count`, Essen with one more."""
    return [
        observation(count + (region == ESSEN), dataset="12411-01-01-4", variable="population", region_id=region,
                    reference_date=day, basis=basis)
        for region in (*ruhr_kreise(), NRW)
    ]  # fmt: skip


def debt(day: dt.date, count: float) -> list[Observation]:
    """An indicator with a desired direction: insolvencies, down."""
    return [
        observation(count, dataset="52411-02-01-4", variable="insolvencies", dimensions="debtors=companies",
                    region_id=region, reference_date=day, basis="")
        for region in (*ruhr_kreise(), NRW)
    ]  # fmt: skip


BEFORE = (
    Delivery("population", [*population(FIRST, 1000), *population(SECOND, 1000)]),
    Delivery("insolvent", [*debt(FIRST, 50), *debt(SECOND, 40)]),
    Delivery("refused", [], state="quarantined", message="expected a data file; found | <b>HTML</b>"),
)
AFTER = (
    Delivery("population", [*population(FIRST, 1000), *population(SECOND, 1000)]),
    Delivery("insolvent", [*debt(FIRST, 50), *debt(SECOND, 40)], state="quarantined", message="found to be wrong"),
    Delivery("refused", [], state="quarantined", message="expected a data file; found | <b>HTML</b>"),
    Delivery("census", [*population(SECOND, 900, "census2022"), *population(THIRD, 950, "census2022")],
             known_from=dt.date(2025, 1, 1)),
    Delivery("worse", [*debt(FIRST, 50), *debt(SECOND, 60)], known_from=dt.date(2025, 1, 1)),
)  # fmt: skip
Row = dict[str, object]


def finding(finding_id: str, state: str = "open", **more: object) -> Row:
    seen = dt.datetime.fromisoformat("2026-01-01")
    return {
        "finding_id": finding_id, "check_id": "check", "subject": finding_id, "layer": "arrival", "severity": "warn",
        "state": state, "first_seen": seen, "last_seen": seen, "fingerprint": "f", "text_de": f"Befund {finding_id}",
        "text_en": f"Finding {finding_id}",
    } | more  # fmt: skip


def release(
    folder: Path,
    data: DataFolder,
    release_id: str,
    deliveries: Sequence[Delivery],
    findings: Sequence[Row] = (),
    *,
    code_version: str = "1",
) -> None:
    """Publish a release made of deliveries; the time is that of its id."""
    built = build_warehouse(folder, *deliveries)
    with open_for_building(built) as connection:
        insert(connection, "quality.finding", findings)
    released_at = dt.datetime.fromisoformat(release_id[:15])
    record_release(
        built,
        {"release_id": release_id, "released_at": released_at, "inputs": release_id, "code_version": code_version,
         "is_synthetic": True},
    )  # fmt: skip
    data.releases.mkdir(parents=True, exist_ok=True)
    publish(data, built, release_id)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two releases; read only."""
    folder = tmp_path_factory.mktemp("diff")
    data = DataFolder(folder / "data")
    release(folder, data, OLD, BEFORE, [finding("a"), finding("b"), finding("same")])
    release(folder, data, NEW, AFTER, [finding("a", "fixed"), finding("c"), finding("same")])
    return data


@pytest.fixture(scope="module")
def changes(data: DataFolder) -> Diff:
    return diff(release_path(data, "previous"), release_path(data, "current"))


def test_releases(changes: Diff) -> None:
    assert (changes.old.release_id, changes.new.release_id) == (OLD, NEW)
    assert changes.new.is_synthetic
    assert changes.not_compared == []


def test_deliveries(changes: Diff) -> None:
    assert [(d.delivery_id, d.old_state, d.new_state, d.message) for d in changes.deliveries] == [
        ("census", None, "accepted", None),
        ("insolvent", "accepted", "quarantined", "found to be wrong"),
        ("worse", None, "accepted", None),
    ]


def test_revised_values_with_their_cause(changes: Diff) -> None:
    revised = {(v.indicator_id, v.region_id): v for v in changes.values if v.kind == "revised"}
    assert {v.reference_date for v in revised.values()} == {SECOND}  # FIRST says the same as before
    assert len(revised) == 2 * 17  # 15 Kreise, the Ruhr and NRW
    ruhr = revised["population", "RUHR"]
    assert (ruhr.old_value, ruhr.new_value, ruhr.absolute_change) == (15_001, 13_501, -1500)
    assert ruhr.relative_change == pytest.approx(-1500 / 15_001)
    assert ruhr.cause == "census_base"
    assert revised["insolvencies", ESSEN].relative_change == pytest.approx(0.5)
    # The delivery that said something else is not accepted any more: nothing is revised, a new one is read.
    assert revised["insolvencies", ESSEN].cause == "delivery"
    assert next(v.indicator_id for v in changes.values if v.kind == "revised") == "insolvencies"  # the largest first


def test_new_values(changes: Diff) -> None:
    new = [v for v in changes.values if v.kind == "new"]
    assert {(v.indicator_id, v.reference_date) for v in new} == {("population", THIRD)}
    assert len(new) == 17
    assert all((v.old_value, v.cause) == (None, None) for v in new)


def test_gone_values(data: DataFolder) -> None:
    backwards = diff(release_path(data, NEW), release_path(data, OLD))
    gone = [v for v in backwards.values if v.kind == "gone"]
    assert {(v.indicator_id, v.reference_date, v.new_value) for v in gone} == {("population", THIRD, None)}
    assert any(mart.relation == "marts.indicator_value" and mart.has_shrunk for mart in backwards.marts)


def test_lights(changes: Diff) -> None:
    lights = {light.region_id: light for light in changes.lights if light.indicator_id == "insolvencies"}
    assert (lights[ESSEN].old_light, lights[ESSEN].new_light) == ("green", "yellow")
    assert lights[ESSEN].light_reason == "direction_and_nrw"
    assert {light.indicator_id for light in changes.lights} == {"insolvencies"}


def test_findings(changes: Diff) -> None:
    assert [(f.finding_id, f.old_state, f.new_state) for f in changes.findings] == [
        ("a", "open", "fixed"),
        ("b", "open", None),
        ("c", None, "open"),
    ]


def test_sizes(changes: Diff) -> None:
    sizes = {mart.relation: mart for mart in changes.marts}
    values = sizes["marts.indicator_value"]
    assert values.old_rows is not None
    assert values.new_rows == values.old_rows + 17
    assert not any(mart.has_shrunk for mart in changes.marts)


def test_release_against_itself(data: DataFolder) -> None:
    same = diff(release_path(data, NEW), release_path(data, NEW))
    assert [same.deliveries, same.values, same.lights, same.findings] == [[], [], [], []]


def test_withdrawn_delivery(data: DataFolder, tmp_path: Path) -> None:
    """Where a delivery is no longer accepted, the value before it counts again."""
    before, after = DataFolder(tmp_path / "before"), DataFolder(tmp_path / "after")
    worse = AFTER[-1]
    release(tmp_path, before, OLD, [BEFORE[1], worse])
    release(tmp_path, after, NEW, [BEFORE[1], replace(worse, state="quarantined")])
    changed = diff(release_path(before, OLD), release_path(after, NEW))
    assert {(v.kind, v.cause) for v in changed.values} == {("revised", "delivery_withdrawn")}


def test_other_program(data: DataFolder, tmp_path: Path) -> None:
    """A value that changes without a new delivery was computed by another program."""
    copy = tmp_path / "copy.duckdb"
    shutil.copy(release_path(data, OLD), copy)
    copy.chmod(0o644)
    with open_for_building(copy) as connection:
        connection.execute(
            "UPDATE marts.indicator_value SET value = value * 2, value_lower = 0 WHERE region_id = 'RUHR'"
        )
        connection.execute("UPDATE meta.release SET code_version = '2'")
    changed = diff(release_path(data, OLD), copy)
    assert {(v.kind, v.region_id, v.cause) for v in changed.values} == {("revised", "RUHR", "program")}


def test_older_release_without_some_relations(data: DataFolder, tmp_path: Path) -> None:
    old, new = tmp_path / "old.duckdb", tmp_path / "new.duckdb"
    for copy, release_id in ((old, OLD), (new, NEW)):
        shutil.copy(release_path(data, release_id), copy)
        copy.chmod(0o644)
    with open_for_building(old) as connection:
        connection.execute("DROP TABLE quality.revision")
        connection.execute("DROP TABLE marts.indicator_status")
        connection.execute("ALTER TABLE quality.finding DROP COLUMN state")
    with open_for_building(new) as connection:
        connection.execute("DROP TABLE quality.revision")
        connection.execute("DROP TABLE marts.sector")
    changed = diff(old, new)
    assert changed.not_compared == ["marts.indicator_status", "quality.finding"]
    assert (changed.lights, changed.findings) == ([], [])
    causes = {v.cause for v in changed.values if v.kind == "revised" and v.indicator_id == "population"}
    assert causes == {"basis"}
    (gone,) = (mart for mart in changed.marts if mart.relation == "marts.sector")
    assert (gone.new_rows, gone.has_shrunk) == (None, True)


def test_names_of_releases(data: DataFolder) -> None:
    assert release_path(data, "current").stem == NEW
    assert release_path(data, "202601").stem == OLD
    assert release_before(data, release_path(data, NEW)) == release_path(data, OLD)
    assert release_before(data, release_path(data, OLD)) is None
    with pytest.raises(NoSuchReleaseError, match=f"Several releases begin with “2026”. Releases: {OLD}, {NEW}"):
        release_path(data, "2026")
    with pytest.raises(NoSuchReleaseError, match="No release begins with “1999”"):
        release_path(data, "1999")


def test_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(NoSuchReleaseError, match=r"no release before the current one .* Releases: none"):
        release_path(DataFolder(tmp_path), "previous")


# --- the command ----------------------------------------------------------------------------------


def run(data: DataFolder, *arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)  # with a single command typer would take its name for an argument
    command.register(app)
    return CliRunner().invoke(app, ["diff", *arguments, "--data", str(data.root)])


def test_command(data: DataFolder) -> None:
    ended = run(data)
    assert ended.exit_code == 0
    assert "SYNTHETIC SAMPLE DATA" in ended.stdout
    for line in (
        "  new, accepted  census.csv (source)",
        "  accepted → quarantined  insolvent.csv (source): found to be wrong",
        "New indicator values: 17",
        "  population: 17, 2023-12-31",
        "  insolvencies RUHR 2022-12-31: 600 → 900 cases (+50.00%), cause: delivery",
        "  insolvencies 05113: green → yellow (direction_and_nrw)",
        "  open → gone  warn b: Finding b",
        "  … and 14 more (--json shows all)",
    ):
        assert line in ended.stdout.splitlines()


def test_command_between_named_releases(data: DataFolder) -> None:
    assert "Deliveries: no change" in run(data, NEW, NEW).stdout
    assert "SHRUNK" in run(data, "current", "previous").stdout


def test_command_as_json(data: DataFolder) -> None:
    answer = json.loads(run(data, "--json").stdout)
    assert answer["old"]["release_id"] == OLD
    assert len(answer["values"]) == 51


def test_command_with_nothing_to_compare(tmp_path: Path) -> None:
    ended = run(DataFolder(tmp_path))
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "There is no release before the current one" in ended.stderr
