"""A delivery is one file that came in once; its identity is the sha256 of its bytes."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, fields
from typing import Any

from schemas.text import printable


def delivery_id_of(sha256: str) -> str:
    """Short id of a delivery, unique in any archive a person will ever hold: 16 hex digits of the sha256."""
    return sha256[:16]


@dataclass(frozen=True)
class Provenance:
    """What is known of a file from outside it (a MANIFEST.csv or a download), empty where unknown.

    `period` is the publisher's period of the file in ISO form (`2020-03-31`, `2024`, `2015/2020`).
    """

    source_id: str = ""
    publisher: str = ""
    product: str = ""
    period: str = ""
    published_on: dt.date | None = None
    retrieved_on: dt.date | None = None
    licence: str = ""
    origin: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True)
class Arrival:
    """One file in the archive: bytes, name under which it first came, provenance, time of arrival (UTC)."""

    sha256: str
    bytes: int
    file_name: str
    arrived_at: dt.datetime
    provenance: Provenance

    @property
    def delivery_id(self) -> str:
        return delivery_id_of(self.sha256)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types; dates as ISO text."""
        record = asdict(self)
        record["arrived_at"] = self.arrived_at.isoformat()
        for name in ("published_on", "retrieved_on"):
            date = record["provenance"][name]
            record["provenance"][name] = date.isoformat() if date else None
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Arrival:
        """The inverse of `to_json`. Unknown keys of a newer version are ignored."""
        known = {field.name for field in fields(Provenance)}
        provenance = {key: value for key, value in record["provenance"].items() if key in known}
        for name in ("published_on", "retrieved_on"):
            provenance[name] = _date(provenance.get(name))
        return cls(
            sha256=record["sha256"],
            bytes=record["bytes"],
            file_name=printable(record["file_name"]),
            arrived_at=dt.datetime.fromisoformat(record["arrived_at"]),
            provenance=Provenance(**provenance),
        )


def known_from(
    published_on: dt.date | None,
    retrieved_on: dt.date | None,
    arrived_at: dt.datetime,
    retrieved_by: dt.date | None = None,
) -> dt.date:
    """Day from which the content of a delivery was known: published, else retrieved, else arrived.

    The first two are taken from its provenance, else from what the file itself prints. `retrieved_by` is the latest
    day on which it can have been retrieved: an old file may arrive long after.
    """
    return published_on or retrieved_on or min(arrived_at.date(), retrieved_by or dt.date.max)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
