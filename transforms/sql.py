"""Access to the SQL of this room."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def measures_sql() -> str:
    """CREATE MACRO statements of all measures, in schema `marts`; the other files build on measures.sql."""
    paths = sorted(_FOLDER.glob("*.sql"), key=lambda path: (path.name != "measures.sql", path.name))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
