"""A copy of the project's rooms in which a test declares what a guide says, and runs the commands it names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.flows.conftest import COMMAND, ROOT, Ended, run

ROOMS = ("flows", "monitor", "quality", "warehouse", "transforms", "sources", "schemas", "reference")
GUIDES = ROOT / "docs" / "how-to"


class Checkout:
    """The rooms under `root`, a data folder and an inbox beside them."""

    def __init__(self, folder: Path) -> None:
        self.root, self.inbox, self.data = folder / "checkout", folder / "new", folder / "data-try"
        self.inbox.mkdir()
        for room in ROOMS:
            shutil.copytree(ROOT / room, self.root / room, ignore=shutil.ignore_patterns("__pycache__"))

    def append(self, path: str, text: str) -> None:
        with (self.root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file; `old` must stand there once or more."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *arguments: str, **more: str) -> Ended:
        """A command on the data folder, with the code of the copy."""
        plain = ["--no-prefect"] if arguments[0] == "refresh" else []
        command = [*COMMAND, *arguments, *plain, "--data", str(self.data)]
        return run(command, self.root, PYTHONPATH=str(self.root), **more)

    def refresh(self, **more: str) -> Ended:
        return self.run("refresh", "--inbox", str(self.inbox), **more)


def blocks(guide: str, language: str) -> list[str]:
    """The blocks of a guide in a language, as a reader would copy them."""
    return re.findall(rf"```{language}\n(.*?)```", (GUIDES / guide).read_text(encoding="utf-8"), re.DOTALL)
