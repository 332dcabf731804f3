"""`catalogue.jsonld` as RDF: what DCAT-AP.de 3.0 makes mandatory, and what a portal needs to show and to harvest it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from reference.regions import ruhr_kreise
from schemas.registry import relations
from tests.warehouse.conftest import BASE_URL, Exported
from warehouse.export import export
from warehouse.exported import Publication

DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"
LICENCES = "http://dcat-ap.de/def/licenses/"
CATALOGUE = URIRef(f"{BASE_URL}catalogue.jsonld#catalogue")
#: By class, as listed in the specification; what it only recommends and we always have is there too.
MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (
        *(DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.distribution, DCAT.keyword, DCAT.theme),
        *(DCTERMS.spatial, DCATDE.politicalGeocodingLevelURI, DCATDE.politicalGeocodingURI, DCTERMS.modified),
    ),
    DCAT.Distribution: (
        *(DCAT.accessURL, DCTERMS.license, DCTERMS.format, DCTERMS.modified, DCATDE.licenseAttributionByText),
    ),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    DCTERMS.PeriodOfTime: (DCAT.startDate, DCAT.endDate),
}
#: Properties that may stand once at most.
ONCE = (
    DCTERMS.publisher,
    DCTERMS.modified,
    DCTERMS.license,
    DCAT.byteSize,
    DCAT.mediaType,
    SPDX.checksum,
    DCTERMS.format,
)
#: Properties whose value is an address or a thing, and those whose value is a text.
RESOURCES = (DCTERMS.publisher, DCTERMS.license, DCAT.accessURL, DCAT.downloadURL, DCAT.theme, DCTERMS.spatial,
             DCATDE.politicalGeocodingURI, DCATDE.contributorID, DCAT.mediaType, DCTERMS.format)  # fmt: skip
TEXTS = (DCTERMS.title, DCTERMS.description, DCAT.keyword, DCATDE.licenseAttributionByText, FOAF.name)


@pytest.fixture(scope="module")
def graph(small_export: Exported) -> Graph:
    return parsed(small_export.out)


def parsed(out: Path, address: str = "file:///elsewhere/catalogue.jsonld") -> Graph:
    return Graph().parse(out / "catalogue.jsonld", format="json-ld", publicID=address)


def dataset(name: str) -> URIRef:
    return URIRef(f"{BASE_URL}catalogue.jsonld#{name}")


def distributions(graph: Graph, name: str) -> list[Node]:
    return sorted(graph.objects(dataset(name), DCAT.distribution))


@pytest.mark.parametrize("kind", MANDATORY, ids=lambda kind: kind.fragment or kind.rpartition("/")[2])
def test_mandatory_properties(graph: Graph, kind: URIRef) -> None:
    things = list(graph.subjects(RDF.type, kind))
    assert things
    for thing in things:
        for wanted in MANDATORY[kind]:
            assert (thing, wanted, None) in graph, (thing, wanted)


def test_how_often_and_what_a_value_may_be(graph: Graph) -> None:
    for thing in set(graph.subjects()):
        for once in ONCE:
            assert len(list(graph.objects(thing, once))) <= 1
    for name in RESOURCES:
        assert {type(value) for value in graph.objects(None, name)} <= {URIRef, BNode}
    for name in TEXTS:
        assert {type(value) for value in graph.objects(None, name)} == {Literal}


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
    page = there.value(there.value(region, DCAT.contactPoint), VCARD.hasURL)
    assert page == (URIRef(contact) if contact.startswith("https") else None)
    if not contact.startswith("https"):
        assert (region, DCAT.contactPoint, None) not in there


def test_a_data_provider_is_only_named_where_it_is_declared(graph: Graph) -> None:
    assert list(graph.objects(None, DCATDE.contributorID)) == []
