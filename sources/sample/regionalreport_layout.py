"""Texts of the BA Regionalreport, edition of 31.03.2020, that the sample repeats or replaces."""

from __future__ import annotations

from reference.sectors import NOT_STATED, TOTAL
from sources.sample.sample_file import COPYRIGHT, ORIGIN, SYNTHETIC

TITLE = "Regionalreport über Beschäftigte (Quartalszahlen)"

#: Sheet `Impressum`: row → (label in A, text in C); the empty texts depend on the report.
IMPRESSUM = {
    4: ("Impressum", ""),
    6: ("Produktlinie/Reihe:", "Tabellen"),
    8: ("Titel:", TITLE),
    10: ("Region:", ""),
    12: ("Stichtag:", ""),
    14: ("Erstellungsdatum:", ""),
    16: ("Periodizität:", "vierteljährlich"),
    18: ("Nächster\nVeröffentlichungstermin:", ""),
    20: ("Hinweise:", f"{SYNTHETIC}: erfundene Zahlen im Aufbau der Veröffentlichung."),
    22: ("Herausgeberin:", f"{ORIGIN} (synthetisch)"),
    40: ("Nutzungsbedingungen:", COPYRIGHT),
}

#: Tabelle 2.3 from row 11: sector, code as stored in A, label in B. Three codes are stored as numbers.
SECTOR_ROWS: tuple[tuple[str, str | float, str], ...] = (
    (TOTAL, "Insgesamt", ""),
    ("A", "A", "Land-, Forstwirtschaft und Fischerei"),
    ("B,D,E", "B,D,E", "Bergbau, Energie- und Wasserversorgung, Entsorgungswirtschaft"),
    ("C", "C", "Verarbeitendes Gewerbe"),
    (
        "10-15,18,21,31",
        "dav. 10-15,\n18, 21, 31",
        "Herstellung von überwiegend häuslich konsumierten Gütern \n"
        "(ohne Güter der Metall-, Elektro- und Chemieindustrie)",
    ),
    ("24-30,32,33", "24-30,\n32, 33", "Metall- und Elektroindustrie sowie Stahlindustrie"),
    (
        "16,17,19,20,22,23",
        "16, 17, 19, \n20, 22, 23",
        "Hrst. v. Vorleistungsgütern, insb. v. chem. Erzeugnissen u. Kunststoffwaren "
        "(ohne Güter der Metall- u. Elektroindustrie)",
    ),
    ("F", "F", "Baugewerbe"),
    ("G", "G", "Handel, Instandhaltung, Reparatur von Kfz"),
    ("H", "H", "Verkehr und Lagerei"),
    ("I", "I", "Gastgewerbe"),
    ("J", "J", "Information und Kommunikation"),
    ("K", "K", "Erbringung von Finanz- und Versicherungsdienstleistungen"),
    ("L,M", "L,M", "Immobilien, freiberufliche wissenschaftliche und technische Dienstleistungen"),
    (
        "N-ohne-ANUE",
        "N (ohne ANÜ)",
        "sonstige wirtschaftliche Dienstleistungen \n(ohne Arbeitnehmerüberlassung)",
    ),
    ("782,783", 782.783, "Arbeitnehmerüberlassung"),
    ("O,U", "O, U", "Öffentliche Verwaltung, Verteidigung, Sozialversicherung, \nExt. Organisationen"),
    ("P", "P", "Erziehung und Unterricht"),
    ("86", 86, "Gesundheitswesen"),
    ("87,88", 87.88, "Heime und Sozialwesen"),
    ("R,S,T", "R,S,T", "sonstige Dienstleistungen, Private Haushalte"),
    (NOT_STATED, "", "ohne Angabe"),
)
#: Below `davon nach Sektoren:`; section A stands there a second time.
BROAD_ROWS = (
    ("A", "A", "Land-, Forstwirtschaft und Fischerei"),
    ("B-F", "B - F", "Produzierendes Gewerbe"),
    ("G-U", "G - U", "Dienstleistungsbereich"),
)
#: The sums of Tabelle 2.3, parts first. The total is always printed and therefore in none.
EQUATIONS = (
    ("10-15,18,21,31", "24-30,32,33", "16,17,19,20,22,23", "C"),
    ("B,D,E", "C", "F", "B-F"),
    ("G", "H", "I", "J", "K", "L,M", "N-ohne-ANUE", "782,783", "O,U", "P", "86", "87,88", "R,S,T", "G-U"),
    ("A", "B-F", "G-U"),
)

#: Rows of a block of Tabelle 2.1: text in A (it opens a group), in B, invented percentage of the total.
STRUCTURE: tuple[tuple[str, str, int | None], ...] = (
    ("Insgesamt", "", 100),
    ("dav.", "Männer", 54),
    ("", "Frauen", None),
    ("dav.", "unter 25 Jahre", 10),
    ("", "25 bis unter 55 Jahre", 66),
    ("", "55 bis unter 65 Jahre", 22),
    ("", "65 Jahre und älter", None),
    ("", "dar.: bis zur Altersgrenze", 0),
    ("dar.", "in Vollzeit", 70),
    ("", "in Teilzeit", None),
    ("dar.", "Deutsche", 84),
    ("", "Ausländer", None),
)

#: Tabelle 6: header rows, by row and column.
SERIES_HEADER: dict[int, dict[int, str | float]] = {
    7: {
        0: "Stichtag Ende ... /\nQuartal",
        1: "sozialversicherungspflichtig Beschäftigte\n(Stichtag)",
        8: "geringfügig entlohnte Beschäftigte \n(Stichtag)",
        11: "Beschäftigungs-\nverhältnisse\n(Quartal)",
    },
    8: dict(
        enumerate(
            (
                "Insgesamt", "Männer", "Frauen", "Vollzeit2)", "Teilzeit2)", "unter 25 Jahre",
                "50 bis unter 65 Jahre", "Insgesamt", "aus-\nschließlich ", "im Nebenjob",
                "begonnene ", "beendete",
            ),
            start=1,
        )
    ),
}  # fmt: skip
#: The columns of Tabelle 6 as invented percentages of the employees; 0 is the rest of a group.
SERIES_PERCENT = (100, 0, 0, 70, 30, 10, 36, 24, 15, 0, 9, 8)

NOTE_ON_SUPPRESSION = (
    f"*) {SYNTHETIC}. Zahlenwerte von 1 oder 2 und Daten, aus denen rechnerisch auf einen solchen Zahlenwert "
    "geschlossen werden kann, sind unterdrückt, ebenso Dominanzfälle."
)

QUARTERS = {3: "Mrz.", 6: "Jun.", 9: "Sep.", 12: "Dez."}
