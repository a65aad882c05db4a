"""Donors, and what they agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from people.models import Consent, Donor
from people.selectors import texts_in_force

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


@transaction.atomic
def record_donor(
    *, email: str, public_name: str, consents: Collection[str], address: str | None, now: datetime
) -> Donor:
    """Write down a donor and each text agreed to, in the version in force. Joins the caller's transaction.

    :param consents: kinds of :class:`people.models.LegalText`.
    :raises KeyError: if no text of a kind is in force.
    """
    donor = Donor.objects.create(email=email, public_name=public_name, created_at=now)
    texts = texts_in_force(now=now)
    Consent.objects.bulk_create(
        Consent(text=texts[kind], donor=donor, given_at=now, address=address) for kind in sorted(consents)
    )
    return donor
