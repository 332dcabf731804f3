"""The served pages against a hostile network: other names for this machine, slow and many clients, odd requests."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor import serve
from monitor.serve import open_server
from tests.attacks.conftest import Command

NEEDED = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index.html", "themen/index.html", "big.csv"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(name)
    (tmp_path / "site" / "big.csv").write_bytes(b"x" * 20_000_000)
    (tmp_path / "secret.html").write_text("secret")
    (tmp_path / "site" / "out").symlink_to(tmp_path)
    return tmp_path / "site"


@pytest.fixture
def server(folder: Path) -> Iterator[ThreadingHTTPServer]:
    with open_server(folder, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def asked(server: ThreadingHTTPServer, request: bytes) -> bytes:
    """The whole answer to bytes."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


def get(target: str, *headers: str, host: str = "127.0.0.1", method: str = "GET") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "localhost."]
)
def test_names_of_this_machine_are_answered(server: ThreadingHTTPServer, host: str) -> None:
    assert status(asked(server, get("/", host=host))) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000", "127.0.0.1@evil.example",
     "", "10.0.0.1", "127.0.0.1 evil", "[::1", "evil.example#localhost"],
)  # fmt: skip
def test_a_page_of_another_site_cannot_read_by_another_name(server: ThreadingHTTPServer, host: str) -> None:
    """DNS rebinding: the browser thinks that it talks to evil.example, whose address became 127.0.0.1."""
    answer = asked(server, get("/", host=host))
    assert (status(answer), b"index" in answer) == (421, False)


def test_without_or_with_two_hosts_nothing_is_served(server: ThreadingHTTPServer) -> None:
    assert status(asked(server, b"GET / HTTP/1.1\r\n\r\n")) == 421
    assert status(asked(server, get("/", "Host: evil.example"))) == 421


def test_whoever_lets_others_read_names_the_machine_as_they_like(folder: Path) -> None:
    with open_server(folder, "0.0.0.0", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        assert status(asked(server, get("/", host="statistik.amt.example"))) == 200
        server.shutdown()


@pytest.mark.parametrize(
    ("target", "method"),
    [("/", "GET"), ("/", "HEAD"), ("/nowhere", "GET"), ("/themen", "GET"), ("/", "POST"), ("/", "TRACE"), ("/", "X"),
     ("/../secret.html", "GET"), ("/" + "a" * 70000, "GET")],
)  # fmt: skip
def test_every_answer_has_the_strict_headers(server: ThreadingHTTPServer, target: str, method: str) -> None:
    answer = asked(server, get(target, method=method))
    head = answer.split(b"\r\n\r\n")[0].decode("latin-1").lower()
    assert [name for name in NEEDED if f"\n{name.lower()}: " not in head] == []
    assert "python" not in head
    if status(answer) >= 400:
        body = answer.split(b"\r\n\r\n", 1)[1]
        assert target.encode() not in body or target == "/"


@pytest.mark.parametrize(
    "target",
    ["/out/secret.html", "/out/", "/themen/..%2f..%2fsecret.html", "/.%2e/secret.html", "///secret.html", "*",
     "http://evil.example/../secret.html", "secret.html", "/%2e%2e%2fsecret.html", "/index.html;/../../secret.html",
     "/%c0%ae%c0%ae/secret.html", "/themen%00/../../secret.html", "/%252e%252e/secret.html"],
)  # fmt: skip
def test_no_way_leads_out(server: ThreadingHTTPServer, target: str) -> None:
    answer = asked(server, get(target))
    assert (status(answer) in (301, 400, 404, 421), b"secret" in answer.split(b"\r\n\r\n", 1)[1]) == (True, False)


def test_a_redirect_leads_to_no_other_host(server: ThreadingHTTPServer) -> None:
    for target in ("//evil.example/themen", "/\\evil.example", "//evil.example", "/themen", "//themen", "/%0d%0aX: y"):
        head = asked(server, get(target)).split(b"\r\n\r\n")[0].decode("latin-1")
        assert "evil" not in head
        assert "\nX: y" not in head
        if "Location: " in head:
            assert head.split("Location: ")[1].split("\r\n")[0] == "themen/"


def test_headers_without_end_are_cut_off(server: ThreadingHTTPServer) -> None:
    assert status(asked(server, get("/", *(f"X-{n}: {n}" for n in range(200))))) == 431
    assert status(asked(server, get("/", "X: " + "x" * 70000))) == 431


def test_who_sends_slowly_is_dropped_in_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps each single wait short: the request as a whole has a limit too."""
    monkeypatch.setattr(serve, "REQUEST_SECONDS", 1.0)
    with open_server(folder, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as line:
            begun = time.monotonic()
            with suppress(OSError):  # reset or broken pipe, as it comes
                for byte in b"GET / HTTP/1.1\r\nX-Slow: " + b"x" * 400:
                    line.sendall(bytes([byte]))
                    time.sleep(0.1)
            assert time.monotonic() - begun < 30  # the drip would have taken 40 s
        server.shutdown()


def test_many_at_once_do_not_keep_others_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that say nothing take places, until their time is over; beyond the places nobody gets a thread."""
    monkeypatch.setattr(serve, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(serve, "MOST_CLIENTS", 8)
    before = threading.active_count()
    with open_server(folder, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        idle = [socket.create_connection(("127.0.0.1", server.server_port), timeout=20) for _ in range(40)]
        assert threading.active_count() - before <= 2 * 8 + 2  # and a clock each
        assert status(asked(server, get("/"))) == 200
        for line in idle:
            line.close()
        server.shutdown()


def test_a_client_that_reads_nothing_holds_up_nobody(server: ThreadingHTTPServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(get("/big.csv"))
        assert status(asked(server, get("/"))) == 200


def test_it_listens_on_this_machine_and_says_when_it_does_not(tmp_path: Path) -> None:
    from inspect import signature

    from flows.commands.serve import serve_command, warning

    assert signature(serve_command).parameters["host"].default == "127.0.0.1"
    assert [warning(host) for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8")] == [""] * 4
    for host in ("0.0.0.0", "::", "192.168.1.5", "statistik.example"):
        assert "anybody" in warning(host)


def test_a_host_that_is_none_is_told(tmp_path: Path, command: Command) -> None:
    (tmp_path / "data" / "site").mkdir(parents=True)
    (tmp_path / "data" / "site" / "index.html").write_text("x")
    for host in ("no such host", "-h", "[red]"):
        ended = command("serve", f"--host={host}", "--port", "0")
        assert (ended.code, "Traceback" in ended.stderr, "Internal" in ended.stderr) == (1, False, False), ended


def test_connections_are_those_of_a_browser(server: ThreadingHTTPServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/themen/")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"themen/index.html")
