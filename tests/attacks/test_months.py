"""A sample of the five years: a revision, files sent twice; and that a number that changed afterwards is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.attacks import months
from tests.attacks.months import Month, as_of_faults, files_of, run_month, summary
from warehouse.data_folder import DataFolder

SEED = 2027
#: The edition of a half-year and its correction.
NUMBERS = (1, 3)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataFolder, list[Month]]:
    data = DataFolder(tmp_path_factory.mktemp("months") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.refresh._now", None)  # put back at the end
        return data, [run_month(number, SEED, data) for number in NUMBERS]


def test_what_was_published_is_what_was_known(story: tuple[DataFolder, list[Month]]) -> None:
    data, found = story
    assert as_of_faults(data, found) == []
    assert found[-1].revisions > found[0].revisions == 0
    assert all(month.published and month.exit_code == 0 for month in found)


def test_a_number_that_changed_afterwards_is_seen(story: tuple[DataFolder, list[Month]]) -> None:
    data, (first, *others) = story
    row = min(first.values, key=str)
    forged = replace(first, values=first.values - {row} | {(*row[:3], 4711.0, *row[4:])})
    assert len(as_of_faults(data, [forged, *others])) == 1
    assert "differ from what was published: 1" in summary([forged], ["2027-02-20: …"], SEED)


def test_the_files_of_the_years_have_gaps_late_editions_and_drift() -> None:
    names = {number: [file.path for file in files_of(number, SEED)] for number in (10, 11, months.DRIFT)}
    monthly = {number: sum("Heft" in name for name in found) for number, found in names.items()}
    assert monthly == {10: 0, 11: 4, months.DRIFT: 2}
    assert any(b"BEV001" in file.content for file in files_of(months.DRIFT, SEED))
