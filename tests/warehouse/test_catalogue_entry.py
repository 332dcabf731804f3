"""`catalogue.jsonld` as RDF: what DCAT-AP.de 3.0 makes mandatory, and what a portal needs to show and to harvest it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from reference.regions import ruhr_kreise
from schemas.registry import relations
from tests.warehouse.conftest import BASE_URL, Exported
from tests.warehouse.dcat_rules import DCATDE, GEODCATAP, RULES, SPDX, VCARD, problems
from warehouse.export import export
from warehouse.exported import Publication

EU = "http://publications.europa.eu/resource/authority/"
LICENCES = "http://dcat-ap.de/def/licenses/"
CATALOGUE = URIRef(f"{BASE_URL}catalogue.jsonld#catalogue")
#: By class: what is mandatory, and what is only recommended and we always have.
ALWAYS = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (
        *(DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.distribution, DCAT.keyword, DCAT.theme),
        *(DCTERMS.spatial, DCATDE.politicalGeocodingLevelURI, DCTERMS.modified, GEODCATAP.originator),
    ),
    DCAT.Distribution: (
        *(DCAT.accessURL, DCTERMS.license, DCTERMS.format, DCTERMS.modified, DCATDE.licenseAttributionByText),
    ),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    DCTERMS.PeriodOfTime: (DCAT.startDate, DCAT.endDate),
}


@pytest.fixture(scope="module")
def graph(small_export: Exported) -> Graph:
    return parsed(small_export.out)


def parsed(out: Path, address: str = "file:///elsewhere/catalogue.jsonld") -> Graph:
    return Graph().parse(out / "catalogue.jsonld", format="json-ld", publicID=address)


def dataset(name: str) -> URIRef:
    return URIRef(f"{BASE_URL}catalogue.jsonld#{name}")


def distributions(graph: Graph, name: str) -> list[Node]:
    return sorted(graph.objects(dataset(name), DCAT.distribution))


@pytest.fixture
def damaged(graph: Graph) -> Graph:
    """The catalogue with one dataset, to be damaged."""
    part = graph.cbd(dataset("marts.growth"))
    for thing in (graph.value(dataset("marts.growth"), DCTERMS.publisher), *distributions(graph, "marts.growth")):
        part += graph.cbd(thing)
    for triples in ((CATALOGUE, None, None), (None, RDF.type, DCTERMS.Location)):
        part += graph.triples(triples)
    part.remove((CATALOGUE, DCAT.dataset, None))
    part.add((CATALOGUE, DCAT.dataset, dataset("marts.growth")))
    assert problems(part) == []
    return part


def test_the_entry_is_valid(graph: Graph) -> None:
    assert problems(graph) == []


@pytest.mark.parametrize("kind", ALWAYS, ids=lambda kind: kind.fragment or kind.rpartition("/")[2])
def test_properties_that_are_always_there(graph: Graph, kind: URIRef) -> None:
    things = list(graph.subjects(RDF.type, kind))
    assert things
    for thing in things:
        for wanted in ALWAYS[kind]:
            assert (thing, wanted, None) in graph, (thing, wanted)


@pytest.mark.parametrize(
    ("kind", "wanted", "rule"),
    [(kind, wanted, rule) for kind, of_kind in RULES.items() for wanted, rule in of_kind.items() if rule.least],
    ids=lambda value: str(value).replace("#", "/").rpartition("/")[2] if isinstance(value, URIRef) else "",
)
def test_a_missing_property_is_found(damaged: Graph, kind: URIRef, wanted: URIRef, rule: object) -> None:
    damaged.remove((damaged.value(None, RDF.type, kind), wanted, None))
    assert any(problem.endswith("stands 0 times") for problem in problems(damaged))


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (DCTERMS.license, URIRef("http://dcat-ap.de/def/licenses/cc-zero"), "Distribution license: stands 2 times"),
        (DCTERMS.format, Literal("CSV"), "is not what it must be"),
        (DCAT.byteSize, Literal("-1", datatype=XSD.nonNegativeInteger), "is not what it must be"),
        (DCTERMS.title, Literal(" "), "is not what it must be"),
        (DCATDE.maintainer, BNode(), "maintainer: not among the properties"),
        (SPDX.checksum, BNode(), "is not what it must be"),
    ],
    ids=lambda value: str(value).replace("#", "/").rpartition("/")[2] if isinstance(value, URIRef) else "",
)
def test_what_may_not_stand_there_is_found(damaged: Graph, name: URIRef, value: Node, problem: str) -> None:
    damaged.add((distributions(damaged, "marts.growth")[0], name, value))
    assert any(problem in found for found in problems(damaged))


def test_somebody_must_be_reachable(damaged: Graph) -> None:
    damaged.remove((None, VCARD.hasEmail, None))
    assert problems(damaged) == ["Kind: nobody can be reached"]


def test_a_dataset_for_each_mart_the_history_and_the_package(graph: Graph) -> None:
    wanted = {name for name in relations() if name.startswith(("marts.", "history."))} | {"package"}
    assert set(graph.objects(CATALOGUE, DCAT.dataset)) == {dataset(name) for name in wanted}
    assert list(graph.subjects(RDF.type, DCAT.Catalog)) == [CATALOGUE]


def test_every_address_is_absolute(graph: Graph) -> None:
    for triple in graph:
        for term in triple:
            if isinstance(term, URIRef):
                assert urlsplit(term).scheme in ("http", "https", "mailto"), term


def test_a_file_has_its_address_size_and_checksum(graph: Graph, small_export: Exported) -> None:
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        url = str(graph.value(distribution, DCAT.downloadURL))
        assert url == str(graph.value(distribution, DCAT.accessURL))
        content = (small_export.out / url.removeprefix(BASE_URL)).read_bytes()
        assert graph.value(distribution, DCAT.byteSize) == Literal(str(len(content)), datatype=XSD.nonNegativeInteger)
        checksum = graph.value(distribution, SPDX.checksum)
        assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()


def test_formats(graph: Graph) -> None:
    formats = [graph.value(found, DCTERMS.format) for found in distributions(graph, "marts.broadband")]
    assert formats == [URIRef(f"{EU}file-type/CSV"), URIRef(f"{EU}file-type/PARQUET")]
    (package,) = distributions(graph, "package")
    assert graph.value(package, DCAT.mediaType) == URIRef(
        "https://www.iana.org/assignments/media-types/application/json"
    )


@pytest.mark.parametrize(
    ("name", "licence", "credits"),
    [
        ("marts.broadband", "other-open", "Breitbandatlas"),
        ("quality", "", ""),
        ("marts.employment", "other-closed", "Statistik der Bundesagentur für Arbeit · © Statistische Ämter"),
        ("marts.topic", "other-closed", "Business Metropole Ruhr GmbH: Strategie der Intelligenten Spezialisierung"),
    ],
)
def test_licence_and_credit_of_each_file(graph: Graph, name: str, licence: str, credits: str) -> None:
    found = distributions(graph, name)
    assert bool(found) == bool(licence)
    for distribution in found:
        assert graph.value(distribution, DCTERMS.license) == URIRef(LICENCES + licence)
        assert str(graph.value(distribution, DCATDE.licenseAttributionByText)).startswith(credits)


def test_every_licence_is_of_the_vocabulary(graph: Graph) -> None:
    known = {"dl-by-de/2.0", "dl-zero-de/2.0", "cc-by/4.0", "cc-zero", "other-open", "other-closed"}
    assert {str(value).removeprefix(LICENCES) for value in graph.objects(None, DCTERMS.license)} <= known


def test_the_ruhr_is_named_by_its_kreise(graph: Graph) -> None:
    places = {str(place).rpartition("/")[2] for place in graph.objects(dataset("marts.region"), DCTERMS.spatial)}
    assert places == {"05", *ruhr_kreise()}
    assert len(ruhr_kreise()) == 15


def test_the_time_it_covers(graph: Graph) -> None:
    period = graph.value(dataset("marts.growth"), DCTERMS.temporal)
    days = [str(graph.value(period, end)) for end in (DCAT.startDate, DCAT.endDate)]
    assert days == ["2020-03-31", "2021-03-31"]
    assert graph.value(dataset("marts.topic"), DCTERMS.temporal) is None


def test_contact_is_a_mail_address(graph: Graph) -> None:
    contact = graph.value(dataset("marts.region"), DCAT.contactPoint)
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:s3@example.org")


@pytest.mark.parametrize("contact", ["https://example.org/kontakt", "Abteilung Strategie"])
def test_without_a_base_address_all_is_relative_to_the_file(
    small_export: Exported, tmp_path: Path, contact: str
) -> None:
    declared = "http://dcat-ap.de/def/contributors/beispiel"
    said = Publication(publisher="Business Metropole Ruhr GmbH", contact=contact, contributor_id=declared)
    export(small_export.data.published, tmp_path / "out", said)
    there = parsed(tmp_path / "out", "https://portal.example/x/catalogue.jsonld")
    region = URIRef("https://portal.example/x/catalogue.jsonld#marts.region")
    csv, _ = sorted(there.objects(region, DCAT.distribution))
    assert there.value(csv, DCAT.downloadURL) == URIRef("https://portal.example/x/csv/marts.region.csv")
    assert there.value(region, DCATDE.contributorID) == URIRef(declared)
    assert str(there.value(there.value(region, DCTERMS.publisher), FOAF.name)) == "Business Metropole Ruhr GmbH"
    assert problems(there) == []
    page = there.value(there.value(region, DCAT.contactPoint), VCARD.hasURL)
    assert page == (URIRef(contact) if contact.startswith("https") else None)
    if not contact.startswith("https"):
        assert (region, DCAT.contactPoint, None) not in there


def test_a_data_provider_is_only_named_where_it_is_declared(graph: Graph) -> None:
    assert list(graph.objects(None, DCATDE.contributorID)) == []
