"""The web service, against a server that behaves like one: login, tables, jobs, codes, and what is never told."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from reference.regions import nrw_kreise
from sources.fetching.feed import Account
from sources.fetching.problems import FetchError, LoginError, NotThereError
from sources.fetching.web import Limits, Web
from sources.genesis.client import Patience, Service
from sources.genesis.query import Query
from sources.genesis.table import tables
from tests.publishers.genesis import GenesisServer

TODAY = dt.date(2026, 3, 10)
POPULATION = Query(tables()["12411-01-01-4"], 2024)
BY_SECTOR = Query(tables()["13111-07-05-4"], 2024)
IMPATIENT = Patience(poll=0.001, job=2, busy=(0, 0))


@pytest.fixture
def server() -> Iterator[GenesisServer]:
    with GenesisServer() as server:
        yield server


@pytest.fixture
def service(server: GenesisServer) -> Service:
    web = Web(limits=Limits(pause=0, connect=2, read=2, whole=5, tries=2, backoff=0))
    return Service(web, server.base, server.account, IMPATIENT)


def lines_of(content: bytes) -> list[bytes]:
    return sorted(content.splitlines())


def problem_of(service: Service, query: Query, into: Path) -> FetchError:
    with pytest.raises(FetchError) as error:
        service.table(query, into)
    return error.value


# --- a table


def test_a_request_is_as_the_manual_wants_it(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    service.table(POPULATION, tmp_path / "table")
    [request] = server.requests
    assert (request.verb, request.method) == ("POST", "data/tablefile")
    assert request.form == {
        "name": "12411-01-01-4",
        "area": "all",
        "compress": "false",
        "transpose": "false",
        "startyear": "2024",
        "endyear": "2024",
        "regionalkey": "",
        "format": "ffcsv",
        "job": "false",
        "language": "de",
    }
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert (request.headers["username"], request.headers["password"]) == ("kennung77", "Geheim-7")


def test_tables_without_declared_codes_are_asked_for_as_datencsv_and_those_of_nrw_by_region() -> None:
    assert BY_SECTOR.form(as_job=True).items() >= {"format": "datencsv", "job": "true", "regionalkey": ""}.items()
    keys = Query(tables()["22811-05i"], 2024).form(as_job=False)["regionalkey"].split(",")
    assert keys == ["05", *nrw_kreise()]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("query", [POPULATION, BY_SECTOR])
def test_a_table_comes_bare(
    server: GenesisServer, service: Service, tmp_path: Path, query: Query, packed: bool
) -> None:
    server.moods.packed = packed
    first, second = (service.table(query, tmp_path / name) for name in ("first", "second"))
    assert first.path
    assert second.path
    sent = server.tables[query.table.code][2024]
    assert [line for line in lines_of(first.path.read_bytes()) if b"Stand: " not in line] == [
        line for line in lines_of(sent) if b"Stand: " not in line
    ]
    assert first.path.read_bytes() != second.path.read_bytes()
    assert first.seen.sha256 == second.seen.sha256 != ""


def test_the_service_of_destatis_is_the_same(tmp_path: Path, service: Service) -> None:
    with GenesisServer("destatis") as server:
        server.tables = {"12411-01-01-4": {2024: b"statistics_code\n12411\n"}}
        service = replace(service, base=server.base)
        service.check_login(TODAY)
        reply = service.table(POPULATION, tmp_path / "table")
    assert server.base.endswith("/genesisWS")
    assert reply.path
    assert reply.path.read_bytes() == b"statistics_code\n12411\n"


# --- jobs


def test_what_is_too_large_is_made_by_a_job(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    server.moods.too_large = True
    server.moods.polls = 3
    reply = service.table(POPULATION, tmp_path / "table")
    assert reply.path
    assert lines_of(reply.path.read_bytes()) == lines_of(server.tables["12411-01-01-4"][2024])
    assert server.asked == [
        *("data/tablefile", "data/tablefile"),
        *["catalogue/results"] * 4,
        *("data/resultfile", "profile/removeResult"),
    ]
    assert [request.form.get("job") for request in server.requests[:2]] == ["false", "true"]
    assert server.jobs == {}
    name = server.requests[2].form["selection"]
    assert name.startswith("12411-01-01-4_")
    assert {request.form["name"] for request in server.requests[-2:]} == {name}


def test_a_job_may_be_answered_at_once(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    server.moods.too_large = server.moods.at_once = True
    assert service.table(POPULATION, tmp_path / "table").path
    assert server.asked == ["data/tablefile", "data/tablefile"]


def test_a_job_that_never_ends_is_given_up(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    server.moods.too_large, server.moods.polls = True, None
    service = replace(service, patience=Patience(poll=0.05, job=1))
    problem = problem_of(service, POPULATION, tmp_path / "table")
    [job] = server.jobs
    assert f"/data/tablefile/12411-01-01-4/2024: job {job} never ended: it was waited for 0 minutes." in str(problem)
    assert problem.is_transient
    assert 2 <= server.asked.count("catalogue/results") <= 21


def test_a_result_that_is_not_there_yet_is_waited_for(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    """The catalogue may list what cannot be fetched yet."""
    server.moods.too_large, server.moods.polls = True, 0
    server.moods.says = {"data/resultfile": (104, "Es gibt keine Objekte")}
    problem = problem_of(replace(service, patience=Patience(poll=0.05, job=1)), POPULATION, tmp_path / "table")
    assert "never ended" in str(problem)
    assert server.asked.count("data/resultfile") > 1


def test_a_result_that_cannot_be_removed_is_only_a_warning(
    server: GenesisServer, service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.moods.too_large = True
    server.moods.says = {"profile/removeResult": (-1, "Interner Fehler")}
    assert service.table(POPULATION, tmp_path / "table").path
    assert "could not be removed there" in caplog.text
    assert "“Interner Fehler” (code -1)" in caplog.text


@pytest.mark.parametrize("text", ["Auftrag erstellt: {job} (Mindestens ein Parameter wurde angepasst)", "Erstellt."])
def test_a_job_for_something_else_is_not_waited_for(
    server: GenesisServer, service: Service, tmp_path: Path, text: str
) -> None:
    server.moods.too_large, server.moods.job_says = True, text
    problem = problem_of(service, POPULATION, tmp_path / "table")
    assert text.format(job=min(server.jobs)) in str(problem)
    assert server.asked == ["data/tablefile", "data/tablefile"]


# --- codes


@pytest.mark.parametrize(
    ("code", "text", "kind", "message"),
    [
        (104, "Es gibt keine Objekte", NotThereError, "the service says “Es gibt keine Objekte” (code 104)."),
        (22, "erfolgreich (angepasst)", FetchError, "(code 22). It changed a parameter, so a filter may be gone."),
        (90, "nicht vorhanden", FetchError, "(code 90). The table has another code now, or is not open"),
        (-1, "Es wurde kein Datenquader gefunden", FetchError, "“Es wurde kein Datenquader gefunden” (code -1)."),
        (0, "erfolgreich", FetchError, "the service says “erfolgreich” (code 0)."),
        (2, "Passwort", LoginError, "the service refused the request. Wrong, or the password expired"),
        (15, "nicht berechtigt", LoginError, "the service refused the request. Wrong, or the password expired"),
    ],
)
def test_codes_are_told_in_words(
    server: GenesisServer, service: Service, tmp_path: Path, code: int, text: str, kind: type, message: str
) -> None:
    server.moods.says = {"data/tablefile": (code, text)}
    problem = problem_of(service, POPULATION, tmp_path / "table")
    assert type(problem) is kind
    assert message in str(problem)
    assert not problem.is_transient
    assert server.asked == ["data/tablefile"]


def test_nothing_newer_is_no_error(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    server.moods.says = {"data/tablefile": (50, "nichts Neueres")}
    reply = service.table(POPULATION, tmp_path / "table")
    assert (reply.status, reply.path) == (304, None)


def test_a_busy_service_is_given_time(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    server.moods.busy = 2
    assert service.table(POPULATION, tmp_path / "table").path
    assert len(server.requests) == 3
    server.moods.busy = 3
    problem = problem_of(service, POPULATION, tmp_path / "table")
    assert "Anzahl paralleler Anfragen ist erreicht.” (code 6)" in str(problem)
    assert problem.is_transient


def test_an_error_page_may_be_gone_next_time(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    server.moods.error_page = True
    problem = problem_of(service, POPULATION, tmp_path / "table")
    assert "/data/tablefile: the server answered 500, 2 times." in str(problem)
    assert problem.is_transient
    assert len(server.requests) == 2


def test_a_method_that_is_gone_is_no_missing_year(service: Service, tmp_path: Path) -> None:
    service = replace(service, base=service.base + "/elsewhere")
    problem = problem_of(service, POPULATION, tmp_path / "table")
    assert not isinstance(problem, NotThereError)
    assert "the service does not know this method (404). Check the declared address of the service." in str(problem)


def test_the_login_goes_to_no_other_host(server: GenesisServer, service: Service, tmp_path: Path) -> None:
    with GenesisServer() as other:
        server.moods.redirect_to = other.base + "/rest/2020/data/tablefile"
        problem = problem_of(service, POPULATION, tmp_path / "table")
        assert "redirects to another host" in str(problem)
        assert "The account was not sent there." in str(problem)
        assert other.requests == []


# --- login


@pytest.mark.parametrize("refusal", ["sentence", "flat", "401", "404", "guest"])
def test_a_refused_account_is_told_from_other_trouble(server: GenesisServer, service: Service, refusal: str) -> None:
    server.moods.login = refusal
    root = server.base.removesuffix("/genesisws")
    for _ in range(3):  # for each table of a run; a second wrong login might lock the account
        with pytest.raises(LoginError) as error:
            service.check_login(TODAY)
        assert str(error.value) == (
            f"{server.base}: the service does not accept the account. Wrong, or the password expired, as it does about"
            f" once a year: change it at {root}, then in the settings."
        )
    assert server.asked == ["helloworld/logincheck"] + ["helloworld/whoami"] * (refusal == "404")
    server.moods.login = "accepts"
    service.check_login(TODAY + dt.timedelta(days=1))


def test_an_account_is_checked_once_for_all_tables(server: GenesisServer, service: Service) -> None:
    with ThreadPoolExecutor(4) as tables_at_a_time:
        list(tables_at_a_time.map(service.check_login, [TODAY] * 8))
    assert server.asked == ["helloworld/logincheck"]
    with pytest.raises(LoginError):
        replace(service, account=Account("kennung77", "alt")).check_login(TODAY)


def test_trouble_is_not_taken_for_a_refusal(server: GenesisServer, service: Service) -> None:
    server.moods.error_page = True
    with pytest.raises(FetchError, match="the server answered 500") as error:
        service.check_login(TODAY)
    assert not isinstance(error.value, LoginError)
    server.moods.error_page = False
    server.moods.says = {"helloworld/logincheck": (-1, "Wartungsarbeiten")}
    with pytest.raises(FetchError, match="Wartungsarbeiten") as error:
        service.check_login(TODAY)
    assert not isinstance(error.value, LoginError)
    with pytest.raises(FetchError, match="there is no GENESIS service"):
        replace(service, base=service.base.replace("genesisws", "genesisWS")).check_login(TODAY)
    server.moods.says = {}
    service.check_login(TODAY)


def test_a_token_stands_for_the_user_and_orders_no_jobs(
    server: GenesisServer, service: Service, tmp_path: Path
) -> None:
    service = replace(service, account=Account(server.token))
    service.check_login(TODAY)
    assert service.table(POPULATION, tmp_path / "table").path
    assert all("password" not in request.headers for request in server.requests)
    server.moods.too_large = True
    problem = problem_of(service, POPULATION, tmp_path / "table")
    assert "too large to be sent at once. A token may not order jobs: set user name and password" in str(problem)
    assert server.token not in str(problem)
    with pytest.raises(LoginError, match="does not accept"):
        replace(service, account=Account(server.token[::-1])).check_login(TODAY)


@pytest.mark.parametrize("password", ["Geheim-7\n", " Geheim-7", "Ge\x00heim", "Geheim-€"])
def test_a_password_that_no_header_can_hold_is_not_sent(
    server: GenesisServer, service: Service, tmp_path: Path, password: str
) -> None:
    service = replace(service, account=Account("kennung77", password))
    for ask in (lambda: service.check_login(TODAY), lambda: service.table(POPULATION, tmp_path / "table")):
        with pytest.raises(LoginError, match="the password in the settings cannot be sent") as error:
            ask()
        assert "heim" not in str(error.value)
    assert server.requests == []


@pytest.mark.parametrize("code", [-1, 2, 6, 15, 22, 90, 99, 104])
@pytest.mark.parametrize("method", ["helloworld/logincheck", "data/tablefile"])
def test_no_message_holds_the_login(
    server: GenesisServer,
    service: Service,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    code: int,
    method: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.moods.says, server.moods.echoes = {method: (code, "Parameter:")}, True

    def ask() -> None:
        service.check_login(TODAY)
        service.table(POPULATION, tmp_path / "table")

    with pytest.raises(FetchError) as error:
        ask()
    told = f"{error.value} {error.value!r} {service!r} {caplog.text}"
    assert server.account.user not in told
    assert server.account.password not in told
