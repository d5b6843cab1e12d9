# The commands of this checkout. Every recipe hands over to one Python process (exec), which ends when make does.
.DEFAULT_GOAL := help
.PHONY: help setup up host down demo test lint fmt bench audit clean

PYTHON ?= python3
RUN = @LOCAL_PARENT=$$PPID exec .venv/bin/python -m

# The first that runs: pyenv has a command for every version it has installed, and runs only those switched on.
FOUND_PYTHON = $(shell for python in "$(PYTHON)" $${PYENV_ROOT:-$$HOME/.pyenv}/versions/*/bin/$(PYTHON); do \
	if "$$python" -c "" 2>/dev/null; then echo "$$python"; break; fi; done)

# What is given on the command line and is none of these is an app setting of the functions host. Its text is handed on
# as it was typed, and to the host only: APP_SETTING_NAME holds the value before make expands a $ in it.
OWN := PYTHON DEPLOYMENT DEPLOYMENT_BASE_URL DEPLOYMENT_API_KEY DEPLOYMENT_RESOURCE_KEY DEPLOYMENT_NAME MODEL_FILE \
	LOCAL_STATE LOCAL_OWNER HOST CSV VOCABULARY ENGINE TESTS BENCH
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
SETTINGS := $(filter-out $(OWN),$(GIVEN))
$(foreach name,$(SETTINGS),$(eval unexport $(name)))
$(foreach name,$(SETTINGS),$(eval export APP_SETTING_$(name) = $$(value $(name))))
export CHOSEN_PYTHON := $(if $(filter command environment,$(firstword $(origin PYTHON))),$(PYTHON))

help:
	@echo "make demo     map the sample customers with a real local model, and show the prompts behind it"
	@echo "              CSV=path VOCABULARY=path.json maps your own file; ENGINE=auto asks no model"
	@echo "make up       run everything here until 'make down' (on a terminal: until Ctrl-C)"
	@echo "              DEPLOYMENT=model|model-1.5b|simulated|none, MODEL_FILE=path.gguf, or your own endpoint:"
	@echo "              DEPLOYMENT_BASE_URL=… DEPLOYMENT_API_KEY=… DEPLOYMENT_RESOURCE_KEY=… DEPLOYMENT_NAME=…"
	@echo "make host     restart only the functions host; NAME='value' … are extra app settings until the next time"
	@echo "              ('make up' takes them too): make host SAMPLES=masked 'PRICES={\"gpt-4.1\": {\"prompt\": 2}}'"
	@echo "make down     stop everything"
	@echo "make test     every check and test; PYTHON=python3.13 takes another Python"
	@echo "make lint     style, types and import rules;  make fmt  puts the style right"
	@echo "make bench    benchmarks;  make audit  known vulnerabilities of what is deployed"
	@echo "make setup    install what the others need (they do it themselves)"
	@echo "make clean    take away .local: what the stack has stored, and its logs"

setup:
	@python="$(FOUND_PYTHON)"; [ -n "$$python" ] || { echo "setup: there is no $(PYTHON) that runs" >&2; exit 1; }; \
	LOCAL_PARENT=$$PPID exec "$$python" -m local.setup

up: setup
	$(RUN) local up $(SETTINGS)

host: setup
	$(RUN) local host $(SETTINGS)

down:
	@if [ -x .venv/bin/python ]; then exec .venv/bin/python -m local down; else echo "the stack was not up"; fi

demo: setup
	$(RUN) local demo

test: setup
	$(RUN) local.checks test $(TESTS)

lint: setup
	$(RUN) local.checks lint

fmt: setup
	$(RUN) local.checks fmt

audit: setup
	$(RUN) local.checks audit

bench: setup
	$(RUN) bench $(BENCH)

clean: down
	@rm -rf "$${LOCAL_STATE:-.local}" .coverage .coverage.*
