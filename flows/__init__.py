"""Prefect flows, the command line, notifications: orchestration, no logic."""
