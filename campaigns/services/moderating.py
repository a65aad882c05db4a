"""Public names that are taken off the campaigns' pages, and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import Donation, HiddenName
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


@transaction.atomic
def hide_name(*, donation_id: int, reason: str, user: User, now: datetime) -> None:
    """Take a gift's name off the page; the act is written down. Safe to repeat: the first reason stays."""
    donation = Donation.objects.select_for_update(of=("self",)).get(pk=donation_id)
    _hidden, is_new = HiddenName.objects.get_or_create(
        donation=donation, defaults={"reason": reason, "hidden_by": user, "hidden_at": now}
    )
    if is_new:
        _record("campaigns.hide_gift_name", donation, user, now, reason)


@transaction.atomic
def show_name(*, donation_id: int, user: User, now: datetime) -> None:
    """Show a gift's name again; the act is written down. Safe to repeat."""
    donation = Donation.objects.select_for_update(of=("self",)).get(pk=donation_id)
    gone, _by_model = HiddenName.objects.filter(donation=donation).delete()
    if gone:
        _record("campaigns.show_gift_name", donation, user, now)


def _record(action: str, donation: Donation, user: User, now: datetime, reason: str = "") -> None:
    details = {"reason": reason} if reason else {}
    record_act(actor=user, action=action, subject=subject_of(donation), details=details, now=now)
