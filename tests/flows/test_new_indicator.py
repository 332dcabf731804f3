"""The guides in docs/how-to/, followed to the letter: table, indicator, check by data alone, a source by code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.checkout import Checkout, blocks
from tests.sources.genesis.files import AREAS, FOOTER, NEW_HEADER, new_ffcsv

pytestmark = pytest.mark.slow

#: Codes for the flat file; as far as they are not known, made up.
CODES = {
    "Geöffnete Beherbergungsbetriebe": "GAST04",
    "Angebotene Schlafgelegenheiten": "GAST05",
    "Gästeankünfte": "GAST01",
    "Gästeübernachtungen": "GAST02",
}
BENCHMARK, WITH_TOO_MANY_ARRIVALS = "05", "05911"


def stays(code: str, year: int) -> int:
    """Made-up overnight stays; all differ."""
    number = [area for area, _ in AREAS].index(code)
    return 100_000 * (20 if number < 2 else 1) + 1000 * number + year


def figures(code: str, year: int) -> list[int]:
    """In the order of the columns."""
    nights = stays(code, year)
    arrivals = nights + 1 if (code, year) == (WITH_TOO_MANY_ARRIVALS, 2023) else nights // 2
    return [nights // 1000, nights // 100, arrivals, nights]


def rows() -> Iterator[str]:
    for year in (2022, 2023):
        for code, label in AREAS:
            yield ";".join([str(year), code, label, *map(str, figures(code, year))])


def flat_rows(year: int) -> Iterator[list[str]]:
    for code, label in AREAS:
        head = ["45412", "Monatserhebung im Tourismus", "JAHR", "Jahr", str(year), "KREISE", "Kreise"]
        for (variable, variable_code), figure in zip(CODES.items(), figures(code, year), strict=True):
            yield [*head, code, label.strip(), str(figure), "Anzahl", variable_code, variable]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = Checkout(tmp_path_factory.mktemp("newcomer"))
    (example,) = blocks("table.md", "csv")
    *head, _row = example.splitlines()
    table = "\n".join([*head, *rows()]) + "\n" + FOOTER
    (checkout.inbox / "45412.csv").write_bytes(table.encode("cp1252"))
    flat = new_ffcsv(flat_rows(2024), [*NEW_HEADER[:9], *NEW_HEADER[-4:]])
    (checkout.inbox / "45412-01-03-4_flat.csv").write_text(flat, encoding="utf-8")
    points = "kreis;tag;ladepunkte\n05113;2024-12-31;812\n09162;2024-12-31;4000\n"
    (checkout.inbox / "ladepunkte.csv").write_text(points, encoding="utf-8")
    return checkout


def test_a_newcomer_adds_a_table_an_indicator_a_check_and_a_source(checkout: Checkout) -> None:
    before = checkout.refresh()
    assert before.code == 1
    assert "found table 45412-01-03-4" in before.out
    assert "sources/genesis/tables.yaml" in before.out
    assert "docs/new-source.md" in before.out

    follow_the_guides(checkout)
    after = checkout.run("refresh", S3MONITOR_SITE="true")  # what is in quarantine is looked at again
    assert after.code == 0, after.out + after.stderr

    values_are_in_the_marts(checkout)
    value_is_explained(checkout)
    indicator_is_on_the_pages(checkout.data / "site")
    check_has_found_the_defect(checkout)
    source_is_there(checkout)


def follow_the_guides(checkout: Checkout) -> None:
    (table,) = blocks("table.md", "yaml")
    for variable, code in CODES.items():
        table = table.replace(f"headers: [{variable}]", f"codes: [{code}]\n        headers: [{variable}]")
    checkout.append("sources/genesis/tables.yaml", table)
    indicator, term = blocks("indicator.md", "yaml")
    checkout.append("reference/indicators.yaml", indicator)
    checkout.replace("monitor/texts.yaml", "\nvariable:\n", f"\nvariable:\n{term}")
    (check,) = blocks("check.md", "yaml")
    checkout.append("quality/checks.yaml", check)
    (module,), (publisher,) = blocks("source.md", "python"), blocks("source.md", "yaml")
    checkout.append("sources/ladepunkte.py", module)
    checkout.replace(
        "sources/catalogue.py", "        ba_annual_rates,\n", "        ba_annual_rates,\n        ladepunkte,\n"
    )
    checkout.replace("sources/catalogue.py", "    return (\n", "    return (\n        ladepunkte.PRODUCT,\n")
    checkout.replace(
        "sources/publishers.yaml", '- pattern: "ba_regionalreport"\n', f'{publisher}- pattern: "ba_regionalreport"\n'
    )


def values_are_in_the_marts(checkout: Checkout) -> None:
    sql = (
        "SELECT region_id, year(reference_date) AS year, value, benchmark_value FROM marts.indicator_value "
        "WHERE indicator_id = 'overnight_stays' AND value IS NOT NULL"
    )
    found = {(row["region_id"], row["year"]): row for row in query(checkout, sql)}
    kreise = [code for code, _ in AREAS[2:]]
    for year in (2022, 2023, 2024):
        assert found["05113", year]["value"] == stays("05113", year)
        assert found["RUHR", year]["value"] == sum(stays(code, year) for code in kreise)
        assert found["RUHR", year]["benchmark_value"] == stays(BENCHMARK, year)


def value_is_explained(checkout: Checkout) -> None:
    explained = checkout.run("explain", "overnight_stays", "RUHR", "2023")
    assert explained.code == 0
    assert "Gästeübernachtungen" in explained.out
    assert "15 of 15 cells in 1 file say what was read from them." in explained.out
    assert f"“{stays('05113', 2023)}”" in explained.out


def indicator_is_on_the_pages(site: Path) -> None:
    ruhr = f"{sum(stays(code, 2024) for code, _ in AREAS[2:]):,}"
    for page, title, number in (
        ("indikator/overnight_stays.html", "Gästeübernachtungen", ruhr.replace(",", ".")),
        ("en/indikator/overnight_stays.html", "Overnight stays", ruhr),
        ("kommunen/essen.html", "Gästeübernachtungen", f"{stays('05113', 2024):,}".replace(",", ".")),
    ):
        content = (site / page).read_text(encoding="utf-8")
        assert title in content, page
        assert number in content, page
    assert "Gästeübernachtungen" in (site / "rahmenbedingungen.html").read_text(encoding="utf-8")


def check_has_found_the_defect(checkout: Checkout) -> None:
    listed = checkout.run("quality", "list")
    assert "Bochum" in listed.out
    assert f"{stays(WITH_TOO_MANY_ARRIVALS, 2023):,} Übernachtungen".replace(",", ".") in listed.out
    (result,) = query(checkout, "FROM quality.check_result WHERE check_id = 'arrivals_within_stays'")
    assert (result["failed"], result["severity"]) == (1, "warn")


def source_is_there(checkout: Checkout) -> None:
    sql = (
        "SELECT region_id, value, locator, publisher, licence "
        "FROM history.observation JOIN meta.delivery USING (delivery_id) WHERE dataset = 'bnetza_ladepunkte'"
    )
    (point,) = query(checkout, sql)
    assert (point["region_id"], point["value"], point["locator"]) == ("05113", 812, "line 2, column 3")
    assert (point["publisher"], point["licence"]) == ("Bundesnetzagentur", "CC BY 4.0")


def query(checkout: Checkout, sql: str) -> Any:
    ended = checkout.run("query", sql, "--format", "json")
    assert ended.code == 0, ended.stderr
    return ended.json
