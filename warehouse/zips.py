"""Zips that wrap files: each file in them comes in as a delivery of its own.

Publishers pack tables for the way; the zip itself changes with every download (times of its members), its files do
not. Workbooks and other formats that are zips inside are files, not wrappings.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from warehouse.inbox import Incoming

#: Unpacked; the largest zip known, all unemployment booklets of a month, has 23 MB packed, tables pack about 1:10.
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_MEMBERS = 1_000
#: Members by which a format that is a zip inside shows itself (Office Open XML, OpenDocument, EPUB).
_FORMATS = ("[Content_Types].xml", "mimetype")
_ENCRYPTED = 0x1
#: The record at the end of a zip (APPNOTE 4.3.16): its signature, and its length with the longest comment.
_END, _END_BYTES = b"PK\x05\x06", 22 + 65_535
#: What reading a zip may raise where it is none, damaged or in a compression Python does not know.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    IndexError,  # a member without a name
    NotImplementedError,
    RuntimeError,
)


def unpacked(incoming: Incoming, wanted: Sequence[str] = ()) -> list[Incoming]:
    """The files a zip wraps, or the file itself where it is no such zip.

    `wanted`: shell patterns of members, empty for all. A zip that is damaged, locked, too large or without a wanted
    member stays as it is, so that it is archived and quarantined with the reason.
    """
    try:
        with zipfile.ZipFile(incoming.path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if not _is_wrapping(members) or archive.testzip() or len(archive.infolist()) != _counted(incoming.path):
                return [incoming]
    except _UNREADABLE:
        return [incoming]
    found = [member for member in members if _is_file(member.filename) and _is_wanted(member.filename, wanted)]
    return [_member(incoming, member) for member in found] or [incoming]


def _counted(path: Path) -> int:
    """Number of members that the end of a zip counts: one wrong byte in its directory can hide the next entry."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        end = file.read()
    return int.from_bytes(end[end.rindex(_END) + 10 :][:2], "little")


def _is_wrapping(members: Sequence[zipfile.ZipInfo]) -> bool:
    return (
        0 < len(members) <= MAX_MEMBERS
        and len({member.filename for member in members}) == len(members)
        and all(_path(member.filename).name for member in members)
        and not any(member.filename in _FORMATS or member.flag_bits & _ENCRYPTED for member in members)
        and sum(member.file_size for member in members) <= MAX_UNPACKED_BYTES
    )


def _is_file(name: str) -> bool:
    """Hidden files and what an Apple computer adds are none; `..` leads nowhere, only the last part becomes a name."""
    return not any(part.startswith((".", "__MACOSX")) for part in _path(name).parts if part != "..")


def _path(name: str) -> PurePosixPath:
    """Some programs write backslashes."""
    return PurePosixPath(name.replace("\\", "/"))


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)


def _member(incoming: Incoming, member: zipfile.ZipInfo) -> Incoming:
    origin = f"{incoming.provenance.origin or incoming.name}#{member.filename}"
    return replace(
        incoming,
        name=_path(member.filename).name,
        member=member.filename,
        provenance=replace(incoming.provenance, origin=origin),
        expected_sha256="",  # that of the manifest is about the zip
    )
