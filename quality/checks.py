"""Checks on a built warehouse before it is published: keys of every relation, and the SQL of checks.yaml.

A check compares with the last release where it says so (`previous: true`); the other file is attached read-only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

from reference.declared import read_declared
from schemas.registry import relations
from schemas.text import sql_literal
from warehouse.build import insert
from warehouse.connect import open_for_building, records

if TYPE_CHECKING:
    import duckdb

log = logging.getLogger("s3monitor")
_DECLARED = Path(__file__).parent / "checks.yaml"
_EXAMPLE_COLUMNS = 8
#: Numbers in German and English texts, with `digits` decimals.
_FORMATS = """
CREATE TEMP MACRO en(x, digits) AS format('{:,.' || digits || 'f}', x::DOUBLE);
CREATE TEMP MACRO de(x, digits) AS
    replace(replace(replace(en(x, digits), ',', ' '), '.', ','), ' ', '.');
"""

#: Each figure beside the one before it, of one basis and at most a year (and a month's slack) apart. Several checks
#: look at it, so it is computed once. `log_ratio` is ln(now / before), empty unless both are above zero.
_STEP = """
CREATE TEMP TABLE step AS
SELECT * EXCLUDE basis_before, CASE WHEN before > 0 AND now > 0 THEN ln(now / before) END AS log_ratio,
       concat_ws(' ', variable, CASE WHEN sector_id <> 'TOTAL' THEN sector_id END, nullif(dimensions, '')) AS category
FROM (
    SELECT dataset, variable, unit, sector_scheme, sector_id, dimensions, region_id, length(region_id) = 5 AS is_kreis,
           basis, delivery_id, locator, lag(reference_date) OVER series AS from_date, reference_date AS to_date,
           lag(value) OVER series AS before, value AS now, lag(basis) OVER series AS basis_before
    FROM history.latest WHERE value IS NOT NULL
    WINDOW series AS (PARTITION BY dataset, variable, dimensions, sector_scheme, sector_id, region_id
                      ORDER BY reference_date)
)
WHERE basis_before = basis AND to_date - from_date <= 400
"""

Severity = Literal["stop", "quarantine", "warn", "info"]
#: The gravest first.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
Layer = Literal["arrival", "layout", "schema", "consistency", "continuity", "release"]


class Check(BaseModel):
    """One declared check; the keys are described at the top of checks.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check_id: str
    layer: Layer
    severity: Severity
    owner: Literal["operator", "officer"]
    threshold: str
    de: str
    en: str
    todo_de: str
    todo_en: str
    of: str
    sql: str
    previous: bool = False
    subject: str | None = None
    finding_de: str | None = None
    finding_en: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """Result of one check: how many rows were looked at, how many failed, and the failing rows by column name."""

    check_id: str
    severity: str
    text_de: str
    text_en: str
    checked: int
    failed: int
    example: str = ""
    layer: str = "consistency"
    owner: str = "operator"
    threshold: str = ""
    todo_de: str = ""
    todo_en: str = ""
    rows: tuple[dict[str, Any], ...] = ()

    @property
    def passed(self) -> bool:
        return self.failed == 0


@cache
def declared_checks() -> dict[str, Check]:
    """Checks of checks.yaml by id; raises pydantic.ValidationError where one is malformed."""
    content = read_declared(_DECLARED)
    return {check_id: Check(check_id=check_id, **entry) for check_id, entry in content.items()}


def run_checks(built: Path, previous: Path | None = None, only: str = "") -> list[CheckResult]:
    """Run all checks on a built warehouse; `previous` is the published file, None where there is none.

    `only`: the one declared check to run.
    """
    with open_for_building(built) as connection:
        connection.execute(_FORMATS)
        connection.execute(_STEP)
        if previous:
            connection.execute(f"ATTACH {sql_literal(previous)} AS previous (READ_ONLY)")
            _load_mart_sizes(connection)
            _load_dropped(connection)
        if only:
            return [_result(connection, declared_checks()[only])]
        return [*_keys(connection), *_declared(connection, has_previous=previous is not None)]


def record_results(built: Path, results: list[CheckResult]) -> None:
    """Write results into quality.check_result of a built warehouse."""
    with open_for_building(built) as connection:
        rows: list[dict[str, Any]] = [vars(result) | {"passed": result.passed} for result in results]
        insert(connection, "quality.check_result", rows)


def _keys(connection: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    for relation in relations().values():
        key = ", ".join(relation.key)
        yield _result(
            connection,
            Check(
                check_id=f"key.{relation.name}",
                layer="schema",
                severity="stop",
                owner="operator",
                threshold="keine Ausnahme / no exception",
                de=f"Jede Zeile von {relation.name} gibt es einmal",
                en=f"Every row of {relation.name} exists once",
                todo_de="Betrieb benachrichtigen: dieselbe Zahl kam doppelt an.",
                todo_en="Tell the operator: the same figure arrived twice.",
                of=relation.name,
                sql=f"SELECT {key}, count(*) AS times FROM {relation.name} GROUP BY {key} HAVING count(*) > 1",
            ),
        )


def _declared(connection: duckdb.DuckDBPyConnection, *, has_previous: bool) -> Iterator[CheckResult]:
    import duckdb

    for check in declared_checks().values():
        if check.previous and not has_previous:
            continue
        try:
            yield _result(connection, check)
        except (duckdb.CatalogException, duckdb.BinderException):
            if not check.previous:
                raise
            # published by an older version that had no such relation yet: there is nothing to compare with
            log.info("check %s: the last release cannot be compared with", check.check_id)


def _result(connection: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    checked = connection.execute(f"SELECT count(*) FROM {check.of}").fetchone()
    rows = tuple(records(connection, check.sql))
    assert checked is not None
    return CheckResult(
        check_id=check.check_id,
        severity=check.severity,
        text_de=check.de,
        text_en=check.en,
        checked=checked[0],
        failed=len(rows),
        example=_example(rows[0]) if rows else "",
        layer=check.layer,
        owner=check.owner,
        threshold=check.threshold,
        todo_de=check.todo_de,
        todo_en=check.todo_en,
        rows=rows,
    )


def _example(row: dict[str, Any]) -> str:
    filled = [(name, value) for name, value in row.items() if value is not None]
    return ", ".join(f"{name} {value}" for name, value in filled[:_EXAMPLE_COLUMNS])


def _load_mart_sizes(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows of every mart in the published and in the built file, as temporary table `mart_sizes`."""
    connection.execute("CREATE TEMP TABLE mart_sizes (relation VARCHAR, old_rows BIGINT, new_rows BIGINT)")
    known = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'previous'"
    ).fetchall()
    for (name,) in known:
        if name.startswith("marts.") and name in relations():
            connection.execute(
                f"INSERT INTO mart_sizes SELECT '{name}', (SELECT count(*) FROM previous.{name}), "
                f"(SELECT count(*) FROM {name})"
            )


def _load_dropped(connection: duckdb.DuckDBPyConnection) -> None:
    """Deliveries that counted in the published file and do no longer, as temporary table `dropped`."""
    is_there = connection.execute(
        "FROM duckdb_tables() WHERE database_name = 'previous' AND schema_name = 'meta' AND table_name = 'delivery'"
    ).fetchone()
    counted = "SELECT delivery_id FROM previous.meta.delivery WHERE state = 'accepted'" if is_there else "NULL"
    connection.execute(
        "CREATE TEMP TABLE dropped AS SELECT delivery_id, source_id, file_name, state, message FROM meta.delivery "
        f"WHERE state <> 'accepted' AND delivery_id IN ({counted})"
    )
