"""Each layer of checks catches a defect seeded into a real file; the message names file, expectation and finding."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.refresh import refresh
from quality.ledger import findings_of, held
from warehouse.data_folder import DataFolder

EMPLOYMENT = "regionalstatistik/datencsv/13111-07-05-4_{}.csv"
ATLAS = "bnetza/breitbandatlas/landkreis_privat_{}.csv"


@pytest.fixture(scope="module")
def accepted(real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds two editions of an employment table and of the broadband atlas."""
    folder = tmp_path_factory.mktemp("accepted")
    (folder / "inbox").mkdir()
    for name in (*(EMPLOYMENT.format(y) for y in (2018, 2019)), *(ATLAS.format(e) for e in ("2019_2", "2020_1"))):
        shutil.copy(real_files / name, folder / "inbox")
    assert refresh(DataFolder(folder / "data"), [folder / "inbox"]).published
    return folder / "data"


def times_1000(text: str) -> str:
    def scaled(line: str) -> str:
        cells = line.split(";")
        is_data = re.fullmatch(r"DG|\d{2,5}", cells[0])
        return ";".join(f"{c}000" if is_data and n > 2 and c.isdigit() and c != "0" else c for n, c in enumerate(cells))

    return "\n".join(map(scaled, text.split("\n")))


def swapped(text: str) -> str:
    """Two cities with each other's figures: keys and names change places."""
    lines = keys_alone_swapped(text).split("\n")
    names = {"05113": "      Essen, kreisfreie Stadt", "05911": "      Bochum, kreisfreie Stadt"}
    return "\n".join(f"{k};{names[k]};{line.split(';', 2)[2]}" if (k := line[:5]) in names else line for line in lines)


def keys_alone_swapped(text: str) -> str:
    other = {"05113;": "05911;", "05911;": "05113;"}
    return "\n".join(other.get(line[:6], line[:6]) + line[6:] for line in text.split("\n"))


def edited_total(text: str) -> str:
    return re.sub(r"(05113;[^\n]*;Insgesamt;)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 5000}", text, count=1)


def mirrored(text: str) -> str:
    return re.sub(r"(05113;[^\n]*\(J\);)(\d+)", r"\1-\2", text, count=1)


def one_cell(text: str) -> str:
    return re.sub(r"(05113;[^\n]*\(J\);\d+;)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 7}", text, count=1)


def renamed(text: str) -> str:
    return text.replace("verf_300_1000", "verf_300_gigabit")


def without_essen(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith('"05113"'))


def other_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("source", "arrives_as", "defect", "check", "says"),
    [
        (ATLAS.format("2020_2"), None, renamed, "quarantined", "verf_300_gigabit"),
        (ATLAS.format("2020_2"), None, without_essen, "quarantined", "05113"),
        (ATLAS.format("2020_1"), "landkreis_privat_2020_2.csv", other_line_ends, "repeated_edition", "2559 von 2559"),
        (EMPLOYMENT.format(2020), None, times_1000, "unit_step", "-Fache"),
        (EMPLOYMENT.format(2020), None, swapped, "employment_jump", "Essen"),
        (EMPLOYMENT.format(2020), None, keys_alone_swapped, "quarantined", "05911"),
        (EMPLOYMENT.format(2020), None, edited_total, "quarantined", "NRW figure 6,974,006"),
        (EMPLOYMENT.format(2020), None, mirrored, "quarantined", "-11026"),
        (EMPLOYMENT.format(2019), None, one_cell, "quarantined", "add up to 97,730, found 97,737"),
    ],
)
def test_a_seeded_defect_is_found(
    accepted: Path,
    real_files: Path,
    tmp_path: Path,
    source: str,
    arrives_as: str | None,
    defect: Callable[[str], str],
    check: str,
    says: str,
) -> None:
    data = DataFolder(tmp_path / "data")
    shutil.copytree(accepted, data.root)
    known = set(findings_of(data.published))
    text = (real_files / source).read_bytes().decode("cp1252")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / (arrives_as or Path(source).name)).write_bytes(defect(text).encode("cp1252"))

    summary = refresh(data, [inbox])

    findings = {**findings_of(data.published), **held(data)}
    new = [row for finding_id, row in findings.items() if finding_id not in known and row["check_id"] == check]
    assert any(says in row["text_de"] for row in new), findings
    assert summary.published == (check != "unit_step")  # a changed unit holds the release back


def test_an_old_file_under_a_new_name_is_told(accepted: Path, real_files: Path, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    shutil.copytree(accepted, data.root)
    (tmp_path / "inbox").mkdir()
    shutil.copy(real_files / ATLAS.format("2020_1"), tmp_path / "inbox" / "landkreis_privat_2020_2.csv")
    messages = [message for source in refresh(data, [tmp_path / "inbox"]).sources for message in source.messages]
    assert any("the same bytes as landkreis_privat_2020_1.csv" in message for message in messages)
