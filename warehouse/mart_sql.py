"""The SQL files of `marts/`."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "marts"


def select(name: str) -> str:
    """Text of `marts/<name>.sql`."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
