"""Keeps the secrets of second factors under the newest key."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from people.sealing import seal_anew

SEALED = ("secret", "seed")  # of an app with codes; of codes for recovery


@transaction.atomic
def seal_second_factors_anew() -> int:
    """Encrypt every secret with the newest key and return how many there are. Repeat-safe.

    :raises cryptography.fernet.InvalidToken: if one was sealed with a key that is not known; nothing changes then.
    """
    found = Authenticator.objects.select_for_update().filter(data__has_any_keys=SEALED).order_by("pk")
    rows = list(found)
    for row in rows:
        row.data |= {name: seal_anew(row.data[name]) for name in SEALED if name in row.data}
    Authenticator.objects.bulk_update(rows, ["data"], batch_size=500)
    return len(rows)
