"""Runs the benchmarks, prints a table of each and what exceeds its limit.

`--quick` is what CI runs; `--write` runs all and keeps them in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from bench import decode_reports, lake, location_quotient, marts, published, quick, refresh
from bench.inputs import ROOT
from bench.report import as_markdown, as_text, machine_load
from bench.result import GROSS, Report, Result

BENCHMARKS = {
    "decode": decode_reports.run,
    "refresh": refresh.run,
    "published": published.run,
    "marts": marts.run,
    "quotient": location_quotient.run,
    "lake": lake.run,
}
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Exit code 0 where every limit holds, else 1; `--quick`: 1 only for a gross excess."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="ratios and memory on the sample, in less than a minute")
    parser.add_argument(
        "--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)}; needs all benchmarks"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"unknown benchmark: {', '.join(sorted(unknown))}")
    if (arguments.write or arguments.quick) and (arguments.names or arguments.write == arguments.quick):
        parser.error("--write and --quick each choose the benchmarks, so name none and give one of both")
    if arguments.quick:
        return _quick()
    before, reports = machine_load(), []
    for name in arguments.names or BENCHMARKS:
        reports.append(BENCHMARKS[name]())
        print(as_text(reports[-1]), flush=True)
    if arguments.write:
        DOCUMENT.write_text(as_markdown(reports, before), encoding="utf-8")
    return int(bool(_say_regressions(_results(reports))))


def _quick() -> int:
    """Only a gross excess fails. The others are said aloud and do not stop a change: CPU seconds of a shared machine
    spread by a third, a ratio of two by more, and a check that fails by chance is soon not read any more."""
    reports = quick.run()
    for report in reports:
        print(as_text(report), flush=True)
    regressions = _say_regressions(_results(reports))
    if not regressions:
        print("bench: every limit holds.")
    return int(any(result.excess > GROSS for result in regressions))


def _results(reports: Iterable[Report]) -> list[Result]:
    return [result for report in reports for result in report.results]


def _say_regressions(results: Iterable[Result]) -> list[Result]:
    """Print each result that exceeds its limit, with where the limit comes from; returns them."""
    regressions = [result for result in results if not result.ok]
    for result in regressions:
        print(
            f"bench: {result.verdict}: {result.what}{f' against {result.peer}' if result.peer else ''} is "
            f"{result.excess:.1f} times its limit ({result.limit} in bench/limits.py: {result.bound.why}).",
            flush=True,
        )
    return regressions


if __name__ == "__main__":
    sys.exit(main())
