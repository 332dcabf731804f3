"""Which map a page has: boundaries with their credit line where a file of them came in, tiles else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

from monitor.charts import Area
from monitor.facts import Facts
from monitor.format import Figure
from monitor.pages.maps import region_picture
from monitor.view import View
from reference.regions import ruhr_kreise

CREDIT = {"attribution": "© Amt", "period": "2021"}


@dataclass
class Boundaries:
    """Stands for the facts: a strip of squares, each side of so many positions, neighbours sharing theirs."""

    positions: int = 10
    regions: list[str] = field(default_factory=lambda: sorted(ruhr_kreise()))

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [CREDIT] if "meta.delivery" in sql else [self._row(n, each) for n, each in enumerate(self.regions)]

    def _row(self, number: int, region_id: str) -> dict[str, Any]:
        west, steps = 6.5 + number / 10, [n / self.positions / 10 for n in range(self.positions)]
        ring = [
            *([west + step, 51.4] for step in steps),
            *([west + 0.1, 51.4 + step] for step in steps),
            *([west + 0.1 - step, 51.5] for step in steps),
            *([west, 51.5 - step] for step in steps),
            [west, 51.4],
        ]
        return {"region_id": region_id, "geometry": json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})}


def drawn(boundaries: Boundaries) -> str:
    areas = [Area(region_id, region_id, Figure(float(n), "%")) for n, region_id in enumerate(sorted(ruhr_kreise()))]
    picture = region_picture(View(cast(Facts, boundaries), "de"), "Quote", areas)
    assert picture
    return picture.draw(picture.chart, "de", 760)


def test_boundaries_are_drawn_with_their_credit() -> None:
    svg = drawn(Boundaries())
    assert "Grenzen: © Amt, Stand 2021" in svg
    assert svg.count('fill-rule="evenodd"') == 15


def test_without_all_boundaries_there_are_tiles() -> None:
    for regions in ([], sorted(ruhr_kreise())[:14]):
        svg = drawn(Boundaries(regions=regions))
        assert "Grenzen" not in svg
        assert "<rect" in svg


def test_fine_boundaries_are_drawn_as_light_as_coarse_ones() -> None:
    fine = drawn(Boundaries(positions=5000))
    assert fine.count('fill-rule="evenodd"') == 15
    assert len(fine) < 40_000


def test_no_figures_no_map() -> None:
    assert region_picture(View(cast(Facts, Boundaries()), "de"), "Quote", []) is None
