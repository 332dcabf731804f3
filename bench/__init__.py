"""Benchmarks: each promise on speed and memory, measured against a peer in the same run. `python -m bench --help`."""
