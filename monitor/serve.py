"""A small web server for the built pages: reads only, from one folder only, with strict headers.

For a look on one machine or in an office network; a public site belongs behind the organisation's web server. Where it
listens on this machine alone, it answers to this machine's own names alone: else a page of any site could read it
through the reader's browser, by a name of its own that leads here (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.downloads import DATA_DOCS
from monitor.render import CONTENT_POLICY

#: What the site has; a file of another kind is not served.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}
_HEADERS = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # The next release is shown without delay.
    "Cache-Control": "no-cache",
}
#: A drawing that is opened by itself, and the page of the expectations, bring their own style sheet.
_OWN_STYLE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
#: While a site is swapped there is none for a moment.
_SWAP_SECONDS = 0.5
#: For a request to arrive, from its first byte to the end of its headers; and between two pieces of an answer.
REQUEST_SECONDS = 30.0
#: At once; a browser opens six. Who comes when all places are taken waits until one is free.
MOST_CLIENTS = 64
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z.-]+?)\.?(:\d+)?", re.IGNORECASE)


class NoSiteError(Exception):
    """There are no pages to serve; the message says how to make them."""


def open_server(folder: Path, host: str, port: int) -> ThreadingHTTPServer:
    """A server on `folder`, not yet serving; port 0 takes a free one. Follows the folder when it is swapped.

    Raises NoSiteError where there is no site, OSError where the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise NoSiteError(f"There are no pages in {folder} yet. Run: s3monitor site")

    class Handler(_Handler):
        root = folder
        only_here = is_loopback(host)

    return _Server((host, port), Handler)


def is_loopback(host: str) -> bool:
    """Whether a name or address is of this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Server(ThreadingHTTPServer):
    """A thread per client, but not more than MOST_CLIENTS, and none for longer than a request may take to arrive."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._places = threading.BoundedSemaphore(MOST_CLIENTS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or was dropped, is no error of ours."""


def resolve(folder: Path, target: str) -> Path | None:
    """File of a request target, None where there is none to serve. A folder stands for its index.html.

    Never outside `folder`: not by `..`, not by an absolute path, not by a symbolic link, encoded or not; nothing that
    begins with a dot.
    """
    try:
        path = unquote(urlsplit(target).path, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return None
    parts = PurePosixPath(path.removeprefix("/")).parts
    if "\\" in path or not path.isprintable() or any(part.startswith((".", "/")) for part in parts):
        return None
    file = folder.joinpath(*parts)
    if path.endswith("/"):
        file /= "index.html"
    try:
        is_inside = file.resolve().is_relative_to(folder.resolve())
        return file if is_inside and file.is_file() and file.suffix in _TYPES else None
    except OSError:  # a name longer than the file system allows
        return None


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:  # swapped away between finding and reading it
        return None


class _Handler(BaseHTTPRequestHandler):
    root: Path
    only_here: bool
    server_version = "s3monitor"
    sys_version = ""
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d"

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(REQUEST_SECONDS)
        self._own_headers: dict[str, str] = {}

    def handle_one_request(self) -> None:
        """Drop who has not sent a whole request in time: each single byte would begin the wait anew."""
        clock = threading.Timer(REQUEST_SECONDS, self._drop)
        clock.daemon = True
        self._clock = clock
        clock.start()
        try:
            super().handle_one_request()
        finally:
            clock.cancel()

    def parse_request(self) -> bool:
        is_request = super().parse_request()
        self._clock.cancel()
        return is_request

    def _drop(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def end_headers(self) -> None:
        """With the strict headers on whatever is answered, errors too."""
        for name, value in (_HEADERS | self._own_headers).items():
            self.send_header(name, value)
        self._own_headers = {}
        super().end_headers()

    def _is_meant(self) -> bool:
        """Whether the request names this machine as it may be named."""
        names = self.headers.get_all("Host") or []
        if len(names) != 1:
            return False
        match = _HOST.fullmatch(names[0])
        return match is not None and (not self.only_here or is_loopback(match[1].strip("[]")))

    def do_GET(self) -> None:
        content = self._answer()
        if content is not None:
            with suppress(ConnectionError):  # the reader has gone on before the file was there
                self.wfile.write(content)

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> bytes | None:
        """Send status and headers; returns the content of the file, None where an error was sent."""
        if not self._is_meant():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        self._wait_for_swap()
        file = resolve(self.root, self.path)
        content = _content(file) if file else None
        if file is None or content is None:
            self._refuse()
            return None
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES[file.suffix])
        self.send_header("Content-Length", str(len(content)))
        if self._has_own_style(file):
            self._own_headers = {"Content-Security-Policy": _OWN_STYLE_POLICY}
        self.end_headers()
        return content

    def _has_own_style(self, file: Path) -> bool:
        return file.suffix == ".svg" or file == self.root / DATA_DOCS

    def _wait_for_swap(self) -> None:
        until = time.monotonic() + _SWAP_SECONDS
        while not self.root.exists() and time.monotonic() < until:
            time.sleep(0.01)

    def _refuse(self) -> None:
        if self._is_folder():
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", PurePosixPath(urlsplit(self.path).path).name + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _is_folder(self) -> bool:
        """Whether the target is a folder of pages that was asked for without its slash."""
        path = urlsplit(self.path).path
        return not path.endswith("/") and resolve(self.root, f"{path}/") is not None

    def log_message(self, format: str, *args: object) -> None:
        """No log of who reads what."""
