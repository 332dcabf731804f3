"""`CITATION.cff` (Citation File Format 1.2.0) and the short README of an export."""

from __future__ import annotations

from typing import Any

from schemas.text import markdown
from warehouse.exported import KEYWORDS, SYNTHETIC_DE, SYNTHETIC_EN, TITLE_DE, TITLE_EN, Export


def citation_file(export: Export) -> str:
    """How to cite the release, with every publisher whose figures it holds as a reference."""
    import yaml

    release, terms = export.release, export.terms
    message = "Bitte zitieren Sie das Release und die Quellen. | Please cite the release and its sources."
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": f"{SYNTHETIC_DE} | {SYNTHETIC_EN}" if release.is_synthetic else message,
        "title": TITLE_DE,
        "version": release.release_id,
        "date-released": release.released_at.date(),
        "authors": [{"name": export.publication.publisher}],
        "abstract": TITLE_EN,
        "keywords": list(KEYWORDS),
        "license-url": terms.licence.url or terms.licence.uri,
        "references": [
            {
                "type": "data",
                "title": origin.attribution or origin.publisher,
                "authors": [{"name": origin.publisher}],
                "notes": origin.licence.title_de,
            }
            for origin in terms.origins
            if origin.publisher
        ],
    }
    if export.publication.base_url:
        content["url"] = export.publication.base_url
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)


def cite_as(export: Export) -> str:
    """One line to cite the release by."""
    release = export.release
    url = f", {export.publication.base_url}" if export.publication.base_url else ""
    return (
        f"{export.publication.publisher} ({release.released_at.year}): S3-Monitor Ruhr, "
        f"Release {release.release_id}{url}"
    )


def read_me(export: Export) -> str:
    """What is in the folder, how to cite it, and what may be done with it."""
    banner = f"> **{SYNTHETIC_DE}**\n> **{SYNTHETIC_EN}**\n\n" if export.release.is_synthetic else ""
    licence, publisher = export.terms.licence, export.publication.publisher
    credits = "\n".join(
        f"- {markdown(origin.attribution or origin.publisher)} ({origin.licence.title_de})"
        for origin in export.terms.origins
    )
    return f"""# S3-Monitor Ruhr, Release {export.release.release_id}

{banner}{len(export.tables)} Tabellen, veröffentlicht am {export.release.released_at:%d.%m.%Y} (UTC).
{len(export.tables)} tables, released on {export.release.released_at:%Y-%m-%d} (UTC).

| Datei | Inhalt | Content |
|---|---|---|
| `csv/` | UTF-8, Komma, Dezimalpunkt, Listen als JSON | UTF-8, comma, decimal point, lists as JSON |
| `parquet/` | dieselben Tabellen mit Datentypen | the same tables with their types |
| `datapackage.json` | Spalten mit Einheit und Bedeutung, Lizenz je Tabelle | columns, units, licence of each table |
| `catalogue.jsonld` | Eintrag für Datenportale (DCAT-AP.de) | entry for data portals (DCAT-AP.de) |
| `CITATION.cff` | Angaben zum Zitieren | how to cite |
| `SHA256SUMS` | Prüfsummen: `sha256sum -c SHA256SUMS` | checksums |

Eine leere Zelle heißt „nicht bekannt“, nicht 0; `""` ist ein leerer Text. Geheim gehaltene Werte sind Spannen
(`…_lower`, `…_upper`). Ein Text, den eine Tabellenkalkulation als Formel ausführen würde, beginnt in den CSV-Dateien
mit einem Apostroph; Zahlen, auch negative, und ein einzelnes `-` bleiben, wie sie sind.

An empty cell means “not known”, not 0; `""` is an empty text. Suppressed values are intervals (`…_lower`, `…_upper`).
In the CSV files a text that a spreadsheet would run as a formula begins with an apostrophe; numbers, negative ones
too, and a lone `-` stay as they are.

## Zitieren / How to cite

{markdown(publisher)}{cite_as(export).removeprefix(publisher)}

## Lizenzen / Licences

Jede Tabelle hat die strengste Lizenz ihrer Quellen; sie steht mit den Quellenvermerken in `datapackage.json`. Für das
Ganze gilt: {licence.title_de} <{licence.uri}>.

Each table has the most restrictive licence of its sources; `datapackage.json` names it with the credit lines. For the
whole: {licence.title_en} <{licence.uri}>.

Quellen / sources:

{credits}
"""
