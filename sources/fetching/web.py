"""One polite HTTP client: patient, slow enough for every host, and careful with bytes, addresses and passwords.

A request ends in a Reply whose body lies in a file, or in a FetchError. Retried are only connections, cut bodies,
429 and 5xx; the publisher's Retry-After holds back all requests to its host. Redirects are followed here and not by
requests: it would take the login headers of GENESIS along to another host.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from requests.cookies import extract_cookies_to_jar
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util.retry import Retry

from sources.fetching.problems import FetchError, LoginError, NotThereError
from sources.fetching.secrecy import Secrecy, login_secrecy

log = logging.getLogger("s3monitor")

_BLOCK = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_NO_ADDRESS = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
)
_MAX_REDIRECTS = 5


@dataclass(frozen=True)
class Limits:
    """How long to wait and how much to take. Seconds and bytes.

    pause          between the starts of two requests to one host; two publishers name 3 and 10 requests at a time as
                   their limit, one per second stays far below
    connect, read  until a connection stands, and between two pieces of an answer
    whole          for one answer: 300 MB over a line of 5 Mbit/s take 8 minutes
    max_bytes      of one answer, unpacked: the largest file known, the grid of the broadband atlas, has 307 MB
    tries          requests for one answer; with `backoff` the waits are about 0, 4, 8, 16 seconds and up to 1 more
    longest_wait   the longest Retry-After that is waited for; beyond it the source is left for the next run
    """

    pause: float = 1.0
    connect: float = 10.0
    read: float = 60.0
    whole: float = 600.0
    max_bytes: int = 400_000_000
    tries: int = 5
    backoff: float = 2.0
    longest_wait: float = 120.0


@dataclass(frozen=True)
class Seen:
    """What we took from an address and what to send with the next request for it.

    sha256   of the bytes; where these differ in every answer (times, order of rows), of what they say
    """

    sha256: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer. `path` holds its body, None where the server said 304 (not modified); `headers` in lower case."""

    status: int
    address: str
    headers: Mapping[str, str]
    path: Path | None = None
    seen: Seen = field(default_factory=Seen)


@dataclass
class _Host:
    """When the next request to a host may start; one request at a time."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0

    def hold(self, seconds: float) -> None:
        self.free_at = max(self.free_at, time.monotonic() + seconds)


class Web:
    """The client of one run; threads may share it. `contact` is an address the publisher can write to."""

    def __init__(self, contact: str = "", limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        # Some publishers refuse clients that do not look like a browser, so it says both.
        about = f"s3-monitor-ruhr/0.1{f'; {contact}' if contact else ''}"
        self._agent = f"Mozilla/5.0 (compatible; {about})"
        self._sessions = threading.local()
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def get(self, address: str, into: Path, *, known: Seen | None = None) -> Reply:
        """Fetch an address into the file `into`, conditionally where `known` says what we hold.

        Raises NotThereError (404, 410), LoginError (401, 403), else FetchError.
        """
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return self._ask("GET", address, into, headers, {}, None)

    def post(self, address: str, into: Path, form: Mapping[str, str], login: dict[str, str]) -> Reply:
        """Send a form. `login`: headers that only this host may see. Raises as `get`."""
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        return self._ask("POST", address, into, headers, login, form)

    def head(self, address: str) -> Reply:
        """What a publisher says of a file without sending it; `seen` has no sha256. Raises as `get`."""
        return self._ask("HEAD", address, None, {}, {}, None)

    def _ask(
        self,
        method: str,
        address: str,
        into: Path | None,
        headers: Mapping[str, str],
        login: dict[str, str],
        form: Mapping[str, str] | None,
    ) -> Reply:
        request = requests.Request(method, address, headers={**headers, **login}, data=form)
        secrecy = login_secrecy(login)
        try:
            for _ in range(_MAX_REDIRECTS + 1):
                reply = self._patiently(request, into, secrecy)
                if reply.status not in _REDIRECTS:
                    return _hiding(reply, secrecy)
                request = _redirected(request, reply, login)
        except FetchError as problem:  # what the server said stands in it, and may be the login
            raise problem.hiding(secrecy) from None
        raise FetchError(shown(address), f"more than {_MAX_REDIRECTS} redirects", hint="Check the declared address.")

    def _patiently(self, request: requests.Request, into: Path | None, secrecy: Secrecy) -> Reply:
        """Try until there is an answer that counts; the waits are urllib3's."""
        retry = Retry(
            total=self.limits.tries - 1,
            backoff_factor=self.limits.backoff,
            backoff_jitter=1.0,
            raise_on_status=False,
        )
        address = shown(request.url)
        while True:
            wait = None
            try:
                reply = self._once(request, into)
                if not _is_busy(reply.status):
                    return _judged(reply, address)
                problem = f"the server answered {reply.status}"
                wait = self._retry_after(retry, reply, address, problem)
            except (requests.ConnectionError, requests.Timeout, HTTPError) as error:
                problem = f"no complete answer ({_reason(error)})"
            try:
                retry = retry.increment(request.method, address, error=HTTPError(problem))
            except MaxRetryError:
                tries = f"{problem}, {self.limits.tries} times"
                raise FetchError(address, tries, hint="It is tried again in the next run.", is_transient=True) from None
            log.info("fetch: %s: %s; waiting", secrecy.hidden(address), secrecy.hidden(problem))
            if wait is None:
                time.sleep(retry.get_backoff_time())
            else:  # other threads must not ask there either
                self._host(str(request.url)).hold(wait)

    def _retry_after(self, retry: Retry, reply: Reply, address: str, problem: str) -> float | None:
        printed = reply.headers.get("retry-after")
        if not printed:
            return None
        try:
            seconds = retry.parse_retry_after(printed)
        except HTTPError:
            return None  # neither seconds nor a date: as if it had not been sent
        if seconds > self.limits.longest_wait:
            what = f"{problem} and asks to wait {seconds:.0f} seconds"
            raise FetchError(address, what, hint="It is tried again in the next run.", is_transient=True)
        return seconds

    def _once(self, request: requests.Request, into: Path | None) -> Reply:
        host = self._host(str(request.url))
        with host.turn:
            time.sleep(max(0.0, host.free_at - time.monotonic()))
            host.hold(self.limits.pause)
            try:
                session = self._session()
                prepared = session.prepare_request(request)
                timeout = (self.limits.connect, self.limits.read)
                # proxies and certificates of this network
                settings: Any = session.merge_environment_settings(prepared.url, {}, True, None, None)
                # not session.send: that reads the body of a redirect, of whatever size
                with session.get_adapter(str(prepared.url)).send(prepared, timeout=timeout, **settings) as response:
                    extract_cookies_to_jar(session.cookies, prepared, response.raw)  # type: ignore[no-untyped-call]
                    return self._taken(response, into)
            except _NO_ADDRESS as error:
                raise FetchError(shown(request.url), f"no usable address ({type(error).__name__})") from error
            except requests.exceptions.SSLError as error:
                if not any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
                    raise  # a connection that broke while it was made secure
                hint = (
                    "The certificate is not accepted: nothing was sent. Ask the publisher or your network's operator."
                )
                raise FetchError(shown(request.url), f"no secure connection ({_reason(error)})", hint=hint) from error

    def _taken(self, response: requests.Response, into: Path | None) -> Reply:
        """The answer with its body in a file; an error's body is not kept."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        has_body = response.status_code == 200 and into is not None
        sha256 = self._save(response, into) if has_body and into else ""
        seen = Seen(sha256, headers.get("etag", ""), headers.get("last-modified", ""))
        return Reply(response.status_code, response.url, headers, into if has_body else None, seen)

    def _save(self, response: requests.Response, into: Path) -> str:
        """Stream the body to a file within the limits of size and time; returns its sha256."""
        digest, size, end = hashlib.sha256(), 0, time.monotonic() + self.limits.whole
        with into.open("wb") as file:
            # read1 returns what has arrived: a server that sends a byte a second must not outwait the clock
            while block := response.raw.read1(_BLOCK, decode_content=True):
                size += len(block)
                if size > self.limits.max_bytes:
                    megabytes = self.limits.max_bytes // 1_000_000
                    raise FetchError(shown(response.url), f"more than {megabytes} MB", hint="Nothing was kept.")
                if time.monotonic() > end:
                    what = f"not complete after {self.limits.whole:.0f} seconds"
                    raise FetchError(shown(response.url), what, hint="Nothing was kept.", is_transient=True)
                digest.update(block)
                file.write(block)
        return digest.hexdigest()

    def _session(self) -> requests.Session:
        """One session per thread: requests does not promise more."""
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = requests.Session()
            session.headers["User-Agent"] = self._agent
            session.trust_env = True  # the proxy of the network; never credentials from a .netrc
            session.auth = _no_login
            self._sessions.session = session
        return session

    def _host(self, address: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(urlsplit(address).netloc, _Host())


def shown(address: str | None, *, query: bool = False) -> str:
    """An address as it may be printed: without user, password and session id, and without what is asked for there
    unless `query`: of a declared address that is no secret, of one we were redirected to it may be."""
    parts = urlsplit(address or "")
    path = parts.path.split(";jsessionid=")[0]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, parts.query if query else "", ""))


def _hiding(reply: Reply, secrecy: Secrecy) -> Reply:
    """The reply without a login in what is kept or printed of it beside its body."""
    headers = {name: secrecy.hidden(value) for name, value in reply.headers.items()}
    kept = {name: value for name, value in vars(reply.seen).items() if secrecy.hidden(value) == value}
    return replace(reply, address=secrecy.hidden(reply.address), headers=headers, seen=Seen(**kept))


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _redirected(request: requests.Request, reply: Reply, login: Mapping[str, str]) -> requests.Request:
    """The request that follows a redirect: to another host or protocol it goes without login, and no form with it."""
    try:
        target = urljoin(str(request.url), reply.headers.get("location", ""))
        here, there = urlsplit(str(request.url)), urlsplit(target)
    except ValueError as error:  # e.g. half an IPv6 address
        raise FetchError(shown(request.url), "redirects to no usable address") from error
    if (here.scheme, there.scheme) == ("https", "http"):
        raise FetchError(shown(request.url), f"redirects to {shown(target)}, which is not encrypted")
    if login and (here.scheme, here.netloc) != (there.scheme, there.netloc):
        hint = "The account was not sent there. If the publisher moved, correct the address in the settings."
        place = shown(f"{there.scheme}://{there.netloc}")  # the path may be made of what was sent
        raise FetchError(shown(request.url), f"redirects to another host, {place}", hint=hint)
    keeps_form = reply.status in (307, 308)
    method = str(request.method) if keeps_form or request.method == "HEAD" else "GET"
    return requests.Request(method, target, headers=dict(request.headers), data=request.data if keeps_form else None)


def _judged(reply: Reply, address: str) -> Reply:
    if reply.status in (200, 304) or reply.status in _REDIRECTS:
        return reply
    if reply.status in (404, 410):
        raise NotThereError(address, f"there is no such file ({reply.status})")
    if reply.status in (401, 403):
        hint = "Check the account in the settings, or whether the publisher wants one now."
        raise LoginError(address, f"the server refused the request ({reply.status})", hint=hint)
    raise FetchError(address, f"the server answered {reply.status}", hint="Check the declared address.")


def _is_busy(status: int) -> bool:
    return status == 429 or status >= 500


def _reason(error: Exception) -> str:
    """The innermost cause in a few words: urllib3 wraps it in objects that print themselves.

    A bare ValueError is about bytes of the protocol, what lies around it says more.
    """
    *_, cause = (cause for cause in _causes(error) if type(cause) is not ValueError)
    return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
