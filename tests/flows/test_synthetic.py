"""Synthetic and real deliveries never share a folder, and what is synthetic says so wherever it is shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.query_output import FORMATS
from tests.flows.conftest import COMMAND, Cli, Ended, rows, run
from tests.flows.inboxes import GOOD, broadband, fill, synthetic
from warehouse.data_folder import DataFolder

ANNOUNCED = "SYNTHETIC SAMPLE DATA (from data-sample), not for use as figures.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="module")
def sampled(folder: Path) -> Ended:
    """`s3monitor refresh --sample` in an empty folder: the whole sample, as a newcomer runs it."""
    return run([*COMMAND, "refresh", "--sample", "--no-prefect"], folder)


def test_the_sample_is_published_in_a_folder_of_its_own(folder: Path, sampled: Ended) -> None:
    assert sampled.code == 0, sampled.out
    assert sampled.out.endswith(". SYNTHETIC SAMPLE DATA, not for use as figures.\n")
    assert [path.name for path in folder.iterdir()] == ["data-sample"]


def test_the_sample_again_is_nothing_new(folder: Path, sampled: Ended) -> None:
    again = run([*COMMAND, "refresh", "--sample", "--no-prefect", "--json"], folder)
    assert again.code == 0
    assert (again.json["published"], again.json["is_synthetic"]) == (False, True)
    assert not any(source["new"] or source["quarantined"] for source in again.json["sources"])


@pytest.mark.parametrize("format", FORMATS)
def test_reading_commands_find_the_only_data_there_is_and_announce_it(
    folder: Path, sampled: Ended, format: str
) -> None:
    ended = run([*COMMAND, "query", "SELECT count(*) AS n FROM marts.employment", "--format", format], folder)
    assert (ended.code, ended.stderr) == (0, ANNOUNCED)
    assert ended.stdout


@pytest.mark.parametrize("arguments", [["status"], ["status", "--json"]])
def test_status_announces_it(folder: Path, sampled: Ended, arguments: list[str]) -> None:
    ended = run([*COMMAND, *arguments], folder)
    assert (ended.code, ended.stderr) == (0, ANNOUNCED)
    if "--json" in arguments:
        assert ended.json["release"]["is_synthetic"] is True


def test_every_delivery_of_the_sample_is_marked(folder: Path, sampled: Ended) -> None:
    data = DataFolder(folder / "data-sample")
    assert rows(data, "SELECT DISTINCT is_synthetic, publisher LIKE '%(synthetisch)' FROM meta.delivery") == [
        (True, True)
    ]


def test_real_data_goes_before_the_sample(folder: Path, sampled: Ended, published: Path, cli: Cli) -> None:
    here = Path(shutil.copytree(published / "data", published.parent / "both" / "data")).parent
    (here / "data-sample").symlink_to(folder / "data-sample")
    ended = run([*COMMAND, "query", "SELECT is_synthetic FROM meta.release", "--format", "csv"], here)
    assert (ended.code, ended.out, ended.stderr) == (0, "is_synthetic\nFalse\n", "")


@pytest.mark.parametrize("held", ["real", "synthetic"])
def test_a_folder_of_one_kind_refuses_the_other(
    cli: Cli, inbox: Path, tmp_path: Path, folder: Path, sampled: Ended, released: DataFolder, held: str
) -> None:
    made_up = fill(tmp_path / "made_up", synthetic({GOOD: broadband(1)}))
    data, offered, other = {
        "real": (released, made_up, "synthetic"),
        "synthetic": (DataFolder(folder / "data-sample"), inbox, "real"),
    }[held]
    before = contents(data)
    ended = cli("refresh", "--inbox", offered, "--data", data.root, "--json")
    assert ended.code == 1
    error, release, is_synthetic = (ended.json[key] for key in ("error", "release_id", "is_synthetic"))
    assert error.startswith(f"{data.root} holds {held} data and refuses {other} data. Choose another folder")
    assert [(release, is_synthetic)] == rows(data, "SELECT release_id, is_synthetic FROM meta.release")
    assert contents(data) == before


def contents(data: DataFolder) -> tuple[bytes, list[Path]]:
    return data.published.read_bytes(), sorted(data.archive.rglob("*"))


def test_the_sample_leaves_no_file_in_a_folder_of_real_data(cli: Cli, released: DataFolder) -> None:
    """An operator may keep the inbox in the data folder: its manifest must survive a wrong `--sample`."""
    inbox = fill(released.root / "inbox", {"MANIFEST.csv": b"path\n"})
    ended = cli("refresh", "--sample", "--data", released.root)
    assert ended.code == 1
    assert "holds real data and refuses synthetic data" in ended.out
    assert [(path.name, path.read_bytes()) for path in inbox.iterdir()] == [("MANIFEST.csv", b"path\n")]


def test_both_kinds_in_one_inbox_publish_nothing(cli: Cli, tmp_path: Path, data: DataFolder) -> None:
    files = synthetic({GOOD: broadband(1)}) | {"landkreis_privat_2019_2.csv": broadband(2)}
    ended = cli("refresh", "--inbox", fill(tmp_path / "mixed", files))
    assert ended.code == 1
    assert "synthetic and real deliveries never mix" in ended.out
    assert not data.published.exists()
