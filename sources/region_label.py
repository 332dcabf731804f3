"""What a printed label says of a region: whether it is Germany, and whether its name is that of its key."""

from __future__ import annotations

import re
from functools import lru_cache

from reference.regions import region_of_name, regions
from sources.rejected import Rejected

#: `Deutschland`, also behind one of its keys; `West Deutschland` is another region.
_GERMANY = re.compile(r"(?:(?:DG|DE|D|0+)\s+)?(?:Bundesrepublik\s+)?Deutschland", re.IGNORECASE)


def is_germany(label: str) -> bool:
    """True for `Deutschland`, `D Deutschland`, `00 Deutschland`, `Bundesrepublik Deutschland`."""
    return _GERMANY.fullmatch(label.strip()) is not None


@lru_cache(maxsize=8192)
def _other_region(region_id: str, label: str) -> str | None:
    named = region_of_name(label)
    return None if named in (None, region_id) else named


def require_own_name(region_id: str, label: str, where: str) -> None:
    """Raises Rejected where `label` is the name of another monitored region than `region_id`.

    Names vary (`Kleve`, `Kreis Kleve`, `Hagen, Stadt der FernUniversi.`), so one that is not known is let pass.
    """
    if other := _other_region(region_id, label):
        raise Rejected(
            expected=f"the name that belongs to the key {region_id} ({regions()[region_id].name})",
            found=f"“{' '.join(label.split())}”, which is {other}",
            where=where,
            hint="Keys and names stand in different orders, so whose the figures are is open: download the file again.",
        )
