"""One module per product of a publisher: how its files are recognised and decoded into observations."""
