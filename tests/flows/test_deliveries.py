"""What counts as a delivery: the bytes, not the name, not how often they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.refresh import has_work, refresh
from flows.summary import Summary
from tests.flows.conftest import rows
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.data_folder import DataFolder
from warehouse.release import current_release

ACCEPTED = "SELECT file_name FROM meta.delivery WHERE state = 'accepted' ORDER BY ALL"
VALUES = "SELECT DISTINCT coverage_pct FROM marts.broadband ORDER BY ALL"


def counts(summary: Summary) -> tuple[int, int, int]:
    """(new, unchanged, quarantined) over all sources."""
    return (
        sum(source.new for source in summary.sources),
        sum(source.unchanged for source in summary.sources),
        sum(source.quarantined for source in summary.sources),
    )


def messages(summary: Summary) -> list[str]:
    return [message for source in summary.sources for message in source.messages]


def test_the_same_bytes_are_one_delivery_under_any_name(inbox: Path, data: DataFolder) -> None:
    other = "landkreis_privat_2020_2 (1).csv"
    fill(inbox, {other: broadband(62.96)})
    first = refresh(data, [inbox])
    assert counts(first) == (1, 0, 0)
    ((kept,),) = rows(data, ACCEPTED)
    again = ({GOOD, other} - {kept}).pop()
    assert messages(first) == [told(again, kept)]
    assert rows(data, "SELECT count(*) FROM history.observation") == [(53,)]

    (inbox / other).unlink()
    (inbox / GOOD).rename(inbox / "landkreis_privat_2021_1.csv")
    assert not has_work(data, [inbox])
    second = refresh(data, [inbox])
    assert (second.published, second.release_id) == (False, first.release_id)
    assert counts(second) == (0, 1, 0)
    assert messages(second) == [told("landkreis_privat_2021_1.csv", kept)]


def told(name: str, kept: str) -> str:
    return f"{name}: the same bytes as {kept}, counted once. Is it an old file under a new name?"


def test_a_file_that_is_fixed_later_is_a_new_delivery(inbox: Path, data: DataFolder) -> None:
    fill(inbox, {GOOD: broadband(62.96)[:200], "landkreis_privat_2019_2.csv": broadband(50)})
    assert counts(refresh(data, [inbox])) == (1, 0, 1)
    assert rows(data, VALUES) == [(50,)]
    fill(inbox, {GOOD: broadband(62.96)})
    assert counts(refresh(data, [inbox])) == (1, 1, 1)
    assert rows(data, VALUES) == [(50,), (62.96,)]


def test_history_only_grows(inbox: Path, released: DataFolder, tmp_path: Path) -> None:
    """A revision hides the figure before it; what left the inbox stays."""
    fill(inbox, {GOOD: broadband(63)})
    assert counts(refresh(released, [inbox])) == (1, 1, 1)
    assert rows(released, VALUES) == [(63,)]
    refresh(released, [fill(tmp_path / "next", {"landkreis_privat_2019_2.csv": broadband(50)})])
    assert rows(released, VALUES) == [(50,), (63,)]
    assert rows(released, "SELECT count(*) FROM history.observation") == [(3 * 53,)]


def test_another_code_version_looks_at_everything_again(
    inbox: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one version of the decoders could not read, the next may."""
    fill(inbox, {"landkreis_privat_2019_2.csv": broadband(50)})
    with monkeypatch.context() as patch:
        patch.setattr("reference.regions.nrw_kreise", lambda: ("99999",))
        patch.setattr("sources.bnetza_coverage.nrw_kreise", lambda: ("99999",))
        first = refresh(data, [inbox])
    assert (first.exit_code, counts(first)) == (1, (0, 0, 2))
    assert counts(refresh(data, [inbox])) == (0, 0, 2), "the same code does not look twice"
    for module in ("flows.steps", "flows.refresh"):
        monkeypatch.setattr(f"{module}.code_version", lambda: "1.0+fixed")
    assert has_work(data, [])
    second = refresh(data, [])
    assert (second.exit_code, second.published, counts(second)) == (0, True, (0, 2, 0))
    assert rows(data, "SELECT code_version FROM meta.release") == [("1.0+fixed",)]
    assert [folder.name for folder in data.staging.iterdir()] == ["1.0+fixed"]


def test_the_old_decoding_stays_until_the_new_one_is_published(
    published: Path, released: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_release(released)
    with monkeypatch.context() as patch:
        for module in ("flows.steps", "flows.refresh"):
            patch.setattr(f"{module}.code_version", lambda: "1.0+worse")
        patch.setattr("sources.bnetza_coverage.nrw_kreise", lambda: ("99999",))
        assert refresh(released, []).exit_code == 1
    assert current_release(released) == before
    assert not has_work(released, [published / "inbox"]), "back on the code before, nothing is to be done"
