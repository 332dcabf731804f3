"""A publisher on a loopback port: files under addresses, conditional requests, and everything that may go wrong.

with Publisher() as server:
    server.put("/table.csv", b"...")
    server.mood("/table.csv", busy(retry_after="1"), times=1)
    ...  # ask server.base
    assert server.asked == ["GET /table.csv", "GET /table.csv"]
"""

from __future__ import annotations

import gzip
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self
from urllib.parse import urlsplit

from tests.flows.inboxes import zipped

ERROR_PAGE = b"<!DOCTYPE html>\n<html><head><title>Interner Fehler</title></head><body>Ups</body></html>"
MAINTENANCE = b"<!doctype html>\n<html><head><title>Wartungsarbeiten</title></head><body>Bitte warten</body></html>"
_FIRST_UPLOAD = datetime(2026, 1, 5, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """What was asked; `target` is path and query as sent, `headers` in lower case, `at` in seconds of a clock."""

    verb: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def is_conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(frozen=True)
class Reply:
    """An answer and how it goes over the line: whole, cut in the middle, or a byte at a time."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    way: Literal["whole", "cut", "drip"] = "whole"
    chunked: bool = False


#: Makes of the usual answer the one of a mood.
Change = Callable[[Reply], Reply]


@dataclass
class _Mood:
    change: Change
    times: float


class Publisher:
    """A server with files. All attributes may be changed between requests.

    prefix      what every address begins with, part of `base`
    files       target (path and query, or path alone) → content; written by `put`
    packs       bodies are sent with gzip to whom accepts it
    validators  files have an ETag and a Last-Modified, and are not sent again to whom holds them
    requests    what was asked so far
    """

    def __init__(self, prefix: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.prefix = prefix
        self.files: dict[str, bytes] = {}
        self.packs = False
        self.validators = True
        self.requests: list[Request] = []
        self._uploads: dict[str, int] = {}
        self._moods: dict[str, _Mood] = {}
        self._server = _Server(self)
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def root(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base(self) -> str:
        return self.root + self.prefix

    @property
    def asked(self) -> list[str]:
        return [f"{request.verb} {request.target}" for request in self.requests]

    def put(self, target: str, content: bytes) -> None:
        """Upload a file under an address below the prefix; again: over the one there."""
        target = self.prefix + target
        self.files[target] = content
        self._uploads[target] = self._uploads.get(target, 0) + 1

    def mood(self, target: str, change: Change, times: float = float("inf")) -> None:
        """From now on, or so many times, a path or target below the prefix is answered otherwise."""
        self._moods[self.prefix + target] = _Mood(change, times)

    def calm(self) -> None:
        """No moods any more."""
        self._moods.clear()

    # --- answers

    def answer(self, request: Request) -> Reply:
        usual = self.usual(request)
        mood = self._moods.get(request.target) or self._moods.get(request.path)
        if mood is None or mood.times <= 0:
            return usual
        mood.times -= 1
        return mood.change(usual)

    def usual(self, request: Request) -> Reply:
        """The answer in no special mood."""
        for target in (request.target, request.path):
            if target in self.files:
                return self._file(target, request)
        return Reply(404, b"<html><title>404</title></html>", {"Content-Type": "text/html"})

    def _file(self, target: str, request: Request) -> Reply:
        content, headers = self.files[target], {"Content-Type": "application/octet-stream"}
        if self.validators:
            etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            changed = format_datetime(_FIRST_UPLOAD + timedelta(days=self._uploads[target]), usegmt=True)
            headers |= {"ETag": etag, "Last-Modified": changed}
            held = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
            if held[0] == etag or (held[0] is None and held[1] == changed):
                return Reply(304, b"", headers)
        if self.packs and "gzip" in request.headers.get("accept-encoding", ""):
            return Reply(200, gzip.compress(content), {**headers, "Content-Encoding": "gzip"})
        return Reply(200, content, headers)


# --- moods


def busy(status: int = 429, retry_after: str = "") -> Change:
    """Too many requests, or out of order."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda _: Reply(status, b"", headers)


def error_page(_: Reply) -> Reply:
    return Reply(500, ERROR_PAGE, {"Content-Type": "text/html"})


def maintenance(_: Reply) -> Reply:
    """A web page with status 200 in place of the file."""
    return Reply(200, MAINTENANCE, {"Content-Type": "text/html; charset=utf-8"})


def refused(_: Reply) -> Reply:
    return Reply(403, b"Forbidden")


def cut(usual: Reply) -> Reply:
    """Half of the body, then the connection ends."""
    return replace(usual, way="cut")


def cut_chunked(usual: Reply) -> Reply:
    return replace(usual, way="cut", chunked=True)


def drip(usual: Reply) -> Reply:
    """A byte now and then, never long enough apart to count as silence."""
    return replace(usual, way="drip")


def in_a_zip(usual: Reply) -> Reply:
    """The file in a zip, under the old address."""
    return replace(usual, body=zipped({"inner.csv": usual.body}))


def bomb(megabytes: int) -> Change:
    """Some kilobytes that unpack to much more."""
    body = gzip.compress(bytes(megabytes * 1_000_000), compresslevel=1)
    return lambda _: Reply(200, body, {"Content-Encoding": "gzip"})


def redirect_to(address: str, status: int = 302) -> Change:
    return lambda _: Reply(status, b"", {"Location": address})


# --- the line


class _Server(ThreadingHTTPServer):
    def __init__(self, publisher: Publisher) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.publisher = publisher

    def handle_error(self, *_: object) -> None:
        """A client that went away in the middle is part of many a test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body of an answer in one packet
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, time.monotonic())
        self.server.publisher.requests.append(request)
        self._send(self.server.publisher.answer(request))

    do_POST = do_HEAD = do_GET  # noqa: N815 (named by http.server)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(reply)
        self.wfile.flush()

    def _send_body(self, reply: Reply) -> None:
        body = reply.body[: len(reply.body) // 2] if reply.way == "cut" else reply.body
        if reply.way == "drip":
            self._drip(body)
        elif reply.chunked:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
            self.wfile.write(b"" if reply.way == "cut" else b"0\r\n\r\n")
        else:
            self.wfile.write(body)
        self.close_connection = reply.way != "whole"

    def _drip(self, body: bytes) -> None:
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.02)

    def log_message(self, *_: object) -> None:
        pass
