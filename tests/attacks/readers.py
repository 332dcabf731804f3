"""Many at once on real files: readers while releases are swapped, and writers of all kinds.

    python -m tests.attacks.readers [--readers 20] [--swaps 50] [--rounds 3] [--inbox DIR] [--only readers writers]

Readers are Python's duckdb, `warehouse.client.read` and the DuckDB command line, in turn; each poll has to be of one
release whole, and never of an older one than the poll before. Writers are refreshes with Prefect and without,
`quality accept`, `site` and `export`, all started at the same moment.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from monitor.marker import release_of_site
from quality.decisions import read_decisions
from tests.attacks.deaths import LIVES, in_child, preload
from tests.attacks.folders import differences, left_over, linked_copy
from tests.attacks.kill import LEAN, REAL, WHOLE, World, a_finding, first_part_of, unlisted
from tests.flows.conftest import COMMAND, environment
from warehouse import release
from warehouse.client import read
from warehouse.data_folder import DataFolder

#: What a reader asks: the release, and sizes of which each release has its own.
POLL = (
    "SELECT release_id, deliveries, observations, (SELECT count(*) FROM history.observation),"
    " (SELECT count(*) FROM marts.indicator_value), (SELECT count(*) FROM marts.employment),"
    " (SELECT count(DISTINCT delivery_id) FROM history.observation) FROM meta.release"
)
KINDS = ("duckdb", "client", "program")


# --- a reader, in a process of its own --------------------------------------------------------------


def poll(kind: str, data: Path) -> list[str]:
    """One poll: the release and the sizes."""
    if kind == "duckdb":
        with duckdb.connect(str(data / "s3monitor.duckdb"), read_only=True) as connection:
            return [str(value) for value in connection.execute(POLL).fetchall()[0]]
    if kind == "client":
        return [str(value) for value in read(POLL, data).iloc[0]]
    command = ["duckdb", "-readonly", "-csv", "-noheader", str(data / "s3monitor.duckdb"), POLL]
    program = Path(sys.executable).with_name("duckdb")
    command[0] = str(program) if program.exists() else "duckdb"
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().split(",")


def be_a_reader(kind: str, data: Path, stop: Path) -> int:
    """Poll until a file says stop; print polls and releases seen. Ends with a message where a poll is not whole."""
    sizes: dict[int, list[str]] = {}
    polls, seen = 0, -1
    while not stop.exists() or not polls:
        name, *found = poll(kind, data)
        number = int(name.rpartition("-")[2])
        if number < seen:
            raise AssertionError(f"release {number} came after {seen}")
        if sizes.setdefault(number % 2, found) != found:
            raise AssertionError(f"release {number}: {found} instead of {sizes[number % 2]}")
        polls, seen = polls + 1, number
        stop.with_name(f"{os.getpid()} is reading").touch()
    if len(sizes) == 2 and sizes[0] == sizes[1]:
        raise AssertionError("the two releases cannot be told apart")
    sys.stdout.write(json.dumps([polls, seen]))
    return 0


# --- the attacks ------------------------------------------------------------------------------------


def built(world: World, folder: Path) -> Iterator[Path]:
    """Files to publish: the two releases of the world in turn, numbered."""
    for number in itertools.count():
        original = (world.before, world.after)[number % 2].published
        path = Path(shutil.copyfile(original, folder / "built.duckdb"))
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE meta.release SET release_id = ?", [f"release-{number:03}"])
        yield path


def swap_under_readers(world: World, readers: int, swaps: int) -> tuple[str, list[str]]:
    """Publish again and again while readers poll. Returns what they did, and what went wrong."""
    with TemporaryDirectory(dir=world.work) as name:
        folder = Path(name)
        data, stop, files = DataFolder(folder / "data"), folder / "stop", built(world, folder)
        data.releases.mkdir(parents=True)
        release.publish(data, next(files), "release-000")
        running = [
            subprocess.Popen(
                [sys.executable, "-m", __spec__.name, "--reader", KINDS[n % len(KINDS)], str(data.root), str(stop)],
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n in range(readers)
        ]
        while len(list(folder.glob("*is reading"))) < readers and all(p.poll() is None for p in running):
            time.sleep(0.2)
        started = time.monotonic()
        for number, path in zip(range(1, swaps + 1), files, strict=False):
            time.sleep(1)
            release.publish(data, path, f"release-{number:03}")
            release.tidy(data)
        time.sleep(2)
        stop.touch()
        seconds = time.monotonic() - started
        ended = [(*process.communicate(timeout=600), process.returncode) for process in running]
    faults = [f"a reader ended with {code}: {stderr[-300:]}" for _, stderr, code in ended if code or stderr]
    polls = [json.loads(stdout)[0] for stdout, _, code in ended if not code]
    kinds = {kind: sum(polls[n] for n in range(len(polls)) if KINDS[n % len(KINDS)] == kind) for kind in KINDS}
    return f"{readers} readers, {swaps} swaps in {seconds:.0f} s, polls {kinds}", faults


def write_at_once(world: World, chance: random.Random) -> list[str]:
    """Two refreshes with Prefect, two without, a decision, pages and an export, on one folder in one moment."""
    with TemporaryDirectory(dir=world.work) as name:
        folder = Path(name)
        data, out = linked_copy(world.before.root, folder / "data"), folder / "out"
        refresh = ["refresh", "--inbox", str(world.inbox)]
        commands = [
            *([refresh, [*refresh, "--no-prefect"]] * 2),
            ["quality", "accept", a_finding(world), "--reason", "geprüft", "--by", "Amt"],
            ["site"],
            ["export", str(out)],
        ]
        chance.shuffle(commands)
        running = []
        for number, command in enumerate(commands):
            log = folder / f"log {number}"
            with log.open("wb") as output:
                given = [*COMMAND, *command, "--data", str(data.root)]
                process = subprocess.Popen(
                    given, env=environment(**world.settings), cwd=folder, stdout=output, stderr=output
                )
            running.append((command, process, log))
            time.sleep(chance.uniform(0, 1.5))
        faults = [fault for entry in running for fault in _ended(*entry)]
        ended = world.run(data, LIVES)
        if ended.code:
            faults.append(f"the next refresh: {ended.output[-500:]}")
        same = world.new.keys() - {"quality.finding", "meta.release"}  # the decision is among the inputs of a release
        found = world.content(data)
        faults += differences({t: found[t] for t in same}, {t: world.new[t] for t in same})
        faults += left_over(data)
        if len(read_decisions(data.quality / "decisions.csv")) != 1:
            faults.append("the decision is lost")
        if release_of_site(data.site) != world.release(data):
            faults.append("the site is not that of the release")
        return faults + [f"export: {path} is not whole" for path in unlisted(out)]


def _ended(command: Sequence[str], process: subprocess.Popen[bytes], log: Path) -> Iterator[str]:
    """A refresh publishes, finds nothing new, or says that another one is writing; the others simply work."""
    code, said = process.wait(timeout=1800), log.read_text(errors="replace")
    if "Traceback" in said or "Internal error" in said:
        yield f"{' '.join(command)}: {said[-800:]}"
    is_busy = code == 1 and "Another refresh is writing to" in said
    if code and not (command[0] == "refresh" and (code == 3 or is_busy)):
        yield f"{' '.join(command)}: code {code}: {said[-500:]}"


def main() -> int:
    """Run the campaign; returns 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.readers", description="Many readers and writers.")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--swaps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3, help="of writers")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--inbox", type=Path, default=REAL, help="folder with a MANIFEST.csv")
    parser.add_argument("--only", nargs="+", choices=("readers", "writers"), default=["readers", "writers"])
    parser.add_argument("--reader", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader:
        kind, data, stop = options.reader
        return be_a_reader(kind, Path(data), Path(stop))
    preload(WHOLE)
    lines, faults = [f"Readers and writers, seed {options.seed}", ""], []
    with TemporaryDirectory(prefix="readers-") as name:
        folder = Path(name)
        part = first_part_of(options.inbox, folder / "part")
        if "readers" in options.only:
            world = World(folder / "lean", options.inbox, part, LEAN)
            ended = in_child(lambda: swap_under_readers(world, options.readers, options.swaps), folder / "log")
            what, found = ended.result or ("readers", [ended.output])
            lines.append(f"- {what}: {len(found)} failed")
            faults += found
        if "writers" in options.only:
            world, chance = World(folder / "whole", options.inbox, part, WHOLE), random.Random(options.seed)
            for number in range(options.rounds):
                found = write_at_once(world, chance)
                lines.append(f"- writers, round {number + 1}: {len(found)} faults")
                sys.stderr.write(f"{lines[-1]} {'; '.join(found)}\n")
                faults += found
    sys.stdout.write("\n".join([*lines, "", *(f"- {fault}" for fault in faults)]) + "\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
