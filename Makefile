# Each target does its own set-up: a virtual environment in .venv with exactly the files of constraints.txt, by their hashes.
# All it needs is Python 3.11 or newer and a package index. `make test PYTHON=python3.12` picks another Python.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
STAMP := $(VENV)/.installed
# What builds the site of docs/ has an environment of its own: tests and users need none of it.
SITE_VENV := .venv-docs
SITE_STAMP := $(SITE_VENV)/.installed
# Where the tests note which refusals they provoked.
NOTES := $(CURDIR)/build/meta
# Trials of make chaos. A trial that failed is run again with NR_RUN_CHAOS_SEED=... pytest tests/chaos/test_chaos.py.
CHAOS ?= 200
# Estates of make truth; each is looked at about four times as it is, and three times with a fault.
TRUTH ?= 75
# Turns of each side of make bench, and a Python with scrapli, pyats[library] or ntc-templates in it, if they are to be compared.
TURNS ?= 5
OTHERS ?=
# Workers of make test. More than there are cores: a test against the lab waits for its devices two thirds of the time.
WORKERS ?= 8
# Folders whose tests talk to no device, so that the inner loop stays short.
FAST := $(wildcard $(addprefix tests/,inventory templates parsers changes checks packaging))

# Compiled files are kept, even where the environment of a container says otherwise: without them each of the workers compiles all
# tests again before its first one, which is half of the time that it takes to collect them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help tools demo test matrix faults laws chaos thousands damages diagnosis phones meta check lint bench bench-all pictures rendered reference docs constraints clean

help:
	@echo "make demo         build the example's twelve VPN tunnels in the lab, verify each and save it (a minute)"
	@echo "make test         all tests"
	@echo "make tools        a browser and promtool, from the distribution (as root); tests of the page and the metrics need them"
	@echo "make matrix       every pair of platforms with every IKE version and style that is built, in the lab (an hour)"
	@echo "make faults       all faults and all kinds of answers against all tasks and devices (far more than make test tries; an hour)"
	@echo "make laws         the laws of changes, parsers and secrets with all their examples (make test draws two in five; minutes)"
	@echo "make chaos        random faults at random moments, judged from the devices (CHAOS=200 trials; half an hour)"
	@echo "make thousands    a hub with five thousand tunnels: validated, parsed and judged (a minute or two)"
	@echo "make damages      every capture of the parsers, damaged in many ways, read fast and slowly (minutes)"
	@echo "make diagnosis    every cause planted in the lab, on every form: what is named, as a table (ten minutes; writes docs/explanation/diagnosis.md)"
	@echo "make phones       every cause that keeps IP phones out, alone and in pairs, in the lab: what is named, as a table (minutes)"
	@echo "make truth        how often nr-run verify is wrong, on random estates with and without a fault (TRUTH=75 estates; writes docs/explanation/truth.md)"
	@echo "make meta         which refusals the last make test did not provoke"
	@echo "make check        the inner loop: lint, types, and the tests that need no device"
	@echo "make lint         ruff and mypy only"
	@echo "make bench        what everything costs beside plain nornir_netmiko, a quick look (ROWS=deploy/c881,parse: those rows)"
	@echo "make bench-all    every row of docs/benchmarks.md that has not been measured yet; may be cut and started again (hours)"
	@echo "make pictures     the README's pictures, exported by the program itself"
	@echo "make rendered     docs/rendered/ and the matrix of pairs, from templates and tables as they are"
	@echo "make reference    the pages, and the parts of pages, that come from the code: options, fields, platforms, causes"
	@echo "make docs         the site of docs/, into build/docs; a warning is an error"
	@echo "make constraints  all three constraints files again, from the newest versions that pyproject.toml allows"
	@echo "make clean        remove .venv, caches and builds; runs/ stays"

demo: $(STAMP)
	$(BIN)/nr-run deploy-l2l --lab --yes

tools:
	.ci/tools

test: $(STAMP)
	@rm -rf $(NOTES)
	NR_RUN_META=$(NOTES) $(BIN)/pytest -q -n $(WORKERS)

matrix: $(STAMP)
	NR_RUN_MATRIX=all $(BIN)/pytest -q -n 4 tests/matrix tests/lab/test_pairs.py tests/runbooks/test_asa.py tests/runbooks/test_changing.py \
		tests/runbooks/test_forms.py tests/runbooks/test_map_routes.py tests/runbooks/test_nat_exemption.py

faults: $(STAMP)
	NR_RUN_FAULTS=all $(BIN)/pytest -q -n 4 tests/faults tests/honesty tests/failover tests/services/zia/test_faults.py \
		tests/services/cloud/test_carried.py tests/far/test_deploys.py tests/far/test_rotations.py tests/far/test_failover.py \
		tests/far/test_joining.py tests/far/test_audit.py

laws: $(STAMP)
	NR_RUN_LAWS=all $(BIN)/pytest -q -n 2 $$(grep -rl 'import examples' tests --include='test_*.py')

chaos: $(STAMP)
	NR_RUN_CHAOS=$(CHAOS) $(BIN)/pytest -q -n 2 tests/chaos

thousands: $(STAMP)
	NR_RUN_THOUSANDS=all $(BIN)/pytest -q -n 0 tests/verify/test_thousands.py

damages: $(STAMP)
	NR_RUN_DAMAGES=40 $(BIN)/pytest -q -n 2 tests/parsers/test_passages.py

diagnosis: $(STAMP)
	@rm -rf build/diagnosis
	NR_RUN_DIAGNOSIS=all $(BIN)/pytest -q -n 2 tests/diagnosis; status=$$?; \
		$(BIN)/python docs/generate/diagnosis.py build/diagnosis/named.json && exit $$status

phones: $(STAMP)
	NR_RUN_PHONES=all $(BIN)/pytest -q -n 0 tests/remote_access tests/services/phones

truth: $(STAMP)
	@rm -rf build/truth
	-NR_RUN_TRUTH=$(TRUTH) $(BIN)/pytest -q -n 2 tests/verify/test_truth.py
	$(BIN)/python docs/generate/truth.py build/truth

meta: $(STAMP)
	$(BIN)/python tests/meta/unprovoked.py $(NOTES)

check: lint
	$(BIN)/pytest -q -n 2 $(FAST)

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(STAMP)
	BENCH_OTHERS=$(OTHERS) $(BIN)/python benchmarks/bench.py --times $(TURNS) $(if $(ROWS),--rows '$(ROWS)')

bench-all: $(STAMP)
	BENCH_OTHERS=$(OTHERS) $(BIN)/python benchmarks/bench.py --times $(TURNS) --all

pictures: $(STAMP)
	$(BIN)/python docs/pictures.py
	$(BIN)/python -m tests.reports.page_pictures

rendered: $(STAMP)
	$(BIN)/python docs/generate/features.py
	$(BIN)/python tests/matrix/table.py

reference: $(STAMP)
	$(BIN)/python -m nr_run.runbooks.reports.document
	$(BIN)/python -m nr_run.parsers.fields.document > docs/reference/parser-fields.md.new
	@mv docs/reference/parser-fields.md.new docs/reference/parser-fields.md
	$(BIN)/python docs/generate

docs: $(SITE_STAMP)
	$(SITE_VENV)/bin/python -m sphinx -W --keep-going -q -b html docs build/docs

$(SITE_STAMP): constraints-docs.txt
	@echo "setting up $(SITE_VENV)"
	@$(PYTHON) -m venv $(SITE_VENV)
	@$(SITE_VENV)/bin/python -m pip --disable-pip-version-check -qq install --require-hashes --requirement constraints-docs.txt
	@touch $@

# The environment is built again when what it was built from has changed. All that it holds is in constraints.txt, pip and what
# builds nr-run too, and pip takes no file whose hash is not there; nr-run itself is built with what was installed so.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nr-run needs Python 3.11 or newer: make PYTHON=/path/to/it")'
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --requirement constraints.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Of each release all files, whatever the platform; uv writes that down, and is needed for nothing else.
COMPILE = build/constraints/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

constraints:
	@rm -rf build/constraints && mkdir -p build
	@$(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip -qq --disable-pip-version-check install uv
	@printf 'pip>=25.1\nhatchling>=1.25\n' > build/constraints/tools.in
	@$(COMPILE) pyproject.toml --group dev build/constraints/tools.in > build/constraints/all.txt
	@$(COMPILE) pyproject.toml --constraint build/constraints/all.txt > build/constraints/runtime.txt
	@$(COMPILE) --group docs > build/constraints/docs.txt
	@head -n 3 constraints.txt > build/constraints/head.txt && cat build/constraints/all.txt >> build/constraints/head.txt
	@head -n 2 constraints-runtime.txt > build/constraints/head-2.txt && cat build/constraints/runtime.txt >> build/constraints/head-2.txt
	@mv build/constraints/head.txt constraints.txt && mv build/constraints/head-2.txt constraints-runtime.txt
	@head -n 2 constraints-docs.txt > build/constraints/head-3.txt && cat build/constraints/docs.txt >> build/constraints/head-3.txt
	@mv build/constraints/head-3.txt constraints-docs.txt
	@rm -rf build/constraints

clean:
	rm -rf $(VENV) $(SITE_VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
