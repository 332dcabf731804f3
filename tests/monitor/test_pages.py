"""Sectors, lead markets, context, broadband, Action Plan, actors, data quality, dictionary: their numbers and words."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.refresh import refresh
from monitor import format as fmt
from monitor.downloads import DATA_DOCS
from monitor.facts import Facts
from monitor.page import Builder
from monitor.pages import branchen, broadband, context, lead_markets
from monitor.pages.branchen_parts import ranks
from monitor.render import Renderer, environment
from monitor.site import build_site
from monitor.texts import Lang, Texts
from monitor.view import View
from quality.decisions import Decision, add_decision
from quality.findings import PROGRAM_SAYS
from reference.regions import ruhr_kreise
from tests.built_site import Built, Parsed
from tests.flows.conftest import rows
from tests.flows.inboxes import broadband as broadband_file
from tests.flows.inboxes import file_name, fill, manifest
from warehouse.data_folder import DataFolder

HOSTILE = "<script>alert(1)</script>"


def exhibit(site: Built, slug: str, lang: Lang = "de") -> list[dict[str, Any]]:
    """The rows of an exhibit as its download says them."""
    folder = site.out / ("en/daten" if lang == "en" else "daten")
    found: list[dict[str, Any]] = json.loads((folder / f"{slug}.json").read_text(encoding="utf-8"))["rows"]
    return found


def texts(page: Parsed, class_: str = "", tag: str = "") -> list[str]:
    """The words of the elements of a tag or class."""
    return [
        e.text
        for e in page.elements
        if (not tag or e.tag == tag) and (not class_ or class_ in e.attributes.get("class", "").split())
    ]


def table_rows(page: Parsed) -> list[list[str]]:
    """The cells of all rows of all tables of a page."""
    found: list[list[str]] = []
    for element in page.elements:
        if element.tag == "tr":
            found.append([])
        elif element.tag in ("th", "td"):
            found[-1].append(element.text)
    return found


def names(site: Built) -> dict[str, str]:
    """Region ids by the name the German pages show."""
    t = Texts("de")
    found = rows(site.data, "SELECT region_id, name, level FROM marts.region WHERE in_ruhr OR level <> 'kreis'")
    return {name if level == "kreis" else t(f"region.{level}"): region for region, name, level in found}


# --- sectors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sector", ["H", "B,D,E", "782,783"])
def test_a_sector_shows_the_numbers_of_the_warehouse(site: Built, sector: str) -> None:
    sql = f"""
        SELECT e.region_id, e.employees, e.employees_lower, e.employees_upper,
               q.location_quotient, q.location_quotient_lower, q.location_quotient_upper
        FROM marts.employment e JOIN marts.specialisation q USING (region_id, sector_scheme, sector_id, reference_date)
        WHERE sector_scheme = 'ba-rr' AND sector_id = '{sector}' AND q.benchmark_id = '05'
        QUALIFY reference_date = max(reference_date) OVER ()
    """
    warehouse = {region: numbers for region, *numbers in rows(site.data, sql)}
    regions = names(site)
    shown = exhibit(site, f"branche-{slug(sector)}-kommunen")
    assert len(shown) == 1 + len(ruhr_kreise())
    for row in shown:
        cells = (row["Beschäftigte"], row["Spezialisierung (LQ)"])
        numbers = [cell[bound] for cell in cells for bound in ("value", "lower", "upper")]
        assert numbers == warehouse[regions[row["Region"]]]


def slug(sector: str) -> str:
    return re.sub("[^a-z0-9]", "-", sector.lower())


def test_a_sector_names_its_wz_codes(site: Built) -> None:
    assert "WZ 16–17, 19–20, 22–23" in texts(site.pages["branchen/16-17-19-20-22-23.html"], "lead")[0]
    assert "Teil von WZ 78" in texts(site.pages["branchen/782-783.html"], "lead")[0]
    assert "part of WZ 78" in texts(site.pages["en/branchen/782-783.html"], "lead")[0]


def test_every_sector_and_division_is_listed(site: Built) -> None:
    newest = "QUALIFY reference_date = max(reference_date) OVER ()"
    sql = f"SELECT sector_id FROM marts.leaf_sector WHERE sector_scheme = '{{}}' AND sector_id <> 'NA' {newest}"
    assert len(exhibit(site, "branchen-abteilungen")) == len(rows(site.data, sql.format("wz08-2"))) == 88
    pages = {path.stem for path in (site.out / "branchen").glob("*.html")}
    assert {slug(sector) for (sector,) in rows(site.data, sql.format("ba-rr"))} <= pages


def test_the_three_parts_add_up_to_the_change(site: Built) -> None:
    for row in exhibit(site, "branche-h-shift-share"):
        parts = (row["NRW-Teil"], row["Branchenteil"], row["Standortteil"])
        assert sum(parts) == pytest.approx(row["Veränderung"])
    total = next(row for row in exhibit(site, "branchen-shift-share") if row["Region"] == "Metropole Ruhr")
    sql = "SELECT regional_share FROM marts.shift_share WHERE region_id = 'RUHR' AND sector_id = 'TOTAL'"
    assert (total["Standortteil"],) in rows(site.data, sql)


bounds = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(st.lists(st.tuples(bounds, st.floats(0, 1)), min_size=1, max_size=8))
def test_a_rank_holds_whatever_the_hidden_value_is(drawn: list[tuple[list[int], float]]) -> None:
    listed = [{"location_quotient_lower": low, "location_quotient_upper": high} for (low, high), _ in drawn]
    values = [low + (high - low) * part for (low, high), part in drawn]
    for (best, worst), value in zip(ranks(listed), values, strict=True):
        assert best <= 1 + sum(other > value for other in values) <= worst


def test_an_open_bound_leaves_the_rank_open() -> None:
    sure = {"location_quotient_lower": 1.0, "location_quotient_upper": 1.0}
    unknown = {"location_quotient_lower": None, "location_quotient_upper": None}
    assert ranks([sure, unknown]) == [(1, 2), (1, 2)]


# --- lead markets ---------------------------------------------------------------------------------


def test_published_and_computed_stand_side_by_side(site: Built) -> None:
    sql = """
        SELECT m.title_de, a.published_employees, a.employees_lower, a.employees_upper, a.relative_difference,
               a.is_within_bounds
        FROM marts.lead_market_acceptance a JOIN marts.lead_market m USING (lead_market_id)
        WHERE sector_scheme = 'wz08-2' AND reference_date = '2020-06-30'
    """
    shown = {row["Leitmarkt"]: row for row in exhibit(site, "leitmaerkte-vergleich") if row["Stichtag"] == "2020-06-30"}
    warehouse = rows(site.data, sql)
    assert len(shown) == len(warehouse) == 9
    for title, published, lower, upper, difference, fits in warehouse:
        row = shown[title]
        assert (row["Veröffentlicht"], row["Berechnet"]["lower"], row["Berechnet"]["upper"]) == (
            published,
            lower,
            upper,
        )
        assert row["Unterschied"] == difference
        assert row["Passt?"] == ("passt" if fits else "passt nicht")


def test_a_contradiction_of_the_report_is_marked(site: Built) -> None:
    page = site.pages["leitmaerkte/index.html"]
    contradicted = rows(site.data, "SELECT count(*) FROM marts.lead_market_value WHERE contradiction_de IS NOT NULL")
    assert [(texts(page, "mark").count("Widerspruch im Bericht"),)] == contradicted


def test_each_lead_market_lists_its_divisions(site: Built) -> None:
    sql = """
        SELECT title_de, count(*) FROM marts.lead_market_sector JOIN marts.lead_market USING (lead_market_id) GROUP BY 1
    """
    summaries = texts(site.pages["leitmaerkte/index.html"], tag="summary")
    assert {f"{title} ({count})" for title, count in rows(site.data, sql)} <= set(summaries)


# --- context --------------------------------------------------------------------------------------


def test_every_context_indicator_of_the_statistics_is_shown(site: Built) -> None:
    sql = """
        SELECT title_de, title_en FROM marts.indicator
        WHERE type = 'context' AND indicator_id IN (SELECT indicator_id FROM meta.indicator_term)
    """
    found = rows(site.data, sql)
    german, english = (site.pages[f"{folder}rahmenbedingungen.html"] for folder in ("", "en/"))
    assert len(found) > 10
    assert {title for title, _ in found} <= set(texts(german, tag="th"))
    assert {title for _, title in found} <= set(texts(english, tag="th"))
    assert not [text for text in texts(german, tag="th") if "Regional Action Plan" in text]


def test_the_kommunen_are_compared_by_their_newest_values(site: Built) -> None:
    sql = "SELECT value FROM marts.indicator_value WHERE indicator_id = 'unemployment_rate' AND region_id = '05915'"
    ((value,),) = rows(site.data, f"{sql} ORDER BY reference_date DESC LIMIT 1")
    page = site.pages["rahmenbedingungen/arbeitsmarkt.html"]
    hamm = next(e.text for e in page.elements if e.tag == "tr" and e.text.startswith("Hamm"))
    assert fmt.quantity(value, "%", "de").replace("\u00a0", " ") in hamm


def test_a_long_series_is_cut_to_its_newest_dates(site: Built) -> None:
    sql = "SELECT reference_date FROM marts.indicator_value WHERE indicator_id = 'employees' AND region_id = 'RUHR'"
    newest = sorted((day.isoformat() for (day,) in rows(site.data, sql)), reverse=True)
    shown = [row["Stichtag"] for row in exhibit(site, "rahmen-employees-verlauf-ruhr")]
    assert shown == newest[: len(shown)]
    assert len(shown) < len(newest)
    assert any(
        "alle stehen auf der Seite" in text for text in texts(site.pages["rahmenbedingungen/arbeitsmarkt.html"], "note")
    )


def test_a_revised_value_shows_what_was_published_before(site: Built) -> None:
    sql = """
        SELECT sum(old_value) FROM quality.revision JOIN marts.region USING (region_id)
        WHERE variable = 'population' AND dimensions = '' AND in_ruhr AND level = 'kreis'
    """
    ((before,),) = rows(site.data, sql)
    page = site.pages["rahmenbedingungen/bevoelkerung.html"]
    assert any(fmt.number(before, "de") in text and "neue Zensusbasis" in text for text in texts(page, tag="title"))
    assert "früher veröffentlichter Wert" in texts(page, tag="text")


# --- broadband ------------------------------------------------------------------------------------


def test_rates_are_those_of_the_newest_edition(site: Built) -> None:
    sql = """
        SELECT region_id, coverage_pct FROM marts.broadband
        WHERE customer = 'households' AND technology = 'all' AND min_mbit = 100
          AND reference_date = (SELECT max(reference_date) FROM marts.broadband WHERE customer = 'households')
    """
    warehouse = dict(rows(site.data, sql))
    regions = names(site)
    shown = {regions[row["Region"]]: row["100 Mbit/s"] for row in exhibit(site, "breitband-households")}
    assert shown == {region: warehouse[region] for region in shown}
    assert len(shown) == len(ruhr_kreise()) + 2


def test_the_break_of_the_method_is_marked_and_nothing_is_compared_across_it(site: Built) -> None:
    page = site.pages["breitband.html"]
    assert "Breitbandatlas seit 2022" in texts(page, tag="text")
    sql = "SELECT min(strftime(reference_date, '%Y-%m-%d')) FROM marts.broadband WHERE basis = 'atlas2022'"
    ((first,),) = rows(site.data, sql)
    compared = [text for text in texts(page, tag="p") if re.fullmatch(r"\S+ % \(\S+\) → \S+ % \(\S+\)", text)]
    assert len(compared) == len(ruhr_kreise())
    days = {"-".join(reversed(day.split("."))) for text in compared for day in re.findall(r"\((.*?)\)", text)}
    assert min(days) == first


def test_mobile_coverage_is_shown_by_operator_and_area(site: Built) -> None:
    sql = """
        SELECT coverage_pct FROM marts.mobile_coverage
        WHERE region_id = '05915' AND operator = 'vodafone' AND technology = '5g' AND area_group = 'area'
    """
    ((coverage,),) = rows(site.data, sql)
    hamm = next(row for row in exhibit(site, "mobilfunk-operators", "en") if row["Region"] == "Hamm")
    assert hamm["Vodafone"] == coverage


# --- Action Plan ----------------------------------------------------------------------------------


def test_without_a_status_file_the_plan_says_so(site: Built) -> None:
    page = site.pages["aktionsplan.html"]
    assert any("bisher ein Stand eingetragen" in text for text in texts(page, "note"))
    costs = exhibit(site, "aktionsplan-kosten")
    assert (costs[-1]["Teilmaßnahme"], costs[-1]["Geplante Kosten"]) == ("Zusammen", 115000)
    assert all(row["Ausgaben"]["status"] == "noch nicht eingetragen" for row in costs)


@pytest.fixture(scope="module")
def reported(small: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of a small release with a status of the Action Plan, hostile names, an accepted and an open finding."""
    folder = tmp_path_factory.mktemp("reported")
    data = DataFolder(shutil.copytree(small.root, folder / "data"))
    write_status(data)
    files = {file_name(41): broadband_file(70), "unreadable.csv": b"a;b\n1;2\n", "unknown.csv": b"c;d\n1;2\n"}
    named = manifest({"path": name, "publisher": HOSTILE, "product": HOSTILE} for name in files)
    assert refresh(data, [fill(folder / "inbox", files | named)]).published
    accept_one(data)
    assert refresh(data, [fill(folder / "next", {file_name(42): broadband_file(71)})]).published
    ((release_id,),) = rows(data, "SELECT release_id FROM meta.release")
    fill(data.quality / "data-docs" / release_id, {"index.html": b"<!doctype html><title>Erwartungen</title>"})
    return Built(data, folder / "site", build_site(data, folder / "site"))


def accept_one(data: DataFolder) -> None:
    sql = "SELECT finding_id, fingerprint, text_de FROM quality.finding WHERE text_de LIKE '%unknown.csv%'"
    ((finding_id, fingerprint, text),) = rows(data, sql)
    decision = Decision(finding_id, fingerprint, dt.date(2026, 3, 2), "A. Muster", f"geprüft {HOSTILE}", text)
    add_decision(data.quality / "decisions.csv", decision)


def write_status(data: DataFolder) -> None:
    delivered = Path("reference/strategy/action_status.csv").resolve()
    with delivered.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    done = {"status": "done", "date": "2021-11-18", "evidence": HOSTILE, "participants_business": "12"}
    listed[0] |= done | {"cost_spent_eur": "3100"}
    listed[1] |= done
    path = data.root / "strategy" / "action_status.csv"
    path.parent.mkdir()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, listed[0])
        writer.writeheader()
        writer.writerows(listed)


def test_a_status_file_fills_the_plan(reported: Built) -> None:
    page = reported.pages["aktionsplan.html"]
    summary = texts(page, "facts", "dl")[0]
    assert "10 (2 erledigt, 8 geplant)" in summary
    assert "mindestens 3.100 Euro" in summary  # the second activity names no costs
    assert "24 Personen" in summary
    costs = exhibit(reported, "aktionsplan-kosten")
    assert costs[-1]["Ausgaben"] == {"value": None, "lower": 3100, "upper": None, "status": "Spanne"}


def test_hostile_names_stay_text(reported: Built) -> None:
    for path in ("aktionsplan.html", "qualitaet.html", "breitband.html", "en/breitband.html"):
        page = reported.pages[path]
        assert [e.attributes for e in page.elements if e.tag == "script"] == [
            {"src": f"{'../' if path.startswith('en/') else ''}assets/site.js", "defer": ""}
        ], path
    assert HOSTILE in texts(reported.pages["aktionsplan.html"], tag="td")
    assert any(HOSTILE in text for text in texts(reported.pages["breitband.html"], "facts"))


# --- actors ---------------------------------------------------------------------------------------


def test_all_actors_can_be_chosen_by_topic_and_kommune(site: Built) -> None:
    shown = exhibit(site, "akteure")
    assert [(len(shown),)] == rows(site.data, "SELECT count(*) FROM marts.actor")
    choices = {e.text for e in site.pages["akteure.html"].elements if "data-choice" in e.attributes}
    assert choices == {"Themenfeld", "Region", "Art"}


def test_a_number_that_the_plan_does_not_state_is_not_zero(site: Built) -> None:
    shown = {cells[0]: cells[2] for cells in table_rows(site.pages["akteure.html"]) if len(cells) == 5}
    for title, centres in rows(site.data, "SELECT title_de, centres FROM marts.innovation_centre_count"):
        assert shown[title] == (str(centres) if centres is not None else "nicht genannt")


# --- data quality ---------------------------------------------------------------------------------


def test_every_open_finding_says_what_to_do_and_how_to_decide(reported: Built) -> None:
    sql = "SELECT finding_id, text_de, todo_de FROM quality.finding WHERE state IN ('open', 'recurring')"
    page = reported.pages["qualitaet.html"]
    articles = {e.attributes["id"]: e.text for e in page.elements if e.tag == "article"}
    found = rows(reported.data, sql)
    assert articles.keys() == {finding_id for finding_id, _, _ in found}
    assert len(found) > 0
    for finding_id, text, todo in found:
        # What the program says in English stands in a line of its own, not in the heading.
        for part in text.split(PROGRAM_SAYS):
            assert " ".join(part.split()) in articles[finding_id]
        assert todo in articles[finding_id]
        assert f"s3monitor quality accept {finding_id} --reason" in articles[finding_id]


def test_a_file_that_was_not_accepted_stands_with_its_message(reported: Built) -> None:
    refused = {cells[0]: cells[-1] for cells in table_rows(reported.pages["qualitaet.html"])}
    for name, message in rows(reported.data, "SELECT file_name, message FROM meta.delivery WHERE state <> 'accepted'"):
        assert refused[name] == " ".join(message.split())


def test_an_accepted_finding_names_who_and_why(reported: Built) -> None:
    page = reported.pages["qualitaet.html"]
    (cells,) = [cells for cells in table_rows(page) if "A. Muster" in cells]
    assert cells[1:] == [f"geprüft {HOSTILE}", "A. Muster", "02.03.2026"]
    assert "Angenommene Befunde (1)" in texts(page, tag="summary")


def test_checks_are_counted_by_source(site: Built) -> None:
    ((passed, count),) = rows(site.data, "SELECT count(*) FILTER (passed), count(*) FROM quality.check_result")
    page = site.pages["qualitaet.html"]
    assert any(f"{passed} von {count} Prüfungen" in text for text in texts(page, tag="p"))
    table = next(e for e in page.elements if e.tag == "table" and "Prüfungen je Quelle" in e.text)
    for (product,) in rows(site.data, "SELECT product FROM quality.freshness"):
        assert product in table.text


def test_the_biggest_revision_stands_first(site: Built) -> None:
    sql = """
        SELECT old_value, new_value FROM quality.revision JOIN marts.region USING (region_id)
        WHERE in_ruhr OR level <> 'kreis' ORDER BY abs(relative_change) DESC LIMIT 1
    """
    ((old, new),) = rows(site.data, sql)
    listed = table_rows(site.pages["qualitaet.html"])
    first = listed[listed.index(next(cells for cells in listed if "Bisher" in cells)) + 1]
    assert first[3:5] == [fmt.number(old, "de"), fmt.number(new, "de")]


def test_the_record_of_expectations_is_linked_where_there_is_one(reported: Built, site: Built) -> None:
    assert (reported.out / DATA_DOCS).read_text().endswith("<title>Erwartungen</title>")
    for path, target in (("qualitaet.html", DATA_DOCS), ("en/qualitaet.html", f"../{DATA_DOCS}")):
        assert target in [e.attributes.get("href") for e in reported.pages[path].elements]
    assert not (site.out / DATA_DOCS).exists()


# --- dictionary -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "language"), [("", "de"), ("en/", "en")])
def test_every_table_and_column_is_explained(site: Built, folder: str, language: str) -> None:
    page = site.pages[f"{folder}woerterbuch.html"]
    sql = f"SELECT relation, field, description_{language} FROM meta.dictionary"
    relations = {e.attributes["id"]: e.text for e in page.elements if e.tag == "article"}
    explained = {cells[0]: cells[2] for cells in table_rows(page) if len(cells) == 4}
    for relation, field, description in rows(site.data, sql):
        assert field in relations[relation]
        assert explained[field] == " ".join(description.split())


# --- nearly nothing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("builder", "words"),
    [
        (branchen.pages, "Es liegen noch keine Beschäftigten nach Branchen vor."),
        (lead_markets.pages, "liegen keine Beschäftigten nach Branchen vor"),
        (context.pages, "Ohne Wert für die Metropole Ruhr: Bevölkerung."),
        (broadband.pages, "Der Breitbandatlas ist noch nicht geladen."),
    ],
)
def test_what_is_missing_is_said(empty: Path, builder: Builder, words: str) -> None:
    assert words in rendered(empty, builder, "de")
    assert "None" not in rendered(empty, builder, "en")


@pytest.fixture(scope="module")
def empty(small: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published warehouse without any figures."""
    import duckdb

    path = tmp_path_factory.mktemp("empty") / "s3monitor.duckdb"
    path.write_bytes(small.published.read_bytes())
    with closing(duckdb.connect(str(path))) as connection:
        for relation in ("broadband", "indicator_value", "indicator_status"):
            connection.execute(f"DELETE FROM marts.{relation}")
    return path


def rendered(path: Path, builder: Builder, lang: Lang) -> str:
    """The words of all pages of a builder."""
    import duckdb

    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        view = View(Facts(connection), lang)
        renderer = Renderer(environment(), view, [])
        files = dict(file for page in builder(view) for file in renderer.files(page))
    return " ".join(Parsed(content.decode()).elements[0].text for name, content in files.items() if ".html" in name)


@pytest.mark.parametrize(
    "path",
    ["branchen/index", "leitmaerkte/index", "rahmenbedingungen", "breitband", "aktionsplan", "akteure", "qualitaet"],
)
def test_both_languages_have_words_of_their_own(site: Built, path: str) -> None:
    german, english = (texts(site.pages[f"{folder}{path}.html"], "lead") for folder in ("", "en/"))
    assert all(german + english)
    assert german != english


# --- how sure a number is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (fmt.Figure(9.8, "%"), "genauer Wert"),
        (fmt.Figure(1891606, "persons", 1891606, 1891606, "derived"), "genau berechnet"),
        # Implied by printed, rounded rates: 9,8 is not sure to the last digit.
        (fmt.Figure(9.828, "%", 9.775, 9.881, "derived"), "berechnet, 9,8 bis 9,9 %"),
        (fmt.Figure(8.764, "%", 8.751, 8.771, "derived"), "genau berechnet"),
        (fmt.Figure(12, "persons", status="provisional"), "vorläufig"),
        (fmt.Figure(None, "persons", 0, 124110, "estimated"), "Spanne"),
        (fmt.Figure(None, "quotient", 0, None, "estimated"), "nicht eingrenzbar"),
        (fmt.Figure(None, "persons", 0, None, "suppressed"), "geheim gehalten"),
    ],
)
def test_how_sure_a_number_is_is_said_as_the_warehouse_knows_it(figure: fmt.Figure, words: str) -> None:
    assert View(cast(Facts, None), "de").certainty(figure).replace(fmt.NBSP, " ") == words


def test_the_card_of_a_rate_says_what_the_page_of_its_indicator_says(site: Built) -> None:
    """The Ruhr's rate is implied by rounded rates: nowhere an exact value."""
    card = next(e for e in site.pages["index.html"].elements if e.tag == "article" and "Arbeitslosenquote" in e.text)
    assert "berechnet, " in card.text
    assert "genauer Wert" not in card.text


def test_where_nothing_is_known_nothing_is_estimated(site: Built) -> None:
    found = [row for path, page in site.pages.items() if path.startswith("indikator/") for row in table_rows(page)
             if row[1:2] == ["nicht bekannt"]]  # fmt: skip
    assert "geschätzt" not in {row[2] for row in found}


# --- words that must be true --------------------------------------------------------------------------


def test_english_of_the_program_is_in_no_german_heading(reported: Built) -> None:
    page = reported.pages["qualitaet.html"]
    assert any(e.text == PROGRAM_SAYS.rstrip(":") for e in page.elements if e.tag == "dt")
    assert not [e.text for e in page.elements if e.tag == "h3" and PROGRAM_SAYS in e.text]


def test_planned_costs_are_those_of_the_plan_not_of_entries(site: Built) -> None:
    page = site.pages["indikator/action_plan_cost_planned.html"]
    assert "Summe der Kosten, die der Regional Action Plan je Teilmaßnahme druckt." in texts(page, tag="li")
    assert ["Regional Action Plan", "action_cost.csv"] in [cells[3:] for cells in table_rows(page)]


def test_licences_are_those_of_accepted_files(reported: Built) -> None:
    """A page of an error that came in place of a file has none: no line of unknowns."""
    products = {cells[0] for cells in table_rows(reported.pages["methodik.html"]) if len(cells) == 4}
    assert products
    assert "unbekannt" not in products


def test_a_small_change_does_not_look_like_none(site: Built) -> None:
    import duckdb

    with closing(duckdb.connect(str(site.data.published), read_only=True)) as connection:
        view = View(Facts(connection), "de")
        population = view.facts.indicators["population"]
        shown = [view.change(population, change) for change in (-0.00013, 0.0, 0.012)]
    assert [text.replace(fmt.NBSP, " ") for text in shown] == ["−0,01 %", "0,0 %", "+1,2 %"]
