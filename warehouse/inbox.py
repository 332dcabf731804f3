"""Reads an inbox: any folder of files, with or without a MANIFEST.csv that tells where they come from."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from schemas.delivery import Provenance

MANIFEST = "MANIFEST.csv"
_DATES = ("published_on", "retrieved_on")


class InboxError(Exception):
    """The inbox cannot be read; the message names the file and row and says what was expected."""


@dataclass(frozen=True)
class Incoming:
    """One file that comes in; `expected_sha256` as the manifest states it, "" where it does not.

    `member`: the file lies in the zip `path` under that name (warehouse/zips.py).
    """

    path: Path
    name: str
    provenance: Provenance
    expected_sha256: str = ""
    member: str = ""

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
    return [_incoming(path, manifest.get(path.relative_to(folder).as_posix())) for path in found]


def _is_delivery(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder)
    hidden = any(part.startswith((".", "~$")) for part in inside.parts)
    return path.is_file() and not hidden and path.name != MANIFEST


def _incoming(path: Path, row: dict[str, str] | None) -> Incoming:
    if row is None:
        return Incoming(path, path.name, Provenance())
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
    return Incoming(path, path.name, provenance, row.get("sha256", "").strip().lower())


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
