"""`catalogue.jsonld`: the export for data portals, by DCAT-AP.de 3.0 (https://www.dcat-ap.de/def/dcatde/3.0/spec/).

One dataset for each mart, one for the history of all printed cells, and one for the whole package. Numbers of
conventions are those of the DCAT-AP.de handbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from reference.regions import NRW, ruhr_kreise
from warehouse.exported import (
    KEYWORDS,
    NAME,
    SYNTHETIC_DE,
    SYNTHETIC_EN,
    TITLE_DE,
    TITLE_EN,
    Export,
    File,
    Table,
)
from warehouse.licences import Terms

Node = dict[str, Any]

_CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geodcatap": "http://data.europa.eu/930/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU: Final = "http://publications.europa.eu/resource/authority/"
_PLACES: Final = "http://dcat-ap.de/def/politicalGeocoding/"
#: EU file type and media type by ending.
_FORMATS: Final = {
    "csv": ("CSV", "text/csv"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "json": ("JSON", "application/json"),
}
#: EU frequency by months between two reference dates.
_FREQUENCIES: Final = {1: "MONTHLY", 3: "QUARTERLY", 6: "ANNUAL_2", 12: "ANNUAL"}
_THEMES: Final = {
    "marts.broadband": ("TECH", "REGI"),
    "marts.mobile_coverage": ("TECH", "REGI"),
    "marts.boundary": ("REGI",),
}
_USUAL_THEMES: Final = ("ECON", "REGI")


def catalogue_entry(export: Export, package: File) -> Node:
    """The catalogue as JSON-LD; package: the written datapackage.json."""
    tables = [table for table in export.tables if table.relation.name.startswith(("marts.", "history."))]
    homepage = (
        {"foaf:homepage": _iri(export.publication.base_url, "foaf:Document")} if export.publication.base_url else {}
    )
    return {
        "@context": _CONTEXT,
        **_iri(_own(export, "catalogue"), "dcat:Catalog"),
        "dct:title": _both("S3-Monitor Ruhr: Datenkatalog", "S3-Monitor Ruhr: data catalogue"),
        "dct:description": _both(*_about(export, TITLE_DE, TITLE_EN)),
        "dct:publisher": _publisher(export),
        **homepage,
        "dct:language": _languages(),
        "dct:modified": _time(export),
        "dct:spatial": _iri(f"{_PLACES}stateKey/{NRW}", "dct:Location"),
        "dcat:themeTaxonomy": _iri(f"{_EU}data-theme", "http://www.w3.org/2004/02/skos/core#ConceptScheme"),
        "dcat:dataset": [_package_dataset(export, package), *(_table_dataset(export, table) for table in tables)],
    }


def _package_dataset(export: Export, package: File) -> Node:
    title = "S3-Monitor Ruhr: alle Tabellen als Data Package", "S3-Monitor Ruhr: all tables as a data package"
    return {
        **_dataset(export, "package", title, (TITLE_DE, TITLE_EN), export.terms, export.dates, _USUAL_THEMES),
        "dcat:distribution": [_distribution(export, package, "package", export.terms)],
    }


def _table_dataset(export: Export, table: Table) -> Node:
    name = table.relation.name
    title = f"S3-Monitor Ruhr: {table.title_de}", f"S3-Monitor Ruhr: {table.title_en}"
    about = table.relation.description_de, table.relation.description_en
    themes = _THEMES.get(name, _USUAL_THEMES)
    return {
        **_dataset(export, name, title, about, table.terms, table.dates, themes),
        "dcat:distribution": [_distribution(export, file, name, table.terms) for file in (table.csv, table.parquet)],
    }


def _dataset(
    export: Export,
    name: str,
    title: tuple[str, str],
    about: tuple[str, str],
    terms: Terms,
    dates: tuple[Any, Any] | None,
    themes: tuple[str, ...],
) -> Node:
    return {
        **_iri(_own(export, name), "dcat:Dataset"),
        "dct:identifier": f"{NAME}/{name}",
        "dct:title": _both(*title),
        "dct:description": _both(*_about(export, *about)),
        "dct:publisher": _publisher(export),
        **dict(_declared(export)),
        "geodcatap:originator": [_agent(name) for name in dict.fromkeys(o.publisher for o in terms.origins) if name],
        "dcat:keyword": [{"@value": word, "@language": "de"} for word in KEYWORDS],
        "dcat:theme": [_iri(f"{_EU}data-theme/{theme}") for theme in themes],
        "dct:language": _languages(),
        **_places(),
        **({"dct:temporal": _period(*dates)} if dates else {}),
        "dct:accrualPeriodicity": _iri(f"{_EU}frequency/{_FREQUENCIES.get(terms.period_months or 0, 'IRREG')}"),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _both(*_provenance(export))},
        "dct:modified": _time(export),
        "dcat:version": export.release.release_id,
    }


def _distribution(export: Export, file: File, title: str, terms: Terms) -> Node:
    """A file. Convention 39: where it is only to be downloaded, both addresses are that of the file."""
    ending = file.path.rpartition(".")[2]
    file_type, media_type = _FORMATS[ending]
    url = _iri(export.publication.url(file.path))
    return {
        **_iri(_own(export, f"{title}.{ending}"), "dcat:Distribution"),
        "dct:title": f"{title} ({file_type})",
        "dcat:accessURL": url,
        "dcat:downloadURL": url,
        "dct:license": _iri(terms.licence.uri, "dct:LicenseDocument"),
        "dcatde:licenseAttributionByText": terms.attribution,
        "dct:rights": {
            "@type": "dct:RightsStatement",
            "rdfs:label": _both(terms.licence.title_de, terms.licence.title_en),
        },
        "dct:format": _iri(f"{_EU}file-type/{file_type}", "dct:MediaTypeOrExtent"),
        "dcat:mediaType": _iri(f"https://www.iana.org/assignments/media-types/{media_type}", "dct:MediaType"),
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        "dct:modified": _time(export),
    }


def _declared(export: Export) -> Iterator[tuple[str, Node]]:
    """What an installation says of itself: contact (convention 1: a mail address or a page) and data provider."""
    contact, contributor = export.publication.contact, export.publication.contributor_id
    reach = _reach(contact)
    if reach:
        who = {"@type": "vcard:Kind", "vcard:fn": export.publication.publisher}
        yield "dcat:contactPoint", who | reach
    if contributor:
        yield "dcatde:contributorID", _iri(contributor)


def _reach(contact: str) -> Node:
    if re.fullmatch(r"https?://\S+", contact):
        return {"vcard:hasURL": _iri(contact)}
    if re.fullmatch(r"[^@\s]+@[^@\s]+", contact):
        return {"vcard:hasEmail": _iri(f"mailto:{contact}")}
    return {}


def _places() -> Node:
    """The Ruhr by its Kreise, and NRW it is compared with."""
    keys = [f"{_PLACES}stateKey/{NRW}", *(f"{_PLACES}districtKey/{kreis}" for kreis in ruhr_kreise())]
    levels = [f"{_PLACES}Level/{level}" for level in ("administrativeDistrict", "state")]
    return {
        "dct:spatial": [_iri(key, "dct:Location") for key in keys],
        "dcatde:politicalGeocodingLevelURI": [_iri(level) for level in levels],
    }


def _period(first: Any, last: Any) -> Node:
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": {"@value": first.isoformat(), "@type": "xsd:date"},
        "dcat:endDate": {"@value": last.isoformat(), "@type": "xsd:date"},
    }


def _about(export: Export, german: str, english: str) -> tuple[str, str]:
    if export.release.is_synthetic:
        return f"{SYNTHETIC_DE} {german}", f"{SYNTHETIC_EN} {english}"
    return german, english


def _provenance(export: Export) -> tuple[str, str]:
    release = export.release
    return (
        f"Release {release.release_id}, Programmversion {release.code_version}. Jede Zahl führt über delivery_id und "
        f"locator oder meta.lineage zur Zelle der Datei des Herausgebers.",
        f"Release {release.release_id}, code version {release.code_version}. Every figure leads to the cell of the "
        f"publisher's file by delivery_id and locator, or by meta.lineage.",
    )


def _publisher(export: Export) -> Node:
    return _iri(_own(export, "publisher"), "foaf:Agent") | {"foaf:name": export.publication.publisher}


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _languages() -> list[Node]:
    return [_iri(f"{_EU}language/{code}", "dct:LinguisticSystem") for code in ("DEU", "ENG")]


def _time(export: Export) -> Node:
    return {"@value": export.release.time, "@type": "xsd:dateTime"}


def _both(german: str, english: str) -> list[Node]:
    return [{"@value": german, "@language": "de"}, {"@value": english, "@language": "en"}]


def _own(export: Export, name: str) -> str:
    """The address of a thing this file describes."""
    return f"{export.publication.url('catalogue.jsonld')}#{name}"


def _iri(address: str, kind: str = "") -> Node:
    return {"@id": address, "@type": kind} if kind else {"@id": address}
