"""Where a lake is: `ducklake:postgres:<connection>` for its catalogue, and a place for its Parquet files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

_PREFIX = "ducklake:postgres:"
_URI = ("postgresql://", "postgres://")
#: `keyword = value` or `keyword = 'a quoted value'`, a backslash before a sign that would end it.
_PAIR = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?!')(?:[^\s\\]|\\.)*)(?=\s|$)", re.DOTALL)
_HOST = re.compile(r"\[(?P<ipv6>[^\]]*)\](?::(?P<port6>\d*))?|(?P<name>[^:]*)(?::(?P<port>\d*))?")


class LakeError(Exception):
    """The lake cannot be used as asked; the message says why and what to do, and holds no password."""


@dataclass(frozen=True)
class Lake:
    """A catalogue and a place for files.

    catalogue  libpq connection string without the password: may be shown
    password   "" leaves it to libpq: PGPASSWORD, ~/.pgpass, or none
    data_path  folder, or address in an object store like `s3://bucket/folder`; "" is what the catalogue says
    """

    catalogue: str
    password: str = field(default="", repr=False)
    data_path: str = ""


def parse_warehouse(text: str, data_path: str = "") -> Lake:
    """The lake that `--warehouse` names: after `ducklake:postgres:` a libpq connection string, pairs or URI.

    Raises LakeError, without repeating the text, where it is none.
    """
    if not text.startswith(_PREFIX):
        raise LakeError(f"--warehouse: expected {_PREFIX} and a connection string of PostgreSQL; found something else.")
    connection = text.removeprefix(_PREFIX)
    settings = _uri_settings(connection) if connection.startswith(_URI) else _pair_settings(connection)
    if "sslpassword" in settings:
        raise LakeError("--warehouse: expected no sslpassword: it would be shown. Use a key without a passphrase.")
    password = settings.pop("password", "")
    return Lake(_connection_string(settings), password, _absolute(data_path))


def _pair_settings(text: str) -> dict[str, str]:
    settings, end = {}, 0
    while match := _PAIR.match(text, end):
        value = match[2][1:-1] if match[2].startswith("'") else match[2]
        settings[match[1]] = re.sub(r"\\(.)", r"\1", value)
        end = match.end()
    if text[end:].strip():
        raise _not_understood()
    return settings


def _uri_settings(uri: str) -> dict[str, str]:
    try:
        parts = urlsplit(uri)
    except ValueError:  # its message repeats the address
        raise _not_understood() from None
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    found = [match for host in hosts.split(",") if (match := _HOST.fullmatch(host))]
    if len(found) != hosts.count(",") + 1:
        raise _not_understood()
    ports = [match["port"] or match["port6"] or "" for match in found]
    settings = {
        "user": user,
        "password": password,
        "host": ",".join(match["ipv6"] or match["name"] or "" for match in found),
        "port": ",".join(ports) if any(ports) else "",
        "dbname": parts.path.removeprefix("/"),
    }
    return {name: unquote(value) for name, value in settings.items() if value} | dict(parse_qsl(parts.query))


def _not_understood() -> LakeError:
    return LakeError(
        f"--warehouse: expected after {_PREFIX} pairs like “host=db.example.org dbname=lake user=lake”, or "
        "“postgresql://lake@db.example.org/lake”; found neither. In a value, put a backslash before ' and \\; "
        "in an address, write special signs of a password as %40 and so on."
    )


def _connection_string(settings: Mapping[str, str]) -> str:
    quoted = {name: re.sub(r"(['\\])", r"\\\1", value) for name, value in settings.items()}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def _absolute(data_path: str) -> str:
    """The catalogue keeps the path for all who read: it must not depend on where this process runs."""
    return data_path if not data_path or "://" in data_path else str(Path(data_path).resolve())
