"""Breitbandatlas: coverage of households and businesses by rate, and mobile coverage by land use, as CSV.

These layouts hold nothing but keys and figures: there is no room to mark them as a sample.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from reference.regions import NRW, nrw_kreise
from sources.sample.sample_file import BNETZA, SampleFile
from sources.sample.world import World

RATES = (1, 2, 6, 8, 10, 16, 30, 50, 100, 200, 400, 1000)
LAENDER = tuple(f"{number:02}" for number in range(1, 17))

#: Column → rates, in the order of the columns.
Layout = dict[str, tuple[int, ...]]
HOUSEHOLDS_2020: Layout = {
    "300": RATES, "100": RATES, "200": (1, 2, 6), "dsl": RATES[:10], "catv": RATES,
    "ftth": (100, 200, 400, 1000), "umts": (1,), "lte": (2, 6),
}  # fmt: skip
HOUSEHOLDS_2021: Layout = {
    "300": RATES, "100": RATES, "200": (1, 2, 6, 10), "dsl": RATES[:10], "catv": RATES,
    "ftth": (100, 200, 400, 1000), "lte": (2, 6, 10), "5g": (2,),
}  # fmt: skip
BUSINESSES_2020: Layout = {"100": RATES, "dsl": RATES[:10], "catv": RATES, "ftth": (100, 200, 400, 1000)}
PUBLISHED_AFTER = dt.timedelta(days=150)
#: Edition (year and half, as in the file name) → layout of its households.
EDITIONS = {"2020_1": HOUSEHOLDS_2020, "2020_2": HOUSEHOLDS_2020, "2021_1": HOUSEHOLDS_2021}

MOBILE_TECHNOLOGIES = ('"5G2"', "LTE10", "LTE2", "LTE6", "Mobil Alle")
#: Kind of area → its group; the first two are not found in every Kreis.
AREA_KINDS = {
    "Autobahn": "30;Infrastruktur", "Wasserstraßen": "30;Infrastruktur", "Bahnstrecken": "30;Infrastruktur",
    "Bundesstraßen": "30;Infrastruktur", "Gewässer": "20;Gemeindefläche",
    "Gewerbliche Nutzfläche": "20;Gemeindefläche", "Kreisstraßen": "30;Infrastruktur",
    "Landstraßen": "30;Infrastruktur", "Landwirtschaftliche Flächen": "20;Gemeindefläche",
    "Wald-, Wiesenflächen": "20;Gemeindefläche", "Wohnbaufläche": "20;Gemeindefläche",
}  # fmt: skip


def files(world: World) -> Iterator[SampleFile]:
    for edition in EDITIONS:
        yield from households(world, edition)
    yield businesses(world, "2020_2")
    yield mobile(world, "2021_1")


def households(world: World, edition: str) -> list[SampleFile]:
    """The three files of an edition: Kreise (of NRW), Länder, Germany."""
    layout = EDITIONS[edition]
    kreise = {ags: _coverage(world, ags, edition, layout) for ags in nrw_kreise()}
    people = [world.population(ags, 2020) for ags in nrw_kreise()]
    laender = {code: _coverage(world, code, edition, layout) for code in LAENDER}
    laender[NRW] = [
        sum(n * share for n, share in zip(people, column, strict=True)) / sum(people)
        for column in zip(*kreise.values(), strict=True)
    ]
    tables = {
        "landkreis": ("ags", {f'"{ags}"': row for ags, row in kreise.items()}),
        "bundesland": ("ags", {f'"{code}"': row for code, row in laender.items()}),
        "deutschland": ("staat", {"Deutschland": _coverage(world, "DE", edition, layout)}),
    }
    return [
        _file(f"{level}_privat_{edition}", _table(key, layout, rows), "Breitbandverfügbarkeit private Haushalte")
        for level, (key, rows) in tables.items()
    ]


def businesses(world: World, edition: str) -> SampleFile:
    rows = {f'"{ags}"': _coverage(world, f"{ags} businesses", edition, BUSINESSES_2020) for ags in nrw_kreise()}
    content = _table("ags", BUSINESSES_2020, rows)
    return _file(f"landkreis_gew_{edition}", content, "Breitbandverfügbarkeit Gewerbe", "bnetza_breitbandatlas_gewerbe")


def mobile(world: World, edition: str) -> SampleFile:
    lines = ['"AGS";"Technologie";"Flaechenart";"Flaechen Gruppe";"Flaechen Gruppe Name";"Verfügbarkeit"']
    for ags in nrw_kreise():
        missing = list(AREA_KINDS)[: int(world.draw("missing areas", ags, 0, 3))]
        for technology in MOBILE_TECHNOLOGIES:
            for kind, group in AREA_KINDS.items():
                if kind not in missing:
                    share = _mobile_share(world, ags, technology, kind)
                    lines.append(f'"{ags}";{technology};{kind};{group};{share:.2f}')
    content = "\n".join(lines) + "\n"
    return _file(f"landkreis_mobilfunk_stats_{edition}", content, "Mobilfunkversorgung", "bnetza_mobilfunk")


def _mobile_share(world: World, ags: str, technology: str, kind: str) -> float:
    """% of an area; a higher rate or the newer technology never covers more than a lower or the older one."""
    share = world.draw(f"mobile {kind}", ags, 98.5, 100)
    losses = {"5G2": ("5G2",), "LTE6": ("LTE6",), "LTE10": ("LTE6", "LTE10")}
    return share - sum(
        world.draw(f"{loss} {kind}", ags, 0, 16 if loss == "5G2" else 0.7) for loss in losses.get(technology, ())
    )


def _coverage(world: World, region: str, edition: str, layout: Layout) -> list[float]:
    """% of customers for each column; never rising with the rate, rising from edition to edition."""
    year, half = map(int, edition.split("_"))
    half_years = (year - 2020) * 2 + half - 1
    fibre = world.draw("ftth", region, 3, 30) + 1.5 * half_years
    cable = max(world.draw("catv", region, 35, 90), fibre)
    dsl = world.draw("dsl", region, 93, 99)
    mobile = world.draw("mobile", region, 98, 100)

    def share(group: str, rate: int) -> float:
        of_dsl = dsl * (1 - min(rate, 250) / 500)
        of_cable = (cable * (0.9 if rate == 1000 else 1)) + half_years / 2
        wired = min(100.0, max(of_dsl, of_cable, fibre) + 0.5)
        if group in ("dsl", "catv", "ftth"):
            return min(100.0, {"dsl": of_dsl, "catv": of_cable, "ftth": fibre}[group])
        if group in ("100", "300"):
            return max(wired, mobile) if group == "300" and rate <= 6 else wired
        return mobile - (60 if group == "5g" else rate / 10)

    return [share(group, rate) for group, rates in layout.items() for rate in rates]


def _table(key: str, layout: Layout, rows: dict[str, list[float]]) -> str:
    header = [key, *(f"verf_{group}_{rate}" for group, rates in layout.items() for rate in rates)]
    lines: Iterable[str] = (";".join((code, *(f"{share:.2f}" for share in row))) for code, row in rows.items())
    return "\n".join((";".join(f'"{name}"' for name in header), *lines)) + "\n"


def _file(name: str, content: str, product: str, source_id: str = "bnetza_breitbandatlas") -> SampleFile:
    year, half = name.split("_")[-2:]
    period = dt.date(int(year), 6, 30) if half == "1" else dt.date(int(year), 12, 31)
    return SampleFile(
        path=f"bnetza/breitbandatlas/{name}.csv",
        content=content.encode(),
        source_id=source_id,
        publisher=BNETZA,
        product=product,
        period=period.isoformat(),
        retrieved_on=period + PUBLISHED_AFTER,
    )
