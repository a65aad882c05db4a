"""The letters about gifts: the receipt, and word of money that goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Donation
from campaigns.selectors import is_sent_to_fund
from fund.payments.models import Alarm, Refund
from fund.payments.services import raise_alarm
from fund.payments.services.alarms import close_alarms
from people.letters import Words

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from people.models import Letter

RECEIPT, LATE, REFUND = "receipt", "gift_late", "refund"


class DonorLetter:
    """What letters to donors have in common: one that nobody takes raises an alarm, which a later yes closes."""

    title: _StrPromise

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Let a person look at it."""
        raise_alarm(kind=Alarm.Kind.NOT_DELIVERED, subject=f"letter:{letter.pk}", now=now)

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Close what was open about it: a person had it tried once more."""
        close_alarms(subject=f"letter:{letter.pk}", now=now)


class ReceiptLetter(DonorLetter):
    """Thanks, the entry in the books, the PDF."""

    title = gettext_lazy("Receipt")

    def write(self, *, letter: Letter) -> Words:
        """Write of one paid gift."""
        donation = _donation(letter.context["donation"])
        operation = donation.payment.operation
        if operation is None:
            raise ValueError("a receipt of a gift that is not in the books")
        context = _common(donation) | {
            "is_sent_to_fund": is_sent_to_fund(donation=donation),
            "operation": operation,
            "operation_address": settings.SITE_URL + operation.get_absolute_url(),
        }
        subject = _("Receipt for gift No. %(number)s") % {"number": donation.number}
        return Words(subject, render_to_string("email/receipt.txt", context), f"kvitanciya-{donation.number}.pdf")


class LateLetter(DonorLetter):
    """The campaign had closed before the money came: it goes back."""

    title = gettext_lazy("Gift that came too late")

    def write(self, *, letter: Letter) -> Words:
        """Write of one gift that goes back."""
        donation = _donation(letter.context["donation"])
        subject = _("Your gift No. %(number)s goes back to you") % {"number": donation.number}
        return Words(subject, render_to_string("email/gift_late.txt", _common(donation)))


class RefundLetter(DonorLetter):
    """Money went back, or the payment service refused to take it and the fund owes it."""

    title = gettext_lazy("Refund")

    def write(self, *, letter: Letter) -> Words:
        """Write of one refund as it ended."""
        refund = Refund.objects.select_related("operation").get(pk=letter.context["refund"])
        if refund.operation is None:
            raise ValueError("a letter about a refund that is not final")
        donation = _donation(letter.context["donation"])
        is_owed = refund.state == Refund.State.REFUSED
        words = _("The fund owes you money of gift No. %(number)s") if is_owed else _("A refund of gift No. %(number)s")
        context = _common(donation) | {
            "refund": refund,
            "is_owed": is_owed,
            "operation": refund.operation,
            "operation_address": settings.SITE_URL + refund.operation.get_absolute_url(),
        }
        return Words(words % {"number": donation.number}, render_to_string("email/refund.txt", context))


def _donation(donation_id: int) -> Donation:
    return Donation.objects.select_related("campaign", "payment__operation").get(pk=donation_id)


def _common(donation: Donation) -> dict[str, object]:
    return {
        "donation": donation,
        "campaign": donation.campaign,
        "gift_address": settings.SITE_URL + donation.get_absolute_url(),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }
