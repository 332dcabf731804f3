"""What became of a mutant, as the pipeline judges it, and whether that is right."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from quality.validation import validate
from reference.regions import region_by_label
from schemas.delivery import known_from
from schemas.observation import KEY, Observation, to_frame
from sources.catalogue import edition_rules, recognise, sum_rules
from sources.genesis.settle_basis import settle_basis
from sources.product import Decoded
from sources.rejected import Rejected
from tests.attacks.mutants import Mutant
from tests.attacks.rereading import (
    HIDDEN,
    UNREADABLE,
    Reading,
    SheetCell,
    TextTable,
    Workbook,
    decoded_text,
    printed_number,
)
from tests.attacks.seeds import Seed, arrived
from warehouse.connect import open_in_memory
from warehouse.data_folder import DataFolder
from warehouse.staging import Staging

#: What may become of a mutant. The rest is a bug: `crash`, `misread`, `changed`, `mislabelled`, `lost`, `wordless`.
RIGHT = "right"  # every figure as in the original
PRINTED = "printed"  # figures differ, and each is printed where its locator says
FLAGGED = "flagged"  # accepted with a remark or a changed layout that the original does not have
QUARANTINED = "quarantined"  # decoded, and refused by validation
REFUSED = "refused"  # not recognised, or refused by the decoder
FINE = (RIGHT, PRINTED, FLAGGED, QUARANTINED, REFUSED)

#: Products whose texts may print points between thousands.
_THOUSANDS = ("ba_statistik_api",)
_POINT = ("bnetza_breitbandatlas", "bnetza_mobilfunk")
Facts = dict[tuple[object, ...], Observation]


@dataclass(frozen=True)
class Verdict:
    outcome: str
    detail: str = ""

    @property
    def is_bug(self) -> bool:
        return self.outcome not in FINE


def judge(seed: Seed, mutant: Mutant, folder: Path) -> Verdict:
    """Recognise, decode and validate a mutant and compare it with its original."""
    file = arrived(folder, mutant.content, seed.name, seed.period)
    try:
        decoded = recognise(file).decode(file)
    except Rejected as refusal:
        return _refused(refusal)
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return Verdict("crash", f"{type(error).__name__}: {error}")
    if _outlines(decoded) != _outlines(seed.decoded):
        return _judge_outlines(seed, mutant, decoded)
    before, after = _facts(seed.decoded), _facts(decoded)
    differing = [fact for key, fact in after.items() if key not in before or _says(before[key]) != _says(fact)]
    lost = [fact for key, fact in before.items() if key not in after]
    if not differing and not lost:
        return Verdict(RIGHT)
    try:
        failure = _validated(decoded, folder)
    except Exception as error:  # noqa: BLE001 - as above
        return Verdict("crash", f"validation: {type(error).__name__}: {error}")
    if failure:
        return Verdict(QUARANTINED, failure)
    return _judge_differences(seed, mutant, decoded, differing, lost)


def _refused(refusal: Rejected) -> Verdict:
    """A refusal must say what was expected and found."""
    if len(refusal.expected) < 3 or len(refusal.message) < 30:
        return Verdict("wordless", refusal.message)
    return Verdict(REFUSED, refusal.message)


def _facts(decoded: Decoded) -> Facts:
    found = map(Observation._make, decoded.observations)
    return {tuple(getattr(fact, name) for name in KEY): fact for fact in found}


def _says(fact: Observation) -> tuple[object, ...]:
    return fact.value, fact.unit, fact.status, fact.basis


def _validated(decoded: Decoded, folder: Path) -> str:
    """The first failure of what the pipeline checks before history, "" where there is none."""
    if not decoded.observations:
        return ""
    staging = Staging(DataFolder(folder), "fuzz")
    published = decoded.published_on or decoded.retrieved_on
    observations = settle_basis(decoded.observations, published) if published else decoded.observations
    with open_in_memory() as connection:
        staging.save_observations(connection, "mutant", to_frame(observations))
        path = staging.observations_path("mutant")
        known = known_from(decoded.published_on, decoded.retrieved_on, dt.datetime.now(dt.UTC)).isoformat()
        failures = validate(connection, [path], sum_rules(), edition_rules(), {"mutant": known})
    return f"{failures[0].locator}: {failures[0].text}" if failures else ""


def _judge_differences(
    seed: Seed, mutant: Mutant, decoded: Decoded, differing: list[Observation], lost: list[Observation]
) -> Verdict:
    reader = Rereader(seed, mutant.content)
    for fact in differing:
        if problem := reader.misread(fact):
            return Verdict("misread", problem)
    shown = _shown(seed, differing, lost)
    if flag := _flag(seed, decoded):
        return Verdict(FLAGGED, f"{flag}; {shown}")
    if mutant.effect == "cell":
        strangers = [fact for fact in differing if fact.locator not in mutant.targets]
        return Verdict("changed", shown) if strangers or lost else Verdict(PRINTED, shown)
    if mutant.effect == "any":
        for fact in differing:
            if problem := reader.mislabelled(fact):
                return Verdict("mislabelled", problem)
        return Verdict("lost", shown) if lost and len(lost) > len(differing) else Verdict(PRINTED, shown)
    return Verdict("changed", shown) if differing else Verdict("lost", shown)


def _flag(seed: Seed, decoded: Decoded) -> str:
    """What an officer is told of the mutant and not of the original."""
    known = {(remark.check_id, remark.text) for remark in seed.decoded.remarks}
    for remark in decoded.remarks:
        if (remark.check_id, remark.text) not in known:
            return f"{remark.check_id}: {remark.text}"
    return "layout_changed" if decoded.layout != seed.decoded.layout else ""


def _shown(seed: Seed, differing: list[Observation], lost: list[Observation]) -> str:
    texts = [f"{len(differing)} differ, {len(lost)} lost"]
    for fact in [*differing[:1], *lost[:1]]:
        key = " ".join(str(part) for part in (fact.variable, fact.region_id, fact.sector_id, fact.dimensions) if part)
        texts.append(f"{key} {fact.reference_date} {fact.value} {fact.status} at {fact.locator}")
    return "; ".join(texts)


# --- outlines


def _outlines(decoded: Decoded) -> dict[str, str]:
    return {boundary.region_id: boundary[1] for boundary in decoded.boundaries}


def _judge_outlines(seed: Seed, mutant: Mutant, decoded: Decoded) -> Verdict:
    before, after = _outlines(seed.decoded), _outlines(decoded)
    changed = [region for region in after if before.get(region) != after[region]]
    if mutant.effect == "any" and changed:
        printed = _printed_outlines(mutant.content)
        if all(json.loads(after[region])["coordinates"] == printed.get(region) for region in changed):
            return Verdict(PRINTED, f"outline of {changed}")
    if set(before) - set(after) and not changed:
        return Verdict(FLAGGED if _flag(seed, decoded) else "lost", f"{sorted(set(before) - set(after))}")
    return Verdict("changed", f"outlines of {changed}")


def _printed_outlines(content: bytes) -> dict[str, object]:
    """Coordinates by the digits behind `ARS` or `AGS`, read by another pattern than the decoder's."""
    text = decoded_text(content)
    found: dict[str, object] = {}
    for feature in re.split(r'"type"\s*:\s*"Feature"', text)[1:]:
        key = re.search(r'"(?:ARS|AGS|ars|ags)"\s*:\s*"([0-9]+)"', feature)
        numbers = re.search(r'"coordinates"\s*:\s*([\[\]0-9eE.,+\-\s]+)', feature)
        if key and numbers:
            with contextlib.suppress(ValueError):
                found[key[1]] = json.JSONDecoder().raw_decode(numbers[1].strip())[0]
    return found


# --- a second reading


class Rereader:
    """Reads the cells of a mutant a second time."""

    def __init__(self, seed: Seed, content: bytes) -> None:
        self.product = seed.product_id
        self.name = f"{seed.name} {seed.period}"
        self.book = Workbook(content) if content.startswith(b"PK") else None
        self.table = None if self.book else TextTable(decoded_text(content))

    def misread(self, fact: Observation) -> str:
        """Why a figure is not what the cell at its locator prints, "" where it is."""
        reading, printed = self._reading(fact)
        if reading == UNREADABLE:
            return f"{fact.locator} prints “{printed}”, read as {fact.value} ({fact.status})"
        if self.product in ("ba_arbeitslose_monat", "ba_arbeitslosenquoten_jahr") and reading == 0:
            reading = None  # these sheets fill what is not reported with 0
        if reading is None and self.product == "ba_sonderauswertung" and printed == "-":
            reading = Decimal(0)  # its key says so
        same = reading is None if fact.value is None else _equal(reading, fact.value)
        hidden = fact.status != "suppressed" or printed.strip() in HIDDEN
        if same and hidden:
            return ""
        return f"{fact.locator} prints “{printed}”, read as {fact.value} ({fact.status})"

    def _reading(self, fact: Observation) -> tuple[Reading, str]:
        if self.table:
            cell = self.table.cell(fact.locator)
            if cell is None or not cell.plain:
                return UNREADABLE, cell.text if cell else "(no such cell)"
            return self._number(cell.text), cell.text
        assert self.book is not None
        try:
            found = self.book.cell(fact.locator)
        except Exception as error:  # noqa: BLE001 - what the second reader cannot read, nobody could
            return UNREADABLE, f"({type(error).__name__})"
        return self._of_sheet(found), found.text if found else ""

    def _of_sheet(self, cell: SheetCell | None) -> Reading:
        if cell is None:
            return None
        if cell.kind == "s":
            return self._number(cell.text)
        if cell.kind != "n":
            return UNREADABLE
        try:
            return Decimal(cell.text.strip())
        except InvalidOperation:
            return UNREADABLE

    def _number(self, text: str) -> Reading:
        if self.product in _POINT and self.table is not None:
            found = printed_number(text, ".", thousands=False)
            return printed_number(text, ",", thousands=False) if found == UNREADABLE else found
        return printed_number(text, ",", thousands=self.product in _THOUSANDS or self.book is not None)

    def mislabelled(self, fact: Observation) -> str:
        """Why nothing near the cell names its region and year, "" where something does."""
        words = self._words_near(fact.locator)
        year = fact.reference_date.year
        if not re.search(rf"{year}|\b{year % 100:02}\b", words):
            return f"{fact.locator}: no {year} near it"
        if not any(name in words for name in _names(fact.region_id)):
            return f"{fact.locator}: no {fact.region_id} near it"
        return ""

    def _words_near(self, locator: str) -> str:
        """The row, what stands above the table, and the file name."""
        if self.table:
            line = int(re.findall(r"\d+", locator)[0])
            rows = [*self.table.rows[:30], self.table.by_line[line]]
            return " ".join([self.name, *(cell.text for row in rows for cell in row.cells)])
        assert self.book is not None
        sheet, _, reference = locator.rpartition("!")
        number = int(re.sub("[^0-9]", "", reference))
        texts = [
            _as_date(cell.text)
            for place, cell in self.book.cells(sheet).items()
            if int(re.sub("[^0-9]", "", place)) in (*range(1, 16), *range(number - 14, number + 1))
        ]
        return " ".join([self.name, *texts])


def _as_date(text: str) -> str:
    """A serial number of a day with its year behind it."""
    return f"{text} {1900 + int(float(text) / 365.25)}" if re.fullmatch(r"[34][0-9]{4}(\.0)?", text) else text


def _names(region_id: str) -> Iterable[str]:
    yield region_id
    yield region_id.lstrip("0")
    if region_id == "DE":
        yield from ("DG", "Deutschland", "deutschland", "staat", "Bund")
    if region_id == "05":
        yield "Nordrhein-Westfalen"
    for label, region in region_by_label().items():
        if region == region_id:
            yield label.title()
            yield label.split(",")[0].title()


def _equal(reading: Reading, value: float) -> bool:
    return isinstance(reading, Decimal) and abs(reading - Decimal(value)) <= abs(reading) * Decimal("1e-12")


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for mutants, in memory where the system has one."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="fuzz")
