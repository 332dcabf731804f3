"""`s3monitor status`: the release, its sources, and what was found, on one screen or as JSON."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.flows.conftest import COMMAND, HANGS, Cli, environment, rows, run
from warehouse.data_folder import DataFolder


def test_on_a_screen(published: Path) -> None:
    ended = run([*COMMAND, "status"], published)
    assert (ended.code, ended.stderr) == (0, "")
    first, head, *lines = ended.out.splitlines()
    assert first.startswith("Release ")
    assert ": 1 deliveries, 53 observations, " in first
    assert head.split()[:4] == ["source", "state", "newest", "date"]
    assert lines[0].split()[:3] == ["bnetza_breitbandatlas", "late", "2020-12-31"]
    assert lines[1].split()[:3] == ["unknown", "failed", "–"]
    assert any("quarantine: notes.txt was not accepted: expected" in line for line in lines)


def test_as_json(published: Path) -> None:
    ended = run([*COMMAND, "status", "--json"], published)
    assert (ended.code, ended.stderr) == (0, "")
    status = ended.json
    assert (status["release"]["deliveries"], status["release"]["is_synthetic"]) == (1, False)
    assert {source["source_id"]: source["state"] for source in status["sources"]} == {
        "bnetza_breitbandatlas": "late",
        "unknown": "failed",
    }
    assert [finding["severity"] for finding in status["findings"]] == ["quarantine"]


def test_what_was_decided_since_is_not_open(cli: Cli, released: DataFolder) -> None:
    ((finding_id,),) = rows(released, "SELECT finding_id FROM quality.finding")
    assert cli("quality", "accept", finding_id, "--reason", "Notiz", "--by", "Amt").code == 0
    assert cli("status", "--json").json["findings"] == []


def test_ids_are_never_cut(published: Path) -> None:
    """`bnetza_breitba…` cannot be copied, and two sources may begin alike."""
    assert "…" not in _table(run([*COMMAND, "status"], published, COLUMNS="60").out)
    to_a_pipe = {name: value for name, value in environment().items() if name != "COLUMNS"}
    done = subprocess.run([*COMMAND, "status"], cwd=published, env=to_a_pipe, capture_output=True, timeout=HANGS)
    assert "bnetza_breitbandatlas  late  " in _table(done.stdout.decode())


def _table(out: str) -> str:
    return out.partition("\n- ")[0]
