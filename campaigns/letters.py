"""The letters about gifts: the receipt, and word of money that goes back."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Donation, RefundRequest
from campaigns.selectors import is_sent_to_fund
from fund.payments.models import Alarm, BankEntry, Refund
from fund.payments.services import raise_alarm
from fund.payments.services.alarms import close_alarms
from people.letters import LetterKind, ReadyLetter, Words
from people.models import Visit

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from people.models import Letter

RECEIPT, LATE, REFUND = "receipt", "gift_late", "refund"
REPAID, KEPT, ANSWER = "repaid", "gift_kept", "refund_answer"
DETAILS = "bank_details"
LINK, ERASED = "my_link", "erased"


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
            "details_address": settings.SITE_URL + reverse("gifts:details", kwargs={"token": donation.token}),
            "operation": refund.operation,
            "operation_address": settings.SITE_URL + refund.operation.get_absolute_url(),
        }
        return Words(words % {"number": donation.number}, render_to_string("email/refund.txt", context))


class RepaidLetter(DonorLetter):
    """A debt was paid by bank."""

    title = gettext_lazy("Debt paid by bank")

    def write(self, *, letter: Letter) -> Words:
        """Write of one debt that is paid."""
        donation = _donation(letter.context["donation"])
        entry = BankEntry.objects.select_related("operation").get(
            refund=letter.context["refund"], state=BankEntry.State.APPROVED
        )
        if entry.operation is None:
            raise ValueError("a letter about a debt that is not paid")
        subject = _("The fund paid you what it owed of gift No. %(number)s") % {"number": donation.number}
        context = _common(donation) | {
            "entry": entry,
            "operation": entry.operation,
            "operation_address": settings.SITE_URL + entry.operation.get_absolute_url(),
        }
        return Words(subject, render_to_string("email/repaid.txt", context))


class DetailsLetter(DonorLetter):
    """Somebody said where the fund pays what it owes. The letter holds none of it."""

    title = gettext_lazy("Bank details given")

    def write(self, *, letter: Letter) -> Words:
        """Write that they were given, or given anew."""
        donation = _donation(letter.context["donation"])
        is_new = letter.context["is_new"]
        words = _("Where to pay you: gift No. %(number)s") if is_new else _("Bank details changed: gift No. %(number)s")
        context = _common(donation) | {"is_new": is_new}
        return Words(words % {"number": donation.number}, render_to_string("email/bank_details.txt", context))


class AnswerLetter(DonorLetter):
    """What the staff answers who asked for a gift back."""

    title = gettext_lazy("Answer to a request for a gift back")

    def write(self, *, letter: Letter) -> Words:
        """Write of one answer."""
        donation = _donation(letter.context["donation"])
        wish = RefundRequest.objects.select_related("proposal").get(pk=letter.context["request"])
        proposal = wish.proposal
        context = _common(donation) | {
            "is_declined": wish.state == RefundRequest.State.DECLINED,
            "is_waiting": proposal is not None and proposal.state == proposal.State.PROPOSED,
            "answer": wish.answer,
        }
        subject = _("About your request: gift No. %(number)s") % {"number": donation.number}
        return Words(subject, render_to_string("email/refund_answer.txt", context))


class KeptLetter(DonorLetter):
    """The minimum was missed, and the gift is the fund's, as its donor chose when giving."""

    title = gettext_lazy("Gift left to the fund")

    def write(self, *, letter: Letter) -> Words:
        """Write of one gift that stays."""
        donation = _donation(letter.context["donation"])
        subject = _("Your gift No. %(number)s serves the fund's common goals") % {"number": donation.number}
        return Words(subject, render_to_string("email/gift_kept.txt", _common(donation)))


class LinkLetter(ReadyLetter):
    """The link to a donor's own gifts. Who does not get it asks for another: nobody is alarmed."""

    def write(self, *, letter: Letter) -> Words:
        """Write the link, which is made anew from the visit: the database holds only its hash."""
        visit = Visit.objects.get(pk=letter.context["visit"])
        address = settings.SITE_URL + reverse("my:open", kwargs={"token": link_token(reference=visit.reference)})
        context = {"address": address, "fund": settings.FUND, "demo_mode": settings.DEMO_MODE}
        return Words(_("Your gifts to the fund: a link to open them"), render_to_string("email/my_link.txt", context))


class ErasedLetter(DonorLetter):
    """The last letter: nothing is known of the person any more."""

    title = gettext_lazy("Data erased")

    def write(self, *, letter: Letter) -> Words:  # noqa: ARG002 - it says the same to everybody
        """Write that it is done."""
        context = {
            "fund": settings.FUND,
            "demo_mode": settings.DEMO_MODE,
            "books_address": settings.SITE_URL + reverse("ledger:operations"),
        }
        return Words(_("Your data are erased"), render_to_string("email/erased.txt", context))


def link_token(*, reference: UUID) -> str:
    """Return the secret of a visit's link: it can be made anew with the site's key alone."""
    digest = salted_hmac("campaigns.visits", str(reference), algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _donation(donation_id: int) -> Donation:
    return Donation.objects.select_related("campaign", "payment__operation").get(pk=donation_id)


def _common(donation: Donation) -> dict[str, object]:
    return {
        "donation": donation,
        "campaign": donation.campaign,
        "gift_address": settings.SITE_URL + donation.get_absolute_url(),
        "fund": settings.FUND,
        "my_address": settings.SITE_URL + reverse("my:ask"),
        "demo_mode": settings.DEMO_MODE,
    }


KINDS: dict[str, LetterKind] = {
    RECEIPT: ReceiptLetter(),
    LATE: LateLetter(),
    REFUND: RefundLetter(),
    REPAID: RepaidLetter(),
    KEPT: KeptLetter(),
    ANSWER: AnswerLetter(),
    DETAILS: DetailsLetter(),
    ERASED: ErasedLetter(),
}
