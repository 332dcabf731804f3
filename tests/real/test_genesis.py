"""The publishers' GENESIS files: every table decodes, and key figures stand where they should."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from reference.regions import nrw_kreise, ruhr_kreise
from reference.sectors import sectors
from schemas.observation import Observation
from sources.arrived_file import ArrivedFile
from sources.genesis.product import PRODUCTS
from sources.genesis.table import basis_of, tables
from sources.product import Decoded
from sources.rejected import Rejected

BROKEN = "52411-02-01-4_2024-12-03.csv"
FOLDERS = ("regionalstatistik/datencsv", "regionalstatistik/ffcsv", "landesdatenbank")

Decode = Callable[[str], list[Observation]]


def decode_file(path: Path) -> Decoded:
    file = ArrivedFile(path)
    (product,) = [product for product in PRODUCTS if product.recognises(file)]
    return product.decode(file)


def genesis_files(folder: Path) -> list[Path]:
    files = [path for name in FOLDERS for path in sorted((folder / name).glob("*.csv"))]
    return [path for path in files if path.name != BROKEN]


@pytest.fixture(scope="module")
def decoded(real_files: Path) -> Callable[[str], Decoded]:
    @cache
    def by_name(name: str) -> Decoded:
        (path,) = [path for path in genesis_files(real_files) if path.name == name]
        return decode_file(path)

    return by_name


@pytest.fixture(scope="module")
def observations(decoded: Callable[[str], Decoded]) -> Decode:
    return cache(lambda name: [Observation(*row) for row in decoded(name).observations])


def value(rows: list[Observation], variable: str, region: str, dimensions: str = "", **more: object) -> object:
    """The one value of a variable; `more` are further fields, e.g. year or sector_id."""
    year = more.pop("year", None)
    found = [
        row
        for row in rows
        if (row.variable, row.region_id, row.dimensions) == (variable, region, dimensions)
        and (year is None or row.reference_date.year == year)
        and all(getattr(row, name) == wanted for name, wanted in more.items())
    ]
    assert len(found) == 1, found[:3]
    return found[0].value


def ruhr(rows: list[Observation], variable: str, **more: object) -> float:
    return sum(value(rows, variable, kreis, **more) for kreis in ruhr_kreise())


def test_every_file_decodes_under_its_own_code(real_files: Path, decoded: Callable[[str], Decoded]) -> None:
    seen = set()
    for path in genesis_files(real_files):
        code = path.stem.split("_")[0]
        result = decoded(path.name)
        assert result.source_id == tables()[code].source_id, path.name
        keys = [row[:7] for row in result.observations]
        assert len(keys) == len(set(keys))
        assert {row[2] for row in result.observations} >= set(ruhr_kreise())
        seen.add(code)
    assert len(seen) == 18


def test_every_value_column_is_decoded(decoded: Callable[[str], Decoded]) -> None:
    """Observations are monitored regions × times × row categories × value columns."""
    expected = {
        "12711-04-02-4_00.csv": 55 * 7 * 6,
        "13111-07-05-4_2020.csv": 55 * 14 * 6,
        "13211-02-05-4_2015-2020.csv": 55 * 6 * 13,
        "13312-01-04-4_00.csv": 55 * 15 * 8,
        "21111-02-06-4_00.csv": 55 * 2 * 14,
        "52311-01-04-4_00.csv": 55 * 18 * 10,
        "52411-01-01-4_00.csv": 55 * 16 * 6,
        "71327-01-05-4_00.csv": 55 * 6 * 7,
        "71327-01-05-4_2023_EXCERPT.csv": 17 * 7,
        "82111-01-05-4_00.csv": 55 * 15 * 11,
        "12411-01-01-4_2024-12-03.csv": 55 * 3,
        "12411-01-01-4_2026-03-10.csv": 53 * 3,
        "13111-01-03-4_2025-04-10.csv": 55 * 6,
        "52411-02-01-4_2026-03-10.csv": 53 * 5,
        "73111-01-01-4_2025-04-10.csv": 55 * 3,
        "82000-01-01-4_2024_EXCERPT.csv": 15 * 3,
        "12411-09i.csv": 54 * 92,
        "12411-15i.csv": 54 * 3,
        "13111-54i.csv": 54 * 14 * 10,
        "22811-05i.csv": 54 * 7,  # eight columns, one of them printed twice
    }
    assert {name: len(decoded(name).observations) for name in expected} == expected


def test_population_on_both_census_bases(observations: Decode) -> None:
    old, new = observations("12411-01-01-4_2024-12-03.csv"), observations("12411-01-01-4_2025-04-10.csv")
    assert (ruhr(old, "population"), ruhr(new, "population")) == (5_162_812, 5_126_153)
    assert (value(old, "population", "05"), value(new, "population", "05")) == (18_190_422, 18_017_520)
    assert value(new, "population", "DE") == 83_456_045
    assert {row[:7] for row in old} == {row[:7] for row in new}, "two vintages of the same facts"
    table, date = tables()["12411-01-01-4"], dt.date(2023, 12, 31)
    assert basis_of(table, date, dt.date(2024, 12, 3)) == "census2011"
    assert basis_of(table, date, dt.date(2025, 4, 10)) == "census2022"
    assert {row.basis for row in old + new} == {""}


def test_population_is_the_same_in_both_databases(observations: Decode) -> None:
    regio, land = observations("12411-01-01-4_2026-03-10.csv"), observations("12411-15i.csv")
    assert ruhr(regio, "population") == ruhr(land, "population") == 5_125_628
    ages = observations("12411-09i.csv")
    assert ruhr(ages, "population", dimensions="") == 5_125_628
    assert value(ages, "population", "05", "age=90+") == 190_460
    assert value(ages, "population", "05", "age=0-0") == 151_633
    assert {row.basis for row in land + ages} == {"census2022"}
    assert value(land, "population_density", "05") == 528.7
    assert value(land, "area_km2", "05112") == 232.84


def test_employees(observations: Decode) -> None:
    assert ruhr(observations("13111-01-03-4_2024-06-29.csv"), "employees") == 1_857_371
    assert ruhr(observations("13111-01-03-4_2025-04-10.csv"), "employees") == 1_866_914
    by_sector = observations("13111-07-05-4_2019.csv")
    assert ruhr(by_sector, "employees", sector_id="TOTAL") == 1_780_332
    assert {row.sector_id for row in by_sector} == set(sectors("genesis-13"))
    germany = observations("13111-07-05-4_2020.csv")
    assert value(germany, "employees", "DE", sector_id="O-Q") == 8_223_401
    assert value(germany, "employees", "DE", "nationality=foreign", sector_id="C") == 760_231


def test_other_key_figures(observations: Decode) -> None:
    rates = observations("13211-02-05-4_2015-2020.csv")
    assert value(rates, "unemployment_rate", "05513", "base=all_civilian", year=2020) == 14.9
    assert value(rates, "unemployment_rate", "DE", "base=dependent_civilian", year=2020) == 6.5
    assert value(rates, "unemployment_rate", "DE", "age=15-24;base=all_civilian", year=2020) == 5.5
    debt, newer = observations("71327-01-05-4_00.csv"), observations("71327-01-05-4_2023_EXCERPT.csv")
    assert value(debt, "municipal_debt_per_capita", "05113", year=2015) == 5_677
    assert value(newer, "municipal_debt_per_capita", "05113") == 5_237
    assert value(newer, "municipal_debt", "05113", "creditor=non_public;instrument=securities") == 525_000
    migration = observations("12711-04-02-4_00.csv")
    assert value(migration, "in_migration", "05112", "age=18-24") == 7_651
    assert value(migration, "out_migration", "05112", "age=18-24") == 5_593
    leavers = observations("21111-02-06-4_00.csv")
    assert value(leavers, "school_leavers", "05113", "qualification=without_certificate", year=2015) == 409
    assert value(leavers, "school_leavers", "05113", year=2015) == 6_059
    business = observations("52311-01-04-4_00.csv")
    assert value(business, "business_registrations", "05113", year=2015) == 5_489
    insolvent = observations("52411-02-01-4_2026-03-10.csv")
    assert value(insolvent, "insolvencies", "05112", "debtors=companies") == 139
    assert value(insolvent, "insolvencies", "05112", "debtors=companies;outcome=opened") == 75
    assert value(insolvent, "insolvency_claims", "05112", "debtors=companies") == 31_102
    gdp = observations("82000-01-01-4_2024_EXCERPT.csv")
    assert ruhr(gdp, "gdp") == 215_298_086
    assert value(gdp, "gdp_per_worker", "05112") == 92_160
    assert value(gdp, "gdp_per_capita", "05112") == 42_750
    benefits = observations("22811-05i.csv")
    assert value(benefits, "minimum_income_recipients", "05113") == 101_987
    assert value(benefits, "minimum_income_recipients", "05113", "benefit=sgb2") == 85_382
    assert value(observations("73111-01-01-4_2025-04-10.csv"), "income_taxpayers", "05112") == 230_858


def test_industry_groups_add_up(observations: Decode) -> None:
    """What the three groups without a printed code cover: with A, B-E and F they are the total."""
    variables = {"82111-01-05-4_00.csv": "gross_value_added", "13312-01-04-4_00.csv": "persons_employed"}
    for name, variable in variables.items():
        rows = observations(name)
        parts = sum(
            value(rows, variable, "05", f"industry={group}", year=2014)
            for group in ("A", "B-E", "F", "G-J", "K-N", "O-T")
        )
        assert parts == pytest.approx(value(rows, variable, "05", year=2014), abs=1)


def test_a_point_before_the_series_began_is_not_a_suppression(observations: Decode) -> None:
    rows = observations("52311-01-04-4_00.csv")
    statuses = defaultdict(set)
    for row in rows:
        statuses[row.printed == "."].add(row.status)
    assert statuses[True] == {"not_available"}


def test_the_kreise_that_were_not_delivered(decoded: Callable[[str], Decoded], observations: Decode) -> None:
    rows = observations("13111-01-03-4_2026-03-10.csv")
    statuses = {row.status for row in rows if row.region_id in nrw_kreise()}
    assert statuses == {"not_available"}
    assert value(rows, "employees", "05") == 7_350_231
    (remark,) = decoded("13111-01-03-4_2026-03-10.csv").remarks
    assert remark.check_id == "genesis.level_incomplete"
    assert "0 of 53 Kreise filled, NRW 7,350,231" in remark.text


def test_only_that_file_has_a_remark(real_files: Path, decoded: Callable[[str], Decoded]) -> None:
    remarked = [path.name for path in genesis_files(real_files) if decoded(path.name).remarks]
    assert remarked == ["13111-01-03-4_2026-03-10.csv"]


def test_old_and_new_flat_files_have_the_same_keys(observations: Decode) -> None:
    def keys(name: str) -> set[tuple[object, ...]]:
        return {row[:6] for row in observations(name)}

    assert keys("13111-01-03-4_2024-06-29.csv") == keys("13111-01-03-4_2025-04-10.csv")
    assert keys("12411-01-01-4_2024-06-29.csv") == keys("12411-01-01-4_2025-04-10.csv")
    assert keys("12411-01-01-4_2026-03-10.csv") < keys("12411-01-01-4_2025-04-10.csv")


def test_the_broken_file_shows_its_first_broken_line(real_files: Path) -> None:
    with pytest.raises(Rejected) as error:
        decode_file(real_files / "regionalstatistik/ffcsv" / BROKEN)
    assert error.value.where == "line 2, column 1"
    assert "KREISE;Kreise und kreisfreie Städte;DG" in error.value.found


def test_the_error_page_is_not_recognised(real_files: Path) -> None:
    page = ArrivedFile(real_files / "regionalstatistik/errors/http500_2025-04-10.html")
    assert not any(product.recognises(page) for product in PRODUCTS)


def test_periods_and_days_of_retrieval(decoded: Callable[[str], Decoded]) -> None:
    def dates(name: str) -> tuple[str, dt.date | None]:
        return decoded(name).period, decoded(name).retrieved_on

    assert dates("13111-07-05-4_2020.csv") == ("2020-06-30", dt.date(2021, 8, 17))
    assert dates("13211-02-05-4_2015-2020.csv") == ("2015/2020", dt.date(2021, 8, 17))
    assert dates("71327-01-05-4_00.csv") == ("2010-12-31/2015-12-31", dt.date(2017, 10, 10))
    assert dates("22811-05i.csv") == ("2024", dt.date(2026, 1, 2))
    assert dates("12411-01-01-4_2025-04-10.csv") == ("2023-12-31", dt.date(2025, 4, 10)), "from the file name"
    assert dates("82000-01-01-4_2024_EXCERPT.csv") == ("2024", None)


def test_printed_sums_hold_as_declared(real_files: Path, decoded: Callable[[str], Decoded]) -> None:
    """Wherever all 53 Kreise are filled, their sum is the printed Land as `kreise_sum_to_land` says."""
    proven = set()
    for path in genesis_files(real_files):
        table = tables()[path.stem.split("_")[0]]
        tolerance = {variable.name: variable.kreise_sum_to_land for variable in table.variables}
        land: dict[tuple[object, ...], float] = {}
        kreise: dict[tuple[object, ...], list[float]] = defaultdict(list)
        for row in (Observation(*row) for row in decoded(path.name).observations):
            key = (row.variable, row.sector_id, row.dimensions, row.reference_date)
            if row.value is not None and row.region_id == "05":
                land[key] = row.value
            elif row.value is not None and row.region_id in nrw_kreise():
                kreise[key].append(row.value)
        for key, values in kreise.items():
            allowed = tolerance[str(key[0])]
            if allowed is not None and key in land and len(values) == 53:
                assert abs(sum(values) - land[key]) <= allowed + 1e-6, (path.name, key)
                proven.add((table.code, key[0]))
    declared = {
        (code, variable.name)
        for code, table in tables().items()
        for variable in table.variables
        if variable.kreise_sum_to_land is not None
    }
    assert declared - proven == {("12411-02-03-4", "population"), ("13312-01-05-4", "persons_employed")}, (
        "declared by analogy: the same figures as 12411-01-01-4, the layout of 13312-01-04-4"
    )


def test_locators_lead_to_the_cells(real_files: Path, decoded: Callable[[str], Decoded]) -> None:
    choice = random.Random(2020)
    for path in genesis_files(real_files):
        content = path.read_bytes()
        encoding = "cp1252" if b"\xfc" in content and b"\xc3" not in content else "utf-8-sig"
        lines = content.decode(encoding).split("\n")
        for row in choice.sample(decoded(path.name).observations, 5):
            line, column = (int(part.split()[1]) for part in str(row[12]).split(", "))
            cells = lines[line - 1].split(";")
            assert cells[column - 1] == row[11], (path.name, row)
            assert row[2] in ("DE", *cells) or "13111-54i" in path.name


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_file_cut_in_the_middle_is_rejected(real_files: Path, tmp_path: Path, share: float) -> None:
    for path in genesis_files(real_files):
        content = path.read_bytes()
        end = content.find(b"\n__________") if b"\n__________" in content else len(content)
        for cut in (int(end * share), content.rfind(b"\n", 0, int(end * share)) + 1):
            copy = tmp_path / path.name
            copy.write_bytes(content[:cut])
            if any(product.recognises(ArrivedFile(copy)) for product in PRODUCTS):
                with pytest.raises(Rejected):
                    decode_file(copy)
