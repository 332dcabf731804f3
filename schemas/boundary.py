"""The outline of a region, as a map draws it."""

from __future__ import annotations

from typing import NamedTuple


class Boundary(NamedTuple):
    """One outline of a delivery.

    region_id  5-digit AGS
    geometry   GeoJSON geometry (RFC 7946) as text: Polygon or MultiPolygon, [longitude, latitude] in degrees
    locator    `feature 12`: its place in the collection, from 1
    """

    region_id: str
    geometry: str
    locator: str
