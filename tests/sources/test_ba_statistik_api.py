"""Answers of the Statistik-API in the documented layout, as they might drift, and as they must be refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.regions import GERMANY, NRW, nrw_kreise, region_of_name
from schemas.observation import STATUSES_WITH_VALUE, Observation
from sources.ba_statistik_api import PRODUCT, decode
from sources.catalogue import recognise
from sources.product import Decoded
from sources.rejected import Rejected
from sources.sample.ba_words import region_name
from tests.conftest import Arrive

ANSWER = """\
Kreis:; Essen, Stadt
Gebietsstand:; Februar 2026
Berichtsmonat:; Februar 2026
Datenstand:; Februar 2026
Rechtskreis:; SGB III, SGB II
Hinweis:; Am aktuellen Rand werden vorläufige Daten ausgewiesen.

Ausgewählte Merkmale;Februar 2026;Januar 2026;Februar 2025;Veränderung Februar 2026 zum Vorjahresmonat absolut;
Arbeitslose insgesamt;33.880;34.030;980;-1.460;
im Rechtskreis SGB III;8.280;8.390;*;960;
im Rechtskreis SGB II;25.600;25.640;...;-500;
Unterbeschäftigung (ohne Kurzarbeit);42.000;41.950;42.050;5.950;
im Rechtskreis SGB II;1;2;3;4;
Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen);10,6;10,7;10,2;0,4;
im Rechtskreis SGB III;3,7;3,7;0,0;0,3;
© Statistik der Bundesagentur für Arbeit
Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet.
Die Produkte unterliegen dem Urheberrecht.
"""
EMPLOYMENT = """\
Kreis AO:; Essen, Stadt
Berichtsmonat:; Juni 2025

Ausgewählte Merkmale;Juni 2025;Juni 2024;
Sozialversicherungspflichtig Beschäftigte insgesamt;262.710;261.100;
Frauen;123.110;122.400;
© Statistik der Bundesagentur für Arbeit
Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet.
"""
FEBRUARY = dt.date(2026, 2, 28)
ALL_CIVILIAN = "base=all_civilian"


def observations(decoded: Decoded) -> list[Observation]:
    return [Observation._make(row) for row in decoded.observations]


def decoded(arrive: Arrive, text: str) -> Decoded:
    file = arrive(text)
    return recognise(file).decode(file)


def test_key_figures_of_a_kreis(arrive: Arrive) -> None:
    result = decoded(arrive, ANSWER)
    cells = observations(result)
    assert (result.source_id, result.period, result.published_on) == (
        "ba_statistik_api", "2025-02-28/2026-02-28", None,
    )  # fmt: skip
    assert {cell.region_id for cell in cells} == {"05113"}
    assert [(c.variable, c.dimensions, c.value, c.status) for c in cells if c.reference_date == FEBRUARY] == [
        ("unemployed", "", 33880, "value"),
        ("unemployed", "legal_basis=sgb3", 8280, "value"),
        ("unemployed", "legal_basis=sgb2", 25600, "value"),
        ("unemployment_rate", ALL_CIVILIAN, 10.6, "value"),
        ("unemployment_rate", f"{ALL_CIVILIAN};legal_basis=sgb3", 3.7, "value"),
    ]
    assert cells[0] == Observation(
        "ba_eckwerte_gerundet", "unemployed", "05113", None, None, "", FEBRUARY,
        33880, "Anzahl", "value", "", "33.880", "line 9, column 2",
    )  # fmt: skip
    year_before = {c.dimensions: (c.value, c.status) for c in cells if c.reference_date.year == 2025}
    assert year_before["legal_basis=sgb3"] == (None, "suppressed")
    assert year_before["legal_basis=sgb2"] == (None, "not_available")
    assert result.skipped == {
        "column that is no month": 1,
        "row not declared: Unterbeschäftigung (ohne Kurzarbeit)": 1,
        "row not declared: im Rechtskreis SGB II": 1,
    }


def test_employees_at_the_place_of_work(arrive: Arrive) -> None:
    result = decoded(arrive, EMPLOYMENT)
    assert (result.source_id, result.skipped) == ("ba_statistik_api_bst", {"row not declared: Frauen": 1})
    assert [(c.variable, c.reference_date, c.value) for c in observations(result)] == [
        ("employees", dt.date(2025, 6, 30), 262710),
        ("employees", dt.date(2024, 6, 30), 261100),
    ]


@pytest.mark.parametrize("line", ["Kreis:; Essen, Stadt", "Kreis WO:; Essen, Stadt"])
def test_employees_are_not_taken_where_the_place_of_work_is_not_named(arrive: Arrive, line: str) -> None:
    with pytest.raises(Rejected, match="or employees at the place of work; found Sozialversicherungspflichtig"):
        decoded(arrive, EMPLOYMENT.replace("Kreis AO:; Essen, Stadt", line))


def test_rounded_and_exact_figures_are_different_datasets(arrive: Arrive) -> None:
    note = "Aus Gründen der statistischen Geheimhaltung werden die Zahlenwerte gerundet."
    assert {c.dataset for c in observations(decoded(arrive, ANSWER))} == {"ba_eckwerte_gerundet"}
    exact = ANSWER.replace(note, "").replace("33.880", "33.883")
    assert {c.dataset for c in observations(decoded(arrive, exact))} == {"ba_eckwerte"}


@pytest.mark.parametrize(
    ("line", "region_id"),
    [
        ("Land:; Nordrhein-Westfalen", NRW),
        ("Bundesland:;Nordrhein-Westfalen;", NRW),
        ("Land:; Deutschland", GERMANY),
        ("Deutschland", GERMANY),
        ("Kreis AO:; Kleve", "05154"),
        ("Kreis (Arbeitsort):; Hagen, Stadt der FernUniversität", "05914"),
    ],
)
def test_the_region_of_an_answer(arrive: Arrive, line: str, region_id: str) -> None:
    cells = observations(decoded(arrive, ANSWER.replace("Kreis:; Essen, Stadt", line)))
    assert {cell.region_id for cell in cells} == {region_id}


def test_names_of_the_ba_are_known() -> None:
    for ags in nrw_kreise():
        assert region_of_name(region_name(ags)) == ags
    others = {"Solingen, Klingenstadt": "05122", "Wesel, Kreis": "05170", "  Ennepe-Ruhr-Kreis ": "05954"}
    assert {name: region_of_name(name) for name in others} == others
    for name in ("Berlin", "Kassel, documenta-Stadt", "Metropole Ruhr", "Aachen, Stadt", "", "Kreis"):
        assert region_of_name(name) is None


#: What may vary without changing what the numbers mean.
DRIFT = {
    "Windows line ends": ANSWER.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + ANSWER,
    "quotes": "\n".join(";".join(f'"{cell}"' for cell in line.split(";")) for line in ANSWER.split("\n")),
    "a filter that lets all pass": "Geschlecht:; Insgesamt\n" + ANSWER,
    "blank lines": "\n\n" + ANSWER.replace("\n\n", "\n\n\n"),
    "other lines above": "Eckwerte Arbeitslosigkeit\n" + ANSWER,
    "short months": ANSWER.replace("Februar 2026;J", "Feb 26;J"),
    "no trailing semicolons": ANSWER.replace(";\n", "\n"),
    "no Rechtskreis": ANSWER.replace("Rechtskreis:; SGB III, SGB II\n", ""),
    "no Berichtsmonat": ANSWER.replace("Berichtsmonat:; Februar 2026\n", ""),
    "the same row again": ANSWER.replace("© ", "Arbeitslose insgesamt;33.880;34.030;980;-1.460;\n© "),
    "a heading row": ANSWER.replace("Arbeitslose i", "Arbeitslosigkeit;;;;;\nArbeitslose i"),
}


@pytest.mark.parametrize("drift", DRIFT)
def test_drift_that_means_the_same_is_read_the_same(arrive: Arrive, drift: str) -> None:
    def said(text: str) -> list[tuple[object, ...]]:
        cells = observations(decoded(arrive, text))
        return [(c.variable, c.dimensions, c.reference_date, c.value, c.status) for c in cells]

    assert said(DRIFT[drift]) == said(ANSWER)


def test_an_answer_in_windows_1252_is_read(arrive: Arrive) -> None:
    file = arrive(ANSWER.encode("cp1252"))
    assert PRODUCT.recognises(file)
    assert len(PRODUCT.decode(file).observations) == 15


REFUSED = {
    "another region": ("Essen, Stadt", "Kassel, documenta-Stadt", "one of the monitored regions; found “Kassel"),
    "no region": ("Kreis:; Essen, Stadt\n", "", "expected a line “Kreis:; <name>”"),
    "cut off": ("© Statistik", "Statistik", "at line 18: expected a line “© …” below the rows.*cut off"),
    "a short row": (";8.390;*;960;", "", "at line 10: expected 6 cells, as in the head; found 2"),
    "a month twice": ("Januar 2026;", "Februar 2026;", "at line 8, column 3: expected each month once"),
    "another Berichtsmonat": ("Berichtsmonat:; Februar", "Berichtsmonat:; März", "the newest of them März 2026"),
    "no months": ("Februar 2026;Januar 2026;Februar 2025;", "a;b;c;", "at line 8: expected columns of months"),
    "one of two laws": ("SGB III, SGB II\n", "SGB II\n", "both SGB II and SGB III; found “Rechtskreis: SGB II”"),
    "women alone": ("Rechtskreis:", "Geschlecht:; Frauen\nRechtskreis:", "Insgesamt”; found “Geschlecht: Frauen”"),
    "an age group": ("Rechtskreis:", "Altersgruppe:; unter 25\nRechtskreis:", "found “Altersgruppe: unter 25”"),
    "a decimal point": ("10,6;", "10.6;", "at line 14, column 2: expected a number or a sign"),
    "a rate for a count": ("33.880", "33,88", "at line 9, column 2: expected a whole number"),
    "a count for a rate": ("10,6;", "226.880;", "at line 14, column 2: expected a number or a sign"),
    "thousands in pairs": ("33.880", "33.88", "at line 9, column 2: expected a number or a sign"),
    "a rate above 100": ("10,6;", "106;", "at line 14, column 2: expected a rate from 0 to 100"),
    "a row said otherwise": (
        "© ", "Arbeitslose insgesamt;33.880;34.030;990;-1.460;\n© ", "at line 16, column 4: expected 980, as at line 9",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_changes_the_meaning_is_refused(arrive: Arrive, case: str) -> None:
    old, new, message = REFUSED[case]
    assert ANSWER.count(old) >= 1
    with pytest.raises(Rejected, match=message):
        decoded(arrive, ANSWER.replace(old, new, 1))


@pytest.mark.parametrize(
    "label", ["Arbeitslosenquote", "Arbeitslosenquote Männer (bezogen auf alle zivilen Erwerbspersonen)"]
)
def test_a_rate_without_its_base_or_of_a_group_is_left_out_with_its_parts(arrive: Arrive, label: str) -> None:
    result = decoded(arrive, ANSWER.replace("Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen)", label))
    assert {c.variable for c in observations(result)} == {"unemployed"}
    assert result.skipped[f"row not declared: {label}"] == 1
    assert result.skipped["row not declared: im Rechtskreis SGB III"] == 1


@pytest.mark.parametrize(
    ("label", "base"),
    [
        ("Arbeitslosenquote bezogen auf alle zivilen Erwerbspersonen", ALL_CIVILIAN),
        ("Arbeitslosenquote insgesamt, bez. auf alle zivile Erwerbspersonen", ALL_CIVILIAN),
        ("Arbeitslosenquote (bezogen auf abhängige zivile Erwerbspersonen)", "base=dependent_civilian"),
    ],
)
def test_the_base_of_a_rate_is_the_printed_one(arrive: Arrive, label: str, base: str) -> None:
    text = ANSWER.replace("Arbeitslosenquote (bezogen auf alle zivilen Erwerbspersonen)", label)
    assert base in {c.dimensions for c in observations(decoded(arrive, text))}


def test_the_layout_is_the_same_every_month(arrive: Arrive) -> None:
    later = ANSWER.replace("Februar", "März").replace("2026", "2027")
    assert decoded(arrive, ANSWER).layout == decoded(arrive, later).layout


@pytest.mark.parametrize(
    "content",
    [b"", b"Merkmale;Februar 2026\n", b"\x00Ausgew\xe4hlte Merkmale;", b"<html>Ausgew\xc3\xa4hlte Merkmale;</html>",
     b"PK\x03\x04" + bytes(60)],
)  # fmt: skip
def test_other_files_are_not_recognised(arrive: Arrive, content: bytes) -> None:
    assert not PRODUCT.recognises(arrive(content))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(ANSWER)), st.integers(0, 40), st.text('Feb 2026;.,*-"\n©%äJuli', max_size=12))
def test_any_change_anywhere_is_read_or_refused(arrive: Arrive, place: int, length: int, text: str) -> None:
    file = arrive(ANSWER[:place] + text + ANSWER[place + length :])
    try:
        found = observations(decode(file))
    except Rejected:
        return
    assert all((o.value is None) == (o.status not in STATUSES_WITH_VALUE) for o in found)
    assert len({(o.variable, o.dimensions, o.reference_date) for o in found}) == len(found)
