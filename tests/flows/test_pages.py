"""A refresh leaves the pages of its release behind; a page that cannot be written does not take the release back."""

from __future__ import annotations

from pathlib import Path

from monitor.marker import release_of_site
from tests.attacks.folders import left_over
from tests.flows.conftest import Cli, rows
from warehouse.data_folder import DataFolder


def test_a_refresh_builds_the_pages_of_its_release(cli: Cli, inbox: Path, data: DataFolder) -> None:
    ended = cli("refresh", "--inbox", inbox, S3MONITOR_SITE="true")
    [(release_id,)] = rows(data, "SELECT release_id FROM meta.release")
    assert ended.code == 0, ended.stderr
    assert release_id in (data.root / "site" / "index.html").read_text(encoding="utf-8")
    assert release_id in (data.root / "site" / "en" / "index.html").read_text(encoding="utf-8")


def test_what_a_killed_run_did_not_get_to_is_made_up_for(cli: Cli, released: DataFolder) -> None:
    """The release was out; its report, its pages or parts of them were not."""
    [(release_id,)] = rows(released, "SELECT release_id FROM meta.release")
    (released.releases / f"{release_id}.html").unlink()
    workshop = released.root / ".site-s3monitor-abc123"
    (workshop / "new").mkdir(parents=True)
    (workshop / "new" / "index.html").write_text("half a page")
    ended = cli("refresh", S3MONITOR_SITE="true")
    assert (ended.code, "Nothing new: release" in ended.out) == (0, True)
    assert left_over(released) == []
    assert release_of_site(released.site) == release_id
    page = released.site / "index.html"
    before = page.stat().st_mtime_ns
    assert cli("refresh", S3MONITOR_SITE="true").code == 0
    assert page.stat().st_mtime_ns == before
    page.write_bytes(b"")  # as a power cut leaves it
    assert cli("refresh", S3MONITOR_SITE="true").code == 0
    assert page.stat().st_size


def test_pages_that_cannot_be_written_are_a_warning(cli: Cli, inbox: Path, data: DataFolder) -> None:
    other = data.root / "site" / "holiday.txt"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    ended = cli("refresh", "--inbox", inbox, S3MONITOR_SITE="true")
    assert ended.code == 0
    assert "the pages of this release could not be written" in ended.stderr
    assert data.published.exists()
    assert other.read_text() == "mine"
