"""How long what is known of people is kept; the periods are settings and stand in the privacy policy."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from people.models import Consent, Letter, Visit

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

BATCH = 1000
VISIT_AFTERLIFE = timedelta(days=1)


def forget_old(*, now: datetime) -> dict[str, int]:
    """Forget what has been kept long enough, a batch at a time; return how many rows of each. Safe to repeat."""
    days = settings.RETAIN_DAYS
    old_consents = Consent.objects.filter(address__isnull=False, given_at__lt=now - timedelta(days["address"]))
    old_letters = Letter.objects.exclude(address="").filter(sent_at__lt=now - timedelta(days["letter"]))
    given_up = Letter.objects.exclude(address="", body="").filter(given_up_at__lt=now - timedelta(days["letter"]))
    return {
        "addresses": _in_batches(old_consents, address=None),
        "letters": _in_batches(old_letters, address="")
        + _in_batches(given_up, address="", subject="", body="", failure="Expired"),
        "visits": Visit.objects.filter(ends_at__lt=now - VISIT_AFTERLIFE).delete()[0],
    }


def _in_batches(rows: QuerySet[Consent] | QuerySet[Letter], **values: object) -> int:
    """Change rows so that they no longer fit the query, each batch in a transaction of its own."""
    total = 0
    while True:
        with transaction.atomic():
            batch = list(rows.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:BATCH])
            rows.model.objects.filter(pk__in=batch).update(**values)
        total += len(batch)
        if len(batch) < BATCH:
            return total
