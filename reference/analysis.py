"""Settings of rankings and portfolio: one versioned file, validated."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from reference.tables import read_yaml

Filter = Literal["none", "knowledge_intensive", "lead_market", "either"]


class Analysis(BaseModel):
    """The settings in force.

    top_n                             length of a ranking
    growth_minimum_location_quotient  needed to enter the growth ranking
    minimum_share                     of all employees of the region (0–1), below which a sector is marked small
    filter                            of the rankings, where the data has divisions
    crosswalk_version                 of the crosswalks and filters in reference/crosswalks
    comparisons                       pairs of dates that are always compared
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    top_n: int = Field(ge=1)
    growth_minimum_location_quotient: float = Field(ge=0)
    minimum_share: float = Field(ge=0, le=1)
    filter: Filter
    crosswalk_version: str
    comparisons: tuple[tuple[dt.date, dt.date], ...]


@cache
def analysis() -> Analysis:
    """The settings in force; raises pydantic.ValidationError where a value is not allowed."""
    declared = read_yaml("analysis.yaml")
    values = {key: entry["value"] for key, entry in declared.items() if key != "version"}
    return Analysis(version=declared["version"], **values)
