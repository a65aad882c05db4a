"""Which version of the site makes the pages."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

ROOMS = ("people", "fund", "communities", "campaigns", "pages", "api", "config", "templates", "locale", "static")
READ = {".py", ".html", ".txt", ".toml", ".po", ".css", ".js", ".svg"}


@cache
def fingerprint() -> str:
    """Return what changes with the code, the templates, the words and the fund's own name; the same on every host."""
    root = Path(settings.BASE_DIR)
    found = sha256(repr((settings.FUND, settings.DEMO_MODE, settings.SITE_URL)).encode())
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*") if path.suffix in READ):
        found.update(str(path.relative_to(root)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
