"""How a run dies: runs a function in a forked process that ends at a chosen moment, as by `kill -9` or a power cut.

The parent has imported everything, so that a run costs no start-up; it never opens a database itself.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from warehouse.code_version import code_version

#: Changes to the file system that Python code makes by these names, and those that DuckDB's files get through them.
CHANGES = ("replace", "rename", "link", "unlink", "rmdir", "mkdir", "chmod", "fsync")


@dataclass(frozen=True)
class Death:
    """When a run dies: after so many CPU seconds, before the n-th change, or before or after the n-th call of a step.

    power_cut: what was written and not flushed to the disk is empty then, though renamed.
    """

    seconds: float = 0
    change: int = 0
    step: str = ""
    call: int = 1
    is_after: bool = False
    power_cut: bool = False

    def __str__(self) -> str:
        how = "power cut" if self.power_cut else "killed"
        if self.seconds:
            return f"{how} after {self.seconds:.2f} s of CPU"
        if self.change:
            return f"{how} before change {self.change}"
        return f"{how} {'after' if self.is_after else 'before'} {self.step}" + (
            f" {self.call}" if self.call > 1 else ""
        )


LIVES = Death()


@dataclass(frozen=True)
class Ended:
    """Exit code, negative for a signal; `result` of the function where it came to its end; what it printed."""

    code: int
    result: Any
    output: str


def preload(settings: dict[str, str]) -> None:
    """Import what a refresh with these settings needs, so that forked processes have it."""
    names = ["jinja2", "pandas", "pandera.pandas", "python_calamine", "flows.cli", "flows.refresh"]
    names += ["quality.validation", "sources.catalogue"]
    names += ["great_expectations"] if settings["S3MONITOR_EXPECTATIONS"] == "true" else []
    names += ["monitor.site"] if settings["S3MONITOR_SITE"] == "true" else []
    for name in names:
        import_module(name)
    code_version()


def in_child(function: Callable[[], Any], log: Path, environment: dict[str, str] | None = None) -> Ended:
    """Run a function in a forked process and wait for it."""
    answer, question = os.pipe()
    child = os.fork()
    if not child:
        os.close(answer)
        code = 70
        try:
            _redirect(log)
            os.environ.update(environment or {})
            code, result = 0, function()
            with os.fdopen(question, "wb") as pipe:
                pickle.dump(result, pipe)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 the parent learns it from the code and the log
            traceback.print_exc()
            code = 70
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(question)
    with os.fdopen(answer, "rb") as pipe:
        pickled = pipe.read()
    _, status = os.waitpid(child, 0)
    result = pickle.loads(pickled) if pickled else None
    return Ended(os.waitstatus_to_exitcode(status), result, log.read_text(errors="replace"))


def _redirect(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(handle, stream)


class Doom:
    """Lets the process it is made in die as a Death says; in `root` a power cut empties what was not flushed."""

    def __init__(self, death: Death, root: Path) -> None:
        self.death, self.root = death, root
        self.changes = 0
        self.flushed: set[int] = set()
        self.known = {path.stat().st_ino for path in _files(root)} if death.power_cut else set()
        if death.seconds:
            # the default action for SIGPROF ends the process as SIGKILL does, at a moment of its own CPU time
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, death.seconds)
        self._count_changes()
        if death.step:
            self._watch_step()

    def die(self) -> None:
        if self.death.power_cut:
            for path in _files(self.root):
                if path.stat().st_ino not in self.known | self.flushed:
                    with suppress(OSError):
                        path.chmod(0o644)
                        os.truncate(path, 0)
        os.kill(os.getpid(), signal.SIGKILL)

    def _count_changes(self) -> None:
        for name in CHANGES:
            setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.changes += 1
            if self.changes == self.death.change:
                self.die()
            done = change(*arguments, **options)
            if name == "fsync":
                self.flushed.add(os.fstat(arguments[0]).st_ino)
            return done

        return call

    def _watch_step(self) -> None:
        from flows import steps
        from warehouse import release

        module: Any = release if hasattr(release, self.death.step) and self.death.step == "tidy" else steps
        step, calls = getattr(module, self.death.step), [0]

        def call(*arguments: Any, **options: Any) -> Any:
            calls[0] += 1
            is_it = calls[0] == self.death.call
            if is_it and not self.death.is_after:
                self.die()
            result = step(*arguments, **options)
            if is_it:
                self.die()
            return result

        call.__name__ = self.death.step
        setattr(module, self.death.step, call)


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
