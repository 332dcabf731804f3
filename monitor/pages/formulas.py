"""The formula of an indicator in words, from the terms it is declared with (meta.indicator_term)."""

from __future__ import annotations

from monitor.facts import Row
from monitor.view import View

#: Of indicators that a mart computes otherwise than its others.
_OF_MARTS = {"action_plan_cost_planned": "formula.planned"}


def formula(view: View, indicator_id: str) -> list[str]:
    """One sentence per source table, in the order in which they are used; one sentence where a mart computes it."""
    terms = view.facts.grouped(_TERMS, "indicator_id").get(indicator_id)
    if not terms:
        return [view.t(_OF_MARTS.get(indicator_id, f"formula.{indicator_id.partition('_')[0]}"))]
    by_source: dict[int, list[Row]] = {}
    for term in terms:
        by_source.setdefault(term["source_rank"], []).append(term)
    return [_sentence(view, source) for source in by_source.values()]


def _sentence(view: View, terms: list[Row]) -> str:
    t = view.t
    value = _sum(view, [term for term in terms if term["role"] == "value"])
    per = _sum(view, [term for term in terms if term["role"] == "per"])
    if per:
        value = t("formula.ratio", numerator=value, denominator=per)
    text = t("formula.table", table=_table(view, terms[0]["dataset"]), value=value)
    return f"{text} {_ruhr(view, terms)}"


def _ruhr(view: View, terms: list[Row]) -> str:
    kind = terms[0]["ruhr"]
    if kind != "implied":
        return view.t(f"formula.ruhr_{kind}")
    numerator = next(term for term in terms if term["role"] == "numerator")
    return view.t("formula.ruhr_implied", numerator=_term(view, numerator | {"times": 1.0}))


def _table(view: View, dataset: str) -> str:
    """The table's code, with its title where a delivery of it is there."""
    found = view.facts.grouped(_PRODUCTS, "dataset").get(dataset)
    name = view.table_name(dataset)
    return f"{name} ({found[0]['product']})" if found else view.t("formula.not_loaded", table=name)


def _sum(view: View, terms: list[Row]) -> str:
    text = ""
    for term in terms:
        sign = "−" if term["times"] < 0 else "+"
        text += f" {sign} " if text else ("−" if term["times"] < 0 else "")
        text += _term(view, term)
    return text


def _term(view: View, term: Row) -> str:
    name = view.t.word("variable", term["variable"])
    detail = view.t.word("dimension", term["dimensions"]) if term["dimensions"] else ""
    factor = abs(term["times"])
    return (f"{factor:g} × " if factor != 1 else "") + name + (f" ({detail})" if detail else "")


_TERMS = "FROM meta.indicator_term ORDER BY indicator_id, source_rank, role DESC, term"
_PRODUCTS = """
    SELECT DISTINCT l.input_dataset AS dataset, first(d.product ORDER BY d.known_from DESC, d.delivery_id) AS product
    FROM (SELECT DISTINCT input_dataset, delivery_id FROM meta.lineage) l JOIN meta.delivery d USING (delivery_id)
    WHERE d.product IS NOT NULL GROUP BY l.input_dataset
"""
