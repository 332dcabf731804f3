"""Settings: the command line, then the environment (S3MONITOR_*), then s3monitor.toml, then defaults."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Settings(BaseSettings):
    """The settings.

    data           the data folder, also where the published warehouse lies
    expectations   run the officers' Great Expectations suites before a release (quality/expectations.yaml); without
                   them the SQL checks still hold a bad release back, and quality.check_result has no `gx.` rows
    """

    model_config = SettingsConfigDict(env_prefix="S3MONITOR_", toml_file="s3monitor.toml", extra="forbid")

    data: Path | None = None
    expectations: bool = True

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
