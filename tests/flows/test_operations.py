"""The guide for operators and the files beside it name what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.fields import FieldInfo
from typer.main import get_command

from flows.cli import app
from flows.settings import Settings
from tests.flows.conftest import ROOT

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "docs" / "operations").iterdir())


def settings_table() -> dict[str, list[str]]:
    """setting → its cells: name, environment, default, meaning."""
    lines = GUIDE.partition("| setting |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row for row in cells}


def test_the_guide_has_every_setting() -> None:
    assert set(settings_table()) == set(Settings.model_fields)


@pytest.mark.parametrize(("name", "setting"), Settings.model_fields.items(), ids=Settings.model_fields)
def test_a_setting_is_documented_with_variable_and_default(name: str, setting: FieldInfo) -> None:
    _, variable, default, _ = settings_table()[name]
    assert variable.startswith(f"`S3MONITOR_{name.upper()}")
    if name != "data":  # None, which means ./data
        assert json.loads(default.strip("`")) == setting.get_default() if default != "–" else not setting.get_default()


def told_commands() -> list[list[str]]:
    """Every call of `s3monitor` in the guide, the units and the container file, as words."""
    text = "\n".join([GUIDE, *(path.read_text(encoding="utf-8") for path in EXAMPLES)])
    return [
        call.split()
        for call in re.findall(r"(?:^ {4}|`|/bin/)s3monitor ([a-z][^`#]*?)(?:`|#|\n\n|\n {4}|$)", text, re.M)
    ]


@pytest.mark.parametrize("words", told_commands(), ids=" ".join)
def test_a_command_in_the_guide_exists(words: list[str]) -> None:
    command: Any = get_command(app)
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_guide_names_every_deployment() -> None:
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    assert [entry["name"] for entry in declared if f"/{entry['name']}`" not in GUIDE] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_guide_names_every_example(path: Path) -> None:
    assert path.name in GUIDE or f"{path.stem}.*" in GUIDE
