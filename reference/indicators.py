"""The indicator registry: what each indicator means and from which cells it is computed (indicators.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reference.rows import rows
from reference.strategy import Topic
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
    """A table an indicator is read from: sum of `value` over sum of `per` (1 where `per` is empty).

    The keys are described at the top of indicators.yaml.
    """

    dataset: str
    value: tuple[Term, ...] = Field(min_length=1)
    per: tuple[Term, ...] = ()
    ruhr: Literal["sum", "implied", "none"]
    ruhr_reason: str = ""
    numerator: Term | None = None
    rounding: float | None = None

    @model_validator(mode="after")
    def _ruhr_is_declared(self) -> Self:
        if (self.ruhr == "implied") != (self.numerator is not None and self.rounding is not None):
            raise ValueError("`numerator` and `rounding` belong to `ruhr: implied`, both")
        if (self.ruhr == "none") != bool(self.ruhr_reason):
            raise ValueError("`ruhr_reason` belongs to `ruhr: none`")
        if self.ruhr == "implied" and (len(self.value) > 1 or self.per):
            raise ValueError("`ruhr: implied` needs one printed ratio as its only value")
        return self


class Indicator(_Strict):
    """One indicator; `unit` is the unit of its values. The keys are described at the top of indicators.yaml."""

    indicator_id: str
    title_de: str
    title_en: str
    type: Literal["context", "structure", "output", "result", "process"]
    topic_id: str | None = None
    unit: str
    direction: Literal["up", "down", "neutral"]
    change: Literal["relative", "difference"] = "relative"
    nrw: Literal["compared", "not_compared"] = "compared"
    definition_de: str
    definition_en: str
    caveat_de: str | None = None
    caveat_en: str | None = None
    sources: tuple[Source, ...] = ()
    mart: Literal["crosswalk_employment", "action_indicator"] | None = None

    @model_validator(mode="after")
    def _is_computed_somewhere(self) -> Self:
        if bool(self.sources) == bool(self.mart):
            raise ValueError("an indicator has either `sources` or a `mart`")
        if (self.caveat_de is None) != (self.caveat_en is None):
            raise ValueError("a caveat is given in both languages")
        return self

    @property
    def formula(self) -> str:
        """How values are computed, one line per source table."""
        if self.mart:
            return f"marts.{self.mart}"
        return "\n".join(f"{source.dataset}: {_formula(source)}" for source in self.sources)


@cache
def indicators() -> tuple[Indicator, ...]:
    """All indicators in the order of the file; raises pydantic.ValidationError where an entry is malformed."""
    return tuple(
        indicator
        for indicator_id, entry in read_yaml("indicators.yaml").items()
        for indicator in _expanded(indicator_id, entry)
    )


def _expanded(indicator_id: str, entry: dict[str, Any]) -> Iterator[Indicator]:
    if entry.get("for_each") != "topic":
        yield Indicator(indicator_id=indicator_id, **entry)
        return
    template = {key: value for key, value in entry.items() if key != "for_each"}
    for topic in rows(Topic):
        titles = {
            "title_de": template["title_de"].format(topic=topic.title_de),
            "title_en": template["title_en"].format(topic=topic.title_en),
        }
        identity = {"indicator_id": f"{indicator_id}.{topic.topic_id}", "topic_id": topic.topic_id}
        yield Indicator(**template | titles | identity)


def _formula(source: Source) -> str:
    numerator = " + ".join(_term(term) for term in source.value)
    ratio = f"({numerator}) / ({' + '.join(_term(term) for term in source.per)})" if source.per else numerator
    return f"{ratio}. Ruhr: {_ruhr(source)}"


def _ruhr(source: Source) -> str:
    if source.ruhr == "sum":
        return "sums over its 15 Kreise"
    if source.numerator:
        part = _term(source.numerator)
        return f"Σ {part} / Σ ({part} / {_term(source.value[0])}), bounds from rounding ± {source.rounding:g}"
    return f"none, {source.ruhr_reason}"


def _term(term: Term) -> str:
    detail = ", ".join(part for part in (term.sector or "", term.dimensions) if part)
    name = f"{term.variable}[{detail}]" if detail else term.variable
    return name if term.times == 1 else f"{term.times:g} × {name}"
