# Two commands on a new machine: `make refresh` and `make test`. Both set up .venv and install what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INBOX ?=
DATA ?=

.PHONY: setup refresh test check bench bench-quick ducklake dask lock clean

# Only sets up: for a service that runs .venv/bin/s3monitor itself.
setup: $(VENV)/.runtime

# Runs the main job on the synthetic sample, or on INBOX=folder. Exit code 3 (published, but something is
# quarantined) is no failure of make: the summary has said what is wrong.
refresh: $(VENV)/.runtime
	@$(BIN)/s3monitor refresh $(if $(INBOX),--inbox "$(INBOX)",--sample) $(if $(DATA),--data "$(DATA)") || [ $$? -eq 3 ]

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile

# Lint, types and the import rule.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m bench

# What CI measures: less than a minute; says REGRESSION where a limit is exceeded, fails where one is exceeded twofold.
bench-quick: $(VENV)/.dev
	$(BIN)/python -m bench --quick

# Adds what a lake needs (docs/scale.md).
ducklake: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements-ducklake.lock

# Adds what decoding on several processes or machines needs (docs/scale.md).
dask: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements-dask.lock

# Pins every dependency with its hashes, for all Python versions we support; names no index host. Nothing is left to
# resolve, hence --no-deps above: pip would look at the newest of what others ask for. The extras come first: the
# extensions of DuckDB decide its version.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" --extra build
lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra ducklake --extra dask --extra dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock pyproject.toml -o requirements.lock
	$(COMPILE) -c requirements-dev.lock --extra ducklake pyproject.toml -o requirements-ducklake.lock
	$(COMPILE) -c requirements-dev.lock --extra dask pyproject.toml -o requirements-dask.lock

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
