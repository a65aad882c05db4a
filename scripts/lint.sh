#!/bin/bash
# Style, types, import contracts, templates, dependencies; the first fault stops it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check --quiet .
$bin/ruff format --check --quiet .
$bin/mypy --no-error-summary . &
types=$!
$bin/lint-imports --no-cache >/tmp/lint-imports.$$ || { cat /tmp/lint-imports.$$; kill $types; exit 1; }
rm -f /tmp/lint-imports.$$
$bin/djlint --quiet --lint templates
$bin/deptry --no-ansi . 2>&1 | tail -n 3
wait $types
echo "lint: style, types, contracts, templates and dependencies hold."
