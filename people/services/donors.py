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


@transaction.atomic
def repeat_donor(*, donor: Donor, now: datetime, anew: Collection[str] = (), address: str | None = None) -> Donor:
    """Write a donor down once more, for a gift that was agreed to before; each text as it was agreed to then.

    What was taken back is not carried over. Joins the caller's transaction.

    :param anew: kinds of texts that are agreed to again now, in the version in force, from ``address``.
    :raises KeyError: if no text of such a kind is in force.
    """
    made = Donor.objects.create(
        email=donor.email,
        public_name=donor.public_name,
        created_at=now,
        erased_at=donor.erased_at,
        erased_as=donor.erased_as,
    )
    given = Consent.objects.filter(donor=donor, withdrawal__isnull=True).exclude(text__kind__in=anew)
    rows = [Consent(text_id=row.text_id, donor=made, given_at=row.given_at) for row in given]
    if anew:
        texts = texts_in_force(now=now)
        rows += [Consent(text=texts[kind], donor=made, given_at=now, address=address) for kind in sorted(anew)]
    Consent.objects.bulk_create(rows)
    return made
