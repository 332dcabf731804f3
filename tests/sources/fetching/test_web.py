"""The HTTP client against a server in every mood: outcome, number of requests, waits, and what never leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from sources.fetching.problems import FetchError, LoginError, NotThereError
from sources.fetching.web import Limits, Seen, Web, shown
from tests.publishers import server as moods
from tests.publishers.server import Change, Publisher, busy, redirect_to

LIMITS = Limits(pause=0, connect=2, read=0.4, whole=0.4, max_bytes=1_000_000, tries=2, backoff=0, longest_wait=2)
FILE, OTHER = "/table.csv", "/other.csv"
CONTENT = b"ags;value\n" + b"05113;1\n" * 500
USER, PASSWORD = "kennung77", "Geheim-7"
LOGIN = {"username": USER, "password": PASSWORD}


@pytest.fixture
def server() -> Iterator[Publisher]:
    with Publisher() as publisher:
        publisher.put(FILE, CONTENT)
        publisher.put(OTHER, b"1;2\n")
        yield publisher


@pytest.fixture
def elsewhere() -> Iterator[Publisher]:
    """Another host."""
    with Publisher() as publisher:
        publisher.put(FILE, CONTENT)
        yield publisher


@pytest.fixture
def web() -> Web:
    return Web("betrieb@example.org", LIMITS)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "body"


def failure(web: Web, address: str, into: Path) -> FetchError:
    with pytest.raises(FetchError) as caught:
        web.get(address, into)
    return caught.value


# --- what comes back


@pytest.mark.parametrize("packs", [False, True])
def test_a_file_comes_whole_with_its_hash_and_validators(web: Web, server: Publisher, into: Path, packs: bool) -> None:
    server.packs = packs
    reply = web.get(server.base + FILE, into)
    assert (reply.status, reply.path, into.read_bytes()) == (200, into, CONTENT)
    assert reply.seen.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert reply.seen.etag.startswith('"')
    assert reply.seen.last_modified.endswith("GMT")


def test_publishers_see_who_asks(web: Web, server: Publisher, into: Path) -> None:
    web.get(server.base + FILE, into)
    agent = server.requests[0].headers["user-agent"]
    assert agent == "Mozilla/5.0 (compatible; s3-monitor-ruhr/0.1; betrieb@example.org)"


def test_what_is_held_is_not_sent_again(web: Web, server: Publisher, into: Path) -> None:
    seen = web.get(server.base + FILE, into).seen
    reply = web.get(server.base + FILE, into, known=seen)
    assert (reply.status, reply.path) == (304, None)
    headers = server.requests[1].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == (seen.etag, seen.last_modified)
    assert not server.requests[0].is_conditional


def test_a_head_tells_the_validators_without_the_body(web: Web, server: Publisher, into: Path) -> None:
    seen = web.get(server.base + FILE, into).seen
    assert web.head(server.base + FILE).seen == replace(seen, sha256="")
    assert server.asked == [f"GET {FILE}", f"HEAD {FILE}"]


# --- moods


def sleepy(usual: moods.Reply) -> moods.Reply:
    time.sleep(1)
    return usual


def damaged_gzip(_: moods.Reply) -> moods.Reply:
    return moods.Reply(200, b"no gzip at all", {"Content-Encoding": "gzip"})


MOODS: dict[str, tuple[Change, type[FetchError], bool, int, str]] = {
    "busy": (busy(), FetchError, True, 2, "the server answered 429, 2 times"),
    "error page": (moods.error_page, FetchError, True, 2, "the server answered 500, 2 times"),
    "out of order": (busy(503), FetchError, True, 2, "the server answered 503, 2 times"),
    "gateway of its own": (busy(520), FetchError, True, 2, "the server answered 520, 2 times"),
    "cut": (moods.cut, FetchError, True, 2, "no complete answer (IncompleteRead"),
    "cut in chunks": (moods.cut_chunked, FetchError, True, 2, "no complete answer (IncompleteRead"),
    "silent": (sleepy, FetchError, True, 2, "no complete answer (TimeoutError"),
    "damaged gzip": (damaged_gzip, FetchError, True, 2, "no complete answer ("),
    "slow drip": (moods.drip, FetchError, True, 1, "not complete after 0 seconds"),
    "gzip bomb": (moods.bomb(20), FetchError, False, 1, "more than 1 MB"),
    "bad request": (busy(400), FetchError, False, 1, "the server answered 400"),
    "refused": (moods.refused, LoginError, False, 1, "refused the request (403)"),
    "login wanted": (busy(401), LoginError, False, 1, "refused the request (401)"),
    "not there": (busy(404), NotThereError, False, 1, "there is no such file (404)"),
    "gone": (busy(410), NotThereError, False, 1, "there is no such file (410)"),
}


@pytest.mark.parametrize("mood", MOODS)
def test_a_mood_ends_in_one_error_that_says_what_happened(web: Web, server: Publisher, into: Path, mood: str) -> None:
    change, kind, is_transient, requests, words = MOODS[mood]
    server.mood(FILE, change)
    problem = failure(web, f"{server.base}{FILE}?token=Geheim-7", into)
    assert (type(problem), problem.is_transient) == (kind, is_transient)
    assert words in str(problem)
    assert str(problem).startswith(f"{server.base}{FILE}: ")
    assert PASSWORD not in str(problem)
    assert len(server.requests) == requests


@pytest.mark.parametrize("mood", ["busy", "error page", "cut", "cut in chunks", "silent"])
def test_a_mood_that_passes_costs_one_more_request(web: Web, server: Publisher, into: Path, mood: str) -> None:
    server.mood(FILE, MOODS[mood][0], times=1)
    web.get(server.base + FILE, into)
    assert into.read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_file_beyond_the_limit_is_given_up(web: Web, server: Publisher, into: Path) -> None:
    server.put(FILE, bytes(2_000_000))
    assert "more than 1 MB" in str(failure(web, server.base + FILE, into))


def test_a_server_that_is_not_there(web: Web, into: Path) -> None:
    with Publisher() as gone:
        address = gone.base + FILE
    problem = failure(web, address, into)
    assert problem.is_transient
    assert "ConnectionRefusedError" in str(problem)


@pytest.mark.parametrize("address", ["nonsense/table.csv", f"ftp://{USER}:{PASSWORD}@example.org/x", "http://"])
def test_an_address_that_is_none(web: Web, into: Path, address: str) -> None:
    problem = failure(web, address, into)
    assert "no usable address" in str(problem)
    assert PASSWORD not in str(problem)


# --- waiting


def test_the_waits_grow_with_some_chance_in_them(
    server: Publisher, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("sources.fetching.web.time.sleep", waited.append)
    server.mood(FILE, busy(503))
    failure(Web(limits=Limits(pause=0)), server.base + FILE, into)
    waits = [seconds for seconds in waited if seconds]
    assert len(server.requests) == 5
    assert [int(seconds) for seconds in waits] == [4, 8, 16]
    assert any(seconds % 1 for seconds in waits)


def test_the_wait_a_publisher_asks_for_is_kept_by_all_requests_to_it(
    web: Web, server: Publisher, into: Path, tmp_path: Path
) -> None:
    server.mood(FILE, busy(retry_after="1"), times=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(web.get, server.base + FILE, into)
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.1)
        pool.submit(web.get, server.base + OTHER, tmp_path / "other").result()
        first.result()
    start, *later = (request.at for request in server.requests)
    assert len(later) == 2
    assert all(at - start >= 0.95 for at in later)


def test_a_wait_may_be_a_date(web: Web, server: Publisher, into: Path) -> None:
    soon = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(hours=2), usegmt=True)
    server.mood(FILE, busy(503, retry_after=soon))
    problem = failure(web, server.base + FILE, into)
    assert "asks to wait 7" in str(problem)
    assert problem.is_transient
    assert len(server.requests) == 1


def test_a_wait_that_is_no_time_is_as_if_it_had_not_been_asked_for(web: Web, server: Publisher, into: Path) -> None:
    server.mood(FILE, busy(retry_after="bald"), times=1)
    assert web.get(server.base + FILE, into).status == 200


def test_requests_to_a_host_keep_a_pause_and_hosts_do_not_wait_for_each_other(
    server: Publisher, elsewhere: Publisher, tmp_path: Path
) -> None:
    web = Web(limits=replace(LIMITS, pause=0.6))
    addresses = [server.base + FILE] * 3 + [elsewhere.base + FILE]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda job: web.get(job[1], tmp_path / str(job[0])), enumerate(addresses)))
    times = [request.at for request in server.requests]
    assert all(later - earlier >= 0.55 for earlier, later in pairwise(times))
    assert elsewhere.requests[0].at < times[1]


# --- redirects and logins


def test_a_redirect_on_the_host_is_followed(web: Web, server: Publisher, into: Path) -> None:
    server.mood("/old.csv", redirect_to(FILE, 301))
    reply = web.get(f"{server.base}/old.csv", into, known=Seen("0" * 64, '"old"', ""))
    assert (reply.address, into.read_bytes()) == (server.base + FILE, CONTENT)


def test_a_redirect_to_another_host_is_followed_without_a_login(
    web: Web, server: Publisher, elsewhere: Publisher, into: Path
) -> None:
    server.mood(FILE, redirect_to(elsewhere.base + FILE))
    web.get(server.base + FILE, into)
    assert into.read_bytes() == CONTENT
    assert elsewhere.asked == [f"GET {FILE}"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_login_never_goes_to_another_host(
    web: Web, server: Publisher, elsewhere: Publisher, into: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.mood(FILE, redirect_to(f"{elsewhere.base}{FILE}?session=Geheim-8", status))
    with pytest.raises(FetchError, match="redirects to another host") as caught:
        web.post(server.base + FILE, into, {"name": "12411"}, LOGIN)
    assert elsewhere.requests == []
    for text in (str(caught.value), caplog.text):
        assert USER not in text
        assert "Geheim" not in text


def test_another_port_or_name_is_another_host(web: Web, server: Publisher, into: Path) -> None:
    server.mood(FILE, redirect_to(server.base.replace("127.0.0.1", "localhost") + OTHER))
    with pytest.raises(FetchError, match="another host"):
        web.post(server.base + FILE, into, {}, LOGIN)


def test_a_login_goes_on_within_the_host(web: Web, server: Publisher, into: Path) -> None:
    server.mood(FILE, redirect_to(OTHER, 307))
    web.post(server.base + FILE, into, {"name": "Mülheim"}, LOGIN)
    first, second = server.requests
    assert (second.verb, second.target, second.body) == ("POST", OTHER, first.body)
    assert second.headers["password"] == PASSWORD


def test_after_see_other_the_form_stays_behind(web: Web, server: Publisher, into: Path) -> None:
    server.mood(FILE, redirect_to(OTHER, 303))
    web.post(server.base + FILE, into, {"name": "12411"}, LOGIN)
    assert (server.requests[1].verb, server.requests[1].body) == ("GET", b"")


def test_a_form_is_sent_in_utf_8_and_says_so(web: Web, server: Publisher, into: Path) -> None:
    web.post(server.base + FILE, into, {"name": "Mülheim"}, LOGIN)
    [request] = server.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert request.body == b"name=M%C3%BClheim"


def test_what_a_redirect_says_besides_is_not_waited_for(web: Web, server: Publisher, into: Path) -> None:
    server.mood(FILE, lambda _: moods.Reply(302, bytes(1000), {"Location": OTHER}, way="drip"))
    start = time.monotonic()
    assert web.get(server.base + FILE, into).status == 200
    assert time.monotonic() - start < 5


def test_redirects_come_to_an_end(web: Web, server: Publisher, into: Path) -> None:
    server.mood(FILE, redirect_to(FILE))
    assert "more than 5 redirects" in str(failure(web, server.base + FILE, into))


@pytest.mark.parametrize("target", ["http://[::1/x", "mailto:info@example.org", "https://"])
def test_a_redirect_to_nowhere(web: Web, server: Publisher, into: Path, target: str) -> None:
    server.mood(FILE, redirect_to(target))
    assert "no usable address" in str(failure(web, server.base + FILE, into))


@pytest.mark.parametrize("mood", MOODS)
def test_a_login_stands_in_no_message_and_no_log(
    web: Web, server: Publisher, into: Path, mood: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.mood(FILE, MOODS[mood][0])
    with pytest.raises(FetchError) as caught:
        web.post(server.base + FILE, into, {"name": "12411"}, LOGIN)
    assert server.requests[0].headers["password"] == PASSWORD
    for text in (str(caught.value), repr(caught.value), caplog.text):
        assert USER not in text
        assert PASSWORD not in text


def test_no_login_is_taken_from_a_netrc_or_an_address(
    web: Web, server: Publisher, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    web.get(server.base + FILE, into)
    web.get(server.base.replace("//", f"//{USER}:{PASSWORD}@") + FILE, into)
    assert [request.headers.get("authorization") for request in server.requests] == [None, None]


SECRETS = st.text("abcdefgh0123456789-._~", min_size=8)


@given(SECRETS, SECRETS, SECRETS, SECRETS)
def test_a_shown_address_holds_no_login_session_or_query(user: str, password: str, session: str, query: str) -> None:
    told = shown(f"https://{user}:{password}@example.org/a/b.csv;jsessionid={session}?token={query}#part")
    assert told == "https://example.org/a/b.csv"
    assert shown(f"https://{user}:{password}@example.org/a?Kreis={query}", query=True) == (
        f"https://example.org/a?Kreis={query}"
    )


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(plain + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Publisher]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Publisher(tls=context) as publisher:
        publisher.put(FILE, CONTENT)
        yield publisher


def test_a_certificate_nobody_vouches_for_is_refused(web: Web, secure: Publisher, into: Path) -> None:
    with pytest.raises(FetchError, match=r"no secure connection.*certificate") as caught:
        web.post(secure.base + FILE, into, {}, LOGIN)
    assert not caught.value.is_transient
    assert secure.requests == []


def test_a_certificate_the_network_trusts_is_accepted(
    web: Web, secure: Publisher, into: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    web.get(secure.base + FILE, into)
    assert into.read_bytes() == CONTENT


def test_a_redirect_that_gives_up_encryption_is_refused(
    web: Web, secure: Publisher, server: Publisher, into: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    secure.mood(FILE, redirect_to(server.base + FILE))
    assert "which is not encrypted" in str(failure(web, secure.base + FILE, into))
    assert server.requests == []


def test_a_connection_that_breaks_while_it_is_made_secure_is_tried_again(web: Web, into: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = []

        def hang_up() -> None:
            for _ in range(2):
                connection, _ = listening.accept()
                taken.append(connection.recv(100))
                connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        problem = failure(web, f"https://127.0.0.1:{listening.getsockname()[1]}{FILE}", into)
        thread.join()
    assert problem.is_transient
    assert len(taken) == 2
