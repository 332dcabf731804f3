"""Wrong but plausible: plants errors of meaning and counts how many a refresh tells.

    python -m tests.attacks.plausible [--only WORD]

Real files are read from S3MONITOR_REAL_FILES. An error counts as seen where its refresh has a finding that the same
refresh with the clean file has not, and that names what is wrong and where. Remarks that something changed (a revision,
another size, another layout, a light) never count.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.attacks.figures import Figures
from tests.attacks.semantic_errors import BASES, ERRORS, Base, SemanticError, as_it_is, opened, saved

#: They say that something changed, not that it is wrong.
GENERIC = {"revised_values", "size_of_edition", "layout_changed", "light_changed", "mart_shrinks"}
#: What a manifest says of a file; the checksum is left out, as files are changed here.
_SAID = (
    "source",
    "publisher",
    "product",
    "period",
    "published_on",
    "retrieved_on",
    "licence",
    "origin",
    "is_synthetic",
)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Seen:
    """What a refresh told of an error: the check and the finding, "" where nothing."""

    error: SemanticError
    check: str = ""
    text: str = ""
    nearest: tuple[str, ...] = ()


@dataclass
class Workshop:
    """Folders of a campaign: files at hand, releases of the clean files, findings of clean refreshes."""

    folder: Path
    real: Path | None
    sample: Path | None = None
    _runs: int = 0
    _clean: dict[tuple[Any, ...], dict[str, str]] = field(default_factory=dict)

    def files(self, base: Base) -> Path:
        if not base.synthetic:
            assert self.real, "this error is planted into real files"
            return self.real
        if self.sample is None:
            from sources.sample import write_sample

            self.sample = self.folder / "sample"
            write_sample(self.sample)
        return self.sample

    def published(self, name: str) -> Path:
        """A data folder with a release of the clean files of a base; copy it, do not write to it."""
        folder = self.folder / "bases" / re.sub(r"\W+", "_", name)
        if not folder.exists():
            base, inbox = BASES[name], self.folder / "inbox of a base"
            for path in _matching(self.files(base), base):
                content = (self.files(base) / path).read_bytes()
                _write(inbox / path, _a_year_earlier(path, content) if _matches(path, base.newest) else content)
            _declare(inbox, self.files(base), earlier=base.newest)
            assert _refresh(folder, inbox), f"the clean files of “{name}” were not published"
            shutil.rmtree(inbox)
        return folder

    def findings_after(self, error: SemanticError, *, clean: bool) -> dict[str, str]:
        """Findings (id → everything they say) once the files of an error have arrived, as they are or as planted."""
        key = (error.base, *error.arrives) if clean else ()
        if clean and key in self._clean:
            return self._clean[key]
        # a place of its own: what is archived never changes, so the program remembers it by its path
        self._runs += 1
        data, inbox = self.folder / f"data {self._runs}", self.folder / f"inbox {self._runs}"
        shutil.copytree(self.published(error.base), data)
        base = BASES[error.base]
        source = self.files(base)
        inbox.mkdir()
        if not (clean and error.only_wrong):
            for path, plant in error.arrives.items():
                original = (source / path).read_bytes()
                planted = original if clean else plant(original, lambda other: (source / other).read_bytes())
                if not clean and plant is not as_it_is:
                    assert planted != original, f"{error.name}: nothing was planted into {path}"
                _write(inbox / path, planted)
            for name, content in ({} if clean else error.officers or {}).items():
                _write(data / "strategy" / name, content.encode())
        # nobody declared a file that is an error as such: only that it is synthetic, where it is
        nothing = dict.fromkeys(_SAID[:-1], "") if error.only_wrong else {}
        _declare(inbox, source, manifest=nothing if clean else {**nothing, **(error.manifest or {})})
        _refresh(data, inbox)
        findings = _findings(data)
        shutil.rmtree(data)
        shutil.rmtree(inbox)
        if clean:
            self._clean[key] = findings
        return findings


def judge(workshop: Workshop, error: SemanticError) -> Seen:
    """Whether the refresh told of the error, by the first new finding that names what is wrong and where."""
    known = {**_findings(workshop.published(error.base)), **workshop.findings_after(error, clean=True)}
    wrong = workshop.findings_after(error, clean=False)
    new = {i: said for i, said in wrong.items() if known.get(i) != said and said.split(" ", 1)[0] not in GENERIC}
    told = next((said for said in new.values() if all(re.search(pattern, said) for pattern in error.says)), "")
    check, _, text = told.partition(" ")
    return Seen(error, check, text, tuple(said[:300] for said in new.values()))


def real_files() -> Path | None:
    """The folder of the publishers' real files, None where there is none."""
    folder = Path(os.environ.get("S3MONITOR_REAL_FILES", ROOT.parent / "shared" / "real"))
    return folder if (folder / "MANIFEST.csv").is_file() else None


def main() -> None:
    """Judges all errors and prints a table in Markdown."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--only", default="", help="errors whose name or source holds this word")
    chosen = arguments.parse_args()
    os.environ["S3MONITOR_SITE"] = "false"
    real = real_files()
    if real is None:
        raise SystemExit("no real files: point S3MONITOR_REAL_FILES at a folder with a MANIFEST.csv")
    errors = [e for e in ERRORS if chosen.only.lower() in f"{e.name} {e.source} {e.base}".lower()]
    started, cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="plausible-") as folder:
        workshop, results = Workshop(Path(folder), real), []
        for error in errors:
            seen = judge(workshop, error)
            results.append(seen)
            told = seen.check or f"MISSED {' | '.join(seen.nearest)}"
            sys.stderr.write(f"{len(results):>3} {error.source}: {error.name}: {told}\n")
            sys.stderr.flush()
    spent = f"{time.process_time() - cpu:.0f} s CPU, {time.monotonic() - started:.0f} s"
    caught = sum(bool(seen.check) for seen in results)
    sys.stdout.write(f"{table(results)}\n\n{caught} of {len(results)} seen ({spent}).\n")


def table(results: list[Seen]) -> str:
    lines = ["| # | error | planted in | seen by | what it says, or why it is not seen |", "|---|---|---|---|---|"]
    for place, seen in enumerate(results, start=1):
        said = seen.text if seen.check else seen.error.missed or "not known yet"
        cells = (str(place), seen.error.name, seen.error.source, f"`{seen.check}`" if seen.check else "–", said[:160])
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines)


# --- folders --------------------------------------------------------------------------------------


def _matching(folder: Path, base: Base) -> Iterator[str]:
    for path in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()):
        wanted = [pattern for pattern in base.files if not pattern.startswith("!")]
        unwanted = [pattern[1:] for pattern in base.files if pattern.startswith("!")]
        if _matches(path, wanted) and not _matches(path, unwanted):
            yield path


def _matches(path: str, patterns: Any) -> bool:
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def _a_year_earlier(path: str, content: bytes) -> bytes:
    """The file without its newest year, month or column: as the edition before had it."""
    if path.endswith(".xlsx"):
        book = opened(content)
        sheet = book.worksheets[0]
        column = max(cell.column for cell in sheet[14] if isinstance(cell.value, int | float) and cell.value)
        if "Quoten" in path or sheet.title == "Übersicht_Kreise":  # a month to come: 0 or three points
            for row in range(12, sheet.max_row + 1):
                if isinstance(sheet.cell(row, column).value, int | float):
                    sheet.cell(row, column).value = "..." if "Quoten" in path else 0
        else:
            sheet.delete_cols(column)
        return saved(book)
    figures = Figures(content)
    years = {key: max(re.findall(r"\d{4}", key.time), default="") for key in figures}
    newest = max(years.values())
    figures.drop(lambda key: years[key] == newest)
    return figures.content()


def _declare(inbox: Path, source: Path, *, earlier: Any = (), manifest: Mapping[str, str] | None = None) -> None:
    """A MANIFEST.csv with what that of `source` says of the files, which `manifest` overrides.

    earlier  patterns of files that came a year before those of `source`
    """
    with (source / "MANIFEST.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["path"]: row for row in csv.DictReader(file)}
    rows = []
    for path in sorted(p.relative_to(inbox).as_posix() for p in inbox.rglob("*") if p.is_file()):
        row = {name: known.get(path, {}).get(name) or "" for name in _SAID}
        if _matches(path, earlier):
            row |= {"period": ""} | {day: _year_before(row[day]) for day in ("published_on", "retrieved_on")}
        rows.append({"path": path, **row, **(manifest or {})})
    if rows:
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=["path", *_SAID])
        writer.writeheader()
        writer.writerows(rows)
        _write(inbox / "MANIFEST.csv", text.getvalue().encode())


def _year_before(day: str) -> str:
    return f"{int(day[:4]) - 1}{day[4:]}" if day else ""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _refresh(folder: Path, inbox: Path) -> bool:
    from flows.refresh import refresh
    from warehouse.data_folder import DataFolder

    return refresh(DataFolder(folder), [inbox]).published


def _findings(folder: Path) -> dict[str, str]:
    """Findings that are open or hold the release back: id → check, text, regions, dates, file."""
    from quality.ledger import findings_of, held
    from warehouse.connect import open_published
    from warehouse.data_folder import DataFolder

    data = DataFolder(folder)
    with open_published(data.published) as connection:
        names = dict(connection.execute("SELECT delivery_id, file_name FROM meta.delivery").fetchall())
    told = {}
    for finding_id, row in {**findings_of(data.published), **held(data)}.items():
        if row["state"] != "fixed":
            where = [*(row["region_ids"] or ()), *map(str, row["dates"] or ()), names.get(row["delivery_id"], "")]
            told[finding_id] = " ".join((row["check_id"], row["text_en"], *where))
    return told


if __name__ == "__main__":
    main()
