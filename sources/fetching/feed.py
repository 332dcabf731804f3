"""A feed: what is fetched regularly from one place of a publisher, and what comes of asking it."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from sources.arrived_file import ArrivedFile
from sources.fetching.problems import FetchError, NotThereError
from sources.fetching.web import Reply, Seen, Web, shown

State = Literal["new", "unchanged", "not_yet", "failed"]

#: What a data file may turn out to be; everything else (HTML, an old XLS, nothing) is no delivery.
_FOUND_INSTEAD = {
    "empty": "an empty answer",
    "html": "a web page",
    "ole": "an old XLS workbook, or one with a password",
    "binary": "bytes that are neither text nor a zip",
}


@dataclass(frozen=True)
class Known:
    """What an earlier run took from an address."""

    seen: Seen
    period: str = ""


@dataclass(frozen=True)
class Account:
    """Login for a publisher; a token stands as the user, without a password."""

    user: str = field(repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Question:
    """What a run asks a feed.

    today    the day of the run
    into     an empty folder for what comes
    known    what was taken before, by address
    period   "" for what is new; `2023` or `2023-06` to fetch that period again (backfill)
    account  login for the publisher, None for what everybody may fetch
    """

    today: dt.date
    into: Path
    known: Mapping[str, Known]
    period: str = ""
    account: Account | None = None

    def seen(self, address: str) -> Seen:
        """What is held of an address; nothing where it is not known."""
        known = self.known.get(address)
        return known.seen if known else Seen()


@dataclass(frozen=True)
class Outcome:
    """What became of one address.

    state     `new` (bytes that did not come from there before), `unchanged`, `not_yet` (a next edition that is not
              out), `failed` (`message` says why; `is_transient`: it may work later)
    path      the body, for `new`
    name      file name of the delivery; members of a zip keep their own names
    members   shell patterns of the members of a zip that are wanted, empty for all
    """

    address: str
    state: State
    name: str = ""
    path: Path | None = None
    period: str = ""
    seen: Seen = field(default_factory=Seen)
    members: tuple[str, ...] = ()
    message: str = ""
    is_transient: bool = False


class Feed(Protocol):
    """One feed. `feed_id` is what `--only` takes; `host` names the publisher's address in feeds.yaml."""

    @property
    def feed_id(self) -> str: ...

    @property
    def host(self) -> str: ...

    def ask(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """Ask the publisher at the address `base`; yields an outcome per address, raises FetchError where none can be
        asked for (a search page that changed, a refused login)."""
        ...

    def probe(self, web: Web, base: str, question: Question) -> Iterator[Outcome]:
        """As `ask`, but only look whether there is news; outcomes have no body. Nothing where a look costs as much."""
        ...


def probe_file(web: Web, address: str, question: Question, *, period: str = "") -> Outcome:
    """Look at the head of one file: `new` where it is not known or its validators are not those we hold."""
    known = question.known.get(address)
    blank = Outcome(address, "unchanged", period=period)
    try:
        seen = web.head(address).seen
    except NotThereError:
        return replace(blank, state="not_yet")
    except FetchError as problem:
        return replace(blank, state="failed", message=str(problem), is_transient=problem.is_transient)
    if known is None or (seen.etag, seen.last_modified) != (known.seen.etag, known.seen.last_modified):
        return replace(blank, state="new")
    return blank


def fetch_file(
    web: Web, address: str, name: str, question: Question, *, key: str = "", period: str = "", probe: bool = False
) -> Outcome:
    """Fetch one file conditionally and look at its first bytes.

    `key`: the address without what changes from upload to upload, under which it is known; `probe`: the file may not
    be there yet.
    """
    seen = question.seen(key or address)
    blank = Outcome(key or address, "unchanged", name, period=period, seen=seen)
    return outcome_of(lambda path: web.get(address, path, known=seen), blank, question, probe=probe)


def outcome_of(ask: Callable[[Path], Reply], blank: Outcome, question: Question, *, probe: bool = False) -> Outcome:
    """`blank` filled with what the request `ask(path of the body)` brings; a FetchError becomes state `failed`."""
    handle, name = tempfile.mkstemp(dir=question.into, suffix=".part")
    os.close(handle)
    path = Path(name)
    try:
        reply = ask(path)
        if reply.status == 304 and not blank.seen.sha256:
            raise FetchError(shown(blank.address), "the server says that nothing is newer, but nothing is held")
        if reply.status == 304 or reply.seen.sha256 == blank.seen.sha256 != "":
            path.unlink(missing_ok=True)
            return replace(blank, state="unchanged", seen=_newest(reply.seen, blank.seen))
        _look_at(path, blank.address)
    except NotThereError as problem:
        path.unlink(missing_ok=True)
        state: State = "not_yet" if probe else "failed"
        return replace(blank, state=state, message="" if probe else str(problem))
    except FetchError as problem:
        path.unlink(missing_ok=True)
        return replace(blank, state="failed", message=str(problem), is_transient=problem.is_transient)
    return replace(blank, state="new", path=path, seen=reply.seen)


def _newest(reply: Seen, held: Seen) -> Seen:
    """A 304 may leave the validators out; those of the held bytes then stay good."""
    return replace(held, etag=reply.etag or held.etag, last_modified=reply.last_modified or held.last_modified)


def _look_at(path: Path, address: str) -> None:
    """Refuse what is no data file by its first bytes; the decoders look at the rest."""
    file = ArrivedFile(path)
    if found := _FOUND_INSTEAD.get(file.kind):
        title = f" with the title “{text}”" if file.kind == "html" and (text := _title(file)) else ""
        hint = "Open the address in a browser to read what the publisher says. Nothing was kept."
        # an error page with status 200 is gone tomorrow, so it may be tried again
        raise FetchError(shown(address), f"expected a data file; found {found}{title}", hint=hint, is_transient=True)


def _title(file: ArrivedFile) -> str:
    from bs4 import BeautifulSoup

    title = BeautifulSoup(file.content[:65536], "html.parser").title
    return " ".join(title.get_text().split())[:80] if title else ""
