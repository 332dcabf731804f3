"""Great Expectations on the marts that officers read: declared in expectations.yaml, run as one checkpoint.

Great Expectations takes seconds to import, so it is imported where it is used; it works in memory and in a
temporary folder. Its own Data Docs are not built: they load scripts from other hosts and print the values that failed.
The page of data_docs.py is made from the result of the checkpoint instead.
"""

from __future__ import annotations

import functools
import logging
import operator
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from quality.checks import CheckResult, Severity
from quality.data_docs import Page, Row, Table, write_page
from reference.declared import read_declared
from reference.indicators import indicators
from reference.regions import GERMANY, NRW, regions, ruhr_kreise
from reference.sectors import TOTAL, scheme_names, sectors
from schemas.observation import STATUSES, STATUSES_WITH_VALUE
from schemas.registry import relations
from warehouse.connect import open_for_building

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation as GxExpectation
    from great_expectations.expectations.row_conditions import Condition

log = logging.getLogger("s3monitor")

_DECLARED = Path(__file__).parent / "expectations.yaml"
_EXAMPLES = 5


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeverityMeaning(_Strict):
    """What a severity of Great Expectations means for the release."""

    becomes: Severity
    owner: Literal["operator", "officer"]
    todo_de: str
    todo_en: str


class Expectation(_Strict):
    """One declared expectation; the keys are described at the top of expectations.yaml."""

    type: str
    kwargs: dict[str, Any]
    where: dict[str, Any] = {}
    severity: Literal["critical", "warning"]
    threshold: str
    de: str
    en: str

    @property
    def columns(self) -> list[str]:
        """The columns it looks at, beside the key."""
        return [self.kwargs[name] for name in ("column", "column_A", "column_B") if name in self.kwargs]


class Suite(_Strict):
    """One declared suite; the keys are described at the top of expectations.yaml."""

    of: str
    de: str
    en: str
    select: str
    key: tuple[str, ...] = ()
    expectations: dict[str, Expectation]

    @property
    def key_columns(self) -> tuple[str, ...]:
        return self.key or relations()[self.of].key


class Declared(_Strict):
    """All of expectations.yaml."""

    severities: dict[str, SeverityMeaning]
    suites: dict[str, Suite]


@cache
def declared_expectations() -> Declared:
    """Content of expectations.yaml; raises pydantic.ValidationError where an entry is malformed."""
    return Declared(**read_declared(_DECLARED))


def run_expectations(built: Path, docs_folder: Path, release_id: str) -> list[CheckResult]:
    """Validate the marts of a built warehouse; check ids are `gx.<suite>.<expectation>`.

    Writes the Data Docs of the release to `<docs_folder>/<release_id>/index.html`.
    """
    suites = declared_expectations().suites
    with open_for_building(built) as connection:
        frames = {name: connection.execute(suite.select).df() for name, suite in suites.items()}
        synthetic = connection.execute("SELECT coalesce(bool_or(is_synthetic), false) FROM meta.delivery").fetchone()
    assert synthetic is not None
    found = _run_checkpoint(suites, frames)
    tables = [
        Table(
            suite.of,
            suite.de,
            suite.en,
            [
                _row(
                    check_id := _check_id(name, expectation_id),
                    suite,
                    declared,
                    found[check_id],
                    frames[name],
                )
                for expectation_id, declared in suite.expectations.items()
            ],
        )
        for name, suite in suites.items()
    ]
    write_page(docs_folder, Page(release_id, tables, is_synthetic=synthetic[0]))
    return [row.check for table in tables for row in table.rows]


def _run_checkpoint(
    suites: Mapping[str, Suite], frames: Mapping[str, pd.DataFrame]
) -> dict[str, ExpectationValidationResult]:
    """What Great Expectations found, by check id."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read while it is imported
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    logging.captureWarnings(False)  # its import sends every warning of the process to the log

    with TemporaryDirectory(prefix="s3monitor-gx-") as folder:
        context = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
                progress_bars=ProgressBarsConfig(globally=False),
                analytics_enabled=False,
            ),
        )
        source = context.data_sources.add_pandas("marts")
        definitions = []
        for name, suite in suites.items():
            # A checkpoint takes one frame for all its suites, but a file for each of them.
            path = Path(folder) / f"{name}.pickle"
            frames[name].to_pickle(path)
            batch = source.add_pickle_asset(name, filepath_or_buffer=path).add_batch_definition(name)
            expectations = gx.ExpectationSuite(name=name, expectations=list(_gx_expectations(name, suite)))
            definition = gx.ValidationDefinition(name=name, data=batch, suite=context.suites.add(expectations))
            definitions.append(context.validation_definitions.add(definition))
        checkpoint = gx.Checkpoint(
            name="before_release",
            validation_definitions=definitions,
            result_format={
                "result_format": "SUMMARY",
                "exclude_unexpected_values": True,  # _example shows them, it knows what is suppressed
                "partial_unexpected_count": _EXAMPLES,
            },
        )
        outcome = context.checkpoints.add(checkpoint).run()
    results = [result for suite_result in outcome.run_results.values() for result in suite_result.results]
    return {
        (result.expectation_config.meta or {})["check_id"]: result for result in results if result.expectation_config
    }


def _gx_expectations(suite_name: str, suite: Suite) -> Iterator[GxExpectation]:
    from great_expectations import expectations as classes

    for expectation_id, declared in suite.expectations.items():
        yield getattr(classes, declared.type)(
            **{name: _resolved(value) for name, value in declared.kwargs.items()},
            row_condition=_row_condition(declared.where),
            severity=declared.severity,
            description=declared.de,
            meta={"check_id": _check_id(suite_name, expectation_id)},
        )


def _row_condition(where: Mapping[str, Any]) -> Condition | None:
    from great_expectations.expectations.row_conditions import Column

    conditions: list[Condition] = [
        Column(column).is_in(value) if isinstance(value, list) else Column(column) == value
        for column, value in ((column, _resolved(value)) for column, value in where.items())
    ]
    return functools.reduce(operator.and_, conditions) if conditions else None


def _check_id(suite_name: str, expectation_id: str) -> str:
    return f"gx.{suite_name}.{expectation_id}"


def _resolved(value: Any) -> Any:
    """A declared value with the names that start with `$` replaced; raises KeyError for an unknown one."""
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    return _named_values()[value] if isinstance(value, str) and value.startswith("$") else value


@cache
def _named_values() -> dict[str, Any]:
    all_regions = regions().values()
    return {
        "$nrw": NRW,
        "$total": TOTAL,
        "$benchmarks": [NRW, GERMANY],
        "$regions": [region.region_id for region in all_regions],
        "$region_count": len(all_regions),
        "$region_levels": [(region.region_id, region.level) for region in all_regions],
        "$ruhr_membership": [(region.region_id, region.in_ruhr) for region in all_regions],
        "$ruhr_kreise_count": len(ruhr_kreise()),
        "$sectors": [f"{scheme}/{sector_id}" for scheme in scheme_names() for sector_id in sectors(scheme)],
        "$indicator_units": [f"{indicator.indicator_id} in {indicator.unit}" for indicator in indicators()],
        "$statuses": list(STATUSES),
        "$statuses_without_value": [status for status in STATUSES if status not in STATUSES_WITH_VALUE],
    }


def _row(
    check_id: str,
    suite: Suite,
    declared: Expectation,
    outcome: ExpectationValidationResult,
    frame: pd.DataFrame,
) -> Row:
    meaning = declared_expectations().severities[declared.severity]
    result, observed = outcome.result, outcome.result.get("observed_value")
    failing = frame.loc[result.get("partial_unexpected_index_list", [])].to_dict("records")
    examples = [_example(suite, declared, row) for row in failing]
    if not result:
        log.error("check %s could not be evaluated: %s", check_id, outcome.exception_info)
        examples = ["nicht auswertbar, siehe Protokoll / could not be evaluated, see the log"]
    elif observed is not None:
        examples = [str(observed)]
    check = CheckResult(
        check_id=check_id,
        severity=meaning.becomes,
        text_de=declared.de,
        text_en=declared.en,
        # An expectation on the whole table counts no rows: one thing was looked at, and it holds or not.
        checked=result.get("element_count", 1),
        failed=0 if outcome.success else result.get("unexpected_count", 1),
        example=examples[0] if examples else "",
        owner=meaning.owner,
        threshold=declared.threshold,
        todo_de=meaning.todo_de,
        todo_en=meaning.todo_en,
    )
    return Row(check, declared.type, examples)


def _example(suite: Suite, declared: Expectation, row: Mapping[str, Any]) -> str:
    """A failing row in words: its key and the columns looked at, numbers only where its status allows it."""
    columns = list(dict.fromkeys((*suite.key_columns, *declared.columns, *declared.where)))
    may_show = row.get("status") in STATUSES_WITH_VALUE
    shown = {
        column: row[column]
        for column in columns
        if column in suite.key_columns or may_show or not isinstance(row[column], float)
    }
    return ", ".join(f"{column} {_in_words(column, value)}" for column, value in shown.items())


def _in_words(column: str, value: Any) -> str:
    if value is None or value != value:  # NaN and NaT
        return "–"
    if column in ("region_id", "benchmark_id") and value in regions():
        return f"{regions()[value].name} ({value})"
    if isinstance(value, float):
        return f"{value:.10g}"
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
