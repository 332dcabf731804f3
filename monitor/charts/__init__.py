"""Pictures as SVG text, drawn in Python without a charting library.

A charting library was weighed and left out: a site of some hundred pages has to be built in 8 seconds, every mark
needs its own accessible words and every unknown number its interval, and the strict Content-Security-Policy forbids
the inline styles and scripts that libraries write. What is left of a library then is the scale and the tick.

Each function takes a plain dataclass, the language and a width, and returns one `<svg>`; `responsive` gives the wide
and the narrow drawing for a page, `standalone` a file to download. Colours are classes of `assets/charts.css`.
"""

from __future__ import annotations

from monitor.charts.boundary_map import boundary_map
from monitor.charts.interval_bars import Bar, Bars, interval_bars
from monitor.charts.matrix import Cell, Heading, Level, Matrix, matrix
from monitor.charts.portfolio import portfolio
from monitor.charts.portfolio_field import Bubble, Portfolio
from monitor.charts.region_map import Area, RegionMap
from monitor.charts.series import Break, Point, Reference, Revision, TimeSeries
from monitor.charts.sparkline import sparkline
from monitor.charts.svg import NARROW, WIDE, responsive, standalone
from monitor.charts.tile_map import tile_map
from monitor.charts.time_series import time_series
from monitor.charts.timeline import Lane, Span, Timeline, timeline

__all__ = [
    "NARROW", "WIDE", "Area", "Bar", "Bars", "Break", "Bubble", "Cell", "Heading", "Lane", "Level", "Matrix", "Point",
    "Portfolio", "Reference", "RegionMap", "Revision", "Span", "TimeSeries", "Timeline", "boundary_map",
    "interval_bars", "matrix", "portfolio", "responsive", "sparkline", "standalone", "tile_map", "time_series",
    "timeline",
]  # fmt: skip
