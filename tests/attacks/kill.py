"""Kills the program at stage boundaries, before changes to the file system and at random moments, on real files.

    python -m tests.attacks.kill [--kills 200] [--seed 2026] [--inbox DIR] [--only GROUP …]

A first release is made from a part of the files. Then a refresh of all of them dies, again and again, each time on a
copy of that folder; also while it recovers, by power cuts (files that were not flushed are empty), with a Prefect
server, and in `site`, `export` and `quality accept`. After each death the published file is the old one or the whole
new one; the next run completes by itself, with the content of a run that nobody disturbed, and leaves no litter.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import filecmp
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.marker import release_of_site
from quality.ledger import findings_of
from tests.attacks.deaths import LIVES, Death, Doom, Ended, in_child, preload
from tests.attacks.folders import (
    Content,
    broken_archive,
    content,
    differences,
    left_over,
    linked_copy,
    timeless,
)
from tests.flows.conftest import COMMAND, environment
from warehouse.archive import Archive, sha256_of
from warehouse.data_folder import DataFolder

REAL = Path(os.environ.get("S3MONITOR_REAL_FILES", Path(__file__).parents[3] / "shared" / "real"))
#: Every third file of the inbox is missing from the first release.
HELD_BACK = 3
#: What a refresh does besides; the dear ones are left out of a part of the runs, so that there can be more of them.
WHOLE = {"S3MONITOR_EXPECTATIONS": "true", "S3MONITOR_SITE": "true"}
LEAN = {"S3MONITOR_EXPECTATIONS": "false", "S3MONITOR_SITE": "false"}
#: Seconds that a server whose run was killed may take to end, on a machine that is busy.
PATIENCE = 60
#: One name per boundary in the order of a run; `validate` is called once per source.
STEPS = ("tidy", "take_in", "decode", "validate", "build", "check", "run_expectations", "record_results", "publish",
         "write_report", "write_site", "publish_to_lake")  # fmt: skip


Parts = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Run:
    """How a run that came to its end did so: exit code, CPU seconds, changes to the file system."""

    code: int
    seconds: float
    changes: int


@dataclass
class World:
    """The folder before the run that dies, an undisturbed run on a copy of it, and the inbox."""

    work: Path
    inbox: Path
    part: Path
    settings: dict[str, str]
    before: DataFolder = field(init=False)
    after: DataFolder = field(init=False)
    old: Content = field(init=False)
    new: Content = field(init=False)
    whole: Run = field(init=False)
    report: str = field(init=False)
    #: What files that came in parts lead to, by the parts; the parts themselves are sets of file hashes.
    in_parts: dict[Parts, tuple[Content, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.before = DataFolder(self.work / "before" / "data")
        assert self.run(self.before, LIVES, self.part).code == 0
        self.after = linked_copy(self.before.root, self.work / "after" / "data")
        ended = self.run(self.after, LIVES)
        assert ended.code == 0, ended.output
        self.whole = ended.result
        self.old, self.new = self.content(self.before), self.content(self.after)
        assert differences(self.old, self.new), "the second run has to bring something"
        self.report = self.report_of(self.after)

    def expected(self, data: DataFolder) -> tuple[Content, str]:
        """Content and report of a run that nobody disturbed, whose files arrived in the same parts as those of `data`.

        A death while files come in lets them arrive at two times. That is kept: of two files that print the same
        cell on the same day the later one is named as its source, and a file is compared with the one before it.
        """
        parts = arrivals_of(data, since=self.before)
        if len(parts) < 2:
            return self.new, self.report
        if parts not in self.in_parts:
            with TemporaryDirectory(dir=self.work) as name:
                folder = Path(name)
                undisturbed = linked_copy(self.before.root, folder / "data")
                for number, part in enumerate(parts[:-1]):
                    came = part_of(
                        self.inbox, folder / str(number), lambda path, hashes=part: sha256_of(path) in hashes
                    )
                    self.run(undisturbed, Death(step="take_in", is_after=True), came)
                    time.sleep(1)  # times of arrival are whole seconds
                ended = self.run(undisturbed, LIVES)
                assert ended.code == 0, ended.output
                assert arrivals_of(undisturbed, since=self.before) == parts, "the files did not arrive in these parts"
                self.in_parts[parts] = self.content(undisturbed), self.report_of(undisturbed)
        return self.in_parts[parts]

    def run(self, data: DataFolder, death: Death, inbox: Path | None = None, command: Sequence[str] = ()) -> Ended:
        """`s3monitor refresh`, or another command, in a forked process; its result is a Run, unless it fails."""
        words = [*command] or ["refresh", "--no-prefect", "--inbox", str(inbox or self.inbox)]

        def child() -> Run:
            from flows.cli import main as s3monitor

            started, doom = time.process_time(), Doom(death, data.root)
            code = 0
            try:
                sys.argv = ["s3monitor", *words, "--data", str(data.root)]
                s3monitor()
            except SystemExit as end:
                if end.code not in (0, 3):
                    raise
                code = end.code
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            return Run(code, time.process_time() - started, doom.changes)

        data.root.parent.mkdir(parents=True, exist_ok=True)
        return in_child(child, self.work / "log", self.settings)

    def content(self, data: DataFolder) -> Content:
        ended = in_child(lambda: content(data.published), self.work / "log of reading")
        if ended.result is None:
            raise AssertionError(f"the published file cannot be read: {ended.output}")
        found: Content = ended.result
        return found

    def report_of(self, data: DataFolder) -> str:
        return timeless((data.releases / f"{self.release(data)}.md").read_text())

    def release(self, data: DataFolder) -> str:
        """The release in releases/ that is the published one."""
        releases = data.releases.glob("*.duckdb")
        same = [path.stem for path in releases if filecmp.cmp(path, data.published, shallow=False)]
        return same[0] if same else ""

    @property
    def has_site(self) -> bool:
        return self.settings["S3MONITOR_SITE"] == "true"


def survived(world: World, data: DataFolder, second: Death = LIVES) -> list[str]:
    """What is wrong after a death, and after the run (or, killed again, the runs) that follows it."""
    faults = [f"after the death: {fault}" for fault in _published(world, data)]
    if second != LIVES:
        ended = world.run(data, second)
        if ended.code >= 0 and ended.code not in (0, 3):
            faults.append(f"the next run: code {ended.code}: {ended.output[-600:]}")
        faults += [f"after the second death: {fault}" for fault in _published(world, data)]
    ended = world.run(data, LIVES)
    if ended.code != 0 or "Traceback" in ended.output:
        faults.append(f"the next run: code {ended.code}: {ended.output[-1500:]}")
        return faults
    faults += [f"after the next run: {fault}" for fault in _recovered(world, data)]
    return faults


def _published(world: World, data: DataFolder) -> list[str]:
    """The file is the old one, byte by byte, or has the content of the new one."""
    if filecmp.cmp(data.published, world.before.published, shallow=False):
        return []
    return differences(world.content(data), world.expected(data)[0])


def _recovered(world: World, data: DataFolder) -> Iterator[str]:
    content_then, report_then = world.expected(data)
    yield from differences(world.content(data), content_then)
    yield from left_over(data)
    yield from (f"archive: {name} is broken" for name in broken_archive(data, world.after.archive))
    release = world.release(data)
    releases = sorted(path.stem for path in data.releases.glob("*.duckdb"))
    expected = sorted([world.release(world.before), release])
    if releases != expected:
        yield f"releases {releases} instead of {expected}"
    report = data.releases / f"{release}.md"
    if report.exists() and timeless(report.read_text()) != report_then:
        yield "the report is not that of an undisturbed run"
    if world.has_site and (found := release_of_site(data.root / "site")) != release:
        yield f"the site is of {found}, published is {release}"
    again = world.run(data, LIVES)
    if "Nothing new: release" not in again.output:
        yield f"a further run is not idle: {again.output[-600:]}"


# --- the situations -------------------------------------------------------------------------------

Fault = tuple[str, list[str]]


def at_steps(world: World) -> Iterator[tuple[Death, Death]]:
    for step in STEPS:
        if step == "write_site" and not world.has_site:
            continue
        if step == "run_expectations" and world.settings["S3MONITOR_EXPECTATIONS"] == "false":
            continue
        for is_after in (False, True):
            yield Death(step=step, is_after=is_after), LIVES
    yield Death(step="tidy", call=2), LIVES
    yield Death(step="validate", call=5), LIVES


def at_random(world: World, chance: random.Random, number: int) -> Iterator[tuple[Death, Death]]:
    """Moments of CPU time, changes, power cuts and two deaths in a row, in turn."""
    for turn in range(number):
        moment = Death(seconds=chance.uniform(0.01, world.whole.seconds))
        change = Death(change=chance.randint(1, world.whole.changes), power_cut=turn % 4 == 1)
        second = Death(seconds=chance.uniform(0.01, world.whole.seconds * 0.7)) if turn % 10 == 0 else LIVES
        yield (moment if turn % 2 == 0 else change), second


def kill_refreshes(world: World, deaths: Sequence[tuple[Death, Death]], tell: Callable[[str], None]) -> list[Fault]:
    faults = []
    for number, (death, second) in enumerate(deaths, start=1):
        with TemporaryDirectory(dir=world.work) as folder:
            data = linked_copy(world.before.root, Path(folder) / "data")
            ended = world.run(data, death)
            died = ended.code < 0
            found = survived(world, data, second) if died or ended.code == 0 else [ended.output[-1500:]]
        name = f"{death}" + (f", then {second}" if second != LIVES else "") + ("" if died else " (was done before)")
        if found:
            faults.append((name, found))
        tell(f"{number}/{len(deaths)} {name}: {'; '.join(found) or 'ok'}")
    return faults


def _unharmed(world: World) -> list[Fault]:
    """The folder all copies share their files with is as it was: nothing is written in place."""
    now = world.content(world.before)
    return [("copies", differences(now, world.old))] if now != world.old else []


def arrivals_of(data: DataFolder, since: DataFolder) -> Parts:
    """Hashes of the files that `since` does not have, those that arrived at the same moment together, oldest first."""
    earlier = {arrival.delivery_id for arrival in Archive(since.archive).arrivals()}
    parts: dict[dt.datetime, set[str]] = {}
    for arrival in Archive(data.archive).arrivals():
        if arrival.delivery_id not in earlier:
            parts.setdefault(arrival.arrived_at, set()).add(arrival.sha256)
    return tuple(frozenset(parts[moment]) for moment in sorted(parts))


def first_part_of(inbox: Path, folder: Path) -> Path:
    """An inbox without every third file."""
    with (inbox / "MANIFEST.csv").open(encoding="utf-8-sig", newline="") as file:
        held_back = {row["path"] for number, row in enumerate(csv.DictReader(file)) if number % HELD_BACK == 0}
    return part_of(inbox, folder, lambda path: str(path.relative_to(inbox)) not in held_back)


def part_of(inbox: Path, folder: Path, belongs: Callable[[Path], bool]) -> Path:
    """An inbox with links to some of the files of another, the manifest cut to match."""
    manifest = inbox / "MANIFEST.csv"
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if belongs(inbox / row["path"])]
    for row in kept:
        target = folder / row["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(inbox / row["path"])
    with (folder / manifest.name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    return folder


# --- with a Prefect server, and other commands ------------------------------------------------------


def kill_prefect(world: World, chance: random.Random, number: int, tell: Callable[[str], None]) -> list[Fault]:
    """`kill -9` of the run at the command line alone: the server it has started must not stay."""
    faults = []
    for turn in range(number):
        with TemporaryDirectory(dir=world.work) as folder:
            data = linked_copy(world.before.root, Path(folder) / "data")
            command = [*COMMAND, "refresh", "--inbox", str(world.inbox), "--data", str(data.root)]
            with (Path(folder) / "log of prefect").open("wb") as log:
                process = subprocess.Popen(
                    command, env=environment(**world.settings), stdout=log, stderr=log, cwd=folder
                )
                moment = chance.uniform(2.0, world.whole.seconds + 8)
                _after_cpu_seconds(process, moment)
                process.kill()
                died = process.wait() < 0
            found = [f"process {pid} of the dead run is still there" for pid in _stay(data)]
            found += survived(world, data)
            for pid in _living_in(data):
                os.kill(pid, signal.SIGKILL)
        name = f"refresh with Prefect, kill -9 after {moment:.1f} s of CPU" + ("" if died else " (was done before)")
        if found:
            faults.append((name, found))
        tell(f"{turn + 1}/{number} {name}: {'; '.join(found) or 'ok'}")
    return faults


def _after_cpu_seconds(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a process, without its children, has used so much CPU, or has ended."""
    ticks = os.sysconf("SC_CLK_TCK")
    while process.poll() is None:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        if (int(fields[11]) + int(fields[12])) / ticks >= seconds:
            return
        time.sleep(0.02)


def _stay(data: DataFolder) -> list[int]:
    """Processes that live on in the Prefect home of a data folder after they had time to end."""
    end = time.monotonic() + PATIENCE
    while (living := _living_in(data)) and time.monotonic() < end:
        time.sleep(0.2)
    return living


def _living_in(data: DataFolder) -> list[int]:
    mark = f"PREFECT_HOME={data.prefect_home.resolve()}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def kill_commands(world: World, chance: random.Random, number: int, tell: Callable[[str], None]) -> list[Fault]:
    """Deaths in `site`, `export` and `quality accept`: the same command again makes up for them."""
    faults = []
    finding = a_finding(world)
    for turn in range(number):
        name = ("site", "export", "quality")[turn % 3]
        with TemporaryDirectory(dir=world.work) as folder:
            data = linked_copy(world.after.root, Path(folder) / "data")
            out = Path(folder) / "out"
            command = {
                "site": ["site"],
                "export": ["export", str(out)],
                "quality": ["quality", "accept", finding, "--reason", "geprüft", "--by", "Amt"],
            }[name]
            if name == "export":
                world.run(data, LIVES, command=command)
            whole = _whole(world, data, command)
            death = (
                Death(change=chance.randint(1, whole.changes), power_cut=turn % 4 == 3)
                if turn % 2
                else Death(seconds=chance.uniform(0.005, whole.seconds))
            )
            ended = world.run(data, death, command=command)
            found = _after_command(world, data, out, name, command)
        label = f"{name}: {death}" + ("" if ended.code < 0 else " (was done before)")
        if found:
            faults.append((label, found))
        tell(f"{turn + 1}/{number} {label}: {'; '.join(found) or 'ok'}")
    return faults


_WHOLE: dict[str, Run] = {}


def _whole(world: World, data: DataFolder, command: Sequence[str]) -> Run:
    """An undisturbed run of a command, once, on a copy."""
    if command[0] not in _WHOLE:
        with TemporaryDirectory(dir=world.work) as folder:
            ended = world.run(linked_copy(data.root, Path(folder) / "data"), LIVES, command=command)
            assert ended.code == 0, ended.output
            _WHOLE[command[0]] = ended.result
    return _WHOLE[command[0]]


def a_finding(world: World) -> str:
    """Id of a finding that both releases have and nobody has mended; the same each time."""

    def common() -> list[str]:
        before, after = (findings_of(data.published) for data in (world.before, world.after))
        return sorted(name for name in before.keys() & after.keys() if after[name]["state"] != "fixed")

    ended = in_child(common, world.work / "log of findings")
    return str(ended.result[0])


def _after_command(world: World, data: DataFolder, out: Path, name: str, command: Sequence[str]) -> list[str]:
    found = []
    decisions = data.quality / "decisions.csv"
    if name == "quality" and decisions.exists() and len(decisions.read_text().splitlines()) != 2:
        found.append(f"decisions.csv after the death: {decisions.read_bytes()!r}")
    ended = world.run(data, LIVES, command=command)
    if ended.code or "Traceback" in ended.output:
        found.append(f"the command again: {ended.output[-800:]}")
    if name == "export" and (missing := unlisted(out)):
        found.append(f"the export is not whole: {missing}")
    left = sorted(path.name for path in out.parent.glob(".out*"))
    ended = world.run(data, LIVES)
    if ended.code:
        found.append(f"the next refresh: {ended.output[-800:]}")
    left += left_over(data)
    if world.has_site and release_of_site(data.root / "site") != world.release(data):
        found.append("the site is not that of the release")
    return found + left


def unlisted(out: Path) -> list[str]:
    """Files of an export whose checksum is not the one that is listed."""
    listed = [line.split("  ", 1) for line in (out / "SHA256SUMS").read_text().splitlines()]
    return [path for sha256, path in listed if hashlib.sha256((out / path).read_bytes()).hexdigest() != sha256]


# --- the campaign -----------------------------------------------------------------------------------


def main() -> int:
    """Run the campaign; returns 1 where anything is wrong."""
    options = _options()
    preload(LEAN if options.lean else WHOLE)
    chance, started = random.Random(options.seed), time.monotonic()
    rows: list[tuple[str, int, list[Fault]]] = []

    def tell(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - started:6.0f} s  {line}\n")
        sys.stderr.flush()

    with TemporaryDirectory(prefix="kill-") as folder:
        part = first_part_of(options.inbox, Path(folder) / "part")
        worlds = {
            name: World(Path(folder) / name, options.inbox, part, settings)
            for name, settings in (("whole", WHOLE), ("lean", LEAN))
            if settings is LEAN or not options.lean
        }
        for name, world in worlds.items():
            tell(f"{name}: a run takes {world.whole.seconds:.1f} s of CPU and makes {world.whole.changes} changes")
            of_whole = 0 if options.lean else options.kills // 10
            share = of_whole if name == "whole" else options.kills - of_whole
            if "steps" in options.only:
                deaths = list(at_steps(world))
                rows.append((f"{name}: at steps", len(deaths), kill_refreshes(world, deaths, tell)))
            if "random" in options.only:
                deaths = list(at_random(world, chance, share))
                rows.append((f"{name}: at random", len(deaths), kill_refreshes(world, deaths, tell)))
        if "prefect" in options.only:
            number = max(1, options.kills // 10)
            rows.append(("with Prefect", number, kill_prefect(worlds["lean"], chance, number, tell)))
        if "commands" in options.only:
            number = max(3, options.kills // 5)
            rows.append(("commands", number, kill_commands(worlds.get("whole", worlds["lean"]), chance, number, tell)))
        rows.append(("nothing written in place", 2, [f for world in worlds.values() for f in _unharmed(world)]))
    sys.stdout.write(_summary(rows, options.seed, time.monotonic() - started))
    return int(any(faults for _, _, faults in rows))


def _options() -> argparse.Namespace:
    groups = ("steps", "random", "prefect", "commands")
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.kill", description="Kill refreshes on real files.")
    parser.add_argument("--kills", type=int, default=200, help="at random moments (default 200)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--inbox", type=Path, default=REAL, help="folder with a MANIFEST.csv")
    parser.add_argument("--only", nargs="+", choices=groups, default=list(groups))
    parser.add_argument("--lean", action="store_true", help="without expectations and pages")
    return parser.parse_args()


def _summary(rows: Sequence[tuple[str, int, list[Fault]]], seed: int, seconds: float) -> str:
    lines = [f"Kills, seed {seed}, {seconds:.0f} s", "", "| where | deaths | faults |", "|---|---:|---:|"]
    lines += [f"| {name} | {number} | {len(faults)} |" for name, number, faults in rows]
    lines += ["", *(f"- {name}: {'; '.join(found)}" for _, _, faults in rows for name, found in faults)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
