"""Data Docs: what Great Expectations found in a release, as one page that needs no network and no script."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.checks import CheckResult
from warehouse.data_folder import write_atomically
from warehouse.release import RELEASE_ID


@dataclass(frozen=True)
class Row:
    """One expectation: its check, its class in Great Expectations, examples of what was found."""

    check: CheckResult
    type: str
    examples: Sequence[str]


@dataclass(frozen=True)
class Table:
    """One suite: the mart it is about, its title, its expectations."""

    relation: str
    title_de: str
    title_en: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Page:
    """The Data Docs of one release."""

    release_id: str
    tables: Sequence[Table]
    is_synthetic: bool


def write_page(docs_folder: Path, page: Page) -> Path:
    """Write `<docs_folder>/<release_id>/index.html`; drop_pages removes it with its release."""
    path = docs_folder / page.release_id / "index.html"
    write_atomically(path, render(page).encode())
    return path


def drop_pages(docs_folder: Path, releases: Collection[str]) -> None:
    """Remove the pages of releases that are none of these: old, held back, or their run was killed."""
    if docs_folder.is_dir():
        for folder in docs_folder.iterdir():
            if folder.is_dir() and RELEASE_ID.fullmatch(folder.name) and folder.name not in releases:
                shutil.rmtree(folder)


def render(page: Page) -> str:
    """The page as HTML."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = _number
    rows = [row for table in page.tables for row in table.rows]
    return environment.from_string(_TEMPLATE).render(
        page=page,
        rows=rows,
        unmet=[row for row in rows if not row.check.passed],
        stopping=[row for row in rows if not row.check.passed and row.check.severity == "stop"],
    )


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")


#: The policy in the head makes the browser refuse any request; colours have a contrast of at least 4.5 : 1.
_TEMPLATE = """\
<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prüfung der Daten – {{ page.release_id }}</title>
<style>
body { margin: 0 auto; max-width: 75rem; padding: 1rem; color: #1a1a1a; background: #fff }
body { font: 1rem/1.45 system-ui, sans-serif }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2.5rem }
[lang=en], .name { color: #555; font-size: .875rem }
td [lang=en], td .name { display: block }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #ccc }
th { background: #f2f2f2 }
ul { margin: 0; padding-left: 1.1rem }
.met { color: #1c6b2c } .warn { color: #8a5200; font-weight: 600 } .stop { color: #b00020; font-weight: 600 }
.note { border-left: .3rem solid #b00020; padding: .5rem 1rem; background: #fdf1f2 }
</style>
</head>
<body>
{% macro verdict(check) %}
{% if check.passed %}
<span class="met">✓ erfüllt<span lang="en">met</span></span>
{% elif check.severity == "stop" %}
<span class="stop">✗ hält die Veröffentlichung auf, bis behoben oder angenommen
<span lang="en">stops the release until mended or accepted</span></span>
{% else %}
<span class="warn">! Hinweis<span lang="en">warning</span></span>
{% endif %}
{% endmacro %}
<main>
<h1>Prüfung der Daten vor der Veröffentlichung</h1>
<p>Release {{ page.release_id }} · geprüft mit Great Expectations<br>
<span lang="en">Data checked before release, with Great Expectations</span></p>
{% if page.is_synthetic %}
<p class="note">Beispieldaten: alle Zahlen sind erfunden.<br>
<span lang="en">Sample data: every number is made up.</span></p>
{% endif %}
<p><strong>{{ rows|length - unmet|length }} von {{ rows|length }} Erwartungen erfüllt</strong>;
nur Hinweis: {{ unmet|length - stopping|length }}; hält die Veröffentlichung auf: {{ stopping|length }}.<br>
<span lang="en">{{ rows|length - unmet|length }} of {{ rows|length }} expectations met;
warning only: {{ unmet|length - stopping|length }}; stopping the release: {{ stopping|length }}.</span></p>
{% if unmet %}
<ul>
{% for row in unmet %}
<li><a href="#{{ row.check.check_id }}">{{ row.check.text_de }}</a></li>
{% endfor %}
</ul>
{% endif %}
{% for table in page.tables %}
<h2>{{ table.title_de }} <span lang="en">{{ table.title_en }}</span></h2>
<div class="wide" tabindex="0" role="region" aria-label="{{ table.title_de }}">
<table>
<thead>
<tr>
<th scope="col">Erwartung <span lang="en">Expectation</span></th>
<th scope="col">Ergebnis <span lang="en">Result</span></th>
<th scope="col">Gefunden <span lang="en">Observed</span></th>
<th scope="col">Grenze und Grund <span lang="en">Bound and reason</span></th>
</tr>
</thead>
<tbody>
{% for row in table.rows %}
{% set check = row.check %}
<tr id="{{ check.check_id }}">
<td>{{ check.text_de }}<span lang="en">{{ check.text_en }}</span>
<span class="name">{{ check.check_id }} · {{ table.relation }} · {{ row.type }}</span></td>
<td>{{ verdict(check) }}</td>
<td>
{{ check.failed|number }} von {{ check.checked|number }} weichen ab
<span lang="en">{{ check.failed|number }} of {{ check.checked|number }} deviate</span>
{% if row.examples %}
<ul>
{% for example in row.examples %}
<li>{{ example }}</li>
{% endfor %}
</ul>
{% endif %}
{% if not check.passed %}
<p>{{ check.todo_de }}<span lang="en">{{ check.todo_en }}</span></p>
{% endif %}
</td>
{% set german, _, english = check.threshold.partition(" / ") %}
<td>{{ german }}<span lang="en">{{ english }}</span></td>
</tr>
{% endfor %}
</tbody>
</table>
</div>
{% endfor %}
</main>
</body>
</html>
"""
