"""Files of pictures in the storage: kept under a name that says what they are, taken away once nothing shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
FOR_EVER = "public, max-age=31536000, immutable"


def keep(name: str, content: bytes) -> None:
    """Store bytes under a name that says what they are; what is there already is the same, or was cut off."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return
        default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


def send_size(*, name: str, ending: str, is_public: bool) -> HttpResponse:
    """Send one size of a picture; what an address shows never changes, so a public one is kept for ever.

    :raises Http404: if there is no such file.
    """
    if not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as stored:  # a few hundred kilobytes at most
        answer = HttpResponse(stored.read(), content_type=TYPES[ending])
    answer.headers["Cache-Control"] = FOR_EVER if is_public else "private, no-store"
    return answer


def forget_later(names: Iterable[str]) -> None:
    """Delete files once the transaction holds."""

    def forget() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(forget)
