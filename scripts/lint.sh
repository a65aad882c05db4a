#!/bin/bash
# Style, types, import contracts, templates, dependencies, migrations; the first fault stops it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check --quiet .
$bin/ruff format --check --quiet .
$bin/mypy --no-error-summary . &
types=$!
$bin/lint-imports --no-cache >/tmp/lint-imports.$$ || { cat /tmp/lint-imports.$$; kill $types; exit 1; }
rm -f /tmp/lint-imports.$$
$bin/djlint --quiet --check templates emulator >/dev/null || true
$bin/djlint --quiet --lint templates
$bin/deptry --no-ansi . 2>&1 | tail -n 3
wait $types
VAR=$(mktemp -d) $bin/python manage.py makemigrations --check --dry-run --verbosity 0
echo "lint: style, types, contracts, templates, dependencies and migrations hold."
