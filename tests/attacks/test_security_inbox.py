"""What lies in an inbox is not trusted: names, links, sizes, kinds of files, and what a manifest says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.attacks.conftest import Command
from tests.flows.conftest import opened
from tests.flows.inboxes import GOOD, broadband, fill, manifest
from warehouse.archive import Archive
from warehouse.data_folder import DataFolder
from warehouse.inbox import MAX_BYTES, _may_follow, files_in

#: A user who is neither root nor we.
STRANGER = 65534
SECRET = "password = Geheim-4711"
#: Control characters, other reading direction, white space, markup, another encoding.
NAMES = [
    b"\x1b[31mred\x1b]0;title\x07.csv",
    b"two\nlines.csv",
    b"caf\xe9.csv",
    b"\xff\xfe.csv",
    "\u202evsc.exe.csv".encode(),
    "\x9b31mred.csv".encode(),
    b"[red]markup[bold].csv",
    b"<img src=x onerror=alert(1)>.csv",
    b"=cmd|' C calc'!A0.csv",
    b"-rf.csv",
    b"%s{0}${IFS}`id`.csv",
    b"'; DROP TABLE meta.delivery; --.csv",
    ("x" * 250 + ".csv").encode(),
]


def test_names_of_all_kinds_come_in_and_are_stored_as_text(cli: Command, inbox: Path, data: DataFolder) -> None:
    for number, name in enumerate(NAMES):
        Path(os.fsdecode(os.fsencode(inbox) + b"/" + name)).write_bytes(b"Bitte bis Freitag %d\n" % number)
    ended = cli("refresh", "--inbox", inbox)
    assert ended.code == 3, ended.stderr
    names = [arrival.file_name for arrival in Archive(data.archive).arrivals()]
    assert len(names) == len(NAMES) + 1
    with opened(data) as connection:
        stored = connection.execute("SELECT file_name, message FROM meta.delivery").fetchall()
    assert len(stored) == len(names)
    for text in (*names, *(part for row in stored for part in row if part)):
        assert text.isprintable(), text
    assert "[red]markup[bold].csv" in names
    for shown in (ended.out, ended.stderr, cli("quality", "list").out, cli("status").out):
        assert not [sign for sign in shown if not sign.isprintable() and sign != "\n"]
    again = cli("refresh", "--inbox", inbox, "--json")
    assert (again.code, again.json["error"]) == (0, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link of somebody else")
def test_links_lead_nowhere_out_of_the_inbox(cli: Command, inbox: Path, data: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "s3monitor-secret.toml").write_text(SECRET)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "passwords.csv").write_text(SECRET)
    (inbox / "link.csv").symlink_to(tmp_path / "s3monitor-secret.toml")
    (inbox / "folder").symlink_to(tmp_path / "elsewhere")
    (inbox / "loop").symlink_to(inbox)
    (inbox / "itself.csv").symlink_to(inbox / "itself.csv")
    (inbox / "dangling.csv").symlink_to(tmp_path / "nothing")
    (inbox / "device.csv").symlink_to("/dev/zero")
    for link in inbox.iterdir():
        os.chown(link, STRANGER, -1, follow_symlinks=False) if link.is_symlink() else None
    ended = cli("refresh", "--inbox", inbox)
    assert (ended.code, "link.csv: " in ended.out) == (3, True), ended
    assert len(list(Archive(data.archive).arrivals())) == 1
    everything = b"".join(path.read_bytes() for path in data.root.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything + ended.stdout + ended.stderr.encode()


def test_links_within_the_inbox_and_a_link_to_the_inbox_are_fine(inbox: Path, tmp_path: Path) -> None:
    (inbox / "other.csv").symlink_to(inbox / GOOD)
    (tmp_path / "linked").symlink_to(inbox)
    for folder in (inbox, tmp_path / "linked"):
        found = files_in(folder)
        assert {file.name: file.problem for file in found} == {GOOD: "", "other.csv": ""}


@pytest.mark.parametrize(
    ("link", "target", "allowed"),
    [(1000, 1000, True), (0, 1000, True), (2000, 2000, True), (2000, 1000, False), (2000, 0, False)],
)
def test_who_may_link_out_of_the_inbox(monkeypatch: pytest.MonkeyPatch, link: int, target: int, allowed: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _may_follow(link, target) is allowed


def test_a_link_of_our_own_is_followed(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "store.csv").write_bytes(broadband(3))
    (inbox / "linked.csv").symlink_to(tmp_path / "store.csv")
    assert [file.problem for file in files_in(inbox)] == ["", ""]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_what_is_no_file_is_refused_and_not_read(cli: Command, inbox: Path, data: DataFolder) -> None:
    os.mkfifo(inbox / "pipe.csv")
    ended = cli("refresh", "--inbox", inbox)
    assert (ended.code, "pipe.csv: " in ended.out) == (3, True), ended
    assert len(list(Archive(data.archive).arrivals())) == 1


def test_a_file_larger_than_any_table_is_not_copied(cli: Command, inbox: Path, data: DataFolder) -> None:
    with (inbox / "huge.csv").open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: takes no room here, and would fill the archive
    ended = cli("refresh", "--inbox", inbox)
    assert (ended.code, "huge.csv: " in ended.out) == (3, True), ended
    assert len(list(Archive(data.archive).arrivals())) == 1


def test_a_manifest_is_text_too(cli: Command, tmp_path: Path, data: DataFolder) -> None:
    row = {
        "path": GOOD,
        "source": "[red]\x1b[31msource",
        "publisher": "\x1b]0;x\x07<b>\u202e",
        "product": "a\x00b",
        "licence": "=1+1",
        "origin": "javascript:alert(1)",
    }
    fill(tmp_path / "inbox", {GOOD: broadband(62.96), "x.txt": b"Bitte\n", **manifest([row, {**row, "path": "x.txt"}])})
    ended = cli("refresh", "--inbox", tmp_path / "inbox")
    assert ended.code == 3, ended
    for record in data.archive.rglob("*.json"):
        provenance = json.loads(record.read_text())["provenance"]
        assert all(str(value).isprintable() for value in provenance.values())
    for shown in (ended.out, ended.stderr, cli("status").out):
        assert not [sign for sign in shown if not sign.isprintable() and sign != "\n"]
    assert "[red][31msource" in ended.out


@pytest.mark.parametrize("path", ["../outside.csv", "/etc/passwd", "a/../../outside.csv"])
def test_a_manifest_names_no_file_outside(cli: Command, inbox: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.csv").write_text(SECRET)
    fill(inbox, manifest([{"path": path}]))
    ended = cli("refresh", "--inbox", inbox)
    assert ended.code == 1
    assert SECRET not in ended.out + ended.stderr
