"""The archive keeps every file once, as it came."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import stat
from pathlib import Path
from typing import IO

import pytest

from schemas.delivery import Arrival, Provenance, delivery_id_of, known_from
from warehouse.archive import Archive, sha256_of
from warehouse.data_folder import DataFolderError
from warehouse.inbox import Incoming

JANUARY, FEBRUARY = (dt.datetime(2025, month, 5, 8, 30, tzinfo=dt.UTC) for month in (1, 2))
PROVENANCE = Provenance(
    source_id="ba_regionalreport",
    publisher="Statistik der Bundesagentur für Arbeit",
    period="2020-03-31",
    published_on=dt.date(2020, 10, 12),
    licence="cite the source",
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def incoming(folder: Path, name: str, content: bytes, provenance: Provenance = PROVENANCE) -> Incoming:
    path = folder / name
    path.write_bytes(content)
    return Incoming(path, name, provenance)


def test_a_file_is_kept_under_its_hash_with_all_that_is_known_of_it(archive: Archive, tmp_path: Path) -> None:
    content = "Beschäftigte;1714\r\n".encode("cp1252")
    arrival, is_new = archive.take_in(incoming(tmp_path, "05111.csv", content), JANUARY)
    assert is_new
    assert arrival.sha256 == hashlib.sha256(content).hexdigest()
    assert arrival.delivery_id == delivery_id_of(arrival.sha256) == arrival.sha256[:16]
    assert (arrival.bytes, arrival.file_name, arrival.arrived_at) == (19, "05111.csv", JANUARY)
    kept = archive.content_path(arrival.sha256)
    assert kept.read_bytes() == content
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444
    assert Archive(archive.folder).read(arrival.sha256) == arrival
    assert arrival.provenance == PROVENANCE


def test_a_clock_that_went_back_makes_nothing_older_than_what_arrived_before(archive: Archive, tmp_path: Path) -> None:
    assert archive.arrival_time(JANUARY) == JANUARY
    archive.take_in(incoming(tmp_path, "a.csv", b"1"), FEBRUARY)
    assert archive.arrival_time(JANUARY) == FEBRUARY
    assert archive.arrival_time(FEBRUARY + dt.timedelta(days=1)) == FEBRUARY + dt.timedelta(days=1)


@pytest.mark.parametrize("left", [b"", b'{"sha256": "ab', b'{"sha256": "ab"}', b"\xff\x00"])
def test_a_damaged_record_is_named_and_the_same_file_mends_it(archive: Archive, tmp_path: Path, left: bytes) -> None:
    arrival, _ = archive.take_in(incoming(tmp_path, "a.csv", b"1;2"), JANUARY)
    record = archive.content_path(arrival.sha256).with_suffix(".json")
    record.write_bytes(left)
    with pytest.raises(DataFolderError, match=r"\.json is damaged .* Restore it from the backup"):
        list(archive.arrivals())
    again, is_new = archive.take_in(incoming(tmp_path, "a.csv", b"1;2"), FEBRUARY)
    assert is_new
    assert list(archive.arrivals()) == [again]


def test_the_same_bytes_twice_are_one_delivery_whatever_their_name(archive: Archive, tmp_path: Path) -> None:
    first, _ = archive.take_in(incoming(tmp_path, "a.csv", b"1;2"), JANUARY)
    again, is_new = archive.take_in(incoming(tmp_path, "a.csv", b"1;2"), FEBRUARY)
    renamed, is_new_too = archive.take_in(incoming(tmp_path, "b.csv", b"1;2", Provenance()), FEBRUARY)
    assert (is_new, is_new_too) == (False, False)
    assert first == again == renamed
    assert list(archive.arrivals()) == [first]


def test_one_other_byte_is_another_delivery(archive: Archive, tmp_path: Path) -> None:
    archive.take_in(incoming(tmp_path, "b.csv", b"1;3"), FEBRUARY)
    archive.take_in(incoming(tmp_path, "a.csv", b"1;2"), JANUARY)
    archive.take_in(incoming(tmp_path, "a.csv", b""), FEBRUARY)
    arrivals = list(archive.arrivals())
    assert [arrival.arrived_at for arrival in arrivals] == [JANUARY, FEBRUARY, FEBRUARY]
    assert {arrival.bytes for arrival in arrivals} == {3, 0}


def test_the_copy_is_independent_of_the_inbox(archive: Archive, tmp_path: Path) -> None:
    file = incoming(tmp_path, "a.csv", b"1;2")
    arrival, _ = archive.take_in(file, JANUARY)
    file.path.write_bytes(b"9;9")
    file.path.unlink()
    assert archive.content_path(arrival.sha256).read_bytes() == b"1;2"


def test_bytes_without_a_record_have_not_arrived_and_arrive_again(archive: Archive, tmp_path: Path) -> None:
    """The record is written last. Killed before that, the refresh leaves bytes, whole or not, no arrival."""
    file = incoming(tmp_path, "a.csv", b"1;2")
    content = archive.content_path(sha256_of(file.path))
    content.parent.mkdir(parents=True)
    content.write_bytes(b"1")
    content.with_suffix(".part").write_bytes(b"")
    content.chmod(0o444)
    assert list(archive.arrivals()) == []
    arrival, is_new = archive.take_in(file, JANUARY)
    assert is_new
    assert content.read_bytes() == b"1;2"
    assert list(archive.arrivals()) == [arrival]
    assert sorted(path.suffix for path in content.parent.iterdir()) == [".bin", ".json"]


def test_bytes_that_were_lost_are_put_back_under_their_old_record(archive: Archive, tmp_path: Path) -> None:
    arrival, _ = archive.take_in(incoming(tmp_path, "a.csv", b"1"), JANUARY)
    archive.content_path(arrival.sha256).unlink()
    assert archive.take_in(incoming(tmp_path, "b.csv", b"1"), FEBRUARY) == (arrival, False)
    assert archive.content_path(arrival.sha256).read_bytes() == b"1"


def test_what_was_taken_out_of_the_archive_arrives_anew(archive: Archive, tmp_path: Path) -> None:
    """Also where the process has read its record before."""
    file = incoming(tmp_path, "a.csv", b"1")
    arrival, _ = archive.take_in(file, JANUARY)
    assert archive.read(arrival.sha256) == arrival
    shutil.rmtree(archive.content_path(arrival.sha256).parent)
    again, is_new = archive.take_in(file, FEBRUARY)
    assert is_new
    assert archive.read(again.sha256).arrived_at == FEBRUARY


def test_a_killed_record_is_no_record(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = incoming(tmp_path, "a.csv", b"1;2")
    replace = Path.replace

    def killed_at_the_record(path: Path, target: Path) -> Path:
        if target.suffix == ".json":
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed_at_the_record)
        with pytest.raises(KeyboardInterrupt):
            archive.take_in(file, JANUARY)
    assert list(archive.arrivals()) == []
    assert archive.take_in(file, JANUARY)[1]


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    def cut_off(source: IO[bytes], target: IO[bytes], _length: int) -> None:
        target.write(source.read(1))

    monkeypatch.setattr(shutil, "copyfileobj", cut_off)
    with pytest.raises(OSError, match=r"a\.csv changed while it was read"):
        archive.take_in(incoming(tmp_path, "a.csv", b"1;2"), JANUARY)
    assert list(archive.arrivals()) == []
    assert not list(archive.folder.glob("??/*"))


def test_a_record_of_a_newer_version_can_be_read() -> None:
    arrival = Arrival("ab" * 32, 3, "a.csv", JANUARY, PROVENANCE)
    record = arrival.to_json()
    record["provenance"]["contact"] = "added later"
    assert Arrival.from_json(record) == arrival


def test_known_from_is_the_first_of_published_retrieved_arrived() -> None:
    published, retrieved = dt.date(2025, 1, 1), dt.date(2025, 1, 2)
    assert known_from(published, retrieved, JANUARY) == published
    assert known_from(None, retrieved, JANUARY) == retrieved
    assert known_from(None, None, JANUARY) == JANUARY.date()
