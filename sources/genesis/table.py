"""The declared GENESIS tables: what the codes, header texts and labels of tables.yaml stand for."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from reference.declared import parse_declared
from reference.sectors import TOTAL, scheme_names, sector_id_of, sectors
from sources.rejected import Rejected

DECLARATIONS = Path(__file__).with_name("tables.yaml")


class DeclarationError(ValueError):
    """tables.yaml is wrong; the message names table and key."""


class Found(NamedTuple):
    """The category a label or code stands for; `name` is None for the total of a plain classification.

    `series_from` is the first year of its series, None where it is as long as the table.
    """

    name: str | None
    series_from: int | None = None


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Declared):
    """names: GENESIS codes and labels; in tables.yaml a bare list of names will do."""

    names: tuple[str, ...]
    series_from: int | None = None


def _category(value: Any) -> Any:
    return {"names": value} if isinstance(value, list) else value


def _tolerance(value: Any) -> Any:
    return 0.0 if value == "exact" else value


class Classification(_Declared):
    """How figures are divided: by sex, by age, by sector.

    dimension      name in `Observation.dimensions` (default: the key in tables.yaml)
    sector_scheme  the categories are sectors of this scheme instead of a dimension
    rule           `age`: categories follow from the label, see `age_category`
    codes          GENESIS codes of the classification (ffcsv)
    captions       header texts that name the classification, not a category (datencsv)
    """

    dimension: str
    sector_scheme: str | None = None
    rule: Literal["age"] | None = None
    codes: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    totals: tuple[str, ...] = ("Insgesamt",)
    categories: dict[str, Annotated[Category, BeforeValidator(_category)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sectors_exist(self) -> Self:
        if self.sector_scheme is None:
            return self
        if self.sector_scheme not in scheme_names():
            raise ValueError(f"unknown sector_scheme {self.sector_scheme}")
        if unknown := self.categories.keys() - sectors(self.sector_scheme).keys():
            raise ValueError(f"not in sector scheme {self.sector_scheme}: {', '.join(sorted(unknown))}")
        return self

    @cached_property
    def total(self) -> Found:
        return Found(TOTAL if self.sector_scheme else None)

    @cached_property
    def _by_name(self) -> dict[str, Found]:
        found = {
            normal(name): Found(key, category.series_from)
            for key, category in self.categories.items()
            for name in category.names
        }
        return found | dict.fromkeys(map(normal, self.totals), self.total)

    def find(self, text: str) -> Found | None:
        """The category a label or code stands for, None where it is not declared.

        >>> tables()["13111-07-05-4"].classifications[0].find("Produzierendes Gewerbe (B-F)")
        Found(name='B-F', series_from=None)
        """
        if (found := self._by_name.get(normal(text))) is not None:
            return found
        if self.rule == "age" and (age := age_category(text)):
            return Found(age)
        if self.sector_scheme and (sector := _sector(text, self.sector_scheme)):
            return Found(sector)
        return None

    @property
    def wordings(self) -> list[str]:
        return [*self.totals, *(name for category in self.categories.values() for name in category.names)]


class Variable(_Declared):
    """What is counted.

    codes               GENESIS codes (ffcsv)
    headers             header texts, all wordings seen (datencsv)
    units               wordings of the one unit; observations carry the first
    dimensions          what the variable itself already says, e.g. `base: all_civilian`
    kreise_sum_to_land  how far the sum of the Kreise may lie from the printed Land; None: no such rule
    """

    name: str
    codes: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    units: tuple[str, ...]
    dimensions: dict[str, str] = Field(default_factory=dict)
    kreise_sum_to_land: Annotated[float | None, BeforeValidator(_tolerance)] = None

    @cached_property
    def _units(self) -> frozenset[str]:
        return frozenset(map(normal, self.units))

    def has_unit(self, text: str) -> bool:
        return normal(text) in self._units


class BasisStep(_Declared):
    """A base and since when it holds: for reference dates from, in deliveries known from."""

    basis: str
    reference_from: dt.date = dt.date.min
    known_from: dt.date | None = None


class Table(_Declared):
    """One GENESIS table; `classifications` in tables.yaml are keys of its section of that name.

    time             `day` (Stichtag) or `year` (also an annual average)
    captions         further header texts that say nothing, e.g. names of statistics
    regions          `code`: a key column holds the AGS; `label`: only names
    skipped_regions  region names left out where regions are named, not coded
    ignored_units    units of extra rows that are left out, e.g. the change on the year before
    basis            steps, first match counts (see `basis_of`)
    fetched          whether it is asked for at the publisher; false for one that only old files hold
    """

    code: str
    title: str
    instance: Literal["regionalstatistik", "landesdatenbank"]
    time: Literal["day", "year"]
    variables: tuple[Variable, ...]
    classifications: tuple[Classification, ...] = ()
    captions: tuple[str, ...] = ()
    regions: Literal["code", "label"] = "code"
    skipped_regions: tuple[str, ...] = ()
    ignored_units: tuple[str, ...] = ()
    basis: tuple[BasisStep, ...] = ()
    fetched: bool = True

    @model_validator(mode="after")
    def _wordings_are_unique(self) -> Self:
        groups = {
            "variables": [(v.name, str(v.dimensions), w) for v in self.variables for w in v.headers + v.codes],
            "classifications": [
                (c.dimension, key, name)
                for c in self.classifications
                for key, category in c.categories.items()
                for name in category.names
            ],
            "captions": [("caption", "", w) for w in self._caption_texts],
        }
        owners: dict[str, tuple[str, str, str]] = {}
        for group, entries in groups.items():
            for owner, part, wording in entries:
                first = owners.setdefault(normal(wording), (group, owner, part))
                if first != (group, owner, part):
                    raise ValueError(f"“{wording}” stands for both {first[1]} and {owner}")
        return self

    @property
    def source_id(self) -> str:
        return f"{self.instance}_{self.code}"

    @property
    def statistic(self) -> str:
        return self.code.split("-")[0]

    @property
    def has_codes(self) -> bool:
        """Whether the ffcsv formats can be read: every variable and classification has its GENESIS code."""
        return all(v.codes for v in self.variables) and all(c.codes for c in self.classifications)

    @property
    def _caption_texts(self) -> list[str]:
        return [*self.captions, *(text for c in self.classifications for text in c.captions)]

    @cached_property
    def caption_set(self) -> frozenset[str]:
        """Normalised header texts that say nothing of a column."""
        return frozenset(map(normal, self._caption_texts))

    @cached_property
    def variable_by_header(self) -> dict[str, Variable]:
        """Normalised header text → variable."""
        return {normal(text): v for v in self.variables for text in v.headers}

    @cached_property
    def variable_by_code(self) -> dict[str, Variable]:
        return {code: v for v in self.variables for code in v.codes}

    @cached_property
    def classification_by_code(self) -> dict[str, Classification]:
        return {code: c for c in self.classifications for code in c.codes}

    @cached_property
    def unit_set(self) -> frozenset[str]:
        return frozenset(normal(unit) for v in self.variables for unit in v.units)

    def category(self, text: str) -> tuple[Classification, Found] | None:
        """The classification and category a header text stands for; None where it is not declared."""
        for classification in self.classifications:
            if (found := classification.find(text)) is not None:
                return classification, found
        return None

    @property
    def header_wordings(self) -> list[str]:
        """Every declared header text, for messages."""
        texts = [text for v in self.variables for text in v.headers]
        texts += self._caption_texts
        return texts + [text for c in self.classifications for text in c.wordings]


def normal(text: str) -> str:
    """Text as it is compared: white space collapsed, case folded."""
    return " ".join(text.split()).casefold()


_UNDER = re.compile(r"unter (\d+) jahre?")
_BETWEEN = re.compile(r"(\d+) bis unter (\d+) jahre?")
_FROM = re.compile(r"(\d+) jahre? und (?:mehr|älter)")


def age_category(label: str) -> str | None:
    """Ages in completed years, both ends included; None where the label names no age.

    >>> [age_category(t) for t in ("unter 1 Jahr", "18 bis unter 25 Jahre", "90 Jahre und mehr")]
    ['0-0', '18-24', '90+']
    """
    text = normal(label)
    if match := _UNDER.fullmatch(text):
        return f"0-{int(match[1]) - 1}"
    if match := _BETWEEN.fullmatch(text):
        return f"{match[1]}-{int(match[2]) - 1}"
    if match := _FROM.fullmatch(text):
        return f"{match[1]}+"
    return None


def _sector(text: str, scheme: str) -> str | None:
    """The sector of a bare code (`B-F`) or of a label that ends with one in parentheses, else None."""
    match = re.search(r"\(([A-Z](?:-[A-Z])?)\)\s*$", text)
    code = sector_id_of(match[1] if match else text)
    return code if code in sectors(scheme) else None


def basis_of(table: Table, reference_date: dt.date, known_from: dt.date | None) -> str:
    """What a figure may be compared with: `WZ2008`, `census2011`, …; "" where nothing is declared.

    Where it depends on the day the delivery became known and `known_from` is None, it is "" as well.
    """
    for step in table.basis:
        if reference_date < step.reference_from:
            continue
        if step.known_from is None:
            return step.basis
        if known_from is None:
            return ""
        if known_from >= step.known_from:
            return step.basis
    return ""


@cache
def tables() -> dict[str, Table]:
    """The declared tables by code; raises DeclarationError."""
    return load(DECLARATIONS.read_text(encoding="utf-8"))


def load(text: str) -> dict[str, Table]:
    """Tables by code from the text of a tables.yaml; raises DeclarationError naming table and key."""
    content = parse_declared(text)
    shared = content["classifications"]
    return {code: _table(code, declared, shared) for code, declared in content["tables"].items()}


def _table(code: str, declared: dict[str, Any], shared: dict[str, Any]) -> Table:
    names = declared.get("classifications", [])
    if unknown := [name for name in names if name not in shared]:
        raise DeclarationError(f"table {code}, classifications: {unknown[0]} is not declared")
    classifications = [{"dimension": name} | shared[name] for name in names]
    try:
        return Table.model_validate(declared | {"code": code, "classifications": classifications})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "declaration"
        raise DeclarationError(f"table {code}, {key}: {first['msg']}") from error


def table_of(code: str, where: str) -> Table:
    """The declared table; raises Rejected where there is none."""
    if code in tables():
        return tables()[code]
    raise Rejected(
        expected=f"a declared table (nearest: {nearest(code, tables())})",
        found=f"table {code}",
        where=where,
        hint="It needs a declaration in sources/genesis/tables.yaml.",
    )


def nearest(text: str, declared: Iterable[str]) -> str:
    """The declared wording most like a text, for a message; "" where nothing is declared."""
    wordings = {normal(wording): wording for wording in declared}
    close = difflib.get_close_matches(normal(text), wordings, n=1, cutoff=0.0)
    return wordings[close[0]] if close else ""


def undeclared(what: str, text: str, declared: Iterable[str], where: str, table: Table) -> Rejected:
    """The rejection of a code, text or unit the declaration does not know; names the nearest one it does."""
    return Rejected(
        expected=f"a declared {what} of table {table.code} (nearest: “{nearest(text, declared)}”)",
        found=f"“{text}”",
        where=where,
        hint="If the publisher reworded it, add the wording to sources/genesis/tables.yaml;"
        " another table needs a declaration of its own. A table in English must be downloaded again in German.",
    )
