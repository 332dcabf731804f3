"""Zips that wrap files: what comes in of them, and that no zip does harm."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.refresh import has_work, refresh
from schemas.delivery import Provenance
from tests.flows.inboxes import GOOD, broadband, fill, workbook, zipped
from warehouse import zips
from warehouse.archive import Archive
from warehouse.data_folder import DataFolder
from warehouse.inbox import Incoming
from warehouse.zips import unpacked

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
TWO = {"a.csv": b"1;2\n", "b.csv": b"3;4\n"}


def arrived(folder: Path, content: bytes, provenance: Provenance | None = None) -> Incoming:
    path = folder / "package.zip"
    path.write_bytes(content)
    return Incoming(path, path.name, provenance or Provenance(), expected_sha256="0" * 64)


def contents(parts: list[Incoming]) -> dict[str, bytes]:
    found = {}
    for part in parts:
        with part.open() as file:
            found[part.name] = file.read()
    return found


def names(folder: Path, content: bytes, *wanted: str) -> list[str]:
    return [part.name for part in unpacked(arrived(folder, content), wanted)]


def test_each_member_is_a_file_of_its_own(tmp_path: Path) -> None:
    parts = unpacked(
        arrived(tmp_path, zipped({"Paket_3/a.csv": b"1;2\n", "b.csv": b"3;4\n"}), Provenance(publisher="BNetzA"))
    )
    assert contents(parts) == TWO
    assert [part.provenance.origin for part in parts] == ["package.zip#Paket_3/a.csv", "package.zip#b.csv"]
    assert {(part.provenance.publisher, part.expected_sha256) for part in parts} == {("BNetzA", "")}


def test_a_member_leads_back_to_the_address_of_its_zip(tmp_path: Path) -> None:
    [part] = unpacked(arrived(tmp_path, zipped({"a.csv": b"1"}), Provenance(origin="https://example.org/x.zip")))
    assert part.provenance.origin == "https://example.org/x.zip#a.csv"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("*Arbeitslose.xlsx",), ["202509_Arbeitslose.xlsx"]),
        (("*.csv", "*Quoten.xlsx"), ["202509_ArbeitslosenQuoten.xlsx", "deep.csv"]),
        ((), ["202509_Arbeitslose.xlsx", "202509_ArbeitslosenQuoten.xlsx", "deep.csv"]),
    ],
)
def test_only_wanted_members_come_in(tmp_path: Path, wanted: tuple[str, ...], found: list[str]) -> None:
    content = zipped(
        {
            "202509_Arbeitslose.xlsx": b"1",
            "202509_ArbeitslosenQuoten.xlsx": b"2",
            "a/b/deep.csv": b"3",
            "__MACOSX/a.csv": b"4",
            ".DS_Store": b"5",
            "a/.hidden.csv": b"6",
        }
    )
    assert names(tmp_path, content, *wanted) == found


def test_the_same_name_in_two_folders_is_two_files(tmp_path: Path) -> None:
    parts = unpacked(arrived(tmp_path, zipped({"2019/kreise.csv": b"1", "2020/kreise.csv": b"2"})))
    assert [part.name for part in parts] == ["kreise.csv", "kreise.csv"]
    archive = Archive(tmp_path / "archive")
    assert [archive.take_in(part, NOW)[1] for part in parts] == [True, True]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/shadow", "C:\\boot\\boot.ini", "..\\..\\x.csv", "a/../b.csv"]
)
def test_a_path_in_a_name_leads_nowhere(tmp_path: Path, name: str) -> None:
    [part] = unpacked(arrived(tmp_path, zipped({name: b"1;2\n"})))
    assert part.name in ("passwd", "shadow", "boot.ini", "x.csv", "b.csv")
    arrival, _ = Archive(tmp_path / "in" / "archive").take_in(part, NOW)
    assert arrival.file_name == part.name
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(tmp_path / "in" / "archive") or path.name == "package.zip" for path in written)


# --- left whole


def locked() -> bytes:
    """The mark of a member with a password, in its own header and in the directory."""
    content = bytearray(zipped({"a.csv": b"1;2\n"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def compressed_otherwise(method: int) -> bytes:
    content = bytearray(zipped({"a.csv": b"1;2\n"}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + offset] = method
    return bytes(content)


def understated() -> bytes:
    """A directory that says a member unpacks to 10 bytes; it has a megabyte."""
    content = bytearray(zipped({"a.csv": bytes(1_000_000)}))
    start = content.index(b"PK\x01\x02") + 24
    content[start : start + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def twice_the_same_name() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.csv", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", b"2")
    return content.getvalue()


def damaged() -> bytes:
    content = bytearray(zipped({"a.csv": b"1;2\n" * 99}))
    content[40:42] = b"\0\0"
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(workbook(), id="a workbook"),
        pytest.param(zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "c.xml": b""}), id="ODS"),
        pytest.param(zipped(TWO)[:-40], id="cut"),
        pytest.param(zipped(TWO).replace(b"a.csv", b"x.csv", 1), id="two names for a member"),
        pytest.param(damaged(), id="damaged"),
        pytest.param(locked(), id="locked"),
        pytest.param(compressed_otherwise(97), id="unknown compression"),
        pytest.param(compressed_otherwise(14), id="no LZMA"),
        pytest.param(compressed_otherwise(12), id="no BZIP2"),
        pytest.param(understated(), id="understated size"),
        pytest.param(zipped({"a.csv": b"1"}).replace(b"a.csv", b"\0.csv"), id="a member without a name"),
        pytest.param(zipped({}), id="empty"),
        pytest.param(zipped({"__MACOSX/a.csv": b"1", ".b": b"2"}), id="hidden files only"),
        pytest.param(b"ags;value\n05113;1\n", id="no zip"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_wraps_no_files_or_cannot_be_opened_stays_whole(tmp_path: Path, content: bytes) -> None:
    incoming = arrived(tmp_path, content)
    assert unpacked(incoming) == [incoming]


def test_two_members_of_one_name_stay_together(tmp_path: Path) -> None:
    """Only one of them could be opened by its name."""
    incoming = arrived(tmp_path, twice_the_same_name())
    assert unpacked(incoming) == [incoming]


def test_a_zip_without_what_is_wanted_stays_whole(tmp_path: Path) -> None:
    """So that somebody sees that the publisher renamed it."""
    assert names(tmp_path, zipped(TWO), "*.xlsx") == ["package.zip"]


@pytest.mark.parametrize(("limit", "value"), [("MAX_UNPACKED_BYTES", 7), ("MAX_MEMBERS", 1)])
def test_a_zip_that_holds_too_much_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    assert names(tmp_path, zipped(TWO)) == ["a.csv", "b.csv"]
    monkeypatch.setattr(zips, limit, value)
    assert names(tmp_path, zipped(TWO)) == ["package.zip"]


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4), st.integers(0, 60))
def test_no_damage_gets_past_or_stops_a_run(changes: list[tuple[int, int]], cut: int) -> None:
    """A member comes in with the bytes its checksum vouches for, or the zip stays whole."""
    content = bytearray(zipped(TWO))
    for place, byte in changes:
        content[place % len(content)] = byte
    with tempfile.TemporaryDirectory() as folder:
        parts = unpacked(arrived(Path(folder), bytes(content[: len(content) - cut])))
        found = contents(parts)
    assert found.keys() == {"package.zip"} or set(found.values()) <= set(TWO.values())


# --- an inbox


def test_the_members_of_a_zip_in_an_inbox_are_deliveries(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    halves = {GOOD: broadband(62.96), GOOD.replace("2020_2", "2020_1"): broadband(60)}
    inbox = fill(tmp_path / "inbox", {"Paket_3.zip": zipped(halves)})
    assert has_work(data, [inbox])
    first = refresh(data, [inbox])
    assert (first.exit_code, [(s.source, s.new) for s in first.sources]) == (0, [("bnetza_breitbandatlas", 2)])
    arrivals = list(Archive(data.archive).arrivals())
    assert {arrival.file_name for arrival in arrivals} == halves.keys()
    assert {arrival.provenance.origin for arrival in arrivals} == {f"Paket_3.zip#{name}" for name in halves}

    fill(inbox, {"Paket_3.zip": zipped(dict(reversed(halves.items())))})  # packed again, as for every download
    assert not has_work(data, [inbox])
    again = refresh(data, [inbox])
    assert (again.published, [(s.new, s.unchanged) for s in again.sources]) == (False, [(0, 2)])
