"""The web service of GENESIS (Landesdatenbank NRW, Regionaldatenbank Deutschland, Destatis): one table of one year.

POST with a form in UTF-8, login in the headers. What is too large to be sent at once is made by a job: ordered, waited
for, fetched, removed. Source: GENESIS-Anwenderdokumentation Webservice/API, version 5.0, and recorded answers.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from sources.fetching.feed import Account
from sources.fetching.problems import FetchError, LoginError, NotThereError
from sources.fetching.secrecy import Secrecy, login_secrecy
from sources.fetching.web import Reply, Web, shown
from sources.genesis.answer import Code, Status, quoted, status_in, with_table
from sources.genesis.query import Query

log = logging.getLogger("s3monitor")

_JOB_NAME = re.compile(r"[0-9A-Za-z-]+_\d+")
#: Of a login check: the account behind a success that is none, and the words of the two sentences it answers with.
_GUEST = "GAST"
_LOGGED_IN = "erfolgreich"
_NOT_LOGGED_IN = re.compile("passwor|kennwort|nutzername|abgelaufen|nicht berechtigt", re.IGNORECASE)

#: One login check at a time per service, whatever the number of its tables.
_turns: dict[str, threading.Lock] = {}


@dataclass(frozen=True)
class Patience:
    """Seconds to wait.

    poll  between two looks at a job
    job   for a job in all: 35 minutes have been seen, for two million values
    busy  one after the other, while the service says that others ask too much
    """

    poll: float = 5.0
    job: float = 3600.0
    busy: tuple[float, ...] = (15.0, 30.0, 60.0)


@dataclass(frozen=True)
class Service:
    """The service at the address `base`, for one account.

    Its methods raise LoginError where the account is not accepted, NotThereError where a table has nothing for a
    year, else FetchError. Their messages never hold user or password.
    """

    web: Web
    base: str
    account: Account = field(repr=False)
    patience: Patience = field(default_factory=Patience)

    def address(self, method: str) -> str:
        return f"{self.base}/rest/2020/{method}"

    def address_of(self, query: Query) -> str:
        """A name for what a query asks: the form is no part of the address it is sent to."""
        return self.address(f"data/tablefile/{query.table.code}/{query.year}")

    def check_login(self, today: dt.date) -> None:
        """Tell a refused account from other trouble. Asked once a day: wrong logins over and over may lock it."""
        with _turns.setdefault(self.base, threading.Lock()):
            accepted = _is_accepted(self, today)
        if not accepted:
            raise self._login_error("does not accept the account")

    def table(self, query: Query, into: Path) -> Reply:
        """The bare table in the file `into`; status 304 where the service says that nothing is newer."""
        reply, status = self._call("data/tablefile", query.form(as_job=False), into)
        if status and status.code == Code.TOO_LARGE:
            reply, status = self._by_job(query, into)
        if status is None:
            reply = with_table(reply)
            self._refuse_login_in(into, reply.address)
            return reply
        if status.code == Code.NOTHING_NEWER:
            return Reply(304, reply.address, reply.headers)
        raise self.refusal(status, self.address_of(query))

    def _by_job(self, query: Query, into: Path) -> tuple[Reply, Status | None]:
        if not self.account.password:
            hint = "A token may not order jobs: set user name and password instead."
            raise FetchError(shown(self.address_of(query)), "the table is too large to be sent at once", hint=hint)
        reply, status = self._call("data/tablefile", query.form(as_job=True), into)
        if status is None or status.code != Code.JOB_ACCEPTED:
            return reply, status  # a job may also be answered at once
        job = self._job_name(status, query)
        log.info("fetch: %s: job %s", shown(reply.address), self._secrecy.hidden(job))
        reply = self._result(job, query, into)
        self._remove(job)
        return reply, None

    def _job_name(self, status: Status, query: Query) -> str:
        name = _JOB_NAME.search(status.text)
        if name is None or "angepasst" in status.text:  # as code 22, which this one hides
            raise self.refusal(status._replace(code=Code.ADAPTED if name else status.code), self.address_of(query))
        return name[0]

    def _result(self, job: str, query: Query, into: Path) -> Reply:
        """Wait for a job and fetch what it made."""
        form = {"name": job, "area": "Benutzer", "compress": "false", "format": query.layout, "language": "de"}
        end = time.monotonic() + self.patience.job
        while time.monotonic() < end:
            if self._is_ready(job, into):
                reply, status = self._call("data/resultfile", form, into)
                if status is None:
                    return reply
                if status.code != Code.NOTHING_FOUND:
                    raise self.refusal(status, reply.address)
            time.sleep(self.patience.poll)
        what = f"job {self._secrecy.hidden(job)} never ended: it was waited for {self.patience.job / 60:.0f} minutes"
        hint = "The next run orders it again; if it fails again, ask the publisher."
        raise FetchError(shown(self.address_of(query)), what, hint=hint, is_transient=True)

    def _is_ready(self, job: str, into: Path) -> bool:
        reply, status = self._call("catalogue/results", {"selection": job, "area": "Benutzer", "language": "de"}, into)
        if status is None:
            raise FetchError(shown(reply.address), "expected a list in JSON; found something else", is_transient=True)
        if status.code not in (None, Code.DONE, Code.NOTHING_FOUND):
            raise self.refusal(status, reply.address)
        return job in status.listed

    def _remove(self, job: str) -> None:
        """Tidy up there; what was fetched is good even if that fails."""
        form = {"name": job, "area": "Benutzer", "language": "de"}
        try:
            with tempfile.TemporaryDirectory() as folder:
                reply, status = self._call("profile/removeResult", form, Path(folder) / "answer")
            if status and status.code != Code.DONE:
                raise self.refusal(status, reply.address)
        except FetchError as problem:
            log.warning("fetch: the result %s could not be removed there: %s", self._secrecy.hidden(job), problem)

    def _call(self, method: str, form: Mapping[str, str], into: Path) -> tuple[Reply, Status | None]:
        """The answer of a method and its status, None where it is no status; waits while the service is busy."""
        for wait in self.patience.busy:
            reply, status = self._call_once(method, form, into)
            if status is None or status.code != Code.BUSY:
                return reply, status
            log.info("fetch: %s: busy; waiting", shown(reply.address))
            time.sleep(wait)
        return self._call_once(method, form, into)

    def _call_once(self, method: str, form: Mapping[str, str], into: Path) -> tuple[Reply, Status | None]:
        address, login = self.address(method), login_headers(self.account, self.base)
        try:
            reply = self.web.post(address, into, form, login)
        except NotThereError as problem:  # the login was accepted, so this is no wrong one in disguise
            hint = "Check the declared address of the service."
            raise FetchError(problem.address, "the service does not know this method (404)", hint=hint) from problem
        except LoginError as problem:
            raise self._login_error("refused the request") from problem
        status = status_in(into, address)
        if status is None:
            self._refuse_login_in(into, address)
        return reply, status

    def refusal(self, status: Status, address: str) -> FetchError:
        """The error a status means."""
        address = shown(address)
        said = f"the service says {quoted(status._replace(text=self._secrecy.hidden(status.text)))}"
        if status.code in (Code.WRONG_LOGIN, Code.NO_RIGHT):
            return self._login_error("refused the request")
        if status.code == Code.NOTHING_FOUND:
            return NotThereError(address, said)
        if status.code == Code.ADAPTED:
            hint = "It changed a parameter, so a filter may be gone. Nothing was kept."
            return FetchError(address, said, hint=hint)
        if status.code == Code.UNKNOWN:
            return FetchError(address, said, hint="The table has another code now, or is not open to this account.")
        return FetchError(address, said, is_transient=status.code == Code.BUSY)

    def _login_error(self, what: str) -> LoginError:
        parts = urlsplit(self.base)
        hint = (
            "Wrong, or the password expired, as it does about once a year: change it at"
            f" {parts.scheme}://{parts.netloc.rpartition('@')[2]}, then in the settings."
        )
        return LoginError(shown(self.base), f"the service {what}", hint=hint)

    @cached_property
    def _secrecy(self) -> Secrecy:
        return login_secrecy({"username": self.account.user, "password": self.account.password})

    def _refuse_login_in(self, path: Path, address: str) -> None:
        """A file that repeats the password must not get into the archive: that is kept for good, and may be shared."""
        if path.exists() and self._secrecy.is_in(path.read_bytes()):
            what = "the answer repeats the password or token"
            raise FetchError(shown(address), what, hint="Nothing was kept. Change it there, then in the settings.")


@lru_cache(maxsize=32)
def _is_accepted(service: Service, _today: dt.date) -> bool:
    """Whether the service accepts the account; raises FetchError where it does not say."""
    address, login = service.address("helloworld/logincheck"), login_headers(service.account, service.base)
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "answer"
        try:
            service.web.post(address, body, {"language": "de"}, login)
        except LoginError:
            return False
        except NotThereError:  # so answers a service to a wrong login, and a server that knows no service
            _check_it_is_there(service, body)
            return False
        status = status_in(body, address)
    if status is None:
        raise FetchError(shown(address), "expected a status in JSON; found something else", is_transient=True)
    if status.code in (None, Code.DONE) and _LOGGED_IN in status.text.casefold():
        # a token is not looked at here: the guest is logged in, and the first table tells
        return status.user != _GUEST or not service.account.password
    if status.code in (Code.WRONG_LOGIN, Code.NO_RIGHT) or _NOT_LOGGED_IN.search(status.text):
        return False
    raise service.refusal(status, address)


def _check_it_is_there(service: Service, body: Path) -> None:
    """Raises FetchError where the one method without login does not answer either."""
    address = service.address("helloworld/whoami")
    try:
        service.web.get(address, body)
        is_there = status_in(body, address) is not None
    except NotThereError:
        is_there = False
    if not is_there:
        raise FetchError(shown(service.base), "there is no GENESIS service", hint="Check the declared address.")


def login_headers(account: Account, base: str) -> dict[str, str]:
    """The headers of a login; a token stands as the user. Raises LoginError where one cannot be a header."""
    headers = {"username": account.user, "password": account.password}
    for name, value in headers.items():
        if value != value.strip() or not value.isprintable() or not _is_latin1(value):
            hint = "Line ends, blanks at the ends and letters outside Western Europe do not pass."
            raise LoginError(shown(base), f"the {name} in the settings cannot be sent", hint=hint)
    return {name: value for name, value in headers.items() if value}


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
