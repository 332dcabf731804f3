"""What DCAT-AP.de 3.0 demands of a catalogue entry, and what in a graph breaks it.

The rules are those its validator checks: the shapes of DCAT-AP 3.0.0 with what DCAT-AP.de adds, switches off, or marks
as deprecated (https://www.dcat-ap.de/def/dcatde/3.0/spec/; shapes dcat-ap-SHACL-DE, dcat-ap-spec-german-additions,
dcat-ap-de-controlledvocabularies, dcat-ap-de-deprecated), for the classes and properties that an entry of ours uses. A
property that is not listed is a problem too: whoever adds one looks up what is demanded of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
GEODCATAP = Namespace("http://data.europa.eu/930/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_EU = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True)
class Rule:
    """Of one property: how often it stands, and what its values are.

    kind   a class the value must have; a datatype; Literal for any text; URIRef for an address; Node for any thing
    of     how the address of a value starts: a controlled vocabulary
    """

    kind: object
    least: int = 0
    most: int = 1_000
    of: str = ""


_TEXT, _TEXTS = Rule(Literal, least=1), Rule(Literal)
_PUBLISHER = Rule(FOAF.Agent, least=1, most=1)
_TIME = Rule(Literal, most=1)
_LANGUAGE = Rule(URIRef, of=f"{_EU}language/")
_PLACE = Rule(DCTERMS.Location, of="http://dcat-ap.de/def/politicalGeocoding/")
RULES: dict[URIRef, dict[URIRef, Rule]] = {
    DCAT.Catalog: {
        DCTERMS.title: _TEXT,
        DCTERMS.description: _TEXT,
        DCTERMS.publisher: _PUBLISHER,
        DCTERMS.modified: _TIME,
        DCTERMS.language: _LANGUAGE,
        DCTERMS.spatial: _PLACE,
        FOAF.homepage: Rule(Node, most=1),
        DCAT.themeTaxonomy: Rule(Node),
        DCAT.dataset: Rule(DCAT.Dataset, least=1),  # not demanded since 3.0, but an entry without one says nothing
    },
    DCAT.Dataset: {
        DCTERMS.title: _TEXT,
        DCTERMS.description: _TEXT,
        DCTERMS.publisher: _PUBLISHER,
        DCTERMS.identifier: _TEXTS,
        DCTERMS.modified: _TIME,
        DCTERMS.language: _LANGUAGE,
        DCTERMS.spatial: _PLACE,
        DCTERMS.temporal: Rule(DCTERMS.PeriodOfTime),
        DCTERMS.accrualPeriodicity: Rule(URIRef, most=1, of=f"{_EU}frequency/"),
        DCTERMS.provenance: Rule(Node),
        DCAT.contactPoint: Rule(VCARD.Kind),
        DCAT.distribution: Rule(DCAT.Distribution, least=1),  # recommended; every dataset of ours has files
        DCAT.keyword: _TEXTS,
        DCAT.theme: Rule(URIRef, of=f"{_EU}data-theme/"),
        URIRef(f"{DCAT}version"): Rule(Literal, most=1),
        DCATDE.contributorID: Rule(URIRef, of="http://dcat-ap.de/def/contributors/"),
        DCATDE.politicalGeocodingLevelURI: Rule(URIRef, of="http://dcat-ap.de/def/politicalGeocoding/Level/"),
        GEODCATAP.originator: Rule(FOAF.Agent),
    },
    DCAT.Distribution: {
        DCAT.accessURL: Rule(URIRef, least=1),
        DCAT.downloadURL: Rule(URIRef),
        DCAT.byteSize: Rule(XSD.nonNegativeInteger, most=1),
        DCAT.mediaType: Rule(URIRef, most=1, of="https://www.iana.org/assignments/media-types/"),
        DCTERMS.title: _TEXTS,
        DCTERMS.license: Rule(URIRef, least=1, most=1, of="http://dcat-ap.de/def/licenses/"),
        DCTERMS.rights: Rule(Node, most=1),
        DCTERMS.format: Rule(URIRef, most=1, of=f"{_EU}file-type/"),
        DCTERMS.modified: _TIME,
        DCATDE.licenseAttributionByText: _TEXTS,
        SPDX.checksum: Rule(SPDX.Checksum, most=1),
    },
    DCTERMS.PeriodOfTime: {  # at least one of both
        DCAT.startDate: Rule(Literal, least=1, most=1),
        DCAT.endDate: Rule(Literal, least=1, most=1),
    },
    FOAF.Agent: {FOAF.name: _TEXT},
    VCARD.Kind: {  # at least one way to reach somebody, see _unreachable
        VCARD.fn: Rule(Literal, most=1),
        VCARD.hasEmail: Rule(URIRef),
        VCARD.hasURL: Rule(URIRef),
    },
    SPDX.Checksum: {
        SPDX.algorithm: Rule(URIRef, least=1, most=1, of="http://spdx.org/rdf/terms#checksumAlgorithm_"),
        SPDX.checksumValue: Rule(XSD.hexBinary, least=1, most=1),
    },
    DCTERMS.ProvenanceStatement: {RDFS.label: _TEXT},
    DCTERMS.RightsStatement: {RDFS.label: _TEXT},
}
#: Classes of addresses that others describe.
_ELSEWHERE = {
    *(DCTERMS.Location, DCTERMS.LinguisticSystem, DCTERMS.LicenseDocument, DCTERMS.MediaType),
    *(DCTERMS.MediaTypeOrExtent, FOAF.Document, URIRef("http://www.w3.org/2004/02/skos/core#ConceptScheme")),
}


def problems(graph: Graph) -> list[str]:
    """What breaks a rule, as `class property: what`; empty for a valid entry."""
    return sorted({problem for thing in set(graph.subjects()) for problem in _of_thing(graph, thing)})


def _of_thing(graph: Graph, thing: Node) -> Iterator[str]:
    kinds = set(graph.objects(thing, RDF.type)) - _ELSEWHERE
    if not kinds and set(graph.predicates(thing)) != {RDF.type}:
        yield f"{thing}: has properties and no class"
    for kind in kinds:
        name = _short(kind)
        if kind not in RULES:
            yield f"{name}: not among the classes whose rules were looked up"
            continue
        for found in set(graph.predicates(thing)) - RULES[kind].keys() - {RDF.type}:
            yield f"{name} {_short(found)}: not among the properties whose rules were looked up"
        for wanted, rule in RULES[kind].items():
            values = list(graph.objects(thing, wanted))
            if not rule.least <= len(values) <= rule.most:
                yield f"{name} {_short(wanted)}: stands {len(values)} times"
            for value in values:
                if not _fits(graph, value, rule):
                    yield f"{name} {_short(wanted)}: {value!r} is not what it must be"
        if kind == VCARD.Kind and not {VCARD.hasEmail, VCARD.hasURL} & set(graph.predicates(thing)):
            yield f"{name}: nobody can be reached"


def _fits(graph: Graph, value: Node, rule: Rule) -> bool:
    if not str(value).startswith(rule.of):
        return False
    if rule.kind is Literal:
        return isinstance(value, Literal) and str(value).strip() != ""
    if rule.kind is URIRef:
        return isinstance(value, URIRef)
    if rule.kind is Node:
        return isinstance(value, URIRef | BNode)
    if isinstance(value, Literal):
        return value.datatype == rule.kind and not value.ill_typed
    return (value, RDF.type, rule.kind) in graph


def _short(name: Node) -> str:
    return str(name).replace("#", "/").rpartition("/")[2]
