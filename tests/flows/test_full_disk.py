"""A disk that is full, read-only or no folder: a clear message, the last release as it was, and a way on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.refresh import refresh
from tests.flows.conftest import COMMAND, Cli, Ended, litter, rows, run
from tests.flows.inboxes import broadband, file_name, fill
from warehouse.data_folder import DataFolder

pytestmark = pytest.mark.slow

#: Runs a command that may write no file longer than so many bytes.
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """An inbox with a file that is not published yet."""
    return fill(tmp_path / "more", {file_name(1): broadband(1)})


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 50 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"mounting is not permitted: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def stopped(ended: Ended, data: DataFolder, before: bytes) -> bool:
    """Whether a refresh ended with a message and the release that was there before it."""
    release = rows(data, "SELECT release_id FROM meta.release")[0][0]
    return (
        ended.code == 1
        and "Traceback" not in ended.stderr
        and ended.out.splitlines()[-1].startswith("Nothing published: ")
        and ended.out.endswith(f". The last release {release} stays published.\n")
        and data.published.read_bytes() == before
    )


@pytest.mark.parametrize("free_kb", [4, 200, 4000], ids=lambda kb: f"{kb} kB free")
def test_a_full_disk(cli: Cli, published: Path, disk: Path, more: Path, free_kb: int) -> None:
    data = DataFolder(disk / "data")
    shutil.copytree(published / "data", data.root)
    before = data.published.read_bytes()
    used_kb = shutil.disk_usage(disk).used // 1024
    remount(disk, f"size={used_kb + free_kb}k")
    ended = cli("refresh", "--inbox", more, "--data", data.root)
    assert stopped(ended, data, before), ended
    assert "No space left on device" in ended.out
    assert litter(data) == []
    remount(disk, "size=50m")
    assert refresh(data, [more]).published
    assert rows(data, "SELECT deliveries FROM meta.release") == [(2,)]


@pytest.mark.parametrize("limit", [100, 2_000, 1_000_000])
def test_a_file_that_cannot_grow(released: DataFolder, more: Path, limit: int) -> None:
    """The same where nothing can be mounted: a write fails in the archive, in staging, in the warehouse."""
    data = released
    before = data.published.read_bytes()
    command = [*COMMAND, "refresh", "--no-prefect", "--inbox", str(more), "--data", str(data.root)]
    ended = run([sys.executable, "-c", LIMITED, str(limit), *command], data.root.parent)
    assert stopped(ended, data, before), ended
    assert "File too large" in ended.out
    assert litter(data) == []
    assert refresh(data, [more]).published


def test_a_read_only_disk_can_be_read(cli: Cli, published: Path, disk: Path, more: Path) -> None:
    data = DataFolder(disk / "data")
    shutil.copytree(published / "data", data.root)
    before = data.published.read_bytes()
    remount(disk, "ro")
    ended = cli("refresh", "--inbox", more, "--data", data.root)
    assert stopped(ended, data, before), ended
    assert "Read-only file system" in ended.out
    assert cli("status", "--data", data.root).code == 0


def test_a_data_folder_that_cannot_be_one(cli: Cli, inbox: Path) -> None:
    file = next(inbox.iterdir())
    ended = cli("refresh", "--inbox", inbox, "--data", file / "data")
    assert ended.code == 1
    assert "Not a directory" in ended.out
    assert "Traceback" not in ended.stderr
