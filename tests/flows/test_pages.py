"""A refresh leaves the pages of its release behind; a page that cannot be written does not take the release back."""

from __future__ import annotations

from pathlib import Path

from tests.flows.conftest import Cli, rows
from warehouse.data_folder import DataFolder


def test_a_refresh_builds_the_pages_of_its_release(cli: Cli, inbox: Path, data: DataFolder) -> None:
    ended = cli("refresh", "--inbox", inbox, S3MONITOR_SITE="true")
    [(release_id,)] = rows(data, "SELECT release_id FROM meta.release")
    assert ended.code == 0, ended.stderr
    assert release_id in (data.root / "site" / "index.html").read_text(encoding="utf-8")
    assert release_id in (data.root / "site" / "en" / "index.html").read_text(encoding="utf-8")


def test_pages_that_cannot_be_written_are_a_warning(cli: Cli, inbox: Path, data: DataFolder) -> None:
    other = data.root / "site" / "holiday.txt"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    ended = cli("refresh", "--inbox", inbox, S3MONITOR_SITE="true")
    assert ended.code == 0
    assert "the pages of this release could not be written" in ended.stderr
    assert data.published.exists()
    assert other.read_text() == "mine"
