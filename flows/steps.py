"""The steps of a refresh. Each takes and returns paths, hashes and small records, never frames.

take_in → decode → validate → build → check → publish. flows/refresh.py runs them one after the other, as they are or,
with flows/prefect_flow.py, each as a Prefect task.
"""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.decoding import decoded
from flows.fetch_memory import failed_feeds
from flows.settings import Settings
from monitor.marker import release_of_site
from quality.checks import CheckResult, record_results, run_checks
from quality.data_docs import drop_pages
from quality.decisions import Withdrawal, read_decisions, read_withdrawals
from quality.expectations import run_expectations
from quality.fetching import fetch_findings
from quality.findings import OPEN, found, record_findings, with_state
from quality.layout import layout_findings
from quality.ledger import decisions_path, findings_of, keep_held, withdrawals_path
from quality.report import write_report
from schemas.delivery import Arrival
from warehouse import release
from warehouse.archive import Archive, sha256_of
from warehouse.build import build as build_warehouse
from warehouse.code_version import code_version
from warehouse.connect import open_in_memory
from warehouse.data_folder import DataFolder
from warehouse.inbox import InboxError, Incoming, files_in
from warehouse.staging import Staged, Staging, boundary_rows
from warehouse.strategy_marts import OfficersFileError, officers_files
from warehouse.zips import unpacked

log = logging.getLogger("s3monitor")
#: Clocks of machines that share a folder differ by less, and a correction by the network is seconds.
_CLOCK_TOLERANCE = dt.timedelta(hours=1)


class NothingToPublishError(Exception):
    """There is no accepted delivery to publish, or a check stopped the release; the message says which."""


class InputsChangedError(NothingToPublishError):
    """Somebody decided on a finding, or filled in a file, while the release was built."""


@dataclass(frozen=True)
class TakenIn:
    """What the inboxes brought: ids of new deliveries and of those already known, refused files with the reason,
    and known bytes that came under another name (delivery_id → that name)."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)


def take_in(data: DataFolder, inboxes: Sequence[Path], only: Sequence[str], now: dt.datetime) -> TakenIn:
    """Copy every file of the inboxes into the archive, once. `only`: sources or products to restrict it to.

    Raises InboxError where `only` names nothing that is there.
    """
    archive, taken = Archive(data.archive), TakenIn()
    arrives_at = archive.arrival_time(now)
    for file in _chosen(inboxes, only):
        data.claim(synthetic=file.provenance.is_synthetic)
        if file.problem:
            taken.refused[file.name] = file.problem
            continue
        arrival, is_new = archive.take_in(file, arrives_at)
        (taken.new if is_new else taken.known).append(arrival.delivery_id)
        if arrival.file_name != file.name:
            taken.renamed[arrival.delivery_id] = file.name
    if inboxes:
        log.info("archive: %d new files, %d already known", len(taken.new), len(taken.known))
    return taken


def compare_clock(data: DataFolder, now: dt.datetime) -> None:
    """Say so where the clock went back since the last arrival; arrivals and releases keep their order by themselves."""
    last = Archive(data.archive).arrival_time(now)
    if last - now > _CLOCK_TOLERANCE:
        log.warning(
            "clock: this machine says %s, but a file arrived on %s. Set the clock right; until it is past that day, "
            "what arrives counts as arrived then. If the clock was wrong on that day: correct arrived_at and "
            "retrieved_on of the files that arrived since in %s, delete %s and run the refresh again.",
            now.date(),
            last.date(),
            data.archive / "??" / "*.json",
            data.staging,
        )


def _chosen(inboxes: Sequence[Path], only: Sequence[str]) -> Iterable[Incoming]:
    """The files of the inboxes and of the zips in them; one to be refused has a `problem`."""
    found = [file for inbox in inboxes for file in files_in(inbox)]  # an inbox that is wrong stops all of them
    files = (part for file in found for part in _parts(file))
    if not only:
        return files
    hints = [(file, _source_hint(file)) for file in files]
    there = {hint for _, hint in hints}
    if unknown := [name for name in only if inboxes and name not in there]:
        known = ", ".join(sorted(there - {""})) or "none that is recognised"
        raise InboxError(f"--only {unknown[0]}: no file of that source or product is there. There are: {known}.")
    return (file for file, hint in hints if hint in only)


def _parts(file: Incoming) -> list[Incoming]:
    """The file, or those it wraps; what must not be read, or is not what the manifest says, stays whole."""
    reason = file.problem or _changed_on_its_way(file)
    return [replace(file, problem=reason)] if reason else unpacked(file)


def _source_hint(incoming: Incoming) -> str:
    """The source a manifest names, else the product the content shows."""
    if incoming.provenance.source_id or incoming.problem:
        return incoming.provenance.source_id
    from sources.arrived_file import ArrivedFile
    from sources.catalogue import recognise
    from sources.rejected import Rejected

    with TemporaryDirectory() as folder:
        path = incoming.path
        if incoming.member:
            path = Path(folder) / "member"
            with incoming.open() as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        try:
            return recognise(ArrivedFile(path, incoming.name)).product_id
        except Rejected:
            return ""


def _changed_on_its_way(file: Incoming) -> str:
    """What is wrong where a manifest names another sha256, else ""."""
    if not file.expected_sha256 or (found := sha256_of(file.path)) == file.expected_sha256:
        return ""
    return (
        f"expected the sha256 {file.expected_sha256[:16]}… of the manifest; found {found[:16]}…. "
        "The file was changed or cut off on its way: fetch it again, or correct the manifest."
    )


def to_decode(data: DataFolder) -> list[Arrival]:
    """Deliveries of the archive that this code version has not looked at."""
    staging = Staging(data, code_version())
    arrivals = Archive(data.archive).arrivals()
    return [arrival for arrival in arrivals if staging.verdict(arrival.delivery_id) is None]


def to_validate(data: DataFolder) -> list[str]:
    """Sources with deliveries that were decoded and not yet validated."""
    return sorted({staged.source_id for staged in verdicts(data) if staged.state == "decoded"})


def decode(data: DataFolder, arrivals: Sequence[Arrival]) -> list[Staged]:
    """Decode deliveries into staged observations; what cannot be read is quarantined with the reason.

    Raises OSError where the archive cannot be read.
    """
    staging, results = Staging(data, code_version()), []
    for number, staged in enumerate(decoded(staging, Archive(data.archive), arrivals), start=1):
        staging.save(staged)
        results.append(staged)
        if number % 25 == 0 or number == len(arrivals):
            log.info("decode: %d of %d files", number, len(arrivals))
    return results


def validate(data: DataFolder, source_id: str) -> list[Staged]:
    """Validate the decoded deliveries of one source; those that fail are quarantined, the others accepted."""
    from quality.validation import validate as find_failures
    from sources.catalogue import edition_rules, sum_rules

    staging = Staging(data, code_version())
    of_source = [staged for staged in verdicts(data) if staged.source_id == source_id]
    decoded = [staged for staged in of_source if staged.state == "decoded"]
    parquet = [staging.observations_path(staged.delivery_id) for staged in decoded if staged.observations]
    reasons: dict[str, list[str]] = {}
    if parquet:
        accepted = [staged for staged in of_source if staged.state == "accepted" and staged.observations]
        with open_in_memory() as connection:
            for failure in find_failures(
                connection,
                parquet,
                sum_rules(),
                edition_rules(),
                {staged.delivery_id: staged.known_from for staged in of_source},
                [staging.observations_path(staged.delivery_id) for staged in accepted],
            ):
                place = f"at {failure.locator}: " if failure.locator else ""
                reasons.setdefault(failure.delivery_id, []).append(place + failure.text)
    results = [_judged(staged, reasons.get(staged.delivery_id, [])) for staged in decoded]
    for staged in results:
        staging.save(staged)
    return results


def _judged(staged: Staged, reasons: list[str]) -> Staged:
    if not reasons:
        return replace(staged, state="accepted")
    shown = reasons[:5]
    more = f" … and {len(reasons) - len(shown)} more" if len(reasons) > len(shown) else ""
    return replace(staged, state="quarantined", message="; ".join(shown) + more)


def verdicts(data: DataFolder) -> list[Staged]:
    """What became of every delivery of the archive, in the order of arrival.

    Raises DecisionsError where the file of withdrawals is malformed.
    """
    staging = Staging(data, code_version())
    withdrawn = read_withdrawals(withdrawals_path(data))
    found = (staging.verdict(arrival.delivery_id) for arrival in Archive(data.archive).arrivals())
    return [_unless_withdrawn(staged, withdrawn.get(staged.delivery_id)) for staged in found if staged]


def _unless_withdrawn(staged: Staged, withdrawal: Withdrawal | None) -> Staged:
    if withdrawal is None or staged.state != "accepted":
        return staged
    who = f"withdrawn on {withdrawal.withdrawn_on} by {withdrawal.withdrawn_by}"
    return replace(staged, state="withdrawn", message=f"{who}: {withdrawal.reason}")


def inputs(data: DataFolder) -> str:
    """Fingerprint of all a release depends on: code, verdicts on deliveries, what officers filled and decided, and
    which sources cannot be fetched."""
    kept = [*officers_files(_officers_folder(data)), decisions_path(data), withdrawals_path(data)]
    return release.inputs_fingerprint(
        [
            code_version(),
            *sorted(f"{staged.sha256} {staged.state} {staged.known_from}" for staged in verdicts(data)),
            *(f"not fetched: {feed.feed_id}" for feed in failed_feeds(data)),
            *(f"{sha256_of(file)} {file.name}" for file in kept if file.exists()),
        ]
    )


def _officers_folder(data: DataFolder) -> Path:
    return data.root / "strategy"


def is_published(data: DataFolder) -> bool:
    """Whether the published release already holds everything that is accepted."""
    current = release.current_release(data)
    return current is not None and current["inputs"] == inputs(data)


def build(data: DataFolder, now: dt.datetime) -> Path:
    """Build a warehouse from all accepted deliveries beside the published one; returns its path.

    Raises NothingToPublishError where no delivery was accepted or a file of the officers cannot be used.
    """
    staging = Staging(data, code_version())
    staged = verdicts(data)
    accepted = [verdict for verdict in staged if verdict.state == "accepted"]
    if not any(verdict.observations for verdict in accepted):
        raise NothingToPublishError("No delivery was accepted, so there is nothing to publish.")
    path = release.building_path(data, release.release_id(release.next_time(data, now), inputs(data)))
    path.unlink(missing_ok=True)
    log.info("build: %d deliveries", len(accepted))
    try:
        build_warehouse(
            path,
            _delivery_rows(data, staged),
            [staging.observations_path(verdict.delivery_id) for verdict in accepted if verdict.observations],
            _officers_folder(data),
            _source_rows(staged),
            now.date(),
            boundary_rows(staging, accepted),
        )
    except OfficersFileError as error:
        raise NothingToPublishError(str(error)) from error
    return path


def _delivery_rows(data: DataFolder, staged: Sequence[Staged]) -> list[dict[str, object]]:
    from sources.publishers import publisher_of

    arrivals = {arrival.delivery_id: arrival for arrival in Archive(data.archive).arrivals()}
    order = sorted(staged, key=lambda s: _vintage_key(s, arrivals[s.delivery_id]))
    rank = {verdict.delivery_id: number for number, verdict in enumerate(order, start=1)}
    rows = []
    for verdict in staged:
        arrival = arrivals[verdict.delivery_id]
        origin = arrival.provenance
        declared = publisher_of(verdict.source_id)
        rows.append(
            {
                **vars(verdict),
                "bytes": arrival.bytes,
                "file_name": arrival.file_name,
                "publisher": origin.publisher or declared.publisher,
                "product": origin.product or declared.product,
                "period": origin.period or verdict.period,
                "published_on": verdict.published_on or None,
                "retrieved_on": verdict.retrieved_on or None,
                "arrived_at": arrival.arrived_at.replace(tzinfo=None),
                "known_from": verdict.known_from or arrival.arrived_at.date(),
                "vintage": rank[verdict.delivery_id],
                "licence": origin.licence or declared.licence,
                "attribution": declared.attribution,
                "origin": origin.origin,
                "is_synthetic": origin.is_synthetic,
                "message": verdict.message or None,
            }
        )
    return rows


def _source_rows(staged: Sequence[Staged]) -> list[dict[str, object]]:
    from sources.publishers import publisher_of

    rows: list[dict[str, object]] = []
    for source_id in sorted({verdict.source_id for verdict in staged}):
        declared = publisher_of(source_id)
        every, expected, overdue = declared.rhythm or (None, None, None)
        rows.append(
            {
                "source_id": source_id,
                "publisher": declared.publisher,
                "product": declared.product,
                "licence": declared.licence,
                "attribution": declared.attribution,
                "period_months": every,
                "lag_months_min": expected,
                "lag_months_max": overdue,
            }
        )
    return rows


def _vintage_key(staged: Staged, arrival: Arrival) -> tuple[str, str, dt.datetime, str]:
    """A later vintage is known later; among equals it was retrieved later, then arrived later."""
    return staged.known_from, staged.retrieved_on, arrival.arrived_at, staged.sha256


def check(data: DataFolder, built: Path, now: dt.datetime) -> list[CheckResult]:
    """Run the checks on a built warehouse and write results and findings into it.

    Raises NothingToPublishError where a finding that stops the release is not accepted; the findings are then kept
    in <data>/quality/held.json, so that they can be read and accepted.
    """
    previous = data.published if data.published.exists() else None
    released_at = release.next_time(data, now)
    results = run_checks(built, previous)
    if Settings().expectations:
        results += run_expectations(built, _data_docs(data), release.release_id(released_at, inputs(data)))
    names = {arrival.delivery_id: arrival.file_name for arrival in Archive(data.archive).arrivals()}
    findings = with_state(
        [
            *found(((staged, names[staged.delivery_id]) for staged in verdicts(data)), results),
            *layout_findings(built, previous),
            *fetch_findings(failed_feeds(data)),
        ],
        findings_of(data.published),
        read_decisions(decisions_path(data)),
        released_at.replace(tzinfo=None),
    )
    record_results(built, results)
    record_findings(built, findings)
    keep_held(data, [finding for finding in findings if finding.holds_release])
    if holding := [finding for finding in findings if finding.holds_release]:
        details = "\n".join(f"- {finding.finding_id} {finding.text_en}" for finding in holding)
        raise NothingToPublishError(
            f"The release was stopped by {len(holding)} findings:\n{details}\n"
            "Mend the cause, withdraw a wrong file (s3monitor quality withdraw FILE --reason TEXT --by NAME), "
            "or accept a finding (s3monitor quality accept ID --reason TEXT --by NAME)."
        )
    open_findings = sum(finding.state in OPEN for finding in findings)
    log.info("check: %d checks, %d open findings", len(results), open_findings)
    return results


def publish(data: DataFolder, built: Path, now: dt.datetime) -> str:
    """Swap a checked warehouse in and write its report; returns the id of the release.

    Raises InputsChangedError where the inputs are no longer those it was built from.
    """
    fingerprint, released_at = inputs(data), release.next_time(data, now)
    name = release.release_id(released_at, fingerprint)
    if built != release.building_path(data, name):
        raise InputsChangedError("An input changed while the release was built. Run the refresh again.")
    release.record_release(
        built,
        {
            "release_id": name,
            "released_at": released_at.replace(tzinfo=None),
            "inputs": fingerprint,
            "code_version": code_version(),
            "is_synthetic": any(arrival.provenance.is_synthetic for arrival in Archive(data.archive).arrivals()),
        },
    )
    release.publish(data, built, name)
    _write_report(data, name)
    log.info("publish: release %s", name)
    return name


def _write_report(data: DataFolder, name: str) -> None:
    """The release is out: the next run writes a report that could not be written."""
    try:
        write_report(data, name)
    except OSError as error:
        log.warning("publish: the report on release %s could not be written: %s", name, error)


def make_up(data: DataFolder) -> None:
    """Write what a run that was killed, or had no room, did not get to after its release was out."""
    keep_held(data, [])  # whatever held another release back is gone from the inputs again
    current = release.current_release(data)
    name = current["release_id"] if current else ""
    if not all((data.releases / f"{name}{suffix}").exists() for suffix in (".md", ".html")):
        _write_report(data, name)
    if Settings().site and release_of_site(data.site) != name:
        write_site(data)


def tidy(data: DataFolder) -> None:
    """Remove what a run that was killed left behind. Before a run, not after it: the pages on the checks of a release
    that was held back stay until the next."""
    release.tidy(data)
    drop_pages(_data_docs(data), {path.stem for path in data.releases.glob("*.duckdb")})


def _data_docs(data: DataFolder) -> Path:
    return data.quality / "data-docs"


def publish_to_lake(data: DataFolder) -> None:
    """Give the published release to the lake of the settings; nothing where there is none, or it has it already.

    Raises LakeError.
    """
    from warehouse.lake_address import parse_warehouse

    settings = Settings()
    if address := settings.warehouse.get_secret_value():
        from warehouse.lake_publish import publish_to_lake as publish

        release = publish(data.published, parse_warehouse(address, settings.lake_data))
        log.info("lake: release %s is snapshot %d", release.release_id, release.snapshot)


def write_site(data: DataFolder) -> None:
    """Build the pages of the published release. It is out already, so a page that cannot be written is a warning."""
    from monitor.site import SiteError, build_site

    try:
        built = build_site(data, data.site)
    except (SiteError, OSError) as error:
        log.warning("site: the pages of this release could not be written: %s", error)
    except Exception:  # the release is out: a fault of a page must not make the run look as if it were not
        log.exception("site: the pages of this release could not be built. Please report it.")
    else:
        log.info("site: %d pages in %s", built.pages, built.out)
