"""What a refresh tells the one who started it: exit code, JSON, progress, closing line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.refresh import refresh
from quality.checks import CheckResult, run_checks
from reference.strategy import Target
from reference.tables import FOLDER
from tests.flows.conftest import COMMAND, Cli, Ended, litter, rows, run
from tests.flows.inboxes import GOOD, broadband, fill, manifest, sha256, zipped
from warehouse.data_folder import DataFolder
from warehouse.release import current_release

BAD = {"notes.txt": b"Bitte bis Freitag\n"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outcomes")
    fill(folder / "inbox", {GOOD: broadband(62.96)})
    return folder


@pytest.fixture(scope="module")
def first(folder: Path) -> Ended:
    return run([*COMMAND, "refresh", "--inbox", "inbox", "--no-prefect", "--json"], folder)


def test_json_is_all_there_is_on_stdout(first: Ended, folder: Path) -> None:
    ((release,),) = rows(DataFolder(folder / "data"), "SELECT release_id FROM meta.release")
    assert first.code == 0
    assert first.json == {
        "release_id": release,
        "published": True,
        "is_synthetic": False,
        "error": "",
        "sources": [
            {
                "source": "bnetza_breitbandatlas",
                "new": 1,
                "unchanged": 0,
                "quarantined": 0,
                "failed": 0,
                "messages": [],
            }
        ],
        "exit_code": 0,
    }


def test_progress_goes_to_stderr(first: Ended) -> None:
    steps = [line.split()[1] for line in first.stderr.splitlines()]
    assert steps == ["archive:", "decode:", "build:", "check:", "publish:"]


def test_the_second_run_publishes_nothing_new_and_says_so(first: Ended, folder: Path) -> None:
    release = first.json["release_id"]
    second = run([*COMMAND, "refresh", "--inbox", "inbox", "--no-prefect"], folder)
    assert second.code == 0
    assert second.out.splitlines()[-1] == f"Nothing new: release {release} is up to date."
    third = run([*COMMAND, "refresh", "--inbox", "inbox", "--no-prefect", "--json"], folder)
    assert (third.json["published"], third.json["release_id"]) == (False, release)
    assert [(source["new"], source["unchanged"]) for source in third.json["sources"]] == [(0, 1)]
    assert len(list((folder / "data" / "releases").glob("*.duckdb"))) == 1


def test_published_with_a_quarantined_file(cli: Cli, inbox: Path, data: DataFolder) -> None:
    ended = cli("refresh", "--inbox", fill(inbox, BAD))
    ((release,),) = rows(data, "SELECT release_id FROM meta.release")
    assert ended.code == 3
    assert "notes.txt: expected" in ended.out
    assert ended.out.splitlines()[-1] == f"Published release {release}."


def test_a_quarantined_file_changes_the_exit_code_once(cli: Cli, published: Path, released: DataFolder) -> None:
    again = cli("refresh", "--inbox", published / "inbox")
    assert again.code == 0
    assert "Nothing new" in again.out
    assert "notes.txt: expected" in again.out


@pytest.mark.parametrize("files", [{}, BAD], ids=["empty inbox", "only a bad file"])
def test_nothing_to_publish(cli: Cli, tmp_path: Path, data: DataFolder, files: dict[str, bytes]) -> None:
    (tmp_path / "in").mkdir()
    ended = cli("refresh", "--inbox", fill(tmp_path / "in", files))
    assert ended.code == 1
    assert ended.out.splitlines()[-1].startswith("Nothing published: No delivery was accepted")
    assert not data.published.exists()
    assert litter(data) == []


def test_a_bad_file_alone_does_not_take_the_last_release_away(released: DataFolder, tmp_path: Path) -> None:
    summary = refresh(released, [fill(tmp_path / "in", {"more.txt": b"Noch eine Notiz\n"})])
    assert (summary.exit_code, summary.published) == (3, True)
    assert rows(released, "SELECT state, count(*) FROM meta.delivery GROUP BY ALL ORDER BY ALL") == [
        ("accepted", 1),
        ("quarantined", 2),
    ]


def test_an_inbox_that_is_not_there(cli: Cli, released: DataFolder) -> None:
    ((release,),) = rows(released, "SELECT release_id FROM meta.release")
    ended = cli("refresh", "--inbox", "nowhere")
    assert ended.code == 1
    assert ended.out.splitlines()[-1] == (
        "Nothing published: nowhere is not a folder. --inbox takes a folder of files. "
        f"The last release {release} stays published."
    )
    assert cli("refresh", "--inbox", "nowhere", "--json").json["release_id"] == release


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sample", "--inbox", "inbox"], "exclude each other"),
        (["--recipe"], "No such option"),
        (["--inbox", "inbox", "--json", "more"], "unexpected extra argument"),
        (["--only", "bnetza_breitbandatlas"], "--only restricts what comes in"),
        ([], "data is empty. Name a folder of files with --inbox, or use --live or --sample."),
    ],
)
def test_wrong_usage(cli: Cli, inbox: Path, data: DataFolder, arguments: list[str], says: str) -> None:
    ended = cli("refresh", *arguments)
    assert ended.code == 2
    assert says in " ".join(ended.stderr.replace("│", " ").split())
    assert ended.out == ""
    assert not data.root.exists()


@pytest.mark.parametrize("again", [["--inbox"], []])
def test_several_inboxes_may_be_named_and_restricted(cli: Cli, inbox: Path, tmp_path: Path, again: list[str]) -> None:
    other = fill(tmp_path / "more", {"landkreis_privat_2019_2.csv": broadband(50), **BAD})
    ended = cli("refresh", "--inbox", inbox, *again, other, "--only", "bnetza_breitbandatlas", "--json")
    assert ended.code == 0
    assert [(source["source"], source["new"]) for source in ended.json["sources"]] == [("bnetza_breitbandatlas", 2)]


def test_a_restriction_looks_into_zips(cli: Cli, tmp_path: Path) -> None:
    """Publishers pack their tables; a zip says nothing of what is in it."""
    packed = zipped({GOOD: broadband(62.96), "notes.txt": b"Bitte bis Freitag"})
    inbox = fill(tmp_path / "inbox", {"download.zip": packed, **BAD})
    ended = cli("refresh", "--inbox", inbox, "--only", "bnetza_breitbandatlas", "--json")
    assert ended.code == 0
    assert [(source["source"], source["new"]) for source in ended.json["sources"]] == [("bnetza_breitbandatlas", 1)]


def test_without_an_inbox_the_archive_is_looked_at_again(cli: Cli, released: DataFolder) -> None:
    shutil.rmtree(released.staging)
    ended = cli("refresh")
    assert (ended.code, "Nothing new" in ended.out) == (0, True)
    assert "decode: 2 of 2 files" in ended.stderr


def test_the_data_folder_comes_from_the_option_the_environment_or_a_file(
    cli: Cli, published: Path, tmp_path: Path
) -> None:
    assert cli("status", "--data", published / "data").code == 0
    assert cli("status", S3MONITOR_DATA=str(published / "data")).code == 0
    (tmp_path / "s3monitor.toml").write_text(f'data = "{published / "data"}"\n')
    assert cli("status").code == 0
    assert cli("status", S3MONITOR_DATA="elsewhere").code == 1, "the environment goes before the file"


@pytest.mark.parametrize(
    ("text", "says"), [("data = [", "s3monitor.toml is no TOML"), ('date = "x"', "S3MONITOR_DATE")]
)
def test_a_wrong_setting_is_wrong_usage(cli: Cli, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "s3monitor.toml").write_text(text)
    ended = cli("status")
    assert (ended.code, says in ended.stderr) == (2, True)
    assert "Traceback" not in ended.stderr


def with_a_failure(*arguments: Any) -> list[CheckResult]:
    """The first check, which stops a release, fails in two rows."""
    first, *others = run_checks(*arguments)
    assert first.severity == "stop"
    return [replace(first, failed=2), *others]


def test_a_check_that_stops_the_release_keeps_the_last_one(
    inbox: Path, released: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_release(released)
    assert before is not None
    fill(inbox, {"landkreis_privat_2019_2.csv": broadband(50)})
    monkeypatch.setattr("flows.steps.run_checks", with_a_failure)
    stopped = refresh(released, [inbox])
    assert (stopped.exit_code, stopped.published) == (1, False)
    assert stopped.release_id == before["release_id"]
    assert stopped.error.startswith("The release was stopped by 1 ")
    assert current_release(released) == before
    assert litter(released) == []


def test_what_held_a_release_back_is_told_first_until_it_is_gone(
    inbox: Path, released: DataFolder, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = fill(released.root / "strategy", {"target.csv": (FOLDER / Target.FILE).read_bytes()}) / "target.csv"
    with monkeypatch.context() as failing:
        failing.setattr("flows.steps.run_checks", with_a_failure)
        assert refresh(released).exit_code == 1
    assert severities(cli) == ["stop", "quarantine"]
    form.unlink()
    assert (refresh(released).exit_code, severities(cli)) == (0, ["quarantine"])


def severities(cli: Cli) -> list[str]:
    """Of the findings that wait for a decision, as `status` and `quality list` both tell them."""
    told = cli("status", "--json").json["findings"]
    assert [finding["finding_id"] for finding in cli("quality", "list", "--json").json] == [
        finding["finding_id"] for finding in told
    ]
    return [finding["severity"] for finding in told]


def test_a_file_that_is_not_what_its_manifest_says(inbox: Path, data: DataFolder) -> None:
    changed = broadband(50)
    fill(inbox, {"landkreis_privat_2019_2.csv": changed})
    fill(
        inbox,
        manifest(
            [
                {"path": GOOD, "sha256": sha256(broadband(62.96))},
                {"path": "landkreis_privat_2019_2.csv", "sha256": sha256(b"as it was")},
            ]
        ),
    )
    summary = refresh(data, [inbox])
    assert (summary.exit_code, summary.published) == (3, True)
    refused = next(source for source in summary.sources if source.source == "inbox")
    assert refused.messages == [
        f"landkreis_privat_2019_2.csv: expected the sha256 {sha256(b'as it was')[:16]}… of the manifest; "
        f"found {sha256(changed)[:16]}…. The file was changed or cut off on its way: fetch it again, "
        "or correct the manifest."
    ]
    assert rows(data, "SELECT DISTINCT reference_date::VARCHAR FROM history.observation") == [("2020-12-31",)]
    again = refresh(data, [inbox])
    assert (again.exit_code, again.published) == (3, False), "it is refused again, so the run says so again"


def test_a_manifest_that_lists_a_missing_file(cli: Cli, inbox: Path, data: DataFolder) -> None:
    fill(inbox, manifest([{"path": GOOD}, {"path": "lost.csv"}]))
    ended = cli("refresh", "--inbox", inbox)
    assert ended.code == 1
    assert "MANIFEST.csv lists 1 files that are not there, e.g. lost.csv." in ended.out
