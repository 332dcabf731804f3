"""A key and the name beside it belong to one region, in every product that prints both."""

from __future__ import annotations

import pytest

from reference.regions import regions
from sources.region_label import require_own_name
from sources.rejected import Rejected


@pytest.mark.parametrize(
    ("region_id", "label"),
    [
        ("05113", "      Essen, kreisfreie Stadt"),
        ("05154", "Kleve"),
        ("05154", "Kreis Kleve"),
        ("05914", "Hagen, Stadt der FernUniversi."),
        ("05334", "Städteregion Aachen (einschl. Stadt Aachen)"),
        ("05378", "Rheinisch-Bergisch. Kr."),
        ("05", "  Nordrhein-Westfalen"),
        ("05113", ""),
    ],
)
def test_names_as_publishers_write_them_are_let_pass(region_id: str, label: str) -> None:
    require_own_name(region_id, label, "line 7, column 2")


@pytest.mark.parametrize("region", [r for r in regions().values() if r.genesis_label], ids=lambda r: r.region_id)
def test_every_region_has_its_own_name(region: object) -> None:
    assert isinstance(region, type(regions()["05113"]))
    require_own_name(region.region_id, region.genesis_label, "")
    require_own_name(region.region_id, region.name, "")


@pytest.mark.parametrize(
    ("region_id", "label"), [("05112", "Essen, krfr. Stadt"), ("05170", "Kreis Kleve"), ("05", "Hamm")]
)
def test_the_name_of_another_region_is_refused_with_its_place(region_id: str, label: str) -> None:
    with pytest.raises(Rejected) as refused:
        require_own_name(region_id, label, "line 7, column 2")
    for said in (region_id, label, "line 7, column 2", "different orders"):
        assert said in refused.value.message
