"""Every option, argument and setting, with values that would be SQL, paths, marks or commands.

The tables name all of them: one that is new fails here until it says how it is attacked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import typer.main

from flows.cli import app
from flows.settings import Settings
from tests.attacks.conftest import Command
from tests.flows.conftest import Ended

#: Texts that end a literal, a path, an option or a line, or that a shell, a format or a terminal takes for its own.
HOSTILE = (
    "'; DROP TABLE marts.region; --", '" OR 1=1 --', "'", '"', "\\", "%s%n{0}{}", "${IFS}`id`$(id)", "[red]x[/red]",
    "../../../../etc/passwd", "/etc/passwd", "//evil.invalid/share", "file:///etc/passwd", "~root", "*", "-h", "--",
    " ", "\u202eevil\u2066", "ｅｖｉｌ", "İ", "NaN", "1e999", "99999999999999999999", "0x10", "x" * 70_000,
    "two\nlines", "a\tb",
)  # fmt: skip
#: Refused before anything is done: they are no text.
UNPRINTABLE = ("\x1b[31mred\x1b]0;title\x07", "\udcff\udcfe", "a\x07b", "\x9b31m")


@dataclass(frozen=True)
class Way:
    """How a value gets in: the command before and after it, and the exit codes that are right for hostile ones."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    codes: tuple[int, ...] = (1, 2)


SQL = "SELECT 1"
#: (command, parameter) → how it is attacked; None: a switch, which has no value.
OPTIONS: dict[tuple[str, str], Way | None] = {
    ("refresh", "inbox"): Way(("refresh", "--no-prefect", "--inbox={}")),
    ("refresh", "data"): Way(("refresh", "--no-prefect", "--data={}")),
    ("refresh", "only"): Way(("refresh", "--no-prefect", "--inbox=inbox", "--only={}")),
    ("refresh", "period"): Way(("refresh", "--live", "--no-prefect", "--only=bkg", "--period={}")),
    ("refresh", "warehouse"): Way(("refresh", "--no-prefect", "--warehouse={}"), codes=(1, 2, 3)),
    ("refresh", "sample"): None,
    ("refresh", "live"): None,
    ("refresh", "prefect"): None,
    ("refresh", "json"): None,
    ("status", "data"): Way(("status", "--data={}")),
    ("status", "json"): None,
    ("query", "sql"): Way(("query", "--", "{}")),
    ("query", "format"): Way(("query", SQL, "--format={}")),
    ("query", "as_of"): Way(("query", SQL, "--as-of={}")),
    ("query", "output"): Way(("query", SQL, "--output={}/no/such/folder")),
    ("query", "data"): Way(("query", SQL, "--data={}")),
    ("query", "warehouse"): Way(("query", SQL, "--warehouse={}")),
    ("query", "release"): Way(("query", SQL, "--warehouse=ducklake:postgres:", "--release={}", "--as-of=2020-01-01")),
    ("explain", "indicator"): Way(("explain", "--", "{}", "RUHR")),
    ("explain", "region"): Way(("explain", "--", "gigabit_coverage_households", "{}")),
    ("explain", "date"): Way(("explain", "--", "gigabit_coverage_households", "05911", "{}")),
    ("explain", "data"): Way(("explain", "gigabit_coverage_households", "RUHR", "--data={}")),
    ("explain", "json"): None,
    ("diff", "old"): Way(("diff", "--", "{}")),
    ("diff", "new"): Way(("diff", "--", "current", "{}")),
    ("diff", "data"): Way(("diff", "--data={}")),
    ("diff", "json"): None,
    ("quality list", "state"): Way(("quality", "list", "--state={}")),
    ("quality list", "data"): Way(("quality", "list", "--data={}"), codes=(0, 1, 2)),
    ("quality list", "json"): None,
    ("quality show", "finding_id"): Way(("quality", "show", "--", "{}")),
    ("quality show", "data"): Way(("quality", "show", "x", "--data={}")),
    ("quality show", "json"): None,
    ("quality accept", "finding_id"): Way(("quality", "accept", "--reason=x", "--by=x", "--", "{}")),
    ("quality accept", "reason"): Way(("quality", "accept", "not_there", "--by=x", "--reason={}")),
    ("quality accept", "by"): Way(("quality", "accept", "not_there", "--reason=x", "--by={}")),
    ("quality accept", "data"): Way(("quality", "accept", "x", "--reason=x", "--by=x", "--data={}")),
    ("quality withdraw", "file"): Way(("quality", "withdraw", "--reason=x", "--by=x", "--data=nothing", "--", "{}")),
    ("quality withdraw", "reason"): Way(("quality", "withdraw", "not_there", "--by=x", "--reason={}")),
    ("quality withdraw", "by"): Way(("quality", "withdraw", "not_there", "--reason=x", "--by={}")),
    ("quality withdraw", "data"): Way(("quality", "withdraw", "x", "--reason=x", "--by=x", "--data={}")),
    ("export", "out"): Way(("export", "--data=nothing", "--", "{}")),
    ("export", "base_url"): Way(("export", "out", "--data=nothing", "--base-url={}")),
    ("export", "publisher"): Way(("export", "out", "--data=nothing", "--publisher={}")),
    ("export", "contributor_id"): Way(("export", "out", "--data=nothing", "--contributor-id={}")),
    ("export", "data"): Way(("export", "out", "--data={}")),
    ("export", "warehouse"): Way(("export", "out", "--warehouse={}")),
    ("export", "release"): Way(("export", "out", "--warehouse=ducklake:postgres:host=/nowhere", "--release={}")),
    ("export", "json"): None,
    ("site", "data"): Way(("site", "--data={}")),
    ("site", "out"): Way(("site", "--data=nothing", "--out={}")),
    ("site", "json"): None,
    ("serve", "data"): Way(("serve", "--data={}")),
    ("serve", "port"): Way(("serve", "--data=nothing", "--port={}")),
    ("serve", "host"): Way(("serve", "--data=nothing", "--host={}")),
    ("probe", "only"): Way(("probe", "--only={}")),
    ("probe", "data"): Way(("probe", "--only=nobody", "--data={}")),
    ("probe", "json"): None,
    ("serve-schedule", "data"): Way(("serve-schedule", "--data={}")),
}
#: Setting → the names of its environment variables; `status` reads all of them.
SETTINGS = {
    "data": ("S3MONITOR_DATA",),
    "expectations": ("S3MONITOR_EXPECTATIONS",),
    "site": ("S3MONITOR_SITE",),
    "warehouse": ("S3MONITOR_WAREHOUSE",),
    "lake_data": ("S3MONITOR_LAKE_DATA",),
    "dask": ("S3MONITOR_DASK",),
    "contact": ("S3MONITOR_CONTACT",),
    "addresses": ("S3MONITOR_ADDRESSES", "S3MONITOR_ADDRESSES__BKG"),
    "accounts": ("S3MONITOR_ACCOUNTS", "S3MONITOR_ACCOUNTS__BKG__USER", "S3MONITOR_ACCOUNTS__BKG__PASSWORD"),
    "pause": ("S3MONITOR_PAUSE",),
    "tries": ("S3MONITOR_TRIES",),
    "retry_after": ("S3MONITOR_RETRY_AFTER",),
    "notify": ("S3MONITOR_NOTIFY",),
}

#: Set by tests/attacks/inputs.py: every value for every input, else a few for each and all of them in turn.
ALL = "S3MONITOR_ATTACK_WITH_ALL" in os.environ


def values(number: int, few: int = 3) -> tuple[str, ...]:
    """The values for the input with this number."""
    return HOSTILE if ALL else tuple(HOSTILE[(number * few + n) % len(HOSTILE)] for n in range(few))


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its name, those of groups after the group's name."""
    for name, command in _inside(typer.main.get_command(app)).items():
        yield from ((f"{name} {inner}", of_group) for inner, of_group in _inside(command).items())
        if not _inside(command):
            yield name, command


def _inside(command: Any) -> dict[str, Any]:
    """The commands of a group; Typer has its own copy of Click, so that its class tells nothing."""
    return getattr(command, "commands", {})


def test_every_option_and_setting_is_attacked() -> None:
    declared = {(name, str(parameter.name)) for name, command in commands() for parameter in command.params}
    assert {pair for pair in declared if pair[1] not in ("help", "version")} == OPTIONS.keys()
    assert Settings.model_fields.keys() == SETTINGS.keys()


@pytest.fixture
def here(published: Path, tmp_path: Path) -> Path:
    """A working folder with a release, an inbox and a file of somebody else, two folders deep."""
    folder = tmp_path / "around" / "here"
    folder.mkdir(parents=True)
    (folder / "data").symlink_to(published / "data")
    (folder / "inbox").mkdir()
    (tmp_path / "around" / "mine.txt").write_text("mine")
    return folder


@pytest.fixture
def call(here: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr("warehouse.data_folder.DataFolder.writing", _no_writing)
    return replace(command, folder=here)


def _no_writing(folder: object, *_: object) -> None:
    """What gets so far as to take a data folder ends as where it cannot be taken: it is not to be made."""
    raise OSError(f"{folder} is not written to in this test")


def tree(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*") if not path.is_dir()}


def complaint(ended: Ended, codes: tuple[int, ...]) -> str:
    """What is wrong with the end of a command, "" where nothing is."""
    shown = ended.stdout.decode(errors="replace") + ended.stderr
    if ended.code not in codes:
        return f"ended with {ended.code}"
    if "Traceback" in shown or "Internal error" in shown:
        return "an error of the program"
    if any(sign in shown for sign in ("\x1b", "\x9b", "\x07")):
        return "a control character on the terminal"
    return "root:x:" * ("root:x:" in shown)


@pytest.mark.parametrize("pair", [pair for pair, way in OPTIONS.items() if way], ids=" ".join)
def test_no_option_takes_a_hostile_value_for_more_than_a_text(
    call: Command, here: Path, published: Path, pair: tuple[str, str]
) -> None:
    way = OPTIONS[pair]
    assert way
    folders = (here.parents[1], published)
    before = [tree(folder) for folder in folders]
    number = list(OPTIONS).index(pair)
    for value in (*values(number), *(UNPRINTABLE if ALL else UNPRINTABLE[number % 4 :][:1])):
        ended = call(*(part.replace("{}", value) for part in way.before))
        wrong = complaint(ended, (2,) if value in UNPRINTABLE else way.codes)
        assert not wrong, (wrong, value[:60], ended)
    assert [tree(folder) for folder in folders] == before


@pytest.mark.parametrize("name", [name for names in SETTINGS.values() for name in names])
def test_no_setting_takes_a_hostile_value_for_more_than_a_text(
    call: Command, here: Path, published: Path, name: str
) -> None:
    before = [tree(folder) for folder in (here.parents[1], published)]
    for value in values(sum(map(ord, name)), 2):
        for arguments in (["status"], ["probe", "--only", "nobody"], ["export", "out", "--data", "nothing"]):
            ended = call(*arguments, **{name: value})
            wrong = complaint(ended, (0, 1, 2) if arguments == ["status"] else (1, 2))
            assert not wrong, (wrong, name, value[:60], ended)
    assert [tree(folder) for folder in (here.parents[1], published)] == before


@pytest.mark.parametrize(
    "toml",
    ['data = "a\\u0000b"', 'lake_data = "\\u0000"', 'contact = "a\\nb: c"', "data = 1", "data = []", "[data]", "{",
     "\x00", 'notify = ["\\u0000"]', 'addresses = {bkg = "http://\\u0000"}', "tries = 1e400", "pause = nan",
     "pause = inf", "retry_after = [nan]", "x = " + "[" * 5000,
     'accounts = {bkg = {user = "a", password = "b", more = "c"}}'],
)  # fmt: skip
def test_no_file_of_settings_ends_in_an_error_of_the_program(call: Command, here: Path, toml: str) -> None:
    (here / "s3monitor.toml").write_text(toml, encoding="utf-8")
    for arguments in (["status"], ["probe", "--only", "nobody"]):
        wrong = complaint(call(*arguments), (0, 1, 2))
        assert not wrong, (wrong, arguments, call(*arguments))
