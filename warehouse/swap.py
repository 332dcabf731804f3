"""A folder that is replaced as a whole: written beside the old one, then put in its place.

What a killed run left beside it is told from other people's folders by its name and by what is in it: nothing else is
ever removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.data_folder import locked, sync_file, sync_folder

#: In the name of the folder in which a new one is written, before the random end.
_MARK = "s3monitor"
#: What such a folder may hold.
_NEW, _OLD = "new", "old"


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """An empty folder beside `out` to write into. At the end it is `out`; where something is raised, `out` stays.

    What killed runs left beside `out` is removed.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with _workshop(out) as workshop:
        building = workshop / _NEW
        building.mkdir()
        yield building
        _swap(building, out, workshop / _OLD)


@contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """A folder beside `out`, locked as long as it is in use: one without its lock was left by a killed run."""
    with locked(out.parent):  # so that nobody sees a new folder before it has its lock
        _remove_left(out)
        workshop = Path(tempfile.mkdtemp(prefix=_prefix(out), dir=out.parent))
        lock = os.open(workshop, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        os.close(lock)


def remove_left(out: Path) -> None:
    """Remove what killed runs left beside `out`; one that died between the two renames gets its folder back."""
    with locked(out.parent):
        _remove_left(out)


def _prefix(out: Path) -> str:
    return f".{out.name}-{_MARK}-"


def _is_left(path: Path, out: Path) -> bool:
    """Whether a folder is one that a killed run of ours left beside `out`."""
    if not path.name.startswith(_prefix(out)) or path.is_symlink() or not path.is_dir():
        return False
    return {inside.name for inside in path.iterdir()} <= {_NEW, _OLD}


def _remove_left(out: Path) -> None:
    for left in out.parent.iterdir():
        try:
            if not _is_left(left, out):
                continue
            with locked(left, fcntl.LOCK_NB):
                if not out.exists() and (left / _OLD).exists():
                    (left / _OLD).rename(out)
                shutil.rmtree(left, ignore_errors=True)
        except (BlockingIOError, FileNotFoundError, PermissionError):
            continue  # another run is writing it, has just finished with it, or it is somebody else's


def flush(folder: Path) -> None:
    """Make a folder and all that is in it survive a power cut."""
    for path in folder.rglob("*"):
        (sync_folder if path.is_dir() else sync_file)(path)
    sync_folder(folder)


def _swap(building: Path, out: Path, old: Path) -> None:
    """Between the two renames there is no folder for some microseconds."""
    if not out.exists():
        building.rename(out)
        return
    out.rename(old)
    try:
        building.rename(out)
    except OSError:
        old.rename(out)
        raise
