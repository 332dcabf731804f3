"""How fresh a source is on a day, by the dates that the publisher's rhythm gives (quality.freshness)."""

from __future__ import annotations

import datetime as dt
from typing import Any


def state_on(row: dict[str, Any], day: dt.date) -> str:
    """State of a row of quality.freshness on a day; `failed` stays what the release found."""
    if row["state"] in ("failed", "unscheduled"):
        return str(row["state"])
    if row["late_on"] and day >= row["late_on"]:
        return "late"
    return "due" if row["due_on"] and day >= row["due_on"] else "fresh"
