"""Attacks on the program: hostile input, seeded faults, and whether they are caught."""
