"""What is installed and what the code may do: pinned, hashed dependencies with licences that fit, no code of data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
ROOMS = ("flows", "monitor", "quality", "warehouse", "transforms", "sources", "schemas", "reference")
_PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[0-9][0-9a-z.+!]*( ; .+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
#: Licences that ask to publish what is linked with them; LGPL and MPL do not.
_COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
#: Calls that make code of text or of bytes, or run a program by way of a shell.
CODE = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.loads",
    "yaml.load", "yaml.unsafe_load", "yaml.full_load", "shelve.open", "read_pickle", "pd.read_pickle", "runpy.run_path",
    "joblib.load", "torch.load", "dill.load",
}  # fmt: skip
#: XML is read by no room: Python's readers expand entities.
XML = {"xml", "lxml", "defusedxml"}
#: The one module that reads XML: it refuses document types, and so entities, before it builds anything.
XML_READER = "sources/package.py"


def test_there_are_locks() -> None:
    assert len(LOCKS) >= 3


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_dependency_is_one_version_with_hashes_from_no_named_place(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if not line.startswith("#")]
    wrong = [line for line in lines if not (_PIN.fullmatch(line) or _HASH.fullmatch(line))]
    assert wrong == []
    hashed = [bool(_HASH.fullmatch(after)) for line, after in zip(lines, [*lines[1:], ""], strict=True) if "==" in line]
    assert all(hashed)
    assert len(hashed) > 100
    assert not re.search(r"https?://|--index|--find-links|git\+|file:", "\n".join(lines))


def test_set_up_takes_nothing_but_what_is_locked() -> None:
    installs = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line]
    for line in installs:
        is_own = "--no-build-isolation --editable ." in line and "--no-deps" in line
        is_tool = line.rstrip().endswith("install --quiet uv")  # for `make lock` alone: it writes what is then reviewed
        assert is_own or is_tool or "--require-hashes --no-deps --requirement requirements" in line, line
    assert len(installs) > 3


def test_no_dependency_asks_to_publish_what_uses_it() -> None:
    """What the lock of the program installs: the development tools are not passed on."""
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    seen = 0
    for found in distributions():
        name = re.sub(r"[-_.]+", "-", found.metadata["Name"] or "").lower()
        if name in locked:
            seen += 1
            stated = [found.metadata.get("License-Expression") or (found.metadata.get("License") or "")[:60]]
            stated += [text for text in found.metadata.get_all("Classifier") or [] if text.startswith("License")]
            copyleft = [text for text in stated if _COPYLEFT.search(text) and not re.search("Lesser|LGPL", text)]
            assert len(copyleft) < len([text for text in stated if text]) or not copyleft, (name, stated)
    assert seen > 100


def _sources() -> Iterator[tuple[Path, ast.AST]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _is_safe_yaml(call: ast.Call) -> bool:
    """A loader that is named, and makes nothing but plain values."""
    inside = [node for word in call.keywords if word.arg == "Loader" for node in ast.walk(word)]
    named = {node.attr for node in inside if isinstance(node, ast.Attribute)}
    named |= {str(node.value) for node in inside if isinstance(node, ast.Constant)}
    return bool(named) and named <= {"SafeLoader", "CSafeLoader"}


def test_no_room_makes_code_of_data() -> None:
    found = []
    for path, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CODE and not _is_safe_yaml(node):
                found.append(f"{path.name}:{node.lineno} {ast.unparse(node.func)}")
            shell = [word for word in getattr(node, "keywords", []) if word.arg == "shell"]
            found += [f"{path.name}:{word.lineno} shell" for word in shell]
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if path.relative_to(ROOT).as_posix() != XML_READER:
                found += [f"{path.name} imports {name}" for name in modules if name.split(".")[0] in XML]
    assert found == []


def test_every_exception_from_the_security_rules_says_why() -> None:
    """`noqa: S…` in a room: which rule, and the reason behind it."""
    found = []
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if match := re.search(r"# noqa: S\d+(.*)", line):
                found.append((f"{path.relative_to(ROOT)}:{number}", match[1].strip(" ()-–")))
    assert [place for place, reason in found if len(reason) < 10] == []
