"""Who may read and change what is written: permissions, temporary files, the file of settings, logins on the line."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.prefect_flow import configure_prefect
from tests.attacks.conftest import Command
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.archive import Archive
from warehouse.data_folder import DataFolder, write_atomically
from warehouse.inbox import files_in

PASSWORD = "Geheim-4711"
ACCOUNT = f'[accounts.bkg]\nuser = "x"\npassword = "{PASSWORD}"\n'


@pytest.fixture
def open_umask() -> Iterator[None]:
    """As on a machine that lets everybody write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_nobody_else_may_write_what_is_written(command: Command, tmp_path: Path, open_umask: None) -> None:
    fill(tmp_path / "inbox", {GOOD: broadband(62.96), "notes.txt": b"Bitte\n"})
    os.chmod(tmp_path / "inbox" / GOOD, 0o666)  # noqa: PTH101
    assert command("refresh", "--inbox", "inbox").code == 3
    assert command("export", "out").code == 0
    assert command("query", "SELECT 1", "--output", "answer.csv").code == 0
    made = [tmp_path / name for name in ("data", "out", "answer.csv")]
    written = [path for top in made for path in (top, *top.rglob("*"))]
    assert {str(path): oct(mode(path)) for path in written if not path.is_symlink() and mode(path) & stat.S_IWOTH} == {}
    releases = list((tmp_path / "data" / "releases").glob("*.duckdb"))
    kept = [*releases, tmp_path / "data" / "s3monitor.duckdb", *(tmp_path / "data" / "archive").rglob("*.bin")]
    assert {mode(path) & 0o222 for path in kept} == {0}


def test_the_store_of_prefect_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PREFECT_HOME", "PREFECT_LOGGING_LEVEL", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"):
        monkeypatch.setenv(name, "kept")
    configure_prefect(tmp_path / "data" / "prefect", quiet=True)
    assert mode(tmp_path / "data" / "prefect") == 0o700


@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link"])
def test_no_file_put_in_the_way_is_written_through(data: DataFolder, tmp_path: Path, kind: str) -> None:
    """Names of temporary files can be guessed; what lies there already is replaced, not followed."""
    victim = tmp_path / "victim.txt"
    if kind != "dangling link":
        victim.write_text("mine")

    def put(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(victim) if kind == "hard link" else path.symlink_to(victim)

    target = data.root / "kind.json"
    put(target.with_name(f".{target.name}.{os.getpid()}.tmp"))
    write_atomically(target, b"new")
    (incoming,) = files_in(fill(tmp_path / "inbox", {"a.csv": b"content"}))
    archive = Archive(data.archive)
    sha256 = incoming.sha256()
    put(archive.content_path(sha256).with_suffix(".part"))
    archive.take_in(incoming, dt.datetime.now(dt.UTC))
    assert (target.read_bytes(), archive.content_path(sha256).read_bytes()) == (b"new", b"content")
    assert not archive.content_path(sha256).is_symlink()
    assert victim.exists() == (kind != "dangling link")
    assert not victim.exists() or victim.read_text() == "mine"


@pytest.mark.parametrize(("bits", "told"), [(0o644, True), (0o604, True), (0o640, False), (0o600, False)])
def test_a_file_of_settings_with_secrets_that_all_may_read_is_told(
    command: Command, tmp_path: Path, bits: int, told: bool
) -> None:
    (tmp_path / "s3monitor.toml").write_text(ACCOUNT)
    (tmp_path / "s3monitor.toml").chmod(bits)
    ended = command("status")
    assert ("chmod 600 s3monitor.toml" in ended.stderr) is told
    assert PASSWORD not in ended.stderr + ended.out


def test_without_secrets_everybody_may_read_it(command: Command, tmp_path: Path) -> None:
    (tmp_path / "s3monitor.toml").write_text('contact = "x@example.org"\n')
    (tmp_path / "s3monitor.toml").chmod(0o644)
    assert "chmod" not in command("status").stderr


def test_a_file_of_settings_that_all_may_write_is_told(command: Command, tmp_path: Path) -> None:
    """Who writes there chooses where logins are sent."""
    (tmp_path / "s3monitor.toml").write_text('contact = "x@example.org"\n')
    (tmp_path / "s3monitor.toml").chmod(0o666)
    assert "chmod" in command("status").stderr


@pytest.mark.parametrize(
    ("address", "refused"),
    [("http://genesis.example/ws", True), ("http://127.0.0.1:1/ws", False), ("http://localhost:1/ws", False),
     ("https://127.0.0.1:1/ws", False), ("http://127.0.0.1.evil.example/ws", True)],
)  # fmt: skip
def test_a_login_goes_over_no_open_line(command: Command, address: str, refused: bool) -> None:
    ended = command(
        "probe", "--only", "regionalstatistik_12411-01-01-4",
        S3MONITOR_ADDRESSES=json.dumps({"regionalstatistik": address}),
        S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER="kennung77",
        S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__PASSWORD=PASSWORD,
        S3MONITOR_TRIES="1",
    )  # fmt: skip
    said = " ".join(ended.stderr.replace("│", " ").split())
    assert (ended.code == 2, "expected https" in said) == (refused, refused), ended
    assert PASSWORD not in ended.stderr + ended.out
