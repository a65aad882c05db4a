"""What is known of donors goes when its time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from campaigns.models import Donation
from campaigns.organisers import forgetting as organisers
from campaigns.services.erasing import drop_statements, forget_gifts
from campaigns.wishes.paying import settled_details
from fund.payments.models import Payment
from fund.sales import services as sales
from people import retention
from people.erasure import erase_donors
from people.models import Donor, Visit

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

BATCH = 200


def forget_old(*, now: datetime) -> dict[str, int]:
    """Forget what has been kept long enough; return how many of each. Safe to repeat; each batch is a transaction."""
    unfinished = _long_unpaid(now)
    return {
        "unfinished": _forget(unfinished, now),
        "donors": _forget(_long_silent(now), now),
        "subscriptions": _forget_ended(now),
        "statements": _drop_old_statements(now),
        "requisites": settled_details(before=now - timedelta(settings.RETAIN_DAYS["requisites"])).delete()[0],
        **sales.forget_old(now=now),
        **organisers.forget_old(now=now),
        **retention.forget_old(now=now),
    }


def _long_unpaid(now: datetime) -> QuerySet[Donation]:
    """Return gifts that were not paid in the end, begun long ago, whose donor is still known."""
    before = now - timedelta(settings.RETAIN_DAYS["unfinished"])
    return Donation.objects.filter(
        payment__state=Payment.State.CANCELED, created_at__lt=before, donor__erased_at__isnull=True, donor__isnull=False
    )


def _long_silent(now: datetime) -> QuerySet[Donation]:
    """Return gifts of people who gave nothing for years."""
    before = now - timedelta(settings.RETAIN_DAYS["donor"])
    own = Donor.objects.annotate(lower_email=Lower("email"))
    later = own.filter(lower_email=Lower(OuterRef("donor__email")), created_at__gte=before)
    found = Donation.objects.filter(created_at__lt=before, donor__erased_at__isnull=True, donor__isnull=False)
    return found.filter(~Exists(later)).exclude(pk__in=found.unfinished().values("pk"))


def _forget(gifts: QuerySet[Donation], now: datetime) -> int:
    """Forget a batch of people after the other, all gifts of one e-mail together."""
    total = 0
    while emails := list(gifts.order_by("pk").values_list(Lower("donor__email"), flat=True)[:BATCH]):
        for email in sorted(set(emails)):
            with transaction.atomic():
                own = gifts.annotate(lower_email=Lower("donor__email")).filter(lower_email=email)
                total += forget_gifts(donation_ids=list(own.values_list("pk", flat=True)), now=now)
    return total


def _forget_ended(now: datetime) -> int:
    """Forget who agreed to monthly gifts that ended long ago, where no gift of theirs keeps them known."""
    before = now - timedelta(settings.RETAIN_DAYS["donor"])
    old = Donor.objects.filter(subscriptions__ended_at__lt=before, donation__isnull=True, erased_at__isnull=True)
    return erase_donors(donor_ids=list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]), now=now)


def _drop_old_statements(now: datetime) -> int:
    ended = Visit.objects.filter(ends_at__lt=now)
    count = ended.filter(statements__isnull=False).count()
    drop_statements(visits=ended)
    return count
