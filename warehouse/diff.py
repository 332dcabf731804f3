"""What changed between two releases: deliveries, indicator values and why, lights, findings, sizes of marts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.registry import fields
from schemas.text import sql_literal
from warehouse.connect import open_in_memory
from warehouse.data_folder import DataFolder

if TYPE_CHECKING:
    import duckdb

CURRENT, PREVIOUS = "current", "previous"
#: Two sums of the same figures may differ in their last digits; no publisher prints ten.
_TOLERANCE = 1e-10


class NoSuchReleaseError(Exception):
    """The releases asked for are not there; the message names those that are."""


@dataclass(frozen=True)
class ReleaseInfo:
    """The row of meta.release."""

    release_id: str
    released_at: dt.datetime
    code_version: str
    is_synthetic: bool


@dataclass(frozen=True)
class DeliveryChange:
    """A file that is new or gone (a state is None), or whose state changed."""

    delivery_id: str
    source_id: str
    file_name: str
    old_state: str | None
    new_state: str | None
    message: str | None


@dataclass(frozen=True)
class ValueChange:
    """An indicator value that is new or gone, or revised (kind). Bounds without a value are an interval.

    cause  of a revision: those of quality.revision, else `basis`, `table` (it is read from another one), `delivery`
           (a new delivery is among its inputs), `delivery_withdrawn` (one of them is not accepted any more),
           `program` (another code version); several are joined by ", "
    """

    kind: str
    indicator_id: str
    region_id: str
    reference_date: dt.date
    unit: str
    old_value: float | None
    old_lower: float | None
    old_upper: float | None
    new_value: float | None
    new_lower: float | None
    new_upper: float | None
    absolute_change: float | None
    relative_change: float | None
    cause: str | None


@dataclass(frozen=True)
class LightChange:
    """A traffic light that differs; None where it was not there."""

    indicator_id: str
    region_id: str
    old_date: dt.date | None
    new_date: dt.date | None
    old_light: str | None
    new_light: str | None
    light_reason: str | None


@dataclass(frozen=True)
class FindingChange:
    """A finding that is new or gone (a state is None), or whose state changed."""

    finding_id: str
    check_id: str
    severity: str
    old_state: str | None
    new_state: str | None
    text_de: str
    text_en: str


@dataclass(frozen=True)
class MartSize:
    """Rows of a relation of `marts` in both releases; None where a release does not have it."""

    relation: str
    old_rows: int | None
    new_rows: int | None

    @property
    def has_shrunk(self) -> bool:
        return self.old_rows is not None and (self.new_rows or 0) < self.old_rows


@dataclass(frozen=True)
class Diff:
    """All that changed. `not_compared`: relations that one of the two releases does not have in a comparable form."""

    old: ReleaseInfo
    new: ReleaseInfo
    deliveries: list[DeliveryChange]
    values: list[ValueChange]
    lights: list[LightChange]
    findings: list[FindingChange]
    marts: list[MartSize]
    not_compared: list[str]

    def dates(self, kind: str) -> dict[str, list[dt.date]]:
        """Reference dates of the values of one kind by indicator, one for each region that has it."""
        dates = defaultdict(list)
        for value in self.values:
            if value.kind == kind:
                dates[value.indicator_id].append(value.reference_date)
        return dict(sorted(dates.items()))


def release_path(data: DataFolder, release: str) -> Path:
    """File of a release: its id or the beginning of it, `current` or `previous`.

    Raises NoSuchReleaseError where there is none, or several begin so.
    """
    paths = _releases(data)
    by_word = dict(zip((CURRENT, PREVIOUS), reversed(paths), strict=False))
    found = [by_word[release]] if release in by_word else [p for p in paths if p.stem.startswith(release)]
    if len(found) == 1:
        return found[0]
    ids = ", ".join(path.stem for path in paths) or "none"
    if release == PREVIOUS:
        raise NoSuchReleaseError(f"There is no release before the current one to compare with. Releases: {ids}.")
    raise NoSuchReleaseError(
        f"{'Several releases begin' if found else 'No release begins'} with “{release}”. Releases: {ids}."
    )


def release_before(data: DataFolder, release: Path) -> Path | None:
    """File of the release before one, None where it is the first."""
    earlier = [path for path in _releases(data) if path.stem < release.stem]
    return earlier[-1] if earlier else None


def _releases(data: DataFolder) -> list[Path]:
    """Files of all releases, the oldest first: their ids begin with the time (and files being built with a dot)."""
    return sorted(path for path in data.releases.glob("*.duckdb") if not path.name.startswith("."))


def diff(old: Path, new: Path) -> Diff:
    """What changed from one release file to the other."""
    with closing(open_in_memory()) as connection:
        for release, path in (("old", old), ("new", new)):
            connection.execute(f"ATTACH {sql_literal(path)} AS {release} (READ_ONLY)")
        not_compared = _create_views(connection)
        old_release, new_release = (
            ReleaseInfo(*_rows(connection, f"SELECT {_RELEASE} FROM {release}.meta.release")[0])
            for release in ("old", "new")
        )
        return Diff(
            old=old_release,
            new=new_release,
            deliveries=[DeliveryChange(*row) for row in _rows(connection, _DELIVERIES)],
            values=[ValueChange(*row) for row in _rows(connection, _VALUES)],
            lights=[LightChange(*row) for row in _rows(connection, _LIGHTS)],
            findings=[FindingChange(*row) for row in _rows(connection, _FINDINGS)],
            marts=_mart_sizes(connection),
            not_compared=not_compared,
        )


# --- what the two releases have in common ---------------------------------------------------------

_RELEASE = "release_id, released_at, code_version, is_synthetic"
#: Relations that are compared, with the columns it takes. The SQL below reads them as the views old_<name>, new_<name>.
_COMPARED = {
    "meta.delivery": ("delivery_id", "source_id", "file_name", "state", "message"),
    "marts.indicator_value": ("indicator_id", "region_id", "reference_date", "unit", "value", "value_lower",
                              "value_upper", "dataset", "basis"),
    "marts.indicator_status": ("indicator_id", "region_id", "reference_date", "light", "light_reason"),
    "quality.finding": ("finding_id", "check_id", "severity", "state", "text_de", "text_en"),
}  # fmt: skip
#: Relations that tell why a value changed; without them less is known of the cause.
_CAUSES = {
    "meta.lineage": ("indicator_id", "region_id", "reference_date", "input_region_id", "input_variable", "delivery_id"),
    "quality.revision": ("new_delivery_id", "variable", "region_id", "reference_date", "cause"),
}


def _create_views(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Views of both releases, empty where a release of an older program lacks a relation or one of its columns.

    Returns the relations that cannot be compared for that reason: they are empty on both sides.
    """
    not_compared = []
    for relation, columns in _COMPARED.items():
        is_comparable = all(_has(connection, release, relation, columns) for release in ("old", "new"))
        not_compared += [] if is_comparable else [relation]
        for release in ("old", "new"):
            _create_view(connection, release, relation, columns, is_empty=not is_comparable)
    for relation, columns in _CAUSES.items():
        for release in ("old", "new"):
            is_empty = not _has(connection, release, relation, columns)
            _create_view(connection, release, relation, columns, is_empty=is_empty)
    return not_compared


def _has(connection: duckdb.DuckDBPyConnection, release: str, relation: str, columns: Iterable[str]) -> bool:
    schema, name = relation.split(".")
    found = _rows(
        connection,
        f"SELECT column_name FROM duckdb_columns() WHERE database_name = '{release}' AND schema_name = '{schema}' "
        f"AND table_name = '{name}'",
    )
    return set(columns) <= {column for (column,) in found}


def _create_view(
    connection: duckdb.DuckDBPyConnection, release: str, relation: str, columns: Iterable[str], *, is_empty: bool
) -> None:
    if is_empty:
        nothing = ", ".join(f"NULL::{fields()[column].sql_type} AS {column}" for column in columns)
        select = f"SELECT {nothing} WHERE false"
    else:
        select = f"SELECT {', '.join(columns)} FROM {release}.{relation}"
    connection.execute(f"CREATE VIEW {release}_{relation.split('.')[1]} AS {select}")


# --- what differs ---------------------------------------------------------------------------------

_DELIVERIES = """
SELECT delivery_id, coalesce(n.source_id, o.source_id), coalesce(n.file_name, o.file_name), o.state, n.state, n.message
FROM old_delivery o FULL JOIN new_delivery n USING (delivery_id)
WHERE o.state IS DISTINCT FROM n.state
ORDER BY 2, 3, 1
"""
_LIGHTS = """
SELECT indicator_id, region_id, o.reference_date, n.reference_date, o.light, n.light, n.light_reason
FROM old_indicator_status o FULL JOIN new_indicator_status n USING (indicator_id, region_id)
WHERE o.light IS DISTINCT FROM n.light
ORDER BY ALL
"""
_FINDINGS = """
SELECT finding_id, coalesce(n.check_id, o.check_id), coalesce(n.severity, o.severity), o.state, n.state,
       coalesce(n.text_de, o.text_de), coalesce(n.text_en, o.text_en)
FROM old_finding o FULL JOIN new_finding n USING (finding_id)
WHERE o.state IS DISTINCT FROM n.state
ORDER BY 3, 2, 1
"""
_DIFFERS = " OR ".join(
    f"old_{part} IS NULL <> (new_{part} IS NULL) "
    f"OR abs(new_{part} - old_{part}) > {_TOLERANCE} * greatest(abs(old_{part}), abs(new_{part}))"
    for part in ("value", "lower", "upper")
)
_VALUES = f"""
WITH o AS (FROM old_indicator_value WHERE coalesce(value, value_lower, value_upper) IS NOT NULL),
n AS (FROM new_indicator_value WHERE coalesce(value, value_lower, value_upper) IS NOT NULL),
pair AS (
    SELECT indicator_id, region_id, reference_date, coalesce(n.unit, o.unit) AS unit,
           CASE WHEN o.dataset IS NULL THEN 'new' WHEN n.dataset IS NULL THEN 'gone' ELSE 'revised' END AS kind,
           o.value AS old_value, o.value_lower AS old_lower, o.value_upper AS old_upper,
           n.value AS new_value, n.value_lower AS new_lower, n.value_upper AS new_upper,
           o.basis <> n.basis AS is_other_basis, o.dataset <> n.dataset AS is_other_table
    FROM o FULL JOIN n USING (indicator_id, region_id, reference_date)
),
revised AS (  -- values with an input that only the newer release accepts, and what quality.revision says of it
    SELECT l.indicator_id, l.region_id, l.reference_date, true AS has_new_delivery,
           string_agg(DISTINCT r.cause, ', ' ORDER BY r.cause) AS causes
    FROM new_lineage l
    ANTI JOIN (FROM old_delivery WHERE state = 'accepted') d USING (delivery_id)
    LEFT JOIN new_revision r
        ON r.new_delivery_id = l.delivery_id AND r.region_id = l.input_region_id AND r.variable = l.input_variable
        AND r.reference_date = l.reference_date
    GROUP BY ALL
),
withdrawn AS (  -- values with an input that only the older release accepts
    SELECT DISTINCT indicator_id, region_id, reference_date, true AS has_withdrawn_delivery
    FROM old_lineage
    ANTI JOIN (FROM new_delivery WHERE state = 'accepted') USING (delivery_id)
)
SELECT kind, indicator_id, region_id, reference_date, unit, old_value, old_lower, old_upper,
       new_value, new_lower, new_upper, new_value - old_value,
       if(old_value = 0, NULL, (new_value - old_value) / abs(old_value)) AS relative_change,
       CASE WHEN kind <> 'revised' THEN NULL
            WHEN causes IS NOT NULL THEN causes
            WHEN is_other_basis THEN 'basis'
            WHEN is_other_table THEN 'table'
            WHEN has_new_delivery THEN 'delivery'
            WHEN has_withdrawn_delivery THEN 'delivery_withdrawn'
            WHEN (SELECT any_value(code_version) FROM old.meta.release)
                <> (SELECT any_value(code_version) FROM new.meta.release) THEN 'program' END
FROM pair
LEFT JOIN revised USING (indicator_id, region_id, reference_date)
LEFT JOIN withdrawn USING (indicator_id, region_id, reference_date)
WHERE kind <> 'revised' OR {_DIFFERS}
ORDER BY kind, abs(relative_change) DESC NULLS LAST, indicator_id, reference_date, region_id
"""


def _mart_sizes(connection: duckdb.DuckDBPyConnection) -> list[MartSize]:
    sizes = {release: _row_counts(connection, release) for release in ("old", "new")}
    return [
        MartSize(f"marts.{name}", sizes["old"].get(name), sizes["new"].get(name))
        for name in sorted(sizes["old"].keys() | sizes["new"].keys())
    ]


def _row_counts(connection: duckdb.DuckDBPyConnection, release: str) -> dict[str, int]:
    names = _rows(
        connection,
        f"SELECT table_name FROM duckdb_tables() WHERE database_name = '{release}' AND schema_name = 'marts'",
    )
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {release}.marts.\"{name}\"" for (name,) in names)
    return dict(_rows(connection, counts)) if names else {}


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()
