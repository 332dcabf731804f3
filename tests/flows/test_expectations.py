"""The officers' expectations run before the swap, and a page of them comes with each release."""

from __future__ import annotations

from pathlib import Path

from tests.flows.conftest import Cli, rows
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.data_folder import DataFolder


def test_expectations_and_their_page_come_with_the_release(cli: Cli, inbox: Path, data: DataFolder) -> None:
    ended = cli("refresh", "--inbox", inbox, S3MONITOR_EXPECTATIONS="true")
    assert ended.code == 0, ended.stderr
    results = rows(data, "SELECT count(*), bool_and(passed) FROM quality.check_result WHERE check_id LIKE 'gx.%'")
    assert results[0][0] > 40
    pages = list((data.quality / "data-docs").rglob("*.html"))
    assert len(pages) == 1
    assert "https:" not in pages[0].read_text(encoding="utf-8")


def test_a_lost_delivery_holds_the_release_until_the_loss_is_accepted(
    cli: Cli, inbox: Path, data: DataFolder, tmp_path: Path
) -> None:
    """A file that leaves the inbox stays archived, so one is taken out of the archive behind the program's back."""
    assert cli("refresh", "--inbox", inbox).code == 0
    second = fill(tmp_path / "second", {"landkreis_privat_2019_2.csv": broadband(50)})
    assert cli("refresh", "--inbox", second).code == 0
    released = rows(data, "SELECT release_id FROM meta.release")
    newest = rows(data, "SELECT sha256 FROM meta.delivery WHERE file_name LIKE '%2019_2%'")[0][0]
    for lost in data.archive.glob(f"??/{newest}.*"):
        lost.unlink()

    held = cli("refresh")
    assert held.code == 1
    assert "marts.broadband had 106 rows, now 53" in held.out
    assert rows(data, "SELECT release_id FROM meta.release") == released

    listed = cli("quality", "list", "--json").json
    stops = [row for row in listed if row["severity"] == "stop"]
    assert stops
    for row in stops:
        cli("quality", "accept", row["finding_id"], "--reason", "Testdaten entfernt", "--by", "M. Muster")
    after = cli("refresh")
    assert after.code == 0, after.out
    assert rows(data, "SELECT count(*) FROM marts.broadband") == [(53,)]
    accepted = rows(data, "SELECT DISTINCT accepted_by, reason FROM quality.finding WHERE state = 'accepted'")
    assert accepted == [("M. Muster", "Testdaten entfernt")]
    report = next(data.releases.glob(f"{rows(data, 'SELECT release_id FROM meta.release')[0][0]}.md"))
    assert "Testdaten entfernt" in report.read_text(encoding="utf-8")


def test_accepting_needs_a_reason_a_name_and_a_finding(cli: Cli, inbox: Path) -> None:
    fill(inbox, {"seite.html": b"<!doctype html><p>Ups", GOOD: broadband(62.96)})
    assert cli("refresh", "--inbox", inbox).code == 3
    finding = cli("quality", "list", "--json").json[0]
    assert finding["check_id"] == "quarantined"
    assert "seite.html" in cli("quality", "show", finding["finding_id"][:6]).out
    assert cli("quality", "accept", finding["finding_id"], "--reason", " ", "--by", "M").code == 2
    missing = cli("quality", "accept", "zzz", "--reason", "R", "--by", "M")
    assert missing.code == 1
    assert "found none" in missing.stderr
    assert cli("quality", "accept", finding["finding_id"], "--reason", "Fehlerseite", "--by", "M. Muster").code == 0
    assert [row["finding_id"] for row in cli("quality", "list", "--json").json] != [finding["finding_id"]]
    accepted = cli("quality", "list", "--state", "accepted", "--json").json
    assert [(row["finding_id"], row["reason"]) for row in accepted] == [(finding["finding_id"], "Fehlerseite")]


def test_quality_alone_lists_the_findings(cli: Cli, inbox: Path, data: DataFolder) -> None:
    fill(inbox, {"seite.html": b"<!doctype html><p>Ups", GOOD: broadband(62.96)})
    assert cli("refresh", "--inbox", inbox).code == 3
    assert cli("quality").out == cli("quality", "list").out
    assert cli("quality", "--json", "--data", data.root).json == cli("quality", "list", "--json").json
    misplaced = cli("quality", "--json", "list")
    assert misplaced.code == 2
    assert "after" in misplaced.stderr
    assert cli("quality", "lst").code == 2
