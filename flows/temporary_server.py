"""A Prefect server for one run, on a free port. It ends with the process that started it, also where that is killed.

Prefect's own temporary server lives on after `kill -9`, with its store open. As a module this is the server.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    import uvicorn

#: As Prefect sets them for its own temporary server: no page, no services that only a lasting server needs.
_TEMPORARY = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
#: Seconds the server may take to write down what it has been told.
_LAST_WORDS = 10


class ServerError(Exception):
    """The temporary server did not start; the message says what to do."""


def start_server(patience: float) -> str:
    """Start a server that lives as long as this process, and return the address of its API.

    Raises ServerError where it does not answer after `patience` seconds.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **_TEMPORARY},
    )
    atexit.register(_stop, process)  # before Prefect registers what it still has to tell the server
    assert process.stdout is not None
    address = f"http://127.0.0.1:{process.stdout.readline().decode().strip()}/api"
    _wait_for(address, process, patience)
    return address


def _stop(process: subprocess.Popen[bytes]) -> None:
    """What the server has not written down after some seconds is lost."""
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_LAST_WORDS)
    process.kill()
    process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], patience: float) -> None:
    end = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"{address}/health", timeout=5):  # noqa: S310 its own address on loopback
                return
        except (URLError, OSError):
            time.sleep(0.1)
    if process.poll() is None:
        what = f"did not start within {patience:.0f} s. Run"
    else:
        what = "ended at once. Look whether the data folder can be written and the disk has room, then run"
    raise ServerError(
        f"Prefect's temporary server {what} the refresh again, or with --no-prefect: the same steps without Prefect."
    )


def main() -> None:
    """Serve until standard input ends: that is the moment the run has ended, in whatever way."""
    import uvicorn

    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    os.dup2(2, 1)  # nobody reads more of it
    application = "prefect.server.api.server:create_app"
    server = uvicorn.Server(uvicorn.Config(application, factory=True, log_level="error", lifespan="on"))
    threading.Thread(target=_end_with_the_run, args=(server,), daemon=True).start()
    server.run(sockets=[listening])


def _end_with_the_run(server: uvicorn.Server) -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock, held by a thread, aborts an interpreter that ends
        pass
    if not server.started:
        os._exit(1)  # nobody has told it anything yet
    server.should_exit = True
    time.sleep(_LAST_WORDS)
    os._exit(1)


if __name__ == "__main__":
    main()
