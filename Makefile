# `make` lists the tasks. `make run` and `make test` do all the set-up on a fresh Debian 12.

HTS := .venv/bin/hts
PY := .venv/bin/python
SEEDS ?= 1..50
OUT ?= out/shots
BUNDLE ?= dist/hts-offline

.PHONY: help
help:  ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup dev
setup:  ## fill .venv, install missing system libraries
	@tools/setup.sh run

dev:
	@tools/setup.sh dev

.PHONY: run
run: setup  ## the terminal on the paper market (without a display: a 20-second session and a picture)
	@$(HTS)

.PHONY: test
test: dev lint types  ## all checks: lint, types, contracts, tests
	@tools/test.sh

.PHONY: lint
lint: dev  ## ruff, the lock files, known faults, licences, secrets in tracked files
	@.venv/bin/ruff check --quiet . && .venv/bin/ruff format --check --quiet .
	@$(PY) tools/supply.py check && $(PY) tools/advisories.py check && $(PY) tools/secrets_scan.py

.PHONY: types
types: dev  ## strict mypy
	@.venv/bin/mypy --no-error-summary

.PHONY: fmt
fmt: dev  ## format the code
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --fix --quiet .

.PHONY: sim
sim: setup  ## deterministic whole-system simulation: make sim SEEDS=1..1000
	@$(HTS) simulate --seeds $(SEEDS) --orders 500 --faults all --json

.PHONY: bench
bench: dev  ## benchmarks, beside peers where installed
	@$(HTS) bench

.PHONY: shots
shots: setup  ## pictures of every panel: make shots OUT=dir
	@$(HTS) shots --out $(OUT)

.PHONY: pictures
pictures: dev  ## renew the pictures that the tests compare regions of the window with: look at them before committing
	@$(PY) -m tests.widgets.kept_pictures

.PHONY: campaign
campaign: dev  ## the full counts: 1,000 kills, 1,000 seeds; writes docs/campaign.json
	@$(PY) -m tests.campaign

.PHONY: package
package: dev  ## one-folder build with PyInstaller, started once
	@.venv/bin/pyinstaller --noconfirm --log-level WARN hts.spec && dist/hts/hts doctor --json

.PHONY: offline-bundle
offline-bundle: dev  ## all that an installation without a network needs: make offline-bundle BUNDLE=dir
	@$(PY) tools/offline_bundle.py $(BUNDLE)

.PHONY: dist
dist: dev  ## wheel and source archive of the commit, the same bytes wherever they are made
	@$(PY) tools/dist.py dist

.PHONY: audit
audit: dev  ## advisories on the locked packages, where their service can be reached
	@$(PY) tools/advisories.py audit

.PHONY: lock
lock:  ## renew the lock files (hashes, no hosts)
	@uv pip compile -q --universal --generate-hashes --no-emit-find-links --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" --extra install --extra replay --extra xlsx --extra dev pyproject.toml -o requirements-dev.lock
	@uv pip compile -q --universal --generate-hashes --no-emit-find-links --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" --extra install --extra replay --extra xlsx pyproject.toml -c requirements-dev.lock -o requirements.lock

.PHONY: clean
clean:  ## remove what was built
	@rm -rf build dist out *.egg-info .venv
