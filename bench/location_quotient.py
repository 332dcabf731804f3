"""The location quotient alone, on one long table of 2.5 million exact cells, against pandas and econcomplex.

All three start from the cells and sum them up themselves; each works where its data is at home: this project
in a DuckDB table, the peers in a pandas frame. The keys are text in both.
"""

from __future__ import annotations

import econcomplex
import numpy as np
import pandas as pd

from bench.generated import Size, create_cells
from bench.marts import CORES, FULL
from bench.result import Report, Result, best_times
from transforms.sql import measures_sql
from warehouse import build
from warehouse.connect import open_in_memory

RUNS = 5
KEY = ["region_id", "sector_id", "reference_date"]
#: LEFT JOINs, so that the cells stay the side that is read once; the sums are small.
_OURS = """
CREATE OR REPLACE TEMP TABLE quotient AS
SELECT region_id, sector_id, reference_date,
       marts.location_quotient(employees, of_region, of_sector, of_all) AS location_quotient
FROM cell
LEFT JOIN (SELECT region_id, reference_date, sum(employees) AS of_region FROM cell GROUP BY ALL)
    USING (region_id, reference_date)
LEFT JOIN (
    SELECT sector_id, reference_date, sum(employees) AS of_sector,
           sum(sum(employees)) OVER (PARTITION BY reference_date) AS of_all
    FROM cell GROUP BY sector_id, reference_date
) USING (sector_id, reference_date)
"""


def run(size: Size = FULL, *, quick: bool = False) -> Report:
    with open_in_memory() as connection:
        connection.execute(f"SET threads = {CORES}")
        build.create_relations(connection)  # some measures refer to marts
        connection.execute(measures_sql())
        create_cells(connection, size)
        frame = connection.execute(f"SELECT {', '.join(KEY)}, employees FROM cell").df()
        best = best_times(
            RUNS,
            {
                "ours": lambda: connection.execute(_OURS),
                "pandas": lambda: _with_pandas(frame),
                "econcomplex": lambda: _with_econcomplex(frame),
            },
        )
        _require_same(connection.execute("FROM quotient").df(), _with_pandas(frame), _with_econcomplex(frame))
    return Report(
        title="Location quotient alone",
        notes=[
            f"{size.cells:,} cells, none suppressed (a peer would read a hidden cell as 0), text keys; "
            f"best of {RUNS} runs in turn, {CORES} threads. All three give the same quotients to 1e-9. econcomplex "
            "takes one date at a time, as a matrix.",
        ],
        results=[
            Result(
                f"{'quick.' if quick else ''}quotient.{peer}",
                "location quotient",
                best["ours"],
                peer=peer,
                peer_measured=best[peer],
            )
            for peer in ("pandas", "econcomplex")
        ],
    )


def _with_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    of_region = frame.groupby(["region_id", "reference_date"])["employees"].transform("sum")
    of_sector = frame.groupby(["sector_id", "reference_date"])["employees"].transform("sum")
    of_all = frame.groupby("reference_date")["employees"].transform("sum")
    return frame.assign(location_quotient=(frame["employees"] / of_region) / (of_sector / of_all))


def _with_econcomplex(frame: pd.DataFrame) -> pd.DataFrame:
    quotients: pd.DataFrame = pd.concat(
        econcomplex.melt_matrix(
            econcomplex.location_quotient(econcomplex.pivot_to_matrix(cells, "region_id", "sector_id", "employees")),
            "region_id",
            "sector_id",
            "location_quotient",
        ).assign(reference_date=date)
        for date, cells in frame.groupby("reference_date")
    )
    return quotients


def _require_same(ours: pd.DataFrame, *others: pd.DataFrame) -> None:
    """A fast wrong answer is no result: raises AssertionError where a peer computes something else."""
    expected = ours.sort_values(KEY)["location_quotient"].to_numpy()
    for other in others:
        np.testing.assert_allclose(other.sort_values(KEY)["location_quotient"].to_numpy(), expected, rtol=1e-9, atol=0)
