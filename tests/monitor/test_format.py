"""Numbers as people read them: grouping, commas, intervals and words in both languages, nothing guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.format import (
    Figure,
    Language,
    bare,
    date,
    figure_text,
    full_text,
    interval,
    number,
    quantity,
    short_text,
    status_word,
    tick,
    time,
    unit_word,
)

LANGUAGES: tuple[Language, ...] = ("de", "en")
DAY = dt.date(2024, 12, 31)


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        (1780332, 0, "1.780.332", "1,780,332"),
        (1.216, 2, "1,22", "1.22"),
        (-0.5, 1, "−0,5", "−0.5"),
        (-0.0004, 1, "0,0", "0.0"),
        (999.5, 0, "1.000", "1,000"),
    ],
)
def test_a_number_is_grouped_and_rounded(value: float, decimals: int, german: str, english: str) -> None:
    assert number(value, "de", decimals) == german
    assert number(value, "en", decimals) == english


def test_a_sign_is_shown_for_what_is_not_rounded_to_zero() -> None:
    assert [number(n, "de", 1, signed=True) for n in (3.26, -3.26, 0.04, -0.04)] == ["+3,3", "−3,3", "0,0", "0,0"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_never_printed(value: float) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        number(value, "de")


@given(st.integers(-(10**15), 10**15))
def test_a_printed_whole_number_reads_back(value: int) -> None:
    for language, separator in (("de", "."), ("en", ",")):
        assert int(number(value, language).replace(separator, "").replace("−", "-")) == value  # type: ignore[arg-type]


def test_dates_and_times() -> None:
    assert date(DAY, "de") == "31.12.2024"
    assert date(dt.date(2024, 3, 1), "en") == "1\u00a0Mar\u00a02024"
    assert date(None, "de") == date(None, "en") == ""
    moment = dt.datetime(2024, 12, 31, 9, 5, tzinfo=dt.UTC)
    assert time(moment, "de") == "31.12.2024, 09:05\u00a0Uhr"
    assert time(moment, "en") == "31\u00a0Dec\u00a02024, 09:05"


@pytest.mark.parametrize(
    ("value", "unit", "german", "english"),
    [
        (587696, "persons", "587.696\u00a0Personen", "587,696\u00a0persons"),
        (9.83, "%", "9,8\u00a0%", "9.8%"),
        (0.0327, "growth", "+3,3\u00a0%", "+3.3%"),
        (0.0327, "share", "3,3\u00a0%", "3.3%"),
        (1.216, "quotient", "1,22", "1.22"),
        (16517283, "Tsd. EUR", "16.517.283\u00a0Tsd. Euro", "16,517,283\u00a0thousand euros"),
        (4435, "km²", "4.435\u00a0km²", "4,435\u00a0km²"),
    ],
)
def test_number_and_unit_stay_together(value: float, unit: str, german: str, english: str) -> None:
    assert quantity(value, unit, "de") == german
    assert quantity(value, unit, "en") == english


def test_the_unit_as_a_word() -> None:
    assert unit_word("persons", "de") == "Personen"
    assert unit_word("quotient", "de") == ""
    assert unit_word("km²", "en") == "km²"


def test_ticks_show_the_digits_that_tell_them_apart() -> None:
    assert [tick(n, "growth", "de", 0.025) for n in (-0.025, 0, 0.025)] == ["−2,5\u00a0%", "0,0\u00a0%", "+2,5\u00a0%"]
    assert tick(200_000, "persons", "de", 50_000) == "200.000"
    assert tick(0.8, "quotient", "en", 0.2) == "0.8"


@pytest.mark.parametrize(
    ("lower", "upper", "unit", "expected"),
    [
        (1.52396, 1.553889, "quotient", "1,52 bis 1,55"),
        (10.59, 10.69, "%", "10,6 bis 10,7\u00a0%"),
        (1.2341, 1.2349, "quotient", "1,234 bis 1,235"),
        (1.23451, 1.23452, "quotient", "1,23451 bis 1,23452"),
        (1.2345678, 1.2345679, "quotient", "1,23"),
        (3, None, "%", "mindestens 3,0\u00a0%"),
        (None, 3, "persons", "höchstens 3\u00a0Personen"),
        (0, None, "persons", "nicht bekannt"),
        (-1, None, "growth", "nicht bekannt"),
        (None, None, "quotient", "nicht bekannt"),
    ],
)
def test_intervals(lower: float | None, upper: float | None, unit: str, expected: str) -> None:
    assert interval(lower, upper, unit, "de") == expected


def test_an_interval_in_english() -> None:
    assert interval(1.52396, 1.553889, "quotient", "en") == "1.52 to 1.55"
    assert interval(3, None, "%", "en") == "at least 3.0%"


@given(
    st.floats(-1e9, 1e9),
    st.floats(-1e9, 1e9),
    st.sampled_from(["persons", "%", "quotient", "growth"]),
    st.sampled_from(LANGUAGES),
)
def test_an_interval_shows_both_bounds_or_one_they_share(a: float, b: float, unit: str, language: Language) -> None:
    lower, upper = sorted((a, b))
    text = interval(lower, upper, unit, language)
    is_shared = bare(lower, unit, language) == bare(upper, unit, language)
    assert is_shared or (bare(lower, unit, language) in text and bare(upper, unit, language) in text)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure(0, "persons", status="zero"), "0\u00a0Personen"),
        (Figure(None, "persons", status="suppressed"), "geheim gehalten"),
        (Figure(None, "persons", 0, 12, "suppressed"), "0 bis 12\u00a0Personen"),
        (Figure(None, "%", status="not_available"), "nicht verfügbar"),
        (Figure(None, "quotient", 0, None, "estimated"), "nicht bekannt"),
        (Figure(None, "growth", status="undefined"), "nicht berechenbar"),
    ],
)
def test_missing_is_worded_and_never_a_zero(figure: Figure, expected: str) -> None:
    assert figure_text(figure, "de") == expected


def test_the_short_text_leaves_the_unit_out() -> None:
    assert short_text(Figure(587696, "persons"), "de") == "587.696"
    assert short_text(Figure(None, "%", 6.1, 11.2), "de") == "6,1 bis 11,2"
    assert short_text(Figure(None, "persons", status="suppressed"), "de") == "geheim"
    assert short_text(Figure(None, "persons", 0, None, "estimated"), "en") == "unclear"


def test_the_full_text_says_everything_once() -> None:
    figure = Figure(10.638, "%", 10.52, 10.69, "derived", DAY, "Tabelle 13211-02-05-4")
    assert full_text(figure, "de") == (
        "10,6\u00a0% (10,5 bis 10,7\u00a0%), berechnet, 31.12.2024. Quelle: Tabelle 13211-02-05-4"
    )
    hidden = Figure(None, "persons", status="suppressed", date=DAY)
    assert full_text(hidden, "de") == "geheim gehalten, 31.12.2024"


def test_an_interval_narrower_than_the_printed_digits_is_left_out() -> None:
    assert full_text(Figure(21659.3, "EUR", 21659.1, 21659.4), "de") == "21.659\u00a0Euro"


def test_a_status_has_words_in_both_languages() -> None:
    assert (status_word("provisional", "de"), status_word("provisional", "en")) == ("vorläufig", "provisional")
    assert status_word("value", "de") == ""


def test_an_interval_is_one_only_if_it_says_something() -> None:
    assert Figure(None, "persons", 0, 12).is_interval
    assert Figure(None, "growth", -0.5, None).is_interval
    assert not Figure(None, "growth", -1, None).is_interval
    assert not Figure(3, "persons", 0, 12).is_interval
    assert not Figure(None, "persons").is_known
    assert Figure(None, "persons", 4, 12).middle == 8
    assert Figure(None, "persons", 4, None).middle is None
