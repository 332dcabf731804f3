"""The synthetic sample: invented numbers in the publishers' real layouts, the same on every run."""

from __future__ import annotations

from pathlib import Path


def write_sample(folder: Path, seed: int = 2020) -> list[Path]:
    """See `sources.sample.write.write_sample`."""
    from sources.sample.write import write_sample as write

    return write(folder, seed)
