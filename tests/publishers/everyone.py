"""All publishers at once, for tests from end to end."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from reference.regions import ruhr_kreise
from sources.fetching.editions import months_later
from tests.publishers.arbeitsagentur import Arbeitsagentur, StatistikApi, booklet, monthly, reports, unemployment_zip
from tests.publishers.bkg import Bkg
from tests.publishers.bundesnetzagentur import Bundesnetzagentur, Gigabitgrundbuch
from tests.publishers.genesis import GenesisServer
from tests.publishers.server import Publisher

#: Feeds that are quick to decode and to build.
FEW = (
    "ba_regionalreport",
    "ba_arbeitslose_monat",
    "ba_arbeitslosenquoten_jahr",
    "ba_statistik_api",
    "bundesnetzagentur",
    "gigabitgrundbuch",
    "regionalstatistik_12411-01-01-4",
    "landesdatenbank_12411-15i",
)


@dataclass
class Everyone:
    """The servers. `month`, `half_year`: the newest editions that are out."""

    month: dt.date
    half_year: dt.date
    arbeitsagentur: Arbeitsagentur = field(default_factory=Arbeitsagentur)
    statistik_api: StatistikApi = field(default_factory=StatistikApi)
    regionalstatistik: GenesisServer = field(default_factory=GenesisServer)
    landesdatenbank: GenesisServer = field(default_factory=lambda: GenesisServer("landesdatenbank"))
    destatis: GenesisServer = field(default_factory=lambda: GenesisServer("destatis"))
    bundesnetzagentur: Bundesnetzagentur = field(init=False)
    gigabitgrundbuch: Gigabitgrundbuch = field(default_factory=Gigabitgrundbuch)
    bkg: Bkg = field(default_factory=Bkg)

    def __post_init__(self) -> None:
        self.bundesnetzagentur = Bundesnetzagentur(self.half_year)
        self.arbeitsagentur.put(monthly(self.month), unemployment_zip())

    @property
    def servers(self) -> dict[str, Publisher | GenesisServer]:
        """By the names of feeds.yaml."""
        return {
            "arbeitsagentur": self.arbeitsagentur,
            "statistik_api": self.statistik_api,
            "regionalstatistik": self.regionalstatistik,
            "landesdatenbank": self.landesdatenbank,
            "destatis": self.destatis,
            "bundesnetzagentur": self.bundesnetzagentur,
            "gigabitgrundbuch": self.gigabitgrundbuch,
            "bkg": self.bkg,
        }

    @property
    def addresses(self) -> dict[str, str]:
        """For the setting S3MONITOR_ADDRESSES."""
        return {name: server.base for name, server in self.servers.items()}

    @property
    def environment(self) -> dict[str, str]:
        """Settings with which everything is asked here, without pauses."""
        return {
            "S3MONITOR_ADDRESSES": json.dumps(self.addresses),
            "S3MONITOR_PAUSE": "0",
            "S3MONITOR_TRIES": "2",
            "S3MONITOR_RETRY_AFTER": "[0]",
        }

    def forget(self) -> None:
        """What was asked so far."""
        for server in self.servers.values():
            server.requests.clear()

    @property
    def number_asked(self) -> int:
        return sum(len(server.requests) for server in self.servers.values())


@contextmanager
def everyone(today: dt.date | None = None, booklets: int = 22) -> Iterator[Everyone]:
    """Start all, with what is out on a day; `booklets` Regionalreports of Kreise, those of the Ruhr first."""
    today = today or dt.datetime.now(dt.UTC).date()
    half_year = dt.date(2023, 6, 30)
    while months_later(half_year, 10) <= today:
        half_year = months_later(half_year, 6)
    all_of_it = Everyone(months_later(today, -1), half_year)
    for region in sorted(reports(), key=lambda region: (region not in ruhr_kreise(), region))[:booklets]:
        all_of_it.arbeitsagentur.list_booklet(booklet(region), reports()[region])
    all_of_it.arbeitsagentur.list_booklet(booklet("03101"), b"a Kreis of another Land")
    with ExitStack() as running:
        for server in all_of_it.servers.values():
            server.start()
            running.callback(server.stop)
        yield all_of_it
