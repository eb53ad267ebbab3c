# `make help` lists what there is to do.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 5000
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_VERBOSITY := -1
PIPENV := $(shell command -v pipenv 2>/dev/null || echo .tools/bin/pipenv)

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all test-postgres test-deploy bench bench-scale bench-mixed vnu lint format translations lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.synced ## Install the locked packages into .venv

.PHONY: python
python:
	@command -v $(PYTHON) >/dev/null \
	  || { echo "Python is missing. Install it with: sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Bluelog needs Python 3.11 or newer; $$($(PYTHON) --version) was found."; \
	       echo "Install one beside it with: sudo apt-get install python3.11 python3.11-venv"; \
	       echo "and say so each time, as in: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "A system package is missing. Install it with: sudo apt-get install $(notdir $(PYTHON))-venv"; exit 1; }

.tools/bin/pipenv: | python
	@echo "Fetching Pipenv into .tools ..."
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check pipenv

$(VENV)/.synced: Pipfile.lock $(filter .tools/bin/pipenv,$(PIPENV)) | python
	@echo "Installing the locked packages into $(VENV), which takes about half a minute ..."
	@mkdir -p .tools && $(PIPENV) sync --dev --python "$$(command -v $(PYTHON))" >.tools/setup.log 2>&1 \
	  || { cat .tools/setup.log; echo "Installing the packages failed; the reason stands above."; exit 1; }
	@touch $@

run: setup ## Start the blog with demo content (HOST=127.0.0.1 PORT=5000)
	@FLASK_CONFIG=development $(BIN)/flask dev --host $(HOST) --port $(PORT)

test: setup ## Run the tests that are run often
	@$(BIN)/python -m tests.run

test-all: setup ## Run the slow tests as well
	@$(BIN)/python -m tests.run --all

test-postgres: setup ## Run the tests on PostgreSQL
	@$(BIN)/python -m tests.run --postgres

test-deploy: setup ## Run the tests of a whole server (root; nginx, supervisor, debootstrap)
	@$(BIN)/python -m tests.run --deploy

bench: setup ## Measure a reader's page against what it could cost at the least (needs nginx and wrk)
	@$(BIN)/python -m bench.readers

bench-scale: setup ## Measure every kind of page on blogs of 1,000 to 1,000,000 posts
	@$(BIN)/python -m bench.scale

bench-mixed: setup ## Measure readers while others comment and save (needs nginx and h2load)
	@$(BIN)/python -m bench.mixed

vnu: .tools/vnu.jar ## Fetch the HTML checker, for `make test-all` (needs npm and java)

.tools/vnu.jar:
	@mkdir -p .tools && cd .tools && npm pack --silent vnu-jar@26.9.27 >/dev/null \
	  && tar -xzf vnu-jar-*.tgz --strip-components=3 package/build/dist/vnu.jar && rm vnu-jar-*.tgz

lint: setup ## Check style, types, templates and the direction of imports
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy bluelog deploy wsgi.py
	@$(BIN)/djlint --quiet --check --lint bluelog/templates
	@$(BIN)/lint-imports

format: setup ## Put code and templates in the house's format
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; $(BIN)/djlint --quiet --reformat bluelog/templates

translations: setup ## Collect new messages and compile the catalogues
	@$(BIN)/flask translations

lock: $(filter .tools/bin/pipenv,$(PIPENV)) ## Choose package versions anew and lock them without naming a source
	@$(PIPENV) lock --categories "packages dev-packages postgres redis s3"
	@$(PYTHON) -c 'import json, pathlib; p = pathlib.Path("Pipfile.lock"); d = json.loads(p.read_text()); d["_meta"]["sources"] = []; [k.pop("index", None) for c in d if c != "_meta" for k in d[c].values()]; p.write_text(json.dumps(d, indent=4) + "\n")'

clean: ## Remove what was made here, but never data
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
