"""The letters of a question: it is asked, reminded of once, and what became of a share that did not go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.letters import DonorLetter
from campaigns.models import PurposeShare
from campaigns.repurposing.pool import partakers, pool_of
from people.letters import Words, register

if TYPE_CHECKING:
    from people.models import Letter

ASKED, REMINDER, DONE = "purpose_asked", "purpose_reminder", "purpose_done"


class AskedLetter(DonorLetter):
    """The project can't use the money as it promised: the donor decides what becomes of the share."""

    title = gettext_lazy("Question about a gift")

    def write(self, *, letter: Letter) -> Words:
        """Write to the donor of one gift."""
        share = _share(letter)
        subject = _("Gift No. %(number)s: decide what becomes of it") % {"number": share.donation.number}
        return Words(subject, render_to_string("email/purpose_asked.txt", _asked_context(share)))


class ReminderLetter(DonorLetter):
    """Two days are left to answer."""

    title = gettext_lazy("Reminder of a question about a gift")

    def write(self, *, letter: Letter) -> Words:
        """Write to the donor of one gift who has not answered."""
        share = _share(letter)
        subject = _("Gift No. %(number)s: two days are left to decide") % {"number": share.donation.number}
        context = _asked_context(share) | {"is_reminder": True}
        return Words(subject, render_to_string("email/purpose_asked.txt", context))


class DoneLetter(DonorLetter):
    """A share went to another project or to the fund."""

    title = gettext_lazy("What became of a gift")

    def write(self, *, letter: Letter) -> Words:
        """Write of one share that is booked."""
        share = _share(letter)
        if share.operation is None:
            raise ValueError("a letter about a share that is not in the books")
        context = _common(share) | {
            "operation": share.operation,
            "operation_address": settings.SITE_URL + share.operation.get_absolute_url(),
        }
        subject = _("Gift No. %(number)s: what became of it") % {"number": share.donation.number}
        return Words(subject, render_to_string("email/purpose_done.txt", context))


def register_letters() -> None:
    """Tell the outbox how these letters are written; called from ``AppConfig.ready``."""
    for name, kind in ((ASKED, AskedLetter()), (REMINDER, ReminderLetter()), (DONE, DoneLetter())):
        register(name, kind)


def _share(letter: Letter) -> PurposeShare:
    found = PurposeShare.objects.select_related("question__campaign", "donation__payment", "operation", "target")
    return found.get(pk=letter.context["share"])


def _asked_context(share: PurposeShare) -> dict[str, object]:
    gift = partakers(campaign=share.question.campaign).filter(pk=share.donation_id).first()
    free = gift.free_kopecks if gift is not None else 0  # type: ignore[attr-defined]  # annotated
    address = reverse("gifts:purpose", kwargs={"token": share.donation.token})
    return _common(share) | {
        "answer_address": settings.SITE_URL + address,
        "left_kopecks": pool_of(campaign=share.question.campaign).share(free),
        "is_reminder": False,
    }


def _common(share: PurposeShare) -> dict[str, object]:
    return {
        "share": share,
        "question": share.question,
        "campaign": share.question.campaign,
        "donation": share.donation,
        "gift_address": settings.SITE_URL + share.donation.get_absolute_url(),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }
