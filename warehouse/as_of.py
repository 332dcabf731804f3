"""What was known on a day: the same SQL that fills the marts, reading history as of that day.

Each mart of AS_OF becomes a table macro `marts.<mart>_as_of(day)`, in which every relation that depends on history is
replaced by its own macro. So there is one definition of each mart, for today and for any day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.observation import KEY
from warehouse.mart_sql import select

#: A later delivery wins; a figure that is merely missing from it does not erase the one known before.
OBSERVATION_AS_OF = f"""
CREATE MACRO history.observation_as_of(day) AS TABLE
SELECT * FROM history.observation WHERE known_from <= day
QUALIFY row_number() OVER (
    PARTITION BY {", ".join(KEY)} ORDER BY status = 'not_available', vintage DESC, locator) = 1;
CREATE VIEW history.latest AS FROM history.observation_as_of(DATE '9999-12-31');
"""
#: Marts with an as-of macro, in the order in which they build on each other, and the macro's name.
AS_OF = {
    "employment": "marts.employment_as_of",
    "leaf_sector": "marts.leaf_sector_as_of",
    "specialisation": "marts.specialisation_as_of",
    "crosswalk_employment": "marts.crosswalk_employment_as_of",
    "broadband": "marts.broadband_as_of",
    "indicator_input": "marts.indicator_input_as_of",
    "indicator_value": "marts.indicator_as_of",
}


def as_of_macros() -> Iterator[str]:
    """CREATE MACRO statements, each taking a day."""
    for mart, macro in AS_OF.items():
        yield f"CREATE MACRO {macro}(day) AS TABLE\n{_as_of(select(mart))}"


def _as_of(sql: str) -> str:
    sql = re.sub(r"\bhistory\.latest\b", "history.observation_as_of(day)", sql)
    sql = re.sub(r"(?<![\w.])indicator_input\b(?!\.)", AS_OF["indicator_input"] + "(day) indicator_input", sql)
    return re.sub(
        r"\bmarts\.(\w+)\b(?!\()",
        lambda match: f"{AS_OF[match[1]]}(day)" if match[1] in AS_OF else match[0],
        sql,
    )
