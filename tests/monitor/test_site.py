"""The built site: whole, in two languages, without anything from elsewhere, and with the numbers of the warehouse."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

import monitor.site
from flows.refresh import refresh
from monitor import format as fmt
from monitor.downloads import csv_bytes
from monitor.page import Page
from monitor.pages import NAVIGATION
from monitor.site import MARKER, PageClashError, SiteError, build_site
from monitor.texts import LANGS, entries
from monitor.view import View
from reference.regions import ruhr_kreise
from tests.built_site import Built, Parsed
from tests.flows.conftest import COMMAND, rows, run
from tests.flows.inboxes import GOOD, broadband, fill
from warehouse.connect import open_for_building
from warehouse.data_folder import DataFolder
from warehouse.swap import replacing

#: The most a page may weigh without its downloads.
HEAVIEST = 300_000


# --- whole ----------------------------------------------------------------------------------------


def test_every_topic_kommune_and_indicator_has_its_page(site: Built) -> None:
    names = [path.stem for path in (site.out / "indikator").glob("*.html") if path.stem != "index"]
    assert sorted(names) == sorted(id for (id,) in rows(site.data, "SELECT indicator_id FROM marts.indicator"))
    assert len(list((site.out / "kommunen").glob("*.html"))) == 1 + len(ruhr_kreise())
    assert len(list((site.out / "themen").glob("*.html"))) == 1 + 6


def test_all_links_resolve_and_stay_in_the_site(site: Built) -> None:
    broken = [
        f"{path}: {target}"
        for path, page in site.pages.items()
        for target in links(page)
        if not resolves(site, path, target)
    ]
    assert broken == []


def links(page: Parsed) -> set[str]:
    return {value for e in page.elements for name in ("href", "src") if (value := e.attributes.get(name)) is not None}


def resolves(site: Built, path: str, target: str) -> bool:
    address, fragment = urldefrag(target)
    file = (site.out / path).parent.joinpath(unquote(address)).resolve() if address else site.out / path
    if not file.is_relative_to(site.out.resolve()) or not file.is_file():
        return False
    return not fragment or fragment in ids(site.pages[str(file.relative_to(site.out.resolve()))])


def ids(page: Parsed) -> list[str]:
    return [e.attributes["id"] for e in page.elements if "id" in e.attributes]


def test_ids_are_unique_in_a_page(site: Built) -> None:
    twice = {path: [i for i in ids(page) if ids(page).count(i) > 1] for path, page in list(site.pages.items())[::7]}
    assert {path: found for path, found in twice.items() if found} == {}


def test_both_languages_have_the_same_pages_and_places(site: Built) -> None:
    german = {path: page for path, page in site.pages.items() if not path.startswith("en/")}
    english = {path.removeprefix("en/"): page for path, page in site.pages.items() if path.startswith("en/")}
    assert german.keys() == english.keys()
    for path, page in german.items():
        assert ids(page) == ids(english[path]), path
        assert (page.elements[0].attributes, english[path].elements[0].attributes) == ({"lang": "de"}, {"lang": "en"})


def test_pages_are_light(site: Built) -> None:
    weights = {path: (site.out / path).stat().st_size for path in site.pages}
    assert max(weights.values()) < HEAVIEST
    assert site.summary.bytes_largest_page == max(weights.values())


def test_nothing_asks_another_host_or_brings_inline_code(site: Built) -> None:
    for path, page in site.pages.items():
        policy = next(e for e in page.elements if e.attributes.get("http-equiv") == "Content-Security-Policy")
        assert policy.attributes["content"].startswith("default-src 'none'")
        assert not [e for e in page.elements if "style" in e.attributes or e.tag == "style"], path
        assert not [e for e in page.elements if any(name.startswith("on") for name in e.attributes)], path
        assert not [e for e in page.elements if e.tag == "script" and e.text], path
        assert not [target for target in links(page) if re.match(r"[a-z]+:|//", target)], path


def test_headings_descend_by_one(site: Built) -> None:
    for path, page in site.pages.items():
        levels = [int(e.tag[1]) for e in page.elements if re.fullmatch("h[1-6]", e.tag)]
        assert levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), path


def test_synthetic_data_says_so_on_every_page(site: Built) -> None:
    for path, page in site.pages.items():
        assert any(e.attributes.get("class") == "banner" for e in page.elements), path


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "folder"), [("de", ""), ("en", "en/")])
def test_values_of_an_indicator_are_those_of_the_warehouse(site: Built, lang: fmt.Language, folder: str) -> None:
    sql = "SELECT region_id, reference_date, value FROM marts.indicator_value WHERE indicator_id = 'unemployment_rate'"
    of_warehouse = {f"{region}-{day}": fmt.quantity(value, "%", lang) for region, day, value in rows(site.data, sql)}
    found = values(site.pages[f"{folder}indikator/unemployment_rate.html"])
    assert len(found) > 100
    assert {anchor: text.replace("\u00a0", " ") for anchor, text in of_warehouse.items()}.items() >= found.items()


def values(page: Parsed) -> dict[str, str]:
    """Shown value by anchor of its row."""
    found = {}
    for number, element in enumerate(page.elements):
        if element.tag == "tr" and re.fullmatch(r"\w+-\d{4}-\d\d-\d\d", element.attributes.get("id", "")):
            found[element.attributes["id"]] = page.elements[number + 2].text
    return found


def test_each_value_names_file_and_cell(site: Built) -> None:
    page = site.pages["indikator/gdp.html"]
    (row,) = [e.text for e in page.elements if e.attributes.get("id") == "05915-2020-12-31"]
    sql = """SELECT locator, file_name FROM meta.lineage JOIN meta.delivery USING (delivery_id)
             WHERE indicator_id = 'gdp' AND region_id = '05915' AND reference_date = '2020-12-31'"""
    ((locator, file_name),) = rows(site.data, sql)
    assert locator.replace("line", "Zeile").replace("column", "Spalte") in row
    assert any(e.text.startswith(file_name) for e in page.elements if e.attributes.get("id", "").startswith("datei-"))


def test_a_number_has_unit_date_source_and_vintage_beside_it(site: Built) -> None:
    tips = [e.text for e in site.pages["kommunen/hamm.html"].elements if e.attributes.get("role") == "tooltip"]
    employees = next(tip for tip in tips if "Einheit: Personen" in tip)
    assert all(word in employees for word in ("Stichtag:", "Sicherheit:", "Quelle: ", "Bekannt seit: "))


def test_lights_are_those_of_the_warehouse(site: Built) -> None:
    words = {"green": "grün", "yellow": "gelb", "red": "rot", "not_assessable": "nicht bewertbar"}
    sql = "SELECT light FROM marts.indicator_status WHERE region_id = 'RUHR' AND indicator_id = 'topic_employees.it'"
    page = site.pages["themen/it-dienstleistungen.html"]
    shown = next(e.text for e in page.elements if e.attributes.get("class", "").startswith("light"))
    assert [(shown,)] == [(words[light],) for (light,) in rows(site.data, sql)]


# --- downloads ------------------------------------------------------------------------------------


def test_a_change_beside_a_newer_value_names_both_its_days(site: Built) -> None:
    """In the sample the newest employees are of December, but only those of September have a comparable year before."""
    sql = """
        SELECT strftime(s.previous_date, '%d.%m.%Y'), strftime(s.reference_date, '%d.%m.%Y')
        FROM marts.indicator_status s
        WHERE s.region_id = 'RUHR' AND s.indicator_id = 'employees' AND s.reference_date < (
            SELECT max(v.reference_date) FROM marts.indicator_value v
            WHERE v.region_id = s.region_id AND v.indicator_id = s.indicator_id AND v.value IS NOT NULL)
    """
    [(start, end)] = rows(site.data, sql)
    cards = [e.text for e in site.pages["index.html"].elements if "card" in e.attributes.get("class", "").split()]
    (card,) = [text for text in cards if text.startswith("Beschäftigte")]
    assert f"vom {start} bis {end}" in card
    assert f"seit {start}" not in card


def test_each_figure_has_its_files(site: Built) -> None:
    slugs = {
        e.attributes["id"]: path
        for path, page in site.pages.items()
        if not path.startswith("en/")
        for e in page.elements
        if e.attributes.get("class") == "exhibit"
    }
    assert len(slugs) > 50
    for slug in slugs:
        for folder in ("daten", "en/daten"):
            assert (site.out / folder / f"{slug}.csv").read_bytes().startswith(b"\xef\xbb\xbf")
            assert json.loads((site.out / folder / f"{slug}.json").read_bytes())["citation"].startswith("S3")


def test_drawings_stand_alone(site: Built) -> None:
    drawing = (site.out / "daten" / "portfolio-hamm.svg").read_text(encoding="utf-8")
    assert "<style>" in drawing
    assert "href=" not in drawing


def test_csv_of_both_languages_say_the_same(site: Built) -> None:
    german = read_csv(site.out / "daten" / "gdp.csv", ";")
    english = read_csv(site.out / "en" / "daten" / "gdp.csv", ",")
    assert len(german) == len(english) > 100
    assert [row[3].replace(",", ".") for row in german[1:]] == [row[3] for row in english[1:]]


def read_csv(path: Path, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=delimiter))


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@x", "\tx", "\r=x"])
def test_a_text_is_never_a_formula(text: str) -> None:
    assert csv_bytes(["a"], [[text]], "en").decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")


def test_negative_numbers_stay_numbers() -> None:
    assert csv_bytes(["a"], [[-1.5]], "de").decode("utf-8-sig") == "a\r\n-1,5\r\n"


def test_parquet_holds_the_whole_warehouse(site: Built) -> None:
    import duckdb

    files = site.out / "daten" / "parquet"
    tables = rows(site.data, "SELECT schema_name || '.' || table_name FROM duckdb_tables()")
    assert sorted(path.stem for path in files.iterdir()) == sorted(name for (name,) in tables)
    found = duckdb.sql(f"SELECT count(*) FROM '{files / 'marts.indicator_value.parquet'}'").fetchall()
    assert found == rows(site.data, "SELECT count(*) FROM marts.indicator_value")


# --- words ----------------------------------------------------------------------------------------


def test_every_text_has_both_languages_and_the_same_placeholders() -> None:
    for key, wording in entries().items():
        assert all(wording[lang] for lang in LANGS), key
        assert len({frozenset(re.findall(r"{(\w+)}", wording[lang])) for lang in LANGS}) == 1, key


def test_every_term_of_a_formula_has_words(site: Built) -> None:
    used = rows(site.data, "SELECT DISTINCT variable, dimensions FROM meta.indicator_term")
    missing = {f"variable.{v}" for v, _ in used} | {f"dimension.{d}" for _, d in used if d}
    assert missing - entries().keys() == set()


# --- building -------------------------------------------------------------------------------------


def test_a_nearly_empty_warehouse_has_its_pages_in_words(small: DataFolder, tmp_path: Path) -> None:
    built = build_site(small, tmp_path / "site")
    pages = Built(small, built.out, built).pages
    assert {path for _, path in NAVIGATION} | {"kommunen/hamm.html", "themen/logistik.html"} <= pages.keys()
    assert not [path for path, page in pages.items() if "None" in page.elements[0].text]


def test_the_same_release_gives_the_same_bytes(small: DataFolder, tmp_path: Path) -> None:
    one, other = (build_site(small, tmp_path / name).out for name in ("one", "other"))
    assert contents(one) == contents(other)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_release_replaces_the_site_and_names_what_changed(small: DataFolder, tmp_path: Path) -> None:
    data = DataFolder(shutil.copytree(small.root, tmp_path / "data"))
    out = tmp_path / "site"
    build_site(data, out)
    assert "erste Datenstand" in (out / "index.html").read_text(encoding="utf-8")
    (out / "left-over.html").write_text("old")
    marker = json.loads((out / MARKER).read_text())  # a page that the release before had
    (out / MARKER).write_text(json.dumps({**marker, "files": [*marker["files"], "left-over.html"]}))
    assert refresh(data, [fill(tmp_path / "next", {GOOD: broadband(70.5)})]).published
    build_site(data, out)
    assert not (out / "left-over.html").exists()
    assert "Neue Dateien: 1" in (out / "aenderungen.html").read_text(encoding="utf-8")


def test_a_build_that_fails_leaves_the_old_site(
    small: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sites" / "site"
    build_site(small, out)
    before = contents(out)

    def twice(view: View) -> list[Page]:
        return [Page("x.html", "methods.html.j2", "x", "methods", content={"sections": [], "rule": ""})] * 2

    monkeypatch.setattr(monitor.site, "BUILDERS", (twice,))
    with pytest.raises(PageClashError, match=r"x\.html"):
        build_site(small, out)
    assert contents(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_what_a_killed_build_left_is_removed(small: DataFolder, tmp_path: Path) -> None:
    out = tmp_path / "sites" / "site"
    left = out.parent / ".site-s3monitor-killed" / "new"
    left.mkdir(parents=True)
    (left / "index.html").write_text("half")
    with replacing(out) as other:  # a build that is still at it is left alone
        build_site(small, out)
        assert other.is_dir()
        shutil.rmtree(other)
        shutil.copytree(out, other)
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_a_release_of_an_older_program_asks_for_a_refresh(small: DataFolder, tmp_path: Path) -> None:
    data = DataFolder(shutil.copytree(small.root, tmp_path / "data", symlinks=True))
    older = data.published.resolve()
    with open_for_building(older) as connection:
        connection.execute("UPDATE meta.release SET code_version = '0.0.1+old'")
        connection.execute("DROP TABLE quality.freshness")
    with pytest.raises(SiteError, match=r"0\.0\.1\+old.*Run: s3monitor refresh"):
        build_site(data, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_the_commands_build_and_serve(small: DataFolder, tmp_path: Path) -> None:
    nothing = run([*COMMAND, "serve", "--data", str(small.root), "--port", "0"], tmp_path)
    assert (nothing.code, nothing.stderr) == (
        1,
        f"There are no pages in {small.root / 'site'} yet. Run: s3monitor site\n",
    )
    built = run([*COMMAND, "site", "--data", str(small.root), "--out", "pages", "--json"], tmp_path)
    assert (built.code, built.json["out"]) == (0, "pages")
    assert built.json["pages"] == len(list((tmp_path / "pages").rglob("*.html")))


def test_a_folder_with_something_else_is_not_replaced(small: DataFolder, tmp_path: Path) -> None:
    out = tmp_path / "letters"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    with pytest.raises(SiteError, match="something other than a site"):
        build_site(small, out)
    assert contents(out) == {"letter.txt": b"dear"}
