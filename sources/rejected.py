"""Why a file, or a part of it, was not accepted."""

from __future__ import annotations

from schemas.text import printable


class Rejected(Exception):  # noqa: N818 - what happened to the file, not an error of the program
    """A file does not say what its layout promises. It goes to quarantine; the rest goes on.

    expected    what should stand there
    found       what stands there (shortened)
    where       `Tabelle 2.3!D16`, `line 12, column 4`, or "" for the file as a whole
    hint        what a person can do about it
    """

    def __init__(self, *, expected: str, found: str, where: str = "", hint: str = "") -> None:
        self.expected = expected
        self.found = shorten(found)
        self.where = where
        self.hint = hint
        super().__init__(self.message)

    @property
    def message(self) -> str:
        place = f"at {self.where}: " if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}expected {self.expected}; found {self.found}.{hint}"


def shorten(text: str, limit: int = 200) -> str:
    """One line of at most `limit` characters that can be shown, for a message."""
    flat = printable(" ".join(text.split()))
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
