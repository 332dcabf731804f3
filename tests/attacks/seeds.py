"""The files that are mutated: the synthetic sample (every product) and, where they are at hand, the real files."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from reference.regions import ruhr_kreise
from reference.sectors import DIVISIONS, TOTAL, sectors
from sources.arrived_file import ArrivedFile
from sources.catalogue import recognise
from sources.destatis_wz_bridge import CODES, COUNTS, TITLES
from sources.product import Decoded
from sources.rejected import Rejected
from sources.sample import write_sample
from tests.attacks.rereading import TextRow, TextTable, Workbook, decoded_text

#: Files of one layout and source taken into one run: taken apart for mutation, all of them would fill the memory.
PER_LAYOUT = 2


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

    def forget(self) -> None:
        """Drop what was taken apart; it is taken apart again when it is needed."""
        for name in ("text", "table", "book", "header_rows", "data_rows", "monitored_rows"):
            self.__dict__.pop(name, None)

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


def seeds_by_product(real: Path | None, run: int = 1) -> dict[str, list[Seed]]:
    """Seeds by product id, in a stable order: of each layout a few, other ones in another run."""
    every = _all_seeds(real)
    return {product: _some_of_each_layout(found, Random(run)) for product, found in every.items()}


def _some_of_each_layout(seeds: list[Seed], random: Random) -> list[Seed]:
    by_layout: dict[tuple[object, ...], list[Seed]] = {}
    for seed in seeds:
        by_layout.setdefault((seed.origin, seed.decoded.source_id, seed.decoded.layout), []).append(seed)
    chosen = [random.sample(alike, min(len(alike), PER_LAYOUT)) for alike in by_layout.values()]
    return [seed for alike in chosen for seed in alike]


def _all_seeds(real: Path | None) -> dict[str, list[Seed]]:
    found: dict[str, list[Seed]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder)
        write_sample(sample)
        _write_what_the_sample_lacks(sample)
        for origin, root in (("sample", sample), ("real", real)):
            for file in _seeds(origin, root) if root else ():
                found.setdefault(file.product_id, []).append(file)
    return dict(sorted(found.items()))


def _write_what_the_sample_lacks(sample: Path) -> None:
    """Outlines of the Kreise of the Ruhr (squares), and a bridge that leads each division to itself."""
    features = [
        {
            "type": "Feature",
            "properties": {"ARS": kreis, "AGS": kreis, "GEN": f"Kreis {kreis}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 51.125], [x + 0.0625, 51.125], [x + 0.0625, 51.25], [x, 51.25], [x, 51.125]]],
            },
        }
        for x, kreis in ((6.5 + 0.0625 * number, kreis) for number, kreis in enumerate(ruhr_kreise()))
    ]
    collection = {"type": "FeatureCollection", "name": "vg5000_2021", "features": features}
    (sample / "ruhr15_vg5000_2021.geojson").write_text(json.dumps(collection, indent=1))
    divisions = sorted(sectors(DIVISIONS)[TOTAL].divisions)
    head = ",".join([*CODES, *TITLES, *COUNTS])
    rows = [f"{division},{division},Abteilung {division},Abteilung {division},3,1" for division in divisions]
    (sample / "bridge.csv").write_text("\n".join([head, *rows, ""]))
    with (sample / "MANIFEST.csv").open("a") as manifest:
        manifest.write("".join(f"{name}{',' * 11}\n" for name in ("ruhr15_vg5000_2021.geojson", "bridge.csv")))


def _seeds(origin: str, root: Path) -> Iterator[Seed]:
    with (root / "MANIFEST.csv").open(encoding="utf-8-sig", newline="") as manifest:
        rows = sorted(csv.DictReader(manifest), key=lambda row: row["path"])
    for row in rows:
        path = root / row["path"]
        file = ArrivedFile(path, path.name, row["period"])
        try:
            product = recognise(file)
            decoded = product.decode(file)
        except Rejected:  # a file that is refused as it is has nothing to compare a mutant with
            continue
        yield Seed(origin, path.name, row["period"], path.read_bytes(), product.product_id, decoded)
