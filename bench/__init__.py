"""Benchmarks: the promises on speed and memory, measured against peers in the same run (`python -m bench`)."""
