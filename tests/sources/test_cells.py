"""What a printed cell says. A sign is never a number, and nothing is ever read as zero but a printed zero."""

from __future__ import annotations

import datetime as dt
import doctest
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from schemas.observation import STATUSES, STATUSES_WITH_VALUE
from sources import cells
from sources.cells import (
    column_letters,
    german_day,
    german_number,
    month_end,
    month_number,
    plain_number,
    year_end,
)
from sources.rejected import Rejected

Reader = Callable[[str, str], tuple[float | None, str]]
BOTH = pytest.mark.parametrize("read", [german_number, plain_number])
BLANKS = st.sampled_from(["", " ", "  ", "\t", "\u00a0"])


@BOTH
@pytest.mark.parametrize(
    ("printed", "status"),
    [
        *((sign, "not_available") for sign in ("", " ", "-", "–", "—", "/", "x", "X", "...", "…", " - ")),
        *((sign, "suppressed") for sign in (".", "*", " * ")),
    ],
)
def test_a_sign_has_a_status_and_no_value(read: Reader, printed: str, status: str) -> None:
    assert read(printed, "line 1") == (None, status)


@given(st.integers(-(10**12), 10**12), BLANKS, BLANKS)
def test_a_whole_number_is_itself(number: int, before: str, after: str) -> None:
    for read in (german_number, plain_number):
        value, status = read(f"{before}{number}{after}", "line 1")
        assert value == number
        assert status == ("zero" if number == 0 else "value")


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_decimal_is_read_with_the_publishers_separator_and_no_other(number: object) -> None:
    point = f"{number:.3f}"
    comma = point.replace(".", ",")
    assert german_number(comma, "")[0] == plain_number(point, "")[0] == float(point)
    for read, printed in ((german_number, point), (plain_number, comma)):
        with pytest.raises(Rejected):
            read(printed, "")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("0", (0.0, "zero")),
        ("0,0", (0.0, "zero")),
        ("-0,5", (-0.5, "value")),
        ("+3", (3.0, "value")),
        ("12,5 p", (12.5, "provisional")),
        ("12,5r", (12.5, "revised")),
        ("12s", (12.0, "estimated")),
        ("12e", (12.0, "value")),
        ("0p", (0.0, "provisional")),  # may change: it is not yet zero
        ("(7)", (7.0, "value")),
        ("(7) r", (7.0, "revised")),
    ],
)
def test_signs_of_quality(printed: str, expected: tuple[float, str]) -> None:
    assert german_number(printed, "") == expected


@BOTH
@pytest.mark.parametrize(
    "printed",
    ["1 234", "1.234.567", "1,234,567", "12,", ",5", "1e5", "nan", "inf", "0x1f", "12%", "--", "-1-", "..",
     "ab", "p", "()", "1_000", "12 €", "#REF!", "½", "None", "1;2"],
)  # fmt: skip
def test_anything_else_is_refused_with_its_place(read: Reader, printed: str) -> None:
    with pytest.raises(Rejected) as refusal:
        read(printed, "line 12, column 4")
    assert refusal.value.where == "line 12, column 4"
    assert refusal.value.found == f"“{printed}”"


@BOTH
def test_a_number_of_more_digits_than_can_be_kept_is_refused(read: Reader) -> None:
    printed = "9" * 15
    assert read(printed, "line 1")[0] == int(printed)
    assert read(f"-000{printed}", "line 1")[0] == -int(printed)
    for longer in (f"{printed}9", "9" * 400):
        with pytest.raises(Rejected, match="at most 15 digits"):
            read(longer, "line 1")


@BOTH
@pytest.mark.parametrize("printed", ["１２", "٣", "1٢", "²", "1²"])
def test_digits_of_another_script_are_refused(read: Reader, printed: str) -> None:
    with pytest.raises(Rejected, match="a number or a sign"):
        read(printed, "line 1")


def test_a_thousands_point_is_not_a_decimal_point() -> None:
    with pytest.raises(Rejected):
        german_number("1.234", "")


@given(st.text(max_size=20))
def test_whatever_stands_in_a_cell_it_is_a_number_a_sign_or_refused(printed: str) -> None:
    for read in (german_number, plain_number):
        try:
            value, status = read(printed, "line 1")
        except Rejected:
            continue
        assert status in STATUSES
        assert (value is not None) == (status in STATUSES_WITH_VALUE)
        assert value is None or any(letter.isdigit() for letter in printed)
        assert status != "zero" or value == 0


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("Stichtag: 31. März 2020", dt.date(2020, 3, 31)),
        ("Stichtag: 30.06.2020", dt.date(2020, 6, 30)),
        ("Nürnberg, 12. Okt. 2020", dt.date(2020, 10, 12)),
        ("1. Mai 2021 bis 30. Juni 2021", dt.date(2021, 5, 1)),
        ("Stand: 17.08.2021 / 20:27:28", dt.date(2021, 8, 17)),
        ("31. Februar 2020", None),
        ("30.02.2020", None),
        ("31. Brumaire 2020", None),
        ("2020-03-31", None),
        ("", None),
    ],
)
def test_the_day_written_in_a_text(printed: str, day: dt.date | None) -> None:
    assert german_day(printed) == day


def test_months_by_name_and_abbreviation() -> None:
    names = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ]
    short = ["Jan.", "Feb.", "Mrz.", "Apr.", "Mai", "Jun.", "Jul.", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."]
    for number, spellings in enumerate(zip(names, short, strict=True), start=1):
        assert [month_number(spelling) for spelling in spellings] == [number, number]
        assert month_number(f" {spellings[0].upper()} ") == number
    assert [month_number(text) for text in ("", "Brumaire", "3")] == [None, None, None]


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)))
def test_reference_dates_are_last_days(day: dt.date) -> None:
    assert month_end(day.year, day.month) >= day
    assert (month_end(day.year, day.month) + dt.timedelta(days=1)).day == 1
    assert year_end(day.year) == dt.date(day.year, 12, 31)


@given(st.integers(0, 16_383))
def test_columns_are_named_as_in_a_spreadsheet(index: int) -> None:
    assert column_letters(index) == get_column_letter(index + 1)


def test_the_docstrings_are_right() -> None:
    assert doctest.testmod(cells).failed == 0
