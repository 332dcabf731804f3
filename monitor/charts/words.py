"""The few words the drawings themselves say, in German and English."""

from __future__ import annotations

from typing import Final

from monitor.format import Language

_WORDS: Final = {
    "specialised_growing": ("spezialisiert, wachsend", "specialised, growing"),
    "growing": ("nicht spezialisiert, wachsend", "not specialised, growing"),
    "specialised_shrinking": ("spezialisiert, schrumpfend", "specialised, shrinking"),
    "shrinking": ("nicht spezialisiert, schrumpfend", "not specialised, shrinking"),
    "undetermined": ("Quadrant nicht bestimmbar", "quadrant not determined"),
    "quotient": ("Standortquotient ({benchmark} = 1)", "Location quotient ({benchmark} = 1)"),
    "quotient_short": ("Standortquotient", "location quotient"),
    "growth": ("Beschäftigtenwachstum {start} bis {end}", "Employment growth {start} to {end}"),
    "growth_short": ("Wachstum", "growth"),
    "employees": ("Beschäftigte", "employees"),
    "area": ("Fläche: {number}", "area: {number}"),
    "bar_interval": ("Balken: Spanne, in der der Wert liegt", "bar: interval the value lies in"),
    "beyond": ("Pfeil: Wert liegt außerhalb des Bildes", "arrow: value lies outside the picture"),
    "labelled": (
        "Beschriftet sind {count} von {total} Branchen, die größten zuerst; jede steht in der Tabelle.",
        "{count} of {total} sectors are labelled, the largest first; the table names each.",
    ),
    "unplaced": ("Nicht im Bild, weil Lage nicht bekannt: {names}", "Not shown, position not known: {names}"),
    "no_figures": ("Für diese Auswahl liegen keine Zahlen vor.", "There are no figures for this selection."),
    "no_place": (
        "Für keine Branche sind Spezialisierung und Wachstum bekannt.",
        "Specialisation and growth are not known for any sector.",
    ),
    "no_activities": ("Es sind keine Aktivitäten erfasst.", "No activities are recorded."),
    "cut_axis": ("Die Achse beginnt nicht bei null.", "The axis does not begin at zero."),
    "provisional": ("vorläufig", "provisional"),
    "missing": ("kein Wert", "no value"),
    "revised": ("früher veröffentlichter Wert", "value published before"),
    "previously": ("Früher veröffentlicht", "Published before"),
    "baseline": ("Ausgangswert", "baseline"),
    "points": ("{count} Werte von {start} bis {end}", "{count} values from {start} to {end}"),
    "point": ("1 Wert vom {start}", "1 value of {start}"),
    "trend": ("{name}: {first} ({start}) bis {last} ({end})", "{name}: {first} ({start}) to {last} ({end})"),
    "interval_class": ("Spanne reicht über Klassen", "interval spans classes"),
    "below": ("unter {high}", "below {high}"),
    "from": ("ab {low}", "{low} and above"),
    "between": ("{low} bis unter {high}", "{low} to below {high}"),
    "in_unit": ("Angaben in {unit}", "Figures in {unit}"),
    "thousand": ("Tausend", "thousand"),
    "million": ("Millionen", "million"),
    "billion": ("Milliarden", "billion"),
    "today": ("Heute: {day}", "Today: {day}"),
    "planned": ("geplant", "planned"),
    "done": ("erledigt", "done"),
    "postponed": ("verschoben", "postponed"),
    "dropped": ("gestrichen", "dropped"),
    "step": ("Schritt des Prozesses", "step of the process"),
    "matrix": ("{rows} Zeilen, {columns} Spalten", "{rows} rows, {columns} columns"),
    "areas": ("{count} Kreise und kreisfreie Städte", "{count} districts and independent cities"),
    "bars": ("{count} Balken", "{count} bars"),
    "beyond_end": ("Pfeil: Spanne reicht über das Bild hinaus", "arrow: interval reaches beyond the picture"),
    "spans": ("{count} Zeiträume", "{count} periods"),
    "to": ("bis", "to"),
}  # fmt: skip


def say(key: str, language: Language, **values: object) -> str:
    """The words of a key with its {placeholders} filled; raises KeyError for a key there is none of."""
    text = _WORDS[key][0 if language == "de" else 1]
    return text.format(**values) if values else text
