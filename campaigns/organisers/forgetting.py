"""Forgetting an organiser: papers, requisites, words; who ran campaigns leaves an agreement for its lawful time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from campaigns.models import Acceptance, Campaign, Draft, Organiser, OrganiserStep, Requisites
from campaigns.organisers.moves import lock_organiser
from campaigns.organisers.papers import drop, drop_lost
from people.erasure import AccountBusyError

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

UNFINISHED = (
    Campaign.Status.IN_REVIEW,
    Campaign.Status.APPROVED,
    Campaign.Status.LIVE,
    Campaign.Status.FUNDED,
    Campaign.Status.DELIVERING,
)
UNSEEN = (Campaign.Status.DRAFT, Campaign.Status.CHANGES_ASKED)
BATCH = 200


def is_busy(*, email: str) -> bool:
    """Return whether the account of an address runs campaigns that are not finished. One query."""
    own = Campaign.objects.filter(organiser__user__email__iexact=email, status__in=UNFINISHED)
    return own.exists()


def forget_account(*, user: User, now: datetime) -> None:
    """Let go of an account that is about to be deleted. Repeat-safe.

    :raises AccountBusyError: if it runs campaigns that are not finished: donors gave to them.
    """
    if Campaign.objects.filter(organiser__user=user, status__in=UNFINISHED).exists():
        raise AccountBusyError
    for organiser_id in Organiser.objects.filter(user=user).values_list("pk", flat=True):
        forget_organiser(organiser_id=organiser_id, now=now)


@transaction.atomic
def forget_organiser(*, organiser_id: int, now: datetime) -> None:
    """Empty an organiser of all that is personal; the row stays for its steps and campaigns. Safe to run twice.

    A community's name is no person's and stays; what was written of projects that nobody saw goes. Whoever ran
    campaigns leaves requisites and agreement for the time that the law wants (402-ФЗ, ст. 29), in nobody's name.
    """
    found = lock_organiser(organiser_id=organiser_id)
    if found.erased_at is not None:
        return
    for document in found.documents.filter(removed_at__isnull=True):
        drop(document, now=now)
    if not found.campaigns.published().exists():
        _drop_agreements(found)
    drafts = found.campaigns.filter(launched_at__isnull=True, status__in=UNSEEN)
    Draft.objects.filter(campaign__in=drafts).delete()
    drafts.update(title="", summary="", story="")
    if found.community_id is None:
        found.name = ""
    found.user = found.claimed = None
    found.about = found.moved_because = ""
    found.erased_at = now
    found.save()
    OrganiserStep.objects.filter(organiser=found).exclude(reason="").update(reason="")


def forget_old(*, now: datetime) -> dict[str, int]:
    """Forget applications that led nowhere and agreements whose time is over; return how many. Safe to repeat."""
    long_ago = now - timedelta(settings.RETAIN_DAYS["application"])
    nowhere = Q(state=Organiser.State.REFUSED, moved_at__lt=long_ago) | Q(
        state__in=[Organiser.State.APPLYING, Organiser.State.CHANGES_ASKED], touched_at__lt=long_ago
    )
    idle = Organiser.objects.filter(nowhere, erased_at__isnull=True, verified_at__isnull=True)
    count = 0
    for organiser_id in list(idle.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        forget_organiser(organiser_id=organiser_id, now=now)
        count += 1
    over = Organiser.objects.filter(
        erased_at__lt=now - timedelta(settings.RETAIN_DAYS["agreement"]), requisites__isnull=False
    )
    for organiser in over.distinct().order_by("pk")[:BATCH]:
        with transaction.atomic():
            _drop_agreements(organiser)
    return {"applications": count, "papers": drop_lost(now=now)}


def _drop_agreements(organiser: Organiser) -> None:
    """Delete requisites, and of agreements all but that and when which version was accepted; files first."""
    for acceptance in Acceptance.objects.filter(organiser=organiser).exclude(sealed=""):
        default_storage.delete(acceptance.file_name)
    Acceptance.objects.filter(organiser=organiser).exclude(sealed="").update(sealed="")
    Requisites.objects.filter(organiser=organiser).delete()
