"""GENESIS tables: Regionaldatenbank Deutschland and Landesdatenbank NRW, as datencsv, old and new ffcsv.

One decoder per format; what a table says is declared in tables.yaml. A further table is a declaration there.
"""
