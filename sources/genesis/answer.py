"""What a GENESIS service answers: a status in JSON, or a table, mostly zipped. HTTP 200 stands above both.

Codes as in the manual of the web service (version 5.0, 2025) and in recorded answers; there is no complete list.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from sources.arrived_file import ZIP
from sources.fetching.problems import FetchError
from sources.fetching.web import Reply, shown
from sources.rejected import shorten

#: Unpacked; the largest table seen, one year of all Kreise of Germany, has 1 MB.
MAX_TABLE_BYTES = 100_000_000
_RETRIEVED = re.compile(rb"Stand: \d\d\.\d\d\.\d{4} / \d\d:\d\d:\d\d")


class Code(IntEnum):
    """Status codes, by what they mean for us."""

    DONE = 0
    WRONG_LOGIN = 2
    BUSY = 6
    NO_RIGHT = 15
    ADAPTED = 22
    NOTHING_NEWER = 50
    UNKNOWN = 90
    TOO_LARGE = 98
    JOB_ACCEPTED = 99
    NOTHING_FOUND = 104


class Status(NamedTuple):
    """A status; `code` is None where an answer prints none, `listed` the codes of its list."""

    code: int | None
    text: str
    listed: tuple[str, ...] = ()
    user: str = ""


def status_in(path: Path, address: str) -> Status | None:
    """The status a body is, None where it is something else; raises FetchError where it is an unreadable one."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        return _status(json.loads(path.read_text(encoding="utf-8-sig")))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        what = f"expected a status in JSON; found something that only begins like it ({type(error).__name__})"
        raise FetchError(shown(address), what, is_transient=True) from error


def status_saved(text: str) -> Status | None:
    """The status that somebody saved in place of a table, None where the text is something else."""
    try:
        status = _status(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return None if status.code is None else status


def _status(answer: dict[str, Any]) -> Status:
    """A status stands in `Status`, or flat where the login is wrong; that of a login check is a mere sentence."""
    inner = answer.get("Status", answer)
    listed = tuple(str(entry.get("Code")) for entry in answer.get("List") or ())
    user = str(answer.get("Username", ""))
    if isinstance(inner, str):
        return Status(None, inner, listed, user)
    code = inner.get("Code")
    return Status(None if code is None else int(code), str(inner.get("Content", "")), listed, user)


def with_table(reply: Reply) -> Reply:
    """The reply with the bare table in its body file. `seen.sha256` is that of what the table says.

    Raises FetchError where the body is a status, or a zip of anything but one table.
    """
    if reply.path is None:
        return reply
    if status := status_in(reply.path, reply.address):
        raise FetchError(shown(reply.address), f"expected a table; found the answer {quoted(status)}")
    content = reply.path.read_bytes()
    if content.startswith(ZIP):
        content = _only_member(reply.path, shown(reply.address))
        reply.path.write_bytes(content)
    return replace(reply, seen=replace(reply.seen, sha256=fingerprint(content)))


def quoted(status: Status) -> str:
    """A status for a message: `“Die Tabelle ist zu gross …” (code 98)`."""
    return f"“{shorten(status.text)}”" + ("" if status.code is None else f" (code {status.code})")


def fingerprint(content: bytes) -> str:
    """sha256 of what a table says: the service sends rows in no order, and prints the moment of retrieval below."""
    lines = (line for line in content.splitlines() if not _RETRIEVED.fullmatch(line.strip(b' ;"')))
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def _only_member(path: Path, address: str) -> bytes:
    """The one table of a zip; its name holds a time stamp and says nothing else."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
            if len(members) == 1 and members[0].file_size <= MAX_TABLE_BYTES:
                return archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FetchError(address, f"a damaged zip ({error})", hint="Nothing was kept.", is_transient=True) from error
    found = f"{len(members)} of {sum(member.file_size for member in members) // 1_000_000} MB"
    what = f"expected a zip with one table of at most {MAX_TABLE_BYTES // 1_000_000} MB; found {found}"
    raise FetchError(address, what, hint="Nothing was kept.")
