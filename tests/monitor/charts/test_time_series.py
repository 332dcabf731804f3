"""Time series: no line where there is no number, no line across a break, and every vintage in sight."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.charts import NARROW, WIDE, Break, Point, TimeSeries, sparkline, time_series
from monitor.format import Figure
from tests.monitor.charts.examples import full_series, point, series
from tests.monitor.charts.reading import Drawing


def drawn(chart: TimeSeries, width: int = WIDE) -> Drawing:
    return Drawing(time_series(chart, "de", width))


def joined(drawing: Drawing, class_: str = "c-region") -> list[int]:
    """How many points each line of the region joins."""
    return [path.get("d", "").count("L") + 1 for path in drawing.all(class_) if path.tag.endswith("path")]


def test_points_in_a_row_are_joined() -> None:
    assert joined(drawn(series(*(point(year, year - 2010) for year in range(2015, 2021))))) == [6]


@pytest.mark.parametrize("value", [None])
def test_a_missing_value_is_a_gap_with_a_mark(value: None) -> None:
    drawing = drawn(series(point(2015, 5), point(2016, 6), point(2017, value), point(2018, 7), point(2019, 8)))
    assert joined(drawing) == [2, 2]
    assert drawing.all("c-missing")
    assert "kein Wert" in drawing.words


def test_missing_years_are_a_gap() -> None:
    assert joined(drawn(series(point(2010, 5), point(2011, 6), point(2012, 6), point(2020, 9), point(2021, 9)))) == [
        3,
        2,
    ]


def test_a_line_never_runs_across_a_break() -> None:
    points = [point(year, 5 + year % 3, 4) for year in range(2015, 2021)]
    drawing = drawn(series(*points, breaks=[Break(dt.date(2018, 1, 1), "Zensus 2022")]))
    assert joined(drawing) == [3, 3]
    assert joined(drawing, "c-benchmark") == [3, 3]
    assert len(drawing.all("c-break")) == 1
    assert "Zensus 2022" in drawing.words


def test_a_break_outside_the_series_is_not_drawn() -> None:
    chart = series(point(2015, 5), point(2016, 6), breaks=[Break(dt.date(2015, 12, 31), "Beginn")])
    assert not drawn(chart).all("c-break")


def test_unknown_values_are_bars_between_their_bounds() -> None:
    drawing = drawn(series(point(2015, 5), point(2016, None, lower=4, upper=7, status="suppressed")))
    (low, high) = (Figure(None, "%", 4, 7, "suppressed", dt.date(2016, 12, 31)), drawing.all("c-range")[0])
    assert low.is_interval
    assert float(high.attrib["height"]) > 20
    assert any("4,0 bis 7,0\u00a0%, geheim gehalten, 31.12.2016" in words for words in drawing.marks)


def test_an_interval_without_an_upper_bound_ends_in_an_arrow() -> None:
    drawing = drawn(series(point(2015, 5), point(2016, None, lower=4)))
    assert drawing.all("c-range")
    assert drawing.all("c-arrow")


def test_an_interval_that_says_nothing_is_missing() -> None:
    drawing = drawn(series(point(2015, 5), point(2016, None, lower=0, status="estimated")))
    assert not drawing.all("c-range")
    assert drawing.all("c-missing")


def test_provisional_values_are_open() -> None:
    drawing = drawn(series(point(2015, 5), point(2016, 6, status="provisional")))
    assert len(drawing.all("c-open")) == 2  # the point and its key
    assert "vorläufig" in drawing.words


def test_revisions_and_references_are_marks_of_their_own() -> None:
    drawing = drawn(full_series())
    said = "\n".join(drawing.marks)
    assert "Früher veröffentlicht: 9,4\u00a0%, 31.12.2020. Berichtigt am 10.04.2025." in said
    assert "Ausgangswert 2018: 9,6\u00a0%" in said
    assert "Zielwert: 8,0\u00a0%" in said
    assert drawing.all("c-former")
    assert drawing.all("c-reference")
    assert drawing.all("c-reference-line")


def test_a_point_says_the_benchmark_too() -> None:
    (words,) = drawn(series(point(2020, 9.83, 7.5))).marks
    assert words == (
        "Kreis Recklinghausen: 9,8\u00a0%, 31.12.2020. Quelle: Tabelle 13211. Nordrhein-Westfalen: 7,5\u00a0%"
    )


def test_both_lines_are_named_at_their_ends_or_in_the_key() -> None:
    for width in (WIDE, NARROW):
        words = " ".join(drawn(full_series(), width).words.split("\n"))
        assert "Kreis Recklinghausen" in words
        assert "Nordrhein-Westfalen" in words


def test_a_line_that_ended_earlier_says_when() -> None:
    assert "7,5\u00a0% (31.12.2019)" in " ".join(drawn(series(point(2019, 9, 7.5), point(2020, 9))).words.split("\n"))


def test_an_axis_that_leaves_out_zero_says_so() -> None:
    assert "nicht bei null" in drawn(series(point(2019, 90), point(2020, 95))).words
    assert "nicht bei null" not in drawn(series(point(2019, 10), point(2020, 95))).words


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1990, 2025), st.none() | st.floats(-1e6, 1e6), st.none() | st.floats(-1e6, 1e6)),
        min_size=1,
        max_size=30,
    )
)
def test_nothing_overlaps_whatever_the_figures(values: list[tuple[int, float | None, float | None]]) -> None:
    chart = series(*(point(*value) for value in values))
    for width in (WIDE, NARROW):
        drawing = drawn(chart, width)
        assert drawing.overlaps() == drawing.outside() == []


def test_points_without_a_date_are_left_out() -> None:
    chart = series(Point(Figure(3.0, "%")), point(2020, 5))
    assert len(drawn(chart).marks) == 1


# --- sparkline ------------------------------------------------------------------------------------


def test_a_sparkline_says_its_trend() -> None:
    drawing = Drawing(sparkline(full_series(), "de"))
    assert drawing.root.get("role") == "img"
    assert not drawing.all("c-mark")
    assert drawing.root[1].text == "Kreis Recklinghausen: 10,2\u00a0% (31.12.2015) bis 8,4\u00a0% (31.12.2022)"


def test_a_sparkline_of_one_value_and_of_none() -> None:
    one, none = Drawing(sparkline(series(point(2020, 5)), "de")), Drawing(sparkline(series(), "de"))
    assert one.root[1].text == "Kreis Recklinghausen: 5,0\u00a0% (31.12.2020)"
    assert one.all("c-point")
    assert none.root[1].text == "Für diese Auswahl liegen keine Zahlen vor."


def test_a_sparkline_leaves_the_same_gaps() -> None:
    chart = series(point(2015, 5), point(2016, 6), point(2017, None), point(2018, 7), point(2019, 8))
    assert joined(Drawing(sparkline(chart, "de"))) == [2, 2]


def test_the_last_date_is_named_however_wide_the_numbers_beside_it() -> None:
    """The room that is left for the field is no round number; the last date ends exactly at its edge."""
    days = (dt.date(2019, 3, 31), dt.date(2019, 12, 31), dt.date(2020, 3, 31))
    for value in (*range(1, 60), *range(1000, 3_000_000, 49_999)):
        for unit in ("%", "quotient", "persons"):
            points = [Point(Figure(value + n / 10, unit, date=day)) for n, day in enumerate(days)]
            for width in (WIDE, NARROW):
                assert "03/2020" in drawn(series(*points), width).words.split("\n")


def test_a_baseline_lies_upon_the_point_of_its_day() -> None:
    """It is often as high as the value: a diamond beneath the dot would be in the key only."""
    drawing = drawn(full_series())
    is_baseline = ["Ausgangswert" in said for said in drawing.marks]
    assert is_baseline.index(True) >= len([said for said in drawing.marks if said.startswith("Kreis Recklinghausen")])
