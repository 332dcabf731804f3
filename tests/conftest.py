"""Fixtures that several rooms share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from sources.arrived_file import ArrivedFile
from tests.warehouse.building import build_small_warehouse
from warehouse.data_folder import DataFolder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.built_site import Built

Arrive = Callable[..., ArrivedFile]

# Great Expectations takes seconds to import and to run; tests/flows/test_expectations.py switches it on again.
os.environ["S3MONITOR_EXPECTATIONS"] = "false"
# The pages cost seconds as well; tests/flows/test_pages.py looks whether a refresh builds them.
os.environ["S3MONITOR_SITE"] = "false"

# A deadline per example would measure the machine, not the code.
settings.register_profile("s3monitor", deadline=None)
settings.load_profile("s3monitor")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture(scope="session")
def small_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built warehouse with some rows in every mart; read it, or copy it and write to the copy."""
    return build_small_warehouse(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder with a release of the whole synthetic sample; read only."""
    from flows.refresh import refresh  # a second to import, and only some tests need it
    from sources.sample import write_sample

    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "inbox")
    data = DataFolder(folder / "data-sample")
    assert refresh(data, [folder / "inbox"]).published
    return data


@pytest.fixture(scope="session")
def site(sample_data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of the synthetic sample; read only."""
    from monitor.site import build_site  # as above
    from tests.built_site import Built

    out = tmp_path_factory.mktemp("site") / "site"
    return Built(sample_data, out, build_site(sample_data, out))


@pytest.fixture(scope="module")
def arrive(tmp_path_factory: pytest.TempPathFactory) -> Arrive:
    """Writes bytes or text under a name into an inbox and gives the file as decoders see it."""
    folder = tmp_path_factory.mktemp("inbox")

    def write(content: bytes | str, name: str = "file.csv") -> ArrivedFile:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return ArrivedFile(path)

    return write


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for a process: Playwright does not start a second time beside itself."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, chromium_program

    program = chromium_program()
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
