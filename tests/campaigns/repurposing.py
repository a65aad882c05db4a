"""What tests of changed purposes begin with."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.models import Campaign, Choice, Donation, PurposeAnswer, PurposeQuestion
from campaigns.repurposing import answering, asking, carrying, sharing
from fund.ledger import services as ledger
from fund.money import Kopecks
from people.models import User
from tests import make
from tests.campaigns.test_funding import (
    open_refunds,
)

NOW = make.NOW
DEADLINE = NOW + timedelta(days=14)
LATER = DEADLINE + timedelta(minutes=1)
CUTS = 0.25
EVENING = NOW + timedelta(hours=1)  # what was paid by the emulator's clock came before
REASON = "Участок под сад передан под застройку."


def member() -> User:
    return User.objects.get_or_create(email=f"member{User.objects.count()}@example.org")[0]


def stopped(campaign: Campaign, *, at: datetime = NOW) -> PurposeQuestion:
    """Return a question that two members asked."""
    proposed = asking.propose_question(campaign_id=campaign.pk, reason=REASON, answer_days=14, user=member(), now=at)
    return asking.confirm_question(question_id=proposed.pk, user=member(), now=at)


def answer(gift: Donation, choice: str, target: str = "", *, at: datetime = NOW) -> PurposeAnswer:
    gift.refresh_from_db()
    return answering.answer_question(donation=gift, choice=Choice(choice), target_slug=target, now=at)


def carry_all(question: PurposeQuestion) -> None:
    assert sharing.share_out(question_id=question.pk, now=LATER) is True
    for _ in range(2):  # a share waits for its gift's refund that is under way
        while carrying.carry_out(question_id=question.pk, limit=3, now=LATER):
            pass
        open_refunds()


def spend(subject: str, kopecks: int, *, covered: bool = True) -> None:
    amounts = {"gross": Kopecks(kopecks)}
    day = NOW.date()
    ledger.post_event(event="supplier_act", subject=subject, amounts=amounts, key=f"act:{kopecks}", business_date=day)
    if covered:
        ledger.post_event(
            event="project_costs_covered", subject=subject, amounts=amounts, key=f"cover:{kopecks}", business_date=day
        )
