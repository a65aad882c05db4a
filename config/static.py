"""Which static files are gathered: what the pages use, and no more."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.contrib.staticfiles.apps import StaticFilesConfig

from config.env import BASE_DIR

if TYPE_CHECKING:
    from pathlib import Path

# Libraries bring them, no page asks for them. Of the admin's own styles the desk uses those of one widget, in two
# languages; what stands there beside a ``.min`` file is the same once more.
LEFT_OUT = [
    "rest_framework",
    "redoc",
    "ext",
    "htmx-4*",
    "htmax*",
    "admin/css/[!av]*",
    "admin/img/*",
    "admin/js/vendor/select2/i18n/[!er]*",
    "jquery.js",
    "select2.css",
    "select2.full.js",
    "xregexp.js",
]
FINGERPRINT = ".fingerprint"


class UsedStaticFiles(StaticFilesConfig):
    """Gathers less: to compress what nobody asks for took most of a start."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *LEFT_OUT]


def fingerprint() -> str:
    """Return what changes when the gathered files would: our own files, the libraries' versions, the settings."""
    named = [BASE_DIR / "requirements.lock", BASE_DIR / "config/settings/base.py"]
    sources = [*sorted(BASE_DIR.glob("static/**/*")), *named]
    told = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sources if path.is_file()]
    return sha256("\n".join([*told, *LEFT_OUT]).encode()).hexdigest()


def are_gathered(root: Path) -> bool:
    """Return whether the directory holds what would be gathered now."""
    mark = root / FINGERPRINT
    return mark.exists() and mark.read_text(encoding="ascii") == fingerprint()


def note_gathered(root: Path) -> None:
    """Note that the directory holds what would be gathered now."""
    (root / FINGERPRINT).write_text(fingerprint(), encoding="ascii")
