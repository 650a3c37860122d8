# Everything a person or a machine does with a checkout. `make run` and `make test` set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMPILED := twin/ik/compiled/_step.so
HEADSET := tests/headset
XVFB := xvfb-run -a -s "-screen 0 1600x1000x24"

.PHONY: run demo test emulated-headset hand-networks lint format sounds bench package env compiled system lock clean

run: system $(COMPILED)  ## the station with its window; without a display, the demo
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		exec $(BIN)/understudy; \
	else \
		echo "There is no display here, so this runs \`understudy demo\` instead of the window."; \
		exec $(BIN)/understudy demo; \
	fi

demo: system $(COMPILED)  ## the whole way from a gamepad to a dataset, without a display
	$(BIN)/understudy demo

test: system $(COMPILED) emulated-headset hand-networks  ## the whole suite; what keeps time runs alone
	$(XVFB) $(BIN)/python -m pytest -n 2 -m "not serial"
	$(XVFB) $(BIN)/python -m pytest -m serial

emulated-headset:  ## what the tests put on; where it cannot be fetched, those tests are skipped and say so
	@packaging/install-system-packages packaging/debian-packages-test.txt || echo "No browser: its tests are skipped."
	@if ! command -v npm >/dev/null; then \
		echo "No npm: the tests with an emulated headset are skipped."; \
	elif [ ! -e $(HEADSET)/node_modules ] || [ $(HEADSET)/package-lock.json -nt $(HEADSET)/node_modules ]; then \
		npm ci --prefix $(HEADSET) --ignore-scripts --no-audit --no-fund --loglevel error && touch $(HEADSET)/node_modules || \
		echo "The emulated headset could not be fetched: its tests are skipped."; \
	fi

hand-networks: $(COMPILED)  ## what sees hands before a webcam; likewise
	@$(BIN)/python -m teleop.inputs.webcam.fetching || echo "The networks that see hands could not be fetched: their tests are skipped."

lint: $(COMPILED)  ## style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

sounds: $(COMPILED)  ## assets/sounds/*.wav of the notes in cues.toml
	$(BIN)/python packaging/make-sounds

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: system $(COMPILED)  ## measure beside the peers and write docs/benchmarks.md
	$(XVFB) $(BIN)/understudy bench all --markdown docs/benchmarks.md

package: $(READY)  ## dist/*.whl, which a workstation installs
	$(BIN)/python -m hatchling build -t wheel -d dist

env: $(COMPILED)

compiled: $(COMPILED)  ## what of the twin is C

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || \
		{ echo "Understudy needs Python 3.11 or 3.12; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.11 env"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || packaging/install-system-packages
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# To install the project is to compile what of it is C (hatch_build.py).
$(COMPILED): $(READY) $(wildcard twin/ik/compiled/*.[ch]) hatch_build.py
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .

system:
	@packaging/install-system-packages

lock:  ## after a change of dependencies; needs uv
	uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header --no-annotate --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
