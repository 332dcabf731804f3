"""From a value to the cells of the archived files, and what is said where the chain is broken."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import typer
import xlsxwriter
from typer.testing import CliRunner, Result

from flows.commands import explain as command
from reference.regions import NRW, RUHR, ruhr_kreise
from reference.sectors import TOTAL
from schemas.delivery import Arrival, Provenance
from schemas.observation import Observation
from tests.warehouse.building import employees, observation, stage
from warehouse.archive import Archive
from warehouse.build import build
from warehouse.connect import open_published
from warehouse.data_folder import DataFolder
from warehouse.explain import Explanation, NotExplainedError, explain
from warehouse.inbox import Incoming
from warehouse.release import publish, record_release

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY, LATER = dt.date(2020, 6, 30), dt.date(2021, 6, 30)
ESSEN, BOCHUM = "05113", "05911"
COUNTS = {kreis: 1000 + number for number, kreis in enumerate(ruhr_kreise())}


def table_of_kreise() -> tuple[bytes, list[Observation]]:
    """15 Kreise and NRW at one date, and a later date at which Essen alone is filled."""
    lines, cells = ["Kreis;Name;30.06.2020;30.06.2021"], []
    for line, (region, count) in enumerate({**COUNTS, NRW: 60_000}.items(), start=2):
        later = count + 1 if region == ESSEN else "-"
        lines.append(f"{region};Name, Stadt;{count};{later}")
        for column, (day, printed) in enumerate([(DAY, count), (LATER, later)], start=3):
            place = f"line {line}, column {column}"
            cells.append(
                observation(
                    printed, dataset="13111-01-03-4", region_id=region, reference_date=day, locator=place, basis=""
                )
            )
    return "\n".join(lines).encode(), cells


def report_of_essen() -> tuple[bytes, list[Observation]]:
    """A workbook with employees by sector: J counts for the topic `it` only in part, a part of C is suppressed."""
    content = io.BytesIO()
    cells = []
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Tabelle 2.3")
        figures: dict[str, float | str] = {TOTAL: 500, "J": 40, "G-U": 300, "B-F": 200, "C": 150, "24-30,32,33": "*"}
        for row, (sector, printed) in enumerate(figures.items()):
            sheet.write(row, 1, printed)
            place = f"Tabelle 2.3!B{row + 1}"
            cells.append(employees(ESSEN, sector, printed, reference_date=DAY, locator=place))
    return content.getvalue(), cells


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A published release of two archived files; read only."""
    tmp_path = tmp_path_factory.mktemp("explain")
    data = DataFolder(tmp_path / "data")
    rows, staged = [], []
    for vintage, (name, (content, cells)) in enumerate(
        {"kreise.csv": table_of_kreise(), f"{ESSEN}.xlsx": report_of_essen()}.items(), start=1
    ):
        arrival = take_in(data, tmp_path / name, content)
        rows.append(delivery_row(arrival, vintage))
        staged.append(stage(tmp_path, arrival.delivery_id, cells))
    built = tmp_path / "built.duckdb"
    build(built, rows, staged)
    record_release(
        built,
        {"release_id": "r1", "released_at": NOW.replace(tzinfo=None), "inputs": "i", "code_version": "c",
         "is_synthetic": True},
    )  # fmt: skip
    data.releases.mkdir(parents=True)
    publish(data, built, "r1")
    return data


def take_in(data: DataFolder, path: Path, content: bytes) -> Arrival:
    path.write_bytes(content)
    provenance = Provenance(publisher="Amt", product="Tabelle", licence="dl-de/by-2-0", is_synthetic=True)
    arrival, is_new = Archive(data.archive).take_in(Incoming(path, path.name, provenance), NOW)
    assert is_new
    return arrival


def delivery_row(arrival: Arrival, vintage: int) -> dict[str, object]:
    return {
        "delivery_id": arrival.delivery_id,
        "sha256": arrival.sha256,
        "bytes": arrival.bytes,
        "file_name": arrival.file_name,
        "source_id": "source",
        "publisher": arrival.provenance.publisher,
        "product": arrival.provenance.product,
        "licence": arrival.provenance.licence,
        "attribution": "© Amt",
        "retrieved_on": dt.date(2021, 1, 1),
        "arrived_at": NOW.replace(tzinfo=None),
        "known_from": dt.date(2021, 1, 1),
        "vintage": vintage,
        "is_synthetic": True,
        "state": "accepted",
    }


@pytest.fixture
def warehouse(data: DataFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(data.published) as connection:
        yield connection


Explain = Callable[..., Explanation]


@pytest.fixture
def explained(data: DataFolder, warehouse: duckdb.DuckDBPyConnection) -> Explain:
    return lambda *asked: explain(warehouse, Archive(data.archive), *asked)


@pytest.fixture
def own(data: DataFolder, tmp_path: Path) -> DataFolder:
    """A copy to damage."""
    return DataFolder(Path(shutil.copytree(data.root, tmp_path / "own")))


def explained_from(data: DataFolder, *asked: str) -> Explanation:
    with open_published(data.published) as connection:
        return explain(connection, Archive(data.archive), *asked)


def archived(data: DataFolder, name: str) -> Path:
    archive = Archive(data.archive)
    (sha256,) = (arrival.sha256 for arrival in archive.arrivals() if arrival.file_name == name)
    return archive.content_path(sha256)


def test_sum_of_the_ruhr(explained: Explain) -> None:
    found = explained("employees", RUHR)
    assert found.value.reference_date == DAY  # the newest with a value: the later one has none for the Ruhr
    assert found.value.value == sum(COUNTS.values())
    assert {cell.region_id: cell.value for cell in found.inputs} == COUNTS
    assert [cell.printed_now for cell in found.inputs] == [str(count) for count in COUNTS.values()]
    assert all(cell.is_same for cell in found.inputs)
    assert found.inputs[0].locator == "line 2, column 3"
    (delivery,) = found.deliveries
    assert (delivery.file_name, delivery.publisher, delivery.licence) == ("kreise.csv", "Amt", "dl-de/by-2-0")
    assert (delivery.attribution, delivery.archived) == ("© Amt", "unchanged")
    assert found.interval_reasons == []


def test_interval_from_a_workbook(explained: Explain) -> None:
    found = explained("topic_employees.it", ESSEN)
    assert (found.value.value, found.value.value_lower, found.value.value_upper) == (None, 0, 40)
    assert [(s.sector_scheme, s.sector_id, s.weight_lower, s.weight_upper) for s in found.sectors] == [
        ("ba-rr", "J", 0, 1)
    ]
    (cell,) = (cell for cell in found.inputs if cell.sector_id == "J")
    assert (cell.locator, cell.printed_now, cell.is_same) == ("Tabelle 2.3!B2", "40", True)
    (reason,) = found.interval_reasons
    assert "of J only a part belongs to the topic" in reason


def test_interval_from_a_suppressed_cell(explained: Explain) -> None:
    found = explained("topic_employees.industry", ESSEN)
    assert (found.value.status, found.value.value_lower) == ("suppressed", 0)
    assert any("24-30,32,33" in reason and "suppressed" in reason for reason in found.interval_reasons)
    assert ("24-30,32,33", "*", None, True) in [(c.sector_id, c.printed_now, c.value, c.is_same) for c in found.inputs]


@pytest.mark.parametrize("region", [ESSEN, "Essen", "essen", "Essen, Stadt", "ESSEN, krfr. Stadt"])
@pytest.mark.parametrize("date", ["2021-06-30", "30.06.2021", "2021-06", "2021", None])
def test_regions_and_dates(explained: Explain, region: str, date: str | None) -> None:
    found = explained("employees", region, date)
    assert (found.value.region_id, found.value.reference_date) == (ESSEN, LATER)


@pytest.mark.parametrize(
    ("name", "region_id"),
    [("NRW", NRW), ("nordrhein-westfalen", NRW), ("ruhr", RUHR), ("Metropole Ruhr", RUHR), ("kreis wesel", "05170"),
     ("Wesel", "05170"), ("Ennepe-Ruhr-Kreis", "05954")],
)  # fmt: skip
def test_names_of_regions(explained: Explain, name: str, region_id: str) -> None:
    assert explained("employees", name).value.region_id == region_id


def test_a_gap_is_explained_as_well(explained: Explain) -> None:
    found = explained("employees", BOCHUM, "2021-06-30")
    assert (found.value.value, found.value.status) == (None, "not_available")
    assert [cell.printed_now for cell in found.inputs] == ["-"]


def test_indicator_from_a_file_of_the_strategy(explained: Explain) -> None:
    found = explained("action_plan_activities_done", RUHR)
    assert [(file.file_name, file.origin) for file in found.strategy_files] == [("action_status.csv", "delivered")]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("employes", RUHR), "Did you mean employees"),
        (("Arbeitslosenquote", RUHR), r"Did you mean unemployment_rate \(Arbeitslosenquote\)"),
        (("xyzxyz", RUHR), "There are: .*population"),
        (("employees", "Bochm"), r"Did you mean Bochum \(05911\)"),
        (("employees", "Xqz"), "Expected RUHR, NRW, DE"),
        (("employees", ""), "There is no region"),
        (("employees", ESSEN, "1999"), "has no value for 1999 in Essen .* 2021-06-30, 2020-06-30"),
        (("employees", ESSEN, "last year"), "Expected a date like 2020-12-31"),
        (("employees", ESSEN, "%"), "Expected a date like"),
        (("population", RUHR), "has no values for RUHR, it has some for: no region. How it is computed: 12411"),
        (("topic_employees.it", BOCHUM), "has some for: 1 Kreise"),
        (("employees' OR true --", RUHR), "There is no indicator"),
    ],
)
def test_what_is_not_there(explained: Explain, asked: tuple[str, ...], says: str) -> None:
    with pytest.raises(NotExplainedError, match=says):
        explained(*asked)


def test_changed_file_is_shown_and_told(own: DataFolder) -> None:
    path = archived(own, "kreise.csv")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(f";{COUNTS[ESSEN]};".encode(), b";9;"))
    found = explained_from(own, "employees", RUHR)
    assert [delivery.archived for delivery in found.deliveries] == ["changed"]
    assert [(cell.region_id, cell.printed_now, cell.printed) for cell in found.inputs if not cell.is_same] == [
        (ESSEN, "9", str(COUNTS[ESSEN]))
    ]


def test_file_cut_off(own: DataFolder) -> None:
    path = archived(own, "kreise.csv")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:100])
    broken = [cell for cell in explained_from(own, "employees", RUHR).inputs if not cell.is_same]
    assert broken
    assert all(cell.problem for cell in broken)


def test_missing_file(own: DataFolder) -> None:
    archived(own, f"{ESSEN}.xlsx").unlink()
    found = explained_from(own, "topic_employees.it", ESSEN)
    assert [delivery.archived for delivery in found.deliveries] == ["missing"]
    assert {(c.printed_now, c.is_same, c.problem) for c in found.inputs} == {
        (None, False, "the file is not in the archive")
    }


# --- the command ----------------------------------------------------------------------------------


def run(data: DataFolder, *arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)  # with a single command typer would take its name for an argument
    command.register(app)
    return CliRunner().invoke(app, ["explain", *arguments, "--data", str(data.root)])


def test_command(data: DataFolder) -> None:
    ended = run(data, "employees", "RUHR")
    assert ended.exit_code == 0
    assert "SYNTHETIC SAMPLE DATA" in ended.stderr
    for text in (
        "Metropole Ruhr (RUHR), 2020-06-30: 15,105 persons",
        "13111-01-03-4: employees. Ruhr: sums over its 15 Kreise",
        "Amt · Tabelle",
        "licence dl-de/by-2-0; cite as: © Amt",
        "kreise.csv  SYNTHETIC, retrieved 2021-01-01, known from 2021-01-01; archived file unchanged",
        "line 2, column 3   “1000”",
        "15 of 15 cells in 1 file say what was read from them.",
    ):
        assert text in ended.stdout
    (sha256,) = (line for line in ended.stdout.splitlines() if line.startswith("  sha256 "))
    assert len(sha256.split()[1]) == 64


def test_command_tells_a_broken_chain(own: DataFolder) -> None:
    archived(own, "kreise.csv").unlink()
    ended = run(own, "employees", "RUHR")
    assert "THE ARCHIVED FILE IS MISSING" in ended.stdout
    assert "0 of 15 cells" in ended.stdout


def test_command_as_json(data: DataFolder) -> None:
    answer = json.loads(run(data, "employees", "RUHR", "2020", "--json").stdout)
    assert answer["value"]["reference_date"] == "2020-06-30"
    assert len(answer["inputs"]) == 15
    assert {cell["is_same"] for cell in answer["inputs"]} == {True}


def test_command_without_such_a_value(data: DataFolder) -> None:
    ended = run(data, "employees", "Atlantis")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "There is no region “Atlantis”" in ended.stderr


def test_answer_does_not_wait_for_pandas(data: DataFolder) -> None:
    """Importing it takes half of the second an answer may take; DuckDB does so for a parameter of a query."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from warehouse.archive import Archive\n"
        "from warehouse.connect import open_published\n"
        "from warehouse.explain import explain\n"
        "published, archive = map(Path, sys.argv[1:])\n"
        "explain(open_published(published), Archive(archive), 'employees', 'RUHR')\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, data.published, data.archive], cwd=ROOT, check=True)


ROOT = Path(__file__).parents[2]
