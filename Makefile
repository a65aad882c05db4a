# The fund's two commands: `make run` and `make test`. README.md says more.
SHELL := /bin/bash
.DEFAULT_GOAL := run
PYTHON ?= python3.11
BIN := .venv/bin
TESTS := $(BIN)/python -m pytest -n 2 --dist worksteal
# The rooms where money is kept are tested to the last branch, by their own tests: to watch costs a third more time.
WHOLE := --cov=fund.ledger --cov=fund.payments --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint mass-refund bench bench-pages bench-finding bench-shop audit lighthouse lock clean

run: .venv/run.stamp
	@exec $(BIN)/python -m config.embedded.run

test: .venv/test.stamp lint
	@failed=0; $(TESTS) tests/fund $(WHOLE) || failed=1; $(TESTS) --ignore=tests/fund || failed=1; exit $$failed

lint: .venv/test.stamp
	@bash scripts/lint.sh

# Five thousand gifts that go back through ten deaths; `make test` does it with two hundred. docs/adr/0043
mass-refund: .venv/test.stamp
	@MASS_REFUND_GIFTS=5000 exec $(BIN)/python -m pytest tests/campaigns/test_mass_refund.py -q --durations=3

# How quick the books are beside bare SQL and others' ledgers; about twenty minutes on a quiet machine, on data of its own.
# docs/benchmarks/books.md; other sizes: make bench BENCH="--postings 100000 --rounds 5 --seconds 2"
bench: .venv/run.stamp
	@bash scripts/prepare.sh ledgers $(PYTHON)
	@exec $(BIN)/python -m config.embedded.bench.books $(BENCH)

# How quickly strangers are answered while gifts come in; five minutes, on data of its own. docs/benchmarks/pages.md
bench-pages: .venv/run.stamp
	@bash scripts/prepare.sh bench $(PYTHON)
	@exec $(BIN)/python -m config.embedded.bench

# How long the database takes to find projects among ten thousand; ten minutes, on data of its own.
# docs/benchmarks/finding.md
bench-finding: .venv/run.stamp
	@exec $(BIN)/python -m config.embedded.bench.finding $(BENCH)

# How long the shop's pages take among five thousand variants; five minutes, on data of its own. docs/benchmarks/shop.md
bench-shop: .venv/run.stamp
	@exec $(BIN)/python -m config.embedded.bench.shop $(BENCH)

# Everything that runs needs, and no more.
.venv/run.stamp: requirements.lock scripts/prepare.sh
	@bash scripts/prepare.sh run $(PYTHON)

.venv/test.stamp: requirements-dev.lock requirements.lock scripts/prepare.sh
	@bash scripts/prepare.sh test $(PYTHON)

# The scores of four pages in docs/benchmarks/lighthouse.md; needs node 18.20 or newer.
lighthouse: .venv/test.stamp
	@command -v npm >/dev/null || { echo "make lighthouse: npm is missing: run «sudo apt-get install nodejs npm» and start again."; exit 1; }
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python scripts/lighthouse.py --write

# Known holes in the locked packages, as OSV lists them; needs the network, so no part of `make test`.
audit: .venv/run.stamp
	@exec $(BIN)/python -m config.audit $(wildcard requirements*.lock)

# New versions within the ranges of pyproject.toml; needs `uv`.
lock:
	uv pip compile pyproject.toml --upgrade --group embedded --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -c requirements.lock -o requirements-prod.lock
	uv pip compile pyproject.toml --upgrade --group embedded --group dev --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -c requirements.lock -o requirements-dev.lock
	uv pip compile --group pyproject.toml:bench --no-strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -c requirements.lock -o requirements-bench.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
