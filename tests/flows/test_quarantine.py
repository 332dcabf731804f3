"""What is not what it seems ends in quarantine with the reason; the good files beside it are published."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.refresh import refresh
from tests.flows.conftest import COMMAND, Ended, rows, run
from tests.flows.inboxes import DAMAGED, GOOD, broadband, fill, sha256
from warehouse.data_folder import DataFolder

#: Right content under a wrong name: the content counts.
DISGUISED = "landkreis_privat_2016_2.xlsx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quarantine")


@pytest.fixture(scope="module")
def ended(folder: Path) -> Ended:
    """One refresh of an inbox with every kind of damage, a good file and a disguised one."""
    files = {name: content for name, (content, _) in DAMAGED.items()}
    inbox = fill(folder / "inbox", files | {GOOD: broadband(62.96), DISGUISED: broadband(40)})
    return run([*COMMAND, "refresh", "--inbox", str(inbox), "--no-prefect", "--json"], folder)


@pytest.fixture(scope="module")
def data(folder: Path, ended: Ended) -> DataFolder:
    return DataFolder(folder / "data")


@pytest.fixture(scope="module")
def messages(ended: Ended) -> dict[str, str]:
    """File name → what is said of it."""
    said = [message for source in ended.json["sources"] for message in source["messages"]]
    return {name: text for name, _, text in (message.partition(": ") for message in said)}


def test_the_good_files_are_published(ended: Ended, data: DataFolder) -> None:
    assert ended.code == 3
    assert "Traceback" not in ended.stderr
    assert rows(
        data,
        "SELECT file_name, reference_date::VARCHAR, min(coverage_pct), count(*) "
        "FROM marts.broadband JOIN meta.delivery USING (delivery_id) GROUP BY ALL ORDER BY ALL",
    ) == [(DISGUISED, "2016-12-31", 40, 53), (GOOD, "2020-12-31", 62.96, 53)]


@pytest.mark.parametrize("name", DAMAGED)
def test_the_message_names_file_expectation_and_finding(messages: dict[str, str], name: str) -> None:
    expected, found = messages[name].split("; found ", 1)
    assert "expected " in expected
    assert DAMAGED[name][1] in found


def test_every_damaged_file_is_counted_and_kept(ended: Ended, data: DataFolder) -> None:
    assert sum(source["quarantined"] for source in ended.json["sources"]) == len(DAMAGED)
    kept = dict(rows(data, "SELECT file_name, sha256 FROM meta.delivery WHERE state = 'quarantined'"))
    assert kept == {name: sha256(content) for name, (content, _) in DAMAGED.items()}
    for name, (content, _) in DAMAGED.items():
        assert (data.archive / kept[name][:2] / f"{kept[name]}.bin").read_bytes() == content


def test_nothing_of_a_quarantined_file_is_in_a_mart(data: DataFolder) -> None:
    holders = rows(
        data,
        "SELECT table_schema || '.' || table_name FROM information_schema.columns "
        "WHERE column_name = 'delivery_id' AND table_schema IN ('marts', 'history')",
    )
    assert ("marts.broadband",) in holders
    quarantined = "(FROM meta.delivery WHERE state = 'quarantined')"
    for (relation,) in holders:
        assert rows(data, f"FROM {relation} SEMI JOIN {quarantined} USING (delivery_id)") == []


def test_the_officer_finds_each_reason_as_a_finding(data: DataFolder, messages: dict[str, str]) -> None:
    texts = {text for (text,) in rows(data, "SELECT text_en FROM quality.finding WHERE severity = 'quarantine'")}
    assert texts == {f"{name} was not accepted: {messages[name]}" for name in DAMAGED}


def test_the_screen_shows_the_same_messages(folder: Path, ended: Ended, messages: dict[str, str]) -> None:
    again = run([*COMMAND, "refresh", "--inbox", "inbox", "--no-prefect"], folder)
    assert {f"- {name}: {messages[name]}" for name in DAMAGED} <= set(again.out.splitlines())


def test_a_file_that_fails_validation_names_the_cell(tmp_path: Path) -> None:
    """Manufacturing above the industry it is part of: the file decodes, but cannot be right."""
    from sources.sample import employment_tables
    from sources.sample.world import World

    file = next(f for f in employment_tables.files(World(1)) if "13111-07-05-4" in f.path)
    lines = file.content.decode("cp1252").splitlines(keepends=True)
    row = next(i for i, line in enumerate(lines) if line.startswith("05113;") and "(C)" in line)
    cells = lines[row].split(";")
    lines[row] = ";".join([*cells[:3], f"{cells[3]}00", *cells[4:]])
    files = {Path(file.path).name: "".join(lines).encode("cp1252"), GOOD: broadband(1)}
    summary = refresh(DataFolder(tmp_path / "data"), [fill(tmp_path / "inbox", files)])
    assert summary.exit_code == 3
    (message,) = (m for source in summary.sources if source.quarantined for m in source.messages)
    assert message.startswith(f"{Path(file.path).name}: at line ")
    assert "expected the parts of B-E in 05113 at 2015-06-30 to add up to" in message
    assert f"found {int(cells[3] + '00'):,}" in message
