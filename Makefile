# 匠梯 (jiangti). `make demo` runs everything, `make test` proves it; nothing else needs to be installed by hand.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo walk serve worker test nightly bench bench-peers lint format types imports pytest lock clean venv

VENV := .venv
RUN := exec env PYTHONPATH=. $(VENV)/bin/python
JIANGTI := $(RUN) -m cli
PIP := $(VENV)/bin/python -m pip install --quiet --require-hashes --only-binary :all:
TEST_WORKERS ?= auto
PYTEST_ARGS ?=
BENCH_ARGS ?=

# An environment whose Python is gone, too old, or another one than it was made for, is made anew.
$(shell [ ! -d $(VENV) ] || $(VENV)/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| rm -f $(VENV)/bin/python $(VENV)/installed $(VENV)/installed-dev 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## run everything with demo data: PostgreSQL, API, workers
	@export JIANGTI_FOLLOW_PARENT=1; $(JIANGTI) demo

walk: $(VENV)/installed ## against a running demo: one worker climbs the ladder, step by step
	@$(JIANGTI) walk

serve: $(VENV)/installed ## run everything without demo data
	@export JIANGTI_FOLLOW_PARENT=1; $(JIANGTI) serve

worker: $(VENV)/installed ## run one more worker against a running server
	@$(JIANGTI) worker

test: lint types pytest ## everything that must hold: lint, types, imports, and the suite against a real PostgreSQL

lint: $(VENV)/installed-dev ## ruff, formatting, direction of imports
	@$(VENV)/bin/python -m ruff check .
	@$(VENV)/bin/python -m ruff format --check .
	@$(VENV)/bin/lint-imports

format: $(VENV)/installed-dev ## let ruff repair what it can
	@$(VENV)/bin/python -m ruff check --fix .
	@$(VENV)/bin/python -m ruff format .

types: $(VENV)/installed-dev ## pyright, strict
	@$(VENV)/bin/python -m pyright

pytest: $(VENV)/installed-dev ## only the suite; PYTEST_ARGS="tests/kernel -k postgres" narrows it
	@$(RUN) -m pytest -n $(TEST_WORKERS) $(PYTEST_ARGS)

nightly: $(VENV)/installed-dev ## a million decisions by three judges; JIANGTI_OPERATIONS (100,000) operations, compiled and not
	@export JIANGTI_NIGHTLY=1; $(RUN) -m pytest -n $(TEST_WORKERS) -rA tests/authz/differential tests/graphql_api/compiled

bench: $(VENV)/installed-dev ## the main queries beside the same by hand and in pgbench; BENCH_ARGS="--queries board --seconds 3"
	@$(RUN) -m bench $(BENCH_ARGS)

bench-peers: $(VENV)/installed-dev ## the same with PostGraphile from npm beside
	@$(RUN) -m bench --peers $(BENCH_ARGS)

lock: ## compile the requirements to lock files with hashes (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH"; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header requirements.in -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header requirements-oidc.in -o requirements-oidc.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header requirements-dev.in -o requirements-dev.lock

clean: ## stop and delete everything that was made here, the demo's data included
	@./scripts/clean

venv: $(VENV)/installed ## only the virtual environment

$(VENV)/bin/python:
	@./scripts/make-venv $(VENV)

$(VENV)/installed: requirements.lock | $(VENV)/bin/python
	@echo "installing the locked requirements into $(VENV)"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "installing the locked test requirements into $(VENV)"
	@$(PIP) -r requirements-dev.lock
	@touch $@
