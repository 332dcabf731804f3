"""Checks on a built warehouse before it is published: keys of every relation, and the SQL of checks.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from schemas.registry import relations
from warehouse.build import insert
from warehouse.connect import open_for_building

if TYPE_CHECKING:
    import duckdb

_DECLARED = Path(__file__).parent / "checks.yaml"


@dataclass(frozen=True)
class CheckResult:
    """Result of one check: how many rows were looked at, how many failed, and one of them as an example."""

    check_id: str
    severity: str
    text_de: str
    text_en: str
    checked: int
    failed: int
    example: str = ""

    @property
    def passed(self) -> bool:
        return self.failed == 0


def run_checks(built: Path) -> list[CheckResult]:
    """Run all checks on a built, unpublished warehouse and write them into its quality.check_result."""
    with open_for_building(built) as connection:
        results = [*_keys(connection), *_declared(connection)]
        rows: list[dict[str, Any]] = [vars(result) | {"passed": result.passed} for result in results]
        insert(connection, "quality.check_result", rows)
    return results


def _keys(connection: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    for relation in relations().values():
        key = ", ".join(relation.key)
        yield _result(
            connection,
            check_id=f"key.{relation.name}",
            severity="stop",
            texts=(
                f"Jede Zeile von {relation.name} gibt es einmal",
                f"Every row of {relation.name} exists once",
            ),
            of=relation.name,
            sql=f"SELECT {key}, count(*) AS times FROM {relation.name} GROUP BY {key} HAVING count(*) > 1",
        )


def _declared(connection: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    for check_id, check in yaml.safe_load(_DECLARED.read_text(encoding="utf-8")).items():
        yield _result(
            connection,
            check_id=check_id,
            severity=check["severity"],
            texts=(check["de"], check["en"]),
            of=check["of"],
            sql=check["sql"],
        )


def _result(
    connection: duckdb.DuckDBPyConnection,
    *,
    check_id: str,
    severity: str,
    texts: tuple[str, str],
    of: str,
    sql: str,
) -> CheckResult:
    checked = connection.execute(f"SELECT count(*) FROM {of}").fetchone()
    failed = connection.execute(f"SELECT count(*) FROM ({sql})").fetchone()
    assert checked is not None
    assert failed is not None
    example = ""
    if failed[0]:
        cursor = connection.execute(f"FROM ({sql}) LIMIT 1")
        names = [column[0] for column in cursor.description]
        row = cursor.fetchone()
        assert row is not None
        example = ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True) if value is not None)
    return CheckResult(check_id, severity, *texts, checked=checked[0], failed=failed[0], example=example)
