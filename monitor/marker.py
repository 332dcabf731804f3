"""The file that tells a folder with a site from any other folder, and the release the site is of."""

from __future__ import annotations

import json
from pathlib import Path

MARKER = "site.json"


def marker(release_id: str, files: list[str]) -> bytes:
    """The content of the marker, with the files of the site."""
    return json.dumps({"release_id": release_id, "files": files}).encode()


def release_of_site(folder: Path) -> str | None:
    """The release whose pages a folder holds, None where it holds no site or a power cut took files of it."""
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        is_whole = all((folder / name).stat().st_size for name in found["files"])
        return str(found["release_id"]) if is_whole else None
    except (OSError, ValueError, LookupError, TypeError):
        return None
