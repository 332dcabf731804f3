from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.regions import nrw_kreise, ruhr_kreise
from sources.arrived_file import ArrivedFile
from sources.bkg_boundaries import PRODUCT
from sources.product import Decoded
from sources.rejected import Rejected

NAME = "ruhr_vg5000_2021.geojson"
RING = [[7.0, 51.4], [7.1, 51.4], [7.1, 51.5], [7.0, 51.4]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}


ISLAND = {"type": "MultiPolygon", "coordinates": [[RING], [RING, RING]]}


def feature(key: str, geometry: Any = SQUARE, name: str = "ARS") -> dict[str, Any]:
    return {"type": "Feature", "properties": {name: key, "GEN": "Name"}, "geometry": geometry}


def features(*more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [*map(feature, ruhr_kreise()), *more]}


def arrived(content: Any, name: str = NAME, period: str = "") -> ArrivedFile:
    file = ArrivedFile(Path(name), period=period)
    file.content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return file


def decode(content: Any, name: str = NAME, period: str = "") -> Decoded:
    return PRODUCT.decode(arrived(content, name, period))


def rejected(content: Any, name: str = NAME, period: str = "") -> Rejected:
    with pytest.raises(Rejected) as caught:
        decode(content, name, period)
    return caught.value


def test_boundaries_are_accepted_without_observations() -> None:
    content = features(feature("05111", ISLAND, "AGS"), feature("09162"))
    assert PRODUCT.recognises(arrived(content))
    decoded = decode(content)
    assert decoded == Decoded(
        observations=[],
        source_id="bkg_vg5000",
        period="2021",
        layout=("ARS", "GEN"),
        skipped={"region outside NRW": 1},
        boundaries=decoded.boundaries,
    )


def test_an_outline_is_the_geometry_of_its_feature() -> None:
    decoded = decode(features(feature("09162"), feature("05111", ISLAND)))
    *ruhr, last = decoded.boundaries
    assert [boundary.region_id for boundary in ruhr] == list(ruhr_kreise())
    assert (last.region_id, last.locator) == ("05111", "feature 17")
    assert json.loads(last.geometry) == ISLAND
    assert json.loads(ruhr[0].geometry) == SQUARE


def wfs_answer(**members: Any) -> dict[str, Any]:
    """An answer as deegree and GeoServer give it: properties in small letters, one page of it."""
    answer = features(feature("05111", ISLAND))
    for number, item in enumerate(answer["features"]):
        key = item["properties"]["ARS"]
        item["properties"] = {"objid": f"vg.{number}", "ade": 4, "ars": key, "ags": key, "gen": "Name", "bez": "Kreis"}
        item["id"] = f"vg250_krs.{number}"
    return {**answer, "numberReturned": 16, **members}


@pytest.mark.parametrize("matched", [{}, {"numberMatched": 16}, {"numberMatched": "unknown"}])
def test_an_answer_of_the_wfs_is_accepted(matched: dict[str, Any]) -> None:
    decoded = decode(wfs_answer(**matched), "bkg_boundaries.geojson")
    assert {boundary.region_id for boundary in decoded.boundaries} == {*ruhr_kreise(), "05111"}
    assert (decoded.source_id, decoded.period) == ("bkg_boundaries", "")
    assert decoded.layout == ("objid", "ade", "ars", "ags", "gen", "bez")


def test_one_page_of_an_answer_is_refused() -> None:
    error = rejected(wfs_answer(numberMatched=53))
    assert (error.expected, error.found) == ("all 53 features of the answer (numberMatched)", "a page of 16")


@pytest.mark.parametrize(
    ("position", "hint"),
    [
        ([51.4, 7.0], "latitude stands first"),
        ([360_000.0, 5_700_000.0], "metres"),
        ([11.5, 48.1], ""),  # Munich
    ],
)
def test_a_kreis_of_nrw_lies_in_nrw(position: list[float], hint: str) -> None:
    ring = [position, *RING[1:-1], position]
    error = rejected(features(feature("05111", {"type": "Polygon", "coordinates": [ring]})))
    assert (error.where, "NRW" in error.expected) == ("feature 16", True)
    assert hint in error.hint
    assert bool(error.hint) == bool(hint)


@pytest.mark.parametrize(
    ("name", "layer", "source_id"),
    [
        ("kreise_2024.geojson", None, "bkg_boundaries"),
        ("kreise_2024.geojson", "VG250_KRS", "bkg_vg250"),
        ("vg1000_2024.json", "VG250_KRS", "bkg_vg1000"),
    ],
)
def test_the_product_is_named_by_the_file_or_its_layer(name: str, layer: str | None, source_id: str) -> None:
    assert decode({"name": layer, **features()}, name).source_id == source_id


@pytest.mark.parametrize(
    ("name", "period", "expected"),
    [
        (NAME, "", "2021"),
        (NAME, "2021-01-01", "2021-01-01"),
        ("kreise.geojson", "2023", "2023"),
        ("kreise.geojson", "", ""),
    ],
)
def test_the_period_comes_from_manifest_or_name(name: str, period: str, expected: str) -> None:
    assert decode(features(), name, period).period == expected


def test_a_contradicting_period_is_refused() -> None:
    assert NAME in rejected(features(), NAME, "2020").message


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (feature("05999"), "05999"),
        (feature("05111000"), "05111000"),
        (feature("05113"), "05113"),
        (feature("05111", name="NUTS"), "Name"),
        ({"type": "Feature", "properties": {"name": "Essen"}}, "name"),
        ("Essen", "none"),
        (feature("05111", {"type": "Point", "coordinates": [7, 51]}), "Point"),
        (feature("05111", None), "None"),
        (feature("05111", {"type": "Polygon", "coordinates": []}), "none"),
        (feature("05111", {"type": "Polygon"}), "NoneType"),
        (feature("05111", {"type": "Polygon", "coordinates": [RING[:-1]]}), "3 positions"),
        (feature("05111", {"type": "Polygon", "coordinates": [[[360_000, 5_700_000]]]}), "360000, 5700000"),
        (feature("05111", {"type": "Polygon", "coordinates": [[[51.4, 7.0]]]}), "51.4, 7.0"),
        (feature("05111", {"type": "Polygon", "coordinates": [["7.0 51.4"]]}), "str"),
    ],
)
def test_a_feature_that_is_no_kreis_polygon_is_refused(last: Any, found: str) -> None:
    assert found in rejected(features(last)).found


def test_a_ruhr_kreis_may_not_be_missing() -> None:
    error = rejected({"type": "FeatureCollection", "features": [feature(key) for key in nrw_kreise()[:5]]})
    assert "05978" in error.found


@pytest.mark.parametrize("content", [{}, [], features() | {"features": {}}, features() | {"features": []}])
def test_other_json_is_refused(content: Any) -> None:
    assert "FeatureCollection" in rejected(content).expected


@pytest.mark.parametrize("content", [b"[" * 100_000, b"9" * 5_000, b'{"type": "FeatureCollection", "feat', b""])
def test_broken_json_is_refused(content: bytes) -> None:
    assert rejected(content).expected


@given(st.integers(min_value=0))
def test_a_file_cut_off_anywhere_is_refused(cut: int) -> None:
    whole = json.dumps(features()).encode()
    assert rejected(whole[: cut % len(whole)]).found
