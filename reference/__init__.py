"""The strategy and the classifications as data (CSV/YAML), with typed loaders."""
