# Everything that is done to this project, one target each. CI calls the same.

BIN := .venv/bin
MADE := .venv/made
RUNNABLE := .venv/runnable
INSTALLED := .venv/installed
NODE_INSTALLED := tests/sdk/node_modules/.package-lock.json
WORKERS ?= auto
SIZES ?= 1000 10000

PRINT_VERSION := import sys; print("%d.%d" % sys.version_info[:2])
HELD := $(and $(wildcard $(MADE)),$(shell $(BIN)/python -c '$(PRINT_VERSION)' 2>/dev/null))
# Any Python from 3.11 to 3.13; name another with: make PYTHON=/path/to/python3.12
ifdef PYTHON
WANTED := $(shell $(PYTHON) -c '$(PRINT_VERSION)' 2>/dev/null)
else ifdef HELD
WANTED := $(HELD)
else
PYTHON := $(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$each && break; done)
endif

.DEFAULT_GOAL := help
.PHONY: help install run superuser test check format test-cases test-round-trip test-sdk test-deploy test-deploy-all bench clean

# A .venv whose Python is gone, or is another than the one asked for, is made anew.
ifneq ($(HELD),$(or $(WANTED),none))
.PHONY: $(MADE)
endif

help: ## What can be done (this)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv and install what running, testing and checking need

run: $(RUNNABLE) ## Serve on http://127.0.0.1:8090 with data in .quoll/ (PORT=, QUOLL_STATE=)
	@exec $(BIN)/python -m dev.run

superuser: $(RUNNABLE) ## Make a superuser of `make run`, or change the password (EMAIL=, PASSWORD=, QUOLL_STATE=)
	@EMAIL="$${EMAIL:?is missing: EMAIL=you@example.com make superuser}" && \
		exec $(BIN)/python -m dev.command superuser upsert "$$EMAIL" $${PASSWORD:+"$$PASSWORD"}

test: $(INSTALLED) ## Run all tests, against the real PocketBase too
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not by_hand"

test-cases: $(INSTALLED) ## The parity cases on two real PocketBases, which must not differ: by hand, after adding cases
	$(BIN)/python -m pytest tests/parity/test_parity.py -m by_hand

test-round-trip: $(INSTALLED) ## The parity cases on data that went from PocketBase to Quoll and back: by hand, ten minutes
	$(BIN)/python -m pytest tests/parity/test_carried.py -m by_hand

check: $(INSTALLED) ## Lint, format, types, direction of imports, house rules
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(BIN)/python -m pytest -q tests/test_house_rules.py

format: $(INSTALLED) ## Put the code into shape
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

test-sdk: $(INSTALLED) $(NODE_INSTALLED) ## PocketBase's own JavaScript SDK against Quoll and against PocketBase
	$(BIN)/python -m tests.sdk

test-deploy: $(INSTALLED) $(NODE_INSTALLED) ## Deploy to an emulated AWS by `chalice deploy`, and try it there
	$(BIN)/python -m pytest tests/deploy -m "not by_hand" --durations 5

test-deploy-all: $(INSTALLED) $(NODE_INSTALLED) ## The same, and a second deployment, and CloudFormation: by hand, some minutes more
	$(BIN)/python -m pytest tests/deploy --durations 10

bench: $(INSTALLED) ## Capacity units per operation, and whether they grow, on DynamoDB Local (npm, Java 17; SIZES=)
	$(BIN)/python -m bench.cost --sizes $(SIZES)

clean: ## Remove what was installed and built; data in .quoll/ stays
	rm -rf .venv .ruff_cache .mypy_cache .import_linter_cache .hypothesis .chalice/deployments tests/sdk/node_modules bench/.tools
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each mark is set when its step is complete: what was interrupted is done again.
$(MADE):
	@test -n "$(PYTHON)" || { echo "Quoll needs Python 3.11, 3.12 or 3.13, and none is on the PATH."; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "Quoll needs Python 3.11, 3.12 or 3.13; $(PYTHON) is another."; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv || { \
		echo "Python could not make .venv; on Debian and Ubuntu it needs: apt install python3-venv"; exit 1; }
	@touch $@

$(RUNNABLE): $(MADE) requirements.txt dev/requirements.txt dev/constraints.txt
	@echo "Installing what running needs; this happens once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r dev/requirements.txt
	@touch $@

$(INSTALLED): $(RUNNABLE) requirements-dev.txt
	@echo "Installing what testing and checking need; this happens once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(NODE_INSTALLED): tests/sdk/package-lock.json
	@command -v npm > /dev/null || { echo "The SDK tests need Node.js and npm."; exit 1; }
	cd tests/sdk && npm ci --no-audit --no-fund
