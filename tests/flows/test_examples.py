"""Every query of the documents has rows on the sample, the notebook its figures, the dictionary every word of ours."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import nbformat  # type: ignore[import-untyped]
import pytest
from nbclient import NotebookClient

from schemas.registry import Relation, relations
from tests.flows.clients import for_r, r
from tests.flows.conftest import COMMAND, ROOT, environment, run
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NOTEBOOK = ROOT / "docs" / "notebooks" / "figures-3-to-6.ipynb"


def found(pattern: str) -> list[Any]:
    return [
        pytest.param(
            match.groups(), id=f"{path.name}:{path.read_text(encoding='utf-8')[: match.start()].count(chr(10)) + 1}"
        )
        for path in DOCUMENTS
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"), re.DOTALL)
    ]


SQL = found(r"```sql\n(.*?)```")
#: `s3monitor query [--as-of DAY] "…"`, over several lines; not the shortened ones.
COMMANDS = found(r's3monitor query (?:--as-of (\S+) )?"((?:SELECT|FROM|\s)[^"…]*)"')
#: In docs/analysts.md: with the DuckDB command line, with the package duckdb, of an exported file.
R = re.findall(r"```r\n(.*?)```", (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8"), re.DOTALL)


# --- queries --------------------------------------------------------------------------------------


def test_there_are_examples() -> None:
    assert len(SQL) > 10
    assert len(COMMANDS) > 2


@pytest.mark.parametrize("example", SQL)
def test_a_query_of_the_documents_has_rows(sample_data: DataFolder, example: tuple[str]) -> None:
    with open_published(sample_data.published) as connection:
        assert connection.execute(example[0]).fetchall()


@pytest.mark.parametrize("example", COMMANDS)
def test_a_command_of_the_documents_has_rows(sample_data: DataFolder, example: tuple[str | None, str]) -> None:
    day, sql = example
    as_of = ["--as-of", day] if day else []
    ended = run([*COMMAND, "query", *as_of, sql, "--format", "json", "--data", str(sample_data.root)], ROOT)
    assert ended.code == 0, ended.stderr
    assert ended.json


def test_as_of_knew_less(sample_data: DataFolder) -> None:
    """The example with a day answers otherwise than without."""
    day, sql = next(param.values[0] for param in COMMANDS if param.values[0][0])
    command = [*COMMAND, "query", sql, "--format", "json", "--data", str(sample_data.root)]
    then, now = run([*command, "--as-of", day], ROOT).json, run(command, ROOT).json
    assert [row.keys() for row in then] == [row.keys() for row in now]
    assert [list(row.values()) for row in then] < [list(row.values()) for row in now]


# --- R --------------------------------------------------------------------------------------------


def rows_of_growth(data: DataFolder) -> int:
    with open_published(data.published) as connection:
        return len(connection.execute("FROM marts.growth WHERE region_id = 'RUHR'").fetchall())


def test_the_guide_has_these_examples_in_r() -> None:
    assert [re.findall("s3_read|dbConnect|read.csv", example)[0] for example in R] == [
        "s3_read",
        "dbConnect",
        "read.csv",
    ]


@pytest.mark.slow
def test_r_with_the_command_line_as_the_guide_says(tmp_path: Path, sample_data: DataFolder) -> None:
    (for_r(tmp_path) / "data").symlink_to(sample_data.root)
    said = 'cat(nrow(growth), class(growth$to_date), nrow(ruhr), class(ruhr$region_id), class(ruhr$in_ruhr), "\\n")'
    ended = r(R[0] + said, tmp_path)
    growth = rows_of_growth(sample_data)
    assert growth > 100
    assert ended.stdout.split() == [str(growth), "Date", "16", "character", "logical"]
    assert "SYNTHETIC SAMPLE DATA" in ended.stderr


def test_r_with_its_package_as_the_guide_says(tmp_path: Path, sample_data: DataFolder) -> None:
    (for_r(tmp_path) / "data").symlink_to(sample_data.root)
    if subprocess.run(["Rscript", "-e", "library(duckdb)"], capture_output=True).returncode:
        pytest.skip("the R package duckdb is not installed")
    ended = r(R[1] + "cat(nrow(growth))", tmp_path)
    assert int(ended.stdout) == rows_of_growth(sample_data)


def test_r_reads_an_exported_file_as_the_guide_says(tmp_path: Path, sample_data: DataFolder) -> None:
    (tmp_path / "csv").mkdir()
    copy = f"COPY warehouse.marts.employment TO '{tmp_path / 'csv' / 'marts.employment.csv'}' (FORMAT csv)"
    wanted = "count(*), count(*) FILTER (sector_id = 'NA'), count(*) FILTER (region_id = '05113'), count(employees)"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{sample_data.published}' AS warehouse (READ_ONLY); {copy}")
        [expected] = connection.execute(f"SELECT {wanted} FROM warehouse.marts.employment").fetchall()
    counts = "nrow(employment), sum(sector_id == 'NA'), sum(region_id == '05113'), sum(!is.na(employees))"
    ended = r(f"{R[2]}with(employment, cat({counts}))", for_r(tmp_path))
    assert all(expected)
    assert ended.stdout.split() == [str(count) for count in expected]


# --- the notebook ---------------------------------------------------------------------------------


def test_the_notebook_is_kept_without_outputs_and_paths() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert {(len(cell["outputs"]), cell["execution_count"]) for cell in code} == {(0, None)}
    assert notebook["metadata"].keys() == {"kernelspec", "language_info"}
    assert NOTEBOOK.stat().st_size < 20_000


@pytest.mark.slow
def test_the_notebook_draws_the_figures(sample_data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(S3MONITOR_DATA=str(sample_data.root)).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "\n".join(data.get("text/markdown", "") for data in outputs)
    assert "SYNTHETIC SAMPLE DATA" in text
    assert "`wz08-2`, 2014-09-30 to 2019-09-30" in text
    drawings = [data["image/svg+xml"] for data in outputs if "image/svg+xml" in data]
    assert ["Figure 3" in drawings[0], "Figure 4" in drawings[1]] == [True, True]
    assert min(drawing.count("c-bubble") for drawing in drawings) >= 9
    rows = [data["text/html"].count("<tr") - 1 for data in outputs if "text/html" in data]
    assert rows.count(45) == 2  # three sectors of 15 Kreise, by specialisation and by growth


# --- the dictionary -------------------------------------------------------------------------------

#: Columns whose values are words of ours that a reader has to look up.
CODED = (
    *("status", "old_status", "new_status", "state", "kind", "quadrant", "level", "light", "light_reason", "customer"),
    *("technology", "operator", "area_group", "area_type", "type", "direction", "target_status", "cause", "severity"),
    *("layer", "owner", "event", "role", "multi", "coverage", "division_basis", "category_status", "prose_signal"),
    *("stage", "specialised", "grows", "qualifier", "measure", "filter", "children", "origin", "sector_scheme"),
)
WORDS_OF_STATUS = ("old_status", "new_status")


@pytest.mark.parametrize("relation", relations().values(), ids=lambda relation: relation.name)
def test_every_word_of_a_coded_column_is_explained(sample_data: DataFolder, relation: Relation) -> None:
    with open_published(sample_data.published) as connection:
        for field in relation.fields:
            if field.name in CODED and (relation.name, field.name) != ("meta.delivery", "origin"):
                words = connection.execute(f"SELECT DISTINCT {field.name} FROM {relation.name}").fetchall()
                for text in explained(relation, field.name):
                    assert [word for (word,) in words if word and word not in text] == []


def explained(relation: Relation, column: str) -> list[set[str]]:
    """The words in what the registry says of a column and its relation, in German and in English."""
    fields = {field.name: field for field in relation.fields}
    field = relations()["marts.employment"].fields[7] if column in WORDS_OF_STATUS else fields[column]
    texts = (relation.description_de + " " + field.description_de, relation.description_en + " " + field.description_en)
    return [set(re.findall(r"[\w-]+", text)) for text in texts]


def test_every_column_has_its_comment_and_its_row(sample_data: DataFolder) -> None:
    with open_published(sample_data.published) as connection:
        missing = connection.execute(
            "SELECT c.schema_name, c.table_name, c.column_name FROM duckdb_columns() c"
            " JOIN duckdb_tables() t USING (database_name, schema_name, table_name)"
            " LEFT JOIN meta.dictionary d"
            "   ON d.relation = c.schema_name || '.' || c.table_name AND d.field = c.column_name"
            " WHERE c.database_name = current_database() AND (c.comment IS NULL OR t.comment IS NULL OR d.field IS NULL"
            "   OR NOT starts_with(c.comment, d.description_de) OR NOT contains(c.comment, coalesce(d.unit, '')))"
        ).fetchall()
    assert missing == []
