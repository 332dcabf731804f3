"""Publishers that answer with what they were sent: no login gets into a message, a log, a file or the data folder.

All bytes that a run leaves are searched, for the secrets as they are and as they may be written: as an address, as
HTML, as JSON, as base64 and as hexadecimal digits.
"""

from __future__ import annotations

import base64
import html
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, quote_plus, unquote_to_bytes

import pytest

from tests.flows.live import NOVEMBER, Live
from tests.publishers.everyone import everyone
from tests.publishers.genesis import LOGGED_IN

FEED = "regionalstatistik_12411-01-01-4"
USER, PASSWORD = "kennung77Marke", 'Gehe!m&<7>/"Marke+4711'
TOKEN = "0f9e8d7c6b5a49382716f5e4d3c2b1a0"


def forms(secret: str) -> set[bytes]:
    """How a secret may be written; of base64 the part that does not depend on what stands around it."""
    raw = secret.encode("latin-1")
    aligned = {base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)}
    texts = {secret, quote(secret, safe=""), quote_plus(secret), html.escape(secret), json.dumps(secret)[1:-1]}
    return {*aligned, *(text.encode() for text in texts), raw.hex().encode()}


def echoes(user: str, password: str) -> list[str]:
    """What an answer may say of the login."""
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    ways: list[Callable[[str], str]] = [
        str, lambda text: quote(text, safe=""), html.escape, lambda text: text.encode().hex(),
        lambda text: base64.b64encode(text.encode()).decode(),
    ]  # fmt: skip
    return [f"Basic {basic}", *(way(secret) for way in ways for secret in (user, password) if secret)]


@dataclass(frozen=True)
class Said:
    """An answer: status, body, headers, and the reason beside the status."""

    code: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


def answer(way: str, said: str, headers: str, port: int) -> Said:
    """What a server says that repeats `said` and the headers it was sent, in one of WAYS or with a status."""
    line = said.encode("ascii", "replace").decode()
    table = "Tabelle: 12411-01-01-4\nx\n"
    ways = {
        "status": Said(200, json.dumps({"Status": {"Code": 1, "Content": said}})),
        "status of a job": Said(200, json.dumps({"Status": {"Code": 99, "Content": f"Auftrag: {said}_1"}})),
        "table": Said(200, f"Tabelle: 12411-01-01-4\n{said}\n{headers}\n"),
        "page": Said(200, f"<!DOCTYPE html><title>{html.escape(said)}</title>{headers}"),
        "half a status": Said(200, '{"Status": ' + said),
        "elsewhere": Said(307, "", {"Location": f"http://localhost:{port}/{quote(said, safe='')}"}),
        "on and on": Said(307, "", {"Location": f"/{quote(said, safe='')}?token={quote(said)}"}),
        "nowhere": Said(307, "", {"Location": f"http://[{line}"}),
        "etag": Said(200, table, {"ETag": f'"{line}"', "Last-Modified": line}),
        "retry": Said(503, said, {"Retry-After": line}),
        "reason": Said(500, said, {}, line),
        "bad length": Said(200, said, {"Content-Length": line}),
        "bad chunk": Said(200, f"{line}\r\n", {"Transfer-Encoding": "chunked"}),
    }
    return ways.get(way) or Said(int(way), f"<pre>{headers}\n{said}</pre>")


class Echo(BaseHTTPRequestHandler):
    """Accepts every login, then answers the request for a table with what it was sent."""

    way: ClassVar[str] = ""
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        user, password = self.headers.get("username", ""), self.headers.get("password", "")
        said = " ".join(echoes(user, password))
        if "logincheck" in self.path:
            self._send(Said(200, json.dumps({"Status": LOGGED_IN, "Username": user})))
        elif self.way == "no http":
            self.wfile.write(f"{said}\r\n\r\n".encode())
        else:
            headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
            self._send(answer(self.way, said, headers, self.server.server_address[1]))

    do_GET = do_POST  # noqa: N815 (named by http.server)

    def _send(self, said: Said) -> None:
        body = said.body.encode()
        self.send_response(said.code, said.reason)
        length = {} if "Transfer-Encoding" in said.headers else {"Content-Length": str(len(body))}
        for name, value in {**length, **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


WAYS = (
    "status", "status of a job", "table", "page", "half a status", "elsewhere", "on and on", "nowhere", "etag", "retry",
    "reason", "no http", "bad length", "bad chunk", "400", "401", "403", "404", "407", "418", "500", "511",
)  # fmt: skip


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/genesisws"
        server.shutdown()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with everyone(NOVEMBER.date(), booklets=1) as publishers:
        yield Live(tmp_path_factory.mktemp("secrets"), publishers)


@pytest.mark.parametrize("account", ["password", "token"])
def test_no_answer_brings_a_login_back(live: Live, echo: str, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    user, password = (USER, PASSWORD) if account == "password" else (TOKEN, "")
    addresses = json.dumps({**live.publishers.addresses, "regionalstatistik": echo})
    live.settings = {"S3MONITOR_ADDRESSES": addresses, "S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER": user}
    if password:
        live.settings["S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__PASSWORD"] = password
    wanted = {form for secret in (user, password) if secret for form in forms(secret)}
    wanted.add(base64.b64encode(f"{user}:{password}".encode())[:-4])
    for way in WAYS:
        monkeypatch.setattr(Echo, "way", way)
        ended = live.refresh(only=(FEED,))
        assert ended.code == 1, (way, ended)  # nothing that could be published came
        assert "Internal error" not in ended.stderr, (way, ended)
        table = live.run("probe", "--only", FEED)
        told = ended.stdout + (ended.stderr + table.out + table.stderr).encode()
        for place, content in {"output": told, **left_behind(live.folder)}.items():
            found = [form for form in wanted if form in content or form in unquote_to_bytes(content)]
            assert not found, (way, place, found, content[:2000])


def left_behind(folder: Path) -> dict[str, bytes]:
    """Every file by its path, the path among what is searched."""
    return {str(path): str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "proxy", ["http://{}:{}@127.0.0.1:1", "http://{}:{}@127.0.0.1:noport", "http://{}:{}@[half", "weird://{}:{}@x:1"]
)
def test_the_login_of_a_proxy_is_not_told(live: Live, proxy: str) -> None:
    secrets = (USER, quote(PASSWORD, safe=""))
    live.settings = {"HTTP_PROXY": proxy.format(*secrets), "http_proxy": proxy.format(*secrets), "NO_PROXY": ""}
    ended = live.refresh(only=("bundesnetzagentur",))
    assert ended.code == 1
    told = ended.stdout + ended.stderr.encode() + b"".join(left_behind(live.folder).values())
    assert not [form for secret in (USER, PASSWORD) for form in forms(secret) if form in told]
