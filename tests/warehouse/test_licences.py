"""The terms of each table follow from where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from schemas.registry import relations
from tests.warehouse.conftest import publish_small
from warehouse.licences import Provenance, Terms

TermsOf = Callable[[str], Terms]


@pytest.fixture
def connection(small_warehouse: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small release, open for changes."""
    with duckdb.connect(str(publish_small(small_warehouse, tmp_path / "data").published)) as connection:
        yield connection


@pytest.fixture
def terms(connection: duckdb.DuckDBPyConnection) -> TermsOf:
    """Terms of a table after what the test has changed."""
    return lambda name: Provenance(connection).terms(relations()[name])


@pytest.mark.parametrize(
    ("name", "licence", "publishers"),
    [
        ("marts.broadband", "breitbandatlas", ["Bundesnetzagentur"]),  # by its delivery
        ("quality.revision", "ba-statistik", None),  # empty: of the whole
        ("marts.topic", "documents", ["Business Metropole Ruhr GmbH"]),  # by its document
        (  # by its deliveries, and by its sector scheme where a row is a sum: the most restrictive binds
            "marts.employment",
            "ba-statistik",
            ["Statistik der Bundesagentur für Arbeit", "Statistische Ämter des Bundes und der Länder"],
        ),
        (  # only by its sector scheme
            "marts.specialisation",
            "ba-statistik",
            ["Statistik der Bundesagentur für Arbeit", "Statistische Ämter des Bundes und der Länder"],
        ),
        ("marts.region", "ba-statistik", None),  # names nothing: of the whole
        ("marts.indicator_value", "ba-statistik", None),  # some rows are computed from several datasets
    ],
)
def test_terms(
    connection: duckdb.DuckDBPyConnection, terms: TermsOf, name: str, licence: str, publishers: list[str] | None
) -> None:
    found = terms(name)
    assert found.licence.licence_id == licence
    whole = Provenance(connection).whole
    assert ([origin.publisher for origin in found.origins] == publishers) if publishers else found == whole


def test_the_whole_credits_everybody(connection: duckdb.DuckDBPyConnection) -> None:
    credits = Provenance(connection).whole.attribution
    for line in ("Breitbandatlas", "© Statistische Ämter", "Statistik der Bundesagentur für Arbeit", "Eurostat: "):
        assert line in credits


def test_one_closed_delivery_closes_the_table(connection: duckdb.DuckDBPyConnection, terms: TermsOf) -> None:
    connection.execute("UPDATE marts.broadband SET delivery_id = 'genesis'")
    assert terms("marts.broadband").licence.licence_id == "dl-de-by-2.0"
    connection.execute("UPDATE marts.broadband SET delivery_id = 'reports' WHERE region_id = '05'")
    assert terms("marts.broadband").licence.licence_id == "ba-statistik"


def test_words_nobody_knows_are_a_licence_to_be_asked_for(
    connection: duckdb.DuckDBPyConnection, terms: TermsOf
) -> None:
    connection.execute("UPDATE meta.delivery SET licence = 'Freie Nutzung?' WHERE delivery_id = 'atlas'")
    found = terms("marts.broadband")
    assert (found.licence.licence_id, found.licence.name) == ("unknown", "other-closed")
    assert found.origins[0].statement == "Freie Nutzung?"


def test_a_row_that_leads_nowhere_has_the_terms_of_the_whole(
    connection: duckdb.DuckDBPyConnection, terms: TermsOf
) -> None:
    connection.execute("UPDATE marts.broadband SET delivery_id = 'gone' WHERE region_id = '05'")
    assert terms("marts.broadband") == Provenance(connection).whole


def test_a_quarantined_file_has_no_part_in_the_whole(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("UPDATE meta.delivery SET publisher = 'Nobody' WHERE state = 'quarantined'")
    assert "Nobody" not in [origin.publisher for origin in Provenance(connection).whole.origins]


def test_invented_figures_are_not_credited_to_a_publisher(
    connection: duckdb.DuckDBPyConnection, terms: TermsOf
) -> None:
    connection.execute("UPDATE meta.delivery SET is_synthetic = true")
    found = terms("marts.broadband")
    assert found.licence.licence_id == "synthetic"
    assert found.attribution == "Synthetische Beispieldaten des S3-Monitors Ruhr (synthetic sample data)"


def test_the_rhythm_is_that_of_the_source_renewed_most_often(
    connection: duckdb.DuckDBPyConnection, terms: TermsOf
) -> None:
    connection.execute("UPDATE meta.delivery SET source_id = delivery_id")
    connection.execute(
        "INSERT INTO meta.source BY NAME SELECT unnest(['reports', 'genesis']) AS source_id, 'p' AS publisher,"
        " 'p' AS product, unnest([3, 12]) AS period_months"
    )
    assert terms("marts.employment").period_months == 3
    assert terms("marts.broadband").period_months is None
