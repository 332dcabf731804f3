"""The regression check of CI: in less than a minute of CPU, on the synthetic sample and small generated tables.

It compares what does not depend on the machine: ratios of CPU seconds to a peer of the same run, and memory.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from bench import decode_reports, location_quotient, marts
from bench.inputs import sample_inbox
from bench.published import AS_OF, NUMBER, QUERY, ask, export, site
from bench.refresh import refresh
from bench.result import Report, Result, timed
from warehouse.connect import attach_published
from warehouse.data_folder import DataFolder

#: Of the workbooks of the sample, as many are read by the peer; the rest takes as long in proportion.
WORKBOOKS = 12


def run() -> list[Report]:
    return [
        decode_reports.run(quick=True),
        location_quotient.run(marts.STEPS[1], quick=True),
        marts.run_quick(),
        _whole(),
    ]


def _whole() -> Report:
    with sample_inbox() as sample, TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        workbooks = sorted(sample.folder.rglob("*.xlsx"))
        some = workbooks[:WORKBOOKS]
        opened = timed(lambda: [pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl") for path in some])
        by_hand = opened.scaled(len(workbooks) / len(some))
        first, again, pages = refresh(sample.folder, data), refresh(sample.folder, data), site(data)
        exported = export(data, Path(folder) / "export")
        copied = timed(lambda: _copy_tables(DataFolder(data).published, Path(folder)))
        query, explained = ask(data, "query", QUERY), ask(data, "explain", *NUMBER)
        as_of = ask(data, "query", "--as-of", AS_OF, QUERY)
    return Report(
        title="The whole, on the synthetic sample",
        notes=["Each command once, in a fresh process."],
        results=[
            Result(
                "quick.refresh.new",
                "refresh, everything new",
                first.seconds,
                peer=f"pandas + openpyxl, {len(workbooks)} workbooks",
                peer_measured=by_hand,
            ),
            Result("quick.refresh.mb", "refresh, everything new: peak memory", first.peak_mb, unit="MB"),
            Result(
                "quick.refresh.unchanged",
                "refresh, nothing new",
                again.seconds,
                peer="everything new",
                peer_measured=first.seconds,
            ),
            Result("quick.site", "site", pages.seconds, peer="refresh", peer_measured=first.seconds),
            Result("quick.site.mb", "site: peak memory", pages.peak_mb, unit="MB"),
            Result("quick.export", "export", exported.seconds, peer="EXPORT DATABASE, twice", peer_measured=copied),
            Result("quick.explain", "explain", explained.seconds, peer="query", peer_measured=query.seconds),
            Result("quick.as_of", "query --as-of", as_of.seconds, peer="query", peer_measured=query.seconds),
        ],
    )


def _copy_tables(published: Path, folder: Path) -> None:
    """All tables as CSV and as Parquet, by DuckDB alone."""
    with closing(attach_published(published)) as connection:
        for form in ("csv", "parquet"):
            connection.execute(f"EXPORT DATABASE release TO '{folder / form}' (FORMAT {form})")
