"""Settings from the environment and from s3monitor.toml; errors name a setting and never print its value."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from flows.console import data_folder
from flows.settings import Settings
from tests.flows.conftest import Cli


@pytest.fixture(autouse=True)
def _working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def toml(text: str) -> None:
    Path("s3monitor.toml").write_text(text, encoding="utf-8")


def problem() -> str:
    """What an operator reads of settings that are wrong."""
    with pytest.raises(typer.BadParameter) as caught:
        data_folder(None, default=Path("data"))
    return str(caught.value)


def test_without_any_the_defaults_hold() -> None:
    settings = Settings()
    assert (settings.data, settings.accounts, settings.notify) == (None, {}, [])
    assert (settings.limits().pause, settings.limits().tries) == (1.0, 5)


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3MONITOR_DATA", "elsewhere")
    monkeypatch.setenv("S3MONITOR_PAUSE", "0.5")
    monkeypatch.setenv("S3MONITOR_TRIES", "2")
    monkeypatch.setenv("S3MONITOR_RETRY_AFTER", "[1, 2]")
    monkeypatch.setenv("S3MONITOR_ADDRESSES", '{"bkg": "http://127.0.0.1:1"}')
    monkeypatch.setenv("S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER", "kennung77")
    monkeypatch.setenv("S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__PASSWORD", "Geheim-7")
    monkeypatch.setenv("S3MONITOR_NOTIFY", '["mailto://kennung77:Geheim-7@example.org"]')
    settings = Settings()
    assert (settings.data, settings.retry_after) == (Path("elsewhere"), [1, 2])
    assert (settings.limits().pause, settings.limits().tries) == (0.5, 2)
    assert settings.addresses == {"bkg": "http://127.0.0.1:1"}
    login = settings.accounts["regionalstatistik"]
    assert (login.user.get_secret_value(), login.password.get_secret_value()) == ("kennung77", "Geheim-7")
    for text in (str(settings), repr(settings), settings.model_dump_json()):
        assert "kennung77" not in text
        assert "Geheim-7" not in text


def test_the_file_and_what_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    toml(
        'contact = "betrieb@example.org"\ndata = "from-the-file"\n'
        '[accounts.landesdatenbank]\nuser = "0123456789abcdef0123456789abcdef"\n'
    )
    assert Settings().contact == "betrieb@example.org"
    assert Settings().accounts["landesdatenbank"].password.get_secret_value() == "", "a token has none"
    assert data_folder(None, default=Path("data")) == Path("from-the-file")
    monkeypatch.setenv("S3MONITOR_DATA", "from-the-environment")
    assert data_folder(None, default=Path("data")) == Path("from-the-environment")
    assert data_folder(Path("from-the-option"), default=Path("data")) == Path("from-the-option")


@pytest.mark.parametrize("value", ["", "2", "tcp://10.0.0.7:8786", "tls://dask.example.org:8786"])
def test_where_files_are_decoded(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3MONITOR_DASK", value)
    assert Settings().dask == value
    monkeypatch.delenv("S3MONITOR_DASK")
    toml(f"dask = {value if value.isdecimal() else repr(value)}\n")
    assert Settings().dask == value


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("S3MONITOR_TRIES", "Geheim-7", "setting S3MONITOR_TRIES: Input should be a valid integer"),
        ("S3MONITOR_TRIES", "0", "setting S3MONITOR_TRIES: Input should be greater than 0"),
        ("S3MONITOR_PAUSE", "-1", "setting S3MONITOR_PAUSE: Input should be greater than or equal to 0"),
        ("S3MONITOR_RETRY_AFTER", "[-5]", "setting S3MONITOR_RETRY_AFTER__0: Input should be greater"),
        ("S3MONITOR_EXPECTATIONS", "Geheim-7", "setting S3MONITOR_EXPECTATIONS: Input should be a valid boolean"),
        ("S3MONITOR_CONTACT", "Geheim-7\nX: y", "setting S3MONITOR_CONTACT: String should match"),
        ("S3MONITOR_CONTACT", "Geheim-7 €", "setting S3MONITOR_CONTACT: String should match"),
        ("S3MONITOR_DASK", "0", "setting S3MONITOR_DASK: Value error, expected a number of processes, like 2, or the"),
        ("S3MONITOR_DASK", "Geheim-7:8786", "setting S3MONITOR_DASK: Value error, expected a number of processes"),
        ("S3MONITOR_NOTIFY", "mailto://Geheim-7@example.org", "lists and tables are written as JSON"),
        ("S3MONITOR_ACCOUNTS", '{"x": {"user": "Geheim-7"', "lists and tables are written as JSON"),
        (
            "S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__PASSWORD",
            "Geheim-7",
            "setting S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER: Field required",
        ),
    ],
)
def test_a_wrong_setting_is_named_and_not_printed(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    text = problem()
    assert told in text
    assert "Geheim-7" not in text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('notfy = ["Geheim-7"]\n', "setting S3MONITOR_NOTFY: Extra inputs are not permitted"),
        ('tries = "Geheim-7"\n', "setting S3MONITOR_TRIES: Input should be a valid integer"),
        ("password Geheim-7\n", "s3monitor.toml is no TOML"),
        ("contact = 'Geheim-7\n", "s3monitor.toml is no TOML"),
    ],
)
def test_a_wrong_file_is_told_and_not_printed(content: str, told: str) -> None:
    toml(content)
    text = problem()
    assert told in text
    assert "Geheim-7" not in text


def test_a_file_in_another_encoding() -> None:
    Path("s3monitor.toml").write_bytes('contact = "Müller"'.encode("cp1252"))
    assert "s3monitor.toml is no TOML" in problem()


@pytest.mark.parametrize(
    "command",
    [
        ("refresh", "--live"),
        ("refresh", "--sample", "--data", "elsewhere"),
        ("query", "FROM marts.region", "--warehouse", "ducklake:postgres:dbname=lake"),
    ],
)
def test_the_command_line_ends_with_wrong_usage(cli: Cli, command: tuple[str, ...]) -> None:
    ended = cli(*command, S3MONITOR_TRIES="Geheim-7")
    assert ended.code == 2
    assert "setting S3MONITOR_TRIES" in ended.stderr
    assert "Geheim-7" not in ended.stderr
    assert "Traceback" not in ended.stderr
