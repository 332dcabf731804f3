"""A sample of the kills on a small inbox, and that what a death could do wrong is seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.folders import differences, left_over
from tests.flows.conftest import environment
from tests.flows.inboxes import broadband, file_name, fill, manifest
from tests.flows.test_kill import FILES
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow


def test_a_sample_of_the_kills(tmp_path: Path) -> None:
    """A moment followed by a second death, and a power cut."""
    files = {file_name(number): broadband(number) for number in range(FILES)}
    inbox = fill(tmp_path / "inbox", files | manifest({"path": name} for name in files))
    command = [sys.executable, "-m", "tests.attacks.kill", "--lean", "--kills", "2", "--inbox", str(inbox)]
    ended = subprocess.run(
        [*command, "--only", "random"], env=environment(TMPDIR=str(tmp_path)), capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "| lean: at random | 2 | 0 |" in ended.stdout
    assert "power cut before change" in ended.stderr


def test_what_is_not_whole_is_seen(published: DataFolder) -> None:
    name = next(published.releases.glob("*.duckdb")).stem
    (published.releases / f"{name}.md").unlink()
    (published.releases / "20260101T000000Z-00000000.duckdb").write_bytes(b"never published")
    (published.root / ".site-s3monitor-x").mkdir()
    next(published.archive.glob("??/*.json")).unlink()
    found = "; ".join(left_over(published))
    for fault in (".site-s3monitor-x", f"{name} has no .md", "20260101T000000Z-00000000 has no .html", "is not whole"):
        assert fault in found
    assert differences({"a": (1, "x"), "b": (0, "")}, {"a": (1, "y"), "b": (0, "")}) == [
        "a: (1, 'x') instead of (1, 'y')"
    ]


@pytest.fixture
def published(tmp_path: Path) -> DataFolder:
    from flows.refresh import refresh

    data = DataFolder(tmp_path / "data")
    assert refresh(data, [fill(tmp_path / "inbox", {file_name(0): broadband(1)})]).published
    assert left_over(data) == []
    return data
