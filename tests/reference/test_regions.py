"""The monitored regions: 53 Kreise, 15 of them the Ruhr, and what publishers call them."""

from __future__ import annotations

import re

import pytest

from reference.regions import (
    GERMANY,
    NRW,
    RUHR,
    normal_label,
    nrw_kreise,
    published_regions,
    region_by_label,
    regions,
    ruhr_kreise,
)

#: Members of the Regionalverband Ruhr (§ 1 RVR-Gesetz): 11 cities and 4 districts.
RVR = {
    "05112": "Duisburg", "05113": "Essen", "05117": "Mülheim an der Ruhr", "05119": "Oberhausen",
    "05512": "Bottrop", "05513": "Gelsenkirchen", "05911": "Bochum", "05913": "Dortmund", "05914": "Hagen",
    "05915": "Hamm", "05916": "Herne",
    "05170": "Kreis Wesel", "05562": "Kreis Recklinghausen", "05954": "Ennepe-Ruhr-Kreis",
    "05978": "Kreis Unna",
}  # fmt: skip


def test_the_ruhr_has_fifteen_members_and_nrw_fifty_three() -> None:
    assert {kreis: regions()[kreis].name for kreis in ruhr_kreise()} == RVR
    assert len(nrw_kreise()) == len(set(nrw_kreise())) == 53
    assert set(ruhr_kreise()) < set(nrw_kreise())
    assert set(regions()) == {*nrw_kreise(), RUHR, NRW, GERMANY}


def test_every_kreis_has_its_codes_and_its_parent() -> None:
    for kreis in nrw_kreise():
        region = regions()[kreis]
        assert re.fullmatch(r"05\d{3}", kreis)
        assert re.fullmatch(r"DEA[1-5][0-9A-F]", region.nuts3 or "")
        assert (region.level, region.parent_id) == ("kreis", NRW)
        assert "05111" <= kreis <= "05978"
    assert len({regions()[kreis].nuts3 for kreis in nrw_kreise()}) == 53
    # Regierungsbezirke: the third digit of the AGS and the number in NUTS 2 go together
    district = {"1": "1", "3": "2", "5": "3", "7": "4", "9": "5"}
    assert all((regions()[kreis].nuts3 or "")[3] == district[kreis[2]] for kreis in nrw_kreise())
    assert [regions()[region].parent_id for region in (RUHR, NRW, GERMANY)] == [NRW, GERMANY, None]


def test_a_publisher_prints_every_region_but_the_ruhr() -> None:
    codes = published_regions()
    assert set(codes.values()) == {*nrw_kreise(), NRW, GERMANY}
    assert [codes[code] for code in ("05111", "05", "DG", "D", "Deutschland")] == [
        "05111",
        NRW,
        *[GERMANY] * 3,
    ]
    assert RUHR not in codes
    for other in (
        "09",
        "05354",
        "05313",
        "5111",
        "05111000",
        "",
    ):  # dissolved Kreis and city of Aachen among them
        assert other not in codes


@pytest.mark.parametrize(
    ("printed", "region_id"),
    [
        ("      Essen, kreisfreie Stadt", "05113"),
        ("  Essen, krfr. Stadt", "05113"),
        ("Essen,\tKreisfreie  Stadt", "05113"),
        ("Wesel, Kreis", "05170"),
        ("Ennepe-Ruhr-Kreis", "05954"),
        ("Nordrhein-Westfalen", NRW),
        ("Aachen, Kreis", None),
        ("Aachen, krfr. Stadt", None),
        ("Bayern", None),
        ("", None),
    ],
)
def test_a_label_names_its_region_whatever_its_spaces(printed: str, region_id: str | None) -> None:
    assert region_by_label().get(normal_label(printed)) == region_id


def test_no_two_regions_share_a_label() -> None:
    assert len(region_by_label()) == sum(bool(region.genesis_label) for region in regions().values())
    assert set(region_by_label().values()) >= {*nrw_kreise(), NRW}
