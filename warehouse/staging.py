"""Staging: what was decoded from each delivery, between the archive and the warehouse.

    staging/<code version>/<delivery_id>.parquet   observations (missing where the file holds none)
    staging/<code version>/<delivery_id>.json      the verdict: accepted or quarantined, and why
    staging/<code version>/<delivery_id>.geometry  outlines of regions (JSON), where the file holds some

It depends on the archive and on the code alone, so another code version decodes everything again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from schemas.boundary import Boundary
from schemas.observation import Observation
from schemas.registry import fields
from schemas.text import sql_literal
from warehouse.data_folder import DataFolder, sync_file, write_atomically

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

State = Literal["decoded", "accepted", "quarantined", "withdrawn"]


@dataclass(frozen=True)
class StagedRemark:
    """A remark of a decoder or a check on one delivery (see quality/)."""

    check_id: str
    text: str
    where: str = ""


@dataclass(frozen=True)
class Staged:
    """What became of one delivery. Dates as ISO text, "" where the file prints none.

    state: `decoded` (not yet validated), `accepted`, or `quarantined` with `message` saying why; `withdrawn` is never
    staged: an accepted delivery has that state while a person's decision says so.
    """

    delivery_id: str
    sha256: str
    state: State
    product_id: str = ""
    source_id: str = ""
    period: str = ""
    published_on: str = ""
    retrieved_on: str = ""
    known_from: str = ""
    layout: str = ""
    observations: int = 0
    message: str = ""
    remarks: list[StagedRemark] = field(default_factory=list)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Staged:
        remarks = [StagedRemark(**remark) for remark in record.pop("remarks")]
        return cls(**record, remarks=remarks)


@lru_cache(maxsize=100_000)  # a run asks for all of them several times
def _read(path: Path, _inode: int, _mtime: int) -> Staged:
    """A verdict file; it is replaced and never written to, so the same inode and time are the same verdict."""
    return Staged.from_json(json.loads(path.read_text(encoding="utf-8")))


class Staging:
    """Verdicts and observations of one code version."""

    def __init__(self, data: DataFolder, code_version: str) -> None:
        self.folder = data.staging / code_version

    def verdict(self, delivery_id: str) -> Staged | None:
        """The verdict on a delivery, None where this code version has not looked at it.

        A verdict that a power cut left empty, or without its observations, is none: the delivery is decoded again.
        """
        path = self.folder / f"{delivery_id}.json"
        try:
            stat = path.stat()
            staged = _read(path, stat.st_ino, stat.st_mtime_ns)
        except (FileNotFoundError, ValueError, LookupError, TypeError):
            return None
        needs_observations = staged.observations and staged.state != "quarantined"
        return None if needs_observations and not self.observations_path(delivery_id).exists() else staged

    def save(self, staged: Staged) -> None:
        record = json.dumps(asdict(staged), ensure_ascii=False)
        write_atomically(self.folder / f"{staged.delivery_id}.json", record.encode(), durable=False)

    def observations_path(self, delivery_id: str) -> Path:
        return self.folder / f"{delivery_id}.parquet"

    def save_observations(self, connection: duckdb.DuckDBPyConnection, delivery_id: str, frame: pd.DataFrame) -> None:
        """Write the observations of one delivery; `frame` has the columns of schemas.observation.Observation."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.observations_path(delivery_id)
        temporary = path.with_suffix(f".{uuid4().hex}.part")  # two workers may have the same file, one taken for dead
        connection.register("decoded", frame)
        columns = ", ".join(f"{name}::{fields()[name].sql_type} AS {name}" for name in Observation._fields)
        connection.execute(f"COPY (SELECT {columns} FROM decoded) TO {sql_literal(temporary)} (FORMAT parquet)")
        connection.unregister("decoded")
        sync_file(temporary)  # a verdict must not be there without it
        temporary.replace(path)

    def save_boundaries(self, delivery_id: str, boundaries: Sequence[Boundary]) -> None:
        """Write the outlines of one delivery."""
        content = json.dumps(boundaries).encode()
        write_atomically(self._boundaries_path(delivery_id), content)

    def boundaries(self, delivery_id: str) -> list[Boundary]:
        """The outlines of one delivery, none where it holds none."""
        path = self._boundaries_path(delivery_id)
        return [Boundary(*row) for row in json.loads(path.read_bytes())] if path.exists() else []

    def _boundaries_path(self, delivery_id: str) -> Path:
        return self.folder / f"{delivery_id}.geometry"

    def drop_other_versions(self) -> None:
        """Delete what older code versions decoded."""
        for folder in self.folder.parent.iterdir():
            if folder != self.folder and folder.is_dir():
                shutil.rmtree(folder)


def boundary_rows(staging: Staging, accepted: Iterable[Staged]) -> list[dict[str, Any]]:
    """Rows of marts.boundary, from the one delivery that has most regions, the newest of several: outlines of two
    deliveries do not meet."""
    best: tuple[int, str, str] = (0, "", "")
    for staged in accepted:
        best = max(best, (len(staging.boundaries(staged.delivery_id)), staged.known_from, staged.delivery_id))
    _, _, delivery_id = best
    return [{**row._asdict(), "delivery_id": delivery_id} for row in staging.boundaries(delivery_id)]
