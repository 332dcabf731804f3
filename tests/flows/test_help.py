"""The command line explains itself, at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from flows.cli import app
from tests.flows.conftest import COMMAND, run

#: What the README and schedules rely on; more may be added.
CONTRACT = {
    "refresh": ["--sample", "--inbox", "--live", "--data", "--only", "--json"],
    "status": ["--data", "--json"],
    "query": ["--format", "--as-of", "--data"],
    "explain": ["--data"],
    "diff": ["--data"],
    "quality list": ["--data"],
    "quality show": ["--data"],
    "quality accept": ["--reason", "--by", "--data"],
    "quality withdraw": ["--reason", "--by", "--data"],
    "export": ["--base-url", "--data", "--json"],
    "site": ["--out", "--data"],
    "serve": ["--data"],
    "probe": ["--only", "--data", "--json"],
    "serve-schedule": ["--data"],
}
HEAVY = ("pandas", "duckdb", "prefect", "pandera", "scipy", "numpy")


def commands(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that can be run, by its words."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
    for name, below in (inner or {}).items():
        yield from commands(below, f"{path} {name}".strip())


DECLARED = dict(commands(get_command(app)))


def test_the_contract_is_kept() -> None:
    assert CONTRACT.keys() <= DECLARED.keys()


def test_every_command_is_listed_with_its_purpose(tmp_path: Path) -> None:
    ended = run([*COMMAND, "--help"], tmp_path)
    assert ended.code == 0
    lines = [line.strip("│ ").split(maxsplit=1) for line in ended.out.splitlines()]
    purposes = {line[0]: line[1] for line in lines if len(line) == 2}
    assert {path.split()[0] for path in DECLARED} <= purposes.keys()


@pytest.mark.parametrize("path", DECLARED)
def test_every_option_is_explained(tmp_path: Path, path: str) -> None:
    ended = run([*COMMAND, *path.split(), "--help"], tmp_path)
    assert ended.code == 0
    params = DECLARED[path].params
    options = {option for param in params for option in param.opts if option.startswith("--")}
    for option in options | set(CONTRACT.get(path, [])):
        assert option in ended.out
    assert [param.name for param in params if not param.help] == []


def test_the_exit_codes_are_in_the_help(tmp_path: Path) -> None:
    text = " ".join(run([*COMMAND, "refresh", "--help"], tmp_path).out.replace("│", " ").split())
    assert (
        "Exit code: 0 published or nothing new, 3 published but something is quarantined or failed, "
        "1 nothing published, 2 wrong usage." in text
    )


def test_without_arguments_the_help_is_shown(tmp_path: Path) -> None:
    ended = run(COMMAND, tmp_path)
    assert ended.code == 2
    assert "refresh" in ended.out + ended.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["refresh", "--help"], ["query", "--help"]])
def test_help_loads_no_heavy_package(tmp_path: Path, arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from flows.cli import main\n"
        f"sys.argv = ['s3monitor', *{arguments!r}]\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)\n"
    )
    ended = run([sys.executable, "-c", script], tmp_path)
    assert (ended.code, ended.stderr) == (0, "[]\n")
