"""Runs a command in a fresh process and measures it from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile

from bench.inputs import ROOT
from bench.result import Timing


@dataclass(frozen=True)
class Run:
    """Seconds, peak resident memory in MB, and what was printed."""

    seconds: Timing
    peak_mb: float
    output: str


def run_module(module: str, arguments: Sequence[str], *, allowed: Sequence[int] = (0,)) -> Run:
    """Run `python -m module`; raises RuntimeError where it ends with another code than the allowed ones."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)  # not process.wait(): only this returns the memory
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if process.returncode not in allowed:
            raise RuntimeError(f"{module} ended with {process.returncode}: {errors.read().decode()[-2000:]}")
        output.seek(0)
        timing = Timing(usage.ru_utime + usage.ru_stime, seconds)
        return Run(timing, usage.ru_maxrss / _RSS_UNITS_PER_MB, output.read().decode())


def least(runs: Iterable[Run]) -> Timing:
    """The shortest seconds of several runs of one command."""
    return Timing.least(run.seconds for run in runs)


#: getrusage counts in KiB on Linux and in bytes on macOS.
_RSS_UNITS_PER_MB = 1_000_000 if sys.platform == "darwin" else 1_000_000 / 1024
