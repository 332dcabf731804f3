"""What a browser makes of the pages: nothing from elsewhere, no complaint, readable at any width, by anybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from monitor import format as fmt
from tests.browser.conftest import one_of_each, opened
from tests.built_site import Built, Parsed
from tests.flows.conftest import rows

#: Pixels across the narrowest screen.
PHONE = 360


def test_no_page_asks_another_host_complains_or_scrolls_sideways(chromium: Browser, site: Built, address: str) -> None:
    """One walk through all pages, as narrow as a phone; `one_of_each` is looked at wide elsewhere."""
    widths = {}
    with opened(chromium, width=PHONE) as (page, watched):
        for path in site.pages:
            page.goto(f"{address}/{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > PHONE} == {}
    elsewhere = [url for url in watched.requests if not url.startswith(f"{address}/")]
    assert (elsewhere, watched.complaints) == ([], [])
    assert len(watched.requests) >= len(site.pages)


def test_the_pages_work_from_the_disk(chromium: Browser, site: Built) -> None:
    with opened(chromium) as (page, watched):
        for path in one_of_each(site):
            page.goto((site.out / path).as_uri())
            background = page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
            assert background != "rgba(0, 0, 0, 0)", f"{path} has no style"
    assert watched.complaints == []
    assert all(url.startswith("file://") for url in watched.requests)


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_axe_finds_no_violation(width: int, chromium: Browser, site: Built, address: str) -> None:
    found = {}
    with opened(chromium, width=width) as (page, watched):
        for path in [*one_of_each(site), "en/index.html"]:
            page.goto(f"{address}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
            violations = Axe().run(page).response["violations"]
            if violations:
                found[path] = [(v["id"], v["nodes"][0]["target"], v["nodes"][0]["failureSummary"]) for v in violations]
    assert (found, watched.complaints) == ({}, [])


def test_without_scripts_the_charts_and_tables_are_there(chromium: Browser, site: Built, address: str) -> None:
    with opened(chromium, scripts=False) as (page, watched):
        page.goto(f"{address}/themen/logistik.html")
        assert page.locator("figure svg").first.is_visible()
        assert page.locator("table").first.is_visible()
        page.locator("figure details:visible summary").first.click()
        assert page.locator("figure details[open] table").first.is_visible()
    assert watched.complaints == []


def test_the_language_switch_keeps_the_place(chromium: Browser, site: Built, address: str) -> None:
    with opened(chromium) as (page, _):
        for path in one_of_each(site):
            place = f"{path}#{_anchor(site.pages[path])}"
            page.goto(f"{address}/{place}")
            page.locator("a.language").click()
            expect(page).to_have_url(
                f"{address}/en/{place}"
            )  # waits: a click returns before the browser has gone there
            assert page.locator("html").get_attribute("lang") == "en"
        page.locator("a.language").click()
        expect(page).to_have_url(f"{address}/{place}")


def _anchor(page: Parsed) -> str:
    """The last part of a page that can be linked to."""
    return [e.attributes["id"] for e in page.elements if "id" in e.attributes and e.tag not in ("g", "pattern")][-1]


def test_the_keyboard_reaches_everything_that_can_be_clicked(chromium: Browser, site: Built, address: str) -> None:
    """Walk with Tab through a page with every kind of control; each stop shows where it is."""
    with opened(chromium) as (page, _):
        page.goto(f"{address}/kommunen/hamm.html")
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], button, summary, input, [tabindex=\"0\"]')]"
            ".filter(e => e.checkVisibility() && e.getClientRects().length).length"
        )
        reached = 0
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            where = page.evaluate(
                "(() => { const e = document.activeElement; if (e === document.body || e.dataset.reached) return null;"
                " e.dataset.reached = '1'; const s = getComputedStyle(e);"
                " return s.outlineStyle + s.boxShadow + s.stroke; })()"
            )
            if where is None:
                break
            assert where != "nonenonenone"
            reached += 1
    assert reached >= wanted
    assert wanted > 100


def test_a_number_tells_its_source_on_focus(chromium: Browser, address: str) -> None:
    with opened(chromium) as (page, _):
        page.goto(f"{address}/kommunen/hamm.html")
        number = page.locator(".v", has=page.locator(".tip", has_text="Quelle")).first
        number.locator("a, [tabindex]").first.focus()
        tip = number.locator(".tip")
        assert tip.is_visible()
        assert "Stichtag" in tip.inner_text()
        page.keyboard.press("Escape")
        assert not tip.is_visible()


@pytest.mark.parametrize(("lang", "folder"), [("de", ""), ("en", "en/")])
def test_a_table_shows_the_values_of_the_warehouse(
    lang: fmt.Language, folder: str, chromium: Browser, site: Built, address: str
) -> None:
    sql = """SELECT name, arg_max(value, reference_date) FROM marts.indicator_value JOIN marts.region USING (region_id)
             WHERE indicator_id = 'unemployment_rate' AND value IS NOT NULL AND in_ruhr AND level = 'kreis'
             GROUP BY name"""
    expected = {name: fmt.quantity(value, "%", lang) for name, value in rows(site.data, sql)}
    with opened(chromium) as (page, _):
        page.goto(f"{address}/{folder}kommunen/index.html")
        # Number 3 is the rate: the region, employees and their light stand before it.
        lines = page.locator("table:visible").last.locator("tbody tr").all()
        cells = [(line.locator("th").inner_text(), line.locator("td").nth(2)) for line in lines]
        found = {name: cell.locator("a").first.inner_text() for name, cell in cells}
    assert len(expected) == 15
    assert {name: text.replace("\u00a0", " ") for name, text in expected.items()}.items() <= {
        name: text.replace("\u00a0", " ") for name, text in found.items()
    }.items()
