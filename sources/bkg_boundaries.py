"""Boundaries of the Kreise as GeoJSON (BKG, Verwaltungsgebiete): kept for the map, no figures.

Layout: a FeatureCollection in WGS84 (RFC 7946), one feature per Kreis with its 5-digit key in the property
`ARS` or `AGS` and its name in `GEN`, as the BKG documents for its product.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from reference.regions import NRW, nrw_kreise, ruhr_kreise
from sources.arrived_file import ArrivedFile
from sources.product import Decoded, Product
from sources.rejected import Rejected

KEY_PROPERTIES = ("ARS", "AGS")
NAME_PROPERTY = "GEN"
#: Degrees around Germany with room for generalised coast lines: (least, greatest).
LONGITUDE, LATITUDE = (5.5, 15.5), (47.0, 55.5)

_COLLECTION = re.compile(r'"type"\s*:\s*"FeatureCollection"')
_SCALE = re.compile(r"(?<![a-z])vg(\d+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def _decode(file: ArrivedFile) -> Decoded:
    collection = _collection(file)
    features = collection["features"]
    counts: Counter[str] = Counter()
    for number, feature in enumerate(features, start=1):
        where = f"feature {number}"
        counts[_key(feature, where)] += 1
        _check_geometry(feature.get("geometry"), where)
    _check_regions(counts)
    outside = sum(count for key, count in counts.items() if not key.startswith(NRW))
    return Decoded(
        observations=[],
        source_id=_source_id(file, collection),
        period=_period(file),
        layout=tuple(features[0]["properties"]),
        skipped={"region outside NRW": outside} if outside else {},
    )


def _recognises(file: ArrivedFile) -> bool:
    return file.kind == "text" and bool(_COLLECTION.search("\n".join(file.head_lines)))


def _collection(file: ArrivedFile) -> dict[str, Any]:
    try:
        collection = json.loads(file.text)
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
    return dict(collection)


def _key(feature: Any, where: str) -> str:
    """The Kreis a feature stands for: one of the 53 of NRW, or any 5-digit key outside NRW."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(properties.get(NAME_PROPERTY), str):
        raise Rejected(
            expected="a feature with the properties ARS or AGS, and GEN",
            found=f"the properties {', '.join(properties)}" if isinstance(properties, dict) else "none",
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
    return key


def _check_regions(counts: Counter[str]) -> None:
    if missing := [key for key in ruhr_kreise() if key not in counts]:
        raise Rejected(expected="all 15 Kreise of the Ruhr", found=f"no feature for {', '.join(missing)}")
    # Outside NRW the BKG draws a coastal Kreis twice, land and sea.
    if twice := [key for key, count in counts.items() if count > 1 and key.startswith(NRW)]:
        raise Rejected(expected="one feature per Kreis", found=f"more than one for {', '.join(twice)}")


def _check_geometry(geometry: Any, where: str) -> None:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Rejected(expected="a Polygon or MultiPolygon", found=f"{kind}", where=where)
    polygons = geometry.get("coordinates") if kind == "MultiPolygon" else [geometry.get("coordinates")]
    rings = 0
    for ring in _rings(polygons, where):
        rings += 1
        _check_ring(ring, where)
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


def _check_ring(ring: list[Any], where: str) -> None:
    for position in ring:
        if not _in_germany(position):
            raise Rejected(
                expected="[longitude, latitude] in degrees (WGS84) in Germany",
                found=_shown(position),
                where=where,
                hint="Values in the hundred thousands are metres (UTM): convert the file to EPSG:4326.",
            )
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Rejected(expected="a closed ring of at least 4 positions", found=f"{len(ring)} positions", where=where)


def _shown(position: Any) -> str:
    numbers = position if isinstance(position, list) else [position]
    return ", ".join(str(n) if isinstance(n, (int, float)) else type(n).__name__ for n in numbers[:3])


def _in_germany(position: Any) -> bool:
    if not isinstance(position, list) or len(position) < 2:
        return False
    longitude, latitude = position[:2]
    if not all(isinstance(degrees, (int, float)) for degrees in (longitude, latitude)):
        return False
    return bool(LONGITUDE[0] <= longitude <= LONGITUDE[1] and LATITUDE[0] <= latitude <= LATITUDE[1])


def _source_id(file: ArrivedFile, collection: dict[str, Any]) -> str:
    """`bkg_vg5000`, `bkg_vg250`, … where file name or layer name give the product, else `bkg_boundaries`."""
    layer = collection.get("name")
    match = _SCALE.search(file.name) or (_SCALE.search(layer) if isinstance(layer, str) else None)
    return f"bkg_vg{match[1]}" if match else "bkg_boundaries"


def _period(file: ArrivedFile) -> str:
    """Period of the manifest, else the year in the file name; Rejected where they disagree or neither is."""
    named = _YEAR.findall(file.name)
    if not named and not file.period:
        raise Rejected(
            expected="the year of the boundaries in the file name or in MANIFEST.csv",
            found=f"the name “{file.name}”",
            hint="Name the file e.g. nrw_vg5000_2021.geojson.",
        )
    if named and file.period and file.period[:4] not in named:
        raise Rejected(
            expected=f"the year {named[0]} in MANIFEST.csv, as the file name “{file.name}” says",
            found=f"the period {file.period}",
        )
    return file.period or named[0]


PRODUCT = Product(
    product_id="bkg_boundaries",
    looks_like="Kreis boundaries as GeoJSON (a FeatureCollection with ARS or AGS, and GEN)",
    recognises=_recognises,
    decode=_decode,
)
