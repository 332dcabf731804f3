"""The archive: every file that ever came in, once, under the sha256 of its bytes, never changed.

archive/ab/ab12….bin    the bytes as they came, read-only
archive/ab/ab12….json   name, time of arrival, provenance; written last: without it the arrival did not happen
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from schemas.delivery import Arrival
from warehouse.data_folder import DataFolderError, sync_file, sync_folder, write_atomically
from warehouse.inbox import Incoming

_BLOCK = 1 << 20


class Archive:
    """Content-addressed store below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take_in(self, incoming: Incoming, now: dt.datetime) -> tuple[Arrival, bool]:
        """(the delivery, whether it is new). The same bytes again are the delivery that is already there.

        Bytes that were lost are put back; a record that cannot be read is written anew.
        """
        sha256 = incoming.sha256()
        known = self._known(sha256)
        if not (known and self.content_path(sha256).exists()):
            self._store(incoming, sha256)
        if known:
            return known, False
        size = self.content_path(sha256).stat().st_size
        arrival = Arrival(sha256, size, incoming.name, now, incoming.provenance)
        record = json.dumps(arrival.to_json(), ensure_ascii=False, indent=1)
        write_atomically(self._record_path(sha256), record.encode())
        return arrival, True

    def _store(self, incoming: Incoming, sha256: str) -> None:
        content = self.content_path(sha256)
        content.parent.mkdir(parents=True, exist_ok=True)
        temporary = content.with_suffix(".part")
        temporary.unlink(missing_ok=True)  # what a killed run left, or somebody put in the way: never written through
        with incoming.open() as source, temporary.open("xb") as target:
            shutil.copyfileobj(source, target, _BLOCK)
        if sha256_of(temporary) != sha256:
            temporary.unlink()
            raise OSError(f"{incoming.path} changed while it was read. Run the refresh again.")
        sync_file(temporary)
        temporary.chmod(0o444)
        temporary.replace(content)
        sync_folder(content.parent)

    def read(self, sha256: str) -> Arrival:
        """Raises FileNotFoundError, or DataFolderError where the record is damaged."""
        return _read(self._record_path(sha256))

    def arrival_time(self, now: dt.datetime) -> dt.datetime:
        """Time of what arrives now, never before the last arrival: a clock that went back must not make it older.

        Of two figures the one that became known later counts.
        """
        arrivals = filter(None, map(self._known, (path.stem for path in self.folder.glob("??/*.json"))))
        return max([now, *(arrival.arrived_at for arrival in arrivals)])

    def _known(self, sha256: str) -> Arrival | None:
        """None also where the record cannot be read."""
        try:
            return self.read(sha256)
        except (FileNotFoundError, DataFolderError):
            return None

    def content_path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.bin"

    def arrivals(self) -> Iterator[Arrival]:
        """Every delivery of the archive, in the order of arrival."""
        arrivals = map(_read, self.folder.glob("??/*.json"))
        yield from sorted(arrivals, key=lambda arrival: (arrival.arrived_at, arrival.sha256))

    def _record_path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.json"


def _read(record: Path) -> Arrival:
    """Raises FileNotFoundError, or DataFolderError where the record is damaged."""
    return _parsed(record, record.stat().st_mtime_ns)


@cache  # a run asks for all of them several times; one that was restored meanwhile has another time
def _parsed(record: Path, _written: int) -> Arrival:
    try:
        return Arrival.from_json(json.loads(record.read_text(encoding="utf-8")))
    except (ValueError, LookupError, TypeError) as error:
        raise DataFolderError(
            f"{record} is damaged ({type(error).__name__}): it tells where a delivery came from. "
            f"Restore it from the backup, or take the same file in again with --inbox; {record.stem}.bin beside it "
            "is that file. Nothing is published until then, because the delivery would be missing."
        ) from error


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
