"""The indicator registry: what each indicator means and from which cells it is computed."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from reference.tables import read_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Strict):
    """One cell of a table, times a factor. `sector` is `<scheme>/<sector_id>`, `dimensions` as in history."""

    variable: str
    dimensions: str = ""
    sector: str | None = None
    times: float = 1


class Source(_Strict):
    """A table an indicator is read from: sum of `value` over sum of `per` (1 where `per` is empty)."""

    dataset: str
    value: tuple[Term, ...] = Field(min_length=1)
    per: tuple[Term, ...] = ()
    ruhr: Literal["sum", "none"]
    ruhr_reason: str = ""


class Indicator(_Strict):
    """One indicator; `unit` is the unit of its values, `direction` where the strategy wants it to go."""

    indicator_id: str
    title_de: str
    title_en: str
    type: Literal["context", "structure", "output", "result", "process"]
    topic_id: str | None = None
    unit: str
    direction: Literal["up", "down", "neutral"]
    definition_de: str
    definition_en: str
    sources: tuple[Source, ...] = Field(min_length=1)

    @property
    def formula(self) -> str:
        """The formula in words of the registry, one line per source table."""
        return "\n".join(f"{source.dataset}: {_formula(source)}" for source in self.sources)


@cache
def indicators() -> tuple[Indicator, ...]:
    """All indicators in the order of the file; raises pydantic.ValidationError where an entry is malformed."""
    return tuple(
        Indicator(indicator_id=indicator_id, **entry)
        for indicator_id, entry in read_yaml("indicators.yaml").items()
    )


def _formula(source: Source) -> str:
    numerator = " + ".join(_term(term) for term in source.value)
    ratio = f"({numerator}) / ({' + '.join(_term(term) for term in source.per)})" if source.per else numerator
    ruhr = "Ruhr: sums over its 15 Kreise" if source.ruhr == "sum" else f"Ruhr: none, {source.ruhr_reason}"
    return f"{ratio}. {ruhr}"


def _term(term: Term) -> str:
    detail = ", ".join(part for part in (term.sector or "", term.dimensions) if part)
    name = f"{term.variable}[{detail}]" if detail else term.variable
    return name if term.times == 1 else f"{term.times:g} × {name}"
