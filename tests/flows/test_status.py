"""`s3monitor status`: the release, its sources, and what was found, on one screen or as JSON."""

from __future__ import annotations

from pathlib import Path

from tests.flows.conftest import COMMAND, run


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
