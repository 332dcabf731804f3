"""The documents say what is there: their links, the folders, commands and settings they name, version and metadata."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.test_help import DECLARED

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
#: Folders with code.
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

#: Tools of .venv/bin that the documents call besides the command line.
TOOLS = {"dask", "pip", "python"}
#: Named like files of the project, but below the data folder.
IN_THE_DATA_FOLDER = {"quality/decisions.csv", "quality/withdrawals.csv"}
#: Mandatory in publiccode.yml 0.4, besides `url`: the address of the repository is added where the code is published.
MANDATORY = (
    *("publiccodeYmlVersion", "name", "platforms", "categories", "developmentStatus", "softwareType", "description"),
    *("legal.license", "maintenance.type", "maintenance.contacts"),
    *("localisation.localisationReady", "localisation.availableLanguages"),
)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- links and paths ------------------------------------------------------------------------------


def links(path: Path) -> Iterator[str]:
    """Targets of links and pictures within the project."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(path)):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(path: Path) -> set[str]:
    """Ids of the headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_link_leads_somewhere(path: Path) -> None:
    for target in links(path):
        file, _, anchor = target.partition("#")
        goal = (path.parent / file).resolve() if file else path
        assert goal.exists(), target
        assert not anchor or anchor in anchors(goal), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_file_that_is_named_is_there(path: Path) -> None:
    """Paths in backticks that begin with a folder of the project; `<module>` and the like stand for many."""
    folders = "|".join([*sorted(ROOMS), "docs"])
    for named in re.findall(rf"`((?:{folders})/[\w./-]*)`", text_of(path)):
        assert named in IN_THE_DATA_FOLDER or (ROOT / named).exists(), named


def test_every_guide_can_be_found() -> None:
    reachable = {(path.parent / link.partition("#")[0]).resolve() for path in DOCUMENTS for link in links(path)}
    assert {"table.md", "indicator.md", "check.md", "source.md"} == {path.name for path in GUIDES}
    assert set(GUIDES) <= reachable


def test_the_house_has_every_folder_and_no_other() -> None:
    house = text_of(ROOT / "README.md").split("## The house")[1].split("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`.+?) \|", house, re.MULTILINE) for name in re.findall(r"`(\w+)/`", row)}
    assert all((ROOT / name).is_dir() for name in named)
    assert named == ROOMS | {"docs"}


# --- commands -------------------------------------------------------------------------------------


def command_lines(path: Path) -> Iterator[str]:
    """Commands in indented and fenced blocks, a continued or quoted one as one line."""
    pattern = r"^(?: {4})?((?:\.venv/bin/\S+|s3monitor|make)\b(?:\"[^\"]*\"|[^\n\"])*)"
    yield from re.findall(pattern, text_of(path), re.MULTILINE)


COMMANDS = [(path, line) for path in DOCUMENTS for line in command_lines(path)]


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 20
    assert {path.name for path, _ in COMMANDS} >= {"README.md", "table.md", "indicator.md", "check.md", "source.md"}


@pytest.mark.parametrize(("path", "line"), COMMANDS, ids=[f"{name_of(path)}-{line[:50]}" for path, line in COMMANDS])
def test_a_command_exists_with_its_options(path: Path, line: str) -> None:
    program, *arguments = shlex.split(re.sub(r"[\[\]]|\s#.*", " ", line))
    if program == "make":
        targets = [word for word in arguments if "=" not in word]
        assert all(re.search(rf"^{target}:", text_of(ROOT / "Makefile"), re.MULTILINE) for target in targets)
        return
    if Path(program).name != "s3monitor":
        assert Path(program).name in TOOLS
        return
    words = [word for word in arguments if not word.startswith("-")]
    command = next(name for name in (" ".join(words[:2]), *words[:1]) if name in DECLARED)
    known = {option for param in DECLARED[command].params for option in (*param.opts, *param.secondary_opts)}
    assert {word.partition("=")[0] for word in arguments if word.startswith("--")} <= known


# --- version and metadata -------------------------------------------------------------------------


def test_the_changelog_has_this_version() -> None:
    assert re.search(
        rf"^## \[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE
    )
    assert "## [Unreleased]" in text_of(ROOT / "CHANGELOG.md")


def at(content: dict[str, Any], key: str) -> Any:
    for part in key.split("."):
        content = content[part]
    return content


def test_publiccode_has_what_its_standard_wants() -> None:
    content = yaml.safe_load(text_of(ROOT / "publiccode.yml"))
    for key in MANDATORY:
        assert at(content, key) not in (None, "", [], {}), key
    assert content["publiccodeYmlVersion"] == "0.4"
    assert content["softwareVersion"] == VERSION
    assert content["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert re.fullmatch(r"standalone/(mobile|iot|desktop|web|backend|other)|addon|library", content["softwareType"])
    assert content["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert set(content["platforms"]) <= {"web", "windows", "mac", "linux", "ios", "android"}
    assert isinstance(content["localisation"]["localisationReady"], bool)
    # Of https://yml.publiccode.tools/categories-list.html and scope-list.html, those that could be meant.
    assert set(content["categories"]) <= {"data-analytics", "data-collection", "data-visualization"}
    assert set(content["intendedAudience"]["scope"]) <= {
        *("employment", "finance-and-economic-development", "infrastructures", "local-authorities", "research"),
    }
    assert dt.date.fromisoformat(content["releaseDate"])
    assert all(dependency["name"] for dependency in content["dependsOn"]["open"])
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    assert content["legal"]["license"] == project["license"]
    assert all(contact["name"] for contact in content["maintenance"]["contacts"])
    assert set(content["description"]) == set(content["localisation"]["availableLanguages"]) == {"de", "en"}


@pytest.mark.parametrize("language", ["de", "en"])
def test_publiccode_describes_the_project_at_the_right_length(language: str) -> None:
    description = yaml.safe_load(text_of(ROOT / "publiccode.yml"))["description"][language]
    assert 0 < len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert description["features"]
    assert all(0 < len(feature) <= 100 for feature in description["features"])
