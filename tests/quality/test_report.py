"""The release report: what an officer reads, in German, and nothing of what a file says is taken for markup."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.report import SHOWN, Report, Table, as_html, as_markdown, german, german_percent, write_report
from tests.warehouse.building import Delivery
from tests.warehouse.test_diff import AFTER, BEFORE, NEW, OLD, finding, release
from warehouse.data_folder import DataFolder
from warehouse.diff import NoSuchReleaseError

HOSTILE = (
    "<script>alert(1)</script> | **fett** [hier](https://example.org) `x` _y_ ~~z~~ ![i](x) &amp; \u202eanders\nherum"
)
ACCEPTED = {"reason": f"geprüft {HOSTILE}", "accepted_by": "M. Muster", "accepted_on": dt.date(2026, 1, 15)}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two releases, with texts from files that are full of markup."""
    folder = tmp_path_factory.mktemp("report")
    data = DataFolder(folder / "data")
    release(folder, data, OLD, BEFORE, [finding("a"), finding("b")])
    refused = Delivery(
        "hostile", [], state="quarantined", message=HOSTILE, arrived_at=dt.datetime.fromisoformat("2026-01-09")
    )
    findings = [
        finding("a", "fixed"),
        finding("b", "accepted", **ACCEPTED),
        finding("c", "recurring", text_de=f"Sprung {HOSTILE}", todo_de="Nachsehen", severity="stop"),
        finding("d"),
    ]
    release(folder, data, NEW, [*AFTER, refused], findings)
    write_report(data)
    return data


@pytest.fixture(scope="module")
def markdown(data: DataFolder) -> str:
    return (data.releases / f"{NEW}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(data: DataFolder) -> str:
    return (data.releases / f"{NEW}.html").read_text(encoding="utf-8")


def section(markdown: str, title: str) -> list[list[str]]:
    """Rows of a table of the Markdown by cell, without its head."""
    (part,) = (part for part in markdown.split("\n## ") if part.startswith(title))
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in lines[2:]]


def test_overview(markdown: str) -> None:
    assert section(markdown, "Auf einen Blick") == [
        ["Neu übernommene Dateien", "2"],
        ["Unveränderte Dateien", "1"],
        ["Nicht übernommene Dateien", "3"],
        ["Neue Indikatorwerte", "17"],
        ["Revidierte Indikatorwerte", "34"],
        ["Weggefallene Indikatorwerte", "0"],
        ["Geänderte Ampeln", "17"],
        ["Offene Befunde", "2"],
    ]
    assert f"Verglichen mit dem Release {OLD} vom 01.01.2026, 00:00 Uhr (UTC)." in markdown
    assert "SYNTHETISCHE BEISPIELDATEN" in markdown


def test_deliveries(markdown: str) -> None:
    assert [row[0] for row in section(markdown, "Neue Lieferungen")] == ["2 Dateien (census.csv … worse.csv)"]
    refused = {row[0]: row[3:] for row in section(markdown, "Nicht übernommene Dateien")}
    assert refused == {
        "hostile.csv": ["09.01.2026", "ja"],
        "insolvent.csv": ["01.01.2021", "ja"],
        "refused.csv": ["01.01.2021", ""],
    }


def test_values(markdown: str) -> None:
    assert section(markdown, "Neue Indikatorwerte") == [["Bevölkerung", "17", "31.12.2023"]]
    revised = section(markdown, "Revidierte Indikatorwerte")
    assert revised[:3] == [
        [
            "Unternehmensinsolvenzen",
            "Metropole Ruhr",
            "31.12.2022",
            "600 Fälle",
            "900 Fälle",
            "+50,0 %",
            "neue Lieferung",
        ],
        [
            "Bevölkerung",
            "Metropole Ruhr",
            "31.12.2022",
            "15.001 Personen",
            "13.501 Personen",
            "−10,0 %",
            "neue Zensusbasis",
        ],
        [
            "Unternehmensinsolvenzen",
            "Nordrhein-Westfalen",
            "31.12.2022",
            "40 Fälle",
            "60 Fälle",
            "+50,0 %",
            "neue Lieferung",
        ],
    ]
    assert len(revised) == 34 <= SHOWN


def test_lights(markdown: str) -> None:
    rows = section(markdown, "Geänderte Ampeln")
    assert rows[0][:5] == ["Unternehmensinsolvenzen", "Metropole Ruhr", "grün", "gelb", "31.12.2022"]


def test_findings(markdown: str) -> None:
    opened = section(markdown, "Offene Befunde")
    assert [(row[0], row[2], row[3], row[4], row[5]) for row in opened] == [
        ("hält auf", "Nachsehen", "01.01.2026", "wiedergekehrt", "c"),
        ("Warnung", "", "01.01.2026", "offen", "d"),
    ]
    (accepted,) = section(markdown, "Angenommene Befunde")
    assert accepted[1].startswith("geprüft")
    assert accepted[2:4] == ["M. Muster", "15.01.2026"]
    assert [row[2] for row in section(markdown, "Behobene Befunde")] == ["a"]


def test_freshness_and_sizes(markdown: str) -> None:
    assert [row[0] for row in section(markdown, "Aktualität der Quellen")] == ["source"]
    assert "marts.indicator\\_value" in [row[0] for row in section(markdown, "Größe der Tabellen")]


def test_first_release(data: DataFolder, tmp_path: Path) -> None:
    alone = DataFolder(tmp_path)
    alone.releases.mkdir()
    shutil.copy(data.releases / f"{OLD}.duckdb", alone.releases)
    markdown, page = write_report(alone)
    assert (markdown.name, page.name) == (f"{OLD}.md", f"{OLD}.html")
    text = markdown.read_text(encoding="utf-8")
    assert "Es gibt kein früheres Release" in text
    assert ["Neu übernommene Dateien", "2"] in section(text, "Auf einen Blick")
    assert "Revidierte" not in text


def test_no_release(tmp_path: Path) -> None:
    with pytest.raises(NoSuchReleaseError):
        write_report(DataFolder(tmp_path))


# --- markup ---------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_holds_no_markup_of_others_and_loads_nothing(page: str) -> None:
    found = Tags(page)
    assert not found.tags & {"script", "img", "link", "a", "iframe", "b", "svg"}
    assert not found.attributes & {"src", "href", "onload", "srcset"}
    assert "<script>alert(1)</script> | **fett**" in found.text
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_markdown_holds_no_markup_of_others(markdown: str) -> None:
    assert "<script" not in markdown
    for live in ("**fett**", "[hier]", "https://example.org", "`x`", "~~z~~", "![i]", "\u202e"):
        assert live not in markdown
    assert r"\*\*fett\*\* \[hier\](https&#58;//example.org) \`x\`" in markdown


@given(st.text())
def test_any_text_stays_in_its_cell(text: str) -> None:
    table = Table("Titel", ("eins", "zwei"), [(text, "sicher")], 1, "")
    report = Report("Bericht", [], [table])
    assert [row[-1] for row in section(as_markdown(report), "Titel")] == ["sicher"]
    found = Tags(as_html(report))
    assert {"table", "td"} <= found.tags <= Tags(as_html(Report("", [], [Table("", ("",), [("",)], 1, "")]))).tags
    shown = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    assert shown in found.text


def test_rows_left_out_are_counted() -> None:
    report = Report("Bericht", [], [Table("Titel", ("a",), [("1",)], 1300, "")])
    assert "… und 1.299 weitere." in as_markdown(report)
    assert "… und 1.299 weitere." in as_html(report)


def test_empty_table_says_so() -> None:
    report = Report("Bericht", [], [Table("Titel", ("a",), [], 0, "Nichts da.")])
    assert "## Titel\n\nNichts da." in as_markdown(report)
    assert "<p>Nichts da.</p>" in as_html(report)


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (1780332, 0, "1.780.332"),
        (1.216, 2, "1,22"),
        (-0.5, 1, "−0,5"),
        (0, 0, "0"),
        (999.5, 1, "999,5"),
        (-0.001, 1, "0,0"),
    ],
)
def test_german_numbers(number: float, decimals: int, text: str) -> None:
    assert german(number, decimals) == text


@pytest.mark.parametrize(("share", "text"), [(0.123, "+12,3 %"), (-0.0579, "−5,8 %"), (0, "0,0 %"), (None, "")])
def test_german_percent(share: float | None, text: str) -> None:
    assert german_percent(share) == text
