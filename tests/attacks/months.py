"""Five years in one go, month by month: new editions, revisions, gaps, late editions, drift, files sent twice.

    python -m tests.attacks.months [--months 60] [--seed 2027]

What was published each month is kept, and asked for again at the end: `marts.indicator_as_of` of each release day has
to give the very numbers of that day. CPU seconds, files, rows and bytes are counted per month.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sources.cells import month_end
from sources.sample import ba_unemployment, employment_tables, ffcsv
from sources.sample.sample_file import SampleFile
from sources.sample.world import Vector, World
from tests.attacks.deaths import in_child, preload
from tests.attacks.folders import left_over
from tests.flows.checkout import Checkout
from tests.flows.inboxes import broadband, fill, manifest
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder

FIRST = dt.date(2027, 1, 1)
#: Day of the month on which publishers publish, and on which the refresh runs.
PUBLISHED, REFRESHED = 15, 20
#: The month in which a table comes with a renamed column, and the one in which somebody has declared it.
DRIFT, DECLARED = 17, 20
DECLARATION = ("sources/genesis/tables.yaml", "codes: [BEVSTD]", "codes: [BEVSTD, BEV001]")
#: Every so many months the monthly tables do not come; the month after brings both editions.
GAP = 11
SETTINGS = {"S3MONITOR_EXPECTATIONS": "false", "S3MONITOR_SITE": "false"}
_VALUES = "indicator_id, region_id, reference_date, value, value_lower, value_upper, unit, status"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Month:
    """What one month came to. `values`: rows of marts.indicator_value as they were published."""

    day: dt.date
    exit_code: int
    published: bool
    cpu: float
    deliveries: int
    quarantined: int
    observations: int
    revisions: int
    archive: int
    file: int
    values: frozenset[Row]


class Revised(World):
    """The world as a later edition has it: the older figures are corrected a little."""

    def __init__(self, seed: int, edition: int) -> None:
        super().__init__(seed)
        self._edition = edition

    def employees(self, ags: str, day: dt.date) -> Vector:
        return tuple(number + number * self._edition // 2000 for number in super().employees(ags, day))

    def count(self, what: str, ags: str, year: int, per_1000: tuple[float, float], trend: float = 0.0) -> int:
        number = super().count(what, ags, year, per_1000, trend)
        return number + number * self._edition // 500


def day_of(number: int) -> dt.date:
    """The day of the refresh of a month, 0 is the first."""
    return dt.date(FIRST.year + number // 12, number % 12 + 1, REFRESHED)


def files_of(number: int, seed: int) -> Iterator[SampleFile]:
    """What the publishers have in a month. Each file says that it was published on the 15th."""
    published = day_of(number).replace(day=PUBLISHED)
    for file in _editions(number, seed):
        yield replace(file, published_on=published, retrieved_on=None)


def _editions(number: int, seed: int) -> Iterator[SampleFile]:
    day, world = day_of(number), Revised(seed, number // 6)
    last = day.year - 1
    if number == 0:
        yield from (ffcsv.population(world, year, day, 2022) for year in range(last - 4, last))
        yield from (ffcsv.employees(world, year, day) for year in range(last - 4, last))
    if number % GAP != GAP - 1:
        if number and number % GAP == 0:
            yield from _monthly(number - 1, world)
        yield from _monthly(number, world)
    if day.month == 3:
        yield ffcsv.employees(world, last, day)
        yield employment_tables.by_sector_regio(world, last)
    if day.month == 6 and number != DRIFT:
        yield ffcsv.population(world, last, day, 2022)
    if number == DRIFT:
        file = ffcsv.population(world, last, day, 2022)
        yield replace(file, content=file.content.replace(b"BEVSTD", b"BEV001"))
    if day.month == (12 if day.year % 3 == 0 else 9):  # in one of three years late
        yield ffcsv.gdp(world, range(last - 9, last + 1), day)
        yield ffcsv.insolvencies(world, range(last - 9, last + 1), day)
    if day.month in (2, 4, 8, 10):  # an edition for each half-year, corrected two months later
        year, half = (last, 2) if day.month < 6 else (day.year, 1)
        yield SampleFile(
            path=f"landkreis_privat_{year}_{half}.csv",
            content=broadband(round(40 + number / 2 + day.month / 100, 2)),
            source_id="bnetza_breitbandatlas",
            publisher="",
            product="",
            period="",
        )


def _monthly(number: int, world: World) -> Iterator[SampleFile]:
    """The two workbooks with the months of two years, up to the month before."""
    newest = day_of(number).replace(day=1) - dt.timedelta(days=1)
    own = {"NEWEST": month_end(newest.year, newest.month), "FIRST_YEAR": newest.year - 1, "LAST_YEAR": newest.year}
    for name, value in own.items():
        setattr(ba_unemployment, name, value)
    yield ba_unemployment.counts(world)
    yield ba_unemployment.rates(world)


def inbox_of(number: int, seed: int, folder: Path) -> Path:
    """The files of a month and, sent again, those of the month before."""
    of_months = [file for n in (number - 1, number) if n >= 0 for file in files_of(n, seed)]
    files = {f"{place}/{file.path}": file for place, file in enumerate(of_months)}
    rows = [
        {
            "path": path,
            "source": file.source_id,
            "period": file.period,
            "published_on": str(file.published_on or ""),
            "is_synthetic": "true",
        }
        for path, file in files.items()
    ]
    return fill(folder, {path: file.content for path, file in files.items()} | manifest(rows))


def run_month(number: int, seed: int, data: DataFolder) -> Month:
    """A refresh on the day of the month, in this process."""
    from flows import refresh as module

    day = day_of(number)
    with TemporaryDirectory(dir=data.root.parent) as folder:
        inbox = inbox_of(number, seed, Path(folder))
        module._now = lambda: dt.datetime(day.year, day.month, day.day, 5, tzinfo=dt.UTC)
        started = time.process_time()
        summary = module.refresh(data, [inbox])
        cpu = time.process_time() - started
    assert not summary.error, summary.error
    assert left_over(data) == []
    with closing(open_published(data.published)) as connection:

        def one(sql: str) -> int:
            return int(connection.execute(sql).fetchall()[0][0])

        return Month(
            day,
            summary.exit_code,
            summary.published,
            cpu,
            one("SELECT count(*) FROM meta.delivery"),
            one("SELECT count(*) FROM meta.delivery WHERE state = 'quarantined'"),
            one("SELECT count(*) FROM history.observation"),
            one("SELECT count(*) FROM quality.revision"),
            sum(path.stat().st_size for path in data.archive.rglob("*.bin")),
            data.published.stat().st_size,
            frozenset(connection.execute(f"SELECT {_VALUES} FROM marts.indicator_value").fetchall()),
        )


def as_of_faults(data: DataFolder, months: Sequence[Month]) -> list[str]:
    """Months whose numbers are not those that were published. A file that was in quarantine counts from its day of
    publication, so the months until it was accepted know more afterwards; they must not know anything else."""
    faults = []
    with closing(open_published(data.published)) as connection:
        for number, month in enumerate(months):
            sql = f"SELECT {_VALUES} FROM marts.indicator_as_of(DATE '{month.day}')"
            known = frozenset(connection.execute(sql).fetchall())
            lost, more = month.values - known, known - month.values
            if DRIFT <= number < DECLARED:
                changed = {row[:3] for row in month.values}
                lost = {row for row in lost if row[0] not in OF_PEOPLE}
                more = {row for row in more if row[0] not in OF_PEOPLE and row[:3] in changed}
            if lost or more:
                example = sorted(map(str, lost or more))[0]
                faults.append(f"{month.day}: {len(lost)} values lost, {len(more)} others, e.g. {example}")
    return faults


#: Indicators that are computed from the table that comes with a renamed column.
OF_PEOPLE = ("population", "municipal_debt_per_capita", "gdp_per_capita", "net_migration_18_25", "net_migration_25_30")


# --- the campaign -----------------------------------------------------------------------------------


def run_phase(folder: Path, first: int, last: int, seed: int) -> None:
    """Months one after the other, each in a process of its own; what each came to is written to `folder`."""
    preload(SETTINGS)
    data = DataFolder(folder / "data")
    for number in range(first, last):
        ended = in_child(lambda number=number: run_month(number, seed, data), folder / "log", SETTINGS)
        if ended.result is None:
            raise AssertionError(f"month {number}: {ended.output[-3000:]}")
        month: Month = ended.result
        (folder / f"{number:03}.month").write_bytes(pickle.dumps(month))
        sys.stderr.write(
            f"{month.day}: {month.cpu:.2f} s, {month.deliveries} files, {month.quarantined} in quarantine, "
            f"{month.observations} cells, {month.revisions} revisions, file {month.file / 1e6:.1f} MB\n"
        )
        sys.stderr.flush()


def run(folder: Path, number: int, seed: int) -> list[Month]:
    """All months: with the code as it is up to DECLARED, then with the column declared."""
    declared = Checkout(folder)
    declared.replace(*DECLARATION)
    here = Path(__file__).parents[2]
    for root, first, last in ((here, 0, min(number, DECLARED)), (declared.root, DECLARED, number)):
        if first < last:
            command = [sys.executable, "-m", "tests.attacks.months", "--phase", str(folder), str(first), str(last)]
            given = {**os.environ, **SETTINGS, "PYTHONPATH": f"{root}{os.pathsep}{here}"}
            subprocess.run([*command, "--seed", str(seed)], cwd=root, env=given, check=True)
    return [pickle.loads(path.read_bytes()) for path in sorted(folder.glob("*.month"))]


def summary(months: Sequence[Month], faults: Sequence[str], seed: int) -> str:
    lines = [
        f"{len(months)} months, seed {seed}",
        "",
        "| year | CPU s a month | files | in quarantine | cells | revisions | archive MB | file MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for start in range(0, len(months), 12):
        year = months[start : start + 12]
        end = year[-1]
        lines.append(
            f"| {end.day.year} | {sum(m.cpu for m in year) / len(year):.2f} | {end.deliveries} | {end.quarantined} "
            f"| {end.observations} | {end.revisions} | {end.archive / 1e6:.1f} | {end.file / 1e6:.1f} |"
        )
    lines += ["", f"Months whose as-of numbers differ from what was published: {len(faults)}"]
    return "\n".join([*lines, *(f"- {fault}" for fault in faults)]) + "\n"


def main() -> int:
    """Run the campaign; returns 1 where a month's numbers changed afterwards."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.months", description="Five years, month by month.")
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2027)
    parser.add_argument("--phase", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.phase:
        folder, first, last = options.phase
        run_phase(Path(folder), int(first), int(last), options.seed)
        return 0
    with TemporaryDirectory(prefix="months-") as name:
        folder = Path(name)
        months = run(folder, options.months, options.seed)
        ended = in_child(lambda: as_of_faults(DataFolder(folder / "data"), months), folder / "log")
        if ended.result is None:
            raise AssertionError(ended.output)
    sys.stdout.write(summary(months, ended.result, options.seed))
    return int(bool(ended.result))


if __name__ == "__main__":
    sys.exit(main())
