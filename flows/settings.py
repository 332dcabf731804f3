"""Settings: the command line, then the environment (S3MONITOR_*), then s3monitor.toml, then defaults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, Field, NonNegativeFloat, PositiveInt, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

if TYPE_CHECKING:
    from sources.fetching.web import Limits


#: In the folder where the command runs.
FILE = Path("s3monitor.toml")
#: Settings that hold passwords.
SECRET = frozenset({"accounts", "notify", "warehouse"})


class Login(BaseModel):
    """Account at a publisher; a token stands as the user, without a password."""

    user: SecretStr
    password: SecretStr = SecretStr("")


def _processes_or_address(value: object) -> str:
    """In TOML the number may be one."""
    text = str(value)
    if text and not re.fullmatch(r"[1-9]\d{0,2}|(tcp|tls|ws|wss)://[!-~]+", text):
        raise ValueError("expected a number of processes, like 2, or the address of a scheduler, like tcp://host:8786")
    return text


class Settings(BaseSettings):
    """The settings. In the environment, S3MONITOR_ACCOUNTS__REGIONALSTATISTIK__USER is `user` of an account.

    data           the data folder, also where the published warehouse lies
    expectations   run the officers' Great Expectations suites before a release (quality/expectations.yaml); without
                   them the SQL checks still hold a bad release back, and quality.check_result has no `gx.` rows
    site           build the pages after a release (s3monitor site does it by hand)
    warehouse      lake that gets each release as well, as `--warehouse` takes it (docs/scale.md); may hold a password
    lake_data      folder or address in an object store for the files of a new lake
    dask           where runs of Prefect decode many files: a number of processes on this machine, or the address of a
                   Dask scheduler (docs/scale.md); without it in the process of the run
    contact        mail address or page that publishers find in our requests
    addresses      other base addresses of publishers, by the names of sources/fetching/feeds.yaml
    accounts       logins by the same names; without one the anonymous downloads are used
    pause          seconds between two requests to one publisher
    tries          requests for one answer before it counts as failed
    retry_after    seconds until a scheduled run asks a publisher again that failed, once per entry
    notify         where a message goes after a run: addresses as apprise takes them; they hold passwords
    """

    model_config = SettingsConfigDict(
        env_prefix="S3MONITOR_", env_nested_delimiter="__", toml_file=FILE, extra="forbid"
    )

    data: Path | None = None
    expectations: bool = True
    site: bool = True
    warehouse: SecretStr = SecretStr("")
    lake_data: str = ""
    dask: Annotated[str, BeforeValidator(_processes_or_address)] = ""
    contact: str = Field(default="", pattern=r"^[ -~]*$")  # it stands in a header
    addresses: dict[str, str] = {}
    accounts: dict[str, Login] = {}
    pause: NonNegativeFloat = 1.0
    tries: PositiveInt = 5
    retry_after: list[NonNegativeFloat] = [300, 900]
    notify: list[SecretStr] = []

    def limits(self) -> Limits:
        """The limits for requests; those that no setting names are declared in sources/fetching/web.py."""
        from sources.fetching.web import Limits

        return Limits(pause=self.pause, tries=self.tries)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


DEFAULT_DATA = Path("data")
#: The sample never shares a folder with real data.
SAMPLE_DATA = Path("data-sample")
