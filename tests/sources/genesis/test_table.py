"""Declarations: what is in tables.yaml loads; what is wrong is named."""

from __future__ import annotations

import datetime as dt

import pytest

from reference.sectors import sectors
from sources.genesis import table
from sources.genesis.table import DeclarationError, age_category, basis_of, load, tables

MINIMAL = """
classifications:
  sex: {categories: {male: [GESM, männlich]}}
tables:
  99999-01-01-4:
    title: Test
    instance: regionalstatistik
    time: year
    variables:
      - {name: things, headers: [Dinge], units: [Anzahl]}
    classifications: [sex]
"""


def test_every_declared_table_loads_and_names_its_source() -> None:
    assert len(tables()) >= 20
    for code, declared in tables().items():
        assert declared.code == code
        assert declared.source_id == f"{declared.instance}_{code}"
        assert declared.variables


def test_a_declared_sector_has_a_label_or_prints_its_code() -> None:
    (scheme, *_) = tables()["13111-07-05-4"].classifications
    labels = ["Verarbeitendes Gewerbe (C)", "Freiberufl,wissenschaftl. techn. Dienstl.,sonst.DL", "Insgesamt"]
    assert [scheme.find(label).name for label in labels] == ["C", "M-N", "TOTAL"]
    ldb = tables()["13111-54i"].classifications[0]
    assert all(ldb.find(sector) for sector in sectors("ldb-sections") if sector != "TOTAL")
    assert ldb.find("G-U") is None


@pytest.mark.parametrize(
    ("label", "category"),
    [
        ("unter 1 Jahr", "0-0"),
        ("unter 18 Jahre", "0-17"),
        ("1 bis unter 2 Jahre", "1-1"),
        ("18 bis unter  25 Jahre", "18-24"),
        ("90 Jahre und mehr", "90+"),
        ("75 Jahre und älter", "75+"),
        ("Jahre", None),
        ("18 bis 25", None),
    ],
)
def test_age_follows_from_the_label(label: str, category: str | None) -> None:
    assert age_category(label) == category


@pytest.mark.parametrize(
    ("code", "reference", "known", "basis"),
    [
        ("12411-01-01-4", "2023-12-31", "2024-12-03", "census2011"),
        ("12411-01-01-4", "2023-12-31", "2025-04-10", "census2022"),
        ("12411-01-01-4", "2021-12-31", "2025-04-10", "census2011"),
        ("12411-01-01-4", "2023-12-31", None, ""),
        ("12411-01-01-4", "2021-12-31", None, "census2011"),
        ("12411-01-01-4", "2010-12-31", None, "census1987"),
        ("12411-15i", "2024-12-31", None, "census2022"),
        ("13111-07-05-4", "2020-06-30", None, "WZ2008"),
        ("52311-01-04-4", "2015-12-31", "2017-10-10", ""),
    ],
)
def test_basis(code: str, reference: str, known: str | None, basis: str) -> None:
    known_from = dt.date.fromisoformat(known) if known else None
    assert basis_of(tables()[code], dt.date.fromisoformat(reference), known_from) == basis


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("units: [Anzahl]", "unit: [Anzahl]", "variables.0.units: Field required"),
        ("time: year", "time: week", "time: Input should be 'day' or 'year'"),
        ("classifications: [sex]", "classifications: [sex, hair]", "classifications: hair is not declared"),
        ("headers: [Dinge]", "headers: [männlich]", "“männlich” stands for both things and sex"),
        ("categories: {male", "sector_scheme: nace, categories: {male", "unknown sector_scheme nace"),
        ("categories: {male", "sector_scheme: genesis-13, categories: {male", "not in sector scheme"),
    ],
)
def test_a_wrong_declaration_is_named(old: str, new: str, message: str) -> None:
    assert list(load(MINIMAL)) == ["99999-01-01-4"]
    with pytest.raises(DeclarationError) as error:
        load(MINIMAL.replace(old, new))
    assert str(error.value).startswith("table 99999-01-01-4, ")
    assert message in str(error.value)


def test_the_nearest_wording_is_found() -> None:
    assert table.nearest("Bevoelkerungsstand", ["Arbeitslose", "Bevölkerungsstand"]) == "Bevölkerungsstand"
    assert table.nearest("x", []) == ""
