"""Real Chromium on the built site, over HTTP from loopback as `s3monitor serve` sends it, and from the disk."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from monitor.serve import open_server
from tests.built_site import Built

#: Chromium as root needs --no-sandbox; without the others it looks for its maker's hosts at every start.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Watched:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._requested)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._failed)

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the next page was opened before the icon of this one had come
            self.complaints.append(f"{request.failure}: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def chromium_program() -> str | None:
    """Chromium as the system has it, None where it has none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def address(site: Built) -> Iterator[str]:
    """Where the site of the sample is served, without a slash at the end."""
    with open_server(site.out, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def opened(browser: Browser, *, width: int = 1280, scripts: bool = True) -> Iterator[tuple[Page, Watched]]:
    """A new page that is watched from its first request on."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="de-DE"
    )
    page, watched = context.new_page(), Watched()
    watched.watch(page)
    yield page, watched
    context.close()


def one_of_each(site: Built) -> list[str]:
    """Paths of the German pages, one of every kind: the first of each folder besides those at the top."""
    seen: set[str] = set()
    chosen = []
    for path in sorted(path for path in site.pages if not path.startswith("en/")):
        folder = str(Path(path).parent)
        kind = path if folder == "." or path.endswith("index.html") else folder
        if kind not in seen:
            chosen.append(path)
            seen.add(kind)
    return chosen
