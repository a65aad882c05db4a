"""Files of pictures in the storage: kept under a name that says what they are, taken away once nothing shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable


def keep(name: str, content: bytes) -> None:
    """Store bytes under a name that says what they are; what is there already is the same, or was cut off."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return
        default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


def forget_later(names: Iterable[str]) -> None:
    """Delete files once the transaction holds."""

    def forget() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(forget)
