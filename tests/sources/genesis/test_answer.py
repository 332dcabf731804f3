"""GENESIS answers: what is a status, what is a table, and when two tables say the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.fetching.problems import FetchError
from sources.fetching.web import Reply
from sources.genesis import answer
from sources.genesis.answer import Status, fingerprint, status_in, with_table

ADDRESS = "https://service.example/rest/2020/data/tablefile"
TABLE = "statistics_code;value\n12411;7\n".encode("utf-8-sig")


def body(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "body"
    path.write_bytes(content)
    return path


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def _spoilt(content: bytes) -> bytes:
    """A zip with a wrong byte in its member."""
    return content[:40] + bytes([content[40] ^ 0xFF]) + content[41:]


def table_of(tmp_path: Path, content: bytes) -> tuple[bytes, str]:
    reply = with_table(Reply(200, ADDRESS, {}, body(tmp_path, content)))
    assert reply.path
    return reply.path.read_bytes(), reply.seen.sha256


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('{"Status":{"Code":98,"Content":"zu gross","Type":"Fehler"},"Object":null}', Status(98, "zu gross")),
        ('\ufeff {"Code":"15","Content":"nicht berechtigt","Type":"ERROR"}', Status(15, "nicht berechtigt")),
        ('{"Status":"erfolgreich","Username":"GAST"}', Status(None, "erfolgreich", user="GAST")),
        (
            '{"Status":{"Code":0,"Content":"ok"},"List":[{"Code":"a_1"},{"Code":"a_2"}]}',
            Status(0, "ok", ("a_1", "a_2")),
        ),
        ('{"List":null}', Status(None, "")),
        ("statistics_code;value\n", None),
        ("<!doctype html>", None),
        ("PK\x03\x04", None),
        ("", None),
    ],
)
def test_a_status_is_told_by_its_first_letter(tmp_path: Path, content: str, status: Status | None) -> None:
    assert status_in(body(tmp_path, content.encode()), ADDRESS) == status


@pytest.mark.parametrize(
    "content", [b'{"Status":{"Code":9', b'{"Status":null}', b'{"Code":"x"}', b'{"List":["x"]}', b"{\xff}", b"{" * 10**5]
)
def test_half_a_status_may_be_whole_next_time(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FetchError, match="expected a status in JSON") as error:
        status_in(body(tmp_path, content), ADDRESS)
    assert error.value.is_transient


def test_a_table_comes_bare_whether_packed_or_not(tmp_path: Path) -> None:
    expected = (TABLE, fingerprint(TABLE))
    assert table_of(tmp_path, TABLE) == expected
    assert table_of(tmp_path, packed({"12411-01-01-4_1773175772751_de_flat.csv": TABLE})) == expected
    assert table_of(tmp_path, packed({"LIESMICH.txt": b"x", "12411.CSV": TABLE})) == expected


@pytest.mark.parametrize(
    ("content", "message", "is_transient"),
    [
        (packed({"a.csv": TABLE})[:-30], "a damaged zip", True),
        (_spoilt(packed({"a.csv": TABLE})), "a damaged zip", True),
        (packed({"a.csv": TABLE, "b.csv": TABLE}), "one table of at most 100 MB; found 2 of 0 MB", False),
        (packed({"a.txt": TABLE}), "found 0 of 0 MB", False),
        (b'{"Status":{"Code":104,"Content":"Es gibt keine"}}', "found the answer “Es gibt keine” (code 104)", False),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str, is_transient: bool) -> None:
    with pytest.raises(FetchError) as error:
        table_of(tmp_path, content)
    assert message in str(error.value)
    assert error.value.is_transient == is_transient


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MAX_TABLE_BYTES", 5_000_000)
    bomb = packed({"a.csv": b"0" * 6_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(FetchError, match="at most 5 MB; found 1 of 6 MB"):
        table_of(tmp_path, bomb)


rows = st.lists(st.integers(0, 99).map(lambda n: f"12411;2024;{n}".encode()), min_size=1, max_size=9)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(lines: list[bytes], random: object) -> None:
    shuffled = lines.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fingerprint(b"\n".join(lines)) == fingerprint(b"\n".join(shuffled))


@given(rows, st.integers(0, 99))
def test_every_figure_counts(lines: list[bytes], number: int) -> None:
    changed = [*lines[:-1], f"12411;2024;{number}".encode()]
    assert (fingerprint(b"\n".join(lines)) == fingerprint(b"\n".join(changed))) == (sorted(lines) == sorted(changed))
    assert fingerprint(b"\n".join(lines)) != fingerprint(b"\n".join([*lines, lines[0]]))


def test_the_moment_of_retrieval_does_not_count() -> None:
    first, second = b"a;1\n__________\nStand: 19.01.2026 / 13:58:12", b"a;1\n__________\nStand: 20.02.2026 / 07:00:00\n"
    assert fingerprint(first) == fingerprint(second)
    assert fingerprint(first) != fingerprint(first.replace(b"a;1", b"a;2"))
    assert fingerprint(b"Datenstand: 01.03.2024") != fingerprint(b"Datenstand: 01.04.2024")
