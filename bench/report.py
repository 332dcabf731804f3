"""Reports as text for the terminal and as Markdown for docs/benchmarks.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from bench.limits import LIMITS
from bench.result import HEADER, Report

PACKAGES = ("duckdb", "pandas", "numpy", "python-calamine", "openpyxl", "econcomplex")


def as_text(report: Report) -> str:
    """Title, notes and the table in aligned columns."""
    table = [HEADER, *(result.cells() for result in report.results)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([report.title, *report.notes, "", *lines, ""])


def as_markdown(reports: Iterable[Report], load_before: str) -> str:
    """The whole document: where and when it was measured, then each report, then where the limits come from."""
    reports = list(reports)
    parts = [
        "# Benchmarks",
        "Written by `python -m bench --write`; `make bench` measures and prints. Peers are measured in the same "
        "run; a ratio is measured / peer, so smaller is faster. Seconds are CPU seconds of all threads, which other "
        "work on the machine hardly changes: they are compared with the limits. What a person waits stands beside "
        "them, by the clock. CI runs `python -m bench --quick`: the ratios and the memory, on the synthetic sample.",
        "\n".join(f"- {line}" for line in _circumstances(load_before)),
    ]
    for report in reports:
        notes = "\n".join(f"- {note}" for note in report.notes)
        parts += [f"## {report.title}", notes, _table(result.cells() for result in report.results)]
    parts += ["## Limits", "Where each comes from (`bench/limits.py`).", _limits(reports)]
    return "\n\n".join(parts) + "\n"


def _limits(reports: Iterable[Report]) -> str:
    """The limits of these reports as a table, each once."""
    used = dict.fromkeys(result.limit for report in reports for result in report.results)
    rows = ((f"`{key}`", f"{LIMITS[key].value:.3g}", LIMITS[key].why) for key in used)
    return _table(rows, ["limit", "value", "where it comes from"])


def _table(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine_load() -> str:
    """Programs that wanted a core in the last 1, 5 and 15 minutes."""
    return ", ".join(f"{average:.1f}" for average in os.getloadavg())


def _circumstances(load_before: str) -> list[str]:
    return [
        f"Date: {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC; load of the machine (1, 5, 15 minutes) at the start: "
        f"{load_before}; at the end, this run included: {machine_load()}",
        f"Machine: {_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, "
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def _processor() -> str:
    """Name of the processor where Linux tells it, else what Python knows."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
