"""Releases: a checked warehouse becomes the published one in a single rename; the last few stay on disk."""

from __future__ import annotations

import datetime as dt
import filecmp
import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Any

from warehouse.build import insert
from warehouse.connect import open_for_building, open_published, records
from warehouse.data_folder import DataFolder, sync_file, sync_folder
from warehouse.swap import remove_left

#: Kept on disk: the current release and those before it, a year of monthly refreshes.
KEEP = 12
_BUILDING = ".building-"
#: As `release_id` makes it.
RELEASE_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{1,8}")
#: Prefix of folders below the data folder for files on their way into the archive.
FETCHING = ".fetching-"
#: What a write that did not end leaves behind.
_LITTER = (
    "archive/??/*.part",
    "archive/??/.*.tmp",
    "staging/*/*.part",
    "staging/*/.*.tmp",
    "fetched/.*.tmp",
    "quality/.*.tmp",
    "quality/data-docs/*/.*.tmp",
    "releases/.*.tmp",
    ".*.tmp",
)


def release_id(now: dt.datetime, inputs: str) -> str:
    """Id that sorts by time and names its inputs: `20261121T231435Z-3f2a9c01`."""
    return f"{now:%Y%m%dT%H%M%SZ}-{inputs[:8]}"


def next_time(data: DataFolder, now: dt.datetime) -> dt.datetime:
    """Time of the next release (UTC): now, yet after the current release also where a clock went back since.

    Releases are told older from newer by it: the last KEEP stay on disk, a report compares with the one before.
    """
    current = current_release(data)
    if current is None:
        return now
    earliest: dt.datetime = current["released_at"].replace(tzinfo=dt.UTC) + dt.timedelta(seconds=1)
    return max(now, earliest)


def inputs_fingerprint(parts: list[str]) -> str:
    """Hex sha256 over everything a release is computed from; the same parts give the same release."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def current_release(data: DataFolder) -> dict[str, Any] | None:
    """The row of meta.release of the published file, None where nothing is published."""
    if not data.published.exists():
        return None
    with open_published(data.published) as connection:
        found = records(connection, "FROM meta.release")
    return found[0] if found else None


def building_path(data: DataFolder, release: str) -> Path:
    """Where a release is built, out of sight of readers."""
    data.releases.mkdir(parents=True, exist_ok=True)
    return data.releases / f"{_BUILDING}{release}.duckdb"


def record_release(path: Path, row: dict[str, Any]) -> None:
    """Write meta.release into a built warehouse; counts are taken from the file itself."""
    with open_for_building(path) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM meta.delivery WHERE state = 'accepted'),"
            " (SELECT count(*) FROM history.observation),"
            " (SELECT count(*) FROM quality.check_result WHERE passed),"
            " (SELECT count(*) FROM quality.check_result WHERE NOT passed)"
        ).fetchone()
        assert counts is not None
        names = ("deliveries", "observations", "checks_passed", "checks_failed")
        insert(connection, "meta.release", [row | dict(zip(names, counts, strict=True))])
        connection.execute("CHECKPOINT")


def publish(data: DataFolder, built: Path, release: str) -> Path:
    """Make a built file the current release. Readers see the old file whole or the new one whole."""
    sync_file(built)
    built.chmod(0o444)
    temporary = data.root / f".{data.published.name}.new"
    temporary.unlink(missing_ok=True)
    try:
        os.link(built, temporary)  # the same bytes under both names, no copy
    except OSError:  # a file system without hard links
        shutil.copy(built, temporary)  # read-only as well
        sync_file(temporary)
    temporary.replace(data.published)  # from here on it is published; `tidy` does the rest for a run that is killed
    sync_folder(data.root)
    return _keep(data, built, f"{release}.duckdb")


def _keep(data: DataFolder, built: Path, name: str) -> Path:
    """Give a file that is published its place among the releases."""
    kept = data.releases / name
    built.replace(kept)
    sync_folder(data.releases)
    return kept


def tidy(data: DataFolder) -> None:
    """Remove what killed runs left behind, and releases beyond the last KEEP.

    Only in a data folder: in another, named by mistake, files with such names are somebody's own.
    """
    if not (data.kind.exists() or data.published.exists()):
        return
    for built in data.releases.glob(f"{_BUILDING}*.duckdb"):
        if data.published.exists() and filecmp.cmp(built, data.published, shallow=False):
            _keep(data, built, built.name.removeprefix(_BUILDING))
    for litter in [*data.releases.glob(f"{_BUILDING}*"), *data.root.glob(f"{FETCHING}*")]:
        if litter.is_dir():  # what did not fit into DuckDB's memory, or came from a publisher
            shutil.rmtree(litter)
        else:
            litter.unlink()
    (data.root / f".{data.published.name}.new").unlink(missing_ok=True)
    for pattern in _LITTER:
        for part in data.root.glob(pattern):
            part.unlink(missing_ok=True)  # a Dask worker that was taken for dead may be renaming it
    remove_left(data.site)
    for old in sorted(data.releases.glob("*.duckdb"))[:-KEEP]:
        old.unlink()
