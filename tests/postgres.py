"""A PostgreSQL server of its own: a new one in a temporary folder, behind a socket there, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

#: With signs that need quoting in a connection string, in SQL, or in an address.
PASSWORD = "s3cret 'quoted' \\ p@ss/word"
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Server:
    """A running server; its superuser is `postgres` with PASSWORD."""

    folder: Path
    binaries: Path

    def connection(self, database: str, user: str = "postgres") -> str:
        """libpq connection string without the password."""
        return f"host={self.folder} dbname={database} user={user}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement; returns its values, a row a line."""
        command = [str(self.binaries / "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement]
        environment = os.environ | {"PGPASSWORD": PASSWORD}
        done = subprocess.run(
            [*command, self.connection(database)], env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()


@cache
def server_binaries() -> Path | None:
    """Folder of the server's programs: that on the PATH, else Debian's newest; None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [path.parent for path in _DEBIAN.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and stop it at the end; raises RuntimeError where none is installed."""
    binaries = server_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with TemporaryDirectory(prefix="pg-") as temporary:
        folder = Path(temporary)
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        _give_to_server(folder, secret)
        server = Server(folder, binaries)
        _as_server(server, "initdb", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N")
        options = f"-F -c listen_addresses='' -k {folder}"
        _as_server(server, "pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield server
        finally:
            _as_server(server, "pg_ctl", "-m", "immediate", "stop")


def _as_server(server: Server, program: str, *arguments: str) -> None:
    """Run a program of the server, which refuses to run as root."""
    account = _account()
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    command = [str(server.binaries / program), "-D", str(server.folder / "data"), *arguments]
    subprocess.run(command, cwd=server.folder, check=True, stdout=subprocess.DEVNULL, **who)  # type: ignore[call-overload]


def _account() -> pwd.struct_passwd | None:
    """Whose the server is where this runs as root."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _give_to_server(*paths: Path) -> None:
    if account := _account():
        for path in paths:
            os.chown(path, account.pw_uid, account.pw_gid)
