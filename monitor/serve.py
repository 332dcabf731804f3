"""A small web server for the built pages: reads only, from one folder only, with strict headers.

For a look on one machine or in an office network; a public site belongs behind the organisation's web server.
"""

from __future__ import annotations

import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
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

    return ThreadingHTTPServer((host, port), Handler)


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
    server_version = "s3monitor"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        content = self._answer()
        if content is not None:
            with suppress(ConnectionError):  # the reader has gone on before the file was there
                self.wfile.write(content)

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> bytes | None:
        """Send status and headers; returns the content of the file, None where an error was sent."""
        self._wait_for_swap()
        file = resolve(self.root, self.path)
        content = _content(file) if file else None
        if file is None or content is None:
            self._refuse()
            return None
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES[file.suffix])
        self.send_header("Content-Length", str(len(content)))
        for name, value in _HEADERS.items():
            is_policy = name == "Content-Security-Policy"
            self.send_header(name, _OWN_STYLE_POLICY if is_policy and self._has_own_style(file) else value)
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
