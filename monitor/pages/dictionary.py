"""The data dictionary: every table of the downloads, its columns with unit and meaning, and the words for states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor import format as fmt
from monitor.exhibit import Cell, Column, Table
from monitor.facts import Row
from monitor.page import Page
from monitor.texts import slug
from monitor.view import View
from schemas.observation import STATUSES
from schemas.registry import relations

PATH = "woerterbuch.html"
#: Of computed numbers only: a formula does not apply.
_UNDEFINED = "undefined"
_DICTIONARY = "FROM meta.dictionary"


@dataclass(frozen=True)
class Relation:
    """A table: its name, what it holds, its columns (name, anchor), and the columns that tell its rows apart."""

    name: str
    description: str
    fields: Sequence[tuple[str, str]]
    key: Sequence[str]


def pages(view: View) -> Iterator[Page]:
    """One page."""
    yield Page(
        path=PATH,
        template="woerterbuch.html.j2",
        title=view.t("dictionary.title"),
        section="methods",
        crumbs=((view.t("nav.start"), "index.html"), (view.t("nav.methods"), "methodik.html")),
        content={"relations": _relations(view), "statuses": _statuses(view), "fields": _fields(view)},
    )


def _relations(view: View) -> list[Relation]:
    known = relations()
    return [
        Relation(
            name=name,
            description=view.of(known[name], "description") if name in known else "",
            fields=[(row["field"], _anchor(row["field"])) for row in rows],
            key=known[name].key if name in known else (),
        )
        for name, rows in view.facts.grouped(_DICTIONARY, "relation").items()
    ]


def _anchor(field: str) -> str:
    return f"feld-{slug(field)}"


def _statuses(view: View) -> Table:
    """What a number is, in the words of the pages and of the downloads."""
    t = view.t
    columns = (Column(t("dictionary.code")), Column(t("dictionary.word")), Column(t("dictionary.meaning")))
    rows = [
        (
            view.text_cell(status),
            view.text_cell(fmt.status_word(status, view.lang) or t("status.exact")),
            view.text_cell(t.word("status_meaning", status)),
        )
        for status in (*STATUSES, _UNDEFINED)
    ]
    return Table(t("dictionary.statuses"), columns, rows)


def _fields(view: View) -> Table:
    """Every column once: a column means the same wherever it stands."""
    t = view.t
    columns = (
        Column(t("dictionary.field")),
        Column(t("detail.unit")),
        Column(t("dictionary.meaning")),
        Column(t("dictionary.type")),
    )
    once: dict[str, Row] = {}
    for row in view.facts.rows(_DICTIONARY):
        once.setdefault(row["field"], row)
    rows = [
        (
            Cell(field, raw=field, anchor=_anchor(field)),
            view.text_cell(_unit(view, row["unit"])),
            view.text_cell(view.of(row, "description")),
            view.text_cell(row["sql_type"]),
        )
        for field, row in sorted(once.items())
    ]
    return Table(t("dictionary.fields_caption", count=len(rows)), columns, rows, sortable=True)


def _unit(view: View, unit: str | None) -> str:
    return view.t.word("field_unit", unit) if unit else view.t("missing.none")
