"""Validation before history: every failure of every delivery at once, each with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from quality.validation import Failure, validate
from reference.regions import NRW, nrw_kreise
from reference.sectors import TOTAL
from schemas.observation import Observation
from schemas.sum_rules import EditionRule, SumRule
from tests.warehouse.building import DAY, HIDDEN, MISSING, employees, observation, stage
from warehouse.connect import open_in_memory

KREISE = nrw_kreise()
ESSEN, BOCHUM = "05113", "05911"
RULE = SumRule("population_table", "population", tolerance=0)
EDITION = EditionRule("report_2.3", "report_2.1", "employees")

Files = Mapping[str, Sequence[Observation]]


def failures(
    folder: Path,
    files: Files,
    *,
    sum_rules: Sequence[SumRule] = (),
    editions: Mapping[str, str] | None = None,
    context: Files | None = None,
) -> list[Failure]:
    new = [stage(folder, name, cells) for name, cells in files.items()]
    before = [stage(folder, name, cells) for name, cells in (context or {}).items()]
    edition_rules = [EDITION] if editions is not None else []
    with open_in_memory() as connection:
        return validate(connection, new, sum_rules, edition_rules, editions or {}, before)


def test_a_good_file_has_no_failures(tmp_path: Path) -> None:
    assert failures(tmp_path, {"d1": [employees(ESSEN, TOTAL, 100), employees(ESSEN, "A", 3)]}) == []


def test_cells_without_any_sector_are_valid(tmp_path: Path) -> None:
    cells = [observation(1, region_id=region, variable="population") for region in (ESSEN, NRW)]
    assert failures(tmp_path, {"d1": cells}) == []


def test_all_failures_of_all_layers_and_files_at_once(tmp_path: Path) -> None:
    broken = [
        employees(ESSEN, TOTAL, 100, locator="T!1"),
        employees(ESSEN, "A", 101, locator="T!2"),  # more than all
        observation(1, region_id="05000", locator="T!3"),
        observation(1, status="guessed", value=None, variable="population", locator="T!4"),
    ]
    twice = [observation(1, locator="line 2"), observation(2, locator="line 9")]
    found = failures(tmp_path, {"d1": broken, "d2": twice, "d3": [observation(1, locator="line 1")]})
    assert sorted((failure.delivery_id, failure.locator) for failure in found) == [
        ("d1", "T!1"),
        ("d1", "T!3"),
        ("d1", "T!4"),
        ("d2", "line 9"),
    ]
    assert all(failure.text for failure in found)


def test_a_fact_that_is_there_twice_is_not_ours_to_choose(tmp_path: Path) -> None:
    cell = observation(1, region_id=ESSEN, dimensions="sex=female", locator="line 2")
    for other in (cell, cell._replace(value=2.0), cell._replace(value=None, status="suppressed")):
        (found,) = failures(tmp_path, {"d1": [cell, other._replace(locator="line 7")]})
        assert found == Failure("d1", "line 7", "expected employees of 05113 once, found it 2 times, first at line 2")
    apart = [
        cell,
        cell._replace(dimensions="sex=male", locator="line 3"),
        cell._replace(region_id=BOCHUM, locator="4"),
    ]
    assert failures(tmp_path, {"d1": apart, "d2": [cell]}) == []  # another vintage is no duplicate


#: Name of a case → cells of Essen (sector → printed) and what is said of the sums. C has three parts.
C_PARTS = ("10-15,18,21,31", "24-30,32,33", "16,17,19,20,22,23")
SUMS: dict[str, tuple[dict[str, float | str], str | None]] = {
    "adds up": ({"C": 6, C_PARTS[0]: 1, C_PARTS[1]: 2, C_PARTS[2]: 3}, None),
    "one too few": ({"C": 7, C_PARTS[0]: 1, C_PARTS[1]: 2, C_PARTS[2]: 3}, "to add up to 7, found 6"),
    "one too many": ({"C": 5, C_PARTS[0]: 1, C_PARTS[1]: 2, C_PARTS[2]: 3}, "to add up to 5, found 6"),
    "a part hidden": ({"C": 7, C_PARTS[0]: 1, C_PARTS[1]: 2, C_PARTS[2]: HIDDEN}, None),
    "more than all beside a hidden part": (
        {"C": 7, C_PARTS[0]: 1, C_PARTS[1]: 8, C_PARTS[2]: HIDDEN},
        "to add up to at most 7, found 9",
    ),
    "a part not printed": ({"C": 7, C_PARTS[0]: 1, C_PARTS[1]: 2}, None),
    "a part missing": ({"C": 7, C_PARTS[0]: 1, C_PARTS[1]: 2, C_PARTS[2]: MISSING}, None),
    "whole hidden": ({"C": HIDDEN, C_PARTS[0]: 1, C_PARTS[1]: 2, C_PARTS[2]: 3}, None),
    "parts of parts": (
        {TOTAL: 10, "B-F": 20, C_PARTS[0]: 99},
        "TOTAL in 05113 at 2020-03-31 to add up to at most 10",
    ),
}


@pytest.mark.parametrize("case", SUMS)
def test_sectors_against_the_sector_above_them(tmp_path: Path, case: str) -> None:
    cells, expected = SUMS[case]
    found = failures(tmp_path, {"d1": [employees(ESSEN, sector, printed) for sector, printed in cells.items()]})
    assert [failure.delivery_id for failure in found] == (["d1"] if expected else [])
    for failure in found:
        assert expected is not None
        assert expected in failure.text
        assert ESSEN in failure.locator


def test_a_table_that_prints_only_some_parts_may_leave_a_rest(tmp_path: Path) -> None:
    for part, count in ((90, 0), (101, 1)):
        cells = [employees(ESSEN, sector, n, sector_scheme="genesis-13") for sector, n in (("B-E", 100), ("C", part))]
        assert len(failures(tmp_path, {"d1": cells})) == count


def kreis_figures(nrw: float | str, *, without: str = "", **fields: str) -> list[Observation]:
    return [
        observation(
            nrw if region == NRW else MISSING if region == without else 10,
            dataset="population_table",
            variable="population",
            region_id=region,
            **fields,
        )
        for region in (*KREISE, NRW)
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (kreis_figures(530), []),
        (kreis_figures(531), ["expected the 53 Kreise to add up to the printed NRW figure 531 (population"]),
        (
            kreis_figures(531, dimensions="sex=female"),
            ["figure 531 (population sex=female at 2020-03-31), found 530"],
        ),
        (kreis_figures(531, without=ESSEN), []),  # a gap: nothing to compare
        (kreis_figures(531)[1:], []),
        (kreis_figures(MISSING), []),
        (kreis_figures(531)[:-1], []),
    ],
)
def test_the_kreise_against_the_land_that_the_same_file_prints(
    tmp_path: Path, cells: list[Observation], expected: list[str]
) -> None:
    found = failures(tmp_path, {"d1": cells}, sum_rules=[RULE])
    assert len(found) == len(expected)
    for failure, text in zip(found, expected, strict=True):
        assert text in failure.text
        assert f"|{NRW}|" in failure.locator


@pytest.mark.parametrize(
    ("kreis", "nrw", "fits"),
    [
        (12, 12 * 53 + 54, True),  # multiples of 3: each of 54 figures up to 1 off
        (12, 12 * 53 + 57, False),
        (20, 20 * 53 - 105, True),  # multiples of 5: up to 2 off
        (20, 20 * 53 - 110, False),
        (12, 12 * 53 + 1, False),  # one figure shows that nothing was rounded
        (11, 11 * 53 + 3, False),
    ],
)
def test_figures_rounded_for_secrecy_need_not_add_up_exactly(tmp_path: Path, kreis: int, nrw: int, fits: bool) -> None:
    printed = {region: nrw if region == NRW else kreis for region in (*KREISE, NRW)}
    cells = [
        observation(value, dataset="population_table", variable="population", region_id=region)
        for region, value in printed.items()
    ]
    assert (failures(tmp_path, {"d1": cells}, sum_rules=[RULE]) == []) == fits


def test_years_before_figures_were_rounded_must_add_up(tmp_path: Path) -> None:
    years = {"2017-12-31": 11, "2018-12-31": 12}
    cells = [
        observation(
            kreis * 53 + 3 if region == NRW else kreis,
            dataset="population_table",
            variable="population",
            region_id=region,
            reference_date=dt.date.fromisoformat(day),
        )
        for day, kreis in years.items()
        for region in (*KREISE, NRW)
    ]
    (found,) = failures(tmp_path, {"d1": cells}, sum_rules=[RULE])
    assert "at 2017-12-31" in found.text


def test_the_tolerance_and_the_table_of_a_rule_count(tmp_path: Path) -> None:
    cells = kreis_figures(531)
    assert failures(tmp_path, {"d1": cells}, sum_rules=[SumRule("population_table", "population", 1)]) == []
    assert failures(tmp_path, {"d1": cells}, sum_rules=[SumRule("another", "population", 0)]) == []
    assert failures(tmp_path, {"d1": cells}, sum_rules=[SumRule("population_table", "employees", 0)]) == []


def test_files_are_compared_with_themselves_only(tmp_path: Path) -> None:
    halves = kreis_figures(531)
    assert failures(tmp_path, {"d1": halves[:20], "d2": halves[20:]}, sum_rules=[RULE]) == []


def report(kreis: str, employed: float | str, nrw: float, day: dt.date = DAY) -> list[Observation]:
    """One file per Kreis: its own total and the figure of NRW."""
    return [
        employees(kreis, TOTAL, employed, dataset="report_2.3", reference_date=day),
        observation(nrw, dataset="report_2.1", reference_date=day, locator=f"report of {kreis}, {NRW}"),
    ]


def edition(nrw: float = 530, *, essen: float | str = 10) -> dict[str, list[Observation]]:
    """The reports of Essen and Bochum as files of their own, the 51 others as one."""
    others = [cell for kreis in KREISE if kreis not in (ESSEN, BOCHUM) for cell in report(kreis, 10, nrw)[:1]]
    return {"essen": report(ESSEN, essen, nrw), "bochum": report(BOCHUM, 10, nrw), "others": others}


def dated(files: Files, day: str = "2020-10-12") -> dict[str, str]:
    return dict.fromkeys(files, day)


def test_the_reports_of_an_edition_add_up_to_the_land(tmp_path: Path) -> None:
    files = edition()
    assert failures(tmp_path, files, editions=dated(files)) == []


def test_which_report_is_wrong_cannot_be_told_so_each_that_prints_the_land_is_held(tmp_path: Path) -> None:
    files = edition(essen=11)
    found = failures(tmp_path, files, editions=dated(files))
    assert sorted(failure.delivery_id for failure in found) == ["bochum", "essen"]
    assert found[0].text == (
        "expected the 53 reports of this edition to add up to the printed NRW figure 530 at 2020-03-31, found 531"
    )
    assert found[0].locator == f"report of {BOCHUM}, {NRW}"


def test_reports_accepted_before_complete_an_edition_and_are_not_held(tmp_path: Path) -> None:
    files = edition(essen=11)
    before = {name: files.pop(name) for name in ("bochum", "others")}
    found = failures(tmp_path, files, editions=dated({**files, **before}), context=before)
    assert [failure.delivery_id for failure in found] == ["essen"]
    files = {"essen": edition()["essen"]}
    assert failures(tmp_path, files, editions=dated({**files, **before}), context=before) == []


def test_an_edition_that_is_not_complete_is_not_compared(tmp_path: Path) -> None:
    files = edition(essen=11)
    del files["others"]
    assert failures(tmp_path, files, editions=dated(files)) == []
    files = edition(essen=HIDDEN)  # complete, but one figure is not printed
    assert failures(tmp_path, files, editions=dated(files)) == []


def test_editions_are_kept_apart(tmp_path: Path) -> None:
    files = edition(essen=11)
    apart = dated(files) | {"essen": "2021-01-12"}
    assert failures(tmp_path, files, editions=apart) == []


def test_a_report_that_comes_again_counts_once(tmp_path: Path) -> None:
    """The same report saved anew, and a corrected one of the same day: the new one counts, not both."""
    before = edition(essen=11)
    again = {"essen_again": report(ESSEN, 10, 530)}
    assert failures(tmp_path, again, editions=dated({**before, **again}), context=before) == []
    wrong = {"essen_again": report(ESSEN, 12, 530)}
    (found,) = failures(tmp_path, wrong, editions=dated({**before, **wrong}), context=edition())
    assert "found 532" in found.text
