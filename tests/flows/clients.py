"""Other programs that read the published file: the DuckDB command line and R."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.conftest import ROOT, environment


def duckdb_program() -> str:
    """The DuckDB command line, which comes with the package duckdb-cli."""
    found = shutil.which("duckdb", path=str(Path(sys.executable).parent)) or shutil.which("duckdb")
    if found is None:
        pytest.skip("no DuckDB command line here (package duckdb-cli)")
    return found


def for_r(folder: Path) -> Path:
    """A working folder with the documents, for R with the DuckDB command line."""
    if shutil.which("Rscript") is None:
        pytest.skip("no R here (Debian: apt-get install r-base-core)")
    (folder / "docs").symlink_to(ROOT / "docs")
    return folder


def r_command(code: str, folder: Path, *arguments: object) -> tuple[list[str], dict[str, str]]:
    """(command, environment) to run R code in a folder."""
    script = folder / "script.R"
    script.write_text(code, encoding="utf-8")
    program = Path(duckdb_program())
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return ["Rscript", "--vanilla", str(script), *map(str, arguments)], environment(PATH=path, LC_ALL="C.UTF-8")


def r(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command, environ = r_command(code, folder)
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done
