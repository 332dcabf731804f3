"""Reads an inbox: any folder of files, with or without a MANIFEST.csv that tells where they come from."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

from schemas.delivery import Provenance
from schemas.text import printable

MANIFEST = "MANIFEST.csv"
#: The largest file taken in: three times the largest known (307 MB, the grid of the broadband atlas). A file with
#: holes takes no room in an inbox and would fill the disk as a copy.
MAX_BYTES = 1_000_000_000
_DATES = ("published_on", "retrieved_on")


class InboxError(Exception):
    """The inbox cannot be read; the message names the file and row and says what was expected."""


@dataclass(frozen=True)
class Incoming:
    """One file that comes in; `expected_sha256` as the manifest states it, "" where it does not.

    `member`: the file lies in the zip `path` under that name (warehouse/zips.py). `problem`: why it must not be read.
    Name and provenance are kept as text that can be shown anywhere: whoever may write into an inbox chose them.
    """

    path: Path
    name: str
    provenance: Provenance
    expected_sha256: str = ""
    member: str = ""
    problem: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", printable(self.name) or "�")
        object.__setattr__(self, "provenance", _printable(self.provenance))

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes of the file; raises zipfile.BadZipFile where the member is damaged."""
        with ExitStack() as stack:
            if self.member:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                yield stack.enter_context(archive.open(self.member))
            else:
                yield stack.enter_context(self.path.open("rb"))

    def sha256(self) -> str:
        """Hex sha256 of the file, read in blocks."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def files_in(folder: Path) -> list[Incoming]:
    """All files below a folder in a stable order, hidden files and the manifest left out.

    What is no file, or a link that must not be followed, has a `problem`.
    Raises InboxError where the folder does not exist, or the manifest is malformed or names missing files.
    """
    if not folder.is_dir():
        raise InboxError(f"{folder} is not a folder. --inbox takes a folder of files.")
    manifest = _read_manifest(folder / MANIFEST)
    found = sorted(path for path in folder.rglob("*") if _is_delivery(path, folder))
    missing = set(manifest) - {path.relative_to(folder).as_posix() for path in found}
    if missing:
        raise InboxError(
            f"{folder / MANIFEST} lists {len(missing)} files that are not there, e.g. {min(missing)}. "
            "Copy the missing files or take their rows out."
        )
    return [
        _incoming(path, manifest.get(path.relative_to(folder).as_posix()), _problem(path, folder)) for path in found
    ]


def _is_delivery(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder)
    hidden = any(part.startswith((".", "~$")) for part in inside.parts)
    return not hidden and path.name != MANIFEST and not _is_read_elsewhere(path, folder)


def _is_read_elsewhere(path: Path, folder: Path) -> bool:
    """Folders, whose files are found by themselves; those a link leads to only within the inbox."""
    return path.is_dir() and not (path.is_symlink() and _leads_out(path, folder))


def _leads_out(path: Path, folder: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _problem(path: Path, folder: Path) -> str:
    """Why a file must not be read, "" for a sound one."""
    try:
        found = path.stat()
    except OSError as error:
        return f"expected a file that can be read; found {error.strerror or 'a broken link'}."
    if path.is_symlink() and _leads_out(path, folder) and not _may_follow(path.lstat().st_uid, found.st_uid):
        return (
            "expected a file of the inbox; found a link that leads out of it, made by somebody who does not own what "
            "it leads to. Put a copy of the file there."
        )
    if not stat.S_ISREG(found.st_mode):
        return "expected a file; found a pipe, a device, or a link to a folder outside. Put the files themselves there."
    if found.st_size > MAX_BYTES:
        return f"expected at most {MAX_BYTES // 1_000_000} MB; found {found.st_size // 1_000_000} MB."
    return "" if os.access(path, os.R_OK) else "expected a file that can be read; found one without that permission."


def _may_follow(link_owner: int, target_owner: int) -> bool:
    """Whether a link out of the inbox was made by us, by root, or by the owner of the file it leads to: who may write
    into an inbox must not get at what only we may read. The rule is Apache's SymLinksIfOwnerMatch."""
    return link_owner in (os.geteuid(), 0, target_owner)


def _printable(provenance: Provenance) -> Provenance:
    shown: dict[str, Any] = {}
    for field in fields(provenance):
        value = getattr(provenance, field.name)
        shown[field.name] = printable(value) if isinstance(value, str) else value
    return Provenance(**shown)


def _incoming(path: Path, row: dict[str, str] | None, problem: str) -> Incoming:
    if row is None:
        return Incoming(path, path.name, Provenance(), problem=problem)
    provenance = Provenance(
        source_id=row.get("source", ""),
        publisher=row.get("publisher", ""),
        product=row.get("product", ""),
        period=row.get("period", ""),
        published_on=_date(row.get("published_on")),
        retrieved_on=_date(row.get("retrieved_on")),
        licence=row.get("licence", ""),
        origin=row.get("origin", ""),
        is_synthetic=row.get("is_synthetic", "").strip().lower() in ("true", "1", "yes", "ja"),
    )
    return Incoming(path, path.name, provenance, row.get("sha256", "").strip().lower(), problem=problem)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _read_manifest(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InboxError(f"{path}: expected CSV in UTF-8, found {error}. Save it as CSV UTF-8.") from error
    if rows and "path" not in rows[0]:
        raise InboxError(f"{path}: expected a column “path”, found {', '.join(map(str, rows[0]))}.")
    for problem in _problems(rows):
        raise InboxError(f"{path}, {problem}")
    return {row["path"]: row for row in rows}


def _problems(rows: list[dict[str, str]]) -> Iterator[str]:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if row["path"] in seen:
            yield f"row {number}: “{row['path']}” is listed twice. Keep one row."
        seen.add(row["path"])
        for name in _DATES:
            try:
                dt.date.fromisoformat(row.get(name) or "2000-01-01")
            except ValueError:
                yield f"row {number}, column {name}: expected a date like 2020-10-12, found “{row[name]}”."
