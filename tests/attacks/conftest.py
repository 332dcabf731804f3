"""Fixtures of other rooms that the attacks use."""

from __future__ import annotations

from tests.flows.conftest import cli, data, inbox, published

__all__ = ["cli", "data", "inbox", "published"]
