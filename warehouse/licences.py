"""What may be done with each table, and whom to credit: read from its rows, which name delivery or document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reference.licences import Licence, licence_of
from schemas.registry import Relation

if TYPE_CHECKING:
    import duckdb

#: Columns that say where a row comes from, and what their values are.
_KINDS: Final = {
    "delivery_id": "delivery",
    "old_delivery_id": "delivery",
    "new_delivery_id": "delivery",
    "dataset": "dataset",
    "input_dataset": "dataset",
    "sector_scheme": "scheme",
    "crosswalk_version": "crosswalk",
    "document": "document",
    "baseline_document": "document",
}
#: Words for the licence of statements of the strategy's documents, see reference/licences.csv.
_DOCUMENTS: Final = "Dokument"
_CROSSWALKS: Final = (
    "SELECT version, document FROM marts.topic_sector UNION SELECT version, document FROM marts.lead_market_sector"
)


@dataclass(frozen=True, order=True)
class Origin:
    """One publisher under one licence. statement: the licence in the words of the delivery."""

    publisher: str
    attribution: str
    statement: str

    @property
    def licence(self) -> Licence:
        return licence_of(self.statement)


@dataclass(frozen=True)
class Terms:
    """The licence that binds the user of a table, and all origins of its rows in alphabetical order.

    period_months  months between two reference dates of the source that is renewed most often, None without a rhythm
    """

    licence: Licence
    origins: tuple[Origin, ...]
    period_months: int | None

    @property
    def attribution(self) -> str:
        """All credit lines in one."""
        return " · ".join(dict.fromkeys(origin.attribution for origin in self.origins if origin.attribution))


class Provenance:
    """The terms of each table of one release.

    A row leads to its origins by its delivery, dataset, sector scheme, crosswalk or document. Where it names none of
    them, or none that is known, its table may hold anything of the release, and has the terms of the whole.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._origins = _origins(connection)
        self._rhythms = _rhythms(connection)
        accepted = connection.execute("SELECT delivery_id FROM meta.delivery WHERE state = 'accepted'").fetchall()
        self.whole = self._bound(
            {
                *(origin for (delivery,) in accepted for origin in self._origins["delivery", delivery]),
                *(origin for (kind, _), found in self._origins.items() if kind == "document" for origin in found),
            }
        )

    def terms(self, relation: Relation) -> Terms:
        """The terms of a table; the most restrictive licence of its rows binds."""
        columns = [field.name for field in relation.fields if field.name in _KINDS]
        if not columns:
            return self.whole
        named = self._connection.execute(f"SELECT DISTINCT {', '.join(columns)} FROM {relation.name}").fetchall()
        kinds = [_KINDS[column] for column in columns]
        rows = [self._named(zip(kinds, values, strict=True)) for values in named]
        return self._bound(set().union(*rows)) if rows and all(rows) else self.whole

    def _named(self, row: Iterable[tuple[str, str | None]]) -> set[Origin]:
        """Origins that a row names by its values of each kind."""
        return {origin for kind, value in row if value for origin in self._origins.get((kind, value), ())}

    def _bound(self, found: Iterable[Origin]) -> Terms:
        """Of nothing at all, the licence is not known."""
        origins = tuple(sorted(found))
        licences = [origin.licence for origin in origins] or [licence_of(None)]
        rhythms = [self._rhythms[origin.publisher] for origin in origins if origin.publisher in self._rhythms]
        return Terms(max(licences, key=lambda licence: licence.rank), origins, min(rhythms, default=None))


def _rhythms(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Months between two reference dates by publisher, as the deliveries name it."""
    return dict(
        connection.execute(
            "SELECT d.publisher, min(s.period_months) FROM meta.delivery d JOIN meta.source s USING (source_id)"
            " WHERE d.publisher IS NOT NULL AND s.period_months IS NOT NULL GROUP BY d.publisher"
        ).fetchall()
    )


def _origins(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], set[Origin]]:
    """Origins by kind of column and value."""
    origins: dict[tuple[str, str], set[Origin]] = defaultdict(set)
    for delivery, *said, is_synthetic in connection.execute(
        "SELECT delivery_id, coalesce(publisher, ''), coalesce(attribution, ''), coalesce(licence, ''), is_synthetic"
        " FROM meta.delivery"
    ).fetchall():
        origins["delivery", delivery].add(_origin(*said, is_synthetic=is_synthetic))
    for delivery, dataset, scheme in connection.execute(
        "SELECT DISTINCT delivery_id, dataset, sector_scheme FROM history.observation"
    ).fetchall():
        origins["dataset", dataset] |= origins["delivery", delivery]
        if scheme is not None:
            origins["scheme", scheme] |= origins["delivery", delivery]
    for document, title, publisher in connection.execute(
        "SELECT document, title, publisher FROM marts.document"
    ).fetchall():
        origins["document", document].add(Origin(publisher, f"{publisher}: {title}", _DOCUMENTS))
    for version, document in connection.execute(_CROSSWALKS).fetchall():
        origins["crosswalk", version] |= origins["document", document]
    return dict(origins)


def _origin(publisher: str, attribution: str, statement: str, *, is_synthetic: bool) -> Origin:
    """Invented figures are not to be credited to the publisher whose layout they have."""
    if is_synthetic:
        return Origin(publisher, "Synthetische Beispieldaten des S3-Monitors Ruhr (synthetic sample data)", "synthetic")
    return Origin(publisher, attribution, statement)
