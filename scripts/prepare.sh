#!/bin/bash
# Prepares this machine: `prepare.sh run|test|bench|ledgers PYTHON`. Installs as root, else names the command.
set -euo pipefail
cd "$(dirname "$0")/.."
what=$1
python=$2

fail() { echo "make $what: $1" >&2; exit 1; }

# Installs Debian packages, or says how.
need() {
    local why=$1; shift
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $* ($why)…"
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
        apt-get update -qq >/dev/null 2>&1 || true
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null || fail "apt-get could not install $*: its message stands above."
    else
        fail "$why: run «sudo apt-get install $*» and start again."
    fi
}

if [ "$what" = bench ]; then
    command -v wrk >/dev/null || need "wrk is missing (it asks for the pages)" wrk
    exit
fi

if [ "$what" = ledgers ]; then  # others' ledgers, which `make bench` measures beside ours, in an environment of their own
    own=var/bench/venv
    [ "$own/stamp" -nt requirements-bench.lock ] && exit
    .venv/bin/python -m venv "$own"
    echo "Installing the packages of requirements-bench.lock…"
    "$own/bin/python" -m pip install --quiet --no-input --require-hashes -r requirements-bench.lock || { echo "make bench: the packages of requirements-bench.lock could not be installed: the message stands above." >&2; exit 1; }
    touch "$own/stamp"
    exit
fi

command -v "$python" >/dev/null || {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || fail "Python 3.11 or newer is missing: run «sudo apt-get install python3 python3-venv» and start again."
    python=python3
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || need "Python's venv is missing" python3-venv
if [ "$(id -u)" = 0 ]; then
    command -v setpriv >/dev/null || need "setpriv is missing (PostgreSQL refuses to run as root)" util-linux
fi

has_library() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }
{ has_library libpango-1.0.so.0 && has_library libpangoft2-1.0.so.0 && has_library libharfbuzz-subset.so.0; } ||
    need "WeasyPrint's Pango is missing" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0

if [ "$what" = test ]; then
    command -v chromium >/dev/null || need "Debian's Chromium is missing (the browser tests need it)" chromium
    command -v hledger >/dev/null || need "hledger is missing (it reads our journal in the tests)" hledger
    { command -v go && [ -d /usr/share/gocode/src/golang.org/x/mod ]; } >/dev/null ||
        need "Go and its x/mod are missing (a client of others reads our log in the tests)" golang-go golang-golang-x-mod-dev
    has_library libatomic.so.1 || need "libatomic is missing (Playwright's driver needs it)" libatomic1
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
lock=requirements.lock
[ "$what" = test ] && lock=requirements-dev.lock
echo "Installing the packages of $lock…"
.venv/bin/python -m pip install --quiet --no-input --require-hashes -r "$lock" || fail "the packages of $lock could not be installed: the message stands above."
touch ".venv/$what.stamp"
if [ "$what" = test ]; then touch .venv/run.stamp; fi
