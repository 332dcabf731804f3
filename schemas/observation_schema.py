"""The pandera model of observations: what must hold for each cell before it may reach history."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pandera.pandas as pa

from reference.regions import published_regions
from reference.sectors import scheme_names, sectors
from schemas.observation import LARGEST_PERCENTAGE, STATUSES, STATUSES_WITH_VALUE, Observation

#: Comparability bases a cell can carry; "" where nothing has to be kept apart.
BASES = (
    *("", "WZ2008", "WZ2025", "census1987", "census2011", "census2022"),
    *("atlas2010", "atlas2015", "atlas2018", "atlas2022"),  # methods of the broadband atlas
)
_NAME = r"[a-z][a-z0-9_]*"
_DIMENSIONS = rf"({_NAME}=[\w.,+\-]+(;{_NAME}=[\w.,+\-]+)*)?"
#: No series of these publishers begins before the first census after the war.
_FIRST_DATE = pd.Timestamp("1950-01-01")


def _known_sector(frame: pd.DataFrame) -> pd.Series[bool]:
    codes = {(scheme, sector) for scheme in scheme_names() for sector in sectors(scheme)}
    pairs = zip(frame["sector_scheme"].fillna(""), frame["sector_id"].fillna(""), strict=True)
    known = codes | {("", "")}
    return pd.Series([pair in known for pair in pairs], index=frame.index)


def _value_fits_status(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["value"].notna() == frame["status"].isin(STATUSES_WITH_VALUE)


def _zero_fits_status(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["value"] == 0) | (frame["status"] != "zero")


def _coverage_in_range(frame: pd.DataFrame) -> pd.Series[bool]:
    is_coverage = frame["variable"].str.endswith("_coverage")
    percent = frame["value"] * frame["unit"].map({"Anteil": 100}).fillna(1)
    return ~is_coverage | frame["value"].isna() | percent.between(0, LARGEST_PERCENTAGE)


def _counts_are_not_negative(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["unit"] != "Anzahl") | frame["value"].isna() | (frame["value"] >= 0)


_TEXT = pa.Column(str, nullable=False)


def schema(today: pd.Timestamp) -> pa.DataFrameSchema:
    """The model on a day: no cell is about a day later than a year from then."""
    return pa.DataFrameSchema(
        {
            "dataset": pa.Column(str, pa.Check.str_matches(r"^[\w.\-]+$")),
            "variable": pa.Column(str, pa.Check.str_matches(rf"^{_NAME}$")),
            "region_id": pa.Column(str, pa.Check.isin(sorted(set(published_regions().values())))),
            "sector_scheme": pa.Column(str, nullable=True),
            "sector_id": pa.Column(str, nullable=True),
            "dimensions": pa.Column(str, pa.Check.str_matches(rf"^{_DIMENSIONS}$")),
            "reference_date": pa.Column(
                "datetime64[us]",
                pa.Check(
                    lambda dates: dates.between(_FIRST_DATE, today + pd.DateOffset(years=1)),
                    error="date_plausible",
                ),
            ),
            "value": pa.Column(float, nullable=True),
            "unit": _TEXT,
            "status": pa.Column(str, pa.Check.isin(STATUSES)),
            "basis": pa.Column(str, pa.Check.isin(BASES)),
            "printed": _TEXT,
            "locator": pa.Column(str, pa.Check.str_length(min_value=1)),
            "delivery_id": _TEXT,
        },
        checks=[
            pa.Check(_known_sector, error="sector_known"),
            pa.Check(_value_fits_status, error="value_fits_status"),
            pa.Check(_zero_fits_status, error="zero_is_zero"),
            pa.Check(_coverage_in_range, error="coverage_0_to_100"),
            pa.Check(_counts_are_not_negative, error="count_not_negative"),
        ],
        strict=True,
        ordered=False,
    )


assert set(schema(_FIRST_DATE).columns) == {*Observation._fields, "delivery_id"}


def failures(frame: pd.DataFrame, known_on: dt.date = dt.date.min) -> pd.DataFrame:
    """All failures at once: columns delivery_id, locator, check, value; empty where the frame is valid.

    `frame` has the columns of Observation and `delivery_id`. A failure of a whole column (missing, wrong
    type) is reported for every delivery in the frame, with locator "". `known_on`: the last day on which one of the
    deliveries became known; a clock that is behind it is wrong, and must not make its dates implausible.
    """
    today = max(pd.Timestamp.now(), pd.Timestamp(max(known_on, _FIRST_DATE.date())))
    try:
        schema(today).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return _per_delivery(error.failure_cases, frame)
    return pd.DataFrame(columns=["delivery_id", "locator", "check", "value"])


def _per_delivery(cases: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    of_column = cases["schema_context"] == "Column"  # a rule over the row is listed once for each of its columns
    label = cases["column"].where(of_column, "").astype(str) + " " + cases["check"].astype(str)
    cases = cases.assign(check=label.str.strip())
    located = cases[cases["index"].notna()].drop_duplicates(["index", "check"])
    rows = frame.loc[located["index"].astype(int), ["delivery_id", "locator", "printed"]]
    whole = cases[cases["index"].isna()]
    everywhere = [
        (delivery_id, "", check, str(value))
        for delivery_id in frame["delivery_id"].unique()
        for check, value in zip(whole["check"], whole["failure_case"], strict=True)
    ]
    return pd.DataFrame(
        [
            *zip(rows["delivery_id"], rows["locator"], located["check"], rows["printed"], strict=True),
            *everywhere,
        ],
        columns=["delivery_id", "locator", "check", "value"],
    )
