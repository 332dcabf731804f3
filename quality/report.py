"""The release report in German: what is new, revised, refused and open. One content, as Markdown and as HTML.

The HTML is one file that asks nothing of a network and prints on paper. All texts of files and publishers are escaped.
"""

from __future__ import annotations

import datetime as dt
import html
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quality.checks import SEVERITIES
from quality.findings import OPEN
from reference.regions import RUHR
from schemas.text import markdown, printable
from warehouse.connect import open_published, records
from warehouse.data_folder import DataFolder, write_atomically
from warehouse.diff import CURRENT, Diff, ValueChange, diff, release_before, release_path

if TYPE_CHECKING:
    import duckdb

#: Rows of a table in the report; the commands it names show all of them.
SHOWN = 40
_WHOLE_UNITS = ("persons", "cases", "activities", "EUR", "Tsd. EUR")
_GERMAN = {
    # units of indicators
    "persons": "Personen", "cases": "Fälle", "activities": "Aktivitäten", "quotient": "",
    # traffic lights and their reasons
    "green": "grün", "yellow": "gelb", "red": "rot", "not_assessable": "nicht bewertbar",
    "direction_and_nrw": "Richtung und Vergleich mit NRW", "direction_only": "Richtung allein",
    "target_path": "Weg zum Ziel", "no_direction": "keine gewünschte Richtung",
    "no_comparable_value": "kein vergleichbarer früherer Wert", "interval": "nur als Spanne bekannt",
    # causes of a revision
    "census_base": "neue Zensusbasis", "classification": "andere Klassifikation", "completed": "ergänzt",
    "withdrawn": "zurückgezogen", "ba_revision": "Revision der BA", "correction": "Korrektur",
    "basis": "andere Vergleichsbasis", "table": "aus anderer Tabelle gelesen", "delivery": "neue Lieferung",
    "delivery_withdrawn": "Lieferung zurückgezogen", "program": "neue Programmversion",
    # states of deliveries, findings, sources; severities
    "accepted": "übernommen", "quarantined": "nicht übernommen", "open": "offen", "recurring": "wiedergekehrt",
    "fixed": "behoben", "fresh": "aktuell", "due": "fällig", "late": "überfällig", "failed": "fehlgeschlagen",
    "unscheduled": "ohne Rhythmus", "stop": "hält auf", "quarantine": "Quarantäne", "warn": "Warnung",
    "info": "Hinweis",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A part of the report: texts by row, at most SHOWN of them; `total` counts those left out as well.

    numeric  columns (from 0) that stand to the right
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    total: int
    if_empty: str
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Report:
    title: str
    lead: list[str]
    tables: list[Table]


def write_report(data: DataFolder, release: str = CURRENT) -> tuple[Path, Path]:
    """Write `releases/<release_id>.md` and `.html` about a release against the one before; returns both paths.

    Raises NoSuchReleaseError where there is no such release.
    """
    path = release_path(data, release)
    report = release_report(path, release_before(data, path))
    text, page = path.with_suffix(".md"), path.with_suffix(".html")
    write_atomically(text, as_markdown(report).encode())
    write_atomically(page, as_html(report).encode())
    return text, page


def release_report(path: Path, before: Path | None) -> Report:
    """The report on one release file; without `before` nothing is compared."""
    changes = diff(before, path) if before else None
    with open_published(path) as connection:
        release = records(connection, "FROM meta.release")[0]
        names = _Names(connection)
        deliveries = records(connection, "FROM meta.delivery ORDER BY source_id, file_name")
        findings = records(connection, _FINDINGS)
        freshness = records(connection, "FROM quality.freshness ORDER BY source_id")
    # What asks for a decision stands first.
    tables = [_open_findings(findings), _refused(deliveries, changes), _new_deliveries(deliveries, changes)]
    if changes:
        tables += [
            _new_values(changes, names),
            _revised(changes, names),
            _gone(changes, names),
            _lights(changes, names),
        ]
    tables += [_accepted_findings(findings)]
    if changes:
        tables += [_fixed_findings(changes)]
    tables += [_freshness(freshness)]
    if changes:
        tables += [_sizes(changes)]
    overview = _overview(deliveries, findings, changes)
    return Report(f"Bericht zum Release {release['release_id']}", _lead(release, changes), [overview, *tables])


# --- content --------------------------------------------------------------------------------------

_COMMANDS = (
    "Mehr zeigen „s3monitor diff“ (Änderungen), „s3monitor explain“ (Herkunft) und „s3monitor quality“ (Befunde)."
)
_FINDINGS = f"""
FROM quality.finding ORDER BY list_position({list(SEVERITIES)}, severity), check_id, text_de
"""


class _Names:
    """German names of indicators and regions."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._indicators = dict(connection.execute("SELECT indicator_id, title_de FROM marts.indicator").fetchall())
        self._regions = dict(connection.execute("SELECT region_id, name FROM marts.region").fetchall())

    def indicator(self, indicator_id: str) -> str:
        return str(self._indicators.get(indicator_id, indicator_id))

    def region(self, region_id: str) -> str:
        return str(self._regions.get(region_id, region_id))


def _lead(release: dict[str, Any], changes: Diff | None) -> list[str]:
    lead = [
        f"Veröffentlicht am {german_time(release['released_at'])} (UTC), Programmversion {release['code_version']}."
    ]
    if release["is_synthetic"]:
        lead.insert(0, "SYNTHETISCHE BEISPIELDATEN: die Zahlen sind erfunden und nicht zur Verwendung bestimmt.")
    if changes is None:
        return [*lead, "Es gibt kein früheres Release, mit dem sich vergleichen ließe.", _COMMANDS]
    lead.append(
        f"Verglichen mit dem Release {changes.old.release_id} vom {german_time(changes.old.released_at)} (UTC)."
    )
    if changes.not_compared:
        lead.append(f"Nicht verglichen, weil im früheren Release anders aufgebaut: {', '.join(changes.not_compared)}.")
    return [*lead, _COMMANDS]


def _overview(deliveries: Sequence[dict[str, Any]], findings: Sequence[dict[str, Any]], changes: Diff | None) -> Table:
    accepted = {d["delivery_id"] for d in deliveries if d["state"] == "accepted"}
    new = {d.delivery_id for d in changes.deliveries if d.new_state == "accepted"} if changes else accepted
    counts = [
        ("Neu übernommene Dateien", len(new)),
        ("Unveränderte Dateien", len(accepted - new)),
        ("Nicht übernommene Dateien", len(deliveries) - len(accepted)),
    ]
    if changes:
        kinds = [value.kind for value in changes.values]
        counts += [
            ("Neue Indikatorwerte", kinds.count("new")),
            ("Revidierte Indikatorwerte", kinds.count("revised")),
            ("Weggefallene Indikatorwerte", kinds.count("gone")),
            ("Geänderte Ampeln", sum(light.old_light is not None for light in changes.lights)),
        ]
    counts.append(("Offene Befunde", sum(finding["state"] in OPEN for finding in findings)))
    rows = [(name, german(number)) for name, number in counts]
    return _table("Auf einen Blick", ("Was", "Anzahl"), rows, "", numeric=(1,))


def _new_deliveries(deliveries: Iterable[dict[str, Any]], changes: Diff | None) -> Table:
    new = {d.delivery_id for d in changes.deliveries if d.new_state == "accepted"} if changes else None
    editions = defaultdict(list)  # the 53 reports of one day are one line
    for d in deliveries:
        if d["state"] == "accepted" and (new is None or d["delivery_id"] in new):
            editions[d["publisher"], d["product"], d["period"], d["known_from"]].append(d)
    rows = [
        (_files([d["file_name"] for d in files]), publisher or "", product or "", period or "",
         german_day(known_from), german(sum(d["observations"] or 0 for d in files)))
        for (publisher, product, period, known_from), files in editions.items()
    ]  # fmt: skip
    columns = ("Datei", "Herausgeber", "Produkt", "Zeitraum", "Bekannt ab", "Zahlen")
    return _table("Neue Lieferungen", columns, rows, "Keine neue Lieferung.", numeric=(5,))


def _files(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} Dateien ({names[0]} … {names[-1]})"


def _refused(deliveries: Iterable[dict[str, Any]], changes: Diff | None) -> Table:
    new = {d.delivery_id for d in changes.deliveries if d.new_state != "accepted"} if changes else set()
    rows = [
        (d["file_name"], _GERMAN[d["state"]], d["message"] or "", german_day(d["arrived_at"]),
         "ja" if d["delivery_id"] in new else "")
        for d in deliveries
        if d["state"] != "accepted"
    ]  # fmt: skip
    columns = ("Datei", "Stand", "Grund", "Eingegangen", "Neu")
    return _table("Nicht übernommene Dateien", columns, rows, "Alle Dateien sind übernommen.")


def _new_values(changes: Diff, names: _Names) -> Table:
    dates = changes.dates("new")
    rows = [(names.indicator(i), german(len(days)), _span(days)) for i, days in dates.items()]
    return _table("Neue Indikatorwerte", ("Indikator", "Anzahl", "Stichtage"), rows, "Keine neuen Werte.", numeric=(1,))


def _gone(changes: Diff, names: _Names) -> Table:
    dates = changes.dates("gone")
    rows = [(names.indicator(i), german(len(days)), _span(days)) for i, days in dates.items()]
    columns = ("Indikator", "Anzahl", "Stichtage")
    return _table("Weggefallene Indikatorwerte", columns, rows, "Kein Wert ist weggefallen.", numeric=(1,))


def _revised(changes: Diff, names: _Names) -> Table:
    rows = [
        (names.indicator(v.indicator_id), names.region(v.region_id), german_day(v.reference_date),
         _known(v.unit, v.old_value, v.old_lower, v.old_upper), _known(v.unit, v.new_value, v.new_lower, v.new_upper),
         german_percent(v.relative_change), _cause(v))
        for v in sorted(changes.values, key=lambda value: value.region_id != RUHR)
        if v.kind == "revised"
    ]  # fmt: skip
    columns = ("Indikator", "Region", "Stichtag", "Bisher", "Jetzt", "Änderung", "Ursache")
    title = "Revidierte Indikatorwerte (die Metropole Ruhr, dann die größten Änderungen zuerst)"
    return _table(title, columns, rows, "Kein Wert wurde revidiert.", numeric=(3, 4, 5))


def _cause(value: ValueChange) -> str:
    return ", ".join(map(_word, value.cause.split(", "))) if value.cause else "nicht bekannt"


def _known(unit: str, value: float | None, lower: float | None, upper: float | None) -> str:
    if value is not None:
        return _in_unit(value, unit)
    if lower is None and upper is None:
        return "kein Wert"
    return " bis ".join("?" if bound is None else _in_unit(bound, unit) for bound in (lower, upper))


def _in_unit(value: float, unit: str) -> str:
    number = german(value, 0 if unit in _WHOLE_UNITS else 2)
    return f"{number} {_word(unit)}".rstrip()


def _lights(changes: Diff, names: _Names) -> Table:
    changed = [light for light in changes.lights if light.old_light is not None]
    rows = [
        (names.indicator(light.indicator_id), names.region(light.region_id), _word(light.old_light),
         _word(light.new_light or "nicht mehr da"), german_day(light.new_date), _word(light.light_reason))
        for light in sorted(changed, key=lambda light: (light.region_id != RUHR, light.indicator_id, light.region_id))
    ]  # fmt: skip
    columns = ("Indikator", "Region", "Bisher", "Jetzt", "Stichtag", "Grundlage")
    return _table("Geänderte Ampeln", columns, rows, "Keine Ampel hat sich geändert.")


def _open_findings(findings: Iterable[dict[str, Any]]) -> Table:
    rows = [
        (_word(f["severity"]), f["text_de"], f["todo_de"] or "", german_day(f["first_seen"]), _word(f["state"]),
         f["finding_id"])
        for f in findings
        if f["state"] in OPEN
    ]  # fmt: skip
    columns = ("Schwere", "Befund", "Was zu tun ist", "Seit", "Stand", "Kennung")
    return _table("Offene Befunde", columns, rows, "Kein Befund ist offen.", shown=len(rows))


def _accepted_findings(findings: Iterable[dict[str, Any]]) -> Table:
    rows = [
        (f["text_de"], f["reason"] or "", f["accepted_by"] or "", german_day(f["accepted_on"]), f["finding_id"])
        for f in findings
        if f["state"] == "accepted"
    ]
    columns = ("Befund", "Begründung", "Angenommen von", "Am", "Kennung")
    return _table("Angenommene Befunde", columns, rows, "Kein Befund ist angenommen.", shown=len(rows))


def _fixed_findings(changes: Diff) -> Table:
    gone = [f for f in changes.findings if f.old_state not in (None, "fixed") and f.new_state in (None, "fixed")]
    rows = [(_word(f.severity), f.text_de, f.finding_id) for f in gone]
    return _table("Behobene Befunde", ("Schwere", "Befund", "Kennung"), rows, "Kein Befund hat sich erledigt.")


def _freshness(sources: Iterable[dict[str, Any]]) -> Table:
    rows = [
        (s["source_id"], s["product"] or "", _word(s["state"]), german_day(s["newest_reference_date"]),
         german_day(s["known_from"]), german_day(s["next_reference_date"]), german_day(s["due_on"]))
        for s in sources
    ]  # fmt: skip
    columns = ("Quelle", "Produkt", "Stand", "Neuester Stichtag", "Bekannt ab", "Nächster Stichtag", "Zu erwarten ab")
    return _table("Aktualität der Quellen", columns, rows, "Keine Quelle.", shown=len(rows))


def _sizes(changes: Diff) -> Table:
    changed = sorted((m for m in changes.marts if m.old_rows != m.new_rows), key=lambda mart: not mart.has_shrunk)
    rows = [
        (m.relation, _rows_in(m.old_rows), _rows_in(m.new_rows), "geschrumpft" if m.has_shrunk else "") for m in changed
    ]
    columns = ("Tabelle", "Zeilen bisher", "Zeilen jetzt", "")
    return _table("Größe der Tabellen", columns, rows, "Keine Tabelle hat eine andere Größe.", numeric=(1, 2))


def _rows_in(rows: int | None) -> str:
    return "fehlt" if rows is None else german(rows)


def _table(
    title: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    if_empty: str,
    numeric: tuple[int, ...] = (),
    shown: int = SHOWN,
) -> Table:
    return Table(title, columns, rows[:shown], len(rows), if_empty, numeric)


def _span(days: Sequence[dt.date]) -> str:
    first, last = german_day(min(days)), german_day(max(days))
    return first if first == last else f"{first} bis {last}"


def _word(key: str | None) -> str:
    """German for a word of the warehouse; the word itself where there is none."""
    return _GERMAN.get(key, key) if key else ""


# --- German numbers and dates ---------------------------------------------------------------------


def german(number: float, decimals: int = 0) -> str:
    """A number as printed in Germany.

    >>> german(1780332), german(1.216, 2), german(-0.5, 1)
    ('1.780.332', '1,22', '−0,5')
    """
    text = f"{number:z,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return text.replace("-", "−")


def german_percent(share: float | None) -> str:
    """A relative change; "" for none.

    >>> german_percent(0.123), german_percent(-0.0579)
    ('+12,3 %', '−5,8 %')
    """
    if share is None:
        return ""
    return ("+" if share > 0 else "") + german(share * 100, 1) + " %"


def german_day(day: dt.date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def german_time(time: dt.datetime) -> str:
    return f"{time:%d.%m.%Y, %H:%M} Uhr"


# --- Markdown -------------------------------------------------------------------------------------


def as_markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    parts = [f"# {markdown(report.title)}", *map(markdown, report.lead)]
    for table in report.tables:
        parts += [f"## {markdown(table.title)}", "\n".join(_markdown_table(table)) if table.rows else table.if_empty]
        parts += [_left_out(table)] if table.total > len(table.rows) else []
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> Iterator[str]:
    yield _markdown_row(table.columns)
    yield "|" + "|".join("---:" if n in table.numeric else "---" for n in range(len(table.columns))) + "|"
    yield from map(_markdown_row, table.rows)


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(markdown, cells)) + " |"


def _left_out(table: Table) -> str:
    return f"… und {german(table.total - len(table.rows))} weitere."


# --- HTML -----------------------------------------------------------------------------------------

_PAGE = """<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 75rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; }}
h2 {{ font-size: 1.2rem; margin: 2rem 0 .5rem; }}
.table {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .875rem; }}
th, td {{ border-bottom: 1px solid #c8c8c8; padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; min-width: 4rem; }}
.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }}
@media print {{
  body {{ font-size: 10pt; margin: 0; max-width: none; }}
  .table {{ overflow: visible; }}
  thead {{ display: table-header-group; }}
  tr {{ break-inside: avoid; }}
  h2 {{ break-after: avoid; }}
}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def as_html(report: Report) -> str:
    """The report as one HTML page without scripts, links or anything to load."""
    body = [f"<p>{_html(text)}</p>" for text in report.lead]
    for table in report.tables:
        body.append(f"<h2>{_html(table.title)}</h2>")
        body.append(_html_table(table) if table.rows else f"<p>{_html(table.if_empty)}</p>")
        body += [f"<p>{_html(_left_out(table))}</p>"] if table.total > len(table.rows) else []
    return _PAGE.format(title=_html(report.title), body="\n".join(body))


def _html_table(table: Table) -> str:
    head = _html_row(table, table.columns, lambda text, kind: f'<th scope="col"{kind}>{text}</th>')
    rows = "\n".join(_html_row(table, row, lambda text, kind: f"<td{kind}>{text}</td>") for row in table.rows)
    return f'<div class="table"><table>\n<thead>\n{head}\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>'


def _html_row(table: Table, cells: Iterable[str], cell: Callable[[str, str], str]) -> str:
    kinds = (' class="number"' if number in table.numeric else "" for number in range(len(table.columns)))
    return "<tr>" + "".join(cell(_html(text), kind) for text, kind in zip(cells, kinds, strict=True)) + "</tr>"


def _html(text: str) -> str:
    return html.escape(printable(" ".join(text.split())))
