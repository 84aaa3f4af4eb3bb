# What a newcomer types. `make` alone lists it. Everything happens in .venv; nothing needs to be installed by hand but Python.
PYTHON ?= python3
BIN := .venv/bin
# uv shows how far it is, and takes two seconds; pip does not, and takes twenty.
PIP = $(if $(shell sh -c 'command -v uv'),uv pip install --compile-bytecode --python $(BIN)/python,$(BIN)/python .ci/progress.py $(BIN)/python -m pip install --disable-pip-version-check)

.PHONY: site help install develop lint test test-long test-containers test-clients test-orchestrators demo bench chaos chaos-sqlite chaos-postgres model docs bench-names name-lists lock clean
help:           ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

install: .venv/.installed  ## the program alone, as locked, in .venv: no developers' tools
	@echo "Ready. Next: $(BIN)/leadbridge init"

# What it needs at run time: enough for `python -m bridge`.
.venv/.runtime: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@echo "1/3 Making .venv ..."
	@$(PYTHON) -m venv .venv
	@echo "2/3 Installing $$(grep -c == requirements.lock) locked packages (about 30 MB to download, half a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@touch $@

.venv/.installed: .venv/.runtime requirements-build.lock pyproject.toml
	@echo "3/3 Installing leadbridge itself ..."
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

develop: .venv/.developed  ## the tools besides: for lint, test, docs and the rest

.venv/.developed: .venv/.installed requirements-dev.lock
	@echo "Installing the developers' tools (about 200 MB to download, one to two minutes) ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

lint: develop   ## style, types, the lock files, the compose file and the Dockerfile
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python tests/lockfiles.py
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

# Without bytecode every process of a test run, and every pytest, compiles all that it imports.
test test-long chaos: export PYTHONDONTWRITEBYTECODE =

test: develop   ## every test, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-long: develop  ## the same with what `make test` leaves out: PostgreSQL twins, fifty kills, tests that really wait
	BRIDGE_TEST_LONG=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-containers: develop  ## the Dockerfile and the compose file on a real engine, where docker reaches one: minutes
	BRIDGE_TEST_CONTAINERS=1 $(BIN)/python -m pytest tests/containers

test-clients: develop  ## published clients of Instantly's API against the sandbox: installs them, so it needs a network and npm
	$(BIN)/python -m tests.clients

test-orchestrators: develop  ## the examples on Dagster, Prefect and Airflow, and the manifest for Kubernetes: installs them, minutes
	BRIDGE_TEST_ORCHESTRATORS=1 $(BIN)/python -m pytest tests/orchestrators

chaos: develop  ## the whole fault matrix, on both databases, daemons that are killed, tests that really wait: over an hour
	$(MAKE) --jobs 2 chaos-sqlite chaos-postgres
	BRIDGE_TEST_LONG=1 $(BIN)/python -m pytest -n 2 --dist loadfile tests/reliability tests/sync
	$(BIN)/python -m tests.chaos.daemons

# Each keeps one core busy.
chaos-sqlite:
	$(BIN)/python -m tests.chaos
chaos-postgres:
	$(BIN)/python -m tests.chaos --postgres --seeds 1

model: develop  ## every history of two small models of the protocol, with SPIN (a Debian package): minutes
	$(BIN)/python -m docs.model

site: develop   ## the pages of docs/ as a site that can be searched, in site/; a broken link fails
	PYTHONPATH=. $(BIN)/uv run --quiet --no-project --python $(BIN)/python --with sphinx==9.0.4 --with myst-parser==5.2.0 --with furo==2025.12.19 --with-editable . \
		sphinx-build --quiet --fail-on-warning --keep-going -b html -c docs/site docs site

docs: develop   ## the pages and the picture that the program itself makes
	$(BIN)/python -m docs

demo: .venv/.runtime  ## the whole product against the sandbox, no keys needed
	@echo "3/3 The demo ..."
	@$(BIN)/python -m bridge demo

bench: develop  ## figures beside a bare loop and dlt, against the sandbox in another process: most of an hour (ARGS=--quick)
	$(BIN)/uv run --quiet --no-project --python $(BIN)/python --with 'dlt>=1.31' --with-editable . python -m benchmarks $(ARGS)

bench-names: develop  ## whom we greet by a wrong name, and whom needlessly by none, beside two simpler ways
	PYTHONPATH=. $(BIN)/uv run --quiet --no-project --python $(BIN)/python --with nameparser==2.6.0 python -m benchmarks.names

name-lists: develop  ## build the lists of names anew from their sources (NOTICE.md beside them)
	PYTHONPATH=. $(BIN)/uv run --quiet --no-project --python $(BIN)/python --with Faker==40.54.0 --with mimesis==22.2.0 --with names==0.3.0 --with symspellpy==6.10.1 python -m lists

lock: develop   ## refresh the lock files (hashes, no index addresses)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --python-version 3.11 --extra postgres pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --python-version 3.11 requirements-build.in -o requirements-build.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --python-version 3.11 --all-extras --group dev pyproject.toml requirements-build.in -o requirements-dev.lock

clean:          ## forget .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache
