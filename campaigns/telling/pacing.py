"""Who writes or asks for letters too often; counted in the database, so that it holds also while Redis is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from campaigns.models import Attempt
from people.addresses import neighbourhood
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=1)


class TooOftenError(Exception):
    """Words come faster from here, or from this person, than people write."""


def count_attempt(*, what: str, address: str, person: str, now: datetime) -> None:
    """Note one attempt inside the caller's transaction; call it once in each.

    :param what: what is tried: each is counted apart.
    :param person: an e-mail, or what else names one; kept as a hash, for a day.
    :raises TooOftenError: if this address or person did so too often in ten minutes.
    """
    neighbours, known = neighbourhood(address), hash_of(person)
    take_turns(f"telling:{what}:{neighbours[0]}", f"telling:{what}:{known}")
    lately = Attempt.objects.filter(what=what, at__gt=now - WINDOW)
    limits = (
        (lately.filter(address__range=neighbours), settings.WORDS_PER_ADDRESS),
        (lately.filter(person_sha256=known), settings.WORDS_PER_PERSON),
    )
    if any(made[:limit].count() >= limit for made, limit in limits):
        raise TooOftenError
    Attempt.objects.create(what=what, address=address, person_sha256=known, at=now)


def hash_of(person: str) -> str:
    """Return a person's mark, from which nobody can guess an e-mail without the site's key."""
    return salted_hmac("campaigns.telling.person", person.lower(), algorithm="sha256").hexdigest()


def forget_attempts(*, now: datetime) -> int:
    """Forget attempts of more than a day ago; return how many. Safe to repeat."""
    return Attempt.objects.filter(at__lt=now - KEPT).delete()[0]
