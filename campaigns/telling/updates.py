"""News of a project: a draft, published once under its number, corrected in the open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from campaigns.models import Mailing, NewsKind, Update
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.models import Campaign

DAY = timedelta(days=1)
MOST_DRAFTS = 20
MOST_A_DAY = 5


class KeyReusedError(Exception):
    """The form's key already names another update."""


class TooManyUpdatesError(Exception):
    """More drafts lie there, or more was published today, than anybody reads."""


class PublishedError(Exception):
    """It is published: it can be corrected, not thrown away."""


@transaction.atomic
def write_update(*, campaign: Campaign, title: str, body: str, key: str, now: datetime) -> Update:
    """Keep a draft of an update. Repeat-safe: the key names the draft.

    :raises KeyReusedError: if the key came before for another project.
    :raises TooManyUpdatesError: if many drafts lie there already.
    """
    take_turns(f"update:{campaign.pk}")
    known = Update.objects.select_related("campaign").filter(request_key=key).first()
    if known is not None:
        if known.campaign_id != campaign.pk:
            raise KeyReusedError
        return known
    if Update.objects.filter(campaign=campaign, published_at__isnull=True).count() >= MOST_DRAFTS:
        raise TooManyUpdatesError
    return Update.objects.create(campaign=campaign, title=title, body=body, request_key=key, created_at=now)


@transaction.atomic
def change_update(*, update_id: int, title: str, body: str, now: datetime) -> Update:
    """Change a draft, or correct what is published: the database keeps the earlier wording. Repeat-safe."""
    update = Update.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=update_id)
    if (update.title, update.body) == (title, body):
        return update
    update.title, update.body = title, body
    if update.published_at is not None:
        update.corrected_at = now
    update.save(update_fields=["title", "body", "corrected_at"])
    return update


@transaction.atomic
def publish_update(*, update_id: int, now: datetime) -> Update:
    """Publish a draft under its project's next number, and begin to tell those who follow. Repeat-safe.

    :raises TooManyUpdatesError: if much was published within a day.
    """
    campaign_id = Update.objects.values_list("campaign", flat=True).get(pk=update_id)
    take_turns(f"update:{campaign_id}")
    update = Update.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=update_id)
    if update.published_at is not None:
        return update
    published = Update.objects.filter(campaign=campaign_id, published_at__isnull=False)
    if published.filter(published_at__gt=now - DAY).count() >= MOST_A_DAY:
        raise TooManyUpdatesError
    last = published.aggregate(last=Max("number"))["last"] or 0
    update.number, update.published_at = last + 1, now
    update.save(update_fields=["number", "published_at"])
    Mailing.objects.create(
        kind=NewsKind.UPDATES, subject=f"update:{update.pk}", campaign=update.campaign, update_row=update, begun_at=now
    )
    return update


@transaction.atomic
def drop_draft(*, update_id: int) -> None:
    """Throw a draft away. Repeat-safe.

    :raises PublishedError: if it is published meanwhile.
    """
    update = Update.objects.select_for_update().filter(pk=update_id).first()
    if update is not None and update.published_at is not None:
        raise PublishedError
    if update is not None:
        update.delete()
