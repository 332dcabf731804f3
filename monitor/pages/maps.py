"""A map of the 15 Kreise: on their boundaries where a file of them came in, else as tiles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial

from monitor.charts import Area, RegionMap, boundary_map, tile_map
from monitor.exhibit import Picture
from monitor.facts import Facts
from monitor.format import Language
from monitor.view import View

Position = tuple[float, float]
Ring = list[Position]
#: Size in degrees of the cells that keep one position each; at the width of a page the first is half a point.
_CELLS = (0.001, 0.003, 0.006, 0.01)
#: Positions of all outlines together: the two drawings of three maps stay light.
_MOST_POSITIONS = 1200


def region_picture(view: View, title: str, areas: Sequence[Area]) -> Picture | None:
    """The picture of figures by Kreis, None where there are none."""
    if not areas:
        return None
    outlines = _outlines(view.facts)
    if not outlines.keys() >= {area.region_id for area in areas}:
        return Picture(tile_map, RegionMap(title, areas))
    chart = RegionMap(title, areas, attribution=_credit(view))

    def draw(drawn: RegionMap, language: Language, width: int) -> str:
        return boundary_map(drawn, outlines, language, width)

    return Picture(draw, chart)


def _credit(view: View) -> str:
    """Whose boundaries they are, and of which year."""
    row = view.facts.rows(_CREDIT)[0]
    credit = view.t("map.credit", attribution=row["attribution"])
    return f"{credit}, {view.t('map.as_of', period=row['period'])}" if row["period"] else credit


def _outlines(facts: Facts) -> dict[str, list[Ring]]:
    """Rings by region_id, as fine as a page can show; empty where no boundaries came in."""
    rings = {row["region_id"]: _rings(row["geometry"]) for row in facts.rows(_BOUNDARIES)}
    thinned = (_thinned(rings, cell) for cell in _CELLS)
    return next((each for each in thinned if _positions(each.values()) <= _MOST_POSITIONS), _thinned(rings, _CELLS[-1]))


def _rings(geometry: str) -> list[Ring]:
    """Rings of a GeoJSON Polygon or MultiPolygon; an altitude is left out."""
    content = json.loads(geometry)
    polygons = content["coordinates"] if content["type"] == "MultiPolygon" else [content["coordinates"]]
    return [[(position[0], position[1]) for position in ring] for polygon in polygons for ring in polygon]


def _positions(shapes: Iterable[Sequence[Ring]]) -> int:
    return sum(len(ring) for rings in shapes for ring in rings)


def _thinned(rings: dict[str, list[Ring]], cell: float) -> dict[str, list[Ring]]:
    """One position per cell of a grid, the same one for all regions, so that neighbours still meet."""
    kept: dict[tuple[int, int], Position] = {}
    one = partial(_one_of_cell, kept, cell)
    return {region_id: _without_dots([_steps(map(one, ring)) for ring in shape]) for region_id, shape in rings.items()}


def _one_of_cell(kept: dict[tuple[int, int], Position], cell: float, position: Position) -> Position:
    return kept.setdefault((round(position[0] / cell), round(position[1] / cell)), position)


def _steps(positions: Iterable[Position]) -> Ring:
    """Positions without those that repeat the one before."""
    ring: Ring = []
    for position in positions:
        if not ring or position != ring[-1]:
            ring.append(position)
    return ring


def _without_dots(rings: list[Ring]) -> list[Ring]:
    """Rings that still enclose something; the longest where none does."""
    return [ring for ring in rings if len(ring) > 3] or [max(rings, key=len)]


_BOUNDARIES = """
    SELECT region_id, geometry FROM marts.boundary JOIN marts.region USING (region_id)
    WHERE in_ruhr AND level = 'kreis' ORDER BY region_id
"""
_CREDIT = """
    SELECT coalesce(nullif(d.attribution, ''), d.publisher, '') AS attribution, coalesce(d.period, '') AS period
    FROM meta.delivery d SEMI JOIN marts.boundary b USING (delivery_id)
"""
