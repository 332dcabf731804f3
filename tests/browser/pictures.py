"""Pictures of the handbook and the README, of the synthetic sample: `python -m tests.browser.pictures`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from monitor.site import build_site
from tests.browser.conftest import FLAGS, chromium_program
from warehouse.data_folder import DataFolder

FOLDER = Path(__file__).parents[2] / "docs" / "bilder"
#: Files of the sample that come with the second release, so that there are changes to show.
_LATER = ("12411-01-01-4_2025-04-14.csv", "statistik-api/202509/")
#: Milliseconds until a page that was opened at one of its values has scrolled to it.
_SCROLLED = 800
#: Every picture says that its figures are invented, wherever it begins.
_FIXED = "e => Object.assign(e.style, {position: 'fixed', top: 0, left: 0, right: 0, zIndex: 9})"
_SCROLL = "e => scrollTo({top: e.getBoundingClientRect().top + scrollY - 45, behavior: 'instant'})"


class Picture(NamedTuple):
    """Links to click from the start page, and what then stands at the top; pointed_at: its details are shown."""

    name: str
    clicks: tuple[str, ...]
    top: str = "header"
    pointed_at: str = ""
    height: int = 760


PICTURES = (
    Picture("start", (), height=900),
    Picture("logistik", ("Logistik",), top="#kommunen"),
    Picture("hamm", ("Logistik", "Hamm"), top="#themen", pointed_at="#themen tr:has-text('Logistik') .v >> nth=0"),
    Picture("spanne", (), top="main .cards", pointed_at="main .card a:has-text(' bis ') >> nth=0"),
    Picture("spanne-grund", ("bis",), top="#formel"),
    Picture("aenderungen", ("Alle Änderungen",), height=900),
    Picture("quellen", ("Alle Quellen",), top="#aktualitaet"),
    Picture("befund", ("Alle offenen Befunde",), top="#befunde"),
)


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        start = (_site_with_changes(Path(folder)) / "index.html").as_uri()
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
        for picture in PICTURES:
            page = browser.new_page(viewport={"width": 1200, "height": picture.height}, locale="de-DE")
            page.goto(start)
            _take(page, picture)
            page.close()


def _site_with_changes(folder: Path) -> Path:
    """The site of the sample, its second release."""
    os.environ["S3MONITOR_SITE"] = "false"
    from flows.refresh import refresh
    from sources.sample import write_sample

    data, before, now = DataFolder(folder / "data-sample"), folder / "before", folder / "now"
    for inbox in (before, now):
        write_sample(inbox)
    manifest = before / "MANIFEST.csv"
    rows = manifest.read_text(encoding="utf-8").splitlines(keepends=True)
    manifest.write_text("".join(row for row in rows if not _is_later(row)), encoding="utf-8")
    for path in before.rglob("*"):
        if path.is_file() and _is_later(path.as_posix()):
            path.unlink()
    refresh(data, [before])
    refresh(data, [now])
    build_site(data, data.site)
    return data.site


def _is_later(text: str) -> bool:
    return any(name in text for name in _LATER)


def _take(page: Page, picture: Picture) -> None:
    for name in picture.clicks:
        page.locator("main a", has_text=name).first.click()
    page.wait_for_timeout(_SCROLLED)
    page.locator(".banner").evaluate(_FIXED)
    page.locator(picture.top).first.evaluate(_SCROLL)
    if picture.pointed_at:
        page.locator(picture.pointed_at).hover()
    page.screenshot(path=FOLDER / f"{picture.name}.png")


if __name__ == "__main__":
    main()
