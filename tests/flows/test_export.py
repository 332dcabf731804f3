"""`s3monitor export`: what an operator gives and gets."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli import main
from flows.refresh import refresh
from tests.flows.conftest import COMMAND, Cli, Ended, run
from tests.flows.inboxes import GOOD, broadband, fill, synthetic
from warehouse.data_folder import DataFolder

Export = Callable[..., Ended]


@pytest.fixture
def export(published: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Export:
    """Runs the command in this process on the published release, see test_query.py."""

    def call(*arguments: object) -> Ended:
        monkeypatch.chdir(published)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["s3monitor", "export", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        stdout, stderr = capfdbinary.readouterr()
        return Ended(int(end.value.code or 0), stdout, stderr.decode())

    return call


def catalogue(out: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((out / "catalogue.jsonld").read_text(encoding="utf-8"))
    return content


def test_the_release_is_exported_and_summed_up(published: Path, tmp_path: Path) -> None:
    ended = run([*COMMAND, "export", str(tmp_path / "out")], published)
    assert (ended.code, ended.stderr) == (0, "")
    first, second = ended.out.splitlines()
    assert first.startswith("Release 2")
    assert "tables" in first
    assert second == f"Written to {tmp_path / 'out'}"
    assert (tmp_path / "out" / "csv" / "marts.broadband.csv").read_text(encoding="utf-8").count("62.96") == 53


def test_the_summary_as_json(export: Export, tmp_path: Path) -> None:
    ended = export(tmp_path / "out", "--json")
    assert ended.code == 0
    assert ended.json["out"] == str(tmp_path / "out")
    assert ended.json["is_synthetic"] is False
    assert ended.json["files"] == len([path for path in (tmp_path / "out").rglob("*") if path.is_file()])


def test_what_an_installation_says_of_itself(export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3MONITOR_CONTACT", "daten@example.org")
    provider = "http://dcat-ap.de/def/contributors/beispiel"
    told = ("--base-url", "https://daten.example/s3", "--publisher", "Regionalverband", "--contributor-id", provider)
    assert export(tmp_path / "out", *told).code == 0
    text = json.dumps(catalogue(tmp_path / "out"))
    for said in (
        "https://daten.example/s3/csv/marts.region.csv",
        "mailto:daten@example.org",
        "Regionalverband",
        provider,
    ):
        assert said in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--base-url", "daten.example/s3"], "expected an address like https://…, found “daten.example/s3”"),
        (["--base-url", "https://daten.example/a b"], "found “https://daten.example/a b”"),
        (["--base-url", "https://daten.example/?v=1"], "--base-url"),
        (["--contributor-id", "beispiel"], "--contributor-id"),
    ],
)
def test_what_is_no_address_is_wrong_usage(export: Export, tmp_path: Path, arguments: list[str], says: str) -> None:
    ended = export(tmp_path / "out", *arguments)
    assert (ended.code, ended.stdout) == (2, b"")
    assert says in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_else_stays(export: Export, tmp_path: Path) -> None:
    precious = fill(tmp_path / "out", {"thesis.txt": b"years of work"}) / "thesis.txt"
    ended = export(tmp_path / "out")
    assert (ended.code, ended.stdout) == (1, b"")
    assert ended.stderr == (
        f"{tmp_path / 'out'} holds something other than an export of this monitor (thesis.txt), and would be replaced. "
        "Choose an empty or new folder.\n"
    )
    assert precious.read_bytes() == b"years of work"


def test_a_folder_that_cannot_be_made(export: Export, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = export(tmp_path / "file" / "out")
    assert (ended.code, ended.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in ended.stderr


def test_nothing_is_published_yet(cli: Cli, tmp_path: Path) -> None:
    ended = cli("export", "out")
    assert (ended.code, ended.stderr) == (1, "Nothing is published in data yet. Run: s3monitor refresh\n")
    assert list(tmp_path.iterdir()) == []


def test_synthetic_data_is_announced(export: Export, tmp_path: Path) -> None:
    made_up = DataFolder(tmp_path / "data-sample")
    assert refresh(made_up, [fill(tmp_path / "inbox", synthetic({GOOD: broadband(1)}))]).published
    ended = export(tmp_path / "out", "--data", made_up.root)
    assert ended.code == 0
    assert ended.out.endswith("SYNTHETIC SAMPLE DATA: all figures are invented, not for use.\n")
    assert "SYNTHETISCHE BEISPIELDATEN" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
