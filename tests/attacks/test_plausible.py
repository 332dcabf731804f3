"""Errors of meaning are told by a refresh: a few of the fifty; `python -m tests.attacks.plausible` judges all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.attacks.plausible import Workshop, judge, real_files, table
from tests.attacks.semantic_errors import BASES, ERRORS, SemanticError, as_it_is
from warehouse.data_folder import DataFolder

#: Error → check whose finding shows it first.
REAL = {
    ("52411 insolvencies", "opened and refused proceedings exchanged"): "categories_exchanged",
    ("52411 insolvencies", "three quarters for a whole year"): "total_jumps",
    ("13211 unemployment", "the two bases of the rate exchanged"): "rate_bases",
    ("71327 municipal debt", "debt per inhabitant of two cities exchanged"): "ratios_agree",
}
MADE_UP = {
    ("BA unemployed by month", "the newest month repeats the one before"): "repeated_edition",
    ("BA unemployed by month", "the Kreise a row lower in one of two workbooks"): "ratios_agree",
}
BY_NAME = {(error.source, error.name): error for error in ERRORS}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, sample_data: DataFolder) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("plausible"), real_files(), sample_data.root.parent / "inbox")


def test_there_are_fifty_different_errors_in_all_kinds_of_sources() -> None:
    assert len(ERRORS) == 50
    assert len({(error.source, error.name) for error in ERRORS}) == 50
    assert max(Counter(error.source for error in ERRORS).values()) <= 6
    assert {error.base for error in ERRORS} == set(BASES)
    assert all(error.says or error.missed for error in ERRORS)


@pytest.mark.real
@pytest.mark.skipif(real_files() is None, reason="no real files (set S3MONITOR_REAL_FILES)")
@pytest.mark.parametrize("which", list(REAL), ids=" / ".join)
def test_an_error_in_a_real_file_is_told(workshop: Workshop, which: tuple[str, str]) -> None:
    assert judge(workshop, BY_NAME[which]).check == REAL[which]


@pytest.mark.parametrize("which", list(MADE_UP), ids=" / ".join)
def test_an_error_in_a_file_of_the_sample_is_told(workshop: Workshop, which: tuple[str, str]) -> None:
    seen = judge(workshop, BY_NAME[which])
    assert seen.check == MADE_UP[which], seen.nearest
    assert f"`{MADE_UP[which]}`" in table([seen])


def test_a_clean_file_counts_as_no_error_seen(workshop: Workshop) -> None:
    error = BY_NAME["BA unemployed by month", "the newest month repeats the one before"]
    clean = replace(error, arrives=dict.fromkeys(error.arrives, as_it_is), says=("",))
    seen = judge(workshop, clean)
    assert (seen.check, seen.nearest) == ("", ())
    assert isinstance(seen.error, SemanticError)
