"""One German message after a run, to a real endpoint on this machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.notification import message, send
from flows.summary import SourceSummary, Summary
from tests.flows.live import Live
from tests.publishers.arbeitsagentur import ANNUAL
from tests.publishers.everyone import everyone
from tests.publishers.server import Publisher, error_page

RATES, MONITORING, AREA = "ba_arbeitslosenquoten_jahr", "bnetza_mobilfunkmonitoring", "landesdatenbank_12411-15i"
HOOK = "/hooks/Geheim-9"
RELEASE = "20261122T060000Z-3f2a9c01"


@pytest.fixture(scope="module")
def hook() -> Iterator[Publisher]:
    """A chat that takes messages."""
    with Publisher() as server:
        server.put(HOOK, b"ok")
        yield server


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, hook: Publisher) -> Iterator[Live]:
    """One source is there, one fails, one sends what cannot be read."""
    with everyone(booklets=1) as publishers:
        publishers.arbeitsagentur.mood(ANNUAL, error_page)
        publishers.landesdatenbank.downloads["12411-15i"] = b"Guten Tag\n"
        publishers.landesdatenbank.moods.raw = True
        address = hook.base.replace("http://", "json://kennung77:Geheim-7@") + HOOK
        yield Live(tmp_path_factory.mktemp("notify"), publishers, settings={"S3MONITOR_NOTIFY": json.dumps([address])})


def sent(hook: Publisher) -> dict[str, Any]:
    """The one message that was sent since the last time."""
    [request] = hook.requests
    hook.requests.clear()
    answer: dict[str, Any] = json.loads(request.body)
    return answer


def test_a_run_sends_one_message(live: Live, hook: Publisher) -> None:
    ended = live.refresh(only=(RATES, MONITORING, AREA))
    assert ended.code == 3
    told = sent(hook)
    release = ended.json["release_id"]
    assert told["title"] == f"S3-Monitor Ruhr: Stand {release} veröffentlicht"
    lines = told["message"].splitlines()
    assert lines[:6] == [
        f"Der Stand {release} ist veröffentlicht.",
        "",
        f"Neu: {MONITORING} (1)",
        "Unveränderte Quellen: 0",
        f"In Quarantäne: {AREA} (1)",
        f"Nicht abrufbar (die bisherigen Daten gelten weiter): {RATES}",
    ]
    findings = [line for line in lines if line.startswith("- ")]
    assert f"Offene Befunde: {len(findings)}" in lines
    assert any(f"{RATES} konnte seit dem" in line and "the server answered 500" in line for line in findings)
    assert any("12411-15i_00.csv" in line for line in findings)
    assert not any(secret in ended.out + ended.stderr for secret in ("kennung77", "Geheim"))

    again = live.refresh(only=(MONITORING,))
    assert again.code == 0
    told = sent(hook)
    assert told["title"] == "S3-Monitor Ruhr: nichts Neues"
    assert told["message"].splitlines()[:4] == [
        f"Nichts Neues, der Stand {release} ist aktuell.",
        "",
        "Neu: –",
        "Unveränderte Quellen: 1",
    ]


def test_a_run_that_publishes_nothing_says_why(live: Live, hook: Publisher, tmp_path: Path) -> None:
    empty = Live(tmp_path, live.publishers, settings=live.settings)
    assert empty.refresh(only=(RATES,)).code == 1
    told = sent(hook)
    assert told["title"] == "S3-Monitor Ruhr: nichts veröffentlicht"
    assert told["message"].startswith("Es wurde nichts veröffentlicht: No delivery was accepted")
    assert f"Nicht abrufbar (die bisherigen Daten gelten weiter): {RATES}" in told["message"]


def test_a_message_that_cannot_be_sent_is_a_warning(live: Live, hook: Publisher, tmp_path: Path) -> None:
    with Publisher() as gone:
        nowhere = gone.base.replace("http://", "json://kennung77:Geheim-7@") + HOOK
    addresses = ["nonsense://kennung77:Geheim-7@example.org", nowhere]
    silent = Live(tmp_path, live.publishers, settings={"S3MONITOR_NOTIFY": json.dumps(addresses)})
    ended = silent.refresh(only=(RATES,))
    assert ended.code == 1, "as without a message"
    assert "notify: entry 1 of S3MONITOR_NOTIFY is no address apprise knows" in ended.stderr
    assert "notify: the message could not be delivered to every address of S3MONITOR_NOTIFY" in ended.stderr
    assert not any(secret in ended.out + ended.stderr for secret in ("kennung77", "Geheim"))


def test_addresses_hold_passwords_and_are_not_logged(hook: Publisher, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    hook.mood(HOOK, error_page, times=1)
    send([hook.base.replace("http://", "json://kennung77:Geheim-7@") + HOOK, "slack://Geheim-8"], "Titel", "Text")
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert not any(secret in caplog.text for secret in ("kennung77", "Geheim"))
    hook.requests.clear()


# --- the words


def test_a_source_is_changed_or_unchanged_or_neither() -> None:
    sources = [
        SourceSummary("a", new=2, unchanged=5),
        SourceSummary("b", unchanged=5),
        SourceSummary("c", unchanged=5, failed=1),
        SourceSummary("d", quarantined=1),
        SourceSummary("e", unchanged=1, quarantined=2),
    ]
    _, body = message(Summary(RELEASE, published=True, sources=sources), [])
    assert body.splitlines()[2:8] == [
        "Neu: a (2)",
        "Unveränderte Quellen: 2",
        "In Quarantäne: d (1), e (2)",
        "Nicht abrufbar (die bisherigen Daten gelten weiter): c",
        "",
        "Offene Befunde: 0",
    ]


def test_a_lake_is_no_source_that_could_not_be_fetched() -> None:
    lake = SourceSummary("lake", failed=1, messages=["lake: The catalogue does not answer."])
    _, body = message(Summary(RELEASE, published=True, sources=[SourceSummary("a", failed=2), lake]), [])
    assert body.splitlines()[5:7] == [
        "Nicht abrufbar (die bisherigen Daten gelten weiter): a",
        "Nicht übertragen: lake: The catalogue does not answer.",
    ]


def test_a_run_that_cannot_read_the_decisions_sends_its_message_all_the_same(live: Live, hook: Publisher) -> None:
    spoilt = live.data.quality / "decisions.csv"
    spoilt.parent.mkdir(exist_ok=True)
    spoilt.write_text("Beschluss;Datum\n")
    try:
        assert live.refresh(only=(MONITORING,)).code == 1
    finally:
        spoilt.unlink()
    told = sent(hook)["message"]
    assert "decisions.csv, row 1: expected the columns" in told
    assert "Offene Befunde: nicht bekannt" in told


@pytest.mark.parametrize(
    ("summary", "title", "first_line"),
    [
        (Summary(RELEASE), "S3-Monitor Ruhr: nichts Neues", f"Nichts Neues, der Stand {RELEASE} ist aktuell."),
        (
            Summary(RELEASE, published=True, is_synthetic=True),
            f"S3-Monitor Ruhr: Stand {RELEASE} veröffentlicht (Beispieldaten)",
            f"Der Stand {RELEASE} ist veröffentlicht.",
        ),
        (
            Summary(RELEASE, error="Platte voll."),
            "S3-Monitor Ruhr: nichts veröffentlicht",
            f"Es wurde nichts veröffentlicht: Platte voll. Der Stand {RELEASE} bleibt veröffentlicht.",
        ),
        (
            Summary(error="Platte voll"),
            "S3-Monitor Ruhr: nichts veröffentlicht",
            "Es wurde nichts veröffentlicht: Platte voll.",
        ),
    ],
)
def test_title_and_first_line(summary: Summary, title: str, first_line: str) -> None:
    found = message(summary, [])
    assert (found[0], found[1].splitlines()[0]) == (title, first_line)


def test_of_many_findings_the_first_are_shown() -> None:
    findings = [{"finding_id": f"f{number}", "text_de": "Befund"} for number in range(13)]
    lines = message(Summary(RELEASE), findings)[1].splitlines()
    assert len([line for line in lines if line.startswith("- f")]) == 10
    assert lines[-1] == "… und 3 weitere (s3monitor quality list)"
