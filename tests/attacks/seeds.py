"""The files that are mutated: the synthetic sample (every product) and, where they are at hand, the real files."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sources.arrived_file import ArrivedFile
from sources.catalogue import recognise
from sources.product import Decoded
from sources.rejected import Rejected
from sources.sample import write_sample
from tests.attacks.rereading import TextRow, TextTable, Workbook, decoded_text

#: Large files of one kind add time and no new layout.
MAX_BYTES = 1_300_000


@dataclass(frozen=True)
class Seed:
    """A file that is accepted as it is. `origin`: `sample` or `real`; `period` as its manifest states it."""

    origin: str
    name: str
    period: str
    content: bytes
    product_id: str
    decoded: Decoded

    def __str__(self) -> str:
        return f"{self.origin}/{self.name}"

    @property
    def is_workbook(self) -> bool:
        return self.content.startswith(b"PK")

    @cached_property
    def text(self) -> str:
        return decoded_text(self.content)

    @cached_property
    def table(self) -> TextTable:
        return TextTable(self.text)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Locators of all figures."""
        return frozenset(str(cells[-1]) for cells in self.decoded.observations)

    @cached_property
    def lines(self) -> frozenset[int]:
        """Lines with figures."""
        return frozenset(int(locator.split(",")[0].removeprefix("line ")) for locator in self.figures)

    @cached_property
    def width(self) -> int:
        """Cells of a data row."""
        return len(self.table.by_line[min(self.lines, default=1)].cells)

    @cached_property
    def header_rows(self) -> list[TextRow]:
        wide = [row for row in self.table.rows if len(row.cells) == self.width]
        if self.product_id != "genesis_datencsv":
            return wide[:1]
        return [row for row in wide if not row.cells[0].text.strip() and not row.cells[1].text.strip()]

    @cached_property
    def data_rows(self) -> list[TextRow]:
        head = self.header_rows[-1].line
        return [row for row in self.table.rows if row.line > head and len(row.cells) == self.width]

    @cached_property
    def monitored_rows(self) -> list[TextRow]:
        return [self.table.by_line[line] for line in sorted(self.lines)]

    @cached_property
    def book(self) -> Workbook:
        return Workbook(self.content)


def arrived(folder: Path, content: bytes, name: str, period: str) -> ArrivedFile:
    """The file as the pipeline hands it to a decoder: bytes under their hash, the name beside them."""
    path = folder / "arrived.bin"
    path.write_bytes(content)
    return ArrivedFile(path, name, period)


def seeds_by_product(real: Path | None, seed: int = 2020) -> dict[str, list[Seed]]:
    """All seeds by product id, in a stable order."""
    found: dict[str, list[Seed]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder)
        write_sample(sample, seed)
        for origin, root in (("sample", sample), ("real", real)):
            for file in _seeds(origin, root) if root else ():
                found.setdefault(file.product_id, []).append(file)
    return dict(sorted(found.items()))


def _seeds(origin: str, root: Path) -> Iterator[Seed]:
    with (root / "MANIFEST.csv").open(encoding="utf-8-sig", newline="") as manifest:
        rows = sorted(csv.DictReader(manifest), key=lambda row: row["path"])
    for row in rows:
        path = root / row["path"]
        if path.stat().st_size > MAX_BYTES:
            continue
        file = ArrivedFile(path, path.name, row["period"])
        try:
            product = recognise(file)
            decoded = product.decode(file)
        except Rejected:  # a file that is refused as it is has nothing to compare a mutant with
            continue
        yield Seed(origin, path.name, row["period"], path.read_bytes(), product.product_id, decoded)
