"""News on its way: to each follower one letter, a few followers at a time, whoever is cut or runs beside another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from campaigns.models import Donation, Follow, Mailing, NewsKind, StoppedKind
from campaigns.telling.kinds import is_still_so, news_kind
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from people.models import Letter

OF_USE = timedelta(days=7)  # a letter that could not be sent for so long is news no more
MOST_AT_ONCE = 100


def waiting_mailings() -> list[int]:
    """Return what is still being told, the oldest first. One query."""
    waiting = Mailing.objects.filter(done_at__isnull=True).order_by("begun_at", "pk")
    return list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])


def deliver_some(*, limit: int, now: datetime) -> list[Letter]:
    """Queue the next letters of all that is being told, each piece of news its share; return them. Repeat-safe."""
    mailings = waiting_mailings()
    share = max(1, limit // max(1, len(mailings)))
    letters: list[Letter] = []
    for mailing_id in mailings:
        if len(letters) >= limit:
            break
        letters += deliver(mailing_id=mailing_id, limit=min(share, limit - len(letters)), now=now)
    return letters


@transaction.atomic
def deliver(*, mailing_id: int, limit: int, now: datetime) -> list[Letter]:
    """Queue the next letters of one piece of news. Cut, nothing of it has happened; two at once take turns.

    That nobody gets a letter twice is held three times: by the turn, by ``cursor``, and by the outbox, where the kind,
    the subject and the reader make the letter's unique name.
    """
    mailing = (
        Mailing.objects.select_for_update(of=("self",)).select_related("campaign", "update_row").get(pk=mailing_id)
    )
    if mailing.done_at is not None:
        return []
    follows = list(audience(mailing).select_related("reader")[:limit]) if is_still_so(mailing) else []
    letters = [_queue(mailing, follow, now) for follow in follows]
    mailing.letters += len(letters)
    mailing.cursor = follows[-1].pk if follows else mailing.cursor
    mailing.done_at = now if len(follows) < limit else None
    mailing.save(update_fields=["letters", "cursor", "done_at"])
    return letters


def audience(mailing: Mailing) -> QuerySet[Follow]:
    """Return who is still to be told, in order: who followed when it began, less those who stopped such letters."""
    stopped = StoppedKind.objects.filter(reader=OuterRef("reader"), kind=mailing.kind)
    found = Follow.objects.filter(
        campaign=mailing.campaign_id, confirmed_at__lte=mailing.begun_at, pk__gt=mailing.cursor
    ).filter(~Exists(stopped))
    if mailing.kind == NewsKind.REMINDER:
        gave = Donation.objects.kept().annotate(email=Lower("donor__email"))
        gave = gave.filter(campaign=OuterRef("campaign"), created_at__gte=OuterRef("created_at"))
        found = found.filter(~Exists(gave.filter(email=Lower(OuterRef("reader__email")))))
    return found.order_by("pk")


def _queue(mailing: Mailing, follow: Follow, now: datetime) -> Letter:
    last = mailing.campaign.closes_at if mailing.kind == NewsKind.REMINDER else None
    return queue_letter(
        kind=news_kind(mailing.kind),
        key=f"{mailing.kind}:{mailing.subject}:{follow.reader.reference}",
        to=follow.reader.email,
        context={"mailing": mailing.pk, "follow": follow.pk},
        expires_at=last or now + OF_USE,
        now=now,
    )
