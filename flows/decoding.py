"""Decoding: from archived files to staged observations, and a verdict on each file."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from schemas.delivery import Arrival, known_from
from warehouse.archive import Archive
from warehouse.connect import open_in_memory
from warehouse.staging import Staged, StagedRemark, Staging

if TYPE_CHECKING:
    import duckdb

    from sources.product import Decoded

log = logging.getLogger("s3monitor")


def decoded(staging: Staging, archive: Archive, arrivals: Sequence[Arrival]) -> Iterator[Staged]:
    """Write the observations of deliveries and give the verdict on each: `decoded`, or `quarantined` with the reason.

    The verdict is the caller's to save: without one a delivery is decoded again, so it is saved last.
    Raises OSError where the archive cannot be read or staging not be written: that is no fault of a file.
    """
    with open_in_memory() as connection:
        for arrival in arrivals:
            yield _decoded(staging, archive, connection, arrival)


def _decoded(staging: Staging, archive: Archive, connection: duckdb.DuckDBPyConnection, arrival: Arrival) -> Staged:
    from sources.arrived_file import ArrivedFile
    from sources.catalogue import recognise
    from sources.rejected import Rejected

    file = ArrivedFile(archive.content_path(arrival.sha256), arrival.file_name, arrival.provenance.period)
    _ = file.content  # an archive that cannot be read speaks up here, and no file is quarantined for it
    product_id = ""
    try:
        product = recognise(file)
        product_id = product.product_id
        found = product.decode(file)
        _settle(arrival, found)
    except Rejected as problem:
        return _quarantined(arrival, product_id, problem.message)
    except Exception as problem:  # one file that no decoder foresaw must not stop the others
        log.exception("decode: %s", arrival.file_name)
        reason = f"the decoder failed with {type(problem).__name__}: {problem}. Please report it."
        return _quarantined(arrival, product_id, reason)
    return _staged(staging, connection, arrival, product_id, found)


def _staged(
    staging: Staging, connection: duckdb.DuckDBPyConnection, arrival: Arrival, product_id: str, found: Decoded
) -> Staged:
    from schemas.observation import to_frame

    published_on, retrieved_on = _dates(arrival, found)
    known = known_from(published_on, retrieved_on, arrival.arrived_at, found.retrieved_by)
    if found.observations:
        staging.save_observations(connection, arrival.delivery_id, to_frame(found.observations))
    if found.boundaries:
        staging.save_boundaries(arrival.delivery_id, found.boundaries)
    return Staged(
        delivery_id=arrival.delivery_id,
        sha256=arrival.sha256,
        state="decoded",
        product_id=product_id,
        source_id=found.source_id,
        period=found.period,
        published_on=_iso(published_on),
        retrieved_on=_iso(retrieved_on),
        known_from=known.isoformat(),
        layout="\n".join(found.layout),
        observations=len(found.observations),
        remarks=[StagedRemark(r.check_id, r.text, r.where) for r in found.remarks],
    )


def _dates(arrival: Arrival, found: Decoded) -> tuple[dt.date | None, dt.date | None]:
    """Day of publication and of retrieval: as the provenance states them, else as the file prints them."""
    origin = arrival.provenance
    return origin.published_on or found.published_on, origin.retrieved_on or found.retrieved_on


def _settle(arrival: Arrival, found: Decoded) -> None:
    """Fill in the basis of the figures; raises Rejected where nothing states the day that decides on it."""
    from sources.genesis.settle_basis import settle_basis

    dates = _dates(arrival, found)
    known = known_from(*dates, arrival.arrived_at, found.retrieved_by)
    is_bound = not any(dates) and found.retrieved_by is not None
    found.observations = settle_basis(found.observations, known, or_earlier=is_bound)


def _quarantined(arrival: Arrival, product_id: str, message: str) -> Staged:
    return Staged(
        delivery_id=arrival.delivery_id,
        sha256=arrival.sha256,
        state="quarantined",
        product_id=product_id,
        source_id=arrival.provenance.source_id or product_id or "unknown",
        message=message,
    )


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
