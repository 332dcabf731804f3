"""Checks before history and before a release, findings, freshness."""
