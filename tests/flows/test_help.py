"""The command line explains itself, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.flows.conftest import COMMAND, run

#: What README and operators rely on; more may be added.
CONTRACT = {
    "refresh": ["--sample", "--inbox", "--data", "--only", "--json", "--no-prefect"],
    "status": ["--data", "--json"],
    "query": ["--format", "--output", "--data"],
}
HEAVY = ("pandas", "duckdb", "prefect", "pandera", "scipy", "numpy")


def test_every_command_is_listed_with_its_purpose(tmp_path: Path) -> None:
    ended = run([*COMMAND, "--help"], tmp_path)
    assert ended.code == 0
    lines = [line.strip("│ ").split(maxsplit=1) for line in ended.out.splitlines()]
    purposes = {line[0]: line[1] for line in lines if len(line) == 2 and line[0] in CONTRACT}
    assert purposes.keys() == CONTRACT.keys()


@pytest.mark.parametrize("command", CONTRACT)
def test_every_option_is_explained(tmp_path: Path, command: str) -> None:
    from typer.main import get_command

    from flows.cli import app

    ended = run([*COMMAND, command, "--help"], tmp_path)
    assert ended.code == 0
    declared = get_command(app).commands[command].params  # type: ignore[attr-defined]
    options = [option for param in declared for option in param.opts if option.startswith("--")]
    for option in {*CONTRACT[command], *options}:
        assert option in ended.out
    assert all(param.help for param in declared)


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
