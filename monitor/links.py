"""Relative addresses from one page: they work from a file share and below any address."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.texts import ENGLISH_FOLDER, Lang


@dataclass(frozen=True)
class Links:
    """path: of the page that links, below the folder of its language."""

    path: str
    lang: Lang

    @property
    def _up(self) -> str:
        return "../" * self.path.count("/")

    def url(self, path: str) -> str:
        """A page or download of the same language."""
        return self._up + path

    def site(self, path: str) -> str:
        """A file that both languages share."""
        return self._up + ("../" if self.lang == "en" else "") + path

    @property
    def twin(self) -> str:
        """The same page in the other language."""
        return self._up + (f"{ENGLISH_FOLDER}{self.path}" if self.lang == "de" else f"../{self.path}")
