"""Disks that are full at every size, and an archive that cannot be written to, on real files.

    python -m tests.attacks.disk [--inbox DIR]

Each refresh runs on a disk in memory (Linux, as root) with so much room left and no more. It ends with a message and
the old release, or with the new one and a warning; with room again the next run completes by itself. The same for a
decision, for an export, and with an archive that is read-only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, disk_usage
from tempfile import TemporaryDirectory

from tests.attacks.deaths import LIVES, Ended, preload
from tests.attacks.kill import REAL, WHOLE, World, a_finding, first_part_of, survived, unlisted
from tests.flows.conftest import litter
from warehouse.data_folder import DataFolder

#: Kilobytes that are free: nothing, less than a file, and on to room for the release, its report and half of the pages.
FREE = (0, 8, 100, 500, 1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 16_000, 20_000, 24_000, 28_000, 32_000, 40_000,
        50_000, 60_000, 80_000)  # fmt: skip
ROOM = "size=600m"
FULL, READ_ONLY = "No space left on device", "Read-only file system"


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", ROOM, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def leave(folder: Path, kilobytes: int) -> None:
    """Leave so much room on a disk."""
    size = disk_usage(folder).used // 1024 + kilobytes
    subprocess.run(["mount", "-o", f"remount,size={size}k", str(folder)], check=True)


def enlarge(folder: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,{ROOM}", str(folder)], check=True)


def said(ended: Ended, reason: str, *, warning: str = "") -> list[str]:
    """Faults of what a command told: a message without a traceback, or, where it got through, the warning."""
    faults = ["it ended with a traceback"] if "Traceback" in ended.output else []
    if ended.code == 1 and reason not in ended.output:
        faults.append("the message does not say why")
    if ended.code not in (0, 1):
        faults.append(f"it ended with {ended.code}")
    if ended.code == 0 and warning and warning not in ended.output:
        faults.append("it got through without a word")
    return [f"{fault}: {ended.output[-700:]}" for fault in faults]


def full_refreshes(world: World) -> Iterator[tuple[str, list[str]]]:
    for kilobytes in FREE:
        with TemporaryDirectory(dir=world.work) as name, disk(Path(name) / "disk") as folder:
            data = DataFolder(folder / "data")
            copytree(world.before.root, data.root)
            leave(folder, kilobytes)
            ended = world.run(data, LIVES)
            published = ended.code == 0
            faults = said(ended, FULL, warning="" if kilobytes > 40_000 else "could not be written")
            if not published and (left := litter(data)):
                faults.append(f"left behind: {left}")
            enlarge(folder)
            faults += survived(world, data)
        yield f"refresh with {kilobytes} kB free ({'published' if published else 'stopped'})", faults


def full_decision(world: World) -> Iterator[tuple[str, list[str]]]:
    command = ["quality", "accept", a_finding(world), "--reason", "geprüft", "--by", "Amt"]
    with TemporaryDirectory(dir=world.work) as name, disk(Path(name) / "disk") as folder:
        data, decisions = DataFolder(folder / "data"), folder / "data" / "quality" / "decisions.csv"
        copytree(world.after.root, data.root)
        assert world.run(data, LIVES, command=command).code == 0
        before = decisions.read_bytes()
        leave(folder, 0)
        faults = said(world.run(data, LIVES, command=command), FULL)
        if decisions.read_bytes() != before:
            faults.append("the decision from before is lost")
    yield "quality accept on a full disk", faults


def full_export(world: World) -> Iterator[tuple[str, list[str]]]:
    with TemporaryDirectory(dir=world.work) as name, disk(Path(name) / "disk") as folder:
        data, out = DataFolder(folder / "data"), folder / "out"
        copytree(world.after.root, data.root)
        assert world.run(data, LIVES, command=["export", str(out)]).code == 0
        for kilobytes in (0, 300, 3_000):
            leave(folder, kilobytes)
            faults = said(world.run(data, LIVES, command=["export", str(out)]), FULL)
            enlarge(folder)
            faults += [f"{path} of the export before is lost" for path in unlisted(out)]
            faults += [f"left behind: {path.name}" for path in folder.glob(".out*")]
            yield f"export with {kilobytes} kB free", faults


def read_only_archive(world: World) -> Iterator[tuple[str, list[str]]]:
    with TemporaryDirectory(dir=world.work) as name:
        data = DataFolder(Path(name) / "data")
        copytree(world.before.root, data.root)
        archive = str(data.archive)
        subprocess.run(["mount", "--bind", archive, archive], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", archive], check=True)
            idle = world.run(data, LIVES, inbox=world.part)
            faults = [] if "Nothing new" in idle.output else [f"nothing new, and yet: {idle.output[-500:]}"]
            ended = world.run(data, LIVES)
            faults += said(ended, READ_ONLY)
            if ended.code != 1 or str(data.archive) not in ended.output:
                faults.append(f"the message does not name the archive: {ended.output[-500:]}")
        finally:
            subprocess.run(["umount", archive], check=True)
        faults += survived(world, data)
    yield "an archive that is read-only", faults


def main() -> int:
    """Run the campaign; returns 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.disk", description="Full and read-only disks.")
    parser.add_argument("--inbox", type=Path, default=REAL, help="folder with a MANIFEST.csv")
    options = parser.parse_args()
    preload(WHOLE)
    lines, number = [], 0
    with TemporaryDirectory(prefix="disk-") as name:
        folder = Path(name)
        world = World(folder / "whole", options.inbox, first_part_of(options.inbox, folder / "part"), WHOLE)
        for attack in (read_only_archive, full_decision, full_export, full_refreshes):
            for what, faults in attack(world):
                number += 1
                lines += [f"- {what}: {fault}" for fault in faults]
                sys.stderr.write(f"{what}: {'; '.join(faults) or 'ok'}\n")
                sys.stderr.flush()
    sys.stdout.write("\n".join([f"Disks: {number} cases, {len(lines)} faults", "", *lines]) + "\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
