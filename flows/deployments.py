"""The flows that run on a schedule; prefect.yaml says when. Every run may be missed, late or repeated: a refresh asks
the publishers for what is new on the day it runs, and the same bytes twice are one delivery.
"""

from __future__ import annotations

import logging
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.states import Completed
from pydantic import Field

from flows.console import data_folder, one_line
from flows.fetch import PERIOD, chosen_feeds
from flows.notification import notify
from flows.prefect_flow import NEEDS_ATTENTION, Tasks, ended, keep_report
from flows.probe import probe_all
from flows.refresh import refresh
from flows.settings import DEFAULT_DATA
from flows.summary import Summary, as_markdown
from warehouse.data_folder import DataFolder

#: Prefect refuses a run with another.
Period = Annotated[str, Field(pattern=PERIOD)]
#: Seconds to wait for another refresh to end: the longest one known, a backfill of a year, stays below an hour.
_WAIT = 3600
_ZONE = ZoneInfo("Europe/Berlin")

logging.getLogger("s3monitor").setLevel(logging.INFO)  # Prefect's log takes what the logger lets through


def _run_name() -> str:
    """`monthly-refresh 2026-11-15`: the day for which the run was scheduled, also when it runs late."""
    day = runtime.flow_run.scheduled_start_time.astimezone(_ZONE)
    return f"{runtime.flow_run.flow_name} {day:%Y-%m-%d}"


@flow(name="monthly-refresh", flow_run_name=_run_name, persist_result=False)
def monthly_refresh(only: list[str] | None = None) -> Any:
    """Fetch what is new, publish a release, send a message.

    Args:
        only: sources or publishers, as `s3monitor probe` names them; empty for all
    """
    return _refresh(only or [], "")


@flow(name="backfill", flow_run_name="backfill {period}", persist_result=False)
def backfill(period: Period, only: list[str] | None = None) -> Any:
    """Fetch the files of a year or a month again, from the sources that keep past editions.

    Args:
        period: a year (2023) or a month (2023-06)
        only: sources or publishers, as `s3monitor probe` names them; empty for all
    """
    return _refresh(only or [], period)


@flow(name="weekly-probe", flow_run_name=_run_name, persist_result=False)
def weekly_probe() -> Any:
    """Look whether publishers have something new, without fetching it; the page of Prefect shows the table."""
    news = [line._asdict() for line in probe_all(_data(), list(chosen_feeds()))]
    create_table_artifact(key="probe", table=news, description="Was die Herausgeber Neues haben")
    if failed := _sources(news, "failed"):
        return Completed(name=NEEDS_ATTENTION, message=f"could not be asked: {failed}")
    return Completed(message=f"new: {_sources(news, 'new') or '–'}")


def _sources(news: list[dict[str, str]], state: str) -> str:
    return ", ".join(line["source"] for line in news if line["state"] == state)


def _refresh(only: list[str], period: str) -> Any:
    data = _data()
    try:
        data.claim(synthetic=False)
        summary = refresh(data, feeds=list(chosen_feeds(only)), period=period, runner=Tasks(), wait=_WAIT)
    except Exception as error:
        notify(data.root, Summary(error=one_line(error)))
        raise
    notify(data.root, summary)  # first: it does not need the server of Prefect
    create_markdown_artifact(key="refresh-summary", markdown=as_markdown(summary), description="Ergebnis des Laufs")
    if summary.published:
        keep_report(data, str(summary.release_id))
    return ended(summary)


def _data() -> DataFolder:
    return DataFolder(data_folder(None, default=DEFAULT_DATA))
