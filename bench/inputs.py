"""The files the benchmarks read: the publishers' real ones where there are any, else the synthetic sample."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sources.sample import write_sample

ROOT = Path(__file__).parents[1]
_DEFAULT = ROOT.parent / "shared" / "real"


@dataclass(frozen=True)
class Inbox:
    """A folder of files and the words for it in the report."""

    folder: Path
    described: str
    is_sample: bool = False


@contextmanager
def inbox() -> Iterator[Inbox]:
    """The real files (S3MONITOR_REAL_FILES, else ../shared/real), else the sample in a temporary folder."""
    real = Path(os.environ.get("S3MONITOR_REAL_FILES", _DEFAULT))
    if (real / "MANIFEST.csv").is_file():
        yield Inbox(real, "the publishers' real files")
        return
    with sample_inbox() as sample:
        yield Inbox(sample.folder, "the SYNTHETIC SAMPLE (no real files: set S3MONITOR_REAL_FILES)", is_sample=True)


@contextmanager
def sample_inbox() -> Iterator[Inbox]:
    """The synthetic sample in a temporary folder."""
    with TemporaryDirectory() as folder:
        write_sample(Path(folder))
        yield Inbox(Path(folder), "the synthetic sample", is_sample=True)
