"""Decoding the Regionalreport files against the readers people would use by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from bench.inputs import inbox
from bench.result import Report, Result, best_times, timed
from sources.arrived_file import ArrivedFile
from sources.ba_regionalreport import BY_SECTOR, PRODUCT, SERIES

SHEETS = [BY_SECTOR, SERIES]
RUNS = 5
#: openpyxl needs about a tenth of a second per file: a few files are enough to know its pace.
OPENPYXL_FILES = 5


def run(*, quick: bool = False) -> Report:
    runs = 3 if quick else RUNS
    with inbox() as files:
        reports = [p for p in sorted(files.folder.rglob("*.xlsx")) if PRODUCT.recognises(ArrivedFile(p))]
        few = reports[:OPENPYXL_FILES]
        decoders = {"decode": lambda: _decode(reports), "calamine": lambda: _read_with_calamine(reports)}
        best = best_times(runs, decoders)
        openpyxl = timed(lambda: _read_with_openpyxl(few)).scaled(len(reports) / len(few))
    limit = "quick.decode" if quick else "decode"
    what = f"decode {len(reports)} Regionalreport files"
    return Report(
        title="Decoding",
        notes=[
            f"{len(reports)} files from {files.described}; best of {runs} runs in turn, files in the page cache.",
            f"`decode` reads and interprets {', '.join(SHEETS)} and two more sheets (Impressum, Tabelle "
            f"2.1); the peers only read {' and '.join(SHEETS)}.",
            f"pandas with openpyxl was timed on {len(few)} files, once, and scaled to {len(reports)}.",
        ],
        results=[
            Result(f"{limit}.calamine", what, best["decode"], peer="python-calamine", peer_measured=best["calamine"]),
            Result(f"{limit}.openpyxl", what, best["decode"], peer="pandas + openpyxl", peer_measured=openpyxl),
        ],
    )


def _decode(paths: Sequence[Path]) -> None:
    for path in paths:
        PRODUCT.decode(ArrivedFile(path))


def _read_with_calamine(paths: Sequence[Path]) -> None:
    for path in paths:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet in SHEETS:
            workbook.get_sheet_by_name(sheet).to_python()


def _read_with_openpyxl(paths: Sequence[Path]) -> None:
    for path in paths:
        pd.read_excel(path, sheet_name=SHEETS, header=None, engine="openpyxl")
