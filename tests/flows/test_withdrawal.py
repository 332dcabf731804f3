"""A file that was read and is wrong is withdrawn: it counts no more, and nothing of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.conftest import Cli, rows
from tests.flows.inboxes import GOOD, broadband, file_name, fill
from warehouse.data_folder import DataFolder

WRONG = file_name(39)
WHO = ("--reason", "Städte vertauscht", "--by", "M. Muster")
COVERAGE = "SELECT DISTINCT file_name FROM marts.broadband JOIN meta.delivery USING (delivery_id) ORDER BY ALL"


@pytest.fixture
def published(cli: Cli, inbox: Path) -> None:
    """A release with a good file and a wrong one."""
    fill(inbox, {WRONG: broadband(12.3)})
    assert cli("refresh", "--inbox", inbox).code == 0


@pytest.mark.usefixtures("published")
def test_a_withdrawn_file_counts_no_more_and_stays_archived(cli: Cli, inbox: Path, data: DataFolder) -> None:
    withdrawn = cli("quality", "withdraw", WRONG, *WHO)
    assert withdrawn.code == 0, withdrawn.stderr
    assert WRONG in withdrawn.out
    assert "Traceback" not in withdrawn.stderr

    after = cli("refresh", "--inbox", inbox, "--json")  # the loss is meant: no check holds the release back
    assert after.code == 0, after.out
    assert [source["unchanged"] for source in after.json["sources"]] == [1], "the good file alone"
    assert rows(data, COVERAGE) == [(GOOD,)]
    state, message, sha256 = rows(
        data, f"SELECT state, message, sha256 FROM meta.delivery WHERE file_name = '{WRONG}'"
    )[0]
    assert state == "withdrawn"
    assert all(word in message for word in ("Städte vertauscht", "M. Muster"))
    assert next(data.archive.glob(f"??/{sha256}.bin")).read_bytes() == broadband(12.3)
    assert WRONG in cli("diff").out
    assert "Nothing new" in cli("refresh", "--inbox", inbox).out
    report = next(data.releases.glob(f"{rows(data, 'SELECT release_id FROM meta.release')[0][0]}.md"))
    assert "zurückgezogen" in report.read_text(encoding="utf-8")


@pytest.mark.usefixtures("published")
def test_a_withdrawal_is_a_row_that_can_be_taken_out_again(cli: Cli, data: DataFolder) -> None:
    """By the beginning of the hash as well as by the name."""
    sha256 = rows(data, f"SELECT sha256 FROM meta.delivery WHERE file_name = '{WRONG}'")[0][0]
    assert cli("quality", "withdraw", sha256[:8], *WHO).code == 0
    assert cli("refresh").code == 0
    kept = data.quality / "withdrawals.csv"
    head, row = kept.read_text(encoding="utf-8").splitlines()
    assert head == "delivery_id,withdrawn_on,withdrawn_by,reason,file_name"
    assert row.startswith(sha256[:16])
    kept.write_text(head + "\n", encoding="utf-8")
    assert cli("refresh").code == 0
    assert rows(data, COVERAGE) == [(WRONG,), (GOOD,)]


@pytest.mark.usefixtures("published")
def test_what_cannot_be_withdrawn_is_said(cli: Cli, inbox: Path) -> None:
    fill(inbox, {"seite.html": b"<!doctype html><p>Ups"})
    assert cli("refresh", "--inbox", inbox).code == 3
    unknown = cli("quality", "withdraw", "gibt-es-nicht.csv", *WHO)
    assert unknown.code == 1
    assert "found none" in unknown.stderr
    refused = cli("quality", "withdraw", "seite.html", *WHO)
    assert refused.code == 1
    assert "does not count" in refused.stderr
    assert cli("quality", "withdraw", WRONG, "--reason", " ", "--by", "M").code == 2
    assert cli("quality", "withdraw", WRONG, *WHO).code == 0
    again = cli("quality", "withdraw", WRONG, *WHO)
    assert again.code == 1
    assert "M. Muster" in again.stderr


@pytest.mark.usefixtures("published")
def test_a_file_of_withdrawals_that_cannot_be_read_stops_with_its_place(cli: Cli, data: DataFolder) -> None:
    assert cli("quality", "withdraw", WRONG, *WHO).code == 0
    (data.quality / "withdrawals.csv").write_text(
        "delivery_id,withdrawn_on,withdrawn_by,reason,file_name\nab,gestern,M,weil,x.csv\n", encoding="utf-8"
    )
    ended = cli("refresh")
    assert ended.code == 1
    assert "withdrawals.csv, row 2, column withdrawn_on" in ended.out + ended.stderr
    assert "Traceback" not in ended.out + ended.stderr
