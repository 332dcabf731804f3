"""What is done with a release: its pages, its export, a number explained, a query, a query as of a day."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import Run, least, run_module
from bench.inputs import Inbox, inbox, sample_inbox
from bench.refresh import refresh
from bench.result import Report, Result

RUNS = 3
#: A number that the real files and the sample both hold, and a mart behind it.
NUMBER = ("unemployment_rate", "RUHR")
QUERY = f"FROM marts.indicator_value WHERE indicator_id = '{NUMBER[0]}'"
AS_OF = "2025-01-01"


def run() -> Report:
    with inbox() as files, sample_inbox() as sample:
        results = [*_pages("site.real", files), *([] if files.is_sample else _pages("site.sample", sample))]
        with TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            refresh(files.folder, data)
            asked = {
                "ask.export": ("export", lambda: export(data, Path(folder) / "export")),
                "ask.explain": (f"explain {' '.join(NUMBER)}", lambda: ask(data, "explain", *NUMBER)),
                "ask.query": ("query", lambda: ask(data, "query", QUERY)),
                "ask.as_of": (f"query --as-of {AS_OF}", lambda: ask(data, "query", "--as-of", AS_OF, QUERY)),
            }
            for limit, (what, command) in asked.items():
                results.append(Result(limit, what, least(command() for _ in range(RUNS))))
    return Report(
        title="Pages, export, questions",
        notes=[
            f"On the release of {files.described}, and of the synthetic sample for its pages; whole processes, the "
            f"start of Python included. Best of {RUNS}; memory is the largest.",
        ],
        results=results,
    )


def _pages(limit: str, files: Inbox) -> list[Result]:
    with TemporaryDirectory() as folder:
        refresh(files.folder, Path(folder))
        runs = [site(Path(folder)) for _ in range(RUNS)]
    built = json.loads(runs[0].output)
    what = f"site of {files.described}: {built['pages']} pages, {built['files'] - built['pages']} downloads"
    return [
        Result(limit, what, least(runs)),
        Result("site.mb", f"site of {files.described}: peak memory", max(run.peak_mb for run in runs), unit="MB"),
    ]


def site(data: Path) -> Run:
    """One build of the pages; prints its summary as JSON."""
    return ask(data, "site", "--json")


def export(data: Path, out: Path) -> Run:
    return ask(data, "export", str(out))


def ask(data: Path, command: str, *arguments: str) -> Run:
    """A command of the command line on a data folder, in a fresh process."""
    return run_module("flows.cli", [command, *arguments, "--data", str(data)])
