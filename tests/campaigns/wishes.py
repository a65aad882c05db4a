"""What tests of donors' wishes begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core import mail

from campaigns.models import Donation, RefundRequest
from campaigns.services import Gift, give
from campaigns.wishes import asking
from fund.ledger.services import post_event
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.days import moscow_date
from fund.payments.models import Payment
from fund.payments.services.refunding import refuse_refund
from people.models import Letter
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign

ACCOUNT, BIC = "40817810700000000001", "044525225"
PAYEE = {"name": "Анна Мостовая", "account": ACCOUNT, "bic": BIC}
END = make.NOW + timedelta(days=3)


def owed_campaign(**terms: Any) -> Campaign:
    sums = {"minimum_kopecks": 1_000_00, "goal_kopecks": 2_000_00}
    return make.campaign(closes_at=END, funding="all_or_nothing", **sums | terms)


def owed_gift(campaign: Campaign, *, fee: int | None = 17_50, email: str = "") -> Donation:
    """Return a paid gift to an all-or-nothing campaign whose goal is not met."""
    wanted = Gift(Kopecks(500_00), email or f"{uuid4().hex}@example.org")
    gift = give(campaign=campaign, gift=wanted, key=str(uuid4()), address="10.0.0.1", now=make.NOW)
    operation = post_event(
        event="gift_until_goal", subject=campaign.slug, amounts={"gross": Kopecks(500_00)}, key=f"p{gift.pk}",
        business_date=moscow_date(make.NOW), reference=gift.number,
    )  # fmt: skip
    Payment.objects.filter(pk=gift.payment_id).update(
        state="succeeded", yookassa_id=f"y{gift.pk}", operation=operation, booked_event="gift_until_goal",
        booked_subject=campaign.slug, booked_reference=gift.number, settled_at=make.NOW,
        income_kopecks=None if fee is None else 500_00 - fee,
    )  # fmt: skip
    return Donation.objects.select_related("payment", "campaign").get(pk=gift.pk)


def project_gift(number: int = 1) -> Donation:
    """Return a paid gift that is the project's."""
    return make.paid_donation(make.campaign(f"les-{number}"), number=number)


def indebted(number: int = 1) -> Donation:
    gift = project_gift(number)
    refund = payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(gift.amount_kopecks), reason="mistake",
        request_key=uuid4().hex, now=make.NOW,
    )  # fmt: skip
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)
    return gift


def ask(gift: Donation, reason: str = "Заплатил дважды") -> RefundRequest:
    return asking.ask_refund(donation_id=gift.pk, reason=reason, now=make.NOW)


def sent_words(kind: str) -> str:
    letter = Letter.objects.filter(kind=kind).latest("pk")
    send_letter(letter_id=letter.pk, now=make.NOW)
    return str(mail.outbox[-1].body)


def text(answer: Any) -> str:
    return str(answer.content.decode())
