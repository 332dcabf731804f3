"""Builds the static site of a release: every page in both languages, downloads, Parquet; swapped in as a whole."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.downloads import DATA_DOCS, DOWNLOADS
from monitor.facts import Facts
from monitor.marker import MARKER, marker
from monitor.page import Page
from monitor.pages import BUILDERS, NAVIGATION
from monitor.render import ASSETS, Renderer, environment
from monitor.texts import LANGS
from monitor.view import View
from warehouse.code_version import code_version
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder, sync_file
from warehouse.diff import Diff, diff, release_before
from warehouse.export import write_parquet
from warehouse.release import RELEASE_ID
from warehouse.swap import replacing

#: What a site without a list of its files can hold.
_WITHOUT_LIST = re.compile(r"[\w/+-]+(\.[\w+-]+)*\.(html|css|js|svg|csv|json|parquet)")


class SiteError(Exception):
    """The site cannot be written; the message says why and what to do."""


class PageClashError(Exception):
    """Two pages or exhibits want the same file."""


@dataclass(frozen=True)
class Summary:
    """What was built. bytes_largest_page: without downloads."""

    out: Path
    release_id: str
    pages: int
    files: int
    largest_page: str
    bytes_largest_page: int
    seconds: float


def build_site(data: DataFolder, out: Path) -> Summary:
    """Write the site of the published release to `out`; a reader sees the old site whole or the new one whole.

    Raises NothingPublishedError where there is no release, SiteError where `out` holds something other than a site, or
    an older version of the program made the release and the pages need what it did not write.
    """
    started = time.monotonic()
    _refuse_other_folder(out.resolve(), data)
    with _older_release_explained(data):
        sizes, release_id = _build(data, out.resolve())
    pages = {path: size for path, size in sizes.items() if path.endswith(".html")}
    largest = max(pages, key=lambda path: pages[path])
    seconds = time.monotonic() - started
    return Summary(out, release_id, len(pages), len(sizes), largest, pages[largest], seconds)


def _build(data: DataFolder, out: Path) -> tuple[dict[str, int], str]:
    """Sizes of pages and downloads by path, and the release they are of."""
    with replacing(out) as building:
        with closing(open_published(data.published)) as connection:
            release_id = Facts(connection).release.release_id
            published = _file_of(data, release_id)
            data_docs = data.quality / "data-docs" / release_id / "index.html"
            facts = Facts(connection, _changes(data, published), has_data_docs=data_docs.is_file())
            sizes = _write_pages(facts, building)
        write_parquet(published, building / DOWNLOADS / "parquet")
        if facts.has_data_docs:
            shutil.copyfile(data_docs, building / DATA_DOCS)
        shutil.copytree(ASSETS, building / "assets")
        _write(building / MARKER, marker(release_id, _files_in(building)))
        sync_file(building / MARKER)  # it lists the rest: what a power cut took is known by it, and built again
    return sizes, release_id


@contextmanager
def _older_release_explained(data: DataFolder) -> Iterator[None]:
    """Say so where a table or column is missing because another version of the program made the release."""
    import duckdb

    try:
        yield
    except (duckdb.Error, KeyError) as error:
        with closing(open_published(data.published)) as connection:
            (made_by,) = connection.execute("SELECT any_value(code_version) FROM meta.release").fetchall()[0]
        if made_by == code_version():
            raise
        raise SiteError(
            f"The published release was made by version {made_by} of the program; the pages of this version"
            f" ({code_version()}) need a release of their own. Run: s3monitor refresh"
        ) from error


def _file_of(data: DataFolder, release_id: str) -> Path:
    """The file of a release under its own name: a refresh may publish the next one while the pages are built."""
    kept = data.releases / f"{release_id}.duckdb"
    return kept if kept.exists() else data.published


def _changes(data: DataFolder, published: Path) -> Diff | None:
    """What changed since the release before, None where there is none to compare with."""
    before = release_before(data, published)
    return diff(before, published) if before else None


def _write_pages(facts: Facts, folder: Path) -> dict[str, int]:
    """Write pages and downloads of both languages; returns the size of each by path."""
    jinja = environment()
    sizes: dict[str, int] = {}
    for lang in LANGS:
        view = View(facts, lang)
        pages = [page for builder in BUILDERS for page in builder(view)]
        renderer = Renderer(jinja, view, _sections(pages))
        for path, content in _files(renderer, pages):
            if path in sizes:
                raise PageClashError(f"Two pages or exhibits write {path}: give one of them another path or slug.")
            _write(folder / path, content)
            sizes[path] = len(content)
    return sizes


def _files(renderer: Renderer, pages: list[Page]) -> Iterator[tuple[str, bytes]]:
    for page in pages:
        yield from renderer.files(page)


def _sections(pages: list[Page]) -> list[tuple[str, str]]:
    """Entries of the navigation that have a page."""
    paths = {page.path for page in pages}
    return [(section, path) for section, path in NAVIGATION if path in paths]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _refuse_other_folder(out: Path, data: DataFolder) -> None:
    if out == data.site.resolve():
        strange = [] if _marked(out) is not None else _strange_files(out)  # all of it is the monitor's own
    elif data.is_own(out):
        raise SiteError(f"{out} is, holds or lies in the data folder {data.root}. Choose another folder with --out.")
    else:
        strange = _strange_files(out)
    if strange:
        raise SiteError(
            f"{out} holds something other than a site of this monitor ({', '.join(strange[:3])}), and would be "
            f"replaced. Choose an empty or new folder with --out."
        )


def _strange_files(out: Path) -> list[str]:
    """Files in the place of a site that no build of ours has put there."""
    if not out.is_dir():
        return [out.name] if out.exists() else []
    found, listed = _files_in(out), _marked(out)
    if listed is None:
        return found
    return sorted(set(found) - {*listed, MARKER})


def _files_in(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir() or p.is_symlink())


def _marked(out: Path) -> list[str] | None:
    """The files that the marker of a site lists, None where there is no marker of ours."""
    try:
        found = json.loads((out / MARKER).read_text(encoding="utf-8"))
        if not RELEASE_ID.fullmatch(found["release_id"]):
            return None
        # sites of versions that listed none: what they hold is told by its kind
        return [str(name) for name in found.get("files", filter(_WITHOUT_LIST.fullmatch, _files_in(out)))]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # no such file, or somebody else's
        return None
