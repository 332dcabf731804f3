"""`s3monitor diff`: what changed between two releases, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands import DataOption, JsonOption
from flows.console import fail, print_json, print_lines, reading_folder

if TYPE_CHECKING:
    from warehouse.diff import Diff, ValueChange

#: Lines of one kind in the text; all of them are in the JSON.
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="diff")(diff_command)


def diff_command(
    old: Annotated[
        str,
        typer.Argument(metavar="[FROM]", help="Release id, its beginning, or `previous`.", show_default=False),
    ] = "previous",
    new: Annotated[
        str,
        typer.Argument(metavar="[TO]", help="Release id, its beginning, or `current`.", show_default=False),
    ] = "current",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Show what changed between two releases (default: the last two), and why."""
    from dataclasses import asdict

    from warehouse.diff import NoSuchReleaseError, diff, release_path

    folder = reading_folder(data)
    try:
        found = diff(release_path(folder, old), release_path(folder, new))
    except NoSuchReleaseError as error:
        fail(str(error))
    if json:
        print_json(asdict(found))
    else:
        print_lines(_lines(found))


def _lines(found: Diff) -> Iterator[str]:
    for word, release in (("from", found.old), ("to", found.new)):
        synthetic = "  SYNTHETIC SAMPLE DATA, not for use as figures." if release.is_synthetic else ""
        yield f"{word:4} {release.release_id}  {release.released_at} UTC  code {release.code_version}{synthetic}"
    yield from _section("Deliveries", [
        f"{_step(d.old_state, d.new_state)}  {d.file_name} ({d.source_id}){': ' + d.message if d.message else ''}"
        for d in found.deliveries
    ])  # fmt: skip
    for kind in ("new", "gone"):
        total = sum(value.kind == kind for value in found.values)
        yield from _section(f"{kind.capitalize()} indicator values", _counted(found, kind), total)
    yield from _section("Revised indicator values", [_revised(v) for v in found.values if v.kind == "revised"])
    yield from _section("Traffic lights", [
        f"{light.indicator_id} {light.region_id}: {_step(light.old_light, light.new_light)}"
        f" ({light.light_reason or 'no light any more'})"
        for light in found.lights
    ])  # fmt: skip
    yield from _section("Findings", [
        f"{_step(f.old_state, f.new_state)}  {f.severity} {f.finding_id}: {f.text_en}" for f in found.findings
    ])  # fmt: skip
    yield from _section("Rows of marts", [
        f"{mart.relation}: {_count(mart.old_rows)} → {_count(mart.new_rows)}{'  SHRUNK' if mart.has_shrunk else ''}"
        for mart in sorted(found.marts, key=lambda mart: not mart.has_shrunk)
        if mart.old_rows != mart.new_rows
    ])  # fmt: skip
    for relation in found.not_compared:
        yield f"\nNot compared: {relation}, one of the releases has no such relation, or not all columns of it."


def _section(title: str, lines: list[str], total: int | None = None) -> Iterator[str]:
    """A heading with the number of changes (of lines, unless `total` is another) and the first lines."""
    number = len(lines) if total is None else total
    yield f"\n{title}: {f'{number:,}' if number else 'no change'}"
    for line in lines[:_SHOWN]:
        yield f"  {line}"
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN} more (--json shows all)"


def _counted(found: Diff, kind: str) -> list[str]:
    """One line per indicator: how many values, of which dates."""
    return [
        f"{indicator_id}: {len(days)}, {min(days)}{f' to {max(days)}' if len(set(days)) > 1 else ''}"
        for indicator_id, days in found.dates(kind).items()
    ]


def _revised(value: ValueChange) -> str:
    old = _known(value.old_value, value.old_lower, value.old_upper)
    new = _known(value.new_value, value.new_lower, value.new_upper)
    relative = "" if value.relative_change is None else f" ({value.relative_change:+.2%})"
    return (
        f"{value.indicator_id} {value.region_id} {value.reference_date}: {old} → {new} {value.unit}{relative}"
        f", cause: {value.cause or 'not known'}"
    )


def _known(value: float | None, lower: float | None, upper: float | None) -> str:
    if value is not None:
        return f"{value:,.10g}"
    if lower is None and upper is None:
        return "no value"
    return " to ".join("?" if bound is None else f"{bound:,.10g}" for bound in (lower, upper))


def _step(old: str | None, new: str | None) -> str:
    if old is None:
        return f"new, {new}"
    return f"{old} → {new or 'gone'}"


def _count(rows: int | None) -> str:
    return "not there" if rows is None else f"{rows:,}"
