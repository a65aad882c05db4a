"""Making, finding and taking back the keys of the API."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from people.models import ApiKey
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

PREFIX = "skp_"  # so that a key that got into somebody's repository is found there
MOST_KEYS = 10
SCHEME = "bearer"
LONGEST = 100
SHOWN = 8
USED_PACE = timedelta(hours=1)


class TooManyKeysError(Exception):
    """A person has as many live keys as anybody needs."""


@transaction.atomic
def make_key(*, user: User, name: str, may_launch: bool, days: int, now: datetime) -> tuple[ApiKey, str]:
    """Return a new key's row, and the key itself, which nobody can read again.

    :raises TooManyKeysError: if the person has ten live ones.
    """
    take_turns(f"api-keys:{user.pk}")
    if ApiKey.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now).count() >= MOST_KEYS:
        raise TooManyKeysError
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        user=user,
        name=name,
        may_launch=may_launch,
        start=secret[: len(PREFIX) + SHOWN],
        digest=_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return row, secret


def find_key(*, secret: str, now: datetime) -> ApiKey | None:
    """Return the live key of a person who may sign in; None for anything else. Its use is noted once an hour."""
    found = ApiKey.objects.select_related("user").filter(digest=_digest(secret)).first()
    if found is None or not found.is_live(now) or not found.user.is_active:
        return None
    stale = Q(used_at__isnull=True) | Q(used_at__lt=now - USED_PACE)
    ApiKey.objects.filter(stale, pk=found.pk).update(used_at=now)
    return found


def secret_of(*, header: str) -> str | None:
    """Return the key that «Authorization: Bearer skp_…» carries; None where it carries none."""
    scheme, _space, secret = header.partition(" ")
    return secret[:LONGEST] if scheme.lower() == SCHEME else None


def revoke_key(*, user: User, key_id: int, now: datetime) -> bool:
    """Take one's own key back; return whether it was live. Repeat-safe."""
    return bool(ApiKey.objects.filter(pk=key_id, user=user, revoked_at__isnull=True).update(revoked_at=now))


def revoke_keys(*, user: User, now: datetime) -> int:
    """Take every key of a person back; return how many. Safe to repeat."""
    return ApiKey.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
