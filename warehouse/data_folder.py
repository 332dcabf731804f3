"""The data folder: where archive, releases and the published file lie, and who may write to it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class DataFolderError(Exception):
    """The data folder cannot be used as asked; the message says why and what to do."""


@dataclass(frozen=True)
class DataFolder:
    """Paths below one data folder. Only `published` is meant for readers."""

    root: Path

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def staging(self) -> Path:
        """Decoded deliveries; may be deleted at any time, it is rebuilt from the archive."""
        return self.root / "staging"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def published(self) -> Path:
        """The current release under its stable name."""
        return self.root / "s3monitor.duckdb"

    @property
    def quality(self) -> Path:
        return self.root / "quality"

    @property
    def fetched(self) -> Path:
        """What publishers said of the files we took from them; may be deleted, everything is then fetched again."""
        return self.root / "fetched"

    @property
    def site(self) -> Path:
        """The pages of the published release."""
        return self.root / "site"

    @property
    def prefect_home(self) -> Path:
        return self.root / "prefect"

    @property
    def kind(self) -> Path:
        """The marker that makes a folder a data folder."""
        return self.root / "kind.json"

    def is_own(self, path: Path) -> bool:
        """Whether a path is this folder, one of its rooms or something in them, or a folder around it."""
        path, root = path.resolve(), self.root.resolve()
        rooms = (self.archive, self.staging, self.releases, self.quality, self.fetched, self.prefect_home)
        own = (self.published, self.kind, root / "refresh.lock", *rooms, root / "strategy", root / "site")
        return root.is_relative_to(path) or any(path.is_relative_to(mine.resolve()) for mine in own)

    def claim(self, *, synthetic: bool) -> None:
        """Make the folder one of real or of synthetic data; raises DataFolderError where it is the other kind."""
        marker = self.kind
        kind = "synthetic" if synthetic else "real"
        if marker.exists():
            found = _kind(marker)
            if found != kind:
                raise DataFolderError(
                    f"{self.root} holds {found} data and refuses {kind} data. "
                    f"Choose another folder with --data (synthetic and real deliveries never mix)."
                )
            return
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomically(marker, json.dumps({"kind": kind}).encode())

    @contextmanager
    def writing(self, wait: float = 0) -> Iterator[None]:
        """Hold the folder for one writer, after at most `wait` seconds.

        Raises DataFolderError where another refresh still holds it then.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "refresh.lock").open("w") as lock:
            end = time.monotonic() + wait
            while not _locked(lock):
                if time.monotonic() >= end:
                    raise DataFolderError(
                        f"Another refresh is writing to {self.root}. Wait for it to end, then run this again."
                    )
                time.sleep(1)
            yield


def _kind(marker: Path) -> str:
    try:
        return str(json.loads(marker.read_text(encoding="utf-8"))["kind"])
    except (ValueError, LookupError, TypeError) as error:
        raise DataFolderError(
            f'{marker} is damaged: expected {{"kind": "real"}}, or "synthetic" where the folder holds the sample. '
            "Restore it from the backup, or write it so."
        ) from error


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(folder: Path, wait: int = 0) -> Iterator[None]:
    """The lock of a folder; `wait`: LOCK_NB raises BlockingIOError where somebody has it."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | wait)
        yield
    finally:
        os.close(lock)


def write_atomically(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file so that it is there whole or not at all; `durable`: also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    for attempt in range(3):
        temporary.unlink(missing_ok=True)  # what a killed run left, or somebody put in the way: never written through
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        try:
            temporary.replace(path)
            break
        except FileNotFoundError:  # a refresh that starts now took it for what a killed run had left behind
            if attempt == 2:
                raise
    if durable:
        sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file survive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
