"""What every product of a publisher offers: recognise a file by its content, decode it into observations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from reference.regions import GERMANY, NRW
from schemas.boundary import Boundary
from sources.arrived_file import ArrivedFile


@dataclass(frozen=True)
class Remark:
    """Something a person should know of an accepted file, e.g. "0 of 53 Kreise filled".

    `check_id` names the check (see quality/); `where` is a locator.
    """

    check_id: str
    text: str
    where: str = ""


def remarks_on_wholes(found: Collection[str], where: str = "") -> list[Remark]:
    """A remark where a table of Kreise has no row for Germany or NRW, which other tables of its kind have."""
    missing = [region_id for region_id in (GERMANY, NRW) if region_id not in found]
    return [Remark("regions_missing", f"No row for {' '.join(missing)}", where)] if missing else []


@dataclass
class Decoded:
    """What one file says.

    observations  tuples in the field order of `schemas.observation.Observation`
    source_id     refines the product, e.g. `regionalstatistik_13111-07-05-4`
    period        period the file is about, ISO (`2020-03-31`, `2024`, `2015/2020`)
    published_on  day of publication the file prints, None where it prints none
    retrieved_on  day of retrieval the file prints (GENESIS `Stand`), None where it prints none
    retrieved_by  latest day of retrieval that the layout allows, because none was sent in it later; else None
    layout        header texts in order: the fingerprint of the layout
    skipped       rows left out on purpose, by reason, e.g. {"region outside NRW": 400}
    boundaries    outlines of regions; such a file has no observations
    """

    observations: list[tuple[object, ...]]
    source_id: str
    period: str
    published_on: dt.date | None = None
    retrieved_on: dt.date | None = None
    retrieved_by: dt.date | None = None
    layout: tuple[str, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)


def period_of(first: str, last: str) -> str:
    """The period from one date or year to another, both ISO: `2015/2020`; `2024` where they are the same."""
    return first if first == last else f"{first}/{last}"


@dataclass(frozen=True)
class Product:
    """A product of a publisher.

    product_id   stable id, e.g. `ba_regionalreport`
    looks_like   one line for messages: how a file of it is told apart
    recognises   cheap test on the content (name only where the content cannot tell); never raises
    decode       file → Decoded; raises `sources.rejected.Rejected`, nothing else, on bad input
    """

    product_id: str
    looks_like: str
    recognises: Callable[[ArrivedFile], bool]
    decode: Callable[[ArrivedFile], Decoded]
