"""Boundaries of the Kreise as GeoJSON (BKG, Verwaltungsgebiete): outlines for the map, no figures.

Layout: a FeatureCollection in WGS84 (RFC 7946), one feature per Kreis with its 5-digit key in the property
`ARS` or `AGS` and its name in `GEN`, as the BKG documents for its product. The WFS is said to answer with the
same properties in small letters, so their case is left aside.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from reference.regions import NRW, missing_kreise, nrw_kreise, ruhr_kreise
from schemas.boundary import Boundary
from sources.arrived_file import ArrivedFile
from sources.product import Decoded, Product, Remark
from sources.region_label import require_own_name
from sources.rejected import Rejected

KEY_PROPERTIES = ("ARS", "AGS")
NAME_PROPERTY = "GEN"


class Box(NamedTuple):
    """Least and greatest degrees, with room for generalised lines."""

    west: float
    east: float
    south: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


GERMANY_BOX, NRW_BOX = Box(5.5, 15.5, 47.0, 55.5), Box(5.5, 10.0, 50.0, 53.0)

_COLLECTION = re.compile(r'"type"\s*:\s*"FeatureCollection"')
_SCALE = re.compile(r"(?<![a-z])vg(\d+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def _decode(file: ArrivedFile) -> Decoded:
    collection = _collection(file)
    features = collection["features"]
    boundaries = []
    counts: Counter[str] = Counter()
    for number, feature in enumerate(features, start=1):
        where = f"feature {number}"
        key = _key(feature, where)
        counts[key] += 1
        of_nrw = key.startswith(NRW)
        _check_geometry(feature.get("geometry"), NRW_BOX if of_nrw else GERMANY_BOX, where)
        if of_nrw:
            boundaries.append(Boundary(key, _geometry_text(feature["geometry"]), where))
    _check_regions(counts)
    outside = len(features) - len(boundaries)
    missing = missing_kreise(counts)
    if 2 * len(missing) > len(nrw_kreise()) - len(ruhr_kreise()):
        missing = []  # the Ruhr with some of its neighbours is a selection
    return Decoded(
        observations=[],
        source_id=_source_id(file, collection),
        period=_period(file),
        layout=tuple(features[0]["properties"]),
        skipped={"region outside NRW": outside} if outside else {},
        remarks=[Remark("regions_missing", f"No outline for {' '.join(missing)}")] if missing else [],
        boundaries=boundaries,
    )


def _recognises(file: ArrivedFile) -> bool:
    return file.kind == "text" and bool(_COLLECTION.search("\n".join(file.head_lines)))


def _collection(file: ArrivedFile) -> dict[str, Any]:
    try:
        collection = json.loads(file.text, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        raise Rejected(
            expected="complete JSON",
            found=error.msg,
            where=f"line {error.lineno}, column {error.colno}",
            hint="The file may be cut off: download it again.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise Rejected(expected="a GeoJSON FeatureCollection", found=str(error)) from error
    is_collection = isinstance(collection, dict) and collection.get("type") == "FeatureCollection"
    if not is_collection or not isinstance(collection.get("features"), list) or not collection["features"]:
        raise Rejected(expected="a GeoJSON FeatureCollection with features", found=file.text[:80])
    there, matched = len(collection["features"]), collection.get("numberMatched")
    if isinstance(matched, int) and there < matched:
        raise Rejected(
            expected=f"all {matched} features of the answer (numberMatched)",
            found=f"a page of {there}",
            hint="Fetch all pages (COUNT, STARTINDEX) and join their features.",
        )
    return dict(collection)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; raises Rejected for a name that stands there twice, of which readers take either."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise Rejected(expected="each name once in an object", found=f"“{twice}” twice")
    return found


def _key(feature: Any, where: str) -> str:
    """The Kreis a feature stands for: one of the 53 of NRW, or any 5-digit key outside NRW."""
    found = feature.get("properties") if isinstance(feature, dict) else None
    properties = {name.upper(): value for name, value in found.items()} if isinstance(found, dict) else {}
    if not isinstance(properties.get(NAME_PROPERTY), str):
        raise Rejected(
            expected="a feature with the properties ARS or AGS, and GEN",
            found=f"the properties {', '.join(found)}" if isinstance(found, dict) else "none",
            where=where,
        )
    key = next((properties[name] for name in KEY_PROPERTIES if isinstance(properties.get(name), str)), "")
    if not re.fullmatch(r"[0-9]{5}", key) or (key.startswith(NRW) and key not in nrw_kreise()):
        raise Rejected(
            expected="the 5-digit key of a Kreis in ARS or AGS",
            found=f"“{key}” ({properties[NAME_PROPERTY]})",
            where=where,
            hint="Only the level of the Kreise is read.",
        )
    if key in nrw_kreise():
        require_own_name(key, properties[NAME_PROPERTY], where)
    return key


def _check_regions(counts: Counter[str]) -> None:
    if missing := [key for key in ruhr_kreise() if key not in counts]:
        raise Rejected(expected="all 15 Kreise of the Ruhr", found=f"no feature for {', '.join(missing)}")
    # Outside NRW the BKG draws a coastal Kreis twice, land and sea.
    if twice := [key for key, count in counts.items() if count > 1 and key.startswith(NRW)]:
        raise Rejected(expected="one feature per Kreis", found=f"more than one for {', '.join(twice)}")


def _geometry_text(geometry: dict[str, Any]) -> str:
    return json.dumps({name: geometry[name] for name in ("type", "coordinates")}, separators=(",", ":"))


def _check_geometry(geometry: Any, box: Box, where: str) -> None:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Rejected(expected="a Polygon or MultiPolygon", found=f"{kind}", where=where)
    polygons = geometry.get("coordinates") if kind == "MultiPolygon" else [geometry.get("coordinates")]
    rings = 0
    for ring in _rings(polygons, where):
        rings += 1
        _check_ring(ring, box, where)
    if not rings:
        raise Rejected(expected="at least one ring of coordinates", found="none", where=where)


def _rings(polygons: Any, where: str) -> Iterator[list[Any]]:
    for polygon in _list(polygons, where):
        for ring in _list(polygon, where):
            yield _list(ring, where)


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Rejected(expected="coordinates as nested lists", found=type(value).__name__, where=where)
    return value


def _check_ring(ring: list[Any], box: Box, where: str) -> None:
    for position in ring:
        degrees = _degrees(position)
        if not degrees or not box.holds(*degrees):
            raise Rejected(
                expected=f"[longitude, latitude] in degrees (WGS84) in {'NRW' if box == NRW_BOX else 'Germany'}",
                found=_shown(position),
                where=where,
                hint=_hint_on(degrees, box),
            )
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Rejected(expected="a closed ring of at least 4 positions", found=f"{len(ring)} positions", where=where)


def _shown(position: Any) -> str:
    numbers = position if isinstance(position, list) else [position]
    return ", ".join(str(n) if isinstance(n, (int, float)) else type(n).__name__ for n in numbers[:3])


def _degrees(position: Any) -> tuple[float, float] | None:
    """The first two numbers of a position, None where there are none."""
    if not isinstance(position, list) or len(position) < 2:
        return None
    first, second = position[:2]
    return (first, second) if isinstance(first, int | float) and isinstance(second, int | float) else None


def _hint_on(degrees: tuple[float, float] | None, box: Box) -> str:
    if degrees and box.holds(*reversed(degrees)):
        return "The latitude stands first: ask the service for longitude, latitude (CRS84), or swap them."
    if degrees and max(degrees) > 1000:
        return "Values in the hundred thousands are metres (UTM): convert the file to EPSG:4326."
    return ""


def _source_id(file: ArrivedFile, collection: dict[str, Any]) -> str:
    """`bkg_vg5000`, `bkg_vg250`, … where file name or layer name give the product, else `bkg_boundaries`."""
    layer = collection.get("name")
    match = _SCALE.search(file.name) or (_SCALE.search(layer) if isinstance(layer, str) else None)
    return f"bkg_vg{match[1]}" if match else "bkg_boundaries"


def _period(file: ArrivedFile) -> str:
    """Period of the manifest, else the year in the file name, else "" (an answer of the WFS states none).

    Raises Rejected where manifest and name disagree.
    """
    named = _YEAR.findall(file.name)
    if named and file.period and file.period[:4] not in named:
        raise Rejected(
            expected=f"the year {named[0]} in MANIFEST.csv, as the file name “{file.name}” says",
            found=f"the period {file.period}",
        )
    return file.period or (named[0] if named else "")


PRODUCT = Product(
    product_id="bkg_boundaries",
    looks_like="Kreis boundaries as GeoJSON (a FeatureCollection with ARS or AGS, and GEN)",
    recognises=_recognises,
    decode=_decode,
)
