"""Charts of every kind: with figures of every status, and with texts that try to break out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from monitor.charts import (
    Area,
    Bar,
    Bars,
    Break,
    Bubble,
    Cell,
    Heading,
    Lane,
    Level,
    Matrix,
    Point,
    Portfolio,
    Reference,
    RegionMap,
    Revision,
    Span,
    Timeline,
    TimeSeries,
    boundary_map,
    interval_bars,
    matrix,
    portfolio,
    tile_map,
    time_series,
    timeline,
)
from monitor.charts.region_map import tiles
from monitor.format import Figure, Language
from reference.regions import regions, ruhr_kreise

HOSTILE = "<script>alert('x')</script> \"Müller & Söhne\" ]]> \x00\x08\u202e"
DAY = dt.date(2020, 3, 31)
NAMES = (
    "Gesundheitswesen", "Verkehr und Lagerei", "Baugewerbe", "Gastgewerbe", "Erziehung und Unterricht",
    "Information und Kommunikation", "Herstellung von Vorleistungsgütern", "Arbeitnehmerüberlassung",
    "Immobilien; freiberufliche, wissenschaftliche und technische Dienstleistungen", "Land- und Forstwirtschaft",
    "Öffentliche Verwaltung, Verteidigung, Sozialversicherung; exterritoriale Organisationen", "Metallindustrie",
    "Handel; Instandhaltung und Reparatur von Kraftfahrzeugen", "Heime und Sozialwesen", "Energieversorgung",
    "Finanz- und Versicherungsdienstleistungen", "Sonstige Dienstleistungen, private Haushalte", "Chemie", "Bergbau",
    "Sonstige wirtschaftliche Dienstleistungen (ohne Arbeitnehmerüberlassung)",
)  # fmt: skip


def bubble(name: str, growth: float, quotient: float, employees: float = 20_000, href: str = "") -> Bubble:
    quadrant = ("" if quotient <= 1 else "specialised_") + ("growing" if growth > 0 else "shrinking")
    size = Figure(employees, "persons", date=DAY, source="Regionalreport")
    return Bubble(name, Figure(growth, "growth"), Figure(quotient, "quotient"), size, quadrant, href)


def portfolio_of(*bubbles: Bubble) -> Portfolio:
    return Portfolio("Portfolio", "Nordrhein-Westfalen", dt.date(2019, 3, 31), DAY, bubbles)


def crowded(count: int) -> Portfolio:
    """Bubbles as close as they are in the Ruhr: most within 5 % of growth and half a quotient."""
    return portfolio_of(
        *(
            bubble(NAMES[n % len(NAMES)], ((7 * n) % 11 - 4) / 100, 0.7 + (5 * n % 13) / 20, 5_000 + 12_000 * (n % 7))
            for n in range(count)
        )
    )


def undetermined(name: str = "Geheimes") -> Bubble:
    return Bubble(
        name,
        growth=Figure(None, "growth", -0.02, 0.05),
        quotient=Figure(None, "quotient", 0.8, 1.3),
        employees=Figure(None, "persons", 10_000, 30_000, "suppressed"),
        quadrant="undetermined",
    )


def point(year: int, value: float | None, benchmark: float | None = None, **changes: Any) -> Point:
    day = dt.date(year, 12, 31)
    figure = Figure(value, "%", date=day, source="Tabelle 13211", **changes)
    return Point(figure, None if benchmark is None else Figure(benchmark, "%", date=day))


def series(*points: Point, **changes: Any) -> TimeSeries:
    return TimeSeries("Arbeitslosenquote", "Kreis Recklinghausen", "Nordrhein-Westfalen", points, **changes)


def full_series() -> TimeSeries:
    return series(
        point(2015, 10.2, 9.9),
        point(2016, 10.0, 9.7),
        point(2017, None, 9.1, status="suppressed"),
        point(2018, 9.2, 8.8, lower=8.5, upper=9.9),
        point(2019, None, 8.7, lower=7.5, upper=9.0, status="suppressed"),
        point(2020, 9.0, 8.8),
        point(2021, 8.8, 8.9),
        point(2022, 8.4, 8.3, status="provisional"),
        breaks=[Break(dt.date(2021, 1, 1), "Revision der Statistik")],
        revisions=[Revision(Figure(9.4, "%", date=dt.date(2020, 12, 31)), "Berichtigt am 10.04.2025.")],
        references=[
            Reference(Figure(9.6, "%", date=dt.date(2018, 12, 31)), "Ausgangswert 2018"),
            Reference(Figure(8.0, "%"), "Zielwert"),
        ],
    )


def kreise(*figures: Figure) -> RegionMap:
    """The 15 Kreise with these figures in turn."""
    ids = ruhr_kreise()
    return RegionMap(
        "Quote",
        [Area(each, regions()[each].name, figures[n % len(figures)], "kreis.html") for n, each in enumerate(ids)],
        "© GeoBasis-DE / BKG 2021",
    )


def persons() -> RegionMap:
    """Numbers too long for the tiles of a phone, over all classes."""
    exact = [Figure(100_000 + 200_000 * n, "persons") for n in range(5)]
    return kreise(*exact, Figure(None, "persons", 20_000, 240_000, "suppressed"))


def all_statuses() -> list[Figure]:
    return [
        Figure(6.6, "%", date=DAY),
        Figure(8.2, "%", 8.1, 8.3, date=DAY),
        Figure(12.1, "%", date=DAY),
        Figure(None, "%", 6.1, 11.2, "suppressed", DAY),
        Figure(None, "%", status="suppressed", date=DAY),
        Figure(None, "%", status="not_available", date=DAY),
        Figure(14.9, "%", date=DAY),
    ]


def squares() -> dict[str, list[list[tuple[float, float]]]]:
    """A square of a tenth of a degree per Kreis, in the order of the tiles."""
    outlines = {}
    for region_id, tile in tiles().items():
        west, north = 6.5 + tile.column / 10, 51.6 - tile.row / 10
        outlines[region_id] = [
            [(west, north), (west + 0.1, north), (west + 0.1, north - 0.1), (west, north - 0.1), (west, north)]
        ]
    return outlines


def bars() -> Bars:
    named = zip(NAMES, all_statuses(), strict=False)
    first, *rest = (Bar(name, figure, href="kreis.html") for name, figure in named)
    return Bars("Quote", [Bar(first.name, first.figure, Figure(9.0, "%"), "", True), *rest], Figure(7.5, "%"), "NRW")


def topics() -> Matrix:
    levels = [
        Level("pioneer", "Pionier", "full"),
        Level("potential", "Entwicklungspotenzial", "half"),
        Level("less", "Weniger im Fokus", "empty"),
    ]
    rows = [Heading(region_id, regions()[region_id].name, "kreis.html") for region_id in ruhr_kreise()]
    columns = [Heading(name, name) for name in ("Grüne Technologie", "Stadt", "Industrie", "IT", "Logistik", "Medizin")]
    cells = [
        Cell(
            row.id,
            column.id,
            (None, "pioneer", "potential", "less")[(n + m) % 4],
            "" if (n + m) % 4 else "nicht lesbar",
            "Text: führend" if n == 1 else "",
            "S3-Strategie 2021",
        )
        for n, row in enumerate(rows)
        for m, column in enumerate(columns)
    ]
    return Matrix("Themen", rows, columns, levels, cells)


def plan(today: dt.date = dt.date(2022, 6, 15)) -> Timeline:
    statuses = ("planned", "done", "postponed", "dropped")
    spans = [
        Span(name, dt.date(2021, 9 + n, 1), dt.date(2022, 3 + n, 28), status, "Action Plan")
        for n, (name, status) in enumerate(zip(NAMES, statuses, strict=False))
    ]
    steps = [Span("Datum des Plans", dt.date(2022, 2, 8), dt.date(2022, 2, 8), "step", "Teil III", "plan.html")]
    return Timeline("Zeitplan", [Lane("Regional Action Plan", spans), Lane("Prozess", steps)], today)


def boundaries(chart: RegionMap, language: Language, width: int) -> str:
    return boundary_map(chart, squares(), language, width)


Draw = Callable[[Any, Language, int], str]

#: Kind → the function that draws it and a chart with figures of every status.
EXAMPLES: dict[str, tuple[Draw, Any]] = {
    "portfolio": (portfolio, portfolio_of(*crowded(12).bubbles, undetermined(), bubble("Weit draußen", 1.45, 9.2))),
    "portfolio of 20": (portfolio, crowded(20)),
    "time series": (time_series, full_series()),
    "matrix": (matrix, topics()),
    "tile map": (tile_map, kreise(*all_statuses())),
    "tile map of persons": (tile_map, persons()),
    "boundary map": (boundaries, kreise(*all_statuses())),
    "bars": (interval_bars, bars()),
    "timeline": (timeline, plan()),
}


def hostile() -> dict[str, tuple[Draw, Any]]:
    """The same kinds, every text of them hostile."""
    figure = Figure(9.0, "%", date=DAY, source=HOSTILE)
    area = Area("05113", HOSTILE, figure, HOSTILE)
    heading = Heading("h", HOSTILE, HOSTILE)
    cell = Cell("h", "h", None, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    span = Span(HOSTILE, DAY, DAY, "planned", HOSTILE, HOSTILE)
    breaks = [Break(dt.date(2020, 6, 1), HOSTILE)]
    references = [Reference(Figure(8, "%", source=HOSTILE), HOSTILE)]
    revisions = [Revision(figure, HOSTILE)]
    points = [point(2019, 8), point(2020, 9)]
    named = portfolio_of(bubble(HOSTILE, 0.1, 1.2, href=HOSTILE))
    return {
        "portfolio": (portfolio, Portfolio(HOSTILE, HOSTILE, named.from_date, named.to_date, named.bubbles)),
        "time series": (
            time_series,
            TimeSeries(HOSTILE, HOSTILE, HOSTILE, points, breaks, revisions, references),
        ),
        "matrix": (matrix, Matrix(HOSTILE, [heading], [heading], [Level("l", HOSTILE, "full")], [cell])),
        "tile map": (tile_map, RegionMap(HOSTILE, [area], HOSTILE)),
        "boundary map": (boundaries, RegionMap(HOSTILE, [area], HOSTILE)),
        "bars": (interval_bars, Bars(HOSTILE, [Bar(HOSTILE, figure, figure, HOSTILE)], figure, HOSTILE)),
        "timeline": (timeline, Timeline(HOSTILE, [Lane(HOSTILE, [span])], DAY)),
    }


#: Kind → the same without a single figure.
EMPTY: dict[str, tuple[Draw, Any]] = {
    "portfolio": (portfolio, portfolio_of()),
    "time series": (time_series, series()),
    "matrix": (matrix, Matrix("Themen", [], [], [], [])),
    "tile map": (tile_map, RegionMap("Quote", [])),
    "boundary map": (boundaries, RegionMap("Quote", [])),
    "bars": (interval_bars, Bars("Quote", [])),
    "timeline": (timeline, Timeline("Zeitplan", [], DAY)),
}
