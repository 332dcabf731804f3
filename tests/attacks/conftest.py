"""Fixtures of other rooms that the attacks use."""

from __future__ import annotations

from tests.flows.conftest import published

__all__ = ["published"]
