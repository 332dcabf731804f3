"""Every limit of the benchmarks, and where it comes from: the one place to change one.

Ratios compare with a peer of the same run, so they hold on any machine. Seconds are CPU seconds of a process and its
threads: another program on the machine makes them longer by a third at most, the wall clock by any factor. They and
megabytes hold for the machine in docs/benchmarks.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """The largest value that is still right: a ratio, seconds or megabytes. why: where it comes from."""

    value: float
    why: str


_TENFOLD = Limit(10, "ten times the data takes ten times as long at most: nothing grows faster than the data")
#: By `<benchmark>.<result>`; those of the quick run are marked.
LIMITS: dict[str, Limit] = {
    "decode.calamine": Limit(
        10,
        "10 ms a report: what cells mean costs as much again as reading them, and all that calamine trusts is "
        "checked (158 members by their checksums, five sheets for what it misreads); 8 measured, 2.1 without",
    ),
    "decode.openpyxl": Limit(1 / 5, "5 times as fast as by hand, with those checks; 6.5 times measured"),
    "refresh.new": Limit(22, "CPU; 17 measured on 104 real files, a third to spare for a machine with other work"),
    "refresh.new_mb": Limit(700, "a server of 1 GB is enough; 0.6 GB measured"),
    "refresh.unchanged": Limit(2, "a schedule may ask every few minutes; 0.5 measured"),
    "refresh.help": Limit(0.5, "an answer that feels immediate"),
    "site.real": Limit(8, "CPU; 5.5 measured for 200 pages and 1,260 downloads"),
    "site.sample": Limit(8, "as for the real files"),
    "site.mb": Limit(500, "a server of 1 GB is enough; 0.3 GB measured"),
    "ask.export": Limit(6, "CPU; 3 measured"),
    "ask.explain": Limit(1.5, "a question at the keyboard"),
    "ask.query": Limit(1, "a question at the keyboard"),
    "ask.as_of": Limit(4, "computes what it needs anew with what was known on that day"),
    "marts.full": Limit(12, "CPU of 2 threads for 2.5 million cells; 9 measured"),
    "marts.full_mb": Limit(1500, "1 GB for DuckDB (warehouse/connect.py) and the process around it"),
    "marts.growth": _TENFOLD,
    "quotient.pandas": Limit(3.5, "pandas with pyarrow shares the keys of its rows, a table writes them; 2.7 measured"),
    "quotient.econcomplex": Limit(0.5, "half of what the library for this purpose takes; 0.35 measured"),
    "lake.publish": Limit(10, "CPU; a tenth of the cells, publisher's side"),
    "lake.publish_full": Limit(40, "CPU; 2.5 million cells, publisher's side"),
    "lake.publish_file": Limit(10, "a copy and a rename"),
    "lake.open": Limit(2, "a reader waits for it once"),
    "lake.mb": Limit(1800, "1 GB for DuckDB and the process around it, as for building"),
    "lake.growth": _TENFOLD,
    "lake.query": Limit(10, "what a reader pays for asking over the network: docs/scale.md says when to change over"),
    # the quick run (bench/quick.py): half as much again as measured, or more where few runs on small data spread more
    "quick.decode.calamine": Limit(12, "as decode.calamine; fewer runs spread more"),
    "quick.decode.openpyxl": Limit(1 / 4, "as decode.openpyxl; fewer runs spread more"),
    "quick.quotient.pandas": Limit(3.5, "as quotient.pandas, on a tenth of the cells; 2.2 measured"),
    "quick.quotient.econcomplex": Limit(
        1 / 8, "what econcomplex does once weighs more here; 20 times as fast measured"
    ),
    "quick.marts.growth": _TENFOLD,
    "quick.marts.mb": Limit(600, "a tenth of the cells; 405 measured"),
    "quick.refresh.new": Limit(40, "all of a refresh against only opening its workbooks by hand; 27 measured"),
    "quick.refresh.mb": Limit(1200, "the sample has twice the cells of the real files; 890 measured"),
    "quick.refresh.unchanged": Limit(0.1, "a run without news rebuilds nothing; 0.02 measured"),
    "quick.site": Limit(0.5, "pages must not become the largest part of a refresh; 0.28 measured"),
    "quick.site.mb": Limit(700, "530 measured"),
    "quick.export": Limit(4, "EXPORT DATABASE neither sorts nor describes nor hashes; 2.1 measured"),
    "quick.explain": Limit(3, "the start of Python is most of both; 1.2 measured"),
    "quick.as_of": Limit(10, "computes the marts anew as of a day, where a query only reads; 5.8 measured"),
}
