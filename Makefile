# The verbs of this repository. CI calls the same ones: see .ci/run.
# Needed: Python 3.11 or newer with venv and pip, and make. All else comes from locked packages.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
WEB    := edge/web
STATIC := edge/deltastream/edge/static
INSTALLED := $(VENV)/.installed
PEERS  := $(VENV)/.peers
BUILT  := $(STATIC)/.built
# Passed on: make up ARGS="--source replay:FOLDER", make test ARGS="-k streams".
ARGS ?=
# Which of them: make test-examples EXAMPLES="go java".
EXAMPLES ?= go java rust typescript
COMMA := ,
# A test that outlives its deadline ends its process. The run ends then too: a process in its place
# would begin with that test again, and again.
BY_FILES := --dist loadfile --max-worker-restart 0

.PHONY: help
help: ## Show the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: install
install: $(INSTALLED) ## Make .venv, with `deltastream` and every tool in it

$(INSTALLED): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V)" >&2; exit 2; }
	@echo "installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --only-binary :all: --requirement requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	@touch $@

.PHONY: web
web: $(BUILT) ## Build the dashboard

$(BUILT): $(INSTALLED) $(shell find $(WEB)/src $(WEB)/build $(WEB)/public $(WEB)/index.html $(WEB)/package-lock.json $(WEB)/vite.config.ts -type f 2>/dev/null)
	@echo "building the dashboard"
	@PYTHON=$(BIN)/python tools/npm --prefix $(WEB) ci --silent --no-audit --no-fund
	@PYTHON=$(BIN)/python tools/npm --prefix $(WEB) run --silent build
	@touch $@

.PHONY: up
up: $(INSTALLED) $(BUILT) ## Run the whole mesh on this machine
	@exec $(BIN)/deltastream up $(ARGS)

# Each of many processes would compile all that it imports where a shell forbids to keep that.
test test-mesh test-properties: export PYTHONDONTWRITEBYTECODE :=

.PHONY: test
test: $(INSTALLED) $(BUILT) ## Run the tests
	@# Most of them wait for real servers: more at a time than there are cores.
	@$(BIN)/python -m pytest --numprocesses 4 $(BY_FILES) -m "not long" \
	  --hypothesis-profile few $(ARGS)

.PHONY: test-mesh
test-mesh: $(INSTALLED) $(BUILT) ## Restart, record, encrypt, trace and measure a whole mesh; try the quickstart
	@$(BIN)/python -m pytest --numprocesses 2 $(BY_FILES) -m long $(ARGS)

.PHONY: test-properties
test-properties: $(INSTALLED) ## Try every property on as many examples as it states
	@$(BIN)/python -m pytest --numprocesses 2 $(BY_FILES) -m "hypothesis and not long" $(ARGS)

.PHONY: test-web
test-web: $(BUILT) ## Run the dashboard's own checks and tests
	@PYTHON=$(BIN)/python tools/npm --prefix $(WEB) run --silent lint
	@PYTHON=$(BIN)/python tools/npm --prefix $(WEB) run --silent typecheck
	@PYTHON=$(BIN)/python tools/npm --prefix $(WEB) test

.PHONY: test-browser
test-browser: $(INSTALLED) $(BUILT) ## Try the dashboard in a real browser: every screen, every state
	@tools/browser
	@DELTASTREAM_TEST_BROWSER=1 $(BIN)/python -m pytest tests/browser $(ARGS)

.PHONY: pictures
pictures: $(INSTALLED) $(BUILT) ## Take the pictures of the dashboard in docs/pictures anew
	@tools/browser
	@$(BIN)/python -m tests.browser.pictures $(ARGS)

.PHONY: test-deploy
test-deploy: $(INSTALLED) ## Check chart and compose file with the real helm and docker-compose
	@tools/deploy_tools
	@PATH="$(CURDIR)/.tools/bin:$$PATH" $(BIN)/python -m pytest tests/deploy

.PHONY: test-image
test-image: $(INSTALLED) $(BUILT) ## Build the image's files in a bare Debian tree, and run the roles there
	@tools/image_tools
	@$(BIN)/python -m pytest tests/deploy/test_dockerfile.py
	@DELTASTREAM_TEST_IMAGE=1 $(BIN)/python -m pytest tests/image $(ARGS)

.PHONY: test-tilt
test-tilt: $(INSTALLED) ## Evaluate the Tiltfile with the real tilt
	@tools/deploy_tools
	@tools/tilt_tool
	@$(BIN)/python -m pytest tests/deploy/test_tilt.py $(ARGS)

.PHONY: test-observability
test-observability: $(INSTALLED) $(BUILT) ## Test alerts and dashboards with a real Prometheus and Alertmanager
	@tools/observability_tools
	@DELTASTREAM_TEST_OBSERVABILITY=1 $(BIN)/python -m pytest tests/observability $(ARGS)

.PHONY: test-mongo
test-mongo: $(INSTALLED) ## Run the stores' suite against servers that speak MongoDB's protocol
	@tools/mongo_servers
	@DELTASTREAM_TEST_MONGO_SERVERS=1 $(BIN)/python -m pytest tests/store tests/users tests/backup -k mongodb $(ARGS)

.PHONY: test-gateway
test-gateway: $(INSTALLED) ## Compare the edge with a grpc-gateway built from the same contracts
	@PYTHON=$(BIN)/python tests/gateway/build
	@DELTASTREAM_TEST_GATEWAY=1 $(BIN)/python -m pytest tests/gateway $(ARGS)

.PHONY: test-api
test-api: $(INSTALLED) $(BUILT) ## Ask a mesh all that its OpenAPI document allows and forbids
	@$(BIN)/python -m tests.schemathesis.run $(ARGS)

.PHONY: test-compatibility
test-compatibility: $(INSTALLED) $(BUILT) ## Use the mesh as the original's clients do: curl, Socket.IO
	@PYTHON=$(CURDIR)/$(BIN)/python tests/compatibility/build
	@DELTASTREAM_TEST_COMPATIBILITY=1 $(BIN)/python -m pytest tests/compatibility $(ARGS)

.PHONY: test-examples
test-examples: $(INSTALLED) $(BUILT) ## Build the clients in examples/, and run them on a mesh in trouble
	@PYTHON=$(CURDIR)/$(BIN)/python tests/examples/build $(EXAMPLES)
	@DELTASTREAM_TEST_EXAMPLES=$(subst $(eval ) ,$(COMMA),$(strip $(EXAMPLES))) $(BIN)/python -m pytest tests/examples $(ARGS)

.PHONY: security
security: $(INSTALLED) $(BUILT) ## Forge, guess, replay, race and flood: nobody gets what is not theirs
	@DELTASTREAM_TEST_SECURITY=1 $(BIN)/python -m pytest --numprocesses 2 $(BY_FILES) \
	  tests/security tests/auth tests/users $(ARGS)

.PHONY: faults
faults: $(INSTALLED) $(BUILT) ## Break a mesh under load in every way, and compare it with a ledger
	@$(BIN)/python -m tests.faults.run $(ARGS)

.PHONY: lint
lint: $(INSTALLED) ## Check contracts, generated code, style, types and layers; change nothing
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code
	$(BIN)/buf breaking proto --against proto/released.binpb
	@$(MAKE) --no-print-directory check-generated
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@tools/audit $(BIN)/pip-audit --require-hashes --requirement requirements.lock

.PHONY: gen
gen: $(INSTALLED) ## Write gen/ anew from proto/
	@PATH="$(CURDIR)/$(BIN):$$PATH" tools/generate .

.PHONY: check-generated
check-generated: $(INSTALLED)
	@PATH="$(CURDIR)/$(BIN):$$PATH" tools/check_generated

.PHONY: release-contract
release-contract: $(INSTALLED) ## Make today's contract the one that later changes must not break
	$(BIN)/buf build proto --exclude-source-info --output proto/released.binpb

.PHONY: format
format: $(INSTALLED) ## Put the sources in their one format
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	$(BIN)/buf format --write

.PHONY: bench
bench: $(PEERS) $(BUILT) ## Measure speed and memory beside peers and raw limits
	@OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 $(BIN)/python -m benchmarks.run $(ARGS)

$(PEERS): $(INSTALLED) requirements-bench.lock
	@echo "installing what the benchmarks compare with"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --only-binary :all: --requirement requirements-bench.lock
	@touch $@

.PHONY: lock
lock: $(INSTALLED) ## Pin every dependency by hash, for all platforms
	@tools/lock $(BIN)/uv

.PHONY: docs
docs: $(INSTALLED) ## Build the documentation as a site into .site; a warning fails
	@$(BIN)/python -m tools.reference
	@$(BIN)/mkdocs build --quiet --strict
	@echo "built .site/index.html"

.PHONY: clean
clean: ## Remove what the other verbs made
	rm -rf $(VENV) .tools .site $(STATIC) $(WEB)/node_modules build dist .deltastream \
	  examples/go/{gen,stream-chains} examples/typescript/{node_modules,dist,src/gen} \
	  examples/{java,rust}/target tests/compatibility/node/node_modules \
	  .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
