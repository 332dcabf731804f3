from __future__ import annotations

import json
from pathlib import Path

import pytest

from reference.regions import nrw_kreise, ruhr_kreise
from sources import bkg_boundaries, destatis_wz_bridge
from sources.arrived_file import ArrivedFile
from sources.product import Decoded


@pytest.mark.parametrize("name", ["ruhr15_vg5000_2021.geojson", "nrw53_vg5000_2021.geojson"])
def test_boundaries_are_accepted(real_files: Path, name: str) -> None:
    file = ArrivedFile(real_files / "geo" / name, period="2021")
    assert bkg_boundaries.PRODUCT.recognises(file)
    decoded = bkg_boundaries.PRODUCT.decode(file)
    assert (decoded.observations, decoded.source_id, decoded.period) == ([], "bkg_vg5000", "2021")
    assert {"ARS", "GEN"} <= set(decoded.layout)
    outlined = [boundary.region_id for boundary in decoded.boundaries]
    assert sorted(outlined) == sorted(nrw_kreise() if name.startswith("nrw53") else ruhr_kreise())
    printed = {feature["properties"]["ARS"]: feature["geometry"] for feature in json.loads(file.text)["features"]}
    assert {boundary.region_id: json.loads(boundary.geometry) for boundary in decoded.boundaries} == printed


def test_the_bridge_is_accepted(real_files: Path) -> None:
    path = real_files / "wz" / "wz2008_wz2025_division_bridge.csv"
    file = ArrivedFile(path, period="2025-08-19")
    assert destatis_wz_bridge.PRODUCT.recognises(file)
    decoded = destatis_wz_bridge.PRODUCT.decode(file)
    assert decoded == Decoded(observations=[], source_id="destatis_wz", period="2025-08-19", layout=decoded.layout)
    assert len(decoded.layout) == 6
