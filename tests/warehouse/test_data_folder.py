"""The data folder: one kind of data, one writer, files whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.data_folder import DataFolder, DataFolderError, write_atomically


@pytest.mark.parametrize("first", [True, False])
def test_synthetic_and_real_data_never_share_a_folder(data: DataFolder, first: bool) -> None:
    data.claim(synthetic=first)
    data.claim(synthetic=first)
    words = ("synthetic", "real") if first else ("real", "synthetic")
    with pytest.raises(DataFolderError, match=f"holds {words[0]} data and refuses {words[1]} data"):
        data.claim(synthetic=not first)
    DataFolder(data.root).claim(synthetic=first)


@pytest.mark.parametrize("content", ["", '{"kind"', "[]", "{}"])
def test_a_damaged_marker_is_told(data: DataFolder, content: str) -> None:
    data.claim(synthetic=False)
    data.kind.write_text(content)
    with pytest.raises(DataFolderError, match=r'kind\.json is damaged: expected \{"kind": "real"\}'):
        data.claim(synthetic=False)


def test_one_writer_at_a_time(data: DataFolder) -> None:
    with (
        data.writing(),
        pytest.raises(DataFolderError, match="Another refresh is writing"),
        DataFolder(data.root).writing(),
    ):
        pass
    with data.writing():  # free again
        pass


def test_the_lock_is_released_when_the_writer_fails(data: DataFolder) -> None:
    with pytest.raises(ZeroDivisionError), data.writing():
        raise ZeroDivisionError
    with data.writing():
        pass


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new folder" / "file.json"
    write_atomically(path, b"old")

    def killed(path: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new", durable=False)
    assert path.read_bytes() == b"new"
    assert [found.name for found in path.parent.iterdir()] == ["file.json"]
