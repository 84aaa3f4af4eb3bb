# What a newcomer types. `make` alone lists it. Everything happens in .venv; nothing needs to be installed by hand but Python.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install lint test demo bench chaos docs lock clean
help:           ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

install: .venv/.installed  ## the project and its tools, as locked, in .venv

.venv/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

lint: install   ## style, types, the lock files and the vendor's schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python tests/lockfiles.py

test: install   ## every test, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadfile

chaos: install  ## the whole fault matrix, on both databases, and the tests that really wait: half an hour
	$(BIN)/python -m tests.chaos
	$(BIN)/python -m tests.chaos --postgres --seeds 1
	BRIDGE_TEST_LONG=1 $(BIN)/python -m pytest tests/reliability/test_late_holder.py

docs: install   ## the pages and the picture that the program itself makes
	$(BIN)/python -m docs

demo: install   ## the whole product against the sandbox, no keys needed
	$(BIN)/leadbridge demo

bench: install  ## figures against the sandbox in another process
	$(BIN)/python -m benchmarks

lock: install   ## refresh both lock files (hashes, no index addresses)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --python-version 3.11 --all-extras pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --python-version 3.11 --all-extras --group dev pyproject.toml requirements-build.in -o requirements-dev.lock

clean:          ## forget .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache
