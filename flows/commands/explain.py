"""`s3monitor explain`: the chain from a number to the cells of the source files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands import DataOption, JsonOption
from flows.console import fail, print_json, print_lines, published, reading_folder

if TYPE_CHECKING:
    from warehouse.explain import Delivery, Explanation, Input, Value

_INDENT = "  "


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="explain")(explain_command)


def explain_command(
    indicator: Annotated[str, typer.Argument(help="Id of the indicator, e.g. unemployment_rate.")],
    region: Annotated[str, typer.Argument(help="Id or name: 05113, Essen, Kreis Wesel, RUHR, NRW.")],
    date: Annotated[
        str | None, typer.Argument(help="Day, month or year: 2020-12-31, 2020-12, 2020. Default: the newest.")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Show how a value is computed, down to the cells of the archived files and what stands in them now."""
    from dataclasses import asdict

    from warehouse.archive import Archive
    from warehouse.explain import NotExplainedError, explain

    archive = Archive(reading_folder(data).archive)
    with published(data) as connection:
        try:
            explanation = explain(connection, archive, indicator, region, date)
        except NotExplainedError as error:
            fail(str(error))
    if json:
        print_json(asdict(explanation))
    else:
        print_lines(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    indicator, value = explanation.indicator, explanation.value
    yield f"{indicator.title_en} · {indicator.title_de} ({indicator.indicator_id})"
    where = f"{value.region} ({value.region_id}), {value.reference_date}"
    yield f"{where}: {_result(value)} {indicator.unit} · {value.status}"
    if value.benchmark_value is not None:
        yield f"Benchmark {value.benchmark_id}: {_number(value.benchmark_value)} {indicator.unit}"
    yield f"Definition: {indicator.definition_en}"
    yield f"Formula: {_formula(indicator.formula, value.dataset)}"
    if value.basis:
        yield f"Basis: {value.basis}"
    if indicator.caveat_en:
        yield f"Caveat: {indicator.caveat_en}"
    for reason in explanation.interval_reasons:
        yield f"Why an interval: {reason}"
    yield from _sectors(explanation)
    yield ""
    yield from _sources(explanation)
    yield from _verdict(explanation)


def _result(value: Value) -> str:
    interval = f"between {_number(value.value_lower)} and {_number(value.value_upper)}"
    if value.value is None:
        return interval if value.is_interval else "no value"
    return f"{_number(value.value)} ({interval})" if value.is_interval else _number(value.value)


def _formula(formula: str, dataset: str) -> str:
    """The line of the table the value is from; the whole formula where it is not divided by table."""
    return next((line for line in formula.splitlines() if line.startswith(f"{dataset}: ")), formula)


def _sectors(explanation: Explanation) -> Iterator[str]:
    from warehouse.explain import counted_name

    if explanation.sectors:
        yield "Sectors that count:"
    for sector in explanation.sectors:
        weights = sorted({sector.weight_lower, sector.weight_upper})
        weight = " to ".join(f"{weight:.4g}" for weight in weights)
        name = counted_name(sector, explanation.sectors)
        yield f"{_INDENT}{sector.sector_scheme}/{name}  × {weight}  {sector.label_en} · {sector.label_de}"


def _sources(explanation: Explanation) -> Iterator[str]:
    """Files under what they have in common, and under each file a table of its cells."""
    rows = {cell: _cells(cell) for cell in explanation.inputs}
    widths = [max(map(len, column)) for column in zip(*rows.values(), strict=True)]
    if len({cell.role for cell in rows}) == 1:
        widths[1:2] = [0]  # a formula of one part: its role says nothing
    for _, group in groupby(explanation.deliveries, key=_publication):
        deliveries = list(group)
        yield from _heading(deliveries[0])
        for delivery in deliveries:
            yield from _file(delivery)
            for cell in explanation.inputs:
                if cell.delivery_id == delivery.delivery_id:
                    yield _INDENT * 2 + _row(rows[cell], widths)
    for file in explanation.strategy_files:
        yield f"{file.file_name} ({file.origin} with the strategy, in {file.relation})  sha256 {file.sha256}"


def _publication(delivery: Delivery) -> tuple[Any, ...]:
    return delivery.publisher, delivery.product, delivery.licence, delivery.attribution


def _heading(delivery: Delivery) -> Iterator[str]:
    yield " · ".join(filter(None, (delivery.publisher, delivery.product))) or "Publisher not known"
    yield f"{_INDENT}licence {delivery.licence or 'not known'}; cite as: {delivery.attribution or '–'}"


def _file(delivery: Delivery) -> Iterator[str]:
    synthetic = "SYNTHETIC, " if delivery.is_synthetic else ""
    dates = [
        f"{word} {day}"
        for word, day in (
            ("published", delivery.published_on),
            ("retrieved", delivery.retrieved_on),
            ("known from", delivery.known_from),
        )
        if day
    ]
    yield f"{_INDENT}{delivery.file_name}  {synthetic}{', '.join(dates)}; {_ARCHIVED[delivery.archived]}"
    yield f"{_INDENT}sha256 {delivery.sha256}"


_ARCHIVED = {
    "unchanged": "archived file unchanged",
    "changed": "THE ARCHIVED FILE WAS CHANGED: its sha256 is another one",
    "missing": "THE ARCHIVED FILE IS MISSING",
}


def _cells(cell: Input) -> tuple[str, ...]:
    sector = f"{cell.sector_scheme}/{cell.sector_id}" if cell.sector_id else ""
    what = " ".join(filter(None, (cell.variable, sector, cell.dimensions)))
    factor = f"{cell.times:g} ×" if cell.times not in (None, 1) else ""
    return (f"{cell.region_id} {cell.region}", cell.role or "", factor, what, _number(cell.value), cell.status,
            cell.locator, _printed(cell))  # fmt: skip


def _printed(cell: Input) -> str:
    if cell.problem:
        return f"CANNOT BE SHOWN: {cell.problem} (it said “{cell.printed}”)"
    if not cell.is_same:
        return f"“{cell.printed_now}”, BUT IT SAID “{cell.printed}”"
    return f"“{cell.printed_now}”"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells side by side, the value (fifth) to the right; columns of width 0 are left out."""
    padded = (
        cell.rjust(width) if number == 4 else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        if width
    )
    return "  ".join(padded).rstrip()


def _verdict(explanation: Explanation) -> Iterator[str]:
    inputs = explanation.inputs
    if not inputs and not explanation.strategy_files:
        yield "No printed cell is recorded for this value."
    elif inputs:
        same = sum(cell.is_same for cell in inputs)
        files = len(explanation.deliveries)
        yield f"\n{same} of {len(inputs)} cells in {files} file{'s' * (files > 1)} say what was read from them."


def _number(value: float | None) -> str:
    """Whole numbers whole, others with four digits behind the point at most."""
    if value is None:
        return "–"
    if value.is_integer():
        return f"{value:,.0f}"
    return f"{value:,.4f}".rstrip("0")
