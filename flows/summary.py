"""What a refresh did, per source: as a table for people, as JSON for scripts, and as an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from flows.console import add_row, plain_table, say
from flows.fetch import FeedReport
from flows.steps import TakenIn
from schemas.text import markdown
from warehouse.staging import Staged

if TYPE_CHECKING:
    from rich.console import Console

PUBLISHED, NOTHING_PUBLISHED, PUBLISHED_WITH_PROBLEMS = 0, 1, 3
#: Entry for files that were refused before they reached the archive; they are refused again in every run.
REFUSED = "inbox"
#: Entry for a lake that could not be given the release; it is tried again in every run.
LAKE = "lake"


@dataclass
class SourceSummary:
    """Counts of deliveries of one source in this run, and what is wrong, one line each."""

    source: str
    new: int = 0
    unchanged: int = 0
    quarantined: int = 0
    failed: int = 0
    messages: list[str] = field(default_factory=list)


@dataclass
class Summary:
    """Result of a refresh. `release_id` is the current release; `published` whether this run published it."""

    release_id: str | None = None
    published: bool = False
    is_synthetic: bool = False
    error: str = ""
    sources: list[SourceSummary] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        if self.error or self.release_id is None:
            return NOTHING_PUBLISHED
        is_news = self.published or any(source.failed or source.source == REFUSED for source in self.sources)
        has_problems = any(source.quarantined or source.failed for source in self.sources)
        return PUBLISHED_WITH_PROBLEMS if has_problems and is_news else PUBLISHED

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"exit_code": self.exit_code}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Summary:
        values = {key: value for key, value in record.items() if key != "exit_code"}
        return cls(**values | {"sources": [SourceSummary(**source) for source in values["sources"]]})


def summarise(
    taken: TakenIn, reports: Sequence[FeedReport], staged: Sequence[Staged], names: dict[str, str]
) -> list[SourceSummary]:
    """One entry per source, from what came in and what became of it. `names`: file name per delivery_id."""
    by_source: dict[str, SourceSummary] = {}
    new = {*taken.new, *(delivery_id for report in reports for delivery_id in report.new)}
    for verdict in staged:
        entry = by_source.setdefault(verdict.source_id, SourceSummary(verdict.source_id))
        if verdict.state == "withdrawn":
            continue  # neither news nor in use
        if verdict.state == "quarantined":
            entry.quarantined += 1
            entry.messages.append(f"{names[verdict.delivery_id]}: {verdict.message}")
        elif verdict.delivery_id in new:
            entry.new += 1
        else:
            entry.unchanged += 1
        entry.messages += [f"{names[verdict.delivery_id]}: {remark.text}" for remark in verdict.remarks]
        if other_name := taken.renamed.get(verdict.delivery_id):
            entry.messages.append(
                f"{other_name}: the same bytes as {names[verdict.delivery_id]}, counted once. "
                "Is it an old file under a new name?"
            )
    for report in reports:
        if report.failures:
            failed = by_source.setdefault(report.feed_id, SourceSummary(report.feed_id))
            failed.failed += len(report.failures)
            failed.messages += [*report.failures, _what_now(report)]
    if taken.refused:
        refused = by_source.setdefault(REFUSED, SourceSummary(REFUSED))
        refused.quarantined += len(taken.refused)
        refused.messages += [f"{name}: {reason}" for name, reason in taken.refused.items()]
    return sorted(by_source.values(), key=lambda entry: entry.source)


def _what_now(report: FeedReport) -> str:
    return (
        f"{report.feed_id}: what was fetched before stays. "
        f"To try this source again alone: s3monitor refresh --live --only {report.feed_id}"
    )


def show(summary: Summary, console: Console) -> None:
    """Print the closing table, what needs attention, and one last line that says what happened."""
    table = plain_table("source", "new", "unchanged", "quarantined", "failed")
    for counts_column in table.columns[1:]:
        counts_column.justify = "right"
    for source in summary.sources:
        counts = (source.new, source.unchanged, source.quarantined, source.failed)
        style = "yellow" if source.quarantined or source.failed else ""
        add_row(table, source.source, *(str(count) if count else "·" for count in counts), style=style)
    console.print(table)
    attention = [message for source in summary.sources for message in source.messages]
    if attention:
        console.print("\nNeeds attention:", style="bold")
        for message in attention:
            say(console, f"- {message}")
    say(console, f"\n{_last_line(summary)}")


def as_markdown(summary: Summary) -> str:
    """The closing table as Markdown."""
    lines = ["| source | new | unchanged | quarantined | failed |", "|---|---:|---:|---:|---:|"]
    for s in summary.sources:
        lines.append(f"| {markdown(s.source)} | {s.new} | {s.unchanged} | {s.quarantined} | {s.failed} |")
    lines += ["", *(f"- {markdown(message)}" for source in summary.sources for message in source.messages)]
    return "\n".join([*lines, "", markdown(_last_line(summary))])


def _last_line(summary: Summary) -> str:
    synthetic = " SYNTHETIC SAMPLE DATA, not for use as figures." if summary.is_synthetic else ""
    if summary.error:
        kept = f" The last release {summary.release_id} stays published." if summary.release_id else ""
        return f"Nothing published: {summary.error.rstrip('.')}.{kept}{synthetic}"
    if not summary.published:
        return f"Nothing new: release {summary.release_id} is up to date.{synthetic}"
    return f"Published release {summary.release_id}.{synthetic}"
