"""The secrets of links in letters: each can be made anew with the site's key alone, and fits one thing alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from uuid import UUID

    from campaigns.models import Follow, Question, Reader

PREFERENCES, STOP, FOLLOW, QUESTION = "preferences", "stop", "follow", "question"


def token_for(purpose: str, reference: UUID, kind: str = "") -> str:
    """Return the secret for one purpose and one row: 43 characters."""
    digest = salted_hmac("campaigns.telling", f"{purpose}\n{reference}\n{kind}", algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def is_token(token: str, purpose: str, reference: UUID, kind: str = "") -> bool:
    """Return whether a secret is the one for this purpose and row. No query."""
    return constant_time_compare(token, token_for(purpose, reference, kind))


def preferences_path(reader: Reader) -> str:
    """Return the path where a reader chooses which letters come."""
    return _path("letters:preferences", reader=reader.reference, token=token_for(PREFERENCES, reader.reference))


def preferences_address(reader: Reader) -> str:
    """Return that page's whole address, for letters."""
    return settings.SITE_URL + preferences_path(reader)


def stop_address(reader: Reader, kind: str) -> str:
    """Return the address that stops a kind of letters for a reader."""
    path = _path("letters:stop", reader=reader.reference, kind=kind, token=token_for(STOP, reader.reference, kind))
    return settings.SITE_URL + path


def follow_address(follow: Follow) -> str:
    """Return the address where somebody says that it was they who wanted to follow."""
    secret = token_for(FOLLOW, follow.reference)
    return settings.SITE_URL + _path("letters:confirm_follow", reference=follow.reference, token=secret)


def question_address(question: Question) -> str:
    """Return the address where somebody says that it was they who asked."""
    secret = token_for(QUESTION, question.reference)
    return settings.SITE_URL + _path("letters:confirm_question", reference=question.reference, token=secret)


def _path(name: str, **parts: object) -> str:
    return reverse(name, kwargs=parts)
