"""Decoding on Dask workers gives what decoding here gives, and no file is lost or blamed when a worker fails."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import dask_decoding, steps
from flows.dask_decoding import CHUNK, DaskError, decode_chunk
from flows.refresh import Direct, refresh
from tests.flows.conftest import environment, litter, rows
from tests.flows.inboxes import DAMAGED, broadband, file_name, fill
from tests.flows.machine import until
from warehouse.archive import Archive
from warehouse.code_version import code_version
from warehouse.data_folder import DataFolder

pytest.importorskip("prefect_dask", reason="the optional dependency `dask` is not installed")

FILES = 110
ALL = FILES + len(DAMAGED)
DASK = str(Path(sys.executable).with_name("dask"))


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some chunks of files, among them one each of what cannot be read."""
    good = {f"{number}/{file_name(number % 40)}": broadband(number / 2) for number in range(FILES)}
    damaged = {f"damaged/{name}": content for name, (content, _) in DAMAGED.items()}
    return fill(tmp_path_factory.mktemp("many"), good | damaged)


@pytest.fixture(scope="module")
def expected(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What decoding in one process makes of them."""
    data = DataFolder(tmp_path_factory.mktemp("here") / "data")
    assert refresh(data, [inbox]).exit_code == 3
    found = made(data)
    states = [state for _, state, *_ in found["verdicts"]]
    assert (states.count("accepted"), states.count("quarantined")) == (FILES, len(DAMAGED))
    assert found["history"][0][0] == FILES * 53
    return found


def made(data: DataFolder) -> dict[str, Any]:
    """Staged rows, verdicts, history and a mart, without the moment of arrival."""
    history = "SELECT count(*), bit_xor(hash(COLUMNS(* EXCLUDE known_from)::VARCHAR)) FROM history.observation"
    return {
        **decoded(data),
        "history": rows(data, history),
        "marts": rows(data, "SELECT * FROM marts.broadband ORDER BY ALL"),
    }


def decoded(data: DataFolder) -> dict[str, Any]:
    """Staged rows and verdicts."""
    staged = str(data.staging / code_version() / "*.parquet")
    with duckdb.connect() as connection:
        return {
            "staged": connection.execute(
                "SELECT parse_filename(filename), hash(list(columns(* EXCLUDE filename)::VARCHAR)) "
                f"FROM read_parquet('{staged}', filename = true) GROUP BY 1 ORDER BY 1"
            ).fetchall(),
            "verdicts": sorted(
                (v.delivery_id, v.state, v.product_id, v.source_id, v.message, v.observations, v.layout, str(v.remarks))
                for v in steps.verdicts(data)
            ),
        }


def the_next_run_decodes(data: DataFolder) -> dict[str, Any]:
    """What is staged after the steps that the next refresh would take."""
    steps.decode(data, steps.to_decode(data))
    for source_id in steps.to_validate(data):
        steps.validate(data, source_id)
    return decoded(data)


# --- refreshes on Dask ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """How the refreshes of dask_story.py ended: exit codes, a folder with their data folders, standard error."""

    folder: Path
    codes: dict[str, int]
    stderr: str

    def data(self, name: str) -> DataFolder:
        return DataFolder(self.folder / name)

    def told(self, name: str) -> str:
        return " ".join((self.folder / f"{name}.txt").read_text().split())


@pytest.fixture(scope="module")
def story(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A scheduler and two workers as docs/scale.md starts them."""
    folder = tmp_path_factory.mktemp("story")
    unseen = DataFolder(folder / "unseen")
    steps.take_in(unseen, [inbox], (), dt.datetime.now(dt.UTC))
    lost(unseen).rename(folder / "aside")
    settings = {
        "PREFECT_HOME": str(folder / "home"),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",  # one death is enough
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",  # also to a machine that is busy
    }
    environ = environment(**settings)
    log = folder / "scheduler.log"
    running = []

    def start(*command: str, stderr: Path) -> None:
        with stderr.open("wb") as file:
            running.append(subprocess.Popen([DASK, *command], env=environ, stderr=file, stdout=file))

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", stderr=log)
        [address] = until(lambda: re.findall(r"Scheduler at: +(tcp://\S+)", log.read_text()), "the scheduler", 300)
        start("worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard", stderr=folder / "workers.log")
        known = {k: v for k, v in settings.items() if "FAILURES" not in k}
        ended = subprocess.run(
            [sys.executable, "-m", "tests.flows.dask_story", str(inbox), address],
            cwd=folder,
            env=environment(**known),
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert ended.returncode == 0, ended.stderr
        yield Story(folder, json.loads(ended.stdout), ended.stderr)
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(30)


def lost(data: DataFolder) -> Path:
    """The first file of the archive."""
    archive = Archive(data.archive)
    return archive.content_path(next(archive.arrivals()).sha256)


@pytest.mark.slow
def test_two_processes_give_what_one_gives_though_one_of_them_died(story: Story, expected: dict[str, Any]) -> None:
    assert story.codes["once"] == 3, story.told("once")
    assert (story.data("once").root / "died").exists()
    assert made(story.data("once")) == expected
    assert litter(story.data("once")) == []


@pytest.mark.slow
def test_each_chunk_is_a_task_of_prefect_and_what_follows_is_done_here(story: Story) -> None:
    with closing(sqlite3.connect(f"file:{story.folder / 'home' / 'prefect.db'}?mode=ro", uri=True)) as store:
        tasks = store.execute(
            "SELECT flow.name, task.name FROM task_run task JOIN flow_run run ON run.id = task.flow_run_id "
            "JOIN flow ON flow.id = run.flow_id WHERE task.state_name = 'Completed' ORDER BY task.end_time"
        ).fetchall()
    names = [name for flow, name in tasks if flow == "refresh"]
    assert names[:4] == ["take_in", "decode-0", "validate: bnetza_breitbandatlas", "build"]
    assert sorted(name for flow, name in tasks[:4] if flow == "decode") == [f"decode: {n} of 3" for n in (1, 2, 3)]


@pytest.mark.slow
def test_a_worker_that_does_not_see_the_archive_ends_the_run(story: Story, inbox: Path, expected: Any) -> None:
    data = story.data("unseen")
    assert story.codes["unseen"] == 1
    assert f"does not see {lost(data)}. Mount the data folder under the same path" in story.told("unseen")
    assert len(steps.to_decode(data)) == CHUNK, "what others decoded is kept"
    (story.folder / "aside").rename(lost(data))
    assert the_next_run_decodes(data).items() <= expected.items()


@pytest.mark.slow
def test_a_chunk_that_kills_its_workers_ends_the_run_and_blames_no_file(
    story: Story, inbox: Path, expected: Any
) -> None:
    data = story.data("always")
    assert story.codes["always"] == 1
    decoded = len(steps.verdicts(data))
    assert re.search(rf"ended after {decoded} of {ALL} files: .*the next run does the rest", story.told("always"))
    assert 0 < decoded < ALL == decoded + len(steps.to_decode(data))
    assert not data.published.exists()
    assert the_next_run_decodes(data).items() <= expected.items()


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(story: Story) -> None:
    assert story.codes["nobody"] == 1
    assert "The Dask scheduler tcp://127.0.0.1:9 does not answer. Start it, or leave out" in story.told("nobody")
    assert len(steps.to_decode(story.data("nobody"))) == ALL


@pytest.mark.slow
def test_what_goes_wrong_is_told_without_a_traceback(story: Story) -> None:
    assert "Traceback" not in story.stderr
    told = re.findall(r"^\d\d:\d\d:\d\d (\w+:)", story.stderr, re.MULTILINE)
    assert list(dict.fromkeys(told)) == ["archive:", "decode:", "build:", "check:", "publish:"], story.stderr


# --- what a worker and the settings may be wrong about --------------------------------------------


@pytest.fixture
def archived(inbox: Path, data: DataFolder) -> DataFolder:
    steps.take_in(data, [inbox / "1", inbox / "damaged"], (), dt.datetime.now(dt.UTC))
    return data


def test_a_worker_with_other_code_refuses(archived: DataFolder) -> None:
    with pytest.raises(DaskError, match=r"runs code version .*; this machine runs 0\.0\.0\+12345678\. Update"):
        decode_chunk(str(archived.root), "0.0.0+12345678", steps.to_decode(archived))
    assert not archived.staging.exists()


def test_a_worker_elsewhere_refuses(archived: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(DaskError, match=r"does not see .*/elsewhere/archive/"):
        decode_chunk(str(tmp_path / "elsewhere"), code_version(), steps.to_decode(archived))
    assert not (tmp_path / "elsewhere").exists()


def test_a_worker_that_cannot_write_blames_no_file(archived: DataFolder) -> None:
    pending = steps.to_decode(archived)
    archived.staging.write_text("in the way")
    with pytest.raises(DaskError, match=r"cannot use the data folder: .*staging"):
        decode_chunk(str(archived.root), code_version(), pending)


def test_a_worker_that_wrote_elsewhere_is_found_out(archived: DataFolder) -> None:
    chunk = decode_chunk(str(archived.root), code_version(), steps.to_decode(archived))
    for path in archived.staging.glob("*/*.parquet"):
        path.unlink()
    with pytest.raises(DaskError, match=r"has another .* than this machine"):
        dask_decoding._save(archived, chunk)
    assert len(steps.to_decode(archived)) == len(chunk)


def test_an_archive_that_cannot_be_read_blames_no_file_here_either(archived: DataFolder) -> None:
    pending = steps.to_decode(archived)
    Archive(archived.archive).content_path(pending[3].sha256).unlink()
    with pytest.raises(FileNotFoundError):
        steps.decode(archived, pending)
    assert steps.to_decode(archived) == pending[3:]


def test_without_prefect_files_are_decoded_here_and_that_is_said(
    archived: DataFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("S3MONITOR_DASK", "2")
    with caplog.at_level(logging.INFO, "s3monitor"):
        Direct().decode(archived, steps.to_decode(archived))
    assert steps.to_decode(archived) == []
    assert "S3MONITOR_DASK is for runs of Prefect" in caplog.text


def test_without_the_package_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_decoding, "find_spec", lambda name: None)
    with pytest.raises(DaskError, match="needs the package prefect-dask: run `make dask`, or leave the setting out"):
        dask_decoding._task_runner("2", 3)


def test_workers_elsewhere_need_a_prefect_server_that_they_reach() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:4200/api"}):
        with pytest.raises(DaskError, match=r"they do not reach it\. Name one that they reach with PREFECT_API"):
            dask_decoding._task_runner("tcp://10.0.0.7:8786", 3)
        assert dask_decoding._task_runner("tcp://127.0.0.1:8786", 3).address == "tcp://127.0.0.1:8786"
    with temporary_settings({PREFECT_API_URL: "http://10.0.0.5:4200/api"}):
        assert dask_decoding._task_runner("tcp://10.0.0.7:8786", 3).address == "tcp://10.0.0.7:8786"
