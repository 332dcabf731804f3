"""The Regional Action Plan: timeline, state of the activities, costs, who takes part, and how the state is entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.charts import Bar, Bars, Lane, Span, Timeline, interval_bars, timeline
from monitor.exhibit import Cell, Column, Exhibit, Picture, Table
from monitor.facts import Row
from monitor.format import Figure, number
from monitor.page import Page
from monitor.view import View

PATH = "aktionsplan.html"
#: States of an activity in the order of its life.
_STATES = ("done", "planned", "postponed", "dropped")
_GROUPS = ("business", "science", "public", "society")
#: Steps of how an officer enters the state (texts).
_HOW = ("folder", "copy", "enter", "check")


def pages(view: View) -> Iterator[Page]:
    """One page."""
    actions = view.facts.rows(_ACTIONS)
    yield Page(
        path=PATH,
        template="aktionsplan.html.j2",
        title=view.t("nav.action_plan"),
        section="action_plan",
        crumbs=((view.t("nav.start"), "index.html"),),
        content={
            "summary": _summary(view, actions),
            "is_reported": _is_reported(actions),
            "by_officer": bool(view.facts.rows(_STATUS_FILE)),
            "activities": _activities(view, actions),
            "stakeholders": _stakeholders(view),
            "practices": _practices(view),
            "next_steps": [(view.of(row, "text"), row) for row in view.facts.rows(_NEXT_STEPS)],
            "how": [view.t(f"action_plan_how.{step}") for step in _HOW],
        },
        exhibits={"timeline": _timeline(view, actions), "costs": _costs(view, actions)},
    )


def _is_reported(actions: Sequence[Row]) -> bool:
    """Whether anybody has entered anything."""
    return any(row["status"] != "planned" or row["cost_spent_eur"] is not None for row in actions)


def _summary(view: View, actions: Sequence[Row]) -> list[tuple[str, Cell]]:
    """The plan in a few lines: how many activities are where, costs, participants."""
    t, facts = view.t, view.facts
    counts = Counter(row["status"] for row in actions)
    states = ", ".join(f"{counts[state]} {t(f'action_status.{state}')}" for state in _STATES if counts[state])
    lines = [
        (t("action_plan.activities"), view.text_cell(t("action_plan.of", count=len(actions), states=states))),
        (t("action_plan.planned"), view.value_cell(facts.newest("action_plan_cost_planned"))),
    ]
    if not _is_reported(actions):
        return [*lines, (t("action_plan.spent"), view.empty_cell("action_plan.not_entered"))]
    lines.append((t("action_plan.spent"), view.value_cell(facts.newest("action_plan_cost_spent"))))
    for group in _GROUPS:
        value = facts.newest(f"action_plan_participants_{group}")
        lines.append((t(f"participants.{group}"), view.value_cell(value)))
    return lines


# --- timeline -------------------------------------------------------------------------------------


def _timeline(view: View, actions: Sequence[Row]) -> Exhibit:
    """Steps of the process, and the activities in the periods the plan prints, with their state."""
    t = view.t
    steps = view.facts.grouped(_STEPS, "process")
    blocks = {row["cost_block_id"]: view.of(row, "sub_action") for row in actions}
    lanes = [Lane(t(f"process.{process}"), [_step(view, row) for row in rows]) for process, rows in steps.items()]
    lanes += [
        Lane(title, [_span(view, row) for row in actions if row["cost_block_id"] == block])
        for block, title in blocks.items()
    ]
    title = t("action_plan.timeline_title")
    rows = [_entry(view, row, t("action_plan.step")) for found in steps.values() for row in found]
    rows += [_entry(view, row, t(f"action_status.{row['status']}")) for row in actions]
    columns = (
        Column(t("action_plan.entry")),
        Column(t("action_plan.begin")),
        Column(t("action_plan.end")),
        Column(t("column.state")),
        Column(t("column.place")),
    )
    every = [row for found in (*steps.values(), actions) for row in found]
    return Exhibit(
        slug="aktionsplan-zeitleiste",
        title=title,
        picture=Picture(timeline, Timeline(title, lanes, view.facts.release.released_at.date())),
        table=Table(title, columns, rows, sortable=True),
        unit="",
        date=view.span(min(row["start_date"] for row in every), max(row["end_date"] for row in every)) if every else "",
        source="; ".join(sorted({row["document"] for row in every})),
        vintage="",
        explain="methodik.html#aktionsplan",
        note=t("action_plan.timeline_note"),
    )


def _span(view: View, row: Row) -> Span:
    said = [view.t("source.place", document=row["document"], place=row["place"]), _reported(view, row)]
    words = ". ".join(filter(None, said))
    return Span(view.of(row, "title"), row["start_date"], row["end_date"], row["status"], words)


def _reported(view: View, row: Row) -> str:
    """What the officer entered beside the state."""
    if row["status"] == "planned":
        return ""
    return view.t("action_plan.reported", day=view.day(row["date"]), evidence=row["evidence"] or "–")


def _step(view: View, row: Row) -> Span:
    place = view.t("source.place", document=row["document"], place=row["place"])
    return Span(view.of(row, "title"), row["start_date"], row["end_date"], "step", place)


def _entry(view: View, row: Row, state: str) -> tuple[Cell, ...]:
    return (
        view.text_cell(view.of(row, "title")),
        view.day_cell(row["start_date"]),
        view.day_cell(row["end_date"]),
        view.text_cell(state),
        view.text_cell(view.t("source.place", document=row["document"], place=row["place"])),
    )


# --- activities -----------------------------------------------------------------------------------


def _activities(view: View, actions: Sequence[Row]) -> Table:
    """Every activity; what was entered of it only where anything was."""
    t = view.t
    columns = [
        Column(t("action_plan.activity")),
        Column(t("action_plan.sub_action")),
        Column(t("action_plan.period")),
        Column(t("column.state")),
    ]
    rows = [_activity(view, row) for row in actions]
    caption = t("action_plan.activities_caption")
    if _is_reported(actions):
        caption = t("action_plan.reported_caption")
        columns += [
            Column(t("action_plan.date")),
            Column(t("action_plan.evidence")),
            Column(t("action_plan.participants")),
            Column(t("action_plan.spent_eur"), numeric=True),
        ]
        rows = [[*cells, *_report(view, row)] for cells, row in zip(rows, actions, strict=True)]
    return Table(caption, tuple(columns), rows)


def _activity(view: View, row: Row) -> list[Cell]:
    name = view.of(row, "title")
    note = view.of(row, "note")
    details = ((view.t("action_plan.note"), note),) if note else ()
    return [
        Cell(name, raw=name, details=details),
        view.text_cell(view.of(row, "sub_action")),
        view.text_cell(view.span(row["start_date"], row["end_date"])),
        view.text_cell(view.t(f"action_status.{row['status']}")),
    ]


def _report(view: View, row: Row) -> list[Cell]:
    """What was entered; what was not is a dash, never 0."""
    counts = [
        f"{view.t(f'participants_short.{group}')}: {number(count, view.lang)}"
        for group in _GROUPS
        if (count := row[f"participants_{group}"]) is not None
    ]
    spent = Figure(row["cost_spent_eur"], "EUR", date=row["date"])
    return [
        view.day_cell(row["date"]),
        view.text_cell(row["evidence"] or view.t("missing.none")),
        view.text_cell(", ".join(counts) or view.t("missing.none")),
        view.empty_cell("missing.none") if spent.value is None else view.cell(spent, (), is_bare=True),
    ]


# --- costs ----------------------------------------------------------------------------------------


def _costs(view: View, actions: Sequence[Row]) -> Exhibit:
    """Planned and spent money by sub-action; the plan prints costs by sub-action only."""
    t = view.t
    blocks = view.facts.rows("FROM marts.action_cost ORDER BY sub_action")
    title = t("action_plan.costs_title")
    source = "; ".join(sorted({row["document"] for row in blocks}))
    bars = [Bar(view.of(row, "sub_action"), Figure(row["planned_eur"], "EUR", source=source)) for row in blocks]
    columns = (
        Column(t("action_plan.sub_action")),
        Column(t("action_plan.planned"), numeric=True),
        Column(t("action_plan.spent"), numeric=True, interval=True),
        Column(t("action_plan.funding")),
    )
    rows = [
        (
            view.text_cell(view.of(row, "sub_action")),
            view.cell(Figure(row["planned_eur"], "EUR"), ()),
            _spent(view, [action for action in actions if action["cost_block_id"] == row["cost_block_id"]]),
            view.text_cell(row["funding"]),
        )
        for row in blocks
    ]
    total = sum(row["planned_eur"] for row in blocks)
    rows.append(
        (
            view.text_cell(t("action_plan.total")),
            view.cell(Figure(total, "EUR", status="derived"), ()),
            _spent(view, actions),
            view.text_cell(t("missing.none")),
        )
    )
    return Exhibit(
        slug="aktionsplan-kosten",
        title=title,
        picture=Picture(interval_bars, Bars(title, bars)) if bars else None,
        table=Table(title, columns, rows),
        unit=view.unit("EUR"),
        date="2021–2023",
        source=source,
        vintage="",
        explain="methodik.html#aktionsplan",
        note=t("action_plan.costs_note", total=view.cell(Figure(total, "EUR"), ()).text),
    )


def _spent(view: View, actions: Sequence[Row]) -> Cell:
    """What was entered, at least: an activity that took place without its costs leaves the sum open."""
    reported = [row for row in actions if row["status"] != "planned" or row["cost_spent_eur"] is not None]
    if not reported:
        return view.empty_cell("action_plan.not_entered")
    known = sum(row["cost_spent_eur"] or 0 for row in reported)
    exact = known if all(row["cost_spent_eur"] is not None for row in reported) else None
    return view.cell(Figure(exact, "EUR", known, exact, "derived"), ())


# --- who and what else ----------------------------------------------------------------------------


def _stakeholders(view: View) -> Table:
    t = view.t
    rows = [
        (view.text_cell(view.of(row, "name")), view.text_cell(view.of(row, "role")))
        for row in view.facts.rows("FROM marts.action_stakeholder ORDER BY stakeholder_id")
    ]
    columns = (Column(t("action_plan.stakeholder")), Column(t("action_plan.role")))
    return Table(t("action_plan.stakeholders"), columns, rows)


def _practices(view: View) -> Table:
    t = view.t
    columns = (
        Column(t("action_plan.practice")),
        Column(t("column.region")),
        Column(t("action_plan.content")),
        Column(t("action_plan.for")),
    )
    titles = {str(row["sub_action"]): view.of(row, "sub_action") for row in view.facts.rows("FROM marts.action_cost")}
    rows = [
        (
            view.text_cell(row["name"]),
            view.text_cell(view.of(row, "region")),
            view.text_cell(view.of(row, "content")),
            view.text_cell("; ".join(titles.get(str(number), str(number)) for number in row["sub_actions"])),
        )
        for row in view.facts.rows("FROM marts.good_practice ORDER BY name")
    ]
    return Table(t("action_plan.practices"), columns, rows)


_ACTIONS = "FROM marts.action ORDER BY sub_action, start_date, action_id"
_STEPS = """
    FROM marts.action_timeline WHERE event = 'process_step'
    ORDER BY list_position(['s3_strategy', 'action_plan', 'nrw_cluster_dialogue'], process), start_date, entry_id
"""
_NEXT_STEPS = "FROM marts.next_step ORDER BY step_id"
_STATUS_FILE = "FROM meta.strategy_file WHERE relation = 'marts.action_status' AND origin = 'officer'"
