"""One message after a run, in German, to whoever the settings name (mail, chat, … through apprise)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from flows.console import expected_errors
from flows.settings import Settings
from flows.summary import LAKE, Summary

log = logging.getLogger("s3monitor")
#: More would not be read in a message; the page and the report have all.
_SHOWN = 10


def notify(folder: Path, summary: Summary) -> None:
    """Send the result of a run. A message that cannot be sent is logged, the run stays what it was."""
    addresses = [address.get_secret_value() for address in Settings().notify]
    if not addresses:
        return
    title, body = message(summary, _open_findings(folder))
    send(addresses, title, body)


def send(addresses: list[str], title: str, body: str) -> None:
    """Hand a message to apprise; the addresses hold passwords and are not logged."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names addresses in its messages
    sender = apprise.Apprise()
    for number, address in enumerate(addresses, start=1):
        if not sender.add(address):
            log.warning("notify: entry %d of S3MONITOR_NOTIFY is no address apprise knows", number)
    # as text: a mail is HTML, and file names stand in the message
    if len(sender) and not sender.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
        log.warning("notify: the message could not be delivered to every address of S3MONITOR_NOTIFY")


def message(summary: Summary, findings: list[dict[str, Any]] | None) -> tuple[str, str]:
    """Title and text of the message: what changed, what did not, what failed, what is open (None: not known)."""
    changed = [f"{source.source} ({source.new})" for source in summary.sources if source.new]
    unchanged = [s.source for s in summary.sources if s.unchanged and not (s.new or s.failed)]
    quarantined = [f"{source.source} ({source.quarantined})" for source in summary.sources if source.quarantined]
    failed = [source.source for source in summary.sources if source.failed and source.source != LAKE]
    lake = [message for source in summary.sources if source.source == LAKE for message in source.messages]
    lines = [
        _state(summary),
        "",
        f"Neu: {_listed(changed)}",
        f"Unveränderte Quellen: {len(unchanged)}",
        f"In Quarantäne: {_listed(quarantined)}",
        f"Nicht abrufbar (die bisherigen Daten gelten weiter): {_listed(failed)}",
        *(f"Nicht übertragen: {problem}" for problem in lake),
        "",
        f"Offene Befunde: {'nicht bekannt' if findings is None else len(findings)}",
        *(f"- {finding['finding_id']}: {finding['text_de']}" for finding in (findings or [])[:_SHOWN]),
    ]
    if findings and len(findings) > _SHOWN:
        lines.append(f"… und {len(findings) - _SHOWN} weitere (s3monitor quality list)")
    return _title(summary), "\n".join(lines)


def _title(summary: Summary) -> str:
    synthetic = " (Beispieldaten)" if summary.is_synthetic else ""
    if summary.error:
        return f"S3-Monitor Ruhr: nichts veröffentlicht{synthetic}"
    if not summary.published:
        return f"S3-Monitor Ruhr: nichts Neues{synthetic}"
    return f"S3-Monitor Ruhr: Stand {summary.release_id} veröffentlicht{synthetic}"


def _state(summary: Summary) -> str:
    if summary.error:
        stays = f" Der Stand {summary.release_id} bleibt veröffentlicht." if summary.release_id else ""
        return f"Es wurde nichts veröffentlicht: {summary.error.rstrip('.')}.{stays}"
    if not summary.published:
        return f"Nichts Neues, der Stand {summary.release_id} ist aktuell."
    return f"Der Stand {summary.release_id} ist veröffentlicht."


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "–"


def _open_findings(folder: Path) -> list[dict[str, Any]] | None:
    """Findings that wait for a decision, None where they cannot be read: the run has told why."""
    from quality.findings import OPEN
    from quality.ledger import known_findings
    from warehouse.data_folder import DataFolder

    try:
        findings = known_findings(DataFolder(folder))
    except expected_errors():
        return None
    return [finding for finding in findings if finding["state"] in OPEN]
