"""The command line against all publishers, in this process, on a day of one's choice."""

from __future__ import annotations

import datetime as dt
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows import fetch
from flows.cli import main
from flows.settings import Settings
from sources.fetching.web import Limits
from tests.flows.conftest import Ended, rows
from tests.publishers.everyone import FEW, Everyone
from warehouse.archive import Archive
from warehouse.data_folder import DataFolder

#: So that silence, a drip and a bomb are over soon.
LIMITS = Limits(pause=0, connect=2, read=1, whole=1, max_bytes=3_000_000, tries=2, backoff=0, longest_wait=2)
NOVEMBER = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)


@dataclass
class Live:
    """A working folder and the publishers. `settings`: more environment for the next runs; `today`: the day."""

    folder: Path
    publishers: Everyone
    today: dt.datetime = NOVEMBER
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> DataFolder:
        return DataFolder(self.folder / "data")

    def run(self, *arguments: str) -> Ended:
        """`s3monitor …`; what publishers were asked before is forgotten."""
        self.publishers.forget()
        out, err = io.StringIO(), io.StringIO()
        with self.in_place() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["s3monitor", *arguments])
            with pytest.raises(SystemExit) as end:
                main()
        logging.getLogger("s3monitor").handlers.clear()
        return Ended(int(end.value.code or 0), out.getvalue().encode(), err.getvalue())

    @contextmanager
    def in_place(self) -> Iterator[pytest.MonkeyPatch]:
        """Folder, day and settings, for what is called without the command line."""
        fetch.web.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.publishers.environment, "COLUMNS": "200", **self.settings}.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(Settings, "limits", lambda _: LIMITS)
            patch.setattr("flows.refresh._now", lambda: self.today)
            yield patch

    def refresh(self, *arguments: str, only: tuple[str, ...] = FEW) -> Ended:
        """`s3monitor refresh --live --json`."""
        chosen = [text for name in only for text in ("--only", name)]
        return self.run("refresh", "--live", "--no-prefect", "--json", *chosen, *arguments)

    def findings(self, check_id: str = "not_fetched") -> dict[str, dict[str, Any]]:
        """By subject."""
        names = ("subject", "state", "text_de", "text_en", "todo_de", "first_seen")
        found = rows(self.data, f"SELECT {', '.join(names)} FROM quality.finding WHERE check_id = '{check_id}'")
        return {row[0]: dict(zip(names, row, strict=True)) for row in found}

    def origins(self) -> list[str]:
        """Where the deliveries of the archive come from, in the order of arrival, without the server's name."""
        origins = [arrival.provenance.origin for arrival in Archive(self.data.archive).arrivals()]
        return ["/" + origin.split("/", 3)[3] for origin in origins]


def messages(ended: Ended, source: str) -> str:
    """What a run says of a source, one line each."""
    return "\n".join(line for entry in ended.json["sources"] if entry["source"] == source for line in entry["messages"])


def counts(ended: Ended) -> dict[str, tuple[int, int, int, int]]:
    """source → new, unchanged, quarantined, failed."""
    kinds = ("new", "unchanged", "quarantined", "failed")
    return {entry["source"]: tuple(entry[kind] for kind in kinds) for entry in ended.json["sources"]}
