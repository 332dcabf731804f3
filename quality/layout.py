"""The layout of a new file against those accepted before: drift the decoder coped with, but a person should see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quality.findings import Finding
from schemas.text import sql_literal
from warehouse.connect import open_in_memory

if TYPE_CHECKING:
    import duckdb

_SHOWN = 8


def layout_findings(built: Path, previous: Path | None) -> list[Finding]:
    """One finding per new delivery whose headers equal those of no earlier delivery of its source.

    A source that is new as a whole has nothing to be compared with, and no finding.
    """
    if previous is None:
        return []
    with open_in_memory() as connection:
        new = _layouts(connection, built)
        old = _layouts(connection, previous)
    known = {delivery for _, delivery, _, _ in old}
    findings = []
    for source_id, delivery_id, file_name, layout in new:
        earlier = [headers for source, _, _, headers in old if source == source_id]
        if delivery_id not in known and earlier and layout not in earlier:
            nearest = min(earlier, key=lambda headers: len(set(headers) ^ set(layout)))
            findings.append(_finding(source_id, delivery_id, file_name, layout, nearest))
    return findings


def _finding(
    source_id: str, delivery_id: str, file_name: str, layout: Sequence[str], nearest: Sequence[str]
) -> Finding:
    added = [header for header in layout if header not in nearest]
    missing = [header for header in nearest if header not in layout]
    moved = not added and not missing
    return Finding(
        check_id="layout_changed",
        subject=delivery_id,
        layer="layout",
        severity="warn",
        text_de=f"{file_name} hat einen neuen Aufbau: "
        + ("dieselben Köpfe in anderer Ordnung" if moved else _listed(added, missing, "neu", "fehlt")),
        text_en=f"{file_name} has a new layout: "
        + ("the same headers in another order" if moved else _listed(added, missing, "new", "missing")),
        todo_de="Köpfe vergleichen. Bedeutet der neue Aufbau dasselbe, den Befund annehmen.",
        todo_en="Compare the headers. Where the new layout means the same, accept the finding.",
        source_id=source_id,
        delivery_id=delivery_id,
    )


def _listed(added: Sequence[str], missing: Sequence[str], new: str, gone: str) -> str:
    parts = []
    for word, headers in ((new, added), (gone, missing)):
        if headers:
            more = f" … (+{len(headers) - _SHOWN})" if len(headers) > _SHOWN else ""
            parts.append(f"{word}: {', '.join(f'“{header}”' for header in headers[:_SHOWN])}{more}")
    return "; ".join(parts)


def _layouts(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str, str, tuple[str, ...]]]:
    connection.execute(f"ATTACH {sql_literal(path)} AS file (READ_ONLY)")
    rows = connection.execute(
        "SELECT source_id, delivery_id, file_name, layout FROM file.meta.delivery "
        "WHERE state = 'accepted' AND layout <> '' ORDER BY ALL"
    ).fetchall()
    connection.execute("DETACH file")
    return [(source, delivery, name, tuple(layout.split("\n"))) for source, delivery, name, layout in rows]
