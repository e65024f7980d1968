# make help says what there is. Needs Python 3.11 to 3.14, make and a package registry; nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# Question and folder reach the recipe through the environment and unexpanded, so that quotes, `$`, spaces and any
# script in them stay what they are.
export ASK_QUESTION := $(if $(filter undefined,$(origin Q)),how many troops were sent?,$(value Q))
export ASK_ARTICLES := $(if $(value ARTICLES),$(value ARTICLES),samples)
export INSTALL_PYTHON := $(value PYTHON)
export EVAL_BENCH := $(value BENCH)
export EVAL_WEIGHTS := $(value WEIGHTS)
export EVAL_RESUME := $(value RESUME)
export EVAL_DATA := $(value DATA)
unexport Q ARTICLES PYTHON BENCH WEIGHTS RESUME DATA

.PHONY: help ask test test-all test-rest faults eval eval-model eval-peers bench lint format lock audit sbom clean runtime dev

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

ask: runtime ## answer Q="…" from the articles in ARTICLES=folder (default: the samples)
	@.venv/bin/python scripts/ask.py

test: dev ## the test suite, Python packages alone
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

test-all: dev ## the whole suite; a skipped test is a failure, unless ../shared is absent
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --no-skip

test-rest: dev ## what the last `make test` left out; a skipped test is a failure as in test-all
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --no-skip --left-out

faults: dev ## a hundred kills of an ingest and every other fault; KILLS=100, half an hour
	@ONRECORD_KILLS=$(or $(KILLS),100) .venv/bin/python -m pytest -q tests/faults

eval: runtime ## the eval suites, with BENCH=folder those on outside data too; SUITES, LIMIT, SEED, RESUME=run folder
	@.venv/bin/python -m evals run $(or $(SUITES),$(if $(value BENCH),all,offline)) $${EVAL_BENCH:+--bench "$$EVAL_BENCH"} \
	  $(if $(LIMIT),--limit $(LIMIT)) --seed $(or $(SEED),0) $${EVAL_RESUME:+--resume "$$EVAL_RESUME"}

eval-model: ## a small language model on this machine, end to end over the samples; LIMIT=20, SEED (builds llama.cpp once)
	@CMAKE_ARGS="-DGGML_NATIVE=OFF" scripts/install requirements-model.lock .venv-model
	@.venv-model/bin/python -m evals.small_model --limit $(or $(LIMIT),20) --seed $(or $(SEED),0) \
	  $(if $(THREADS),--threads $(THREADS))

eval-peers: ## the service beside Chroma's default path and BM25 on BENCH=folder; WEIGHTS=folder, LIMIT, DOCUMENTS, SEED
	@scripts/install requirements-peers.lock
	@.venv/bin/python -m evals.peers --bench "$$EVAL_BENCH" $${EVAL_WEIGHTS:+--weights "$$EVAL_WEIGHTS"} \
	  $(if $(LIMIT),--limit $(LIMIT)) $(if $(DOCUMENTS),--documents $(DOCUMENTS)) --seed $(or $(SEED),0)

bench: runtime ## the time of an answer, in process and over HTTP, on BENCH=folder; DATA=archive, LIMIT
	@.venv/bin/python -m evals.speed bench --bench "$$EVAL_BENCH" $${EVAL_DATA:+--data "$$EVAL_DATA"} \
	  $(if $(LIMIT),--limit $(LIMIT))

lint: dev ## style, strict types, and who may import whom
	@.venv/bin/ruff check .
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports --no-logo

format: dev ## rewrite the sources in the house style
	@.venv/bin/ruff check --fix .

lock: dev ## write both lock files anew from pyproject.toml
	@scripts/lock

audit: ## known holes in what is locked (asks the advisory database)
	@scripts/install requirements-audit.lock .venv-audit
	@.venv-audit/bin/pip-audit -r requirements.lock --require-hashes --disable-pip

sbom: ## the bill of materials of what is locked, as sbom.json (CycloneDX)
	@scripts/install requirements-audit.lock .venv-audit
	@.venv-audit/bin/cyclonedx-py requirements requirements.lock -o sbom.json

clean: ## remove the virtual environments and every cache, not the archives in .onrecord
	rm -rf .venv .venv-model .venv-audit .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

runtime:
	@scripts/install requirements.lock

dev:
	@scripts/install requirements-dev.lock
