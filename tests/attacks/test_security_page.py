"""Texts of files, publishers, officers and people that would be code: on the pages, in the report, in exports.

The texts come in by their real ways (names of files, manifest, the officers' file, an accepted finding) and are then
put into every column of the release that holds free text; everything that is written of that release is looked at, and
Chromium opens one page of each kind.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page

from flows.refresh import refresh
from flows.summary import SourceSummary, Summary, as_markdown
from monitor.serve import open_server
from monitor.site import build_site
from quality.decisions import Decision, add_decision
from quality.ledger import decisions_path, findings_of
from reference import tables
from tests.browser.conftest import one_of_each, opened
from tests.built_site import Built
from tests.flows.inboxes import GOOD, broadband, fill, manifest
from warehouse.connect import open_for_building
from warehouse.data_folder import DataFolder
from warehouse.export import export
from warehouse.exported import Publication

#: Ends what it stands in (attribute, element, style sheet, comment, CDATA), then runs something.
CODE = (
    '=HYPERLINK("http://evil.invalid/")"\'><img src=x onerror=alert(1)><script>alert(2)</script></style></title>'
    "</textarea>--></svg><svg onload=alert(3)>]]>{{7*7}}{%raw%}${7*7}<a href=javascript:alert(4)>x</a>"
    "![x](http://evil.invalid/y.png)[x](javascript:alert(5))|`x`"
)
#: The same without what a file name cannot hold.
NAME = CODE.replace("/", "")[:240]
#: Columns of free text: what no rule limits to declared words.
FREE = {
    "meta.delivery": ("file_name", "publisher", "product", "licence", "attribution", "origin", "message"),
    "meta.source": ("publisher", "product", "licence", "attribution"),
    "quality.finding": ("text_de", "text_en", "todo_de", "todo_en", "reason", "accepted_by", "locator"),
    "quality.check_result": ("text_de", "text_en", "todo_de", "todo_en", "threshold"),
    "history.observation": ("locator",),
    "marts.action": ("title_de", "title_en", "evidence"),
    "marts.actor": ("name",),
}
#: What our templates and charts are made of; no text may add another element.
TAGS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "p", "strong", "div", "span", "nav", "ul",
    "ol", "li", "details", "summary", "main", "h1", "h2", "h3", "h4", "footer", "dl", "dt", "dd", "br", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "g", "path", "rect", "line", "circle",
    "polygon", "polyline", "text", "tspan", "desc", "defs", "pattern", "use", "style", "clippath", "section", "small",
    "b", "em", "code", "article",
}  # fmt: skip
_LINK = re.compile(r"(?:\.\./)*[\w./%+-]*(?:#[\w.%+-]*)?")


@dataclass(frozen=True)
class Poisoned:
    """A release full of code, and everything written of it."""

    site: Built
    exported: Path
    report: Path


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Poisoned:
    folder = tmp_path_factory.mktemp("poisoned")
    data = DataFolder(folder / "data")
    listed = {
        "path": GOOD,
        "publisher": CODE,
        "product": CODE,
        "licence": CODE,
        "origin": "javascript:alert(1)//" + CODE,
    }
    files = {GOOD: broadband(62.96), NAME: b"Bitte bis Freitag\n", "notes.txt": CODE.encode()}
    fill(folder / "inbox", {**files, **manifest([listed, {**listed, "path": NAME}])})
    _officers_file(data)
    assert refresh(data, [folder / "inbox"]).published
    for row in findings_of(data.published).values():
        add_decision(
            decisions_path(data),
            Decision(row["finding_id"], row["fingerprint"], dt.date(2026, 11, 22), CODE, CODE, row["text_de"]),
        )
    fill(folder / "more", {"landkreis_privat_2021_1.csv": broadband(70.5)})
    assert refresh(data, [folder / "more"]).published
    _poison(data)
    site = Built(data, folder / "site", build_site(data, folder / "site"))
    export(data.published, folder / "export", Publication("", CODE, CODE, ""))
    (report,) = sorted(data.releases.glob("*.md"))[-1:]
    return Poisoned(site, folder / "export", report)


def _officers_file(data: DataFolder) -> None:
    text = (tables.FOLDER / "strategy/action_status.csv").read_text(encoding="utf-8")
    table = list(csv.DictReader(io.StringIO(text)))
    for row in table:
        row |= {"status": "done", "date": "2026-01-05", "evidence": CODE}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    fill(data.root / "strategy", {"action_status.csv": out.getvalue().encode()})


def _poison(data: DataFolder) -> None:
    """Put the code before every free text of the published file."""
    copy = data.root / "poisoned.duckdb"
    shutil.copyfile(data.published, copy)
    with open_for_building(copy) as connection:
        for relation, columns in FREE.items():
            there = {row[0] for row in connection.execute(f"SELECT column_name FROM (DESCRIBE {relation})").fetchall()}
            for column in there.intersection(columns):
                connection.execute(f"UPDATE {relation} SET {column} = ? || coalesce({column}, '')", [CODE])
        connection.execute("CHECKPOINT")
    copy.replace(data.published)


def test_it_is_on_the_pages_and_is_text_there(poisoned: Poisoned) -> None:
    seen = 0
    for path, page in poisoned.site.pages.items():
        assert {element.tag for element in page.elements} <= TAGS, path
        for element in page.elements:
            attributes = element.attributes
            assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")], path
            for name in ("href", "src", "xlink:href", "action", "formaction", "data"):
                assert _LINK.fullmatch(attributes.get(name, "")), (path, element.tag, attributes)
            if element.tag == "script":
                assert (attributes["src"].endswith("assets/site.js"), element.parts) == (True, [])
        text = page.elements[0].text
        seen += "{{7*7}}" in text
        assert "${49}" not in text
        assert "HYPERLINK" not in text or "alert(2)" in text
    assert seen > 20


def test_drawings_are_sound_xml_without_script(poisoned: Poisoned) -> None:
    import xml.etree.ElementTree as ElementTree

    drawings = list(poisoned.site.out.rglob("*.svg"))
    assert len(drawings) > 4
    for path in drawings:
        for element in ElementTree.fromstring(path.read_text(encoding="utf-8")).iter():
            assert element.tag.rpartition("}")[2].lower() in TAGS, path
            assert not [name for name in element.attrib if name.lower().startswith("on") or name.endswith("href")], path


def test_no_cell_of_a_csv_file_is_a_formula(poisoned: Poisoned) -> None:
    files = [*poisoned.site.out.rglob("*.csv"), *poisoned.exported.rglob("*.csv")]
    dangerous = 0
    for path in files:
        text = path.read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=";" if text.split("\n", 1)[0].count(";") else ","):
            for cell in row:
                dangerous += "HYPERLINK" in cell
                is_number = re.fullmatch(r"[+-]?[\d.,]*(e[+-]?\d+)?%?", cell)
                assert is_number or not re.match(r"[=+\-@\t\r]", cell), (path, cell[:80])
    assert dangerous > 50


def test_what_describes_an_export_is_sound(poisoned: Poisoned) -> None:
    folder = poisoned.exported
    for name in ("datapackage.json", "catalogue.jsonld"):
        json.loads((folder / name).read_text(encoding="utf-8"))
    cited = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["authors"] == [{"name": CODE}]
    _assert_harmless_markdown((folder / "README.md").read_text(encoding="utf-8"))
    entry = (folder / "catalogue.jsonld").read_text(encoding="utf-8")
    addresses = re.findall(r'"@id": "([a-z]+):', entry)
    assert "javascript" not in addresses


def test_the_report_and_what_prefect_shows_are_text(poisoned: Poisoned) -> None:
    _assert_harmless_markdown(poisoned.report.read_text(encoding="utf-8"))
    page = poisoned.report.with_suffix(".html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|img|svg|a|iframe|textarea)\b", page)
    summary = Summary("r", True, sources=[SourceSummary(CODE, quarantined=1, messages=[f"{NAME}: {CODE}"])], error=CODE)
    _assert_harmless_markdown(as_markdown(summary))


def _assert_harmless_markdown(text: str) -> None:
    """No HTML, no link, no picture, no code that comes from a text."""
    ours = re.sub(r"<https?://[\w./-]+>|<http[^<>\s\"']*govdata[^<>\s]*>", "", text)
    assert not re.search(r"(?<!\\)<(?!\d)[a-zA-Z/!]", ours), re.search(r"(?<!\\)<[a-zA-Z/!].{80}", ours)
    assert "](" not in re.sub(r"\\\]\(|\\\]", "", ours)
    assert "![" not in ours


def _watch(page: Page) -> list[str]:
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: said.append(f"popup {popup.url}"))
    return said


@pytest.mark.parametrize("way", ["http", "file"])
def test_chromium_runs_none_of_it(chromium: Browser, poisoned: Poisoned, way: str) -> None:
    site = poisoned.site
    with open_server(site.out, "127.0.0.1", 0) as server, opened(chromium) as (page, watched):
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/" if way == "http" else site.out.as_uri() + "/"
        said = _watch(page)
        pictures = [path.relative_to(site.out).as_posix() for path in site.out.rglob("*.svg")][:2]
        for path in [*one_of_each(site), "qualitaet.html", *pictures]:
            page.goto(base + path)
        if way == "file":
            page.goto(poisoned.report.with_suffix(".html").as_uri())
        server.shutdown()
    assert (said, watched.complaints) == ([], [])
    outside = [url for url in watched.requests if not url.startswith((base, "file:///" if way == "file" else base))]
    assert outside == []
