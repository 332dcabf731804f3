"""Runs the benchmarks and prints one table of each; `--write` keeps them in docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys

from bench import decode_reports, lake, location_quotient, marts, refresh
from bench.inputs import ROOT
from bench.report import as_markdown, as_text

BENCHMARKS = {
    "decode": decode_reports.run,
    "refresh": refresh.run,
    "marts": marts.run,
    "quotient": location_quotient.run,
    "lake": lake.run,
}
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Exit code 0 where every limit holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument(
        "--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)}; needs all benchmarks"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"unknown benchmark: {', '.join(sorted(unknown))}")
    if arguments.write and arguments.names:
        parser.error("--write needs all benchmarks, so name none")
    reports = []
    for name in arguments.names or BENCHMARKS:
        reports.append(BENCHMARKS[name]())
        print(as_text(reports[-1]), flush=True)
    if arguments.write:
        DOCUMENT.write_text(as_markdown(reports), encoding="utf-8")
    return int(not all(result.ok for report in reports for result in report.results))


if __name__ == "__main__":
    sys.exit(main())
