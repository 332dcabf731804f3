"""The published warehouse as a table of pandas, Arrow or Polars: `read("marts.region")`.

Opens, reads and closes: who keeps a connection open keeps the release it was opened on, and misses the next.
"""

from __future__ import annotations

import datetime as dt
import os
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import duckdb


def read(
    query: str,
    data: str | Path | None = None,
    *,
    as_of: dt.date | str | None = None,
    form: Literal["pandas", "arrow", "polars"] = "pandas",
) -> Any:
    """Rows of a relation (`marts.growth`) or of a query, from the release that is published now.

    data   the data folder; default $S3MONITOR_DATA, else ./data
    as_of  a day (`2025-01-01`): answer with what was known then
    form   `pandas` gives a pandas.DataFrame, `arrow` a pyarrow.Table, `polars` a polars.DataFrame; pyarrow and polars
           have to be installed for it

    Warns of synthetic data. Raises NothingPublishedError where there is no release, duckdb.Error where the query fails,
    ValueError where `as_of` is no day, `form` none of the three or the query without rows.
    """
    from schemas.registry import relations

    if form not in _FORMS:
        raise ValueError(f"expected one of {', '.join(_FORMS)}; found “{form}”.")
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    folder = Path(data or os.environ.get("S3MONITOR_DATA") or "data")
    with closing(_opened(folder, day)) as connection:
        if connection.execute("SELECT bool_or(is_synthetic) FROM meta.release").fetchall() == [(True,)]:
            warnings.warn("SYNTHETIC SAMPLE DATA, not for use as figures.", stacklevel=2)
        found = connection.sql(f"FROM {query}" if query in relations() else query)
        if found is None:
            raise ValueError("expected a query with rows, like SELECT … or FROM marts.region.")
        return _FORMS[form](found)


def _opened(folder: Path, day: dt.date | None) -> duckdb.DuckDBPyConnection:
    from warehouse.as_of import open_as_of
    from warehouse.build import MARTS
    from warehouse.connect import attach_published
    from warehouse.data_folder import DataFolder

    published = DataFolder(folder).published
    connection = attach_published(published)  # says what to do where nothing is published
    if day is not None:
        connection.close()
        return open_as_of(published, day, MARTS)
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def _polars(found: duckdb.DuckDBPyRelation) -> Any:
    """By the Arrow C stream, for which Polars needs no pyarrow."""
    import polars as pl

    return pl.DataFrame(found)


_FORMS = {
    "pandas": lambda found: found.df(),
    "arrow": lambda found: found.to_arrow_table(),
    "polars": _polars,
}
