"""Field registry and pandera models: the one place a column is defined."""
