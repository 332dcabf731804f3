"""The questions of the handbook, each answered in at most three clicks from the start page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import opened

#: Question → clicks (accessible names of links, in order) and what stands on the page then.
QUESTIONS = {
    "Wie steht es um Logistik in Hamm?": (["Logistik", "Hamm"], "Logistik"),
    "Was hat sich seit letztem Monat geändert?": (["Alle Änderungen"], "Dies ist der erste Datenstand"),
    "Welche Daten sind veraltet?": (["Alle Quellen"], "überfällig"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_three_clicks_answer(question: str, chromium: Browser, address: str) -> None:
    clicks, expected = QUESTIONS[question]
    assert len(clicks) <= 3
    with opened(chromium) as (page, _):
        page.goto(f"{address}/index.html")
        for name in clicks:
            page.get_by_role("link", name=name, exact=True).first.click()
        assert expected in page.locator("main").inner_text()


def test_why_is_this_value_an_interval(chromium: Browser, address: str) -> None:
    """From a value that is a range, the link beside it leads to the reason."""
    with opened(chromium) as (page, _):
        page.goto(f"{address}/index.html")
        page.locator("main a", has_text=" bis ").first.click()
        text = page.locator("main").inner_text()
    assert "Spanne" in text
    assert "Geheimhaltung" in text or "gröber" in text
