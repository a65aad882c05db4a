"""How anybody checks the books without us: the page that can be saved, the script, the names of files."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

LANGUAGE = "ru"  # the saved page is one file with one hash, so it speaks one language
MODULE, STYLE, SCRIPT = "js/verify.js", "css/saved.css", "py/verify_books.py"


def proof_name(number: int) -> str:
    """Return the name under which the proof of an operation is saved."""
    return f"penza-{number}.tlog-proof"


def short_root(root: bytes) -> str:
    """Return the ends of a root's hexadecimal form: enough for an eye to compare, the whole stands in the proof."""
    digits = root.hex()
    return f"{digits[:8]}…{digits[-8:]}"


def saved_page() -> bytes:
    """Return the page of verification as one file that needs nothing beside it; the same bytes on every host."""
    return _saved_page(settings.LOG_VERIFIER_KEY, settings.SITE_URL)


def page_sha256() -> str:
    """Return the hash of the page of verification, as receipts and reports print it."""
    return sha256(saved_page()).hexdigest()


def script() -> bytes:
    """Return ``verify_books.py``, which checks the whole log."""
    return _static(SCRIPT)


def script_sha256() -> str:
    """Return the hash of ``verify_books.py``."""
    return sha256(script()).hexdigest()


def log_name() -> str:
    """Return the log's name (its origin), the first line of each checkpoint."""
    return str(settings.LOG_VERIFIER_KEY).partition("+")[0]


@cache
def _saved_page(verifier_key: str, site_url: str) -> bytes:
    context = {
        "verifier_key": verifier_key,
        "log_name": verifier_key.partition("+")[0],
        "site_url": site_url,
        "style": _static(STYLE).decode(),
        "module": _static(MODULE).decode(),
    }
    with override(LANGUAGE):
        return render_to_string("ledger/saved.html", context).encode()


@cache
def _static(name: str) -> bytes:
    """Return a file of ours from where it is written, the one source of what is served and what is saved."""
    path = finders.find(name)
    return Path(str(path)).read_bytes()
