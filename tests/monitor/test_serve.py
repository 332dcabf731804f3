"""The small web server: reads only, from its folder only, with strict headers, and follows a swap."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.serve import NoSiteError, open_server, resolve

Ask = Callable[..., tuple[http.client.HTTPResponse, bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site beside a file that is nobody's business."""
    site = tmp_path / "site"
    for name in ("index.html", "themen/index.html", "daten/a.csv", "daten/a.svg", "assets/site.css"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(name)
    (site / ".hidden.html").write_text("hidden")
    (site / "key.pem").write_text("hidden")
    (tmp_path / "secret.html").write_text("secret")
    (site / "link.html").symlink_to(tmp_path / "secret.html")
    return site


@pytest.fixture
def ask(folder: Path) -> Iterator[Ask]:
    with open_server(folder, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

        def call(target: str, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
            connection.putrequest(method, target)
            connection.endheaders()
            answer = connection.getresponse()
            return answer, answer.read()

        yield call
        server.shutdown()


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html?x=1", "text/html; charset=utf-8"),
        ("/themen/", "text/html; charset=utf-8"),
        ("/assets/site.css", "text/css; charset=utf-8"),
        ("/daten/a.csv", "text/csv; charset=utf-8"),
        ("/daten/a.svg", "image/svg+xml"),
    ],
)
def test_files_of_the_site_are_served(ask: Ask, target: str, kind: str) -> None:
    answer, content = ask(target)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert int(answer.headers["Content-Length"]) == len(content) > 0


def test_headers_are_strict(ask: Ask) -> None:
    headers = ask("/")[0].headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert headers["Cache-Control"] == "no-cache"
    assert "Python" not in headers["Server"]


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.html", "/themen/../../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/..%5csecret.html",
        "//secret.html", "/%2fetc/passwd", "/.hidden.html", "/key.pem", "/link.html", "/daten/", "/nowhere.html",
        "/index.html%00.css", "/%ff", "/" + "a" * 5000, "/index.html/",
    ],
)  # fmt: skip
def test_nothing_else_is_served(ask: Ask, target: str) -> None:
    answer, content = ask(target)
    assert answer.status == 404
    assert b"secret" not in content
    assert b"hidden" not in content


@given(st.text(max_size=40), st.sampled_from(["/", "/../", "/themen/", "/%2e%2e/", "//"]))
def test_no_target_leaves_the_folder(text: str, start: str) -> None:
    folder = Path(__file__).parent
    found = resolve(folder, start + text)
    assert found is None or found.resolve().is_relative_to(folder)


def test_a_folder_without_its_slash_is_redirected(ask: Ask) -> None:
    answer, _ = ask("/themen")
    assert (answer.status, answer.headers["Location"]) == (301, "themen/")


def test_head_has_no_content(ask: Ask) -> None:
    answer, content = ask("/", "HEAD")
    assert (answer.status, content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(ask: Ask, method: str) -> None:
    assert ask("/index.html", method)[0].status == 501


def test_a_swapped_site_is_served_at_once(ask: Ask, folder: Path) -> None:
    folder.rename(folder.with_name("old"))
    new = folder.with_name("new")
    new.mkdir()
    (new / "index.html").write_text("new")
    threading.Timer(0.05, new.rename, [folder]).start()
    assert ask("/")[1] == b"new"


def test_without_a_site_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NoSiteError, match="s3monitor site"):
        open_server(tmp_path, "127.0.0.1", 0)
