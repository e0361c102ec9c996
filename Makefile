# Everything a developer does, each with one command; `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --silent --no-builtin-rules

DEV := .venv/dev/bin
SAM := .venv/sam/bin
AUDIT := .venv/audit/bin
READY := .venv/dev/.ready .venv/cloud/.ready .venv/sam/.ready
ENV ?= dev
export SAM_CLI_TELEMETRY := 0

##@ Develop

.PHONY: run
run: $(READY) build ## Start the local cloud, with PORT, UPSTREAM, ALLOW_HOSTS, SWEEP_SECONDS …
	exec $(DEV)/python -m local.run

.PHONY: demo
demo: $(READY) build ## Make a picture with each provider, here and now, and end
	exec $(DEV)/python -m local.demo

.PHONY: test
test: $(READY) .venv/dev/.chromium build ## Run every test; ARGS="tests/unit -k routing" for some
	$(DEV)/python -m pytest $(or $(ARGS),--numprocesses 2)

.PHONY: chaos
chaos: $(READY) build ## Run TASKS=500 while everything goes wrong as SEED=7 says, and audit the end
	exec $(DEV)/python -m local.chaos $(if $(TASKS),--tasks $(TASKS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: bench
bench: $(READY) build ## Measure what was built, and write docs/performance.md; ARGS="cost lag" for some
	PYTHONPATH=$(BUILT) exec $(DEV)/python -m bench $(ARGS)

.PHONY: bench-check
bench-check: $(READY) build ## Count again, and fail where a count has grown
	PYTHONPATH=$(BUILT) exec $(DEV)/python -m bench --check

BUILT = .aws-sam/local/SharedLayer/python

.PHONY: fuzz
fuzz: .venv/fuzz/.ready ## Throw hostile bytes at what parses pictures, answers and URLs, for SECONDS=300
	PYTHONPATH=layers/shared exec .venv/fuzz/bin/python -m tests.fuzz.run $(if $(SECONDS),--seconds $(SECONDS)) $(ARGS)

.PHONY: screenshots
screenshots: $(READY) build ## Photograph the console for the README
	exec $(DEV)/python -m local.screenshots

.PHONY: lint
lint: .venv/dev/.ready .venv/sam/.ready .venv/audit/.ready ## Check style, types, imports, template and dependencies
	$(DEV)/ruff check .
	$(DEV)/ruff format --check .
	$(DEV)/mypy layers/shared/plantain local tools bench
	$(DEV)/mypy --config-file client/pyproject.toml client/plantain_client
	$(DEV)/lint-imports --no-logo
	AWS_DEFAULT_REGION=us-east-1 $(SAM)/sam validate --lint
	$(SAM)/python tools/lint_template.py
	$(AUDIT)/checkov --config-file .checkov.yaml
	$(DEV)/python -m tools.licences
	$(DEV)/python -m tools.advisories

.PHONY: sbom
sbom: .venv/audit/.ready ## Print what the layers ship, as a CycloneDX bill of materials
	cat layers/*/requirements.txt | $(AUDIT)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml -

.PHONY: format
format: .venv/dev/.ready ## Format the code and sort its imports
	$(DEV)/ruff check --fix --quiet . || true
	$(DEV)/ruff format .

.PHONY: build
build: .venv/sam/.ready ## Build functions and layers for this machine, if anything changed
	$(SAM)/python -m local.build

##@ On real engines: see docs/conformance.md

.PHONY: conformance
conformance: $(READY) .venv/conformance/.ready build ## Run integration and e2e tests on DynamoDB Local and SeaweedFS, which it fetches
	$(DEV)/python -m local.engines.fetch
	ENGINES=real $(DEV)/python -m pytest $(or $(ARGS),tests/integration tests/e2e)

##@ API keys, of the running local cloud, or in AWS with STACK=name

.PHONY: key
key: .venv/dev/.ready ## Make an API key: OWNER=alice LIMITS="requests=60 tasks=100 active=10 spend=5.00" STAYS=1
	$(DEV)/python -m tools.keys $(STACK_OPTION) create --owner "$(or $(OWNER),$(error Say whose key it is: make key OWNER=alice))" --limits "$(LIMITS)" $(if $(STAYS),--stays)

.PHONY: keys
keys: .venv/dev/.ready ## List the API keys
	$(DEV)/python -m tools.keys $(STACK_OPTION) list

.PHONY: limits
limits: .venv/dev/.ready ## Give an API key other limits: KEY=id LIMITS="tasks=none"; without LIMITS, the stack's own
	$(DEV)/python -m tools.keys $(STACK_OPTION) limit "$(or $(KEY),$(error Say which key: make limits KEY=id LIMITS="tasks=100"))" --limits "$(LIMITS)"

.PHONY: revoke
revoke: .venv/dev/.ready ## Revoke an API key: KEY=id, as listed
	$(DEV)/python -m tools.keys $(STACK_OPTION) revoke "$(or $(KEY),$(error Say which key: make revoke KEY=id))"

##@ The secret, of the running local cloud, or in AWS with STACK=name

.PHONY: provider
provider: .venv/dev/.ready ## Set a provider's key, which is asked for: NAME=maxapi, perhaps URL=
	$(DEV)/python -m tools.secret $(STACK_OPTION) provider $(if $(URL),--url "$(URL)") "$(or $(NAME),$(error Say whose key it is: make provider NAME=maxapi))"

.PHONY: rotate
rotate: .venv/dev/.ready ## Make a new callback key; LEAKED=1 if others know the old one
	$(DEV)/python -m tools.secret $(STACK_OPTION) rotate $(if $(LEAKED),--leaked)

STACK_OPTION = $(if $(STACK),--stack "$(STACK)")

##@ When something lies among the dead letters, of the running local cloud, or in AWS with STACK=name

.PHONY: redrive
redrive: .venv/dev/.ready ## Return dead letters to where they came from
	$(DEV)/python -m tools.redrive $(STACK_OPTION)

##@ Deploy

.PHONY: deploy
deploy: .venv/sam/.ready ## Build for arm64 and deploy to AWS: ENV=dev or prod
	$(SAM)/python -m local.build --architecture arm64 --directory .aws-sam/arm64
	$(SAM)/sam deploy --template-file .aws-sam/arm64/template.yaml \
	  --config-file $(CURDIR)/samconfig.toml --config-env $(ENV) $(ARGS)

##@ Housekeeping

.PHONY: setup
setup: $(READY) .venv/audit/.ready ## Make the virtual environments

.PHONY: lock
lock: .venv/dev/.ready ## Recompile the pinned requirements; UPGRADE=1 for the newest
	for file in requirements/cloud.in layers/*/requirements.in requirements/{sam,dev,audit,fuzz,conformance}.in; do \
	  $(DEV)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --python $(DEV)/python $(if $(UPGRADE),--upgrade) $$file --output-file $${file%.in}.txt; \
	done

.PHONY: clean
clean: ## Remove everything that was made here: environments, build, state
	rm -rf .venv .aws-sam .local .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf layers/shared/*.egg-info client/*.egg-info client/build demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

.venv/dev/.ready: client/pyproject.toml

.venv/dev/.chromium: .venv/dev/.ready
	bash local/chromium.sh
	touch $@

.venv/%/.ready: requirements/%.txt
	bash local/environment.sh $*
