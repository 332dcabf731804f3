"""Small warehouses, built the way a refresh builds them: staged Parquet, then warehouse.build."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference.regions import GERMANY, NRW, nrw_kreise
from reference.sectors import TOTAL
from schemas.observation import Observation, to_frame
from warehouse.build import build
from warehouse.connect import open_in_memory, open_published
from warehouse.data_folder import DataFolder
from warehouse.staging import Staging

HIDDEN, MISSING = "*", "-"
DAY = dt.date(2020, 3, 31)
ARRIVED = dt.datetime.fromisoformat("2021-01-01")
_STATUS = {HIDDEN: "suppressed", MISSING: "not_available"}


@dataclass(frozen=True)
class Delivery:
    """One accepted delivery; its place in the list given to `build_warehouse` is its vintage."""

    delivery_id: str
    observations: Sequence[Observation]
    known_from: dt.date = dt.date(2021, 1, 1)
    state: str = "accepted"
    source_id: str = "source"
    arrived_at: dt.datetime = ARRIVED
    message: str | None = None


def observation(printed: float | str, **fields: Any) -> Observation:
    """A cell; `*` and `-` are the signs for suppressed and not available, a number is a value."""
    number = None if isinstance(printed, str) else float(printed)
    status = _STATUS[printed] if isinstance(printed, str) else "zero" if printed == 0 else "value"
    defaults: dict[str, Any] = {
        "dataset": "table",
        "variable": "employees",
        "region_id": NRW,
        "sector_scheme": None,
        "sector_id": None,
        "dimensions": "",
        "reference_date": DAY,
        "value": number,
        "unit": "Anzahl",
        "status": status,
        "basis": "WZ2008",
        "printed": str(printed),
    }
    cell = defaults | fields
    place = "|".join(str(cell[name]) for name in ("dataset", "variable", "region_id", "sector_scheme", "sector_id"))
    cell.setdefault("locator", f"{place}|{cell['dimensions']}|{cell['reference_date']}")
    return Observation(**cell)


def employees(region_id: str, sector_id: str, printed: float | str, **fields: Any) -> Observation:
    """A cell of an employment table, scheme ba-rr unless told otherwise."""
    scheme = fields.pop("sector_scheme", "ba-rr")
    return observation(
        printed,
        region_id=region_id,
        sector_scheme=scheme,
        sector_id=sector_id,
        **{"dataset": f"table_{scheme}"} | fields,
    )


def stage(folder: Path, delivery_id: str, observations: Sequence[Observation]) -> Path:
    """Path of the Parquet file of one decoded delivery."""
    staging = Staging(DataFolder(folder), "test")
    with open_in_memory() as connection:
        staging.save_observations(connection, delivery_id, to_frame(observations))
    return staging.observations_path(delivery_id)


def build_warehouse(folder: Path, *deliveries: Delivery, boundaries: Sequence[dict[str, Any]] = ()) -> Path:
    """Path of a warehouse built from deliveries, the first known first; `boundaries`: rows of marts.boundary."""
    path = folder / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    build(
        path,
        [_delivery_row(delivery, vintage) for vintage, delivery in enumerate(deliveries, start=1)],
        [
            stage(folder, delivery.delivery_id, delivery.observations)
            for delivery in deliveries
            if delivery.state == "accepted"
        ],
        boundaries=boundaries,
    )
    return path


def rows(path: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with open_published(path) as connection:
        return connection.execute(sql, parameters).fetchall()


def records(path: Path, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Rows by column name."""
    with open_published(path) as connection:
        cursor = connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def build_small_warehouse(folder: Path) -> Path:
    """Two dates, two employment tables, a suppressed and a missing cell, coverage, a quarantined file."""
    later = dt.date(2021, 3, 31)
    kreise = nrw_kreise()
    reports = [
        employees(kreis, sector, count, reference_date=day)
        for more, day in enumerate((DAY, later))
        for number, kreis in enumerate(kreise)
        for sector, count in (
            (TOTAL, 1000 + number + more),
            ("H", 100 + number + more),
            ("A", HIDDEN if number == 1 else 7 + more),
        )
    ]
    genesis = [
        employees(region, sector, count + more, sector_scheme="genesis-13", reference_date=day)
        for more, day in enumerate((DAY, later))
        for number, region in enumerate((*kreise, NRW, GERMANY))
        for sector, count in ((TOTAL, {NRW: 60_000, GERMANY: 300_000}.get(region, 1000 + number)), ("C", 200))
    ]
    inhabitants: dict[str, float | str] = {**dict.fromkeys(kreise, 10_000), kreise[0]: MISSING, NRW: 600_000}
    population = [
        observation(printed, dataset="12411-01-01-4", variable="population", region_id=region, basis="census2022")
        for region, printed in inhabitants.items()
    ]
    fixed = "customer=households;min_mbit=1000;technology=all"
    mobile = "area_group=area;area_type=total;technology=4g"
    coverage = [
        observation(
            printed,
            dataset="atlas",
            variable=variable,
            region_id=region,
            reference_date=day,
            unit="%",
            dimensions=dimensions,
            basis="",
        )
        for variable, dimensions in (("broadband_coverage", fixed), ("mobile_coverage", mobile))
        for region in (kreise[0], NRW)
        for printed, day in ((93.85, DAY), (95.5, later))
    ]
    square = '{"type":"Polygon","coordinates":[[[7.0,51.4],[7.1,51.4],[7.1,51.5],[7.0,51.4]]]}'
    contents = {"reports": reports, "genesis": genesis, "population": population, "atlas": coverage}
    known = dt.datetime.fromisoformat("2021-04-15")
    return build_warehouse(
        folder,
        *(Delivery(name, cells, known.date(), arrived_at=known) for name, cells in contents.items()),
        Delivery("broken", [], state="quarantined", message="expected a data file; found an HTML page."),
        boundaries=[{"region_id": "05113", "geometry": square, "delivery_id": "areas", "locator": "feature 1"}],
    )


def _delivery_row(delivery: Delivery, vintage: int) -> dict[str, Any]:
    return {
        "delivery_id": delivery.delivery_id,
        "sha256": hashlib.sha256(delivery.delivery_id.encode()).hexdigest(),
        "bytes": 1,
        "file_name": f"{delivery.delivery_id}.csv",
        "source_id": delivery.source_id,
        "arrived_at": delivery.arrived_at,
        "known_from": delivery.known_from,
        "vintage": vintage,
        "is_synthetic": True,
        "state": delivery.state,
        "message": delivery.message,
        "observations": len(delivery.observations),
    }
