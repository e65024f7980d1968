# make help says what there is. Needs Python 3.11 to 3.14, make and a package registry; nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# Question and folder reach the recipe through the environment and unexpanded, so that quotes, `$`, spaces and any
# script in them stay what they are.
export ASK_QUESTION := $(if $(filter undefined,$(origin Q)),how many troops were sent?,$(value Q))
export ASK_ARTICLES := $(if $(value ARTICLES),$(value ARTICLES),samples)
export INSTALL_PYTHON := $(value PYTHON)
unexport Q ARTICLES PYTHON

.PHONY: help ask test test-all lint format lock clean runtime dev

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

ask: runtime ## answer Q="…" from the articles in ARTICLES=folder (default: the samples)
	@.venv/bin/python scripts/ask.py

test: dev ## the test suite, Python packages alone
	@.venv/bin/python -m pytest -q

test-all: dev ## the whole suite; a skipped test is a failure, unless ../shared is absent
	@.venv/bin/python -m pytest -q --no-skip

lint: dev ## style, strict types, and who may import whom
	@.venv/bin/ruff check .
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports --no-logo

format: dev ## rewrite the sources in the house style
	@.venv/bin/ruff check --fix .

lock: dev ## write both lock files anew from pyproject.toml
	@scripts/lock

clean: ## remove the virtual environment and every cache, not the archives in .onrecord
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

runtime:
	@scripts/install requirements.lock

dev:
	@scripts/install requirements-dev.lock
