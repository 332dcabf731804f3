"""A GENESIS instance on a loopback port: its paths, codes and moods, with tables of the sample.

with GenesisServer("regionalstatistik") as server:
    server.moods.too_large = True
    ...  # ask server.base, with server.account or without
    assert server.asked == ["helloworld/logincheck", "data/tablefile", ...]
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import random
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from sources.fetching.feed import Account
from tests.publishers.genesis_tables import joined, of_regions, sample_downloads, sample_tables

PATHS = {"regionalstatistik": "/genesisws", "landesdatenbank": "/ldbnrwws", "destatis": "/genesisWS"}
LOGGED_IN = "Sie wurden erfolgreich an- und abgemeldet! Bei mehr als 10 parallelen Requests wurden diese beendet."
WRONG_LOGIN = "Ein Fehler ist aufgetreten. (Bitte prüfen und korrigieren Sie Ihren Nutzernamen bzw. das Passwort.)"
NO_RIGHT = "Sie sind nicht berechtigt diesen Service aufzurufen oder der Header enthält nicht alle Angaben."
NOTHING = "Es gibt keine Objekte zum angegebenen Selektionskriterium"
TOO_LARGE = "Die Tabelle ist zu gross, um im Dialog abgerufen zu werden. Sie koennen einen Auftrag absetzen."
JOB = "Der Bearbeitungsauftrag wurde erstellt. Die Tabelle kann in Kürze als Ergebnis abgerufen werden: {job}"
BUSY = "Die maximale Anzahl paralleler Anfragen ist erreicht."
ERROR_PAGE = b"<!doctype html>\n\n<html lang='de'><body><h1>Ups, ein Fehler!</h1></body></html>"
CHANGED = "Wed, 01 Oct 2025 08:00:00 GMT"
#: The parameters of the manual that matter here; others are ignored without a word.
PARAMETERS = frozenset({"name", "startyear", "endyear", "regionalkey", "format", "job", "language", "area"})


@dataclass
class Moods:
    """How the service is at the moment.

    login         "accepts", or how it refuses every account: a "sentence", a "flat" code, HTTP "401" or "404"; "guest"
    too_large     no table is sent at once: a job makes it
    polls         looks until a job has ended; None: it never ends
    at_once       a job is answered with the table
    job_says      with what text a job is accepted
    packed        tables come as a zip with a time stamp in it; else bare
    deaf_to       parameters it ignores, as it does with misspelt ones
    whole         without years it sends all of them, not the newest
    says          code and text it answers instead, by method
    busy          so many requests are answered with code 6
    error_page    HTTP 500 with a page in HTML, without Content-Type
    redirect_to   everything is redirected there (307)
    echoes        answers repeat the login
    validators    downloads have an ETag and a date
    raw           downloads come as they are, not as if made at the moment
    """

    login: str = "accepts"
    too_large: bool = False
    polls: int | None = 2
    at_once: bool = False
    job_says: str = JOB
    packed: bool = True
    deaf_to: frozenset[str] = frozenset()
    whole: bool = False
    says: dict[str, tuple[int, str]] = field(default_factory=dict)
    busy: int = 0
    error_page: bool = False
    redirect_to: str = ""
    echoes: bool = False
    validators: bool = True
    raw: bool = False


class Request(NamedTuple):
    """What was asked; `method` is that of the service, e.g. `data/tablefile`, or the file name of a download."""

    verb: str
    method: str
    form: dict[str, str]
    headers: dict[str, str]


class Reply(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class _Job:
    polls: int | None
    body: bytes


class GenesisServer:
    """One instance. All attributes may be changed between requests.

    tables     code → year → file, for the service
    downloads  code → file, for everybody
    requests   what was asked so far
    """

    def __init__(self, instance: str = "regionalstatistik") -> None:
        self.path = PATHS[instance]
        self.account = Account("kennung77", "Geheim-7")
        self.token = "0123456789abcdef0123456789abcdef"
        self.tables = {code: dict(years) for code, years in sample_tables(instance).items()}
        self.downloads = dict(sample_downloads(instance))
        self.moods = Moods()
        self.requests: list[Request] = []
        self.jobs: dict[str, _Job] = {}
        self._counter = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def start(self) -> GenesisServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"

    @property
    def asked(self) -> list[str]:
        return [request.method for request in self.requests]

    # --- answers

    def answer(self, request: Request) -> Reply:
        if self.moods.error_page:
            return Reply(500, ERROR_PAGE, {})
        if self.moods.redirect_to:
            return Reply(307, b"", {"Location": self.moods.redirect_to})
        if request.method.startswith("/"):  # another folder: paths are case-sensitive
            return Reply(404, b"", {})
        if request.method.endswith(".csv"):
            return self._download(request)
        if request.method == "helloworld/whoami":
            return _json({"User-Agent": request.headers.get("user-agent", "")})
        if request.verb != "POST":
            return Reply(405, b"", {"Allow": "POST"})
        if "content-length" not in request.headers:
            return Reply(411, b"", {})
        return self._refused(request) or self._busy() or self._said(request) or self._served(request)

    def _download(self, request: Request) -> Reply:
        content = self.downloads.get(request.method.removesuffix("_00.csv"))
        if content is None:
            return Reply(404, b"", {})
        headers = {"Content-Type": "text/csv"}
        if self.moods.validators:
            etag = f'"{hashlib.sha256(content).hexdigest()[:12]}"'
            headers |= {"ETag": etag, "Last-Modified": CHANGED}
            if request.headers.get("if-none-match") == etag:
                return Reply(304, b"", headers)
        return Reply(200, content if self.moods.raw else self._as_sent(request.method, content), headers)

    def _refused(self, request: Request) -> Reply | None:
        login = (request.headers.get("username", ""), request.headers.get("password", ""))
        known = login in {(self.account.user, self.account.password), (self.token, "")}
        is_check = request.method == "helloworld/logincheck"
        if known and (self.moods.login == "accepts" or (self.moods.login == "guest" and is_check)):
            return None
        if self.moods.login in ("401", "404"):
            return _json({"Code": 15, "Content": NO_RIGHT, "Type": "ERROR"}, int(self.moods.login))
        if is_check and self.moods.login != "flat":
            return _json({"Status": WRONG_LOGIN, "Username": login[0]})
        return _json({"Code": 2 if login[0] else 15, "Content": WRONG_LOGIN if login[0] else NO_RIGHT, "Type": "ERROR"})

    def _busy(self) -> Reply | None:
        if self.moods.busy == 0:
            return None
        self.moods.busy -= 1
        return _status(6, BUSY)

    def _said(self, request: Request) -> Reply | None:
        if request.method not in self.moods.says:
            return None
        code, text = self.moods.says[request.method]
        if self.moods.echoes:
            text += f" {request.headers['username']} {request.headers.get('password', '')}"
        return _status(code, text)

    def _served(self, request: Request) -> Reply:
        serve = {
            "helloworld/logincheck": self._logincheck,
            "data/tablefile": self._tablefile,
            "catalogue/results": self._results,
            "data/resultfile": self._resultfile,
            "profile/removeResult": self._remove,
        }.get(request.method)
        return serve(request) if serve else Reply(404, b"", {})

    def _logincheck(self, request: Request) -> Reply:
        is_guest = self.moods.login == "guest" or "password" not in request.headers
        return _json({"Status": LOGGED_IN, "Username": "GAST" if is_guest else self.account.user})

    def _tablefile(self, request: Request) -> Reply:
        form = {
            key: value for key, value in request.form.items() if key in PARAMETERS and key not in self.moods.deaf_to
        }
        content = self._selected(form)
        if content is None:
            return _status(104, NOTHING)
        if form.get("job") == "true" and "password" not in request.headers:
            return _json({"Code": 15, "Content": NO_RIGHT, "Type": "ERROR"})
        if form.get("job") == "true" and not self.moods.at_once:
            job = f"{form['name']}_{175_000_000 + next(self._counter)}"
            self.jobs[job] = _Job(self.moods.polls, content)
            return _status(99, self.moods.job_says.format(job=job))
        if self.moods.too_large and form.get("job") != "true":
            return _status(98, TOO_LARGE, "Fehler")
        return self._table(form["name"], content)

    def _results(self, request: Request) -> Reply:
        job = self.jobs.get(request.form["selection"])
        if job is None or job.polls != 0:
            if job and job.polls:
                job.polls -= 1
            return _status(104, NOTHING)
        return _status(0, "erfolgreich", List=[{"Code": request.form["selection"], "Content": "Tabelle"}])

    def _resultfile(self, request: Request) -> Reply:
        job = self.jobs.get(request.form["name"])
        return self._table(request.form["name"], job.body) if job and job.polls == 0 else _status(104, NOTHING)

    def _remove(self, request: Request) -> Reply:
        removed = self.jobs.pop(request.form["name"], None)
        return _status(0, "erfolgreich") if removed else _status(104, NOTHING)

    # --- tables

    def _selected(self, form: dict[str, str]) -> bytes | None:
        editions = self.tables.get(form.get("name", ""), {})
        asked = range(int(form["startyear"]), int(form["endyear"]) + 1) if form.get("startyear") else ()
        newest = sorted(editions)[0 if self.moods.whole else -1 :]
        years = [year for year in editions if year in asked] if asked else newest
        if not years:
            return None
        content = joined([editions[year] for year in years])
        keys = form.get("regionalkey", "")
        return of_regions(content, keys.split(",")) if keys else content

    def _table(self, name: str, content: bytes) -> Reply:
        sent = self._as_sent(name, content)
        return Reply(200, sent, {"Content-Type": "application/zip" if self.moods.packed else "text/csv"})

    def _as_sent(self, name: str, content: bytes) -> bytes:
        """No two answers have the same bytes: rows in no order, the moment below, a time stamp in the zip."""
        number = next(self._counter)
        if b"\nStand: " in content:
            content = content.replace(b"/ 10:00:00", b"/ 10:%02d:%02d" % divmod(number % 3600, 60))
        else:
            header, *rows = content.decode().splitlines(keepends=True)
            random.Random(number).shuffle(rows)
            content = (header + "".join(rows)).encode()
        if not self.moods.packed or name.endswith("_00.csv"):
            return content
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}_{1_773_175_772_000 + number}_de_flat.csv", content)
        return packed.getvalue()


def _handler(server: GenesisServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body of an answer in one packet

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            is_utf8 = "charset=utf-8" in self.headers.get("Content-Type", "").lower()
            text = self.rfile.read(length).decode("utf-8" if is_utf8 else "latin-1")
            path = urlsplit(self.path).path
            method = path.removeprefix(f"{server.path}/rest/2020/").removeprefix(f"{server.path}/downloader/00/tables/")
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = dict(parse_qsl(text, keep_blank_values=True))
            request = Request(self.command, method, form, headers)
            server.requests.append(request)
            self._send(server.answer(request))

        do_POST = do_HEAD = do_GET  # noqa: N815 (named by http.server)

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _json(answer: dict[str, object], status: int = 200) -> Reply:
    return Reply(status, json.dumps(answer).encode(), {"Content-Type": "application/json;charset=UTF-8"})


def _status(code: int, text: str, kind: str = "Information", **more: object) -> Reply:
    status = {"Code": code, "Content": text, "Type": kind}
    return _json({"Ident": {}, "Status": status, "Parameter": {"username": "********"}, **more, "Copyright": "©"})
