"""No bad file crashes a decoder, hangs it, fills the memory or changes a number without a word.

A sample of the campaign `python -m tests.attacks.fuzz`, and every attack that has a name.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.steps import take_in
from sources.arrived_file import ArrivedFile
from sources.catalogue import products, recognise
from sources.rejected import Rejected
from tests.attacks.byte_mutations import BYTE_MUTATIONS
from tests.attacks.crafted import ATTACKS, zipped
from tests.attacks.fuzz import MAX_SECONDS, campaign, main, mutant_number, mutations_of, summary
from tests.attacks.judging import PRINTED, REFUSED, RIGHT, judge, scratch
from tests.attacks.mutants import Mutant
from tests.attacks.rereading import TextTable, printed_number
from tests.attacks.seeds import Seed, seeds_by_product
from tests.conftest import Arrive
from warehouse.data_folder import DataFolder

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
#: Mutants in the ordinary suite; the campaign makes 20,000.
MUTANTS, RUN = 195, 7


@pytest.fixture(scope="module")
def seeds() -> dict[str, list[Seed]]:
    return seeds_by_product(None)


def test_every_product_is_fuzzed(seeds: dict[str, list[Seed]]) -> None:
    assert set(seeds) == {product.product_id for product in products()}


def test_no_mutant_is_misread(seeds: dict[str, list[Seed]]) -> None:
    results = list(campaign(seeds, RUN, range(MUTANTS), workers=1))
    assert len(results) == MUTANTS
    assert [result for result in results if result.verdict.is_bug] == [], summary(results, RUN)
    outcomes = {result.verdict.outcome for result in results}
    assert {RIGHT, PRINTED, REFUSED} <= outcomes


def test_a_mutant_can_be_made_again(seeds: dict[str, list[Seed]]) -> None:
    for number in range(0, 60, 7):
        assert mutant_number(seeds, RUN, number)[2] == mutant_number(seeds, RUN, number)[2]


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if not attack.heavy])
def test_attack(seeds: dict[str, list[Seed]], tmp_path: Path, name: str) -> None:
    attack = ATTACKS[name]
    seed = next(seed for seed in seeds[attack.product] if seed.origin == "sample")
    mutant = attack.mutant(seed)
    start = time.process_time()
    verdict = judge(seed, mutant, tmp_path)
    assert time.process_time() - start < MAX_SECONDS
    assert verdict.outcome == mutant.outcome, verdict.detail
    assert re.search(attack.says, verdict.detail), verdict.detail


# --- the judge itself: a reader that is wrong is found


def test_the_judge_sees_a_number_that_is_not_printed(
    seeds: dict[str, list[Seed]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder that takes the points of 1.5 for those of thousands."""
    from sources import bnetza_breitbandatlas as atlas

    seed = seeds["bnetza_breitbandatlas"][0]
    mutant = Mutant(seed.content + b"\n", "same")
    assert judge(seed, mutant, tmp_path).outcome == RIGHT
    read = atlas.plain_number
    monkeypatch.setattr(atlas, "plain_number", lambda text, where: read(text.replace("9", "8"), where))
    assert judge(seed, mutant, tmp_path).outcome == "misread"


def test_the_judge_sees_a_lost_row(
    seeds: dict[str, list[Seed]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sources import bnetza_coverage

    seed = next(seed for seed in seeds["bnetza_breitbandatlas"] if seed.name.startswith("landkreis_privat"))
    row = seed.monitored_rows[5]
    mutant = Mutant((seed.text[: row.start] + seed.text[row.end :]).encode(), "loss")
    assert judge(seed, mutant, tmp_path).outcome == REFUSED
    monkeypatch.setattr(bnetza_coverage, "require", lambda *_: None)
    assert judge(seed, mutant, tmp_path).outcome == "lost"


def test_the_judge_sees_a_crash(seeds: dict[str, list[Seed]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sources import table_csv

    seed = seeds["bnetza_breitbandatlas"][0]
    monkeypatch.setattr(table_csv, "_stripped", lambda cells: cells[99999])
    verdict = judge(seed, Mutant(seed.content, "same"), tmp_path)
    assert verdict.outcome == "crash"


def test_a_worker_that_dies_is_counted_against_its_mutant(
    seeds: dict[str, list[Seed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from tests.attacks import fuzz

    honest = fuzz.judge

    def deadly(seed: Seed, mutant: Mutant, folder: Path) -> object:
        if mutant.content == mutant_number(seeds, RUN, 3)[2].content:
            os._exit(9)
        return honest(seed, mutant, folder)

    monkeypatch.setattr(fuzz, "judge", deadly)
    results = {result.number: result for result in campaign(seeds, RUN, range(5), workers=1)}
    assert sorted(results) == [0, 1, 2, 3, 4]
    assert [number for number, result in results.items() if result.verdict.outcome == "crash"] == [3]


def test_the_command_prints_a_table_and_ends_with_0(
    seeds: dict[str, list[Seed]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.attacks.fuzz.seeds_by_product", lambda real, run: seeds)
    assert main(["--mutants", "4", "--workers", "1", "--seed", "7", "--product", "ba_statistik_api"]) == 0
    assert "| ba_statistik_api | 4 |" in capsys.readouterr().out


def test_each_kind_of_file_has_mutations_that_apply(seeds: dict[str, list[Seed]]) -> None:
    """A mutation that never applies tests nothing."""
    from random import Random

    names = {mutation.__name__ for found in seeds.values() for mutation in mutations_of(found[0])}
    applied = set()
    for found in seeds.values():
        for mutation in {*mutations_of(found[0]), *BYTE_MUTATIONS}:
            if mutation.__name__ not in applied and any(mutation(Random(n), found[0]) for n in range(3)):
                applied.add(mutation.__name__)
    assert names <= applied


# --- the second reader


def test_the_second_reader_reads_the_sample_as_the_decoders_do(seeds: dict[str, list[Seed]]) -> None:
    from schemas.observation import Observation
    from tests.attacks.judging import Rereader

    for found in seeds.values():
        seed = found[0]
        reader = Rereader(seed, seed.content)
        facts = [Observation._make(cells) for cells in seed.decoded.observations[::7]]
        assert [problem for fact in facts if (problem := reader.misread(fact))] == []


@given(
    st.lists(st.lists(st.text(st.sampled_from('a;"\n 1'), max_size=4), min_size=2, max_size=3), min_size=1, max_size=5)
)
def test_the_second_reader_takes_text_apart_as_it_was_written(table: list[list[str]]) -> None:
    import csv

    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    rows = TextTable(buffer.getvalue()).rows
    assert [[cell.text for cell in row.cells] for row in rows] == table


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [("1,5", ",", "1.5"), ("12 p", ",", "12"), ("1.5", ",", "unreadable"), ("-", ",", "None"), ("(7)", ",", "7")],
)
def test_the_second_reader_reads_numbers(text: str, sign: str, number: str) -> None:
    assert str(printed_number(text, sign, thousands=False)) == number


# --- properties of the text reader


@settings(max_examples=150)
@given(st.text(st.sampled_from('0123456789;,."\n\r ab-'), max_size=60))
def test_a_text_is_taken_apart_in_one_way_or_refused(arrive: Arrive, text: str) -> None:
    """What the decoders' reader accepts, the reader by the letter of RFC 4180 reads the same."""
    file = arrive(text)
    if file.kind != "text":
        return
    try:
        rows = [cells for _, cells in file.rows(";")]
    except Rejected:
        return
    table = TextTable(text)
    if table.delimiter != ";":
        return
    strict = [[cell.text for cell in row.cells] for row in table.rows]
    blank: tuple[list[str], ...] = ([], [""])
    assert [cells for cells in rows if cells not in blank] == [cells for cells in strict if cells not in blank]


# --- zips that wrap files, on the way into the archive

TRICKS = {
    "paths that lead out": {"../../evil.csv": b"1;2\n", "/etc/evil.csv": b"3;4\n", "C:\\evil.csv": b"5;6\n"},
    "a zip in a zip": {"inner.zip": zipped({"deeper.zip": zipped({"a.csv": b"1"})})},
    "odd names": {"a" * 250 + ".csv": b"1", "\u202egnp.csv": b"2", "con.csv": b"3", "a\nb.csv": b"4"},
    "the manifest of another": {"MANIFEST.csv": b"path,sha256\nx,y\n", "a.csv": b"1"},
}


@pytest.mark.parametrize("name", TRICKS)
def test_nothing_of_a_zip_leaves_the_archive(tmp_path: Path, name: str) -> None:
    inbox, data = tmp_path / "deep" / "inbox", DataFolder(tmp_path / "deep" / "data")
    inbox.mkdir(parents=True)
    (inbox / "package.zip").write_bytes(zipped(TRICKS[name]))
    taken = take_in(data, [inbox], [], NOW)
    assert taken.new
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - {inbox / "package.zip"}
    assert all(data.archive in path.parents or path.parent == data.root for path in written)
    assert sum(path.suffix == ".bin" for path in written) == len(taken.new)


def test_a_link_in_a_zip_is_a_small_file(tmp_path: Path) -> None:
    inbox, data = tmp_path / "inbox", DataFolder(tmp_path / "data")
    inbox.mkdir()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        info = zipfile.ZipInfo("table.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    (inbox / "package.zip").write_bytes(content.getvalue())
    take_in(data, [inbox], [], NOW)
    [stored] = data.archive.rglob("*.bin")
    assert not stored.is_symlink()
    assert stored.read_bytes() == b"/etc/passwd"


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 255))
@example(121, 1)  # the comment of the first entry swallows the second
def test_a_changed_byte_in_a_zip_never_changes_a_file(place: int, byte: int) -> None:
    """What comes out of a damaged zip is whole, or the zip is refused as one."""
    inside = {"a.csv": b"1;2\n" * 40, "b.csv": b"3;4\n" * 40}
    content = bytearray(zipped(inside))
    content[place % len(content)] = byte
    with scratch() as folder:
        inbox, data = Path(folder) / "inbox", DataFolder(Path(folder) / "data")
        inbox.mkdir()
        (inbox / "package.zip").write_bytes(content)
        take_in(data, [inbox], [], NOW)
        stored = [path.read_bytes() for path in data.archive.rglob("*.bin")]
        assert set(stored) <= {*inside.values(), bytes(content)}
        if bytes(content) not in stored:
            assert set(stored) == set(inside.values())


def test_a_file_too_large_to_read_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "landkreis_privat_2020_1.csv"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(Rejected, match="a file of at most 100 MB; found 3000 MB"):
        recognise(ArrivedFile(path))
