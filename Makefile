# Everything that is done to this project, one target each. CI calls the same.

# Any Python from 3.11 to 3.13; name another with: make PYTHON=/path/to/python3.12
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
INSTALLED := .venv/installed
NODE_INSTALLED := tests/sdk/node_modules/.package-lock.json
WORKERS ?= auto
SIZES ?= 1000 10000

.DEFAULT_GOAL := help
.PHONY: help install run test check format test-sdk bench clean

help: ## What can be done (this)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv and install what running, testing and checking need

run: $(INSTALLED) ## Serve on http://127.0.0.1:8090 with data in .quoll/ (PORT=, QUOLL_STATE=)
	@exec $(BIN)/python -m dev.run

test: $(INSTALLED) ## Run all tests, against the real PocketBase too
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

check: $(INSTALLED) ## Lint, format, types, direction of imports, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_house_rules.py

format: $(INSTALLED) ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-sdk: $(INSTALLED) $(NODE_INSTALLED) ## PocketBase's own JavaScript SDK against Quoll and against PocketBase
	$(BIN)/python -m tests.sdk

bench: $(INSTALLED) ## Capacity units per operation, and whether they grow, on DynamoDB Local (npm, Java 17; SIZES=)
	$(BIN)/python -m bench.cost --sizes $(SIZES)

clean: ## Remove what was installed and built; data in .quoll/ stays
	rm -rf .venv .ruff_cache .mypy_cache .import_linter_cache .hypothesis .chalice/deployments tests/sdk/node_modules bench/.tools
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Quoll needs Python 3.11, 3.12 or 3.13, and none is on the PATH."; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "Quoll needs Python 3.11, 3.12 or 3.13; $(PYTHON) is another."; exit 1; }
	@echo "Installing into .venv with $$($(PYTHON) --version); this happens once ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(NODE_INSTALLED): tests/sdk/package-lock.json
	@command -v npm > /dev/null || { echo "The SDK tests need Node.js and npm."; exit 1; }
	cd tests/sdk && npm ci --no-audit --no-fund
