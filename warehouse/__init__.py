"""DuckDB: archive, staging, history, marts (one SQL file each) and releases (build, check, swap)."""
