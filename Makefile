# Each target does all its set-up, once: a stamp remembers what is done.
PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup compare claims report run test acceptance fuzz soak coverage projects suites check lint types imports versions matrix

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

.venv/packages: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; choose one with make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python .ci/install $(BIN)/python requirements.txt
	@touch $@

.venv/tools: requirements-dev.txt .venv/packages
	$(BIN)/python .ci/install $(BIN)/python requirements-dev.txt
	@touch $@

.perfcompare/database: .venv/packages $(wildcard users/migrations/*.py perfcompare/migrations/*.py)
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) migrate --database profiles --verbosity 0
	$(MANAGE) seed_users --count 1000 --seed 1
	@mkdir -p $(@D) && touch $@

setup: .perfcompare/database  ## virtual environment, packages, embedded services, tables, sample users

compare: setup  ## measure every stack and show the result (ARGS="--help" for the options)
	$(MANAGE) perfcompare run $(ARGS)

claims: setup  ## every published claim beside what this machine measures of it
	$(MANAGE) perfcompare claims $(ARGS)

report: setup  ## write the last run as a web page, JSON, CSV and Markdown into report/
	$(MANAGE) perfcompare report $(ARGS)

run: setup  ## the development server: every API with its documentation, the admin, the reports
	$(MANAGE) runserver $(ARGS)

# Three for two processors: many tests wait, for servers that start and for time limits.
TESTS := $(BIN)/python -m pytest -n 3 --dist worksteal

test: .venv/tools  ## the tests, on real servers, a real database and a real browser
	@.ci/browser
	$(TESTS) $(ARGS)

coverage: .venv/tools  ## the tests, and what they cover; fails when that is less than pyproject.toml says
	@.ci/browser
	$(BIN)/python -m tests.probes $(TESTS) $(ARGS)

acceptance: .venv/tools  ## the acceptance tests that take minutes (docs/reliability.md)
	$(BIN)/python -m pytest -m acceptance $(ARGS)

fuzz: .venv/tools  ## drawn requests to every stack, which must answer as the contract says (ARGS="--requests 20000 --seed 7")
	$(BIN)/python -m pytest tests/contract/test_fuzzing.py tests/contract/test_schemathesis.py --requests 20000 --examples 100 $(ARGS)

soak: setup  ## every tuned stack under hostile requests with a fault every minute, for half an hour (docs/soak.md)
	$(MANAGE) perfcompare soak --at-once 5 --output docs/soak.md $(ARGS)

projects: .venv/tools  ## real projects of others: CPU of their requests as stock and with levers (ARGS="ara --tests")
	$(BIN)/python -m tests.projects $(ARGS)

suites: .venv/tools  ## other people's test suites, as stock and with the levers (ARGS="drf django_queries")
	$(BIN)/python -m tests.suites $(ARGS)

lint: .venv/tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/tools
	$(BIN)/mypy

imports: .venv/tools
	$(BIN)/lint-imports

# Where Python 3.13 is missing, nox says that it skips the newest: Django 6.1 does not run on 3.11.
versions: .venv/tools  ## a small project with every lever, on the oldest and the newest versions
	$(BIN)/python -m nox --no-error-on-missing-interpreters --sessions project-oldest project-newest

matrix: .venv/tools  ## the levers on every combination of versions (ARGS="--list" names them)
	$(BIN)/python -m nox $(ARGS)

# Each of the first four uses one processor.
check: .venv/tools  ## everything that CI runs: style, types, import directions, versions, migrations, tests, coverage
	$(MAKE) --jobs=2 --output-sync lint types imports versions
	$(MANAGE) makemigrations --check --dry-run
	$(MAKE) coverage
