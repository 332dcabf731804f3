"""The command line in this process, forty times faster than as a program; and fixtures of other rooms."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from flows.cli import main
from tests.flows.conftest import Ended, environment, inbox, published

__all__ = ["inbox", "published"]


@dataclass(frozen=True)
class Command:
    """`command("query", "SELECT 1", S3MONITOR_PAUSE="0")` in a working folder, without settings from around it."""

    folder: Path
    output: pytest.CaptureFixture[bytes]

    def __call__(self, *arguments: object, **settings: str) -> Ended:
        plain = ["--no-prefect"] if arguments[:1] == ("refresh",) else []
        # refresh --warehouse hands its address on in the environment
        with mock.patch.dict(os.environ), pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(("S3MONITOR_", "PREFECT_"))]:
                patch.delenv(name)
            for name, value in {**environment(), **settings}.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["s3monitor", *map(str, arguments), *plain])
            with pytest.raises(SystemExit) as end:
                main()
        logging.getLogger("s3monitor").handlers.clear()
        stdout, stderr = self.output.readouterr()
        return Ended(int(end.value.code or 0), stdout, stderr.decode(errors="surrogateescape"))


@pytest.fixture
def command(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    return Command(tmp_path, capfdbinary)


@pytest.fixture
def cli(command: Command) -> Command:
    """As in tests/flows, in this process."""
    return command
