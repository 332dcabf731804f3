"""The Data Docs page: what it says, that it asks no one for anything, and how long it is kept."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quality.checks import CheckResult
from quality.data_docs import Page, Row, Table, drop_pages, render, write_page

CHROMIUM = "/usr/bin/chromium"
BROKEN = CheckResult(
    check_id="gx.broadband.coverage",
    severity="stop",
    text_de="Die Versorgung liegt zwischen 0 und 100 Prozent",
    text_en="Coverage lies between 0 and 100 per cent",
    checked=19537,
    failed=1,
    threshold="0 bis 100,01 % / 0 to 100.01 %",
    todo_de="Betrieb benachrichtigen",
    todo_en="Tell the operator",
)
DOUBTFUL = CheckResult("gx.x.y", "warn", "Die Größe ist glaubhaft", "The size is plausible", 5, 2)
MET = CheckResult("gx.x.z", "stop", "Jede Zeile gibt es einmal", "Every row exists once", 5, 0)


def page_of(*checks: CheckResult, examples: tuple[str, ...] = (), is_synthetic: bool = False) -> Page:
    rows = [Row(check, "ExpectSomething", examples) for check in checks]
    return Page("20261121T231435Z-3f2a9c01", [Table("marts.x", "Titel", "Title", rows)], is_synthetic)


class _Text(HTMLParser):
    """Visible text in order, and every address the page names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "srcset", "action", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data.split()

    def says(self, sentence: str) -> bool:
        return sentence in " ".join(self.text)


def test_says_what_was_expected_and_found_german_first() -> None:
    read = _Text(render(page_of(BROKEN, DOUBTFUL, MET, examples=("region_id Essen (05113), coverage_pct 120",))))
    assert read.says("1 von 3 Erwartungen erfüllt ; nur Hinweis: 1; hält die Veröffentlichung auf: 1.")
    assert read.says(
        "Die Versorgung liegt zwischen 0 und 100 Prozent Coverage lies between 0 and 100 per cent "
        "gx.broadband.coverage · marts.x · ExpectSomething "
        "✗ hält die Veröffentlichung auf, bis behoben oder angenommen stops the release until mended or accepted "
        "1 von 19.537 weichen ab 1 of 19.537 deviate region_id Essen (05113), coverage_pct 120 "
        "Betrieb benachrichtigen Tell the operator 0 bis 100,01 % 0 to 100.01 %"
    )
    assert read.says("! Hinweis warning 2 von 5 weichen ab")
    assert read.says("✓ erfüllt met 0 von 5 weichen ab")


def test_leads_to_what_is_not_met() -> None:
    html = render(page_of(BROKEN, MET))
    assert _Text(html).addresses == ["#gx.broadband.coverage"]
    assert '<tr id="gx.broadband.coverage">' in html


def test_made_up_numbers_are_called_so() -> None:
    assert _Text(render(page_of(MET, is_synthetic=True))).says("Beispieldaten: alle Zahlen sind erfunden.")
    assert "Beispieldaten" not in render(page_of(MET))


def test_text_from_files_stays_text() -> None:
    read = _Text(render(page_of(BROKEN, examples=("locator <script src='//x'>alert(1)</script>",))))
    assert "script" not in read.tags
    assert read.says("locator <script src='//x'>alert(1)</script>")


def test_names_no_outside_address() -> None:
    html = render(page_of(BROKEN, DOUBTFUL, MET, examples=("a",), is_synthetic=True))
    assert not re.search(r"//|@import|url\(", html)
    assert _Text(html).tags.isdisjoint({"script", "link", "img", "iframe", "object", "base"})


def requested_by(page: Path, folder: Path) -> list[str]:
    """Addresses other than files that a page asks for when it is opened; nothing leaves the machine."""
    log = folder / "net.json"
    subprocess.run(
        [
            CHROMIUM,
            *(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
            ),
            f"--user-data-dir={folder / 'profile'}",
            "--proxy-server=http://127.0.0.1:9",  # where nobody listens
            "--proxy-bypass-list=<-loopback>",
            f"--log-net-log={log}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        timeout=60,
        check=True,
    )
    requests = [event.get("params", {}) for event in json.loads(log.read_text(encoding="utf-8"))["events"]]
    # What Chromium asks for on its own account has "not an origin" as its initiator.
    return [
        request["url"]
        for request in requests
        if "url" in request and request.get("initiator", "not an origin") != "not an origin"
    ]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which(CHROMIUM), reason=f"no browser: {CHROMIUM} is not installed")
def test_a_browser_requests_nothing_for_it(tmp_path: Path) -> None:
    beacon = tmp_path / "beacon.html"
    beacon.write_text('<img src="http://beacon.invalid/x.png">', encoding="utf-8")
    assert requested_by(beacon, tmp_path) == ["http://beacon.invalid/x.png"]
    written = write_page(tmp_path / "docs", page_of(BROKEN, DOUBTFUL, MET, examples=("a",)))
    assert requested_by(written, tmp_path) == []


def test_pages_of_releases_that_are_not_there_are_dropped(tmp_path: Path) -> None:
    drop_pages(tmp_path / "none yet", [])
    page = page_of(MET)
    kept = write_page(tmp_path, page)
    held_back = write_page(tmp_path, Page("20261122T000000Z-00000000", page.tables, is_synthetic=False))
    drop_pages(tmp_path, {page.release_id})
    assert (kept.exists(), held_back.parent.exists()) == (True, False)
